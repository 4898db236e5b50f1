//! A text or a regular expression, looked for in many lines at once.
//!
//! Lines stand end to end in a piece, each with an [`END`]. An expression is rewritten so that nothing it takes holds that
//! byte, and that the ends of the text are the ends of a line: then what is found in a piece is what is found in its lines.
//! It may not know what a line is of.

use memchr::memmem;
use regex_automata::meta::{BuildError, Cache, Config, Regex};
use regex_automata::nfa::thompson::WhichCaptures;
use regex_automata::util::syntax;
use regex_automata::{Input, Span};
use regex_syntax::hir::{Class, Hir, HirKind, Look, Repetition};
use regex_syntax::hir::{ClassBytes, ClassBytesRange, ClassUnicode, ClassUnicodeRange};

use super::Filter;
use super::lines::END;

/// Bytes that a compiled expression may take.
const REGEX_BYTES: usize = 1 << 21;

/// What is looked for.
#[derive(Debug, Default)]
pub(super) enum Finder {
    #[default]
    All,
    Text(Box<memmem::Finder<'static>>),
    Regex(Box<Expressed>),
}

#[derive(Debug)]
pub(super) struct Expressed {
    regex: Regex,
    /// It asks for ends of words in any language: that goes fast in texts of ASCII only.
    words: bool,
}

/// What a search needs to write on; each thread has its own.
#[derive(Debug)]
pub(super) struct Scratch(Option<Cache>);

impl Finder {
    pub fn new(filter: &Filter) -> Result<Self, String> {
        if filter.text.is_empty() {
            return Ok(Self::All);
        }
        if filter.case && !filter.regex {
            return Ok(Self::Text(Box::new(memmem::Finder::new(filter.text.as_bytes()).into_owned())));
        }
        let source = if filter.regex { filter.text.clone() } else { folded(&filter.text) };
        let syntax = syntax::Config::new()
            .case_insensitive(!filter.case)
            .unicode(filter.regex)
            .utf8(false)
            .multi_line(true)
            .line_terminator(END);
        let parsed = syntax::parse_with(&source, &syntax).map_err(|why| said_shortly(&why.to_string()))?;
        let hir = within_a_line(parsed);
        let words = hir.properties().look_set().contains_word_unicode();
        let config = Config::new()
            .utf8_empty(false)
            .line_terminator(END)
            .which_captures(WhichCaptures::Implicit)
            .nfa_size_limit(Some(REGEX_BYTES))
            .onepass_size_limit(Some(REGEX_BYTES))
            .hybrid_cache_capacity(REGEX_BYTES);
        match Regex::builder().configure(config).build_from_hir(&hir) {
            Ok(regex) => Ok(Self::Regex(Box::new(Expressed { regex, words }))),
            Err(why) => Err(not_built(&why)),
        }
    }

    pub fn scratch(&self) -> Scratch {
        Scratch(match self {
            Self::Regex(expressed) => Some(expressed.regex.create_cache()),
            Self::All | Self::Text(_) => None,
        })
    }

    /// Whether these lines are better looked at one by one.
    pub fn goes_by_line(&self, lines: &str) -> bool {
        matches!(self, Self::Regex(expressed) if expressed.words && !lines.is_ascii())
    }

    /// A byte of the first line from here on that has it; `at` begins a line.
    pub fn next(&self, scratch: &mut Scratch, lines: &[u8], at: usize) -> Option<usize> {
        match (self, &mut scratch.0) {
            (Self::All, _) => Some(at),
            (Self::Text(finder), _) => finder.find(&lines[at..]).map(|found| at + found),
            (Self::Regex(expressed), Some(cache)) => {
                // Behind the last END no line begins.
                let input = Input::new(lines).span(Span { start: at, end: lines.len() - 1 }).earliest(true);
                let end = expressed.regex.search_half_with(cache, &input)?.offset();
                // What is empty begins where it ends, which may be a line's first byte.
                Some(if end > at && lines[end - 1] != END { end - 1 } else { end })
            }
            (Self::Regex(_), None) => None,
        }
    }

    pub fn is_in(&self, scratch: &mut Scratch, text: &str) -> bool {
        match (self, &mut scratch.0) {
            (Self::All, _) => true,
            (Self::Text(finder), _) => finder.find(text.as_bytes()).is_some(),
            (Self::Regex(expressed), Some(cache)) => {
                expressed.regex.search_half_with(cache, &Input::new(text).earliest(true)).is_some()
            }
            (Self::Regex(_), None) => false,
        }
    }
}

/// The expression without what would match an [`END`]. Its groups are not asked for.
fn within_a_line(hir: Hir) -> Hir {
    let all = |parts: Vec<Hir>| parts.into_iter().map(within_a_line).collect();
    match hir.into_kind() {
        HirKind::Empty => Hir::empty(),
        HirKind::Literal(literal) if literal.0.contains(&END) => Hir::fail(),
        HirKind::Literal(literal) => Hir::literal(literal.0),
        HirKind::Class(Class::Unicode(mut class)) => {
            class.difference(&ClassUnicode::new([ClassUnicodeRange::new('\0', '\0')]));
            Hir::class(Class::Unicode(class))
        }
        HirKind::Class(Class::Bytes(mut class)) => {
            class.difference(&ClassBytes::new([ClassBytesRange::new(END, END)]));
            Hir::class(Class::Bytes(class))
        }
        HirKind::Look(Look::Start) => Hir::look(Look::StartLF),
        HirKind::Look(Look::End) => Hir::look(Look::EndLF),
        HirKind::Look(look @ Look::StartCRLF) => Hir::alternation(vec![Hir::look(look), Hir::look(Look::StartLF)]),
        HirKind::Look(look @ Look::EndCRLF) => Hir::alternation(vec![Hir::look(look), Hir::look(Look::EndLF)]),
        HirKind::Look(look) => Hir::look(look),
        HirKind::Repetition(Repetition { min, max, greedy, sub }) => {
            Hir::repetition(Repetition { min, max, greedy, sub: Box::new(within_a_line(*sub)) })
        }
        HirKind::Capture(group) => within_a_line(*group.sub),
        HirKind::Concat(parts) => Hir::concat(all(parts)),
        HirKind::Alternation(parts) => Hir::alternation(all(parts)),
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

fn not_built(why: &BuildError) -> String {
    match why.size_limit() {
        Some(_) => "The regular expression is too large".to_owned(),
        None => format!("The regular expression can't be used: {why}"),
    }
}

/// The last line of an error is what is wrong; the lines above it draw where.
fn said_shortly(all: &str) -> String {
    let place = all.lines().find_map(|line| line.find('^').filter(|_| line.trim().starts_with('^')));
    let what = all.lines().last().unwrap_or_default().trim_start_matches("error: ");
    // The expression is drawn four blanks in.
    let place = place.map(|at| format!(", at character {}", at.saturating_sub(3))).unwrap_or_default();
    format!("The regular expression can't be read: {what}{place}")
}
