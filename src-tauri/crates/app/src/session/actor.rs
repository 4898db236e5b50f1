//! The task of a session: one loop over commands, the socket, the log and the clock.
//!
//! It owns everything of the session, so nothing is locked. Rows are marked as changed and sent in batches, at most sixty
//! a second. It may not decide what belongs together (`model::correlate`) nor why something failed (`model::diagnose`).

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use gatescope_aws::Access;
use gatescope_model::api::{Api, Snapshot};
use gatescope_model::conversation::{
    Connection, Link, LinkKind, Problem, RowDetail, RowKind, RowOutcome, SessionItem, Tail, TailState,
};
use gatescope_model::correlate::{Correlator, RequestId};
use gatescope_model::diagnose::Logging;
use gatescope_model::handshake::{GatewayMessage, Handshake, Outcome, Refusal};
use gatescope_model::redact::{MASK, is_secret_name, redact};
use gatescope_model::selection;
use gatescope_socket::{End, Frame, Network, Request};
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval};

use super::rows::{Rows, preview};
use super::tail::{TailEvent, TailTask};
use super::wire::{Event, Out, Wire, token};
use super::{Answer, Command, Note};
use crate::calls::{Connect, MadeRow, Nothing, OfStage};
use crate::error::{Code, Error};
use crate::{browse, now};

/// Between two batches: sixty a second.
const FLUSH: Duration = Duration::from_millis(16);
/// Rows in a batch.
const BATCH: usize = 1_000;
/// A subscriber that is this many rows behind stops the socket until it has caught up.
const BEHIND: usize = 4_000;
/// Lines that the correlator keeps: about 250 MB at most.
const LINES: usize = 1_000_000;
/// Dialling waits this long for the tail, so that the first lines are not missed; then it goes on without.
const TAIL_PATIENCE: Duration = Duration::from_secs(5);
/// Logs come about 20 s late; after this long they don't come any more (facts 4.2).
const GIVE_UP_MS: i64 = 90_000;
/// Lines of a request that began this long before the first attempt are still wanted.
const BEFORE_MS: i64 = 5_000;
/// Round trips of pings that are shown.
const PINGS: usize = 30;
/// What the gateway takes in one message (facts 5.1).
const LONGEST_MESSAGE: usize = 128 * 1024;

/// What a session begins with.
pub(super) struct Start {
    pub name: String,
    pub of: OfStage,
    pub access: Access,
    pub network: Arc<dyn Network>,
    pub url_of: Box<dyn Fn(&Api, &str) -> String + Send + Sync>,
    /// Whether AWS is on this machine: then the log is tailed live.
    pub local: bool,
}

/// Runs until the subscriber goes.
pub(super) async fn run(start: Start, mut commands: mpsc::Receiver<Command>, out: mpsc::Sender<Vec<SessionItem>>) {
    let mut actor = Actor::new(start);
    let _ = out.send(vec![SessionItem::Ready { session: actor.start.name.clone() }]).await;
    actor.read_snapshot();
    let mut flush = interval(FLUSH);
    flush.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut clock = interval(Duration::from_secs(1));
    loop {
        let reading = actor.rows.behind() < BEHIND;
        tokio::select! {
            command = commands.recv() => match command {
                Some(command) => actor.command(command),
                None => break,
            },
            event = next_event(&mut actor.wire), if reading => actor.wire_event(event),
            said = next_log(&mut actor.tail_task), if reading => actor.log_event(said),
            Some(read) = actor.snapshots.1.recv() => actor.snapshot_read(read),
            _ = clock.tick() => actor.tick(),
            // The permit comes first: what can't be sent yet is still changing.
            _ = flush.tick(), if actor.has_news() => if let Ok(permit) = out.try_reserve() {
                permit.send(actor.news());
            },
            () = out.closed() => break,
        }
    }
}

async fn next_event(wire: &mut Option<Wire>) -> Option<Event> {
    match wire {
        Some(wire) => wire.events.recv().await,
        None => std::future::pending().await,
    }
}

