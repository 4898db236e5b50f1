//! API Gateway V2's control plane: create, get, list, update and delete for every kind of resource.
//!
//! One path grammar serves all kinds; what is special about one is in `gateway_v2/{kind}.rs`. It may not know the
//! data plane: it leaves behind resources and, for each deployment, the frozen [`Snapshot`].
//! Statuses, bodies and texts: facts 8, facts 2 section 8, and the recorded control-plane samples.
//!
//! [`Snapshot`]: gatescope_model::api::Snapshot

mod authorizer;
mod deployment;
pub(crate) mod domain;
mod integration;
mod listing;
pub(crate) mod mapping;
mod model;
mod pace;
mod route;
mod sample;
mod shape;
mod stage;
mod tags;
mod vpc_link;

use http::{Method, Response};
use serde_json::{Value, json};

pub(crate) use self::pace::{Pace, check as check_pace};
pub(crate) use self::tags::check as check_tags;
use crate::answer::{Refusal, empty, json_response};
use crate::front::Call;
use crate::resources::{Kind, Resource, text};
use crate::state::State;
use crate::{Body, World, gateway_v1, plant};

/// What a call may touch: the state, and what answers need to know of the world.
pub(crate) struct Desk<'a> {
    pub world: &'a World,
    pub state: &'a mut State,
    /// The seed chooses its API's id.
    seeding: bool,
}

/// Import, export and CORS are HTTP APIs' (botocore's model says so); the words are assumed.
const ONLY_HTTP: &str = "This operation is supported only for HTTP protocol Apis.";
/// Members of a create call that only HTTP APIs can have (botocore's model); the words are assumed.
const ONLY_HTTP_MEMBERS: [&str; 4] = ["corsConfiguration", "credentialsArn", "routeKey", "target"];

/// A status, and a body unless the answer is empty.
pub(crate) type Reply = (u16, Option<Value>);

/// Answers a call whose path begins with `/v2/`.
pub(crate) fn answer(world: &World, call: &Call) -> Response<Body> {
    let deploys = call.method == Method::POST && call.segments.len() == 4 && call.segments[3] == "deployments";
    if let Err(refusal) = pace::check(world, deploys) {
        return refusal.rest_json();
    }
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
    domain::admit(&mut desk, &call.method, &segments)?;
    domain::may_manage(&desk, &segments)?;
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
            let model = desk.find(&["apis", api, "models", id])?;
            Ok((200, Some(json!({ "value": sample::template(text(model, "schema")) }))))
        }
        (&Method::GET, ["apis", api]) if desk.state.plants.protocol(api) == Some("HTTP") => {
            Ok((200, Some(plant::http_api(desk.world, api))))
        }
        (&Method::PUT, ["apis"] | ["apis", _]) => Err(Refusal::bad_request(ONLY_HTTP)),
        (&Method::GET, ["apis", api, "exports", _]) | (&Method::DELETE, ["apis", api, "cors"]) => {
            desk.find(&["apis", api])?;
            Err(Refusal::bad_request(ONLY_HTTP))
        }
        (method, path) => match (method, path.len() % 2) {
            (&Method::POST, 1) => desk.create(path, &body()?),
            (&Method::GET, 1) => listing::page(&desk, path, call),
            (&Method::GET, 0) => desk.find(path).map(|r| (200, Some(Value::Object(desk.shown(r))))),
            (&Method::PATCH, 0) => desk.update(path, &body()?),
            (&Method::DELETE, 0) => desk.delete(path),
            _ => Err(Refusal::unknown_operation()),
        },
    }
}

