//! `tls-version`: client and server have no version of TLS in common.

use super::address::{self, Address};
use super::case::{Case, Found};
use super::{Cause, Confidence};
use crate::handshake::TlsTrouble;
use crate::verdict::{Action, Evidence};

pub(super) const CAUSE: Cause = Cause { id: "tls-version", rule };

fn rule(case: &Case) -> Option<Found> {
    if case.facts.handshake?.tls_trouble != Some(TlsTrouble::Version) {
        return None;
    }
    let address = Address::of(case);
    let generated = address.as_ref().is_some_and(Address::is_generated);
    let shook = address.as_ref().and_then(|address| address.shook(case));
    let by_now = shook.and_then(|tls| tls.version.as_ref());
    let mut evidence: Vec<Evidence> = case.stopped().into_iter().collect();
    match (by_now, shook.and_then(|tls| tls.error.as_ref())) {
        (Some(version), _) => evidence.push(address::probed("TLS", format!("speaks {version} by now"))),
        (None, Some(error)) => evidence.push(address::probed("TLS", format!("answered again: {error}"))),
        (None, None) => {}
    }
    Some(Found {
        confidence: if by_now.is_some() { Confidence::Possible } else { Confidence::Likely },
        title: "The server speaks no TLS that is still allowed".to_owned(),
        reason: match generated {
            true => "API Gateway speaks TLS 1.2 and 1.3, as this client does: something between here and there, a proxy perhaps, \
                     answers in its place.",
            false => "WebSocket APIs take TLS 1.2 and 1.3 only, and this client offers these two. Whatever answers here offers an \
                      older version, or no cipher in common.",
        }
        .to_owned(),
        fix: "Use a server, and a way to it, that speaks TLS 1.2 or 1.3.".to_owned(),
        evidence,
        action: shook.is_none().then_some(Action::Probe),
    })
}
