//! What a batch changes: lines and requests are put in their order, requests learn, and the oldest are let go.
//!
//! It may not know what a page looks at; [`super::Book::refresh`] does.

use std::collections::HashSet;

use super::heads::{Head, Run, Wire};
use super::lines::{FAILURE, LineId, NONE};
use super::{Book, Owner};
use crate::access_log::value;
use crate::correlate::{Request, RequestKind};
use crate::log::Line;

/// From where on orders have changed.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Changed {
    /// In the order of lines.
    pub lines: Option<usize>,
    /// In the order of requests.
    pub requests: Option<usize>,
    /// Everything.
    pub all: bool,
}

/// The earlier of two places.
fn earlier(a: Option<usize>, b: Option<usize>) -> Option<usize> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

impl Run {
    pub(super) fn new(id: &str) -> Self {
        Self { id: id.into(), lines: Vec::new(), request: NONE }
    }
}

impl Book {
    /// Brings everything up to date with what came.
    pub(super) fn settle(&mut self) {
        let all = self.let_go();
        let mut changed = Changed { lines: self.lines.settle(), requests: None, all };
        for (id, before, now) in self.streams.settle(&self.lines) {
            if let Some(run) = self.runs.get_mut(before) {
                run.lines.retain(|&line| line != id);
                let request = run.request;
                self.touch(request);
            }
            self.lines.entry_mut(id).owner = NONE;
            if now != NONE {
                self.give(id, now);
            }
        }
        self.settle_requests(&mut changed);
        self.refresh(changed);
    }

    fn settle_requests(&mut self, changed: &mut Changed) {
        let mut moved = Vec::new();
        let mut first: Option<(i64, Box<str>)> = None;
        while let Some(at) = self.dirty.pop() {
            self.learn(at);
            self.join(at);
            let Some(head) = self.heads.get(at) else { continue };
            let time = self.time_of(head);
            let hit = self.is_hit(head);
            let passes = self.sieve.as_ref().is_some_and(|sieve| sieve.takes_request(head));
            if passes != head.passes {
                changed.lines = earlier(changed.lines, self.first_line(head));
            }
            let Some(head) = self.heads.get_mut(at) else { continue };
            (head.hit, head.passes) = (hit, passes);
            let key = (head.placed.unwrap_or(time).min(time), Box::from(&*head.known.request_id));
            if first.as_ref().is_none_or(|first| *first > key) {
                first = Some(key);
            }
            if head.placed != Some(time) {
                moved.push((at, head.placed, time));
            }
        }
        let Some(first) = first else { return };
        // The old times still hold in the order.
        let place =
            |at: &u32| self.heads.get(*at).map(|head| (head.placed.unwrap_or(i64::MAX), &*head.known.request_id));
        let from = self.by_time.partition_point(|at| place(at).is_some_and(|key| key < (first.0, &*first.1)));
        changed.requests = earlier(changed.requests, Some(from));
        if moved.is_empty() {
            return;
        }
        let mut tail = self.by_time.split_off(from);
        let mut comes: Vec<u32> = Vec::with_capacity(moved.len());
        for &(at, _, time) in &moved {
            if let Some(head) = self.heads.get_mut(at) {
                head.placed = Some(time);
                comes.push(at);
            }
        }
        let anew: HashSet<u32> = moved.iter().filter(|(_, before, _)| before.is_some()).map(|(at, ..)| *at).collect();
        if !anew.is_empty() {
            tail.retain(|at| !anew.contains(at));
        }
        let key = |at: u32| self.heads.get(at).map(|head| (head.placed, &*head.known.request_id));
        comes.sort_unstable_by(|&a, &b| key(a).cmp(&key(b)));
        comes.dedup();
        let (mut old, mut new) = (tail.into_iter().peekable(), comes.into_iter().peekable());
        let mut merged = Vec::with_capacity(old.len() + new.len());
        while let (Some(&a), Some(&b)) = (old.peek(), new.peek()) {
            merged.extend(if key(a) <= key(b) { old.next() } else { new.next() });
        }
        merged.extend(old);
        merged.extend(new);
        self.by_time.append(&mut merged);
    }

