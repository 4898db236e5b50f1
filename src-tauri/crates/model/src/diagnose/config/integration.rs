//! What is wrong with an integration, as its configuration shows it.

use super::reach;
use crate::api::{Integration, Snapshot, Stage};

/// The key that a template or a response has when it is the only one.
pub(in crate::diagnose) const DEFAULT: &str = "$default";
/// The mapping that keeps the version of the handshake from the backend (facts 2.3 #9).
pub(in crate::diagnose) const VERSION: &str = "integration.request.header.Sec-WebSocket-Version";
/// Headers that can't be mapped (facts 2.2).
const FORBIDDEN: [&str; 4] = ["content-length", "transfer-encoding", "x-amzn-trace-id", "x-amzn-apigateway-api-id"];
/// Those that can't either when API Gateway signs the request (facts 2.2).
const FORBIDDEN_WHEN_SIGNED: [&str; 5] = ["authorization", "connection", "expect", "proxy-authenticate", "te"];

/// Why a mock integration finds no status code; `None` when it finds one or nothing says so.
pub(crate) fn missing_status(integration: &Integration) -> Option<String> {
    if integration.integration_type != "MOCK" {
        return None;
    }
    let templates = &integration.request_templates;
    if templates.is_empty() {
        return Some("0 templates".to_owned());
    }
    let key = static_key(integration);
    let template = key.as_deref().and_then(|key| templates.get(key)).or_else(|| templates.get(DEFAULT));
    match (template, key.as_deref()) {
        (None, Some("")) => Some("no template selection expression, so no template is chosen".to_owned()),
        (None, Some(key)) => Some(format!("no template under the key {key:?} that the selection expression gives")),
        // A template with directives may make the member in a way that only running it shows.
        (Some(text), _) if !text.contains("statusCode") && !text.contains(['#', '$']) => {
            Some("the template gives no statusCode".to_owned())
        }
        _ => None,
    }
}

/// What the template selection expression gives whatever the message is; `None` when that needs the message.
fn static_key(integration: &Integration) -> Option<String> {
    let key = integration.template_selection_expression.as_deref().unwrap_or_default();
    let key = key.strip_prefix('\\').unwrap_or(key);
    (key == DEFAULT || !key.contains('$')).then(|| key.to_owned())
}

/// Why nothing takes the integration's answer over. Only `$connect` needs an answer whatever the route is like
/// (facts 2.3 row 8); a message route may be one-way.
pub(in crate::diagnose) fn missing_response(integration: &Integration, route_key: &str) -> Option<String> {
    let missing = route_key == "$connect" && !integration.is_proxy() && integration.responses.is_empty();
    missing.then(|| "0 integration responses".to_owned())
}

/// A function's name or ARN where its invocation URI belongs (facts 2.3 #4): what stands there.
pub(in crate::diagnose) fn bare_function(integration: &Integration) -> Option<&str> {
    let uri = integration.integration_uri.as_deref().filter(|uri| !uri.is_empty())?;
    let is_function = uri.starts_with("arn:") && uri.contains(":lambda:") && uri.contains(":function:");
    let is_name = |uri: &str| {
        let whole = uri.split(':').all(|part| !part.is_empty() && part.len() <= 64);
        whole && uri.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_:$".contains(&b)) && !uri.starts_with("arn")
    };
    let bare = (is_function && !uri.contains(":apigateway:")) || is_name(uri);
    Some(uri).filter(|_| bare && integration.integration_type.starts_with("AWS"))
}

/// A stage variable that the integration names and the stage does not set, and where it stands.
pub(in crate::diagnose) fn unset_variable<'a>(
    integration: &'a Integration,
    stage: &Stage,
) -> Option<(&'a str, &'static str)> {
    let link = integration.connection_id.as_deref().filter(|_| is_private(integration));
    let uri = integration.integration_uri.as_deref().and_then(|uri| reach::unset(uri, stage));
    let of_link = || Some((reach::unset(link?, stage)?, "Integration"));
    uri.map(|name| (name, "Integration URI")).or_else(of_link)
}

/// The method with which a message does not reach an HTTP backend.
pub(in crate::diagnose) fn drops_body<'a>(integration: &'a Integration, route_key: &str) -> Option<&'a str> {
    let method = integration.integration_method.as_deref()?;
    let carries = !matches!(route_key, "$connect" | "$disconnect");
    let drops = carries && integration.integration_type.starts_with("HTTP") && matches!(method, "GET" | "HEAD");
    drops.then_some(method)
}

