//! The integration request: which template makes its body, and what parameters add (facts 5.5).

use gatescope_model::api::Integration;
use gatescope_model::log::Kind;
use gatescope_model::selection::{evaluate, text_of};

use super::execution::{Execution, Failure};

/// What goes to the backend.
#[derive(Default)]
pub(super) struct Outgoing {
    pub body: String,
    /// Mapped by `integration.request.header.X`.
    pub headers: Vec<(String, String)>,
    /// Mapped by `integration.request.querystring.X`.
    pub query: Vec<(String, String)>,
    /// Mapped by `integration.request.path.X`.
    pub path: Vec<(String, String)>,
}

/// Headers that can't be mapped (facts 2.2).
const FORBIDDEN: [&str; 4] = ["content-length", "transfer-encoding", "x-amzn-trace-id", "x-amzn-apigateway-api-id"];

/// Builds the request of a non-proxy or HTTP proxy integration.
pub(super) fn build(execution: &mut Execution, integration: &Integration) -> Result<Outgoing, Failure> {
    let mut outgoing = Outgoing { body: body(execution, integration)?, ..Outgoing::default() };
    for (target, source) in &integration.request_parameters {
        let Some((place, name)) = target.strip_prefix("integration.request.").and_then(|t| t.split_once('.')) else {
            continue;
        };
        let Some(value) = mapped(execution, source) else { continue };
        let list = match place {
            "header" if FORBIDDEN.contains(&name.to_lowercase().as_str()) => {
                let error = format!("{name} header already present");
                execution.journal.fail(Kind::ConfigurationError { error: &error });
                return Err(Failure::internal(500));
            }
            "header" => &mut outgoing.headers,
            "querystring" => &mut outgoing.query,
            "path" => &mut outgoing.path,
            _ => continue,
        };
        list.push((name.to_owned(), value));
    }
    Ok(outgoing)
}

/// `'static'`, or a variable's value.
fn mapped(execution: &Execution, source: &str) -> Option<String> {
    match source.strip_prefix('\'').and_then(|s| s.strip_suffix('\'')) {
        Some(text) => Some(text.to_owned()),
        None => execution.variable(source).map(|v| text_of(&v)),
    }
}

/// The rendered template, or the message itself where it may pass.
fn body(execution: &mut Execution, integration: &Integration) -> Result<String, Failure> {
    if integration.is_proxy() {
        return Ok(execution.body().to_owned());
    }
    let templates = &integration.request_templates;
    let expression = integration.template_selection_expression.as_deref().unwrap_or_default();
    let key = evaluate(expression, |name| execution.variable(name));
    // `$default` catches what no other key matches (facts 5.4).
    let template = templates.get(&key).or_else(|| templates.get("$default"));
    if let Some(template) = template {
        return execution.render(template, execution.body()).map_err(|error| {
            tracing::debug!(%error, "request template");
            let error = "Unable to transform request";
            execution.journal.fail(Kind::ConfigurationError { error });
            Failure::internal(500)
        });
    }
    let passes = match integration.passthrough_behavior.as_deref() {
        Some("NEVER") => false,
        Some("WHEN_NO_TEMPLATES") => templates.is_empty(),
        _ => true,
    };
    if passes {
        return Ok(execution.body().to_owned());
    }
    Err(Failure::new(415, "Unsupported Media Type")) // assumed: no capture (facts 2 section 12.2)
}
