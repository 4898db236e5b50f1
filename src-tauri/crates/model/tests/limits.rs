//! What AWS would refuse, rule by rule: a draft that breaks it, and one next to it that does not.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use gatescope_model::api::Snapshot;
use gatescope_model::limits::{Problem, check};
use gatescope_model::resource::Kind;
use serde_json::{Map, Value, json};

const INVOCATION: &str = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:auth/invocations";
const BALANCER: &str = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/chat/50dc6c495c0c9188";

/// An API that breaks no rule.
fn good() -> Value {
    json!({
        "api": { "apiId": "3fmvso4h96", "name": "chat", "protocolType": "WEBSOCKET",
            "routeSelectionExpression": "$request.body.action",
            "apiKeySelectionExpression": "$request.header.x-api-key", "tags": {} },
        "routes": [
            { "routeId": "r1", "routeKey": "$connect", "authorizationType": "CUSTOM", "authorizerId": "a1",
                "apiKeyRequired": true, "target": "integrations/mock",
                "requestParameters": { "route.request.querystring.token": { "required": false } } },
            { "routeId": "r2", "routeKey": "joinroom", "authorizationType": "NONE", "target": "integrations/http",
                "modelSelectionExpression": "$default", "requestModels": { "$default": "Chat" },
                "routeResponseSelectionExpression": "$default",
                "responses": [{ "routeResponseId": "rr1", "routeResponseKey": "$default" }] },
            { "routeId": "r3", "routeKey": "$default", "authorizationType": "NONE", "target": "integrations/mock" },
        ],
        "integrations": [
            { "integrationId": "http", "integrationType": "HTTP", "integrationMethod": "POST",
                "integrationUri": "http://example.com:8080/joinroom?region=${stageVariables.region}",
                "connectionType": "INTERNET", "timeoutInMillis": 29000, "passthroughBehavior": "WHEN_NO_MATCH",
                "requestParameters": { "integration.request.header.connectionid": "context.connectionId" },
                "templateSelectionExpression": "\\$default", "requestTemplates": { "$default": "{\"a\": $input.body}" },
                "responses": [{ "integrationResponseId": "ir1", "integrationResponseKey": "$default" },
                    { "integrationResponseId": "ir2", "integrationResponseKey": "/2\\d\\d/",
                        "templateSelectionExpression": "\\$default", "responseTemplates": { "$default": "$input.body" } }] },
            { "integrationId": "mock", "integrationType": "MOCK", "templateSelectionExpression": "\\$default",
                "requestTemplates": { "$default": "{\"statusCode\": 200}" } },
            { "integrationId": "proxy", "integrationType": "AWS_PROXY", "integrationMethod": "POST",
                "integrationUri": INVOCATION },
        ],
        "models": [{ "modelId": "m1", "name": "Chat", "contentType": "application/json", "schema": "{\"type\":\"object\"}" }],
        "authorizers": [{ "authorizerId": "a1", "name": "auth", "authorizerType": "REQUEST", "authorizerUri": INVOCATION,
            "identitySource": ["route.request.header.Authorization"] }],
        "stages": [{ "stageName": "prod", "deploymentId": "d1", "stageVariables": { "region": "us-east-1" },
            "defaultRouteSettings": { "loggingLevel": "INFO", "throttlingRateLimit": 5.0, "throttlingBurstLimit": 10 },
            "routeSettings": { "joinroom": { "loggingLevel": "OFF" } }, "tags": {},
            "accessLogSettings": { "destinationArn": "arn:aws:logs:us-east-1:123456789012:log-group:/access",
                "format": "$context.requestId $context.status" } }],
        "deployments": [{ "deploymentId": "d1" }],
        "surroundings": {
            "apiKeys": [{ "id": "k1", "name": "one", "enabled": true }],
            "usagePlans": [{ "id": "p1", "name": "gold", "apiStages": [{ "apiId": "3fmvso4h96", "stage": "prod" }],
                "throttle": { "rateLimit": 5.0, "burstLimit": 10 }, "quota": { "limit": 500, "offset": 0, "period": "MONTH" },
                "keys": [{ "id": "k1", "type": "API_KEY", "name": "one" }] }],
            "vpcLinks": [{ "id": "v1", "name": "link", "targetArns": [BALANCER], "status": "AVAILABLE" }],
            "clientCertificates": [{ "clientCertificateId": "c1" }],
            "logGroups": [{ "logGroupName": "/access", "retentionInDays": 30 }],
        },
    })
}

