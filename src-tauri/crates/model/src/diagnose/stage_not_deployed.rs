//! `stage-not-deployed`: the stage is there, and nothing was ever deployed to it.

use super::address::{Address, Whose};
use super::case::{Case, Found, setting};
use super::{Cause, Confidence};
use crate::api::Stage;
use crate::verdict::Action;

pub(super) const CAUSE: Cause = Cause { id: "stage-not-deployed", rule };

fn rule(case: &Case) -> Option<Found> {
    let stage = dialled(case).filter(|stage| case.belongs_to_no_stage() && stage.deployment_id.is_none())?;
    let name = &stage.stage_name;
    let why = stage.last_deployment_status_message.as_deref().filter(|_| stage.auto_deploy == Some(true));
    let mut evidence = vec![setting(
        format!("Stages › {name}"),
        match why {
            Some(why) => format!("deploys by itself, and could not: {why}"),
            None => "serves no deployment".to_owned(),
        },
    )];
    evidence.extend(case.answer());
    let disabled = super::execute_api_disabled::disabled(case);
    Some(Found {
        confidence: if disabled { Confidence::Likely } else { Confidence::Certain },
        title: format!("Nothing is deployed to {name}"),
        reason: "A stage serves a deployment, which is a frozen copy of the API. Without one there is nothing to connect to, and \
                 nothing is logged."
            .to_owned(),
        fix: format!("Deploy the API to {name}."),
        evidence,
        action: Some(Action::Deploy),
    })
}

/// The stage that the address means: by its path, or by a domain's mapping to this API.
pub(super) fn dialled<'a>(case: &Case<'a>) -> Option<&'a Stage> {
    let address = Address::of(case)?;
    let snapshot = case.facts.snapshot?;
    match address.whose {
        Whose::Own => snapshot.stage(address.segments.first()?),
        Whose::Domain(domain) => {
            let mapping = address.mapping(domain).filter(|m| m.api_id == snapshot.api.api_id)?;
            snapshot.stage(&mapping.stage)
        }
        _ => None,
    }
}
