//! Which route a message takes; the same rule predicts it in the composer.

use gatescope_model::selection::route_for_json;
use serde_json::Value;

use super::place::Place;

/// The key of the message's route, or nothing: then the answer is `Forbidden` (facts 2, 2.2).
pub(super) fn select_route<'p>(place: &'p Place, message: Option<&Value>) -> Option<&'p str> {
    route_for_json(&place.api, message).map(|route| route.route_key.as_str())
}
