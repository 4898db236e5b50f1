//! The parts of which every operation of the table in [`super`] is made: its labels, and its body as it stands in the step.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextMut;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::retry::RetryConfig;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use crate::{Error, Kind};

/// A step's input, from which the labels of the URL are taken; what is left is the body.
pub(super) struct Input<'a> {
    operation: &'a str,
    members: Map<String, Value>,
}

impl<'a> Input<'a> {
    pub(super) fn new(operation: &'a str, input: &Value) -> Result<Self, Error> {
        match input {
            Value::Object(members) => Ok(Self { operation, members: members.clone() }),
            _ => Err(refused(format!("{operation} carries no members"))),
        }
    }

    /// Whose input it is.
    pub(super) fn operation(&self) -> &'a str {
        self.operation
    }

    /// A member that stands in the URL, under the first of these names that is there.
    pub(super) fn label(&mut self, names: &[&str]) -> Result<String, Error> {
        match names.iter().find_map(|name| self.members.shift_remove(*name)) {
            Some(Value::String(text)) if !text.is_empty() => Ok(text),
            _ => Err(refused(format!("{} needs {}", self.operation, names.first().unwrap_or(&"")))),
        }
    }

    /// A member that may stand in the query.
    pub(super) fn query(&mut self, name: &str) -> Option<String> {
        self.members.shift_remove(name)?.as_str().map(str::to_owned)
    }

    /// A list that stands in the query.
    pub(super) fn list(&mut self, name: &str) -> Option<Vec<String>> {
        let list = self.members.shift_remove(name)?;
        Some(list.as_array()?.iter().filter_map(Value::as_str).map(str::to_owned).collect())
    }

    /// A member that becomes one of the SDK's own types, when it is the last.
    pub(super) fn member<T: serde::de::DeserializeOwned>(mut self, name: &str) -> Result<T, Error> {
        let found = self.members.shift_remove(name).unwrap_or_default();
        match self.members.keys().next() {
            Some(left) => Err(refused(format!("{} carries no {left}", self.operation))),
            None => serde_json::from_value(found).map_err(|e| refused(format!("{} {name}: {e}", self.operation))),
        }
    }

    /// What is left, as the operation's protocol writes it.
    pub(super) fn body(self, protocol: Protocol) -> Result<Body, Error> {
        Ok(Body(match protocol {
            Protocol::Json => Some(Value::Object(self.members).to_string()),
            Protocol::Capitals => {
                let members = self.members.into_iter().map(|(name, value)| (pascal(&name), value));
                Some(Value::Object(members.collect()).to_string())
            }
            Protocol::Form => {
                let mut form = format!("Action={}&Version=2010-05-08", self.operation);
                for (name, value) in &self.members {
                    write_form(&mut form, &pascal(name), value);
                }
                Some(form)
            }
            Protocol::Nothing => match self.members.keys().next() {
                // A change is made whole or not at all.
                Some(left) => return Err(refused(format!("{} carries no {left}", self.operation))),
                None => None,
            },
        }))
    }
}

/// How an operation's body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    /// JSON with the members as they stand in the step.
    Json,
    /// The same with capitals at the top: Lambda's.
    Capitals,
    /// A form: IAM's.
    Form,
    /// Without a body.
    Nothing,
}

/// Puts a body in place of the one that the SDK wrote, so that members which it does not know are sent too.
#[derive(Debug)]
pub(super) struct Body(Option<String>);

impl Body {
    /// As the SDK wrote it; sent once all the same.
    pub(super) const fn of_the_sdk() -> Self {
        Self(None)
    }
}

impl Intercept for Body {
    fn name(&self) -> &'static str {
        "Body"
    }

    /// A write is sent once. One whose answer was lost may have been carried out, and a create sent again by the SDK would
    /// make two: who knows what stands at AWS decides. Throttled calls were not carried out; `pace.rs` sends them again.
    fn modify_before_retry_loop(
        &self,
        _: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        config.interceptor_state().store_put(RetryConfig::disabled());
        Ok(())
    }

    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(body) = &self.0 {
            let request = context.request_mut();
            request.headers_mut().insert("content-length", body.len().to_string());
            if request.headers().get("content-type").is_none() {
                request.headers_mut().insert("content-type", "application/json");
            }
            *request.body_mut() = SdkBody::from(body.as_str());
        }
        Ok(())
    }
}

/// `Tags.member.1.Key=…`, as AWS's query protocol writes what is nested.
fn write_form(form: &mut String, name: &str, value: &Value) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(inner, value)| write_form(form, &format!("{name}.{}", pascal(inner)), value));
        }
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(at, item)| write_form(form, &format!("{name}.member.{}", at + 1), item));
        }
        Value::Null => {}
        other => {
            let text = other.as_str().map_or_else(|| other.to_string(), str::to_owned);
            form.push_str(&format!("&{name}={}", utf8_percent_encode(&text, NON_ALPHANUMERIC)));
        }
    }
}

fn pascal(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

pub(super) fn refused(message: String) -> Error {
    Error::new(Kind::Refused, message)
}
