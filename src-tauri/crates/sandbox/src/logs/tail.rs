//! StartLiveTail: an event stream that is woken by every batch.
//!
//! AWS sends one update a second with up to 500 events and samples beyond (facts 7.2). Here lines are sent as soon as
//! they come, at most every 20 ms, still no more than 500 a second; an idle session gets its update every second, and
//! after three hours it ends. Who writes only hands over the batch: text is made and filtered by the session's task.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_smithy_eventstream::frame::write_message_to;
use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
use bytes::Bytes;
use futures_util::stream;
use gatescope_model::log_pattern::Pattern;
use http::{HeaderValue as HttpValue, Response, header};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use serde_json::{Value, json};
use tokio::sync::{Notify, mpsc};

use super::GroupRef;
use super::asked::{Asked, group_name, invalid_parameter, null};
use super::kept::{Entry, StreamName};
use super::pattern;
use crate::answer::Refusal;
use crate::{Body, World, ids};

/// Between two updates when nothing happens.
const IDLE: Duration = Duration::from_secs(1);
/// Between two updates when much happens.
const BATCHING: Duration = Duration::from_millis(20);
/// Events in one second's updates; more are sampled.
const PER_SECOND: usize = 500;
/// Events that wait for a slow reader; then the oldest go (facts 7.2).
const WAITING: usize = 5000;
/// Then a session ends (facts 7.2).
const SESSION: Duration = Duration::from_hours(3);
/// Streams, or prefixes, that a session can name.
const MOST_STREAMS: usize = 100;

/// One session's queue and what it wants.
pub(super) struct Tail {
    streams: Vec<String>,
    prefixes: Vec<String>,
    pattern: Pattern,
    queue: Mutex<Queue>,
    woken: Notify,
}

#[derive(Default)]
struct Queue {
    batches: VecDeque<(GroupRef, Arc<str>, Entry)>,
    events: usize,
    shed: bool,
}

impl Tail {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a batch that has come in, if it is of a stream that it wants.
    pub(super) fn take(&self, group: &GroupRef, stream: &StreamName, entry: &Entry) {
        let stream = stream.text();
        let named = self.streams.is_empty() || self.streams.iter().any(|name| **name == *stream);
        let prefixed = self.prefixes.is_empty() || self.prefixes.iter().any(|prefix| stream.starts_with(prefix));
        if !named || !prefixed {
            return;
        }
        let mut queue = self.queue();
        queue.events += entry.count();
        queue.batches.push_back((group.clone(), stream, entry.clone()));
        while queue.events > WAITING
            && queue.batches.len() > 1
            && let Some((_, _, oldest)) = queue.batches.pop_front()
        {
            queue.events -= oldest.count();
            queue.shed = true;
        }
        drop(queue);
        self.woken.notify_one();
    }

    /// What the second's budget allows; the rest is dropped, and said.
    fn update(&self, sent: &mut usize) -> Value {
        let Queue { batches, mut shed, .. } = std::mem::take(&mut *self.queue());
        let mut results = Vec::new();
        'all: for (group, stream, entry) in batches {
            for line in entry.kept() {
                let message = entry.lines.text(line);
                if !self.pattern.matches(&message) {
                    continue;
                }
                if *sent == PER_SECOND {
                    shed = true;
                    break 'all;
                }
                *sent += 1;
                // Assumed: `logGroupIdentifier` holds the ARN.
                results.push(json!({ "logStreamName": &*stream, "logGroupIdentifier": group.arn, "message": message,
                    "timestamp": entry.lines.timestamp(line), "ingestionTime": entry.ingested }));
            }
        }
        json!({ "sessionMetadata": { "sampled": shed }, "sessionResults": results })
    }
}