/// More than a quota allows. That this is the code is read from its description in botocore's model; the words are
/// assumed after those of REST APIs.
fn too_many(what: &str, quota: usize) -> Refusal {
    let message = format!("Maximum number of {what} has been reached: {quota}. Please contact AWS if you need more.");
    Refusal::new(429, "TooManyRequestsException", message)
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
            [one @ ("apis" | "vpclinks")] => one,
            ["apis", "routes", "routeresponses"] => "routeresponses",
            ["apis", "integrations", "integrationresponses"] => "integrationresponses",
            ["domainnames"] => "domainnames",
            ["domainnames", "apimappings"] => "apimappings",
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
        shape::check(kind, sent, true)?;
        self.room(collection)?;
        let mut resource = kind.make(sent);
        let sent_id = text(sent, kind.id);
        let keeps_id = kind.id_length == 0 || (self.seeding && !sent_id.is_empty());
        let id = if keeps_id { sent_id.to_owned() } else { self.world.ids.alphanumeric(kind.id_length) };
        resource.insert(kind.id.to_owned(), json!(id));
        let path = format!("{}/{id}", collection.join("/"));
        self.check(kind, collection, &path, sent, &mut resource, true)?;
        self.state.resources.put(path.clone(), resource.clone());
        self.after_change(kind, collection, &path, sent)?;
        let resource = self.state.resources.get(&path).map_or(resource, |resource| self.shown(resource));
        Ok((201, Some(Value::Object(resource))))
    }

    fn update(&mut self, path: &[&str], sent: &Resource) -> Result<Reply, Refusal> {
        let kind = Self::kind(path)?;
        let mut resource = self.find(path)?.clone();
        shape::check(kind, sent, false)?;
        kind.apply(&mut resource, sent, kind.fixed);
        let (collection, key) = (&path[..path.len() - 1], path.join("/"));
        // The checks see the whole new resource; nothing is kept when one refuses (facts 2: rejected updates are atomic).
        self.check(kind, collection, &key, sent, &mut resource, false)?;
        self.state.resources.put(key.clone(), resource.clone());
        self.after_change(kind, collection, &key, sent)?;
        let resource = self.state.resources.get(&key).map_or(resource, |resource| self.shown(resource));
        Ok((kind.updated, Some(Value::Object(resource))))
    }

    fn delete(&mut self, path: &[&str]) -> Result<Reply, Refusal> {
        let kind = Self::kind(path)?;
        self.find(path)?;
        let (collection, key) = (&path[..path.len() - 1], path.join("/"));
        match kind.segment {
            "apis" => mapping::may_delete_api(self, path[path.len() - 1])?,
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
        // 202 for VPC links (botocore's model).
        Ok((if kind.segment == "vpclinks" { 202 } else { 204 }, None))
    }

    /// The resource as an answer shows it now.
    fn shown(&self, resource: &Resource) -> Resource {
        let mut resource = shown(resource);
        vpc_link::show(self, &mut resource);
        resource
    }

    /// Whether a collection may have one more (facts 5.1).
    fn room(&self, collection: &[&str]) -> Result<(), Refusal> {
        let quota = match collection {
            ["apis"] => 600,
            ["apis", _, "routes" | "integrations"] => 300,
            ["apis", _, "stages" | "authorizers"] => 10,
            _ => return Ok(()),
        };
        if self.state.resources.list(&collection.join("/")).count() < quota {
            return Ok(());
        }
        Err(too_many(collection[collection.len() - 1], quota))
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
            "apis" => self.check_api(sent, resource, new),
            "routes" => route::check(self, collection, path, resource),
            "routeresponses" => route::check_response(self, collection, path, resource),
            "integrations" => integration::check(self, sent, resource, new),
            "integrationresponses" => integration::check_response(self, collection, path, resource),
            "models" => model::check(self, collection, path, sent, resource),
            "authorizers" => authorizer::check(sent, resource, new),
            "domainnames" => domain::check(self, path, resource, new),
            "apimappings" => mapping::check(self, collection, path, sent, resource),
            "stages" => stage::check(self, collection, path, sent, resource, new),
            "deployments" => deployment::check(self, collection, resource, new),
            "vpclinks" => vpc_link::check(self, resource, new),
            _ => Ok(()),
        }
    }

    /// A route selection expression is required for WEBSOCKET (facts 5.2); both texts are assumed.
    fn check_api(&self, sent: &Resource, resource: &mut Resource, new: bool) -> Result<(), Refusal> {
        if text(resource, "protocolType") != "WEBSOCKET" {
            return Err(Refusal::bad_request("Only the protocol type WEBSOCKET is offered by this sandbox"));
        }
        if let Some(member) = ONLY_HTTP_MEMBERS.iter().find(|m| sent.get(**m).is_some_and(|v| !v.is_null())) {
            let name = member[..1].to_uppercase() + &member[1..];
            return Err(Refusal::bad_request(format!("{name} cannot be set for WEBSOCKET protocol Apis.")));
        }
        // Facts 5.4; the words are assumed.
        let key = text(resource, "apiKeySelectionExpression");
        if !["$request.header.x-api-key", "$context.authorizer.usageIdentifierKey"].contains(&key) {
            return Err(Refusal::bad_request(format!("Invalid API Key selection expression specified: {key}")));
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
            "domainnames" => {
                domain::after_change(self, path, sent);
                Ok(())
            }
            _ => {
                deployment::auto_deploy(self, collection);
                Ok(())
            }
        }
    }
}
