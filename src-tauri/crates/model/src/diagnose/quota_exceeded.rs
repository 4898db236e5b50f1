//! `quota-exceeded`: the API key has used up what its usage plan allows in a period.
//!
//! Facts 2.3: the type QUOTA_EXCEEDED, 429, of its own beside THROTTLED. Its words `Limit Exceeded` are those of REST APIs; that a
//! handshake gets them is assumed (facts 2, 12.1), and heavy 429 is never logged (facts 1.1).

use super::case::{Case, Found};
use super::config::access;
use super::{Cause, Confidence};
use crate::log::Kind;
use crate::verdict::{Evidence, Place};

pub(super) const CAUSE: Cause = Cause { id: "quota-exceeded", rule };

fn rule(case: &Case) -> Option<Found> {
    let line = case.find(
        |kind| matches!(kind, Kind::GatewayResponseType { response_type, .. } if *response_type == "QUOTA_EXCEEDED"),
    );
    let keyed = case.route().map(|route| route.api_key_required);
    let told = told(case);
    let setting = limited_plan(case);
    let (confidence, evidence) = match line {
        Some(line) => {
            let mut evidence = case.line(line, "says it in AWS’s words: QUOTA_EXCEEDED");
            super::case::insert_config(&mut evidence, setting);
            (case.by_log(), evidence)
        }
        None if told && keyed != Some(false) => {
            let status = Evidence { place: Place::Status, text: "429".to_owned() };
            let said = case.gateway_words().map(|words| case.body_says(format!("says “{words}”")));
            (Confidence::Likely, std::iter::once(status).chain(said).chain(setting).collect())
        }
        None => return None,
    };
    Some(Found {
        confidence,
        title: "The API key has used up its quota".to_owned(),
        reason: "The usage plan gives each key a number of requests in a period. This key has none left, so each request is \
                 refused until the next period begins."
            .to_owned(),
        fix: "Raise the plan’s quota, give this key more for the current period, or use another key.".to_owned(),
        evidence,
        action: None,
    })
}

/// Whether the answer has the words of a quota rather than of a rate.
pub(super) fn told(case: &Case) -> bool {
    let typed = case.refusal.and_then(|r| r.header("x-amzn-errortype")).is_some_and(|t| t.starts_with("LimitExceeded"));
    let words = case.gateway_words().is_some_and(|words| words.eq_ignore_ascii_case("limit exceeded"));
    case.status() == Some(429) && (typed || words)
}

/// A plan of this stage that has a quota.
fn limited_plan(case: &Case) -> Option<Evidence> {
    let snapshot = case.facts.snapshot?;
    let around = access::keys(snapshot)?;
    let (plan, quota) = access::plans(around, &snapshot.api.api_id, case.facts.stage?)
        .find_map(|plan| Some((plan, plan.quota.as_ref().filter(|quota| quota.limit > 0)?)))?;
    let place = Place::Config { path: format!("Usage plans › {} › Quota", plan.name), route_key: None };
    Some(Evidence { place, text: format!("{} requests a {}", quota.limit, quota.period) })
}
