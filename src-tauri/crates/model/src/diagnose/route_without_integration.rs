//! `route-without-integration`: a message came to a route that calls nothing.
//!
//! Causes, `route-without-integration`: the configuration tells it; the client gets the gateway's frame or nothing at all. Which
//! of the two AWS sends is not recorded. `$connect` and `$disconnect` need no integration (facts 3).

use super::case::{Case, Found, config};
use super::config::integration::calls_nothing;
use super::{Cause, Confidence};
use crate::log::Kind;

pub(super) const CAUSE: Cause = Cause { id: "route-without-integration", rule };

fn rule(case: &Case) -> Option<Found> {
    if !fits(case) {
        return None;
    }
    let told = case.told.as_ref().map(|told| told.message.as_str());
    if !matches!(told, None | Some("Internal server error" | "Forbidden")) || case.configuration_error(&[""]).is_some()
    {
        return None;
    }
    let mut evidence = vec![config(case.name(), "Integration", "none")];
    let ended = case.find(|kind| matches!(kind, Kind::MessageSent { .. }));
    if let Some(line) = ended {
        evidence.splice(0..0, case.line(line, "is the end of the request: nothing was called before it"));
    }
    evidence.extend(case.words());
    // Forbidden is the frame of no route at all: then the stage may serve something older than what is known of it.
    let confidence = match (told, case.facts.deployed) {
        (Some("Forbidden"), None) => Confidence::Possible,
        _ => Confidence::Likely,
    };
    Some(Found {
        confidence,
        title: format!("{} calls nothing", case.name()),
        reason: "The route has no integration, so nobody gets the message and nobody answers it.".to_owned(),
        fix: "Give the route an integration and deploy; a mock that answers 200 will do to begin with.".to_owned(),
        evidence,
        action: case.fix("route-without-integration", None),
    })
}

/// Whether the stage serves the message's route without an integration, and the log does not say otherwise.
pub(super) fn fits(case: &Case) -> bool {
    let called = case.any(|kind| {
        matches!(
            kind,
            Kind::EndpointRequestUri { .. } | Kind::IntegrationRequestId { .. } | Kind::ReceivedResponse { .. }
        )
    });
    let shown = case.served().zip(case.route_key).is_some_and(|(served, key)| calls_nothing(served, key));
    case.refusal.is_none() && shown && !called
}
