//! API mappings: which first part of a custom domain's path leads to which stage (facts 6.1, facts 2 section 6).

use serde::Deserialize;
use serde_json::{Value, json};

use super::Desk;
use crate::answer::Refusal;
use crate::resources::{Resource, text};
use crate::state::State;

/// Characters of a key at most.
const KEY: usize = 300;

/// Recorded of a call of V1 (facts 2 section 6); that V2 says the same is assumed.
const MIXED: &str = "Mixing of REST APIs and HTTP APIs on the same domain name can only be accomplished through API \
    Gateway's V2 DomainName interface. Currently, WebSocket APIs can only be attached to a domain name with other \
    WebSocket APIs. This must also occur through API Gateway's V2 DomainName interface.";

/// A mapping as it is sent.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Shape {
    api_id: String,
    api_mapping_key: Option<String>,
    stage: String,
}

/// Whether every member has its type.
pub(crate) fn fits(resource: &Resource) -> Result<(), serde_json::Error> {
    shape(resource).map(drop)
}

fn shape(resource: &Resource) -> Result<Shape, serde_json::Error> {
    serde_json::from_value(Value::Object(resource.clone()))
}

/// The new state of a mapping. Keys are one level deep for WebSocket APIs.
pub(super) fn check(
    desk: &Desk<'_>,
    collection: &[&str],
    path: &str,
    sent: &Resource,
    mapping: &mut Resource,
) -> Result<(), Refusal> {
    let Shape { api_id, api_mapping_key, stage } =
        shape(mapping).map_err(|e| Refusal::bad_request(format!("Invalid request input: {e}")))?;
    // An empty key is a key: the root's. An update that sends it means it.
    let key = if sent.contains_key("apiMappingKey") {
        text(sent, "apiMappingKey").to_owned()
    } else {
        api_mapping_key.unwrap_or_default()
    };
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"$-_.+!*'()".contains(&b);
    if !key.bytes().all(allowed) || key.len() > KEY {
        let message = "An ApiMapping key may contain only letters, numbers and one of $-_.+!*'(),";
        return Err(Refusal::bad_request(message));
    }
    if collection.get(1).is_some_and(|domain| leads_elsewhere(desk.state, domain)) {
        return Err(Refusal::bad_request(MIXED));
    }
    desk.find(&["apis", &api_id])?;
    if stage.contains('/') || desk.state.resources.get(&format!("apis/{api_id}/stages/{stage}")).is_none() {
        return Err(Refusal::bad_request("Invalid stage identifier specified"));
    }
    let own = path.rsplit('/').next().unwrap_or_default();
    let taken = |(id, other): (&str, &Resource)| id != own && text(other, "apiMappingKey") == key;
    if desk.state.resources.list(&collection.join("/")).any(taken) {
        return Err(Refusal::conflict("ApiMapping key already exists for this domain name"));
    }
    mapping.insert("apiMappingKey".into(), json!(key));
    Ok(())
}

/// Whether a domain has a mapping to another kind of API.
fn leads_elsewhere(state: &State, domain: &str) -> bool {
    let collection = format!("domainnames/{domain}/apimappings");
    state.resources.list(&collection).any(|(_, mapping)| state.plants.protocol(text(mapping, "apiId")).is_some())
}

/// An API that a domain leads to stays.
pub(super) fn may_delete_api(desk: &Desk<'_>, api: &str) -> Result<(), Refusal> {
    let table = &desk.state.resources;
    let mapped = |(name, _): (&str, &Resource)| {
        table.list(&format!("domainnames/{name}/apimappings")).any(|(_, mapping)| text(mapping, "apiId") == api)
    };
    if table.list("domainnames").any(mapped) {
        return Err(Refusal::bad_request(format!(
            "Deleting API {api} failed. Please remove all API mappings for the API from your custom domain names."
        )));
    }
    Ok(())
}

/// API and stage behind a key of a domain. Routing rules are for other kinds of API, so a domain that goes by them
/// alone leads nowhere.
pub(crate) fn find(state: &State, domain: &str, key: &str) -> Option<(String, String)> {
    let rules = state.resources.get(&format!("domainnames/{domain}"))?;
    if text(rules, "routingMode") == "ROUTING_RULE_ONLY" {
        return None;
    }
    let collection = format!("domainnames/{domain}/apimappings");
    let mut mappings = state.resources.list(&collection);
    let (_, mapping) = mappings.find(|(_, mapping)| text(mapping, "apiMappingKey") == key)?;
    Some((text(mapping, "apiId").to_owned(), text(mapping, "stage").to_owned()))
}
