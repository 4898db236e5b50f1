//! What the configuration alone shows, before anyone connects. The drafts that put it right: `fix.rs`.

use crate::api::{Integration, Snapshot};

/// The key that a template or a response has when it is the only one.
pub(super) const DEFAULT: &str = "$default";

/// A cause that the configuration alone shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteProblem {
    /// Where on the route's way: `Request template`, `Integration response`.
    pub station: &'static str,
    /// Its public id.
    pub cause: &'static str,
    /// What is wrong, in words.
    pub text: String,
}

/// The causes that the configuration of a route shows before anyone connects.
#[must_use]
pub fn route_problems(snapshot: &Snapshot, route_key: &str) -> Vec<RouteProblem> {
    let Some(integration) = snapshot.integration_of(route_key) else { return Vec::new() };
    let mut problems = Vec::new();
    if let Some(text) = missing_status(integration) {
        problems.push(RouteProblem { station: "Request template", cause: "mock-status-missing", text });
    }
    if let Some(text) = missing_response(integration, route_key) {
        problems.push(RouteProblem { station: "Integration response", cause: "integration-response-missing", text });
    }
    problems
}

/// Why a mock integration finds no status code; `None` when it finds one or nothing says so.
pub(crate) fn missing_status(integration: &Integration) -> Option<String> {
    if integration.integration_type != "MOCK" {
        return None;
    }
    let templates = &integration.request_templates;
    if templates.is_empty() {
        return Some("0 templates".to_owned());
    }
    // Only a static expression is known without a message.
    let key = integration.template_selection_expression.as_deref().unwrap_or_default();
    let key = key.strip_prefix('\\').unwrap_or(key);
    let is_static = key == DEFAULT || !key.contains('$');
    let template = templates.get(key).or_else(|| templates.get(DEFAULT));
    match template {
        None if key.is_empty() => Some("no template selection expression, so no template is chosen".to_owned()),
        None if is_static => Some(format!("no template under the key {key:?} that the selection expression gives")),
        // A template with directives may make the member in a way that only running it shows.
        Some(text) if !text.contains("statusCode") && !text.contains(['#', '$']) => {
            Some("the template gives no statusCode".to_owned())
        }
        _ => None,
    }
}

/// Why nothing takes the integration's answer over. Only `$connect` needs an answer whatever the route is like
/// (facts 2.3 row 8); a message route may be one-way.
pub(super) fn missing_response(integration: &Integration, route_key: &str) -> Option<String> {
    let missing = route_key == "$connect" && !integration.is_proxy() && integration.responses.is_empty();
    missing.then(|| "0 integration responses".to_owned())
}
