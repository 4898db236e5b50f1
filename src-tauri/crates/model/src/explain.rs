//! From a pasted log to causes: the engine of `gatescope explain`, for logs that nobody watched being written.
//!
//! Takes any bytes and always answers: what is no log line is counted, not lost, and nothing is called certain because of
//! it. Everything given is taken as true and complete; what belongs together is told by ids and by where a line stands.
//! Where to look next: `explain/read.rs`, the forms in which logs are pasted; `explain/answer.rs`, a client's side;
//! `explain/unlogged.rs`, what is heard where no rule finds a cause.

mod access;
mod answer;
mod client;
mod events;
mod hint;
mod loose;
mod pasted;
mod read;
mod sentences;
mod status;
mod unlogged;

use std::collections::{BTreeSet, HashMap};

use serde::Serialize;

use crate::conversation::LinkKind;
use crate::correlate::{EventOrder, Request, RequestKind, StoredLine};
use crate::diagnose::{Beside, Facts, diagnose};
use crate::function_log::{FunctionLine, uuid};
use crate::log::{Kind, Line};
use crate::verdict::{Confidence, Place, Verdict};

use answer::Answer;
pub use events::events;
use read::{Entry, Input, Other};

/// Bytes of a log in which an answer is looked for; more than AWS lets one have in headers and what people keep of bodies.
const ANSWER_LIMIT: usize = 256 << 10;

/// What a log says, request by request.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// In the order in which they first appear.
    pub requests: Vec<ExplainedRequest>,
    /// Lines of the input that belong to no request.
    #[serde(skip_serializing_if = "is_zero")]
    pub other_lines: usize,
}

fn is_zero(n: &usize) -> bool {
    *n == 0
}

/// One request of the log.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExplainedRequest {
    /// Empty when no line names it.
    pub request_id: String,
    /// Once a line said it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection_id: Option<String>,
    /// `$connect`, `joinroom`, `GET /path`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    /// `CONNECT`, `MESSAGE`, `DISCONNECT`, `HTTP` or `UNKNOWN`.
    pub kind: &'static str,
    /// What the log says, else what the client saw.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// How many lines of the input it has.
    pub lines: usize,
    /// Ranked; empty when nothing failed or nothing is known.
    pub causes: Vec<ExplainedCause>,
}

/// A cause that fits.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExplainedCause {
    /// Public id.
    pub cause: String,
    /// How sure.
    pub confidence: Confidence,
    /// Lines of the input, from 1; of JSON, events.
    pub evidence: Vec<u32>,
    /// One sentence.
    pub title: String,
    /// What to do.
    pub fix: String,
}

/// Explains a log: raw lines in any form that people paste, `FilterLogEvents` JSON, or JSON lines of events; `handshake` is
/// what the client saw (`HTTP 403`, headers, blank line, body, or a frame).
#[must_use]
pub fn explain(input: &[u8], handshake: Option<&str>) -> Explanation {
    let text = String::from_utf8_lossy(input);
    let Input { entries, ids, other_lines, mut others } = read::read(&text, true);
    // People paste what a client saw where the log belongs, and the other way round.
    let seen = handshake.and_then(Answer::parse);
    let unread = handshake.filter(|_| seen.is_none());
    let answer = seen.or_else(|| {
        let begins = &text[..text.floor_char_boundary(ANSWER_LIMIT)];
        let answer = entries.is_empty().then(|| Answer::parse(begins)).flatten()?;
        // Its lines are nobody's log.
        others.clear();
        Some(answer)
    });
    let mut requests = build(&entries, &ids);
    let mut aliases: HashMap<&str, usize> = HashMap::new();
    for (at, request) in requests.iter().enumerate() {
        if !request.request_id.is_empty() {
            aliases.entry(&request.request_id).or_insert(at);
        }
    }
    for entry in &entries {
        // REST's id in the header is the extended one (facts 1.2).
        if let Kind::ExtendedRequestId { extended_request_id } = Line::parse(&entry.text).kind {
            aliases.entry(extended_request_id).or_insert(entry.request);
        }
    }
    let answered = answer.as_ref().and_then(|a| a.request_ids().find_map(|id| aliases.get(id).copied()));
    if let (Some(answer), None) = (&answer, answered) {
        let mut request = Request::new(answer.request_ids().next().unwrap_or_default());
        request.kind = if answer.handshake.is_some() { RequestKind::Connect } else { RequestKind::Message };
        requests.push(request);
    }
    let answered = answered.or(answer.as_ref().map(|_| requests.len() - 1));
    if requests.is_empty() && !others.is_empty() {
        let run = others.iter().find_map(|other| FunctionLine::parse(&other.text).request_id);
        requests.push(Request::new(run.unwrap_or_default()));
    }
    let mut sizes = vec![0; requests.len()];
    for entry in &entries {
        sizes[entry.request] += entry.lines;
    }
    let told = |at: usize| answer.as_ref().filter(|_| answered == Some(at));
    let runs = Runs::of(&others);
    let only = requests.len() == 1;
    let one = |(at, request)| {
        let beside = if only { others.iter().map(as_beside).collect() } else { runs.of_request(request) };
        one(request, told(at), &entries, &beside, sizes[at])
    };
    let mut explained: Vec<_> = requests.iter().enumerate().map(one).collect();
    let pasted = if entries.is_empty() { unlogged::whole(&text, unread) } else { unlogged::beside(&others, unread) };
    unlogged::add(
        &mut explained,
        &requests,
        &entries,
        answer.as_ref().zip(answered).map(|(a, at)| (at, a.hints())),
        &pasted,
    );
    // Lines of which nothing is known are no request.
    explained.retain(|request| request.lines > 0 || answer.is_some() || !request.causes.is_empty());
    Explanation { requests: explained, other_lines }
}

