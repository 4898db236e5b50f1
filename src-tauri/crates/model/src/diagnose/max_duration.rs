//! `max-duration`: the connection was two hours old, which is as long as API Gateway keeps one.

use super::case::{Case, Found};
use super::ending::{clock, code, ending, was_idle, was_old};
use super::{Cause, Confidence};

pub(super) const CAUSE: Cause = Cause { id: "max-duration", rule };

fn rule(case: &Case) -> Option<Found> {
    let ending = ending(case).filter(|ending| was_old(ending))?;
    let confidence = match ending.code {
        Some(1001) if !was_idle(ending) => Confidence::Certain,
        // Which code AWS sends at two hours has not been recorded (facts 2, section 5).
        Some(1000 | 1001 | 1005) | None => Confidence::Likely,
        _ => Confidence::Possible,
    };
    Some(Found {
        confidence,
        title: "The connection was 2 hours old, so it was closed".to_owned(),
        reason:
            "API Gateway keeps no connection longer than 2 hours, whatever is sent on it. The limit cannot be raised."
                .to_owned(),
        fix: "Let clients connect again by themselves, best a little before the 2 hours.".to_owned(),
        evidence: vec![code(ending), clock("open for", ending.open_ms)],
        action: None,
    })
}
