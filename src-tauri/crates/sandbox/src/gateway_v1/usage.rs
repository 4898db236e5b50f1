//! Usage plans at work: whether a request with this key may pass, and what it has used.
//!
//! A throttle is a bucket of tokens for each key of a plan (awsdocs/amazon-api-gateway-developer-guide#147: plans
//! hold for each key separately); a route's own throttle takes the plan's place.

use std::collections::BTreeMap;

use super::tally::date;
use super::usage_plan::{ApiStage, Throttle, UsagePlan};
use crate::World;
use crate::state::State;

/// What the usage plans say of a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Admission {
    Allowed,
    /// The words after `API Key … not authorized because `.
    Refused(String),
    Throttled,
    QuotaExceeded,
}

/// What is left of each throttle: by plan, key, and the stage and route that have their own.
#[derive(Default)]
pub(crate) struct Buckets(BTreeMap<(String, String, String), Bucket>);

struct Bucket {
    tokens: f64,
    /// When that was, by the sandbox's clock.
    at_ms: i64,
}

impl Buckets {
    /// Forgets the buckets of some plans and keys.
    pub(super) fn forget(&mut self, which: impl Fn(&str, &str) -> bool) {
        self.0.retain(|(plan, key, _), _| !which(plan, key));
    }

    /// Takes a token, if there is a whole one.
    fn take(&mut self, place: (String, String, String), throttle: Throttle, now_ms: i64) -> bool {
        #[allow(clippy::cast_precision_loss)]
        let burst = throttle.burst_limit as f64;
        let bucket = self.0.entry(place).or_insert(Bucket { tokens: burst, at_ms: now_ms });
        #[allow(clippy::cast_precision_loss)]
        let seconds = (now_ms - bucket.at_ms).max(0) as f64 / 1000.0;
        bucket.tokens = (bucket.tokens + seconds * throttle.rate_limit).min(burst);
        bucket.at_ms = now_ms;
        let whole = bucket.tokens >= 1.0;
        if whole {
            bucket.tokens -= 1.0;
        }
        whole
    }
}

/// Counts a request of a route that requires a key against the key's plan for this stage. Throttled requests use no
/// quota (assumed). The words are recorded for REST's `method 'GET /'` and a key without a plan (facts 2, section 1);
/// that a disabled or unknown key gets the same ones is assumed.
pub(crate) fn admit(world: &World, api_id: &str, stage: &str, route_key: &str, key: &str) -> Admission {
    let now = world.clock.now();
    let mut state = world.state.lock();
    let kept = &mut state.gateway_v1;
    let known = kept.api_keys.iter().find(|k| !key.is_empty() && k.value == key && k.enabled);
    let place = known.and_then(|key| {
        let mut plans = kept.usage_plans.iter().filter(|plan| plan.keys.contains(&key.id));
        plans.find_map(|plan| Some((key, plan, opened(plan, api_id, stage)?)))
    });
    let Some((key, plan, opened)) = place else {
        return Admission::Refused(format!(
            "route '{route_key}' requires API Key and API Key is not associated with a Usage Plan for API Stage \
             {api_id}/{stage}: No Usage Plan found for key and API Stage"
        ));
    };
    let own = opened.throttle.get(route_key).map(|throttle| (*throttle, format!("{api_id}:{stage}/{route_key}")));
    if let Some((throttle, scope)) = own.or_else(|| plan.throttle.map(|throttle| (throttle, String::new())))
        && !kept.buckets.take((plan.id.clone(), key.id.clone(), scope), throttle, now)
    {
        return Admission::Throttled;
    }
    let tally = kept.usage.entry(plan.id.clone()).or_default().entry(key.id.clone()).or_default();
    if tally.remaining(plan, date(now)) == 0 {
        return Admission::QuotaExceeded;
    }
    tally.count(now);
    Admission::Allowed
}

fn opened<'a>(plan: &'a UsagePlan, api_id: &str, stage: &str) -> Option<&'a ApiStage> {
    plan.api_stages.iter().find(|s| s.api_id == api_id && s.stage == stage)
}

