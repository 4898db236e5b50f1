//! Which log request belongs to what the user did: pairs made from ids where there are ids, and from order where not.
//!
//! Lines and actions come in any order, late and twice; each costs constant work and memory is bounded. Only an id or the
//! payload itself makes a pair `Exact`; order and time make it `Likely` (facts 4.2). This module knows no clock, no
//! socket and no words for the user. Where to look next: `correlate/request.rs`, what a log request knows;
//! `correlate/attempt.rs`, what the client did; `correlate/links.rs`, what outweighs what; `correlate/align.rs`,
//! how frames find their requests.

mod align;
mod attempt;
mod links;
mod request;
mod store;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

use crate::conversation::LinkKind;
use crate::handshake::GatewayMessage;
use crate::log::{Line, LogEvent};

use attempt::{Attempt, Certainty, Connection, ErrorFrame};
pub(crate) use request::event_order;
pub use request::{EventOrder, Request, RequestKind, StoredLine};
use store::{Serial, Store};

/// What the user did: the id of its row.
pub type ActionId = u32;

/// The prefix of a request's lines.
pub type RequestId = Arc<str>;

/// Attempts that are remembered; the oldest go first.
const ATTEMPTS: usize = 64;
/// Ids seen by the client that no line has named yet.
const EXPECTED: usize = 8192;
/// Lines of one request; AWS writes at most about twenty.
const LINES_OF_ONE_REQUEST: usize = 4096;
/// What `identity.userAgent` is behind CloudFront (facts 2.10 row 63).
const CLOUDFRONT: &str = "Amazon CloudFront";
/// How far apart a handshake and its first line may be when only the time tells.
const GUESS_MS: i64 = 10_000;

/// What changed since the last [`Correlator::drain`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A request is new or has changed.
    Request(RequestId),
    /// A request belongs to an action; a later one replaces an earlier one.
    Linked {
        /// The action.
        action: ActionId,
        /// The request.
        request_id: RequestId,
    },
    /// An action lost its request again: better evidence gave that request to another one.
    Unlinked {
        /// The action.
        action: ActionId,
    },
    /// The connection that an attempt opened is known.
    ConnectionId {
        /// The attempt.
        attempt: ActionId,
        /// Its connection.
        connection_id: String,
    },
    /// A request was let go because memory is bounded.
    Evicted {
        /// The request.
        request_id: RequestId,
        /// The action that it belonged to.
        action: Option<ActionId>,
    },
}

/// Whom a request id belongs to that the client saw before any line named it.
#[derive(Clone, Debug)]
enum Expected {
    Attempt(ActionId),
    Frame { attempt: ActionId, connection_id: Box<str> },
}

/// Pairs what the client did with what the log says.
#[derive(Debug, Default)]
pub struct Correlator {
    store: Store,
    attempts: BTreeMap<ActionId, Attempt>,
    tokens: HashMap<Box<str>, ActionId>,
    connections: HashMap<Box<str>, Connection>,
    expected: HashMap<Box<str>, Expected>,
    expected_order: VecDeque<Box<str>>,
    links: HashMap<ActionId, Serial>,
    /// Attempts whose frames are to be aligned again.
    touched: Vec<ActionId>,
    /// Requests that are to be told.
    dirty: Vec<Serial>,
    changes: Vec<Change>,
    batch: u32,
    arrivals: u32,
}

impl Correlator {
    /// Keeps at most this many lines.
    #[must_use]
    pub fn new(limit_lines: usize) -> Self {
        Self { store: Store::new(limit_lines), ..Self::default() }
    }

    /// A handshake is sent whose User-Agent holds `token`, a word that no other attempt has. Times are milliseconds
    /// since 1970 by the client's clock.
    pub fn attempt(&mut self, id: ActionId, at_ms: i64, token: &str) {
        self.attempts.insert(id, Attempt::new(at_ms, token));
        if !token.is_empty() {
            self.tokens.insert(token.into(), id);
        }
        if self.attempts.len() > ATTEMPTS
            && let Some((_, old)) = self.attempts.pop_first()
        {
            self.tokens.remove(&old.token);
            if let Some(connection) = old.connection_id.and_then(|c| self.connections.get_mut(&c)) {
                connection.attempt = None;
            }
        }
    }

    /// The handshake was refused; `apigw_id` is its `x-amz-apigw-id`.
    pub fn refused(&mut self, id: ActionId, _at: i64, apigw_id: Option<&str>) {
        let Some(attempt) = self.attempts.get_mut(&id) else { return };
        attempt.ended = true;
        let Some(apigw_id) = apigw_id else { return };
        attempt.apigw_id = Some(apigw_id.into());
        match self.store.find(apigw_id) {
            Some(serial) => self.link_attempt(id, serial, LinkKind::Exact, "x-amz-apigw-id"),
            None => self.expect(apigw_id, Expected::Attempt(id)),
        }
    }

