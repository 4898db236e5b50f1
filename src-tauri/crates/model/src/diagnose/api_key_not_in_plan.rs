//! `api-key-not-in-plan`: a key was sent, but no usage plan has both it and this stage.
//!
//! Facts 2, section 1: the log shows the key's last six characters only, so which key it was is known where Gatescope put it in, or
//! just one comes into question. That a disabled or unknown key gets the same line is assumed.

use super::case::{Case, Found, config, insert_config};
use super::config::access;
use super::{Cause, Confidence};
use crate::log::Kind;
use crate::surroundings::ApiKey;
use crate::verdict::{Action, Evidence, Place};

pub(super) const CAUSE: Cause = Cause { id: "api-key-not-in-plan", rule };

fn rule(case: &Case) -> Option<Found> {
    let line = case.find(|kind| matches!(kind, Kind::ApiKeyRefused { api_key, .. } if api_key.masked().is_some()));
    let required = case.route().is_some_and(|route| route.api_key_required);
    let sent = case.sent("x-api-key").is_some_and(|n| n > 0);
    let forbidden =
        case.refusal.is_some_and(|r| r.status == 403) && case.gateway_words().as_deref() == Some("Forbidden");
    let confidence = match line {
        Some(_) => case.by_log(),
        // What the client sees is not recorded (facts 2, 12.1): the configuration speaks.
        None if required && sent && forbidden && !case.gateway_failure_logged() => Confidence::Likely,
        None => return None,
    };
    let mut evidence =
        line.map(|line| case.line(line, "says it in AWS’s words: API Key … not authorized")).unwrap_or_default();
    let required = required.then(|| config(case.name(), "API key", "required"));
    insert_config(&mut evidence, required.filter(|_| line.is_none()));
    let shut = shut(case);
    let about = shut.as_ref().and_then(|(keys, _)| match (case.facts.key, &keys[..]) {
        (Some(id), keys) => keys.iter().copied().find(|key| key.id == id),
        (None, [key]) => Some(*key),
        (None, _) => None,
    });
    insert_config(&mut evidence, shut.as_ref().map(|(_, setting)| setting.clone()));
    if line.is_none() {
        evidence.extend(case.words());
    }
    let action = match (&shut, about) {
        (None, _) => case.fix("api-key-not-in-plan", None),
        (Some(_), Some(key)) => case.fix("api-key-not-in-plan", Some(&key.id)),
        // Another key opens the stage, or several do not: a person knows which was meant.
        (Some(_), None) => case.facts.key.is_none().then_some(Action::SendKey),
    };
    Some(Found {
        confidence,
        title: format!("The API key is not good for {}", case.name()),
        reason: match about {
            Some(key) if !key.enabled => format!("The key {} is disabled.", key.name),
            Some(key) => format!("No usage plan has both the key {} and this stage.", key.name),
            None => "The key is unknown or disabled, or no usage plan has both the key and this stage.".to_owned(),
        },
        fix: "Add the key and the stage to one usage plan; a new key is known everywhere only after some minutes."
            .to_owned(),
        evidence,
        action,
    })
}

/// The keys that do not open the stage, and what the plans of the stage are.
fn shut<'a>(case: &Case<'a>) -> Option<(Vec<&'a ApiKey>, Evidence)> {
    let (snapshot, stage) = (case.facts.snapshot?, case.facts.stage?);
    let around = access::keys(snapshot)?;
    let api_id = snapshot.api.api_id.as_str();
    let keys = around.api_keys.iter().filter(|key| !access::opens(around, key, api_id, stage)).collect();
    let plans: Vec<&str> = access::plans(around, api_id, stage).map(|plan| plan.name.as_str()).collect();
    let text = match plans[..] {
        [] => format!("none covers the stage {stage}"),
        _ => format!("{} cover the stage {stage}", plans.join(", ")),
    };
    Some((keys, Evidence { place: Place::Config { path: "Usage plans".to_owned(), route_key: None }, text }))
}
