//! One log request: its lines in order, and what they say about it as a whole.
//!
//! Lines come in any order and twice; what they say is the same in the end. Nothing here knows what the client did.

use super::{ActionId, RequestId};
use crate::conversation::{Link, LinkKind, LogRow, RequestRow};
use crate::log::{Kind, Line, Operation, TRUNCATED, is_request_id};
use crate::redact::redact;

/// What a request is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum RequestKind {
    /// A handshake.
    Connect,
    /// A frame.
    Message,
    /// The end of a connection.
    Disconnect,
    /// A request of a REST API or to `@connections`.
    Http,
    /// No line has said it yet.
    #[default]
    Unknown,
}

impl RequestKind {
    /// `CONNECT`, as `$context.eventType` spells it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Connect => "CONNECT",
            Self::Message => "MESSAGE",
            Self::Disconnect => "DISCONNECT",
            Self::Http => "HTTP",
            Self::Unknown => "UNKNOWN",
        }
    }
}

/// The 56 digits of an event id, 19 a part, the highest first; all zero where there is no id.
pub type EventOrder = [u64; 3];

/// A kept line, without its prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredLine {
    /// Milliseconds since 1970.
    pub timestamp: i64,
    /// Orders lines of one millisecond, where the source gives it (facts 1.1, Same timestamp).
    pub event: EventOrder,
    /// Orders the rest: the place in the order of arrival, or in the input.
    pub arrival: u32,
    /// In which batch it was last seen: tells a line that came twice from a line that was written twice.
    pub(crate) batch: u32,
    /// What it says, the mark of the cut included.
    pub text: Box<str>,
}

impl StoredLine {
    /// What it says, typed.
    #[must_use]
    pub fn kind(&self) -> Kind<'_> {
        Kind::parse(self.text.strip_suffix(TRUNCATED).unwrap_or(&self.text))
    }

    /// A line that is kept elsewhere, for those that read a whole request.
    pub(crate) fn kept(timestamp: i64, event: EventOrder, arrival: u32, text: &str) -> Self {
        Self { timestamp, event, arrival, batch: 0, text: text.into() }
    }

    fn key(&self) -> (i64, EventOrder, u32) {
        (self.timestamp, self.event, self.arrival)
    }
}

/// All that the log says under one request id.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Request {
    /// The prefix of its lines.
    pub request_id: RequestId,
    /// What it is about.
    pub kind: RequestKind,
    /// `$connect`, `joinroom`; of a REST API `GET /path`.
    pub route_key: Option<Box<str>>,
    /// The connection, once a line said it.
    pub connection_id: Option<Box<str>>,
    /// Of a handshake.
    pub user_agent: Option<Box<str>>,
    /// What its last line says; 200 where it says "successfully".
    pub status: Option<u16>,
    /// Only data trace tells.
    pub integration_ms: Option<u32>,
    /// Milliseconds since 1970.
    pub first_at: i64,
    /// Milliseconds since 1970.
    pub last_at: i64,
    /// In order of time, then of event id, then of arrival.
    pub lines: Vec<StoredLine>,
    /// Whether its last line has come.
    pub complete: bool,
    /// What the user did to cause it.
    pub action: Option<ActionId>,
    /// How sure that is.
    pub link: LinkKind,
    /// By what: "x-amz-apigw-id", "User-Agent", "connection id and order".
    pub why: &'static str,
    /// Whether any line may tell of a failure: the others need no diagnosis.
    pub(crate) suspicious: bool,
    /// Whether it waits to be told in [`super::Correlator::drain`].
    pub(super) dirty: bool,
}

/// What a new line taught.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Learned {
    /// False when the line was there already.
    pub new: bool,
    /// Kind, route, connection, user agent, payload or the time of the first line: what links depend on.
    pub identity: bool,
}