/// The same with one value put in; members on the way are made.
fn with(edits: &[(&str, Value)]) -> Snapshot {
    let mut api = good();
    for (pointer, value) in edits {
        let mut here = &mut api;
        for step in pointer.split('/').skip(1) {
            let step = step.replace("~1", "/").replace("~0", "~");
            here = match here {
                Value::Array(items) => {
                    let at: usize = step.parse().unwrap();
                    if at == items.len() {
                        items.push(Value::Object(Map::new()));
                    }
                    &mut items[at]
                }
                other => {
                    if !other.is_object() {
                        *other = Value::Object(Map::new());
                    }
                    &mut other[step]
                }
            };
        }
        *here = value.clone();
    }
    serde_json::from_value(api).unwrap()
}

fn snapshot() -> Snapshot {
    with(&[])
}

fn problems(edits: &[(&str, Value)]) -> Vec<Problem> {
    check(&snapshot(), &with(edits))
}

/// Where, what is bad there, the rule's place and words, and what is good there.
type Rule<'a> = (&'a str, Value, Kind, &'a str, &'a str, bool, Value);

fn holds(rules: Vec<Rule<'_>>) {
    for (pointer, bad, kind, member, words, refused, good) in rules {
        let said = problems(&[(pointer, bad.clone())]);
        let found =
            said.iter().any(|p| p.kind == kind && p.member == member && p.text.contains(words) && p.refused == refused);
        assert!(found, "{pointer} = {bad}: no {member} {words:?} (refused: {refused}) in {said:#?}");
        let said = problems(&[(pointer, good.clone())]);
        assert!(!said.iter().any(|p| p.member == member && p.text.contains(words)), "{pointer} = {good}: {said:#?}");
    }
}

#[test]
fn what_breaks_no_rule_has_no_problem_and_what_stood_there_before_is_no_fault_of_the_draft() {
    assert_eq!(check(&Snapshot::default(), &snapshot()), []);
    let broken = with(&[("/integrations/0/timeoutInMillis", json!(7))]);
    assert_eq!(check(&broken, &broken), []);
    assert_eq!(check(&snapshot(), &broken).len(), 1);
    assert_eq!(check(&Snapshot::default(), &Snapshot::default()), []);
}

