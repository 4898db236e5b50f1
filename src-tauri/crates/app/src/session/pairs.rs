//! Puts what the correlator and the rules say into the rows.
//!
//! Each change costs the rows that it touches, never the whole list.

use gatescope_model::conversation::{Link, LinkKind, RowKind, RowOutcome};
use gatescope_model::correlate::{Change, Request, RequestId};
use gatescope_model::diagnose::{Facts, diagnose};
use gatescope_model::verdict::Confidence;

use super::actor::Actor;
use crate::now;

/// A request of which nobody says whose it is becomes another client's row after this long.
const UNCLAIMED_MS: i64 = 30_000;

/// Rows that are explained once more when what is around the API was read.
const UNSETTLED: usize = 64;

impl Actor {
    /// Takes over everything that changed.
    pub(super) fn pair(&mut self) {
        let mut touched = Vec::new();
        for change in self.correlator.drain() {
            match change {
                Change::Request(id) | Change::Linked { request_id: id, .. } => {
                    self.place(&id);
                    touched.push(id);
                }
                Change::Unlinked { action } => self.unlink(action),
                Change::ConnectionId { attempt, connection_id } => self.know_connection(attempt, connection_id),
                Change::Evicted { request_id, .. } => {
                    self.others.remove(&request_id);
                    self.unclaimed.remove(&request_id);
                }
            }
        }
        // The others are looked at once a second: a busy stage costs what is new, not what waits.
        touched.retain(|id| self.unclaimed.contains(id));
        self.claim(touched);
        for row in std::mem::take(&mut self.suspects) {
            self.explain(row);
        }
    }

    /// Shows a request in its row.
    fn place(&mut self, id: &RequestId) {
        let Some(request) = self.correlator.request(id) else { return };
        let Some(action) = request.action else {
            if let Some(row) = self.others.get(id).copied() {
                let (request, link) = (request.row(), request.link());
                if let Some(shown) = self.rows.change(row) {
                    shown.request = Some(request);
                    shown.link = link;
                }
            } else {
                self.unclaimed.insert(id.clone());
            }
            return;
        };
        let (failed, mut shown_request, link) = (has_failed(request), request.row(), request.link());
        let link_is_exact = link.kind == LinkKind::Exact;
        self.unclaimed.remove(id);
        self.waiting.remove(&action);
        if let Some(other) = self.others.remove(id)
            && let Some(shown) = self.rows.change(other)
        {
            // It was shown as another client's before a later line told better.
            shown.request = None;
            shown.link = Link::default();
            shown.note = Some("turned out to be a request of yours".to_owned());
        }
        let Some(shown) = self.rows.change(action) else { return };
        if shown_request.status.is_none() && shown.kind == RowKind::Attempt {
            // A refused handshake's log does not say its status; the client saw it.
            shown_request.status = shown.status.filter(|s| *s != 101);
        }
        if shown.kind == RowKind::Sent {
            if failed {
                shown.outcome = RowOutcome::Failed;
            } else if shown_request.complete && shown.outcome != RowOutcome::Failed {
                shown.outcome = RowOutcome::Ok;
            }
        }
        let explain = shown.outcome == RowOutcome::Failed || (shown.kind == RowKind::Closed && shown.verdict.is_some());
        let through = shown.kind == RowKind::Sent && !explain;
        shown.request = Some(shown_request);
        shown.link = link;
        shown.note = None;
        if explain {
            self.suspects.insert(action);
        } else if through && self.correlator.request(id).is_some_and(|r| self.may_be_quiet(action, r)) {
            self.quiet.insert(action);
        }
        if link_is_exact {
            self.settle_guess(id, action);
        }
    }

    fn unlink(&mut self, action: u32) {
        if let Some(shown) = self.rows.change(action) {
            shown.request = None;
            shown.link = Link { kind: LinkKind::Waiting, why: String::new() };
            self.waiting.insert(action);
        }
    }

