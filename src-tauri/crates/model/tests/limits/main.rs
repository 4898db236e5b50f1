//! What AWS would refuse, rule by rule: a draft that breaks it, and one next to it that does not.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod api;
mod around;
mod integrations;
mod models;
mod responses;
mod routes;
mod stages;

use gatescope_model::api::Snapshot;
use gatescope_model::limits::{Problem, check};
use gatescope_model::resource::Kind;
use serde_json::{Map, Value, json};

pub(crate) const INVOCATION: &str = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:auth/invocations";
pub(crate) const BALANCER: &str = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/chat/50dc6c495c0c9188";

/// An API that breaks no rule.
pub(crate) fn good() -> Value {
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
pub(crate) fn with(edits: &[(&str, Value)]) -> Snapshot {
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

pub(crate) fn snapshot() -> Snapshot {
    with(&[])
}

pub(crate) fn problems(edits: &[(&str, Value)]) -> Vec<Problem> {
    check(&snapshot(), &with(edits))
}

/// Where, what is bad there, the rule's place and words, and what is good there.
pub(crate) type Rule<'a> = (&'a str, Value, Kind, &'a str, &'a str, bool, Value);

pub(crate) fn holds(rules: Vec<Rule<'_>>) {
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

