//! `response-template-failed`: the mapping template of the integration’s response could not be carried out.

use super::Cause;
use super::case::{Case, Found};

pub(super) const CAUSE: Cause = Cause { id: "response-template-failed", rule };

fn rule(case: &Case) -> Option<Found> {
    let (line, _) = case.configuration_error(&["unable to transform response"])?;
    Some(Found {
        confidence: case.by_log(),
        title: format!("{} response template could not be carried out", case.whose()),
        reason: "The mapping template has an error, or what it reads is no JSON: a text or a binary body where it expects an object."
            .to_owned(),
        fix: "Open the response template, try it with this payload, and deploy.".to_owned(),
        evidence: case.line(line, "says it in AWS’s words: Unable to transform response"),
        action: case.show("Integration response"),
    })
}
