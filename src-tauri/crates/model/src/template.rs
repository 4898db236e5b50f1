//! The mapping-template language, as far as it is documented for WebSocket APIs: a subset of Velocity.
//!
//! `$context.x`, `$stageVariables.x` (also `['x']` and `${…}`), `$input.body|json|path|params`, `$util.*`, `#set`,
//! `#if/#elseif/#else/#end`, `#foreach`, comments. What is not understood is an [`Error`] with its place: AWS answers
//! `Unable to transform request` and nothing more. Pure; the caller brings everything a template can see.
//! Reference: developer guide, apigateway-websocket-api-mapping-template-reference (facts 5.5).

mod eval;
mod functions;
mod parse;
pub mod sample;
#[cfg(test)]
mod tests;
pub mod words;

use std::fmt;
use std::ops::Deref;

use serde_json::Value;

use crate::api::Texts;

/// Everything that a template can see. What few templates look at is made when one does: a
/// [`std::cell::LazyCell`] will do, and so will a reference.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    /// `$input`: the message, or the backend's answer, as it came.
    pub body: &'a str,
    /// The same as JSON, when the caller has read it already.
    pub json: Option<&'a Value>,
    /// `$context`, an object.
    pub context: &'a dyn Deref<Target = Value>,
    /// `$stageVariables`.
    pub stage_variables: &'a Texts,
    /// `$input.params()`: `{"path": {}, "querystring": {}, "header": {}}`.
    pub params: &'a dyn Deref<Target = Value>,
}

impl fmt::Debug for Scope<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope").field("body", &self.body).finish_non_exhaustive()
    }
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

/// A template whose syntax has been read once, to be rendered many times.
#[derive(Debug)]
pub struct Template {
    source: String,
    nodes: Vec<parse::Node>,
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// Syntax that is not part of the subset.
    pub fn parse(source: &str) -> Result<Self, Error> {
        match parse::parse(source) {
            Ok(nodes) => Ok(Self { source: source.to_owned(), nodes }),
            Err(fault) => Err(fault.place(source)),
        }
    }

    /// Renders it.
    ///
    /// # Errors
    /// A body that `$input.json` or `$input.path` can't read, unknown functions.
    pub fn render(&self, scope: &Scope<'_>) -> Result<String, Error> {
        eval::render(&self.nodes, scope).map_err(|fault| fault.place(&self.source))
    }
}

/// Renders a template that is used once.
///
/// # Errors
/// Those of [`Template::parse`] and [`Template::render`].
pub fn render(source: &str, scope: &Scope<'_>) -> Result<String, Error> {
    Template::parse(source)?.render(scope)
}

/// The status that a mock's rendered request template names; `None`: it names none, and the gateway says [`NO_STATUS`].
#[must_use]
pub fn mock_status(rendered: &str) -> Option<u16> {
    let status = serde_json::from_str::<Value>(rendered).ok()?.get("statusCode")?.as_u64()?;
    u16::try_from(status).ok().filter(|status| (100..600).contains(status))
}

/// AWS's words for a mock without a status (facts 2.2).
pub const NO_STATUS: &str = "statusCode should be an integer which defined in request template";

/// Checks a template's syntax without rendering it.
///
/// # Errors
/// As [`Template::parse`].
pub fn check(source: &str) -> Result<(), Error> {
    parse::parse(source).map(|_| ()).map_err(|fault| fault.place(source))
}