#[test]
fn rules_of_the_api() {
    use Kind::Api;
    let of = |n: usize| -> String { "x".repeat(n) };
    let many: Map<String, Value> = (0..51).map(|n| (format!("t{n}"), json!("v"))).collect();
    let fifty: Map<String, Value> = (0..50).map(|n| (format!("t{n}"), json!("v"))).collect();
    holds(vec![
        ("/api/name", json!(""), Api, "name", "needs a name", true, json!("a")),
        ("/api/name", json!(of(129)), Api, "name", "at most 128", true, json!(of(128))),
        ("/api/description", json!(of(1025)), Api, "description", "at most 1024", true, json!(of(1024))),
        ("/api/version", json!(of(65)), Api, "version", "at most 64", true, json!("v1")),
        ("/api/protocolType", json!("HTTP"), Api, "protocolType", "only WEBSOCKET", true, json!("WEBSOCKET")),
        ("/api/ipAddressType", json!("ipv6"), Api, "ipAddressType", "none of", true, json!("dualstack")),
        (
            "/api/routeSelectionExpression",
            json!(""),
            Api,
            "routeSelectionExpression",
            "needs one",
            true,
            json!("fixed"),
        ),
        (
            "/api/routeSelectionExpression",
            json!("request.body.action"),
            Api,
            "routeSelectionExpression",
            "without a dollar this is fixed text: write $request.body.action",
            false,
            json!("$request.body.action"),
        ),
        (
            "/api/routeSelectionExpression",
            json!("${request.body.action"),
            Api,
            "routeSelectionExpression",
            "not closed",
            true,
            json!("${request.body.action}/x"),
        ),
        (
            "/api/routeSelectionExpression",
            json!("$body.action"),
            Api,
            "routeSelectionExpression",
            "no variable",
            false,
            json!("\\$body.action"),
        ),
        (
            "/api/routeSelectionExpression",
            json!(" $request.body.a"),
            Api,
            "routeSelectionExpression",
            "blank",
            false,
            json!("$request.body.a"),
        ),
        (
            "/api/apiKeySelectionExpression",
            json!("$request.header.key"),
            Api,
            "apiKeySelectionExpression",
            "none of",
            true,
            json!("$context.authorizer.usageIdentifierKey"),
        ),
        ("/api/tags", json!(many), Api, "tags", "at most 50", true, json!(fifty)),
        ("/api/tags/a", json!(of(257)), Api, "tags/a", "at most 256", true, json!(of(256))),
    ]);
    assert!(problems(&[("/api/tags", json!({"aws:x": "v"}))]).iter().any(|p| p.text.contains("AWS's own")));
    assert!(problems(&[("/api/tags", json!({"x:aws:": "v"}))]).is_empty());
    let stages = |n: usize| {
        json!(
            (0..n)
                .map(|n| json!({"stageName": format!("s{n}"), "stageVariables": {"region": "x"}}))
                .collect::<Vec<_>>()
        )
    };
    assert!(problems(&[("/stages", stages(11))]).iter().any(|p| p.kind == Api && p.member == "stages" && !p.refused));
    assert!(!problems(&[("/stages", stages(10))]).iter().any(|p| p.member == "stages"));
}

