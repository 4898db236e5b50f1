//! The log of a stage: what is read, what is shown, what is asked of it. Shapes only.

use gatescope_model::book::{Counts, Filter, Order, SourceId, SourceKind, View};
use gatescope_model::conversation::{Problem, TailState};
use gatescope_model::verdict::Finding;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{OfStage, Scope};

/// Opens the book of a stage: every log group that belongs to it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OpenBook {
    /// Which stage.
    pub of: OfStage,
    /// What of it.
    pub window: Window,
}

/// Which part of the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Window {
    /// From a while ago on, and whatever comes.
    Now {
        /// Milliseconds before now.
        back_ms: i64,
    },
    /// A past window: `5m`, `2h`, `1d2h`, an ISO time, a date, milliseconds; an empty `to` is now.
    Past {
        /// When it begins.
        from: String,
        /// When it ends.
        to: String,
    },
    /// A saved file, in any form that `gatescope explain` reads.
    File {
        /// Its name, to be shown.
        name: String,
        /// What is in it.
        text: String,
    },
}

impl Default for Window {
    fn default() -> Self {
        Self::Now { back_ms: 15 * 60_000 }
    }
}

/// What a book's stream carries.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum BookItem {
    /// First, once: the name by which calls address this book.
    Ready {
        /// For `filter_book`, `read_book` …
        book: String,
    },
    /// The groups, when one of them changed its state.
    Sources {
        /// All of them.
        sources: Vec<Source>,
    },
    /// When something came, at most ten times a second.
    Counts {
        /// As they are now.
        counts: Counts,
    },
}

/// A log group that belongs to the stage.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Source {
    /// Its name in this book.
    pub id: SourceId,
    /// What it holds.
    pub kind: SourceKind,
    /// Its name at CloudWatch, or the file's.
    pub log_group: String,
    /// The routes or the authorizer that it is behind.
    pub of: Vec<String>,
    /// Whether it is read.
    pub on: bool,
    /// Whether it is tailed live: that is billed by the minute.
    pub live: bool,
    /// What the reader does.
    pub state: Option<TailState>,
    /// What is wrong and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub problem: Option<Problem>,
    /// Lines are complete up to here, milliseconds since 1970: "ingested up to".
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub complete_to: Option<i64>,
    /// What reading it costs, in words, before it is done: "free", "$0.01 a minute".
    pub cost: String,
}

/// A book.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OfBook {
    /// As `Ready` told it.
    pub book: String,
}

/// Reads a group or leaves it, live or polled.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SetSource {
    /// Which book.
    pub book: String,
    /// Which group.
    pub source: SourceId,
    /// Whether it is read.
    pub on: bool,
    /// Whether it is tailed live.
    pub live: bool,
}

/// Chooses what a book shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FilterBook {
    /// Which book.
    pub book: String,
    /// A row is what.
    pub view: View,
    /// Which rows.
    pub filter: Filter,
    /// Of the access log, in which order; absent: by time.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub order: Option<Order>,
}

/// Asks for rows of what is shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReadBook {
    /// Which book.
    pub book: String,
    /// The first row.
    pub from: u32,
    /// How many, at most 1,000.
    pub count: u32,
}

/// Rows of a book.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BookPage {
    /// As in `Counts`.
    pub version: u32,
    /// The first row.
    pub from: u32,
    /// In their order.
    pub rows: Vec<gatescope_model::book::BookRow>,
}

/// Looks for the next failure.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FindInBook {
    /// Which book.
    pub book: String,
    /// Begins beside this row; absent: at the end that lies behind.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub beside: Option<u32>,
    /// Towards older rows.
    pub back: bool,
}

/// The row that was looked for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FoundRow {
    /// Absent: there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub row: Option<u32>,
}

/// A request in a book.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OfLoggedRequest {
    /// Which book.
    pub book: String,
    /// The prefix of its lines.
    pub request_id: String,
}

/// A connection in a book.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OfLoggedConnection {
    /// Which book.
    pub book: String,
    /// Which connection.
    pub connection_id: String,
}

/// How a book is written to a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum BookFormat {
    /// Lines with their times and ids, as CloudWatch's console shows them; `lnav` and `gatescope explain` read it.
    #[default]
    Text,
    /// An object a line.
    Jsonl,
    /// Records of the access log.
    Csv,
}

/// Writes what is shown to the downloads folder, secrets masked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ExportBook {
    /// Which book.
    pub book: String,
    /// How.
    pub format: BookFormat,
}

/// Tries a CloudWatch Logs filter pattern, or a JMESPath expression.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TryPattern {
    /// As `FilterLogEvents` takes it.
    pub pattern: String,
    /// It is a JMESPath expression.
    #[serde(default)]
    pub jmespath: bool,
    /// Lines to try it on.
    pub lines: Vec<String>,
}

