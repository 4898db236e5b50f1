//! What a sandbox does wrong because it was asked to, what it limits because a stage says so, and how its clock and
//! its ids obey.

use std::time::Duration;

use futures_util::StreamExt;
use gatescope_sandbox::{Chaos, Fault, Options};
use http::Method;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use super::client::{CHAT, Client, Socket};
use super::misuse::chat;

const GROUP: &str = "/aws/apigateway/chat5gw1ws/prod";
const STAGE: &str = "/v2/apis/chat5gw1ws/stages/prod";
const JOIN: &str = r#"{"action":"joinroom","roomname":"r"}"#;
const JOINED: &str = r#"{"joined":"r"}"#;

fn fault(client: &Client, route_key: &str, chaos: Chaos) {
    let (api_id, stage) = (CHAT.to_owned(), "prod".to_owned());
    client.sandbox.set_fault(Fault { api_id, stage, route_key: route_key.to_owned(), chaos });
}

/// The message of an error frame.
async fn refusal(socket: &mut Socket) -> String {
    let frame: Value = serde_json::from_str(&socket.hear().await).unwrap();
    assert!(frame["connectionId"].is_string() && frame["requestId"].is_string());
    frame["message"].as_str().unwrap().to_owned()
}

/// A line of the execution log, as soon as it is there.
async fn line(client: &Client, part: &str) -> String {
    for _ in 0..100_000 {
        if let Some(line) = client.messages(GROUP).await.into_iter().find(|m| m.contains(part)) {
            return line;
        }
        tokio::task::yield_now().await;
    }
    panic!("no line with {part:?}");
}

