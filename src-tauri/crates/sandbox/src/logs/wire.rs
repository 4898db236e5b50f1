//! The operations of CloudWatch Logs, JSON 1.1. Words of errors: the recorded CloudWatch Logs samples.

use std::sync::Arc;

use bytes::Bytes;
use http::Response;
use serde_json::{Value, json};

use super::{Event, Group, Store, Stream, read, tail};
use crate::answer::{Refusal, json11_response};
use crate::{Body, World, ids};

/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;
/// PutLogEvents takes no events older than this.
const TOO_OLD_MS: i64 = 14 * DAY_MS;
/// Nor newer than this.
const TOO_NEW_MS: i64 = 2 * 3_600_000;
/// Groups or streams on a page when the caller does not say; also the most.
const PAGE: usize = 50;

/// The members of a request.
pub(super) struct Asked<'a>(&'a Value);

impl Asked<'_> {
    pub(super) fn text(&self, member: &str) -> &str {
        self.0[member].as_str().unwrap_or_default()
    }

    pub(super) fn texts(&self, member: &str) -> Vec<&str> {
        self.0[member].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
    }

    pub(super) fn number(&self, member: &str) -> Option<i64> {
        self.0[member].as_i64()
    }

    pub(super) fn flag(&self, member: &str) -> bool {
        self.0[member].as_bool().unwrap_or_default()
    }

    pub(super) fn limit(&self, most: usize) -> Result<usize, Refusal> {
        match self.number("limit").map(usize::try_from) {
            None => Ok(most),
            Some(Ok(n)) if (1..=most).contains(&n) => Ok(n),
            Some(_) => {
                let n = self.number("limit").unwrap_or_default();
                let bound =
                    if n < 1 { "greater than or equal to 1".into() } else { format!("less than or equal to {most}") };
                Err(constraint(&n.to_string(), "limit", &format!("Member must have value {bound}")))
            }
        }
    }

    /// The group by name or ARN.
    fn group(&self) -> Result<&str, Refusal> {
        match self.text("logGroupName") {
            "" => group_name(self.text("logGroupIdentifier"), "logGroupIdentifier"),
            name => Ok(name),
        }
    }
}

/// The name in a group's identifier. An ARN that ends in `:*`, as `DescribeLogGroups` gives it in `arn`, is refused:
/// the model's pattern has no asterisk.
pub(super) fn group_name<'i>(identifier: &'i str, member: &str) -> Result<&'i str, Refusal> {
    if identifier.contains('*') {
        let pattern = r"Member must satisfy regular expression pattern: [\w#+=/:,.@-]*";
        let failed = format!("Value at '{member}' failed to satisfy constraint: {pattern}");
        return Err(invalid_parameter(&format!("1 validation error detected: {failed}")));
    }
    Ok(identifier.split_once(":log-group:").map_or(identifier, |(_, name)| name))
}

/// A value outside its model.
fn constraint(value: &str, member: &str, what: &str) -> Refusal {
    let failed = format!("Value '{value}' at '{member}' failed to satisfy constraint: {what}");
    invalid_parameter(&format!("1 validation error detected: {failed}"))
}

pub(super) fn invalid_parameter(message: &str) -> Refusal {
    Refusal::new(400, "InvalidParameterException", message)
}

pub(super) fn no_group() -> Refusal {
    Refusal::new(400, "ResourceNotFoundException", "The specified log group does not exist.")
}

pub(super) fn no_stream() -> Refusal {
    Refusal::new(400, "ResourceNotFoundException", "The specified log stream does not exist.")
}

/// Answers one operation (`FilterLogEvents`).
pub(crate) fn answer(world: &World, operation: &str, body: &Bytes) -> Response<Body> {
    let asked = match serde_json::from_slice::<Value>(if body.is_empty() { b"{}" } else { body }) {
        Ok(asked @ Value::Object(_)) => asked,
        _ => return Refusal::new(400, "SerializationException", "Could not parse request body").json11(),
    };
    let asked = Asked(&asked);
    if operation == "StartLiveTail" {
        return tail::start(&world.logs, &asked).unwrap_or_else(Refusal::json11);
    }
    match respond(&world.logs, world.clock.now(), operation, &asked) {
        Ok(answer) => json11_response(&answer),
        Err(refusal) => refusal.json11(),
    }
}

