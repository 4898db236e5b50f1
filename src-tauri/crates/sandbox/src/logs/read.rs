//! FilterLogEvents and GetLogEvents: which events, in which order, on which page (facts 7.2, facts 2 section 7).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::pattern::Pattern;
use super::wire::{Asked, invalid_parameter, no_stream};
use super::{Event, Group};
use crate::answer::Refusal;

/// Events on a page, at most.
const PAGE_EVENTS: usize = 10_000;
/// Bytes of messages on a page, at most.
const PAGE_BYTES: usize = 1 << 20;

/// Where a page of FilterLogEvents begins: after this timestamp and serial. What comes in between pages is found
/// when it sorts behind.
type After = (i64, u64);

/// FilterLogEvents.
pub(super) fn filter(group: &Group, asked: &Asked<'_>) -> Result<Value, Refusal> {
    let pattern = Pattern::parse(asked.text("filterPattern"))?;
    let streams = asked.texts("logStreamNames");
    if let Some(unknown) = streams.iter().find(|name| !group.streams.contains_key(**name)) {
        tracing::debug!(stream = unknown, "no such stream");
        return Err(no_stream());
    }
    let prefix = asked.text("logStreamNamePrefix");
    let (start, end) = (asked.number("startTime").unwrap_or(0), asked.number("endTime").unwrap_or(i64::MAX));
    let after = match asked.text("nextToken") {
        "" => None,
        token => Some(read_token(token).ok_or_else(|| invalid_parameter("The specified nextToken is invalid."))?),
    };
    let mut found: Vec<&Event> = group
        .events
        .iter()
        .filter(|e| (start..=end).contains(&e.timestamp) && e.stream.starts_with(prefix))
        .filter(|e| streams.is_empty() || streams.contains(&e.stream.as_ref()))
        .filter(|e| after.is_none_or(|after| (e.timestamp, e.serial) > after))
        .filter(|e| pattern.matches(&e.message))
        .collect();
    found.sort_by_key(|e| (e.timestamp, e.serial));
    let page = page(&found, asked.limit(PAGE_EVENTS)?);
    let events: Vec<Value> = page
        .iter()
        .map(|e| {
            json!({ "logStreamName": &*e.stream, "timestamp": e.timestamp, "message": e.message,
                "ingestionTime": e.ingested, "eventId": e.id() })
        })
        .collect();
    let mut answer = json!({ "events": events, "searchedLogStreams": [] });
    // Even a complete result carries a token, and the page behind it is empty and has none.
    if let Some(last) = page.last() {
        answer["nextToken"] = json!(write_token((last.timestamp, last.serial)));
    }
    Ok(answer)
}

/// As many as fit.
fn page<'e, 'g>(found: &'e [&'g Event], limit: usize) -> &'e [&'g Event] {
    let mut bytes = 0;
    let fits = found.iter().take(limit).take_while(|e| {
        bytes += e.message.len() + 26;
        bytes <= PAGE_BYTES
    });
    &found[..fits.count().max(usize::from(!found.is_empty()))]
}

fn write_token((timestamp, serial): After) -> String {
    URL_SAFE_NO_PAD.encode(format!("{timestamp} {serial}"))
}

fn read_token(token: &str) -> Option<After> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    let (timestamp, serial) = text.split_once(' ')?;
    Some((timestamp.parse().ok()?, serial.parse().ok()?))
}

/// GetLogEvents: one stream, forwards or backwards; tokens are never null and repeat at the end.
pub(super) fn get(group: &Group, asked: &Asked<'_>) -> Result<Value, Refusal> {
    let stream = asked.text("logStreamName");
    if !group.streams.contains_key(stream) {
        return Err(no_stream());
    }
    let (start, end) = (asked.number("startTime").unwrap_or(0), asked.number("endTime").unwrap_or(i64::MAX));
    let mut all: Vec<&Event> =
        group.events.iter().filter(|e| &*e.stream == stream && (start..end).contains(&e.timestamp)).collect();
    all.sort_by_key(|e| (e.timestamp, e.serial));
    let limit = asked.limit(PAGE_EVENTS)?;
    let token = asked.text("nextToken");
    let position = |id: &str| all.partition_point(|e| e.id().as_str() < id);
    let id = token.get(2..).and_then(|t| t.strip_suffix("/s")).unwrap_or_default();
    let (from, to) = match token.get(..2) {
        None if asked.flag("startFromHead") => (0, all.len().min(limit)),
        None => (all.len().saturating_sub(limit), all.len()),
        Some("f/") => {
            let from = position(id) + usize::from(all.iter().any(|e| e.id() == id));
            (from, all.len().min(from + limit))
        }
        Some("b/") => {
            let to = position(id);
            (to.saturating_sub(limit), to)
        }
        Some(_) => return Err(invalid_parameter("The specified nextToken is invalid.")),
    };
    let page = &all[from.min(to)..to];
    let edge = |event: Option<&&Event>| event.map_or_else(|| id_or_zero(id), |e| e.id());
    let events: Vec<Value> = page
        .iter()
        .map(|e| json!({ "timestamp": e.timestamp, "message": e.message, "ingestionTime": e.ingested }))
        .collect();
    Ok(json!({
        "events": events,
        "nextForwardToken": format!("f/{}/s", edge(page.last())),
        "nextBackwardToken": format!("b/{}/s", edge(page.first())),
    }))
}

fn id_or_zero(id: &str) -> String {
    if id.is_empty() { "0".repeat(56) } else { id.to_owned() }
}
