//! Rules about integrations: whom they call, how, and with what.

use super::Severity;
use super::causes::{by_route, known};
use super::look::{Found, Look, Need, Rule, breaks, carries_messages, guide, on_route};
use crate::api::{Integration, Route};
use crate::limits::variable_names;
use crate::verdict::Action;

const NEEDS: &[Need] = &[Need::Routes, Need::Integrations];

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "integration-uri-invalid",
        severity: Severity::Messages,
        asks: "Each integration names an address that API Gateway can call",
        reason: "API Gateway can’t tell from the integration’s URI whom to call: a function’s ARN or name alone is not enough.",
        fix: "Set https://… for HTTP, arn:aws:apigateway:REGION:lambda:path/2015-03-31/functions/FUNCTION_ARN/invocations for a function; then deploy.",
        source: guide!("apigateway-websocket-api-integration-requests"),
        needs: NEEDS,
        find: |look| {
            by_route(
                look,
                "integration-uri-invalid",
                |key| format!("{key}: the integration’s URI is no address"),
                |route, integration| wrong_uri(integration).map(|text| on_route(&route.route_key, "Integration", text)),
            )
        },
    },
    Rule {
        id: "stage-variable-missing",
        severity: Severity::Messages,
        asks: "Each stage sets the variables that the API uses",
        reason: "A variable that the stage does not set is empty: an address with a gap in it can’t be called, and a template writes nothing.",
        fix: "Set the variable on the stage. It acts without a deployment.",
        source: guide!("stage-variables"),
        needs: &[Need::Routes, Need::Integrations, Need::Authorizers, Need::Stages],
        find: missing_variable,
    },
    Rule {
        id: "get-drops-body",
        severity: Severity::Messages,
        asks: "Messages are passed on by a method that has a body",
        reason: "GET and HEAD carry no body: the backend is called, and the message is lost.",
        fix: "Use POST, then deploy.",
        source: guide!("apigateway-websocket-api-integration-requests"),
        needs: NEEDS,
        find: |look| known(look, "get-drops-body", |key| format!("{key}: the message does not reach the backend")),
    },
    Rule {
        id: "lambda-method",
        severity: Severity::Messages,
        asks: "Functions are invoked by POST",
        reason: "Lambda’s Invoke is a POST; with another method API Gateway gets an error instead of the function’s answer.",
        fix: "Set the integration’s method to POST, then deploy.",
        source: "https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html",
        needs: NEEDS,
        find: |look| {
            by_route(
                look,
                "lambda-method",
                |key| format!("{key}: the function is not invoked by POST"),
                |route, integration| {
                    let uri = integration.integration_uri.as_deref().unwrap_or_default();
                    let method =
                        integration.integration_method.as_deref().filter(|m| !matches!(*m, "" | "POST" | "ANY"))?;
                    uri.contains(":lambda:path/")
                        .then(|| on_route(&route.route_key, "Integration", format!("method {method}")))
                },
            )
        },
    },
    Rule {
        id: "vpc-link-unavailable",
        severity: Severity::Messages,
        asks: "VPC links are there, and AVAILABLE",
        reason: "A private integration is called through its link. WebSocket APIs use V1 links, to a network load balancer; V2 links are for HTTP APIs.",
        fix: "Choose a V1 link that is AVAILABLE, or make one on VPC links.",
        source: guide!("set-up-private-integration"),
        needs: &[Need::Routes, Need::Integrations, Need::Stages, Need::VpcLinks],
        find: |look| known(look, "vpc-link-unavailable", |key| format!("{key} can’t be called through its VPC link")),
    },
    Rule {
        id: "service-without-role",
        severity: Severity::Risk,
        asks: "Integrations with AWS services have a role to call them with",
        reason: "Without a role API Gateway calls the service as nobody in particular, which most services refuse.",
        fix: "Give the integration a role that API Gateway may assume and that allows the action, then deploy.",
        source: guide!("apigateway-websocket-api-integration-requests"),
        needs: NEEDS,
        find: |look| {
            let services = look.integrations().into_iter().filter(|(_, i)| {
                let uri = i.integration_uri.as_deref().unwrap_or_default();
                i.integration_type == "AWS"
                    && uri.contains(":apigateway:")
                    && !uri.contains(":lambda:path/")
                    && i.credentials_arn.as_deref().is_none_or(str::is_empty)
            });
            services
                .map(|(r, _)| {
                    Found::new(
                        format!("{} calls a service without a role", r.route_key),
                        on_route(&r.route_key, "Integration", "no role"),
                    )
                })
                .collect()
        },
    },
    Rule {
        id: "timeout-out-of-range",
        severity: Severity::Messages,
        asks: "Timeouts are between 50 ms and 29 s",
        reason: "API Gateway waits 29 s for a backend at most: a longer time is refused when the API is made, and a backend that needs it is cut off.",
        fix: "Set at most 29000 ms. What takes longer answers later, through @connections.",
        source: guide!("apigateway-execution-service-websocket-limits-table"),
        needs: NEEDS,
        find: |look| {
            timeouts(
                look,
                |ms| !(50..=29_000).contains(&ms),
                |key, ms| format!("{key}: API Gateway never waits {ms} ms"),
            )
        },
    },
    Rule {
        id: "timeout-short",
        severity: Severity::Risk,
        asks: "Backends have at least a second to answer",
        reason: "A function that starts cold, or a backend that wakes up, often needs longer: those requests end as Endpoint request timed out.",
        fix: "Give it some seconds; 29000 ms is AWS’s default.",
        source: guide!("apigateway-execution-service-websocket-limits-table"),
        needs: NEEDS,
        find: |look| {
            timeouts(look, |ms| (50..1000).contains(&ms), |key, ms| format!("{key}: the backend has only {ms} ms"))
        },
    },
    Rule {
        id: "backend-unencrypted",
        severity: Severity::Risk,
        asks: "Backends on the internet are called by https",
        reason: "Messages and tokens travel from API Gateway to the backend as anybody can read them.",
        fix: "Use https://, or a VPC link for a private backend.",
        source: guide!("data-protection"),
        needs: NEEDS,
        find: |look| {
            let plain = look.integrations().into_iter().filter_map(|(r, i)| Some((r, plain_host(i)?)));
            plain
                .map(|(r, host)| {
                    Found::new(
                        format!("{} calls {host} without encryption", r.route_key),
                        on_route(&r.route_key, "Integration", format!("http://{host}")),
                    )
                })
                .collect()
        },
    },
    Rule {
        id: "body-not-base64",
        severity: Severity::Messages,
        asks: "No integration takes messages for base64",
        reason: "WebSocket messages are text. CONVERT_TO_BINARY reads them as base64, and answers 500 to every other text.",
        fix: "Take the content handling away, then deploy.",
        source: guide!("websocket-api-develop-binary-media-types"),
        needs: NEEDS,
        find: |look| {
            by_route(
                look,
                "body-not-base64",
                |key| format!("{key} takes messages for base64"),
                |route, integration| {
                    let binary = integration.content_handling_strategy.as_deref() == Some("CONVERT_TO_BINARY");
                    (binary && carries_messages(route))
                        .then(|| on_route(&route.route_key, "Request template", "content handling CONVERT_TO_BINARY"))
                },
            )
        },
    },
    Rule {
        id: "unsupported-media-type",
        severity: Severity::Messages,
        asks: "What no template takes may pass",
        reason: "The passthrough behavior refuses what no template takes, and no template takes these: 415.",
        fix: "Add the template that the expression names, or set WHEN_NO_MATCH; then deploy.",
        source: guide!("apigateway-websocket-api-integration-requests"),
        needs: NEEDS,
        find: |look| known(look, "unsupported-media-type", |key| format!("{key} refuses every request")),
    },
];

