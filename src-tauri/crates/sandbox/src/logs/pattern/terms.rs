//! Patterns for text: terms, quoted phrases, `-excluded`, `?optional`, `%regex%` (facts 2 section 7).

use regex::Regex;

use super::Malformed;
use super::value::Reader;

#[derive(Default)]
pub(super) struct Terms {
    required: Vec<Term>,
    excluded: Vec<Term>,
    optional: Vec<Term>,
}

enum Term {
    Text(String),
    Regex(Box<Regex>),
}

impl Term {
    fn is_in(&self, message: &str) -> bool {
        match self {
            Self::Text(text) => message.contains(text),
            Self::Regex(regex) => regex.is_match(message),
        }
    }
}

pub(super) fn parse(text: &str) -> Result<Terms, Malformed> {
    let mut terms = Terms::default();
    let mut reader = Reader::new(text);
    while !reader.rest.is_empty() {
        let list = match reader.rest.as_bytes()[0] {
            b'-' => &mut terms.excluded,
            b'?' => &mut terms.optional,
            _ => &mut terms.required,
        };
        reader.rest = reader.rest.strip_prefix(['-', '?']).unwrap_or(reader.rest);
        list.push(term(&mut reader)?);
        reader.skip_blanks();
    }
    Ok(terms)
}

fn term(reader: &mut Reader<'_>) -> Result<Term, Malformed> {
    if let Some(inside) = reader.rest.strip_prefix('"') {
        reader.rest = inside;
        return reader.phrase().map(Term::Text);
    }
    if let Some(inside) = reader.rest.strip_prefix('%') {
        reader.rest = inside;
        return reader.regex().map(Term::Regex);
    }
    let word = reader.until(char::is_whitespace);
    if word.is_empty() || word.contains([':', '(', ')', '{', '}', '[', ']', '=', '"', '%', '!', '&', '|', '<', '>']) {
        return Err(Malformed::Characters(word.to_owned()));
    }
    Ok(Term::Text(word.to_owned()))
}

impl Terms {
    /// Optional terms have no effect beside others (recorded).
    pub(super) fn matches(&self, message: &str) -> bool {
        let optional = self.optional.is_empty()
            || !self.required.is_empty()
            || !self.excluded.is_empty()
            || self.optional.iter().any(|t| t.is_in(message));
        optional && self.required.iter().all(|t| t.is_in(message)) && !self.excluded.iter().any(|t| t.is_in(message))
    }
}
