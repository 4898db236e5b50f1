//! From pasted text to log lines: which lines there are, where each stands, and which request each belongs to.
//!
//! Forms, mixed as they come: `(id) text`, a time, group or stream in front of it, the console's test page, bare text, the
//! console's times on lines of their own, CSV, JSON of events. A line without an id belongs to the request in whose block
//! it stands; a line that is none of the log's continues the one above it, as crash texts do.

mod split;
mod times;

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::Value;

use crate::correlate::{EventOrder, event_order};
use crate::function_log::uuid;
use crate::log::{Kind, Line, LogEvent, Prefix, is_request_id};
use times::{iso_time, leading_time, time_alone};

/// One line of the log.
#[derive(Debug)]
pub(super) struct Entry {
    /// Index of its request.
    pub request: usize,
    /// Its place in the input, from 1.
    pub number: u32,
    /// Lines of the input that it takes.
    pub lines: usize,
    /// Milliseconds since 1970, where the input tells it.
    pub timestamp: Option<i64>,
    pub event: EventOrder,
    /// With its prefix.
    pub text: String,
    /// As the input has it.
    pub event_id: Option<Box<str>>,
}

/// A line that is none of an execution log.
#[derive(Debug)]
pub(super) struct Other {
    /// Its place in the input, from 1.
    pub number: u32,
    /// The last line of the input that it takes.
    pub last: u32,
    /// Milliseconds since 1970, where the input tells it.
    pub timestamp: Option<i64>,
    /// Without the time in front of it.
    pub text: String,
    /// As the input has it.
    pub event_id: Option<Box<str>>,
}

/// What the input holds.
#[derive(Debug, Default)]
pub(super) struct Input {
    pub entries: Vec<Entry>,
    /// Request ids in order of appearance; empty where no line names one.
    pub ids: Vec<String>,
    pub other_lines: usize,
    /// What they say, where that is asked for.
    pub others: Vec<Other>,
}

/// Reads any text; `others`: what is no line of an execution log is kept too.
pub(super) fn read(text: &str, others: bool) -> Input {
    let mut reader = Reader { others, ..Reader::default() };
    let trimmed = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    match trimmed.starts_with(['{', '[']).then(|| serde_json::from_str::<Value>(trimmed)) {
        Some(Ok(document)) => reader.document(document),
        _ => reader.lines(text),
    }
    reader.input
}

#[derive(Default)]
struct Reader {
    input: Input,
    requests: HashMap<String, usize>,
    /// The request in whose block the next line without an id stands.
    block: Option<Block>,
    /// A time that stood alone and belongs to the next line.
    time: Option<i64>,
    number: u32,
    event_id: Option<Box<str>>,
    others: bool,
}

/// Where the input is.
struct Block {
    request: usize,
    /// Its lines carry the id: a line without one continues the line above.
    by_prefix: bool,
    /// Its last line has come; what follows begins a new request, unless it says otherwise.
    over: bool,
    crashed: bool,
    /// Whether its last line goes on.
    open: Open,
}

/// Why the next line may belong to the last one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    No,
    /// The text of a crash, until its last words.
    Crash,
    /// A body that somebody, or the backend, wrote over several lines.
    Body,
    /// A failure whose words come on the next line.
    Error,
}

impl Open {
    fn after(line: &Line) -> Self {
        match line.kind {
            _ if line.truncated => Self::No,
            Kind::LambdaFailedUnnamed { .. } => Self::Crash,
            Kind::ConfigurationError { error } if error.trim().is_empty() => Self::Error,
            Kind::EndpointRequestBody { .. }
            | Kind::EndpointResponseBody { .. }
            | Kind::AuthorizerResultBody { .. }
            | Kind::MethodRequestBody { .. }
            | Kind::MethodResponseBody { .. } => Self::Body,
            _ => Self::No,
        }
    }
}

impl Reader {
    /// `FilterLogEvents`' answer, a list of events, one event, or the answer of `TestInvokeMethod`.
    fn document(&mut self, document: Value) {
        match document {
            Value::Array(items) => items.into_iter().for_each(|item| self.document(item)),
            Value::Object(mut object) => {
                for key in ["events", "logEvents", "sessionResults", "sessionUpdate"] {
                    if let Some(events) = object.remove(key) {
                        return self.document(events);
                    }
                }
                if let Some(Value::String(log)) = object.get("log") {
                    return self.lines(log);
                }
                self.number += 1;
                match serde_json::from_value::<LogEvent>(Value::Object(object)) {
                    Ok(event) if !event.message.is_empty() => self.event(&event),
                    _ => self.input.other_lines += 1,
                }
            }
            _ => {
                self.number += 1;
                self.input.other_lines += 1;
            }
        }
    }

