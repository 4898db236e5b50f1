//! What has become of a cause since: a click that would draft nothing is not offered, and it is said why.
//!
//! It asks the configuration that was read after the failure, and only about what a configuration can show. Where to look
//! next: `fix.rs`, the drafts; `config.rs`, what the configuration shows.

use super::config::{access, reach};
use super::{Facts, FixAt, Since, fix, route_problems_at};
use crate::surroundings::{CustomDomain, Mapping};
use crate::verdict::{Action, Finding};

/// These act without a deployment: permissions, plans and mappings are not the API's, the rest is the stage's own.
const AT_ONCE: [&str; 6] = [
    "lambda-permission-missing",
    "authorizer-permission-missing",
    "api-key-not-in-plan",
    "mapping-missing",
    "throttle-zero",
    "stage-variable-missing",
];

/// Takes the click away from a finding whose cause is gone, or makes it a deployment where only that is missing.
pub(super) fn settle(finding: &mut Finding, facts: &Facts) {
    let (Some(since), Some(action)) = (facts.since, &finding.action) else { return };
    let stage = facts.stage.unwrap_or_default();
    if !since.served && !AT_ONCE.contains(&finding.cause.as_str()) {
        return;
    }
    match action {
        Action::Fix { route_key, about } if fix::has_draft(&finding.cause) => {
            // Whether there is a draft does not depend on whose ARNs it makes.
            let at =
                FixAt { stage, route_key, about: about.as_deref(), region: "us-east-1", account_id: "000000000000" };
            let gone = fix(&finding.cause, since.snapshot, &at).is_none() && shows_nothing(&finding.cause, &since, &at);
            if !gone {
                return;
            }
            let waits = |deployed| fix(&finding.cause, deployed, &at).is_some();
            if !AT_ONCE.contains(&finding.cause.as_str()) && since.deployed.is_some_and(waits) {
                finding.action = Some(Action::Deploy);
                return;
            }
        }
        Action::SetVariable { name } => {
            let set = since.snapshot.stage(stage).and_then(|stage| stage.stage_variables.get(name));
            if set.is_none_or(String::is_empty) {
                return;
            }
        }
        Action::Deploy => {
            let deployed = since.snapshot.stage(stage).is_some_and(|stage| stage.deployment_id.is_some());
            if !deployed || !since.undeployed.is_empty() {
                return;
            }
            finding.action = None;
            finding.since = Some("Deployed since: the stage serves what the API says now.".to_owned());
            return;
        }
        _ => return,
    }
    finding.action = None;
    finding.since = Some("Fixed since: the configuration does not show this any more.".to_owned());
}

/// Whether the configuration was read far enough to show the cause, and does not.
fn shows_nothing(cause: &str, since: &Since, at: &FixAt) -> bool {
    let snapshot = since.snapshot;
    let stage = snapshot.stage(at.stage);
    match cause {
        "lambda-permission-missing" => {
            let integration = snapshot.integration_of(at.route_key);
            let function = integration.and_then(|i| reach::function(i.integration_uri.as_deref()?, stage));
            let place = format!("{}/{}/{}", snapshot.api.api_id, at.stage, at.route_key);
            // Another integration, or one with a role of its own, needs no statement.
            let own = integration.is_some_and(|i| i.credentials_arn.as_deref().is_none_or(str::is_empty));
            !own || function.is_some_and(|f| reach::permitted(snapshot, &f, &place) == reach::Permitted::Yes)
        }
        "authorizer-permission-missing" => {
            let Some(authorizer) = access::authorizer(snapshot, at.route_key) else { return true };
            let place = format!("{}/authorizers/{}", snapshot.api.api_id, authorizer.authorizer_id);
            let function = authorizer.authorizer_uri.as_deref().and_then(|uri| reach::function(uri, stage));
            let own = authorizer.authorizer_credentials_arn.as_deref().is_none_or(str::is_empty);
            !own || function.is_some_and(|f| reach::permitted(snapshot, &f, &place) == reach::Permitted::Yes)
        }
        "api-key-not-in-plan" => {
            let Some(around) = access::keys(snapshot) else { return false };
            let api_id = snapshot.api.api_id.as_str();
            // Which key was sent is known where the finding names one.
            at.about.is_some_and(|id| {
                let key = around.api_keys.iter().find(|key| key.id == id);
                key.is_some_and(|key| access::opens(around, key, api_id, at.stage))
            })
        }
        "mapping-missing" => snapshot.surroundings.as_ref().is_some_and(|around| {
            let (host, key) = at.about.map(super::fix::place).unwrap_or_default();
            let owner = CustomDomain::owner(&around.domains, host);
            let domain = around.domains.iter().find(|domain| Some(domain.domain_name.as_str()) == owner);
            let stage = |m: &Mapping| m.api_id == snapshot.api.api_id && m.stage == at.stage;
            domain.is_some_and(|domain| domain.mappings.iter().any(|m| m.api_mapping_key == key && stage(m)))
        }),
        _ => {
            let problems = route_problems_at(snapshot, at.route_key, at.stage);
            problems.iter().all(|problem| problem.cause != cause)
        }
    }
}
