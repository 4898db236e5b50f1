//! Lambda REQUEST authorizers of `$connect`: what they are asked, and what may be made of their answer.
//!
//! The sandbox decides with it, and the editor tries an authorizer with it, so that both say the same. Every outcome is a
//! recorded handshake (facts 2, 2.1 and 3). It may not know how a function is called. Where to look next:
//! `authorizer/explain.rs` (a policy statement by statement).

pub mod explain;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use crate::api::Texts;
use crate::policy::{self, Decision};
use crate::selection::text_of;

/// The action of a handshake.
pub const INVOKE: &str = "execute-api:Invoke";
/// Bytes of an authorizer's answer (facts 5.1).
pub const RESULT_LIMIT: usize = 8 * 1024;
/// What Jackson knows. `errorMessage` is among them: the recorded complaint about a crash is of `errorType`.
const KNOWN: [&str; 5] = ["principalId", "policyDocument", "context", "usageIdentifierKey", "errorMessage"];

/// What an authorizer gets: all headers, `Connection` and `Upgrade` included (facts 2 section 3). `context` is the request's.
#[must_use]
pub fn event(
    method_arn: &str,
    headers: &[(String, String)],
    query: &[(String, String)],
    stage_variables: &Texts,
    context: Value,
) -> Value {
    let mut event = Map::new();
    event.insert("type".into(), json!("REQUEST"));
    event.insert("methodArn".into(), json!(method_arn));
    let mut seen = headers.to_vec();
    seen.push(("content-length".into(), "0".into()));
    put(&mut event, "headers", "multiValueHeaders", &seen);
    put(&mut event, "queryStringParameters", "multiValueQueryStringParameters", query);
    event.insert("stageVariables".into(), json!(stage_variables));
    event.insert("requestContext".into(), context);
    event.into()
}

/// Single values (the last of repeated ones) and all values, sorted by name as recorded.
pub fn put(event: &mut Map<String, Value>, single: &str, multi: &str, pairs: &[(String, String)]) {
    let mut all: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, value) in pairs {
        all.entry(name).or_default().push(value);
    }
    let last: Map<_, _> = all.iter().map(|(n, v)| ((*n).to_owned(), json!(v.last()))).collect();
    event.insert(single.to_owned(), last.into());
    event.insert(multi.to_owned(), json!(all));
}

/// All identity sources with their values, else the one that is missing or empty: then the client gets 401 and the function is
/// not called (facts 2, 2.1). `lookup` gets the source as it is written.
///
/// # Errors
/// The source without a value.
pub fn identity<'a>(
    sources: &'a [String],
    lookup: impl Fn(&str) -> Option<Value>,
) -> Result<Vec<(&'a str, String)>, &'a str> {
    let value = |source: &'a String| {
        let value = lookup(source).map(|value| text_of(&value)).filter(|value| !value.is_empty());
        value.map(|value| (source.as_str(), value)).ok_or(source.as_str())
    };
    sources.iter().map(value).collect()
}

/// What an authorizer said.
#[derive(Debug)]
pub struct Said {
    /// Who it is; absent is allowed.
    pub principal: Option<String>,
    /// All of them texts; null members are gone.
    pub context: Map<String, Value>,
    /// Of its policy.
    pub statements: Vec<Value>,
    /// The API key, where the API takes it from the authorizer.
    pub usage_key: Option<String>,
}

/// Reads an answer.
///
/// # Errors
/// Jackson's sentence where it is known, else assumed. The client gets 500 with an empty message.
pub fn read(body: &str) -> Result<Said, String> {
    if body.len() > RESULT_LIMIT {
        return Err(format!("the response is larger than {RESULT_LIMIT} bytes")); // assumed: facts 2 section 12.4
    }
    let answer: Value = serde_json::from_str(body).map_err(|e| e.to_string())?;
    let members = answer.as_object().ok_or("Cannot deserialize instance of authorizer response")?;
    if let Some(unknown) = members.keys().find(|k| !KNOWN.contains(&k.as_str())) {
        return Err(format!("Unrecognized field \"{unknown}\" , not marked as ignorable"));
    }
    let context = match &answer["context"] {
        Value::Null => Map::new(),
        Value::Object(context) if context.values().all(is_scalar) => {
            context.iter().filter(|(_, v)| !v.is_null()).map(|(k, v)| (k.clone(), Value::String(text_of(v)))).collect()
        }
        _ => return Err("Cannot deserialize instance of context".into()),
    };
    let statements = match &answer["policyDocument"]["Statement"] {
        Value::Array(statements) => statements.clone(),
        statement @ Value::Object(_) => vec![statement.clone()],
        _ => return Err("Cannot deserialize instance of policyDocument".into()),
    };
    if !statements.iter().all(|s| s["Effect"] == "Allow" || s["Effect"] == "Deny") {
        return Err("Cannot deserialize instance of Effect".into());
    }
    let text = |name: &str| scalar(&answer[name]).ok_or(format!("Cannot deserialize instance of {name}"));
    Ok(Said { principal: text("principalId")?, context, statements, usage_key: text("usageIdentifierKey")? })
}

fn is_scalar(value: &Value) -> bool {
    !value.is_object() && !value.is_array()
}

/// A scalar as text, inside `Some`; absent and null are no text.
fn scalar(value: &Value) -> Option<Option<String>> {
    is_scalar(value).then(|| (!value.is_null()).then(|| text_of(value)))
}

/// The function's ARN in `arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{arn}/invocations`.
#[must_use]
pub fn function_arn(uri: &str) -> Option<&str> {
    let rest = uri.strip_prefix("arn:")?;
    let (_, path) = rest.split_once(":lambda:path/").filter(|(place, _)| place.contains(":apigateway:"))?;
    path.strip_prefix("2015-03-31/functions/")?.strip_suffix("/invocations")
}

/// `$context.requestTime`: `21/Nov/2026:09:20:29 +0000`.
#[must_use]
pub fn request_time(ms: i64) -> String {
    let at = OffsetDateTime::from_unix_timestamp(ms.div_euclid(1000)).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let month = at.month().to_string();
    let (day, month, year) = (at.day(), &month[..3], at.year());
    format!("{day:02}/{month}/{year}:{:02}:{:02}:{:02} +0000", at.hour(), at.minute(), at.second())
}

/// Whether a function that raised said exactly `Unauthorized`: then the client gets 401.
#[must_use]
pub fn is_unauthorized(body: &str) -> bool {
    let body: Value = serde_json::from_str(body).unwrap_or_default();
    text_of(&body["errorMessage"]) == "Unauthorized"
}

/// Why the client gets 403, in AWS's words; nothing when it may connect. Deny wins, then Allow; else nobody said yes.
#[must_use]
pub fn refusal(statements: &[Value], method_arn: &str, context: &[(&str, &str)]) -> Option<String> {
    let why = match policy::decide(statements, INVOKE, method_arn, context) {
        Decision::Allowed => return None,
        Decision::ExplicitDeny => "with an explicit deny in an identity-based policy",
        Decision::ImplicitDeny => "because no identity-based policy allows the execute-api:Invoke action",
    };
    Some(format!("User is not authorized to access this resource {why}"))
}
