//! `authorizer-permission-missing`: API Gateway could not call the authorizer.

use super::case::{Case, Found, config, insert_config};
use super::config::access::authorizer_not_permitted;
use super::{Cause, Confidence};
use crate::log::Kind;
use crate::verdict::Evidence;

pub(super) const CAUSE: Cause = Cause { id: "authorizer-permission-missing", rule };

fn rule(case: &Case) -> Option<Found> {
    if !case.is_about_the_authorizer() {
        return unlogged(case);
    }
    let reason =
        case.any_configuration_error(&["invalid permissions on lambda function", "does not have permission to assume"]);
    let (line, error) = reason.or_else(|| case.any_configuration_error(&["authorizer error"]))?;
    // A call that was made and answered is not forbidden: then this sentence tells of something else.
    let answered = case.any(|kind| matches!(kind, Kind::AuthorizerResultBody { .. }));
    let confidence = match (reason, answered) {
        (Some(_), false) => case.by_log(),
        (None, false) => Confidence::Likely,
        (_, true) => return None,
    };
    let role = error.contains("assume");
    let mut evidence = case.line(line, format!("says it in AWS’s words: {error}"));
    insert_config(&mut evidence, shown(case).map(|why| config(case.name(), "Authorizer", why)));
    Some(found(case, confidence, role, evidence))
}

/// With no line yet the configuration may tell: the authorizer could not be called (facts 2, section 2.1).
fn unlogged(case: &Case) -> Option<Found> {
    let told = case.status() == Some(500) && case.gateway_failed() && !case.gateway_failure_logged();
    let why = shown(case).filter(|_| told && !case.executed())?;
    let evidence = std::iter::once(config(case.name(), "Authorizer", why)).chain(case.words()).collect();
    Some(found(case, Confidence::Likely, false, evidence))
}

/// Why the configuration says that the authorizer can't be called.
fn shown(case: &Case) -> Option<String> {
    authorizer_not_permitted(case.facts.snapshot?, case.route_key?, case.stage()).map(|(_, why)| why)
}

fn found(case: &Case, confidence: Confidence, role: bool, evidence: Vec<Evidence>) -> Found {
    Found {
        confidence,
        title: format!("API Gateway may not call the authorizer of {}", case.name()),
        reason: match role {
            true => "The authorizer is called with a role that API Gateway may not assume, so no request gets past it.",
            false => "The authorizer function’s resource policy does not let API Gateway call it, so no request gets past it.",
        }
        .to_owned(),
        fix: match role {
            true => "Let apigateway.amazonaws.com assume the authorizer’s role, or remove the role and use a resource policy.",
            false => {
                "Let apigateway.amazonaws.com invoke the authorizer with the source ARN \
                 arn:aws:execute-api:REGION:ACCOUNT:API/authorizers/AUTHORIZER."
            }
        }
        .to_owned(),
        evidence,
        action: (!role).then(|| case.fix("authorizer-permission-missing", None)).flatten(),
    }
}
