//! What an answer alone leaves open: its status, its error type and its message, ranked by what is met most often.
//!
//! Only AWS's own sentence or error type makes a hint likely; a bare status names a family. Sources: facts 2.3, and facts 2,
//! 2.1 and 2.3, for what stands in which answer; the order within a family is assumed from what people report.

use super::hint::{Hint, LIKELY, POSSIBLE};

/// An answer, as far as it was pasted.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Told<'a> {
    pub status: u16,
    /// `x-amzn-errortype`, or empty.
    pub kind: &'a str,
    /// The message of a JSON body.
    pub message: Option<&'a str>,
    pub body: &'a str,
    /// Whether it has `x-amz-apigw-id`: an API was found (facts 2, 2.3, assumed for REST's front door).
    pub reached: bool,
    /// In the words of a WebSocket API, with the ids of a connection.
    pub socket: bool,
    /// All that is known is a number, from a client that does not print more.
    pub bare: bool,
    /// What was dialled, where the paste has it.
    pub url: &'a str,
}

/// The status that goes with an error type.
pub(super) fn of_type(kind: &str) -> Option<u16> {
    const TYPES: [(&str, u16); 22] = [
        ("UnauthorizedException", 401),
        ("ForbiddenException", 403),
        ("AccessDeniedException", 403),
        ("MissingAuthenticationToken", 403),
        ("IncompleteSignature", 403),
        ("InvalidSignature", 403),
        ("SignatureDoesNotMatch", 403),
        ("UnrecognizedClient", 403),
        ("ExpiredToken", 403),
        ("InvalidClientTokenId", 403),
        ("NotFoundException", 404),
        ("GoneException", 410),
        ("PayloadTooLarge", 413),
        ("RequestEntityTooLarge", 413),
        ("UnsupportedMediaType", 415),
        ("TooManyRequests", 429),
        ("LimitExceeded", 429),
        ("ThrottlingException", 429),
        ("BadRequestException", 400),
        ("AuthorizerConfigurationException", 500),
        ("InternalServerErrorException", 500),
        ("ServiceUnavailableException", 503),
    ];
    TYPES.iter().find(|(begins, _)| kind.starts_with(begins)).map(|(_, status)| *status)
}

