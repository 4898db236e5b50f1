//! An API as a flat table of resources, which is what is compared, merged and planned.
//!
//! A row a kind, with what AWS's calls need to know of it. It may not know how a call is sent.

mod rename;
mod rows;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use ts_rs::TS;

use crate::api::Snapshot;
use crate::surroundings::{CustomDomain, Surroundings};

pub use rename::rename;
pub(crate) use rename::{rename_in, replaced};
use rows::{ROWS, Row};

/// What a resource is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// The API itself.
    #[default]
    Api,
    /// A log group of one of its stages.
    LogGroup,
    /// A client certificate.
    ClientCertificate,
    /// A VPC link.
    VpcLink,
    /// A model.
    Model,
    /// An authorizer.
    Authorizer,
    /// An integration.
    Integration,
    /// An integration response; its parent is the integration.
    IntegrationResponse,
    /// A route.
    Route,
    /// A route response; its parent is the route.
    RouteResponse,
    /// A function's permission.
    Permission,
    /// A deployment.
    Deployment,
    /// A stage.
    Stage,
    /// An API key.
    ApiKey,
    /// A usage plan.
    UsagePlan,
    /// An API key in a usage plan; its parent is the plan.
    PlanKey,
    /// What a custom domain has behind a part of its path; its parent is the domain's name.
    Mapping,
}

impl Kind {
    /// The kind's row.
    pub(crate) fn row(self) -> &'static Row {
        // Every kind has one; the test below counts them.
        ROWS.iter().find(|row| row.kind == self).unwrap_or(&ROWS[0])
    }
}

/// What a resource is called in a [`Table`].
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id {
    /// What it is.
    pub kind: Kind,
    /// Of which (an integration's response, a plan's key); else empty.
    pub parent: String,
    /// Its own id, AWS's or the draft's.
    pub id: String,
}

impl Id {
    /// A resource without a parent.
    #[must_use]
    pub fn new(kind: Kind, id: &str) -> Self {
        Self { kind, parent: String::new(), id: id.to_owned() }
    }

    /// Names it in one text: `integrationResponse/7kq2m1x/abc123`.
    #[must_use]
    pub fn path(&self) -> String {
        let kind = serde_json::to_value(self.kind).ok();
        let kind = kind.as_ref().and_then(Value::as_str).unwrap_or_default();
        format!("{kind}/{}/{}", self.parent, self.id)
    }
}

/// A resource's own members in wire form: without its id, without what hangs below it, without what only AWS writes, and
/// without members that are empty or as nobody set them.
pub type Members = Map<String, Value>;

/// A snapshot as a flat table of resources.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table(pub BTreeMap<Id, Members>);

/// The draft's id of an API that does not exist yet.
pub const NEW_API: &str = "new-api";

impl Table {
    /// Flattens a snapshot.
    #[must_use]
    pub fn of(snapshot: &Snapshot) -> Self {
        let mut table = Self::whole(snapshot);
        for (id, members) in &mut table.0 {
            let row = id.kind.row();
            members.retain(|name, _| name != row.id && !row.read_only.contains(&name.as_str()));
            if id.kind == Kind::UsagePlan {
                stages_by_name(members);
            }
            if id.kind == Kind::Stage && members.get("autoDeploy") == Some(&Value::Bool(true)) {
                // Which deployment such a stage serves is AWS's to say.
                members.shift_remove("deploymentId");
            }
            without_defaults(members, row.defaults);
        }
        table
    }

    /// The same with all members as they are.
    fn whole(snapshot: &Snapshot) -> Self {
        let mut table = Self::default();
        let api = &snapshot.api;
        if !api.api_id.is_empty() || !api.name.is_empty() {
            let id = if api.api_id.is_empty() { NEW_API } else { &api.api_id };
            table.put(Id::new(Kind::Api, id), api);
        }
        for model in &snapshot.models {
            table.put(Id::new(Kind::Model, &model.model_id), model);
        }
        for authorizer in &snapshot.authorizers {
            table.put(Id::new(Kind::Authorizer, &authorizer.authorizer_id), authorizer);
        }
        for integration in &snapshot.integrations {
            let parent = &integration.integration_id;
            table.put(Id::new(Kind::Integration, parent), integration);
            for (n, response) in integration.responses.iter().enumerate() {
                let id = named(&response.integration_response_id, n);
                table.put(Id { kind: Kind::IntegrationResponse, parent: parent.clone(), id }, response);
            }
        }
        for route in &snapshot.routes {
            table.put(Id::new(Kind::Route, &route.route_id), route);
            for (n, response) in route.responses.iter().enumerate() {
                let id = named(&response.route_response_id, n);
                table.put(Id { kind: Kind::RouteResponse, parent: route.route_id.clone(), id }, response);
            }
        }
        for deployment in &snapshot.deployments {
            table.put(Id::new(Kind::Deployment, &deployment.deployment_id), deployment);
        }
        for stage in &snapshot.stages {
            table.put(Id::new(Kind::Stage, &stage.stage_name), stage);
        }
        if let Some(around) = &snapshot.surroundings {
            table.take_surroundings(around);
        }
        table
    }