/// Lines of functions' logs that were pasted with it, by the ids of runs that they name near their beginning.
struct Runs<'a>(HashMap<&'a str, Vec<&'a Other>>);

impl<'a> Runs<'a> {
    fn of(others: &'a [Other]) -> Self {
        let mut runs: HashMap<&str, Vec<&Other>> = HashMap::new();
        for other in others {
            let words = other.text.split(|c: char| !c.is_ascii_hexdigit() && c != '-').take(40);
            let mut ids: Vec<&str> = words.filter(|word| word.len() == 36 && uuid(word).is_some()).collect();
            ids.dedup();
            ids.into_iter().for_each(|id| runs.entry(id).or_default().push(other));
        }
        Self(runs)
    }

    /// Those of the runs that the request names.
    fn of_request(&self, request: &Request) -> Vec<Beside> {
        if self.0.is_empty() {
            return Vec::new();
        }
        let runs: BTreeSet<&str> = request.lines.iter().filter_map(|line| run_of(&line.kind())).collect();
        runs.into_iter().filter_map(|run| self.0.get(run)).flatten().map(|other| as_beside(other)).collect()
    }
}

fn as_beside(other: &Other) -> Beside {
    Beside { log_group: String::new(), at: other.number.into(), text: other.text.clone() }
}

fn run_of<'a>(kind: &Kind<'a>) -> Option<&'a str> {
    match kind {
        Kind::LambdaFailed { lambda_request_id, .. } => Some(lambda_request_id),
        Kind::IntegrationRequestId { request_id, .. } => Some(request_id),
        _ => None,
    }
}

fn build(entries: &[Entry], ids: &[String]) -> Vec<Request> {
    let mut order: Vec<(usize, &Entry)> = entries.iter().enumerate().collect();
    // Times count only where every line of a request has one: consoles paste newest first, people leave lines out.
    let mut timed = vec![true; ids.len()];
    for entry in entries {
        timed[entry.request] &= entry.timestamp.is_some();
    }
    let time = |at: usize, entry: &Entry| match entry.timestamp.filter(|_| timed[entry.request]) {
        Some(timestamp) => timestamp,
        // Far apart, so that nothing seems to have happened at once.
        None => at as i64 * 60_000,
    };
    order.sort_by_key(|&(at, entry)| (entry.request, time(at, entry), entry.event, at));
    order.dedup_by(|(_, a), (_, b)| a.request == b.request && a.event == b.event && a.event != EventOrder::default());
    let mut requests: Vec<Request> = ids.iter().map(|id| Request::new(id)).collect();
    for request in &mut requests {
        (request.link, request.why) = (LinkKind::Exact, "the log as given");
    }
    for (at, entry) in order {
        let said = Line::parse(&entry.text);
        let stored = StoredLine {
            timestamp: time(at, entry),
            event: entry.event,
            arrival: u32::try_from(at).unwrap_or(u32::MAX),
            batch: 0,
            text: entry.text[said.prefix.len()..].into(),
        };
        requests[entry.request].put(stored, &said);
    }
    requests
}

fn one(
    request: &Request,
    answer: Option<&Answer>,
    entries: &[Entry],
    beside: &[Beside],
    lines: usize,
) -> ExplainedRequest {
    let facts = Facts {
        handshake: answer.and_then(|a| a.handshake.as_ref()),
        frame: answer.and_then(|a| a.frame.as_deref()),
        request: (!request.lines.is_empty()).then_some(request),
        beside,
        ..Facts::default()
    };
    let Verdict { findings, .. } = diagnose(&facts);
    let number = |place: &Place| match place {
        Place::Line { index } => {
            let line = request.lines.get(usize::try_from(*index).ok()?)?;
            entries.get(usize::try_from(line.arrival).ok()?).map(|entry| entry.number)
        }
        Place::Beside { at, .. } => u32::try_from(*at).ok(),
        _ => None,
    };
    let causes = findings.into_iter().map(|finding| ExplainedCause {
        evidence: finding.evidence.iter().filter_map(|e| number(&e.place)).collect(),
        cause: finding.cause,
        confidence: finding.confidence,
        title: finding.title,
        fix: finding.fix,
    });
    let is_connect = answer.is_some_and(|a| a.handshake.is_some()) && request.kind != RequestKind::Http;
    let connection_id = request.connection_id.as_deref().or(answer.and_then(Answer::connection_id));
    ExplainedRequest {
        request_id: request.request_id.to_string(),
        connection_id: connection_id.map(str::to_owned),
        route: request.route_key.as_deref().or(is_connect.then_some("$connect")).map(str::to_owned),
        kind: if is_connect && request.kind == RequestKind::Unknown { "CONNECT" } else { request.kind.name() },
        status: request.status.or(answer.and_then(Answer::status)),
        lines,
        causes: causes.collect(),
    }
}
