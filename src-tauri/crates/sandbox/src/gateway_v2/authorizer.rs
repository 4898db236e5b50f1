//! Rules of authorizers on WebSocket APIs, all from the recorded admission cases.

use serde_json::Value;

use super::Desk;
use crate::answer::Refusal;
use crate::resources::{Resource, text};

/// Members that a WebSocket API's authorizer can't have.
const FORBIDDEN: [&str; 4] =
    ["authorizerPayloadFormatVersion", "authorizerResultTtlInSeconds", "enableSimpleResponses", "jwtConfiguration"];

/// The new state of an authorizer.
pub(super) fn check(sent: &Resource, authorizer: &mut Resource, new: bool) -> Result<(), Refusal> {
    if text(authorizer, "authorizerType") != "REQUEST" {
        return Err(Refusal::bad_request(
            "Invalid authorizer type. Only REQUEST authorizer type is supported on WEBSOCKET protocol Apis.",
        ));
    }
    for member in FORBIDDEN {
        let value = sent.get(member).filter(|v| !v.is_null());
        // An empty format version is refused on create and accepted on update.
        if value.is_some_and(|v| new || v.as_str() != Some("")) {
            let name = member[..1].to_uppercase() + &member[1..];
            return Err(Refusal::bad_request(format!("{name} cannot be set for WEBSOCKET protocol Apis.")));
        }
    }
    let sources: Vec<String> = match authorizer.get("identitySource") {
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    let sources: Vec<String> = sources.into_iter().filter(|s| !s.is_empty()).collect();
    for source in &sources {
        check_source(source)?;
    }
    if sources.is_empty() {
        authorizer.shift_remove("identitySource");
    } else {
        authorizer.insert("identitySource".into(), Value::from(sources));
    }
    match sent.get("identityValidationExpression").and_then(Value::as_str) {
        Some("") => return Err(Refusal::bad_request("IdentityValidationExpression must not be empty.")),
        Some(pattern) if regex::Regex::new(pattern).is_err() => {
            return Err(Refusal::bad_request(format!("Invalid validation expression: {pattern}")));
        }
        _ => {}
    }
    match sent.get("authorizerCredentialsArn").and_then(Value::as_str) {
        Some(arn) if !arn.starts_with("arn:aws:iam::") => Err(Refusal::bad_request("Invalid role ARN")),
        _ => Ok(()),
    }
}

fn check_source(source: &str) -> Result<(), Refusal> {
    let roots = ["route.request.querystring.", "route.request.header.", "stageVariables.", "context."];
    let name = roots.iter().find_map(|root| source.strip_prefix(root)).unwrap_or_default();
    if !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b)) {
        return Ok(());
    }
    Err(Refusal::bad_request(format!(
        "Invalid request identity source expression: {source}. The sources must be separated by comma, and each \
         source must be either a request parameter, matching 'route.request.querystring|header.[a-zA-Z0-9._-]+', or a \
         stage variable, matching 'stageVariables.[a-zA-Z0-9._-]+', or a context parameter, matching \
         'context.[a-zA-Z0-9._-]+'"
    )))
}

/// An authorizer that a route uses stays.
pub(super) fn may_delete(desk: &Desk<'_>, collection: &[&str], path: &str) -> Result<(), Refusal> {
    let id = path.rsplit('/').next().unwrap_or_default();
    let routes = format!("{}/routes", collection[..2].join("/"));
    let user = desk.state.resources.list(&routes).find(|(_, route)| text(route, "authorizerId") == id);
    let Some((_, route)) = user else { return Ok(()) };
    let name = desk.state.resources.get(path).map(|a| text(a, "name")).unwrap_or_default();
    let key = text(route, "routeKey");
    Err(Refusal::conflict(format!("Cannot delete authorizer '{name}', is referenced in route: {key}")))
}
