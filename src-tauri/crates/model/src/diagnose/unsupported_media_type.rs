//! `unsupported-media-type`: no template matched, and nothing may pass without one.
//!
//! Facts 2.3 #54: 415, type UNSUPPORTED_MEDIA_TYPE. What a WebSocket client is told then is not recorded (facts 2, 12.2): the
//! message `Unsupported Media Type` is assumed, the type and the configuration count.

use super::case::{Case, Found, config, insert_config};
use super::config::integration::refuses_media;
use super::{Cause, Confidence};
use crate::log::Kind;

pub(super) const CAUSE: Cause = Cause { id: "unsupported-media-type", rule };

fn rule(case: &Case) -> Option<Found> {
    let line = case.find(|kind| {
        matches!(kind, Kind::GatewayResponseType { response_type, .. } if *response_type == "UNSUPPORTED_MEDIA_TYPE")
    });
    // A backend may answer 415 too, in its own words.
    let backend = case.any(|kind| matches!(kind, Kind::ReceivedResponse { .. } | Kind::EndpointResponseBody { .. }));
    let told = case.told.as_ref().is_some_and(|told| told.message == "Unsupported Media Type");
    let status = case.status() == Some(415);
    let shown = case.served_integration().and_then(refuses_media);
    let setting = shown.clone().map(|text| config(case.name(), "Request template", text));
    let (confidence, evidence) = match line {
        Some(line) => {
            let mut evidence = case.line(line, "says it in AWS’s words: UNSUPPORTED_MEDIA_TYPE");
            insert_config(&mut evidence, setting);
            (case.by_log(), evidence)
        }
        None if backend => return None,
        None if told || (status && shown.is_some()) => {
            let ended = case.find(|kind| matches!(kind, Kind::MessageSent { status: 415, .. }));
            let mut evidence = ended.map(|line| case.line(line, "ends with the status 415")).unwrap_or_default();
            insert_config(&mut evidence, setting);
            evidence.extend(case.words());
            (Confidence::Likely, evidence)
        }
        None => return None,
    };
    Some(Found {
        confidence,
        title: format!("{} integration takes no message without a template", case.whose()),
        reason: format!(
            "The passthrough behaviour {} lets nothing through that no request template matches, and none matched.",
            case.served_integration().and_then(|i| i.passthrough_behavior.as_deref()).unwrap_or("NEVER or WHEN_NO_TEMPLATES")
        ),
        fix: "Add a request template under the key $default, or set the passthrough behaviour WHEN_NO_MATCH; then deploy."
            .to_owned(),
        evidence,
        action: case.show("Request template"),
    })
}
