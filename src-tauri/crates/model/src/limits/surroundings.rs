//! What an account has around an API. Most ranges are assumed: botocore's model of 2015-07-09 has few.

use super::{Place, Problem};
use crate::api::Snapshot;
use crate::resource::Kind;
use crate::surroundings::{Surroundings, Throttle, UsagePlan};

/// CloudWatch Logs' own set (botocore, PutRetentionPolicy).
const DAYS: [i64; 22] =
    [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

pub(super) fn check(draft: &Snapshot, around: &Surroundings, found: &mut Vec<Problem>) {
    for key in &around.api_keys {
        let mut at = Place::new(found, Kind::ApiKey, &key.id);
        at.length("name", Some(&key.name), 1024); // botocore
        at.tags(&key.tags);
        let in_plan = around.usage_plans.iter().any(|plan| plan.keys.iter().any(|k| k.id == key.id));
        // facts 2, 1: "API Key is not associated with a Usage Plan".
        if !in_plan && !around.unread.contains_key("usagePlans") {
            at.warn("id", "it is in no usage plan, so it opens nothing");
        }
    }
    for plan in &around.usage_plans {
        usage_plan(draft, around, plan, found);
    }
    for link in &around.vpc_links {
        let mut at = Place::new(found, Kind::VpcLink, &link.id);
        name(&mut at, &link.name);
        at.length("description", link.description.as_deref(), 1024);
        at.tags(&link.tags);
        // botocore: exactly one.
        match link.target_arns.as_slice() {
            [arn] if arn.split(':').nth(2) != Some("elasticloadbalancing") || arn.split(':').count() < 6 => {
                at.refuse("targetArns", "Invalid ARN: it is a network load balancer's");
            }
            [arn] if arn.contains(":loadbalancer/app/") => {
                at.refuse(
                    "targetArns",
                    "this is an application load balancer; WebSocket APIs need a network load balancer",
                );
            }
            [_] => {}
            _ => at.refuse("targetArns", "exactly one network load balancer"),
        }
    }
    for certificate in &around.client_certificates {
        let mut at = Place::new(found, Kind::ClientCertificate, &certificate.client_certificate_id);
        at.length("description", certificate.description.as_deref(), 1024);
        at.tags(&certificate.tags);
    }
    for group in &around.log_groups {
        let mut at = Place::new(found, Kind::LogGroup, &group.log_group_name);
        if group.retention_in_days.is_some_and(|days| !DAYS.contains(&days)) {
            let days = DAYS.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            at.refuse("retentionInDays", format!("one of {days}, or never"));
        }
    }
}

fn name(at: &mut Place<'_>, name: &str) {
    if name.is_empty() {
        at.refuse("name", "it needs a name");
    }
    at.length("name", Some(name), 1024);
}

fn usage_plan(draft: &Snapshot, around: &Surroundings, plan: &UsagePlan, found: &mut Vec<Problem>) {
    let mut at = Place::new(found, Kind::UsagePlan, &plan.id);
    name(&mut at, &plan.name);
    at.tags(&plan.tags);
    if let Some(limits) = &plan.throttle {
        throttle(&mut at, "throttle", limits);
    }
    if let Some(quota) = &plan.quota {
        at.one_of("quota/period", Some(&quota.period), &["DAY", "WEEK", "MONTH"]);
        if quota.period.is_empty() {
            at.refuse("quota/period", "a quota needs a period: DAY, WEEK or MONTH");
        }
        if quota.limit < 0 {
            at.refuse("quota/limit", "a whole number from 0 on");
        } else if quota.limit == 0 {
            at.warn("quota/limit", "0 refuses every request");
        }
        if quota.offset < 0 || quota.offset > quota.limit.max(0) {
            at.refuse("quota/offset", "between 0 and the limit");
        }
    }
    for stage in &plan.api_stages {
        let member = format!("apiStages/{}:{}", stage.api_id, stage.stage);
        // Of other APIs nothing is known here.
        if stage.api_id == draft.api.api_id && draft.stage(&stage.stage).is_none() {
            at.refuse(&member, format!("API Stage not found: {}:{}", stage.api_id, stage.stage));
        }
        for (route, limits) in &stage.throttle {
            throttle(&mut at, &format!("{member}/{route}"), limits);
        }
    }
    // A key has one plan for a stage at most (awslabs/aws-api-gateway-developer-portal#18).
    for key in &plan.keys {
        let clash = around.usage_plans.iter().filter(|other| other.id < plan.id).find(|other| {
            let both = |s: &_| other.api_stages.iter().any(|o| same_stage(o, s));
            other.keys.iter().any(|k| k.id == key.id) && plan.api_stages.iter().any(both)
        });
        if let Some(other) = clash {
            let mut at = Place::of(found, Kind::PlanKey, &plan.id, &key.id);
            at.refuse("id", format!("the key is in {} too, which covers the same stage", other.name));
        }
        if !around.unread.contains_key("apiKeys") && !around.api_keys.iter().any(|k| k.id == key.id) {
            let mut at = Place::of(found, Kind::PlanKey, &plan.id, &key.id);
            at.refuse("id", "Invalid API Key identifier specified");
        }
    }
}

fn same_stage(a: &crate::surroundings::ApiStage, b: &crate::surroundings::ApiStage) -> bool {
    (&a.api_id, &a.stage) == (&b.api_id, &b.stage)
}

fn throttle(at: &mut Place<'_>, member: &str, limits: &Throttle) {
    if limits.rate_limit < 0.0 || !limits.rate_limit.is_finite() {
        at.refuse(&format!("{member}/rateLimit"), "a number from 0 on");
    } else if limits.rate_limit == 0.0 {
        at.warn(&format!("{member}/rateLimit"), "0 refuses every request with 429");
    }
    if limits.burst_limit < 0 {
        at.refuse(&format!("{member}/burstLimit"), "a whole number from 0 on");
    } else if limits.burst_limit == 0 {
        at.warn(&format!("{member}/burstLimit"), "0 refuses every request with 429");
    }
}