    fn take_surroundings(&mut self, around: &Surroundings) {
        for group in &around.log_groups {
            self.put(Id::new(Kind::LogGroup, &group.log_group_name), group);
        }
        for certificate in &around.client_certificates {
            self.put(Id::new(Kind::ClientCertificate, &certificate.client_certificate_id), certificate);
        }
        for link in &around.vpc_links {
            self.put(Id::new(Kind::VpcLink, &link.id), link);
        }
        for permission in &around.permissions {
            let id = format!("{} {}", permission.function_arn, permission.statement_id);
            self.put(Id::new(Kind::Permission, &id), permission);
        }
        for key in &around.api_keys {
            self.put(Id::new(Kind::ApiKey, &key.id), key);
        }
        for plan in &around.usage_plans {
            self.put(Id::new(Kind::UsagePlan, &plan.id), plan);
            for key in &plan.keys {
                self.put(Id { kind: Kind::PlanKey, parent: plan.id.clone(), id: key.id.clone() }, key);
            }
        }
        for domain in &around.domains {
            for mapping in &domain.mappings {
                let (parent, id) = (domain.domain_name.clone(), mapping.api_mapping_id.clone());
                self.put(Id { kind: Kind::Mapping, parent, id }, mapping);
            }
        }
    }

    fn put(&mut self, id: Id, resource: &impl Serialize) {
        if let Ok(Value::Object(members)) = serde_json::to_value(resource) {
            self.0.insert(id, members);
        }
    }

    /// Back to a snapshot. What only AWS writes is taken from these snapshots, the first that knows it.
    #[must_use]
    pub fn snapshot(&self, known: &[&Snapshot]) -> Snapshot {
        let mut written = Self::default();
        for snapshot in known.iter().rev() {
            written.0.extend(Self::whole(snapshot).0);
        }
        let one = |id: &Id, members: &Members| {
            let row = id.kind.row();
            let mut all = defaults(row.defaults);
            for (name, value) in members {
                match (all.get_mut(name), value) {
                    (Some(Value::Object(old)), Value::Object(new)) => old.extend(new.clone()),
                    _ => drop(all.insert(name.clone(), value.clone())),
                }
            }
            if id.kind == Kind::UsagePlan {
                stages_in_order(&mut all);
                if !members.contains_key("quota") {
                    all.shift_remove("quota");
                }
            }
            for name in row.read_only {
                if let Some(value) = written.0.get(id).and_then(|w| w.get(*name)) {
                    all.insert((*name).to_owned(), value.clone());
                }
            }
            all.shift_remove("responses");
            all.shift_remove("keys");
            if !row.id.is_empty() {
                all.insert(row.id.to_owned(), Value::String(id.id.clone()));
            }
            Value::Object(all)
        };
        let all = |kind: Kind, parent: &str, below: Option<(Kind, &str)>| -> Vec<Value> {
            let of = self.0.iter().filter(|(id, _)| id.kind == kind && id.parent == parent);
            of.map(|(id, members)| {
                let mut value = one(id, members);
                if let (Some((kind, name)), Some(map)) = (below, value.as_object_mut()) {
                    let children = self.0.iter().filter(|(child, _)| child.kind == kind && child.parent == id.id);
                    map.insert(name.to_owned(), children.map(|(id, m)| one(id, m)).collect());
                }
                value
            })
            .collect()
        };
        // Domains themselves are not edited here: they stay as whoever read them last knows them.
        let domains = known.iter().find_map(|s| s.surroundings.as_ref()).map(|around| {
            let with_mappings = |domain: &CustomDomain| {
                let mut value = serde_json::to_value(domain).unwrap_or_default();
                value["mappings"] = all(Kind::Mapping, &domain.domain_name, None).into();
                value
            };
            around.domains.iter().map(with_mappings).collect::<Vec<_>>()
        });
        let surroundings = known.iter().any(|s| s.surroundings.is_some()).then(|| {
            json!({
                "apiKeys": all(Kind::ApiKey, "", None),
                "usagePlans": all(Kind::UsagePlan, "", Some((Kind::PlanKey, "keys"))),
                "vpcLinks": all(Kind::VpcLink, "", None),
                "clientCertificates": all(Kind::ClientCertificate, "", None),
                "logGroups": all(Kind::LogGroup, "", None),
                "permissions": all(Kind::Permission, "", None),
                "domains": domains,
                "unread": known.iter().find_map(|s| s.surroundings.as_ref()).map(|s| &s.unread),
            })
        });
        let mut whole = json!({
            "routes": all(Kind::Route, "", Some((Kind::RouteResponse, "responses"))),
            "integrations": all(Kind::Integration, "", Some((Kind::IntegrationResponse, "responses"))),
            "models": all(Kind::Model, "", None),
            "authorizers": all(Kind::Authorizer, "", None),
            "stages": all(Kind::Stage, "", None),
            "deployments": all(Kind::Deployment, "", None),
        });
        if let Some(api) = all(Kind::Api, "", None).pop() {
            whole["api"] = api;
        }
        if let Some(around) = surroundings {
            whole["surroundings"] = around;
        }
        // The members came from these very types, so they fit them.
        let mut snapshot: Snapshot = serde_json::from_value(whole).unwrap_or_default();
        snapshot.deployments.sort_by(|a, b| b.created_date.cmp(&a.created_date));
        // What could not be read still can't, and nobody may take it for gone.
        if let Some(first) = known.first() {
            snapshot.unread.clone_from(&first.unread);
        }
        snapshot
    }
}

