//! Usage plans: which stages they open to their keys, how fast and how often.
//!
//! Behaviour and words: LocalStack's recordings and issues that quote AWS, as cited; what a plan does to a request is
//! in `usage.rs`.

use std::collections::BTreeMap;

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::patch::{self, Operation};
use super::{Desk, Kept, Reply, Tags, full, page, plan_key, shown};
use crate::answer::Refusal;

/// Plans of an account.
const QUOTA: usize = 300;
/// Words of the 404.
pub(super) const UNKNOWN: &str = "Invalid Usage Plan ID specified";
/// Paths that can be replaced or added, for the refusal (the developer guide's table of patch operations).
const REPLACED: [&str; 9] = [
    "/name",
    "/description",
    "/productCode",
    "/quota/limit",
    "/quota/offset",
    "/quota/period",
    "/throttle/rateLimit",
    "/throttle/burstLimit",
    "/apiStages/<apidId:stageName>/throttle/<resourcePath>/<httpMethod>",
];
/// Paths that can be removed (boto/boto3#2629).
const REMOVED: [&str; 6] = [
    "/apiStages",
    "/quota",
    "/throttle",
    "/productCode",
    "/apiStages/<apidId:stageName>/throttle/<resourcePath>/<httpMethod>",
    "/apiStages/<apidId:stageName>/throttle",
];

/// A usage plan, as it is kept and, without its own members, as it is shown.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct UsagePlan {
    pub id: String,
    pub name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    pub api_stages: Vec<ApiStage>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub throttle: Option<Throttle>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quota: Option<Quota>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub product_code: String,
    pub tags: Tags,
    /// Its API keys, oldest first.
    pub keys: Vec<String>,
    /// Seconds since 1970: its first period is when this was.
    pub quota_since: i64,
}

/// Members of a plan that AWS does not show.
const OWN: [&str; 2] = ["keys", "quotaSince"];

/// A stage that a plan opens.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct ApiStage {
    pub api_id: String,
    pub stage: String,
    /// By route key.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub throttle: BTreeMap<String, Throttle>,
}

/// How fast.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Throttle {
    pub burst_limit: i64,
    pub rate_limit: f64,
}

/// How often.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Quota {
    pub limit: i64,
    /// Requests that the first period has less (botocore's model).
    pub offset: i64,
    /// `DAY`, `WEEK` or `MONTH`.
    pub period: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Sent {
    name: Option<String>,
    description: Option<String>,
    api_stages: Option<Vec<ApiStage>>,
    throttle: Option<Throttle>,
    quota: Option<Quota>,
    tags: Option<Tags>,
}

/// Everything on `/usageplans` and `/usageplans/{id}`.
pub(super) fn answer(desk: &mut Desk<'_>, method: &Method, id: Option<&str>) -> Result<Reply, Refusal> {
    match (method, id) {
        (&Method::POST, None) => create(desk),
        (&Method::GET, None) => {
            let key = desk.call.query("keyId").unwrap_or_default();
            // Newest first as keys are; assumed.
            let plans = desk.state.gateway_v1.usage_plans.iter().rev();
            let asked = plans.filter(|plan| key.is_empty() || plan.keys.iter().any(|k| k == key));
            page::of(desk.call, asked.map(|plan| (plan.id.as_str(), shown(plan, &OWN, false))))
        }
        (&Method::GET, Some(id)) => Ok((200, Some(shown(find(&desk.state.gateway_v1, id)?, &OWN, true)))),
        (&Method::PATCH, Some(id)) => update(desk, id),
        (&Method::DELETE, Some(id)) => {
            if let Some(stage) = find(&desk.state.gateway_v1, id)?.api_stages.first() {
                // aws/aws-sdk-js#3841.
                return Err(Refusal::bad_request(format!(
                    "Cannot delete Usage Plan {id} because there are API Stages associated with it, including {}:{}",
                    stage.api_id, stage.stage
                )));
            }
            let kept = &mut desk.state.gateway_v1;
            kept.usage_plans.retain(|plan| plan.id != id);
            kept.usage.remove(id);
            kept.buckets.forget(|plan, _| plan == id);
            Ok((202, None))
        }
        _ => Err(Refusal::unknown_operation()),
    }
}

