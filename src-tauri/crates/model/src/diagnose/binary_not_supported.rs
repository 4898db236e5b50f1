//! `binary-not-supported`: a binary frame was sent, and API Gateway takes text only.

use super::case::{Case, Found};
use super::ending::{code, ending};
use super::{Cause, Confidence};
use crate::verdict::{Evidence, Place};

pub(super) const CAUSE: Cause = Cause { id: "binary-not-supported", rule };

fn rule(case: &Case) -> Option<Found> {
    let ending = ending(case).filter(|e| e.code == Some(1003))?;
    let sent = matches!(ending.last_sent, Some((_, true)));
    // Recorded natively, and nothing else ends so (facts 2, section 5).
    let said = ending.reason == "Binary is not supported";
    let mut evidence = vec![code(ending)];
    if let Some((bytes, true)) = ending.last_sent {
        evidence.push(Evidence { place: Place::Message, text: format!("a binary frame of {bytes} bytes") });
    }
    Some(Found {
        confidence: if said || sent { Confidence::Certain } else { Confidence::Likely },
        title: "A binary frame was sent, and WebSocket APIs take text only".to_owned(),
        reason: "API Gateway closes the connection at the first binary frame, before any route is chosen.".to_owned(),
        fix: "Send text: bytes as base64, and let the integration decode them (content handling CONVERT_TO_BINARY)."
            .to_owned(),
        evidence,
        action: None,
    })
}
