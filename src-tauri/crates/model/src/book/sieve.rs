//! A filter, ready to be used: a text or a regular expression is looked for in whole pieces, not line by line.
//!
//! It may not know how rows are ordered. Where to look next: `book/shown.rs`.

use memchr::memmem;
use regex::bytes::{Regex, RegexBuilder};

use super::heads::Head;
use super::lines::{END, Entry, Piece};
use super::{Filter, SourceId};
use crate::log_pattern::Pattern;

/// Bytes that a compiled expression may take.
const REGEX_BYTES: usize = 1 << 21;

/// A filter that was read.
#[derive(Debug, Default)]
pub(super) struct Sieve {
    finder: Finder,
    pattern: Option<Pattern>,
    /// A text that every line has that the pattern takes.
    stub: Option<memmem::Finder<'static>>,
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

#[derive(Debug, Default)]
enum Finder {
    #[default]
    All,
    Text(Box<memmem::Finder<'static>>),
    /// `alone`: it speaks of the end of the text, and can't be tried on a piece.
    Regex {
        regex: Regex,
        alone: bool,
    },
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
        Ok(Self {
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
        self.finder.is_in(text) && self.takes_rest(entry, text)
    }

    /// All but the text.
    fn takes_rest(&self, entry: &Entry, text: &str) -> bool {
        self.from.is_none_or(|from| entry.at >= from)
            && self.to.is_none_or(|to| entry.at <= to)
            && !self.without.contains(&entry.source)
            && self.pattern.as_ref().is_none_or(|pattern| pattern.matches(text))
    }

    /// Marks the lines of a piece that are taken.
    pub fn sift(&self, piece: &mut Piece) {
        piece.take_none();
        let bytes = piece.text.len();
        let mut place = 0;
        let mut at = 0;
        while at < bytes {
            let Some((found, end)) = self.next(piece, at, place) else { return };
            while piece.starts.get(place + 1).is_some_and(|&next| next as usize <= found) {
                place += 1;
            }
            let text = piece.line(place);
            at = piece.starts[place] as usize + text.len() + 1;
            // What was found across the end of a line may not be in it: then the line alone decides.
            let whole = end.is_some_and(|end| end < at) || self.finder.is_in(text);
            let taken = whole && self.takes_rest(&piece.entries[place], text);
            if taken {
                piece.take(place, true);
            }
            place = (place + 1).min(piece.starts.len() - 1);
        }
    }

    /// A byte in the next line that may be taken, and where that ends what the text or expression found.
    fn next(&self, piece: &Piece, at: usize, place: usize) -> Option<(usize, Option<usize>)> {
        let rest = &piece.text.as_bytes()[at..];
        match (&self.finder, &self.stub) {
            (Finder::Text(finder), _) => finder.find(rest).map(|found| (at + found, Some(at + found))),
            (Finder::Regex { regex, alone: false }, _) => {
                regex.find_at(piece.text.as_bytes(), at).map(|it| (it.start(), Some(it.end())))
            }
            (_, Some(stub)) => stub.find(rest).map(|found| (at + found, None)),
            _ => piece.starts.get(place).map(|&start| (start as usize, None)),
        }
    }
}

impl Finder {
    fn new(filter: &Filter) -> Result<Self, String> {
        if filter.text.is_empty() {
            return Ok(Self::All);
        }
        if filter.case && !filter.regex {
            return Ok(Self::Text(Box::new(memmem::Finder::new(filter.text.as_bytes()).into_owned())));
        }
        let source = if filter.regex { filter.text.clone() } else { folded(&filter.text) };
        let regex = RegexBuilder::new(&source)
            .case_insensitive(!filter.case)
            .unicode(filter.regex)
            .multi_line(true)
            .line_terminator(END)
            .size_limit(REGEX_BYTES)
            .dfa_size_limit(REGEX_BYTES)
            .build();
        let alone = filter.regex && ["\\A", "\\z", "(?"].iter().any(|it| filter.text.contains(it));
        match regex {
            Ok(regex) => Ok(Self::Regex { regex, alone }),
            Err(why) => Err(said_shortly(&why)),
        }
    }

    fn is_in(&self, text: &str) -> bool {
        match self {
            Self::All => true,
            Self::Text(finder) => finder.find(text.as_bytes()).is_some(),
            Self::Regex { regex, .. } => regex.is_match(text.as_bytes()),
        }
    }
}

/// A text as an expression over bytes, so that only ASCII is folded: the search stays a literal one.
fn folded(text: &str) -> String {
    use std::fmt::Write;
    let mut out = String::new();
    for byte in text.bytes() {
        let _ = match byte {
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b' ' => write!(out, "{}", char::from(byte)),
            _ => write!(out, "\\x{byte:02x}"),
        };
    }
    out
}

/// The last line of an error is what is wrong; the lines above it draw where.
fn said_shortly(why: &regex::Error) -> String {
    let all = why.to_string();
    match why {
        regex::Error::CompiledTooBig(_) => "The regular expression is too large".to_owned(),
        _ => {
            let place = all.lines().find_map(|line| line.find('^').filter(|_| line.trim().starts_with('^')));
            let what = all.lines().last().unwrap_or_default().trim_start_matches("error: ");
            // The expression is drawn four blanks in.
            let place = place.map(|at| format!(", at character {}", at.saturating_sub(3))).unwrap_or_default();
            format!("The regular expression can't be read: {what}{place}")
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
