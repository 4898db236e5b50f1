//! Deployments: the moment when edits begin to act. Each freezes the whole API; stages point to one.

use std::sync::Arc;

use gatescope_model::api::Snapshot;
use serde_json::{Map, Value, json};

use super::Desk;
use crate::answer::Refusal;
use crate::resources::{Kind, Resource, text};

/// Words of AWS, with a full stop where a stage reports them.
const NO_ROUTES: &str = "At least one route is required before deploying the Api";

/// A new deployment needs a route and, if it names a stage, that stage.
pub(super) fn check(desk: &Desk<'_>, collection: &[&str], deployment: &mut Resource, new: bool) -> Result<(), Refusal> {
    let stage = deployment.shift_remove("stageName");
    if !new {
        return Ok(());
    }
    let api = collection[..2].join("/");
    if desk.state.resources.list(&format!("{api}/routes")).next().is_none() {
        return Err(Refusal::bad_request(NO_ROUTES));
    }
    if let Some(name) = stage.as_ref().and_then(Value::as_str) {
        let stage = desk.state.resources.get(&format!("{api}/stages/{name}"));
        let stage = stage.ok_or_else(|| Refusal::not_found("Invalid stage identifier specified"))?;
        if stage.get("autoDeploy") == Some(&Value::Bool(true)) {
            // That it is refused is reported; the words are assumed.
            return Err(Refusal::bad_request("Deployment ID cannot be set on a stage with AutoDeploy enabled"));
        }
    }
    deployment.insert("createdDate".into(), json!(desk.world.clock.iso()));
    Ok(())
}

/// Keeps what the API is now, once; and points the named stage to it.
pub(super) fn freeze(desk: &mut Desk<'_>, collection: &[&str], path: &str, sent: &Resource) -> Result<(), Refusal> {
    let api = collection[..2].join("/");
    if !desk.state.deployed.contains_key(path) {
        let snapshot = snapshot(desk, &api)?;
        desk.state.deployed.insert(path.to_owned(), Arc::new(snapshot));
    }
    let stage = text(sent, "stageName");
    if !stage.is_empty() {
        let id = path.rsplit('/').next().unwrap_or_default();
        point(desk, &format!("{api}/stages/{stage}"), id);
    }
    Ok(())
}

fn point(desk: &mut Desk<'_>, stage: &str, deployment_id: &str) {
    let now = desk.world.clock.iso();
    if let Some(stage) = desk.state.resources.get_mut(stage) {
        stage.insert("deploymentId".into(), json!(deployment_id));
        stage.insert("lastUpdatedDate".into(), json!(now));
    }
}

/// The API as it is now, as the nouns of the model.
fn snapshot(desk: &Desk<'_>, api: &str) -> Result<Snapshot, Refusal> {
    let table = &desk.state.resources;
    let children = |collection: &str, below: Option<&str>| -> Vec<Value> {
        let path = format!("{api}/{collection}");
        let with_responses = |(id, resource): (&str, &Resource)| {
            let mut resource = resource.clone();
            if let Some(below) = below {
                let below = format!("{path}/{id}/{below}");
                let responses = table.list(&below).map(|(_, r)| Value::Object(r.clone())).collect();
                resource.insert("responses".into(), responses);
            }
            Value::Object(resource)
        };
        table.list(&path).map(with_responses).collect()
    };
    let whole = json!({
        "api": table.get(api).cloned().map_or(Value::Null, Value::Object),
        "routes": children("routes", Some("routeresponses")),
        "integrations": children("integrations", Some("integrationresponses")),
        "models": children("models", None),
        "authorizers": children("authorizers", None),
    });
    // A member of the wrong type is the caller's mistake and shows up here at the latest.
    serde_json::from_value(whole).map_err(|e| Refusal::bad_request(format!("Invalid resource: {e}")))
}

/// Deploys to every stage of the API that does so by itself (facts 8.1, autoDeploy).
pub(super) fn auto_deploy(desk: &mut Desk<'_>, path: &[&str]) {
    let Some(api) = path.get(..2).map(|p| p.join("/")) else { return };
    let stages: Vec<String> = desk
        .state
        .resources
        .list(&format!("{api}/stages"))
        .filter(|(_, stage)| stage.get("autoDeploy") == Some(&Value::Bool(true)))
        .map(|(id, _)| format!("{api}/stages/{id}"))
        .collect();
    for stage in stages {
        let outcome = deploy_now(desk, &api, &stage);
        let message = outcome.map_or_else(
            |refusal| format!("Deployment attempt failed: {}.", refusal.message),
            |id| format!("Successfully deployed stage with deployment ID '{id}'"),
        );
        if let Some(stage) = desk.state.resources.get_mut(&stage) {
            stage.insert("lastDeploymentStatusMessage".into(), json!(message));
        }
    }
}

fn deploy_now(desk: &mut Desk<'_>, api: &str, stage: &str) -> Result<String, Refusal> {
    if desk.state.resources.list(&format!("{api}/routes")).next().is_none() {
        return Err(Refusal::bad_request(NO_ROUTES));
    }
    let snapshot = snapshot(desk, api)?;
    let current = desk.state.resources.get(stage).map(|s| text(s, "deploymentId").to_owned()).unwrap_or_default();
    let unchanged = desk.state.deployed.get(&format!("{api}/deployments/{current}"));
    if unchanged.is_some_and(|deployed| **deployed == snapshot) {
        return Ok(current);
    }
    let id = desk.world.ids.alphanumeric(6);
    let path = format!("{api}/deployments/{id}");
    let mut deployment = Kind::of("deployments").map(|kind| kind.make(&Map::new())).unwrap_or_default();
    deployment.insert("autoDeployed".into(), json!(true));
    deployment.insert("createdDate".into(), json!(desk.world.clock.iso()));
    deployment.insert("deploymentId".into(), json!(id));
    desk.state.resources.put(path.clone(), deployment);
    desk.state.deployed.insert(path, Arc::new(snapshot));
    point(desk, stage, &id);
    Ok(id)
}

/// A deployment that a stage serves stays (facts 8.1).
pub(super) fn may_delete(desk: &Desk<'_>, collection: &[&str], id: &str) -> Result<(), Refusal> {
    let stages = format!("{}/stages", collection[..2].join("/"));
    if desk.state.resources.list(&stages).any(|(_, stage)| text(stage, "deploymentId") == id) {
        return Err(Refusal::bad_request("Active stages pointing to this deployment must be moved or deleted"));
    }
    Ok(())
}
