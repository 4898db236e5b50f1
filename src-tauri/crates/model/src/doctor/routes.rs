//! Rules about routes: which messages find one, and whether an answer goes back.

use super::look::{Found, Look, Need, Rule, breaks, carries_messages, guide, on, on_route};
use super::{Severity, expressions};
use crate::verdict::Action;

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "route-without-integration",
        severity: Severity::Messages,
        asks: "Each route that takes messages has an integration",
        reason: "A message on a route without an integration reaches nobody.",
        fix: "Create an integration for the route, or delete the route.",
        source: guide!("apigateway-websocket-api-routes-integrations"),
        needs: &[Need::Routes, Need::Integrations],
        find: without_integration,
    },
    Rule {
        id: "route-not-found",
        severity: Severity::Messages,
        asks: "There is a $default route",
        reason: "A message that names no route, and every message that is not JSON, is answered Forbidden.",
        fix: "Add a $default route that says what went wrong.",
        source: guide!("websocket-api-develop-routes"),
        needs: &[Need::Routes],
        find: no_default,
    },
    Rule {
        id: "route-selection-wrong",
        severity: Severity::Messages,
        asks: "The route selection expression reads the message",
        reason: "The expression gives the same text for every message, or nothing: every message goes to one route or to $default.",
        fix: "Write a variable with its dollar, for example $request.body.action, and deploy.",
        source: guide!("apigateway-websocket-api-selection-expressions"),
        needs: &[Need::Routes],
        find: selection,
    },
    Rule {
        id: "route-unreachable",
        severity: Severity::Messages,
        asks: "Each route key can come out of the route selection expression",
        reason: "No message ever gets to this route.",
        fix: "Change the key to what the expression gives, or change the expression.",
        source: guide!("websocket-api-develop-routes"),
        needs: &[Need::Routes],
        find: unreachable,
    },
    Rule {
        id: "no-route-response",
        severity: Severity::Messages,
        asks: "Two-way routes have both the expression and the route response",
        reason: "A route is two-way only with the route response selection expression $default and a route response $default: with one of them nothing goes back to the client.",
        fix: "Make the route two-way on Routes › Answer, or take the half that is there away; then deploy.",
        source: guide!("apigateway-websocket-api-route-response"),
        needs: &[Need::Routes, Need::RouteResponses],
        find: half_two_way,
    },
    Rule {
        id: "answer-unsent",
        severity: Severity::Advice,
        asks: "What integration responses write is sent to the client",
        reason: "The integration response has a template, but the route is one-way: what it writes is thrown away.",
        fix: "Make the route two-way, or delete the template.",
        source: guide!("apigateway-websocket-api-route-response"),
        needs: &[Need::Routes, Need::RouteResponses, Need::Integrations, Need::IntegrationResponses],
        find: unsent,
    },
    Rule {
        id: "key-off-connect",
        severity: Severity::Risk,
        asks: "API keys are required on $connect only",
        reason: "A key is looked at in the handshake and nowhere else: on another route it protects nothing.",
        fix: "Require the key on $connect, and take it away here.",
        source: guide!("websocket-api-protect"),
        needs: &[Need::Routes],
        find: |look| {
            let others = look.routes.iter().filter(|r| r.api_key_required && r.route_key != "$connect");
            others
                .map(|r| {
                    let key = &r.route_key;
                    Found::new(
                        format!("{key} requires an API key, which is not looked at there"),
                        on_route(key, "Client", "API key required"),
                    )
                })
                .collect()
        },
    },
    Rule {
        id: "disconnect-missing",
        severity: Severity::Advice,
        asks: "Whoever stores connections hears when they end",
        reason: "$connect calls a backend, which probably keeps the connection's id; without $disconnect it is never told that the connection ended.",
        fix: "Add a $disconnect route. It is called at best effort, so let stored ids expire as well.",
        source: guide!("apigateway-websocket-api-route-keys-connect-disconnect"),
        needs: &[Need::Routes, Need::Integrations],
        find: no_disconnect,
    },
];

