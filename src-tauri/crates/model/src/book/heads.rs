//! The requests, the runs of functions and the connections of a book: found by id, each with the lines that are its own.
//!
//! It may not know a filter or a window. What lines say of a request is learned where the pairs learn it, in
//! [`crate::correlate`].

use std::hash::BuildHasher;

use hashbrown::HashTable;

use super::lines::{LineId, NONE};
use crate::correlate::Request;

/// A request.
#[derive(Debug)]
pub(super) struct Head {
    /// Without lines: those are the book's.
    pub known: Request,
    /// Of the execution log, by time.
    pub lines: Vec<LineId>,
    /// Its record in the access log.
    pub access: u32,
    /// Runs of functions, in the order in which they were seen.
    pub runs: Vec<u32>,
    pub connection: u32,
    /// Its first line that tells of a failure.
    pub said: u32,
    pub failed: bool,
    pub own: bool,
    /// Whether the User-Agent is this window's.
    pub own_agent: bool,
    /// Whether the filter takes the request as such, and whether it takes one of its lines.
    pub passes: bool,
    pub hit: bool,
    /// Waits to be settled.
    pub dirty: bool,
    /// Lines came in another order than they were written: what was learned is learned anew.
    pub stale: bool,
    /// Lines of it were let go: what is missing proves nothing any more.
    pub cut: bool,
    /// Under which time it stands in the order.
    pub placed: Option<i64>,
}

impl Head {
    pub fn new(id: &str) -> Self {
        Self {
            known: Request::new(id),
            lines: Vec::new(),
            access: NONE,
            runs: Vec::new(),
            connection: NONE,
            said: NONE,
            failed: false,
            own: false,
            own_agent: false,
            passes: true,
            hit: true,
            dirty: false,
            stale: false,
            cut: false,
            placed: None,
        }
    }

    pub fn is_shown(&self) -> bool {
        self.passes && self.hit
    }
}

/// One run of a function.
#[derive(Debug)]
pub(super) struct Run {
    pub id: Box<str>,
    /// By time.
    pub lines: Vec<LineId>,
    pub request: u32,
}

/// A connection.
#[derive(Debug)]
pub(super) struct Wire {
    pub id: Box<str>,
    pub requests: Vec<u32>,
    pub own: bool,
}

/// Things that have a name, each in a place that stays its own until it is taken away.
#[derive(Debug)]
pub(super) struct Named<T> {
    items: Vec<Option<T>>,
    free: Vec<u32>,
    known: HashTable<u32>,
    hasher: std::hash::RandomState,
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self { items: Vec::new(), free: Vec::new(), known: HashTable::new(), hasher: std::hash::RandomState::new() }
    }
}

/// What has a name.
pub(super) trait HasName {
    fn name(&self) -> &str;
}

impl HasName for Head {
    fn name(&self) -> &str {
        &self.known.request_id
    }
}

impl HasName for Run {
    fn name(&self) -> &str {
        &self.id
    }
}

impl HasName for Wire {
    fn name(&self) -> &str {
        &self.id
    }
}

impl<T: HasName> Named<T> {
    pub fn find(&self, name: &str) -> Option<u32> {
        let is_it = |&at: &u32| self.get(at).is_some_and(|item| item.name() == name);
        self.known.find(self.hasher.hash_one(name), is_it).copied()
    }

    pub fn find_or_add(&mut self, name: &str, make: impl FnOnce() -> T) -> u32 {
        if let Some(at) = self.find(name) {
            return at;
        }
        let item = Some(make());
        let at = match self.free.pop() {
            Some(at) => {
                self.items[at as usize] = item;
                at
            }
            None => {
                self.items.push(item);
                (self.items.len() - 1) as u32
            }
        };
        let Self { items, known, hasher, .. } = self;
        let rehash = |&at: &u32| hasher.hash_one(items[at as usize].as_ref().map_or("", HasName::name));
        known.insert_unique(hasher.hash_one(name), at, rehash);
        at
    }

    pub fn remove(&mut self, at: u32) {
        let Some(item) = self.items.get_mut(at as usize).and_then(Option::take) else { return };
        if let Ok(entry) = self.known.find_entry(self.hasher.hash_one(item.name()), |&other| other == at) {
            entry.remove();
        }
        self.free.push(at);
    }

    pub fn get(&self, at: u32) -> Option<&T> {
        self.items.get(at as usize)?.as_ref()
    }

    pub fn get_mut(&mut self, at: u32) -> Option<&mut T> {
        self.items.get_mut(at as usize)?.as_mut()
    }

    pub fn iter(&self) -> impl Iterator<Item = (u32, &T)> {
        self.items.iter().enumerate().filter_map(|(at, item)| Some((at as u32, item.as_ref()?)))
    }

    pub fn iter_mut(&mut self) -> impl Iterator<Item = (u32, &mut T)> {
        self.items.iter_mut().enumerate().filter_map(|(at, item)| Some((at as u32, item.as_mut()?)))
    }

    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// Bytes of the places and the index; what the items hold besides is estimated by the caller.
    pub fn bytes(&self) -> usize {
        self.items.capacity() * size_of::<Option<T>>() + self.known.capacity() * 5
    }
}
