//! FilterLogEvents and GetLogEvents: which events, in which order, on which page (facts 7.2, facts 2 section 7); and
//! TestMetricFilter, which tries a pattern on given lines.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::Store;
use super::asked::{Asked, check_stream_name, invalid_parameter, invalid_token, null};
use super::pattern;
use super::snapshot::{At, Snapshot, Streams};
use crate::answer::Refusal;

/// Events on a page, at most.
const PAGE_EVENTS: usize = 10_000;
/// Bytes of messages on a page, at most.
const PAGE_BYTES: usize = 1 << 20;
/// Bytes of messages that are searched for one page; a page can be empty and have one behind it (facts 7.2).
const SEARCHED_BYTES: usize = 32 << 20;
/// Streams that a filter can name.
const MOST_STREAMS: usize = 100;
/// Lines that a pattern can be tried on (botocore's model).
const MOST_LINES: usize = 50;

/// FilterLogEvents.
pub(super) fn filter(store: &Store, now: i64, asked: &Asked) -> Result<Value, Refusal> {
    let name = asked.group()?;
    let limit = asked.limit("limit", PAGE_EVENTS)?;
    let (start, end) = (asked.time("startTime")?.unwrap_or(0), asked.time("endTime")?.unwrap_or(i64::MAX));
    let names = asked.list("logStreamNames", MOST_STREAMS)?;
    let streams = match (names.is_empty(), asked.has("logStreamNamePrefix")) {
        (true, false) => Streams::All,
        (false, false) => Streams::Named(names),
        (true, true) => {
            check_stream_name(asked.text("logStreamNamePrefix"), "logStreamNamePrefix")?;
            Streams::Prefix(asked.text("logStreamNamePrefix"))
        }
        // Assumed: the words.
        (false, true) => {
            let message = "LogStreamNamePrefix and LogStreamNames are mutually exclusive parameters.";
            return Err(invalid_parameter(message));
        }
    };
    let group = store.existing(name)?;
    let pattern = pattern::parse(asked.text("filterPattern"), "filterPattern")?;
    let forward = asked.flag("startFromHead").unwrap_or(true);
    let after = match asked.has("nextToken") {
        false => None,
        true => Some(read_token(asked.text("nextToken")).ok_or_else(invalid_token)?),
    };
    // What comes in between two pages is found when it sorts behind.
    let times = match after {
        Some((timestamp, _)) if forward => start.max(timestamp)..=end,
        Some((timestamp, _)) => start..=end.min(timestamp),
        None => start..=end,
    };
    store.expire(&group, now);
    let snapshot = Snapshot::take(&group, now, &times, &streams)?;
    let is_behind = |at: &&At| after.is_none_or(|a| if forward { at.key() > a } else { at.key() < a });
    let events: Box<dyn Iterator<Item = &At>> =
        if forward { Box::new(snapshot.events.iter()) } else { Box::new(snapshot.events.iter().rev()) };
    let mut page = Page::default();
    for at in events.filter(is_behind) {
        if page.is_full(limit) {
            break;
        }
        let message = snapshot.text(at);
        page.searched += message.len();
        if pattern.matches(&message) {
            if !page.takes(message.len()) {
                break;
            }
            page.events.push(json!({ "logStreamName": &*snapshot.stream(at), "timestamp": at.timestamp,
                "message": message, "ingestionTime": snapshot.ingested(at), "eventId": at.id() }));
            page.last = Some(at.key());
        } else if page.searched >= SEARCHED_BYTES {
            page.last = Some(at.key());
        }
    }
    let mut answer = json!({ "events": page.events, "searchedLogStreams": [] });
    // Even a complete result carries a token, and the page behind it is empty and has none.
    if let Some(last) = page.last {
        answer["nextToken"] = json!(write_token(last));
    }
    Ok(answer)
}

/// A page that is being filled.
#[derive(Default)]
struct Page {
    events: Vec<Value>,
    bytes: usize,
    searched: usize,
    last: Option<(i64, u64)>,
}

impl Page {
    fn is_full(&self, limit: usize) -> bool {
        self.events.len() == limit || self.searched >= SEARCHED_BYTES
    }

    /// Whether a message of that length still fits; the first one always does.
    fn takes(&mut self, length: usize) -> bool {
        self.bytes += length + 26;
        self.bytes <= PAGE_BYTES || self.events.is_empty()
    }
}

fn write_token((timestamp, serial): (i64, u64)) -> String {
    URL_SAFE_NO_PAD.encode(format!("{timestamp} {serial}"))
}

