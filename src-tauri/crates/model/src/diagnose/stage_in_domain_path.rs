//! `stage-in-domain-path`: behind a custom domain the path begins with the mapping's key, and a stage's name was dialled.

use super::address::{Address, Whose, joined};
use super::case::{Case, Found, setting};
use super::{Cause, Confidence};
use crate::surroundings::{CustomDomain, Mapping};
use crate::verdict::Action;

pub(super) const CAUSE: Cause = Cause { id: "stage-in-domain-path", rule };

fn rule(case: &Case) -> Option<Found> {
    let address = Address::of(case).filter(|_| case.belongs_to_no_stage())?;
    let (domain, mapping) = meant(case, &address)?;
    let stage = address.segments.first().copied().unwrap_or_default();
    let url = joined(&address.base, &mapping.api_mapping_key);
    let mut evidence = vec![
        setting(
            format!("Custom domains › {}", domain.domain_name),
            format!("mappings: {}", super::mapping_missing::keys(domain)),
        ),
        setting("Stages", format!("{stage} is a stage, and no mapping’s key")),
    ];
    evidence.extend(case.answer());
    Some(Found {
        confidence: Confidence::Certain,
        title: format!("{stage} is a stage, not a mapping of {}", address.host),
        reason: "The generated address has the stage in its path; a custom domain has the mapping’s key there, or nothing for the \
                 empty key. The mapping alone says which stage is meant."
            .to_owned(),
        fix: format!("Dial {url}."),
        evidence,
        action: Some(Action::Dial { url }),
    })
}

/// The mapping to this API that was meant, where the path begins with the name of a stage that is no key.
pub(super) fn meant<'a>(case: &Case<'a>, address: &Address<'a>) -> Option<(&'a CustomDomain, &'a Mapping)> {
    let Whose::Domain(domain) = address.whose else { return None };
    let snapshot = case.facts.snapshot?;
    let first = snapshot.stage(address.segments.first()?)?;
    if domain.mappings.iter().any(|m| m.api_mapping_key == first.stage_name) {
        return None;
    }
    let ours = || domain.mappings.iter().filter(|m| m.api_id == snapshot.api.api_id);
    let mapping = ours().find(|m| m.stage == first.stage_name).or_else(|| ours().next())?;
    Some((domain, mapping))
}
