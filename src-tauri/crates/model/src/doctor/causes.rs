//! The causes of `diagnose` that the configuration of a route shows: the same functions find them here and beside a failure.

use super::look::{Found, Look, Need, Rule, breaks, guide, on_route};
use super::{Flaw, Severity, all, flaw};
use crate::api::{Integration, Route};
use crate::diagnose::docs::page;
use crate::verdict::Evidence;

const NEEDS: &[Need] = &[Need::Routes, Need::Integrations, Need::IntegrationResponses];

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "mock-status-missing",
        severity: Severity::Messages,
        asks: "Each mock integration gives a status code",
        reason: "A mock integration answers from its request template alone. Without a statusCode in it the gateway answers 500.",
        fix: "Give it the request template {\"statusCode\": 200} and the template selection expression \\$default, then deploy.",
        source: guide!("apigateway-websocket-api-integration-requests"),
        needs: NEEDS,
        find: |look| {
            by_route(
                look,
                "mock-status-missing",
                |key| format!("{key}: the mock integration gives no status code"),
                |_, _| None,
            )
        },
    },
    Rule {
        id: "integration-response-missing",
        severity: Severity::Messages,
        asks: "Each integration that is no proxy has a response where an answer is waited for",
        reason: "What an integration answers that is no proxy needs an integration response that takes it over, else the gateway answers 500.",
        fix: "Add an integration response with the key $default, then deploy.",
        source: guide!("apigateway-websocket-api-integration-responses"),
        needs: NEEDS,
        find: |look| {
            let title = |key: &str| format!("{key}: no integration response takes the answer over");
            by_route(look, "integration-response-missing", title, |route, integration| {
                let missing = route.is_two_way() && !integration.is_proxy() && integration.responses.is_empty();
                missing.then(|| {
                    on_route(&route.route_key, "Integration response", "0 integration responses on a two-way route")
                })
            })
        },
    },
];

/// What a rule finds on each route that has an integration: by its own eyes, or by those of `diagnose`.
pub(super) fn by_route(
    look: &Look,
    cause: &str,
    title: impl Fn(&str) -> String,
    own: impl Fn(&Route, &Integration) -> Option<Evidence>,
) -> Vec<Found> {
    let each = look.problems.iter().filter_map(|(route, problems)| {
        let known = || problems.iter().find(|problem| problem.cause == cause);
        let evidence = look
            .integration_of(route)
            .and_then(|integration| own(route, integration))
            .or_else(|| known().map(|problem| on_route(&route.route_key, problem.station, problem.text.as_str())))?;
        Some(Found::new(title(&route.route_key), evidence).severe(breaks(&route.route_key)))
    });
    each.collect()
}

/// What `diagnose` finds on each route.
pub(super) fn known(look: &Look, cause: &str, title: impl Fn(&str) -> String) -> Vec<Found> {
    by_route(look, cause, title, |_, _| None)
}

/// Causes that `diagnose` sees in the configuration and that have no words of their own here.
pub(super) fn others(look: &Look) -> Vec<Flaw> {
    if NEEDS.iter().any(|need| look.lacks(*need).is_some()) {
        return Vec::new();
    }
    let mut flaws: Vec<Flaw> = Vec::new();
    for (route, problems) in &look.problems {
        for problem in problems {
            if all().any(|rule| rule.id == problem.cause) {
                continue;
            }
            let key = route.route_key.as_str();
            let title = format!("{key}, {}: {}", problem.station.to_lowercase(), problem.text);
            let rule = Rule {
                id: problem.cause,
                severity: breaks(key),
                asks: "",
                reason: "As it stands, requests on this route fail.",
                fix: "Open the route and change it there, then deploy.",
                source: guide!("apigateway-websocket-api-overview"),
                needs: &[],
                find: |_| Vec::new(),
            };
            let again = flaws.iter().any(|flaw| flaw.rule == problem.cause);
            let found = Found::new(title, on_route(key, problem.station, problem.text.as_str()));
            flaws.push(Flaw { source: page(problem.cause), ..flaw(look, &rule, found, again) });
        }
    }
    flaws
}
