//! API Gateway V1 as far as WebSocket APIs need it: the account, API keys, usage plans, VPC links, client
//! certificates, and their tags. REST APIs are not here.
//!
//! One file a noun; all changes come as `patchOperations` ([`patch`]), all lists as pages ([`page`]). What a request
//! with a key may do is decided in [`usage`]. Wire shapes: botocore's model of 2015-07-09.

mod account;
mod api_key;
mod client_certificate;
mod import;
mod page;
mod patch;
mod plan_key;
mod tags;
mod tally;
pub(crate) mod usage;
mod usage_plan;
mod vpc_link;

use std::collections::BTreeMap;

use http::{Method, Response};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::answer::{Refusal, empty, json_response};
use crate::front::Call;
use crate::state::State;
use crate::{Body, World, gateway_v2};

/// What it keeps, each kind in the order of creation.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Kept {
    pub(crate) api_keys: Vec<api_key::ApiKey>,
    pub(crate) usage_plans: Vec<usage_plan::UsagePlan>,
    pub(crate) vpc_links: Vec<vpc_link::VpcLink>,
    pub(crate) client_certificates: Vec<client_certificate::ClientCertificate>,
    /// Requests by plan and key.
    pub(crate) usage: BTreeMap<String, BTreeMap<String, tally::Tally>>,
    /// What is left of throttles now; not worth keeping between starts.
    #[serde(skip)]
    pub(crate) buckets: usage::Buckets,
}

/// A status, and a body unless the answer is empty.
type Reply = (u16, Option<Value>);

/// Tags by key.
type Tags = BTreeMap<String, String>;

/// What a call may touch.
struct Desk<'a> {
    world: &'a World,
    state: &'a mut State,
    call: &'a Call,
}

/// Answers a call whose path does not begin with `/v2/`.
pub(crate) fn answer(world: &World, call: &Call) -> Response<Body> {
    if let Err(refusal) = gateway_v2::check_pace(world, false) {
        return refusal.rest_json();
    }
    let mut state = world.state.lock();
    match respond(&mut Desk { world, state: &mut state, call }) {
        Ok((status, Some(body))) => json_response(status, &body),
        Ok((status, None)) => empty(status),
        Err(refusal) => refusal.rest_json(),
    }
}

fn respond(desk: &mut Desk<'_>) -> Result<Reply, Refusal> {
    let call = desk.call;
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    match (&call.method, segments.as_slice()) {
        (&Method::GET, ["account"]) => account::get(desk),
        (&Method::PATCH, ["account"]) => account::patch(desk),
        (&Method::POST, ["apikeys"]) if call.query("mode") == Some("import") => import::api_keys(desk),
        (method, ["apikeys", id @ ..]) if id.len() < 2 => api_key::answer(desk, method, id.first().copied()),
        (&Method::GET, ["usageplans", plan, "usage"]) => tally::get(desk, plan),
        (&Method::PATCH, ["usageplans", plan, "keys", key, "usage"]) => tally::update(desk, plan, key),
        (method, ["usageplans", plan, "keys", key @ ..]) if key.len() < 2 => {
            plan_key::answer(desk, method, plan, key.first().copied())
        }
        (method, ["usageplans", id @ ..]) if id.len() < 2 => usage_plan::answer(desk, method, id.first().copied()),
        (method, ["vpclinks", id @ ..]) if id.len() < 2 => vpc_link::answer(desk, method, id.first().copied()),
        (method, ["clientcertificates", id @ ..]) if id.len() < 2 => {
            client_certificate::answer(desk, method, id.first().copied())
        }
        (method, ["tags", arn @ ..]) => tags::answer(desk, method, &arn.join("/")),
        (_, ["restapis" | "domainnames" | "domainnameaccessassociations" | "sdktypes", ..]) => {
            // The sandbox's own words: AWS has these operations.
            Err(Refusal::bad_request("This sandbox has WebSocket APIs only, which apigatewayv2 manages"))
        }
        _ => Err(Refusal::unknown_operation()),
    }
}

/// The VPC link with this id, for who calls a backend through it.
pub(crate) fn vpc_link<'a>(state: &'a State, id: &str) -> Option<&'a vpc_link::VpcLink> {
    state.gateway_v1.vpc_links.iter().find(|link| link.id == id)
}

/// Makes the link with this id usable at once.
pub(crate) fn ripen_vpc_link(state: &mut State, id: &str) {
    state.gateway_v1.vpc_links.iter_mut().filter(|link| link.id == id).for_each(vpc_link::VpcLink::ripen);
}

/// Whether the account has this client certificate.
pub(crate) fn has_client_certificate(state: &State, id: &str) -> bool {
    state.gateway_v1.client_certificates.iter().any(|c| c.client_certificate_id == id)
}

/// Takes a stage that is no more (or, without a name, all of an API) out of every usage plan, as AWS does
/// (terraform-provider-aws#14100).
pub(crate) fn forget_stage(state: &mut State, api_id: &str, stage: Option<&str>) {
    for plan in &mut state.gateway_v1.usage_plans {
        plan.api_stages.retain(|s| s.api_id != api_id || stage.is_some_and(|stage| s.stage != stage));
    }
}

impl Desk<'_> {
    /// The body as what the operation takes. The words are assumed: no capture of a member of the wrong type.
    fn body<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        let bytes: &[u8] = if self.call.body.is_empty() { b"{}" } else { &self.call.body };
        serde_json::from_slice(bytes).map_err(|e| Refusal::bad_request(format!("Invalid JSON in request body: {e}")))
    }

    /// Seconds since 1970, as this protocol's dates are.
    fn now(&self) -> i64 {
        self.world.clock.now() / 1000
    }

    /// The stage of a WebSocket API, as usage plans name it.
    fn has_stage(&self, api_id: &str, stage: &str) -> bool {
        !api_id.contains('/')
            && !stage.contains('/')
            && self.state.resources.get(&format!("apis/{api_id}/stages/{stage}")).is_some()
    }
}

/// A resource in wire form without some members; tags show where AWS shows them: on create when there are some, on
/// get and update always (`{}`), in lists never when there are none (LocalStack's recordings).
fn shown(resource: &impl Serialize, without: &[&str], empty_tags: bool) -> Value {
    let mut value = serde_json::to_value(resource).unwrap_or_default();
    if let Some(members) = value.as_object_mut() {
        members.retain(|name, _| !without.contains(&name.as_str()));
        if !empty_tags && members.get("tags").and_then(Value::as_object).is_some_and(serde_json::Map::is_empty) {
            members.shift_remove("tags");
        }
    }
    value
}

/// A full account (numbers: the developer guide's quotas; the words are assumed).
fn full(what: &str, count: usize, quota: usize) -> Result<(), Refusal> {
    if count < quota {
        return Ok(());
    }
    let message = format!("Maximum number of {what} for this account has been reached: {quota}");
    Err(Refusal::new(429, "LimitExceededException", message))
}
