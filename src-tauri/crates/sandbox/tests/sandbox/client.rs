//! A client without an SDK: signed requests in process, and WebSockets over `connect()`.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use gatescope_sandbox::{Duplex, Options, Sandbox, Seed};
use http::{Method, Request};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

pub const CHAT: &str = "chat5gw1ws";
/// Longer than anything here takes, unless it hangs.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct Client {
    pub sandbox: Sandbox,
}

/// A refused handshake, or any other HTTP answer, as it came.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map_or("", |(_, v)| v)
    }

    pub fn names(&self) -> Vec<&str> {
        self.headers.iter().map(|(n, _)| n.as_str()).collect()
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.body))
    }
}

pub fn scope(service: &str) -> String {
    format!("AWS4-HMAC-SHA256 Credential=AK/20260925/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0")
}

impl Client {
    pub fn chat() -> Self {
        Self::with(Options::default())
    }

    pub fn empty() -> Self {
        Self::with(Options { seed: Seed::Empty, ..Options::default() })
    }

    pub fn with(options: Options) -> Self {
        // The stories make their own zones.
        Self { sandbox: Sandbox::new(Options { seed_zone: false, ..options }).unwrap() }
    }

    pub async fn send(&self, request: Request<Bytes>) -> Answer {
        let response = self.sandbox.handle(request).await;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer {
            status: parts.status.as_u16(),
            headers: parts.headers.iter().map(|(n, v)| (n.to_string(), v.to_str().unwrap().to_owned())).collect(),
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    pub async fn call(&self, service: &str, method: Method, path: &str, body: &str) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", scope(service))
            .body(Bytes::from(body.to_owned()))
            .unwrap();
        self.send(request).await
    }

    /// API Gateway V2 (or V1's account), whatever it answers.
    pub async fn gateway(&self, method: Method, path: &str, body: Value) -> Answer {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.call("apigateway", method, path, &body).await
    }

    /// A create call that must succeed, and the resource.
    pub async fn create(&self, path: &str, body: Value) -> Value {
        let answer = self.gateway(Method::POST, path, body).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        answer.json()
    }

    pub async fn logs(&self, operation: &str, body: Value) -> Answer {
        let request = Request::builder()
            .method(Method::POST)
            .uri("/")
            .header("authorization", scope("logs"))
            .header("x-amz-target", format!("Logs_20140328.{operation}"))
            .body(Bytes::from(body.to_string()))
            .unwrap();
        self.send(request).await
    }

    /// All messages of a group, in the order of FilterLogEvents.
    pub async fn messages(&self, group: &str) -> Vec<String> {
        let events = self.events(group).await;
        events.iter().map(|e| e["message"].as_str().unwrap().to_owned()).collect()
    }

    pub async fn events(&self, group: &str) -> Vec<Value> {
        let mut events = Vec::new();
        let mut asked = json!({ "logGroupName": group });
        loop {
            let answer = self.logs("FilterLogEvents", asked.clone()).await;
            if answer.status == 400 && answer.body.contains("ResourceNotFoundException") {
                return events;
            }
            let page = answer.json();
            events.extend(page["events"].as_array().unwrap().iter().cloned());
            match page["nextToken"].as_str() {
                Some(token) => asked["nextToken"] = json!(token),
                None => return events,
            }
        }
    }

    /// Messages without their `(requestId) `, by request, in order of appearance.
    pub async fn requests(&self, group: &str) -> Vec<(String, Vec<String>)> {
        let mut requests: Vec<(String, Vec<String>)> = Vec::new();
        for message in self.messages(group).await {
            let (id, text) = message.strip_prefix('(').unwrap().split_once(") ").unwrap();
            match requests.iter_mut().find(|(known, _)| known == id) {
                Some((_, lines)) => lines.push(text.to_owned()),
                None => requests.push((id.to_owned(), vec![text.to_owned()])),
            }
        }
        requests
    }

    pub fn dial(&self, host: &str) -> Duplex {
        self.sandbox.connect(host, 80).unwrap()
    }

    /// Sends raw bytes and reads one HTTP answer with its length.
    pub async fn raw(&self, host: &str, bytes: &str) -> Answer {
        let mut stream = self.dial(host);
        stream.write_all(bytes.as_bytes()).await.unwrap();
        read_answer(&mut stream).await
    }

    /// A handshake that must be refused.
    pub async fn refused(&self, api: &str, path: &str, extra: &str) -> Answer {
        let host = host(api);
        let answer = self.raw(&host, &handshake(&host, path, extra)).await;
        assert_ne!(answer.status, 101);
        answer
    }

    /// A handshake that must succeed.
    pub async fn connect(&self, api: &str, path: &str) -> Socket {
        self.connect_with(api, path, &[]).await
    }

    pub async fn connect_with(&self, api: &str, path: &str, headers: &[(&str, &str)]) -> Socket {
        self.connect_at(&host(api), path, headers).await
    }

    /// The same at any host.
    pub async fn connect_at(&self, host: &str, path: &str, headers: &[(&str, &str)]) -> Socket {
        let mut request = format!("ws://{host}{path}").into_client_request().unwrap();
        for (name, value) in headers {
            let name: http::HeaderName = name.parse().unwrap();
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        request.headers_mut().entry("user-agent").or_insert("test/1".parse().unwrap());
        let (stream, _) = tokio_tungstenite::client_async(request, self.dial(host)).await.unwrap();
        Socket(stream)
    }
}

pub fn host(api: &str) -> String {
    format!("{api}.execute-api.us-east-1.amazonaws.com")
}

pub fn handshake(host: &str, path: &str, extra: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nUser-Agent: test/1\r\n{extra}\r\n"
    )
}

/// One answer off the wire, header names and order as they stand there.
pub async fn read_answer(stream: &mut (impl AsyncReadExt + Unpin)) -> Answer {
    let mut bytes = Vec::new();
    let end = loop {
        let n = tokio::time::timeout(PATIENCE, stream.read_buf(&mut bytes)).await.unwrap().unwrap();
        assert!(n > 0, "ended early: {}", String::from_utf8_lossy(&bytes));
        if let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
            break end;
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers: Vec<(String, String)> =
        lines.map(|l| l.split_once(": ").unwrap()).map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
    let by_name: BTreeMap<_, _> = headers.iter().cloned().collect();
    let length: usize = by_name.get("content-length").map_or(0, |n| n.parse().unwrap());
    while bytes.len() < end + 4 + length {
        assert!(stream.read_buf(&mut bytes).await.unwrap() > 0, "body ended early");
    }
    let body = String::from_utf8(bytes[end + 4..end + 4 + length].to_vec()).unwrap();
    Answer { status, headers, body }
}

pub struct Socket(pub WebSocketStream<Duplex>);

impl Socket {
    pub async fn say(&mut self, text: &str) {
        self.0.send(Message::Text(text.into())).await.unwrap();
    }

    pub async fn message(&mut self) -> Message {
        tokio::time::timeout(PATIENCE, self.0.next()).await.unwrap().unwrap().unwrap()
    }

    pub async fn hear(&mut self) -> String {
        match self.message().await {
            Message::Text(text) => text.to_string(),
            other => panic!("{other:?}"),
        }
    }

    /// The close frame, after whatever else comes.
    pub async fn closed(&mut self) -> (u16, String) {
        loop {
            if let Message::Close(frame) = self.message().await {
                let frame = frame.unwrap();
                return (frame.code.into(), frame.reason.to_string());
            }
        }
    }

    /// Closes and waits until the other side has, which is when `$disconnect` runs.
    pub async fn close(mut self, code: u16, reason: &'static str) {
        use tokio_tungstenite::tungstenite::protocol::CloseFrame;
        self.0.close(Some(CloseFrame { code: code.into(), reason: reason.into() })).await.unwrap();
        while self.0.next().await.is_some() {}
    }
}
