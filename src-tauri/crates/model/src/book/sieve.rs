//! A filter, ready to be used: a text or a regular expression is looked for in whole pieces, not line by line, and by as
//! many threads as the machine has for it. They share nothing but the filter, and what they find is the same with any
//! number of them.
//!
//! It may not know how rows are ordered. Where to look next: `book/finder.rs`, texts and expressions; `book/shown.rs`.

use std::sync::{Mutex, PoisonError};

use memchr::memmem;

use super::finder::{Finder, Scratch};
use super::heads::Head;
use super::lines::{Entry, Piece};
use super::{Filter, SourceId};
use crate::log_expression::Expression;
use crate::log_pattern::Pattern;

/// Threads at most: memory is not faster than a few of them.
const THREADS: usize = 8;

/// A filter that was read.
#[derive(Debug, Default)]
pub(super) struct Sieve {
    finder: Finder,
    pattern: Option<Pattern>,
    /// A text that every line has that the pattern takes.
    stub: Option<memmem::Finder<'static>>,
    expression: Option<Expression>,
    route_key: Option<String>,
    status: Vec<Status>,
    connection_id: String,
    failures: bool,
    own: bool,
    without: Vec<SourceId>,
    from: Option<i64>,
    to: Option<i64>,
    pub context: u32,
}

/// A range of statuses, both ends in it.
#[derive(Clone, Copy, Debug)]
struct Status(u16, u16);

impl Sieve {
    /// Reads a filter; in words what can't be read of it.
    pub fn new(filter: &Filter) -> Result<Self, String> {
        let pattern = match filter.pattern.trim() {
            "" => None,
            text => Some(Pattern::parse(text).map_err(|refused| refused.filter_words())?),
        };
        let expression = match filter.jmespath.trim() {
            "" => None,
            text => Some(Expression::parse(text)?),
        };
        Ok(Self {
            expression,
            finder: Finder::new(filter)?,
            stub: pattern.as_ref().and_then(Pattern::literal).map(|it| memmem::Finder::new(it).into_owned()),
            pattern,
            route_key: filter.route_key.clone(),
            status: statuses(&filter.status)?,
            connection_id: filter.connection_id.trim().to_owned(),
            failures: filter.failures,
            own: filter.own,
            without: filter.without.clone(),
            from: filter.from,
            to: filter.to,
            context: filter.context,
        })
    }

    /// Whether all lines pass that pass by their requests.
    pub fn takes_all_lines(&self) -> bool {
        matches!(self.finder, Finder::All)
            && self.pattern.is_none()
            && self.expression.is_none()
            && self.without.is_empty()
            && self.from.is_none()
            && self.to.is_none()
    }

    /// Whether a group is left out.
    pub fn is_without(&self, source: SourceId) -> bool {
        self.without.contains(&source)
    }

    /// Whether a request may not pass as such.
    pub fn asks_requests(&self) -> bool {
        self.route_key.is_some()
            || !self.status.is_empty()
            || !self.connection_id.is_empty()
            || self.failures
            || self.own
    }

    /// What the filter asks of a request as a whole.
    pub fn takes_request(&self, head: &Head) -> bool {
        let known = &head.known;
        self.route_key.as_deref().is_none_or(|wanted| known.route_key.as_deref() == Some(wanted))
            && (self.status.is_empty()
                || known.status.is_some_and(|found| self.status.iter().any(|it| it.0 <= found && found <= it.1)))
            && (self.connection_id.is_empty() || known.connection_id.as_deref() == Some(&self.connection_id))
            && (!self.failures || head.failed)
            && (!self.own || head.own)
    }

    /// Of a line that no request is known of.
    pub fn takes_lonely(&self, entry: &Entry) -> bool {
        let asks_more =
            self.route_key.is_some() || !self.status.is_empty() || !self.connection_id.is_empty() || self.own;
        !asks_more && (!self.failures || entry.flags & super::lines::FAILURE != 0)
    }

