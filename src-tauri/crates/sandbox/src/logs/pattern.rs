//! Filter patterns for text: terms, quoted phrases, `-excluded`, `?optional`, `%regex%` (facts 2 section 7).
//!
//! Patterns for JSON and for space-delimited events are refused.

use crate::answer::Refusal;

/// A parsed pattern; the empty one matches everything.
#[derive(Default)]
pub(super) struct Pattern {
    required: Vec<Term>,
    excluded: Vec<Term>,
    optional: Vec<Term>,
}

enum Term {
    Text(String),
    Regex(regex::Regex),
}

impl Term {
    fn is_in(&self, message: &str) -> bool {
        match self {
            Self::Text(text) => message.contains(text),
            Self::Regex(regex) => regex.is_match(message),
        }
    }
}

impl Pattern {
    /// Reads a pattern; the words of refusals are recorded for `FilterLogEvents`.
    pub(super) fn parse(text: &str) -> Result<Self, Refusal> {
        let mut pattern = Self::default();
        let mut rest = text.trim();
        if rest.starts_with(['{', '[']) {
            return Err(invalid("Invalid filter pattern"));
        }
        while !rest.is_empty() {
            let list = match rest.as_bytes()[0] {
                b'-' => &mut pattern.excluded,
                b'?' => &mut pattern.optional,
                _ => &mut pattern.required,
            };
            rest = rest.strip_prefix(['-', '?']).unwrap_or(rest);
            let (term, after) = term(rest)?;
            list.push(term);
            rest = after.trim_start();
        }
        Ok(pattern)
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

fn term(text: &str) -> Result<(Term, &str), Refusal> {
    if let Some(inside) = text.strip_prefix('"') {
        return quoted(inside);
    }
    if let Some(inside) = text.strip_prefix('%') {
        let (source, after) = inside.split_once('%').ok_or_else(|| invalid("Invalid filter pattern"))?;
        let regex = regex::Regex::new(source).map_err(|_| invalid("Invalid filter pattern"))?;
        return Ok((Term::Regex(regex), after));
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let (word, after) = text.split_at(end);
    if word.is_empty() || word.contains([':', '(', ')', '{', '}', '[', ']', '=', '"', '%', '!', '&', '|', '<', '>']) {
        return Err(invalid(&format!("Invalid character(s) in term '{word}'")));
    }
    Ok((Term::Text(word.to_owned()), after))
}

/// What follows an opening quote; a backslash escapes.
fn quoted(text: &str) -> Result<(Term, &str), Refusal> {
    let mut phrase = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Ok((Term::Text(phrase), &text[at + 1..])),
            '\\' => phrase.extend(chars.next().map(|(_, c)| c)),
            _ => phrase.push(c),
        }
    }
    Err(invalid("Invalid filter pattern"))
}

fn invalid(message: &str) -> Refusal {
    Refusal::new(400, "InvalidParameterException", message)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn patterns_match_as_recorded() {
        let table = [
            ("", "anything", true),
            ("\" \"", "a b", true),
            ("\" \"", "ab", false),
            ("ERROR", "TERROR REQUEST", true),
            ("ERROR", "error request", false),
            ("ERROR ARGUMENTS", "ARGUMENTS ERROR", true),
            ("ERROR ARGUMENTS", "ERROR_ARGUMENTS", true),
            ("ERROR ARGUMENTS", "ERROR only", false),
            ("ERROR -ARGUMENTS", "ERROR ARGUMENTS", false),
            ("-ERROR", "plain", true),
            ("\"INTERNAL SERVER ERROR\"", "ERROR INTERNAL SERVER ERROR", true),
            ("\"INTERNAL SERVER ERROR\"", "INTERNAL  SERVER ERROR", false),
            ("?ERROR ?ARGUMENTS", "INFO ARGUMENTS", true),
            ("?ERROR ?ARGUMENTS", "plain", false),
            ("?ERROR ?ARGUMENTS -REQUEST", "plain", true),
            ("\"EP5yqFByIAMElXw=\"", "(EP5yqFByIAMElXw=) Starting", true),
            ("%[0-9]{3} ms%", "latency: 123 ms", true),
        ];
        for (pattern, message, expected) in table {
            assert_eq!(Pattern::parse(pattern).unwrap().matches(message), expected, "{pattern} on {message}");
        }
        for bad in ["{ $.v == 1 }", "\"open", "a:b", "%(%", "-"] {
            assert!(Pattern::parse(bad).is_err(), "{bad}");
        }
    }
}
