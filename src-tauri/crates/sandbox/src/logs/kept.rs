//! What one log group holds: its batches in the order of ingestion, and the streams that have a name.
//!
//! A batch without a stream's name is a stream of its own, whose name follows from the batch's serial when somebody
//! asks. Batches come nearly in the order of time, which is what makes reading from a late start cheap: each knows the
//! newest timestamp up to itself.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Weak};

use super::tail::Tail;
use super::{Batch, EVENTS_KEPT_PER_GROUP, GroupRef};

/// Milliseconds of a day.
pub(super) const DAY_MS: i64 = 86_400_000;

/// A batch in its group.
#[derive(Clone)]
pub(super) struct Entry {
    /// The serial of its first line, dropped or not.
    pub serial: u64,
    /// Milliseconds since 1970.
    pub ingested: i64,
    /// `None`: a stream of its own.
    pub stream: Option<Arc<str>>,
    /// Milliseconds since 1970 of its own lines.
    pub oldest: i64,
    pub newest: i64,
    /// The newest of this batch and of all before it.
    reached: i64,
    /// Lines at its head that were dropped.
    pub first: usize,
    pub size: usize,
    pub lines: Arc<dyn Batch>,
}

impl Entry {
    pub(super) fn new(ingested: i64, lines: Arc<dyn Batch>) -> Self {
        let times = || (0..lines.count()).map(|line| lines.timestamp(line));
        let (oldest, newest) = times().fold((i64::MAX, i64::MIN), |(a, b), t| (a.min(t), b.max(t)));
        let size = lines.size() + size_of::<Self>();
        Self { serial: 0, ingested, stream: None, oldest, newest, reached: newest, first: 0, size, lines }
    }

    /// The same in a stream that has a name.
    pub(super) fn in_stream(mut self, stream: Option<Arc<str>>) -> Self {
        self.stream = stream;
        self
    }

    /// Lines that are still kept.
    pub(super) fn count(&self) -> usize {
        self.lines.count() - self.first
    }

    /// Numbers of the lines that are still kept.
    pub(super) fn kept(&self) -> std::ops::Range<usize> {
        self.first..self.lines.count()
    }
}

/// 56 digits that sort as events do.
pub(super) fn event_id(timestamp: i64, serial: u64) -> String {
    format!("3{:025}{serial:030}", timestamp.max(0))
}

/// A log stream that has a name.
#[derive(Clone, Default)]
pub(super) struct Stream {
    pub created: i64,
    pub first: Option<i64>,
    pub last: Option<i64>,
    pub ingested: Option<i64>,
}

/// A group's possessions. `there` is false until somebody makes it.
#[derive(Default)]
pub(super) struct Kept {
    pub there: bool,
    pub created: i64,
    /// Empty: STANDARD.
    pub class: String,
    pub retention_days: Option<i64>,
    pub protected: bool,
    pub tags: BTreeMap<String, String>,
    pub streams: BTreeMap<Arc<str>, Stream>,
    /// Events that were dropped to keep the bounds, since it was made.
    pub dropped: u64,
    pub(super) entries: VecDeque<Entry>,
    events: usize,
    bytes: usize,
    /// Never begins anew, so that no stream's name and no event's id comes twice.
    pub(super) serial: u64,
    pub(super) seed: [u64; 2],
    pub(super) tails: Vec<Weak<Tail>>,
}

impl Kept {
    /// The seed is what its streams' names come from.
    pub(super) fn new(seed: [u64; 2]) -> Self {
        Self { seed, ..Self::default() }
    }

