//! Rules about what nothing uses: it costs nothing, and hides what is used.

use super::Severity;
use super::look::{Found, Need, Rule, guide, on};

/// Deployments that nobody serves are told from this many on: some are wanted for the way back.
const MANY: usize = 20;

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "integration-unused",
        severity: Severity::Advice,
        asks: "Each integration is behind a route",
        reason: "No route leads to it.",
        fix: "Delete it, or give it a route.",
        source: guide!("apigateway-websocket-api-routes-integrations"),
        needs: &[Need::Routes, Need::Integrations],
        find: |look| {
            let used = |id: &str| look.routes.iter().any(|r| r.integration_id() == Some(id));
            let idle: Vec<&str> =
                look.snapshot.integrations.iter().map(|i| i.integration_id.as_str()).filter(|id| !used(id)).collect();
            some("integration", "Integrations", &idle)
        },
    },
    Rule {
        id: "model-unused",
        severity: Severity::Advice,
        asks: "Each model is attached to a route",
        reason: "No route checks anything with it.",
        fix: "Attach it on Models, or delete it.",
        source: guide!("websocket-api-request-validation"),
        needs: &[Need::Routes, Need::Models],
        find: |look| {
            let named = |name: &str| {
                look.routes.iter().any(|r| {
                    let answers = r.responses.iter().flat_map(|a| a.response_models.values());
                    r.request_models.values().chain(answers).any(|m| m == name)
                })
            };
            let idle: Vec<&str> =
                look.snapshot.models.iter().map(|m| m.name.as_str()).filter(|name| !named(name)).collect();
            some("model", "Models", &idle)
        },
    },
    Rule {
        id: "authorizer-unused",
        severity: Severity::Risk,
        asks: "Each authorizer is asked by $connect",
        reason: "The authorizer is there, and $connect does not ask it: whoever knows the address gets past it.",
        fix: "Choose it on Routes › $connect, and deploy; or delete it.",
        source: guide!("apigateway-websocket-api-lambda-auth"),
        needs: &[Need::Routes, Need::Authorizers],
        find: |look| {
            let asked = super::access::attached(look).map(|a| a.authorizer_id.as_str());
            let idle = look.snapshot.authorizers.iter().filter(|a| Some(a.authorizer_id.as_str()) != asked);
            let idle: Vec<&str> = idle.map(|a| a.name.as_str()).collect();
            let mut found = some("authorizer", "Authorizers", &idle);
            // Beside one that is asked, another one is only left over.
            found.iter_mut().filter(|_| asked.is_some()).for_each(|f| f.severity = Some(Severity::Advice));
            found
        },
    },
    Rule {
        id: "stage-variable-unused",
        severity: Severity::Advice,
        asks: "Each stage variable is used",
        reason: "Nothing in the API reads it; a function may, from its event.",
        fix: "Delete it, if no function reads it.",
        source: guide!("stage-variables"),
        needs: &[Need::Stages, Need::Routes, Need::Integrations, Need::IntegrationResponses, Need::Authorizers],
        find: |look| {
            let used = crate::limits::used_variables(look.snapshot);
            let mut found = Vec::new();
            for stage in &look.stages {
                let idle: Vec<&str> =
                    stage.stage_variables.keys().map(String::as_str).filter(|name| !used.contains(name)).collect();
                if !idle.is_empty() {
                    let place = on(&["Stages", &stage.stage_name, "Variables"], idle.join(", "));
                    found.push(Found::new(format!("{}: nothing uses {}", stage.stage_name, idle.join(", ")), place));
                }
            }
            found
        },
    },
    Rule {
        id: "deployments-unused",
        severity: Severity::Advice,
        asks: "Old deployments are few",
        reason: "Stages serve none of them, and each makes the list of ways back longer.",
        fix: "Delete those that nobody would go back to.",
        source: guide!("apigateway-set-up-websocket-deployment"),
        needs: &[Need::Stages, Need::Deployments],
        find: |look| {
            let served = |id: &str| look.snapshot.stages.iter().any(|s| s.deployment_id.as_deref() == Some(id));
            let idle = look.snapshot.deployments.iter().filter(|d| !served(&d.deployment_id)).count();
            if idle < MANY {
                return Vec::new();
            }
            vec![Found::new(
                format!("{idle} deployments are served by no stage"),
                on(&["Deployments"], format!("{idle} of {}", look.snapshot.deployments.len())),
            )]
        },
    },
    Rule {
        id: "api-undescribed",
        severity: Severity::Advice,
        asks: "The API says what it is for",
        reason: "Neither a description nor a tag tells whose it is and what it is for.",
        fix: "Write a description on APIs › Settings.",
        source: guide!("apigateway-tagging"),
        needs: &[],
        find: |look| {
            let api = &look.snapshot.api;
            if api.description.as_deref().is_some_and(|text| !text.trim().is_empty()) || !api.tags.is_empty() {
                return Vec::new();
            }
            vec![Found::new("The API has neither a description nor tags", on(&["API", "Description"], "empty"))]
        },
    },
];

/// One flaw for all that are unused.
fn some(what: &str, screen: &str, idle: &[&str]) -> Vec<Found> {
    match idle {
        [] => Vec::new(),
        [one] => vec![Found::new(format!("The {what} {one} is not used"), on(&[screen, one], "not used"))],
        [first, ..] => {
            vec![Found::new(format!("{} {what}s are not used", idle.len()), on(&[screen, first], idle.join(", ")))]
        }
    }
}
