//! Models and authorizers.

use gatescope_model::resource::Kind;
use serde_json::json;

use super::{INVOCATION, holds, problems};

#[test]
fn rules_of_models_and_authorizers() {
    use Kind::{Authorizer, Model};
    let identity = |bad: &str, words: &'static str, good: &str| {
        ("/authorizers/0/identitySource", json!([bad]), Authorizer, "identitySource", words, true, json!([good]))
    };
    holds(vec![
        ("/models/0/name", json!("Chat-1"), Model, "name", "letters and digits", true, json!("Chat1")),
        ("/models/0/name", json!("x".repeat(129)), Model, "name", "at most 128", true, json!("x".repeat(128))),
        (
            "/models/1",
            json!({"name": "Chat", "schema": "{}"}),
            Model,
            "name",
            "already",
            true,
            json!({"name": "Other", "schema": "{}"}),
        ),
        ("/models/0/schema", json!(""), Model, "schema", "needs a schema", true, json!("{}")),
        (
            "/models/0/schema",
            json!("{\n\"type\": }"),
            Model,
            "schema",
            "line 2, column",
            true,
            json!("{\"type\":\"string\"}"),
        ),
        (
            "/models/0/schema",
            json!("{\"type\": \"text\"}"),
            Model,
            "schema",
            "line 1, column 10",
            true,
            json!("{\"type\":\"array\"}"),
        ),
        (
            "/models/0/schema",
            json!(format!("{{\"title\":\"{}\"}}", "x".repeat(32 * 1024))),
            Model,
            "schema",
            "at most 32768",
            true,
            json!("{}"),
        ),
        (
            "/models/0/contentType",
            json!("x".repeat(257)),
            Model,
            "contentType",
            "at most 256",
            true,
            json!("text/plain"),
        ),
        ("/models/0/description", json!("x".repeat(1025)), Model, "description", "at most 1024", true, json!("x")),
        ("/authorizers/0/name", json!(""), Authorizer, "name", "needs a name", true, json!("a")),
        (
            "/authorizers/0/name",
            json!("x".repeat(129)),
            Authorizer,
            "name",
            "at most 128",
            true,
            json!("x".repeat(128)),
        ),
        (
            "/authorizers/0/authorizerType",
            json!("JWT"),
            Authorizer,
            "authorizerType",
            "Only REQUEST",
            true,
            json!("REQUEST"),
        ),
        (
            "/authorizers/0/authorizerUri",
            json!(""),
            Authorizer,
            "authorizerUri",
            "choose a function",
            false,
            json!(INVOCATION),
        ),
        (
            "/authorizers/0/authorizerUri",
            json!("auth"),
            Authorizer,
            "authorizerUri",
            "invocation ARN",
            false,
            json!(INVOCATION),
        ),
        identity(
            "$request.header.Authorization",
            "Write route.request.header.Authorization",
            "route.request.header.Authorization",
        ),
        identity(
            "method.request.header.Authorization",
            "Write route.request.header.Authorization",
            "route.request.querystring.tenant",
        ),
        identity("$context.routeKey", "Write context.routeKey", "context.routeKey"),
        identity("$stageVariables.tenant", "Write stageVariables.tenant", "stageVariables.region"),
        identity("route.request.header.", "Invalid request identity source", "route.request.header.a"),
        identity(
            "route.request.header.Invalid Name",
            "Invalid request identity source",
            "route.request.header.a.b_c-d",
        ),
        identity("context.eventType", "can't be an identity source", "context.connectionId"),
        (
            "/authorizers/0/authorizerCredentialsArn",
            json!("not-an-arn"),
            Authorizer,
            "authorizerCredentialsArn",
            "Invalid role ARN",
            true,
            json!("arn:aws:iam::123456789012:role/x"),
        ),
        (
            "/authorizers/0/authorizerResultTtlInSeconds",
            json!(0),
            Authorizer,
            "authorizerResultTtlInSeconds",
            "AuthorizerResultTtlInSeconds cannot",
            true,
            json!(null),
        ),
        (
            "/authorizers/0/identityValidationExpression",
            json!("["),
            Authorizer,
            "identityValidationExpression",
            "Invalid validation expression: [",
            true,
            json!("^probe-.*$"),
        ),
    ]);
    let twice = json!({"authorizerId": "a2", "name": "auth", "authorizerType": "REQUEST", "authorizerUri": INVOCATION});
    assert!(problems(&[("/authorizers/1", twice)]).iter().any(|p| p.text.contains("two authorizers") && !p.refused));
}

