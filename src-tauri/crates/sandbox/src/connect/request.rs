//! The integration request: which template makes its body, and what parameters add (facts 5.5).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use gatescope_model::api::Integration;
use gatescope_model::selection::{evaluate, text_of};

use super::execution::{Execution, Failure};
use super::integrate::configuration_error;

/// What goes to the backend.
#[derive(Default)]
pub(super) struct Outgoing {
    pub body: String,
    /// The body when it is no text: CONVERT_TO_BINARY.
    pub binary: Option<Bytes>,
    /// Mapped by `integration.request.header.X`.
    pub headers: Vec<(String, String)>,
    /// Mapped by `integration.request.querystring.X`.
    pub query: Vec<(String, String)>,
    /// Mapped by `integration.request.path.X`.
    pub path: Vec<(String, String)>,
}

/// Headers that can't be mapped (facts 2.2).
const FORBIDDEN: [&str; 4] = ["content-length", "transfer-encoding", "x-amzn-trace-id", "x-amzn-apigateway-api-id"];
/// Those that can't either when the gateway signs the request (facts 2.2).
const FORBIDDEN_WHEN_SIGNED: [&str; 5] = ["authorization", "connection", "expect", "proxy-authenticate", "te"];

/// Builds the request of a non-proxy or HTTP proxy integration.
pub(super) fn build(execution: &mut Execution, integration: &Integration) -> Result<Outgoing, Failure> {
    let mut outgoing = Outgoing { body: body(execution, integration)?, ..Outgoing::default() };
    if integration.content_handling_strategy.as_deref() == Some("CONVERT_TO_BINARY") {
        let bytes = binary(&outgoing.body).map_err(|error| configuration_error(execution, error))?;
        outgoing.body = String::from_utf8_lossy(&bytes).into_owned();
        outgoing.binary = Some(bytes);
    }
    let signed = integration.integration_type.starts_with("AWS");
    for (target, source) in &integration.request_parameters {
        let Some((place, name)) = target.strip_prefix("integration.request.").and_then(|t| t.split_once('.')) else {
            continue;
        };
        let list = match place {
            "header" => {
                let lower = name.to_lowercase();
                let lower = lower.as_str();
                if FORBIDDEN.contains(&lower) || (signed && FORBIDDEN_WHEN_SIGNED.contains(&lower)) {
                    return Err(configuration_error(execution, &format!("{name} header already present")));
                }
                &mut outgoing.headers
            }
            "querystring" => &mut outgoing.query,
            "path" => &mut outgoing.path,
            _ => continue,
        };
        list.extend(mapped(execution, source).into_iter().map(|value| (name.to_owned(), value)));
    }
    Ok(outgoing)
}

/// What base64 text stands for; the error is AWS's sentence (facts 2.2).
pub(super) fn binary(text: &str) -> Result<Bytes, &'static str> {
    STANDARD.decode(text.trim()).map(Bytes::from).map_err(|_| "Unable to base64 decode the body.")
}

/// `'static'`, or a variable's value: nothing when it is not there, all of them for multi-value sources.
fn mapped(execution: &Execution, source: &str) -> Vec<String> {
    if let Some(text) = source.strip_prefix('\'').and_then(|s| s.strip_suffix('\'')) {
        return vec![text.to_owned()];
    }
    if source.contains("request.multivalue") {
        return execution.all_of(source);
    }
    execution.variable(source).map(|v| text_of(&v)).into_iter().collect()
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
            configuration_error(execution, "Unable to transform request")
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
    // Assumed: no capture (facts 2 section 12.2).
    Err(execution.refuse("UNSUPPORTED_MEDIA_TYPE", Failure::new(415, "Unsupported Media Type")))
}
