//! Addresses that lead nowhere, messages that nothing answers, and connections that end: explained beside the row.

use gatescope_model::conversation::{LinkKind, Row, RowKind, RowOutcome};
use gatescope_model::verdict::{Action, Confidence, Place};
use gatescope_sandbox::{Options, Sandbox, Seed};
use gatescope_tests::{Desk, Talk, link};
use serde_json::{Value, json};

fn gallery() -> Desk {
    Desk::with(Options { seed: Seed::Gallery, ..Options::default() })
}

/// The Connect screen of an exhibit, its configuration read.
async fn open<'d>(desk: &'d Desk, cause: &str) -> Talk<'d> {
    let exhibit = Sandbox::gallery().into_iter().find(|e| e.cause == cause).expect(cause);
    let stage = json!({"scope": desk.scope, "apiId": exhibit.api_id, "stage": exhibit.stage});
    let mut talk = desk.open_stage(stage).await;
    talk.until("the configuration is read", |t| t.tail.as_ref().is_some_and(|tail| !tail.level.is_empty())).await;
    talk
}

/// The end of the connection, explained by this cause.
async fn end(talk: &mut Talk<'_>, cause: &str) -> Row {
    talk.until(&format!("the end is explained by {cause}"), |t| {
        let end = t.rows.values().rfind(|r| r.kind == RowKind::Closed);
        let best = end.and_then(|r| r.verdict.as_ref()).and_then(|v| v.findings.first());
        best.is_some_and(|f| f.cause == cause)
    })
    .await;
    talk.rows.values().rfind(|r| r.kind == RowKind::Closed).unwrap().clone()
}

fn best(row: &Row) -> (Confidence, Option<Action>) {
    let finding = &row.verdict.as_ref().unwrap().findings[0];
    (finding.confidence, finding.action.clone())
}

#[tokio::test]
async fn a_stage_in_a_custom_domains_path_and_a_missing_record_are_named_with_the_way_out() {
    let desk = gallery();
    let mut talk = open(&desk, "stage-in-domain-path").await;
    let refused = talk.connect_with(json!({"url": "wss://api.stage-in-domain-path.example.net/prod"})).await;
    assert_eq!(refused.status, Some(403));
    // The domains are read after the failure: then it is proven.
    let row = talk.explained(refused.id, "stage-in-domain-path").await;
    let right = "wss://api.stage-in-domain-path.example.net/chat".to_owned();
    assert_eq!(best(&row), (Confidence::Certain, Some(Action::Dial { url: right.clone() })));
    assert_eq!(talk.connect_with(json!({"url": right})).await.status, Some(101));

    let mut talk = open(&desk, "dns-not-found").await;
    let lost = talk.connect_with(json!({"url": "wss://api.dns-not-found.example.net/"})).await;
    let row = talk.explained(lost.id, "dns-not-found").await;
    let about = Some("api.dns-not-found.example.net".to_owned());
    talk.until("the domain is known", |t| {
        best(&t.rows[&row.id]).1 == Some(Action::Fix { route_key: "$connect".to_owned(), about: about.clone() })
    })
    .await;

    let mut talk = open(&desk, "dns-wrong-target").await;
    let misled = talk.connect_with(json!({"url": "wss://api.dns-wrong-target.example.net/"})).await;
    let row = talk.explained(misled.id, "dns-wrong-target").await;
    let evidence = &row.verdict.unwrap().findings[0].evidence;
    assert!(evidence.iter().any(|e| e.place == Place::Phase), "{evidence:?}");
}

#[tokio::test]
async fn an_address_without_a_stage_that_is_served_says_what_to_do() {
    let desk = gallery();
    for (cause, path) in [("stage-not-found", "live"), ("stage-not-deployed", "prod"), ("execute-api-disabled", "prod")]
    {
        let exhibit = Sandbox::gallery().into_iter().find(|e| e.cause == cause).unwrap();
        let mut talk = open(&desk, cause).await;
        let url = format!("wss://{}.execute-api.us-east-1.localhost/{path}", exhibit.api_id);
        let refused = talk.connect_with(json!({"url": url})).await;
        let row = talk.explained(refused.id, cause).await;
        assert_eq!(best(&row).0, Confidence::Certain, "{cause}");
    }
}

