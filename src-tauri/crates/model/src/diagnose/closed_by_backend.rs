//! `closed-by-backend`: somebody called DeleteConnection.

use super::case::{Case, Found};
use super::ending::{clock, code, ending};
use super::{Cause, Confidence, EndedBy};

pub(super) const CAUSE: Cause = Cause { id: "closed-by-backend", rule };

fn rule(case: &Case) -> Option<Found> {
    let ending = ending(case).filter(|e| e.code == Some(1000) && e.by == EndedBy::Peer)?;
    // DeleteConnection takes no code and no reason: the client always sees these words (facts 2, 2.3).
    let own_words = ending.reason == "Connection Closed Normally";
    Some(Found {
        confidence: if own_words { Confidence::Certain } else { Confidence::Possible },
        title: "The backend closed the connection".to_owned(),
        reason: "Something with the right to manage connections called DELETE /@connections/{connectionId} on it. API Gateway itself \
                 closes with other codes."
            .to_owned(),
        fix: "It is the backend’s decision; its log says why.".to_owned(),
        evidence: vec![code(ending), clock("open for", ending.open_ms)],
        action: None,
    })
}
