//! Rules of integrations and integration responses.

use serde_json::{Value, json};

use super::Desk;
use crate::answer::Refusal;
use crate::gateway_v1;
use crate::resources::{Resource, text};

/// Milliseconds that an integration may take (facts 5.1).
const TIMEOUT: std::ops::RangeInclusive<u64> = 50..=29_000;

/// The new state of an integration. Defaults by type: facts 2, 8 and Terraform's acceptance tests against AWS.
pub(super) fn check(desk: &Desk<'_>, sent: &Resource, integration: &mut Resource, new: bool) -> Result<(), Refusal> {
    let kind = text(integration, "integrationType").to_owned();
    // The wildcard user and everything that is no role ARN are refused; a role that does not exist is not.
    let role = text(sent, "credentialsArn");
    if !role.is_empty() && (!role.starts_with("arn:aws:iam::") || !role.contains(":role/") || role.contains('*')) {
        return Err(Refusal::bad_request("Invalid role ARN"));
    }
    if integration.get("timeoutInMillis").and_then(Value::as_u64).is_none_or(|ms| !TIMEOUT.contains(&ms)) {
        return Err(Refusal::bad_request("Timeout should be between 50 ms and 29000 ms")); // assumed
    }
    check_uri(&kind, text(integration, "integrationUri"))?;
    check_connection(desk, integration)?;
    if text(integration, "payloadFormatVersion") != "1.0" {
        return Err(Refusal::bad_request("PayloadFormatVersion must be 1.0 for WEBSOCKET protocol Apis.")); // assumed
    }
    if new {
        if kind == "AWS_PROXY" && text(integration, "integrationMethod").is_empty() {
            integration.insert("integrationMethod".into(), json!("POST"));
        }
        if !kind.ends_with("_PROXY") {
            let expression = json!("${integration.response.statuscode}");
            integration.insert("integrationResponseSelectionExpression".into(), expression);
        }
    }
    Ok(())
}

/// An integration may have no URI yet; one that it has must be of its type's form. A stage variable may stand for any
/// part. Forms: botocore's model; the words are assumed, those of REST APIs.
fn check_uri(kind: &str, uri: &str) -> Result<(), Refusal> {
    if uri.is_empty() || kind == "MOCK" {
        return Ok(());
    }
    if kind.starts_with("AWS") {
        // A function's own ARN or its name is stored, and fails when a request comes (facts 2.2 #4).
        let invocation = uri.strip_prefix("arn:aws:apigateway:").and_then(|rest| rest.splitn(3, ':').nth(2));
        if invocation.is_some_and(|call| !["path/", "action/"].iter().any(|form| call.starts_with(form))) {
            return Err(Refusal::bad_request("AWS ARN for integration must contain path or action"));
        }
        return Ok(());
    }
    // What a variable holds is known when a request comes.
    let filled = filled(uri);
    let known = uri.starts_with("${stageVariables.") || filled.starts_with("http://") || filled.starts_with("https://");
    let absolute = if filled.contains("://") { filled } else { format!("https://{filled}") };
    if !known || url::Url::parse(&absolute).map_or(true, |url| url.host_str().is_none_or(str::is_empty)) {
        return Err(Refusal::bad_request("Invalid HTTP endpoint specified for URI"));
    }
    Ok(())
}

/// The text with something for every `${stageVariables.x}`: a digit where a port is, else a letter.
fn filled(uri: &str) -> String {
    let mut parts = uri.split("${stageVariables.");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text.push(if text.ends_with(':') { '1' } else { 'v' });
        text.push_str(part.split_once('}').map_or(part, |(_, rest)| rest));
    }
    text
}

/// A private integration names a VPC link of the first kind, or a stage variable that does; one of the second kind is
/// refused (facts 2, section 8; the words are assumed).
fn check_connection(desk: &Desk<'_>, integration: &Resource) -> Result<(), Refusal> {
    if text(integration, "connectionType") != "VPC_LINK" {
        return Ok(());
    }
    let id = text(integration, "connectionId");
    if desk.state.resources.get(&format!("vpclinks/{id}")).is_some() {
        return Err(Refusal::bad_request("VPC links V2 are not supported for WEBSOCKET protocol Apis."));
    }
    let variable = id.strip_prefix("${stageVariables.").and_then(|v| v.strip_suffix('}'));
    if variable.is_some_and(|name| !name.is_empty()) || gateway_v1::vpc_link(desk.state, id).is_some() {
        return Ok(());
    }
    Err(Refusal::bad_request("Invalid Vpc Link identifier specified"))
}

/// Keys are `$default` or `/regex/` (facts 5.3). Others are stored and never match; the texts are assumed.
pub(super) fn check_response(
    desk: &Desk<'_>,
    collection: &[&str],
    path: &str,
    response: &Resource,
) -> Result<(), Refusal> {
    let key = text(response, "integrationResponseKey");
    let pattern = key.strip_prefix('/').and_then(|k| k.strip_suffix('/'));
    if pattern.is_some_and(|p| regex::Regex::new(p).is_err()) {
        return Err(Refusal::bad_request(format!("Invalid integration response key specified: {key}")));
    }
    let collection = collection.join("/");
    let taken = |(id, other): (&str, &Resource)| {
        text(other, "integrationResponseKey") == key && format!("{collection}/{id}") != path
    };
    if desk.state.resources.list(&collection).any(taken) {
        return Err(Refusal::conflict(format!("Integration response with key {key} already exists")));
    }
    Ok(())
}

/// An integration that a route uses stays (facts 2, 8).
pub(super) fn may_delete(desk: &Desk<'_>, collection: &[&str], id: &str) -> Result<(), Refusal> {
    let target = format!("integrations/{id}");
    let routes = format!("{}/routes", collection[..2].join("/"));
    let users: Vec<_> = desk
        .state
        .resources
        .list(&routes)
        .filter(|(_, route)| text(route, "target") == target)
        .map(|(id, _)| id)
        .collect();
    if users.is_empty() {
        return Ok(());
    }
    Err(Refusal::conflict(format!(
        "Cannot delete Integration because it is referenced by the following Routes with Ids: [{}]",
        users.join(", ")
    )))
}
