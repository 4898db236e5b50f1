//! `integration-timeout`: the backend took longer than the integration's timeout, 29 s at most.

use super::case::{Case, Found};
use super::{Cause, Confidence, vpc_link_unavailable};
use crate::log::Kind;

pub(super) const CAUSE: Cause = Cause { id: "integration-timeout", rule };

fn rule(case: &Case) -> Option<Found> {
    if case.is_about_the_authorizer() {
        return None;
    }
    let line = case.find(|kind| matches!(kind, Kind::TimeoutError { .. }));
    let told = case.told.as_ref().is_some_and(|told| told.message == "Endpoint request timed out");
    let (confidence, mut evidence) = match line {
        Some(line) => {
            // Through a link that can't be used nobody answers either.
            let linked = !vpc_link_unavailable::leads_nowhere(case);
            let confidence = if linked { case.by_log() } else { case.by_log().min(Confidence::Likely) };
            (confidence, case.line(line, "says it in AWS’s words: Execution failed due to a timeout error"))
        }
        None if told => (Confidence::Likely, case.words().into_iter().collect()),
        None => return None,
    };
    evidence.extend(vpc_link_unavailable::health(case));
    let limit = case.integration().and_then(|i| i.timeout_in_millis).map_or(29.0, |ms| f64::from(ms) / 1000.0);
    Some(Found {
        confidence,
        title: format!("{} backend did not answer in time", case.whose()),
        reason: format!(
            "API Gateway waited {limit} s for the integration, then gave up; what the backend does goes on."
        ),
        fix: "Answer sooner, or answer at once and send the result later through @connections.".to_owned(),
        evidence,
        action: vpc_link_unavailable::ask(case),
    })
}
