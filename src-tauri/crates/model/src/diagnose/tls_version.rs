//! `tls-version`: client and server have no version of TLS in common.

use super::address::Address;
use super::case::{Case, Found};
use super::{Cause, Confidence};
use crate::handshake::TlsTrouble;
use crate::verdict::Action;

pub(super) const CAUSE: Cause = Cause { id: "tls-version", rule };

fn rule(case: &Case) -> Option<Found> {
    if case.facts.handshake?.tls_trouble != Some(TlsTrouble::Version) {
        return None;
    }
    let generated = Address::of(case).is_some_and(|a| a.is_generated());
    Some(Found {
        confidence: Confidence::Likely,
        title: "The server speaks no TLS that is still allowed".to_owned(),
        reason: match generated {
            true => "API Gateway speaks TLS 1.2 and 1.3, as this client does: something between here and there, a proxy perhaps, \
                     answers in its place.",
            false => "WebSocket APIs take TLS 1.2 and 1.3 only, and this client offers these two. Whatever answers here offers an \
                      older version, or no cipher in common.",
        }
        .to_owned(),
        fix: "Use a server, and a way to it, that speaks TLS 1.2 or 1.3.".to_owned(),
        evidence: case.stopped().into_iter().collect(),
        action: Some(Action::Probe),
    })
}