async fn next_log(tail: &mut Option<TailTask>) -> Option<TailEvent> {
    match tail {
        Some(tail) => tail.events.recv().await,
        None => std::future::pending().await,
    }
}

/// What the user did, as long as it may still be explained.
pub(super) struct Done {
    /// When, for round trips.
    at: Instant,
    /// The stage's logging at that moment.
    pub logging: Logging,
    /// The route, as far as known.
    pub route_key: Option<String>,
    /// The gateway's words that came back.
    pub frame: Option<String>,
    /// A message that nothing has answered yet.
    open: bool,
}

/// The socket's state.
enum Live {
    Closed,
    /// Waits for the tail, then dials.
    Waiting { row: u32, request: Request, until: Instant },
    Dialling { row: u32, since: i64 },
    Open { row: u32, since: i64, connection_id: Option<String>, subprotocol: Option<String> },
}

pub(super) struct Actor {
    pub start: Start,
    pub rows: Rows,
    pub correlator: Correlator,
    pub snapshot: Option<Snapshot>,
    snapshots: (mpsc::Sender<Result<Snapshot, Problem>>, mpsc::Receiver<Result<Snapshot, Problem>>),
    pub done: HashMap<u32, Done>,
    /// Rows to which log lines are due.
    pub waiting: BTreeSet<u32>,
    /// Rows to be explained anew.
    pub suspects: BTreeSet<u32>,
    /// Rows of other clients, by request.
    pub others: HashMap<RequestId, u32>,
    /// Requests of which nobody knows yet whose they are.
    pub unclaimed: BTreeSet<RequestId>,
    live: Live,
    wire: Option<Wire>,
    pings: VecDeque<f64>,
    pinged: VecDeque<(u32, Instant)>,
    tail: Tail,
    tail_task: Option<TailTask>,
    logs_changed_at: Option<i64>,
    connection_news: bool,
    tail_news: bool,
}

impl Actor {
    fn new(start: Start) -> Self {
        let tail = Tail {
            state: TailState::Idle,
            log_group: browse::log_group(&start.of.api_id, &start.of.stage),
            level: String::new(),
            data_trace: false,
            problem: None,
        };
        Self {
            start,
            rows: Rows::default(),
            correlator: Correlator::new(LINES),
            snapshot: None,
            snapshots: mpsc::channel(1),
            done: HashMap::new(),
            waiting: BTreeSet::new(),
            suspects: BTreeSet::new(),
            others: HashMap::new(),
            unclaimed: BTreeSet::new(),
            live: Live::Closed,
            wire: None,
            pings: VecDeque::new(),
            pinged: VecDeque::new(),
            tail,
            tail_task: None,
            logs_changed_at: None,
            connection_news: true,
            tail_news: true,
        }
    }

    /// Reads the configuration in the background; the verdicts and the dialling wait for it.
    fn read_snapshot(&self) {
        let (access, api_id, tell) = (self.start.access.clone(), self.start.of.api_id.clone(), self.snapshots.0.clone());
        tokio::spawn(async move {
            let read = access.snapshot(&api_id).await.map_err(|e| Problem::from(Error::from(e)));
            let _ = tell.send(read).await;
        });
    }

    fn snapshot_read(&mut self, read: Result<Snapshot, Problem>) {
        match read {
            Ok(snapshot) => self.take_snapshot(snapshot),
            // Without the configuration the conversation still works: the tail says what is wrong.
            Err(problem) => {
                self.tail.state = TailState::Failed;
                self.tail.problem = Some(problem);
                self.tail_news = true;
            }
        }
        self.dial_if_ready();
    }