    /// What the filter asks of one line.
    pub fn takes_line(&self, entry: &Entry, text: &str) -> bool {
        self.finder.is_in(&mut self.finder.scratch(), text) && self.takes_rest(entry, text)
    }

    /// All but the text.
    fn takes_rest(&self, entry: &Entry, text: &str) -> bool {
        self.from.is_none_or(|from| entry.at >= from)
            && self.to.is_none_or(|to| entry.at <= to)
            && !self.without.contains(&entry.source)
            && self.pattern.as_ref().is_none_or(|pattern| pattern.matches(text))
            && self.expression.as_ref().is_none_or(|expression| expression.takes(text))
    }

    /// Marks the lines that are taken, in all pieces.
    pub fn sift(&self, pieces: &mut [Piece]) {
        let most = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = most.min(THREADS).min(pieces.len());
        let rest = Mutex::new(pieces.iter_mut());
        let work = || {
            let mut scratch = self.finder.scratch();
            loop {
                let piece = rest.lock().unwrap_or_else(PoisonError::into_inner).next();
                let Some(piece) = piece else { return };
                self.sift_piece(piece, &mut scratch);
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..threads {
                // Where there is no thread to be had, the others do its work.
                let _ = std::thread::Builder::new().spawn_scoped(scope, work);
            }
            work();
        });
    }

    fn sift_piece(&self, piece: &mut Piece, scratch: &mut Scratch) {
        piece.take_none();
        let by_line = self.finder.goes_by_line(&piece.text);
        let bytes = piece.text.len();
        let mut place = 0;
        let mut at = 0;
        while at < bytes {
            let found = if by_line { Some(at) } else { self.next(piece, at, scratch) };
            let Some(found) = found else { return };
            while piece.starts.get(place + 1).is_some_and(|&next| next as usize <= found) {
                place += 1;
            }
            let text = piece.line(place);
            at = piece.starts[place] as usize + text.len() + 1;
            let taken = (!by_line || self.finder.is_in(scratch, text)) && self.takes_rest(&piece.entries[place], text);
            if taken {
                piece.take(place, true);
            }
            place = (place + 1).min(piece.starts.len() - 1);
        }
    }

    /// A byte of the next line that has the text; `at` begins a line.
    fn next(&self, piece: &Piece, at: usize, scratch: &mut Scratch) -> Option<usize> {
        match (&self.finder, &self.stub) {
            (Finder::All, Some(stub)) => stub.find(&piece.text.as_bytes()[at..]).map(|found| at + found),
            (Finder::All, None) => Some(at),
            (finder, _) => finder.next(scratch, piece.text.as_bytes(), at),
        }
    }
}

/// `500`, `4xx`, `>=400`, several with commas.
fn statuses(text: &str) -> Result<Vec<Status>, String> {
    let one = |word: &str| -> Option<Status> {
        let number = |text: &str| text.trim().parse::<u16>().ok().filter(|n| (100..=999).contains(n));
        if let Some(rest) = word.strip_prefix(">=") {
            return Some(Status(number(rest)?, u16::MAX));
        }
        if let Some(rest) = word.strip_prefix("<=") {
            return Some(Status(0, number(rest)?));
        }
        if let Some(rest) = word.strip_prefix('>') {
            return Some(Status(number(rest)? + 1, u16::MAX));
        }
        if let Some(rest) = word.strip_prefix('<') {
            return Some(Status(0, number(rest)? - 1));
        }
        if let Some(first) = word.to_ascii_lowercase().strip_suffix("xx") {
            let first = first.parse::<u16>().ok().filter(|n| (1..=9).contains(n))?;
            return Some(Status(first * 100, first * 100 + 99));
        }
        number(word).map(|n| Status(n, n))
    };
    let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
    words.map(|word| one(word).ok_or_else(|| format!("A status is 500, 4xx or >=400, not {word}"))).collect()
}