    /// Requests that are surely another client's, or that nobody claimed for long, get rows of their own.
    pub(super) fn claim(&mut self, candidates: Vec<RequestId>) {
        let may_be_ours = self.is_waiting_for_its_id();
        let ready = |r: &Request| (r.link == LinkKind::Other && !may_be_ours) || now() - r.last_at > UNCLAIMED_MS;
        let ready: Vec<RequestId> =
            candidates.into_iter().filter(|id| self.correlator.request(id).is_some_and(ready)).collect();
        for id in ready {
            // A request may be named twice in one drain.
            if !self.unclaimed.remove(&id) {
                continue;
            }
            let Some(request) = self.correlator.request(&id) else { continue };
            let (at, shown_request) = (request.first_at, request.row());
            let row = self.rows.push(RowKind::Other, at, String::new());
            if let Some(shown) = self.rows.change(row) {
                shown.request = Some(shown_request);
                shown.link = Link { kind: LinkKind::Other, why: "another client's".to_owned() };
            }
            self.others.insert(id, row);
        }
    }

    /// Asks the rules again about a row that failed, ended or went astray.
    fn explain(&mut self, id: u32) {
        if self.rows.get(id).is_some_and(|row| row.outcome == RowOutcome::Failed) {
            self.look_beside(id);
        }
        let (beside, unread) = self.beside(id);
        let Some(row) = self.rows.get(id) else { return };
        let Some(done) = self.done.get(&id) else { return };
        let request = row.request.as_ref().and_then(|r| self.correlator.request(&r.request_id));
        let config = done.config.map_or_else(|| self.configs.last(), |at| self.configs.get(at));
        let is_message = row.kind == RowKind::Sent;
        let verdict = diagnose(&Facts {
            handshake: self.rows.handshake(id),
            frame: done.frame.as_deref(),
            request,
            route_key: request.and_then(|r| r.route_key.as_deref()).or(done.route_key.as_deref()),
            snapshot: config.map(|c| &c.snapshot),
            stage: Some(&self.start.of.stage),
            logging: done.logging.clone(),
            waited_ms: now() - row.at,
            deployed: config.and_then(|c| c.deployed.as_ref()),
            undeployed: config.map(|c| c.undeployed.as_slice()).unwrap_or_default(),
            deployed_ms_ago: done.deployed_ms_ago,
            message: is_message.then(|| self.rows.payload(id)).flatten(),
            answered: is_message.then_some(!done.open),
            key: done.key.as_deref(),
            ending: done.ending.as_ref(),
            probes: self.probes.get(&id).map_or(&[], Vec::as_slice),
            beside: &beside,
            unread: &unread,
            since: self.since(config),
        });
        let failed = row.outcome == RowOutcome::Failed;
        let nothing = verdict.findings.is_empty() && !failed;
        let settled = verdict.findings.first().is_some_and(|best| best.confidence == Confidence::Certain);
        let same = row.verdict.as_ref() == Some(&verdict) || (nothing && row.verdict.is_none());
        if failed || !verdict.findings.is_empty() {
            self.unsettle(id, settled);
        }
        if !same && let Some(shown) = self.rows.change(id) {
            shown.verdict = (!nothing).then_some(verdict);
        }
    }

    /// What is not certain may be told better by what is around the API.
    fn unsettle(&mut self, id: u32, settled: bool) {
        if settled || self.rows.get(id).is_none_or(|row| row.outcome != RowOutcome::Failed) {
            self.unsettled.remove(&id);
            return;
        }
        self.unsettled.insert(id);
        while self.unsettled.len() > UNSETTLED {
            self.unsettled.pop_first();
        }
        self.read_around();
    }
}

/// Whether the log tells of a failure.
fn has_failed(request: &Request) -> bool {
    request.status.is_some_and(|s| s >= 400) || request.lines.iter().any(|line| line.kind().is_failure())
}
