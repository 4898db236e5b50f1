//! Patterns for text: terms, quoted phrases, `-excluded`, `?optional`, `%regex%` (facts 2 section 7).

use memchr::memmem::Finder;
use regex::Regex;

use super::Malformed;
use super::value::Reader;

#[derive(Debug, Default)]
pub(super) struct Terms {
    required: Vec<Term>,
    excluded: Vec<Term>,
    optional: Vec<Term>,
}

#[derive(Debug)]
enum Term {
    Text { text: String, finder: Box<Finder<'static>> },
    Regex(Box<Regex>),
}

impl Term {
    fn text(text: String) -> Self {
        let finder = Box::new(Finder::new(text.as_bytes()).into_owned());
        Self::Text { text, finder }
    }

    fn is_in(&self, message: &str) -> bool {
        match self {
            Self::Text { finder, .. } => finder.find(message.as_bytes()).is_some(),
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
        return reader.phrase().map(Term::text);
    }
    if let Some(inside) = reader.rest.strip_prefix('%') {
        reader.rest = inside;
        return reader.regex().map(Term::Regex);
    }
    let word = reader.until(char::is_whitespace);
    if word.is_empty() || word.contains([':', '(', ')', '{', '}', '[', ']', '=', '"', '%', '!', '&', '|', '<', '>']) {
        return Err(Malformed::Characters(word.to_owned()));
    }
    Ok(Term::text(word.to_owned()))
}

impl Terms {
    /// The longest text that every line has that is taken.
    pub(super) fn literal(&self) -> Option<&str> {
        let texts = self.required.iter().filter_map(|term| match term {
            Term::Text { text, .. } => Some(text.as_str()),
            Term::Regex(_) => None,
        });
        texts.max_by_key(|text| text.len())
    }

    /// Optional terms have no effect beside others (recorded).
    pub(super) fn matches(&self, message: &str) -> bool {
        let optional = self.optional.is_empty()
            || !self.required.is_empty()
            || !self.excluded.is_empty()
            || self.optional.iter().any(|t| t.is_in(message));
        optional && self.required.iter().all(|t| t.is_in(message)) && !self.excluded.iter().any(|t| t.is_in(message))
    }
}
