//! Rules about who may connect: authorization, authorizers, API keys. Whom the gateway may call is `permissions`' business.

use super::Severity;
use super::causes::known;
use super::look::{Found, Look, Need, Rule, guide, on, on_route};
use crate::api::Authorizer;

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "authorization-off-connect",
        severity: Severity::Risk,
        asks: "Authorization is set on $connect only",
        reason: "Only $connect is authorised: an authorizer or IAM on another route does nothing, and looks as if it did.",
        fix: "Set the authorization on $connect; what it says holds for the whole connection.",
        source: guide!("apigateway-websocket-api-lambda-auth"),
        needs: &[Need::Routes],
        find: off_connect,
    },
    Rule {
        id: "authorizer-missing",
        severity: Severity::Connect,
        asks: "The authorizer of $connect is there, and a Lambda REQUEST authorizer",
        reason: "$connect asks an authorizer that WebSocket APIs can't ask: every handshake is refused.",
        fix: "Choose a Lambda REQUEST authorizer of this API; tokens of Cognito and other issuers are checked in its function.",
        source: guide!("apigateway-websocket-api-lambda-auth"),
        needs: &[Need::Routes, Need::Authorizers],
        find: authorizer_missing,
    },
    Rule {
        id: "authorizer-uri-invalid",
        severity: Severity::Connect,
        asks: "Authorizers name the invocation URI of their function",
        reason: "API Gateway can't tell which function to ask, so every handshake that needs the authorizer is answered 500.",
        fix: "Set arn:aws:apigateway:REGION:lambda:path/2015-03-31/functions/FUNCTION_ARN/invocations, then deploy.",
        source: guide!("apigateway-websocket-api-lambda-auth"),
        needs: &[Need::Routes, Need::Authorizers],
        find: authorizer_uri,
    },
    Rule {
        id: "authorizer-identity-browser",
        severity: Severity::Advice,
        asks: "Identity sources can be sent by a browser",
        reason: "A page's WebSocket can't set headers, and a handshake without an identity source is answered 401 before the authorizer is asked.",
        fix: "If clients are browsers, take the query string: route.request.querystring.NAME.",
        source: guide!("apigateway-websocket-api-lambda-auth"),
        needs: &[Need::Routes, Need::Authorizers],
        find: browsers,
    },
    Rule {
        id: "authorizer-cached",
        severity: Severity::Advice,
        asks: "No authorizer has a time to live",
        reason: "WebSocket APIs ask the authorizer at each handshake and keep its answer as long as the connection: a time to live has no effect.",
        fix: "Take authorizerResultTtlInSeconds away.",
        source: "https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-authorizers.html",
        needs: &[Need::Authorizers],
        find: |look| {
            let ttl =
                |a: &Authorizer| a.other.get("authorizerResultTtlInSeconds").and_then(|v| v.as_u64()).unwrap_or(0);
            let cached = look.snapshot.authorizers.iter().filter(|a| ttl(a) > 0);
            cached
                .map(|a| {
                    Found::new(
                        format!("{}’s time to live has no effect", a.name),
                        on(&["Authorizers", &a.name], format!("{} s", ttl(a))),
                    )
                })
                .collect()
        },
    },
    Rule {
        id: "connect-open",
        severity: Severity::Advice,
        asks: "$connect asks who is there",
        reason: "Whoever knows the address can connect, send, and use up what the account may do.",
        fix: "If that is not meant: a Lambda authorizer or IAM on $connect.",
        source: guide!("apigateway-websocket-api-control-access"),
        needs: &[Need::Routes],
        find: open,
    },
    Rule {
        id: "api-key-not-in-plan",
        severity: Severity::Connect,
        asks: "Where a key is required, a usage plan has the stage and an enabled key",
        reason: "$connect requires an API key, and a key is let in only by a usage plan that covers the stage.",
        fix: "Add the stage and a key to a usage plan.",
        source: guide!("websocket-api-protect"),
        needs: &[Need::Routes, Need::Stages, Need::ApiKeys, Need::UsagePlans],
        find: |look| known(look, "api-key-not-in-plan", |key| format!("No API key opens {key}")),
    },
    Rule {
        id: "api-key-source-missing",
        severity: Severity::Connect,
        asks: "What gives the API key is there",
        reason: "The API takes the key from an authorizer’s usageIdentifierKey, and $connect asks no authorizer.",
        fix: "Put an authorizer on $connect, or take the key from $request.header.x-api-key.",
        source: guide!("apigateway-websocket-api-selection-expressions"),
        needs: &[Need::Routes],
        find: key_source,
    },
];

