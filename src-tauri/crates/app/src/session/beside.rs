//! What other log groups say of this conversation's failures: the functions behind their routes, and the access log.
//!
//! Only groups that belong to a failed row are read, by the readers that everybody shares, and no longer than lines are due.
//! Nothing waits for them: a verdict is made at once, and again when they told something. Which line belongs to which request,
//! `model::book` decides, as it does in Logs. Where to look next: `logs/shelf.rs`, the groups; `session/pairs.rs`, who asks.

use std::collections::{BTreeMap, HashSet};
use std::time::{Duration, Instant};

use gatescope_model::book::{Book, SourceKind};
use gatescope_model::correlate::{Request, RequestId};
use gatescope_model::diagnose::{self, Unread};
use gatescope_model::log::LogEvent;

use super::actor::{Actor, Start};
use crate::error::Code;
use crate::logs::{ACCESS, EXECUTION, Lines, Shelf, SourceId};

/// Lines that are kept of all these groups together.
const LINES: usize = 50_000;
/// Failed rows that are explained again when a group told something.
const ROWS: usize = 64;
/// After the last failure, lines may be due for this long.
const DUE: Duration = Duration::from_secs(120);
/// A request's function may have begun this long before its row by this machine's clock.
const BEFORE_MS: i64 = 5_000;

pub(super) struct Besides {
    shelf: Shelf,
    book: Book,
    /// Failed rows, and how many lines of their requests the book knows.
    rows: BTreeMap<u32, (RequestId, usize)>,
    due: Option<Instant>,
}

impl Besides {
    pub fn new(start: &Start) -> Self {
        let shelf = Shelf::following(start.of.clone(), start.access.clone(), start.readers.clone());
        Self { shelf, book: Book::new(LINES), rows: BTreeMap::new(), due: None }
    }

    /// The next lines of any of the groups.
    pub async fn next(&mut self) -> (SourceId, Lines) {
        self.shelf.next().await
    }

    /// What is known of a request, with the groups that it is from.
    fn of(&self, id: &str) -> Vec<diagnose::Beside> {
        let told = self.book.request_facts(id).map(|(_, beside)| beside).unwrap_or_default();
        let named = told
            .into_iter()
            .map(|(source, beside)| diagnose::Beside { log_group: self.shelf.name(source).to_owned(), ..beside });
        named.collect()
    }

    /// The groups that were to be read and can't be.
    fn unread(&self) -> Vec<Unread> {
        let sources = self.shelf.sources();
        let told = sources.into_iter().filter(|s| s.on).filter_map(|s| Some((s.log_group, s.problem?)));
        told.map(|(log_group, problem)| Unread { log_group, why: problem.message }).collect()
    }
}

impl Actor {
    /// Looks for what other groups say of a failed row. It never waits.
    pub(super) fn look_beside(&mut self, row: u32) {
        let Some(request) = self.request_of(row) else { return };
        let known = self.besides.rows.get(&row).filter(|(id, _)| *id == request.request_id).map(|(_, lines)| *lines);
        if known == Some(request.lines.len()) {
            return;
        }
        let events: Vec<LogEvent> = request
            .lines
            .iter()
            .map(|line| LogEvent {
                timestamp: line.timestamp,
                message: format!("({}) {}", request.request_id, line.text),
                ..LogEvent::default()
            })
            .collect();
        let (id, count, since) = (request.request_id.clone(), request.lines.len(), request.first_at - BEFORE_MS);
        let route_key = request.route_key.as_deref().unwrap_or("$connect").to_owned();
        let is_new = known.is_none();
        let Some(config) = self.done.get(&row).and_then(|done| self.configs.get(done.config?)) else { return };
        let besides = &mut self.besides;
        if is_new {
            besides.shelf.follow_for(&config.snapshot, &route_key, since);
            besides.due = Some(Instant::now() + DUE);
        }
        let stage = config.snapshot.stage(&self.start.of.stage);
        let format = stage.and_then(|s| s.access_log_settings.as_ref()).and_then(|a| a.format.clone());
        let mut kinds = vec![(EXECUTION, SourceKind::Execution, None)];
        let sources = besides.shelf.sources();
        kinds.extend(sources.iter().map(|s| (s.id, s.kind, format.clone().filter(|_| s.id == ACCESS))));
        besides.book.sources(&kinds);
        besides.book.add(EXECUTION, &events);
        besides.rows.insert(row, (id, count));
        while besides.rows.len() > ROWS {
            besides.rows.pop_first();
        }
    }

    fn request_of(&self, row: u32) -> Option<&Request> {
        self.correlator.request(&self.rows.get(row)?.request.as_ref()?.request_id)
    }

    /// What is known so far of a row, and what can't be.
    pub(super) fn beside(&self, row: u32) -> (Vec<diagnose::Beside>, Vec<Unread>) {
        match self.request_of(row) {
            Some(request) => (self.besides.of(&request.request_id), self.besides.unread()),
            None => (Vec::new(), Vec::new()),
        }
    }

    /// Lines of another group came.
    pub(super) fn heard_beside(&mut self, source: SourceId, events: &[LogEvent]) {
        let before: Vec<usize> = self.told_beside();
        self.besides.book.add(source, events);
        let after = self.told_beside();
        let rows = self.besides.rows.keys().zip(before.iter().zip(&after));
        let changed: Vec<u32> = rows.filter(|(_, (before, after))| before != after).map(|(row, _)| *row).collect();
        if !changed.is_empty() {
            self.suspects.extend(changed);
            self.pair();
        }
    }

    fn told_beside(&self) -> Vec<usize> {
        self.besides.rows.values().map(|(id, _)| self.besides.book.request_facts(id).map_or(0, |f| f.1.len())).collect()
    }

    /// Ends what is not due any more, and takes over what can't be read.
    pub(super) fn look_at_besides(&mut self) {
        let besides = &mut self.besides;
        if besides.due.is_some_and(|due| due <= Instant::now()) {
            besides.due = None;
            besides.shelf.rest();
        }
        if besides.shelf.take_change() {
            // Asked every few seconds, AWS would refuse it every few seconds.
            let sources = besides.shelf.sources();
            let denied = |s: &&crate::calls::Source| {
                s.problem.as_ref().is_some_and(|problem| problem.code == Code::AccessDenied.as_str())
            };
            let denied: HashSet<SourceId> = sources.iter().filter(denied).map(|s| s.id).collect();
            denied.into_iter().for_each(|id| besides.shelf.give_up(id));
            self.suspects.extend(self.besides.rows.keys().copied());
        }
    }

    /// Rows before this one are no longer kept.
    pub(super) fn forget_besides(&mut self, before: u32) {
        self.besides.rows.retain(|row, _| *row >= before);
    }
}