    /// What the lines say of a request, its record in the access log included.
    fn learn(&mut self, at: u32) {
        let Some(head) = self.heads.get_mut(at) else { return };
        head.dirty = false;
        if std::mem::take(&mut head.stale) {
            let lines = &self.lines;
            head.lines.sort_unstable_by_key(|&id| lines.key(id));
            let mut known = Request::new(&head.known.request_id);
            head.said = NONE;
            for &id in &head.lines {
                let line = Line::parse(lines.text(id));
                known.hear(lines.entry(id).at, &line.kind);
                if head.said == NONE && lines.entry(id).flags & FAILURE != 0 {
                    head.said = id;
                }
            }
            head.known = known;
            if head.access != NONE {
                let entry = lines.entry(head.access);
                let format = self.groups.get(&entry.source).and_then(|group| group.format.as_ref());
                if let Some(values) = format.and_then(|format| format.read(lines.text(head.access))) {
                    fill(&mut head.known, &values, entry.at);
                }
            }
        }
        let failed = head.said != NONE || head.known.status.is_some_and(|status| status >= 400);
        match (head.failed, failed) {
            (false, true) => self.failures += 1,
            (true, false) => self.failures -= 1,
            _ => {}
        }
        head.failed = failed;
        let is_own = |agent: &str| {
            let words = agent.split(|c: char| c.is_whitespace() || "();,=/".contains(c)).take(32);
            std::iter::once(agent).chain(agent.split_whitespace().take(16)).chain(words).any(|it| self.own.contains(it))
        };
        head.own_agent = !self.own.is_empty() && head.known.user_agent.as_deref().is_some_and(is_own);
        if let Some(route_key) = head.known.route_key.clone() {
            self.note_route(&route_key);
        }
    }

    /// Joins a request to its connection; one that turns out to be this window's own is its own in all its requests.
    fn join(&mut self, at: u32) {
        let Some(head) = self.heads.get(at) else { return };
        let (before, own_agent) = (head.connection, head.own_agent);
        let Some(name) = head.known.connection_id.clone() else {
            let Some(head) = self.heads.get_mut(at) else { return };
            head.own = own_agent;
            return;
        };
        let new = || Wire { id: name.clone(), requests: Vec::new(), own: false };
        let connection = self.wires.find_or_add(&name, new);
        if before != connection {
            self.leave(at, before);
        }
        let Some(wire) = self.wires.get_mut(connection) else { return };
        if before != connection {
            wire.requests.push(at);
        }
        let own = wire.own || own_agent || self.own.contains(&name);
        let others = if own == wire.own { Vec::new() } else { wire.requests.clone() };
        wire.own = own;
        if let Some(head) = self.heads.get_mut(at) {
            (head.connection, head.own) = (connection, own);
        }
        others.into_iter().filter(|&other| other != at).for_each(|other| self.touch(other));
    }

    fn leave(&mut self, at: u32, connection: u32) {
        let Some(wire) = self.wires.get_mut(connection) else { return };
        wire.requests.retain(|&other| other != at);
        if wire.requests.is_empty() {
            self.wires.remove(connection);
        }
    }

    /// When a request was; by its own lines, where there are any.
    pub(super) fn time_of(&self, head: &Head) -> i64 {
        if head.known.first_at != i64::MAX {
            return head.known.first_at;
        }
        let runs = head.runs.iter().filter_map(|&run| self.runs.get(run)?.lines.first());
        runs.map(|&id| self.lines.entry(id).at).min().unwrap_or_default()
    }

    fn is_hit(&self, head: &Head) -> bool {
        let Some(sieve) = &self.sieve else { return false };
        sieve.takes_all_lines() || self.lines_of(head).any(|id| self.lines.is_taken(id))
    }

