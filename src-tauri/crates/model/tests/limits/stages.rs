//! Stages: variables, settings, access logs, deployments.

use gatescope_model::resource::Kind;
use serde_json::{Map, Value, json};

use super::{holds, problems};

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