fn wrong_uri(integration: &Integration) -> Option<String> {
    let kind = integration.integration_type.as_str();
    let uri = integration.integration_uri.as_deref().unwrap_or_default();
    if kind == "MOCK" {
        return None;
    }
    if uri.is_empty() {
        return Some("none".to_owned());
    }
    let filled_later = uri.starts_with("${stageVariables.");
    let good = match kind {
        "AWS" | "AWS_PROXY" => uri.split(':').nth(2) == Some("apigateway"),
        "HTTP" | "HTTP_PROXY" => uri.starts_with("http://") || uri.starts_with("https://"),
        _ => true,
    };
    (!good && !filled_later).then(|| uri.to_owned())
}

fn timeouts(look: &Look, wrong: impl Fn(u32) -> bool, title: impl Fn(&str, u32) -> String) -> Vec<Found> {
    let set = look.integrations().into_iter().filter_map(|(r, i)| Some((r, i.timeout_in_millis?)));
    set.filter(|(_, ms)| wrong(*ms))
        .map(|(r, ms)| {
            Found::new(title(&r.route_key, ms), on_route(&r.route_key, "Integration", format!("timeout {ms} ms")))
        })
        .collect()
}

fn missing_variable(look: &Look) -> Vec<Found> {
    let used = crate::limits::used_variables(look.snapshot);
    let mut found = Vec::new();
    for stage in &look.stages {
        for name in used.iter().filter(|name| !stage.stage_variables.contains_key(**name)) {
            let stage_name = stage.stage_name.as_str();
            let by = user(look, name);
            let severity = by.map_or(Severity::Messages, |route| breaks(&route.route_key));
            let whose = by.map(|route| format!(", which {} uses", route.route_key)).unwrap_or_default();
            let place = super::look::on(&["Stages", stage_name, "Variables"], format!("{name} is not set{whose}"));
            let mut one = Found::new(format!("{stage_name} does not set the variable {name}{whose}"), place)
                .severe(severity)
                .act(Action::SetVariable { name: (*name).to_owned() });
            one.evidence.extend(
                by.map(|route| on_route(&route.route_key, "Integration", format!("uses ${{stageVariables.{name}}}"))),
            );
            found.push(one);
        }
    }
    found
}

