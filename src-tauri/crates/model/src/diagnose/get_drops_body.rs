//! `get-drops-body`: a message goes to an HTTP backend by GET, and a GET has no body.
//!
//! Causes, `get-drops-body`: the configuration tells it. Nothing fails in API Gateway: at most the backend complains.

use super::case::{Case, Found, config, insert_config};
use super::config::integration::drops_body;
use super::{Cause, Confidence};
use crate::log::Kind;
use crate::verdict::{Evidence, Place};

pub(super) const CAUSE: Cause = Cause { id: "get-drops-body", rule };

fn rule(case: &Case) -> Option<Found> {
    let method = method(case)?;
    // What never got as far as the backend failed for another reason.
    if case.gateway_failure_logged() || case.told.is_some() {
        return None;
    }
    let refused = case.find(|kind| matches!(kind, Kind::ReceivedResponse { status, .. } if *status >= 400));
    let sent = case.facts.message.filter(|message| !message.is_empty());
    if refused.is_none() && sent.is_none() {
        return None;
    }
    let answer = refused.or_else(|| case.find(|kind| matches!(kind, Kind::ReceivedResponse { .. })));
    let mut evidence =
        answer.map(|line| case.line(line, "is what the backend answered without it")).unwrap_or_default();
    insert_config(&mut evidence, Some(config(case.name(), "Integration", format!("{method}: no body is sent"))));
    let text = sent.map(|message| format!("{} bytes were sent, and the backend got none of them", message.len()));
    evidence.extend(text.map(|text| Evidence { place: Place::Message, text }));
    Some(Found {
        confidence: Confidence::Likely,
        title: format!("The message does not reach {} backend", case.its()),
        reason: format!(
            "The integration calls the backend by {method}, and a {method} has no body: the message is dropped."
        ),
        fix: "Let the integration use POST and deploy.".to_owned(),
        evidence,
        action: case.fix("get-drops-body", None),
    })
}

/// The method that drops the message, as the stage serves it.
pub(super) fn method<'a>(case: &Case<'a>) -> Option<&'a str> {
    drops_body(case.served_integration()?, case.route_key?)
}
