//! `callback-endpoint-disabled`: the backend pushes to a generated host that its API has closed.

use super::address;
use super::case::{Case, Found, setting};
use super::pushes::pushes;
use super::{Cause, Confidence};
use crate::verdict::Action;

pub(super) const CAUSE: Cause = Cause { id: "callback-endpoint-disabled", rule };

fn rule(case: &Case) -> Option<Found> {
    let snapshot = case.facts.snapshot;
    let disabled = snapshot.is_some_and(|s| s.api.disable_execute_api_endpoint);
    let push = pushes(case).into_iter().find(|push| {
        let generated = push.endpoint().map_or(disabled, |(host, _)| host.contains(".execute-api."));
        push.status == Some(403) && generated && !push.says("ManageConnections") && !push.says("Missing Authentication")
    })?;
    let host = push.endpoint().map(|(host, _)| host);
    let id = host.and_then(|host| host.split('.').next()).unwrap_or_default();
    let own = host.is_none() || snapshot.is_some_and(|s| s.api.api_id == id);
    let confidence = match (own, disabled) {
        (true, true) if push.traced && host.is_some() => case.by_log(),
        (true, true) => Confidence::Likely,
        // Open, as it stands: then the stage in the path or the rights are wrong.
        (true, false) => return None,
        (false, _) => Confidence::Likely,
    };
    let domain = address::by_domain(case).filter(|_| own);
    let mut evidence = push.evidence.clone();
    evidence.extend(own.then(|| setting("API › Endpoint", "disableExecuteApiEndpoint is true")));
    if !own && snapshot.is_some() {
        evidence.push(setting("API", format!("{id} is another API’s host, not this one’s")));
    }
    Some(Found {
        confidence,
        title: format!("The backend pushes to {}, which answers nothing", host.unwrap_or("the generated host")),
        reason: match own {
            true => "The API’s generated endpoint is disabled, and that closes it for @connections too: everything there is answered \
                     403 Forbidden.",
            false => "A generated host answers 403 Forbidden where its endpoint is disabled, and for stages that it does not have. It \
                      is not this API’s host, either.",
        }
        .to_owned(),
        fix: match (&domain, own) {
            (Some(domain), _) => format!("Let the backend push to https://{domain}/@connections/{{connectionId}}."),
            (None, true) => "Let the backend push to the custom domain, or enable the endpoint and deploy.".to_owned(),
            (None, false) => "Let the backend push to the address of the API that it was called by.".to_owned(),
        },
        evidence,
        action: domain
            .map(|domain| format!("https://{domain}"))
            .or_else(|| super::pushes::right_callback(case).filter(|_| !own))
            .map(|text| Action::Copy { what: "Copy the callback URL".to_owned(), text }),
    })
}
