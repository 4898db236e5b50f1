//! Rules of routes and route responses.

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
    if text(route, "authorizationType") == "CUSTOM" {
        if key != "$connect" {
            return Err(Refusal::bad_request("Currently, authorization is restricted to the $connect route only"));
        }
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
