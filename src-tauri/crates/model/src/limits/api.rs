//! The API itself, and how many of everything it may have.

use super::expression::{self, Field};
use super::{Place, Problem};
use crate::api::{Api, Snapshot};
use crate::resource::{Kind, NEW_API};

pub(super) fn check(draft: &Snapshot, found: &mut Vec<Problem>) {
    let api = &draft.api;
    // A draft without an API: one that is deleted, or not begun.
    if *api == Api::default() {
        return;
    }
    let id = if api.api_id.is_empty() { NEW_API } else { &api.api_id };
    let mut at = Place::new(found, Kind::Api, id);
    if api.name.is_empty() {
        at.refuse("name", "an API needs a name"); // botocore: required
    }
    at.length("name", Some(&api.name), 128); // facts 5.1
    at.length("description", api.description.as_deref(), 1024); // facts 5.1
    at.length("version", api.version.as_deref(), 64); // botocore
    if !api.protocol_type.is_empty() && api.protocol_type != "WEBSOCKET" {
        at.refuse("protocolType", "only WEBSOCKET APIs are edited here");
    }
    at.one_of("ipAddressType", api.ip_address_type.as_deref(), &["ipv4", "dualstack"]); // botocore
    if api.route_selection_expression.is_empty() {
        // facts 5.2: required for WEBSOCKET.
        at.refuse("routeSelectionExpression", "a WebSocket API needs one; usual is $request.body.action");
    } else {
        expression::check(&mut at, "routeSelectionExpression", &api.route_selection_expression, Field::Route);
    }
    // facts 5.4: only these two.
    let keys = ["$request.header.x-api-key", "$context.authorizer.usageIdentifierKey"];
    at.one_of("apiKeySelectionExpression", Some(&api.api_key_selection_expression), &keys);
    at.tags(&api.tags);
    // facts 5.1: quotas that AWS raises on request, so that more need not be refused.
    let counts = [
        ("routes", draft.routes.len(), 300),
        ("integrations", draft.integrations.len(), 300),
        ("stages", draft.stages.len(), 10),
        ("authorizers", draft.authorizers.len(), 10),
    ];
    for (what, count, most) in counts {
        if count > most {
            at.warn(what, format!("{count} {what}: AWS allows {most} an API, unless the account's quota was raised"));
        }
    }
}
