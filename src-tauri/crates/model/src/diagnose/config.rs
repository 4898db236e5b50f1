//! What the configuration alone shows, before anyone connects. The drafts that put it right: `fix.rs`.
//!
//! Where to look next: `config/integration.rs` and `config/access.rs`, one question a function; `config/reach.rs`, who may
//! call whom.

pub(super) mod access;
pub(super) mod integration;
pub(super) mod reach;

use crate::api::{Snapshot, Stage};

/// A cause that the configuration alone shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteProblem {
    /// Where on the route's way: `Request template`, `Integration response`.
    pub station: &'static str,
    /// Its public id.
    pub cause: &'static str,
    /// What is wrong, in words.
    pub text: String,
}

/// Whether a route's integration leaves out what is sent to it.
#[must_use]
pub fn drops_messages(snapshot: &Snapshot, route_key: &str) -> bool {
    snapshot.integration_of(route_key).is_some_and(|found| integration::drops_body(found, route_key).is_some())
}

/// The causes that the configuration of a route shows before anyone connects, on any of its stages.
#[must_use]
pub fn route_problems(snapshot: &Snapshot, route_key: &str) -> Vec<RouteProblem> {
    let mut problems = everywhere(snapshot, route_key);
    if snapshot.stages.is_empty() {
        problems.extend(at(snapshot, route_key, None));
    }
    for stage in &snapshot.stages {
        for problem in at(snapshot, route_key, Some(stage)) {
            if !problems.iter().any(|known| known.cause == problem.cause) {
                problems.push(problem);
            }
        }
    }
    problems
}

/// The same for one stage alone.
#[must_use]
pub fn route_problems_at(snapshot: &Snapshot, route_key: &str, stage: &str) -> Vec<RouteProblem> {
    let mut problems = everywhere(snapshot, route_key);
    problems.extend(at(snapshot, route_key, snapshot.stage(stage)));
    problems
}

/// What is wrong whatever the stage is.
fn everywhere(snapshot: &Snapshot, route_key: &str) -> Vec<RouteProblem> {
    let mut problems = Vec::new();
    let mut tell = |cause, station, text: Option<String>| {
        problems.extend(text.map(|text| RouteProblem { station, cause, text }));
    };
    if integration::calls_nothing(snapshot, route_key) {
        tell("route-without-integration", "Integration", Some("no integration".to_owned()));
    }
    let Some(found) = snapshot.integration_of(route_key) else { return problems };
    tell("mock-status-missing", "Request template", integration::missing_status(found));
    tell("integration-response-missing", "Integration response", integration::missing_response(found, route_key));
    tell("unsupported-media-type", "Request template", integration::refuses_media(found));
    tell("integration-uri-invalid", "Integration URI", integration::bare_function(found).map(str::to_owned));
    tell("get-drops-body", "Integration", integration::drops_body(found, route_key).map(str::to_owned));
    let forbidden = integration::forbidden_headers(found).join(", ");
    tell("mapped-header-forbidden", "Integration", Some(forbidden).filter(|names| !names.is_empty()));
    problems
}

/// What is wrong on one stage; without a stage, what would be wrong on each.
fn at(snapshot: &Snapshot, route_key: &str, stage: Option<&Stage>) -> Vec<RouteProblem> {
    let mut problems = Vec::new();
    let mut tell = |cause, station, text: Option<String>| {
        problems.extend(text.map(|text| RouteProblem { station, cause, text }));
    };
    let found = snapshot.integration_of(route_key);
    let unset = found.zip(stage).and_then(|(found, stage)| {
        let (name, station) = integration::unset_variable(found, stage)?;
        Some((station, format!("{} does not set the variable {name}", stage.stage_name)))
    });
    if let Some((station, text)) = unset {
        tell("stage-variable-missing", station, Some(text));
    }
    let link = found.and_then(|found| integration::broken_link(snapshot, found, stage));
    tell("vpc-link-unavailable", "Integration", link);
    let function = integration::not_permitted(snapshot, route_key, stage).map(|(_, why)| why);
    tell("lambda-permission-missing", "Integration", function);
    let authorizer = access::authorizer_not_permitted(snapshot, route_key, stage).map(|(_, why)| why);
    tell("authorizer-permission-missing", "Authorizer", authorizer);
    let Some(stage) = stage else { return problems };
    tell("api-key-not-in-plan", "API key", access::no_key_opens(snapshot, route_key, stage));
    let zeros = access::zeros(stage, route_key);
    let zeros = (!zeros.is_empty()).then(|| format!("{}: {}", stage.stage_name, zeros.join(", ")));
    tell("throttle-zero", "Throttling", zeros);
    problems
}