/// The id of the key with this value, for `$context.identity.apiKeyId`.
pub(crate) fn key_id(state: &State, value: &str) -> Option<String> {
    state.gateway_v1.api_keys.iter().find(|key| key.value == value).map(|key| key.id.clone())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use std::time::Duration;

    use http::{Method, Request};
    use serde_json::{Value, json};

    use super::*;
    use crate::front::{Call, Origin};
    use crate::{Options, Sandbox, gateway_v1};

    const VALUE: &str = "a-value-of-twenty-characters";
    /// The seed's.
    const CHAT_API: &str = "chat5gw1ws";

    async fn ask(world: &World, method: Method, path: &str, body: Value) -> Value {
        use http_body_util::BodyExt;
        let request = Request::builder().method(method).uri(path).body(body.to_string().into()).unwrap();
        let response = gateway_v1::answer(world, &Call::read(request, Origin::in_process()));
        let body = response.into_body().collect().await.unwrap().to_bytes();
        serde_json::from_slice(&body).unwrap_or_default()
    }

    /// The chat API's `prod` behind a plan with one key.
    async fn planned(throttle: Value, quota: Value) -> (Sandbox, String) {
        let sandbox = Sandbox::new(Options::default()).unwrap();
        let world = &sandbox.0;
        let key = ask(world, Method::POST, "/apikeys", json!({ "value": VALUE, "enabled": true })).await;
        let stages = json!([{ "apiId": CHAT_API, "stage": "prod" }]);
        let plan = json!({ "name": "p", "apiStages": stages, "throttle": throttle, "quota": quota });
        let plan = ask(world, Method::POST, "/usageplans", plan).await["id"].as_str().unwrap().to_owned();
        let path = format!("/usageplans/{plan}/keys");
        ask(world, Method::POST, &path, json!({ "keyId": key["id"], "keyType": "API_KEY" })).await;
        (sandbox, plan)
    }

    fn knock(sandbox: &Sandbox) -> Admission {
        admit(&sandbox.0, CHAT_API, "prod", "$connect", VALUE)
    }

    #[tokio::test(start_paused = true)]
    async fn a_key_passes_only_where_its_plan_opens_a_stage_and_while_it_is_enabled() {
        let (sandbox, plan) = planned(json!(null), json!(null)).await;
        assert_eq!(knock(&sandbox), Admission::Allowed);
        let refused = |stage: &str| {
            Admission::Refused(format!(
                "route '$connect' requires API Key and API Key is not associated with a Usage Plan for API Stage \
                 chat5gw1ws/{stage}: No Usage Plan found for key and API Stage"
            ))
        };
        assert_eq!(admit(&sandbox.0, CHAT_API, "test", "$connect", VALUE), refused("test"));
        assert_eq!(admit(&sandbox.0, CHAT_API, "prod", "$connect", ""), refused("prod"));
        assert_eq!(admit(&sandbox.0, CHAT_API, "prod", "$connect", "another"), refused("prod"));
        let keys = ask(&sandbox.0, Method::GET, &format!("/usageplans/{plan}/keys"), json!({})).await;
        let path = format!("/apikeys/{}", keys["item"][0]["id"].as_str().unwrap());
        let off = json!({ "patchOperations": [{ "op": "replace", "path": "/enabled", "value": "false" }] });
        ask(&sandbox.0, Method::PATCH, &path, off).await;
        assert_eq!(knock(&sandbox), refused("prod"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_passes_then_as_many_a_second_as_the_rate_and_a_route_can_have_its_own() {
        let (sandbox, plan) = planned(json!({ "burstLimit": 2, "rateLimit": 0.5 }), json!(null)).await;
        assert_eq!([knock(&sandbox), knock(&sandbox)], [Admission::Allowed, Admission::Allowed]);
        assert_eq!(knock(&sandbox), Admission::Throttled);
        sandbox.advance(Duration::from_secs(2));
        assert_eq!([knock(&sandbox), knock(&sandbox)], [Admission::Allowed, Admission::Throttled]);
        let own = |member: &str, value: &str| {
            let path = format!("/apiStages/chat5gw1ws:prod/throttle/$connect/{member}");
            json!({ "op": "add", "path": path, "value": value })
        };
        let patch = json!({ "patchOperations": [own("burstLimit", "3"), own("rateLimit", "1")] });
        let plan = ask(&sandbox.0, Method::PATCH, &format!("/usageplans/{plan}"), patch).await;
        assert_eq!(plan["apiStages"][0]["throttle"]["$connect"], json!({ "burstLimit": 3, "rateLimit": 1.0 }));
        assert!((0..3).all(|_| knock(&sandbox) == Admission::Allowed));
        assert_eq!(knock(&sandbox), Admission::Throttled);
    }

    #[tokio::test(start_paused = true)]
    async fn a_quota_ends_and_begins_again_with_its_period_and_usage_tells_it_by_day() {
        let (sandbox, plan) = planned(json!(null), json!({ "limit": 3, "offset": 1, "period": "DAY" })).await;
        assert_eq!([knock(&sandbox), knock(&sandbox)], [Admission::Allowed, Admission::Allowed]);
        assert_eq!(knock(&sandbox), Admission::QuotaExceeded);
        let first = sandbox.0.clock.iso()[..10].to_owned();
        sandbox.advance(Duration::from_secs(86_400));
        let second = sandbox.0.clock.iso()[..10].to_owned();
        assert!((0..3).all(|_| knock(&sandbox) == Admission::Allowed));
        assert_eq!(knock(&sandbox), Admission::QuotaExceeded);
        let path = format!("/usageplans/{plan}/usage?startDate={first}&endDate={second}");
        let usage = ask(&sandbox.0, Method::GET, &path, json!({})).await;
        let (key, days) = usage["values"].as_object().unwrap().iter().next().unwrap();
        assert_eq!(*days, json!([[2, 0], [3, 0]]));
        let path = format!("/usageplans/{plan}/keys/{key}/usage");
        let more = json!({ "patchOperations": [{ "op": "replace", "path": "/remaining", "value": "1" }] });
        let usage = ask(&sandbox.0, Method::PATCH, &path, more).await;
        assert_eq!(usage["values"][key], json!([[3, 1]]));
        assert_eq!([knock(&sandbox), knock(&sandbox)], [Admission::Allowed, Admission::QuotaExceeded]);
    }
}
