//! Rules of stages. Their settings act at once; what they serve is a deployment (facts 5.2, 7.1).

use serde_json::{Value, json};

use super::Desk;
use crate::answer::Refusal;
use crate::gateway_v1;
use crate::resources::{Resource, text};

/// The new state of a stage.
pub(super) fn check(
    desk: &Desk<'_>,
    collection: &[&str],
    path: &str,
    sent: &Resource,
    stage: &mut Resource,
    new: bool,
) -> Result<(), Refusal> {
    let name = text(stage, "stageName").to_owned();
    if new {
        if name != "$default" && (name.is_empty() || name.len() > 128 || !name.bytes().all(allowed)) {
            // Assumed: the words of REST APIs.
            return Err(Refusal::bad_request("Stage name only allows a-zA-Z0-9_-"));
        }
        if desk.state.resources.get(path).is_some() {
            return Err(Refusal::conflict("Stage already exists"));
        }
        stage.insert("createdDate".into(), json!(desk.world.clock.iso()));
    }
    stage.insert("lastUpdatedDate".into(), json!(desk.world.clock.iso()));
    check_deployment(desk, collection, sent, stage)?;
    check_settings(desk, collection, sent, stage)?;
    check_variables(stage)?;
    let certificate = text(sent, "clientCertificateId");
    if !certificate.is_empty() && !gateway_v1::has_client_certificate(desk.state, certificate) {
        return Err(Refusal::bad_request("Invalid Client Certificate identifier specified")); // assumed
    }
    check_access_log(stage)
}

/// Names and values of stage variables (botocore's model), and how many (facts 5.1); the words are assumed.
fn check_variables(stage: &Resource) -> Result<(), Refusal> {
    let variables = stage.get("stageVariables").and_then(Value::as_object);
    let variables = variables.into_iter().flatten();
    for (count, (name, value)) in variables.enumerate() {
        let value = value.as_str().unwrap_or_default();
        if count >= 100 {
            return Err(Refusal::bad_request("A stage can have at most 100 stage variables"));
        }
        if name.is_empty() || name.len() > 64 || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            return Err(Refusal::bad_request(
                "Stage variable name can only have alphanumeric characters and underscores",
            ));
        }
        let good = |b: u8| b.is_ascii_alphanumeric() || b"-._~:/?#&=,".contains(&b);
        if value.is_empty() || !value.bytes().all(good) {
            return Err(Refusal::bad_request(format!(
                "Stage variable value has invalid characters: {name}. Values must match [A-Za-z0-9-._~:/?#&=,]+"
            )));
        }
    }
    Ok(())
}

fn allowed(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_' || b == b'-'
}

fn check_deployment(desk: &Desk<'_>, collection: &[&str], sent: &Resource, stage: &Resource) -> Result<(), Refusal> {
    let id = text(sent, "deploymentId");
    if id.is_empty() {
        return Ok(());
    }
    if stage.get("autoDeploy") == Some(&Value::Bool(true)) {
        // That it is refused is reported; the words are assumed.
        return Err(Refusal::bad_request("Deployment ID cannot be set on a stage with AutoDeploy enabled"));
    }
    if desk.state.resources.get(&format!("{}/deployments/{id}", collection[..2].join("/"))).is_none() {
        return Err(Refusal::bad_request("Invalid deployment identifier specified")); // assumed
    }
    Ok(())
}

/// Levels, the routes they name, and the account's log role (facts 2, 8; facts 7.1).
fn check_settings(desk: &Desk<'_>, collection: &[&str], sent: &Resource, stage: &Resource) -> Result<(), Refusal> {
    let routes = format!("{}/routes", collection[..2].join("/"));
    let none = Resource::new();
    let by_route = stage.get("routeSettings").and_then(Value::as_object).unwrap_or(&none);
    // Settings of a route that has gone since stay as they are.
    for key in sent.get("routeSettings").and_then(Value::as_object).unwrap_or(&none).keys() {
        if !desk.state.resources.list(&routes).any(|(_, route)| text(route, "routeKey") == key) {
            return Err(Refusal::not_found(format!(
                "Unable to find Route by key {key} within the provided RouteSettings"
            )));
        }
    }
    let default = stage.get("defaultRouteSettings").and_then(Value::as_object).unwrap_or(&none);
    let mut logs = stage.get("accessLogSettings").is_some_and(|s| s.get("destinationArn").is_some());
    for settings in by_route.values().filter_map(Value::as_object).chain([default]) {
        match text(settings, "loggingLevel") {
            "" | "OFF" => {}
            "ERROR" | "INFO" => logs = true,
            other => return Err(Refusal::bad_request(format!("Invalid logging level: {other}"))), // assumed
        }
    }
    if logs && desk.state.log_role.is_none() {
        return Err(Refusal::bad_request("CloudWatch Logs role ARN must be set in account settings to enable logging"));
    }
    Ok(())
}

/// Destination and format of access logs (facts 7.1).
fn check_access_log(stage: &Resource) -> Result<(), Refusal> {
    let Some(settings) = stage.get("accessLogSettings").and_then(Value::as_object) else { return Ok(()) };
    let (destination, format) = (text(settings, "destinationArn"), text(settings, "format"));
    if destination.is_empty() || format.is_empty() {
        return Err(Refusal::bad_request("Access Log value missing. Expected destinationArn and format."));
    }
    let parts: Vec<&str> = destination.splitn(6, ':').collect();
    if parts.get(2) != Some(&"logs") {
        return Err(Refusal::bad_request("Invalid ARN specified in the request. ARN vendor should be 'logs'"));
    }
    let group = parts.get(5).copied().unwrap_or_default();
    let name = group.strip_prefix("log-group:").unwrap_or(group);
    if name.is_empty() || !name.bytes().all(|b| allowed(b) || b == b'/' || b == b'.') {
        return Err(Refusal::bad_request(format!(
            "Access log destination must only contain characters a-z, A-Z, 0-9, '_', '-', '/', '.': '{group}'"
        )));
    }
    // Facts 7.1; the words are assumed.
    if !["$context.requestId", "$context.extendedRequestId"].iter().any(|id| format.contains(id)) {
        return Err(Refusal::bad_request(
            "Access Log format must contain at least $context.requestId or $context.extendedRequestId",
        ));
    }
    if format.trim_end_matches('\n').contains('\n') {
        return Err(Refusal::bad_request(
            "Access Log format must be single line, new line character is allowed only at end of the format",
        ));
    }
    Ok(())
}
