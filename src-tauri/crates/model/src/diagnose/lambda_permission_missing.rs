//! `lambda-permission-missing`: API Gateway may not call the function of this route.

use super::Cause;
use super::case::{Case, Found};

pub(super) const CAUSE: Cause = Cause { id: "lambda-permission-missing", rule };

fn rule(case: &Case) -> Option<Found> {
    let (line, _) = case.configuration_error(&["invalid permissions on lambda function"])?;
    let function = case.function().map(|name| format!(" {name}")).unwrap_or_default();
    Some(Found {
        confidence: case.by_log(),
        title: format!("API Gateway may not call the function{function} of {}", case.name()),
        reason: format!(
            "The function’s resource policy has no statement that lets API Gateway call it for {}, or there is no such function. \
             Each route needs its own permission.",
            case.name()
        ),
        fix: format!(
            "Let apigateway.amazonaws.com invoke the function with the source ARN arn:aws:execute-api:REGION:ACCOUNT:API/*/{}.",
            case.route_key.map_or_else(|| "ROUTE".to_owned(), |key| key.replace(" /", "/"))
        ),
        evidence: case.line(line, "says it in AWS’s words: Invalid permissions on Lambda function"),
        action: None,
    })
}