fn respond(store: &Store, now: i64, operation: &str, asked: &Asked<'_>) -> Result<Value, Refusal> {
    match operation {
        "CreateLogGroup" => return create_group(store, now, asked),
        "DescribeLogGroups" => return describe_groups(store, asked),
        "CreateLogStream"
        | "PutLogEvents"
        | "DescribeLogStreams"
        | "FilterLogEvents"
        | "GetLogEvents"
        | "PutRetentionPolicy"
        | "DeleteRetentionPolicy"
        | "DeleteLogGroup" => {}
        _ => return Err(Refusal::new(400, "UnknownOperationException", "")),
    }
    if operation == "PutLogEvents" {
        return put(store, now, asked);
    }
    let mut groups = store.groups();
    let name = asked.group()?;
    if operation == "DeleteLogGroup" {
        return groups.remove(name).map(|_| json!({})).ok_or_else(no_group);
    }
    let group = groups.get_mut(name).ok_or_else(no_group)?;
    match operation {
        "CreateLogStream" => create_stream(group, now, asked),
        "DescribeLogStreams" => describe_streams(group, &store.arn(name), asked),
        "FilterLogEvents" => read::filter(group, asked),
        "GetLogEvents" => read::get(group, asked),
        "PutRetentionPolicy" => {
            let days = asked.number("retentionInDays").filter(|days| *days > 0);
            group.retention_days = Some(days.ok_or_else(|| invalid_parameter("Invalid retentionInDays"))?);
            Ok(json!({}))
        }
        _ => {
            group.retention_days = None;
            Ok(json!({}))
        }
    }
}

fn create_group(store: &Store, now: i64, asked: &Asked<'_>) -> Result<Value, Refusal> {
    let name = asked.text("logGroupName");
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"_-/.#".contains(&b);
    if name.len() > 512 {
        return Err(constraint(name, "logGroupName", "Member must have length less than or equal to 512"));
    }
    if name.is_empty() || !name.bytes().all(allowed) {
        let pattern = r"Member must satisfy regular expression pattern: [\.\-_/#A-Za-z0-9]+";
        return Err(constraint(name, "logGroupName", pattern));
    }
    let mut groups = store.groups();
    if groups.contains_key(name) {
        let message = "The specified log group already exists";
        return Err(Refusal::new(400, "ResourceAlreadyExistsException", message));
    }
    groups.insert(name.to_owned(), Group { created: now, ..Group::default() });
    Ok(json!({}))
}

fn create_stream(group: &mut Group, now: i64, asked: &Asked<'_>) -> Result<Value, Refusal> {
    let name = asked.text("logStreamName");
    if name.is_empty() {
        return Err(invalid_parameter("Log stream name must not be empty"));
    }
    if group.streams.contains_key(name) {
        let message = "The specified log stream already exists";
        return Err(Refusal::new(400, "ResourceAlreadyExistsException", message));
    }
    group.streams.insert(name.into(), Stream { created: now, ..Stream::default() });
    Ok(json!({}))
}

fn describe_groups(store: &Store, asked: &Asked<'_>) -> Result<Value, Refusal> {
    let limit = asked.limit(PAGE)?;
    let (prefix, pattern, after) =
        (asked.text("logGroupNamePrefix"), asked.text("logGroupNamePattern").to_lowercase(), asked.text("nextToken"));
    let groups = store.groups();
    let mut found = groups
        .iter()
        .filter(|(name, _)| name.starts_with(prefix) && name.to_lowercase().contains(&pattern))
        .filter(|(name, _)| name.as_str() > after)
        .peekable();
    let mut last = "";
    let mut items = Vec::new();
    for (name, group) in found.by_ref().take(limit) {
        last = name;
        let arn = store.arn(name);
        let mut item = json!({ "logGroupName": name, "creationTime": group.created });
        if let Some(days) = group.retention_days {
            item["retentionInDays"] = json!(days);
        }
        item["metricFilterCount"] = json!(0);
        item["arn"] = json!(format!("{arn}:*"));
        item["storedBytes"] = json!(group.bytes);
        item["logGroupClass"] = json!("STANDARD");
        item["logGroupArn"] = json!(arn);
        item["deletionProtectionEnabled"] = json!(false);
        item["bearerTokenAuthenticationEnabled"] = json!(false);
        items.push(item);
    }
    let mut answer = json!({ "logGroups": items });
    if found.peek().is_some() {
        answer["nextToken"] = json!(last);
    }
    Ok(answer)
}

