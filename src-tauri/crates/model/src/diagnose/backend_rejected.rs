//! `backend-rejected`: an HTTP backend was reached and said no.

use super::case::{Case, Found};
use super::{Cause, Confidence};
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
    let confidence = match (status >= 400, through, case.endpoint().is_some() && !amazon) {
        (false, ..) => return None,
        (_, true, true) => case.by_log(),
        _ => Confidence::Possible,
    };
    let mut evidence = case.line(line, format!("says it in AWS’s words: Received response. Status: {status}"));
    if let Some(body) = case.find(|kind| matches!(kind, Kind::EndpointResponseBody { .. })) {
        evidence.splice(1..1, case.line(body, "is what the backend answered").into_iter().take(1));
    }
    Some(Found {
        confidence,
        title: format!("{} backend answered {status}", case.whose()),
        reason: "API Gateway reached the backend; the refusal is the backend’s own.".to_owned(),
        fix: "The backend’s answer and its own log say why.".to_owned(),
        evidence,
        action: None,
    })
}
