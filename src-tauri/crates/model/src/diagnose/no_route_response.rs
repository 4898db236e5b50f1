//! `no-route-response`: the message went through, and nothing comes back because the route is one-way.

use super::case::{Case, Found, config};
use super::{Cause, Confidence};
use crate::verdict::{Action, Evidence, Place};

pub(super) const CAUSE: Cause = Cause { id: "no-route-response", rule };

/// An answer that is on its way is not missing.
const PATIENCE_MS: i64 = 3_000;

fn rule(case: &Case) -> Option<Found> {
    let route = case.route().filter(|route| !route.is_two_way() && takes_messages(&route.route_key))?;
    if !case.went_through() || case.facts.answered != Some(false) || case.facts.waited_ms < PATIENCE_MS {
        return None;
    }
    let status = case.facts.request.and_then(|r| r.status).unwrap_or_default();
    let half = !route.responses.is_empty() || route.route_response_selection_expression.is_some();
    let text = match half {
        true => "one of two is missing: the expression $default, and a response with the key $default",
        false => "one-way: no route response",
    };
    let missing = case.integration().is_some_and(|i| !i.is_proxy() && i.responses.is_empty());
    let mut evidence = vec![config(case.name(), "Route response", text)];
    evidence.extend(missing.then(|| config(case.name(), "Integration response", "0 integration responses")));
    evidence.push(Evidence {
        place: Place::Clock,
        text: format!("status {status} in the log, and nothing came back for {} s", case.facts.waited_ms / 1000),
    });
    Some(Found {
        // It may be meant so: then an answer comes by way of @connections, or not at all.
        confidence: Confidence::Likely,
        title: format!("{} answers nothing: it is one-way", case.name()),
        reason: "What the integration answers goes back to the client only on a two-way route. On a one-way route it is dropped; the \
                 backend can still push through @connections."
            .to_owned(),
        fix: "Make the route two-way, if an answer was meant to come; then deploy.".to_owned(),
        evidence,
        action: Some(Action::Fix { route_key: case.name().to_owned(), about: None }),
    })
}

/// What `$connect` and `$disconnect` answer goes to nobody as a message.
fn takes_messages(route_key: &str) -> bool {
    !matches!(route_key, "$connect" | "$disconnect")
}
