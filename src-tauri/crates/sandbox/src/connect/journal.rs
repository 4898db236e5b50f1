//! The execution log of one request: lines in AWS's exact form, shipped together when the request is done.
//!
//! Level, data trace and the account's role decide what is kept. Most lines say nothing but ids that the whole request
//! shares: of those a byte and a time are kept, and their text is made when somebody reads it. Group
//! `/aws/apigateway/{apiId}/{stage}`, one new stream a request, everything ingested after the log delay (facts 1.1).

use std::borrow::Cow;
use std::sync::Arc;

use gatescope_model::log::{Key, Kind, Line, Operation, cut};

use super::execution::Execution;
use super::outbox;
use super::place::{Label, Place, Rules};
use crate::World;
use crate::logs::Batch;

/// What is being written of one request. Dropping it ships it.
pub(super) struct Journal {
    world: Arc<World>,
    writes: Level,
    trace: bool,
    failed: bool,
    /// `None` when nothing is written, and once it has been shipped.
    record: Option<Record>,
}

/// Which requests are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    Off,
    /// Only failing requests, with all their lines but the traced ones (assumed: no capture of level ERROR).
    Error,
    Info,
}

impl Level {
    /// As a stage's settings name it; without the account's role nothing is written.
    pub(super) fn of(name: &str, may_log: bool) -> Self {
        match name {
            "INFO" if may_log => Self::Info,
            "ERROR" if may_log => Self::Error,
            _ => Self::Off,
        }
    }
}

/// One request's lines, compact.
struct Record {
    label: Arc<Label>,
    route_key: Arc<str>,
    request_id: Arc<str>,
    connection_id: Arc<str>,
    /// When the first line was written, milliseconds since 1970.
    began: i64,
    entries: Vec<Entry>,
    /// What the lines say that are more than the request's ids, with their prefix and cut.
    texts: Vec<Box<str>>,
}

/// A line, and the milliseconds since the first.
struct Entry {
    after: u32,
    said: Said,
}

/// A line whose parts the record knows; named as in [`Kind`].
#[derive(Clone, Copy)]
enum Said {
    ExtendedRequestId,
    VerifyingUsagePlan,
    ApiKeyNotRequired,
    UsagePlanSucceeded,
    StartingExecution,
    WebSocketRoute,
    MessageReceived,
    MessageSent(u16),
    Connected,
    /// The text of this number.
    Text(u16),
}

impl Record {
    /// The line with its own parts; `None` when it has more to say.
    fn compact(&self, kind: &Kind<'_>) -> Option<Said> {
        let Label { api_id: api, api_stage: place, .. } = &*self.label;
        let mine = |id: &str| *id == *self.request_id;
        let connection = |id: &str| *id == *self.connection_id;
        let keyless = |key: &Key<'_>| *key == Key::NONE;
        match *kind {
            Kind::ExtendedRequestId { extended_request_id } if mine(extended_request_id) => {
                Some(Said::ExtendedRequestId)
            }
            Kind::VerifyingUsagePlan { request_id, api_key, api_stage }
                if mine(request_id) && keyless(&api_key) && api_stage == place =>
            {
                Some(Said::VerifyingUsagePlan)
            }
            Kind::ApiKeyNotRequired { api_key, operation: Operation::Route(key) }
                if keyless(&api_key) && *key == *self.route_key =>
            {
                Some(Said::ApiKeyNotRequired)
            }
            Kind::UsagePlanSucceeded { api_key, api_stage } if keyless(&api_key) && api_stage == place => {
                Some(Said::UsagePlanSucceeded)
            }
            Kind::StartingExecution { request_id } if mine(request_id) => Some(Said::StartingExecution),
            Kind::WebSocketRoute { route_key } if *route_key == *self.route_key => Some(Said::WebSocketRoute),
            Kind::MessageReceived { api_id, connection_id } if api_id == api && connection(connection_id) => {
                Some(Said::MessageReceived)
            }
            Kind::MessageSent { connection_id, api_id, status } if api_id == api && connection(connection_id) => {
                Some(Said::MessageSent(status))
            }
            Kind::Connected { connection_id, api_id } if api_id == api && connection(connection_id) => {
                Some(Said::Connected)
            }
            _ => None,
        }
    }

