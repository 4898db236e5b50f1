//! Why a connection is over, and what a caller can do wrong. Knows no I/O; made in `link`, read by whoever shows it.

use crate::link::{CLOSE_PATIENCE, MAX_MESSAGE};

/// What a call on a [`Link`](crate::Link) answers instead of success.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The connection is over: say why, and dial again if the user wants to.
    #[error(transparent)]
    Ended(#[from] End),
    /// RFC 6455 7.4 reserves this code or does not define it: choose 1000 or one of 3000–4999.
    #[error("{0} is not a close code that may be sent; use 1000–1003, 1007–1014 or 3000–4999")]
    CloseCode(u16),
}

/// Who began to close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// This program.
    Us,
    /// The server.
    Peer,
}

/// Why a connection is over.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum End {
    /// With a close frame, as the protocol wants it. Nothing to repair; code and reason tell the peer's intent.
    #[error("{}", closed(*.by, *.code, .reason))]
    Closed {
        /// Who began.
        by: Side,
        /// `None` when the peer's close frame carried no code (shown as 1005).
        code: Option<u16>,
        /// The peer's words, often empty.
        reason: String,
    },
    /// The stream ended or failed without a close frame (1006): the network, a proxy or a crashed peer. Dial again.
    #[error("the connection broke without a close frame: {0}")]
    Broken(String),
    /// The peer sent what is no WebSocket frame or no UTF-8: look at what stands between here and the server.
    #[error("the peer broke the WebSocket protocol: {0}")]
    Protocol(String),
    /// A message beyond [`MAX_MESSAGE`]; the connection was given up so that memory stays bounded.
    #[error("a message of {0} bytes, more than the {MAX_MESSAGE} that are kept")]
    TooLong(usize),
    /// The peer left our close frame without an answer; the stream was dropped.
    #[error("closed by this side; the peer did not answer the close frame within {} s", CLOSE_PATIENCE.as_secs())]
    Unanswered,
}

fn closed(by: Side, code: Option<u16>, reason: &str) -> String {
    let by = match by {
        Side::Us => "closed by this side",
        Side::Peer => "closed by the server",
    };
    match (code, reason) {
        (None, _) => format!("{by} without a code (1005)"),
        (Some(code), "") => format!("{by}: {code}"),
        (Some(code), reason) => format!("{by}: {code} {reason}"),
    }
}
