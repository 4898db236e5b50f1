//! `execute-api-disabled`: the API answers on its custom domain only, and its generated host was dialled.

use super::address::{self, Address, Whose};
use super::case::{Case, Found, setting};
use super::{Cause, Confidence};
use crate::verdict::{Action, Evidence, Place};

pub(super) const CAUSE: Cause = Cause { id: "execute-api-disabled", rule };

fn rule(case: &Case) -> Option<Found> {
    Address::of(case).filter(|a| matches!(a.whose, Whose::Own))?;
    if !case.belongs_to_no_stage() || !disabled(case) {
        return None;
    }
    let served = super::stage_not_deployed::dialled(case).is_some_and(|stage| stage.deployment_id.is_some());
    // It acts with the next deployment (facts 6.1 #8).
    let deployed = case.facts.deployed.map(|deployed| deployed.api.disable_execute_api_endpoint);
    let confidence = match (served, deployed) {
        (_, Some(false)) => Confidence::Possible,
        (true, _) => Confidence::Certain,
        (false, _) => Confidence::Likely,
    };
    let mut evidence = vec![setting("API › Endpoint", "disableExecuteApiEndpoint is true")];
    if deployed == Some(false) {
        let text = "was deployed while the endpoint was open: it closes with the next deployment".to_owned();
        evidence.push(Evidence { place: Place::Deployed { route_key: None }, text });
    }
    evidence.extend(case.answer());
    let domain = address::by_domain(case);
    Some(Found {
        confidence,
        title: "The API’s generated endpoint is disabled".to_owned(),
        reason: "Clients reach this API by its custom domain only. On the generated host everything is answered 403, calls of \
                 @connections too, and nothing is logged."
            .to_owned(),
        fix: match &domain {
            Some(domain) => format!("Dial wss://{domain}."),
            None => "Dial the custom domain; or enable the endpoint and deploy.".to_owned(),
        },
        evidence,
        action: domain.map(|domain| Action::Dial { url: format!("wss://{domain}") }),
    })
}

/// Whether the configuration closes the generated host.
pub(super) fn disabled(case: &Case) -> bool {
    case.facts.snapshot.is_some_and(|s| s.api.disable_execute_api_endpoint)
}
