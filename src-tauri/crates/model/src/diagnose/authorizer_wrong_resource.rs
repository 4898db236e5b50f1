//! `authorizer-wrong-resource`: the authorizer allowed, but something else than this route.

use super::case::{Case, Found, config};
use super::{Cause, Confidence};

pub(super) const CAUSE: Cause = Cause { id: "authorizer-wrong-resource", rule };

fn rule(case: &Case) -> Option<Found> {
    let custom = case.route().map(|route| route.authorization_type == "CUSTOM");
    let told = case.told.as_ref()?.message.contains("no identity-based policy allows");
    if !told || custom == Some(false) {
        return None;
    }
    Some(Found {
        confidence: Confidence::Likely,
        title: "The authorizer’s policy allows something else than this route".to_owned(),
        reason: "The policy has no statement for this route’s ARN. A WebSocket route’s ARN ends …/STAGE/$connect: it has no method \
                 in it, so the patterns of REST APIs such as …/STAGE/*/* do not match."
            .to_owned(),
        fix: "Allow event.methodArn as it comes, or …/STAGE/*.".to_owned(),
        evidence: custom.map(|_| config(case.name(), "Authorization", "CUSTOM")).into_iter().chain(case.words()).collect(),
        action: None,
    })
}