pub(super) fn find<'a>(kept: &'a Kept, id: &str) -> Result<&'a UsagePlan, Refusal> {
    kept.usage_plans.iter().find(|plan| plan.id == id).ok_or_else(|| Refusal::not_found(UNKNOWN))
}

fn create(desk: &mut Desk<'_>) -> Result<Reply, Refusal> {
    let sent: Sent = desk.body()?;
    let plan = UsagePlan {
        id: desk.world.ids.alphanumeric(6),
        name: sent.name.unwrap_or_default(),
        description: sent.description.unwrap_or_default(),
        api_stages: sent.api_stages.unwrap_or_default(),
        throttle: sent.throttle,
        quota: sent.quota,
        product_code: String::new(),
        tags: super::tags::checked(sent.tags)?,
        keys: Vec::new(),
        quota_since: desk.now(),
    };
    for ApiStage { api_id, stage, .. } in &plan.api_stages {
        if !desk.has_stage(api_id, stage) {
            return Err(Refusal::not_found(format!("API Stage not found: {api_id}:{stage}"))); // boto/boto3#825
        }
    }
    check(&plan)?;
    full("usage plans", desk.state.gateway_v1.usage_plans.len(), QUOTA)?;
    let answer: Value = shown(&plan, &OWN, false);
    desk.state.gateway_v1.usage_plans.push(plan);
    Ok((201, Some(answer)))
}

/// Assumed, all of it: the ranges are those of Terraform's provider or plain sense.
fn check(plan: &UsagePlan) -> Result<(), Refusal> {
    if plan.name.is_empty() || plan.name.len() > 1024 {
        return Err(Refusal::bad_request("Invalid Usage Plan name specified"));
    }
    let sane = |t: &Throttle| t.burst_limit >= 0 && t.rate_limit >= 0.0 && t.rate_limit.is_finite();
    if !plan.throttle.iter().chain(plan.api_stages.iter().flat_map(|s| s.throttle.values())).all(sane) {
        return Err(Refusal::bad_request("Invalid Usage Plan throttle specified"));
    }
    let Some(quota) = &plan.quota else { return Ok(()) };
    if !["DAY", "WEEK", "MONTH"].contains(&quota.period.as_str()) {
        return Err(Refusal::bad_request(
            "Invalid Usage Plan quota period specified. Must be one of: [DAY, WEEK, MONTH]",
        ));
    }
    if quota.limit < 0 || quota.offset < 0 || quota.offset > quota.limit {
        return Err(Refusal::bad_request("Invalid Usage Plan quota specified"));
    }
    Ok(())
}

fn update(desk: &mut Desk<'_>, id: &str) -> Result<Reply, Refusal> {
    let mut plan = find(&desk.state.gateway_v1, id)?.clone();
    let before = plan.clone();
    for operation in patch::operations(desk)? {
        match operation.op.as_str() {
            "add" | "replace" => set(desk, &mut plan, &operation)?,
            "remove" => remove(&mut plan, &operation)?,
            _ => return Err(operation.refused(&[])),
        }
    }
    if let Some(quota) = plan.quota.as_mut().filter(|quota| quota.period.is_empty()) {
        quota.period = "DAY".into(); // assumed: a quota that is patched together without its period
    }
    check(&plan)?;
    if before.quota.is_none() && plan.quota.is_some() {
        plan.quota_since = desk.now();
    }
    plan_key::check_stages(&desk.state.gateway_v1, &plan)?;
    let answer: Value = shown(&plan, &OWN, true);
    let kept = &mut desk.state.gateway_v1;
    if (&before.throttle, &before.api_stages) != (&plan.throttle, &plan.api_stages) {
        kept.buckets.forget(|plan, _| plan == id);
    }
    if let Some(kept) = kept.usage_plans.iter_mut().find(|p| p.id == id) {
        *kept = plan;
    }
    Ok((200, Some(answer)))
}

