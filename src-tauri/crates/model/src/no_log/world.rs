//! Requests that API Gateway never logs, and stages that are not where they were looked for.

use super::{Found, Known, logging};
use crate::handshake::{Handshake, Outcome, PhaseName};
use crate::verdict::{Confidence, Evidence, Finding, Place};

pub(super) fn findings(known: &Known) -> Vec<Finding> {
    let Some(snapshot) = known.snapshot else { return vec![no_api(known).finding()] };
    let Some(stage) = snapshot.stage(known.stage) else { return vec![no_stage(known).finding()] };
    let reached = known.handshake.and_then(never_reached);
    let kinds = [
        reached,
        disabled(known, snapshot.api.disable_execute_api_endpoint),
        by_status(known),
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

/// What did not come as far as API Gateway.
fn never_reached<'a>(handshake: &Handshake) -> Option<Found<'a>> {
    let (title, evidence) = match &handshake.outcome {
        Outcome::Failed { phase, message, .. } if *phase != PhaseName::Upgrade => (
            match phase {
                PhaseName::Dns => "The name did not resolve, so nothing reached API Gateway",
                PhaseName::Tls => "TLS failed, so nothing reached API Gateway",
                _ => "There was no connection, so nothing reached API Gateway",
            },
            Evidence { place: Place::Phase, text: message.clone() },
        ),
        Outcome::Refused(refusal) if refusal.header("server").is_some_and(|s| s.starts_with("awselb")) => (
            "The load balancer in front of API Gateway refused it",
            Evidence {
                place: Place::Header { name: "server".to_owned() },
                text: "awselb: it never reached API Gateway".to_owned(),
            },
        ),
        _ => return None,
    };
    Some(Found {
        cause: "never-logged",
        confidence: Confidence::Certain,
        title: title.to_owned(),
        reason: "API Gateway logs what reaches a stage, and nothing before.",
        fix: "No log of it will come: the answer itself tells what is wrong.",
        evidence,
        action: None,
    })
}

/// A refusal that came before any stage has an error type and no id of a log (assumed for AWS, facts 2.1).
fn disabled<'a>(known: &Known, is_disabled: bool) -> Option<Found<'a>> {
    let Outcome::Refused(refusal) = &known.handshake?.outcome else { return None };
    if refusal.status != 403 || refusal.header("x-amz-apigw-id").is_some() {
        return None;
    }
    Some(Found {
        cause: "never-logged",
        confidence: Confidence::Likely,
        title: if is_disabled {
            "The API’s own endpoint is disabled: what is sent there is never logged".to_owned()
        } else {
            "It was refused before any stage, so no stage logged it".to_owned()
        },
        reason: "A disabled endpoint, a domain without a mapping and an unknown stage answer 403 without a log.",
        fix: "No log of it will come: look at the address.",
        evidence: Evidence { place: Place::Status, text: "403 without x-amz-apigw-id".to_owned() },
        action: None,
    })
}

/// The developer guide's list of what has no log at all (facts 1.1).
fn by_status<'a>(known: &Known) -> Option<Found<'a>> {
    let (confidence, title) = match known.status? {
        413 => (Confidence::Likely, "API Gateway never logs requests that are too large (413)"),
        429 => (Confidence::Possible, "API Gateway does not log heavy throttling (429)"),
        _ => return None,
    };
    Some(Found {
        cause: "never-logged",
        confidence,
        title: title.to_owned(),
        reason: "AWS documents that such requests leave no line, whatever the stage’s level.",
        fix: "No log of it will come: the status is all that AWS tells.",
        evidence: Evidence {
            place: Place::Status,
            text: format!("the answer was {}", known.status.unwrap_or_default()),
        },
        action: None,
    })
}
