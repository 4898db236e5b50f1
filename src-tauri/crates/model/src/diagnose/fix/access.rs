//! Drafts about who may connect: a key and a stage in one plan, and throttles that refuse everything.

use super::super::config::access;
use super::FixAt;
use crate::api::Snapshot;
use crate::surroundings::{ApiStage, PlanKey, UsagePlan};

/// `api-key-not-in-plan`: the plan that covers the stage gets the key; else the key's plan gets the stage; else both get a plan
/// without limits. `about` is the key's id; without it, the only key that does not open the stage is meant.
pub(super) fn key_in_plan(draft: &mut Snapshot, at: &FixAt) -> Option<()> {
    let (api_id, stage) = (draft.api.api_id.clone(), draft.stage(at.stage)?.stage_name.clone());
    let name = if draft.api.name.is_empty() { &api_id } else { &draft.api.name };
    let plan_name = format!("{name} {stage}");
    let around = access::keys(draft)?;
    let mut shut = around.api_keys.iter().filter(|key| !access::opens(around, key, &api_id, &stage));
    let key = match at.about {
        Some(id) => shut.find(|key| key.id == id),
        None => shut.next().filter(|_| shut.next().is_none()),
    }?;
    let of_key = PlanKey { id: key.id.clone(), key_type: "API_KEY".to_owned(), name: key.name.clone() };
    let around = draft.surroundings.as_mut()?;
    if let Some(key) = around.api_keys.iter_mut().find(|key| key.id == of_key.id) {
        key.enabled = true;
    }
    let has = |plan: &UsagePlan| plan.keys.iter().any(|key| key.id == of_key.id);
    if around.usage_plans.iter().any(|plan| access::covers(plan, &api_id, &stage) && has(plan)) {
        return Some(());
    }
    let of_stage = ApiStage { api_id: api_id.clone(), stage: stage.clone(), ..ApiStage::default() };
    if let Some(plan) = around.usage_plans.iter_mut().find(|plan| access::covers(plan, &api_id, &stage)) {
        plan.keys.push(of_key);
        plan.keys.sort_by(|a, b| a.id.cmp(&b.id));
    } else if let Some(plan) = around.usage_plans.iter_mut().find(|plan| has(plan)) {
        plan.api_stages.push(of_stage);
    } else {
        let taken = |id: &str| around.usage_plans.iter().any(|plan| plan.id == id);
        let mut n = 1;
        let mut id = format!("new-plan-{n}");
        while taken(&id) {
            n += 1;
            id = format!("new-plan-{n}");
        }
        let plan =
            UsagePlan { id, name: plan_name, api_stages: vec![of_stage], keys: vec![of_key], ..UsagePlan::default() };
        around.usage_plans.push(plan);
        around.usage_plans.sort_by(|a, b| a.id.cmp(&b.id));
    }
    Some(())
}

/// `throttle-zero`: the zeros in force for the route go; other limits stay.
pub(super) fn throttles(draft: &mut Snapshot, at: &FixAt) -> Option<()> {
    let stage = draft.stages.iter_mut().find(|stage| stage.stage_name == at.stage)?;
    if access::zeros(stage, at.route_key).is_empty() {
        return None;
    }
    let own = stage.route_settings.get_mut(at.route_key);
    let default = &mut stage.default_route_settings;
    let (mut own_burst, mut own_rate) = (None, None);
    if let Some(own) = own {
        own.throttling_burst_limit = own.throttling_burst_limit.filter(|burst| *burst != 0);
        own.throttling_rate_limit = own.throttling_rate_limit.filter(|rate| !access::is_zero(*rate));
        (own_burst, own_rate) = (own.throttling_burst_limit, own.throttling_rate_limit);
    }
    // Where the route has no limit of its own (any more), the stage's is in force.
    if own_burst.is_none() {
        default.throttling_burst_limit = default.throttling_burst_limit.filter(|burst| *burst != 0);
    }
    if own_rate.is_none() {
        default.throttling_rate_limit = default.throttling_rate_limit.filter(|rate| !access::is_zero(*rate));
    }
    Some(())
}
