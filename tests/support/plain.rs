//! An API without ids and moments: two that say the same are the same.

use std::collections::BTreeMap;

use gatescope_model::api::{Integration, Snapshot};
use gatescope_model::resource::{Id, Kind, Table};
use serde_json::{Map, Value, json};

/// What an API says, by names and keys.
pub fn plain(of: &Snapshot) -> BTreeMap<String, Value> {
    let table = Table::of(of);
    let members = |kind: Kind, parent: &str, id: &str| {
        let id = Id { kind, parent: parent.to_owned(), id: id.to_owned() };
        table.0.get(&id).cloned().unwrap_or_default()
    };
    let integration = |i: &Integration| {
        let mut all = members(Kind::Integration, "", &i.integration_id);
        let mut responses: Vec<Map<String, Value>> = table
            .0
            .iter()
            .filter(|(id, _)| id.kind == Kind::IntegrationResponse && id.parent == i.integration_id)
            .map(|(_, m)| m.clone())
            .collect();
        responses.sort_by_key(|r| r["integrationResponseKey"].to_string());
        all.insert("responses".to_owned(), json!(responses));
        sorted(Value::Object(all))
    };
    let mut said = BTreeMap::new();
    let api = if of.api.api_id.is_empty() { "new-api" } else { &of.api.api_id };
    said.insert("api".to_owned(), sorted(Value::Object(members(Kind::Api, "", api))));
    for model in &of.models {
        said.insert(format!("model {}", model.name), sorted(Value::Object(members(Kind::Model, "", &model.model_id))));
    }
    for authorizer in &of.authorizers {
        let own = members(Kind::Authorizer, "", &authorizer.authorizer_id);
        said.insert(format!("authorizer {}", authorizer.name), sorted(Value::Object(own)));
    }
    for route in &of.routes {
        let mut own = members(Kind::Route, "", &route.route_id);
        if let Some(i) = route.integration_id().and_then(|id| of.integrations.iter().find(|i| i.integration_id == id)) {
            own.insert("target".to_owned(), integration(i));
        }
        if let Some(a) =
            route.authorizer_id.as_ref().and_then(|id| of.authorizers.iter().find(|a| a.authorizer_id == *id))
        {
            own.insert("authorizerId".to_owned(), json!(a.name));
        }
        let responses: Vec<&Map<String, Value>> = table
            .0
            .iter()
            .filter(|(id, _)| id.kind == Kind::RouteResponse && id.parent == route.route_id)
            .map(|(_, m)| m)
            .collect();
        own.insert("responses".to_owned(), json!(responses));
        said.insert(format!("route {}", route.route_key), sorted(Value::Object(own)));
    }
    let mut free: Vec<String> = of
        .integrations
        .iter()
        .filter(|i| of.routes.iter().all(|r| r.integration_id() != Some(&i.integration_id)))
        .map(|i| integration(i).to_string())
        .collect();
    free.sort();
    said.insert("integrations of no route".to_owned(), json!(free));
    for stage in &of.stages {
        let mut own = members(Kind::Stage, "", &stage.stage_name);
        own.shift_remove("deploymentId");
        said.insert(format!("stage {}", stage.stage_name), sorted(Value::Object(own)));
    }
    said
}

/// Members in the order of their names, so that a text of it compares.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let all: BTreeMap<String, Value> = map.into_iter().map(|(k, v)| (k, sorted(v))).collect();
            json!(all)
        }
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        other => other,
    }
}

/// Fails with what differs, not with two whole APIs.
pub fn same(found: &Snapshot, wanted: &Snapshot, what: &str) {
    let (found, wanted) = (plain(found), plain(wanted));
    let mut differs = Vec::new();
    for key in found.keys().chain(wanted.keys().filter(|k| !found.contains_key(*k))) {
        if found.get(key) != wanted.get(key) {
            differs.push(format!("{key}\n  found  {:?}\n  wanted {:?}", found.get(key), wanted.get(key)));
        }
    }
    assert!(differs.is_empty(), "{what}:\n{}", differs.join("\n"));
}
