//! CloudWatch Logs: groups, streams and events in memory, read by the same calls as on AWS.
//!
//! The store does not know who writes: API Gateway's journal and `PutLogEvents` come in as a [`Batch`] by
//! [`Store::write`], which keeps the batch and makes no text: that is made when somebody reads. Memory is bounded by
//! [`EVENTS_KEPT_PER_GROUP`] and [`LOG_BYTES_KEPT`]; beyond, the oldest batches go first, and each group counts them.
//! Where to look next: `logs/kept.rs` (one group's batches), `logs/wire.rs` (operations), `logs/read.rs` (filter and
//! get), `logs/pattern.rs`, `logs/tail.rs`, `logs/insights.rs`.

mod asked;
mod group;
mod insights;
mod kept;
mod pattern;
mod put;
mod read;
mod saved;
mod snapshot;
mod stream;
mod tags;
mod tail;
#[cfg(test)]
mod tests;
mod wire;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, TryLockError};

use crate::Options;
use crate::ids;
use crate::view::LogGroup;
use kept::{Entry, Kept};
pub(crate) use saved::Saved;
pub(crate) use wire::answer;

/// Events that a log group keeps.
pub const EVENTS_KEPT_PER_GROUP: usize = 200_000;
/// Bytes of memory that the batches of all groups may hold together, as the batches themselves reckon.
pub const LOG_BYTES_KEPT: usize = 256 << 20;

/// Lines on their way into the store, written together. Their text is made when somebody reads it.
pub(crate) trait Batch: Send + Sync {
    /// How many lines.
    fn count(&self) -> usize;
    /// Milliseconds since 1970.
    fn timestamp(&self, line: usize) -> i64;
    fn text(&self, line: usize) -> Cow<'_, str>;
    /// Bytes of memory that it holds, roughly; asked on every write, so it must be cheap.
    fn size(&self) -> usize {
        self.count() * 160
    }
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

    fn size(&self) -> usize {
        self.iter().map(|(_, text)| text.len() + size_of::<(i64, String)>()).sum()
    }
}

/// A log group that may be there or not. Who writes often keeps it: it stays good when the group is deleted, and the
/// next write makes the group again.
pub(crate) type GroupRef = Arc<Group>;

pub(crate) struct Group {
    name: Arc<str>,
    /// Without `:*`.
    arn: String,
    kept: Mutex<Kept>,
}

impl Group {
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// All groups, and who waits for them.
pub(crate) struct Store {
    groups: RwLock<BTreeMap<Arc<str>, GroupRef>>,
    /// What all batches hold together.
    bytes: AtomicUsize,
    /// Held by the one who makes room.
    room: Mutex<()>,
    queries: insights::Queries,
    /// `{region}:{account}`, for ARNs.
    place: String,
    /// The number that ids come from, if there is one.
    seed: Option<u64>,
    generation: AtomicU64,
}

impl Store {
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            groups: RwLock::default(),
            bytes: AtomicUsize::new(0),
            room: Mutex::default(),
            queries: insights::Queries::default(),
            place: format!("{}:{}", options.region, options.account),
            seed: options.ids,
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

    /// The group of that name, to write to. Asking does not make it.
    pub(crate) fn group(&self, name: &str) -> GroupRef {
        if let Some(group) = self.find(name) {
            return group;
        }
        let mut groups = self.groups.write().unwrap_or_else(PoisonError::into_inner);
        let name: Arc<str> = name.into();
        let made = || {
            let arn = format!("arn:aws:logs:{}:log-group:{name}", self.place);
            Arc::new(Group {
                name: name.clone(),
                arn,
                kept: Mutex::new(Kept::new(ids::Ids::of_name(self.seed, &name))),
            })
        };
        groups.entry(name.clone()).or_insert_with(made).clone()
    }

