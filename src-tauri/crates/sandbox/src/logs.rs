//! CloudWatch Logs: groups, streams and events in memory, read by the same calls as on AWS.
//!
//! The store does not know who writes: API Gateway's journal and `PutLogEvents` come in by [`Store::write`], which
//! wakes live tails at once. Each group keeps its newest [`EVENTS_KEPT_PER_GROUP`] events and drops older ones.
//! Where to look next: `logs/wire.rs` (operations), `logs/read.rs` (filter and get), `logs/pattern.rs`, `logs/tail.rs`.

mod pattern;
mod read;
mod tail;
mod wire;

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use crate::Options;
pub(crate) use wire::answer;
use wire::stream_name;

/// Events that a log group keeps; at 300 bytes a line that is about 100 MB at most.
pub const EVENTS_KEPT_PER_GROUP: usize = 200_000;

/// One stored event.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Event {
    pub stream: Arc<str>,
    /// Milliseconds since 1970.
    pub timestamp: i64,
    /// Milliseconds since 1970.
    pub ingested: i64,
    pub message: String,
    /// Grows with every event of the group.
    pub serial: u64,
}

impl Event {
    /// 56 digits that sort as events do.
    pub(crate) fn id(&self) -> String {
        format!("3{:025}{:030}", self.timestamp, self.serial)
    }
}

/// A log stream, as far as it is more than its events.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct Stream {
    pub created: i64,
    pub first: Option<i64>,
    pub last: Option<i64>,
    pub ingested: Option<i64>,
    /// Events of it that are still kept.
    pub kept: usize,
}

/// A log group.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct Group {
    pub created: i64,
    pub retention_days: Option<i64>,
    pub streams: BTreeMap<Arc<str>, Stream>,
    pub events: VecDeque<Event>,
    pub bytes: usize,
    serial: u64,
}

/// The file form of all groups.
pub(crate) type Saved = BTreeMap<String, Group>;

/// Lines on their way into the store, written together. Their text is made when somebody reads it.
pub(crate) trait Batch: Send + Sync {
    /// How many lines.
    fn count(&self) -> usize;
    /// Milliseconds since 1970.
    fn timestamp(&self, line: usize) -> i64;
    fn text(&self, line: usize) -> Cow<'_, str>;
}

/// Lines that are text already.
impl Batch for Vec<(i64, String)> {
    fn count(&self) -> usize {
        self.len()
    }

    fn timestamp(&self, line: usize) -> i64 {
        self[line].0
    }

    fn text(&self, line: usize) -> Cow<'_, str> {
        Cow::Borrowed(&self[line].1)
    }
}

/// All groups, and the live tails that wait for them.
pub(crate) struct Store {
    groups: Mutex<BTreeMap<String, Group>>,
    tails: tail::Tails,
    /// Region and account, for ARNs.
    place: String,
    generation: AtomicU64,
}

impl Store {
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            groups: Mutex::default(),
            tails: tail::Tails::default(),
            place: format!("{}:{}", options.region, options.account),
            generation: AtomicU64::new(0),
        }
    }

    /// Grows after groups or events have changed.
    pub(crate) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// An operation of a client is done.
    pub(crate) fn answered(&self, operation: &str) {
        const READING: [&str; 7] = ["Describe", "Filter", "Get", "List", "Start", "Stop", "Test"];
        if !READING.iter().any(|verb| operation.starts_with(verb)) {
            self.generation.fetch_add(1, Ordering::AcqRel);
        }
    }

    fn groups(&self) -> MutexGuard<'_, BTreeMap<String, Group>> {
        self.groups.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The ARN of a group, without `:*`.
    fn arn(&self, group: &str) -> String {
        format!("arn:aws:logs:{}:log-group:{group}", self.place)
    }

    /// Ingests one batch now, making group and stream when they are not there; without a name, in a stream of its own.
    pub(crate) fn write(&self, now: i64, group: &str, stream: Option<&str>, lines: Arc<dyn Batch>) {
        let name = stream.map_or_else(stream_name, str::to_owned);
        let mut groups = self.groups();
        let entry = groups.entry(group.to_owned()).or_insert_with(|| Group { created: now, ..Group::default() });
        let events = entry.ingest(now, &name, lines.as_ref());
        self.tails.offer(group, &self.arn(group), &events);
        self.generation.fetch_add(1, Ordering::AcqRel);
    }

    pub(crate) fn clear(&self) {
        self.groups().clear();
    }

    pub(crate) fn save(&self) -> Saved {
        self.groups().clone()
    }

    pub(crate) fn load(&self, saved: Saved) {
        *self.groups() = saved;
    }
}

impl Group {
    /// Appends a batch and gives it back as stored.
    fn ingest(&mut self, now: i64, stream: &str, lines: &dyn Batch) -> Vec<Event> {
        let name: Arc<str> = stream.into();
        let entry = self.streams.entry(name.clone()).or_insert_with(|| Stream { created: now, ..Stream::default() });
        let mut events = Vec::with_capacity(lines.count());
        for line in 0..lines.count() {
            let (timestamp, message) = (lines.timestamp(line), lines.text(line).into_owned());
            self.serial += 1;
            entry.kept += 1;
            entry.first = Some(entry.first.map_or(timestamp, |first| first.min(timestamp)));
            entry.last = Some(entry.last.map_or(timestamp, |last| last.max(timestamp)));
            entry.ingested = Some(now);
            self.bytes += message.len();
            events.push(Event { stream: name.clone(), timestamp, ingested: now, message, serial: self.serial });
        }
        self.events.extend(events.iter().cloned());
        self.shed();
        events
    }

    /// Drops the oldest events over the bound, and streams that have none left.
    fn shed(&mut self) {
        while self.events.len() > EVENTS_KEPT_PER_GROUP {
            let Some(event) = self.events.pop_front() else { break };
            self.bytes -= event.message.len();
            if let Some(stream) = self.streams.get_mut(&event.stream) {
                stream.kept -= 1;
                if stream.kept == 0 {
                    self.streams.remove(&event.stream);
                }
            }
        }
    }
}
