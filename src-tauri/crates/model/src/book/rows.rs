//! What a page is shown of a book. Values only.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::conversation::RequestRow;
use crate::verdict::Verdict;

/// Names a log group in a book.
pub type SourceId = u16;

/// What a log group holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum SourceKind {
    /// What API Gateway did, request by request.
    #[default]
    Execution,
    /// A line a request, in the stage's own format.
    Access,
    /// A function behind a route.
    Function,
    /// A function that authorizes.
    Authorizer,
    /// A file that was opened.
    File,
}

/// What is shown of a book.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Filter {
    /// A text that stands in a line of the request, or in the line itself.
    pub text: String,
    /// Whether `text` is a regular expression.
    pub regex: bool,
    /// Whether case counts.
    pub case: bool,
    /// A CloudWatch Logs filter pattern.
    pub pattern: String,
    /// A JMESPath expression: takes the lines that are JSON and for which it gives neither null, false nor nothing.
    pub jmespath: String,
    /// Only this route.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub route_key: Option<String>,
    /// `500`, `4xx`, `>=400`.
    pub status: String,
    /// Only this connection.
    pub connection_id: String,
    /// Only what failed.
    pub failures: bool,
    /// Only what this window's own client caused.
    pub own: bool,
    /// Groups that are left out.
    pub without: Vec<SourceId>,
    /// Milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub from: Option<i64>,
    /// Milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub to: Option<i64>,
    /// In the view of lines: how many lines around each match are shown with it.
    pub context: u32,
}

/// By what the records of the access log are ordered, where not by time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Order {
    /// A variable of the format: `integrationLatency`. Records without it come last; empty: their time.
    pub field: String,
    /// Largest first.
    pub descending: bool,
}

/// How a book is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum View {
    /// A row a request.
    #[default]
    Requests,
    /// A row a line, all groups merged by time.
    Lines,
    /// A row a record of the access log.
    Access,
    /// A row a connection.
    Connections,
}

/// What is in a book, and what the filter shows of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Counts {
    /// Grows with each change of what is shown: rows read at another version may have moved.
    pub version: u32,
    /// Rows that the filter shows in the chosen view.
    pub shown: u32,
    /// Lines that are kept.
    pub lines: u32,
    /// Requests that are kept.
    pub requests: u32,
    /// Requests that failed.
    pub failures: u32,
    /// Lines that were let go because memory is bounded.
    pub let_go: u32,
    /// Bytes that the book takes.
    pub memory: f64,
    /// Why nothing is shown by the filter: a regular expression or pattern that can't be read, with its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub problem: Option<String>,
    /// Requests and failures by time, for the histogram: at most 120 of equal length, oldest first.
    pub bars: Vec<Bar>,
    /// Every route that was seen.
    pub routes: Vec<String>,
}

/// A part of the histogram.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Bar {
    /// When it begins, milliseconds since 1970.
    pub at: i64,
    /// Its length in milliseconds.
    pub span_ms: i64,
    /// Requests.
    pub requests: u32,
    /// Of which failed.
    pub failures: u32,
}

/// A row of a book.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum BookRow {
    /// A request.
    Request {
        /// Milliseconds since 1970.
        at: i64,
        /// What its lines say.
        request: RequestRow,
        /// Whether it failed.
        failed: bool,
        /// Whether this window's own client caused it.
        own: bool,
        /// The failure's first words, else nothing.
        said: String,
        /// Of the function behind it, where its log is read.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        run: Option<FunctionRun>,
    },
    /// A line.
    Line(BookLine),
    /// A record of the access log.
    Access {
        /// Milliseconds since 1970.
        at: i64,
        /// By the format's variables, in its order; secrets masked.
        record: AccessRecord,
    },
    /// A connection.
    Connection(ConnectionRow),
}

/// A line of any group.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct BookLine {
    /// Milliseconds since 1970.
    pub at: i64,
    /// Which group.
    pub source: SourceId,
    /// The request that it belongs to; empty when none is known.
    pub request_id: String,
    /// Without the request id; secrets masked.
    pub text: String,
    /// Says nothing of this request in particular.
    pub quiet: bool,
    /// Tells of a failure.
    pub failure: bool,
    /// AWS cut it at 1,024 bytes.
    pub truncated: bool,
    /// Shown for the match beside it.
    pub context: bool,
}

/// A record of an access log, read by the stage's own format.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct AccessRecord {
    /// `requestId` → value, in the format's order. `-` is what API Gateway writes for nothing.
    pub fields: Vec<(String, String)>,
    /// The whole line, where the format could not be matched.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub unread: Option<String>,
}

/// One run of a function, from its own log.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct FunctionRun {
    /// The function's request id.
    pub request_id: String,
    /// Which group.
    pub source: SourceId,
    /// From `REPORT`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub duration_ms: Option<f64>,
    /// What is paid for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub billed_ms: Option<f64>,
    /// Megabytes that it may use.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub memory_mb: Option<u32>,
    /// Megabytes that it used.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub used_mb: Option<u32>,
    /// Of a cold start.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub init_ms: Option<f64>,
    /// `timeout`, `error`, or nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub status: Option<String>,
}

/// A part of a request's way, from its lines.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct RequestPhase {
    /// `API key`, `authorizer`, `route`, `model`, `request template`, `integration`, `integration response`, `client`.
    pub name: String,
    /// Milliseconds after the first line.
    pub start_ms: u32,
    /// Milliseconds after the first line.
    pub end_ms: u32,
    /// Whether it failed here.
    pub failed: bool,
    /// Indices of its lines in the request's lines.
    pub lines: Vec<u32>,
}

/// Everything about one request.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct LoggedRequest {
    /// What its lines say.
    pub request: RequestRow,
    /// Milliseconds since 1970.
    pub at: i64,
    /// Its way.
    pub phases: Vec<RequestPhase>,
    /// Execution log and functions' lines, by time.
    pub lines: Vec<BookLine>,
    /// Its record in the access log.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub access: Option<AccessRecord>,
    /// The functions that ran for it.
    pub runs: Vec<FunctionRun>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub verdict: Option<Verdict>,
}

/// One connection, as the log tells it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct ConnectionRow {
    /// Its id.
    pub connection_id: String,
    /// When its first line was written.
    pub at: i64,
    /// When its `$disconnect` was, if it was seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub ended_at: Option<i64>,
    /// Who it says it is, and from where.
    pub user_agent: String,
    /// Source IP.
    pub source_ip: String,
    /// Messages that came from it.
    pub messages: u32,
    /// Of which failed.
    pub failures: u32,
    /// Frames that were pushed to it, as far as a log tells.
    pub pushes: u32,
    /// `1001: Going away`, when it has ended.
    pub end: String,
    /// Whether it is this window's own.
    pub own: bool,
}

/// A connection's whole life.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct ConnectionLife {
    /// What is known of it as a whole.
    pub connection: ConnectionRow,
    /// What happened, by time.
    pub events: Vec<LifeEvent>,
    /// What no log tells, in words: pushes without an access log, pings.
    pub unknown: Vec<String>,
}

/// Something that happened to a connection.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct LifeEvent {
    /// Milliseconds since 1970.
    pub at: i64,
    /// `connect`, `message`, `push`, `disconnect`.
    pub what: String,
    /// The request.
    pub request: RequestRow,
    /// Whether it failed.
    pub failed: bool,
    /// The message as data trace shows it, the close reason, the pusher's answer; masked.
    pub text: String,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub verdict: Option<Verdict>,
}
