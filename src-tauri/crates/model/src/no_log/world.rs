//! Requests that API Gateway never logs, and stages that are not where they were looked for.

use super::{Found, Known, logging};
use crate::handshake::PhaseName;
use crate::unlogged::{self, Never};
use crate::verdict::{Confidence, Evidence, Finding, Place};

pub(super) fn findings(known: &Known) -> Vec<Finding> {
    let Some(snapshot) = known.snapshot else { return vec![no_api(known).finding()] };
    let Some(stage) = snapshot.stage(known.stage) else { return vec![no_stage(known).finding()] };
    let kinds = [
        never(known, snapshot.api.disable_execute_api_endpoint),
        stage.deployment_id.is_none().then(|| undeployed(known)),
    ];
    kinds.into_iter().flatten().map(Found::finding).collect()
}

fn no_api<'a>(known: &Known) -> Found<'a> {
    Found {
        cause: "api-not-found",
        confidence: Confidence::Certain,
        title: format!("There is no API {} in {}", known.api_id, known.region),
        reason: "Logs are written in the API’s own region and account, and this one does not have it.",
        fix: "Choose the region that the address names, or another account.",
        evidence: Evidence {
            place: Place::Config { path: format!("APIs of {}", known.region), route_key: None },
            text: format!("AWS knows no API {} here", known.api_id),
        },
        action: None,
    }
}

fn no_stage<'a>(known: &Known) -> Found<'a> {
    Found {
        cause: "stage-not-found",
        confidence: Confidence::Certain,
        title: format!("The API has no stage {}", known.stage),
        reason: "A log belongs to a stage; what is sent to one that is not there is refused before it.",
        fix: "Choose one of the API’s stages.",
        evidence: Evidence {
            place: Place::Config { path: "Stages".to_owned(), route_key: None },
            text: format!("{} is none of them", known.stage),
        },
        action: None,
    }
}

fn undeployed<'a>(known: &Known) -> Found<'a> {
    Found {
        cause: "stage-not-deployed",
        confidence: Confidence::Likely,
        title: format!("Nothing was ever deployed to {}", known.stage),
        reason: "A stage without a deployment has no route to log.",
        fix: "Deploy, and connect again.",
        evidence: logging(known.stage, "no deployment"),
        action: Some(crate::verdict::Action::Deploy),
    }
}

/// What has no log at all. Of the kinds that the developer guide lists, too many requests are no proof (facts 1.1).
fn never<'a>(known: &Known, is_disabled: bool) -> Option<Found<'a>> {
    let status = |text: String| Evidence { place: Place::Status, text };
    let kind = unlogged::never(known.handshake, known.status)?;
    let (confidence, title, evidence) = match kind {
        Never::Stopped(phase, message) => (
            Confidence::Certain,
            match phase {
                PhaseName::Dns => "The name did not resolve, so nothing reached API Gateway",
                PhaseName::Tls => "TLS failed, so nothing reached API Gateway",
                _ => "There was no connection, so nothing reached API Gateway",
            },
            Evidence { place: Place::Phase, text: message.to_owned() },
        ),
        Never::LoadBalancer => (
            Confidence::Certain,
            "The load balancer in front of API Gateway refused it",
            Evidence {
                place: Place::Header { name: "server".to_owned() },
                text: "awselb: it never reached API Gateway".to_owned(),
            },
        ),
        Never::NoStage => (
            Confidence::Likely,
            match is_disabled {
                true => "The API’s own endpoint is disabled: what is sent there is never logged",
                false => "It was refused before any stage, so no stage logged it",
            },
            status("403 Forbidden, without the ids of a connection".to_owned()),
        ),
        Never::TooLarge => (
            Confidence::Likely,
            "API Gateway never logs requests that are too large (413)",
            status("the answer was 413".to_owned()),
        ),
        Never::Throttled => (
            Confidence::Possible,
            "API Gateway does not log heavy throttling (429)",
            status("the answer was 429".to_owned()),
        ),
    };
    Some(Found {
        cause: "never-logged",
        confidence,
        title: title.to_owned(),
        reason: match kind {
            Never::Stopped(..) | Never::LoadBalancer => "API Gateway logs what reaches a stage, and nothing before.",
            Never::NoStage => {
                "A disabled endpoint, a domain without a mapping and an unknown stage answer 403 without a log."
            }
            Never::TooLarge | Never::Throttled => {
                "AWS documents that such requests leave no line, whatever the stage’s level."
            }
        },
        fix: match kind {
            Never::Stopped(..) | Never::LoadBalancer => {
                "No log of it will come: the answer itself tells what is wrong."
            }
            Never::NoStage => "No log of it will come: look at the address.",
            Never::TooLarge | Never::Throttled => "No log of it will come: the status is all that AWS tells.",
        },
        evidence,
        action: None,
    })
}