fn set(desk: &Desk<'_>, plan: &mut UsagePlan, operation: &Operation) -> Result<(), Refusal> {
    let value = operation.value.clone();
    match operation.path.as_str() {
        "/name" => plan.name = value,
        "/description" => plan.description = value,
        "/productCode" => plan.product_code = value,
        "/throttle/burstLimit" => plan.throttle.get_or_insert_default().burst_limit = operation.number()?,
        "/throttle/rateLimit" => plan.throttle.get_or_insert_default().rate_limit = operation.number()?,
        "/quota/limit" => plan.quota.get_or_insert_default().limit = operation.number()?,
        "/quota/offset" => plan.quota.get_or_insert_default().offset = operation.number()?,
        "/quota/period" => plan.quota.get_or_insert_default().period = value,
        "/apiStages" if operation.op == "add" => {
            let (api_id, stage) = named(&value)?;
            if !desk.has_stage(api_id, stage) {
                return Err(unknown_stage(api_id, stage, &plan.id));
            }
            if !plan.api_stages.iter().any(|s| s.api_id == api_id && s.stage == stage) {
                plan.api_stages.push(ApiStage { api_id: api_id.into(), stage: stage.into(), ..ApiStage::default() });
            }
        }
        path => {
            let Some((stage, route)) = route_of(plan, path) else { return Err(operation.refused(&REPLACED)) };
            let (route, member) = route.rsplit_once('/').ok_or_else(|| operation.refused(&REPLACED))?;
            let stage = stage?;
            let mut throttle = stage.throttle.get(&unescaped(route)).copied().unwrap_or_default();
            match member {
                "burstLimit" => throttle.burst_limit = operation.number()?,
                "rateLimit" => throttle.rate_limit = operation.number()?,
                _ => return Err(operation.refused(&REPLACED)),
            }
            stage.throttle.insert(unescaped(route), throttle);
        }
    }
    Ok(())
}

fn remove(plan: &mut UsagePlan, operation: &Operation) -> Result<(), Refusal> {
    match operation.path.as_str() {
        "/quota" => plan.quota = None,
        "/throttle" => plan.throttle = None,
        "/productCode" => plan.product_code.clear(),
        "/apiStages" => {
            let (api_id, stage) = named(&operation.value)?;
            let before = plan.api_stages.len();
            plan.api_stages.retain(|s| s.api_id != api_id || s.stage != stage);
            if plan.api_stages.len() == before {
                return Err(unknown_stage(api_id, stage, &plan.id)); // assumed: as when adding
            }
        }
        path => {
            if let Some(name) = path.strip_prefix("/apiStages/").and_then(|p| p.strip_suffix("/throttle")) {
                let (api_id, stage) = named(name)?;
                let id = plan.id.clone();
                let found = plan.api_stages.iter_mut().find(|s| s.api_id == api_id && s.stage == stage);
                found.ok_or_else(|| unknown_stage(api_id, stage, &id))?.throttle.clear();
                return Ok(());
            }
            let Some((stage, route)) = route_of(plan, path) else { return Err(operation.refused(&REMOVED)) };
            stage?.throttle.remove(&unescaped(route));
        }
    }
    Ok(())
}

/// The stage and the route of `/apiStages/{api}:{stage}/throttle/{route}`, or nothing when the path is no such path.
fn route_of<'a, 'p>(plan: &'a mut UsagePlan, path: &'p str) -> Option<(Result<&'a mut ApiStage, Refusal>, &'p str)> {
    let (name, route) = path.strip_prefix("/apiStages/")?.split_once("/throttle/")?;
    let (api_id, stage) = name.split_once(':')?;
    let id = plan.id.clone();
    let found = plan.api_stages.iter_mut().find(|s| s.api_id == api_id && s.stage == stage);
    Some((found.ok_or_else(|| unknown_stage(api_id, stage, &id)), route))
}

/// A part of a JSON pointer as it was meant.
fn unescaped(part: &str) -> String {
    part.replace("~1", "/").replace("~0", "~")
}

/// `{apiId}:{stage}`.
fn named(value: &str) -> Result<(&str, &str), Refusal> {
    match value.split_once(':') {
        Some((api, stage)) if !api.is_empty() && !stage.is_empty() && !stage.contains(':') => Ok((api, stage)),
        _ => Err(Refusal::bad_request("Invalid API Stage specified")),
    }
}

fn unknown_stage(api_id: &str, stage: &str, plan: &str) -> Refusal {
    Refusal::not_found(format!("Invalid API Stage {{api: {api_id}, stage: {stage}}} specified for usageplan {plan}"))
}
