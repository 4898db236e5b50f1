//! Access logs: one line a request in the stage's own format, into the log group that the stage names.
//!
//! `$context` variables that are unknown or absent print `-` (facts 4.1). What is `-` in every recorded row stays so:
//! `$context.integration.*`, and `$context.error.*` of whatever a function said itself; of the gateway's own refusals
//! `error` tells, of authorizers `authorizer`, of signatures `authenticate` and `authorize` (assumed).

use std::sync::Arc;

use gatescope_model::selection::{at_path, text_of};
use serde_json::{Value, json};

use super::execution::{Execution, Failure};
use super::journal::ship;
use super::place::Place;
use crate::World;

/// Writes the line of a handshake, a message or a disconnect.
pub(super) fn write(execution: &Execution, status: u16) {
    if execution.place.stage.access_log_settings.is_none() {
        return;
    }
    let mut context = execution.context();
    context["status"] = json!(status);
    for (name, more) in &execution.access {
        // What an authorizer gave stands beside what is known of its call.
        match (context[name].as_object_mut(), more.as_object()) {
            (Some(known), Some(more)) => known.extend(more.clone()),
            _ => context[name] = more.clone(),
        }
    }
    if let Some(latency) = execution.integration_latency {
        context["integrationLatency"] = json!(latency);
    }
    record(&execution.world, &execution.place, &context, execution.time);
}

impl Execution {
    /// A failure that the gateway makes itself, remembered as `$context.error`: the type's name is documented (facts
    /// 2.3) and seen for a missing permission (aws/aws-cdk#38148); that the message is the client's is assumed.
    pub(super) fn refuse(&mut self, response_type: &'static str, failure: Failure) -> Failure {
        let message = failure.message.as_str();
        let quoted = Value::from(message).to_string();
        let error = json!({ "message": message, "messageString": quoted, "responseType": response_type });
        self.access.insert("error".into(), error);
        failure
    }
}

/// Writes a line about any request whose `$context` is given.
pub(super) fn record(world: &Arc<World>, place: &Place, context: &Value, time: i64) {
    let Some(settings) = place.stage.access_log_settings.as_ref().filter(|_| place.may_log) else { return };
    let (Some(format), Some(destination)) = (&settings.format, &settings.destination_arn) else { return };
    let Some((_, group)) = destination.split_once(":log-group:") else { return };
    ship(world, group.trim_end_matches(":*"), vec![(time, render(format.trim_end_matches('\n'), context))]);
}

/// The format with its variables.
fn render(format: &str, context: &Value) -> String {
    let mut out = String::new();
    let mut rest = format;
    while let Some((before, after)) = rest.split_once("$context.") {
        out.push_str(before);
        let end = after.find(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '_')).unwrap_or(after.len());
        // A full stop behind a variable is punctuation.
        let name = after[..end].trim_end_matches('.');
        match at_path(context, name) {
            Some(Value::Null | Value::Object(_) | Value::Array(_)) | None => out.push('-'),
            Some(value) => out.push_str(&text_of(value)),
        }
        rest = &after[name.len()..];
    }
    out + rest
}
