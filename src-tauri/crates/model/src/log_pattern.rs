//! CloudWatch Logs filter patterns: terms (`log_pattern/terms.rs`), JSON in braces (`log_pattern/json.rs`), columns in
//! brackets (`log_pattern/columns.rs`), and what all of them share: words, numbers and `%regex%`.
//!
//! Semantics of terms and the words of refusals are recorded (facts 2 section 7); the rest follows AWS's documentation
//! of filter patterns. Patterns are bounded by their length, regexes by number and size. The sandbox answers with this
//! module and the book filters with it; it may not know either.

mod columns;
mod doubts;
mod json;
mod terms;
#[cfg(test)]
mod tests;
mod value;

use serde_json::{Value, json};

pub use doubts::warnings;
pub use value::number;

/// Characters of a pattern (facts 7.2).
pub const LONGEST: usize = 1024;

/// A parsed pattern; the empty one matches everything.
#[derive(Debug)]
pub struct Pattern(Form);

#[derive(Debug)]
enum Form {
    Terms(terms::Terms),
    Json(json::Test),
    Columns(columns::Columns),
}

/// Why a pattern is none.
#[derive(Debug)]
enum Malformed {
    /// It can't be read.
    Pattern,
    /// A word has characters that it can't have.
    Characters(String),
    /// The words are AWS's.
    Other(&'static str),
}

/// A pattern that AWS refuses, in its words.
#[derive(Debug)]
pub struct Refused {
    malformed: Malformed,
    /// In braces or brackets.
    enclosed: bool,
}

impl Refused {
    /// As `FilterLogEvents` and Live Tail say it.
    #[must_use]
    pub fn filter_words(&self) -> String {
        self.words(true)
    }

    /// As `TestMetricFilter` says it (recorded).
    #[must_use]
    pub fn metric_words(&self) -> String {
        self.words(false)
    }

    fn words(&self, filter: bool) -> String {
        match &self.malformed {
            Malformed::Other(words) => (*words).to_owned(),
            // `{ "v": [1] }` is said to have a bad term by both; what begins as a selector only by TestMetricFilter.
            Malformed::Characters(term) if !(self.enclosed && filter) || term == ":" => {
                format!("Invalid character(s) in term '{term}'")
            }
            _ if filter => "Invalid filter pattern".to_owned(),
            _ => "Invalid metric filter pattern".to_owned(),
        }
    }
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// When AWS would refuse it.
    pub fn parse(text: &str) -> Result<Self, Refused> {
        if text.chars().count() > LONGEST {
            let words = "Member must have length less than or equal to 1024";
            return Err(Refused { malformed: Malformed::Other(words), enclosed: false });
        }
        let text = text.trim();
        let pattern = if text.starts_with('{') {
            json::parse(text).map(Form::Json)
        } else if text.starts_with('[') {
            columns::parse(text).map(Form::Columns)
        } else {
            terms::parse(text).map(Form::Terms)
        };
        pattern.map(Self).map_err(|malformed| Refused { malformed, enclosed: text.starts_with(['{', '[']) })
    }

    /// Whether AWS would take the line.
    #[must_use]
    pub fn matches(&self, message: &str) -> bool {
        match &self.0 {
            Form::Terms(terms) => terms.matches(message),
            // Most lines are no JSON: those need not be tried.
            Form::Json(_) if !message.trim_start().starts_with(['{', '[']) => false,
            Form::Json(test) => serde_json::from_str(message).is_ok_and(|event: Value| test.holds(&event)),
            Form::Columns(columns) => columns.read(message).is_some(),
        }
    }

    /// A text that every line has that is taken, where there is one: looking for it comes cheaper than the pattern.
    #[must_use]
    pub fn literal(&self) -> Option<&str> {
        match &self.0 {
            Form::Terms(terms) => terms.literal().filter(|text| !text.is_empty()),
            Form::Json(_) | Form::Columns(_) => None,
        }
    }

    /// What TestMetricFilter says was taken out of a line: the columns (`$name`, or `$1` without a name), or the
    /// values that selectors met.
    #[must_use]
    pub fn extract(&self, message: &str) -> Value {
        match &self.0 {
            Form::Terms(_) => json!({}),
            Form::Json(test) => serde_json::from_str(message).map_or(json!({}), |event| test.extract(&event)),
            Form::Columns(columns) => columns.read(message).unwrap_or_else(|| json!({})),
        }
    }
}
