//! `authorizer-wrong-resource`: the authorizer allowed, but something else than this route.

use super::ask::{copy_policy, execute_api};
use super::authorizer_denied::NOT_AUTHORIZED;
use super::case::{Case, Found, config};
use super::{Cause, Confidence};

pub(super) const CAUSE: Cause = Cause { id: "authorizer-wrong-resource", rule };

fn rule(case: &Case) -> Option<Found> {
    let custom = case.route().map(|route| route.authorization_type == "CUSTOM");
    let message = &case.told.as_ref()?.message;
    let told = message.starts_with(NOT_AUTHORIZED) && message.contains("no identity-based policy allows");
    if !told || custom == Some(false) {
        return None;
    }
    let allows = case.facts.snapshot.zip(case.facts.stage).map(|(snapshot, stage)| {
        let (region, account) = case.home();
        copy_policy(
            "execute-api:Invoke",
            &execute_api(&region, &account, &format!("{}/{stage}/*", snapshot.api.api_id)),
        )
    });
    Some(Found {
        confidence: Confidence::Likely,
        title: "The authorizer’s policy allows something else than this route".to_owned(),
        reason: "The policy has no statement for this route’s ARN. A WebSocket route’s ARN ends …/STAGE/$connect: it has no method \
                 in it, so the patterns of REST APIs such as …/STAGE/*/* do not match."
            .to_owned(),
        fix: "Allow event.methodArn as it comes, or …/STAGE/*.".to_owned(),
        evidence: custom.map(|_| config(case.name(), "Authorization", "CUSTOM")).into_iter().chain(case.words()).collect(),
        action: allows,
    })
}
