//! The one error that crosses to the window.
//!
//! `code` is a closed set, and the window has a sentence for each; AWS's own code, words and request id are kept.

use gatescope_model::conversation::Problem;
use serde::Serialize;
use ts_rs::TS;

/// What went wrong, for the window, the terminal and the tests alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error, TS)]
#[serde(rename_all = "camelCase")]
#[error("{message}")]
pub struct Error {
    /// Which kind.
    pub code: Code,
    /// AWS's or the system's own words.
    pub message: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub hint: Option<String>,
    /// AWS's request id.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub request_id: Option<String>,
}

/// The closed set of kinds. Add one only when the window treats it differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The question does not fit the table, or names something that is gone.
    BadQuestion,
    /// The profile is not in the files, or a file can't be read.
    NoProfile,
    /// No credentials were found; the hint says how to get some.
    NoCredentials,
    /// The credentials have expired; the hint says how to renew them.
    CredentialsExpired,
    /// AWS does not let this caller do that.
    AccessDenied,
    /// AWS has no such thing.
    NotFound,
    /// AWS refused what was asked, with its words.
    Refused,
    /// Somebody else changed it meanwhile.
    Conflict,
    /// Too many calls; it may be tried again.
    Throttled,
    /// AWS could not be reached.
    Unreachable,
    /// AWS failed on its side.
    AwsFailed,
    /// The account is locked: nothing was sent.
    Locked,
    /// Nothing is connected.
    NotConnected,
    /// Something is connected or connecting already.
    AlreadyConnected,
    /// The sandbox's port is taken or forbidden.
    PortUnavailable,
    /// Our own mistake, or the disk's.
    Internal,
}

impl Code {
    /// As it crosses to the window.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BadQuestion => "bad_question",
            Self::NoProfile => "no_profile",
            Self::NoCredentials => "no_credentials",
            Self::CredentialsExpired => "credentials_expired",
            Self::AccessDenied => "access_denied",
            Self::NotFound => "not_found",
            Self::Refused => "refused",
            Self::Conflict => "conflict",
            Self::Throttled => "throttled",
            Self::Unreachable => "unreachable",
            Self::AwsFailed => "aws_failed",
            Self::Locked => "locked",
            Self::NotConnected => "not_connected",
            Self::AlreadyConnected => "already_connected",
            Self::PortUnavailable => "port_unavailable",
            Self::Internal => "internal",
        }
    }
}

impl Error {
    /// An error of this kind.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: None, request_id: None }
    }

    pub(crate) fn bad_question(message: impl Into<String>) -> Self {
        Self::new(Code::BadQuestion, message)
    }
}

impl From<Error> for Problem {
    fn from(e: Error) -> Self {
        Self { code: e.code.as_str().to_owned(), message: e.message, hint: e.hint, request_id: e.request_id }
    }
}
