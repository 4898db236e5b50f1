//! The main job: a `500` on `$connect`, explained, fixed and connected.

use gatescope_model::conversation::{LinkKind, RowOutcome};
use gatescope_model::review::{ApplyItem, Review};
use gatescope_model::verdict::{Action, Confidence, Place};
use gatescope_tests::{Desk, has, link};
use serde_json::{Value, json};

#[tokio::test]
async fn the_first_500_is_explained_fixed_and_connected() {
    let desk = Desk::new();
    let mut talk = desk.open("prod").await;

    let refused = talk.connect().await;
    assert_eq!((refused.status, refused.outcome), (Some(500), RowOutcome::Failed));

    talk.until("the log proves the cause", |t| {
        let verdict = t.rows[&refused.id].verdict.as_ref();
        verdict.and_then(|v| v.findings.first()).is_some_and(|f| f.confidence == Confidence::Certain)
    })
    .await;
    let row = talk.explained(refused.id, "mock-status-missing").await;
    let verdict = row.verdict.clone().unwrap();
    let finding = &verdict.findings[0];
    assert_eq!(finding.action, Some(Action::Fix { route_key: "$connect".to_owned(), about: None }));
    assert_eq!(link(&row), LinkKind::Exact);
    let lines = talk.lines(refused.id).await;
    assert_eq!(lines.len(), 8);
    let Place::Line { index } = finding.evidence[0].place else { panic!("{:?}", finding.evidence) };
    assert!(lines[index as usize].contains("statusCode should be an integer which defined in request template"));

    let ask = json!({"scope": desk.scope, "apiId": desk.api().await, "stage": "prod",
        "cause": "mock-status-missing", "routeKey": "$connect"});
    let review: Review = desk.call("preview_fix", ask).await;
    let operations: Vec<&str> = review.steps.iter().map(|s| s.operation.as_str()).collect();
    assert_eq!(operations, ["UpdateIntegration", "CreateIntegrationResponse", "CreateDeployment"]);
    assert!(
        review.steps[0].command.contains(r"--template-selection-expression '\$default'"),
        "{}",
        review.steps[0].command
    );

    let told = desk.apply(&review, true).await;
    assert!(matches!(told.last(), Some(ApplyItem::Finished { deployment: Some(_), .. })), "{told:?}");

    let opened = talk.connect().await;
    assert_eq!(opened.status, Some(101));
    talk.until("the handshake has its log", |t| t.rows[&opened.id].request.as_ref().is_some_and(|r| r.complete)).await;
    assert_eq!(link(&talk.rows[&opened.id]), LinkKind::Exact);
    assert!(talk.rows[&refused.id].fixed_by.is_some(), "the refused attempt says by which deployment it was fixed");
}

#[tokio::test]
async fn with_logging_off_the_console_says_so_and_turns_it_on() {
    let desk = Desk::without_logs();
    let mut talk = desk.open("prod").await;

    let refused = talk.connect().await;
    // The configuration alone shows a cause, which is said as likely; what would prove it is one click away.
    let row = talk.explained(refused.id, "mock-status-missing").await;
    let verdict = row.verdict.unwrap();
    assert!(verdict.findings.iter().all(|f| f.confidence < Confidence::Certain), "nothing is certain without a log");
    let off = verdict.findings.iter().find(|f| f.cause == "logging-off").expect("says that logging is off");
    assert_eq!(off.action, Some(Action::TurnOnLogs));
    assert!(row.note.unwrap().contains("logging was off"));

    let ask =
        json!({"scope": desk.scope, "apiId": desk.api().await, "stage": "prod", "level": "INFO", "dataTrace": false});
    let review: Review = desk.call("preview_logs", ask).await;
    let operations: Vec<&str> = review.steps.iter().map(|s| s.operation.as_str()).collect();
    assert_eq!(operations, ["CreateRole", "AttachRolePolicy", "UpdateAccount", "UpdateStage"]);
    let sent = &review.steps[3].input["defaultRouteSettings"];
    assert!(sent.get("throttlingRateLimit").is_none() && sent.get("throttlingBurstLimit").is_none(), "{sent}");
    let told = desk.apply(&review, true).await;
    assert!(matches!(told.last(), Some(ApplyItem::Finished { .. })), "{told:?}");

    let again = talk.connect().await;
    talk.until("the log proves the cause", |t| {
        let verdict = t.rows[&again.id].verdict.as_ref();
        verdict
            .and_then(|v| v.findings.first())
            .is_some_and(|f| (f.cause.as_str(), f.confidence) == ("mock-status-missing", Confidence::Certain))
    })
    .await;
    let api: Value = desk.call("read_api", json!({"scope": desk.scope, "apiId": desk.api().await})).await;
    let settings = &api["snapshot"]["stages"][0]["defaultRouteSettings"];
    assert!(settings.get("throttlingRateLimit").is_none(), "throttling was never written: {settings}");
}

#[tokio::test]
async fn a_fix_that_is_not_deployed_changes_nothing_and_says_so() {
    let desk = Desk::new();
    let mut talk = desk.open("prod").await;
    let of = json!({"scope": desk.scope, "apiId": desk.api().await, "stage": "prod"});
    let mut ask = of.clone();
    ask["cause"] = json!("mock-status-missing");
    ask["routeKey"] = json!("$connect");

    let review: Review = desk.call("preview_fix", ask).await;
    desk.apply(&review, false).await;

    assert_eq!(talk.connect().await.status, Some(500));
    let api: Value = desk.call("read_api", of.clone()).await;
    assert_eq!(api["stages"][0]["undeployed"].as_array().unwrap().len(), 2, "the integration and its response");

    let review: Review = desk.call("preview_deploy", of.clone()).await;
    assert!(review.notices[0].contains("2 earlier changes go live"), "{:?}", review.notices);
    desk.apply(&review, true).await;
    let opened = talk.connect().await;
    assert_eq!(opened.status, Some(101));
    let api: Value = desk.call("read_api", of).await;
    assert!(api["stages"][0]["undeployed"].as_array().unwrap().is_empty());
    talk.until("the handshake has its log", |t| t.rows[&opened.id].request.as_ref().is_some_and(|r| r.complete)).await;
    has(&talk.lines(opened.id).await, "connected to API");
}

#[tokio::test]
async fn a_review_that_somebody_overtook_sends_nothing() {
    let desk = Desk::new();
    let mut ask = json!({"scope": desk.scope, "apiId": desk.api().await, "stage": "prod"});
    ask["cause"] = json!("mock-status-missing");
    ask["routeKey"] = json!("$connect");
    let mine: Review = desk.call("preview_fix", ask.clone()).await;
    let theirs: Review = desk.call("preview_fix", ask.clone()).await;
    desk.apply(&theirs, true).await;

    let told = desk.apply(&mine, true).await;
    let [ApplyItem::Failed { step: 0, problem, .. }] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(problem.code, "conflict");
    let error = desk.refused("preview_fix", ask).await;
    assert!(error.message.contains("not there any more"), "{error:?}");
}
