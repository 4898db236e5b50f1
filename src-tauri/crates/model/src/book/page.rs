//! What a page asks of a book: rows, the next failure, one request with its lines, one connection from its first line to
//! its last. Secrets are masked here, at the way out.
//!
//! It may not know a rule: [`super::Book::request_facts`] gives what the rules ask for.

use super::heads::{Head, Wire};
use super::lines::{FAILURE, LineId, NONE, QUIET, TRUNCATED};
use super::shown::CONTEXT;
use super::*;
use crate::access_log::Values;
use crate::conversation::LinkKind;
use crate::correlate::{Request, RequestKind, StoredLine};
use crate::diagnose::Beside;
use crate::function_log;
use crate::redact::redact;

/// Characters of a failure's first words, and of a message in a connection's life.
const SAID: usize = 400;

impl Book {
    /// Rows of what is shown.
    #[must_use]
    pub fn rows(&self, from: u32, count: u32) -> Vec<BookRow> {
        let rows = self.shown.iter().skip(from as usize).take(count as usize);
        rows.filter_map(|&row| self.row(row)).collect()
    }

    fn row(&self, row: u32) -> Option<BookRow> {
        Some(match self.view {
            View::Requests => {
                let head = self.heads.get(row)?;
                BookRow::Request {
                    at: head.placed.unwrap_or_default(),
                    request: row_of(head),
                    failed: head.failed,
                    own: head.own,
                    said: self.said(head),
                    run: head.runs.iter().find_map(|&run| self.run(run)),
                }
            }
            View::Lines => BookRow::Line(self.line(row & !CONTEXT, row & CONTEXT != 0)),
            View::Access => BookRow::Access { at: self.lines.entry(row).at, record: self.record(row) },
            View::Connections => BookRow::Connection(self.connection_row(self.wires.get(row)?)),
        })
    }

    /// The next row that tells of a failure; without a place, the first one, or the last one when looking back.
    #[must_use]
    pub fn find(&self, beside: Option<u32>, back: bool) -> Option<u32> {
        let failed = |row: u32| match self.view {
            View::Requests => self.heads.get(row).is_some_and(|head| head.failed),
            View::Lines => row & CONTEXT == 0 && self.lines.entry(row).flags & FAILURE != 0,
            View::Access => self.lines.entry(row).flags & FAILURE != 0,
            View::Connections => self
                .wires
                .get(row)
                .is_some_and(|wire| wire.requests.iter().any(|&at| self.heads.get(at).is_some_and(|head| head.failed))),
        };
        let end = self.shown.len();
        let found = if back {
            let until = beside.map_or(end, |at| (at as usize).min(end));
            self.shown[..until].iter().rposition(|&row| failed(row))
        } else {
            let from = beside.map_or(0, |at| (at as usize + 1).min(end));
            self.shown[from..].iter().position(|&row| failed(row)).map(|at| at + from)
        };
        found.and_then(|at| u32::try_from(at).ok())
    }

    /// Everything about one request; its verdict is for whoever knows the configuration.
    #[must_use]
    pub fn request(&self, id: &str) -> Option<LoggedRequest> {
        let head = self.heads.get(self.heads.find(id)?)?;
        Some(LoggedRequest {
            request: row_of(head),
            at: self.time_of(head),
            phases: phases::phases(&self.whole(head)),
            lines: self.all_lines(head).into_iter().map(|line| self.line(line, false)).collect(),
            access: Some(head.access).filter(|&id| id != NONE).map(|id| self.record(id)),
            runs: head.runs.iter().filter_map(|&run| self.run(run)).collect(),
            verdict: None,
        })
    }

    /// What the rules need to explain a request: its lines as they stand in the log, and those of other groups.
    #[must_use]
    pub fn request_facts(&self, id: &str) -> Option<(Request, Vec<(SourceId, Beside)>)> {
        let head = self.heads.get(self.heads.find(id)?)?;
        let others = self.lines_of(head).filter(|line| !head.lines.contains(line));
        let beside = others.map(|line| {
            let entry = self.lines.entry(line);
            (entry.source, Beside { log_group: String::new(), at: entry.at, text: self.lines.text(line).to_owned() })
        });
        Some((self.whole(head), beside.collect()))
    }

