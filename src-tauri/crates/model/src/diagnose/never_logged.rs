//! `never-logged`: no line of this will come, because API Gateway logs nothing of its kind.

use super::address::{Address, Whose};
use super::case::{Case, Found};
use super::{Cause, Confidence};
use crate::unlogged::{self, Never};
use crate::verdict::{Evidence, Place};

pub(super) const CAUSE: Cause = Cause { id: "never-logged", rule };

fn rule(case: &Case) -> Option<Found> {
    if case.facts.request.is_some() || case.facts.logging.as_ref().is_none_or(|l| unlogged::is_off(&l.level)) {
        return None;
    }
    let refusal = case.refusal?;
    let what = match unlogged::never(case.facts.handshake, None)? {
        Never::NoStage => match Address::of(case).map(|a| a.whose) {
            Some(Whose::Domain(_) | Whose::Name) => "a handshake at a custom domain without a mapping for it",
            _ => "a handshake that belongs to no stage, or to a disabled endpoint",
        },
        Never::TooLarge => "a request that is too large",
        Never::Throttled => "heavy throttling",
        Never::LoadBalancer => "what the load balancer refuses before API Gateway sees it",
        Never::Stopped(..) => return None,
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
