//! Messages beside their log lines.

use gatescope_model::conversation::{Connection, LinkKind};
use gatescope_tests::{Desk, Talk, has, link};
use serde_json::json;

/// The chat API after its fix, connected.
async fn connected(desk: &Desk) -> Talk<'_> {
    desk.fix().await;
    let mut talk = desk.open("prod").await;
    assert_eq!(talk.connect().await.status, Some(101));
    talk
}

#[tokio::test]
async fn each_message_stands_beside_its_own_log_lines() {
    let desk = Desk::new();
    let mut talk = connected(&desk).await;
    talk.until("the connection id is known", |t| {
        matches!(&t.connection, Connection::Open { connection_id: Some(_), .. })
    })
    .await;

    let joined = talk.send(r#"{"action":"joinroom","roomname":"developers"}"#).await;
    assert_eq!(joined.request.as_ref().unwrap().route_key.as_deref(), Some("joinroom"));
    assert!(matches!(link(&joined), LinkKind::Exact | LinkKind::Likely));
    has(&talk.lines(joined.id).await, "WebSocket Request Route: [joinroom]");

    let garbage = talk.send("hello, is this thing on?").await;
    assert_eq!(garbage.request.as_ref().unwrap().route_key.as_deref(), Some("$default"));

    let closed = talk.close(1000, "done").await;
    assert_eq!(closed.status, Some(1000));
    has(&talk.lines(closed.id).await, "Close reason: [1000: done]");
}

#[tokio::test]
async fn another_clients_requests_are_kept_apart() {
    let desk = Desk::new();
    let mut mine = connected(&desk).await;
    let mut theirs = desk.open("prod").await;
    theirs.connect().await;
    theirs.send(r#"{"action":"sendmessage","message":"from the other one"}"#).await;

    let row = mine.send(r#"{"action":"joinroom","roomname":"developers"}"#).await;
    assert_eq!(row.request.unwrap().route_key.as_deref(), Some("joinroom"));
    mine.until("the other client's requests have rows of their own", |t| {
        t.rows.values().filter(|r| r.link.kind == LinkKind::Other).count() >= 2
    })
    .await;
}

#[tokio::test]
async fn pings_and_predictions_answer() {
    let desk = Desk::new();
    let talk = connected(&desk).await;
    let _: serde_json::Value = desk.call("send_ping", json!({"session": talk.session})).await;
    let mut talk = talk;
    talk.until(
        "the ping is answered",
        |t| matches!(&t.connection, Connection::Open { ping_ms, .. } if ping_ms.len() == 1),
    )
    .await;

    let ask =
        |text: &str| json!({"expression": "$request.body.action", "routeKeys": ["$default", "joinroom"], "text": text});
    let predicted: serde_json::Value = desk.call("predict_route", ask(r#"{"action":"joinroom"}"#)).await;
    assert_eq!(predicted["routeKey"], "joinroom");
    let predicted: serde_json::Value = desk.call("predict_route", ask("no json")).await;
    assert_eq!(predicted["routeKey"], "$default");
}
