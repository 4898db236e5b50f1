//! `route-selection-wrong`: the expression that chooses the route reads something else than what clients send.

use serde_json::Value;

use super::case::{Case, Found, setting};
use super::{Cause, Confidence};
use crate::api::Snapshot;
use crate::selection;
use crate::verdict::{Action, Evidence, Place};

pub(super) const CAUSE: Cause = Cause { id: "route-selection-wrong", rule };

const BODY: &str = "$request.body.";

fn rule(case: &Case) -> Option<Found> {
    let snapshot = case.facts.snapshot?;
    let message = case.facts.message?;
    let body: Value = serde_json::from_str(message).ok()?;
    let forbidden = case.refusal.is_none() && case.told.as_ref().is_some_and(|told| told.message == "Forbidden");
    let to_default = case.facts.request.and_then(|r| r.route_key.as_deref()) == Some("$default");
    let astray = to_default && case.went_through();
    if !forbidden && !astray {
        return None;
    }
    let expression = snapshot.api.route_selection_expression.as_str();
    let gives = selection::evaluate(expression, |name| selection::body_variable(name, &body));
    // As it stands it would find the route: then something else was wrong.
    if snapshot.route(&gives).is_some() {
        return None;
    }
    let fixed = is_static(expression);
    let named = member(&body, snapshot);
    let confidence = match (fixed, named) {
        // Whatever is sent, the same key comes out, and no route has it: no message can reach a route of its own.
        (true, _) if forbidden && is_served(case, expression) => Confidence::Certain,
        (_, Some(_)) => Confidence::Likely,
        (true, None) if !snapshot.routes.iter().all(|r| r.route_key.starts_with('$')) => Confidence::Possible,
        _ => return None,
    };
    let mut evidence = vec![setting(
        "API › Route selection expression",
        match fixed {
            true => format!("{expression} reads nothing of the message: it gives the same for each"),
            false if gives.is_empty() => format!("{expression} finds nothing in the message"),
            false => format!("{expression} gives {gives}, which is no route’s key"),
        },
    )];
    if let Some((name, key)) = named {
        evidence.push(Evidence {
            place: Place::Message,
            text: format!("its member {name} is {key}, which is a route’s key"),
        });
    }
    evidence.extend(case.words());
    let wanted = corrected(expression, named.map(|(name, _)| name));
    Some(Found {
        confidence,
        title: match fixed {
            true => "The route selection expression reads nothing of the message".to_owned(),
            false => "The route selection expression does not read what was sent".to_owned(),
        },
        reason: "The expression gives the key of the route. A variable begins with $request.body.; without the dollar it is a plain \
                 text, and every message goes to $default or is answered Forbidden."
            .to_owned(),
        fix: match (&wanted, named) {
            (Some(wanted), _) => format!("Set the expression to {wanted}, then deploy."),
            (None, _) => "Correct the expression, or the message.".to_owned(),
        },
        evidence,
        action: wanted.map(|_| Action::Fix {
            route_key: case.name().to_owned(),
            about: named.map(|(name, _)| name.to_owned()),
        }),
    })
}

/// Whether nothing speaks against it that the stage serves this expression and these routes.
fn is_served(case: &Case, expression: &str) -> bool {
    let all = |s: &Snapshot| s.api.route_selection_expression == expression && s.unread.is_empty();
    case.facts.snapshot.is_some_and(all)
        && case.facts.deployed.is_none_or(|deployed| deployed.api.route_selection_expression == expression)
        && case.facts.undeployed.is_empty()
        && case.facts.deployed_ms_ago.is_none_or(|ms| ms > super::undeployed_changes::SETTLED_MS)
}

/// Whether an expression has no variable.
pub(super) fn is_static(expression: &str) -> bool {
    let one = selection::evaluate(expression, |_| Some(Value::from("\u{1}")));
    !one.contains('\u{1}')
}

/// A member of the message whose text is a route's key.
fn member<'m>(body: &'m Value, snapshot: &Snapshot) -> Option<(&'m str, &'m str)> {
    body.as_object()?.iter().find_map(|(name, value)| {
        let key = value.as_str().filter(|key| !key.starts_with('$') && snapshot.route(key).is_some())?;
        Some((name.as_str(), key))
    })
}

/// The expression that was meant: of the member that names routes, else the same words with their dollar.
pub(super) fn corrected(expression: &str, name: Option<&str>) -> Option<String> {
    let plain = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b));
    let words = || expression.trim_start_matches(['$', '\\', '{']).trim_end_matches('}').strip_prefix("request.body.");
    let name = name.or_else(|| words().filter(|_| is_static(expression)))?;
    let wanted = format!("{BODY}{name}");
    (plain(name) && wanted != expression).then_some(wanted)
}
