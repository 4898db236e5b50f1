//! Integrations: what each type needs, and mappings.

use gatescope_model::resource::Kind;
use serde_json::{Value, json};

use super::{INVOCATION, holds, problems};

#[test]
fn rules_of_integrations() {
    use Kind::Integration;
    let of = |name: &str| format!("/integrations/0/{name}");
    let rule = |name: &str, bad: Value, member: &'static str, words: &'static str, refused: bool, good: Value| {
        (of(name), bad, member, words, refused, good)
    };
    let big = "x".repeat(300 * 1024);
    let rules = vec![
        rule("integrationType", json!(""), "integrationType", "needs a type", true, json!("HTTP_PROXY")),
        rule("integrationType", json!("LAMBDA"), "integrationType", "none of", true, json!("HTTP")),
        rule("timeoutInMillis", json!(49), "timeoutInMillis", "between 50 and 29000", true, json!(50)),
        rule("timeoutInMillis", json!(29001), "timeoutInMillis", "between 50 and 29000", true, json!(29000)),
        rule(
            "integrationUri",
            json!("ftp://example.com"),
            "integrationUri",
            "Invalid HTTP endpoint",
            true,
            json!("https://example.com"),
        ),
        rule(
            "integrationUri",
            json!("http://"),
            "integrationUri",
            "Invalid HTTP endpoint",
            true,
            json!("${stageVariables.region}/x"),
        ),
        rule("integrationUri", json!(""), "integrationUri", "calls nothing yet", false, json!("https://example.com")),
        rule("integrationMethod", json!("FETCH"), "integrationMethod", "none of", true, json!("ANY")),
        rule("integrationMethod", json!(null), "integrationMethod", "needs a method", false, json!("PUT")),
        rule(
            "integrationMethod",
            json!("GET"),
            "integrationMethod",
            "no body: the messages of joinroom",
            false,
            json!("POST"),
        ),
        rule("connectionType", json!("TUNNEL"), "connectionType", "none of", true, json!("INTERNET")),
        rule("connectionType", json!("VPC_LINK"), "connectionId", "needs the link's id", true, json!("INTERNET")),
        rule("connectionId", json!("v1"), "connectionId", "only when", false, json!("")),
        rule(
            "credentialsArn",
            json!("arn:aws:iam::*:user/*"),
            "credentialsArn",
            "Invalid role ARN: on WebSocket",
            true,
            json!("arn:aws:iam::123456789012:role/x"),
        ),
        rule(
            "credentialsArn",
            json!("role"),
            "credentialsArn",
            "Invalid role ARN",
            true,
            json!("arn:aws-cn:iam::123456789012:role/a/x"),
        ),
        rule("passthroughBehavior", json!("ALWAYS"), "passthroughBehavior", "none of", true, json!("NEVER")),
        rule(
            "contentHandlingStrategy",
            json!("TEXT"),
            "contentHandlingStrategy",
            "none of",
            true,
            json!("CONVERT_TO_TEXT"),
        ),
        rule("payloadFormatVersion", json!("2.0"), "payloadFormatVersion", "none of", true, json!("1.0")),
        rule("description", json!("x".repeat(1025)), "description", "at most 1024", true, json!("x")),
        rule(
            "requestTemplates/$default",
            json!(format!("{big}x")),
            "requestTemplates/$default",
            "at most 300 KB",
            true,
            json!(big),
        ),
        rule(
            "requestTemplates/$default",
            json!("#if("),
            "requestTemplates/$default",
            "Unable to transform request",
            false,
            json!("#if(1)x#end"),
        ),
        rule(
            "requestTemplates",
            json!({"\\$default": "x"}),
            "requestTemplates/\\$default",
            "the key is $default, without",
            false,
            json!({"$default": "x"}),
        ),
        rule(
            "templateSelectionExpression",
            json!("$default"),
            "templateSelectionExpression",
            "write \\$default",
            false,
            json!("\\$default"),
        ),
        rule(
            "templateSelectionExpression",
            json!(null),
            "templateSelectionExpression",
            "no template is chosen",
            false,
            json!("\\$default"),
        ),
        rule(
            "requestTemplates",
            json!({"other": "x"}),
            "templateSelectionExpression",
            "no template has that key",
            false,
            json!({"other": "x", "$default": "y"}),
        ),
        rule(
            "integrationResponseSelectionExpression",
            json!("integration.response.statuscode"),
            "integrationResponseSelectionExpression",
            "without a dollar",
            false,
            json!("${integration.response.statuscode}"),
        ),
        rule(
            "requestParameters",
            json!({"header.x": "context.stage"}),
            "requestParameters/header.x",
            "integration.request.header.X",
            true,
            json!({}),
        ),
        rule(
            "requestParameters",
            json!({"integration.request.header.x": "$context.stage"}),
            "requestParameters/integration.request.header.x",
            "no dollar: write context.stage",
            true,
            json!({"integration.request.header.x": "context.stage"}),
        ),
        rule(
            "requestParameters",
            json!({"integration.request.header.x": "chat"}),
            "requestParameters/integration.request.header.x",
            "single quotes",
            true,
            json!({"integration.request.header.x": "'chat'"}),
        ),
        rule(
            "requestParameters",
            json!({"integration.request.header.x": "route.request.header.y"}),
            "requestParameters/integration.request.header.x",
            "$connect only, not with joinroom",
            false,
            json!({"integration.request.header.x": "route.request.body.y"}),
        ),
    ];
    holds(rules.iter().map(|r| (r.0.as_str(), r.1.clone(), Integration, r.2, r.3, r.4, r.5.clone())).collect());
}

