//! Turning logs on, whole: one review, lines, and back by itself; what it costs; and why there is no log.

use std::path::PathBuf;

use gatescope_model::review::{ApplyItem, Review};
use gatescope_model::verdict::{Action, Confidence};
use gatescope_sandbox::{Options, Sandbox};
use gatescope_tests::{Desk, elsewhere, has};
use serde_json::{Value, json};

const PATIENCE: std::time::Duration = std::time::Duration::from_secs(20);
const HALF_AN_HOUR: u64 = 30 * 60_000;

/// A sandbox whose chat API logs nothing, in an account without a log role.
fn silent() -> Options {
    Options { seed_logging: false, ..Options::default() }
}

async fn review(desk: &Desk, more: Value) -> Review {
    let mut ask = json!({"of": desk.stage("prod").await, "level": "INFO", "dataTrace": false});
    for (key, value) in more.as_object().unwrap() {
        ask[key] = value.clone();
    }
    desk.call("preview_turn_on_logs", ask).await
}

async fn reverts(desk: &Desk) -> Vec<Value> {
    desk.call("list_reverts", json!({})).await
}

async fn stage(desk: &Desk) -> Value {
    let api = desk.api().await;
    serde_json::to_value(&desk.snapshot(&api).await.stages[0]).unwrap()
}

async fn level(desk: &Desk) -> Value {
    stage(desk).await["defaultRouteSettings"]["loggingLevel"].clone()
}

/// Lets time pass, by the sandbox's clock, and the app look at it.
async fn pass(desk: &Desk, ms: u64) {
    let _: Value = desk.call("set_clock", json!({"advanceMs": ms})).await;
}

/// Waits until the running logs are over, and answers what became of them.
async fn over(desk: &Desk) -> String {
    let until = std::time::Instant::now() + PATIENCE;
    while std::time::Instant::now() < until {
        if let Some(words) = reverts(desk).await.first().and_then(|r| r["over"].as_str()) {
            return words.to_owned();
        }
        tokio::task::yield_now().await;
    }
    panic!("never over: {:#?}\n{:#?}", reverts(desk).await, stage(desk).await);
}

async fn problem(desk: &Desk) -> String {
    let until = std::time::Instant::now() + PATIENCE;
    while std::time::Instant::now() < until {
        if let Some(words) = reverts(desk).await.first().and_then(|r| r["problem"].as_str()) {
            return words.to_owned();
        }
        tokio::task::yield_now().await;
    }
    panic!("no problem: {:#?}", reverts(desk).await);
}

#[tokio::test]
async fn a_fresh_account_gets_logs_with_one_review_and_loses_them_half_an_hour_later() {
    let desk = Desk::with(silent());
    let format = r#"{"requestId":"$context.requestId","status":"$context.status"}"#;
    let ask = json!({"dataTrace": true, "accessFormat": format, "retentionDays": 7, "minutes": 30});
    let review = review(&desk, ask).await;
    let operations: Vec<&str> = review.steps.iter().map(|s| s.operation.as_str()).collect();
    let expected = [
        "CreateRole",
        "AttachRolePolicy",
        "UpdateAccount",
        "CreateLogGroup",
        "PutRetentionPolicy",
        "CreateLogGroup",
        "PutRetentionPolicy",
        "UpdateStage",
    ];
    assert_eq!(operations, expected, "all that belongs to it, and nothing else");
    let sent = &review.steps.last().unwrap().input;
    assert!(!sent.to_string().contains("hrottling"), "throttling is not touched: {sent}");
    has(&review.needs, "logs:CreateLogGroup");
    has(&review.notices, "tokens included");
    assert!(review.undo.contains("after 30 minutes"), "{}", review.undo);
    desk.done(&review).await;

    // Lines arrive, in both logs.
    let mut talk = desk.open("prod").await;
    let refused = talk.connect().await;
    talk.explained(refused.id, "mock-status-missing").await;
    has(&talk.lines(refused.id).await, "statusCode should be an integer");
    drop(talk);

    let running = reverts(&desk).await;
    assert_eq!((running.len(), running[0]["to"].as_str()), (1, Some("OFF")));
    let left = running[0]["leftMs"].as_i64().unwrap();
    assert!((29 * 60_000..=30 * 60_000).contains(&left), "{left}");

    pass(&desk, HALF_AN_HOUR).await;
    assert_eq!(over(&desk).await, "The logs of prod are back at OFF.");
    let found = stage(&desk).await;
    assert_eq!(found["defaultRouteSettings"]["loggingLevel"], "OFF");
    assert_eq!(found["defaultRouteSettings"]["dataTraceEnabled"], false);
    assert!(found["accessLogSettings"].is_null(), "{found:#}");
    // It stands in the history like every change, and is gone once it was seen.
    let api = desk.api().await;
    let past: Vec<Value> = desk.call("list_changes", desk.of(&api)).await;
    assert_eq!(past.len(), 2);
    assert!(past[0]["title"].as_str().unwrap().starts_with("put the logs of prod back to OFF"), "{}", past[0]["title"]);
    let id = reverts(&desk).await[0]["id"].clone();
    let _: Value = desk.call("cancel_revert", json!({"id": id})).await;
    assert!(reverts(&desk).await.is_empty());
}

