//! Bad questions, peers that misbehave, and memory that stays bounded.

use gatescope_app::Code;
use gatescope_model::conversation::{RowKind, RowOutcome};
use gatescope_tests::Desk;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

#[tokio::test]
async fn garbage_in_the_table_is_a_clear_error() {
    let desk = Desk::new();
    assert_eq!(desk.refused("no_such_call", json!({})).await.code, Code::BadQuestion);
    assert_eq!(desk.refused("read_api", json!({"scope": 7})).await.code, Code::BadQuestion);
    assert_eq!(
        desk.refused("read_api", json!({"scope": desk.scope, "apiId": "nosuchapi0"})).await.code,
        Code::NotFound
    );
    assert_eq!(desk.refused("send_message", json!({"session": "gone", "text": "x"})).await.code, Code::BadQuestion);
    let elsewhere = json!({"account": "nobody", "region": "us-east-1"});
    assert_eq!(desk.refused("list_apis", elsewhere).await.code, Code::NoProfile);
}

#[tokio::test]
async fn sending_without_a_connection_says_so() {
    let desk = Desk::new();
    let talk = desk.open("prod").await;
    let error = desk.refused("send_message", json!({"session": talk.session, "text": "x"})).await;
    assert_eq!(error.code, Code::NotConnected);
}

#[tokio::test]
async fn a_server_that_is_no_websocket_is_shown_with_its_answer() {
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/chat", server.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut peer, _) = server.accept().await.unwrap();
        let _ = peer.read(&mut [0; 1024]).await;
        peer.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 9\r\n\r\nnot here!").await.unwrap();
        peer.read_to_end(&mut Vec::new()).await.unwrap();
    });
    let desk = Desk::new();
    let mut talk = desk.open("prod").await;
    let row = talk.connect_with(json!({"url": url})).await;
    assert_eq!((row.status, row.outcome, row.size), (Some(404), RowOutcome::Failed, Some(9)));
}

#[tokio::test]
async fn a_name_that_does_not_exist_and_a_closed_port_say_where_it_stopped() {
    let desk = Desk::new();
    let mut talk = desk.open("prod").await;
    let row = talk.connect_with(json!({"url": "wss://nosuchapi0.execute-api.us-east-1.localhost/prod"})).await;
    assert_eq!(row.outcome, RowOutcome::Failed);
    let row = talk.connect_with(json!({"url": "ws://127.0.0.1:1/"})).await;
    assert_eq!(row.outcome, RowOutcome::Failed);
    assert!(row.detail.unwrap().contains("refused"));
}

/// A peer that sends 128 KiB messages as fast as it can: the session keeps the newest 64 MiB of payloads, says of older
/// ones that they are gone, and still answers.
#[tokio::test]
async fn a_peer_at_full_speed_fills_no_memory() {
    const MESSAGES: usize = 1_000;
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/", server.local_addr().unwrap());
    tokio::spawn(async move {
        use futures_util::SinkExt;
        let (peer, _) = server.accept().await.unwrap();
        let mut socket = tokio_tungstenite::accept_async(peer).await.unwrap();
        let text = "x".repeat(128 * 1024);
        for _ in 0..MESSAGES {
            socket.feed(text.as_str().into()).await.unwrap();
        }
        socket.close(None).await.unwrap();
    });
    let desk = Desk::new();
    let mut talk = desk.open("prod").await;
    talk.connect_with(json!({"url": url})).await;
    talk.until("all came and the end too", |t| t.rows.values().any(|r| r.kind == RowKind::Closed)).await;
    let received: Vec<u32> = talk.rows.values().filter(|r| r.kind == RowKind::Received).map(|r| r.id).collect();
    assert_eq!(received.len(), MESSAGES);
    assert!(talk.detail(received[0]).await.payload_gone.is_some(), "128 MiB came, 64 MiB are kept");
    assert_eq!(talk.detail(*received.last().unwrap()).await.payload.unwrap().len(), 128 * 1024);
}

#[tokio::test]
async fn a_message_beyond_the_gateways_limit_is_refused_before_it_is_sent() {
    let desk = Desk::new();
    desk.fix().await;
    let mut talk = desk.open("prod").await;
    talk.connect().await;
    let text = "x".repeat(128 * 1024 + 1);
    let error = desk.refused("send_message", json!({"session": talk.session, "text": text})).await;
    assert_eq!(error.code, Code::Refused);
}

#[tokio::test]
async fn dialling_before_the_configuration_is_read_still_finds_the_log() {
    use futures_util::StreamExt;
    let desk = Desk::new();
    let mut stream = gatescope_app::rpc::stream(&desk.app, "open_session", desk.stage("prod").await).await.unwrap();
    let first: serde_json::Value = serde_json::from_str(&stream.next().await.unwrap()).unwrap();
    let url = format!("wss://{}.execute-api.us-east-1.localhost/prod", desk.api().await);
    let _: serde_json::Value = desk.call("connect", json!({"session": first[0]["session"], "url": url})).await;
    while let Some(batch) = stream.next().await {
        let items: serde_json::Value = serde_json::from_str(&batch).unwrap();
        let rows = items.as_array().unwrap().iter().filter(|i| i["kind"] == "row");
        for finding in rows.map(|r| &r["row"]["verdict"]["findings"][0]) {
            assert_ne!(finding["cause"], "logging-off");
            if finding["confidence"] == "certain" {
                return;
            }
        }
    }
    panic!("the session ended");
}

#[tokio::test]
async fn a_configuration_that_could_not_be_read_is_read_again_when_asked() {
    let desk = Desk::new();
    let stage = desk.stage("prod").await;
    let file = std::env::temp_dir().join(format!("gatescope-away-{}", std::process::id()));
    desk.app.sandbox().save(&file).unwrap();
    desk.app.sandbox().reset();
    let mut talk = desk.open_stage(stage).await;
    talk.until("it says what is wrong", |t| t.tail.as_ref().is_some_and(|tail| tail.problem.is_some())).await;

    desk.app.sandbox().load(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    let _: serde_json::Value = desk.call("read_log_now", json!({"session": talk.session})).await;
    talk.until("it is well again", |t| {
        t.tail.as_ref().is_some_and(|tail| tail.problem.is_none() && tail.level == "INFO")
    })
    .await;
    assert_eq!(talk.connect().await.status, Some(500));
}
