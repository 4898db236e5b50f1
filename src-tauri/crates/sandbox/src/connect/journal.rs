//! The execution log of one request: lines in AWS's exact form, shipped together when the request is done.
//!
//! Level, data trace and the account's role decide what is kept; nothing is formatted that nobody will read. Group
//! `/aws/apigateway/{apiId}/{stage}`, one new stream a request, everything ingested after the log delay (facts 1.1).

use std::sync::Arc;

use gatescope_model::log::{Key, Kind, Line, Operation, cut};

use super::execution::Execution;
use super::place::Place;
use crate::World;
use crate::logs::Batch;

/// What is being written of one request. Dropping it ships it.
pub(super) struct Journal {
    world: Arc<World>,
    group: String,
    request_id: String,
    writes: Level,
    trace: bool,
    failed: bool,
    lines: Vec<(i64, String)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Off,
    /// Only failing requests, with all their lines but the traced ones (assumed: no capture of level ERROR).
    Error,
    Info,
}

impl Journal {
    pub(super) fn open(world: &Arc<World>, place: &Place, route_key: &str, request_id: &str) -> Self {
        let writes = match place.stage.logging_level(route_key) {
            "INFO" if place.may_log => Level::Info,
            "ERROR" if place.may_log => Level::Error,
            _ => Level::Off,
        };
        Self {
            world: world.clone(),
            group: format!("/aws/apigateway/{}/{}", place.api_id, place.stage.stage_name),
            request_id: request_id.to_owned(),
            trace: writes == Level::Info && place.stage.data_trace(route_key),
            writes,
            failed: false,
            lines: Vec::new(),
        }
    }

    /// Writes a line.
    pub(super) fn say(&mut self, kind: Kind<'_>) {
        if self.writes != Level::Off {
            let line = Line::new(&self.request_id, kind).to_string();
            self.lines.push((self.world.clock.now(), cut(&line).into_owned()));
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

    /// Writes a line that makes the request a failing one.
    pub(super) fn fail(&mut self, kind: Kind<'_>) {
        self.failed = true;
        self.say(kind);
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        if self.writes == Level::Info || self.failed {
            ship(&self.world, &self.group, std::mem::take(&mut self.lines));
        }
    }
}

/// Ingests a request's lines after the log delay, as one batch in a stream of its own.
pub(super) fn ship(world: &Arc<World>, group: &str, lines: Vec<(i64, String)>) {
    if lines.is_empty() {
        return;
    }
    let lines: Arc<dyn Batch> = Arc::new(lines);
    let delay = world.options.log_delay;
    if delay.is_zero() {
        world.logs.write(world.clock.now(), group, None, lines);
        return;
    }
    let (world, group) = (world.clone(), group.to_owned());
    // Nobody waits for it: on AWS too, lines come when the request is long over.
    tokio::spawn(async move {
        world.clock.sleep(delay).await;
        world.logs.write(world.clock.now(), &group, None, lines);
    });
}

/// Line 1; an authorizer's lines come before the others (facts 2 section 1).
pub(super) fn opening(execution: &mut Execution) {
    let id = &execution.request_id;
    execution.journal.say(Kind::ExtendedRequestId { extended_request_id: id });
}

/// Lines 2 to 6, for a route that wants no API key.
pub(super) fn preamble(execution: &mut Execution) {
    let Execution { journal, place, request_id, route_key, .. } = execution;
    let api_stage = format!("{}/{}", place.api_id, place.stage.stage_name);
    journal.say(Kind::VerifyingUsagePlan { request_id, api_key: Key::NONE, api_stage: &api_stage });
    journal.say(Kind::ApiKeyNotRequired { api_key: Key::NONE, operation: Operation::Route(route_key) });
    journal.say(Kind::UsagePlanSucceeded { api_key: Key::NONE, api_stage: &api_stage });
    journal.say(Kind::StartingExecution { request_id });
    journal.say(Kind::WebSocketRoute { route_key });
}