/// A folder of this test's own, gone at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("gatescope-turn-on-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn logs_go_back_also_when_gatescope_was_closed_at_that_time() {
    let folder = Folder::new("restart");
    let file = folder.0.join("gatescope.db");
    let sandbox = Sandbox::new(silent()).unwrap();
    let desk = Desk::on(sandbox.clone(), Some(file.clone()));
    desk.done(&review(&desk, json!({"minutes": 30})).await).await;
    drop(desk);
    sandbox.advance(std::time::Duration::from_millis(HALF_AN_HOUR * 2));
    let desk = Desk::on(sandbox, Some(file));
    let words = over(&desk).await;
    assert!(words.starts_with("The logs of prod are back at OFF. It was due at "), "{words}");
    assert_eq!(level(&desk).await, "OFF");
}

#[tokio::test]
async fn after_a_restart_within_the_time_the_rest_of_it_is_waited_for() {
    let folder = Folder::new("within");
    let file = folder.0.join("gatescope.db");
    let sandbox = Sandbox::new(silent()).unwrap();
    let desk = Desk::on(sandbox.clone(), Some(file.clone()));
    desk.done(&review(&desk, json!({"minutes": 30})).await).await;
    drop(desk);
    let desk = Desk::on(sandbox, Some(file));
    pass(&desk, HALF_AN_HOUR / 2).await;
    let left = reverts(&desk).await[0]["leftMs"].as_i64().unwrap();
    assert!((14 * 60_000..=15 * 60_000).contains(&left), "{left}");
    assert_eq!(level(&desk).await, "INFO");
    pass(&desk, HALF_AN_HOUR / 2).await;
    over(&desk).await;
    assert_eq!(level(&desk).await, "OFF");
}

#[tokio::test(start_paused = true)]
async fn a_change_that_the_apps_end_broke_off_is_taken_back_all_the_same() {
    let folder = Folder::new("broken");
    let file = folder.0.join("gatescope.db");
    let sandbox = Sandbox::new(silent()).unwrap();
    let desk = Desk::on(sandbox.clone(), Some(file.clone()));
    let review = review(&desk, json!({"minutes": 30})).await;
    // The last call is carried out, and its answer lost: what is in force is not known.
    let calls = u32::try_from(review.steps.iter().filter(|s| s.service.starts_with("apigateway")).count()).unwrap();
    sandbox.set_outage(calls - 1, Some(gatescope_sandbox::Outage::Lost));
    desk.apply(&review, true).await;
    sandbox.set_outage(0, None);
    drop(desk);
    let desk = Desk::on(sandbox, Some(file));
    pass(&desk, HALF_AN_HOUR).await;
    over(&desk).await;
    assert_eq!(level(&desk).await, "OFF");
}

