//! What is known about a failure, from four sources: the handshake, frame or end that the client saw; the log; the
//! configuration, as it stands and as it is deployed; and probes that a person allowed.
//!
//! Values only. It may not know a rule; where to look next: `case.rs`, how rules ask.

use crate::api::Snapshot;
use crate::correlate::Request;
use crate::handshake::Handshake;
use crate::probe::Probe;

/// All that is known about one failed attempt or message.
#[derive(Clone, Debug, Default)]
pub struct Facts<'a> {
    /// Of an attempt.
    pub handshake: Option<&'a Handshake>,
    /// The gateway's frame that came back, of a message.
    pub frame: Option<&'a str>,
    /// The log request, once it is linked.
    pub request: Option<&'a Request>,
    /// `$connect`, or the route of the message as far as known.
    pub route_key: Option<&'a str>,
    /// The configuration as it stands now.
    pub snapshot: Option<&'a Snapshot>,
    /// The stage that was dialled.
    pub stage: Option<&'a str>,
    /// The stage's logging, as it was when the request was made.
    pub logging: Option<Logging>,
    /// Milliseconds since the request was made.
    pub waited_ms: i64,
    /// The API as the stage serves it, where Gatescope knows its deployment.
    pub deployed: Option<&'a Snapshot>,
    /// What the API says and the stage does not serve yet, as far as it is known.
    pub undeployed: &'a [Undeployed],
    /// Milliseconds since something was deployed to the stage, if this session knows.
    pub deployed_ms_ago: Option<i64>,
    /// Of a message: what was sent.
    pub message: Option<&'a str>,
    /// Of a message: whether anything came back that may be its answer.
    pub answered: Option<bool>,
    /// The id of the API key that a handshake carried, where Gatescope put it in.
    pub key: Option<&'a str>,
    /// How the connection ended, where its end is what is to be explained.
    pub ending: Option<&'a Ending>,
    /// Lines of other log groups that belong to the request: functions', backends', the access log.
    pub beside: &'a [Beside],
    /// Groups that would tell more, and can't be read.
    pub unread: &'a [Unread],
    /// What was asked for besides, because a person allowed it.
    pub probes: &'a [Probe],
    /// The API as it was read after the failure, where that may differ from what failed.
    pub since: Option<Since<'a>>,
}

/// What stands now, for a failure that is older.
#[derive(Clone, Copy, Debug)]
pub struct Since<'a> {
    /// The configuration, read after the failure.
    pub snapshot: &'a Snapshot,
    /// What the stage serves, where Gatescope knows its deployment.
    pub deployed: Option<&'a Snapshot>,
    /// What waits for a deployment, as far as it is known.
    pub undeployed: &'a [Undeployed],
    /// Whether something was deployed to the stage after the failure: else only what needs no deployment can be gone.
    pub served: bool,
}

/// A change of the API that no deployment of the stage holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Undeployed {
    /// What is different, in words.
    pub text: String,
    /// The keys of the routes that it touches; none: all of them.
    pub routes: Vec<String>,
}

/// How a connection ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ending {
    /// The close frame's; `None` when the stream broke without one.
    pub code: Option<u16>,
    /// The close frame's.
    pub reason: String,
    /// Who ended it.
    pub by: EndedBy,
    /// How long it was open.
    pub open_ms: i64,
    /// How long nothing had been sent or received (pings do not count for API Gateway, facts 5).
    pub idle_ms: i64,
    /// Bytes of the last frame that was sent, and whether it was binary.
    pub last_sent: Option<(usize, bool)>,
}

/// Who ended a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EndedBy {
    /// The other side closed it.
    #[default]
    Peer,
    /// The person did.
    Us,
    /// Nobody did: the stream broke.
    Network,
}

/// A line of another group that belongs to a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beside {
    /// `/aws/lambda/NAME`, or what the access log names.
    pub log_group: String,
    /// Milliseconds since 1970.
    pub at: i64,
    /// The whole line.
    pub text: String,
}

/// A group that can't be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unread {
    /// Its name.
    pub log_group: String,
    /// Why, in AWS's words.
    pub why: String,
}

/// A stage's logging.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Logging {
    /// `OFF`, `ERROR` or `INFO`.
    pub level: String,
    /// Whether whole requests are logged.
    pub data_trace: bool,
    /// Milliseconds since it was changed, if this session changed it.
    pub changed_ms_ago: Option<i64>,
}
