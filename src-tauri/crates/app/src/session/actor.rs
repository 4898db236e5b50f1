//! The task of a session: one loop over commands, the socket, the log and the clock.
//!
//! It owns everything of the session, so nothing is locked. Rows are marked as changed and sent in batches, at most sixty
//! a second. It may not decide what belongs together (`model::correlate`) nor why something failed (`model::diagnose`).

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use gatescope_aws::Access;
use gatescope_model::api::Snapshot;
use gatescope_model::conversation::{
    Connection, Link, Problem, RowDetail, RowKind, RowOutcome, SessionItem, Tail, TailState,
};
use gatescope_model::correlate::{Correlator, Request, RequestId};
use gatescope_model::diagnose::{Ending, Logging};
use gatescope_model::probe::Probe;
use gatescope_model::surroundings::Surroundings;
use gatescope_socket::Network;
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval};

use super::beside::Besides;
use super::config::Config;
use super::frames::{Guess, Said};
use super::rows::Rows;
use super::wire::{Event, Wire};
use super::{Answer, Command, Note};
use crate::calls::{Nothing, OfStage};
use crate::error::{Code, Error};
use crate::logs::{Follower, Own, OwnName, Readers, TailEvent};
use crate::{App, SANDBOX, browse, now};

/// Between two batches: sixty a second.
const FLUSH: Duration = Duration::from_millis(16);
/// Rows in a batch.
const BATCH: usize = 1_000;
/// A subscriber that is this many rows behind stops the socket until it has caught up.
const BEHIND: usize = 4_000;
/// Lines that the correlator keeps: about 250 MB at most.
const LINES: usize = 1_000_000;
/// Logs come about 20 s late; after this long they don't come any more (facts 4.2).
const GIVE_UP_MS: i64 = 90_000;

/// What a session begins with.
pub(super) struct Start {
    pub app: App,
    pub name: String,
    pub of: OfStage,
    pub access: Access,
    pub network: Arc<dyn Network>,
    /// Whether AWS is on this machine: then the log is tailed live.
    pub local: bool,
    /// Who reads the log, for everybody who looks at it.
    pub readers: Readers,
    /// What this window's own clients are known by, for the books.
    pub own: Own,
    /// The API, when it was read a moment ago.
    pub known: Option<Snapshot>,
}