    fn event(&mut self, event: &LogEvent) {
        self.time = (event.timestamp != 0).then_some(event.timestamp);
        let event_id = event_order(event.event_id.as_deref());
        self.event_id = event.event_id.as_deref().filter(|_| self.others).map(Box::from);
        self.line(event.message.trim_end_matches(['\r', '\n']), event_id, true);
        (self.time, self.event_id) = (None, None);
    }

    fn lines(&mut self, text: &str) {
        for line in text.lines() {
            self.number += 1;
            let line = line.trim_matches(['\u{feff}', ' ', '\t', '\r']);
            let line = split::cell(line);
            // Notes, unless somebody kept the log itself in comments.
            let note = line.strip_prefix('#').map(str::trim_start);
            if line.is_empty() || note.is_some_and(|note| matches!(Line::parse(note).kind, Kind::Unknown(_))) {
                continue;
            }
            let line = note.unwrap_or(line);
            if line.starts_with('{')
                && let Ok(event) = serde_json::from_str::<LogEvent>(line.trim_end_matches(','))
                && !event.message.is_empty()
            {
                self.event(&event);
            } else if let Some(time) = time_alone(line) {
                self.time = Some(time);
            } else if let Some((time, message)) = comma_separated(line) {
                self.time = Some(time);
                self.line(&message, EventOrder::default(), false);
                self.time = None;
            } else {
                let before = self.input.entries.len();
                for piece in split::pieces(line) {
                    self.line(piece, EventOrder::default(), false);
                    self.time = None;
                }
                self.once(before);
            }
        }
    }

    /// A line that was several is counted once.
    fn once(&mut self, before: usize) {
        let number = self.number;
        let more = self.input.entries.iter_mut().skip(before + 1).filter(|entry| entry.number == number);
        more.for_each(|entry| entry.lines = entry.lines.saturating_sub(1));
    }

    /// One line; `whole` when it is known to be an event of its own.
    fn line(&mut self, text: &str, event: EventOrder, whole: bool) {
        let text = &*mended(text);
        let line = Line::parse(text);
        let known = !matches!(line.kind, Kind::Unknown(_));
        let id = line.request_id().filter(|id| known || whole || is_request_id(id) || self.requests.contains_key(*id));
        if let Some(id) = id {
            self.enter(id, line.prefix.id().is_some());
        } else if !whole && self.continues(known) {
            return self.append(text);
        } else if known || (line.prefix != Prefix::Bare && self.block.is_some()) {
            self.stand(&line.kind);
        } else {
            return self.other(text, whole);
        }
        let Some(block) = &mut self.block else { return };
        block.over |= matches!(line.kind, Kind::MethodCompleted { .. });
        block.crashed |= matches!(line.kind, Kind::LambdaFailed { .. } | Kind::LambdaFailedUnnamed { .. });
        block.open = if whole { Open::No } else { Open::after(&line) };
        self.input.entries.push(Entry {
            request: block.request,
            number: self.number,
            lines: 1,
            timestamp: self.time.or_else(|| leading_time(text)),
            event,
            text: text.to_owned(),
            event_id: self.event_id.take(),
        });
    }

    /// A line of another log; one without a time of its own right below such a line continues it.
    fn other(&mut self, text: &str, whole: bool) {
        self.input.other_lines += 1;
        if !self.others {
            return;
        }
        // A time before a run's id is the function's own and stays.
        let leading = if whole { None } else { iso_time(text) };
        let own = leading.filter(|(_, rest)| uuid(rest.trim_start()).is_some());
        let timestamp = leading.map(|(time, _)| time).or(self.time);
        if let Some(last) = self.input.others.last_mut().filter(|o| o.last + 1 == self.number && !whole)
            && timestamp.is_none()
            && last.timestamp.is_some()
        {
            last.text.push('\n');
            last.text.push_str(text);
            last.last = self.number;
            return;
        }
        let text = leading.filter(|_| own.is_none()).map_or(text, |(_, rest)| rest.trim_start());
        let (number, event_id) = (self.number, self.event_id.take());
        self.input.others.push(Other { number, last: number, timestamp, text: text.to_owned(), event_id });
    }

    /// The request that has only its heading yet, if that stands right above: the console's test page heads a log with one
    /// placeholder and begins it with another. It goes by the id of its lines.
    fn headed(&mut self, id: &str) -> Option<usize> {
        let heading = self.input.entries.last().filter(|e| e.number + 1 == self.number)?;
        let request = heading.request;
        let alone = self.input.entries.iter().rev().take(2).filter(|e| e.request == request).count() == 1;
        if !alone || !matches!(Line::parse(&heading.text).kind, Kind::ExecutionLog { .. }) {
            return None;
        }
        self.requests.insert(id.to_owned(), request);
        id.clone_into(&mut self.input.ids[request]);
        Some(request)
    }

