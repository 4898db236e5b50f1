//! `throttled`: more requests than a limit allows.

use super::case::{Case, Found, Seen};
use super::{Cause, Confidence, quota_exceeded, throttle_zero};
use crate::log::Kind;
use crate::verdict::{Evidence, Place};

pub(super) const CAUSE: Cause = Cause { id: "throttled", rule };

fn rule(case: &Case) -> Option<Found> {
    let limit = |kind: &Kind| match kind {
        Kind::KeyThrottled { .. } => true,
        Kind::Unknown(text) => text.starts_with("Key throttle limit exceeded"),
        _ => false,
    };
    let own_answer = case.any(|kind| matches!(kind, Kind::EndpointResponseBody { .. } | Kind::ReceivedResponse { .. }));
    let (confidence, evidence) = if let Some(line) = case.find(limit) {
        (case.by_log(), case.line(line, "says it in AWS’s words: Key throttle limit exceeded"))
    } else if let Some(line) = refused_by_lambda(case) {
        (Confidence::Likely, case.line(line, "is Lambda’s answer: too many calls at once"))
    } else if let Some(refusal) = case.refusal.filter(|r| r.status == 429 && !own_answer) {
        let status = Evidence { place: Place::Status, text: "429: too many requests".to_owned() };
        // A function or a backend may answer 429 too, in its own words; a quota and a limit of 0 are told apart from a rate.
        let other =
            case.in_foreign_words(refusal) || quota_exceeded::told(case) || !throttle_zero::in_force(case).is_empty();
        let confidence = if other { Confidence::Possible } else { Confidence::Likely };
        (confidence, std::iter::once(status).chain(case.words()).collect())
    } else {
        return None;
    };
    Some(Found {
        confidence,
        title: "A limit was reached: the request was not let through".to_owned(),
        reason: match refused_by_lambda(case) {
            Some(_) => "Lambda refused to run the function: as many are running as the function or the account may.".to_owned(),
            None => "A rate or burst limit of the usage plan, the route, the stage or the account was reached. A limit written as 0 \
                     refuses everything."
                .to_owned(),
        },
        fix: "Try again more slowly, or raise the limit.".to_owned(),
        evidence,
        action: None,
    })
}

/// Lambda's own throttling comes as its answer, which is then no proxy response (public log of a REST API, 2018).
pub(super) fn refused_by_lambda<'a>(case: &Case<'a>) -> Option<Seen<'a>> {
    case.find(|kind| match kind {
        Kind::EndpointResponseHeaders { headers } => headers.contains("x-amzn-ErrorType=TooManyRequestsException"),
        Kind::LambdaNotInvoked { status, .. } => *status == 429,
        Kind::ConfigurationError { error } => error.starts_with("Rate Exceeded"),
        _ => false,
    })
}
