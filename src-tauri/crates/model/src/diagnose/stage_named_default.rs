//! `stage-named-default`: a WebSocket API's stage has the name that only HTTP APIs give a meaning.

use super::case::{Case, Found, setting};
use super::{Cause, Confidence};
use crate::unlogged;
use crate::verdict::{Evidence, Place};

pub(super) const CAUSE: Cause = Cause { id: "stage-named-default", rule };

fn rule(case: &Case) -> Option<Found> {
    if case.facts.stage != Some("$default") {
        return None;
    }
    let throttled = case.status() == Some(429);
    let silent = case.facts.request.is_none()
        && case.facts.logging.as_ref().is_some_and(|l| unlogged::is_overdue(&l.level, case.facts.waited_ms));
    if !throttled && !silent {
        return None;
    }
    let mut evidence = vec![setting("Stages › $default", "the name of an HTTP API’s stage")];
    if throttled {
        evidence.push(Evidence { place: Place::Status, text: "429".to_owned() });
    } else {
        let text = format!("{} s, and no line has come", case.facts.waited_ms / 1000);
        evidence.push(Evidence { place: Place::Clock, text });
    }
    Some(Found {
        // Two users have reported it; AWS says nothing about it (facts 2, row 58).
        confidence: if throttled { Confidence::Possible } else { Confidence::Likely },
        title: "The stage is called $default".to_owned(),
        reason: "A stage of this name belongs to HTTP APIs. On WebSocket APIs people saw no log group for it, and handshakes answered \
                 with 429."
            .to_owned(),
        fix: "Make a stage with another name, deploy to it, and dial that.".to_owned(),
        evidence,
        action: None,
    })
}