    /// A connection's whole life, as far as logs tell it.
    #[must_use]
    pub fn connection(&self, id: &str) -> Option<ConnectionLife> {
        let wire = self.wires.get(self.wires.find(id)?)?;
        let mut heads: Vec<&Head> = wire.requests.iter().filter_map(|&at| self.heads.get(at)).collect();
        heads.sort_unstable_by_key(|head| (self.time_of(head), &*head.known.request_id));
        let events: Vec<LifeEvent> = heads.iter().map(|head| self.event(head)).collect();
        let mut unknown = Vec::new();
        let has_access = self.groups.values().any(|group| group.kind == SourceKind::Access);
        if !has_access {
            let words = "Pushes to this connection: only an access log names calls of @connections";
            unknown.push(words.to_owned());
        }
        unknown.push("Pings and pongs: API Gateway logs neither".to_owned());
        if !heads.iter().any(|head| head.known.kind == RequestKind::Connect) {
            unknown.push("Its $connect: it lies before the first line that is kept, or was not logged".to_owned());
        }
        if !heads.iter().any(|head| head.known.kind == RequestKind::Disconnect) {
            unknown.push("Its end: no $disconnect was logged, or not yet".to_owned());
        }
        Some(ConnectionLife { connection: self.connection_row(wire), events, unknown })
    }

    fn event(&self, head: &Head) -> LifeEvent {
        let what = match head.known.kind {
            RequestKind::Connect => "connect",
            RequestKind::Disconnect => "disconnect",
            RequestKind::Http => "push",
            RequestKind::Message | RequestKind::Unknown => "message",
        };
        let told = head.lines.iter().rev().find_map(|&line| match Line::parse(self.lines.text(line)).kind {
            Kind::MessageTraced { message, .. } | Kind::MessageTracedCut { message, .. } => Some(body_of(message)),
            Kind::Disconnected { close_code, reason, .. } | Kind::DisconnectedOnly { close_code, reason, .. } => {
                Some(format!("{close_code}: {reason}"))
            }
            _ => None,
        });
        LifeEvent {
            at: self.time_of(head),
            what: what.to_owned(),
            request: row_of(head),
            failed: head.failed,
            text: told.map_or_else(|| self.said(head), |told| short(&told)),
            verdict: None,
        }
    }

    fn connection_row(&self, wire: &Wire) -> ConnectionRow {
        let mut row = ConnectionRow { connection_id: wire.id.to_string(), own: wire.own, ..ConnectionRow::default() };
        let heads = || wire.requests.iter().filter_map(|&at| self.heads.get(at));
        row.at = heads().map(|head| self.time_of(head)).min().unwrap_or_default();
        for head in heads() {
            match head.known.kind {
                RequestKind::Connect => {
                    row.user_agent = head.known.user_agent.as_deref().map(short).unwrap_or_default();
                    let said = head.lines.iter().find_map(|&id| match Line::parse(self.lines.text(id)).kind {
                        Kind::Connecting { source_ip, .. } => Some(source_ip.to_owned()),
                        _ => None,
                    });
                    let logged = || self.value(head.access, "identity.sourceIp");
                    row.source_ip = said.or_else(logged).unwrap_or_default();
                }
                RequestKind::Disconnect => {
                    row.ended_at = Some(self.time_of(head));
                    row.end = self.event(head).text;
                }
                RequestKind::Http => row.pushes += 1,
                RequestKind::Message | RequestKind::Unknown => row.messages += 1,
            }
            row.failures += u32::from(head.failed);
        }
        row
    }

    /// The failure's first words.
    fn said(&self, head: &Head) -> String {
        if head.said != NONE {
            return short(self.lines.said(head.said));
        }
        let words =
            || self.value(head.access, "error.messageString").or_else(|| self.value(head.access, "error.message"));
        match words().filter(|_| head.failed) {
            Some(words) => short(words.trim_matches('"')),
            None => String::new(),
        }
    }

