//! `route-not-found`: no route has the selected key, and there is no `$default`.

use super::case::{Case, Found};
use super::{Cause, Confidence};
use crate::api::Snapshot;
use crate::selection;
use crate::verdict::{Action, Evidence, Place};

pub(super) const CAUSE: Cause = Cause { id: "route-not-found", rule };

const DEFAULT: &str = "$default";

fn rule(case: &Case) -> Option<Found> {
    if case.refusal.is_some() || case.told.as_ref().is_none_or(|told| told.message != "Forbidden") {
        return None;
    }
    let snapshot = case.facts.snapshot;
    // A route that stands in the configuration may not be deployed yet: then that is the cause.
    let has_route = snapshot
        .map(|s| [Some("$default"), case.facts.route_key].into_iter().flatten().any(|key| s.route(key).is_some()));
    // Then no message finds a route of its own, and the expression is what is wrong.
    let fixed = snapshot.is_some_and(|s| super::route_selection_wrong::is_static(&s.api.route_selection_expression));
    let waits = !case.facts.undeployed.is_empty();
    // The frame is the gateway's own and nothing else makes it (facts 2, 2.2); the configuration must not say otherwise.
    let confidence = match has_route {
        Some(false) if fixed || waits => Confidence::Likely,
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
    if let (Some(snapshot), Some(message)) = (snapshot, case.facts.message) {
        let place = Place::Message;
        evidence.push(Evidence { place, text: what_it_gives(snapshot, message) });
    }
    evidence.extend(case.words());
    Some(Found {
        confidence,
        title: "No route takes this message".to_owned(),
        reason: "What the route selection expression finds in the message is the key of no route, and there is no $default route."
            .to_owned(),
        fix: "Correct the message, or add a $default route and deploy.".to_owned(),
        evidence,
        action: (has_route == Some(false))
            .then(|| Action::Fix { route_key: DEFAULT.to_owned(), about: case.facts.route_key.map(str::to_owned) }),
    })
}

/// What the expression finds in the message, in words.
fn what_it_gives(snapshot: &Snapshot, message: &str) -> String {
    let Ok(body) = serde_json::from_str(message) else {
        return "the message is no JSON, so only $default takes it".to_owned();
    };
    let expression = &snapshot.api.route_selection_expression;
    let key = selection::evaluate(expression, |name| selection::body_variable(name, &body));
    match key.is_empty() {
        true => format!("{expression} finds nothing in it"),
        false => format!("{expression} gives {key}"),
    }
}