/// A response that has no id yet is told apart by its place.
fn named(id: &str, place: usize) -> String {
    if id.is_empty() { format!("new-{place}") } else { id.to_owned() }
}

fn defaults(of: &str) -> Members {
    serde_json::from_str(of).unwrap_or_default()
}

/// Takes members away that are empty, or as they are when nobody set them.
fn without_defaults(members: &mut Members, of: &str) {
    let defaults = defaults(of);
    for (name, default) in &defaults {
        if let (Some(Value::Object(own)), Value::Object(default)) = (members.get_mut(name), default) {
            own.retain(|key, value| default.get(key) != Some(value));
        }
    }
    members.retain(|name, value| !is_empty(value) && defaults.get(name) != Some(value));
}

/// Empty counts as not set, one level down too: an entry of route settings without a setting says nothing.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.values().all(|v| v.as_object().is_some_and(Map::is_empty)),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// A plan's stages as entries (`{apiId}:{stage}` → limits by route), so that two people may each add one.
fn stages_by_name(plan: &mut Members) {
    let Some(Value::Array(stages)) = plan.shift_remove("apiStages") else { return };
    let text = |stage: &Value, name: &str| stage.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let by_name: Members = stages
        .iter()
        .map(|s| {
            let throttle = s.get("throttle").cloned().unwrap_or_else(|| json!({}));
            (format!("{}:{}", text(s, "apiId"), text(s, "stage")), json!({ "throttle": throttle }))
        })
        .collect();
    plan.insert("apiStages".to_owned(), Value::Object(by_name));
}

/// The other way round.
pub(crate) fn stages_in_order(plan: &mut Members) {
    let Some(Value::Object(stages)) = plan.shift_remove("apiStages") else { return };
    let all = stages.into_iter().map(|(name, limits)| {
        let (api, stage) = name.split_once(':').unwrap_or((&name, ""));
        json!({"apiId": api, "stage": stage, "throttle": limits.get("throttle").cloned().unwrap_or_else(|| json!({}))})
    });
    plan.insert("apiStages".to_owned(), all.collect());
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_kind_has_its_row() {
        for row in ROWS {
            assert_eq!(row.kind.row().noun, row.noun);
            assert!(serde_json::from_str::<Members>(row.defaults).is_ok(), "{}", row.noun);
        }
        assert_eq!(ROWS.len(), 17);
    }

    #[test]
    fn an_id_is_replaced_where_it_stands_alone() {
        assert_eq!(replaced("integrations/new-1", "new-1", "abc"), "integrations/abc");
        assert_eq!(replaced("integrations/new-11", "new-1", "abc"), "integrations/new-11");
        assert_eq!(replaced("new-1:prod", "new-1", "abc"), "abc:prod");
    }

    #[test]
    fn a_snapshot_comes_back_from_its_table() {
        let text = include_str!("../tests/snapshot.json");
        let snapshot: Snapshot = serde_json::from_str(text).unwrap();
        assert_eq!(Table::of(&snapshot).snapshot(&[&snapshot]), snapshot);
    }
}
