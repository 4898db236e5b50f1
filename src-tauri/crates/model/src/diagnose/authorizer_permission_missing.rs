//! `authorizer-permission-missing`: API Gateway could not call the authorizer.

use super::case::{Case, Found};
use super::{Cause, Confidence};
use crate::log::Kind;

pub(super) const CAUSE: Cause = Cause { id: "authorizer-permission-missing", rule };

fn rule(case: &Case) -> Option<Found> {
    if !case.is_about_the_authorizer() {
        return None;
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
    Some(Found {
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
        evidence: case.line(line, format!("says it in AWS’s words: {error}")),
        action: None,
    })
}
