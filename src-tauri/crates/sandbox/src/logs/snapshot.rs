//! A group's events as they were at one moment, to read without holding up who writes.
//!
//! Batches are shared, not copied; their text is made for the events that somebody looks at.

use std::borrow::Cow;
use std::ops::RangeInclusive;
use std::sync::Arc;

use super::Group;
use super::asked::no_stream;
use super::kept::{Entry, StreamName, event_id, own_number};
use crate::answer::Refusal;

/// Which streams are read.
pub(super) enum Streams<'a> {
    All,
    Prefix(&'a str),
    Named(Vec<&'a str>),
}

/// Where an event is, and what it sorts by.
#[derive(Clone, Copy)]
pub(super) struct At {
    pub timestamp: i64,
    pub serial: u64,
    entry: u32,
    line: u32,
}

impl At {
    /// Order of time, then of ingestion.
    pub(super) fn key(&self) -> (i64, u64) {
        (self.timestamp, self.serial)
    }

    pub(super) fn id(&self) -> String {
        event_id(self.timestamp, self.serial)
    }
}

pub(super) struct Snapshot {
    entries: Vec<(Entry, StreamName)>,
    /// In the order of [`At::key`].
    pub events: Vec<At>,
}

impl Snapshot {
    /// The events of these streams at these times, as far as retention lets them be seen.
    pub(super) fn take(
        group: &Group,
        now: i64,
        times: &RangeInclusive<i64>,
        streams: &Streams<'_>,
    ) -> Result<Self, Refusal> {
        let kept = group.lock();
        let start = (*times.start()).max(kept.horizon(now));
        let wanted = match streams {
            Streams::Named(names) => {
                let known = |name: &&str| kept.has_stream(name).then(|| own_number(name)).ok_or_else(no_stream);
                Some(names.iter().map(known).collect::<Result<Vec<_>, _>>()?)
            }
            _ => None,
        };
        let seed = kept.seed;
        let is_wanted = |name: &StreamName| match (streams, name) {
            (Streams::All, _) => true,
            (Streams::Prefix(prefix), name) => name.text().starts_with(prefix),
            (Streams::Named(names), StreamName::Named(name)) => names.contains(&&**name),
            (Streams::Named(_), StreamName::Own(own)) => wanted.iter().flatten().any(|n| *n == Some(*own)),
        };
        let entries: Vec<(Entry, StreamName)> = kept
            .since(start)
            .filter(|entry| entry.newest >= start && entry.oldest <= *times.end())
            .map(|entry| (entry.clone(), StreamName::of(seed, entry)))
            .filter(|(_, name)| is_wanted(name))
            .collect();
        drop(kept);
        let mut events = Vec::with_capacity(entries.iter().map(|(entry, _)| entry.count()).sum());
        for (n, (entry, _)) in entries.iter().enumerate() {
            for line in entry.kept() {
                let timestamp = entry.lines.timestamp(line);
                if (start..=*times.end()).contains(&timestamp) {
                    let serial = entry.serial + line as u64;
                    events.push(At { timestamp, serial, entry: n as u32, line: line as u32 });
                }
            }
        }
        // Nearly sorted already, which a stable sort makes use of.
        events.sort_by_key(At::key);
        Ok(Self { entries, events })
    }

    pub(super) fn text(&self, at: &At) -> Cow<'_, str> {
        self.entries[at.entry as usize].0.lines.text(at.line as usize)
    }

    pub(super) fn ingested(&self, at: &At) -> i64 {
        self.entries[at.entry as usize].0.ingested
    }

    pub(super) fn stream(&self, at: &At) -> Arc<str> {
        self.entries[at.entry as usize].1.text()
    }
}
