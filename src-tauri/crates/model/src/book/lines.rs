//! The lines of a book: their texts end to end in large pieces, what is known of each beside it, their order by time.
//!
//! A line that came before is found by its hash. Pieces are let go whole, the first to come first. This module may not
//! know what a line says.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::hash::BuildHasher;

use hashbrown::HashTable;

use super::SourceId;
use crate::correlate::EventOrder;

/// Names a line: the number of its piece, then its place in it. Later ones came later. The highest bit is free for whoever
/// keeps ids: 2^19 pieces are a terabyte of log.
pub(super) type LineId = u32;

/// What orders lines: time, event id, arrival.
pub(super) type Key = (i64, EventOrder, LineId);

/// Bits of a place in a piece.
const PLACE: u32 = 12;
/// Bytes after which a piece is full.
const PIECE_BYTES: usize = 1 << 21;
/// Bytes of a line, on the average, that the limit of lines stands for.
const BYTES_A_LINE: usize = 1024;

/// Ends each text in a piece. No text holds it.
pub(super) const END: u8 = 0;

/// Nobody's.
pub(super) const NONE: u32 = u32::MAX;

/// Tells of a failure.
pub(super) const FAILURE: u8 = 1;
/// Says nothing of its request in particular.
pub(super) const QUIET: u8 = 2;
/// Was cut by AWS.
pub(super) const TRUNCATED: u8 = 4;

/// These as one.
pub(super) fn flags(failure: bool, quiet: bool, truncated: bool) -> u8 {
    u8::from(failure) | (u8::from(quiet) << 1) | (u8::from(truncated) << 2)
}

/// What is known of a line.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub at: i64,
    pub event: EventOrder,
    /// Whose it is; see [`super::Owner`].
    pub owner: u32,
    batch: u32,
    pub source: SourceId,
    /// Bytes of its prefix.
    pub front: u16,
    pub flags: u8,
}

/// Lines that came one after the other.
#[derive(Debug, Default)]
pub(super) struct Piece {
    /// Each followed by [`END`].
    pub text: String,
    pub starts: Vec<u32>,
    pub entries: Vec<Entry>,
    /// A bit a line: whether the filter takes it.
    taken: Vec<u64>,
}

impl Piece {
    pub fn line(&self, place: usize) -> &str {
        let start = self.starts[place] as usize;
        let end = self.starts.get(place + 1).map_or(self.text.len(), |&next| next as usize);
        &self.text[start..end - 1]
    }

    pub fn take(&mut self, place: usize, taken: bool) {
        let (word, bit) = (place / 64, 1 << (place % 64));
        if word >= self.taken.len() {
            self.taken.resize(word + 1, 0);
        }
        if taken {
            self.taken[word] |= bit;
        } else {
            self.taken[word] &= !bit;
        }
    }

    pub fn take_none(&mut self) {
        self.taken.clear();
        self.taken.resize(self.entries.len().div_ceil(64), 0);
    }

    pub fn take_all(&mut self) {
        self.taken.clear();
        self.taken.resize(self.entries.len().div_ceil(64), u64::MAX);
    }

    /// Places of the lines that the filter takes.
    pub fn taken_places(&self) -> impl Iterator<Item = usize> {
        let words = self.taken.iter().enumerate().filter(|(_, word)| **word != 0);
        let bits = words
            .flat_map(|(at, &word)| (0..64).filter(move |bit| word & (1 << bit) != 0).map(move |bit| at * 64 + bit));
        bits.take_while(|&place| place < self.entries.len())
    }

    pub fn is_taken(&self, place: usize) -> bool {
        self.taken.get(place / 64).is_some_and(|word| word & (1 << (place % 64)) != 0)
    }

    fn bytes(&self) -> usize {
        self.text.capacity() + self.starts.capacity() * 4 + self.entries.capacity() * size_of::<Entry>()
    }
}

/// What became of a line that was offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Admitted {
    New(LineId),
    /// It is there already.
    Known,
    /// It was there, and has its event id only now.
    Named(LineId),
}

