//! `never-logged`: no line of this will come, because API Gateway logs nothing of its kind.

use super::address::{Address, Whose};
use super::case::{Case, Found};
use super::{Cause, Confidence};
use crate::verdict::{Evidence, Place};

pub(super) const CAUSE: Cause = Cause { id: "never-logged", rule };

fn rule(case: &Case) -> Option<Found> {
    if case.facts.request.is_some() || case.facts.logging.as_ref().is_none_or(|l| l.level == "OFF") {
        return None;
    }
    let refusal = case.refusal?;
    let html = || refusal.header("server").is_some_and(|server| server.starts_with("awselb"));
    // Facts 1.1, "No logs at all for"; of the load balancer facts 2, row 60.
    let what = match refusal.status {
        403 if case.belongs_to_no_stage() => match Address::of(case).map(|a| a.whose) {
            Some(Whose::Domain(_) | Whose::Name) => "a handshake at a custom domain without a mapping for it",
            _ => "a handshake that belongs to no stage, or to a disabled endpoint",
        },
        413 => "a request that is too large",
        429 => "heavy throttling",
        400 if html() => "what the load balancer refuses before API Gateway sees it",
        _ => return None,
    };
    Some(Found {
        confidence: Confidence::Possible,
        title: "There will be no log of this".to_owned(),
        reason: format!("API Gateway writes no execution log of {what}."),
        fix: "Look at the address, the settings and the limits: the log won’t tell.".to_owned(),
        evidence: vec![Evidence { place: Place::Status, text: refusal.status.to_string() }],
        action: None,
    })
}