    fn find(&self, name: &str) -> Option<GroupRef> {
        self.groups.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// The groups that are there, by name.
    fn all(&self) -> Vec<GroupRef> {
        let groups = self.groups.read().unwrap_or_else(PoisonError::into_inner);
        groups.values().filter(|group| group.lock().there).cloned().collect()
    }

    /// Ingests one batch now, making group and stream when they are not there; without a name, in a stream of its own.
    pub(crate) fn write(&self, now: i64, group: &str, stream: Option<&str>, lines: Arc<dyn Batch>) {
        let group = self.group(group);
        match stream {
            None => self.write_to(&group, now, lines),
            Some(name) => {
                let entry = Entry::new(now, lines);
                let mut kept = group.lock();
                let stream = kept.stream(now, name);
                self.ingest(&group, kept, now, entry.in_stream(Some(stream)));
            }
        }
    }

    /// The same in a stream of its own, for who writes a batch a request.
    pub(crate) fn write_to(&self, group: &GroupRef, now: i64, lines: Arc<dyn Batch>) {
        let entry = Entry::new(now, lines);
        self.ingest(group, group.lock(), now, entry);
    }

    fn ingest(&self, group: &GroupRef, mut kept: MutexGuard<'_, Kept>, now: i64, entry: Entry) {
        if entry.count() == 0 {
            return;
        }
        let size = entry.size;
        self.generation.fetch_add(1, Ordering::AcqRel);
        kept.make(now);
        let gone = kept.push(group, entry);
        drop(kept);
        // The batches are freed here, where nobody waits for the lock.
        let freed: usize = gone.iter().map(|entry| entry.size).sum();
        if self.bytes.fetch_add(size, Ordering::Relaxed) + size > LOG_BYTES_KEPT + freed {
            self.bytes.fetch_sub(freed, Ordering::Relaxed);
            self.make_room();
        } else {
            self.bytes.fetch_sub(freed, Ordering::Relaxed);
        }
    }

    /// Gives back what a group no longer holds.
    fn freed(&self, gone: &[Entry]) {
        self.bytes.fetch_sub(gone.iter().map(|entry| entry.size).sum(), Ordering::Relaxed);
    }

    /// Drops the oldest batches of all groups until a sixteenth is free, so that it is not done on every write.
    fn make_room(&self) {
        let _alone = match self.room.try_lock() {
            Ok(alone) => alone,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return,
        };
        let groups = self.all();
        while self.bytes.load(Ordering::Relaxed) > LOG_BYTES_KEPT / 16 * 15 {
            let mut oldest: Vec<(i64, &GroupRef)> =
                groups.iter().filter_map(|group| Some((group.lock().oldest()?, group))).collect();
            oldest.sort_unstable_by_key(|(ingested, _)| *ingested);
            let Some((_, group)) = oldest.first() else { return };
            let next = oldest.get(1).map_or(i64::MAX, |(ingested, _)| *ingested);
            let over = self.bytes.load(Ordering::Relaxed).saturating_sub(LOG_BYTES_KEPT / 16 * 15);
            let gone = group.lock().drop_until(next, over);
            self.freed(&gone);
        }
    }

    /// Takes a group away with all it holds; whether it was there.
    fn remove(&self, name: &str) -> bool {
        let mut groups = self.groups.write().unwrap_or_else(PoisonError::into_inner);
        let Some(group) = groups.get(name) else { return false };
        let mut kept = group.lock();
        let (there, gone) = (kept.there, kept.clear());
        drop(kept);
        self.freed(&gone);
        // While a writer has it, it must stay the one of its name.
        if Arc::strong_count(group) == 1 {
            groups.remove(name);
        }
        there
    }

    pub(crate) fn clear(&self) {
        self.queries.clear();
        for group in self.all() {
            let name = group.name.clone();
            drop(group);
            self.remove(&name);
        }
    }

    /// How full the groups are, by name.
    pub(crate) fn view(&self, most: usize) -> Vec<LogGroup> {
        let view = |group: GroupRef| {
            let kept = group.lock();
            LogGroup { name: group.name.to_string(), events: kept.events(), bytes: kept.bytes(), dropped: kept.dropped }
        };
        self.all().into_iter().take(most).map(view).collect()
    }
}