async fn settle() {
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_backend_is_slow_by_the_sandboxs_clock_and_slowest_when_it_is_cold() {
    let client = chat().await;
    let mut socket = client.connect(CHAT, "/prod").await;
    fault(&client, "joinroom", Chaos { latency_ms: 2000, cold_start_ms: 5000, ..Chaos::default() });
    let mut took = Vec::new();
    for pause in [0, 0, 61] {
        tokio::time::sleep(Duration::from_secs(pause)).await;
        let asked = tokio::time::Instant::now();
        socket.say(JOIN).await;
        assert_eq!(socket.hear().await, JOINED);
        took.push(asked.elapsed().as_secs());
    }
    assert_eq!(took, [7, 2, 7]);
    fault(&client, "joinroom", Chaos { latency_ms: 29_000, jitter_ms: 1000, ..Chaos::default() });
    socket.say(JOIN).await;
    let asked = tokio::time::Instant::now();
    let Some(Ok(Message::Text(frame))) = socket.0.next().await else { panic!("no frame") };
    assert!(frame.starts_with(r#"{"message": "Endpoint request timed out""#), "{frame}");
    assert_eq!(asked.elapsed().as_secs(), 29);
    line(&client, "Execution failed due to a timeout error").await;
    fault(&client, "joinroom", Chaos::default());
    socket.say(JOIN).await;
    assert_eq!((socket.hear().await.as_str(), asked.elapsed().as_secs()), (JOINED, 29));
}

#[tokio::test(start_paused = true)]
async fn a_swallowed_message_leaves_no_trace_and_the_next_one_is_served() {
    let client = chat().await;
    let mut socket = client.connect(CHAT, "/prod").await;
    fault(&client, "joinroom", Chaos { drop_percent: 100, ..Chaos::default() });
    socket.say(JOIN).await;
    assert!(tokio::time::timeout(Duration::from_secs(60), socket.0.next()).await.is_err());
    assert!(client.messages(GROUP).await.iter().all(|m| !m.contains("received message")));
    fault(&client, "joinroom", Chaos::default());
    socket.say(JOIN).await;
    assert_eq!(socket.hear().await, JOINED);
}

#[tokio::test]
async fn a_status_on_purpose_is_seen_by_the_client_and_logged_as_aws_would() {
    let client = chat().await;
    let mut socket = client.connect(CHAT, "/prod").await;
    fault(&client, "joinroom", Chaos { status: Some(429), ..Chaos::default() });
    socket.say(JOIN).await;
    assert_eq!(refusal(&mut socket).await, "Too Many Requests");
    assert!(client.messages(GROUP).await.iter().all(|m| !m.contains("received message")));
    fault(&client, "joinroom", Chaos { status: Some(500), ..Chaos::default() });
    socket.say(JOIN).await;
    assert_eq!(refusal(&mut socket).await, "Internal server error");
    let lines = client.requests(GROUP).await.pop().unwrap().1;
    assert!(lines.contains(&"Execution failed due to an internal error".to_owned()), "{lines:?}");
    assert!(lines.last().unwrap().ends_with("with response status code [500]."));
    fault(&client, "$connect", Chaos { status: Some(500), ..Chaos::default() });
    let refused = client.refused(CHAT, "/prod", "").await;
    assert_eq!((refused.status, &refused.json()["message"]), (500, &json!("Internal server error")));
    let lines = client.requests(GROUP).await.pop().unwrap();
    assert_eq!(lines.0, refused.header("x-amz-apigw-id"));
    assert_eq!(lines.1.last().unwrap(), "Execution failed due to an internal error");
    fault(&client, "$connect", Chaos { status: Some(429), ..Chaos::default() });
    let refused = client.refused(CHAT, "/prod", "").await;
    assert_eq!(refused.status, 429);
    assert!(client.messages(GROUP).await.iter().all(|m| !m.contains(refused.header("x-amz-apigw-id"))));
}

#[tokio::test]
async fn a_socket_ends_on_purpose_with_a_close_code_or_without_a_word() {
    let client = chat().await;
    let mut socket = client.connect(CHAT, "/prod").await;
    fault(&client, "joinroom", Chaos { close: Some(1009), ..Chaos::default() });
    socket.say(JOIN).await;
    assert_eq!(socket.closed().await, (1009, "Message too big".into()));
    drop(socket);
    assert!(line(&client, "disconnected from API").await.ends_with("Close reason: [1009: Message too big]"));
    fault(&client, "$connect", Chaos { close: Some(1006), ..Chaos::default() });
    let mut socket = client.connect(CHAT, "/prod").await;
    let end = socket.0.next().await;
    assert!(!matches!(end, Some(Ok(_))), "{end:?}");
    line(&client, "Close reason: [1006: Connection closed abnormally]").await;
}

#[tokio::test]
async fn a_malformed_answer_can_not_be_transformed() {
    let client = chat().await;
    let mut socket = client.connect(CHAT, "/prod").await;
    fault(&client, "joinroom", Chaos { malformed: true, ..Chaos::default() });
    socket.say(JOIN).await;
    assert_eq!(refusal(&mut socket).await, "Internal server error");
    line(&client, "Execution failed due to configuration error: Unable to transform response").await;
}

#[tokio::test]
async fn a_lost_disconnect_is_not_run() {
    let client = chat().await;
    fault(&client, "$disconnect", Chaos { lose_disconnect: true, ..Chaos::default() });
    client.connect(CHAT, "/prod").await.close(1000, "bye").await;
    while client.sandbox.view().connected > 0 {
        tokio::task::yield_now().await;
    }
    settle().await;
    fault(&client, "$disconnect", Chaos::default());
    client.connect(CHAT, "/prod").await.close(1000, "really").await;
    line(&client, "Close reason: [1000: really]").await;
    assert!(client.messages(GROUP).await.iter().all(|m| !m.contains("[1000: bye]")));
}

#[tokio::test(start_paused = true)]
async fn a_throttled_route_serves_its_burst_and_then_its_rate() {
    let client = chat().await;
    let mut socket = client.connect(CHAT, "/prod").await;
    let limits = json!({ "routeSettings": { "joinroom": { "throttlingBurstLimit": 2, "throttlingRateLimit": 1.0 } } });
    assert_eq!(client.gateway(Method::PATCH, STAGE, limits).await.status, 200);
    for expected in [true, true, false] {
        socket.say(JOIN).await;
        match socket.hear().await {
            text if expected => assert_eq!(text, JOINED),
            text => assert!(text.starts_with(r#"{"message": "Too Many Requests""#), "{text}"),
        }
    }
    // Another setting leaves the bucket as empty as it was.
    let logs = json!({ "defaultRouteSettings": { "loggingLevel": "ERROR" } });
    assert_eq!(client.gateway(Method::PATCH, STAGE, logs).await.status, 200);
    socket.say(JOIN).await;
    assert_eq!(refusal(&mut socket).await, "Too Many Requests");
    client.sandbox.advance(Duration::from_secs(1));
    socket.say(JOIN).await;
    assert_eq!(socket.hear().await, JOINED);
    socket.say(JOIN).await;
    assert_eq!(refusal(&mut socket).await, "Too Many Requests");
    // Others are not limited.
    socket.say(r#"{"action":"sendmessage","message":"m"}"#).await;
    assert_eq!(socket.hear().await, r#"{"message":"m"}"#);
}

#[tokio::test(start_paused = true)]
async fn a_stages_limit_refuses_handshakes_with_429_and_no_log() {
    let client = chat().await;
    let limits = json!({ "defaultRouteSettings": { "throttlingBurstLimit": 1, "throttlingRateLimit": 0.5 } });
    assert_eq!(client.gateway(Method::PATCH, STAGE, limits).await.status, 200);
    let _open = client.connect(CHAT, "/prod").await;
    let refused = client.refused(CHAT, "/prod", "").await;
    assert_eq!((refused.status, &refused.json()["message"]), (429, &json!("Too Many Requests")));
    assert!(client.messages(GROUP).await.iter().all(|m| !m.contains(refused.header("x-amz-apigw-id"))));
    client.sandbox.advance(Duration::from_secs(2));
    let _another = client.connect(CHAT, "/prod").await;
}

#[tokio::test]
async fn ten_idle_minutes_pass_when_the_clock_is_moved_on() {
    let client = chat().await;
    let mut socket = client.connect(CHAT, "/prod").await;
    client.sandbox.advance(Duration::from_secs(599));
    socket.say(JOIN).await;
    assert_eq!(socket.hear().await, JOINED);
    client.sandbox.advance(Duration::from_secs(300));
    settle().await;
    socket.say(JOIN).await;
    assert_eq!(socket.message().await, Message::text(JOINED));
    client.sandbox.advance(Duration::from_secs(601));
    assert_eq!(socket.closed().await, (1001, "Going away".into()));
}

#[tokio::test]
async fn two_hours_end_the_busiest_connection() {
    let client = chat().await;
    let mut socket = client.connect(CHAT, "/prod").await;
    for _ in 0..14 {
        client.sandbox.advance(Duration::from_secs(500));
        settle().await;
        socket.say(JOIN).await;
        assert_eq!(socket.hear().await, JOINED);
    }
    client.sandbox.advance(Duration::from_secs(201));
    assert_eq!(socket.closed().await, (1001, "Going away".into()));
}

#[tokio::test]
async fn a_clock_that_runs_fast_closes_an_idle_connection_soon() {
    let client = chat().await;
    let mut socket = client.connect(CHAT, "/prod").await;
    let before = client.sandbox.view().now;
    client.sandbox.set_clock_speed(10_000.0);
    assert_eq!(socket.closed().await, (1001, "Going away".into()));
    assert!(client.sandbox.view().now - before >= 600_000);
}

#[tokio::test]
async fn twenty_nine_seconds_are_the_end_of_an_integration_on_the_sandboxs_clock() {
    let client = chat().await;
    let mut socket = client.connect(CHAT, "/prod").await;
    fault(&client, "joinroom", Chaos { latency_ms: 60_000, ..Chaos::default() });
    socket.say(JOIN).await;
    let before = client.sandbox.view().now;
    let mut hearing = Box::pin(refusal(&mut socket));
    let message = loop {
        settle().await;
        match futures_util::poll!(&mut hearing) {
            std::task::Poll::Ready(message) => break message,
            std::task::Poll::Pending => client.sandbox.advance(Duration::from_millis(100)),
        }
    };
    assert_eq!(message, "Endpoint request timed out");
    let passed = client.sandbox.view().now - before;
    assert!((29_000..45_000).contains(&passed), "{passed}");
}

#[tokio::test]
async fn logs_wait_for_the_log_delay_of_the_sandboxs_clock() {
    let client = Client::with(Options { log_delay: Duration::from_secs(20), ..Options::default() });
    super::broken_chat::fix(&client).await;
    client.create("/v2/apis/chat5gw1ws/deployments", json!({ "stageName": "prod" })).await;
    let mut socket = client.connect(CHAT, "/prod").await;
    for _ in 0..100 {
        socket.say(JOIN).await;
        assert_eq!(socket.hear().await, JOINED);
    }
    assert_eq!(client.messages(GROUP).await, Vec::<String>::new());
    client.sandbox.advance(Duration::from_secs(20));
    settle().await;
    // Eight lines of the handshake, eight of each message.
    assert_eq!(client.messages(GROUP).await.len(), 8 + 100 * 8);
}

#[tokio::test(start_paused = true)]
async fn the_same_number_and_the_same_calls_give_the_same_ids() {
    async fn run(ids: u64) -> (Value, Vec<Value>) {
        let epoch = Some(1_790_328_029_377);
        let client = Client::with(Options { ids: Some(ids), epoch, ..Options::default() });
        super::broken_chat::fix(&client).await;
        let made = client.create("/v2/apis/chat5gw1ws/deployments", json!({ "stageName": "prod" })).await;
        let mut socket = client.connect(CHAT, "/prod").await;
        socket.say(JOIN).await;
        assert_eq!(socket.hear().await, JOINED);
        socket.say(r#"{"action":"sendmessage","message":"m"}"#).await;
        socket.hear().await;
        (made, client.events(GROUP).await)
    }
    let (first, again, other) = (run(7).await, run(7).await, run(8).await);
    assert_eq!(first.1.len(), 8 * 3);
    assert_eq!(first.0["deploymentId"], again.0["deploymentId"]);
    let said = |run: &(Value, Vec<Value>)| -> Vec<(Value, Value)> {
        run.1.iter().map(|e| (e["logStreamName"].clone(), e["message"].clone())).collect()
    };
    assert_eq!(said(&first), said(&again));
    assert_ne!(first.0["deploymentId"], other.0["deploymentId"]);
    assert_ne!(said(&first)[0].0, said(&other)[0].0);
    assert!(first.1[0]["timestamp"].as_i64().unwrap() >= 1_790_328_029_377);
}