    /// All lines that belong to a request, group by group.
    pub(super) fn lines_of<'a>(&'a self, head: &'a Head) -> impl Iterator<Item = LineId> + 'a {
        let access = Some(head.access).filter(|&id| id != NONE);
        let runs = head.runs.iter().filter_map(|&run| Some(&self.runs.get(run)?.lines)).flatten();
        head.lines.iter().chain(runs).copied().chain(access)
    }

    /// Where the first of a request's lines stands in the order.
    fn first_line(&self, head: &Head) -> Option<usize> {
        let first = self.lines_of(head).map(|id| self.lines.key(id)).min()?;
        Some(self.lines.order.partition_point(|&id| self.lines.key(id) < first))
    }

    /// Lets the oldest lines go, and requests that have none left. True when any went.
    fn let_go(&mut self) -> bool {
        let mut owners = Vec::new();
        while let Some(piece) = self.lines.evict() {
            owners.extend(piece.entries.iter().map(|entry| entry.owner));
        }
        if owners.is_empty() {
            return false;
        }
        owners.sort_unstable();
        owners.dedup();
        self.streams.forget(&self.lines);
        for owner in owners {
            match Owner::of(owner) {
                Owner::Run(at) => {
                    let Some(run) = self.runs.get_mut(at) else { continue };
                    run.lines.retain(|&id| self.lines.holds(id));
                    match run.request {
                        NONE if run.lines.is_empty() => self.runs.remove(at),
                        request => self.forget(request),
                    }
                }
                Owner::Request(at) => self.forget(at),
                Owner::Nobody => {}
            }
        }
        self.by_time.retain(|&at| self.heads.get(at).is_some());
        true
    }

    /// Takes the lines that were let go from a request, and the request away when it has no others.
    fn forget(&mut self, at: u32) {
        let Some(head) = self.heads.get_mut(at) else { return };
        head.lines.retain(|&id| self.lines.holds(id));
        if head.access != NONE && !self.lines.holds(head.access) {
            head.access = NONE;
        }
        (head.stale, head.cut) = (true, true);
        let has_runs = head.runs.iter().any(|&run| self.runs.get(run).is_some_and(|run| !run.lines.is_empty()));
        if !head.lines.is_empty() || head.access != NONE || has_runs {
            return self.touch(at);
        }
        self.failures -= u32::from(head.failed);
        let (runs, connection) = (std::mem::take(&mut head.runs), head.connection);
        runs.into_iter().for_each(|run| self.runs.remove(run));
        self.leave(at, connection);
        self.heads.remove(at);
    }
}

/// Fills in what only the access log says. Its clock is that of the request's end.
fn fill(known: &mut Request, values: &crate::access_log::Values<'_>, at: i64) {
    let text = |name: &str| value(values, name).map(Box::<str>::from);
    let number = |name: &str| value(values, name).and_then(|it| it.parse::<u32>().ok());
    known.route_key = known.route_key.take().or_else(|| text("routeKey"));
    known.connection_id = known.connection_id.take().or_else(|| text("connectionId"));
    known.user_agent = known.user_agent.take().or_else(|| text("identity.userAgent"));
    known.status = known.status.or_else(|| number("status").and_then(|it| it.try_into().ok()));
    let latency = || number("integrationLatency").or_else(|| number("integration.latency"));
    known.integration_ms = known.integration_ms.or_else(latency);
    if matches!(known.kind, RequestKind::Unknown) {
        known.kind = match value(values, "eventType").or_else(|| value(values, "routeKey")) {
            Some("CONNECT" | "$connect") => RequestKind::Connect,
            Some("DISCONNECT" | "$disconnect") => RequestKind::Disconnect,
            Some(it) if it == "CONNECTION_API" || it.contains("/@connections/") => RequestKind::Http,
            Some(_) => RequestKind::Message,
            None => RequestKind::Unknown,
        };
    }
    known.complete = true;
    if known.first_at == i64::MAX {
        let began = value(values, "requestTimeEpoch").and_then(|it| it.parse::<i64>().ok());
        known.first_at = began.filter(|began| (0..600_000).contains(&(at - began))).unwrap_or(at);
        known.last_at = at;
    }
}