fn read_token(token: &str) -> Option<(i64, u64)> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    let (timestamp, serial) = text.split_once(' ')?;
    Some((timestamp.parse().ok()?, serial.parse().ok()?))
}

/// GetLogEvents: one stream, forwards or backwards; tokens are never null and repeat at the end.
pub(super) fn get(store: &Store, now: i64, asked: &Asked) -> Result<Value, Refusal> {
    let (name, stream) = (asked.group()?, asked.stream_name()?);
    let limit = asked.limit("limit", PAGE_EVENTS)?;
    let start = asked.time("startTime")?.unwrap_or(0);
    // The end is not part of the range (botocore's model).
    let end = asked.time("endTime")?.map_or(i64::MAX, |end| end - 1);
    let group = store.existing(name)?;
    let token = match asked.has("nextToken") {
        false => None,
        true => Some(Edge::read(asked.text("nextToken")).ok_or_else(invalid_token)?),
    };
    store.expire(&group, now);
    let snapshot = Snapshot::take(&group, now, &(start..=end), &Streams::Named(vec![stream]))?;
    let all = &snapshot.events;
    let (from, to) = match &token {
        None if asked.flag("startFromHead").unwrap_or_default() => (0, all.len().min(limit)),
        None => (all.len().saturating_sub(limit), all.len()),
        Some(Edge { forward: true, key, .. }) => {
            let from = all.partition_point(|at| at.key() <= *key);
            (from, all.len().min(from + limit))
        }
        Some(Edge { forward: false, key, .. }) => {
            let to = all.partition_point(|at| at.key() < *key);
            (to.saturating_sub(limit), to)
        }
    };
    // The newest events that fit when reading backwards, the oldest when reading forwards.
    let forward = token.as_ref().map_or_else(|| asked.flag("startFromHead").unwrap_or_default(), |edge| edge.forward);
    let mut bytes = 0;
    let mut item = |at: &At| {
        let message = snapshot.text(at);
        bytes += message.len() + 26;
        let fits = bytes <= PAGE_BYTES || bytes == message.len() + 26;
        let event = || json!({ "timestamp": at.timestamp, "message": message, "ingestionTime": snapshot.ingested(at) });
        fits.then(|| (at.id(), event()))
    };
    let mut page: Vec<(String, Value)> = if forward {
        all[from..to].iter().map_while(&mut item).collect()
    } else {
        all[from..to].iter().rev().map_while(&mut item).collect()
    };
    if !forward {
        page.reverse();
    }
    let same = || token.as_ref().map_or_else(|| "0".repeat(56), |edge| edge.id.clone());
    let edge = |event: Option<&(String, Value)>| event.map_or_else(same, |(id, _)| id.clone());
    let (first, last) = (edge(page.first()), edge(page.last()));
    Ok(json!({
        "events": page.into_iter().map(|(_, event)| event).collect::<Vec<_>>(),
        "nextForwardToken": format!("f/{last}/s"),
        "nextBackwardToken": format!("b/{first}/s"),
    }))
}

/// A token of GetLogEvents: `f/{event id}/s`, `b/{event id}/s` (recorded).
struct Edge {
    forward: bool,
    id: String,
    key: (i64, u64),
}

impl Edge {
    fn read(token: &str) -> Option<Self> {
        let (forward, rest) = match token.split_at_checked(2)? {
            ("f/", rest) => (true, rest),
            ("b/", rest) => (false, rest),
            _ => return None,
        };
        let id = rest.strip_suffix("/s").filter(|id| id.len() == 56 && id.bytes().all(|b| b.is_ascii_digit()))?;
        Some(Self { forward, id: id.to_owned(), key: (id[1..26].parse().ok()?, id[26..].parse().ok()?) })
    }
}

/// TestMetricFilter.
pub(super) fn test(asked: &Asked) -> Result<Value, Refusal> {
    if !asked.has("filterPattern") {
        return Err(null("filterPattern"));
    }
    if !asked.has("logEventMessages") {
        return Err(null("logEventMessages"));
    }
    let lines = asked.list("logEventMessages", MOST_LINES)?;
    let pattern = pattern::parse(asked.text("filterPattern"), "metric filter")?;
    let matches: Vec<Value> = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| pattern.matches(line))
        .map(
            |(n, line)| json!({ "eventNumber": n + 1, "eventMessage": line, "extractedValues": pattern.extract(line) }),
        )
        .collect();
    Ok(json!({ "matches": matches }))
}
