//! The API itself: names, expressions, tags, how many of everything.

use gatescope_model::resource::Kind;
use serde_json::{Map, Value, json};

use super::{holds, problems};

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