fn without_integration(look: &Look) -> Vec<Found> {
    let mut found = Vec::new();
    for route in &look.routes {
        let key = route.route_key.as_str();
        let target = route.target.as_deref().unwrap_or_default();
        if target.is_empty() {
            if carries_messages(route) {
                found.push(Found::new(format!("{key} has no integration"), on_route(key, "Integration", "none")));
            }
        } else if look.integration_of(route).is_none() {
            let evidence = on_route(key, "Integration", format!("{target}, and there is no such integration"));
            found.push(
                Found::new(format!("{key} leads to an integration that is not there"), evidence).severe(breaks(key)),
            );
        }
    }
    found
}

fn no_default(look: &Look) -> Vec<Found> {
    if look.routes.is_empty() {
        let place = on(&["Routes"], "none");
        let found = Found::new("The API has no route", place).because("Nothing can be deployed without a route.");
        return vec![
            found.severe(Severity::Connect).mend("Add $connect, $default and a route for each kind of message."),
        ];
    }
    if look.snapshot.route("$default").is_some() {
        return Vec::new();
    }
    let found = Found::new("There is no $default route", on(&["Routes"], "no route with the key $default"));
    let fixable = super::fixable(look, "route-not-found", "$default");
    vec![if fixable { found.act(Action::Fix { route_key: "$default".to_owned(), about: None }) } else { found }]
}

fn selection(look: &Look) -> Vec<Found> {
    let expression = look.snapshot.api.route_selection_expression.as_str();
    let path = ["API", "Route selection expression"];
    // Without routes of its own a fixed expression does no harm.
    let own = look.routes.iter().any(|r| !r.route_key.starts_with('$'));
    let said = expressions::said(look, |p| p.member == "routeSelectionExpression");
    let mut found: Vec<Found> = said
        .map(|text| Found::new(format!("The route selection expression is wrong: {text}"), on(&path, expression)))
        .collect();
    if found.is_empty() && own && !expression.is_empty() && expressions::fixed(expression).is_some() {
        found.push(Found::new(
            format!("The route selection expression {expression} gives the same for every message"),
            on(&path, expression),
        ));
    }
    found
}

fn unreachable(look: &Look) -> Vec<Found> {
    let expression = look.snapshot.api.route_selection_expression.as_str();
    let own = look.routes.iter().filter(|r| !matches!(r.route_key.as_str(), "$connect" | "$disconnect" | "$default"));
    own.filter_map(|route| {
        let key = route.route_key.as_str();
        let why = if key.starts_with('$') {
            format!("{key} begins with a dollar, which only AWS’s own three keys may")
        } else if key.trim() != key {
            format!("{key:?} begins or ends with a blank, which a message would have to carry")
        } else if !expressions::can_give(expression, key) {
            format!("{expression} never gives {key}")
        } else {
            return None;
        };
        Some(Found::new(format!("No message reaches {}", key.trim()), on_route(key, "Client", why)))
    })
    .collect()
}

fn half_two_way(look: &Look) -> Vec<Found> {
    let halves = look.routes.iter().filter(|r| carries_messages(r) && !r.is_two_way());
    halves
        .filter_map(|route| {
            let key = route.route_key.as_str();
            let has = |text: Option<&str>| text.is_some_and(|text| !text.is_empty());
            let text = match (has(route.route_response_selection_expression.as_deref()), route.responses.is_empty()) {
                (true, true) => "an expression, but no route response $default",
                (true, false) => "the expression is not $default, or no route response has that key",
                (false, false) => "a route response, but no route response selection expression",
                (false, true) => return None,
            };
            Some(Found::new(format!("{key} is two-way by half"), on_route(key, "Answer", text)))
        })
        .collect()
}

fn unsent(look: &Look) -> Vec<Found> {
    let one_way = look.ways().filter(|(route, _)| carries_messages(route) && !route.is_two_way());
    one_way
        .filter(|(_, i)| !i.is_proxy() && i.responses.iter().any(|r| !r.response_templates.is_empty()))
        .map(|(route, _)| {
            let key = route.route_key.as_str();
            Found::new(format!("{key} writes an answer that nobody gets"), on_route(key, "Answer", "one-way"))
        })
        .collect()
}

fn no_disconnect(look: &Look) -> Vec<Found> {
    let calls = look.ways().any(|(r, i)| r.route_key == "$connect" && i.integration_type != "MOCK");
    if !calls || look.snapshot.route("$disconnect").is_some() {
        return Vec::new();
    }
    vec![Found::new("There is no $disconnect route", on(&["Routes"], "no route with the key $disconnect"))]
}
