//! `model-validation-failed`: the message does not match the route's model.

use super::case::{Case, Found, config, insert_config};
use super::{Cause, Confidence};
use crate::api::{Model, Route};
use crate::log::Kind;
use crate::redact::redact;
use crate::verdict::{Action, Evidence, Place};
use crate::{schema, selection};

pub(super) const CAUSE: Cause = Cause { id: "model-validation-failed", rule };

fn rule(case: &Case) -> Option<Found> {
    let line = case.lines.iter().find_map(|&line| match line.kind {
        Kind::ModelMismatch { errors, .. } => Some((line, errors)),
        _ => None,
    });
    let words = ["Invalid request body", "Bad request body"];
    let told = case.refusal.is_none() && case.told.as_ref().is_some_and(|told| words.contains(&told.message.as_str()));
    let model = case.route().filter(|route| !route.request_models.is_empty());
    let chosen = model.and_then(|route| chosen(case, route));
    let setting = model.map(|route| {
        let names = route.request_models.values().map(String::as_str).collect::<Vec<_>>().join(", ");
        config(case.name(), "Request model", chosen.map_or(names, |model| model.name.clone()))
    });
    let (confidence, evidence) = match line {
        Some((line, errors)) => {
            let mut evidence = case.line(line, format!("says what does not match: {}", redact(errors)));
            insert_config(&mut evidence, setting);
            (case.by_log(), evidence)
        }
        None if told && model.is_some() => (Confidence::Certain, setting.into_iter().chain(case.words()).collect()),
        None if told => (Confidence::Likely, case.words().into_iter().collect()),
        None => return None,
    };
    let complaints = chosen.and_then(|m| m.schema.as_deref()).zip(case.facts.message);
    let complaints = complaints.map(|(schema, message)| schema::complaints(schema, message)).unwrap_or_default();
    let mut evidence = evidence;
    evidence.extend(
        complaints.iter().take(3).map(|text| Evidence { place: Place::Message, text: redact(text).into_owned() }),
    );
    Some(Found {
        confidence,
        title: match complaints.first() {
            Some(first) => format!("The message does not match the model of {}: {}", case.name(), redact(first)),
            None => format!("The message does not match the model of {}", case.name()),
        },
        reason: "The route checks messages against a model before it calls the integration, and this one does not fit."
            .to_owned(),
        fix: "Correct the message, or open the model.".to_owned(),
        evidence,
        action: model.map(|route| Action::ShowRoute {
            route_key: route.route_key.clone(),
            station: Some("Request model".to_owned()),
        }),
    })
}

/// The model that the message is checked against: the selection expression gives its key (facts 5.4).
fn chosen<'a>(case: &Case<'a>, route: &'a Route) -> Option<&'a Model> {
    let snapshot = case.facts.snapshot?;
    let body = case.facts.message.and_then(|text| serde_json::from_str::<serde_json::Value>(text).ok());
    let expression = route.model_selection_expression.as_deref().unwrap_or("$default");
    let key = selection::evaluate(expression, |name| selection::body_variable(name, body.as_ref()?));
    let name = route.request_models.get(&key).or_else(|| route.request_models.get("$default"))?;
    snapshot.models.iter().find(|model| model.name == *name)
}
