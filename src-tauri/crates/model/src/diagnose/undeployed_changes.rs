//! `undeployed-changes`: what stands in the API is not what the stage serves.

use super::case::{Case, Found, Seen, config, insert_config};
use super::config::integration::missing_status;
use super::{Cause, Confidence};
use crate::api::Snapshot;
use crate::diff::{deployable, diff};
use crate::log::Kind;
use crate::selection;
use crate::verdict::{Action, Evidence, Place};

pub(super) const CAUSE: Cause = Cause { id: "undeployed-changes", rule };

/// A deployment answers old and new in turn for this long (facts 2, section 4).
pub(super) const SETTLED_MS: i64 = 90_000;

fn rule(case: &Case) -> Option<Found> {
    let stage = case.facts.snapshot?.stage(case.facts.stage?)?;
    // There a change acts at once; without a deployment nothing is served.
    if stage.auto_deploy == Some(true) || stage.deployment_id.is_none() || case.belongs_to_no_stage() {
        return None;
    }
    let waiting = waiting(case);
    let said = contradicted(case);
    let settling = case.facts.deployed_ms_ago.is_some_and(|ms| ms < SETTLED_MS);
    let confidence = match (&said, waiting.is_empty()) {
        (Some(_), _) if settling => Confidence::Possible,
        // It is known that this route has changes that wait, and the log tells the old state in AWS's words.
        (Some(said), false) if said.line => case.by_log(),
        (Some(_), _) => Confidence::Likely,
        (None, false) => Confidence::Possible,
        (None, true) => return None,
    };
    let mut evidence = Vec::new();
    if let Some(said) = &said {
        evidence.extend(said.seen.clone());
        insert_config(&mut evidence, Some(said.stands.clone()));
    }
    let route_key = case.route_key.map(str::to_owned);
    evidence.extend(waiting.iter().take(4).map(|text| Evidence {
        place: Place::Deployed { route_key: route_key.clone() },
        text: format!("not deployed: {text}"),
    }));
    let name = &stage.stage_name;
    Some(Found {
        confidence,
        title: match said {
            Some(_) => format!("{name} does not serve what the API says now"),
            None => format!("Changes of {} are not deployed to {name}", case.name()),
        },
        reason: "A stage serves a deployment, a frozen copy of the API. What was changed since then acts only when it is deployed."
            .to_owned(),
        fix: format!("Deploy to {name}, then try again."),
        evidence,
        action: Some(Action::Deploy),
    })
}

/// What the failing route would be like after a deployment, in words.
fn waiting(case: &Case) -> Vec<String> {
    let touches =
        |routes: &[String]| routes.is_empty() || case.route_key.is_none_or(|key| routes.iter().any(|r| r == key));
    if let (Some(deployed), Some(now)) = (case.facts.deployed, case.facts.snapshot) {
        let bare =
            |s: &Snapshot| Snapshot { stages: Vec::new(), deployments: Vec::new(), surroundings: None, ..s.clone() };
        let changes = diff(&bare(deployed), &bare(now));
        return deployable(&changes).filter(|c| touches(&c.routes)).map(|c| c.label.clone()).collect();
    }
    case.facts.undeployed.iter().filter(|u| touches(&u.routes)).map(|u| u.text.clone()).collect()
}

/// What was seen, which the configuration as it stands cannot have done.
pub(super) struct Contradiction {
    pub seen: Vec<Evidence>,
    pub stands: Evidence,
    /// Whether a line of the log says it.
    pub line: bool,
}

pub(super) fn contradicted(case: &Case) -> Option<Contradiction> {
    let snapshot = case.facts.snapshot?;
    let integration = case.integration();
    let of_line = |line, text: &str, station: &str, stands: String| Contradiction {
        seen: case.line(line, text),
        stands: config(case.name(), station, stands),
        line: true,
    };
    if let Some((line, _)) =
        case.configuration_error(&["statusCode should be an integer", "unable to parse statusCode"])
        && let Some(stands) = integration.and_then(gives_status)
    {
        return Some(of_line(line, "tells that no status code was given", "Request template", stands));
    }
    if let Some((line, _)) = case.configuration_error(&["no match for output mapping"])
        && integration.is_some_and(|i| i.responses.iter().any(|r| r.integration_response_key == "$default"))
    {
        let stands = "has a $default response now".to_owned();
        return Some(of_line(line, "tells that no response fitted", "Integration response", stands));
    }
    if let Some(line) = case.find(|kind| matches!(kind, Kind::ApiKeyRefused { .. }))
        && case.route().is_some_and(|route| !route.api_key_required)
    {
        return Some(of_line(line, "tells that a key is required", "API key", "not required now".to_owned()));
    }
    // Before the execution starts, it is an authorizer that is called (facts 2, section 1).
    let starts = case.find(|kind| matches!(kind, Kind::StartingExecution { .. }));
    let called = |line: &&Seen| matches!(line.kind, Kind::SendingRequest { .. } | Kind::EndpointRequestUri { .. });
    if let Some(line) = starts.and_then(|start| case.lines[start.index..].iter().find(called).copied())
        && integration.is_some_and(|i| i.integration_type == "MOCK")
    {
        return Some(of_line(line, "calls an endpoint", "Integration", "a mock now, which calls nothing".to_owned()));
    }
    let forbidden = case.refusal.is_none() && case.told.as_ref().is_some_and(|told| told.message == "Forbidden");
    let route = case.facts.message.filter(|_| forbidden).and_then(|text| selection::route_for(snapshot, text))?;
    Some(Contradiction {
        seen: case.words().into_iter().collect(),
        stands: config(&route.route_key, "Route", "takes this message, as the API stands now"),
        line: false,
    })
}

/// How a mock gets its status for sure: by a static template.
fn gives_status(integration: &crate::api::Integration) -> Option<String> {
    if integration.integration_type != "MOCK" {
        return Some(format!("{} now, which needs no status code", integration.integration_type));
    }
    let plain = |text: &&String| text.contains("statusCode") && !text.contains(['#', '$']);
    let key = integration.template_selection_expression.as_deref().unwrap_or_default();
    let is_static = !key.contains("${") && !key.trim_start_matches('\\').starts_with("$request");
    let all_plain = integration.request_templates.values().all(|text| plain(&text));
    (missing_status(integration).is_none() && is_static && all_plain)
        .then(|| "has a template with a status code now".to_owned())
}
