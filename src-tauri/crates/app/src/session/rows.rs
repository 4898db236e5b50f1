//! The rows of a session, with what is behind each, in bounded memory.
//!
//! The oldest rows go when there are more than [`ROWS`], the oldest payloads when they weigh more than [`PAYLOADS`]; both
//! are said. It may not know where rows come from.

use std::collections::{BTreeSet, HashMap, VecDeque};

use gatescope_model::conversation::{Link, Row, RowKind, RowOutcome};
use gatescope_model::handshake::Handshake;

/// Rows that are kept: about 120 MB when every one of them has a log request.
pub(super) const ROWS: usize = 200_000;
/// Bytes of payloads that are kept: 64 MiB.
pub(super) const PAYLOADS: usize = 64 << 20;
/// Characters of a payload that stand in its row.
const PREVIEW: usize = 240;

/// See the module.
#[derive(Default)]
pub(super) struct Rows {
    first: u32,
    rows: VecDeque<Row>,
    dirty: BTreeSet<u32>,
    payloads: VecDeque<(u32, String)>,
    payload_bytes: usize,
    handshakes: HashMap<u32, Handshake>,
    dropped: bool,
}

impl Rows {
    /// Adds a row; its id is given here.
    pub(super) fn push(&mut self, kind: RowKind, at: i64, text: String) -> u32 {
        if self.rows.len() == ROWS {
            self.rows.pop_front();
            self.handshakes.remove(&self.first);
            self.first += 1;
            self.dropped = true;
        }
        let id = self.first + u32::try_from(self.rows.len()).unwrap_or_default();
        self.rows.push_back(Row {
            id,
            at,
            kind,
            text,
            detail: None,
            size: None,
            round_trip_ms: None,
            status: None,
            outcome: RowOutcome::Neutral,
            request: None,
            link: Link::default(),
            note: None,
            verdict: None,
            fixed_by: None,
        });
        self.dirty.insert(id);
        id
    }

    pub(super) fn get(&self, id: u32) -> Option<&Row> {
        self.rows.get(usize::try_from(id.checked_sub(self.first)?).ok()?)
    }

    /// The row, to change it: it will be sent again.
    pub(super) fn change(&mut self, id: u32) -> Option<&mut Row> {
        let at = usize::try_from(id.checked_sub(self.first)?).ok()?;
        let row = self.rows.get_mut(at)?;
        self.dirty.insert(id);
        Some(row)
    }

    pub(super) fn last(&self) -> Option<&Row> {
        self.rows.back()
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &Row> {
        self.rows.iter()
    }

    /// Keeps what a frame carried.
    pub(super) fn keep_payload(&mut self, id: u32, payload: String) {
        self.payload_bytes += payload.len();
        self.payloads.push_back((id, payload));
        while self.payload_bytes > PAYLOADS {
            let Some((_, old)) = self.payloads.pop_front() else { break };
            self.payload_bytes -= old.len();
        }
    }

    /// What a frame carried, while it is kept.
    pub(super) fn payload(&self, id: u32) -> Option<&str> {
        let at = self.payloads.binary_search_by_key(&id, |(row, _)| *row).ok()?;
        self.payloads.get(at).map(|(_, text)| text.as_str())
    }

    pub(super) fn keep_handshake(&mut self, id: u32, handshake: Handshake) {
        self.handshakes.insert(id, handshake);
        self.dirty.insert(id);
    }

    pub(super) fn handshake(&self, id: u32) -> Option<&Handshake> {
        self.handshakes.get(&id)
    }

    pub(super) fn is_dirty(&self) -> bool {
        !self.dirty.is_empty()
    }

    /// How far the subscriber is behind.
    pub(super) fn behind(&self) -> usize {
        self.dirty.len()
    }

    /// Up to `most` changed rows, oldest first.
    pub(super) fn take_changed(&mut self, most: usize) -> Vec<Row> {
        let mut changed = Vec::with_capacity(most.min(self.dirty.len()));
        while changed.len() < most
            && let Some(id) = self.dirty.pop_first()
        {
            if let Some(row) = self.get(id) {
                changed.push(row.clone());
            }
        }
        changed
    }

    /// The first id that is kept, once after rows were let go.
    pub(super) fn take_dropped(&mut self) -> Option<u32> {
        std::mem::take(&mut self.dropped).then_some(self.first)
    }
}

/// The start of a text in one line, with its end kept: the last value is often the one that matters.
pub(super) fn preview(text: &str) -> String {
    let one_line = |s: &str| s.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.len() <= PREVIEW {
        return one_line(text);
    }
    let head = text.floor_char_boundary(PREVIEW * 2 / 3);
    let tail = text.ceil_char_boundary(text.len() - PREVIEW / 3);
    format!("{}…{}", one_line(&text[..head]), one_line(&text[tail..]))
}
