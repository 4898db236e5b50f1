//! The keys of a usage plan (LocalStack's recordings).

use http::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::api_key::{self, ApiKey};
use super::usage_plan::{self, UsagePlan};
use super::{Desk, Kept, Reply, page};
use crate::answer::Refusal;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Sent {
    key_id: Option<String>,
    key_type: Option<String>,
}

/// Everything on `/usageplans/{plan}/keys` and `/usageplans/{plan}/keys/{key}`.
pub(super) fn answer(desk: &mut Desk<'_>, method: &Method, plan: &str, id: Option<&str>) -> Result<Reply, Refusal> {
    match (method, id) {
        (&Method::POST, None) => {
            let sent: Sent = desk.body()?;
            if sent.key_type.as_deref() != Some("API_KEY") {
                return Err(Refusal::bad_request("Invalid key type specified. Must be one of: [API_KEY]")); // assumed
            }
            let id = sent.key_id.unwrap_or_default();
            attach(desk, plan, &id)?;
            Ok((201, Some(view(api_key::find(&desk.state.gateway_v1, &id)?))))
        }
        (&Method::GET, None) => {
            let name = desk.call.query("name").unwrap_or_default();
            let kept = &desk.state.gateway_v1;
            // A plan that does not exist has no keys; nobody is told that it does not exist.
            let ids = kept.usage_plans.iter().filter(|p| p.id == plan).flat_map(|p| p.keys.iter().rev());
            let keys = ids.filter_map(|id| kept.api_keys.iter().find(|key| key.id == *id));
            let keys = keys.filter(|key| key.name.starts_with(name));
            page::of(desk.call, keys.map(|key| (key.id.as_str(), view(key))))
        }
        (&Method::GET, Some(id)) => Ok((200, Some(view(attached(&desk.state.gateway_v1, plan, id)?)))),
        (&Method::DELETE, Some(id)) => {
            attached(&desk.state.gateway_v1, plan, id)?;
            if let Some(plan) = desk.state.gateway_v1.usage_plans.iter_mut().find(|p| p.id == plan) {
                plan.keys.retain(|key| key != id);
            }
            Ok((202, None))
        }
        _ => Err(Refusal::unknown_operation()),
    }
}

fn view(key: &ApiKey) -> Value {
    let mut view = json!({ "id": key.id, "type": "API_KEY", "value": key.value });
    if !key.name.is_empty() {
        view["name"] = json!(key.name);
    }
    view
}

/// The words for a key that exists in another plan, or in none, are assumed.
fn attached<'a>(kept: &'a Kept, plan: &str, id: &str) -> Result<&'a ApiKey, Refusal> {
    let key = api_key::find(kept, id)?;
    if !usage_plan::find(kept, plan)?.keys.iter().any(|k| k == id) {
        return Err(Refusal::not_found("Invalid Usage Plan Key specified"));
    }
    Ok(key)
}

/// Puts a key in a plan.
pub(super) fn attach(desk: &mut Desk<'_>, plan_id: &str, id: &str) -> Result<(), Refusal> {
    let kept = &mut desk.state.gateway_v1;
    api_key::find(kept, id)?;
    let mut plan = usage_plan::find(kept, plan_id)?.clone();
    if plan.keys.iter().any(|key| key == id) {
        return Err(Refusal::conflict("API Key is already associated with this Usage Plan")); // assumed
    }
    plan.keys.push(id.to_owned());
    check_stages(kept, &plan)?;
    if let Some(kept) = kept.usage_plans.iter_mut().find(|p| p.id == plan_id) {
        *kept = plan;
    }
    Ok(())
}

/// A key has one plan for a stage at most (awslabs/aws-api-gateway-developer-portal#18); the words are assumed.
pub(super) fn check_stages(kept: &Kept, plan: &UsagePlan) -> Result<(), Refusal> {
    for other in kept.usage_plans.iter().filter(|other| other.id != plan.id) {
        let Some(key) = other.keys.iter().find(|key| plan.keys.contains(key)) else { continue };
        let same =
            |s: &&usage_plan::ApiStage| other.api_stages.iter().any(|o| (&o.api_id, &o.stage) == (&s.api_id, &s.stage));
        if let Some(stage) = plan.api_stages.iter().find(same) {
            return Err(Refusal::conflict(format!(
                "Usage Plan {} cannot be added because API Key {key} cannot reference multiple Usage Plans with the \
                 same API Stage: {}:{}",
                plan.id, stage.api_id, stage.stage
            )));
        }
    }
    Ok(())
}
