//! PutLogEvents: group and stream must be there; what is too old or too new is left out and said (recorded).

use std::sync::Arc;

use serde_json::{Value, json};

use super::Store;
use super::asked::{Asked, constraint_at, invalid_parameter, no_stream, null};
use super::kept::DAY_MS;
use crate::answer::Refusal;

/// No events older than this.
const TOO_OLD_MS: i64 = 14 * DAY_MS;
/// Nor newer than this.
const TOO_NEW_MS: i64 = 2 * 3_600_000;
/// Events in a batch (facts 7.2).
const MOST_EVENTS: usize = 10_000;
/// Bytes in a batch, each event with 26 more (facts 7.2).
const MOST_BYTES: usize = 1 << 20;
const EVENT_OVERHEAD: usize = 26;

pub(super) fn put(store: &Store, now: i64, asked: &Asked) -> Result<Value, Refusal> {
    let (name, stream) = (asked.group_name()?, asked.stream_name()?);
    let events = events(asked)?;
    let retention = {
        let group = store.existing(name)?;
        let kept = group.lock();
        if !kept.has_stream(stream) {
            return Err(no_stream());
        }
        kept.retention_days
    };
    if !events.is_sorted_by_key(|e| e.0) {
        return Err(invalid_parameter("Log events in a single PutLogEvents request must be in chronological order."));
    }
    if let (Some(first), Some(last)) = (events.first(), events.last())
        && last.0.saturating_sub(first.0) > DAY_MS
    {
        return Err(invalid_parameter(
            "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.",
        ));
    }
    let old = events.partition_point(|e| e.0 < now - TOO_OLD_MS);
    let expired = retention.map_or(0, |days| events.partition_point(|e| e.0 < now - days * DAY_MS));
    let new = events.partition_point(|e| e.0 <= now + TOO_NEW_MS);
    let mut answer = json!({ "nextSequenceToken": format!("4{now:055}") });
    let mut rejected = json!({});
    if new < events.len() {
        rejected["tooNewLogEventStartIndex"] = json!(new);
    }
    if old > 0 {
        rejected["tooOldLogEventEndIndex"] = json!(old);
    }
    if expired > 0 {
        rejected["expiredLogEventEndIndex"] = json!(expired);
    }
    if rejected != json!({}) {
        answer["rejectedLogEventsInfo"] = rejected;
    }
    let events: Vec<_> = events.into_iter().take(new).skip(old.max(expired)).collect();
    store.write(now, name, Some(stream), Arc::new(events));
    Ok(answer)
}

/// The events of a request, within the model's bounds.
fn events(asked: &Asked) -> Result<Vec<(i64, String)>, Refusal> {
    let items = asked.value("logEvents").as_array().ok_or_else(|| null("logEvents"))?;
    let bound = match items.len() {
        0 => Some("greater than or equal to 1".to_owned()),
        n if n > MOST_EVENTS => Some(format!("less than or equal to {MOST_EVENTS}")),
        _ => None,
    };
    if let Some(bound) = bound {
        return Err(constraint_at("logEvents", &format!("Member must have length {bound}")));
    }
    let mut bytes = 0;
    let mut events = Vec::with_capacity(items.len());
    for (n, item) in items.iter().enumerate() {
        let member = |name: &str| format!("logEvents.{}.member.{name}", n + 1);
        let timestamp = item["timestamp"].as_i64().ok_or_else(|| null(&member("timestamp")))?;
        let message = item["message"].as_str().ok_or_else(|| null(&member("message")))?;
        if timestamp < 0 {
            return Err(constraint_at(&member("timestamp"), "Member must have value greater than or equal to 0"));
        }
        if message.is_empty() {
            return Err(constraint_at(&member("message"), "Member must have length greater than or equal to 1"));
        }
        bytes += message.len() + EVENT_OVERHEAD;
        if message.len() + EVENT_OVERHEAD > MOST_BYTES {
            return Err(invalid_parameter(&format!(
                "Log event too large: {} bytes exceeds limit of {MOST_BYTES}",
                message.len() + EVENT_OVERHEAD
            )));
        }
        events.push((timestamp, message.to_owned()));
    }
    if bytes > MOST_BYTES {
        return Err(invalid_parameter(&format!("Upload too large: {bytes} bytes exceeds limit of {MOST_BYTES}")));
    }
    Ok(events)
}
