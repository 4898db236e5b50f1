//! Answers as the JSON that came, beside what the SDK makes of it.
//!
//! The SDK signs, sends, tries again and understands errors; what a resource holds is read from the body itself, because
//! the SDK's structs drop every member that they do not know. Where to look next: `gateway.rs`, `surroundings.rs`.

use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::AfterDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::DateTime;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::date_time::Format;
use bytes::Bytes;
use gatescope_model::api::Texts;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{Error, Kind};

/// Where the body of one call's answer is put. A streamed answer is left alone: its slot stays empty.
#[derive(Clone, Debug, Default)]
pub(crate) struct Slot(Arc<Mutex<Option<(u16, Bytes)>>>);

impl Slot {
    /// The answer as JSON, without members that are null: AWS means by those that they are not set.
    pub(crate) fn json(&self, operation: &str) -> Result<Value, Error> {
        let (status, body) = self.0.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default();
        let mut value = match serde_json::from_slice(&body) {
            Ok(value @ Value::Object(_)) => value,
            Ok(_) => return Err(no_answer(status, operation, "it is no JSON object")),
            Err(e) => return Err(no_answer(status, operation, &e.to_string())),
        };
        drop_nulls(&mut value);
        Ok(value)
    }
}

impl Intercept for Slot {
    fn name(&self) -> &'static str {
        "Slot"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response();
        if let Some(body) = response.body().bytes() {
            let answer = (response.status().as_u16(), Bytes::copy_from_slice(body));
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
        }
        Ok(())
    }
}

/// Lists that could not be read, in words.
#[derive(Debug, Default)]
pub(crate) struct Unread(pub(crate) Texts);

impl Unread {
    /// The list; without the permission for it, or from a server that does not have it, none, and that is said.
    pub(crate) fn or_none<T>(&mut self, list: &str, needs: &str, read: Result<Vec<T>, Error>) -> Result<Vec<T>, Error> {
        match read {
            Ok(items) => Ok(items),
            Err(e) => {
                let is_absent = ["HTTP 404 to", "HTTP 405 to", "HTTP 501 to"].iter().any(|p| e.message.starts_with(p));
                let words = match e.kind {
                    Kind::Denied => format!("{needs} is not allowed: {}", e.message),
                    Kind::Failed if is_absent => format!("this server does not have it: {}", e.message),
                    // Not AWS's own answer: moto's server says so of what it does not have.
                    Kind::Failed if e.message.starts_with("HTTP 500 to") => {
                        format!("this server has no answer for it: {}", e.message)
                    }
                    _ => return Err(e),
                };
                self.0.insert(list.to_owned(), words);
                Ok(Vec::new())
            }
        }
    }
}

/// A part of an answer as one of `model`'s nouns.
pub(crate) fn noun<T: DeserializeOwned>(value: Value, operation: &str) -> Result<T, Error> {
    serde_json::from_value(value).map_err(|e| no_answer(200, operation, &e.to_string()))
}

/// The list under this name as nouns; without it, none.
pub(crate) fn nouns<T: DeserializeOwned>(mut answer: Value, list: &str, operation: &str) -> Result<Vec<T>, Error> {
    match answer.get_mut(list).map(Value::take) {
        None => Ok(Vec::new()),
        Some(Value::Array(items)) => items.into_iter().map(|item| noun(item, operation)).collect(),
        Some(_) => Err(no_answer(200, operation, &format!("{list} is no list"))),
    }
}

/// API Gateway V1 tells moments as seconds since 1970; the nouns have them as ISO 8601, like V2.
pub(crate) fn iso_dates(value: &mut Value) {
    let Value::Object(members) = value else {
        if let Value::Array(items) = value {
            items.iter_mut().for_each(iso_dates);
        }
        return;
    };
    for (name, value) in members {
        match (name.ends_with("Date"), value.as_f64()) {
            (true, Some(seconds)) => {
                if let Ok(text) = DateTime::from_secs_f64(seconds).fmt(Format::DateTime) {
                    *value = Value::String(text);
                }
            }
            _ => iso_dates(value),
        }
    }
}

fn no_answer(status: u16, operation: &str, why: &str) -> Error {
    Error::new(Kind::Failed, format!("HTTP {status} to {operation} with a body that is no AWS answer ({why})"))
}

fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, v| !v.is_null());
            members.values_mut().for_each(drop_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;

    #[test]
    fn seconds_since_1970_become_iso_8601_wherever_a_date_stands() {
        let mut answer =
            json!({"item": [{"createdDate": 1_790_000_000, "n": 5, "lastUpdatedDate": 1.5}], "expirationDate": "x"});
        iso_dates(&mut answer);
        let expected = json!({
            "item": [{"createdDate": "2026-09-21T14:13:20Z", "n": 5, "lastUpdatedDate": "1970-01-01T00:00:01.5Z"}],
            "expirationDate": "x"
        });
        assert_eq!(answer, expected);
    }

    #[test]
    fn what_is_null_is_not_set() {
        let mut answer = json!({"a": null, "b": {"c": null, "d": [null, {"e": null}]}});
        drop_nulls(&mut answer);
        assert_eq!(answer, json!({"b": {"d": [null, {}]}}));
    }
}
