//! The walkthrough's chat backend, at a host that only the sandbox's integrations can reach.
//!
//! It is a plain HTTP server as the tutorials have one: it keeps connection ids, and pushes by `POST /@connections/{id}`
//! at the callback address that it is told, else at `https://{domainName}/{stage}`, which is the tutorials' bug behind a
//! custom domain. What it got and what its pushes were answered stands in the log group [`LOG_GROUP`]. It may not know
//! the gateway's insides: it pushes over the sandbox's own wire, with the demo key pair.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use http::{Method, Request};
use http_body_util::BodyExt;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::front::{self, Call, Origin};
use crate::{World, sign};

/// The host of integration URIs: `http://backend.sandbox:8080/joinroom`.
pub(crate) const HOST: &str = "backend.sandbox";
/// Where it writes what happened.
pub(crate) const LOG_GROUP: &str = "/sandbox/chat-backend";
/// Connection ids that it remembers; then the oldest is forgotten.
const REMEMBERED: usize = 10_000;
/// One byte more than a push may have.
const TOO_LARGE: usize = 128 * 1024 + 1;
/// Characters of a body that it logs.
const LOGGED: usize = 500;

/// What it keeps: connection id → room, in the order of joining.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Kept {
    rooms: BTreeMap<String, String>,
}

/// What it answers.
pub(crate) struct Said {
    pub status: u16,
    pub body: String,
}

impl Said {
    fn new(status: u16, body: &Value) -> Self {
        Self { status, body: body.to_string() }
    }
}

/// One request, with what tutorials pass in headers or in the body.
struct Asked<'a> {
    headers: &'a [(String, String)],
    body: Value,
}

impl Asked<'_> {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    /// By header, else by the body's member.
    fn given(&self, name: &str) -> Option<String> {
        self.header(name).or_else(|| self.body[name].as_str()).filter(|v| !v.is_empty()).map(str::to_owned)
    }

    /// The client's message: the whole body, or its member `payload`.
    fn message(&self) -> &Value {
        match &self.body["payload"] {
            Value::Null => &self.body,
            payload => payload,
        }
    }
}

/// Answers a request of an integration.
pub(crate) async fn answer(
    world: &Arc<World>,
    method: &Method,
    url: &url::Url,
    headers: &[(String, String)],
    body: &Bytes,
) -> Said {
    let text = String::from_utf8_lossy(body);
    note(world, &format!("{method} {} {}", url.path(), text.chars().take(LOGGED).collect::<String>()));
    let asked = Asked { headers, body: serde_json::from_slice(body).unwrap_or_default() };
    let id = asked.given("connectionId").unwrap_or_default();
    match (method, url.path()) {
        (&Method::DELETE, "/connect") | (_, "/disconnect") => {
            world.state.lock().chat_backend.rooms.remove(&id);
            Said::new(200, &json!({ "removed": id }))
        }
        (_, "/connect") => {
            join(world, &id, "");
            Said::new(200, &json!({ "connected": id }))
        }
        (_, "/joinroom") => {
            let room = asked.message()["roomname"].as_str().unwrap_or_default().to_owned();
            join(world, &id, &room);
            Said::new(200, &json!({ "joined": room }))
        }
        (_, "/sendmessage") => send(world, &asked, &id).await,
        (_, "/post-inside-connect") => pushed(push(world, Method::POST, &asked, &id, "welcome").await),
        (_, "/sendlarge") => pushed(push(world, Method::POST, &asked, &id, &"a".repeat(TOO_LARGE)).await),
        (_, "/kick") => pushed(push(world, Method::DELETE, &asked, &id, "").await),
        (_, "/strict") if asked.header("sec-websocket-version").is_some_and(|version| version != "0") => {
            Said::new(400, &json!({ "message": "this server speaks no WebSocket" }))
        }
        (_, "/reject") => Said::new(403, &json!({ "message": "the backend does not want this client" })),
        (_, "/echo" | "/strict") => Said::new(200, &json!({ "method": method.as_str(), "body": text })),
        _ => Said::new(404, &json!({ "message": format!("no {method} {}", url.path()) })),
    }
}

/// Whether one push arrived.
fn pushed(status: u16) -> Said {
    Said::new(if status < 300 && status > 0 { 200 } else { 500 }, &json!({ "pushAnswered": status }))
}

fn join(world: &World, id: &str, room: &str) {
    if id.is_empty() {
        return;
    }
    let mut state = world.state.lock();
    let rooms = &mut state.chat_backend.rooms;
    if rooms.len() >= REMEMBERED && !rooms.contains_key(id) {
        rooms.pop_first();
    }
    rooms.insert(id.to_owned(), room.to_owned());
}

/// To everyone in the sender's room, the sender included; ids that are gone are forgotten, as AWS advises for 410.
async fn send(world: &Arc<World>, asked: &Asked<'_>, id: &str) -> Said {
    let text = asked.message()["message"].as_str().unwrap_or("hello!!!!").to_owned();
    let members: Vec<String> = {
        let state = world.state.lock();
        let rooms = &state.chat_backend.rooms;
        match rooms.get(id) {
            Some(room) => rooms.iter().filter(|(_, r)| *r == room).map(|(id, _)| id.clone()).collect(),
            None => vec![id.to_owned()],
        }
    };
    let (mut reached, mut last) = (0, 0);
    for member in members {
        last = push(world, Method::POST, asked, &member, &text).await;
        reached += usize::from(last == 200);
        if last == 410 {
            world.state.lock().chat_backend.rooms.remove(&member);
        }
    }
    match reached {
        0 => Said::new(502, &json!({ "message": "nobody was reached", "pushAnswered": last })),
        _ => Said::new(200, &json!({ "reached": reached })),
    }
}

/// One call of `@connections`; the status that came back, 0 when there is no address to post to.
async fn push(world: &Arc<World>, method: Method, asked: &Asked<'_>, id: &str, text: &str) -> u16 {
    let base = match (asked.given("callback"), asked.given("domainName"), asked.given("stage")) {
        (Some(callback), _, _) => callback,
        (None, Some(domain), Some(stage)) => format!("https://{domain}/{stage}"),
        _ => {
            note(world, "no push: neither callback nor domainName and stage came with the request");
            return 0;
        }
    };
    let id = percent_encoding::utf8_percent_encode(id, percent_encoding::NON_ALPHANUMERIC);
    let address = format!("{}/@connections/{id}", base.trim_end_matches('/'));
    let Some(call) = signed(world, &method, &address, text) else {
        note(world, &format!("no push: {address} is no address"));
        return 0;
    };
    // The gateway calls backends and backends call the gateway: boxed, so that the future has a size.
    let (parts, body) = Box::pin(front::answer(world, call)).await.into_parts();
    let body = body.collect().await.map(|b| b.to_bytes()).unwrap_or_default();
    let status = parts.status.as_u16();
    note(world, &format!("{method} {address} answered {status} {}", String::from_utf8_lossy(&body)));
    status
}

/// A request as an SDK would sign it.
fn signed(world: &World, method: &Method, address: &str, text: &str) -> Option<Call> {
    let url = url::Url::parse(address).ok()?;
    let host = &url[url::Position::BeforeHost..url::Position::AfterPort];
    let request = Request::builder().method(method).uri(url.path()).header("host", host);
    sign::as_demo(world, Call::read(request.body(text.to_owned().into()).ok()?, Origin::in_process()))
}

fn note(world: &World, line: &str) {
    let now = world.clock.now();
    world.logs.write(now, LOG_GROUP, Some("backend"), Arc::new(vec![(now, line.to_owned())]));
}