#[tokio::test]
async fn whoever_changed_the_level_meanwhile_wins() {
    let desk = Desk::with(silent());
    desk.done(&review(&desk, json!({"minutes": 30, "dataTrace": true})).await).await;
    let path = format!("/v2/apis/{}/stages/prod", desk.api().await);
    let theirs = json!({"defaultRouteSettings": {"loggingLevel": "ERROR"}});
    elsewhere::call(desk.app.sandbox(), "PATCH", &path, theirs).await;
    pass(&desk, HALF_AN_HOUR).await;
    let words = over(&desk).await;
    assert!(words.contains("the level was set to ERROR by somebody else and stays"), "{words}");
    assert_eq!(level(&desk).await, "ERROR");
    assert_eq!(stage(&desk).await["defaultRouteSettings"]["dataTraceEnabled"], false, "what is ours goes back");
}

#[tokio::test]
async fn a_locked_account_keeps_its_logs_until_it_is_unlocked_and_it_is_said() {
    let desk = Desk::with(silent());
    desk.done(&review(&desk, json!({"minutes": 30})).await).await;
    let _: Value = desk.call("set_lock", json!({"account": "sandbox", "locked": true})).await;
    pass(&desk, HALF_AN_HOUR).await;
    let words = problem(&desk).await;
    assert!(words.contains("locked"), "{words}");
    assert_eq!(level(&desk).await, "INFO");
    let api = desk.api().await;
    let past: Vec<Value> = desk.call("list_changes", desk.of(&api)).await;
    assert_eq!(past.len(), 1, "a try that can't be made is no change");
    let _: Value = desk.call("set_lock", json!({"account": "sandbox", "locked": false})).await;
    over(&desk).await;
    assert_eq!(level(&desk).await, "OFF");
}

#[tokio::test]
async fn a_person_keeps_them_on_or_ends_them_now() {
    let desk = Desk::with(silent());
    desk.done(&review(&desk, json!({"minutes": 30})).await).await;
    let id = reverts(&desk).await[0]["id"].clone();
    let _: Value = desk.call("cancel_revert", json!({"id": id})).await;
    pass(&desk, HALF_AN_HOUR * 3).await;
    assert!(reverts(&desk).await.is_empty());
    assert_eq!(level(&desk).await, "INFO");

    desk.done(&review(&desk, json!({"minutes": 30, "dataTrace": true})).await).await;
    let id = reverts(&desk).await[0]["id"].clone();
    let _: Value = desk.call("revert_now", json!({"id": id})).await;
    assert_eq!(over(&desk).await, "The logs of prod are back at INFO.");
    assert_eq!(stage(&desk).await["defaultRouteSettings"]["dataTraceEnabled"], false);
    let gone = desk.refused("revert_now", json!({"id": id})).await;
    assert_eq!(gone.code.as_str(), "not_found");
}

#[tokio::test]
async fn a_newer_wish_ends_the_older_one_and_goes_back_to_what_was_before_both() {
    let desk = Desk::with(silent());
    desk.done(&review(&desk, json!({"minutes": 30})).await).await;
    desk.done(&review(&desk, json!({"minutes": 60, "dataTrace": true})).await).await;
    let running = reverts(&desk).await;
    assert_eq!((running.len(), running[0]["to"].as_str()), (1, Some("OFF")));
    pass(&desk, HALF_AN_HOUR).await;
    assert_eq!(level(&desk).await, "INFO");
    pass(&desk, HALF_AN_HOUR).await;
    over(&desk).await;
    assert_eq!(level(&desk).await, "OFF");

    // Undoing it by hand leaves nothing to wait for.
    let change = desk.done(&review(&desk, json!({"minutes": 30})).await).await;
    desk.done(&desk.way("preview_undo", change).await).await;
    assert!(reverts(&desk).await.iter().all(|r| r["over"].is_string()));
}

