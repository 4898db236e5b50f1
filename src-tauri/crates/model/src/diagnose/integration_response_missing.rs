//! `integration-response-missing`: nothing takes over what an integration answered that is no proxy.

use super::case::{Case, Found, config, insert_config};
use super::config::integration::missing_response;
use super::{Cause, Confidence};
use crate::verdict::Action;

pub(super) const CAUSE: Cause = Cause { id: "integration-response-missing", rule };

fn rule(case: &Case) -> Option<Found> {
    let shown = case.integration().and_then(|i| missing_response(i, case.name()));
    let setting = shown.clone().map(|text| config(case.name(), "Integration response", text));
    let said = case.configuration_error(&["no match for output mapping"]);
    let status = said.and_then(|(_, error)| error.rsplit_once("Status Code: ")).map(|(_, status)| status.trim());
    let (confidence, evidence) = match said {
        Some((line, _)) => {
            let mut evidence = case.line(line, "says it in AWS’s words: No match for output mapping");
            insert_config(&mut evidence, setting);
            (case.by_log(), evidence)
        }
        // A log that tells of the missing status code did not get as far as the response: that fails next.
        None if shown.is_some()
            && case.status().is_none_or(|status| status == 500)
            && (case.gateway_failed() && !case.gateway_failure_logged()
                || case.configuration_error(&["statusCode"]).is_some()) =>
        {
            (Confidence::Likely, setting.into_iter().chain(case.words()).collect())
        }
        None => return None,
    };
    let answered = status.map(|s| format!(" (the endpoint answered {s})")).unwrap_or_default();
    Some(Found {
        confidence,
        title: format!("{} integration has no response to answer with", case.whose()),
        reason: format!(
            "An integration that is no proxy needs an integration response that takes its answer over. None matched{answered} \
             and there is no $default one, {}.",
            case.so()
        ),
        fix: "Add an integration response with the key $default, then deploy.".to_owned(),
        evidence,
        action: case.route_key.map(|route_key| Action::Fix { route_key: route_key.to_owned(), about: None }),
    })
}