/// Runs until the subscriber goes.
pub(super) async fn run(start: Start, mut commands: mpsc::Receiver<Command>, out: mpsc::Sender<Vec<SessionItem>>) {
    let mut actor = Actor::new(start);
    let _ = out.send(vec![SessionItem::Ready { session: actor.start.name.clone() }]).await;
    match actor.start.known.take() {
        Some(snapshot) => actor.snapshot_read(Ok(snapshot)),
        None => actor.read_snapshot(),
    }
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
            Some((read_for, around)) = actor.arounds.1.recv() => actor.take_surroundings(read_for, around),
            (source, lines) = actor.besides.next(), if reading => actor.heard_beside(source, &lines),
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

async fn next_log(tail: &mut Option<Follower>) -> Option<TailEvent> {
    match tail {
        Some(tail) => tail.events.recv().await,
        None => std::future::pending().await,
    }
}

/// What the user did, as long as it may still be explained.
pub(super) struct Done {
    /// When, for round trips.
    pub at: Instant,
    /// The stage's logging at that moment, if it could be read.
    pub logging: Option<Logging>,
    /// The route, as far as known.
    pub route_key: Option<String>,
    /// The gateway's words that came back.
    pub frame: Option<String>,
    /// A message that nothing has answered yet.
    pub open: bool,
    /// Which of [`Actor::configs`] stood then.
    pub config: Option<usize>,
    /// Milliseconds from the last deployment to that moment, if one was made in this session.
    pub deployed_ms_ago: Option<i64>,
    /// Of an end.
    pub ending: Option<Ending>,
    /// The API key that was sent, by its id.
    pub key: Option<String>,
}

/// The configuration as it was read, or why it could not be.
type Read = Result<Snapshot, Problem>;

/// What the account has around the API, with the configuration that it was read for.
type Arounds = (mpsc::Sender<(usize, Surroundings)>, mpsc::Receiver<(usize, Surroundings)>);

/// The socket's state.
pub(super) enum Live {
    Closed,
    /// Waits for the tail, then dials.
    Waiting {
        row: u32,
        request: gatescope_socket::Request,
        until: Instant,
    },
    Dialling {
        row: u32,
        since: i64,
    },
    Open {
        row: u32,
        since: i64,
        connection_id: Option<String>,
        subprotocol: Option<String>,
    },
}

pub(super) struct Actor {
    pub start: Start,
    pub rows: Rows,
    pub correlator: Correlator,
    /// The API as it was read, and as it was after each change; the last one counts.
    pub configs: Vec<Config>,
    pub arounds: Arounds,
    pub reads_around: bool,
    /// What other groups say of failures.
    pub besides: Besides,
    snapshots: (mpsc::Sender<Read>, mpsc::Receiver<Read>),
    pub done: HashMap<u32, Done>,
    /// What a person let be asked about a row.
    pub probes: HashMap<u32, Vec<Probe>>,
    /// Rows to which log lines are due.
    pub waiting: BTreeSet<u32>,
    /// Rows to be explained anew.
    pub suspects: BTreeSet<u32>,
    /// Rows of other clients, by request.
    pub others: HashMap<RequestId, u32>,
    /// Requests of which nobody knows yet whose they are.
    pub unclaimed: BTreeSet<RequestId>,
    /// Messages that went through, to be looked at once more.
    pub quiet: BTreeSet<u32>,
    /// Rows whose verdict more evidence may change.
    pub unsettled: BTreeSet<u32>,
    /// The gateway's error frames whose message is a guess, by the request that they name.
    pub guessed: HashMap<String, Guess>,
    pub live: Live,
    /// The API key of the newest dial, by its id.
    pub key: Option<String>,
    /// When the connection opened, when something was last said on it, and what was sent last.
    pub said: Said,
    pub deployed_at: Option<i64>,
    /// An attempt and its connection, told before it was open.
    pub told_id: Option<(u32, String)>,
    pub wire: Option<Wire>,
    pub pings: VecDeque<f64>,
    pub pinged: VecDeque<(u32, Instant)>,
    pub tail: Tail,
    pub tail_task: Option<Follower>,
    pub logs_changed_at: Option<i64>,
    pub connection_news: bool,
    pub tail_news: bool,
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
            besides: Besides::new(&start),
            start,
            rows: Rows::default(),
            correlator: Correlator::new(LINES),
            configs: Vec::new(),
            arounds: mpsc::channel(1),
            reads_around: false,
            snapshots: mpsc::channel(1),
            done: HashMap::new(),
            probes: HashMap::new(),
            waiting: BTreeSet::new(),
            suspects: BTreeSet::new(),
            others: HashMap::new(),
            unclaimed: BTreeSet::new(),
            quiet: BTreeSet::new(),
            unsettled: BTreeSet::new(),
            guessed: HashMap::new(),
            live: Live::Closed,
            key: None,
            said: Said::default(),
            deployed_at: None,
            told_id: None,
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
        let (access, api_id, tell) =
            (self.start.access.clone(), self.start.of.api_id.clone(), self.snapshots.0.clone());
        tokio::spawn(async move {
            let read = access.snapshot(&api_id).await.map_err(|e| Problem::from(Error::from(e)));
            let _ = tell.send(read).await;
        });
    }

    /// Whether the configuration is still on its way.
    pub(super) fn is_reading(&self) -> bool {
        self.configs.is_empty() && self.tail.state != TailState::Failed
    }

    fn snapshot_read(&mut self, read: Read) {
        match read {
            Ok(snapshot) => self.take_snapshot(snapshot),
            // Without the configuration the conversation still works: the tail says what is wrong.
            Err(problem) => {
                self.tail.state = TailState::Failed;
                self.tail.problem = Some(problem);
                self.tail_news = true;
            }
        }
        if matches!(self.live, Live::Waiting { .. }) {
            self.start_tail();
        }
        self.dial_if_ready();
    }

    fn command(&mut self, command: Command) {
        match command {
            Command::Connect(ask, answer) => reply(answer, self.connect(*ask)),
            Command::Send(text, answer) => reply(answer, self.send(text)),
            Command::Ping(answer) => reply(answer, self.ping()),
            Command::Disconnect(code, reason, answer) => self.disconnect(code, reason, answer),
            Command::ReadLog(answer) => {
                match &self.tail_task {
                    Some(tail) => tail.nudge(),
                    // The configuration could not be read: that is what is tried again.
                    None if self.configs.is_empty() => self.read_snapshot(),
                    None => {}
                }
                reply(answer, Ok(Nothing {}));
            }
            Command::ReadRow(row, answer) => reply(answer, self.detail(row)),
            Command::Note(note, snapshot) => self.note(note, *snapshot),
            Command::RouteOf(row, answer) => reply(answer, self.route_of(row)),
            Command::Probed(row, probes, answer) => {
                self.probes.insert(row, probes);
                self.suspects.insert(row);
                self.pair();
                reply(answer, Ok(Nothing {}));
            }
        }
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
        self.look_at_quiet();
        self.look_at_besides();
        let unexplained =
            self.waiting.iter().filter(|r| self.rows.get(**r).is_some_and(|r| r.outcome == RowOutcome::Failed));
        self.suspects.extend(unexplained.copied().collect::<Vec<_>>());
        self.claim(self.unclaimed.iter().cloned().collect());
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
            Note::Fixed { words, deployment, in_force, cause } => {
                if deployment.is_some() {
                    self.deployed_at = Some(now());
                }
                if *in_force {
                    self.mark_fixed(cause, deployment.as_deref().unwrap_or_default());
                }
                let place = match (deployment, in_force) {
                    (Some(_), _) => format!("{words} and deployed to {}", self.start.of.stage),
                    (None, true) => words.clone(),
                    (None, false) => format!("{words}, not deployed yet"),
                };
                (place, deployment.as_ref().map(|d| format!("deployment {d}")))
            }
            Note::Changed { title } => (format!("Changed: {title}"), None),
            Note::Deployed { deployment } => {
                self.deployed_at = Some(now());
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

    /// Now, by the clock by which the gateway reckons.
    pub(super) fn clock(&self) -> i64 {
        if self.start.of.scope.account == SANDBOX { self.start.app.sandbox().now() } else { now() }
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
            self.unsettled.retain(|row| *row >= before);
            self.probes.retain(|row, _| *row >= before);
            self.forget_besides(before);
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

    /// A log line or a frame told which connection this is; the line may be here before the answer that opens it.
    pub(super) fn know_connection(&mut self, attempt: u32, id: String) {
        self.start.own.add(OwnName::Connection(id.clone()));
        if let Live::Open { row, connection_id, .. } = &mut self.live
            && *row == attempt
        {
            *connection_id = Some(id);
            self.connection_news = true;
        } else {
            self.told_id = Some((attempt, id));
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

    fn route_of(&self, id: u32) -> Result<Option<String>, Error> {
        let row = self.rows.get(id).ok_or_else(|| Error::new(Code::NotFound, "this row is no longer kept"))?;
        let logged = row.request.as_ref().and_then(|r| r.route_key.clone());
        let connect = (row.kind == RowKind::Attempt).then(|| "$connect".to_owned());
        Ok(logged.or_else(|| self.done.get(&id)?.route_key.clone()).or(connect))
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
            lines: request.map(Request::log_rows).unwrap_or_default(),
            end_note: request.filter(|r| r.complete).map(end_note),
        })
    }
}

/// What did not happen is worth as much as what did: at INFO the line with the endpoint's request id, with data trace
/// the endpoint's lines tell that an integration was called (facts 1.3 #10–18).
fn end_note(request: &Request) -> String {
    use gatescope_model::log::Kind;
    let called = |kind: &Kind| {
        matches!(kind, Kind::SendingRequest { .. } | Kind::ReceivedResponse { .. } | Kind::IntegrationRequestId { .. })
    };
    let failed = request.lines.iter().any(|line| matches!(line.kind(), Kind::ConfigurationError { .. }));
    if failed && !request.lines.iter().any(|line| called(&line.kind())) {
        "End of request. The integration was never called.".to_owned()
    } else {
        "End of request.".to_owned()
    }
}

pub(super) fn reply<T>(answer: Answer<T>, result: Result<T, Error>) {
    // The asker may have gone.
    let _ = answer.send(result);
}
