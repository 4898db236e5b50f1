//! `body-not-base64`: the integration converts to binary what is no base64.

use super::Cause;
use super::case::{Case, Found};

pub(super) const CAUSE: Cause = Cause { id: "body-not-base64", rule };

fn rule(case: &Case) -> Option<Found> {
    let (line, _) = case.configuration_error(&["unable to base64 decode the body"])?;
    Some(Found {
        confidence: case.by_log(),
        title: format!("{} body is no base64", case.whose()),
        reason: "The content handling CONVERT_TO_BINARY decodes the body from base64, and this body is none."
            .to_owned(),
        fix: "Send the body as base64, or take the content handling away.".to_owned(),
        evidence: case.line(line, "says it in AWS’s words: Unable to base64 decode the body"),
        action: case.show("Integration"),
    })
}
