//! The log of a stage as one book: execution log, access log and the functions' logs, sorted, joined, searched.
//!
//! Lines come in any order, late and twice; each costs constant work, memory is bounded, and what was let go is counted.
//! The page never holds the book: it asks for a few rows of what the filter shows. This module knows no clock and no
//! socket. Where to look next: `book/rows.rs`, what a page is shown; `book/lines.rs`, how lines are kept; `book/heads.rs`,
//! what they belong to; `book/settle.rs`, what a batch changes; `book/sieve.rs`, the filter; `book/shown.rs`, its rows.

mod export;
mod finder;
mod heads;
mod lines;
mod order;
mod page;
mod phases;
mod rows;
mod settle;
mod shown;
mod sieve;
mod streams;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::access_log::{Format, value};
use crate::correlate::event_order;
use crate::function_log::{FunctionLine, Part};
use crate::log::{Kind, Line, LogEvent};

use heads::{Head, Named, Run, Wire};
use lines::{Admitted, LineId, Lines, NONE};
use order::Ranks;
pub use rows::*;
use sieve::Sieve;
use streams::Streams;

/// Lines of one request; AWS writes at most about twenty.
const LINES_OF_ONE_REQUEST: usize = 4096;
/// Routes that are named in [`Counts`]; an API has at most 300.
const ROUTES: usize = 1024;

/// Whose a line is: a request, a run of a function, or nobody's that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owner {
    Request(u32),
    Run(u32),
    Nobody,
}

impl Owner {
    const RUN: u32 = 1 << 31;

    fn of(raw: u32) -> Self {
        match raw {
            NONE => Self::Nobody,
            _ if raw & Self::RUN != 0 => Self::Run(raw & !Self::RUN),
            _ => Self::Request(raw),
        }
    }

    fn raw(self) -> u32 {
        match self {
            Self::Request(at) => at,
            Self::Run(at) => at | Self::RUN,
            Self::Nobody => NONE,
        }
    }
}

/// A log group.
#[derive(Debug, Default)]
struct Group {
    kind: SourceKind,
    format: Option<Format>,
}

/// The log of a stage.
#[derive(Debug)]
pub struct Book {
    groups: BTreeMap<SourceId, Group>,
    lines: Lines,
    heads: Named<Head>,
    runs: Named<Run>,
    wires: Named<Wire>,
    streams: Streams,
    /// Requests by time.
    by_time: Vec<u32>,
    /// Requests that lines came for.
    dirty: Vec<u32>,
    own: HashSet<Box<str>>,
    routes: BTreeSet<Box<str>>,
    failures: u32,
    batch: u32,
    view: View,
    /// `None`: the filter can't be read.
    sieve: Option<Sieve>,
    problem: Option<String>,
    /// Of the access log; `None`: by time.
    order: Option<Order>,
    ranks: Ranks,
    /// Rows of the view: lines, requests or connections.
    shown: Vec<u32>,
    version: u32,
}

impl Book {
    /// Keeps at most about this many lines.
    #[must_use]
    pub fn new(limit_lines: usize) -> Self {
        Self {
            groups: BTreeMap::new(),
            lines: Lines::new(limit_lines),
            heads: Named::default(),
            runs: Named::default(),
            wires: Named::default(),
            streams: Streams::default(),
            by_time: Vec::new(),
            dirty: Vec::new(),
            own: HashSet::new(),
            routes: BTreeSet::new(),
            failures: 0,
            batch: 0,
            view: View::Requests,
            sieve: Some(Sieve::default()),
            problem: None,
            order: None,
            ranks: Ranks::default(),
            shown: Vec::new(),
            version: 0,
        }
    }

    /// Which groups there are, and by which format the access log is written. A group that is not named holds what API
    /// Gateway did. A format that changed reads the records that come from now on, and those that are shown again.
    pub fn sources(&mut self, sources: &[(SourceId, SourceKind, Option<String>)]) {
        for (id, kind, format) in sources {
            let format = format.as_deref().filter(|format| !format.is_empty()).map(Format::new);
            self.groups.insert(*id, Group { kind: *kind, format });
        }
    }

    /// This window's own client: the word in its User-Agent, or the id of a connection.
    pub fn own(&mut self, word: &str) {
        if word.is_empty() || !self.own.insert(word.into()) {
            return;
        }
        let all: Vec<u32> = self.heads.iter().map(|(at, _)| at).collect();
        all.into_iter().for_each(|at| self.touch(at));
        self.settle();
    }

    /// Events of a group: any order, late ones and ones that came before.
    pub fn add(&mut self, source: SourceId, events: &[LogEvent]) {
        self.batch = self.batch.wrapping_add(1);
        let kind = self.kind_of(source);
        for event in events {
            let order = event_order(event.event_id.as_deref());
            match self.lines.admit(source, event.timestamp, order, &event.message, self.batch) {
                Admitted::New(id) => {
                    match kind {
                        SourceKind::Execution | SourceKind::File => self.hear_gateway(id),
                        SourceKind::Access => self.hear_access(id),
                        SourceKind::Function | SourceKind::Authorizer => {
                            self.hear_function(id, source, event.stream.as_deref());
                        }
                    }
                    let taken = self.sieve.as_ref().is_some_and(|sieve| {
                        sieve.takes_all_lines() || sieve.takes_line(self.lines.entry(id), self.lines.text(id))
                    });
                    self.lines.take(id, taken);
                }
                // It stands elsewhere now.
                Admitted::Named(id) => match Owner::of(self.lines.entry(id).owner) {
                    Owner::Request(at) => {
                        if let Some(head) = self.heads.get_mut(at) {
                            head.stale = true;
                        }
                        self.touch(at);
                    }
                    Owner::Run(at) => {
                        if let Some(run) = self.runs.get_mut(at) {
                            run.lines.sort_unstable_by_key(|&line| self.lines.key(line));
                        }
                    }
                    Owner::Nobody => {}
                },
                Admitted::Known => {}
            }
        }
        self.settle();
    }

