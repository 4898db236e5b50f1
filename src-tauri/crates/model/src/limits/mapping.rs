//! Where a custom domain leads: what a mapping's key may be (facts 6.1 #5), and that it leads somewhere.

use super::{Place, Problem};
use crate::api::Snapshot;
use crate::resource::Kind;
use crate::surroundings::Surroundings;

/// Characters of a key (facts 6.1 #5).
const MOST: usize = 300;

pub(super) fn check(draft: &Snapshot, around: &Surroundings, found: &mut Vec<Problem>) {
    for domain in &around.domains {
        // What leads to another API goes by that one's rules.
        for mapping in domain.mappings.iter().filter(|mapping| mapping.api_id == draft.api.api_id) {
            let key = mapping.api_mapping_key.as_str();
            let mut at = Place::of(found, Kind::Mapping, &domain.domain_name, &mapping.api_mapping_id);
            at.length("apiMappingKey", Some(key), MOST);
            let good = |c: char| c.is_ascii_alphanumeric() || "$-_.+!*'()".contains(c);
            if key.contains('/') {
                at.refuse("apiMappingKey", "one level only: a WebSocket API's key has no /");
            } else if let Some(bad) = key.chars().find(|c| !good(*c)) {
                at.refuse("apiMappingKey", format!("a key has letters, digits and $-_.+!*'() only; not {bad:?}"));
            }
            if matches!(key, "ping" | "sping") {
                at.refuse("apiMappingKey", format!("/{key} is API Gateway's own on every custom domain"));
            }
            let same = |other: &&crate::surroundings::Mapping| other.api_mapping_key == key;
            if domain.mappings.iter().filter(same).count() > 1 {
                let what = if key.is_empty() { "the root".to_owned() } else { format!("/{key}") };
                at.refuse("apiMappingKey", format!("{what} of {} leads somewhere already", domain.domain_name));
            }
            if !draft.stages.iter().any(|stage| stage.stage_name == mapping.stage) {
                at.refuse("stage", "the API has no such stage");
            }
        }
    }
}