    pub(super) fn events(&self) -> usize {
        self.events
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// When the oldest batch was ingested.
    pub(super) fn oldest(&self) -> Option<i64> {
        self.entries.front().map(|entry| entry.ingested)
    }

    /// Makes the group when it is not there.
    pub(super) fn make(&mut self, now: i64) {
        if !self.there {
            self.there = true;
            self.created = now;
        }
    }

    /// The stream of that name, made when it is not there.
    pub(super) fn stream(&mut self, now: i64, name: &str) -> Arc<str> {
        if let Some((name, _)) = self.streams.get_key_value(name) {
            return name.clone();
        }
        let name: Arc<str> = name.into();
        self.streams.insert(name.clone(), Stream { created: now, ..Stream::default() });
        name
    }

    /// Appends a batch, offers it to whoever tails, and gives back what had to go for it.
    pub(super) fn push(&mut self, group: &GroupRef, mut entry: Entry) -> Vec<Entry> {
        entry.serial = self.serial;
        self.serial += entry.lines.count() as u64;
        entry.reached = entry.newest.max(self.entries.back().map_or(i64::MIN, |last| last.reached));
        if let Some(stream) = entry.stream.as_ref().and_then(|name| self.streams.get_mut(name)) {
            stream.first = Some(stream.first.map_or(entry.oldest, |first| first.min(entry.oldest)));
            stream.last = Some(stream.last.map_or(entry.newest, |last| last.max(entry.newest)));
            stream.ingested = Some(entry.ingested);
        }
        if !self.tails.is_empty() {
            let name = StreamName::of(self.seed, &entry);
            self.tails.retain(|tail| tail.upgrade().inspect(|tail| tail.take(group, &name, &entry)).is_some());
        }
        self.events += entry.count();
        self.bytes += entry.size;
        self.entries.push_back(entry);
        self.shed()
    }

    /// Drops the oldest events over the bound.
    fn shed(&mut self) -> Vec<Entry> {
        let mut gone = Vec::new();
        while self.events > EVENTS_KEPT_PER_GROUP {
            let over = self.events - EVENTS_KEPT_PER_GROUP;
            match self.entries.front_mut() {
                Some(front) if front.count() > over => {
                    front.first += over;
                    self.events -= over;
                    self.dropped += over as u64;
                }
                Some(_) => gone.extend(self.drop_front()),
                None => break,
            }
        }
        gone
    }

    fn drop_front(&mut self) -> Option<Entry> {
        let entry = self.take_front()?;
        self.dropped += entry.count() as u64;
        Some(entry)
    }

    fn take_front(&mut self) -> Option<Entry> {
        let entry = self.entries.pop_front()?;
        self.events -= entry.count();
        self.bytes -= entry.size;
        Some(entry)
    }

    /// Drops batches that were ingested up to then, as many as hold that many bytes, but one at least.
    pub(super) fn drop_until(&mut self, ingested: i64, bytes: usize) -> Vec<Entry> {
        let (mut gone, mut freed) = (Vec::new(), 0);
        while let Some(front) = self.entries.front()
            && (gone.is_empty() || (front.ingested <= ingested && freed < bytes))
        {
            freed += front.size;
            gone.extend(self.drop_front());
        }
        gone
    }

    /// The oldest timestamp that retention lets anyone see.
    pub(super) fn horizon(&self, now: i64) -> i64 {
        self.retention_days.map_or(i64::MIN, |days| now.saturating_sub(days.saturating_mul(DAY_MS)))
    }

    /// Lets go what retention has ended for. What lies behind a younger batch goes with that one; nobody sees it.
    pub(super) fn expire(&mut self, now: i64) -> Vec<Entry> {
        let horizon = self.horizon(now);
        let mut gone = Vec::new();
        while self.entries.front().is_some_and(|front| front.newest < horizon) {
            gone.extend(self.take_front());
        }
        gone
    }

    /// Forgets everything but who tails, and gives back the batches.
    pub(super) fn clear(&mut self) -> Vec<Entry> {
        let (serial, seed, tails) = (self.serial, self.seed, std::mem::take(&mut self.tails));
        std::mem::replace(self, Self { serial, seed, tails, ..Self::default() }).entries.into()
    }

    /// The batches that can have an event at this time or later.
    pub(super) fn since(&self, start: i64) -> impl Iterator<Item = &Entry> {
        self.entries.range(self.entries.partition_point(|entry| entry.reached < start)..)
    }

    /// Takes away a stream with its events; whether there was one.
    pub(super) fn remove_stream(&mut self, name: &str) -> Option<Vec<Entry>> {
        let own = own_number(name);
        let seed = self.seed;
        let is_it = |entry: &Entry| match &entry.stream {
            Some(stream) => **stream == *name,
            None => own == Some(number(seed, entry.serial)),
        };
        let named = self.streams.remove(name).is_some();
        let (gone, kept): (VecDeque<_>, VecDeque<_>) = self.entries.drain(..).partition(is_it);
        self.entries = kept;
        for entry in &gone {
            self.events -= entry.count();
            self.bytes -= entry.size;
        }
        (named || !gone.is_empty()).then(|| gone.into())
    }

    /// Whether there is a stream of that name.
    pub(super) fn has_stream(&self, name: &str) -> bool {
        self.streams.contains_key(name)
            || own_number(name).is_some_and(|own| {
                self.entries.iter().any(|e| e.stream.is_none() && number(self.seed, e.serial) == own)
            })
    }
}

/// The name of a batch's stream: given, or made from the batch's serial (32 hex digits, facts 1.1).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum StreamName {
    Named(Arc<str>),
    Own(u128),
}

impl StreamName {
    pub(super) fn of(seed: [u64; 2], entry: &Entry) -> Self {
        match &entry.stream {
            Some(name) => Self::Named(name.clone()),
            None => Self::Own(number(seed, entry.serial)),
        }
    }

    pub(super) fn text(&self) -> Arc<str> {
        match self {
            Self::Named(name) => name.clone(),
            Self::Own(number) => format!("{number:032x}").into(),
        }
    }
}

/// The number that a stream's name means when it is the name of a batch's own stream.
pub(super) fn own_number(name: &str) -> Option<u128> {
    let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    (name.len() == 32 && name.bytes().all(hex)).then(|| u128::from_str_radix(name, 16).ok()).flatten()
}

/// 128 bits that no other serial of the group has: each half is a bijection (splitmix64) of the serial.
pub(super) fn number(seed: [u64; 2], serial: u64) -> u128 {
    let mix = |seed: u64| {
        let mut z = serial.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(seed);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    u128::from(mix(seed[0])) << 64 | u128::from(mix(seed[1]))
}