/// Why a message finds no template and may not pass without one (facts 2.3 #54); `None` when it may, or when that needs the
/// message.
pub(in crate::diagnose) fn refuses_media(integration: &Integration) -> Option<String> {
    let templates = &integration.request_templates;
    let behaviour = integration.passthrough_behavior.as_deref()?;
    let refuses = behaviour == "NEVER" || (behaviour == "WHEN_NO_TEMPLATES" && !templates.is_empty());
    if integration.is_proxy() || !refuses || templates.contains_key(DEFAULT) {
        return None;
    }
    if templates.is_empty() {
        return Some(format!("{behaviour}, and 0 templates"));
    }
    let key = static_key(integration).filter(|key| !templates.contains_key(key))?;
    Some(format!("{behaviour}, and no template under the key {key:?}"))
}

/// The mappings to headers that API Gateway writes itself.
pub(in crate::diagnose) fn forbidden_headers(integration: &Integration) -> Vec<&str> {
    let signed = integration.integration_type.starts_with("AWS");
    let names = integration.request_parameters.keys();
    names.map(String::as_str).filter(|target| is_forbidden(target, signed)).collect()
}

fn is_forbidden(target: &str, signed: bool) -> bool {
    let Some(name) = target.strip_prefix("integration.request.header.") else { return false };
    let is = |list: &[&str]| list.iter().any(|forbidden| name.eq_ignore_ascii_case(forbidden));
    is(&FORBIDDEN) || (signed && is(&FORBIDDEN_WHEN_SIGNED))
}

/// Whether an HTTP backend gets the handshake's own `Sec-WebSocket-Version` (facts 2.3 #9).
pub(in crate::diagnose) fn forwards_version(integration: &Integration) -> bool {
    let mapped = integration.request_parameters.keys().any(|target| target.eq_ignore_ascii_case(VERSION));
    integration.integration_type.starts_with("HTTP") && !mapped
}

/// Why the VPC link of an integration can't be used (facts 2.3 #34), as far as the account's links were read.
pub(in crate::diagnose) fn broken_link(
    snapshot: &Snapshot,
    integration: &Integration,
    stage: Option<&Stage>,
) -> Option<String> {
    if !is_private(integration) {
        return None;
    }
    let id = integration.connection_id.as_deref().unwrap_or_default();
    if id.is_empty() {
        return Some("VPC_LINK, and no link".to_owned());
    }
    let id = reach::filled(id, stage)?;
    let around = snapshot.surroundings.as_ref().filter(|around| !around.unread.contains_key("vpcLinks"))?;
    let Some(link) = around.vpc_links.iter().find(|link| link.id == id) else {
        return Some(format!("there is no VPC link {id} to a network load balancer"));
    };
    let why = link.status_message.as_deref().filter(|why| !why.is_empty());
    let why = why.map(|why| format!(": {why}")).unwrap_or_default();
    if link.status != "AVAILABLE" {
        return Some(format!("the VPC link {id} is {}{why}", link.status));
    }
    let network = |arn: &String| arn.contains(":loadbalancer/net/");
    (!link.target_arns.is_empty() && !link.target_arns.iter().any(network))
        .then(|| format!("the VPC link {id} leads to no network load balancer"))
}

/// The VPC link that an integration uses at a stage; `None` where it uses none, or a variable does not say which.
#[must_use]
pub fn link_of(integration: &Integration, stage: Option<&Stage>) -> Option<String> {
    let id = integration.connection_id.as_deref().filter(|id| is_private(integration) && !id.is_empty())?;
    reach::filled(id, stage)
}

pub(in crate::diagnose) fn is_private(integration: &Integration) -> bool {
    integration.connection_type.as_deref() == Some("VPC_LINK")
}

/// Whether messages come to a route that calls nothing. `$connect` and `$disconnect` need no integration (facts 3).
pub(in crate::diagnose) fn calls_nothing(snapshot: &Snapshot, route_key: &str) -> bool {
    let messages = !matches!(route_key, "$connect" | "$disconnect");
    messages && snapshot.route(route_key).is_some_and(|route| route.target.as_deref().is_none_or(str::is_empty))
}

/// Why API Gateway may not call the route's function, and which function that is; `None` when it may, or nobody knows.
pub(in crate::diagnose) fn not_permitted(
    snapshot: &Snapshot,
    route_key: &str,
    stage: Option<&Stage>,
) -> Option<(String, String)> {
    let integration = snapshot.integration_of(route_key)?;
    // With a role it is the role's policy that counts.
    if integration.credentials_arn.as_deref().is_some_and(|role| !role.is_empty()) {
        return None;
    }
    let function = reach::function(integration.integration_uri.as_deref()?, stage)?;
    let stage = stage.map_or("*", |stage| stage.stage_name.as_str());
    match reach::permitted(snapshot, &function, &format!("{}/{stage}/{route_key}", snapshot.api.api_id)) {
        reach::Permitted::No(why) => Some((function, why)),
        _ => None,
    }
}
