//! `gatescope doctor`.

use serde_json::{Value, json};

use crate::program::{Sandbox, finish, gatescope, run};

const API: &str = "my-chat-app-gw-1";

fn rules(checkup: &Value) -> Vec<&str> {
    checkup["flaws"].as_array().unwrap().iter().map(|flaw| flaw["rule"].as_str().unwrap()).collect()
}

#[test]
fn the_chat_api_is_told_what_keeps_everybody_out_before_anyone_connects() {
    let ran = run(&["doctor", API, "--sandbox"], b"");
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.stdout.starts_with("my-chat-app-gw-1: score "), "{}", ran.stdout);
    let (_, groups) = ran.stdout.split_once("\nnobody can connect:\n  mock-status-missing (-30): $connect").unwrap();
    assert!(groups.contains("\n    Routes › $connect › Request template: 0 templates\n"), "{groups}");
    assert!(groups.contains("    fix: ") && groups.contains("    https://docs.aws.amazon.com/"), "{groups}");
    assert!(groups.contains(" rules passed"), "{groups}");
}

#[test]
fn json_has_the_same_by_id_and_the_level_decides_the_exit_code() {
    let sandbox = Sandbox::start(&[]);
    let doctor = |more: &[&str]| {
        let endpoint = format!("http://{}", sandbox.address);
        let mut command = gatescope(
            &[&["doctor", "chat5gw1ws", "--region", "us-east-1", "--endpoint", &endpoint, "--json"], more].concat(),
        );
        command.env("AWS_ACCESS_KEY_ID", "a").env("AWS_SECRET_ACCESS_KEY", "b");
        command.env("AWS_CONFIG_FILE", "/nowhere/config").env("AWS_SHARED_CREDENTIALS_FILE", "/nowhere/credentials");
        finish(command, b"")
    };
    let broken = doctor(&["--fail-on", "connect"]);
    assert_eq!(broken.code, 1, "{}", broken.stderr);
    let checkup: Value = serde_json::from_str(&broken.stdout).unwrap();
    assert_eq!((&checkup["name"], &checkup["apiId"]), (&json!(API), &json!("chat5gw1ws")));
    assert_eq!(rules(&checkup).first(), Some(&"mock-status-missing"));
    assert!(checkup["passed"].as_array().unwrap().len() > 25);

    sandbox.repair();
    let mended = doctor(&["--fail-on", "messages"]);
    let checkup: Value = serde_json::from_str(&mended.stdout).unwrap();
    assert!(!rules(&checkup).contains(&"mock-status-missing"), "{checkup}");
    assert_eq!(mended.code, 0, "{checkup}");
    assert!(checkup["score"].as_u64().unwrap() > 80, "{checkup}");
    assert_eq!(doctor(&["--fail-on", "advice"]).code, 1, "anybody can connect to the chat");
}

#[test]
fn what_can_not_be_read_is_exit_code_2_and_never_a_clean_bill() {
    let nobody = run(&["doctor", "nosuchapi", "--sandbox"], b"");
    assert_eq!((nobody.code, nobody.stdout.as_str()), (2, ""));
    assert_eq!(nobody.stderr, "gatescope: there is no WebSocket API nosuchapi in us-east-1; take its id\n");
    let stage = run(&["doctor", API, "--sandbox", "--stage", "dev"], b"");
    assert_eq!(stage.code, 2);
    assert_eq!(stage.stderr, "gatescope: the API has no stage dev; It has prod.\n");
    let file = run(&["doctor", "--file", "/nowhere/chat.json"], b"");
    assert_eq!(file.code, 2);
    assert!(file.stderr.contains("/nowhere/chat.json can't be read"), "{}", file.stderr);
    assert_eq!(run(&["doctor"], b"").code, 2, "neither an API nor a file");
}

#[test]
fn a_snapshot_file_is_checked_without_credentials_and_says_what_it_can_not_know() {
    let integration = json!({"integrationId": "i1", "integrationType": "MOCK"});
    let route = json!({"routeId": "r1", "routeKey": "$connect", "target": "integrations/i1"});
    let snapshot = json!({"api": {"apiId": "a1", "name": "chat", "routeSelectionExpression": "$request.body.action"},
        "routes": [route], "integrations": [integration], "stages": [{"stageName": "prod", "deploymentId": "d1"}],
        "surroundings": {"logGroups": [{"logGroupName": "/aws/apigateway/a1/prod"}]}});
    let file = json!({"gatescopeSnapshot": 1, "snapshot": snapshot}).to_string();
    let ran = run(&["doctor", "--file", "-", "--json"], file.as_bytes());
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let checkup: Value = serde_json::from_str(&ran.stdout).unwrap();
    let found = rules(&checkup);
    assert_eq!(found.first(), Some(&"mock-status-missing"));
    assert!(found.contains(&"log-group-endless"), "{found:?}");
    let unasked: Vec<&str> =
        checkup["unasked"].as_array().unwrap().iter().map(|r| r["rule"].as_str().unwrap()).collect();
    for rule in ["undeployed-changes", "domain-tls-old", "vpc-link-unavailable", "log-role-missing"] {
        assert!(unasked.contains(&rule), "{rule} in {unasked:?}");
    }
    let other = run(&["doctor", "--file", "-"], b"{\"gatescopeSnapshot\": 9}");
    assert_eq!(other.code, 2);
    assert!(other.stderr.contains("form 9"), "{}", other.stderr);
}
