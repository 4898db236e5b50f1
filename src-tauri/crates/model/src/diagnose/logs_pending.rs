//! `logs-pending`: the log that will explain it is on its way.

use super::case::{Case, Found};
use super::{Cause, Confidence};
use crate::unlogged;
use crate::verdict::{Action, Evidence, Place};

pub(super) const CAUSE: Cause = Cause { id: "logs-pending", rule };

fn rule(case: &Case) -> Option<Found> {
    let logging = case.facts.logging.as_ref()?;
    if !case.reached_the_gateway()
        || case.facts.request.is_some_and(|r| r.complete)
        || !unlogged::may_come(&logging.level, case.facts.waited_ms)
    {
        return None;
    }
    // Then nothing will come: `settings-propagating` says so.
    if case.facts.request.is_none() && super::settings_propagating::logs_are_settling(logging) {
        return None;
    }
    let waited = case.facts.waited_ms / 1000;
    Some(Found {
        confidence: if case.facts.request.is_some() { Confidence::Possible } else { Confidence::Likely },
        title: "The log of this request has not come yet".to_owned(),
        reason: "API Gateway writes its execution log about 20 s late, all lines of a request at once.".to_owned(),
        fix: "Wait, or read the log again now.".to_owned(),
        evidence: vec![Evidence { place: Place::Clock, text: format!("{waited} s since the request") }],
        action: Some(Action::ReadNow),
    })
}
