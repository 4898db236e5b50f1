//! Guided changes that reach beyond one resource: a key and a plan for `$connect`.

use crate::api::Snapshot;
use crate::surroundings::{ApiKey, ApiStage, PlanKey, Quota, Surroundings, Throttle, UsagePlan};

/// What a plan allows each of its keys.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// Requests a second.
    pub rate: f64,
    /// Requests at once.
    pub burst: i64,
    /// Requests in a period; 0: as many as one likes.
    pub quota: i64,
    /// `DAY`, `WEEK` or `MONTH`.
    pub period: String,
}

/// The snapshot in which `$connect` of a stage asks for a key (walkthrough step 14): the route asks, a plan with these limits
/// covers the stage, and a new key is in the plan.
///
/// # Errors
/// Why it can't be done, in words.
pub fn require_key(snapshot: &Snapshot, stage: &str, limits: &Limits) -> Result<Snapshot, String> {
    let mut draft = snapshot.clone();
    let name = if draft.api.name.is_empty() { draft.api.api_id.clone() } else { draft.api.name.clone() };
    if draft.stage(stage).is_none() {
        return Err(format!("there is no stage {stage}"));
    }
    let connect = draft.routes.iter_mut().find(|route| route.route_key == "$connect");
    connect.ok_or("there is no route $connect that could ask for a key: make one first")?.api_key_required = true;
    let api_id = draft.api.api_id.clone();
    let around = draft.surroundings.get_or_insert_default();
    if let Some(why) = ["apiKeys", "usagePlans"].iter().find_map(|list| around.unread.get(*list)) {
        return Err(format!("what is there already could not be read: {why}"));
    }
    let key_id = free("new-key", |id| around.api_keys.iter().any(|key| key.id == id));
    around.api_keys.push(ApiKey {
        id: key_id.clone(),
        name: format!("{name} {stage}"),
        enabled: true,
        ..ApiKey::default()
    });
    let plan_id = free("new-plan", |id| around.usage_plans.iter().any(|plan| plan.id == id));
    around.usage_plans.push(UsagePlan {
        id: plan_id,
        name: format!("{name} {stage}"),
        api_stages: vec![ApiStage { api_id, stage: stage.to_owned(), ..ApiStage::default() }],
        throttle: Some(Throttle { burst_limit: limits.burst, rate_limit: limits.rate }),
        quota: (limits.quota > 0).then(|| Quota { limit: limits.quota, offset: 0, period: limits.period.clone() }),
        keys: vec![PlanKey { id: key_id, key_type: "API_KEY".to_owned(), name: format!("{name} {stage}") }],
        ..UsagePlan::default()
    });
    sort(around);
    Ok(draft)
}

/// A draft's id that nobody has.
fn free(stem: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let mut n = 1u32;
    loop {
        let id = format!("{stem}-{n}");
        if !is_taken(&id) {
            return id;
        }
        n += 1;
    }
}

/// As snapshots have them.
fn sort(around: &mut Surroundings) {
    around.api_keys.sort_by(|a, b| a.id.cmp(&b.id));
    around.usage_plans.sort_by(|a, b| a.id.cmp(&b.id));
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::BTreeMap;

    use super::*;
    use crate::limits;
    use crate::starter::begin;

    #[test]
    fn a_key_a_plan_and_the_stage_are_one_draft_without_problems() {
        let api = begin("echo", "mine", &BTreeMap::new(), "").unwrap();
        let limits = Limits { rate: 5.0, burst: 10, quota: 500, period: "MONTH".into() };
        let draft = require_key(&api, "prod", &limits).unwrap();
        assert_eq!(limits::check(&api, &draft), []);
        assert!(draft.route("$connect").unwrap().api_key_required);
        let around = draft.surroundings.clone().unwrap();
        let plan = &around.usage_plans[0];
        assert_eq!(plan.keys[0].id, around.api_keys[0].id);
        assert_eq!((plan.api_stages[0].api_id.as_str(), plan.api_stages[0].stage.as_str()), ("new-api", "prod"));
        assert_eq!(plan.quota.as_ref().unwrap().limit, 500);
        let twice = require_key(&draft, "prod", &limits).unwrap();
        assert_eq!(twice.surroundings.unwrap().api_keys.len(), 2);
        assert!(require_key(&api, "gone", &limits).unwrap_err().contains("no stage gone"));
        let unlimited = require_key(&api, "prod", &Limits { quota: 0, ..limits }).unwrap();
        assert_eq!(unlimited.surroundings.unwrap().usage_plans[0].quota, None);
    }
}
