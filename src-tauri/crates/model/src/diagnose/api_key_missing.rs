//! `api-key-missing`: the route wants an API key and none was sent.

use super::case::{Case, Found, config, insert_config};
use super::{Cause, Confidence};
use crate::log::Kind;
use crate::verdict::Action;

pub(super) const CAUSE: Cause = Cause { id: "api-key-missing", rule };

fn rule(case: &Case) -> Option<Found> {
    let line = case.find(|kind| matches!(kind, Kind::ApiKeyRefused { api_key, .. } if api_key.masked().is_none()));
    let required = case.route().is_some_and(|route| route.api_key_required);
    let sent = case.facts.handshake.is_some_and(|h| {
        h.request_headers.iter().any(|(name, value)| name.eq_ignore_ascii_case("x-api-key") && !value.is_empty())
    });
    let setting = required.then(|| config(case.name(), "API key", "required"));
    let (confidence, evidence) = match line {
        Some(line) => {
            let mut evidence = case.line(line, "says it in AWS’s words: API Key … not authorized");
            insert_config(&mut evidence, setting);
            (case.by_log(), evidence)
        }
        // What the client sees without a key has not been recorded (facts 2, 12.1): the configuration speaks.
        None if required
            && !sent
            && case.refusal.is_some_and(|r| r.status == 403)
            && !case.gateway_failure_logged() =>
        {
            (Confidence::Likely, setting.into_iter().chain(case.words()).collect())
        }
        None => return None,
    };
    // Facts 3, API key: the other of the two expressions takes it from what the authorizer answers.
    let expression = case.facts.snapshot.map(|snapshot| snapshot.api.api_key_selection_expression.as_str());
    let from_authorizer = expression == Some("$context.authorizer.usageIdentifierKey");
    Some(Found {
        confidence,
        title: match from_authorizer {
            true => format!("{} needs an API key, and the authorizer gave none", case.name()),
            false => format!("{} needs an API key, and none was sent", case.name()),
        },
        reason: match from_authorizer {
            true => "The route requires an API key, and the API takes it from what the authorizer answers.",
            false => "The route requires an API key; the handshake carried no x-api-key header.",
        }
        .to_owned(),
        fix: match from_authorizer {
            true => "Return the key as usageIdentifierKey from the authorizer.",
            false => "Send the header x-api-key with a key of a usage plan that has this stage.",
        }
        .to_owned(),
        evidence,
        action: (!from_authorizer).then_some(Action::SendKey),
    })
}