#[test]
fn rules_of_routes() {
    use Kind::{Route, RouteResponse};
    holds(vec![
        ("/routes/1/routeKey", json!("$join"), Route, "routeKey", "not formatted properly", true, json!("join$")),
        ("/routes/1/routeKey", json!(""), Route, "routeKey", "not formatted properly", true, json!("x")),
        ("/routes/1/routeKey", json!("$connect"), Route, "routeKey", "already exists", true, json!("$disconnect")),
        ("/routes/1/operationName", json!("x".repeat(65)), Route, "operationName", "at most 64", true, json!("join")),
        (
            "/routes/1/authorizationType",
            json!("CUSTOM"),
            Route,
            "authorizationType",
            "restricted to the $connect",
            true,
            json!("NONE"),
        ),
        (
            "/routes/0/authorizationType",
            json!("JWT"),
            Route,
            "authorizationType",
            "HTTP APIs only",
            true,
            json!("AWS_IAM"),
        ),
        ("/routes/0/authorizationType", json!("OPEN"), Route, "authorizationType", "none of", true, json!("AWS_IAM")),
        ("/routes/0/authorizationType", json!("NONE"), Route, "authorizerId", "only when", false, json!("CUSTOM")),
        ("/routes/0/authorizerId", json!(""), Route, "authorizerId", "needs an authorizer", true, json!("a1")),
        ("/routes/0/authorizerId", json!("gone"), Route, "authorizerId", "Invalid Authorizer", true, json!("a1")),
        (
            "/routes/1/apiKeyRequired",
            json!(true),
            Route,
            "apiKeyRequired",
            "only looked at on $connect",
            false,
            json!(false),
        ),
        (
            "/routes/1/target",
            json!("integrations/gone"),
            Route,
            "target",
            "no integration",
            true,
            json!("integrations/mock"),
        ),
        (
            "/routes/1/requestModels/$default",
            json!("Gone"),
            Route,
            "requestModels/$default",
            "no model Gone",
            true,
            json!("Chat"),
        ),
        (
            "/routes/1/requestModels",
            json!({}),
            Route,
            "modelSelectionExpression",
            "nothing is checked",
            false,
            json!({"$default": "Chat"}),
        ),
        (
            "/routes/1/modelSelectionExpression",
            json!(null),
            Route,
            "requestModels",
            "no model is chosen",
            false,
            json!("$default"),
        ),
        (
            "/routes/1/requestModels",
            json!({"a": "Chat"}),
            Route,
            "modelSelectionExpression",
            "it gives $default",
            false,
            json!({"a": "Chat", "$default": "Chat"}),
        ),
        (
            "/routes/0/requestModels",
            json!({"$default": "Chat"}),
            Route,
            "requestModels",
            "no message that",
            false,
            json!({}),
        ),
        (
            "/routes/0/requestParameters",
            json!({"a b": {"required": true}}),
            Route,
            "requestParameters/a b",
            "letters",
            true,
            json!({}),
        ),
        (
            "/routes/1/requestParameters",
            json!({"route.request.header.x": {"required": true}}),
            Route,
            "requestParameters/route.request.header.x",
            "$connect only",
            false,
            json!({}),
        ),
        (
            "/routes/0/requestParameters",
            json!({"querystring.x": {"required": true}}),
            Route,
            "requestParameters/querystring.x",
            "route.request.querystring.X",
            false,
            json!({}),
        ),
        (
            "/routes/1/routeResponseSelectionExpression",
            json!("$request.body.x"),
            Route,
            "routeResponseSelectionExpression",
            "only $default",
            true,
            json!("$default"),
        ),
        (
            "/routes/1/routeResponseSelectionExpression",
            json!(null),
            Route,
            "routeResponseSelectionExpression",
            "stays one-way",
            false,
            json!("$default"),
        ),
        (
            "/routes/1/responses",
            json!([]),
            Route,
            "routeResponseSelectionExpression",
            "does not go back",
            false,
            json!([{"routeResponseKey": "$default"}]),
        ),
        (
            "/routes/1/responses/0/routeResponseKey",
            json!("200"),
            RouteResponse,
            "routeResponseKey",
            "only $default",
            true,
            json!("$default"),
        ),
        (
            "/routes/1/responses",
            json!([{"routeResponseKey": "$default"}, {"routeResponseKey": "$default"}]),
            RouteResponse,
            "routeResponseKey",
            "already",
            true,
            json!([{"routeResponseKey": "$default"}]),
        ),
    ]);
    // An API that does not look at models is deployed all the same.
    let edits = [("/api/disableSchemaValidation", json!(true)), ("/routes/1/requestModels/$default", json!("Gone"))];
    assert!(problems(&edits).iter().any(|p| p.text.contains("no model Gone") && !p.refused));
}

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

#[test]
fn rules_of_integration_responses() {
    use Kind::IntegrationResponse;
    holds(vec![
        (
            "/integrations/0/responses/1/integrationResponseKey",
            json!("/2(/"),
            IntegrationResponse,
            "integrationResponseKey",
            "no regular expression: unclosed group",
            true,
            json!("/4\\d\\d/"),
        ),
        (
            "/integrations/0/responses/1/integrationResponseKey",
            json!(""),
            IntegrationResponse,
            "integrationResponseKey",
            "needs a key",
            true,
            json!("/4\\d\\d/"),
        ),
        (
            "/integrations/0/responses/1/integrationResponseKey",
            json!("200"),
            IntegrationResponse,
            "integrationResponseKey",
            "write $default or /200/",
            false,
            json!("/200/"),
        ),
        (
            "/integrations/0/responses/1/integrationResponseKey",
            json!("$default"),
            IntegrationResponse,
            "integrationResponseKey",
            "already exists",
            true,
            json!("/5../"),
        ),
        (
            "/integrations/0/responses/1/contentHandlingStrategy",
            json!("TEXT"),
            IntegrationResponse,
            "contentHandlingStrategy",
            "none of",
            true,
            json!("CONVERT_TO_BINARY"),
        ),
        (
            "/integrations/0/responses/1/templateSelectionExpression",
            json!("$default"),
            IntegrationResponse,
            "templateSelectionExpression",
            "write \\$default",
            false,
            json!("\\$default"),
        ),
        (
            "/integrations/0/responses/1/responseTemplates/$default",
            json!("#foreach"),
            IntegrationResponse,
            "responseTemplates/$default",
            "Unable to transform response",
            false,
            json!("ok"),
        ),
        (
            "/integrations/0/responses/1/responseParameters",
            json!({"header.x": "'a'"}),
            IntegrationResponse,
            "responseParameters/header.x",
            "route.response.header.X",
            true,
            json!({"route.response.header.x": "'a'"}),
        ),
        (
            "/integrations/0/responses/1/responseParameters",
            json!({"route.response.header.x": ""}),
            IntegrationResponse,
            "responseParameters/route.response.header.x",
            "it comes from",
            true,
            json!({"route.response.header.x": "'a'"}),
        ),
        (
            "/integrations/0/integrationType",
            json!("HTTP_PROXY"),
            IntegrationResponse,
            "integrationResponseKey",
            "not used",
            false,
            json!("HTTP"),
        ),
    ]);
}

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

