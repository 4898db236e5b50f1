//! One line of an execution log: read without copying, written back to the same bytes.
//!
//! [`Line::parse`] never fails: what nobody has recorded is [`Kind::Unknown`] and kept whole. The sandbox writes its log
//! through the same types, so that what it prints is what is read. This module does not know which line belongs to
//! which client ([`crate::correlate`]) nor what a line means for a failure ([`crate::diagnose`]).
//! Where to look next: `log/kind.rs`, the table of all lines; `log/prefix.rs`, what may stand in front of them.

mod field;
mod kind;
mod prefix;

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

pub use field::{Blanks, Key, Operation};
pub use kind::Kind;
pub use prefix::Prefix;
pub(crate) use prefix::is_request_id;

/// Bytes of a message, its prefix included, before AWS cuts it (facts 1.3, Truncation).
pub const MESSAGE_LIMIT: usize = 1024;

/// What AWS appends to a message that it has cut.
pub const TRUNCATED: &str = " [TRUNCATED]";

/// One event as `FilterLogEvents`, `GetLogEvents` and Live Tail give it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LogEvent {
    /// 56 digits from `FilterLogEvents`; Live Tail gives none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_id: Option<String>,
    /// 32 hex digits; says nothing about the connection (facts 1.1).
    #[serde(rename = "logStreamName", skip_serializing_if = "Option::is_none")]
    pub stream: Option<String>,
    /// Milliseconds since 1970.
    pub timestamp: i64,
    /// Milliseconds since 1970; about 20 s after `timestamp` on AWS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ingestion_time: Option<i64>,
    /// The line, with its prefix. May hold line breaks: a crash text is one event.
    pub message: String,
}

/// One line: what stands in front, what it says, and whether AWS has cut it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// The request id, or what a copy of the log shows in its place.
    pub prefix: Prefix<'a>,
    /// What it says.
    pub kind: Kind<'a>,
    /// Whether it ends in [`TRUNCATED`].
    pub truncated: bool,
}

impl<'a> Line<'a> {
    /// A line as API Gateway writes it.
    #[must_use]
    pub fn new(request_id: &'a str, kind: Kind<'a>) -> Self {
        Self { prefix: Prefix::Id(request_id), kind, truncated: false }
    }

    /// Reads any text; never fails.
    #[must_use]
    pub fn parse(text: &'a str) -> Self {
        let (prefix, rest) = Prefix::split(text);
        let (said, truncated) = rest.strip_suffix(TRUNCATED).map_or((rest, false), |said| (said, true));
        Self { prefix, kind: Kind::parse(said), truncated }
    }

    /// The id of the request that the line names itself.
    #[must_use]
    pub fn request_id(&self) -> Option<&'a str> {
        self.prefix.id().or(match self.kind {
            Kind::ExecutionLog { request_id } => Some(request_id),
            _ => None,
        })
    }
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", self.prefix, self.kind, if self.truncated { TRUNCATED } else { "" })
    }
}

/// Cuts a message as AWS does: at 1024 bytes, and says so. The cut falls back to the last whole character
/// (assumed: no capture holds a character across the limit).
#[must_use]
pub fn cut(message: &str) -> Cow<'_, str> {
    if message.len() <= MESSAGE_LIMIT {
        return Cow::Borrowed(message);
    }
    let end = message.floor_char_boundary(MESSAGE_LIMIT);
    Cow::Owned(format!("{}{TRUNCATED}", &message[..end]))
}

#[cfg(test)]
mod tests;
