//! `authorizer-identity-missing`: an identity source was not sent, so the authorizer was not even asked.

use super::case::{Case, Found, config};
use super::{Cause, Confidence};
use crate::api::Authorizer;
use crate::log::Kind;
use crate::verdict::Evidence;

pub(super) const CAUSE: Cause = Cause { id: "authorizer-identity-missing", rule };

/// Longer than the gateway takes for itself between two lines, shorter than any call of a function.
const NOT_CALLED_MS: i64 = 3;

fn rule(case: &Case) -> Option<Found> {
    let missing = missing_source(case);
    let line = case.find(|kind| matches!(kind, Kind::Unauthorized { .. }));
    let told = case.told.as_ref().is_some_and(|told| told.message == "Unauthorized") && case.status() == Some(401);
    let setting = || -> Option<Evidence> {
        let source = missing.as_deref()?;
        Some(config(case.name(), "Authorizer", format!("{source} is an identity source, and it was not sent")))
    };
    let (confidence, mut evidence) = match line {
        Some(line) => {
            if asked(case) {
                return None;
            }
            let began = case.find(|kind| matches!(kind, Kind::StartingAuthorizer { .. }));
            let at = |index: usize| case.facts.request.and_then(|r| r.lines.get(index)).map(|l| l.timestamp);
            let at_once = began.and_then(|b| Some(at(line.index)? - at(b.index)? <= NOT_CALLED_MS)).unwrap_or(false);
            let sure = missing.is_some() || (began.is_some() && at_once);
            let evidence = case.line(line, "refuses the request before the authorizer was called");
            (if sure { case.by_log() } else { Confidence::Likely }, evidence)
        }
        None if told && (missing.is_some() || case.facts.snapshot.is_none()) => {
            let confidence = if missing.is_some() { Confidence::Likely } else { Confidence::Possible };
            (confidence, case.words().into_iter().collect())
        }
        None => return None,
    };
    super::case::insert_config(&mut evidence, setting());
    let sources = authorizer(case).map(|a| a.identity_source.join(", "));
    Some(Found {
        confidence,
        title: match &missing {
            Some(source) => format!("The authorizer needs {source}, and it was not sent"),
            None => "What the authorizer needs was not sent".to_owned(),
        },
        reason: format!(
            "All identity sources{} must be there and not empty; else API Gateway answers 401 without calling the authorizer.",
            sources.map(|s| format!(" ({s})")).unwrap_or_default()
        ),
        fix: "Send the identity sources. Browsers cannot set headers on a WebSocket: use the query string there."
            .to_owned(),
        evidence,
        action: None,
    })
}

/// Whether the authorizer got something to decide on.
pub(super) fn asked(case: &Case) -> bool {
    case.any(|kind| {
        matches!(
            kind,
            Kind::IncomingIdentity { .. }
                | Kind::AuthorizerResultBody { .. }
                | Kind::EndpointRequestUri { .. }
                | Kind::EndpointRequestBody { .. }
                | Kind::ValidAuthorizerPolicy { .. }
        )
    })
}

fn authorizer<'a>(case: &Case<'a>) -> Option<&'a Authorizer> {
    let id = case.route()?.authorizer_id.as_deref()?;
    case.facts.snapshot?.authorizers.iter().find(|a| a.authorizer_id == id)
}

/// The first identity source that the handshake did not carry, as far as the request shows it.
fn missing_source(case: &Case) -> Option<String> {
    let handshake = case.facts.handshake?;
    let query = handshake.url.split_once('?').map_or("", |(_, query)| query);
    let query = query.split('#').next().unwrap_or_default();
    authorizer(case)?.identity_source.iter().find_map(|source| {
        if let Some(name) = source.strip_prefix("route.request.header.") {
            let sent = handshake.request_headers.iter().any(|(n, v)| n.eq_ignore_ascii_case(name) && !v.is_empty());
            return (!sent).then(|| format!("the header {name}"));
        }
        let name = source.strip_prefix("route.request.querystring.")?;
        let sent = query.split('&').filter_map(|pair| pair.split_once('=')).any(|(n, v)| n == name && !v.is_empty());
        (!sent).then(|| format!("the query parameter {name}"))
    })
}