#[test]
fn rules_of_mocks_proxies_and_private_integrations() {
    use Kind::Integration;
    holds(vec![
        (
            "/integrations/1/integrationUri",
            json!("http://x"),
            Integration,
            "integrationUri",
            "a mock calls nothing",
            false,
            json!(""),
        ),
        (
            "/integrations/1/requestTemplates/$default",
            json!("{}"),
            Integration,
            "requestTemplates",
            "answers 500 without a status",
            false,
            json!("{\"statusCode\": 403}"),
        ),
        (
            "/integrations/1/requestParameters",
            json!({"integration.request.header.x": "route.request.querystring.other"}),
            Integration,
            "requestParameters/integration.request.header.x",
            "has to declare",
            false,
            json!({"integration.request.header.x": "route.request.querystring.token"}),
        ),
        (
            "/integrations/2/integrationUri",
            json!("arn:aws:lambda:us-east-1:123456789012:function:f"),
            Integration,
            "integrationUri",
            "has to be the invocation ARN",
            false,
            json!(INVOCATION),
        ),
        (
            "/integrations/2/integrationUri",
            json!("arn:aws:apigateway:us-east-1:sqs:chat"),
            Integration,
            "integrationUri",
            "must contain path or action",
            true,
            json!("arn:aws:apigateway:us-east-1:sqs:path/123456789012/q"),
        ),
        (
            "/integrations/2/integrationUri",
            json!(""),
            Integration,
            "integrationUri",
            "choose a function",
            false,
            json!(INVOCATION),
        ),
        (
            "/integrations/2/integrationMethod",
            json!("GET"),
            Integration,
            "integrationMethod",
            "invoked by POST",
            false,
            json!("POST"),
        ),
        (
            "/integrations/2/requestTemplates",
            json!({"$default": "x"}),
            Integration,
            "requestTemplates",
            "not used",
            false,
            json!({}),
        ),
    ]);
    let private = |id: Value| {
        problems(&[("/integrations/0/connectionType", json!("VPC_LINK")), ("/integrations/0/connectionId", id)])
    };
    assert!(private(json!("gone")).iter().any(|p| p.text.contains("no VPC link gone") && p.refused));
    assert_eq!(private(json!("v1")), []);
    assert!(!private(json!("${stageVariables.region}")).iter().any(|p| p.member == "connectionId"));
    let lambda = [("/integrations/2/connectionType", json!("VPC_LINK")), ("/integrations/2/connectionId", json!("v1"))];
    assert!(problems(&lambda).iter().any(|p| p.member == "connectionType" && !p.refused));
    let never =
        [("/integrations/0/requestTemplates", json!({})), ("/integrations/0/passthroughBehavior", json!("NEVER"))];
    assert!(problems(&never).iter().any(|p| p.text.contains("refuses every message")));
}