    fn take_snapshot(&mut self, snapshot: Snapshot) {
        let stage = snapshot.stage(&self.start.of.stage);
        self.tail.level = stage.map_or("OFF", |s| s.logging_level("$connect")).to_owned();
        self.tail.data_trace = stage.is_some_and(|s| s.data_trace("$connect"));
        if self.tail.level == "OFF" {
            self.tail.state = TailState::Off;
            self.tail_task = None;
        } else if self.tail.state == TailState::Off {
            self.tail.state = TailState::Idle;
        }
        self.snapshot = Some(snapshot);
        self.tail_news = true;
    }

    fn command(&mut self, command: Command) {
        match command {
            Command::Connect(ask, answer) => reply(answer, self.connect(*ask)),
            Command::Send(text, answer) => reply(answer, self.send(text)),
            Command::Ping(answer) => reply(answer, self.ping()),
            Command::Disconnect(code, reason, answer) => self.disconnect(code, reason, answer),
            Command::ReadLog(answer) => {
                if let Some(tail) = &self.tail_task {
                    tail.nudge();
                }
                reply(answer, Ok(Nothing {}));
            }
            Command::ReadRow(row, answer) => reply(answer, self.detail(row)),
            Command::Note(note, snapshot) => self.note(note, *snapshot),
        }
    }

    // ── dialling ────────────────────────────────────────────────────────────────────────────────────────────────────