fn off_connect(look: &Look) -> Vec<Found> {
    let others = look.routes.iter().filter(|r| r.route_key != "$connect");
    others
        .filter_map(|route| {
            let key = route.route_key.as_str();
            let text = match route.authorization_type.as_str() {
                "" | "NONE" => format!("authorizer {}", route.authorizer_id.as_deref().filter(|id| !id.is_empty())?),
                other => other.to_owned(),
            };
            Some(Found::new(format!("{key} has an authorization that is never asked"), on_route(key, "Client", text)))
        })
        .collect()
}

fn authorizer_missing(look: &Look) -> Vec<Found> {
    let Some(connect) = look.snapshot.route("$connect") else { return Vec::new() };
    let kind = connect.authorization_type.as_str();
    if kind == "JWT" {
        let title = "$connect asks for a JWT authorizer, which WebSocket APIs don’t have";
        return vec![Found::new(title, on_route("$connect", "Client", "JWT"))];
    }
    if kind != "CUSTOM" {
        return Vec::new();
    }
    match attached(look) {
        None => {
            let id = connect.authorizer_id.as_deref().filter(|id| !id.is_empty()).unwrap_or("none");
            vec![Found::new(
                "$connect asks an authorizer that is not there",
                on_route("$connect", "Client", format!("authorizer {id}")),
            )]
        }
        Some(a) if !matches!(a.authorizer_type.as_str(), "" | "REQUEST") => {
            let title = format!("{} is a {} authorizer, which WebSocket APIs can’t ask", a.name, a.authorizer_type);
            vec![Found::new(title, on(&["Authorizers", &a.name], a.authorizer_type.as_str()))]
        }
        Some(_) => Vec::new(),
    }
}

/// The authorizer that `$connect` asks.
pub(super) fn attached<'a>(look: &Look<'a>) -> Option<&'a Authorizer> {
    let connect = look.snapshot.route("$connect").filter(|r| r.authorization_type == "CUSTOM")?;
    let id = connect.authorizer_id.as_deref()?;
    look.snapshot.authorizers.iter().find(|a| a.authorizer_id == id)
}

fn authorizer_uri(look: &Look) -> Vec<Found> {
    let wrong = attached(look).filter(|a| {
        let uri = a.authorizer_uri.as_deref().unwrap_or_default();
        !uri.contains(":lambda:path/") && !uri.contains("${stageVariables.")
    });
    wrong
        .map(|a| {
            let uri = a.authorizer_uri.as_deref().filter(|uri| !uri.is_empty()).unwrap_or("none");
            Found::new(format!("{} asks no function", a.name), on(&["Authorizers", &a.name, "Function"], uri))
        })
        .into_iter()
        .collect()
}

/// What a page can put into a handshake: cookies of the origin, a subprotocol, and what the browser sends by itself.
fn browsers(look: &Look) -> Vec<Found> {
    const SENT: [&str; 5] = ["cookie", "host", "origin", "sec-websocket-protocol", "user-agent"];
    let Some(authorizer) = attached(look) else { return Vec::new() };
    let headers = authorizer.identity_source.iter().filter_map(|s| s.strip_prefix("route.request.header."));
    headers
        .filter(|name| !SENT.contains(&name.to_ascii_lowercase().as_str()))
        .map(|name| {
            let place = on(&["Authorizers", &authorizer.name, "Identity sources"], format!("header {name}"));
            Found::new(format!("Browsers can’t send {}’s identity source {name}", authorizer.name), place)
        })
        .collect()
}

fn open(look: &Look) -> Vec<Found> {
    if look.routes.is_empty() {
        return Vec::new();
    }
    let text = match look.snapshot.route("$connect") {
        Some(r) if !matches!(r.authorization_type.as_str(), "" | "NONE") || r.api_key_required => return Vec::new(),
        Some(_) => "no authorization, no API key",
        None => "no $connect route, so nothing is asked",
    };
    let place = match look.snapshot.route("$connect") {
        Some(_) => on_route("$connect", "Client", text),
        None => on(&["Routes"], text),
    };
    vec![Found::new("Anybody can connect", place)]
}

fn key_source(look: &Look) -> Vec<Found> {
    let from_authorizer = look.snapshot.api.api_key_selection_expression.contains("authorizer.usageIdentifierKey");
    let required =
        look.snapshot.route("$connect").is_some_and(|r| r.api_key_required && r.authorization_type != "CUSTOM");
    if !from_authorizer || !required {
        return Vec::new();
    }
    let place = on(&["API", "API key selection expression"], look.snapshot.api.api_key_selection_expression.as_str());
    vec![Found::new("Nothing gives the API key that $connect requires", place)]
}
