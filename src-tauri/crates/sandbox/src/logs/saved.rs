//! Logs in the state file: the text of every event, batch by batch.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::kept::{Entry, Stream, StreamName};
use super::{Group, Store};

/// The file form of all groups.
pub(crate) type Saved = BTreeMap<String, SavedGroup>;

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct SavedGroup {
    created: i64,
    class: String,
    retention_days: Option<i64>,
    protected: bool,
    tags: BTreeMap<String, String>,
    /// When each named stream was made.
    streams: BTreeMap<String, i64>,
    batches: Vec<SavedBatch>,
    dropped: u64,
    serial: u64,
    seed: [u64; 2],
}

#[derive(Serialize, Deserialize)]
struct SavedBatch {
    serial: u64,
    ingested: i64,
    stream: Option<Arc<str>>,
    lines: Vec<(i64, String)>,
}

impl Store {
    pub(crate) fn save(&self) -> Saved {
        self.all().iter().map(|group| (group.name.to_string(), save(group))).collect()
    }

    pub(crate) fn load(&self, saved: Saved) {
        self.clear();
        for (name, saved) in saved {
            load(self, &name, saved);
        }
    }
}

fn save(group: &Group) -> SavedGroup {
    let kept = group.lock();
    let mut saved = SavedGroup {
        created: kept.created,
        class: kept.class.clone(),
        retention_days: kept.retention_days,
        protected: kept.protected,
        tags: kept.tags.clone(),
        streams: kept.streams.iter().map(|(name, stream)| (name.to_string(), stream.created)).collect(),
        batches: Vec::new(),
        dropped: kept.dropped,
        serial: kept.serial,
        seed: kept.seed,
    };
    let entries: Vec<Entry> = kept.entries.iter().cloned().collect();
    drop(kept);
    let lines = |e: &Entry| e.kept().map(|n| (e.lines.timestamp(n), e.lines.text(n).into_owned())).collect();
    // A batch that has lost its first lines begins at another serial, and so has to be told its stream's name.
    let stream = |e: &Entry| if e.first == 0 { e.stream.clone() } else { Some(StreamName::of(saved.seed, e).text()) };
    let batch = |e: &Entry| SavedBatch {
        serial: e.serial + e.first as u64,
        ingested: e.ingested,
        stream: stream(e),
        lines: lines(e),
    };
    saved.batches = entries.iter().map(batch).collect();
    saved
}

fn load(store: &Store, name: &str, saved: SavedGroup) {
    let group = store.group(name);
    let created = |at: i64| Stream { created: at, ..Stream::default() };
    let mut kept = group.lock();
    kept.make(saved.created);
    kept.class = saved.class;
    kept.retention_days = saved.retention_days;
    kept.protected = saved.protected;
    kept.tags = saved.tags;
    kept.streams = saved.streams.into_iter().map(|(name, at)| (name.into(), created(at))).collect();
    kept.seed = saved.seed;
    drop(kept);
    for batch in saved.batches {
        let mut kept = group.lock();
        let stream = batch.stream.map(|name| kept.stream(batch.ingested, &name));
        let entry = Entry::new(batch.ingested, Arc::new(batch.lines)).in_stream(stream);
        // The serial is part of event ids and of the names of streams, which stay as they were.
        kept.serial = batch.serial;
        store.ingest(&group, kept, batch.ingested, entry);
    }
    let mut kept = group.lock();
    kept.serial = kept.serial.max(saved.serial);
    kept.dropped = saved.dropped;
}