impl Request {
    /// A request without lines.
    #[must_use]
    pub fn new(request_id: &str) -> Self {
        // REST and `@connections` have UUIDs, handshakes and frames the short form (facts 1.2).
        let is_uuid = !request_id.ends_with('=') && is_request_id(request_id);
        let kind = if is_uuid { RequestKind::Http } else { RequestKind::Unknown };
        Self { request_id: request_id.into(), kind, first_at: i64::MAX, last_at: i64::MIN, ..Self::default() }
    }

    /// How it is linked, for its row.
    #[must_use]
    pub fn link(&self) -> Link {
        Link { kind: self.link, why: self.why.to_owned() }
    }

    /// As the right side of a row.
    #[must_use]
    pub fn row(&self) -> RequestRow {
        RequestRow {
            request_id: self.request_id.to_string(),
            route_key: self.route_key.as_deref().map(str::to_owned),
            connection_id: self.connection_id.as_deref().map(str::to_owned),
            status: self.status,
            total_ms: u32::try_from(self.last_at.saturating_sub(self.first_at).max(0)).unwrap_or(u32::MAX),
            integration_ms: self.integration_ms,
            lines: u32::try_from(self.lines.len()).unwrap_or(u32::MAX),
            complete: self.complete,
        }
    }

    /// As the log pane shows it: secrets masked, without the prefix.
    #[must_use]
    pub fn log_rows(&self) -> Vec<LogRow> {
        let row = |line: &StoredLine| {
            let kind = line.kind();
            LogRow {
                offset_ms: u32::try_from(line.timestamp.saturating_sub(self.first_at).max(0)).unwrap_or(u32::MAX),
                text: redact(&line.text).into_owned(),
                quiet: kind.is_quiet(),
                failure: kind.is_failure(),
            }
        };
        self.lines.iter().map(row).collect()
    }

    /// Takes a line in; `batch` numbers the calls that brought it (see [`StoredLine`]).
    pub(crate) fn absorb(&mut self, line: StoredLine, said: &Line) -> Learned {
        if self.is_duplicate(&line) {
            return Learned::default();
        }
        Learned { new: true, identity: self.put(line, said) }
    }

    /// Takes a line in that is known to be no duplicate. True when it taught what links depend on.
    pub(crate) fn put(&mut self, line: StoredLine, said: &Line) -> bool {
        let mut identity = line.timestamp < self.first_at;
        self.first_at = self.first_at.min(line.timestamp);
        self.last_at = self.last_at.max(line.timestamp);
        identity |= self.learn(&said.kind);
        match self.lines.last() {
            Some(last) if last.key() > line.key() => {
                let at = self.lines.partition_point(|l| l.key() <= line.key());
                self.lines.insert(at, line);
            }
            _ => self.lines.push(line),
        }
        identity
    }

    /// Learns from a line that is kept elsewhere. What is heard in another order may end in another sum.
    pub(crate) fn hear(&mut self, at: i64, kind: &Kind) {
        self.first_at = self.first_at.min(at);
        self.last_at = self.last_at.max(at);
        self.learn(kind);
    }

    /// A line is the same when its event id is; where either source gives none, when time and text are, as often as they
    /// were written: one batch never holds the same event twice.
    fn is_duplicate(&mut self, line: &StoredLine) -> bool {
        if self.lines.last().is_none_or(|last| last.timestamp < line.timestamp) {
            return false;
        }
        let from = self.lines.partition_point(|l| l.timestamp < line.timestamp);
        let until = from + self.lines[from..].partition_point(|l| l.timestamp == line.timestamp);
        let none = EventOrder::default();
        for at in from..until {
            let kept = &mut self.lines[at];
            if line.event != none && kept.event != none {
                if kept.event == line.event {
                    return true;
                }
            } else if kept.batch != line.batch && kept.text == line.text {
                kept.batch = line.batch;
                if kept.event == none && line.event != none {
                    kept.event = line.event;
                    self.lines[from..until].sort_by_key(StoredLine::key);
                }
                return true;
            }
        }
        false
    }

