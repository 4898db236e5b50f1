//! Usage plans at work: whether a request with this key may pass, and what it has used.

use crate::World;

/// What the usage plans say of a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Admission {
    Allowed,
    /// The words after `API Key … not authorized because `.
    Refused(String),
    Throttled,
    QuotaExceeded,
}

/// Counts a request of a route that requires a key against the key's plan for this stage.
pub(crate) fn admit(_world: &World, api_id: &str, stage: &str, route_key: &str, _key: &str) -> Admission {
    Admission::Refused(format!(
        "route '{route_key}' requires API Key and API Key is not associated with a Usage Plan for API Stage \
         {api_id}/{stage}: No Usage Plan found for key and API Stage"
    ))
}
