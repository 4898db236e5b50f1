//! What a field is compared with: a number, a word with wildcards, or a regex. It may not know where the field stands.

use regex::{Regex, RegexBuilder};

use super::Malformed;

/// Regexes in one pattern (AWS's documentation).
const MOST_REGEXES: usize = 2;
/// Bytes that a compiled regex may take.
const REGEX_BYTES: usize = 1 << 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    /// The comparison that a text begins with, and what follows.
    pub(super) fn read(text: &str) -> Option<(Self, &str)> {
        let table = [
            ("!=", Self::NotEqual),
            ("<=", Self::LessOrEqual),
            (">=", Self::GreaterOrEqual),
            ("=", Self::Equal),
            ("<", Self::Less),
            (">", Self::Greater),
        ];
        table.into_iter().find_map(|(sign, comparison)| Some((comparison, text.strip_prefix(sign)?)))
    }

    fn holds(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::NotEqual => ordering.is_ne(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

#[derive(Debug)]
pub(super) enum Operand {
    Number(f64),
    /// The pieces between `*`.
    Word(Vec<String>),
    Regex(Box<Regex>),
}

impl Operand {
    /// What was written: quoted, between percent signs, or bare.
    pub(super) fn quoted(text: &str) -> Self {
        Self::Word(text.split('*').map(str::to_owned).collect())
    }

    pub(super) fn bare(text: &str) -> Self {
        match number(text) {
            Some(number) => Self::Number(number),
            None => Self::quoted(text),
        }
    }

    pub(super) fn is_number(&self) -> bool {
        matches!(self, Self::Number(_))
    }

    /// Whether a field's text compares so. A number only compares with a number.
    pub(super) fn compares(&self, comparison: Comparison, field: &str) -> bool {
        let same = match self {
            Self::Number(wanted) => {
                let ordering = number(field).and_then(|found| found.partial_cmp(wanted));
                return ordering.map_or(comparison == Comparison::NotEqual, |o| comparison.holds(o));
            }
            Self::Word(pieces) => fits(pieces, field),
            Self::Regex(regex) => regex.is_match(field),
        };
        same == (comparison == Comparison::Equal)
    }
}

/// A number as patterns and events have it; `nan` and `inf` are words.
#[must_use]
pub fn number(text: &str) -> Option<f64> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let is_one = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    text.parse().ok().filter(|n: &f64| is_one && n.is_finite())
}

/// Whether the text is the pieces in their order with anything between.
fn fits(pieces: &[String], text: &str) -> bool {
    let [first, middle @ .., last] = pieces else { return pieces.first().is_some_and(|only| only == text) };
    let Some(mut rest) = text.strip_prefix(first.as_str()) else { return false };
    for piece in middle {
        let Some(at) = rest.find(piece.as_str()) else { return false };
        rest = &rest[at + piece.len()..];
    }
    rest.len() >= last.len() && rest.ends_with(last.as_str())
}

/// A cursor over a pattern.
pub(super) struct Reader<'p> {
    pub rest: &'p str,
    regexes: usize,
}

impl<'p> Reader<'p> {
    pub(super) fn new(rest: &'p str) -> Self {
        Self { rest, regexes: 0 }
    }

    pub(super) fn skip_blanks(&mut self) {
        self.rest = self.rest.trim_start();
    }

    /// Takes a sign after blanks, if it is next.
    pub(super) fn takes(&mut self, sign: &str) -> bool {
        self.skip_blanks();
        let after = self.rest.strip_prefix(sign);
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    /// Takes what goes up to a character that ends it.
    pub(super) fn until(&mut self, ends: impl Fn(char) -> bool) -> &'p str {
        let (word, rest) = self.rest.split_at(self.rest.find(ends).unwrap_or(self.rest.len()));
        self.rest = rest;
        word
    }

    /// What follows an opening quote; a backslash escapes.
    pub(super) fn phrase(&mut self) -> Result<String, Malformed> {
        let mut phrase = String::new();
        let mut chars = self.rest.char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    self.rest = &self.rest[at + 1..];
                    return Ok(phrase);
                }
                '\\' => phrase.extend(chars.next().map(|(_, c)| c)),
                _ => phrase.push(c),
            }
        }
        Err(Malformed::Pattern)
    }

    /// What follows an opening percent sign. Which characters it may have: AWS's documentation, and blanks (assumed).
    pub(super) fn regex(&mut self) -> Result<Box<Regex>, Malformed> {
        let (source, rest) = self.rest.split_once('%').ok_or(Malformed::Pattern)?;
        if source.starts_with('(') {
            return Err(Malformed::Characters("%(".to_owned()));
        }
        let allowed = |c: char| c.is_ascii_alphanumeric() || ":_#=@/;,- ^$?[]{}|\\*+.".contains(c);
        self.regexes += 1;
        if source.is_empty() || !source.chars().all(allowed) || self.regexes > MOST_REGEXES {
            return Err(Malformed::Pattern);
        }
        self.rest = rest;
        let regex = RegexBuilder::new(source).size_limit(REGEX_BYTES).dfa_size_limit(REGEX_BYTES).build();
        regex.map(Box::new).map_err(|_| Malformed::Pattern)
    }
}
