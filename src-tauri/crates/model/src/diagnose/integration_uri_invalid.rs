//! `integration-uri-invalid`: what stands where the integration's address belongs is none.

use super::case::{Case, Found, config, insert_config};
use super::config::integration::bare_function;
use super::{Cause, Confidence, stage_variable_missing};

pub(super) const CAUSE: Cause = Cause { id: "integration-uri-invalid", rule };

fn rule(case: &Case) -> Option<Found> {
    let uri = case.served_integration().map(|i| i.integration_uri.as_deref().unwrap_or_default());
    let is_function = case.served_integration().and_then(bare_function).is_some();
    let setting = uri.map(|uri| config(case.name(), "Integration URI", uri));
    let (confidence, evidence) = match case.configuration_error(&["invalid endpoint address"]) {
        Some((line, _)) => {
            let mut evidence = case.line(line, "says it in AWS’s words: Invalid endpoint address");
            insert_config(&mut evidence, setting);
            // A stage variable that is not set leaves the same sentence (facts 2.2): only the URI tells them apart.
            let confidence = match uri {
                _ if stage_variable_missing::lacking(case).is_some() => Confidence::Possible,
                Some(uri) if !uri.contains("${stageVariables.") => case.by_log(),
                _ => case.by_log().min(Confidence::Likely),
            };
            (confidence, evidence)
        }
        None if is_function && case.gateway_failed() && !case.gateway_failure_logged() => {
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
        action: match is_function {
            true => case.fix("integration-uri-invalid", None),
            false => case.show("Integration URI"),
        },
    })
}
