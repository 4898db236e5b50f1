//! Rules about functions' own policies: whether API Gateway may call them, for which route, and for whom else they are open.

use serde_json::json;

use super::integrations::filled;
use super::look::{Found, Look, Need, Rule, breaks, guide, on_route};
use super::{Severity, access};
use crate::api::Integration;
use crate::policy::{Decision, decide};
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
        find: missing,
    },
    Rule {
        id: "authorizer-permission-missing",
        severity: Severity::Connect,
        asks: "API Gateway may call the authorizer of $connect",
        reason: "The authorizer’s function has no statement that lets API Gateway call it, so every handshake that brings its identity is answered 500.",
        fix: "Let apigateway.amazonaws.com invoke it with the source ARN arn:aws:execute-api:REGION:ACCOUNT:API/authorizers/AUTHORIZER.",
        source: guide!("apigateway-websocket-api-lambda-auth"),
        needs: &[Need::Routes, Need::Authorizers, Need::Stages, Need::Permissions],
        find: authorizer,
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

/// The functions behind a URI: one for each stage where a stage variable is in its name. Only those of the API's region were
/// asked for their policies.
fn functions(look: &Look, uri: &str) -> Vec<(String, Vec<String>)> {
    let Some((_, rest)) = uri.split_once("/functions/") else { return Vec::new() };
    let arn = rest.trim_end_matches("/invocations");
    let mut all: Vec<(String, Vec<String>)> = Vec::new();
    for stage in &look.stages {
        let Some(arn) = filled(arn, stage) else { continue };
        let here = look.region().is_none_or(|region| arn.contains(&format!(":lambda:{region}:")));
        if !here {
            continue;
        }
        match all.iter_mut().find(|(known, _)| *known == arn) {
            Some((_, stages)) => stages.push(stage.stage_name.clone()),
            None => all.push((arn, vec![stage.stage_name.clone()])),
        }
    }
    all
}

/// Whether a statement lets in this caller; the account's number is not known here, so the statement's own is taken.
fn lets_in(look: &Look, permission: &Permission, tail: &str) -> bool {
    let Some(pattern) = permission.source_arn.as_deref() else { return true };
    let parts: Vec<&str> = pattern.splitn(6, ':').collect();
    let part = |at: usize, else_: &'static str| {
        parts.get(at).copied().filter(|p| !p.is_empty() && !p.contains(['*', '?'])).unwrap_or(else_).to_owned()
    };
    let region = look.region().map_or_else(|| part(3, "region"), str::to_owned);
    let caller =
        format!("arn:{}:execute-api:{region}:{}:{}/{tail}", part(1, "aws"), part(4, "1"), look.snapshot.api.api_id);
    let statement = json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"ArnLike": {"aws:SourceArn": pattern}}});
    decide(&[statement], "lambda:InvokeFunction", "*", &[("aws:SourceArn", &caller)]) == Decision::Allowed
}

fn of<'a>(look: &Look<'a>, function: &str) -> Vec<&'a Permission> {
    look.around().permissions.iter().filter(|p| p.function_arn == function).collect()
}

fn said(permissions: &[&Permission]) -> String {
    let sources: Vec<&str> = permissions.iter().filter_map(|p| p.source_arn.as_deref()).collect();
    match sources.as_slice() {
        [] => "no statement lets API Gateway in".to_owned(),
        sources => format!("its statements are for {}", sources.join(", ")),
    }
}

/// `name`, of an ARN.
fn name(function: &str) -> &str {
    function.split_once(":function:").map_or(function, |(_, name)| name)
}

fn by_policy(integration: &Integration) -> bool {
    integration.credentials_arn.as_deref().is_none_or(str::is_empty)
}

fn missing(look: &Look) -> Vec<Found> {
    let mut found = Vec::new();
    for (route, integration) in look.ways().filter(|(_, i)| by_policy(i)) {
        let key = route.route_key.as_str();
        for (function, stages) in functions(look, integration.integration_uri.as_deref().unwrap_or_default()) {
            let permissions = of(look, &function);
            let shut: Vec<&String> = stages
                .iter()
                .filter(|stage| !permissions.iter().any(|p| lets_in(look, p, &format!("{stage}/{key}"))))
                .collect();
            if shut.is_empty() {
                continue;
            }
            let some = if shut.len() < stages.len() {
                format!(" at {}", shut.iter().map(|s| s.as_str()).collect::<Vec<_>>().join(", "))
            } else {
                String::new()
            };
            let title = format!("{key}{some}: API Gateway may not call {}", name(&function));
            found.push(Found::new(title, on_route(key, "Integration", said(&permissions))).severe(breaks(key)));
        }
    }
    found
}

fn authorizer(look: &Look) -> Vec<Found> {
    let Some(authorizer) = access::attached(look) else { return Vec::new() };
    if authorizer.authorizer_credentials_arn.as_deref().is_some_and(|arn| !arn.is_empty()) {
        return Vec::new();
    }
    let tail = format!("authorizers/{}", authorizer.authorizer_id);
    let functions = functions(look, authorizer.authorizer_uri.as_deref().unwrap_or_default());
    let shut =
        functions.into_iter().filter(|(function, _)| !of(look, function).iter().any(|p| lets_in(look, p, &tail)));
    shut.map(|(function, _)| {
        let title =
            format!("API Gateway may not call {}, the function of the authorizer {}", name(&function), authorizer.name);
        Found::new(title, on_route("$connect", "Client", said(&of(look, &function))))
    })
    .collect()
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
