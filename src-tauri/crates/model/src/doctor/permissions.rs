//! Rules about functions' own policies: whether API Gateway may call them, for which route, and for whom else they are open.

use super::Severity;
use super::causes::known;
use super::look::{Found, Look, Need, Rule, guide, on_route};
use crate::surroundings::Permission;

const NEEDS: &[Need] = &[Need::Routes, Need::Integrations, Need::Stages, Need::Permissions];

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "lambda-permission-missing",
        severity: Severity::Messages,
        asks: "Each function may be called for each route that names it",
        reason: "The function’s policy has no statement that lets API Gateway call it for this route, so the gateway answers 500. Each route needs its own, or one for all of the API.",
        fix: "Let apigateway.amazonaws.com invoke the function with the source ARN arn:aws:execute-api:REGION:ACCOUNT:API/*/ROUTE.",
        source: guide!("apigateway-websocket-api-integrations"),
        needs: NEEDS,
        find: |look| {
            known(look, "lambda-permission-missing", |key| format!("{key}: API Gateway may not call the function"))
        },
    },
    Rule {
        id: "authorizer-permission-missing",
        severity: Severity::Connect,
        asks: "API Gateway may call the authorizer of $connect",
        reason: "The authorizer’s function has no statement that lets API Gateway call it, so every handshake that brings its identity is answered 500.",
        fix: "Let apigateway.amazonaws.com invoke it with the source ARN arn:aws:execute-api:REGION:ACCOUNT:API/authorizers/AUTHORIZER.",
        source: guide!("apigateway-websocket-api-lambda-auth"),
        needs: &[Need::Routes, Need::Authorizers, Need::Stages, Need::Permissions],
        find: |look| {
            known(look, "authorizer-permission-missing", |_| "API Gateway may not call the authorizer".to_owned())
        },
    },
    Rule {
        id: "lambda-permission-wide",
        severity: Severity::Risk,
        asks: "Functions let in this API only",
        reason: "The statement has no source ARN, or one for any API: every API Gateway of every account may invoke the function.",
        fix: "Name the API in the statement’s source ARN: arn:aws:execute-api:REGION:ACCOUNT:API/*.",
        source: "https://docs.aws.amazon.com/lambda/latest/dg/permissions-function-services.html",
        needs: NEEDS,
        find: wide,
    },
];

/// `name`, of an ARN.
fn name(function: &str) -> &str {
    function.split_once(":function:").map_or(function, |(_, name)| name)
}

fn wide(look: &Look) -> Vec<Found> {
    let any = |p: &&Permission| {
        let api = p
            .source_arn
            .as_deref()
            .map(|arn| arn.splitn(6, ':').nth(5).unwrap_or("*").split('/').next().unwrap_or("*"));
        api.is_none_or(|api| matches!(api, "*" | ""))
    };
    let open = look.around().permissions.iter().filter(any);
    open.map(|p| {
        let route =
            look.ways().find(|(_, i)| i.integration_uri.as_deref().is_some_and(|uri| uri.contains(&p.function_arn)));
        let text = format!("statement {}: {}", p.statement_id, p.source_arn.as_deref().unwrap_or("any source"));
        let place = match route {
            Some((route, _)) => on_route(&route.route_key, "Integration", text),
            None => super::look::on(&["Authorizers"], text),
        };
        Found::new(format!("Any API may call {}", name(&p.function_arn)), place)
    })
    .collect()
}
