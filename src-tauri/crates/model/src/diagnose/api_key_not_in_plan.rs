//! `api-key-not-in-plan`: a key was sent, but no usage plan has both it and this stage.

use super::Cause;
use super::case::{Case, Found};
use crate::log::Kind;

pub(super) const CAUSE: Cause = Cause { id: "api-key-not-in-plan", rule };

fn rule(case: &Case) -> Option<Found> {
    let line = case.find(|kind| matches!(kind, Kind::ApiKeyRefused { api_key, .. } if api_key.masked().is_some()))?;
    Some(Found {
        confidence: case.by_log(),
        title: format!("The API key is not good for {}", case.name()),
        reason: "The key is unknown or disabled, or no usage plan has both the key and this stage.".to_owned(),
        fix: "Add the key and the stage to one usage plan; a new key is known everywhere only after some minutes."
            .to_owned(),
        evidence: case.line(line, "says it in AWS’s words: API Key … not authorized"),
        action: None,
    })
}
