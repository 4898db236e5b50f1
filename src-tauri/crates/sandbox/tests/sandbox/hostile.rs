//! Garbage in: an answer out, never a panic, and the sandbox lives on.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use http::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use super::client::{CHAT, Client, Socket, handshake, host};

async fn chat() -> (Client, Socket) {
    let client = Client::chat();
    super::broken_chat::fix(&client).await;
    client.create("/v2/apis/chat5gw1ws/deployments", json!({ "stageName": "prod" })).await;
    let socket = client.connect(CHAT, "/prod").await;
    (client, socket)
}

#[tokio::test]
async fn garbage_at_every_service_is_refused_with_4xx() {
    let client = Client::chat();
    let bodies = ["", "{", "[]", "null", "5", "\"x\"", "{\"name\":5,\"protocolType\":[]}", "\u{0}\u{ffff}"];
    let paths = [
        "/",
        "/v2",
        "/v2/apis",
        "/v2/apis/x/y/z",
        "/v2/apis/chat5gw1ws/routes",
        "/v2/tags/x",
        "/v2/apis/chat5gw1ws/stages/prod",
        "/v2/apis/%2e%2e%2f/routes",
        "/v2/apis/chat5gw1ws%2Froutes",
        "/account",
        "/nope",
        "/v2/apis/chat5gw1ws/integrations/x/integrationresponses",
    ];
    for service in ["apigateway", "logs", "iam", "sts", "execute-api", "s3"] {
        for path in paths {
            for body in bodies {
                for method in [Method::POST, Method::PATCH, Method::DELETE, Method::PUT] {
                    let answer = client.call(service, method.clone(), path, body).await;
                    let harmless = (service, path, &method) == ("apigateway", "/account", &Method::PATCH)
                        && answer.status == 200
                        || (path.ends_with("stages/prod") && answer.status < 300);
                    assert!(
                        (400..500).contains(&answer.status) || harmless,
                        "{service} {method} {path} {body}: {}",
                        answer.status
                    );
                }
            }
        }
    }
}

#[tokio::test]
async fn members_of_the_wrong_type_never_reach_a_deployment() {
    let client = Client::chat();
    let base = "/v2/apis/chat5gw1ws";
    let bad = json!({ "integrationType": "MOCK", "requestTemplates": "no map", "timeoutInMillis": 1000 });
    let answer = client.gateway(Method::POST, &format!("{base}/integrations"), bad).await;
    assert_eq!(answer.status, 400, "{}", answer.body);
    let bad = json!({ "defaultRouteSettings": { "loggingLevel": 5 } });
    let answer = client.gateway(Method::PATCH, &format!("{base}/stages/prod"), bad).await;
    assert_eq!(answer.status, 400, "{}", answer.body);
    client.create(&format!("{base}/deployments"), json!({ "stageName": "prod" })).await;
    assert_eq!(client.refused(CHAT, "/prod", "").await.status, 500);
}

#[tokio::test]
async fn a_binary_frame_closes_with_1003() {
    let (client, mut socket) = chat().await;
    socket.0.send(Message::Binary(vec![0, 1, 2].into())).await.unwrap();
    assert_eq!(socket.closed().await, (1003, "Binary is not supported".into()));
    drop(socket);
    let line = disconnect_line(&client).await;
    assert!(line.ends_with("Close reason: [1003: Binary is not supported]"), "{line}");
}

/// The `$disconnect` line of the only connection, as soon as it is there.
async fn disconnect_line(client: &Client) -> String {
    for _ in 0..1_000_000 {
        let messages = client.messages("/aws/apigateway/chat5gw1ws/prod").await;
        if let Some(line) = messages.into_iter().find(|m| m.contains("] disconnected from API")) {
            return line;
        }
        tokio::task::yield_now().await;
    }
    panic!("no $disconnect");
}

#[tokio::test]
async fn too_much_closes_with_1009() {
    let (_client, mut socket) = chat().await;
    let part = "x".repeat(32 * 1024);
    let _ = socket.0.send(Message::Text(part.clone().into())).await;
    assert!(socket.hear().await.starts_with("{\"help\""));
    let _ = socket.0.send(Message::Text(format!("{part}{part}{part}{part}x").into())).await;
    assert_eq!(socket.closed().await.0, 1009);
}

#[tokio::test]
async fn broken_frames_and_vanished_clients_end_the_session_with_a_reason() {
    for (bytes, reason) in [
        (&[0xff_u8; 16][..], "1002: "),
        (&[0x81, 0x85, 1, 2][..], "1006: "),
        (&[0x88, 0x80, 1, 2, 3, 4][..], "1005: Client-side close frame status not set"),
    ] {
        let client = Client::chat();
        super::broken_chat::fix(&client).await;
        client.create("/v2/apis/chat5gw1ws/deployments", json!({ "stageName": "prod" })).await;
        let mut stream = client.dial(&host(CHAT));
        stream.write_all(handshake(&host(CHAT), "/prod", "").as_bytes()).await.unwrap();
        let mut head = [0; 256];
        let n = stream.read(&mut head).await.unwrap();
        assert!(head[..n].starts_with(b"HTTP/1.1 101"));
        stream.write_all(bytes).await.unwrap();
        drop(stream);
        let line = disconnect_line(&client).await;
        assert!(line.contains(&format!("Close reason: [{reason}")), "{line}");
    }
}

#[tokio::test]
async fn halves_of_requests_and_strange_handshakes_are_answered_or_dropped() {
    let client = Client::chat();
    let name = host(CHAT);
    for bytes in ["", "GET", "GET / HTTP/1.1\r\n", "\0\0\0\r\n\r\n", "POST / HTTP/1.1\r\nContent-Length: 100\r\n\r\nx"]
    {
        let mut stream = client.dial(&name);
        stream.write_all(bytes.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest).await;
        assert!(rest.is_empty() || rest.starts_with(b"HTTP/1.1 4"), "{}", String::from_utf8_lossy(&rest));
    }
    let plain = client.raw(&name, &format!("GET /prod HTTP/1.1\r\nHost: {name}\r\n\r\n")).await;
    assert_eq!(plain.status, 403);
    assert!(plain.body.starts_with("{\"message\": \"Forbidden\""));
    let twice = client.refused(CHAT, "/prod", "Authorization: a\r\nAuthorization: b\r\n").await;
    assert_eq!((twice.status, twice.header("server"), twice.body.len()), (400, "awselb/2.0", 122));
    assert_eq!(twice.header("x-amz-apigw-id"), "");
    let deep = client.refused(CHAT, "/prod/more", "").await;
    assert_eq!(deep.status, 403);
    let undeployed = client.refused(CHAT, "/nope", "").await;
    assert_eq!(undeployed.json(), json!({ "message": "Forbidden" }));
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_goes_after_ten_minutes_and_a_busy_one_after_two_hours() {
    let (_client, mut socket) = chat().await;
    let started = tokio::time::Instant::now();
    let Some(Ok(Message::Close(Some(CloseFrame { code, reason })))) = socket.0.next().await else { panic!() };
    assert_eq!((u16::from(code), reason.as_str()), (1001, "Going away"));
    assert_eq!(started.elapsed().as_secs(), 600);

    let (_client, mut socket) = chat().await;
    let started = tokio::time::Instant::now();
    loop {
        match tokio::time::timeout(Duration::from_secs(290), socket.0.next()).await {
            Err(_) => socket.say("still here").await,
            Ok(Some(Ok(Message::Text(_)))) => {}
            Ok(_) => break,
        }
    }
    assert_eq!(started.elapsed().as_secs(), 7200);
}