/// What a session may ask for; the words are those that other implementations have recorded.
fn check(asked: &Asked, groups: usize) -> Result<(), Refusal> {
    let (names, prefixes) = (asked.texts("logStreamNames"), asked.texts("logStreamNamePrefixes"));
    let message = match groups {
        _ if !asked.has("logGroupIdentifiers") => return Err(null("logGroupIdentifiers")),
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
pub(super) fn start(world: &Arc<World>, asked: &Asked) -> Result<Response<Body>, Refusal> {
    let identifiers = asked.texts("logGroupIdentifiers");
    check(asked, identifiers.len())?;
    let owned = |member: &str| {
        let items = asked.list(member, MOST_STREAMS)?;
        Ok::<_, Refusal>(items.into_iter().map(str::to_owned).collect::<Vec<_>>())
    };
    let group = |identifier: &&str| world.logs.existing(group_name(identifier, "logGroupIdentifiers")?);
    let groups: Vec<GroupRef> = identifiers.iter().map(group).collect::<Result<_, _>>()?;
    let tail = Arc::new(Tail {
        streams: owned("logStreamNames")?,
        prefixes: owned("logStreamNamePrefixes")?,
        pattern: pattern::parse(asked.text("logEventFilterPattern"), "logEventFilterPattern")?,
        queue: Mutex::default(),
        woken: Notify::new(),
    });
    for (n, group) in groups.iter().enumerate() {
        if !groups[..n].iter().any(|other| Arc::ptr_eq(other, group)) {
            group.lock().tails.push(Arc::downgrade(&tail));
        }
    }
    let opening = json!({
        "requestId": ids::uuid(), "sessionId": ids::uuid(), "logGroupIdentifiers": identifiers,
        "logStreamNames": tail.streams, "logStreamNamePrefixes": tail.prefixes,
        "logEventFilterPattern": asked.text("logEventFilterPattern"),
    });
    let (sender, mut receiver) = mpsc::channel(4);
    tokio::spawn(run(world.clone(), tail, opening, sender));
    let frames = stream::poll_fn(move |cx| receiver.poll_recv(cx).map(|b| b.map(|b| Ok(Frame::data(b)))));
    let mut response = Response::new(StreamBody::new(frames).boxed());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HttpValue::from_static("application/vnd.amazon.eventstream"));
    if let Ok(id) = ids::uuid().parse() {
        headers.insert("x-amzn-requestid", id);
    }
    Ok(response)
}

/// Sends updates until the reader is gone or the session's time is over.
async fn run(world: Arc<World>, tail: Arc<Tail>, opening: Value, sender: mpsc::Sender<Bytes>) {
    let clock = &world.clock;
    let end = clock.moment() + SESSION;
    for (name, payload) in [("initial-response", &json!({})), ("sessionStart", &opening)] {
        if sender.send(event(name, payload)).await.is_err() {
            return;
        }
    }
    let mut second = (clock.moment() + IDLE, 0);
    loop {
        tokio::select! {
            () = sender.closed() => return,
            _ = clock.timeout(IDLE, tail.woken.notified()) => {}
        }
        let now = clock.moment();
        if now >= end {
            // Assumed: the words.
            let message = json!({ "message": "Your Live Tail session has timed out." });
            let _ = sender.send(frame("exception", ":exception-type", "SessionTimeoutException", &message)).await;
            return;
        }
        if now >= second.0 {
            second = (now + IDLE, 0);
        }
        let update = tail.update(&mut second.1);
        if sender.send(event("sessionUpdate", &update)).await.is_err() {
            return;
        }
        clock.sleep(BATCHING).await;
    }
}

fn event(name: &'static str, payload: &Value) -> Bytes {
    frame("event", ":event-type", name, payload)
}

/// One event-stream message.
fn frame(message_type: &'static str, type_header: &'static str, name: &'static str, payload: &Value) -> Bytes {
    let header = |name: &'static str, value: &'static str| Header::new(name, HeaderValue::String(value.into()));
    let message = Message::new(payload.to_string())
        .add_header(header(":message-type", message_type))
        .add_header(header(type_header, name))
        .add_header(header(":content-type", "application/json"));
    let mut bytes = Vec::new();
    if let Err(error) = write_message_to(&message, &mut bytes) {
        tracing::error!(%error, "an update of live tail could not be written");
    }
    bytes.into()
}
