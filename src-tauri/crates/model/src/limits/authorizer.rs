//! Lambda REQUEST authorizers, by the 63 recorded admission cases (facts 2, 8).

use std::collections::HashSet;

use super::{Place, Problem, is_filled_later, is_role_arn};
use crate::api::{Authorizer, Snapshot};
use crate::resource::Kind;

/// Members that a WebSocket API's authorizer can't have.
const FORBIDDEN: [&str; 4] =
    ["authorizerPayloadFormatVersion", "authorizerResultTtlInSeconds", "enableSimpleResponses", "jwtConfiguration"];

pub(super) fn check(base: &Snapshot, draft: &Snapshot, found: &mut Vec<Problem>) {
    let mut names = HashSet::new();
    for authorizer in &draft.authorizers {
        let before = base.authorizers.iter().find(|a| a.authorizer_id == authorizer.authorizer_id);
        let mut at = Place::new(found, Kind::Authorizer, &authorizer.authorizer_id);
        if authorizer.name.is_empty() {
            at.refuse("name", "an authorizer needs a name"); // botocore: required
        } else if !names.insert(authorizer.name.as_str()) {
            at.warn("name", "two authorizers have this name");
        }
        at.length("name", Some(&authorizer.name), 128); // botocore
        if authorizer.authorizer_type != "REQUEST" {
            at.refuse(
                "authorizerType",
                "Invalid authorizer type. Only REQUEST authorizer type is supported on WEBSOCKET protocol Apis.",
            );
        }
        uri(&mut at, authorizer.authorizer_uri.as_deref().unwrap_or_default());
        for source in &authorizer.identity_source {
            identity(&mut at, source);
        }
        if let Some(arn) = authorizer.authorizer_credentials_arn.as_deref().filter(|arn| !is_role_arn(arn)) {
            // AWS refuses the empty text as well; a member that goes is not sent.
            if !arn.is_empty() {
                at.refuse("authorizerCredentialsArn", "Invalid role ARN");
            }
        }
        others(&mut at, authorizer, before);
    }
}

/// Assumed: like an integration's.
fn uri(at: &mut Place<'_>, uri: &str) {
    at.length("authorizerUri", Some(uri), 2048); // botocore
    if uri.is_empty() {
        at.warn("authorizerUri", "it asks nobody yet: choose a function");
    } else if !uri.contains(":lambda:path/") && !is_filled_later(uri) {
        at.warn(
            "authorizerUri",
            "it has to be the invocation ARN: arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{function ARN}/invocations",
        );
    }
}

fn identity(at: &mut Place<'_>, source: &str) {
    if source.is_empty() {
        return;
    }
    let roots = ["route.request.querystring.", "route.request.header.", "stageVariables.", "context."];
    let name = roots.iter().find_map(|root| source.strip_prefix(root)).unwrap_or_default();
    if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b)) {
        let bare = source.trim_start_matches('$');
        let hint = match bare.split_once('.') {
            Some(("request" | "method", rest)) => {
                format!(" Write route.request.{}", rest.strip_prefix("request.").unwrap_or(rest))
            }
            Some(("context" | "stageVariables", _)) if bare != source => format!(" Write {bare}"),
            _ => String::new(),
        };
        return at.refuse(
            "identitySource",
            format!(
                "Invalid request identity source expression: {source}. Each source is route.request.querystring.X, \
                 route.request.header.X, stageVariables.X or context.X.{hint}"
            ),
        );
    }
    // facts 3.
    if ["context.eventType", "context.messageDirection"].contains(&source) {
        at.refuse("identitySource", format!("{source} can't be an identity source"));
    }
}

fn others(at: &mut Place<'_>, authorizer: &Authorizer, before: Option<&Authorizer>) {
    for member in FORBIDDEN {
        let value = authorizer.other.get(member).filter(|value| !value.is_null());
        if value.is_some() && before.is_none_or(|b| b.other.get(member) != value) {
            let name = member[..1].to_uppercase() + &member[1..];
            at.refuse(member, format!("{name} cannot be set for WEBSOCKET protocol Apis."));
        }
    }
    if let Some(pattern) = authorizer.other.get("identityValidationExpression").and_then(|v| v.as_str())
        && regex::Regex::new(pattern).is_err()
    {
        at.refuse("identityValidationExpression", format!("Invalid validation expression: {pattern}"));
    }
}