    /// What a line says about who and what; true when that is news. What it says of the end is in [`Self::conclude`].
    fn learn(&mut self, kind: &Kind) -> bool {
        use RequestKind::{Connect, Disconnect, Http, Message, Unknown};
        self.conclude(kind);
        let fill = |slot: &mut Option<Box<str>>, text: &str| {
            let new = slot.is_none();
            if new {
                *slot = Some(text.into());
            }
            new
        };
        let (about, connection) = match *kind {
            Kind::WebSocketRoute { route_key }
            | Kind::ApiKeyNotRequired { operation: Operation::Route(route_key), .. } => {
                self.kind = match route_key {
                    "$connect" => Connect,
                    "$disconnect" => Disconnect,
                    _ => Message,
                };
                return fill(&mut self.route_key, route_key);
            }
            Kind::HttpMethod { http_method, resource_path } => {
                self.kind = Http;
                self.route_key = Some(format!("{http_method} {resource_path}").into());
                return true;
            }
            Kind::Connecting { user_agent, .. } => {
                self.kind = Connect;
                return fill(&mut self.user_agent, user_agent);
            }
            // WebSocket APIs have authorizers on $connect only (facts 3).
            Kind::StartingAuthorizer { .. } if self.kind == Unknown && self.request_id.ends_with('=') => {
                self.kind = Connect;
                return true;
            }
            Kind::MethodCompleted { .. } if self.kind == Unknown => {
                self.kind = Http;
                return false;
            }
            Kind::Connected { connection_id, .. } => (Connect, connection_id),
            Kind::MessageReceived { connection_id, .. } | Kind::MessageSent { connection_id, .. } => {
                (Message, connection_id)
            }
            // The payload is news even when the connection is not.
            Kind::MessageTraced { connection_id, .. } | Kind::MessageTracedCut { connection_id, .. } => {
                self.kind = Message;
                fill(&mut self.connection_id, connection_id);
                return true;
            }
            Kind::Disconnected { connection_id, .. } | Kind::DisconnectedOnly { connection_id, .. } => {
                (Disconnect, connection_id)
            }
            _ => return false,
        };
        self.kind = about;
        fill(&mut self.connection_id, connection)
    }

    fn conclude(&mut self, kind: &Kind) {
        // An answer can be a refusal without any other line saying so (`lambda-rejected`, `authorizer-denied`).
        let answer = matches!(kind, Kind::EndpointResponseBody { .. } | Kind::AuthorizerResultBody { .. });
        self.suspicious |= kind.is_failure() || (answer && self.kind != RequestKind::Message);
        match *kind {
            Kind::Connected { .. } => self.end(200),
            Kind::MessageSent { status, .. } | Kind::Disconnected { status, .. } | Kind::MethodCompleted { status } => {
                self.end(status);
            }
            Kind::DisconnectedOnly { .. } => self.complete = true,
            Kind::GatewayResponseType { status, .. } => {
                self.status = self.status.or(Some(status));
                self.complete = true;
            }
            // A request without identity is answered 401 before anything is called (facts 2.3 row 12).
            Kind::Unauthorized { .. } => {
                self.status = self.status.or(Some(401));
                self.complete = true;
            }
            Kind::ReceivedResponse { integration_latency_ms, .. } => self.integration_ms = Some(integration_latency_ms),
            _ => self.complete |= kind.is_failure(),
        }
    }

    fn end(&mut self, status: u16) {
        self.status = Some(status);
        self.complete = true;
    }
}

/// Reads an event id; ids that are no number of at most 57 digits order nothing.
pub(crate) fn event_order(event_id: Option<&str>) -> EventOrder {
    let id = event_id.unwrap_or_default();
    if id.is_empty() || id.len() > 57 || !id.bytes().all(|b| b.is_ascii_digit()) {
        return EventOrder::default();
    }
    let (rest, low) = id.split_at(id.len().saturating_sub(19));
    let (high, middle) = rest.split_at(rest.len().saturating_sub(19));
    [high, middle, low].map(|digits| digits.bytes().fold(0, |number, digit| number * 10 + u64::from(digit - b'0')))
}
