//! Which lines of a group were given on already, whichever way they came.
//!
//! Polled lines have ids of their own; those of a live tail have none (facts 7.2). A line that came both ways is the same
//! one: as often as the live tail told a text, so many ids with that text, stream and time are known from it. It may not
//! know who is given what.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use gatescope_model::log::LogEvent;

/// Lines of late, by time and by what they say.
#[derive(Debug, Default)]
pub(super) struct Seen {
    lines: BTreeMap<(i64, u64), Ways>,
}

/// How often a line came each way.
#[derive(Debug, Default)]
struct Ways {
    live: usize,
    polled: BTreeSet<u64>,
}

impl Seen {
    /// Takes note of a line that came by a live tail; whether it is new.
    pub(super) fn live(&mut self, event: &LogEvent) -> bool {
        let ways = self.ways(event);
        ways.live += 1;
        ways.live > ways.polled.len()
    }

    /// Takes note of a line that was read; whether it is new.
    pub(super) fn polled(&mut self, event: &LogEvent) -> bool {
        let id = hash(&event.event_id);
        let ways = self.ways(event);
        ways.polled.insert(id) && ways.polled.len() > ways.live
    }

    /// Forgets what is older.
    pub(super) fn forget_before(&mut self, time: i64) {
        if self.lines.first_key_value().is_some_and(|((first, _), _)| *first < time) {
            self.lines = self.lines.split_off(&(time, 0));
        }
    }

    fn ways(&mut self, event: &LogEvent) -> &mut Ways {
        self.lines.entry((event.timestamp, hash(&(&event.stream, &event.message)))).or_default()
    }
}

fn hash(of: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: Option<&str>, at: i64, message: &str) -> LogEvent {
        LogEvent {
            event_id: id.map(str::to_owned),
            stream: Some("s".to_owned()),
            timestamp: at,
            ingestion_time: None,
            message: message.to_owned(),
        }
    }

    #[test]
    fn a_line_that_comes_both_ways_is_new_once() {
        let mut seen = Seen::default();
        assert!(seen.live(&event(None, 1, "a")));
        assert!(!seen.polled(&event(Some("1"), 1, "a")));
        assert!(seen.polled(&event(Some("2"), 1, "b")));
        assert!(!seen.polled(&event(Some("2"), 1, "b")));
        assert!(!seen.live(&event(None, 1, "b")));
    }

    #[test]
    fn the_same_words_twice_in_a_millisecond_are_two_lines() {
        let mut seen = Seen::default();
        assert!(seen.live(&event(None, 1, "a")) && seen.live(&event(None, 1, "a")));
        assert!(!seen.polled(&event(Some("1"), 1, "a")) && !seen.polled(&event(Some("2"), 1, "a")));
        assert!(seen.polled(&event(Some("3"), 1, "a")), "a third one that the live tail has not told");
    }

    #[test]
    fn what_is_forgotten_is_only_what_is_older() {
        let mut seen = Seen::default();
        assert!(seen.live(&event(None, 1, "a")) && seen.live(&event(None, 5, "b")));
        seen.forget_before(5);
        assert!(seen.polled(&event(Some("1"), 1, "a")));
        assert!(!seen.polled(&event(Some("2"), 5, "b")));
    }
}
