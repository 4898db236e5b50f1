//! `mock-status-missing`: a mock integration answers from its request template alone, and that gives no status code.

use super::case::{Case, Found, config, insert_config};
use super::config::integration::missing_status;
use super::{Cause, Confidence};
use crate::verdict::Action;

pub(super) const CAUSE: Cause = Cause { id: "mock-status-missing", rule };

fn rule(case: &Case) -> Option<Found> {
    let shown = case.integration().and_then(missing_status);
    let setting = shown.as_ref().map(|text| config(case.name(), "Request template", text.clone()));
    let said = case.configuration_error(&["statusCode should be an integer", "unable to parse statusCode"]);
    let (confidence, evidence) = match said {
        Some((line, error)) => {
            // AWS's sentence stops being told after its first words: the rest only repeats them.
            let words = error.split(" which ").next().unwrap_or(error).split(". ").next().unwrap_or(error);
            let mut evidence = case.line(line, format!("says it in AWS’s words: {words}"));
            insert_config(&mut evidence, setting);
            (case.by_log(), evidence)
        }
        // A log that tells of another failure got past the template.
        None if case.status().is_none_or(|s| s == 500) && case.gateway_failed() && !case.gateway_failure_logged() => {
            (Confidence::Likely, setting.into_iter().chain(case.words()).collect::<Vec<_>>())
        }
        None => return None,
    };
    if evidence.is_empty() || (said.is_none() && shown.is_none()) {
        return None;
    }
    Some(Found {
        confidence,
        title: format!("{} mock integration returns no status code", case.whose()),
        reason: format!(
            "A mock integration answers from its request template alone. The one deployed{} gives no status code, {}.",
            case.facts.stage.map(|stage| format!(" to {stage}")).unwrap_or_default(),
            case.so()
        ),
        fix: "Give it the request template {\"statusCode\": 200} and a $default integration response, then deploy."
            .to_owned(),
        evidence,
        // A template whose directives only running them shows is a person's to correct.
        action: match shown.is_some() || case.integration().is_none() {
            true => case.route_key.map(|route_key| Action::Fix { route_key: route_key.to_owned(), about: None }),
            false => case.show("Request template"),
        },
    })
}
