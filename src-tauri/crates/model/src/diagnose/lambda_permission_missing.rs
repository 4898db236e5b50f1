//! `lambda-permission-missing`: API Gateway may not call the function of this route.

use super::case::{Case, Found, config, insert_config};
use super::config::integration::not_permitted;
use super::{Cause, Confidence};
use crate::probe::Probe;
use crate::verdict::{Evidence, Place};

pub(super) const CAUSE: Cause = Cause { id: "lambda-permission-missing", rule };

fn rule(case: &Case) -> Option<Found> {
    let said = case.configuration_error(&["invalid permissions on lambda function"]);
    let shown = case.facts.snapshot.zip(case.route_key).and_then(|(s, key)| not_permitted(s, key, case.stage()));
    let (confidence, mut evidence) = match (said, &shown) {
        (Some((line, _)), _) => {
            (case.by_log(), case.line(line, "says it in AWS’s words: Invalid permissions on Lambda function"))
        }
        (None, Some(_)) if case.gateway_failed() && !case.gateway_failure_logged() => {
            (Confidence::Likely, case.words().into_iter().collect())
        }
        _ => return None,
    };
    insert_config(&mut evidence, shown.map(|(_, why)| config(case.name(), "Integration", why)));
    evidence.extend(case.facts.probes.iter().find_map(asked));
    let function = case.function().map(|name| format!(" {name}")).unwrap_or_default();
    Some(Found {
        confidence,
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
        evidence,
        action: case.fix("lambda-permission-missing", None),
    })
}

/// What the function's policy said when it was asked for.
fn asked(probe: &Probe) -> Option<Evidence> {
    let Probe::Policy { function_arn, statements, error } = probe else { return None };
    let text = match error {
        Some(error) => format!("{function_arn}: {error}"),
        None => format!("{function_arn} has {} statements for API Gateway", statements.len()),
    };
    Some(Evidence { place: Place::Probe { name: "lambda:GetPolicy".to_owned() }, text })
}
