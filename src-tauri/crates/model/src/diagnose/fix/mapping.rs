//! `mapping-missing`: the part of the path that was dialled leads to this API and stage.

use super::FixAt;
use crate::api::Snapshot;
use crate::surroundings::{CustomDomain, Mapping};

pub(super) fn create(draft: &mut Snapshot, at: &FixAt) -> Option<()> {
    let (host, key) = place(at.about?);
    let api_id = draft.api.api_id.clone();
    draft.stage(at.stage)?;
    let domain = owner(&mut draft.surroundings.as_mut()?.domains, host)?;
    // A key that leads elsewhere is somebody's: it is not taken over with one click.
    if domain.mappings.iter().any(|mapping| mapping.api_mapping_key == key) {
        return None;
    }
    domain.mappings.push(Mapping {
        api_mapping_id: "new-mapping".to_owned(),
        api_mapping_key: key.to_owned(),
        api_id,
        stage: at.stage.to_owned(),
    });
    Some(())
}

/// `chat.example.com/key`, with or without a scheme, as host and first part of the path.
pub(in crate::diagnose) fn place(about: &str) -> (&str, &str) {
    let rest = about.split_once("://").map_or(about, |(_, rest)| rest);
    let (host, path) = rest.split_once(['/', ' ']).unwrap_or((rest, ""));
    let key = path.split(['/', '?']).find(|part| !part.is_empty()).unwrap_or_default();
    (host.split_once(':').map_or(host, |(host, _)| host), key)
}

/// The domain that a host belongs to: its own, or the wildcard above it.
fn owner<'a>(domains: &'a mut [CustomDomain], host: &str) -> Option<&'a mut CustomDomain> {
    let at = CustomDomain::owner(domains, host)?.to_owned();
    domains.iter_mut().find(|domain| domain.domain_name == at)
}
