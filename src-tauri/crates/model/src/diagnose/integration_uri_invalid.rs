//! `integration-uri-invalid`: what stands where the integration's address belongs is none.

use super::case::{Case, Found, config, insert_config};
use super::{Cause, Confidence};

pub(super) const CAUSE: Cause = Cause { id: "integration-uri-invalid", rule };

fn rule(case: &Case) -> Option<Found> {
    let uri = case.integration().and_then(|i| i.integration_uri.as_deref());
    let is_function = uri
        .is_some_and(|uri| uri.starts_with("arn:") && uri.contains(":lambda:") && uri.contains(":function:"))
        && uri.is_some_and(|uri| !uri.contains(":apigateway:"));
    let setting = uri.map(|uri| config(case.name(), "Integration URI", uri));
    let (confidence, evidence) = match case.configuration_error(&["invalid endpoint address"]) {
        Some((line, _)) => {
            let mut evidence = case.line(line, "says it in AWS’s words: Invalid endpoint address");
            insert_config(&mut evidence, setting);
            // A stage variable that is not set leaves the same sentence (causes, stage-variable-missing).
            let variable = uri.is_some_and(|uri| uri.contains("${stageVariables."));
            (if variable { Confidence::Possible } else { case.by_log() }, evidence)
        }
        None if is_function && case.gateway_failed() => {
            (Confidence::Likely, setting.into_iter().chain(case.words()).collect())
        }
        None => return None,
    };
    Some(Found {
        confidence,
        title: format!("{} integration URI is no address", case.whose()),
        reason: format!(
            "API Gateway cannot tell from the integration’s URI whom to call, {}. A function’s ARN or name alone is not enough.",
            case.so()
        ),
        fix: "Set the integration URI: https://… for HTTP, \
              arn:aws:apigateway:REGION:lambda:path/2015-03-31/functions/FUNCTION_ARN/invocations for a function."
            .to_owned(),
        evidence,
        action: None,
    })
}
