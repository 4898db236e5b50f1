//! `post-inside-connect`: `$connect` posts to its own connection, which does not exist before it has answered.

use super::case::{Case, Found};
use super::pushes::{Push, pushes};
use super::{Cause, Confidence};
use crate::log::Kind;

pub(super) const CAUSE: Cause = Cause { id: "post-inside-connect", rule };

fn rule(case: &Case) -> Option<Found> {
    let push = pushes(case).into_iter().find(|push| is_so(case, push))?;
    let own = push.connection_id().is_some_and(|id| is_own(case, &id));
    let confidence = match (own, push.status) {
        // It is this very connection, and before the 101 there is none (facts 3, "pending").
        (true, Some(410)) => case.by_log(),
        _ => Confidence::Likely,
    };
    Some(Found {
        confidence,
        title: "$connect posts to the connection that it is opening".to_owned(),
        reason: "The connection exists only after $connect has answered. Until then a post to it is answered 410 Gone, which here \
                 made the handshake fail."
            .to_owned(),
        fix: "Keep the id in $connect, and post from a later message, or from a task that starts after the answer.".to_owned(),
        evidence: push.evidence,
        action: None,
    })
}

pub(super) fn is_so(case: &Case, push: &Push) -> bool {
    let gone = push.status == Some(410) || push.says("GoneException");
    // To another connection it is a different matter.
    let other = push.connection_id().is_some_and(|id| knows_own(case) && !is_own(case, &id));
    case.is_connect() && gone && !other
}

/// Whether a connection is the one of this request: the gateway's words or what was sent to the endpoint say so.
pub(super) fn is_own(case: &Case, id: &str) -> bool {
    let told = case.told.as_ref().is_some_and(|told| told.connection_id == id);
    let logged = case.facts.request.and_then(|r| r.connection_id.as_deref()) == Some(id);
    told || logged || sent(case).any(|text| text.contains(id))
}

fn knows_own(case: &Case) -> bool {
    case.told.is_some()
        || case.facts.request.is_some_and(|r| r.connection_id.is_some())
        || sent(case).any(|text| text.contains("onnectionId"))
}

fn sent<'a>(case: &Case<'a>) -> impl Iterator<Item = &'a str> {
    case.lines.iter().filter_map(|line| match line.kind {
        Kind::EndpointRequestBody { body } => Some(body),
        Kind::EndpointRequestHeaders { headers } => Some(headers),
        _ => None,
    })
}