    /// Chooses what is shown.
    pub fn set(&mut self, view: View, filter: &Filter) -> Counts {
        self.view = view;
        (self.sieve, self.problem) = match Sieve::new(filter) {
            Ok(sieve) => (Some(sieve), None),
            Err(problem) => (None, Some(problem)),
        };
        self.sift_all();
        self.show_all();
        self.counts()
    }

    fn kind_of(&self, source: SourceId) -> SourceKind {
        self.groups.get(&source).map_or(SourceKind::Execution, |group| group.kind)
    }

    /// A line of the execution log.
    fn hear_gateway(&mut self, id: LineId) {
        let line = Line::parse(self.lines.text(id));
        let flags = lines::flags(line.kind.is_failure(), line.kind.is_quiet(), line.truncated);
        let front = u16::try_from(line.prefix.len()).unwrap_or(0);
        let key = self.lines.key(id);
        let mut owner = Owner::Nobody;
        if let Some(request_id) = line.request_id()
            && let at = self.heads.find_or_add(request_id, || Head::new(request_id))
            && self.heads.get(at).is_some_and(|head| head.lines.len() < LINES_OF_ONE_REQUEST)
        {
            owner = Owner::Request(at);
            let invoked = match line.kind {
                Kind::IntegrationRequestId { request_id: run, .. }
                | Kind::LambdaFailed { lambda_request_id: run, .. }
                | Kind::LambdaNotInvoked { lambda_request_id: run, .. } => Some(run),
                _ => None,
            };
            let run = invoked.filter(|run| !run.is_empty()).map(|run| self.runs.find_or_add(run, || Run::new(run)));
            if let Some(head) = self.heads.get_mut(at) {
                let late = head.access != NONE || head.lines.last().is_some_and(|&last| self.lines.key(last) > key);
                head.stale |= late;
                if !late {
                    head.known.hear(key.0, &line.kind);
                    head.said = if head.said == NONE && line.kind.is_failure() { id } else { head.said };
                }
                head.lines.push(id);
                if let Some(run) = run.filter(|run| !head.runs.contains(run)) {
                    head.runs.push(run);
                }
            }
            if let Some(run) = run.and_then(|run| self.runs.get_mut(run)) {
                run.request = at;
            }
            self.touch(at);
        }
        let entry = self.lines.entry_mut(id);
        (entry.owner, entry.front, entry.flags) = (owner.raw(), front, flags);
    }

    /// A record of the access log.
    fn hear_access(&mut self, id: LineId) {
        let source = self.lines.entry(id).source;
        let format = self.groups.get(&source).and_then(|group| group.format.as_ref());
        let values = format.and_then(|format| format.read(self.lines.text(id)));
        let Some(values) = values else { return };
        let failed = value(&values, "status").and_then(|it| it.parse::<u16>().ok()).is_some_and(|status| status >= 400);
        let request_id = value(&values, "requestId").or_else(|| value(&values, "extendedRequestId"));
        let owner = request_id.map(|name| self.heads.find_or_add(name, || Head::new(name)));
        let entry = self.lines.entry_mut(id);
        entry.flags = lines::flags(failed, false, false);
        let Some(at) = owner else { return };
        entry.owner = Owner::Request(at).raw();
        if let Some(head) = self.heads.get_mut(at) {
            head.access = id;
            head.stale = true;
        }
        self.touch(at);
    }

    /// A line of a function's log.
    fn hear_function(&mut self, id: LineId, source: SourceId, stream: Option<&str>) {
        let line = FunctionLine::parse(self.lines.text(id));
        let flags = lines::flags(line.failure, line.quiet, false);
        let run = line.request_id.map(|name| self.runs.find_or_add(name, || Run::new(name)));
        let part = line.part;
        let entry = self.lines.entry_mut(id);
        entry.flags = flags;
        if let Some(at) = run {
            self.give(id, at);
        }
        if let Some(stream) = stream.filter(|_| run.is_some() || matches!(part, Part::Init | Part::Said)) {
            self.streams.put(source, stream, id, run, part);
        }
    }

    /// A line belongs to a run.
    fn give(&mut self, id: LineId, at: u32) {
        self.lines.entry_mut(id).owner = Owner::Run(at).raw();
        let key = self.lines.key(id);
        let Some(run) = self.runs.get_mut(at) else { return };
        let place = run.lines.partition_point(|&other| self.lines.key(other) < key);
        run.lines.insert(place, id);
        let request = run.request;
        self.touch(request);
    }

    /// A request is to be settled.
    fn touch(&mut self, at: u32) {
        if let Some(head) = self.heads.get_mut(at).filter(|head| !head.dirty) {
            head.dirty = true;
            self.dirty.push(at);
        }
    }

    /// The request that a line belongs to.
    fn request_at(&self, owner: u32) -> Option<&Head> {
        match Owner::of(owner) {
            Owner::Request(at) => self.heads.get(at),
            Owner::Run(at) => self.heads.get(self.runs.get(at)?.request),
            Owner::Nobody => None,
        }
    }

    fn note_route(&mut self, route_key: &str) {
        if self.routes.len() < ROUTES && !self.routes.contains(route_key) {
            self.routes.insert(route_key.into());
        }
    }
}

#[cfg(test)]
mod joined_tests;
#[cfg(test)]
mod tests;