#[tokio::test]
async fn a_role_that_is_refused_is_repaired() {
    let desk = Desk::new();
    let iam = |form: &str| {
        desk.app.sandbox().handle(
            axum::http::Request::post("https://iam.amazonaws.com/")
                .header("host", "iam.amazonaws.com")
                .header("content-type", "application/x-www-form-urlencoded")
                .body(axum::body::Bytes::from(format!("{form}&Version=2010-05-08")))
                .unwrap(),
        )
    };
    let trust = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%7B%22Service%22%3A%22lambda.amazonaws.com%22%7D%2C%22Action%22%3A%22sts%3AAssumeRole%22%7D%5D%7D";
    let account: Value = elsewhere::call(desk.app.sandbox(), "GET", "/account", Value::Null).await;
    let role = account["cloudwatchRoleArn"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let told = iam(&format!("Action=UpdateAssumeRolePolicy&RoleName={role}&PolicyDocument={trust}")).await;
    assert_eq!(told.status(), 200);

    let why: Value = desk.call("explain_no_log", json!({"of": desk.stage("prod").await})).await;
    assert_eq!(why["findings"][0]["cause"], "log-role-refused", "{why:#}");
    let repair = review(&desk, json!({"dataTrace": true})).await;
    let operations: Vec<&str> = repair.steps.iter().map(|s| s.operation.as_str()).collect();
    assert_eq!(operations, ["UpdateAssumeRolePolicy", "AttachRolePolicy", "UpdateStage"]);
    has(&repair.words.iter().map(|w| w.text.clone()).collect::<Vec<_>>(), "besides whom it trusts now");
    desk.done(&repair).await;
    let why: Value = desk.call("explain_no_log", json!({"of": desk.stage("prod").await, "at": 0})).await;
    assert!(why["findings"].as_array().unwrap().iter().all(|f| f["cause"] != "log-role-refused"), "{why:#}");
}

#[tokio::test]
async fn what_aws_would_refuse_is_refused_before_anything_is_sent() {
    let desk = Desk::with(silent());
    let of = desk.stage("prod").await;
    for more in [
        json!({"level": "LOUD", "dataTrace": false}),
        json!({"level": "INFO", "dataTrace": false, "minutes": 0}),
        json!({"level": "OFF", "dataTrace": false, "minutes": 30}),
        json!({"level": "INFO", "dataTrace": false, "accessFormat": "$context.status"}),
        json!({"level": "INFO", "dataTrace": false, "retentionDays": 8}),
    ] {
        let mut ask = more.clone();
        ask["of"] = of.clone();
        let said = desk.refused("preview_turn_on_logs", ask).await;
        assert_eq!(said.code.as_str(), "bad_question", "{more}: {said:?}");
    }
}

#[tokio::test]
async fn the_cost_rests_on_the_stages_own_log() {
    let desk = Desk::with(silent());
    let of = desk.stage("prod").await;
    let before: Value = desk.call("estimate_logs", of.clone()).await;
    assert!(before["requestsAnHour"].is_null(), "{before}");
    assert!(before["from"].as_str().unwrap().contains("1,000 a day"), "{before}");
    assert!(before["traceBytes"].as_f64() > before["infoBytes"].as_f64());

    desk.done(&review(&desk, json!({})).await).await;
    let mut talk = desk.open("prod").await;
    for _ in 0..3 {
        let row = talk.connect().await;
        talk.explained(row.id, "mock-status-missing").await;
    }
    let after: Value = desk.call("estimate_logs", of).await;
    assert_eq!(after["requestsAnHour"], 3.0, "{after}");
    assert!(after["from"].as_str().unwrap().starts_with("From 3 requests in the execution log"), "{after}");
}

#[tokio::test]
async fn a_missing_log_is_explained_by_what_is_there() {
    let desk = Desk::with(silent());
    let of = desk.stage("prod").await;
    let why: Value = desk.call("explain_no_log", json!({"of": of})).await;
    assert_eq!(why["findings"][0]["cause"], "logging-off");
    assert_eq!(why["findings"][0]["action"]["kind"], "turnOnLogs");

    // The conversation's row knows that nothing reached API Gateway.
    let mut talk = desk.open("prod").await;
    let lost = talk.connect_with(json!({"url": "wss://nobody5gw1.execute-api.us-east-1.localhost/prod"})).await;
    let ask = json!({"of": of, "session": talk.session, "row": lost.id});
    let why: Value = desk.call("explain_no_log", ask).await;
    assert_eq!(why["findings"][0]["cause"], "never-logged", "{why:#}");
    drop(talk);

    let elsewhere = json!({"scope": desk.scope, "apiId": "nobody5gw1", "stage": "prod"});
    let why: Value = desk.call("explain_no_log", json!({"of": elsewhere})).await;
    assert_eq!(why["findings"][0]["cause"], "api-not-found");
    assert!(!why["lookedAt"].as_array().unwrap().is_empty());

    // Turned on a moment ago: the request came before it.
    let at = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as u64 - 120_000;
    desk.done(&review(&desk, json!({})).await).await;
    let why: Value = desk.call("explain_no_log", json!({"of": of, "at": at})).await;
    assert_eq!(why["findings"][0]["cause"], "settings-propagating", "{why:#}");
}

#[tokio::test]
async fn the_world_is_asked_about_a_failed_row_only_when_somebody_wants_it() {
    let desk = Desk::new();
    let mut talk = desk.open("prod").await;
    let url = "wss://nobody5gw1.execute-api.us-east-1.localhost/prod";
    let lost = talk.connect_with(json!({"url": url})).await;
    let probed: Value = desk.call("probe_row", json!({"session": talk.session, "row": lost.id})).await;
    let dns = probed["probes"].as_array().unwrap().iter().find(|p| p["kind"] == "dns").unwrap().clone();
    assert_eq!(dns["host"], "nobody5gw1.execute-api.us-east-1.localhost");
    assert!(dns["error"].is_string() && dns["addresses"].as_array().unwrap().is_empty(), "{dns}");

    let refused = talk.connect().await;
    let probed: Value = desk.call("probe_row", json!({"session": talk.session, "row": refused.id})).await;
    let dns = probed["probes"].as_array().unwrap().iter().find(|p| p["kind"] == "dns").unwrap().clone();
    assert!(dns["error"].is_null() && !dns["addresses"].as_array().unwrap().is_empty(), "{dns}");
    let gone = desk.refused("probe_row", json!({"session": talk.session, "row": 999})).await;
    assert_eq!(gone.code.as_str(), "not_found");
}

#[tokio::test]
async fn a_stage_that_is_refused_for_want_of_a_role_names_the_cause_and_one_click_removes_it() {
    let desk = Desk::with(silent());
    let api = desk.api().await;
    let louder = async || {
        let base = desk.snapshot(&api).await;
        let mut draft = base.clone();
        draft.stages[0].default_route_settings.logging_level = Some("INFO".to_owned());
        desk.preview(&api, &base, &draft, "prod").await
    };
    let told = desk.apply(&louder().await, true).await;
    let Some(ApplyItem::Failed { finding: Some(finding), problem, .. }) = told.last() else { panic!("{told:#?}") };
    assert!(problem.message.contains("CloudWatch Logs role ARN must be set"), "{problem:?}");
    assert_eq!((finding.cause.as_str(), finding.confidence), ("log-role-missing", Confidence::Certain));
    let Some(Action::Fix { route_key, about: None }) = &finding.action else { panic!("{finding:#?}") };

    let mut ask = desk.stage("prod").await;
    ask["cause"] = json!(finding.cause);
    ask["routeKey"] = json!(route_key);
    let fix: Review = desk.call("preview_fix", ask).await;
    let operations: Vec<&str> = fix.steps.iter().map(|s| s.operation.as_str()).collect();
    assert_eq!(operations, ["CreateRole", "AttachRolePolicy", "UpdateAccount"]);
    desk.done(&fix).await;
    desk.done(&louder().await).await;
    assert_eq!(level(&desk).await, "INFO");
}
