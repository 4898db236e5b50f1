//! `settings-propagating`: what was changed a moment ago is not in effect everywhere yet.

use super::case::{Case, Found};
use super::undeployed_changes::{SETTLED_MS, contradicted};
use super::{Cause, Confidence, Logging};
use crate::unlogged::{self, Settings};
use crate::verdict::{Action, Evidence, Place};

pub(super) const CAUSE: Cause = Cause { id: "settings-propagating", rule };

fn rule(case: &Case) -> Option<Found> {
    if !case.reached_the_gateway() {
        return None;
    }
    let logging = case.facts.logging.as_ref().filter(|l| !unlogged::is_off(&l.level) && case.facts.request.is_none());
    let clock = |ms: i64, what: &str| Evidence { place: Place::Clock, text: format!("{what} {} s ago", ms / 1000) };
    if let Some(ms) = logging.filter(|l| logs_are_settling(l)).and_then(|l| l.changed_ms_ago) {
        return Some(Found {
            confidence: Confidence::Likely,
            title: "The log settings are not in effect yet".to_owned(),
            reason: "A change of a stage’s log settings acts after up to a minute. What happens before that is in effect is never \
                     logged."
                .to_owned(),
            fix: "Wait until a minute has passed since the change, then try again.".to_owned(),
            evidence: vec![clock(ms, "the log settings were changed")],
            action: Some(Action::ReadNow),
        });
    }
    let ms = case.facts.deployed_ms_ago.filter(|ms| (0..SETTLED_MS).contains(ms))?;
    let said = contradicted(case);
    let (confidence, mut evidence) = match said {
        Some(said) => (Confidence::Likely, said.seen.into_iter().chain([said.stands]).collect()),
        None => (Confidence::Possible, Vec::new()),
    };
    evidence.push(clock(ms, "the stage was deployed"));
    Some(Found {
        confidence,
        title: "The deployment is not in effect everywhere yet".to_owned(),
        reason: "After a deployment, a stage answers old and new in turn for 55 to 85 seconds before it settles."
            .to_owned(),
        fix: "Wait until a minute and a half have passed, then try again.".to_owned(),
        evidence,
        action: None,
    })
}

/// Whether a change of the log settings was so short before the request that it may not have been logged.
pub(super) fn logs_are_settling(logging: &Logging) -> bool {
    matches!(Settings::of(logging.changed_ms_ago), Settings::Settling(_))
}
