//! `route-not-found`: no route has the selected key, and there is no `$default`.

use super::case::{Case, Found};
use super::{Cause, Confidence};
use crate::verdict::{Evidence, Place};

pub(super) const CAUSE: Cause = Cause { id: "route-not-found", rule };

fn rule(case: &Case) -> Option<Found> {
    if case.refusal.is_some() || case.told.as_ref().is_none_or(|told| told.message != "Forbidden") {
        return None;
    }
    let snapshot = case.facts.snapshot;
    // A route that stands in the configuration may not be deployed yet: then that is the cause.
    let has_route = snapshot
        .map(|s| [Some("$default"), case.facts.route_key].into_iter().flatten().any(|key| s.route(key).is_some()));
    // The frame is the gateway's own and nothing else makes it (facts 2, 2.2); the configuration must not say otherwise.
    let confidence = match has_route {
        Some(false) => Confidence::Certain,
        Some(true) => Confidence::Possible,
        None => Confidence::Likely,
    };
    let mut evidence: Vec<Evidence> = Vec::new();
    if let Some(snapshot) = snapshot {
        let routes = snapshot.routes.iter().map(|r| r.route_key.as_str()).collect::<Vec<_>>().join(", ");
        let expression = &snapshot.api.route_selection_expression;
        let text = format!("{expression} must give one of: {routes}");
        evidence.push(Evidence { place: Place::Config { path: "Routes".to_owned(), route_key: None }, text });
    }
    evidence.extend(case.words());
    Some(Found {
        confidence,
        title: "No route takes this message".to_owned(),
        reason: "What the route selection expression finds in the message is the key of no route, and there is no $default route."
            .to_owned(),
        fix: "Correct the message, or add a $default route and deploy.".to_owned(),
        evidence,
        action: None,
    })
}
