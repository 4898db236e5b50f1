//! Which operation a request is for: JSON 1.1, `X-Amz-Target: Logs_20140328.{operation}`.
//!
//! What is not in the table is refused as an operation that AWS does not have. Metric and subscription filters,
//! exports, deliveries and policies are not here.

use std::sync::Arc;

use bytes::Bytes;
use http::Response;
use serde_json::{Value, json};

use super::asked::{Asked, no_group};
use super::{Group, GroupRef, Store, group, insights, put, read, stream, tags, tail};
use crate::answer::{Refusal, json11_response};
use crate::{Body, World};

/// Answers one operation (`FilterLogEvents`).
pub(crate) fn answer(world: &Arc<World>, operation: &str, body: &Bytes) -> Response<Body> {
    let asked = match Asked::read(body) {
        Ok(asked) => asked,
        Err(refusal) => return refusal.json11(),
    };
    match operation {
        "StartLiveTail" => return tail::start(world, &asked).unwrap_or_else(Refusal::json11),
        "StartQuery" => return insights::start(world, &asked),
        _ => {}
    }
    match respond(&world.logs, world.clock.now(), operation, &asked) {
        // An operation without an output has an empty body.
        Ok(Value::Null) => {
            let mut response = json11_response(&Value::Null);
            *response.body_mut() = crate::answer::full("");
            response
        }
        Ok(answer) => json11_response(&answer),
        Err(refusal) => refusal.json11(),
    }
}

fn respond(store: &Store, now: i64, operation: &str, asked: &Asked) -> Result<Value, Refusal> {
    match operation {
        "CreateLogGroup" => group::create(store, now, asked),
        "DeleteLogGroup" => group::delete(store, asked),
        "DescribeLogGroups" => group::describe(store, now, asked),
        "ListLogGroups" => group::list(store, asked),
        "PutLogGroupDeletionProtection" => group::protect(store, asked),
        "PutRetentionPolicy" => group::retain(store, now, asked),
        "DeleteRetentionPolicy" => group::keep_for_ever(store, asked),
        "CreateLogStream" => stream::create(store, now, asked),
        "DeleteLogStream" => stream::delete(store, asked),
        "DescribeLogStreams" => stream::describe(store, now, asked),
        "PutLogEvents" => put::put(store, now, asked),
        "GetLogEvents" => read::get(store, now, asked),
        "FilterLogEvents" => read::filter(store, now, asked),
        "TestMetricFilter" => read::test(asked),
        "GetQueryResults" => insights::results(store, asked),
        "StopQuery" => insights::stop(store, asked),
        "DescribeQueries" => insights::describe(store, asked),
        "TagResource" => tags::tag(store, asked),
        "UntagResource" => tags::untag(store, asked),
        "ListTagsForResource" => tags::list(store, asked),
        "TagLogGroup" => tags::tag_group(store, asked),
        "UntagLogGroup" => tags::untag_group(store, asked),
        "ListTagsLogGroup" => tags::list_group(store, asked),
        _ => Err(Refusal::new(400, "UnknownOperationException", "")),
    }
}

impl Store {
    /// The group of that name, if it is there.
    pub(super) fn existing(&self, name: &str) -> Result<GroupRef, Refusal> {
        self.find(name).filter(|group| group.is_there()).ok_or_else(no_group)
    }
}

impl Group {
    pub(super) fn is_there(&self) -> bool {
        self.lock().there
    }
}

/// A list's answer, with a token when there is more.
pub(super) fn listing(member: &str, items: Vec<Value>, token: Option<String>) -> Value {
    let mut answer = json!({});
    answer[member] = Value::Array(items);
    if let Some(token) = token {
        answer["nextToken"] = json!(token);
    }
    answer
}