#[test]
fn rules_of_stages() {
    use Kind::{Deployment, Stage};
    let many: Map<String, Value> = (0..101).map(|n| (format!("v{n}"), json!("x"))).collect();
    let arn = |group: &str| json!(format!("arn:aws:logs:us-east-1:123456789012:log-group:{group}"));
    let variable = |bad: Value, words: &'static str, refused: bool, good: Value| {
        ("/stages/0/stageVariables/region", bad, Stage, "stageVariables/region", words, refused, good)
    };
    let format = |bad: &str, words: &'static str, refused: bool, good: &str| {
        (
            "/stages/0/accessLogSettings/format",
            json!(bad),
            Stage,
            "accessLogSettings/format",
            words,
            refused,
            json!(good),
        )
    };
    let to = |bad: Value, words: &'static str, good: Value| {
        (
            "/stages/0/accessLogSettings/destinationArn",
            bad,
            Stage,
            "accessLogSettings/destinationArn",
            words,
            true,
            good,
        )
    };
    holds(vec![
        ("/stages/0/stageName", json!("pro d"), Stage, "stageName", "1 to 128", true, json!("pro-d_1")),
        ("/stages/0/stageName", json!("$default"), Stage, "stageName", "never found", false, json!("default")),
        (
            "/stages/1",
            json!({"stageName": "prod"}),
            Stage,
            "stageName",
            "already exists",
            true,
            json!({"stageName": "dev"}),
        ),
        ("/stages/0/description", json!("x".repeat(1025)), Stage, "description", "at most 1024", true, json!("x")),
        ("/stages/0/deploymentId", json!("gone"), Stage, "deploymentId", "no deployment gone", true, json!("d1")),
        (
            "/stages/0/clientCertificateId",
            json!("gone"),
            Stage,
            "clientCertificateId",
            "no client certificate",
            true,
            json!("c1"),
        ),
        (
            "/stages/0/defaultRouteSettings/loggingLevel",
            json!("DEBUG"),
            Stage,
            "defaultRouteSettings/loggingLevel",
            "none of",
            true,
            json!("ERROR"),
        ),
        (
            "/stages/0/defaultRouteSettings/throttlingRateLimit",
            json!(0.0),
            Stage,
            "defaultRouteSettings/throttlingRateLimit",
            "refuses every",
            false,
            json!(0.5),
        ),
        (
            "/stages/0/defaultRouteSettings/throttlingRateLimit",
            json!(-1.0),
            Stage,
            "defaultRouteSettings/throttlingRateLimit",
            "from 0 on",
            true,
            json!(1.0),
        ),
        (
            "/stages/0/defaultRouteSettings/throttlingRateLimit",
            json!(10001.0),
            Stage,
            "defaultRouteSettings/throttlingRateLimit",
            "account's own",
            false,
            json!(10000.0),
        ),
        (
            "/stages/0/routeSettings/joinroom/throttlingBurstLimit",
            json!(0),
            Stage,
            "routeSettings/joinroom/throttlingBurstLimit",
            "refuses every",
            false,
            json!(1),
        ),
        (
            "/stages/0/routeSettings/joinroom/throttlingBurstLimit",
            json!(-1),
            Stage,
            "routeSettings/joinroom/throttlingBurstLimit",
            "from 0 on",
            true,
            json!(1),
        ),
        (
            "/stages/0/routeSettings/joinroom/throttlingBurstLimit",
            json!(5001),
            Stage,
            "routeSettings/joinroom/throttlingBurstLimit",
            "account's own",
            false,
            json!(5000),
        ),
        (
            "/stages/0/routeSettings/joinroom/dataTraceEnabled",
            json!(true),
            Stage,
            "routeSettings/joinroom/dataTraceEnabled",
            "writes nothing",
            false,
            json!(false),
        ),
        (
            "/stages/0/routeSettings",
            json!({"gone": {}}),
            Stage,
            "routeSettings/gone",
            "Unable to find Route by key gone",
            true,
            json!({"$default": {}}),
        ),
        ("/stages/0/stageVariables", json!(many), Stage, "stageVariables", "at most 100", true, json!({"region": "x"})),
        (
            "/stages/0/stageVariables",
            json!({}),
            Stage,
            "stageVariables/region",
            "does not set it",
            false,
            json!({"region": "x"}),
        ),
        variable(json!("us east"), "not ' '", true, json!("us-east-1._~:/?#&=,")),
        variable(json!(""), "can't be empty", true, json!("x")),
        variable(json!("x".repeat(513)), "at most 512", true, json!("x".repeat(512))),
        format("$context.status", "has to hold $context.requestId", true, "$context.extendedRequestId"),
        format("$context.requestId\n$context.status", "single line", true, "$context.requestId $context.status\n"),
        format(
            "$context.requestId $context.httpMethod",
            "prints -",
            false,
            "$context.requestId $context.authorizer.tenant",
        ),
        format("", "Access Log value missing", true, "$context.requestId"),
        to(arn("/a:*"), "leave the :* at the end out", arn("/a/b_c.d-1")),
        to(json!("arn:aws:s3:::bucket"), "vendor should be 'logs'", arn("x")),
        to(
            json!("arn:aws:firehose:us-east-1:123456789012:deliverystream/x"),
            "amazon-apigateway-",
            json!("arn:aws:firehose:us-east-1:123456789012:deliverystream/amazon-apigateway-x"),
        ),
        to(json!(""), "Access Log value missing", arn("x")),
    ]);
    let variables = |value: Value| problems(&[("/stages/0/stageVariables", value)]);
    assert!(
        variables(json!({"region": "x", "a-b": "x"})).iter().any(|p| p.member == "stageVariables/a-b" && p.refused)
    );
    assert!(variables(json!({"region": "x", "ab": "x"})).iter().any(|p| p.text == "nothing uses it" && !p.refused));
    assert!(variables(json!({"region": "x", "apiToken": "x"})).iter().any(|p| p.text.contains("secret") && !p.refused));
    let itself = [
        ("/stages/0/autoDeploy", json!(true)),
        ("/stages/0/deploymentId", json!("d2")),
        ("/deployments/1", json!({"deploymentId": "d2"})),
    ];
    assert!(problems(&itself).iter().any(|p| p.member == "deploymentId" && p.refused));
    assert_eq!(problems(&itself[1..]), []);
    let empty = [("/routes", json!([])), ("/deployments/1", json!({"deploymentId": "new-1"}))];
    assert!(problems(&empty).iter().any(|p| p.kind == Deployment && p.text.contains("At least one route")));
    assert!(!problems(&empty[1..]).iter().any(|p| p.kind == Deployment));
    assert!(!problems(&empty[..1]).iter().any(|p| p.kind == Deployment));
}