    /// The handshake ended in a connection.
    pub fn opened(&mut self, id: ActionId, at: i64) {
        if let Some(attempt) = self.attempts.get_mut(&id) {
            attempt.opened_at = Some(at);
            self.touch(id);
        }
    }

    /// A text frame is sent on the connection of `attempt`.
    pub fn sent(&mut self, id: ActionId, at: i64, attempt: ActionId, text: &str, predicted_route: Option<&str>) {
        if let Some(attempt) = self.attempts.get_mut(&attempt) {
            attempt.sent(id, at, text, predicted_route);
        }
    }

    /// A text frame came in on the connection of `attempt`: the gateway's own error frames name a request.
    pub fn received(&mut self, _id: ActionId, _at: i64, attempt: ActionId, text: &str) {
        let Some(message) = GatewayMessage::parse(text) else { return };
        let GatewayMessage { connection_id, request_id, .. } = message;
        if connection_id.is_empty() || request_id.is_empty() || !self.attempts.contains_key(&attempt) {
            return;
        }
        // A backend can relay what another client was told: only this connection's own errors count.
        if !self.attach(attempt, &connection_id, Certainty::Frame) {
            return;
        }
        if let Some(attempt) = self.attempts.get_mut(&attempt) {
            attempt.failed(ErrorFrame { request_id: request_id.as_str().into(), sent_before: attempt.sent_total() });
        }
        let expected = Expected::Frame { attempt, connection_id: connection_id.into() };
        match self.store.find(&request_id) {
            Some(serial) => self.meet(serial, expected),
            None => self.expect(&request_id, expected),
        }
        self.touch(attempt);
    }

    /// The connection of `attempt` ended.
    pub fn closed(&mut self, id: ActionId, _at: i64, attempt: ActionId, _code: Option<u16>, _reason: &str) {
        if let Some(known) = self.attempts.get_mut(&attempt) {
            known.closed = Some(id);
            known.ended = true;
            self.link_close(attempt);
        }
    }

    /// Events of the log: any order, late ones and ones that came before.
    pub fn events(&mut self, events: &[LogEvent]) {
        self.batch = self.batch.wrapping_add(1);
        let mut last: Option<(&str, Serial)> = None;
        for event in events {
            let line = Line::parse(&event.message);
            let Some(request_id) = line.request_id() else { continue };
            let serial = match last {
                Some((id, serial)) if id == request_id => serial,
                _ => self.find_or_add(request_id),
            };
            last = Some((request_id, serial));
            self.absorb(serial, event, &line);
            // One line more can push out the oldest requests, never the newest.
            while let Some((serial, request)) = self.store.evict() {
                self.forget(serial, request);
                last = None;
            }
        }
    }

    /// What changed since the last time.
    #[must_use]
    pub fn drain(&mut self) -> Vec<Change> {
        for attempt in std::mem::take(&mut self.touched) {
            self.align(attempt);
        }
        let mut changes = std::mem::take(&mut self.changes);
        for serial in std::mem::take(&mut self.dirty) {
            self.label(serial);
            if let Some(request) = self.store.get_mut(serial) {
                request.dirty = false;
                changes.push(Change::Request(request.request_id.clone()));
            }
        }
        changes
    }

    /// A request that is still kept.
    #[must_use]
    pub fn request(&self, id: &str) -> Option<&Request> {
        self.store.get(self.store.find(id)?)
    }

    /// The request that belongs to an action.
    #[must_use]
    pub fn request_of(&self, action: ActionId) -> Option<&Request> {
        self.store.get(*self.links.get(&action)?)
    }

    fn find_or_add(&mut self, request_id: &str) -> Serial {
        if let Some(serial) = self.store.find(request_id) {
            return serial;
        }
        let serial = self.store.add(request_id);
        if let Some(expected) = self.expected.remove(request_id) {
            self.meet(serial, expected);
        }
        serial
    }

    fn absorb(&mut self, serial: Serial, event: &LogEvent, line: &Line) {
        let Some(request) = self.store.get_mut(serial) else { return };
        if request.lines.len() >= LINES_OF_ONE_REQUEST {
            return;
        }
        let front = line.prefix.len();
        let stored = StoredLine {
            timestamp: event.timestamp,
            event: event_order(event.event_id.as_deref()),
            arrival: self.arrivals,
            batch: self.batch,
            text: event.message[front..].into(),
        };
        self.arrivals = self.arrivals.wrapping_add(1);
        let learned = request.absorb(stored, line);
        if learned.new {
            self.store.count_line();
            self.mark(serial);
        }
        if learned.identity {
            self.place(serial);
        }
    }

