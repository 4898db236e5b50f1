//! The Connect screen's rows: what the user did, what came back, and the log request that belongs to it.
//!
//! The app's session makes these, the window draws them and computes nothing. A row is sent again whole when it changes.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::handshake::Handshake;
use crate::verdict::Verdict;

/// One row of the timeline: a left side (the conversation), a right side (the log), or both.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// Grows by one a row; the place in the list. Also the id by which calls name it.
    pub id: u32,
    /// Milliseconds since 1970.
    pub at: i64,
    /// What the left side shows.
    pub kind: RowKind,
    /// One line: the path dialled, the start of a message, the reason of a close, the words of a marker.
    pub text: String,
    /// Second, quieter text of a marker.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub detail: Option<String>,
    /// Bytes of the payload, the body or the frame.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub size: Option<u32>,
    /// From sending to the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub round_trip_ms: Option<f64>,
    /// HTTP status of a handshake, code of a close.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub status: Option<u16>,
    /// How it went.
    pub outcome: RowOutcome,
    /// The log request at the same height.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub request: Option<RequestRow>,
    /// How the two sides belong together.
    pub link: Link,
    /// Said on the right where there is no request: "No log: logging was off at the time".
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub note: Option<String>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub verdict: Option<Verdict>,
    /// Set when a later change removed the cause: its deployment's id, empty where it needed none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub fixed_by: Option<String>,
}

/// What a row's left side is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum RowKind {
    /// A handshake.
    Attempt,
    /// A frame out.
    Sent,
    /// A frame in.
    Received,
    /// Ping and pong.
    Ping,
    /// The end of a connection.
    Closed,
    /// Something that changed the session: logs turned on, deployed.
    Marker,
    /// Nothing of ours: a request of another client.
    Other,
}

/// How a row went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum RowOutcome {
    /// Not over, or nothing to judge.
    #[default]
    Neutral,
    /// Under way.
    Pending,
    /// Succeeded.
    Ok,
    /// Failed.
    Failed,
}

/// How sure it is that the log request belongs to the left side.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Link {
    /// How sure.
    pub kind: LinkKind,
    /// By what: "x-amz-apigw-id", "User-Agent", "connection id and order".
    pub why: String,
}

/// How sure a link is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum LinkKind {
    /// Nothing to link (received frames, markers) or nothing will come.
    #[default]
    None,
    /// Logs are due.
    Waiting,
    /// Proven by an id.
    Exact,
    /// By order and time.
    Likely,
    /// Another client's.
    Other,
}

/// A log request as one row.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RequestRow {
    /// The prefix of its lines.
    pub request_id: String,
    /// `$connect`, `joinroom` …
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub route_key: Option<String>,
    /// The connection, once a line said it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub connection_id: Option<String>,
    /// What the log says; for a refused handshake, what the client saw.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub status: Option<u16>,
    /// First to last line.
    pub total_ms: u32,
    /// Only data trace tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub integration_ms: Option<u32>,
    /// How many lines have come.
    pub lines: u32,
    /// Whether its last line has come.
    pub complete: bool,
}

/// A line as the log pane shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LogRow {
    /// Milliseconds after the request's first line.
    pub offset_ms: u32,
    /// Without the request id; secrets masked.
    pub text: String,
    /// Lines that say nothing of this request in particular (ids, usage plan): folded until asked for.
    pub quiet: bool,
    /// Whether it tells of a failure.
    pub failure: bool,
}

/// Everything behind one opened row.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RowDetail {
    /// Of an attempt.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub handshake: Option<Handshake>,
    /// Of a frame: the whole text, or hex where it is binary.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub payload: Option<String>,
    /// Set when the payload is no longer kept (memory is bounded): the words to show.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub payload_gone: Option<String>,
    /// Of the log request.
    pub lines: Vec<LogRow>,
    /// "End of request. The integration was never called."
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub end_note: Option<String>,
}

/// The state of the log tail.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Tail {
    /// What it does now.
    pub state: TailState,
    /// The group that it reads.
    pub log_group: String,
    /// `INFO`, `ERROR` or `OFF`, as the stage says.
    pub level: String,
    /// Whether the stage traces data.
    pub data_trace: bool,
    /// What is wrong and what to do, when something is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub problem: Option<Problem>,
}

/// What the tail does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum TailState {
    /// Not started.
    Idle,
    /// Opening.
    Starting,
    /// Lines come as they are written.
    Live,
    /// Lines are fetched every few seconds.
    Polling,
    /// The stage logs nothing.
    Off,
    /// Something is wrong; it is tried again.
    Failed,
}

/// Something that went wrong, with AWS's own words kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// One of a closed set; the window has its sentence.
    pub code: String,
    /// AWS's or the system's own words.
    pub message: String,
    /// What to do, for example `aws sso login --profile x`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub hint: Option<String>,
    /// AWS's request id.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub request_id: Option<String>,
}

/// Whether the socket is open.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Connection {
    /// None.
    Closed,
    /// Under way; `row` is the attempt.
    Connecting {
        /// The attempt.
        row: u32,
        /// Milliseconds since 1970.
        since: i64,
    },
    /// Open.
    Open {
        /// The attempt.
        row: u32,
        /// Milliseconds since 1970.
        since: i64,
        /// Known once a log line or an error frame told it.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        connection_id: Option<String>,
        /// What the server chose.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        subprotocol: Option<String>,
        /// Of the last pings, newest last, at most 30.
        ping_ms: Vec<f64>,
    },
}

/// What the session's stream carries.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum SessionItem {
    /// First, once: the name by which calls address this session.
    Ready {
        /// For `connect`, `send_message` …
        session: String,
    },
    /// New or changed.
    Row {
        /// Replaces the row with the same id.
        row: Box<Row>,
    },
    /// The socket.
    Connection {
        /// As it is now.
        connection: Connection,
    },
    /// The tail.
    Tail {
        /// As it is now.
        tail: Tail,
    },
    /// Rows that were let go because memory is bounded: all ids below this one.
    Dropped {
        /// The first id that is still kept.
        before: u32,
    },
}
