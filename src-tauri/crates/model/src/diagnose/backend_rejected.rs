//! `backend-rejected`: an HTTP backend was reached and said no.

use super::case::{Case, Found, Seen};
use super::{Cause, Confidence, backend_rejects_websocket_version, get_drops_body};
use crate::log::Kind;

pub(super) const CAUSE: Cause = Cause { id: "backend-rejected", rule };

fn rule(case: &Case) -> Option<Found> {
    if case.is_about_the_authorizer() || case.is_lambda() == Some(true) {
        return None;
    }
    let (line, status) = case.lines.iter().rev().find_map(|&line| match line.kind {
        Kind::ReceivedResponse { status, .. } => Some((line, status)),
        _ => None,
    })?;
    let amazon = case.endpoint().is_some_and(|uri| uri.contains(".amazonaws.com") && !uri.contains(".elb."));
    // The status comes through when nothing else failed after it; a service of AWS may have been refused its role.
    let through = status >= 400 && case.status().is_none_or(|seen| seen == status) && !case.gateway_failure_logged();
    if status < 400 {
        return None;
    }
    let body = case.find(|kind| matches!(kind, Kind::EndpointResponseBody { .. }));
    // What a refused push, a forwarded handshake or a lost body makes a backend say is its answer too, and not the cause.
    let push = case.push_refused();
    let explained =
        push.is_some() || backend_rejects_websocket_version::fits(case) || get_drops_body::method(case).is_some();
    // Only its own words, of a refusal that nothing else brings about, leave no other explanation.
    let own =
        body.is_some() && matches!(status, 401..=409 | 411 | 412 | 416..=425 | 427..=499) && !says_forbidden(body);
    let confidence = match (through, case.endpoint().is_some() && !amazon, explained) {
        (true, true, false) if own => case.by_log(),
        (true, true, false) => Confidence::Likely,
        _ => Confidence::Possible,
    };
    let mut evidence = case.line(line, format!("says it in AWS’s words: Received response. Status: {status}"));
    if let Some(body) = body {
        evidence.splice(1..1, case.line(body, "is what the backend answered").into_iter().take(1));
    }
    evidence.extend(push);
    Some(Found {
        confidence,
        title: format!("{} backend answered {status}", case.whose()),
        reason: "API Gateway reached the backend; the refusal is the backend’s own.".to_owned(),
        fix: "The backend’s answer and its own log say why.".to_owned(),
        evidence,
        action: None,
    })
}

/// `Forbidden` alone is also what `@connections` answers and a backend passes on (facts 2.3 #46).
fn says_forbidden(body: Option<Seen>) -> bool {
    body.is_some_and(|line| matches!(line.kind, Kind::EndpointResponseBody { body } if body.contains("\"Forbidden\"")))
}