    /// Puts a request where its kind, its user agent or its connection says.
    fn place(&mut self, serial: Serial) {
        let Some(request) = self.store.get(serial) else { return };
        let connection_id = request.connection_id.clone();
        match request.kind {
            RequestKind::Connect => {
                if let Some(agent) = request.user_agent.clone() {
                    self.recognise(serial, &agent);
                }
                let attempt = self.store.get(serial).and_then(|r| Some((r.action?, r.link)));
                if let (Some((attempt, link)), Some(connection_id)) = (attempt, connection_id) {
                    let certainty = if link == LinkKind::Exact { Certainty::Log } else { Certainty::Guess };
                    self.attach(attempt, &connection_id, certainty);
                }
            }
            RequestKind::Message => {
                let Some(connection_id) = connection_id else { return };
                let connection = self.connections.entry(connection_id).or_default();
                let sent = connection.attempt.and_then(|a| self.attempts.get(&a)).map(Attempt::sent_total);
                connection.place(serial, sent.unwrap_or(usize::MAX));
                if let Some(attempt) = connection.attempt {
                    self.touch(attempt);
                }
            }
            RequestKind::Disconnect => {
                let Some(connection_id) = connection_id else { return };
                let connection = self.connections.entry(connection_id).or_default();
                connection.disconnect = Some(serial);
                if let Some(attempt) = connection.attempt {
                    self.link_close(attempt);
                }
            }
            RequestKind::Http | RequestKind::Unknown => {}
        }
    }

    /// Finds the attempt that sent this User-Agent: the token is the whole of it or one word in it.
    fn recognise(&mut self, serial: Serial, agent: &str) {
        let words = agent.split(|c: char| c.is_whitespace() || "();,=/".contains(c)).take(32);
        let token = std::iter::once(agent).chain(agent.split_whitespace().take(16)).chain(words);
        let attempt = token.filter_map(|word| self.tokens.get(word)).next().copied();
        match attempt {
            Some(attempt) => self.link_attempt(attempt, serial, LinkKind::Exact, "User-Agent"),
            None if agent == CLOUDFRONT => {
                let Some(at) = self.store.get(serial).filter(|r| r.action.is_none()).map(|r| r.first_at) else {
                    return;
                };
                let near = |a: &Attempt| {
                    let began = a.opened_at.unwrap_or(a.at);
                    a.request.is_none() && a.apigw_id.is_none() && began.abs_diff(at) <= GUESS_MS.unsigned_abs()
                };
                let mut candidates = self.attempts.iter().rev().take(16).filter(|(_, a)| near(a)).map(|(id, _)| *id);
                if let (Some(attempt), None) = (candidates.next(), candidates.next()) {
                    self.link_attempt(attempt, serial, LinkKind::Likely, "time; CloudFront hides the User-Agent");
                }
            }
            None => {}
        }
    }

    fn expect(&mut self, request_id: &str, expected: Expected) {
        self.expected.insert(request_id.into(), expected);
        self.expected_order.push_back(request_id.into());
        if self.expected_order.len() > EXPECTED
            && let Some(old) = self.expected_order.pop_front()
        {
            self.expected.remove(&old);
        }
    }

    /// A request that the client had seen the id of.
    fn meet(&mut self, serial: Serial, expected: Expected) {
        match expected {
            Expected::Attempt(id) => self.link_attempt(id, serial, LinkKind::Exact, "x-amz-apigw-id"),
            Expected::Frame { attempt, connection_id } => {
                if let Some(request) = self.store.get_mut(serial)
                    && matches!(request.kind, RequestKind::Unknown | RequestKind::Message)
                {
                    request.kind = RequestKind::Message;
                    request.connection_id.get_or_insert(connection_id);
                }
                self.place(serial);
                self.touch(attempt);
            }
        }
    }

    fn mark(&mut self, serial: Serial) {
        if let Some(request) = self.store.get_mut(serial).filter(|r| !r.dirty) {
            request.dirty = true;
            self.dirty.push(serial);
        }
    }

    fn touch(&mut self, id: ActionId) {
        if let Some(attempt) = self.attempts.get_mut(&id).filter(|a| !a.touched) {
            attempt.touched = true;
            self.touched.push(id);
        }
    }

    fn forget(&mut self, serial: Serial, request: Request) {
        if let Some(action) = request.action.filter(|action| self.links.get(action) == Some(&serial)) {
            self.links.remove(&action);
        }
        if let Some(connection_id) = &request.connection_id
            && let Some(connection) = self.connections.get_mut(connection_id)
        {
            connection.forget(serial);
            if connection.is_empty() {
                self.connections.remove(connection_id);
            }
        }
        self.changes.push(Change::Evicted { request_id: request.request_id, action: request.action });
    }
}

#[cfg(test)]
mod tests;