    /// The way back; texts stand for themselves.
    fn kind(&self, said: Said) -> Result<Kind<'_>, &str> {
        let Label { api_id, api_stage, .. } = &*self.label;
        let Self { request_id, connection_id, route_key, .. } = self;
        Ok(match said {
            Said::ExtendedRequestId => Kind::ExtendedRequestId { extended_request_id: request_id },
            Said::VerifyingUsagePlan => Kind::VerifyingUsagePlan { request_id, api_key: Key::NONE, api_stage },
            Said::ApiKeyNotRequired => {
                Kind::ApiKeyNotRequired { api_key: Key::NONE, operation: Operation::Route(route_key) }
            }
            Said::UsagePlanSucceeded => Kind::UsagePlanSucceeded { api_key: Key::NONE, api_stage },
            Said::StartingExecution => Kind::StartingExecution { request_id },
            Said::WebSocketRoute => Kind::WebSocketRoute { route_key },
            Said::MessageReceived => Kind::MessageReceived { api_id, connection_id },
            Said::MessageSent(status) => Kind::MessageSent { connection_id, api_id, status },
            Said::Connected => Kind::Connected { connection_id, api_id },
            Said::Text(number) => return Err(self.texts.get(usize::from(number)).map_or("", |text| text)),
        })
    }

    fn push(&mut self, now: i64, said: Said) {
        if self.entries.is_empty() {
            self.began = now;
            // What a message needs at INFO.
            self.entries.reserve_exact(8);
        }
        let after = u32::try_from(now.saturating_sub(self.began)).unwrap_or_default();
        self.entries.push(Entry { after, said });
    }

    fn write(&mut self, now: i64, kind: Kind<'_>) {
        let said = self.compact(&kind).or_else(|| {
            // Nobody writes that many texts about one request.
            let number = u16::try_from(self.texts.len()).ok()?;
            let line = Line::new(&self.request_id, kind).to_string();
            self.texts.push(cut(&line).into());
            Some(Said::Text(number))
        });
        if let Some(said) = said {
            self.push(now, said);
        }
    }
}

impl Batch for Record {
    fn count(&self) -> usize {
        self.entries.len()
    }

    fn timestamp(&self, line: usize) -> i64 {
        self.entries.get(line).map_or(self.began, |entry| self.began + i64::from(entry.after))
    }

    fn size(&self) -> usize {
        let texts: usize = self.texts.iter().map(|text| text.len() + size_of::<Box<str>>()).sum();
        // The ids that it alone holds on to.
        let ids = self.request_id.len() + 32;
        size_of::<Self>() + ids + self.entries.capacity() * size_of::<Entry>() + texts
    }

    fn text(&self, line: usize) -> Cow<'_, str> {
        let Some(entry) = self.entries.get(line) else { return Cow::Borrowed("") };
        match self.kind(entry.said) {
            Ok(kind) => {
                let line = Line::new(&self.request_id, kind).to_string();
                match cut(&line) {
                    Cow::Borrowed(_) => Cow::Owned(line),
                    Cow::Owned(cut) => Cow::Owned(cut),
                }
            }
            Err(text) => Cow::Borrowed(text),
        }
    }
}

impl Journal {
    pub(super) fn open(
        world: &Arc<World>,
        place: &Place,
        rules: &Rules,
        request_id: &Arc<str>,
        connection_id: &Arc<str>,
    ) -> Self {
        let record = (rules.level != Level::Off).then(|| Record {
            label: place.label.clone(),
            route_key: rules.route_key.clone(),
            request_id: request_id.clone(),
            connection_id: connection_id.clone(),
            began: 0,
            entries: Vec::new(),
            texts: Vec::new(),
        });
        let trace = rules.level == Level::Info && rules.data_trace;
        Self { world: world.clone(), writes: rules.level, trace, failed: false, record }
    }

    /// Writes a line.
    pub(super) fn say(&mut self, kind: Kind<'_>) {
        if let Some(record) = &mut self.record {
            record.write(self.world.clock.now(), kind);
        }
    }

    /// Writes lines of one moment, of the record's own parts.
    fn say_all(&mut self, lines: &[Said]) {
        if let Some(record) = &mut self.record {
            let now = self.world.clock.now();
            for said in lines {
                record.push(now, *said);
            }
        }
    }

    /// Writes a line that only data trace shows.
    pub(super) fn trace(&mut self, kind: Kind<'_>) {
        if self.trace {
            self.say(kind);
        }
    }

    /// Whether traced lines are worth preparing.
    pub(super) fn is_traced(&self) -> bool {
        self.trace
    }

    /// Writes nothing of this request after all.
    pub(super) fn forget(&mut self) {
        self.record = None;
    }

    /// Writes a line that makes the request a failing one.
    pub(super) fn fail(&mut self, kind: Kind<'_>) {
        self.failed = true;
        self.say(kind);
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        if (self.writes == Level::Info || self.failed)
            && let Some(record) = self.record.take()
        {
            let group = record.label.group.clone();
            outbox::ship(&self.world, &group, Arc::new(record));
        }
    }
}

/// Ingests lines that are text already, after the log delay, as one batch in a stream of its own.
pub(super) fn ship(world: &Arc<World>, group: &str, lines: Vec<(i64, String)>) {
    outbox::ship(world, &world.logs.group(group), Arc::new(lines));
}

/// Line 1; an authorizer's lines come before the others (facts 2 section 1).
pub(super) fn opening(execution: &mut Execution) {
    execution.journal.say_all(&[Said::ExtendedRequestId]);
}

/// Lines 2 to 6, for a route that wants no API key.
pub(super) fn preamble(execution: &mut Execution) {
    execution.journal.say_all(&[
        Said::VerifyingUsagePlan,
        Said::ApiKeyNotRequired,
        Said::UsagePlanSucceeded,
        Said::StartingExecution,
        Said::WebSocketRoute,
    ]);
}