#[tokio::test]
async fn an_end_that_nobody_here_asked_for_is_explained() {
    let desk = gallery();
    let mut talk = open(&desk, "idle-timeout").await;
    assert_eq!(talk.connect().await.status, Some(101));
    let _: Value = desk.call("set_clock", json!({"advanceMs": 600_000})).await;
    let row = end(&mut talk, "idle-timeout").await;
    assert_eq!((row.status, best(&row).0), (Some(1001), Confidence::Certain));
    assert_ne!(row.outcome, RowOutcome::Failed, "an end is not red");

    let mut talk = open(&desk, "closed-by-backend").await;
    talk.connect().await;
    talk.send(r#"{"action": "go"}"#).await;
    let row = end(&mut talk, "closed-by-backend").await;
    assert_eq!((row.status, best(&row).0), (Some(1000), Confidence::Certain));

    let mut talk = open(&desk, "connection-lost").await;
    talk.connect().await;
    talk.hand_over("hello").await;
    let row = end(&mut talk, "connection-lost").await;
    assert_eq!(best(&row).0, Confidence::Likely, "1006 proves nothing");

    let mut talk = open(&desk, "frame-too-large").await;
    talk.connect().await;
    talk.hand_over(&"a".repeat(33_000)).await;
    assert_eq!(best(&end(&mut talk, "frame-too-large").await).0, Confidence::Certain);

    let mut talk = open(&desk, "idle-timeout").await;
    talk.connect().await;
    let leave = json!({"session": talk.session, "code": 1000, "reason": "done"});
    let _: Value = desk.call("disconnect", leave).await;
    talk.until("the connection is closed", |t| t.rows.values().any(|r| r.kind == RowKind::Closed)).await;
    let asked = talk.rows.values().rfind(|r| r.kind == RowKind::Closed).unwrap();
    assert_eq!(asked.verdict, None, "who closes it knows why");
}

#[tokio::test]
async fn a_message_that_nothing_answers_says_why_without_turning_red() {
    let desk = gallery();
    let mut talk = open(&desk, "no-route-response").await;
    talk.connect().await;
    let sent = talk.send(r#"{"action": "go"}"#).await;
    let row = talk.explained(sent.id, "no-route-response").await;
    assert_eq!(best(&row), (Confidence::Likely, Some(Action::Fix { route_key: "go".to_owned(), about: None })));
    assert_eq!(row.outcome, RowOutcome::Ok);

    let mut talk = open(&desk, "route-selection-wrong").await;
    talk.connect().await;
    let sent = talk.send(r#"{"action": "go"}"#).await;
    let row = talk.explained(sent.id, "route-selection-wrong").await;
    assert_eq!((best(&row).0, row.outcome), (Confidence::Likely, RowOutcome::Ok));
}

#[tokio::test]
async fn what_a_backend_tells_of_its_pushes_comes_before_that_it_said_no() {
    let desk = gallery();
    for cause in ["connection-gone", "payload-too-large", "connection-id-invalid", "callback-endpoint-disabled"] {
        let mut talk = open(&desk, cause).await;
        talk.connect().await;
        let sent = talk.send(r#"{"action": "go"}"#).await;
        talk.explained(sent.id, cause).await;
    }
    let mut talk = open(&desk, "post-inside-connect").await;
    let refused = talk.connect().await;
    talk.explained(refused.id, "post-inside-connect").await;
}

#[tokio::test]
async fn the_log_of_a_message_obeys_its_routes_own_settings() {
    let desk = Desk::new();
    desk.fix().await;
    let api = desk.api().await;
    let base = desk.snapshot(&api).await;
    let mut draft = base.clone();
    let quiet = draft.stages[0].route_settings.entry("joinroom".to_owned()).or_default();
    quiet.logging_level = Some("OFF".to_owned());
    let review = desk.preview(&api, &base, &draft, "prod").await;
    desk.done(&review).await;

    let mut talk = desk.open("prod").await;
    talk.connect().await;
    let row = talk.hand_over(r#"{"action":"joinroom","roomname":"developers"}"#).await;
    talk.until("it says that this route is not logged", |t| {
        t.rows.get(&row).is_some_and(|r| r.note.as_deref().is_some_and(|n| n.contains("logging was off")))
    })
    .await;
    let logged = talk.send("hello").await;
    assert!(matches!(link(&logged), LinkKind::Exact | LinkKind::Likely), "the other routes are");
}

#[tokio::test]
async fn an_error_frame_goes_to_the_message_that_caused_it() {
    let desk = gallery();
    let api = Sandbox::gallery().into_iter().find(|e| e.cause == "route-not-found").unwrap().api_id;
    let fault = json!({"apiId": api, "stage": "prod", "routeKey": "go", "chaos": {"latencyMs": 1_500}});
    let _: Value = desk.call("set_fault", fault).await;
    let mut talk = open(&desk, "route-not-found").await;
    talk.connect().await;
    let slow = talk.hand_over(r#"{"action": "go"}"#).await;
    let wrong = talk.hand_over(r#"{"action": "dance"}"#).await;
    talk.until("both are answered", |t| {
        [slow, wrong].iter().all(|row| t.rows.get(row).is_some_and(|r| r.round_trip_ms.is_some()))
    })
    .await;
    assert_eq!(talk.rows[&wrong].outcome, RowOutcome::Failed);
    assert_ne!(talk.rows[&slow].outcome, RowOutcome::Failed, "{:#?}", talk.rows);
    assert!(talk.rows[&slow].round_trip_ms > talk.rows[&wrong].round_trip_ms);
    let row = talk.explained(wrong, "route-not-found").await;
    assert_eq!(best(&row).0, Confidence::Certain);
}
