//! `integration-role-denied`: the role was assumed, but the AWS service refused what the integration asked for.

use super::ask::{copy_policy, denied};
use super::case::{Case, Found};
use super::{Cause, Confidence};
use crate::log::Kind;

pub(super) const CAUSE: Cause = Cause { id: "integration-role-denied", rule };

fn rule(case: &Case) -> Option<Found> {
    let service = |uri: &str| uri.contains(".amazonaws.com") && !uri.contains("//lambda.") && !uri.contains(".elb.");
    if case.is_about_the_authorizer() || !case.endpoint().is_some_and(service) {
        return None;
    }
    let refused = |kind: &Kind| match kind {
        Kind::EndpointResponseBody { body } => body.contains("AccessDenied"),
        Kind::EndpointResponseHeaders { headers } => headers.contains("x-amzn-ErrorType=AccessDenied"),
        _ => false,
    };
    let line = case.find(refused)?;
    let body = match line.kind {
        Kind::EndpointResponseBody { body } => Some(body),
        _ => None,
    };
    let body = body.or_else(|| {
        case.lines.iter().find_map(|line| match line.kind {
            Kind::EndpointResponseBody { body } => Some(body),
            _ => None,
        })
    });
    let denied = body.and_then(denied);
    Some(Found {
        confidence: case.by_log().min(Confidence::Likely),
        title: format!("The AWS service behind {} refused the call", case.name()),
        reason: match &denied {
            Some(denied) => format!("{} may not {} on {}.", denied.who, denied.action, denied.resource),
            None => "The integration’s role may not do what the integration asks the service for.".to_owned(),
        },
        fix: "Allow the action on the resource in the role’s policy.".to_owned(),
        evidence: case.line(line, "is the service’s answer: access denied"),
        action: denied.filter(|denied| !denied.explicit).map(|denied| copy_policy(denied.action, denied.resource)),
    })
}
