//! `authorizer-denied`: the authorizer answered with a policy that denies.

use super::case::{Case, Found, config, insert_config};
use super::config::{access, reach};
use super::{Cause, Confidence};
use crate::log::Kind;
use crate::verdict::Action;

/// How the answer begins (facts 2, section 2.1); IAM's own sentence begins otherwise.
pub(super) const NOT_AUTHORIZED: &str = "User is not authorized to access this resource";

pub(super) const CAUSE: Cause = Cause { id: "authorizer-denied", rule };

fn rule(case: &Case) -> Option<Found> {
    let told =
        case.told.as_ref().is_some_and(|told| {
            told.message.starts_with(NOT_AUTHORIZED) && told.message.contains("with an explicit deny")
        }) && case.status() == Some(403);
    let custom = case.route().map(|route| route.authorization_type == "CUSTOM");
    if custom == Some(false) {
        return None;
    }
    let policy = case.lines.iter().find_map(|&line| match line.kind {
        Kind::AuthorizerResultBody { body } => Some((line, body)),
        _ => None,
    });
    let effect = |body: &str, effect: &str| body.replace([' ', '\\'], "").contains(&format!("\"Effect\":\"{effect}\""));
    let denies = policy.filter(|(_, body)| effect(body, "Deny") && !case.executed());
    let only_denies = denies.filter(|(_, body)| !effect(body, "Allow"));
    // "Using valid authorizer policy" is logged for a deny too (facts 2, section 1).
    let authorized = case.any(|kind| matches!(kind, Kind::ValidAuthorizerPolicy { .. } | Kind::AuthorizerCompleted {}));
    let confidence = match (told, denies, only_denies) {
        (true, Some(_), _) => case.by_log(),
        (true, None, _) if authorized && !case.executed() => case.by_log(),
        (true, None, _) => Confidence::Likely,
        (false, _, Some(_)) if case.status() == Some(403) => case.by_log(),
        (false, _, Some(_)) => Confidence::Likely,
        (false, Some(_), None) => Confidence::Possible,
        (false, None, _) => return None,
    };
    let mut evidence =
        denies.map(|(line, _)| case.line(line, "is the authorizer’s answer: Effect Deny")).unwrap_or_default();
    insert_config(&mut evidence, custom.map(|_| config(case.name(), "Authorization", "CUSTOM")));
    evidence.extend(case.words().filter(|_| told));
    Some(Found {
        confidence,
        title: "The authorizer denied the request".to_owned(),
        reason: "The authorizer worked and answered with a policy whose effect is Deny, so API Gateway answered 403."
            .to_owned(),
        fix: "If this caller should get in, the authorizer must allow event.methodArn for it.".to_owned(),
        evidence,
        action: authorizer_log(case),
    })
}

/// A click that opens the log of the route's authorizer.
pub(super) fn authorizer_log(case: &Case) -> Option<Action> {
    let authorizer = access::authorizer(case.served()?, case.route_key?)?;
    let function = reach::function(authorizer.authorizer_uri.as_deref()?, case.stage())?;
    Some(Action::OpenLog { log_group: format!("/aws/lambda/{}", reach::name(&function)?), request_id: None })
}
