//! `not-a-websocket`: an HTTP server answered, and not one that opens WebSockets at this path.

use super::address::Address;
use super::case::{Case, Found, setting};
use super::{Cause, Confidence};
use crate::handshake::{FailureKind, PhaseName};
use crate::verdict::{Evidence, Place};

pub(super) const CAUSE: Cause = Cause { id: "not-a-websocket", rule };

fn rule(case: &Case) -> Option<Found> {
    let address = Address::of(case)?;
    let mut evidence = Vec::new();
    let mut http_api = false;
    let confidence = if let Some(refusal) = case.refusal {
        // What a WebSocket API says itself, or the load balancer in front of it, is another story.
        let gateway = ["x-amz-apigw-id", "x-amzn-errortype"].iter().any(|name| refusal.header(name).is_some());
        if gateway || refusal.header("server").is_some_and(|server| server.starts_with("awselb")) {
            return None;
        }
        http_api = refusal.header("apigw-requestid").is_some();
        let kind = refusal.header("content-type").unwrap_or_default();
        evidence.push(Evidence { place: Place::Status, text: format!("{} to a handshake", refusal.status) });
        if let Some(server) = refusal.header("server") {
            let place = Place::Header { name: "server".to_owned() };
            evidence.push(Evidence { place, text: server.to_owned() });
        }
        if http_api {
            let place = Place::Header { name: "apigw-requestid".to_owned() };
            evidence.push(Evidence { place, text: "is what HTTP APIs answer with".to_owned() });
        }
        match refusal.status {
            // Only 101 opens; an answer of success means that the path serves something else.
            200..=299 | 426 => Confidence::Certain,
            _ if http_api || kind.starts_with("text/html") => Confidence::Likely,
            300..=399 | 400 | 404 | 405 => Confidence::Likely,
            _ => Confidence::Possible,
        }
    } else {
        let (phase, reason, _) = case.broken()?;
        if phase != PhaseName::Upgrade || reason != FailureKind::Protocol {
            return None;
        }
        evidence.extend(case.stopped());
        Confidence::Likely
    };
    let plain = matches!(address.scheme, "http" | "https");
    if plain {
        let text = format!("the address begins with {}://", address.scheme);
        evidence.push(Evidence { place: Place::Phase, text });
    }
    let own = case.facts.snapshot.map(|s| s.api.api_endpoint.as_str()).filter(|e| !e.is_empty());
    evidence.extend(
        own.filter(|_| !address.is_generated()).map(|e| setting("API", format!("this API’s own address is {e}"))),
    );
    Some(Found {
        confidence,
        title: match http_api {
            true => "This is an HTTP API, which opens no WebSocket".to_owned(),
            false => format!("{} opens no WebSocket at this path", address.host),
        },
        reason: "Whatever answered speaks HTTP and did not take the handshake. A WebSocket API’s address begins with wss:// and is \
                 dialled by WebSocket clients only; https:// is right for @connections alone."
            .to_owned(),
        fix: "Dial the WebSocket API’s own address.".to_owned(),
        evidence,
        action: case.facts.stage.and_then(|stage| super::address::own(case, stage)),
    })
}
