//! API Gateway V2's control plane: create, get, list, update and delete for every kind of resource.
//!
//! One path grammar serves all kinds; what is special about one is in `gateway_v2/{kind}.rs`. It may not know the
//! data plane: it leaves behind resources and, for each deployment, the frozen [`Snapshot`].
//! Statuses, bodies and texts: facts 8, facts 2 section 8, and the recorded control-plane samples.
//!
//! [`Snapshot`]: gatescope_model::api::Snapshot

mod authorizer;
mod deployment;
mod integration;
mod listing;
mod model;
mod route;
mod stage;
mod tags;

use http::{Method, Response};
use serde_json::{Value, json};

pub(crate) use self::tags::check as check_tags;
use crate::answer::{Refusal, empty, json_response};
use crate::front::Call;
use crate::ids;
use crate::resources::{Kind, Resource, text};
use crate::state::State;
use crate::{Body, World, gateway_v1};

/// What a call may touch: the state, and what answers need to know of the world.
pub(crate) struct Desk<'a> {
    pub world: &'a World,
    pub state: &'a mut State,
    /// The seed chooses its API's id.
    seeding: bool,
}

/// A status, and a body unless the answer is empty.
pub(crate) type Reply = (u16, Option<Value>);

/// Answers a call whose path begins with `/v2/`.
pub(crate) fn answer(world: &World, call: &Call) -> Response<Body> {
    let mut state = world.state.lock();
    match respond(Desk { world, state: &mut state, seeding: false }, call) {
        Ok((status, Some(body))) => json_response(status, &body),
        Ok((status, None)) => empty(status),
        Err(refusal) => refusal.rest_json(),
    }
}

/// The same for the seed: the resource that a call made.
pub(crate) fn apply(world: &World, call: &Call) -> Result<Value, Refusal> {
    let mut state = world.state.lock();
    respond(Desk { world, state: &mut state, seeding: true }, call).map(|(_, body)| body.unwrap_or_default())
}

fn respond(mut desk: Desk<'_>, call: &Call) -> Result<Reply, Refusal> {
    let segments: Vec<&str> = call.segments.iter().skip(1).map(String::as_str).collect();
    let body = || call.json_object().map_err(|e| Refusal::bad_request(format!("Invalid JSON in request body: {e}")));
    match (&call.method, segments.as_slice()) {
        (method, ["tags", arn @ ..]) => tags::answer(&mut desk, method, &arn.join("/"), call),
        (&Method::DELETE, ["apis", api, "stages", stage, "accesslogsettings"]) => {
            desk.edit(&["apis", api, "stages", stage], |s| {
                s.shift_remove("accessLogSettings");
                true
            })
        }
        (&Method::DELETE, ["apis", api, "stages", stage, "routesettings", key]) => {
            desk.edit(&["apis", api, "stages", stage], |s| remove_key(s, "routeSettings", key))
        }
        (&Method::DELETE, ["apis", api, "stages", stage, "cache", "authorizers"]) => {
            desk.edit(&["apis", api, "stages", stage], |_| true)
        }
        (&Method::DELETE, ["apis", api, "routes", route, "requestparameters", key]) => {
            desk.edit(&["apis", api, "routes", route], |r| remove_key(r, "requestParameters", key))
        }
        (&Method::GET, ["apis", api, "models", id, "template"]) => {
            desk.find(&["apis", api, "models", id]).map(|_| (200, Some(json!({ "value": "{}" }))))
        }
        (method, path) => match (method, path.len() % 2) {
            (&Method::POST, 1) => desk.create(path, &body()?),
            (&Method::GET, 1) => listing::page(&desk, path, call),
            (&Method::GET, 0) => desk.find(path).map(|r| (200, Some(Value::Object(shown(r))))),
            (&Method::PATCH, 0) => desk.update(path, &body()?),
            (&Method::DELETE, 0) => desk.delete(path),
            _ => Err(Refusal::unknown_operation()),
        },
    }
}