    fn connect(&mut self, ask: Connect) -> Result<MadeRow, Error> {
        if !matches!(self.live, Live::Closed) {
            return Err(Error::new(Code::AlreadyConnected, "this conversation is connected or connecting already"));
        }
        let own = |api: &Snapshot| (self.start.url_of)(&api.api, &self.start.of.stage);
        let url = match (ask.url.trim(), &self.snapshot) {
            ("", Some(api)) => own(api),
            ("", None) => return Err(Error::new(Code::Unreachable, "the API could not be read yet, so its URL is not known")),
            (url, _) => url.to_owned(),
        };
        let mut request = Request::new(url);
        request.query = ask.query;
        request.headers = ask.headers;
        request.subprotocols = ask.subprotocols;
        if ask.timeout_ms > 0 {
            request.timeout = Duration::from_millis(u64::from(ask.timeout_ms));
        }
        let row = self.rows.push(RowKind::Attempt, now(), redact(&path_of(&request.url)).into_owned());
        if let Some(row) = self.rows.change(row) {
            row.outcome = RowOutcome::Pending;
        }
        // The token in the User-Agent ties log lines to this attempt at level INFO (facts 4.2), unless the user has one.
        let token = token();
        if !request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("user-agent")) {
            let agent = concat!("Gatescope/", env!("CARGO_PKG_VERSION"));
            request.headers.push(("User-Agent".to_owned(), format!("{agent} (a={token})")));
        }
        self.correlator.attempt(row, now(), &token);
        self.start_tail();
        self.live = Live::Waiting { row, request, until: Instant::now() + TAIL_PATIENCE };
        self.connection_news = true;
        self.dial_if_ready();
        Ok(MadeRow { row })
    }

    fn start_tail(&mut self) {
        if self.tail_task.is_none() && self.tail.level != "OFF" && !self.tail.level.is_empty() {
            let (access, group) = (self.start.access.clone(), self.tail.log_group.clone());
            self.tail_task = Some(TailTask::start(access, group, now() - BEFORE_MS, self.start.local));
            self.tail.state = TailState::Starting;
            self.tail_news = true;
        }
    }

    fn dial_if_ready(&mut self) {
        let Live::Waiting { row, until, .. } = &self.live else { return };
        if self.tail.state == TailState::Starting && Instant::now() < *until {
            return;
        }
        let row = *row;
        let Live::Waiting { request, .. } = std::mem::replace(&mut self.live, Live::Dialling { row, since: now() }) else { return };
        if let Some(shown) = self.rows.change(row) {
            shown.at = now();
        }
        self.done.insert(row, self.begin(Some("$connect".to_owned()), false));
        self.wire = Some(Wire::dial(Arc::clone(&self.start.network), request));
        self.connection_news = true;
    }

    fn begin(&self, route_key: Option<String>, open: bool) -> Done {
        let logging = Logging {
            level: if self.tail.level.is_empty() { "OFF".to_owned() } else { self.tail.level.clone() },
            data_trace: self.tail.data_trace,
            changed_ms_ago: self.logs_changed_at.map(|at| now() - at),
        };
        Done { at: Instant::now(), logging, route_key, frame: None, open }
    }

    fn wire_event(&mut self, event: Option<Event>) {
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
                self.live = Live::Open { row, since, connection_id: None, subprotocol };
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
    fn logs_due(&mut self, row: u32) {
        let off = self.done.get(&row).is_none_or(|d| d.logging.level == "OFF");
        let Some(shown) = self.rows.change(row) else { return };
        if shown.request.is_some() {
            return;
        }
        if off {
            shown.note = Some("No log: logging was off at the time".to_owned());
            return;
        }
        shown.link = Link { kind: LinkKind::Waiting, why: String::new() };
        self.waiting.insert(row);
        if self.tail.state != TailState::Live
            && let Some(tail) = &self.tail_task
        {
            tail.nudge();
        }
    }

    // ── frames ──────────────────────────────────────────────────────────────────────────────────────────────────────

    fn send(&mut self, text: String) -> Result<MadeRow, Error> {
        let Live::Open { row: attempt, .. } = self.live else { return Err(not_connected()) };
        if text.len() > LONGEST_MESSAGE {
            let message = format!("{} bytes: API Gateway closes the connection at more than {LONGEST_MESSAGE} (1009)", text.len());
            return Err(Error::new(Code::Refused, message));
        }
        let wire = self.wire.as_ref().ok_or_else(not_connected)?;
        wire.out.try_send(Out::Text(text.clone())).map_err(|_| {
            Error::new(Code::Throttled, "the network is slower than the messages: wait until some have gone out")
        })?;
        let route_key = self.snapshot.as_ref().and_then(|api| selection::route_for(api, &text)).map(|r| r.route_key.clone());
        let row = self.rows.push(RowKind::Sent, now(), preview(&text));
        if let Some(shown) = self.rows.change(row) {
            shown.size = u32::try_from(text.len()).ok();
        }
        self.done.insert(row, self.begin(route_key.clone(), true));
        self.correlator.sent(row, now(), attempt, &text, route_key.as_deref());
        self.rows.keep_payload(row, text);
        self.logs_due(row);
        Ok(MadeRow { row })
    }

    fn ping(&mut self) -> Result<MadeRow, Error> {
        let Live::Open { .. } = self.live else { return Err(not_connected()) };
        let wire = self.wire.as_ref().ok_or_else(not_connected)?;
        wire.out.try_send(Out::Ping).map_err(|_| not_connected())?;
        // Pings in a row share one: what matters is the last round trip and how many.
        let row = match self.rows.last() {
            Some(last) if last.kind == RowKind::Ping => last.id,
            _ => self.rows.push(RowKind::Ping, now(), "ping".to_owned()),
        };
        self.pinged.push_back((row, Instant::now()));
        Ok(MadeRow { row })
    }

    fn frame(&mut self, frame: Frame, at: Instant) {
        let Live::Open { row: attempt, .. } = self.live else { return };
        match frame {
            Frame::Text(text) => self.received(attempt, text.as_str(), at),
            Frame::Binary(bytes) => {
                let row = self.rows.push(RowKind::Received, now(), format!("binary, {} bytes", bytes.len()));
                if let Some(shown) = self.rows.change(row) {
                    shown.size = u32::try_from(bytes.len()).ok();
                }
                let hex = bytes.iter().map(|b| format!("{b:02x}")).collect::<Vec<_>>().join(" ");
                self.rows.keep_payload(row, hex);
            }
            Frame::Pong(_) => self.pong(at),
            Frame::Ping(_) => {}
        }
    }

    fn pong(&mut self, at: Instant) {
        let Some((row, sent)) = self.pinged.pop_front() else { return };
        let ms = at.saturating_duration_since(sent).as_secs_f64() * 1000.0;
        if self.pings.len() == PINGS {
            self.pings.pop_front();
        }
        self.pings.push_back(ms);
        self.connection_news = true;
        if let Some(shown) = self.rows.change(row) {
            let before: u32 = shown.text.split(' ').next().and_then(|n| n.parse().ok()).unwrap_or_default();
            shown.text = if before == 0 { "1 ping answered".to_owned() } else { format!("{} pings answered", before + 1) };
            shown.round_trip_ms = Some(ms);
            shown.note = Some("API Gateway does not log pings".to_owned());
        }
    }

    fn received(&mut self, attempt: u32, text: &str, at: Instant) {
        let row = self.rows.push(RowKind::Received, now(), preview(text));
        self.correlator.received(row, now(), attempt, text);
        let gateway = GatewayMessage::parse(text);
        let answered = self.answered(row, attempt, at);
        if let Some(shown) = self.rows.change(row) {
            shown.size = u32::try_from(text.len()).ok();
            shown.note = Some(match answered {
                Some((route, up)) => format!("after {route}, {up} row{} up", if up == 1 { "" } else { "s" }),
                None => "pushed by the backend".to_owned(),
            });
            if gateway.is_some() {
                shown.outcome = RowOutcome::Failed;
            }
        }
        self.rows.keep_payload(row, text.to_owned());
        if let Some(gateway) = gateway {
            self.gateway_said(attempt, &gateway, text);
        }
        self.pair();
    }

    /// The oldest message that nothing has answered yet counts as answered: WebSocket keeps order, and a gateway's error
    /// names its request, which the pairing uses instead.
    fn answered(&mut self, row: u32, attempt: u32, at: Instant) -> Option<(String, u32)> {
        let sent = self.rows.iter().rev().take(64).filter(|r| r.id > attempt && r.kind == RowKind::Sent);
        let sent = sent.filter(|r| self.done.get(&r.id).is_some_and(|d| d.open)).last()?.id;
        let done = self.done.get_mut(&sent)?;
        done.open = false;
        let ms = at.saturating_duration_since(done.at).as_secs_f64() * 1000.0;
        let route = done.route_key.clone().unwrap_or_else(|| "a message".to_owned());
        self.rows.change(sent)?.round_trip_ms = Some(ms);
        Some((route, row - sent))
    }

    /// The gateway's own error frame: it names the request, and through it the message.
    fn gateway_said(&mut self, attempt: u32, said: &GatewayMessage, text: &str) {
        if let Live::Open { row, connection_id, .. } = &mut self.live
            && *row == attempt
            && connection_id.is_none()
        {
            *connection_id = Some(said.connection_id.clone());
            self.connection_news = true;
        }
        let linked = self.correlator.request(&said.request_id).and_then(|r| r.action);
        let sent = linked.or_else(|| {
            // No line has come yet: the message before it, which the log will confirm or correct.
            self.rows.iter().rev().find(|r| r.kind == RowKind::Sent).map(|r| r.id)
        });
        if let Some(sent) = sent
            && let Some(done) = self.done.get_mut(&sent)
        {
            done.frame = Some(text.to_owned());
            if let Some(shown) = self.rows.change(sent) {
                shown.outcome = RowOutcome::Failed;
            }
            self.suspects.insert(sent);
        }
    }

    fn disconnect(&mut self, code: u16, reason: String, answer: Answer<Nothing>) {
        let done = match (&self.live, &self.wire) {
            (Live::Waiting { row, .. }, _) => {
                let row = *row;
                self.live = Live::Closed;
                self.connection_news = true;
                if let Some(shown) = self.rows.change(row) {
                    shown.outcome = RowOutcome::Failed;
                    shown.detail = Some("cancelled".to_owned());
                }
                Ok(Nothing {})
            }
            (Live::Dialling { .. }, Some(wire)) => {
                wire.cancel();
                Ok(Nothing {})
            }
            (Live::Open { .. }, Some(wire)) => {
                let code = (code != 0).then_some(code);
                wire.out.try_send(Out::Close(code, reason)).map(|()| Nothing {}).map_err(|_| not_connected())
            }
            _ => Err(not_connected()),
        };
        reply(answer, done);
    }

    fn ended(&mut self, end: &End) {
        let Live::Open { row: attempt, .. } = self.live else { return };
        let row = self.rows.push(RowKind::Closed, now(), end.to_string());
        let (code, reason) = match end {
            End::Closed { code, reason, .. } => (Some(code.unwrap_or(1005)), reason.as_str()),
            _ => (Some(1006), ""),
        };
        if let Some(shown) = self.rows.change(row) {
            shown.status = code;
            if !matches!(end, End::Closed { .. }) {
                shown.outcome = RowOutcome::Failed;
            }
        }
        self.done.insert(row, self.begin(Some("$disconnect".to_owned()), false));
        self.correlator.closed(row, now(), attempt, code, reason);
        self.live = Live::Closed;
        self.wire = None;
        self.pinged.clear();
        self.pings.clear();
        self.connection_news = true;
        self.logs_due(row);
        self.pair();
    }

    // ── the log and the clock ───────────────────────────────────────────────────────────────────────────────────────

    fn log_event(&mut self, said: Option<TailEvent>) {
        match said {
            Some(TailEvent::Events(events)) => {
                self.correlator.events(&events);
                self.pair();
            }
            Some(TailEvent::State(state, problem)) => {
                if self.tail.state != state || self.tail.problem != problem {
                    self.tail.state = state;
                    self.tail.problem = problem;
                    self.tail_news = true;
                }
                self.dial_if_ready();
            }
            None => self.tail_task = None,
        }
    }

    fn tick(&mut self) {
        self.dial_if_ready();
        let given_up: Vec<u32> = self
            .waiting
            .iter()
            .copied()
            .filter(|row| self.rows.get(*row).is_none_or(|r| now() - r.at > GIVE_UP_MS))
            .collect();
        for row in given_up {
            self.waiting.remove(&row);
            if let Some(shown) = self.rows.change(row) {
                shown.link = Link::default();
                shown.note = Some("No log came within 90 s".to_owned());
            }
            self.suspects.insert(row);
        }
        let unexplained = self.waiting.iter().filter(|r| self.rows.get(**r).is_some_and(|r| r.outcome == RowOutcome::Failed));
        self.suspects.extend(unexplained.copied().collect::<Vec<_>>());
        self.pair();
    }

    fn note(&mut self, note: Note, snapshot: Snapshot) {
        self.take_snapshot(snapshot);
        let (text, detail) = match &note {
            Note::Logs { level, data_trace } => {
                self.logs_changed_at = Some(now());
                let trace = if *data_trace { ", data trace on" } else { "" };
                let turned = if level == "OFF" { "off" } else { "on" };
                (format!("Logs turned {turned} for {}", self.start.of.stage), Some(format!("level {level}{trace}")))
            }
            Note::Fixed { words, deployment, deployed, cause } => {
                if *deployed {
                    self.mark_fixed(cause, deployment.as_deref().unwrap_or("now"));
                }
                let place = if *deployed { format!("{words} · deployed to {}", self.start.of.stage) } else { format!("{words} · not deployed yet") };
                (place, deployment.as_ref().map(|d| format!("deployment {d}")))
            }
            Note::Deployed { deployment } => {
                (format!("Deployed to {}", self.start.of.stage), deployment.as_ref().map(|d| format!("deployment {d}")))
            }
        };
        let row = self.rows.push(RowKind::Marker, now(), text);
        if let Some(shown) = self.rows.change(row) {
            shown.detail = detail;
            shown.outcome = RowOutcome::Ok;
        }
    }

    fn mark_fixed(&mut self, cause: &str, deployment: &str) {
        let failed = self.rows.iter().filter(|r| {
            r.fixed_by.is_none() && r.verdict.as_ref().is_some_and(|v| v.findings.iter().any(|f| f.cause == cause))
        });
        for row in failed.map(|r| r.id).collect::<Vec<_>>() {
            if let Some(shown) = self.rows.change(row) {
                shown.fixed_by = Some(deployment.to_owned());
            }
        }
    }

    // ── what is sent ────────────────────────────────────────────────────────────────────────────────────────────────

    fn has_news(&self) -> bool {
        self.connection_news || self.tail_news || self.rows.is_dirty()
    }

    fn news(&mut self) -> Vec<SessionItem> {
        let mut items = Vec::new();
        if std::mem::take(&mut self.tail_news) {
            items.push(SessionItem::Tail { tail: self.tail.clone() });
        }
        if let Some(before) = self.rows.take_dropped() {
            self.done.retain(|row, _| *row >= before);
            items.push(SessionItem::Dropped { before });
        }
        items.extend(self.rows.take_changed(BATCH).into_iter().map(|row| SessionItem::Row { row: Box::new(row) }));
        // After the rows that it names.
        if std::mem::take(&mut self.connection_news) {
            items.push(SessionItem::Connection { connection: self.connection() });
        }
        items
    }

    fn connection(&self) -> Connection {
        match &self.live {
            Live::Closed => Connection::Closed,
            Live::Waiting { row, .. } => Connection::Connecting { row: *row, since: now() },
            Live::Dialling { row, since } => Connection::Connecting { row: *row, since: *since },
            Live::Open { row, since, connection_id, subprotocol } => Connection::Open {
                row: *row,
                since: *since,
                connection_id: connection_id.clone(),
                subprotocol: subprotocol.clone(),
                ping_ms: self.pings.iter().copied().collect(),
            },
        }
    }

    /// A log line or a frame told which connection this is.
    pub(super) fn know_connection(&mut self, attempt: u32, id: String) {
        if let Live::Open { row, connection_id, .. } = &mut self.live
            && *row == attempt
        {
            *connection_id = Some(id);
            self.connection_news = true;
        }
    }

    /// Whether a connection of ours is open whose id no line has told yet: then requests may still turn out to be ours.
    pub(super) fn is_waiting_for_its_id(&self) -> bool {
        match &self.live {
            Live::Closed => false,
            Live::Waiting { .. } | Live::Dialling { .. } => true,
            Live::Open { connection_id, .. } => connection_id.is_none(),
        }
    }

    fn detail(&self, id: u32) -> Result<RowDetail, Error> {
        let row = self.rows.get(id).ok_or_else(|| Error::new(Code::NotFound, "this row is no longer kept"))?;
        let request = match &row.request {
            Some(request) => self.correlator.request(&request.request_id),
            None => None,
        };
        let carries = matches!(row.kind, RowKind::Sent | RowKind::Received);
        let payload = self.rows.payload(id).map(str::to_owned);
        Ok(RowDetail {
            handshake: self.rows.handshake(id).cloned(),
            payload_gone: (carries && payload.is_none())
                .then(|| "This payload is no longer kept: a session keeps the newest 64 MiB.".to_owned()),
            payload,
            lines: request.map(gatescope_model::correlate::Request::log_rows).unwrap_or_default(),
            end_note: request.filter(|r| r.complete).map(|_| "End of request.".to_owned()),
        })
    }
}

fn reply<T>(answer: Answer<T>, result: Result<T, Error>) {
    // The asker may have gone.
    let _ = answer.send(result);
}

fn not_connected() -> Error {
    Error::new(Code::NotConnected, "nothing is connected")
}

/// `GET /prod?x=1`: what the request line says.
fn path_of(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = rest.find('/').map_or("/", |at| &rest[at..]);
    format!("GET {path}")
}

/// A header's value as it may be shown.
fn masked(name: &str, value: &str) -> String {
    if is_secret_name(name) { MASK.to_owned() } else { redact(value).into_owned() }
}
