//! Routes and route responses.

use std::collections::HashSet;

use super::expression::{self, Field};
use super::{Place, Problem};
use crate::api::{Route, Snapshot};
use crate::resource::Kind;

/// Keys that begin with a dollar and are allowed (facts 5.2).
const PREDEFINED: [&str; 3] = ["$connect", "$disconnect", "$default"];

pub(super) fn check(draft: &Snapshot, found: &mut Vec<Problem>) {
    let mut keys = HashSet::new();
    let integrations: HashSet<&str> = draft.integrations.iter().map(|i| i.integration_id.as_str()).collect();
    for route in &draft.routes {
        let mut at = Place::new(found, Kind::Route, &route.route_id);
        let key = route.route_key.as_str();
        if key.is_empty() || (key.starts_with('$') && !PREDEFINED.contains(&key)) {
            at.refuse("routeKey", "The provided route key is not formatted properly"); // facts 2, 8
        } else if !keys.insert(key) {
            at.refuse("routeKey", format!("Route with key {key} already exists for this API")); // facts 2, 8
        }
        at.length("operationName", route.operation_name.as_deref(), 64); // facts 5.1
        authorization(&mut at, draft, route);
        models(&mut at, draft, route);
        parameters(&mut at, route);
        if let Some(target) = route.target.as_deref().filter(|target| !target.is_empty())
            && route.integration_id().is_none_or(|id| !integrations.contains(id))
            && !draft.unread.contains_key("integrations")
        {
            at.refuse("target", format!("there is no integration {target}"));
        }
        responses(found, route);
    }
}

/// Only `$connect` can be authorised (facts 2, 8).
fn authorization(at: &mut Place<'_>, draft: &Snapshot, route: &Route) {
    let is_connect = route.route_key == "$connect";
    let kind = route.authorization_type.as_str();
    match kind {
        "" | "NONE" => {
            if is_connect && route.authorizer_id.as_deref().is_some_and(|id| !id.is_empty()) {
                at.warn("authorizerId", "it is asked only when authorizationType is CUSTOM");
            }
        }
        "AWS_IAM" | "CUSTOM" if !is_connect => {
            at.refuse("authorizationType", "Currently, authorization is restricted to the $connect route only");
        }
        "CUSTOM" => match route.authorizer_id.as_deref().unwrap_or_default() {
            "" => at.refuse("authorizerId", "CUSTOM needs an authorizer"),
            id if draft.authorizers.iter().any(|a| a.authorizer_id == id)
                || draft.unread.contains_key("authorizers") => {}
            _ => at.refuse("authorizerId", "Invalid Authorizer identifier specified"),
        },
        "AWS_IAM" => {}
        "JWT" => at
            .refuse("authorizationType", "a JWT authorizer works on HTTP APIs only; here it takes a Lambda authorizer"),
        _ => at.one_of("authorizationType", Some(kind), &["NONE", "AWS_IAM", "CUSTOM"]),
    }
    if route.api_key_required && !is_connect {
        at.warn("apiKeyRequired", "a key is only looked at on $connect");
    }
}

fn models(at: &mut Place<'_>, draft: &Snapshot, route: &Route) {
    let expression = route.model_selection_expression.as_deref().unwrap_or_default();
    if !expression.is_empty() {
        expression::check(at, "modelSelectionExpression", expression, Field::Model);
        if route.request_models.is_empty() {
            at.warn("modelSelectionExpression", "no model is attached, so nothing is checked");
        }
    } else if !route.request_models.is_empty() {
        at.warn("requestModels", "without a model selection expression no model is chosen; usual is $default");
    }
    if !route.request_models.is_empty() && matches!(route.route_key.as_str(), "$connect" | "$disconnect") {
        at.warn("requestModels", format!("{} brings no message that could be checked", route.route_key));
    }
    // An API that does not validate schemas is deployed all the same (facts 5.5).
    let looks = draft.api.disable_schema_validation != Some(true);
    for (key, name) in &route.request_models {
        if !draft.models.iter().any(|model| &model.name == name) && !draft.unread.contains_key("models") {
            at.say(&format!("requestModels/{key}"), format!("there is no model {name}"), looks);
        }
    }
    if let Some(key) = expression::fixed(expression).filter(|key| !key.is_empty())
        && !route.request_models.is_empty()
        && !route.request_models.contains_key(&key)
        && !route.request_models.contains_key("$default")
    {
        at.warn(
            "modelSelectionExpression",
            format!("it gives {key}, and no model has that key: every message is refused"),
        );
    }
}

/// Names as facts 5.5 has them.
fn parameters(at: &mut Place<'_>, route: &Route) {
    for name in route.request_parameters.keys() {
        let member = format!("requestParameters/{name}");
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._$-".contains(&b)) {
            at.refuse(&member, "a parameter's name has letters, digits, and . _ $ -");
            continue;
        }
        let of_handshake = ["querystring.", "header.", "multivaluequerystring.", "multivalueheader."]
            .iter()
            .any(|place| name.strip_prefix("route.request.").is_some_and(|rest| rest.starts_with(place)));
        if of_handshake && route.route_key != "$connect" {
            at.warn(&member, "headers and query come with $connect only");
        } else if !of_handshake {
            at.warn(&member, "it is named route.request.querystring.X or route.request.header.X");
        }
    }
}

/// Only `$default` is allowed (facts 5.3, 5.4).
fn responses(found: &mut Vec<Problem>, route: &Route) {
    let expression = route.route_response_selection_expression.as_deref().unwrap_or_default();
    let mut at = Place::new(found, Kind::Route, &route.route_id);
    if !expression.is_empty() && expression != "$default" {
        at.refuse("routeResponseSelectionExpression", "only $default is possible");
    }
    match (expression.is_empty(), route.responses.is_empty()) {
        (false, true) => at.warn(
            "routeResponseSelectionExpression",
            "without a route response $default the answer does not go back to the client",
        ),
        (true, false) => at.warn(
            "routeResponseSelectionExpression",
            "without $default here the route response is not used, and the route stays one-way",
        ),
        _ => {}
    }
    for (n, response) in route.responses.iter().enumerate() {
        let mut at = Place::of(found, Kind::RouteResponse, &route.route_id, &response.route_response_id);
        if response.route_response_key != "$default" {
            at.refuse("routeResponseKey", "only $default is possible");
        } else if n > 0 {
            at.refuse("routeResponseKey", "the route has this response already");
        }
    }
}