    /// Goes on with the request that a line names.
    fn enter(&mut self, id: &str, by_prefix: bool) {
        let request = match self.requests.get(id) {
            Some(&request) => request,
            None => self.headed(id).unwrap_or_else(|| self.add(id)),
        };
        self.block = Some(Block { request, by_prefix, over: false, crashed: false, open: Open::No });
    }

    fn add(&mut self, id: &str) -> usize {
        let request = self.input.ids.len();
        self.input.ids.push(id.to_owned());
        if !id.is_empty() {
            self.requests.insert(id.to_owned(), request);
        }
        request
    }

    /// Whether a line without an id is not one of its own.
    fn continues(&self, known: bool) -> bool {
        let Some(block) = &self.block else { return false };
        match block.open {
            Open::No => false,
            // Where every line carries the id, one without it is still the crash's text, whatever it says.
            Open::Crash => !known || block.by_prefix,
            Open::Body | Open::Error => !known,
        }
    }

    fn append(&mut self, text: &str) {
        let (Some(last), Some(block)) = (self.input.entries.last_mut(), &mut self.block) else { return };
        match block.open {
            Open::Crash if text.contains(". Lambda request id: ") => block.open = Open::No,
            Open::Error => block.open = Open::No,
            _ => {}
        }
        if !last.text.ends_with(": ") {
            last.text.push('\n');
        }
        last.text.push_str(text);
        last.lines += 1;
    }

    /// Finds the block of a line that is known and has no prefix: it may name its request in its text.
    fn stand(&mut self, kind: &Kind) {
        let named = match *kind {
            Kind::StartingExecution { request_id }
            | Kind::VerifyingUsagePlan { request_id, .. }
            | Kind::StartingAuthorizer { request_id, .. }
            | Kind::Unauthorized { request_id } => Some(request_id),
            _ => None,
        };
        let trails = matches!(kind, Kind::IntegrationRequestId { .. } | Kind::XRayTracingId { .. });
        let crash = matches!(kind, Kind::LambdaFailed { .. } | Kind::LambdaFailedUnnamed { .. });
        let begins = match &self.block {
            None => true,
            Some(block) => !block.by_prefix && (block.over && !trails || block.crashed && crash),
        };
        match (named, &self.block) {
            (Some(id), Some(block)) if self.input.ids[block.request].is_empty() && !begins => {
                // The block's own id comes late: the authorizer's lines stand before it.
                let request = block.request;
                match self.requests.get(id) {
                    Some(_) => self.enter(id, false),
                    None => {
                        id.clone_into(&mut self.input.ids[request]);
                        self.requests.insert(id.to_owned(), request);
                    }
                }
            }
            (Some(id), Some(block)) if self.input.ids[block.request] == id => {}
            (Some(id), _) => self.enter(id, false),
            (None, _) if begins => {
                let request = self.add("");
                self.block = Some(Block { request, by_prefix: false, over: false, crashed: false, open: Open::No });
            }
            (None, _) => {}
        }
    }
}

/// The line without what people do to it: the blank at its end lost, the console's time written out of the way.
fn mended(text: &str) -> Cow<'_, str> {
    let known = |text: &str| !matches!(Kind::parse(text), Kind::Unknown(_));
    let Line { prefix: Prefix::Bare, kind: Kind::Unknown(_), .. } = Line::parse(text) else {
        let cut_short = text.ends_with(':') && matches!(Line::parse(text).kind, Kind::Unknown(_));
        return if cut_short { Cow::Owned(format!("{text} ")) } else { Cow::Borrowed(text) };
    };
    let rest = text.split_once(" : ").filter(|(front, _)| front.len() <= 64).map_or(text, |(_, rest)| rest);
    let whole = format!("{rest} ");
    if known(rest) {
        Cow::Borrowed(rest)
    } else if rest.ends_with(':') && known(&whole) {
        Cow::Owned(whole)
    } else {
        Cow::Borrowed(text)
    }
}

/// `1790328016570,message`, the message quoted where it has to be: the console's download.
fn comma_separated(line: &str) -> Option<(i64, String)> {
    let (time, message) = line.split_once(',')?;
    let time = time.trim_matches('"');
    let plausible = time.len() == 13 && time.bytes().all(|b| b.is_ascii_digit());
    let quoted = message.strip_prefix('"').map(|m| m.strip_suffix('"').unwrap_or(m).replace("\"\"", "\""));
    plausible.then(|| time.parse().ok()).flatten().map(|time| (time, quoted.unwrap_or_else(|| message.to_owned())))
}
