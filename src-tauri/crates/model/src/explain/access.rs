//! Rows of access logs: the response type that a stage's format wrote, or the status alone.
//!
//! Types are AWS's gateway response types (facts 2.3); a format gives their fields any name, and tables or JSON stand around
//! them. Of a type that is also a common word the field's name must say that it is one.

use super::hint::{Hint, LIKELY, POSSIBLE};
use super::pasted::Pasted;
use super::status::{self, Told};

const TYPES: &[(&str, &[Hint])] = &[
    ("INTEGRATION_TIMEOUT", &[("integration-timeout", LIKELY)]),
    (
        "INTEGRATION_FAILURE",
        &[("integration-network", POSSIBLE), ("lambda-error", POSSIBLE), ("vpc-link-unavailable", POSSIBLE)],
    ),
    (
        "AUTHORIZER_CONFIGURATION_ERROR",
        &[("authorizer-permission-missing", POSSIBLE), ("authorizer-malformed", POSSIBLE)],
    ),
    ("AUTHORIZER_FAILURE", &[("authorizer-malformed", POSSIBLE), ("authorizer-permission-missing", POSSIBLE)]),
    (
        "API_CONFIGURATION_ERROR",
        &[
            ("lambda-permission-missing", POSSIBLE),
            ("lambda-malformed-response", POSSIBLE),
            ("integration-uri-invalid", POSSIBLE),
            ("integration-response-missing", POSSIBLE),
        ],
    ),
    ("BAD_REQUEST_BODY", &[("model-validation-failed", LIKELY)]),
    ("BAD_REQUEST_PARAMETERS", &[("model-validation-failed", POSSIBLE)]),
    ("INVALID_API_KEY", &[("api-key-missing", POSSIBLE), ("api-key-not-in-plan", POSSIBLE)]),
    ("INVALID_SIGNATURE", &[("iam-signature-invalid", LIKELY)]),
    ("EXPIRED_TOKEN", &[("iam-signature-invalid", LIKELY)]),
    (
        "MISSING_AUTHENTICATION_TOKEN",
        &[("stage-not-found", POSSIBLE), ("iam-unsigned", POSSIBLE), ("route-not-found", POSSIBLE)],
    ),
    ("QUOTA_EXCEEDED", &[("quota-exceeded", LIKELY)]),
    ("REQUEST_TOO_LARGE", &[("payload-too-large", LIKELY)]),
    ("RESOURCE_NOT_FOUND", &[("route-not-found", LIKELY), ("stage-not-found", POSSIBLE)]),
    ("UNSUPPORTED_MEDIA_TYPE", &[("unsupported-media-type", LIKELY)]),
    (
        "ACCESS_DENIED",
        &[("authorizer-denied", LIKELY), ("iam-denied", POSSIBLE), ("authorizer-wrong-resource", POSSIBLE)],
    ),
    ("UNAUTHORIZED", &[("authorizer-identity-missing", LIKELY), ("authorizer-unauthorized", POSSIBLE)]),
    ("THROTTLED", &[("throttled", LIKELY)]),
];

/// What the first row with a failure tells.
pub(super) fn hints(text: &Pasted) -> Option<(Vec<Hint>, usize)> {
    let typed = TYPES.iter().find_map(|(name, hints)| Some((hints.to_vec(), named(text, name)?)));
    typed.or_else(|| by_status(text))
}

/// Where a type stands as the value of a field that is one.
fn named(text: &Pasted, name: &str) -> Option<usize> {
    text.text.match_indices(name).map(|(at, _)| at).find(|&at| {
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let whole = !text.text[..at].ends_with(word) && !text.text[at + name.len()..].starts_with(word);
        let front = text.lower.floor_char_boundary(at.saturating_sub(28));
        let field = text.lower[front..at].contains("type") || text.lower[front..at].contains("error");
        whole && (field || name.matches('_').count() > 1)
    })
}

/// A status from 400 on, where the text is an access log's: it names the request in AWS's own variables.
fn by_status(text: &Pasted) -> Option<(Vec<Hint>, usize)> {
    let json = text.lower.contains("requestid")
        && ["routekey", "httpmethod", "resourcepath", "eventtype", "extendedrequestid"]
            .iter()
            .any(|name| text.lower.contains(name));
    let (status, at) = match json {
        true => text.number_after(&["\"status\"", "\"statuscode\"", " status="], |n| (400..600).contains(&n))?,
        // `"GET /prod HTTP/1.1" 502`.
        false => text.number_after(&[" http/1.1\"", " http/2.0\"", " http/1.0\""], |n| (400..600).contains(&n))?,
    };
    let message = text.lower.contains("\"eventtype\":\"message\"") || text.lower.contains("\"eventtype\": \"message\"");
    // What the integration itself answered is its own decision.
    let own = text
        .number_after(&["\"integration_status\"", "\"integration.status\"", "\"integrationstatus\""], |n| n == status);
    let hints = match status {
        _ if own.is_some() => vec![("lambda-rejected", POSSIBLE), ("backend-rejected", POSSIBLE)],
        403 if message => vec![("route-not-found", POSSIBLE)],
        _ => status::hints(&Told { status, bare: true, ..Told::default() }),
    };
    Some((hints, at))
}