    /// A line for the page.
    fn line(&self, id: LineId, context: bool) -> BookLine {
        let entry = self.lines.entry(id);
        let text = self.masked(id, self.lines.said(id)).trim_end().to_owned();
        let request = self.request_at(entry.owner);
        BookLine {
            at: entry.at,
            source: entry.source,
            request_id: request.map(|head| head.known.request_id.to_string()).unwrap_or_default(),
            text,
            quiet: entry.flags & QUIET != 0,
            failure: entry.flags & FAILURE != 0,
            truncated: entry.flags & TRUNCATED != 0,
            context,
        }
    }

    /// A line's text, or the end of it, without secrets.
    pub(super) fn masked(&self, id: LineId, text: &str) -> String {
        match self.format_of(id).filter(|_| self.kind_of(self.lines.entry(id).source) == SourceKind::Access) {
            Some(format) => format.masked(text),
            None => redact(text).into_owned(),
        }
    }

    fn format_of(&self, id: LineId) -> Option<&Format> {
        self.groups.get(&self.lines.entry(id).source)?.format.as_ref()
    }

    pub(super) fn record(&self, id: LineId) -> AccessRecord {
        let text = self.lines.text(id);
        match self.format_of(id) {
            Some(format) => format.record(text),
            None => AccessRecord { fields: Vec::new(), unread: Some(redact(text).into_owned()) },
        }
    }

    pub(super) fn value(&self, access: u32, name: &str) -> Option<String> {
        if access == NONE {
            return None;
        }
        let values: Values<'_> = self.format_of(access)?.read(self.lines.text(access))?;
        value(&values, name).map(str::to_owned)
    }

    /// What a function's own log says of one run, where it is read.
    fn run(&self, at: u32) -> Option<FunctionRun> {
        let run = self.runs.get(at)?;
        let source = self.lines.entry(*run.lines.first()?).source;
        let mut found = FunctionRun { request_id: run.id.to_string(), source, ..FunctionRun::default() };
        run.lines.iter().for_each(|&id| function_log::learn(&mut found, self.lines.text(id)));
        Some(found)
    }

    /// The request with its lines, as the rules and the phases read it.
    fn whole(&self, head: &Head) -> Request {
        let mut request = head.known.clone();
        let line = |(n, &id): (usize, &LineId)| {
            let entry = self.lines.entry(id);
            let arrival = u32::try_from(n).unwrap_or(u32::MAX);
            StoredLine::kept(entry.at, entry.event, arrival, self.lines.said(id))
        };
        request.lines = head.lines.iter().enumerate().map(line).collect();
        // Its lines carry its own id, so what they say is said of it and of no other.
        if !head.cut {
            (request.link, request.why) = (LinkKind::Exact, "its own request id");
        }
        request
    }

    /// Execution log and functions' lines, by time.
    fn all_lines(&self, head: &Head) -> Vec<LineId> {
        let mut all: Vec<LineId> = self.lines_of(head).filter(|&id| id != head.access).collect();
        all.sort_unstable_by_key(|&id| self.lines.key(id));
        all
    }
}

fn row_of(head: &Head) -> crate::conversation::RequestRow {
    let mut row = head.known.row();
    row.lines = u32::try_from(head.lines.len()).unwrap_or(u32::MAX);
    row
}

/// The client's own text in a traced event, else the event.
fn body_of(event: &str) -> String {
    #[derive(serde::Deserialize)]
    struct Traced {
        body: String,
    }
    serde_json::from_str::<Traced>(event).map_or_else(|_| event.to_owned(), |traced| traced.body)
}

/// Masked, and cut where a row would end anyway.
fn short(text: &str) -> String {
    let masked = redact(text);
    let end = masked.char_indices().nth(SAID).map_or(masked.len(), |(at, _)| at);
    masked[..end].trim_end().to_owned()
}