#[test]
fn rules_of_what_is_around_an_api() {
    use Kind::{ApiKey, ClientCertificate, LogGroup, PlanKey, UsagePlan, VpcLink};
    let plan = |name: &str| format!("/surroundings/usagePlans/0/{name}");
    let key = json!({"id": "k2", "name": "two", "enabled": true});
    let other = |stage: &str| json!({"id": "p2", "name": "silver", "apiStages": [{"apiId": "3fmvso4h96", "stage": stage}], "keys": [{"id": "k1"}]});
    let (limit, offset, period) = (plan("quota/limit"), plan("quota/offset"), plan("quota/period"));
    let (rate, burst, name, stages, keys) =
        (plan("throttle/rateLimit"), plan("throttle/burstLimit"), plan("name"), plan("apiStages"), plan("keys"));
    holds(vec![
        ("/surroundings/apiKeys/0/name", json!("x".repeat(1025)), ApiKey, "name", "at most 1024", true, json!("x")),
        (&name, json!(""), UsagePlan, "name", "needs a name", true, json!("x")),
        (&rate, json!(-1.0), UsagePlan, "throttle/rateLimit", "from 0 on", true, json!(5.0)),
        (&rate, json!(0.0), UsagePlan, "throttle/rateLimit", "refuses every", false, json!(5.0)),
        (&burst, json!(-1), UsagePlan, "throttle/burstLimit", "from 0 on", true, json!(5)),
        (&burst, json!(0), UsagePlan, "throttle/burstLimit", "refuses every", false, json!(5)),
        (&limit, json!(-1), UsagePlan, "quota/limit", "from 0 on", true, json!(1)),
        (&limit, json!(0), UsagePlan, "quota/limit", "refuses every", false, json!(1)),
        (&offset, json!(501), UsagePlan, "quota/offset", "between 0 and", true, json!(500)),
        (&period, json!("YEAR"), UsagePlan, "quota/period", "none of", true, json!("DAY")),
        (&period, json!(""), UsagePlan, "quota/period", "needs a period", true, json!("WEEK")),
        (
            &stages,
            json!([{"apiId": "3fmvso4h96", "stage": "gone"}]),
            UsagePlan,
            "apiStages/3fmvso4h96:gone",
            "API Stage not found",
            true,
            json!([{"apiId": "other", "stage": "gone"}]),
        ),
        (&keys, json!([{"id": "gone"}]), PlanKey, "id", "Invalid API Key", true, json!([{"id": "k1"}])),
        ("/surroundings/usagePlans/1", other("prod"), PlanKey, "id", "covers the same stage", true, other("gone")),
        (
            "/surroundings/vpcLinks/0/targetArns",
            json!([BALANCER, BALANCER]),
            VpcLink,
            "targetArns",
            "exactly one",
            true,
            json!([BALANCER]),
        ),
        (
            "/surroundings/vpcLinks/0/targetArns",
            json!([]),
            VpcLink,
            "targetArns",
            "exactly one",
            true,
            json!([BALANCER]),
        ),
        (
            "/surroundings/vpcLinks/0/targetArns",
            json!([BALANCER.replace("/net/", "/app/")]),
            VpcLink,
            "targetArns",
            "application load balancer",
            true,
            json!([BALANCER]),
        ),
        (
            "/surroundings/vpcLinks/0/targetArns",
            json!(["arn:aws:s3:::x"]),
            VpcLink,
            "targetArns",
            "Invalid ARN",
            true,
            json!([BALANCER]),
        ),
        ("/surroundings/vpcLinks/0/name", json!(""), VpcLink, "name", "needs a name", true, json!("x")),
        (
            "/surroundings/clientCertificates/0/description",
            json!("x".repeat(1025)),
            ClientCertificate,
            "description",
            "at most 1024",
            true,
            json!("x"),
        ),
        (
            "/surroundings/logGroups/0/retentionInDays",
            json!(2),
            LogGroup,
            "retentionInDays",
            "one of 1, 3, 5",
            true,
            json!(3653),
        ),
        (
            "/surroundings/logGroups/0/retentionInDays",
            json!(2),
            LogGroup,
            "retentionInDays",
            "one of 1, 3, 5",
            true,
            json!(null),
        ),
    ]);
    assert!(
        problems(&[("/surroundings/apiKeys/1", key.clone())])
            .iter()
            .any(|p| p.text.contains("opens nothing") && !p.refused)
    );
    let attached = [("/surroundings/apiKeys/1", key), (keys.as_str(), json!([{"id": "k1"}, {"id": "k2"}]))];
    assert_eq!(problems(&attached), []);
}
