//! `throttle-zero`: a throttling limit of the stage or the route is written as 0, which refuses everything.
//!
//! Facts 2, section 10 row 57 and the corpus's `handshake-throttle-zero-429`: infrastructure code that sets only the log level
//! sends zeros, and each handshake gets 429. Heavy 429 is never logged (facts 1.1): the configuration tells it.

use super::case::{Case, Found};
use super::config::access::zeros;
use super::quota_exceeded;
use super::{Cause, Confidence};
use crate::log::Kind;
use crate::verdict::{Evidence, Place};

pub(super) const CAUSE: Cause = Cause { id: "throttle-zero", rule };

fn rule(case: &Case) -> Option<Found> {
    let found = in_force(case);
    if found.is_empty() {
        return None;
    }
    let stage = case.facts.stage.unwrap_or("the stage");
    let refusal = case.refusal.filter(|refusal| refusal.status == 429);
    let answered = case.any(|kind| matches!(kind, Kind::EndpointResponseBody { .. } | Kind::ReceivedResponse { .. }));
    let frame = case.told.as_ref().is_some_and(|told| told.message == "Too Many Requests") && case.refusal.is_none();
    if answered || case.executed() || !(refusal.is_some() || frame) {
        return None;
    }
    // Both zeros refuse each request in the gateway's words: nothing else can have had a say before.
    let own_words = refusal.is_some_and(|r| !case.in_foreign_words(r)) && case.gateway_words().is_some();
    let certain = found.len() == 2 && own_words && case.is_connect() && !quota_exceeded::told(case);
    let status = refusal.map(|_| Evidence { place: Place::Status, text: "429: too many requests".to_owned() });
    let place = Place::Config { path: format!("Stages › {stage} › Throttling"), route_key: None };
    let setting = Evidence { place, text: found.join(", ") };
    Some(Found {
        confidence: if certain { Confidence::Certain } else { Confidence::Likely },
        title: format!("{stage} lets no request through: a throttling limit is 0"),
        reason: format!(
            "{} is in force for {}. A limit of 0 is not “no limit”: it refuses every request. Infrastructure code that sets \
             only the log level often writes it.",
            found.join(" and "),
            case.name()
        ),
        fix: "Take the zeros away: then the account’s own limits hold.".to_owned(),
        evidence: std::iter::once(setting).chain(status).chain(case.words()).collect(),
        action: case.fix("throttle-zero", None),
    })
}

/// The zeros in force for the route on the stage that was dialled.
pub(super) fn in_force(case: &Case) -> Vec<&'static str> {
    case.stage().zip(case.route_key).map(|(stage, route_key)| zeros(stage, route_key)).unwrap_or_default()
}