fn describe_streams(group: &Group, arn: &str, asked: &Asked<'_>) -> Result<Value, Refusal> {
    let limit = asked.limit(PAGE)?;
    let prefix = asked.text("logStreamNamePrefix");
    let order = asked.0["orderBy"].as_str().unwrap_or("LogStreamName");
    if !["LogStreamName", "LastEventTime"].contains(&order) {
        let values = "Member must satisfy enum value set: [LogStreamName, LastEventTime]";
        return Err(constraint(order, "orderBy", values));
    }
    if order == "LastEventTime" && !prefix.is_empty() {
        return Err(invalid_parameter("Cannot order by LastEventTime with a logStreamNamePrefix."));
    }
    let mut found: Vec<_> = group.streams.iter().filter(|(name, _)| name.starts_with(prefix)).collect();
    if order == "LastEventTime" {
        found.sort_by_key(|(_, stream)| stream.last);
    }
    if asked.flag("descending") {
        found.reverse();
    }
    let skip = match asked.text("nextToken") {
        "" => 0,
        token => token.parse().map_err(|_| invalid_parameter("The specified nextToken is invalid."))?,
    };
    let more = found.len() > skip + limit;
    let items: Vec<Value> = found
        .into_iter()
        .skip(skip)
        .take(limit)
        .map(|(name, stream)| {
            let mut item = json!({ "logStreamName": &**name, "creationTime": stream.created });
            if let (Some(first), Some(last), Some(ingested)) = (stream.first, stream.last, stream.ingested) {
                item["firstEventTimestamp"] = json!(first);
                item["lastEventTimestamp"] = json!(last);
                item["lastIngestionTime"] = json!(ingested);
                item["uploadSequenceToken"] = json!(format!("4{:055}", ingested));
            }
            item["arn"] = json!(format!("{arn}:log-stream:{name}"));
            item["storedBytes"] = json!(0);
            item
        })
        .collect();
    let mut answer = json!({ "logStreams": items });
    if more {
        answer["nextToken"] = json!((skip + limit).to_string());
    }
    Ok(answer)
}

/// Group and stream must be there; what is too old or too new is left out and said.
fn put(store: &Store, now: i64, asked: &Asked<'_>) -> Result<Value, Refusal> {
    let (group, stream) = (asked.text("logGroupName"), asked.text("logStreamName"));
    let retention = {
        let groups = store.groups();
        let group = groups.get(group).ok_or_else(no_group)?;
        if !group.streams.contains_key(stream) {
            return Err(no_stream());
        }
        group.retention_days
    };
    let events: Vec<(i64, String)> = asked.0["logEvents"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|e| Some((e["timestamp"].as_i64()?, e["message"].as_str()?.to_owned())))
        .collect();
    if !events.is_sorted_by_key(|e| e.0) {
        return Err(invalid_parameter("Log events in a single PutLogEvents request must be in chronological order."));
    }
    if let (Some(first), Some(last)) = (events.first(), events.last())
        && last.0 - first.0 > DAY_MS
    {
        return Err(invalid_parameter(
            "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.",
        ));
    }
    let old = events.partition_point(|e| e.0 < now - TOO_OLD_MS);
    let expired = retention.map_or(0, |days| events.partition_point(|e| e.0 < now - days * DAY_MS));
    let new = events.partition_point(|e| e.0 <= now + TOO_NEW_MS);
    let mut answer = json!({ "nextSequenceToken": format!("4{:055}", now) });
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
    let first = old.max(expired);
    let events: Vec<_> = events.into_iter().take(new).skip(first).collect();
    store.write(now, group, Some(stream), Arc::new(events));
    Ok(answer)
}

/// A name for a new stream: 32 hex digits (facts 1.1).
pub(super) fn stream_name() -> String {
    ids::hex::<16>()
}

/// One event as live tail sends it. What `logGroupIdentifier` holds is assumed: the ARN.
pub(super) fn tailed(arn: &str, event: &Event) -> Value {
    json!({ "logStreamName": &*event.stream, "logGroupIdentifier": arn, "message": event.message,
        "timestamp": event.timestamp, "ingestionTime": event.ingested })
}