/// The first route whose integration uses a variable.
fn user<'a>(look: &Look<'a>, variable: &str) -> Option<&'a Route> {
    let uses = |i: &Integration| {
        let own = [&i.integration_uri, &i.connection_id, &i.credentials_arn, &i.template_selection_expression];
        let maps = i.request_parameters.values().chain(i.request_templates.values());
        let answers =
            i.responses.iter().flat_map(|r| r.response_templates.values().chain(r.response_parameters.values()));
        own.into_iter()
            .flatten()
            .chain(maps)
            .chain(answers)
            .any(|text| variable_names(text).any(|name| name == variable))
    };
    look.ways().find(|(_, i)| uses(i)).map(|(route, _)| route)
}

/// The host of a backend that is called in the clear and stands where everybody is, as far as its name tells.
fn plain_host(integration: &Integration) -> Option<&str> {
    let uri = integration.integration_uri.as_deref()?;
    if integration.connection_type.as_deref() == Some("VPC_LINK") {
        return None;
    }
    let host = uri.strip_prefix("http://")?.split(['/', ':', '?', '#']).next().filter(|host| !host.is_empty())?;
    const PRIVATE: [&str; 6] = [".localhost", ".local", ".internal", ".test", ".example", ".sandbox"];
    let numbers: Option<std::net::Ipv4Addr> = host.parse().ok();
    let here = numbers.is_some_and(|ip| ip.is_loopback() || ip.is_private() || ip.is_link_local());
    let named = host.contains('.') && !PRIVATE.iter().any(|end| host.ends_with(end)) && !host.contains("${");
    (named && !here).then_some(host)
}
