//! `mapping-missing`: the custom domain has nothing behind this path.

use super::address::{Address, Whose};
use super::case::{Case, Found, setting};
use super::{Cause, Confidence};
use crate::surroundings::CustomDomain;
use crate::verdict::Action;

pub(super) const CAUSE: Cause = Cause { id: "mapping-missing", rule };

fn rule(case: &Case) -> Option<Found> {
    let address = Address::of(case).filter(|_| case.belongs_to_no_stage())?;
    if super::stage_in_domain_path::meant(case, &address).is_some() {
        return None;
    }
    let key = address.segments.first().copied().unwrap_or_default();
    let (confidence, text) = match address.whose {
        Whose::Domain(domain) if address.mapping(domain).is_none() => {
            (Confidence::Certain, format!("mappings: {}", keys(domain)))
        }
        // With the empty key the whole path is the API's, and a WebSocket API has none (facts 6.1 #5).
        Whose::Domain(domain) if address.mapping(domain).is_some_and(|m| m.api_mapping_key != key) => {
            (Confidence::Likely, format!("mappings: {}", keys(domain)))
        }
        // A domain that this account does not have, or that could not be read.
        Whose::Name => (Confidence::Possible, "no such domain was read".to_owned()),
        _ => return None,
    };
    let mut evidence = vec![setting(format!("Custom domains › {}", address.host), text)];
    evidence.extend(case.answer());
    let about = matches!(address.whose, Whose::Domain(_)).then(|| super::address::joined(&address.host, key));
    Some(Found {
        confidence,
        title: match key {
            "" => format!("{} maps nothing to its root", address.host),
            key => format!("{} maps nothing to /{key}", address.host),
        },
        reason: "The first part of the path chooses the mapping, and with it API and stage. Where no mapping fits, the domain \
                 answers 403, and nothing is logged."
            .to_owned(),
        fix: "Create a mapping with this key, or dial one that is there.".to_owned(),
        evidence,
        action: about.map(|about| Action::Fix { route_key: "$connect".to_owned(), about: Some(about) }),
    })
}

/// `chat → 3fmvso4h96/prod`.
pub(super) fn keys(domain: &CustomDomain) -> String {
    if domain.mappings.is_empty() {
        return "none".to_owned();
    }
    let row = |m: &crate::surroundings::Mapping| {
        let key = if m.api_mapping_key.is_empty() { "(empty)" } else { &m.api_mapping_key };
        format!("{key} → {}/{}", m.api_id, m.stage)
    };
    domain.mappings.iter().map(row).collect::<Vec<_>>().join(", ")
}