/// What a pattern does.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TriedPattern {
    /// Which lines it takes, a pattern as AWS would.
    pub matches: Vec<bool>,
    /// What AWS would say to it, or what is wrong with the expression.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub problem: Option<String>,
    /// What is probably not meant: a request id without quotes.
    pub warnings: Vec<String>,
}

/// A ready query for Logs Insights.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LogQuery {
    /// For the list.
    pub title: String,
    /// What it tells.
    pub tells: String,
    /// The groups that it is for.
    pub kind: SourceKind,
    /// As Insights takes it.
    pub query: String,
}

/// Runs a query with Logs Insights.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RunLogQuery {
    /// Where.
    pub of: OfStage,
    /// Which groups.
    pub log_groups: Vec<String>,
    /// As Insights takes it.
    pub query: String,
    /// As in [`Window::Past`].
    pub from: String,
    /// As in [`Window::Past`].
    pub to: String,
}

/// What Insights answered.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LogQueryResult {
    /// In the query's order.
    pub columns: Vec<String>,
    /// Cells by column; secrets masked.
    pub rows: Vec<Vec<String>>,
    /// Lines that matched.
    pub matched: f64,
    /// Lines that were read.
    pub scanned: f64,
    /// Bytes that were read: what is paid for.
    pub bytes: f64,
}

/// Asks why no log is there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WhyNoLog {
    /// Of which stage.
    pub of: OfStage,
    /// When the request was made, milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub at: Option<i64>,
    /// The route that it took.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub route_key: Option<String>,
    /// What the client was told.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub status: Option<u16>,
    /// A conversation, and its row that has no log: its handshake tells more.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub session: Option<String>,
    /// Of that conversation.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub row: Option<u32>,
}

/// Why no log is there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NoLog {
    /// Best first: `logging-off`, `log-role-missing`, `settings-propagating`, `logs-pending`, `never-logged` …
    pub findings: Vec<Finding>,
    /// What was looked at, in words.
    pub looked_at: Vec<String>,
}

/// Asks for the review that turns logs on, whole.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TurnOnLogs {
    /// Which stage.
    pub of: OfStage,
    /// `INFO`, `ERROR` or `OFF`.
    pub level: String,
    /// Whole requests, tokens included.
    pub data_trace: bool,
    /// The access log's format; absent: it stays as it is; empty: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub access_format: Option<String>,
    /// Days that both groups are kept; absent: it stays as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub retention_days: Option<i64>,
    /// After this many minutes the stage is as before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub minutes: Option<u32>,
}

/// What logs of a stage would cost, from its own traffic.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LogEstimate {
    /// Requests in the last hour; absent: not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub requests_an_hour: Option<f64>,
    /// Bytes a day at level INFO.
    pub info_bytes: f64,
    /// Bytes a day with data trace.
    pub trace_bytes: f64,
    /// Bytes a day of the access log.
    pub access_bytes: f64,
    /// Dollars a gigabyte ingested, and where the price is from.
    pub price: f64,
    /// What the figures rest on, in words.
    pub from: String,
}

/// Logs that go back by themselves.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Revert {
    /// For `cancel_revert`.
    pub id: i64,
    /// Where.
    pub scope: Scope,
    /// Which API.
    pub api_id: String,
    /// Which stage.
    pub stage: String,
    /// When, milliseconds since 1970.
    pub at: i64,
    /// What it goes back to, in words.
    pub to: String,
    /// Until then, by the account's clock (the sandbox has its own); negative: overdue.
    pub left_ms: i64,
    /// What went wrong when it was tried; it is tried again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub problem: Option<String>,
    /// It is over: what became of it, in words. `cancel_revert` forgets it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub over: Option<String>,
}

/// Names a revert.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct OfRevert {
    /// As in [`Revert`].
    pub id: i64,
}

/// Asks what is wrong with an API.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CheckApi {
    /// Where.
    pub scope: Scope,
    /// Which API.
    pub api_id: String,
    /// Only what concerns this stage; absent: all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub stage: Option<String>,
}

/// Asks what is wrong with the API of a snapshot file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CheckSnapshot {
    /// The file's text.
    pub text: String,
    /// Only what concerns this stage; absent: all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub stage: Option<String>,
}

/// Asks the world about a row that failed, because a person allowed it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ProbeRow {
    /// Which session.
    pub session: String,
    /// Which row.
    pub row: u32,
}

/// What was asked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Probed {
    /// Each with its answer; the row's verdict is made again with them.
    pub probes: Vec<gatescope_model::probe::Probe>,
}
