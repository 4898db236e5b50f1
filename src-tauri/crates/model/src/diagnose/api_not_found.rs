//! `api-not-found`: the generated address names an API that is not in that region.

use super::address::{self, Address, Whose};
use super::case::{Case, Found, setting};
use super::{Cause, Confidence};
use crate::handshake::FailureKind;
use crate::probe::Probe;

pub(super) const CAUSE: Cause = Cause { id: "api-not-found", rule };

fn rule(case: &Case) -> Option<Found> {
    let address = Address::of(case).filter(Address::is_generated)?;
    let (id, region) = address.host.split_once(".execute-api.")?;
    let snapshot = case.facts.snapshot;
    let endpoint = snapshot.map(|s| s.api.api_endpoint.as_str()).filter(|e| !e.is_empty());
    let same = endpoint.is_some_and(|endpoint| endpoint.split("://").any(|part| part == address.host));
    let unknown = case.broken().is_some_and(|(_, reason, _)| reason == FailureKind::NameNotFound);
    let found = matches!(address.looked_up(case), Some(Probe::Dns { addresses, .. }) if !addresses.is_empty());
    let confidence = if unknown && !found {
        match address.whose {
            // Without a name that resolves, being offline looks the same.
            Whose::Own if same => Confidence::Possible,
            _ if address::resolver_works(case, &address.host) => Confidence::Certain,
            _ => Confidence::Likely,
        }
    } else if case.belongs_to_no_stage() && matches!(address.whose, Whose::Other) {
        Confidence::Possible
    } else {
        return None;
    };
    let mut evidence: Vec<_> = case.stopped().into_iter().chain(case.answer()).collect();
    if let Some(api) = snapshot.map(|s| &s.api).filter(|_| !same) {
        evidence.push(setting("API", format!("this API’s own address is {}", api.api_endpoint)));
    }
    Some(Found {
        confidence,
        title: format!("There is no API {id} at {}", region.trim_end_matches(".amazonaws.com")),
        reason: "Each API has a host name of its own, made of its id and its region. A name that does not resolve belongs to \
                 no API: the id is wrong or deleted, or the region is another one."
            .to_owned(),
        fix: "Dial the API’s own address; its id and its region stand in it.".to_owned(),
        evidence,
        action: case.facts.stage.and_then(|stage| address::own(case, stage)).filter(|_| !same),
    })
}
