//! Words, numbers, strings and regexes of a query's text, and where something is wrong in it.

use regex::bytes::{Regex, RegexBuilder};

/// Bytes that a compiled regex may take.
const REGEX_BYTES: usize = 1 << 20;

/// A query that can't be read: AWS's words for the place (assumed), and the place.
#[derive(Debug)]
pub(super) struct Malformed {
    pub message: String,
    pub start: usize,
    pub end: usize,
}

pub(super) struct Cursor<'q> {
    text: &'q str,
    pub at: usize,
}

impl<'q> Cursor<'q> {
    pub(super) fn new(text: &'q str) -> Self {
        Self { text, at: 0 }
    }

    /// What follows, without blanks and comments before it.
    pub(super) fn rest(&mut self) -> &'q str {
        loop {
            let rest = self.text[self.at..].trim_start();
            self.at = self.text.len() - rest.len();
            if !rest.starts_with('#') {
                return rest;
            }
            self.at += rest.find('\n').unwrap_or(rest.len());
        }
    }

    /// What was written between here and there.
    pub(super) fn written(&self, from: usize) -> &'q str {
        self.text[from..self.at].trim()
    }

    /// Something else was expected here.
    pub(super) fn unexpected(&mut self) -> Malformed {
        let rest = self.rest();
        let is_word = |c: char| c.is_alphanumeric() || "_@.".contains(c);
        let first = rest.chars().next().map_or(0, char::len_utf8);
        let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len()).max(first);
        let symbol = if rest.is_empty() { "<EOF>" } else { &rest[..length] };
        let before = &self.text[..self.at];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let start = before.chars().count();
        Malformed {
            message: format!("unexpected symbol found {symbol} at line {line} and position {column}"),
            start,
            end: start + rest[..length].chars().count(),
        }
    }

    /// The same with other words.
    pub(super) fn wrong(&mut self, message: impl Into<String>) -> Malformed {
        Malformed { message: message.into(), ..self.unexpected() }
    }

    pub(super) fn takes(&mut self, sign: &str) -> bool {
        let found = self.rest().starts_with(sign);
        if found {
            self.at += sign.len();
        }
        found
    }

    pub(super) fn expect(&mut self, sign: &str) -> Result<(), Malformed> {
        if self.takes(sign) { Ok(()) } else { Err(self.unexpected()) }
    }

    /// The word that follows, in lower case, without taking it.
    pub(super) fn peek_word(&mut self) -> String {
        let at = self.at;
        let word = self.name().map(str::to_lowercase).unwrap_or_default();
        self.at = at;
        word
    }

    /// Takes a keyword of any case, if it is next.
    pub(super) fn takes_word(&mut self, word: &str) -> bool {
        let at = self.at;
        let found = self.name().is_some_and(|name| name.eq_ignore_ascii_case(word));
        if !found {
            self.at = at;
        }
        found
    }

    /// Letters, digits, `_`, `@` and `.`, not beginning with a digit; or whatever is between backticks.
    pub(super) fn name(&mut self) -> Option<&'q str> {
        let rest = self.rest();
        if let Some(quoted) = rest.strip_prefix('`') {
            let (name, _) = quoted.split_once('`')?;
            self.at += name.len() + 2;
            return Some(name);
        }
        if !rest.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '@') {
            return None;
        }
        let length = rest.find(|c: char| !(c.is_alphanumeric() || "_@.".contains(c))).unwrap_or(rest.len());
        self.at += length;
        Some(&rest[..length])
    }

    pub(super) fn number(&mut self) -> Option<f64> {
        let rest = self.rest();
        let length = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len());
        let number = rest[..length].parse().ok().filter(|n: &f64| n.is_finite())?;
        self.at += length;
        Some(number)
    }

    /// A text in single or double quotes; a backslash escapes a quote or itself, and stays before anything else.
    pub(super) fn string(&mut self) -> Result<Option<String>, Malformed> {
        let rest = self.rest();
        let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) else { return Ok(None) };
        let mut text = String::new();
        let mut chars = rest.char_indices().skip(1).peekable();
        while let Some((at, c)) = chars.next() {
            match c {
                c if c == quote => {
                    self.at += at + 1;
                    return Ok(Some(text));
                }
                '\\' if chars.peek().is_some_and(|(_, next)| *next == quote || *next == '\\') => {
                    text.extend(chars.next().map(|(_, c)| c));
                }
                c => text.push(c),
            }
        }
        Err(self.unexpected())
    }

    /// `/regex/`; `\/` is a slash.
    pub(super) fn regex(&mut self) -> Result<Option<Regex>, Malformed> {
        let rest = self.rest();
        if !rest.starts_with('/') {
            return Ok(None);
        }
        let mut escaped = false;
        let end = rest[1..].find(|c: char| {
            let ends = c == '/' && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        });
        let Some(end) = end else { return Err(self.unexpected()) };
        let regex = self.compile(&rest[1..=end].replace("\\/", "/"))?;
        self.at += end + 2;
        Ok(Some(regex))
    }

    pub(super) fn compile(&mut self, source: &str) -> Result<Regex, Malformed> {
        let build = |unicode: bool| {
            let mut builder = RegexBuilder::new(source);
            builder.unicode(unicode).size_limit(REGEX_BYTES).dfa_size_limit(REGEX_BYTES).build()
        };
        // Without Unicode's tables of cases, `(?i)` is for ASCII.
        build(true).or_else(|_| build(false)).map_err(|_| self.wrong("Invalid regular expression"))
    }
}