/// What an answer shows of a resource: everything but what only a create call carries.
pub(crate) fn shown(resource: &Resource) -> Resource {
    resource.iter().filter(|(_, v)| !v.is_null()).map(|(k, v)| (k.clone(), v.clone())).collect()
}

fn remove_key(resource: &mut Resource, member: &str, key: &str) -> bool {
    resource.get_mut(member).and_then(Value::as_object_mut).is_some_and(|map| map.shift_remove(key).is_some())
}

impl Desk<'_> {
    /// The kind of the last collection in a path whose every collection is known.
    fn kind(path: &[&str]) -> Result<&'static Kind, Refusal> {
        // A decoded `/` in an id would address something else.
        if path.iter().any(|part| part.contains('/')) {
            return Err(Refusal::unknown_operation());
        }
        let last = match path.iter().step_by(2).copied().collect::<Vec<_>>()[..] {
            ["apis"] => "apis",
            ["apis", "routes", "routeresponses"] => "routeresponses",
            ["apis", "integrations", "integrationresponses"] => "integrationresponses",
            ["apis", one @ ("routes" | "integrations" | "models" | "authorizers" | "deployments" | "stages")] => one,
            _ => return Err(Refusal::unknown_operation()),
        };
        Kind::of(last).ok_or_else(Refusal::unknown_operation)
    }

    /// The resource at a path; the 404 names the first part that is not there.
    pub(crate) fn find(&self, path: &[&str]) -> Result<&Resource, Refusal> {
        Self::kind(path)?;
        for end in (2..=path.len()).step_by(2) {
            let part = &path[..end];
            if self.state.resources.get(&part.join("/")).is_none() {
                let kind = Self::kind(part)?;
                return Err(Refusal::not_found(match kind.segment {
                    "apis" => format!("{} {}:{}", kind.unknown, self.world.options.account, part[1]),
                    _ => kind.unknown.to_owned(),
                }));
            }
        }
        self.state.resources.get(&path.join("/")).ok_or_else(Refusal::unknown_operation)
    }

    /// POST on a collection.
    pub(crate) fn create(&mut self, collection: &[&str], sent: &Resource) -> Result<Reply, Refusal> {
        let kind = Self::kind(collection)?;
        if collection.len() > 1 {
            self.find(&collection[..collection.len() - 1])?;
        }
        if let Some(missing) = kind.required.iter().find(|m| sent.get(**m).is_none_or(Value::is_null)) {
            // Assumed: no capture of a call without a required member.
            return Err(Refusal::bad_request(format!("Missing required parameter: {missing}")));
        }
        let mut resource = kind.make(sent);
        let sent_id = text(sent, kind.id);
        let keeps_id = kind.id_length == 0 || (self.seeding && !sent_id.is_empty());
        let id = if keeps_id { sent_id.to_owned() } else { ids::alphanumeric(kind.id_length) };
        resource.insert(kind.id.to_owned(), json!(id));
        let path = format!("{}/{id}", collection.join("/"));
        self.check(kind, collection, &path, sent, &mut resource, true)?;
        self.state.resources.put(path.clone(), resource.clone());
        self.after_change(kind, collection, &path, sent)?;
        let resource = self.state.resources.get(&path).map(shown).unwrap_or(resource);
        Ok((201, Some(Value::Object(resource))))
    }

    fn update(&mut self, path: &[&str], sent: &Resource) -> Result<Reply, Refusal> {
        let kind = Self::kind(path)?;
        let mut resource = self.find(path)?.clone();
        kind.apply(&mut resource, sent, kind.fixed);
        let (collection, key) = (&path[..path.len() - 1], path.join("/"));
        // The checks see the whole new resource; nothing is kept when one refuses (facts 2: rejected updates are atomic).
        self.check(kind, collection, &key, sent, &mut resource, false)?;
        self.state.resources.put(key.clone(), resource.clone());
        self.after_change(kind, collection, &key, sent)?;
        let resource = self.state.resources.get(&key).map(shown).unwrap_or(resource);
        Ok((kind.updated, Some(Value::Object(resource))))
    }

    fn delete(&mut self, path: &[&str]) -> Result<Reply, Refusal> {
        let kind = Self::kind(path)?;
        self.find(path)?;
        let (collection, key) = (&path[..path.len() - 1], path.join("/"));
        match kind.segment {
            "integrations" => integration::may_delete(self, collection, path[path.len() - 1])?,
            "authorizers" => authorizer::may_delete(self, collection, &key)?,
            "deployments" => deployment::may_delete(self, collection, path[path.len() - 1])?,
            _ => {}
        }
        match path {
            ["apis", api] => {
                self.world.connections.close_of(api);
                gateway_v1::forget_stage(self.state, api, None);
            }
            ["apis", api, "stages", stage] => gateway_v1::forget_stage(self.state, api, Some(stage)),
            _ => {}
        }
        self.state.resources.remove(&key);
        self.state.deployed.retain(|p, _| *p != key && !p.starts_with(&format!("{key}/")));
        self.after_change(kind, collection, &key, &Resource::new())?;
        Ok((204, None))
    }

    /// Changes one resource by hand; the 404 of a member that is not there is assumed.
    fn edit(&mut self, path: &[&str], change: impl FnOnce(&mut Resource) -> bool) -> Result<Reply, Refusal> {
        self.find(path)?;
        let done = self.state.resources.get_mut(&path.join("/")).is_some_and(change);
        if !done {
            return Err(Refusal::not_found("Invalid setting specified"));
        }
        deployment::auto_deploy(self, path);
        Ok((204, None))
    }

    /// The rules of one kind.
    fn check(
        &self,
        kind: &Kind,
        collection: &[&str],
        path: &str,
        sent: &Resource,
        resource: &mut Resource,
        new: bool,
    ) -> Result<(), Refusal> {
        // Assumed: no capture of a member of the wrong type.
        (kind.fits)(resource).map_err(|e| Refusal::bad_request(format!("Invalid request input: {e}")))?;
        match kind.segment {
            "apis" => self.check_api(resource, new),
            "routes" => route::check(self, collection, path, resource),
            "routeresponses" => route::check_response(self, collection, path, resource),
            "integrations" => integration::check(sent, resource, new),
            "integrationresponses" => integration::check_response(self, collection, path, resource),
            "models" => model::check(self, collection, path, resource),
            "authorizers" => authorizer::check(sent, resource, new),
            "stages" => stage::check(self, collection, path, sent, resource, new),
            "deployments" => deployment::check(self, collection, resource, new),
            _ => Ok(()),
        }
    }

    /// A route selection expression is required for WEBSOCKET (facts 5.2); both texts are assumed.
    fn check_api(&self, resource: &mut Resource, new: bool) -> Result<(), Refusal> {
        if text(resource, "protocolType") != "WEBSOCKET" {
            return Err(Refusal::bad_request("Only the protocol type WEBSOCKET is offered by this sandbox"));
        }
        if text(resource, "routeSelectionExpression").is_empty() {
            return Err(Refusal::bad_request("Route selection expression is required for WEBSOCKET protocol Apis."));
        }
        if new {
            let (id, region) = (text(resource, "apiId"), &self.world.options.region);
            let endpoint = format!("wss://{id}.execute-api.{region}.amazonaws.com");
            resource.insert("apiEndpoint".into(), json!(endpoint));
            resource.insert("createdDate".into(), json!(self.world.clock.iso()));
        }
        Ok(())
    }

    /// What follows a change: a deployment freezes, a stage that deploys by itself does so.
    fn after_change(&mut self, kind: &Kind, collection: &[&str], path: &str, sent: &Resource) -> Result<(), Refusal> {
        match kind.segment {
            "deployments" if self.state.resources.get(path).is_some() => {
                deployment::freeze(self, collection, path, sent)
            }
            "deployments" => Ok(()),
            _ => {
                deployment::auto_deploy(self, collection);
                Ok(())
            }
        }
    }
}
