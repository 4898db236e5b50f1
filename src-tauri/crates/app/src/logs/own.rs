//! What this window's own clients are known by, so that a book can mark their requests.
//!
//! Conversations add, books read from where they stopped. Bounded: the oldest are forgotten.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use crate::locked;

/// This many are remembered.
const MOST: usize = 10_000;

/// What a client of ours is known by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum OwnName {
    /// A word of its User-Agent.
    Token(String),
    /// Its connection.
    Connection(String),
}

/// All of them. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Own(Arc<Mutex<Names>>);

#[derive(Default)]
struct Names {
    names: VecDeque<OwnName>,
    forgotten: usize,
}

impl Own {
    pub(crate) fn add(&self, name: OwnName) {
        let mut own = locked(&self.0);
        own.names.push_back(name);
        if own.names.len() > MOST {
            own.names.pop_front();
            own.forgotten += 1;
        }
    }

    /// Those that were added since `seen`, which then stands behind them.
    pub(crate) fn since(&self, seen: &mut usize) -> Vec<OwnName> {
        let own = locked(&self.0);
        let new = own.names.iter().skip(seen.saturating_sub(own.forgotten)).cloned().collect();
        *seen = own.forgotten + own.names.len();
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reader_gets_each_name_once_and_memory_is_bounded() {
        let own = Own::default();
        let mut seen = 0;
        assert!(own.since(&mut seen).is_empty());
        own.add(OwnName::Token("a".to_owned()));
        assert_eq!(own.since(&mut seen), [OwnName::Token("a".to_owned())]);
        for n in 0..MOST {
            own.add(OwnName::Connection(n.to_string()));
        }
        assert_eq!(own.since(&mut seen).len(), MOST);
        own.add(OwnName::Token("r".to_owned()));
        assert_eq!(own.since(&mut seen), [OwnName::Token("r".to_owned())]);
        assert_eq!(own.since(&mut 0).len(), MOST);
    }
}
