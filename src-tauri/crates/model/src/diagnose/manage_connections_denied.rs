//! `manage-connections-denied`: whoever pushes may not, because no policy allows it.

use super::case::{Case, Found};
use super::pushes::{Push, pushes};
use super::{Cause, Confidence};
use crate::probe::Probe;
use crate::verdict::{Action, Evidence, Place};

pub(super) const CAUSE: Cause = Cause { id: "manage-connections-denied", rule };

const ACTION: &str = "execute-api:ManageConnections";

fn rule(case: &Case) -> Option<Found> {
    let push = pushes(case).into_iter().find(|push| is_so(push))?;
    let denied = case.facts.probes.iter().find_map(|probe| match probe {
        Probe::Simulated { principal, action, decision, error: None, .. }
            if action == ACTION && decision != "allowed" =>
        {
            Some(format!("{principal}: {decision}"))
        }
        _ => None,
    });
    let said = push.says("is not authorized to perform");
    let confidence = match (&denied, said) {
        (Some(_), true) => Confidence::Certain,
        (_, true) | (Some(_), _) => Confidence::Likely,
        _ => Confidence::Possible,
    };
    let resource = push.text.split_once("on resource: ").map(|(_, rest)| rest.split(' ').next().unwrap_or_default());
    let mut evidence = push.evidence.clone();
    let name = || "iam:SimulatePrincipalPolicy".to_owned();
    evidence.extend(denied.map(|text| Evidence { place: Place::Probe { name: name() }, text }));
    Some(Found {
        confidence,
        title: "The backend may not push: no policy allows it to manage connections".to_owned(),
        reason: "IAM decides on the literal resource …/@connections/{connectionId}, with the braces: …/@connections/* allows it, a real \
                 id or a path without /* never does."
            .to_owned(),
        fix: "Give the backend’s role this statement.".to_owned(),
        evidence,
        action: Some(Action::Copy { what: "Copy the policy".to_owned(), text: policy(case, resource) }),
    })
}

fn is_so(push: &Push) -> bool {
    let words = push.says("is not authorized to perform") && (push.says(ACTION) || push.says("@connections"));
    // Without AWS's sentence, a 403 that no other cause of this family explains.
    words || (push.status == Some(403) && (push.says("AccessDenied") || push.endpoint().is_none()))
}

/// The statement that is needed: of this API and stage, for all its connections.
fn policy(case: &Case, resource: Option<&str>) -> String {
    let api = case.facts.snapshot.map(|s| &s.api);
    let id = api.map_or("*", |api| api.api_id.as_str());
    let region = api.and_then(|api| api.api_endpoint.split_once(".execute-api.")?.1.split('.').next()).unwrap_or("*");
    // AWS masks the account in its answer; a function's ARN has it whole.
    let named =
        resource.and_then(|arn| arn.split(':').nth(4)).filter(|account| account.bytes().all(|b| b.is_ascii_digit()));
    let uris = case.facts.snapshot.into_iter().flat_map(|s| &s.integrations);
    let owner = uris.filter_map(|i| {
        i.integration_uri.as_deref()?.split_once(":lambda:").and_then(|_| account(i.integration_uri.as_deref()?))
    });
    let account = named.filter(|a| !a.is_empty()).or(owner.into_iter().next()).unwrap_or("*");
    let stage = case.facts.stage.unwrap_or("*");
    format!(
        "{{\n  \"Effect\": \"Allow\",\n  \"Action\": \"{ACTION}\",\n  \"Resource\": \
         \"arn:aws:execute-api:{region}:{account}:{id}/{stage}/*/@connections/*\"\n}}"
    )
}

/// The account in `…:function:` of an invocation URI.
fn account(uri: &str) -> Option<&str> {
    let (before, _) = uri.split_once(":function:")?;
    before.rsplit(':').next().filter(|account| account.len() == 12)
}
