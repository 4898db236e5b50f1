//! `logging-off`: there is no log to explain it with, because the stage writes none.

use super::case::{Case, Found};
use super::{Cause, Confidence};
use crate::unlogged;
use crate::verdict::{Action, Evidence, Place};

pub(super) const CAUSE: Cause = Cause { id: "logging-off", rule };

fn rule(case: &Case) -> Option<Found> {
    let off = case.facts.logging.as_ref().is_some_and(|logging| unlogged::is_off(&logging.level));
    if !case.reached_the_gateway() || !off || case.facts.request.is_some() {
        return None;
    }
    let stage = case.facts.stage.unwrap_or("the stage");
    let place = Place::Config { path: format!("Stages › {stage} › Logging"), route_key: None };
    Some(Found {
        // That logging is off is certain; what failed stays unknown.
        confidence: Confidence::Likely,
        title: format!("{stage} writes no execution log, so what failed cannot be seen"),
        reason: "API Gateway explains a failure in its execution log only, and this stage’s log level is OFF."
            .to_owned(),
        fix: "Turn on execution logs, wait until they are in effect, and try again.".to_owned(),
        evidence: vec![Evidence { place, text: "level OFF".to_owned() }],
        action: Some(Action::TurnOnLogs),
    })
}
