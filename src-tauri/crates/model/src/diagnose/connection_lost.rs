//! `connection-lost`: the stream broke, and nobody said why.

use super::case::{Case, Found};
use super::ending::{clock, code, ending};
use super::{Cause, Confidence, EndedBy};

pub(super) const CAUSE: Cause = Cause { id: "connection-lost", rule };

fn rule(case: &Case) -> Option<Found> {
    let ending = ending(case).filter(|e| e.by == EndedBy::Network || matches!(e.code, None | Some(1006)))?;
    Some(Found {
        // Without a close frame nothing tells which of them it was.
        confidence: Confidence::Likely,
        title: "The connection broke without a close frame".to_owned(),
        reason: "Neither side closed it: the network, a proxy or NAT on the way, or a machine that slept let it go. API Gateway may \
                 notice much later, and until then posts to this connection seem to work."
            .to_owned(),
        fix: "Connect again; let clients do so by themselves, and expire connection ids that are not seen any more.".to_owned(),
        evidence: vec![code(ending), clock("open for", ending.open_ms), clock("the last message before it:", ending.idle_ms)],
        action: None,
    })
}
