//! The doctor: what is wrong is named before anyone connects, mended from there, and gone when it is asked again.

use std::collections::BTreeMap;

use futures_util::StreamExt;
use gatescope_app::{Code, rpc};
use gatescope_model::doctor::{Checkup, Severity};
use gatescope_model::review::Review;
use gatescope_model::verdict::Action;
use gatescope_sandbox::{Sandbox, Seed};
use gatescope_tests::{Desk, elsewhere};
use serde_json::{Value, json};

async fn check(desk: &Desk, api: &str) -> Checkup {
    desk.call("check_api", desk.of(api)).await
}

fn has(checkup: &Checkup, rule: &str) -> bool {
    checkup.flaws.iter().any(|flaw| flaw.rule == rule)
}

#[tokio::test]
async fn the_chat_api_is_named_mended_from_the_finding_and_checked_again() {
    let desk = Desk::new();
    let api = desk.api().await;
    let before = check(&desk, &api).await;
    let worst = &before.flaws[0];
    assert_eq!((worst.rule.as_str(), worst.severity), ("mock-status-missing", Severity::Connect));
    assert_eq!(worst.action, Some(Action::Fix { route_key: "$connect".to_owned(), about: None }));
    assert!(before.unasked.is_empty(), "{:#?}", before.unasked);

    let fix = json!({"scope": desk.scope, "apiId": api, "stage": "prod", "cause": worst.rule, "routeKey": "$connect"});
    let review: Review = desk.call("preview_fix", fix).await;
    desk.done(&review).await;
    let after = check(&desk, &api).await;
    assert!(!after.flaws.iter().any(|flaw| flaw.severity < Severity::Risk), "{:#?}", after.flaws);
    assert!(after.score >= before.score + 30);
    assert_eq!(after, check(&desk, &api).await, "the same API twice");
}

#[tokio::test]
async fn what_was_changed_and_not_deployed_is_a_finding_until_it_is_deployed() {
    let desk = Desk::new();
    let api = desk.api().await;
    desk.done(&desk.call::<Review>("preview_deploy", desk.stage("prod").await).await).await;
    let id = desk.snapshot(&api).await.route("joinroom").unwrap().route_id.clone();
    let path = format!("/v2/apis/{api}/routes/{id}");
    elsewhere::call(desk.app.sandbox(), "PATCH", &path, json!({"operationName": "Join"})).await;
    let checkup = check(&desk, &api).await;
    let flaw = checkup.flaws.iter().find(|flaw| flaw.rule == "undeployed-changes").unwrap();
    assert_eq!((flaw.title.as_str(), &flaw.action), ("prod does not serve 1 change yet", &Some(Action::Deploy)));
    desk.done(&desk.call::<Review>("preview_deploy", desk.stage("prod").await).await).await;
    assert!(!has(&check(&desk, &api).await, "undeployed-changes"));
}

#[tokio::test]
async fn no_call_of_aws_is_made_twice_and_none_of_them_writes() {
    let desk = Desk::new();
    let api = desk.api().await;
    let mut stream = rpc::stream(&desk.app, "watch_calls", Value::Null).await.unwrap();
    check(&desk, &api).await;
    let mut calls: BTreeMap<u64, Value> = BTreeMap::new();
    loop {
        let mut idle = false;
        for item in serde_json::from_str::<Vec<Value>>(&stream.next().await.unwrap()).unwrap() {
            match item["kind"].as_str() {
                Some("call") => drop(calls.insert(item["call"]["number"].as_u64().unwrap(), item["call"].clone())),
                _ => idle = item["waiting"] == 0 && item["underWay"] == 0,
            }
        }
        if idle && calls.len() > 1 && calls.values().all(|call| call["tookMs"].is_u64()) {
            break;
        }
    }
    let mut seen = BTreeMap::new();
    for call in calls.values().filter(|call| call["operation"] != "GetApis") {
        let operation = call["operation"].as_str().unwrap();
        assert!(["Get", "List", "Describe"].iter().any(|verb| operation.starts_with(verb)), "{operation} writes");
        *seen.entry((operation, call["target"].as_str().unwrap())).or_insert(0) += 1;
    }
    let twice: Vec<_> = seen.iter().filter(|(_, times)| **times > 1).collect();
    assert!(seen.len() > 10 && twice.is_empty(), "{twice:?} of {seen:?}");
}

#[tokio::test]
async fn exhibits_whose_cause_the_configuration_shows_are_named_by_it() {
    let desk = Desk::with(gatescope_sandbox::Options { seed: Seed::Gallery, ..Default::default() });
    let seen_before_anyone_connects = [
        "mock-status-missing",
        "integration-response-missing",
        "lambda-permission-missing",
        "integration-uri-invalid",
        "stage-variable-missing",
        "get-drops-body",
        "request-template-failed",
        "response-template-failed",
        "body-not-base64",
        "unsupported-media-type",
        "mapped-header-forbidden",
        "vpc-link-unavailable",
        "route-without-integration",
        "authorizer-permission-missing",
        "throttle-zero",
        "route-selection-wrong",
    ];
    let exhibits = Sandbox::gallery();
    for cause in seen_before_anyone_connects {
        let exhibit = exhibits.iter().find(|e| e.cause == cause).unwrap_or_else(|| panic!("{cause} is not shown"));
        let checkup = check(&desk, &exhibit.api_id).await;
        assert!(has(&checkup, cause), "{cause}: {:?}", checkup.flaws.iter().map(|f| &f.title).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn a_stage_or_an_api_that_is_not_there_is_said_and_not_passed() {
    let desk = Desk::new();
    let api = desk.api().await;
    let mut question = desk.of(&api);
    question["stage"] = json!("dev");
    let error = desk.refused("check_api", question).await;
    assert_eq!((error.code, error.hint.as_deref()), (Code::NotFound, Some("It has prod.")));
    assert_eq!(desk.refused("check_api", desk.of("nosuchapi0")).await.code, Code::NotFound);
}

#[tokio::test]
async fn a_snapshot_file_that_was_written_here_is_checked_here() {
    let desk = Desk::new();
    let file: Value = desk.call("write_snapshot", desk.of(&desk.api().await)).await;
    let checkup: Checkup = desk.call("check_snapshot", json!({"text": file["text"]})).await;
    assert_eq!(checkup.flaws[0].rule, "mock-status-missing");
    let whole = check(&desk, &desk.api().await).await;
    let mut asked: Vec<&str> = checkup.passed.iter().chain(&checkup.unasked).map(|rule| rule.rule.as_str()).collect();
    asked.extend(checkup.flaws.iter().map(|flaw| flaw.rule.as_str()));
    assert!(whole.passed.iter().all(|rule| asked.contains(&rule.rule.as_str())), "no rule is forgotten");
}