/// All lines.
#[derive(Debug)]
pub(super) struct Lines {
    pub pieces: VecDeque<Piece>,
    /// Number of the first piece.
    first: u32,
    /// By their hash.
    known: HashTable<LineId>,
    hasher: std::hash::RandomState,
    /// By time.
    pub order: Vec<LineId>,
    /// Not yet in the order.
    arrived: Vec<LineId>,
    /// From where on lines were taken out of the order.
    moved: Option<usize>,
    limit: usize,
    pub let_go: u32,
}

impl Lines {
    pub fn new(limit: usize) -> Self {
        Self {
            pieces: VecDeque::new(),
            first: 0,
            known: HashTable::new(),
            hasher: std::hash::RandomState::new(),
            order: Vec::new(),
            arrived: Vec::new(),
            moved: None,
            limit: limit.max(1),
            let_go: 0,
        }
    }

    pub fn len(&self) -> usize {
        self.known.len()
    }

    pub fn entry(&self, id: LineId) -> &Entry {
        let (piece, place) = self.place(id);
        &self.pieces[piece].entries[place]
    }

    pub fn entry_mut(&mut self, id: LineId) -> &mut Entry {
        let (piece, place) = self.place(id);
        &mut self.pieces[piece].entries[place]
    }

    /// Whole.
    pub fn text(&self, id: LineId) -> &str {
        let (piece, place) = self.place(id);
        self.pieces[piece].line(place)
    }

    /// Without its prefix.
    pub fn said(&self, id: LineId) -> &str {
        &self.text(id)[usize::from(self.entry(id).front)..]
    }

    pub fn key(&self, id: LineId) -> Key {
        let entry = self.entry(id);
        (entry.at, entry.event, id)
    }

    pub fn is_taken(&self, id: LineId) -> bool {
        let (piece, place) = self.place(id);
        self.pieces[piece].is_taken(place)
    }

    pub fn take(&mut self, id: LineId, taken: bool) {
        let (piece, place) = self.place(id);
        self.pieces[piece].take(place, taken);
    }

    /// The id of a line by where it stands.
    pub fn id(&self, piece: usize, place: usize) -> LineId {
        // Both are bounded: pieces by PIECES, places by their bits.
        ((self.first + piece as u32) << PLACE) | place as u32
    }

    fn place(&self, id: LineId) -> (usize, usize) {
        (((id >> PLACE) - self.first) as usize, (id & ((1 << PLACE) - 1)) as usize)
    }

    /// Takes a line in, unless it is there. A line is the same when its event id is; where either has none, when source,
    /// time and text are, as often as they were written: one batch never holds the same event twice.
    pub fn admit(&mut self, source: SourceId, at: i64, event: EventOrder, text: &str, batch: u32) -> Admitted {
        let text = sealed(text);
        let none = EventOrder::default();
        let hash = self.hasher.hash_one((source, at, &*text));
        let mut same = None;
        for &id in self.known.iter_hash(hash) {
            let kept = self.entry(id);
            if kept.at != at || kept.source != source {
                continue;
            }
            if event != none && kept.event != none {
                if kept.event == event && self.text(id) == text {
                    return Admitted::Known;
                }
            } else if same.is_none() && kept.batch != batch && self.text(id) == text {
                same = Some(id);
            }
        }
        if let Some(id) = same {
            let kept = self.entry_mut(id);
            kept.batch = batch;
            if event == none || kept.event != none {
                return Admitted::Known;
            }
            self.unplace(id);
            self.entry_mut(id).event = event;
            self.arrived.push(id);
            return Admitted::Named(id);
        }
        Admitted::New(self.push(hash, text, Entry { at, event, owner: NONE, batch, source, front: 0, flags: 0 }))
    }

