//! StartLiveTail: an event stream that is woken by every batch.
//!
//! AWS sends one update a second with up to 500 events and samples beyond (facts 7.2). Here lines are sent as soon as
//! they come, at most every 20 ms, still no more than 500 a second; an idle session gets its update every second.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use aws_smithy_eventstream::frame::write_message_to;
use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
use bytes::Bytes;
use futures_util::stream;
use http::{HeaderValue as HttpValue, Response, header};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use serde_json::{Value, json};
use tokio::sync::{Notify, mpsc};
use tokio::time::{Instant, sleep_until, timeout_at};

use super::pattern::Pattern;
use super::wire::{Asked, group_name, invalid_parameter, no_group, tailed};
use super::{Event, Store};
use crate::answer::Refusal;
use crate::{Body, ids};

/// Between two updates when nothing happens.
const IDLE: Duration = Duration::from_secs(1);
/// Between two updates when much happens.
const BATCHING: Duration = Duration::from_millis(20);
/// Events in one second's updates; more are sampled.
const PER_SECOND: usize = 500;
/// Events that wait for a slow reader; then the oldest go (facts 7.2).
const WAITING: usize = 5000;

/// Everyone who tails.
#[derive(Default)]
pub(super) struct Tails(Mutex<Vec<Weak<Tail>>>);

/// One session's queue and what it wants.
struct Tail {
    groups: Vec<String>,
    streams: Vec<String>,
    prefixes: Vec<String>,
    pattern: Pattern,
    queue: Mutex<Queue>,
    woken: Notify,
}

#[derive(Default)]
struct Queue {
    events: VecDeque<Value>,
    shed: bool,
}

impl Tails {
    /// Gives a batch to whoever wants it.
    pub(super) fn offer(&self, group: &str, arn: &str, events: &[Event]) {
        let mut tails = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tails.retain(|tail| tail.upgrade().inspect(|tail| tail.take(group, arn, events)).is_some());
    }
}

impl Tail {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, group: &str, arn: &str, events: &[Event]) {
        if !self.groups.iter().any(|g| g == group) {
            return;
        }
        let named = |e: &Event| self.streams.is_empty() || self.streams.iter().any(|s| **s == *e.stream);
        let prefixed = |e: &Event| self.prefixes.is_empty() || self.prefixes.iter().any(|p| e.stream.starts_with(p));
        let mut queue = self.queue();
        for event in events.iter().filter(|e| named(e) && prefixed(e) && self.pattern.matches(&e.message)) {
            if queue.events.len() == WAITING {
                queue.events.pop_front();
                queue.shed = true;
            }
            queue.events.push_back(tailed(arn, event));
        }
        drop(queue);
        self.woken.notify_one();
    }
}

/// What a session may ask for; the words are those that other implementations have recorded.
fn check(asked: &Asked<'_>, groups: usize) -> Result<(), Refusal> {
    let (names, prefixes) = (asked.texts("logStreamNames"), asked.texts("logStreamNamePrefixes"));
    let message = match groups {
        0 => {
            "1 validation error detected: Value at 'logGroupIdentifiers' failed to satisfy constraint: Member must \
              have length greater than or equal to 1"
        }
        11.. => {
            "1 validation error detected: Value at 'logGroupIdentifiers' failed to satisfy constraint: Member must \
                 have length less than or equal to 10"
        }
        _ if !names.is_empty() && !prefixes.is_empty() => {
            "Only one of logStreamNames or logStreamNamePrefixes can be provided."
        }
        2.. if !names.is_empty() || !prefixes.is_empty() => {
            "logStreamNames and logStreamNamePrefixes can only be used with a single log group."
        }
        _ => return Ok(()),
    };
    Err(invalid_parameter(message))
}

/// Opens a session. Its task ends when the response body is dropped.
pub(super) fn start(store: &Store, asked: &Asked<'_>) -> Result<Response<Body>, Refusal> {
    let identifiers = asked.texts("logGroupIdentifiers");
    check(asked, identifiers.len())?;
    let names: Result<Vec<&str>, Refusal> = identifiers.iter().map(|i| group_name(i, "logGroupIdentifiers")).collect();
    let groups: Vec<String> = names?.into_iter().map(str::to_owned).collect();
    if !groups.iter().all(|name| store.groups().contains_key(name)) {
        return Err(no_group());
    }
    let owned = |member: &str| asked.texts(member).into_iter().map(str::to_owned).collect::<Vec<_>>();
    let tail = Arc::new(Tail {
        groups,
        streams: owned("logStreamNames"),
        prefixes: owned("logStreamNamePrefixes"),
        pattern: Pattern::parse(asked.text("logEventFilterPattern"))?,
        queue: Mutex::default(),
        woken: Notify::new(),
    });
    store.tails.0.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::downgrade(&tail));
    let opening = json!({
        "requestId": ids::uuid(), "sessionId": ids::uuid(), "logGroupIdentifiers": identifiers,
        "logStreamNames": tail.streams, "logStreamNamePrefixes": tail.prefixes,
        "logEventFilterPattern": asked.text("logEventFilterPattern"),
    });
    let (sender, mut receiver) = mpsc::channel(4);
    tokio::spawn(run(tail, opening, sender));
    let frames = stream::poll_fn(move |cx| receiver.poll_recv(cx).map(|b| b.map(|b| Ok(Frame::data(b)))));
    let mut response = Response::new(StreamBody::new(frames).boxed());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HttpValue::from_static("application/vnd.amazon.eventstream"));
    if let Ok(id) = ids::uuid().parse() {
        headers.insert("x-amzn-requestid", id);
    }
    Ok(response)
}

/// Sends updates until the reader is gone.
async fn run(tail: Arc<Tail>, opening: Value, sender: mpsc::Sender<Bytes>) {
    for (name, payload) in [("initial-response", &json!({})), ("sessionStart", &opening)] {
        if sender.send(frame(name, payload)).await.is_err() {
            return;
        }
    }
    let mut second = (Instant::now(), 0);
    loop {
        let idle = Instant::now() + IDLE;
        tokio::select! {
            () = sender.closed() => return,
            _ = timeout_at(idle, tail.woken.notified()) => {}
        }
        if second.0.elapsed() >= IDLE {
            second = (Instant::now(), 0);
        }
        let update = drain(&mut tail.queue(), &mut second.1);
        if sender.send(frame("sessionUpdate", &update)).await.is_err() {
            return;
        }
        sleep_until(Instant::now() + BATCHING).await;
    }
}

/// What the second's budget allows; the rest is dropped, and said.
fn drain(queue: &mut Queue, sent: &mut usize) -> Value {
    let n = queue.events.len().min(PER_SECOND.saturating_sub(*sent));
    *sent += n;
    let results: Vec<Value> = queue.events.drain(..n).collect();
    let sampled = std::mem::take(&mut queue.shed) || !queue.events.is_empty();
    queue.events.clear();
    json!({ "sessionMetadata": { "sampled": sampled }, "sessionResults": results })
}

/// One event-stream message.
fn frame(event: &'static str, payload: &Value) -> Bytes {
    let header = |name: &'static str, value: &'static str| Header::new(name, HeaderValue::String(value.into()));
    let message = Message::new(payload.to_string())
        .add_header(header(":message-type", "event"))
        .add_header(header(":event-type", event))
        .add_header(header(":content-type", "application/json"));
    let mut bytes = Vec::new();
    if let Err(error) = write_message_to(&message, &mut bytes) {
        tracing::error!(%error, "an update of live tail could not be written");
    }
    bytes.into()
}
