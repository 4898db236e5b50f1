//! Rules of routes and route responses.

use serde_json::Value;

use super::Desk;
use crate::answer::Refusal;
use crate::resources::{Resource, text};

/// Keys that begin with a dollar and are allowed.
const PREDEFINED: [&str; 3] = ["$connect", "$disconnect", "$default"];

/// The new state of a route (facts 2, 8).
pub(super) fn check(desk: &Desk<'_>, collection: &[&str], path: &str, route: &Resource) -> Result<(), Refusal> {
    let key = text(route, "routeKey");
    if key.is_empty() || (key.starts_with('$') && !PREDEFINED.contains(&key)) {
        return Err(Refusal::bad_request("The provided route key is not formatted properly"));
    }
    let api = collection[..2].join("/");
    let routes = format!("{api}/routes");
    let taken = |(id, other): (&str, &Resource)| text(other, "routeKey") == key && format!("{routes}/{id}") != path;
    if desk.state.resources.list(&routes).any(taken) {
        return Err(Refusal::conflict(format!("Route with key {key} already exists for this API")));
    }
    let authorization = text(route, "authorizationType");
    if authorization == "JWT" {
        // botocore's model has it for HTTP APIs; the words are assumed.
        return Err(Refusal::bad_request("JWT authorization is not supported on WEBSOCKET protocol Apis."));
    }
    // Recorded for CUSTOM; that AWS_IAM gets the same words is assumed.
    if authorization != "NONE" && key != "$connect" {
        return Err(Refusal::bad_request("Currently, authorization is restricted to the $connect route only"));
    }
    let two_way = text(route, "routeResponseSelectionExpression");
    if !two_way.is_empty() && two_way != "$default" {
        // Facts 5.4; the words are assumed.
        return Err(Refusal::bad_request(format!("Invalid route response selection expression specified: {two_way}")));
    }
    check_parameters(route)?;
    if authorization == "CUSTOM" {
        let id = text(route, "authorizerId");
        if desk.state.resources.get(&format!("{api}/authorizers/{id}")).is_none() {
            // Assumed: the 404 of GetAuthorizer.
            return Err(Refusal::not_found("Invalid Authorizer identifier specified"));
        }
    }
    let target = text(route, "target");
    // Assumed: only that a target which does not exist is refused is known.
    if !target.is_empty() && desk.state.resources.get(&format!("{api}/{target}")).is_none() {
        return Err(Refusal::not_found(format!("Unable to find Integration by ID {target}")));
    }
    Ok(())
}

/// Names of parameters (facts 5.5); the words are assumed.
fn check_parameters(route: &Resource) -> Result<(), Refusal> {
    let names = route.get("requestParameters").and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name);
    let good = |name: &&String| name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._$-".contains(&b));
    match names.into_iter().find(|name| !good(name)) {
        Some(name) => Err(Refusal::bad_request(format!("Invalid request parameter specified: {name}"))),
        None => Ok(()),
    }
}

/// Only `$default` is allowed (facts 5.3); the texts are assumed.
pub(super) fn check_response(
    desk: &Desk<'_>,
    collection: &[&str],
    path: &str,
    response: &Resource,
) -> Result<(), Refusal> {
    if text(response, "routeResponseKey") != "$default" {
        return Err(Refusal::bad_request("Route response key must be $default"));
    }
    let collection = collection.join("/");
    if desk.state.resources.list(&collection).any(|(id, _)| format!("{collection}/{id}") != path) {
        return Err(Refusal::conflict("Route response with key $default already exists for this Route"));
    }
    Ok(())
}
