//! `stage-variable-missing`: the integration names a stage variable that the stage does not set, so no address comes of it.
//!
//! Facts 2.2, `Invalid endpoint address`: a bad URI, or an empty stage variable in it; only the configuration tells which.

use super::case::{Case, Found, config, insert_config};
use super::config::integration::unset_variable;
use super::{Cause, Confidence};
use crate::verdict::Action;

pub(super) const CAUSE: Cause = Cause { id: "stage-variable-missing", rule };

/// The variable that the integration names and the stage lacks, and where it stands.
pub(super) fn lacking<'a>(case: &Case<'a>) -> Option<(&'a str, &'static str)> {
    unset_variable(case.served_integration()?, case.stage()?)
}

fn rule(case: &Case) -> Option<Found> {
    let (name, station) = lacking(case)?;
    let stage = case.facts.stage.unwrap_or("the stage");
    let setting = config(case.name(), station, format!("names ${{stageVariables.{name}}}, which {stage} does not set"));
    let said = case.configuration_error(&["invalid endpoint address"]);
    // A link's variable has no recorded sentence: any configuration error of the integration fits (facts 2.3 #34).
    let link = (station == "Integration").then(|| case.configuration_error(&["vpc link", "vpclink"])).flatten();
    let (confidence, evidence) = match said.or(link) {
        Some((line, error)) => {
            let mut evidence = case.line(line, format!("says it in AWS’s words: {error}"));
            insert_config(&mut evidence, Some(setting));
            (if said.is_some() { case.by_log() } else { Confidence::Likely }, evidence)
        }
        None if case.gateway_failed() && !case.gateway_failure_logged() => {
            (Confidence::Likely, std::iter::once(setting).chain(case.words()).collect())
        }
        None => return None,
    };
    Some(Found {
        confidence,
        title: format!("{stage} does not set the stage variable {name}"),
        reason: format!(
            "{} integration takes its address from ${{stageVariables.{name}}}. Without a value there is nobody to call, {}.",
            case.whose(),
            case.so()
        ),
        fix: format!("Set {name} on {stage}; a variable is in effect without a deployment."),
        evidence,
        action: Some(Action::SetVariable { name: name.to_owned() }),
    })
}
