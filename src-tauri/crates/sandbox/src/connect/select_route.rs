//! Which route a message takes; the same rule predicts it in the composer.

use gatescope_model::selection::route_for;

use super::place::Place;

/// The key of the message's route, or nothing: then the answer is `Forbidden` (facts 2, 2.2).
pub(super) fn select_route(place: &Place, body: &str) -> Option<String> {
    route_for(&place.api, body).map(|route| route.route_key.clone())
}
