//! The mapping-template language, as far as it is documented for WebSocket APIs: a subset of Velocity.
//!
//! `$context.x`, `$stageVariables.x` (also `['x']` and `${…}`), `$input.body|json|path|params`, `$util.*`, `#set`,
//! `#if/#elseif/#else/#end`, `#foreach`, comments. What is not understood is an [`Error`] with its place: AWS answers
//! `Unable to transform request` and nothing more. Pure; the caller brings everything a template can see.
//! Reference: developer guide, apigateway-websocket-api-mapping-template-reference (facts 5.5).

mod eval;
mod functions;
mod parse;
#[cfg(test)]
mod tests;

use serde_json::Value;

use crate::api::Texts;

/// Everything that a template can see.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// `$input`: the message, or the backend's answer, as it came.
    pub body: &'a str,
    /// `$context`, an object.
    pub context: &'a Value,
    /// `$stageVariables`.
    pub stage_variables: &'a Texts,
    /// `$input.params()`: `{"path": {}, "querystring": {}, "header": {}}`.
    pub params: &'a Value,
}

/// Why a template can't be used, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {what}")]
pub struct Error {
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// In words for the template's author.
    pub what: String,
}

/// What went wrong at which byte; becomes an [`Error`] where the source is at hand.
#[derive(Debug)]
struct Fault {
    at: usize,
    what: String,
}

impl Fault {
    fn new(at: usize, what: impl Into<String>) -> Self {
        Self { at, what: what.into() }
    }

    fn place(self, source: &str) -> Error {
        let before = &source[..source.floor_char_boundary(self.at)];
        let line_start = before.rfind('\n').map_or(0, |n| n + 1);
        Error {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            what: self.what,
        }
    }
}

/// Renders a template.
///
/// # Errors
/// Syntax that is not part of the subset, a body that `$input.json` or `$input.path` can't read, unknown functions.
pub fn render(source: &str, scope: &Scope<'_>) -> Result<String, Error> {
    parse::parse(source).and_then(|nodes| eval::render(&nodes, scope)).map_err(|fault| fault.place(source))
}

/// Checks a template's syntax without rendering it.
///
/// # Errors
/// As [`render`], as far as syntax goes.
pub fn check(source: &str) -> Result<(), Error> {
    parse::parse(source).map(|_| ()).map_err(|fault| fault.place(source))
}
