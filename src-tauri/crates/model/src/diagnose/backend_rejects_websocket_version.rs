//! `backend-rejects-websocket-version`: an HTTP backend takes the forwarded handshake for one of its own and refuses it.
//!
//! Facts 2.3 #9: an HTTP integration of `$connect` forwards `Sec-WebSocket-Version: 13`, and web servers answer 400. That some
//! answer 426 is RFC 6455's (4.4), not recorded. Other refusals look the same, so it is never certain.

use super::case::{Case, Found, config, insert_config};
use super::config::integration::forwards_version;
use super::{Cause, Confidence};
use crate::log::Kind;
use crate::verdict::{Evidence, Place};

pub(super) const CAUSE: Cause = Cause { id: "backend-rejects-websocket-version", rule };

fn rule(case: &Case) -> Option<Found> {
    if !case.is_connect() || case.told.is_some() || case.is_about_the_authorizer() {
        return None;
    }
    let forwards = case.served_integration().map(forwards_version);
    if forwards == Some(false) || case.is_lambda() == Some(true) || case.push_refused().is_some() {
        return None;
    }
    let refuses = |status: u16| matches!(status, 400 | 426);
    let answered = case.find(|kind| matches!(kind, Kind::ReceivedResponse { status, .. } if refuses(*status)));
    let sent = case.find(|kind| match kind {
        Kind::EndpointRequestHeaders { headers } => {
            let headers = headers.to_ascii_lowercase();
            headers.contains("sec-websocket-version=") && !headers.contains("sec-websocket-version=0")
        }
        _ => false,
    });
    let own_words = case.refusal.filter(|r| refuses(r.status) && case.in_foreign_words(r));
    let setting = (forwards == Some(true))
        .then(|| config(case.name(), "Integration", "HTTP, and Sec-WebSocket-Version is not mapped: it is forwarded"));
    let (confidence, mut evidence) = match (answered, own_words) {
        (Some(line), _) if sent.is_some() || forwards == Some(true) => {
            (Confidence::Likely, case.line(line, "is the backend’s refusal of the handshake"))
        }
        (Some(line), _) if case.is_lambda() == Some(false) => {
            (Confidence::Possible, case.line(line, "is the backend’s refusal of the handshake"))
        }
        (None, Some(refusal)) if forwards == Some(true) && !case.gateway_failure_logged() => {
            let text = format!("{}, in words that are not the gateway’s", refusal.status);
            (Confidence::Likely, vec![Evidence { place: Place::Status, text }])
        }
        _ => return None,
    };
    if let Some(line) = sent {
        let at = evidence.len().min(1);
        let header = case.line(line, "sends the backend Sec-WebSocket-Version, as if it were asked for a WebSocket");
        evidence.splice(at..at, header.into_iter().take(1));
    }
    insert_config(&mut evidence, setting);
    Some(Found {
        confidence: confidence.min(case.by_log()),
        title: "The backend takes the handshake for its own and refuses it".to_owned(),
        reason: "An HTTP integration of $connect passes the client’s Sec-WebSocket-Version on. Many web servers answer 400 to it, \
                 because the request is no handshake for them."
            .to_owned(),
        fix: "Map integration.request.header.Sec-WebSocket-Version to '0' and deploy.".to_owned(),
        evidence,
        action: case.fix("backend-rejects-websocket-version", None),
    })
}

/// Whether this explains what the backend answered at least as well.
pub(super) fn fits(case: &Case) -> bool {
    rule(case).is_some_and(|found| found.confidence >= Confidence::Likely)
}
