//! `model-validation-failed`: the message does not match the route's model.

use super::case::{Case, Found, config, insert_config};
use super::{Cause, Confidence};
use crate::log::Kind;
use crate::redact::redact;

pub(super) const CAUSE: Cause = Cause { id: "model-validation-failed", rule };

fn rule(case: &Case) -> Option<Found> {
    let line = case.lines.iter().find_map(|&line| match line.kind {
        Kind::ModelMismatch { errors, .. } => Some((line, errors)),
        _ => None,
    });
    let words = ["Invalid request body", "Bad request body"];
    let told = case.refusal.is_none() && case.told.as_ref().is_some_and(|told| words.contains(&told.message.as_str()));
    let model = case.route().filter(|route| !route.request_models.is_empty());
    let setting = model.map(|route| {
        let models = route.request_models.values().map(String::as_str).collect::<Vec<_>>().join(", ");
        config(case.name(), "Request model", models)
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
    Some(Found {
        confidence,
        title: format!("The message does not match the model of {}", case.name()),
        reason: "The route checks messages against a model before it calls the integration, and this one does not fit."
            .to_owned(),
        fix: "Correct the message, or open the model.".to_owned(),
        evidence,
        action: None,
    })
}
