//! `payload-too-large`: the backend pushes more than a message may have.

use super::case::{Case, Found};
use super::pushes::pushes;
use super::{Cause, Confidence};

pub(super) const CAUSE: Cause = Cause { id: "payload-too-large", rule };

fn rule(case: &Case) -> Option<Found> {
    let push = pushes(case).into_iter().find(|p| p.status == Some(413) || p.says("PayloadTooLargeException"))?;
    Some(Found {
        confidence: Confidence::Likely,
        title: "The backend pushes more than 128 KB at once".to_owned(),
        reason: "@connections takes at most 131,072 bytes a message and answers 413 to more, which is never logged. The connection \
                 stays open."
            .to_owned(),
        fix: "Split the message, or push a link to it.".to_owned(),
        evidence: push.evidence,
        action: None,
    })
}
