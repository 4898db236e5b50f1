//! What differs between two snapshots of an API, member by member.
//!
//! Preview, apply, undeployed changes and undo are all this one function on different snapshots. Resources are told apart
//! by their ids; a resource without an id is new. It may not know how a change is made: that is [`crate::plan`].

use serde_json::{Map, Value};

use crate::api::{Integration, Snapshot};

/// What a change is made on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resource {
    /// An integration, by id.
    Integration(String),
    /// An integration response: the integration's id, its own id (empty = new) and its key.
    IntegrationResponse {
        /// Of which integration.
        integration_id: String,
        /// Its own; empty = new.
        id: String,
        /// `$default` or `/regex/`.
        key: String,
    },
    /// A stage, by name.
    Stage(String),
}

/// One resource's difference.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Which resource.
    pub resource: Resource,
    /// How a person finds it: `integration 7kq2m1x of $connect`.
    pub label: String,
    /// Whether it does not exist yet.
    pub new: bool,
    /// What differs, in the order of the wire form.
    pub fields: Vec<Field>,
}

/// One member's difference. Of maps and settings, one entry.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// AWS's member name: `requestTemplates`.
    pub member: String,
    /// The entry in a map: `$default`.
    pub key: Option<String>,
    /// Absent = not set.
    pub from: Option<Value>,
    /// Absent = not set any more.
    pub to: Option<Value>,
}

/// The drafts of this version can't hold that.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this change touches {0}, which can't be edited here yet")]
pub struct Beyond(pub &'static str);

/// Lists what has to change at `from` to make it `to`.
///
/// # Errors
/// [`Beyond`] when the two differ in something that no [`Resource`] covers: such a difference is never dropped silently.
pub fn diff(from: &Snapshot, to: &Snapshot) -> Result<Vec<Change>, Beyond> {
    for (same, what) in [
        (from.api == to.api, "the API's own settings"),
        (from.routes == to.routes, "routes"),
        (from.models == to.models, "models"),
        (from.authorizers == to.authorizers, "authorizers"),
        (ids(from) == ids(to), "the list of integrations or stages"),
        (!loses_responses(from, to), "removing an integration response"),
    ] {
        if !same {
            return Err(Beyond(what));
        }
    }
    let mut changes = Vec::new();
    for (old, new) in from.integrations.iter().zip(&to.integrations) {
        let label = format!("integration {} of {}", new.integration_id, routes_of(to, new));
        push(
            &mut changes,
            Resource::Integration(new.integration_id.clone()),
            label.clone(),
            Some(&members(old)),
            &members(new),
        );
        for response in &new.responses {
            let before = old.responses.iter().find(|r| {
                !r.integration_response_id.is_empty() && r.integration_response_id == response.integration_response_id
            });
            let resource = Resource::IntegrationResponse {
                integration_id: new.integration_id.clone(),
                id: response.integration_response_id.clone(),
                key: response.integration_response_key.clone(),
            };
            let of = format!("integration response {} of {}", response.integration_response_key, routes_of(to, new));
            push(&mut changes, resource, of, before.map(members).as_ref(), &members(response));
        }
    }
    for (old, new) in from.stages.iter().zip(&to.stages) {
        let label = format!("stage {}", new.stage_name);
        push(&mut changes, Resource::Stage(new.stage_name.clone()), label, Some(&members(old)), &members(new));
    }
    // AWS merges a stage's settings: they can be changed, there is no call that unsets one.
    let unsets = changes.iter().flat_map(|c| &c.fields).any(|f| f.member == "defaultRouteSettings" && f.to.is_none());
    if unsets { Err(Beyond("a setting that can be changed but not unset")) } else { Ok(changes) }
}

fn ids(of: &Snapshot) -> Vec<&str> {
    let integrations = of.integrations.iter().map(|i| i.integration_id.as_str());
    integrations.chain(of.stages.iter().map(|s| s.stage_name.as_str())).collect()
}

fn loses_responses(from: &Snapshot, to: &Snapshot) -> bool {
    from.integrations.iter().zip(&to.integrations).any(|(old, new)| {
        old.responses
            .iter()
            .any(|r| new.responses.iter().all(|n| n.integration_response_id != r.integration_response_id))
    })
}

/// The keys of the routes that use an integration: `$connect, joinroom`.
fn routes_of(snapshot: &Snapshot, integration: &Integration) -> String {
    let keys: Vec<&str> = snapshot
        .routes
        .iter()
        .filter(|r| r.integration_id() == Some(&integration.integration_id))
        .map(|r| r.route_key.as_str())
        .collect();
    if keys.is_empty() { "no route".to_owned() } else { keys.join(", ") }
}

/// A resource's own members in wire form: without its id and without what hangs below it.
fn members(resource: &impl serde::Serialize) -> Map<String, Value> {
    let Ok(Value::Object(mut map)) = serde_json::to_value(resource) else { return Map::new() };
    map.retain(|name, _| !matches!(name.as_str(), "responses" | "integrationId" | "integrationResponseId"));
    map
}

fn push(
    changes: &mut Vec<Change>,
    resource: Resource,
    label: String,
    from: Option<&Map<String, Value>>,
    to: &Map<String, Value>,
) {
    let empty = Map::new();
    let old = from.unwrap_or(&empty);
    let mut fields = Vec::new();
    let mut names: Vec<&String> = old.keys().collect();
    names.extend(to.keys().filter(|n| !old.contains_key(*n)));
    for member in names {
        field(&mut fields, member, old.get(member), to.get(member));
    }
    if from.is_none() || !fields.is_empty() {
        changes.push(Change { resource, label, new: from.is_none(), fields });
    }
}

fn field(fields: &mut Vec<Field>, member: &str, from: Option<&Value>, to: Option<&Value>) {
    if from == to {
        return;
    }
    if let (Some(Value::Object(_)) | None, Some(Value::Object(_)) | None) = (from, to) {
        let empty = Map::new();
        let old = from.and_then(Value::as_object).unwrap_or(&empty);
        let new = to.and_then(Value::as_object).unwrap_or(&empty);
        let mut keys: Vec<&String> = old.keys().collect();
        keys.extend(new.keys().filter(|k| !old.contains_key(*k)));
        for key in keys.into_iter().filter(|k| old.get(*k) != new.get(*k)) {
            fields.push(Field {
                member: member.to_owned(),
                key: Some(key.clone()),
                from: old.get(key).cloned(),
                to: new.get(key).cloned(),
            });
        }
    } else {
        fields.push(Field { member: member.to_owned(), key: None, from: from.cloned(), to: to.cloned() });
    }
}
