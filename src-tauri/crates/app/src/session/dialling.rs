//! The way of an attempt through a session: asked for, waiting for the tail, dialled, opened or refused.
//!
//! It may not read what a refusal means; it only asks for an explanation.

use std::sync::Arc;
use std::time::{Duration, Instant};

use gatescope_model::api::Snapshot;
use gatescope_model::conversation::{Link, LinkKind, RowKind, RowOutcome, TailState};
use gatescope_model::diagnose::Logging;
use gatescope_model::handshake::{Handshake, Outcome, Refusal};
use gatescope_model::redact::{MASK, is_secret_name, redact};
use gatescope_socket::Request;

use super::actor::{Actor, Done, Live};
use super::frames::Said;
use super::wire::{Event, Wire, token};
use super::{PATIENCE, user_agent};
use crate::calls::{Connect, MadeRow};
use crate::error::{Code, Error};
use crate::logs::{Group, OwnName};
use crate::{SANDBOX, browse, now};

/// Dialling waits this long for the tail, so that the first lines are not missed; then it goes on without.
const TAIL_PATIENCE: Duration = Duration::from_secs(5);
/// Lines of a request that began this long before the first attempt are still wanted.
const BEFORE_MS: i64 = 5_000;

impl Actor {
    pub(super) fn connect(&mut self, ask: Connect) -> Result<MadeRow, Error> {
        if !matches!(self.live, Live::Closed) {
            return Err(Error::new(Code::AlreadyConnected, "this conversation is connected or connecting already"));
        }
        let of = &self.start.of;
        let own = |api: &Snapshot| browse::url(&of.scope, &self.start.access, &api.api, &of.stage);
        let url = match (ask.url.trim(), self.snapshot()) {
            ("", Some(api)) => own(api),
            ("", None) => {
                return Err(Error::new(Code::Unreachable, "the API could not be read yet, so its URL is not known"));
            }
            (url, _) => url.to_owned(),
        };
        self.key = ask.key_id;
        let mut request = Request::new(url);
        request.query = ask.query;
        request.headers = ask.headers;
        request.subprotocols = ask.subprotocols;
        request.connect_to = ask.connect_to;
        request.timeout = match ask.timeout_ms {
            0 => PATIENCE,
            ms => Duration::from_millis(u64::from(ms)),
        };
        let row = self.rows.push(RowKind::Attempt, now(), format!("GET {}", redact(path_of(&request.url))));
        if let Some(row) = self.rows.change(row) {
            row.outcome = RowOutcome::Pending;
        }
        // The token in the User-Agent ties log lines to this attempt at level INFO (facts 4.2), unless the user has one.
        let token = token();
        if !request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("user-agent")) {
            request.headers.push(("User-Agent".to_owned(), user_agent(&token)));
        }
        self.start.own.add(OwnName::Token(token.clone()));
        self.correlator.attempt(row, now(), &token);
        self.start_tail();
        self.live = Live::Waiting { row, request, until: Instant::now() + TAIL_PATIENCE };
        self.connection_news = true;
        self.dial_if_ready();
        Ok(MadeRow { row })
    }

    pub(super) fn start_tail(&mut self) {
        if self.tail_task.is_none() && self.tail.level != "OFF" && !self.tail.level.is_empty() {
            let group = Group {
                scope: self.start.of.scope.clone(),
                access: self.start.access.clone(),
                name: self.tail.log_group.clone(),
                local: self.start.local,
            };
            self.tail_task = Some(self.start.readers.follow(group, now() - BEFORE_MS));
            self.tail.state = TailState::Starting;
            self.tail_news = true;
        }
    }

    pub(super) fn dial_if_ready(&mut self) {
        let Live::Waiting { row, until, .. } = &self.live else { return };
        // First the configuration, which tells whether there is a log, then the log.
        let unsettled =
            matches!(self.tail.state, TailState::Starting) || self.tail.level.is_empty() && self.is_reading();
        if unsettled && Instant::now() < *until {
            return;
        }
        let row = *row;
        let Live::Waiting { request, .. } = std::mem::replace(&mut self.live, Live::Dialling { row, since: now() })
        else {
            return;
        };
        if let Some(shown) = self.rows.change(row) {
            shown.at = now();
        }
        self.done.insert(row, self.begin(Some("$connect".to_owned()), false));
        self.wire = Some(Wire::dial(Arc::clone(&self.start.network), request));
        self.connection_news = true;
    }

    pub(super) fn begin(&self, route_key: Option<String>, open: bool) -> Done {
        let settings = self.snapshot().and_then(|s| s.stage(&self.start.of.stage));
        let logging = |level: &str, data_trace| Logging {
            level: level.to_owned(),
            data_trace,
            changed_ms_ago: self.logs_changed_at.map(|at| now() - at),
        };
        // A route's own settings outweigh the stage's; of a route that is not known, the stage's count.
        let key = route_key.as_deref().unwrap_or_default();
        let logging = match settings {
            Some(stage) => Some(logging(stage.logging_level(key), stage.data_trace(key))),
            None => (!self.tail.level.is_empty()).then(|| logging(&self.tail.level, self.tail.data_trace)),
        };
        // The sandbox serves a deployment at once.
        let deployed_at = self.deployed_at.filter(|_| self.start.of.scope.account != SANDBOX);
        Done {
            at: Instant::now(),
            logging,
            route_key,
            frame: None,
            open,
            config: self.configs.len().checked_sub(1),
            deployed_ms_ago: deployed_at.map(|at| now() - at),
            ending: None,
            key: self.key.clone(),
        }
    }

    pub(super) fn wire_event(&mut self, event: Option<Event>) {
        match event {
            Some(Event::Progress(handshake)) => {
                if let Live::Dialling { row, .. } = self.live {
                    self.keep_handshake(row, handshake);
                }
            }
            Some(Event::Over(handshake)) => self.handshake_over(handshake),
            Some(Event::Frame(frame, at)) => self.frame(frame, at),
            Some(Event::Ended(end)) => self.ended(&end),
            None => self.wire = None,
        }
    }

    /// What was sent is masked by the socket already; what came back is not.
    fn keep_handshake(&mut self, row: u32, mut handshake: Handshake) {
        if let Outcome::Refused(Refusal { headers, .. }) | Outcome::Opened { headers, .. } = &mut handshake.outcome {
            for (name, value) in headers {
                *value = masked(name, value);
            }
        }
        self.rows.keep_handshake(row, handshake);
    }

    fn handshake_over(&mut self, handshake: Handshake) {
        let Live::Dialling { row, since } = self.live else { return };
        let total = handshake.phases.iter().map(|p| p.end_us).max().unwrap_or_default();
        let outcome = handshake.outcome.clone();
        self.keep_handshake(row, handshake);
        self.live = Live::Closed;
        let Some(shown) = self.rows.change(row) else { return };
        shown.round_trip_ms = Some(f64::from(u32::try_from(total).unwrap_or(u32::MAX)) / 1000.0);
        match outcome {
            Outcome::Opened { subprotocol, .. } => {
                shown.status = Some(101);
                shown.outcome = RowOutcome::Ok;
                let connection_id = self.told_id.take().filter(|(attempt, _)| *attempt == row).map(|(_, id)| id);
                self.live = Live::Open { row, since, connection_id, subprotocol };
                self.said = Said::begin(self.clock());
                self.correlator.opened(row, now());
                self.logs_due(row);
            }
            Outcome::Refused(refusal) => {
                shown.status = Some(refusal.status);
                shown.outcome = RowOutcome::Failed;
                shown.size = u32::try_from(refusal.body.len()).ok();
                self.correlator.refused(row, now(), refusal.header("x-amz-apigw-id"));
                self.suspects.insert(row);
                self.logs_due(row);
            }
            Outcome::Failed { message, .. } => {
                shown.outcome = RowOutcome::Failed;
                shown.detail = Some(message);
                shown.note = Some("The gateway was not reached, so it wrote no log.".to_owned());
                self.suspects.insert(row);
            }
            Outcome::Pending => {}
        }
        self.connection_news = true;
        self.pair();
    }

    /// Log lines of this row will come, or the row says why not.
    pub(super) fn logs_due(&mut self, row: u32) {
        let level = self.done.get(&row).and_then(|d| d.logging.as_ref()).map(|l| l.level.clone());
        let Some(shown) = self.rows.change(row) else { return };
        if shown.request.is_some() {
            return;
        }
        match level.as_deref() {
            Some("OFF") => return shown.note = Some("No log: logging was off at the time".to_owned()),
            None => return shown.note = Some("No log: the stage's settings could not be read".to_owned()),
            Some(_) => {}
        }
        shown.link = Link { kind: LinkKind::Waiting, why: String::new() };
        self.waiting.insert(row);
        if self.tail.state != TailState::Live
            && let Some(tail) = &self.tail_task
        {
            tail.nudge();
        }
    }
}

/// `/prod?x=1`: what is asked for.
fn path_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.find('/').map_or("/", |at| &rest[at..])
}

/// A header's value as it may be shown.
fn masked(name: &str, value: &str) -> String {
    if is_secret_name(name) { MASK.to_owned() } else { redact(value).into_owned() }
}
