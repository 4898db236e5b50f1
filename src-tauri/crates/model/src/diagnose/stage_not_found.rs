//! `stage-not-found`: the first part of the path is no stage of the API, or something follows the stage.

use super::address::{Address, Whose};
use super::case::{Case, Found, setting};
use super::{Cause, Confidence};
use crate::verdict::{Evidence, Place};

pub(super) const CAUSE: Cause = Cause { id: "stage-not-found", rule };

fn rule(case: &Case) -> Option<Found> {
    let address = Address::of(case).filter(|a| matches!(a.whose, Whose::Own) && case.belongs_to_no_stage())?;
    let snapshot = case.facts.snapshot.filter(|s| !s.unread.contains_key("stages"))?;
    let disabled = super::execute_api_disabled::disabled(case);
    let first = address.segments.first().copied();
    let known = first.and_then(|name| snapshot.stage(name));
    let stages: Vec<&str> = snapshot.stages.iter().map(|s| s.stage_name.as_str()).collect();
    let (confidence, title, text) = match (first, known) {
        // Such an address can't work, whatever else is in the way: alone it explains everything.
        (Some(name), None) => (
            if disabled { Confidence::Likely } else { Confidence::Certain },
            format!("The API has no stage {name}"),
            format!("its stages: {}", if stages.is_empty() { "none".to_owned() } else { stages.join(", ") }),
        ),
        (None, _) => (
            if disabled { Confidence::Likely } else { Confidence::Certain },
            "The address names no stage".to_owned(),
            format!("its stages: {}", stages.join(", ")),
        ),
        (Some(name), Some(stage)) if address.segments.len() > 1 && stage.deployment_id.is_some() => (
            Confidence::Likely,
            format!("Something follows the stage {name} in the path"),
            format!("the path is /{}, and WebSocket APIs have no paths", address.segments.join("/")),
        ),
        _ => return None,
    };
    let target = first.filter(|_| known.is_some()).or(case.facts.stage.filter(|s| snapshot.stage(s).is_some()));
    let target = target.or(stages.first().copied());
    let mut evidence = vec![setting("Stages", text)];
    evidence.extend(case.answer());
    if disabled {
        evidence.push(Evidence {
            place: Place::Config { path: "API › Endpoint".to_owned(), route_key: None },
            text: "the generated endpoint is disabled besides".to_owned(),
        });
    }
    Some(Found {
        confidence,
        title,
        reason: "The address of a WebSocket API is its host and the name of a stage, nothing more. What belongs to no stage is \
                 refused with 403 before anything runs, and is never logged."
            .to_owned(),
        fix: match target {
            Some(stage) => format!("Dial {}/{stage}.", address.base),
            None => "Make a stage and deploy to it.".to_owned(),
        },
        evidence,
        action: target.map(|stage| address.at(stage)),
    })
}
