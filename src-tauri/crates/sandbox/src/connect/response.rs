//! The integration response of non-proxy integrations: which one matches, and what its template makes (facts 5.3).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gatescope_model::api::{Integration, IntegrationResponse, Texts};
use gatescope_model::selection::{at_path, evaluate, response_key, text_of};
use serde_json::{Value, json};

use super::execution::{Execution, Failure};
use super::integrate::{Answer, Raw, configuration_error};
use super::request;

/// Applies the integration response that matches.
pub(super) fn answer(execution: &mut Execution, integration: &Integration, raw: Raw) -> Result<Answer, Failure> {
    let expression = integration.integration_response_selection_expression.as_deref();
    let expression = expression.unwrap_or("${integration.response.statuscode}");
    let key = match &raw.error_message {
        Some(error) => error.clone(),
        None => evaluate(expression, |name| variable(execution, name, &raw)),
    };
    let Some(response) = choose(execution, &integration.responses, &key) else {
        let status = raw.status;
        let error = format!(
            "No match for output mapping and no default output mapping configured. Endpoint Response Status Code: \
             {status}"
        );
        return Err(configuration_error(execution, &error));
    };
    let expression = response.template_selection_expression.as_deref().unwrap_or_default();
    let key = evaluate(expression, |name| variable(execution, name, &raw));
    let template = response.response_templates.get(&key).or_else(|| response.response_templates.get("$default"));
    let handling = response.content_handling_strategy.as_deref();
    let text = match (handling, &raw.bytes) {
        (Some("CONVERT_TO_TEXT"), Some(bytes)) if std::str::from_utf8(bytes).is_err() => STANDARD.encode(bytes),
        _ => raw.body.clone(),
    };
    let body = match template {
        // A binary answer fits into no template (facts 2.2).
        Some(_) if text == raw.body && raw.bytes.as_ref().is_some_and(|b| std::str::from_utf8(b).is_err()) => {
            return Err(configuration_error(execution, "Unable to transform response"));
        }
        Some(template) => execution.render(template, &text).map_err(|error| {
            tracing::debug!(%error, "response template");
            configuration_error(execution, "Unable to transform response")
        })?,
        // A MOCK has nothing of its own to say (assumed); others pass their answer.
        None if integration.integration_type == "MOCK" => String::new(),
        None => text,
    };
    let body = match handling {
        // What goes out is a text frame all the same (facts 5.3); bytes that are no text become U+FFFD (assumed).
        Some("CONVERT_TO_BINARY") => match request::binary(&body) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) => return Err(configuration_error(execution, error)),
        },
        _ => body,
    };
    let headers = mapped(execution, &response.response_parameters, &raw);
    Ok(Answer { status: raw.status, body, headers })
}

/// The headers that the integration response makes: of the backend's own, only mapped ones come through. A handshake
/// shows `Sec-WebSocket-Protocol`, messages none. Keys: botocore's model, and the form that consoles show.
fn mapped(execution: &Execution, parameters: &Texts, raw: &Raw) -> Vec<(String, String)> {
    let mapped = parameters.iter().filter_map(|(target, source)| {
        let name =
            target.strip_prefix("route.response.header.").or_else(|| target.strip_prefix("method.response.header."))?;
        let value = match source.strip_prefix('\'').and_then(|s| s.strip_suffix('\'')) {
            Some(text) => text.to_owned(),
            None => text_of(&variable(execution, source, raw)?),
        };
        Some((name.to_owned(), value))
    });
    mapped.collect()
}

fn choose<'r>(
    execution: &Execution,
    responses: &'r [IntegrationResponse],
    key: &str,
) -> Option<&'r IntegrationResponse> {
    let matches = |pattern: &str| execution.place.matches(pattern, key);
    response_key(responses, |response| &response.integration_response_key, matches)
}

/// `integration.response.…` (or `response.…`, as MOCK's default was shown), else what requests know.
fn variable(execution: &Execution, name: &str, raw: &Raw) -> Option<Value> {
    let Some(name) = name.strip_prefix("integration.response.").or_else(|| name.strip_prefix("response.")) else {
        return execution.variable(name);
    };
    if name == "statuscode" {
        return Some(json!(raw.status));
    }
    if let Some(path) = name.strip_prefix("body") {
        return at_path(&serde_json::from_str(&raw.body).ok()?, path).cloned();
    }
    let wanted = name.strip_prefix("header.").or_else(|| name.strip_prefix("multivalueheader."))?;
    raw.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(wanted)).map(|(_, v)| json!(v))
}
