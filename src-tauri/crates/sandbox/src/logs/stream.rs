//! Log streams: made, deleted, listed. Most have no row of their own: they are what a batch without a name is in.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Store;
use super::asked::{Asked, check_stream_name, invalid_parameter, invalid_token, no_stream};
use super::kept::{Kept, Stream, StreamName};
use super::wire::listing;
use crate::answer::Refusal;

/// Streams on a page when the caller does not say; also the most.
const PAGE: usize = 50;

pub(super) fn create(store: &Store, now: i64, asked: &Asked) -> Result<Value, Refusal> {
    let (group, name) = (asked.group_name()?, asked.stream_name()?);
    let group = store.existing(group)?;
    let mut kept = group.lock();
    if kept.has_stream(name) {
        let message = "The specified log stream already exists";
        return Err(Refusal::new(400, "ResourceAlreadyExistsException", message));
    }
    kept.stream(now, name);
    Ok(Value::Null)
}

pub(super) fn delete(store: &Store, asked: &Asked) -> Result<Value, Refusal> {
    let (group, name) = (asked.group_name()?, asked.stream_name()?);
    let gone = store.existing(group)?.lock().remove_stream(name).ok_or_else(no_stream)?;
    store.freed(&gone);
    Ok(Value::Null)
}

/// All streams: those that have a row, and one for each batch without a name.
fn all(kept: &Kept) -> BTreeMap<StreamName, Stream> {
    let named = kept.streams.iter().map(|(name, stream)| (StreamName::Named(name.clone()), stream.clone()));
    let own = kept.entries.iter().filter(|entry| entry.stream.is_none()).map(|entry| {
        let stream = Stream {
            created: entry.ingested,
            first: Some(entry.oldest),
            last: Some(entry.newest),
            ingested: Some(entry.ingested),
        };
        (StreamName::of(kept.seed, entry), stream)
    });
    named.chain(own).collect()
}

pub(super) fn describe(store: &Store, now: i64, asked: &Asked) -> Result<Value, Refusal> {
    let limit = asked.limit("limit", PAGE)?;
    let name = asked.group()?;
    let prefix = asked.text("logStreamNamePrefix");
    if asked.has("logStreamNamePrefix") {
        check_stream_name(prefix, "logStreamNamePrefix")?;
    }
    let by_time = asked.choice("orderBy", &["LogStreamName", "LastEventTime"])? == Some("LastEventTime");
    if by_time && !prefix.is_empty() {
        return Err(invalid_parameter("Cannot order by LastEventTime with a logStreamNamePrefix."));
    }
    let group = store.existing(name)?;
    store.expire(&group, now);
    let skip: usize = match asked.text("nextToken") {
        "" if !asked.has("nextToken") => 0,
        token => token.parse().map_err(|_| invalid_token())?,
    };
    let mut found: Vec<_> = all(&group.lock()).into_iter().map(|(name, stream)| (name.text(), stream)).collect();
    found.retain(|(name, _)| name.starts_with(prefix));
    if by_time {
        found.sort_by_key(|(_, stream)| stream.last);
    } else {
        found.sort_by(|(a, _), (b, _)| a.cmp(b));
    }
    if asked.flag("descending").unwrap_or_default() {
        found.reverse();
    }
    let next = skip.saturating_add(limit);
    let more = found.len() > next;
    let items = found.into_iter().skip(skip).take(limit);
    let items = items.map(|(name, stream)| entry(&group.arn, &name, &stream)).collect();
    Ok(listing("logStreams", items, more.then(|| next.to_string())))
}

/// One stream, members in the recorded order.
fn entry(arn: &str, name: &str, stream: &Stream) -> Value {
    let mut item = json!({ "logStreamName": name, "creationTime": stream.created });
    if let (Some(first), Some(last), Some(ingested)) = (stream.first, stream.last, stream.ingested) {
        item["firstEventTimestamp"] = json!(first);
        item["lastEventTimestamp"] = json!(last);
        item["lastIngestionTime"] = json!(ingested);
        item["uploadSequenceToken"] = json!(format!("4{ingested:055}"));
    }
    item["arn"] = json!(format!("{arn}:log-stream:{name}"));
    item["storedBytes"] = json!(0);
    item
}
