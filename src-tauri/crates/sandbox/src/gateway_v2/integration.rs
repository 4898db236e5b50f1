//! Rules of integrations and integration responses.

use serde_json::{Value, json};

use super::Desk;
use crate::answer::Refusal;
use crate::resources::{Resource, text};

/// Milliseconds that an integration may take (facts 5.1).
const TIMEOUT: std::ops::RangeInclusive<u64> = 50..=29_000;

/// The new state of an integration. Defaults by type: facts 2, 8 and Terraform's acceptance tests against AWS.
pub(super) fn check(sent: &Resource, integration: &mut Resource, new: bool) -> Result<(), Refusal> {
    let kind = text(integration, "integrationType").to_owned();
    if !["AWS", "AWS_PROXY", "HTTP", "HTTP_PROXY", "MOCK"].contains(&kind.as_str()) {
        return Err(Refusal::bad_request("Invalid integration type specified")); // assumed
    }
    // The wildcard user and everything that is no role ARN are refused; a role that does not exist is not.
    let role = text(sent, "credentialsArn");
    if !role.is_empty() && (!role.starts_with("arn:aws:iam::") || !role.contains(":role/") || role.contains('*')) {
        return Err(Refusal::bad_request("Invalid role ARN"));
    }
    if integration.get("timeoutInMillis").and_then(Value::as_u64).is_none_or(|ms| !TIMEOUT.contains(&ms)) {
        return Err(Refusal::bad_request("Timeout should be between 50 ms and 29000 ms")); // assumed
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
