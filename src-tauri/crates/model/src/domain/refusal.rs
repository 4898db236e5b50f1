//! What AWS's refusal of a step means: wait and do it again, or a person is needed.

use super::look::{Look, Turn, blocked, said, wait};
use super::next::{Next, Reason, Stage};
use super::{Making, Refusal, domain_name};

/// The step that comes next, unless it was refused just so.
pub(super) fn after(look: Look<'_>, next: Next) -> Next {
    let Next::Do { station, making } = &next else { return next };
    let Some(refusal) = look.world.refusals.get(&making.id) else { return next };
    match told(look, *station, making, refusal) {
        Ok(()) => next,
        Err(told) => *told,
    }
}

fn told(look: Look<'_>, station: Stage, making: &Making, refusal: &Refusal) -> Turn {
    let said = said(&refusal.code, &refusal.message);
    let (name, message) = (&look.goal.domain_name, refusal.message.to_ascii_lowercase());
    // What AWS calls a conflict or a limit may be one for good: its words tell.
    let taken = message.contains("already exists") && matches!(station, Stage::Domain | Stage::Mapping);
    let quota = refusal.code.contains("QuotaExceeded")
        || message.contains("limit exceeded")
        || message.contains("quota")
        || refusal.code.contains("LimitExceeded") && !message.contains("rate exceeded");
    if refusal.passing && !taken && !quota {
        let pause = if station == Stage::Domain { domain_name::PACE } else { 5_000 };
        let left = refusal.at.saturating_add(pause).saturating_sub(look.world.now);
        if left <= 0 {
            return Ok(());
        }
        let what =
            format!("AWS did not take it just now ({said}). What stands is looked at again before it is done again.");
        return wait(station, what, Some(refusal.at), pause, left.min(pause));
    }
    let (reason, words, way_out) = if taken && station == Stage::Domain {
        (
            Reason::OwnedElsewhere,
            format!("Another account or region has the custom domain {name}: AWS gives a name once."),
            "Find it there and delete it, or take another name. Whose it is, AWS does not tell; DNS may.".to_owned(),
        )
    } else if taken {
        (
            Reason::KeyTaken,
            format!("Somebody gave the key \"{}\" of {name} away in the meantime.", look.goal.key),
            "Look again, and choose another key.".to_owned(),
        )
    } else if message.contains("websocket apis can only be attached") {
        (
            Reason::MixedProtocols,
            format!("{name} has HTTP or REST APIs, and a WebSocket API can't stand beside them."),
            "Take another name for the WebSocket API, or remove those mappings.".to_owned(),
        )
    } else if quota {
        (
            Reason::Quota,
            format!("A quota of this account is used up: {said}."),
            "Remove what is not needed any more, or ask for more in Service Quotas.".to_owned(),
        )
    } else if refusal.code.contains("AccessDenied") || refusal.code.contains("NotAuthorized") {
        (Reason::Refused, format!("This identity may not do it: {said}."), format!("Let it do {}.", actions(making)))
    } else {
        (
            Reason::Refused,
            format!("AWS refused it: {said}."),
            "Nothing was changed. Mend what AWS names, then try again.".to_owned(),
        )
    };
    blocked(station, reason, words, way_out)
}

/// The IAM actions of the calls.
fn actions(making: &Making) -> String {
    let mut actions: Vec<&str> = Vec::new();
    for step in &making.steps {
        let action = match step.operation.as_str() {
            "RequestCertificate" => "acm:RequestCertificate and acm:AddTagsToCertificate",
            "ChangeResourceRecordSets" => "route53:ChangeResourceRecordSets on the zone",
            "CreateDomainName" => {
                "apigateway:POST on /domainnames, and iam:CreateServiceLinkedRole if it is the first one"
            }
            "CreateApiMapping" => "apigateway:POST on /domainnames/*/apimappings",
            other => other,
        };
        if !actions.contains(&action) {
            actions.push(action);
        }
    }
    actions.join(", ")
}