/// Candidates, best first; none where the answer is no failure.
pub(super) fn hints(told: &Told) -> Vec<Hint> {
    let message = told.message.unwrap_or_default();
    let says = |words: &str| message.eq_ignore_ascii_case(words) || told.body.eq_ignore_ascii_case(words);
    let typed = |kind: &str| told.kind.starts_with(kind);
    // Somebody's own words: no error type, and none of the gateway's sentences.
    let own = told.kind.is_empty() && !told.bare && !told.body.is_empty() && !gateway_says(message, told.body);
    let likely = |cause| vec![(cause, LIKELY)];
    let possible = |causes: &[&'static str]| causes.iter().map(|cause| (*cause, POSSIBLE)).collect::<Vec<_>>();
    let first = |cause, others: &[&'static str]| [likely(cause), possible(others)].concat();
    match told.status {
        410 if typed("Gone") || !own => first("connection-gone", &["post-inside-connect"]),
        413 => likely("payload-too-large"),
        415 => likely("unsupported-media-type"),
        429 if typed("LimitExceeded") || says("Limit Exceeded") => likely("quota-exceeded"),
        429 if typed("TooManyRequests") || says("Too Many Requests") => likely("throttled"),
        200..=299 if told.bare => likely("not-a-websocket"),
        301..=308 | 405 | 426 if told.bare => likely("not-a-websocket"),
        426 => likely("not-a-websocket"),
        400..=499 if own => first_own(told.status),
        401 if typed("Unauthorized") || says("Unauthorized") => {
            first("authorizer-identity-missing", &["authorizer-unauthorized"])
        }
        401 => possible(&["authorizer-identity-missing", "authorizer-unauthorized"]),
        403 => possible(forbidden(told, message)),
        404 => possible(&["route-not-found", "not-a-websocket", "stage-not-found"]),
        429 => possible(&["throttled", "quota-exceeded", "throttle-zero"]),
        400 if told.bare => possible(&["lambda-rejected", "backend-rejects-websocket-version"]),
        500..=599 if own => possible(&["lambda-rejected", "backend-rejected"]),
        500 if typed("AuthorizerConfiguration") || (told.message == Some("") && !told.body.is_empty()) => {
            likely("authorizer-malformed")
        }
        500 if told.body.replace(' ', "") == r#"{"message":null}"# => likely("authorizer-malformed"),
        // A proxy function that fails is a 502, of REST as of `$connect` (facts 2.3); 500 is what could not be called.
        500 => possible(&[
            "lambda-permission-missing",
            "authorizer-permission-missing",
            "integration-response-missing",
            "mock-status-missing",
            "lambda-error",
        ]),
        502 => possible(&["lambda-error", "lambda-malformed-response", "lambda-timeout", "integration-network"]),
        503 => possible(&["vpc-link-unavailable", "integration-timeout", "integration-network"]),
        504 if says("Network error communicating with endpoint") => likely("integration-network"),
        504 if says("Endpoint request timed out") => likely("integration-timeout"),
        504 => possible(&["integration-timeout", "integration-network"]),
        _ => Vec::new(),
    }
}

/// A 403 in AWS's words, or without words.
fn forbidden(told: &Told, message: &str) -> &'static [&'static str] {
    let typed = |kind: &str| told.kind.starts_with(kind);
    if message.starts_with(AUTHORIZED) && !message.contains("explicit deny") {
        return &["authorizer-wrong-resource", "authorizer-denied"];
    }
    if message.starts_with(AUTHORIZED) {
        return &["authorizer-denied"];
    }
    if typed("AccessDenied") {
        return &["authorizer-denied", "iam-denied", "authorizer-wrong-resource"];
    }
    if typed("MissingAuthenticationToken") || message.eq_ignore_ascii_case("Missing Authentication Token") {
        return &["stage-not-found", "iam-unsigned", "route-not-found"];
    }
    if told.socket {
        // A WebSocket API that was found says so of a key (assumed, facts 2, 12.1).
        return &["api-key-missing", "api-key-not-in-plan", "iam-unsigned"];
    }
    let (domain, path) = dialled(told.url);
    if domain {
        return &["mapping-missing", "stage-in-domain-path", "stage-not-found", "authorizer-denied", "iam-unsigned"];
    }
    if told.bare && path == Some(true) {
        return &["stage-not-found", "stage-not-deployed", "authorizer-denied", "iam-unsigned", "lambda-rejected"];
    }
    if told.bare {
        return &["stage-not-found", "stage-not-deployed", "authorizer-denied", "iam-unsigned"];
    }
    // An API was found, and a stage: what is left is a key. With nothing found, no stage was.
    if told.reached || !told.body.is_empty() {
        return &["api-key-missing", "api-key-not-in-plan", "stage-not-found", "execute-api-disabled", "iam-unsigned"];
    }
    &["stage-not-found", "api-key-missing", "api-key-not-in-plan", "stage-not-deployed", "execute-api-disabled"]
}

/// Whether an address is that of a custom domain, and whether it has a path.
fn dialled(url: &str) -> (bool, Option<bool>) {
    let Some((_, rest)) = url.split_once("://") else { return (false, None) };
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let local = host.starts_with("localhost") || host.starts_with("127.");
    (!local && !host.contains("execute-api"), Some(!path.is_empty()))
}

const AUTHORIZED: &str = "User is not authorized to access this resource";

fn first_own(status: u16) -> Vec<Hint> {
    match status {
        404 => vec![("not-a-websocket", POSSIBLE), ("lambda-rejected", POSSIBLE)],
        _ => vec![("lambda-rejected", POSSIBLE), ("backend-rejected", POSSIBLE)],
    }
}

/// Whether a body is in the gateway's own words.
fn gateway_says(message: &str, body: &str) -> bool {
    const WHOLE: [&str; 14] = [
        "",
        "forbidden",
        "unauthorized",
        "internal server error",
        "missing authentication token",
        "too many requests",
        "limit exceeded",
        "endpoint request timed out",
        "network error communicating with endpoint",
        "service unavailable",
        "not found",
        "bad gateway",
        "invalid request body",
        "unsupported media type",
    ];
    let json = body.starts_with('{');
    let lower = if json { message.to_ascii_lowercase() } else { body.to_ascii_lowercase() };
    WHOLE.contains(&lower.as_str()) || lower.starts_with("user is not authorized") || lower.starts_with("user: ")
}

/// A frame of the gateway's own.
pub(super) fn of_frame(message: &str) -> Vec<Hint> {
    let possible = |causes: &[&'static str]| causes.iter().map(|cause| (*cause, POSSIBLE)).collect();
    match message.to_ascii_lowercase().as_str() {
        "internal server error" => possible(&[
            "lambda-error",
            "lambda-permission-missing",
            "lambda-malformed-response",
            "integration-response-missing",
            "lambda-timeout",
        ]),
        "forbidden" => vec![("route-not-found", LIKELY)],
        "too many requests" | "limit exceeded" => vec![("throttled", LIKELY)],
        "unsupported media type" => vec![("unsupported-media-type", LIKELY)],
        _ => Vec::new(),
    }
}
