//! What is wrong with who may connect, as the configuration shows it: authorizers, keys, throttles.

use super::reach;
use crate::api::{Authorizer, Snapshot, Stage};
use crate::surroundings::{ApiKey, Surroundings, UsagePlan};

/// The authorizer of a route that has one.
pub(in crate::diagnose) fn authorizer<'a>(snapshot: &'a Snapshot, route_key: &str) -> Option<&'a Authorizer> {
    let route = snapshot.route(route_key).filter(|route| route.authorization_type == "CUSTOM")?;
    let id = route.authorizer_id.as_deref()?;
    snapshot.authorizers.iter().find(|authorizer| authorizer.authorizer_id == id)
}

/// Why API Gateway may not call the route's authorizer, and which function that is; `None` when it may, or nobody knows.
pub(in crate::diagnose) fn authorizer_not_permitted(
    snapshot: &Snapshot,
    route_key: &str,
    stage: Option<&Stage>,
) -> Option<(String, String)> {
    let authorizer = authorizer(snapshot, route_key)?;
    if authorizer.authorizer_credentials_arn.as_deref().is_some_and(|role| !role.is_empty()) {
        return None;
    }
    let function = reach::function(authorizer.authorizer_uri.as_deref()?, stage)?;
    let place = format!("{}/authorizers/{}", snapshot.api.api_id, authorizer.authorizer_id);
    match reach::permitted(snapshot, &function, &place) {
        reach::Permitted::No(why) => Some((function, why)),
        _ => None,
    }
}

/// The throttling limits in force for a route that are written as 0, in words (facts 2, section 10 row 57). A route's own limit
/// comes before the stage's, one by one.
pub(in crate::diagnose) fn zeros(stage: &Stage, route_key: &str) -> Vec<&'static str> {
    let own = stage.route_settings.get(route_key);
    let default = &stage.default_route_settings;
    let burst = own.and_then(|s| s.throttling_burst_limit).or(default.throttling_burst_limit);
    let rate = own.and_then(|s| s.throttling_rate_limit).or(default.throttling_rate_limit);
    let burst = (burst == Some(0)).then_some("throttlingBurstLimit 0");
    let rate = rate.is_some_and(is_zero).then_some("throttlingRateLimit 0");
    burst.into_iter().chain(rate).collect()
}

pub(in crate::diagnose) fn is_zero(rate: f64) -> bool {
    rate.abs() < f64::EPSILON
}

/// Keys and plans, where both were read.
pub(in crate::diagnose) fn keys(snapshot: &Snapshot) -> Option<&Surroundings> {
    let read = |around: &&Surroundings| ["apiKeys", "usagePlans"].iter().all(|list| !around.unread.contains_key(*list));
    snapshot.surroundings.as_ref().filter(read)
}

/// The plans that cover a stage.
pub(in crate::diagnose) fn plans<'a>(
    around: &'a Surroundings,
    api_id: &'a str,
    stage: &'a str,
) -> impl Iterator<Item = &'a UsagePlan> {
    around.usage_plans.iter().filter(move |plan| covers(plan, api_id, stage))
}

pub(in crate::diagnose) fn covers(plan: &UsagePlan, api_id: &str, stage: &str) -> bool {
    plan.api_stages.iter().any(|of| of.api_id == api_id && of.stage == stage)
}

/// Whether a key opens a stage: enabled, and in a plan that covers it.
pub(in crate::diagnose) fn opens(around: &Surroundings, key: &ApiKey, api_id: &str, stage: &str) -> bool {
    key.enabled && plans(around, api_id, stage).any(|plan| plan.keys.iter().any(|of| of.id == key.id))
}

/// Why no key at all opens a stage whose route wants one; `None` when one does, or nobody knows.
pub(in crate::diagnose) fn no_key_opens(snapshot: &Snapshot, route_key: &str, stage: &Stage) -> Option<String> {
    if !snapshot.route(route_key)?.api_key_required {
        return None;
    }
    let (around, api_id, stage) = (keys(snapshot)?, snapshot.api.api_id.as_str(), stage.stage_name.as_str());
    if around.api_keys.iter().any(|key| opens(around, key, api_id, stage)) {
        return None;
    }
    Some(match plans(around, api_id, stage).count() {
        0 => format!("no usage plan covers the stage {stage}"),
        _ => format!("no usage plan of the stage {stage} has a key that is enabled"),
    })
}
