//! `lambda-rejected`: the function ran well and said no, in its own words.

use serde::Deserialize;

use super::case::{Case, Found, Seen, config};
use super::{Cause, Confidence};
use crate::log::Kind;
use crate::verdict::{Evidence, Place};

pub(super) const CAUSE: Cause = Cause { id: "lambda-rejected", rule };

fn rule(case: &Case) -> Option<Found> {
    if case.told.is_some() || case.gateway_failure_logged() || case.is_lambda() == Some(false) {
        return None;
    }
    let answered = answer(case);
    // A refused handshake logs no status of its own (facts 1.3, order seen): with data trace the answer tells it.
    let status = case.status().or(answered.map(|(_, code)| code).filter(|_| refused_in_the_log(case)))?;
    if status < 400 && !refused_in_the_log(case) && case.refusal.is_none_or(|_| status == 101) {
        return None;
    }
    let traced = answered.filter(|&(_, code)| code == status).map(|(line, _)| line);
    let own_body = case.refusal.filter(|r| case.in_foreign_words(r));
    let ran = case.any(|kind| matches!(kind, Kind::IntegrationRequestId { .. }));
    let push = case.push_refused();
    // What a refused push makes a function answer is its answer too, and not the cause; 410 and 413 are such refusals' statuses.
    let own = push.is_none() && status < 500 && !matches!(status, 410 | 413);
    let sure = if own { case.by_log() } else { Confidence::Likely };
    let confidence = match (traced, own_body, case.is_lambda()) {
        (Some(_), _, Some(true)) => sure,
        (_, Some(_), Some(true)) if ran => sure,
        // An integration's own words reach the client as they are; on $connect that is nearly always a function.
        (_, Some(_), Some(true) | None) => Confidence::Likely,
        // Without data trace a crash and an answer of 502 look alike (facts 1.3 #17, #20).
        (None, None, _) if matches!(status, 500 | 502 | 504) || !case.executed() || !ran => return None,
        (None, None, Some(true)) => Confidence::Likely,
        _ => Confidence::Possible,
    };
    let mut evidence: Vec<Evidence> =
        traced.map(|line| case.line(line, format!("is the function’s answer: {status}"))).unwrap_or_default();
    if evidence.is_empty() {
        evidence.extend(case.integration().map(|i| config(case.name(), "Integration", i.integration_type.clone())));
        evidence.extend(case.tie());
    }
    if own_body.is_some() {
        let text = "has no requestId: these are not the gateway’s words".to_owned();
        evidence.push(Evidence { place: Place::Body, text });
    }
    evidence.extend(push);
    Some(Found {
        confidence,
        title: format!("{} function answered {status}", case.whose()),
        reason: match case.is_connect() {
            true => "The function ran and decided so itself: any status but 200–299 refuses the handshake, with the function’s own body.",
            false => "The function ran and decided so itself: its status stands in the log only, the client gets at most its body.",
        }
        .to_owned(),
        fix: "It is the function’s decision: its answer says why.".to_owned(),
        evidence,
        action: case.open_log(None),
    })
}

/// Whether the function answered a handshake with anything but 200–299, as data trace shows.
pub(super) fn refused_in_the_log(case: &Case) -> bool {
    let refused = |(_, code): (Seen, u16)| !(200..300).contains(&code);
    case.is_connect() && case.is_lambda() == Some(true) && answer(case).is_some_and(refused)
}

/// The status code in the function's answer, with data trace.
fn answer<'a>(case: &Case<'a>) -> Option<(Seen<'a>, u16)> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Answer {
        status_code: u16,
    }
    case.lines.iter().rev().find_map(|&line| match line.kind {
        Kind::EndpointResponseBody { body } => {
            let whole = serde_json::from_str::<Answer>(body).ok().map(|answer| answer.status_code);
            Some((line, whole.or_else(|| beginning(body))?))
        }
        _ => None,
    })
}

/// The status code at the beginning of an answer that was cut.
fn beginning(body: &str) -> Option<u16> {
    let (_, rest) = body.split_once("\"statusCode\"")?;
    let digits = rest.trim_start_matches([':', ' ', '"']);
    digits
        .get(..3)?
        .parse()
        .ok()
        .filter(|_| body.starts_with('{') && body.find("\"body\"").is_none_or(|b| b > body.len() - rest.len()))
}