    fn push(&mut self, hash: u64, text: Cow<'_, str>, entry: Entry) -> LineId {
        let most = (self.limit / 16).clamp(256, 1 << PLACE);
        let is_full = |piece: &Piece| {
            piece.entries.len() >= most || (piece.text.len() + text.len() > PIECE_BYTES && !piece.entries.is_empty())
        };
        if self.pieces.back().is_none_or(is_full) {
            if let Some(full) = self.pieces.back_mut() {
                full.text.shrink_to_fit();
            }
            self.pieces.push_back(Piece::default());
        }
        let last = self.pieces.len() - 1;
        let piece = &mut self.pieces[last];
        // Pieces are smaller than 4 GB: a full one takes no more, and an event is at most 1 MB.
        piece.starts.push(piece.text.len() as u32);
        piece.text.push_str(&text);
        piece.text.push(char::from(END));
        piece.entries.push(entry);
        let place = piece.entries.len() - 1;
        let id = self.id(last, place);
        let Self { known, pieces, first, hasher, .. } = self;
        known.insert_unique(hash, id, |&id| {
            let piece = &pieces[((id >> PLACE) - *first) as usize];
            let place = (id & ((1 << PLACE) - 1)) as usize;
            let entry = &piece.entries[place];
            hasher.hash_one((entry.source, entry.at, piece.line(place)))
        });
        self.arrived.push(id);
        id
    }

    /// Takes a line out of the order, to be put in again.
    fn unplace(&mut self, id: LineId) {
        let key = self.key(id);
        if let Ok(at) = self.order.binary_search_by(|&other| self.key(other).cmp(&key)) {
            self.order.remove(at);
            self.moved = Some(self.moved.map_or(at, |moved| moved.min(at)));
        }
        self.arrived.retain(|&other| other != id);
    }

    /// Puts what arrived into the order. From where on it is another one.
    pub fn settle(&mut self) -> Option<usize> {
        let mut arrived = std::mem::take(&mut self.arrived);
        arrived.sort_unstable_by_key(|&id| self.key(id));
        let from = self.merge(&arrived);
        arrived.clear();
        self.arrived = arrived;
        match (from, self.moved.take()) {
            (Some(from), Some(moved)) => Some(from.min(moved)),
            (from, moved) => from.or(moved),
        }
    }

    fn merge(&mut self, arrived: &[LineId]) -> Option<usize> {
        let first = self.key(*arrived.first()?);
        let at = match self.order.last() {
            Some(&last) if self.key(last) > first => self.order.partition_point(|&id| self.key(id) < first),
            _ => self.order.len(),
        };
        let tail = self.order.split_off(at);
        self.order.reserve(tail.len() + arrived.len());
        let (mut old, mut new) = (tail.into_iter().peekable(), arrived.iter().copied().peekable());
        while let (Some(&a), Some(&b)) = (old.peek(), new.peek()) {
            let next = if self.key(a) <= self.key(b) { old.next() } else { new.next() };
            self.order.extend(next);
        }
        self.order.extend(old);
        self.order.extend(new);
        Some(at)
    }

    /// The piece that came first, taken out, when there is a line too many. The last one always stays.
    pub fn evict(&mut self) -> Option<Piece> {
        let bytes = || -> usize { self.pieces.iter().map(|piece| piece.text.len()).sum() };
        let many = self.len() > self.limit || bytes() / BYTES_A_LINE > self.limit;
        if !many || self.pieces.len() < 2 {
            return None;
        }
        let gone = self.first;
        for place in 0..self.pieces[0].entries.len() {
            let piece = &self.pieces[0];
            let hash = self.hasher.hash_one((piece.entries[place].source, piece.entries[place].at, piece.line(place)));
            let id = self.id(0, place);
            if let Ok(entry) = self.known.find_entry(hash, |&other| other == id) {
                entry.remove();
            }
        }
        self.order.retain(|&id| id >> PLACE != gone);
        self.arrived.retain(|&id| id >> PLACE != gone);
        let piece = self.pieces.pop_front()?;
        self.first += 1;
        self.let_go = self.let_go.saturating_add(u32::try_from(piece.entries.len()).unwrap_or(u32::MAX));
        Some(piece)
    }

    /// Whether a line is still kept.
    pub fn holds(&self, id: LineId) -> bool {
        id >> PLACE >= self.first
    }

    pub fn bytes(&self) -> usize {
        let pieces: usize = self.pieces.iter().map(Piece::bytes).sum();
        pieces + self.order.capacity() * 4 + self.known.capacity() * 5
    }
}

/// A text that holds no [`END`].
fn sealed(text: &str) -> Cow<'_, str> {
    if text.as_bytes().contains(&END) { Cow::Owned(text.replace('\0', "\u{2400}")) } else { Cow::Borrowed(text) }
}
