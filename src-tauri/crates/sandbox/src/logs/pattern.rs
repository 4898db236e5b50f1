//! Filter patterns: terms (`pattern/terms.rs`), JSON in braces (`pattern/json.rs`), columns in brackets
//! (`pattern/columns.rs`), and what all of them share: words, numbers and `%regex%`.
//!
//! Semantics of terms and the words of refusals are recorded (facts 2 section 7); the rest follows AWS's documentation
//! of filter patterns. Patterns are bounded by their length, regexes by number and size.

mod columns;
mod json;
mod terms;
#[cfg(test)]
mod tests;
mod value;

use serde_json::{Value, json};

pub(super) use value::number;

use super::asked::{constraint, invalid_parameter};
use crate::answer::Refusal;

/// Characters of a pattern (facts 7.2).
const LONGEST: usize = 1024;

/// A parsed pattern; the empty one matches everything.
pub(super) struct Pattern(Form);

enum Form {
    Terms(terms::Terms),
    Json(json::Test),
    Columns(columns::Columns),
}

/// Why a pattern is none.
enum Malformed {
    /// It can't be read.
    Pattern,
    /// A word has characters that it can't have.
    Characters(String),
    /// The words are AWS's.
    Other(&'static str),
}

impl Pattern {
    /// Reads the pattern in a member of a request. TestMetricFilter has words of its own (recorded).
    pub(super) fn parse(text: &str, member: &str) -> Result<Self, Refusal> {
        if text.chars().count() > LONGEST {
            return Err(constraint(text, member, "Member must have length less than or equal to 1024"));
        }
        let metric = member == "metric filter";
        let text = text.trim();
        let pattern = if text.starts_with('{') {
            json::parse(text).map(Form::Json)
        } else if text.starts_with('[') {
            columns::parse(text).map(Form::Columns)
        } else {
            terms::parse(text).map(Form::Terms)
        };
        let in_json = text.starts_with(['{', '[']) && !metric;
        pattern.map(Self).map_err(|malformed| match malformed {
            Malformed::Other(words) => invalid_parameter(words),
            // `{ "v": [1] }` is said to have a bad term by both; what begins as a selector only by TestMetricFilter.
            Malformed::Characters(term) if !in_json || term == ":" => {
                invalid_parameter(&format!("Invalid character(s) in term '{term}'"))
            }
            _ if metric => invalid_parameter("Invalid metric filter pattern"),
            _ => invalid_parameter("Invalid filter pattern"),
        })
    }

    pub(super) fn matches(&self, message: &str) -> bool {
        match &self.0 {
            Form::Terms(terms) => terms.matches(message),
            Form::Json(test) => serde_json::from_str(message).is_ok_and(|event: Value| test.holds(&event)),
            Form::Columns(columns) => columns.read(message).is_some(),
        }
    }

    /// What TestMetricFilter says was taken out of a line: the columns (`$name`, or `$1` without a name), or the
    /// values that selectors met.
    pub(super) fn extract(&self, message: &str) -> Value {
        match &self.0 {
            Form::Terms(_) => json!({}),
            Form::Json(test) => serde_json::from_str(message).map_or(json!({}), |event| test.extract(&event)),
            Form::Columns(columns) => columns.read(message).unwrap_or_else(|| json!({})),
        }
    }
}
