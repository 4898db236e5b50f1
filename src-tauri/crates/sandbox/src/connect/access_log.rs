//! Access logs: one line a request in the stage's own format, into the log group that the stage names.
//!
//! `$context` variables that are unknown or absent print `-` (facts 4.1). It may not know why a request ended as it
//! did: `$context.error.*` and `$context.integration.*` stayed `-` in every recorded row, so they do here.

use std::sync::Arc;

use gatescope_model::selection::{at_path, text_of};
use serde_json::{Value, json};

use super::execution::Execution;
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
    if let Some(latency) = execution.integration_latency {
        context["integrationLatency"] = json!(latency);
    }
    record(&execution.world, &execution.place, &context, execution.time);
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
        let end = after.find(|c: char| !(c.is_ascii_alphanumeric() || c == '.')).unwrap_or(after.len());
        // A full stop behind a variable is punctuation.
        let name = after[..end].trim_end_matches('.');
        match at_path(context, name) {
            Some(value) if !value.is_null() => out.push_str(&text_of(value)),
            _ => out.push('-'),
        }
        rest = &after[name.len()..];
    }
    out + rest
}
