//! A cause that a paste speaks of, where no rule has an API, a request or a connection to ask.
//!
//! A hint is never certain: somebody else's text, or an answer alone, leaves other causes open. Its words are general, since
//! nothing is known of whose API it is; where a rule of [`crate::diagnose`] finds the cause, the rule's words are shown.
//! Where to look next: `sentences.rs` and `status.rs`, which make hints.

use super::ExplainedCause;
use crate::verdict::Confidence;

/// A cause, and how sure.
pub(super) type Hint = (&'static str, Confidence);

pub(super) const LIKELY: Confidence = Confidence::Likely;
pub(super) const POSSIBLE: Confidence = Confidence::Possible;

/// Cause, what happened, what to do.
const WORDS: &[(&str, &str, &str)] = &[
    (
        "api-key-missing",
        "The route needs an API key, and none was sent",
        "Send the header x-api-key with a key of a usage plan that has this stage.",
    ),
    (
        "api-key-not-in-plan",
        "The API key is not good for this stage",
        "Enable the key, and add it and the stage to one usage plan.",
    ),
    (
        "api-not-found",
        "There is no API with this id in this region",
        "Dial the API’s own address; its id and its region stand in it.",
    ),
    (
        "authorizer-denied",
        "The authorizer denied the request",
        "If this caller should get in, the authorizer must allow event.methodArn for it.",
    ),
    (
        "authorizer-identity-missing",
        "What the authorizer needs was not sent",
        "Send all identity sources; browsers can only use the query string.",
    ),
    (
        "authorizer-malformed",
        "The authorizer failed, or answered something that is no policy",
        "Return principalId and policyDocument from the authorizer; its own log says whether it failed.",
    ),
    (
        "authorizer-permission-missing",
        "API Gateway may not call the authorizer’s function",
        "Add a permission for the authorizer’s ARN to the function.",
    ),
    (
        "authorizer-unauthorized",
        "The authorizer did not accept the token",
        "Send a valid token; the authorizer’s own log says what it did not like.",
    ),
    (
        "authorizer-wrong-resource",
        "The authorizer’s policy allows something else than this route",
        "Allow event.methodArn as it comes, or …/STAGE/*.",
    ),
    (
        "backend-rejects-websocket-version",
        "The backend does not take the header Sec-WebSocket-Version",
        "Map that header to '0'.",
    ),
    ("backend-rejected", "The backend behind the route said no", "It is the backend’s decision: its answer says why."),
    (
        "binary-not-supported",
        "A binary frame was sent, and WebSocket APIs take text only",
        "Send text; binary data as base64.",
    ),
    (
        "body-not-base64",
        "A body is no base64, and the integration expects it to be",
        "Correct the content handling, or what the backend answers.",
    ),
    (
        "callback-endpoint-disabled",
        "The address that is pushed to answers nothing",
        "Push to an endpoint of the API that is enabled: its custom domain, or its own host.",
    ),
    (
        "callback-url-wrong",
        "The backend pushes to an address where this API is not",
        "Push to https://{api}.execute-api.{region}.amazonaws.com/{stage}, or to the custom domain with its mapping’s key and without the stage.",
    ),
    ("closed-by-backend", "The backend closed the connection", "It is the backend’s decision; its log says why."),
    ("connection-gone", "The connection that was posted to is gone", "Forget its id, and go on with the others."),
    (
        "connection-id-invalid",
        "What was posted to is no connection id",
        "Use the id as requestContext.connectionId has it, URL-encoded once.",
    ),
    (
        "connection-lost",
        "The connection broke without a close frame",
        "Connect again; let clients do so by themselves.",
    ),
    ("dns-not-found", "The host’s name does not resolve", "Check the name, and for a custom domain write its record."),
    (
        "dns-wrong-target",
        "The domain’s record points at a host that does not serve it",
        "Point the record at the custom domain’s own d-… target, not at an API’s own host.",
    ),
    (
        "execute-api-disabled",
        "The API’s own host is disabled",
        "Dial the custom domain, or enable the endpoint and deploy.",
    ),
    (
        "frame-too-large",
        "A frame or message was larger than API Gateway takes",
        "Keep frames to 32 KB and messages to 128 KB.",
    ),
    (
        "iam-denied",
        "The one who signed may not do this",
        "Attach a policy that allows execute-api:Invoke, or take the Deny away.",
    ),
    (
        "iam-signature-invalid",
        "The signature does not hold",
        "Sign again: the host that is really dialled, the API’s region, the service execute-api, a clock that is right, credentials that are still valid.",
    ),
    (
        "iam-unsigned",
        "A signature is needed, and none was sent",
        "Sign with credentials that may execute-api:Invoke it.",
    ),
    (
        "idle-timeout",
        "Nothing was sent for 10 minutes, so the connection was closed",
        "Send a message at least every 9 minutes, and connect again when it ends all the same.",
    ),
    (
        "integration-network",
        "The backend could not be reached",
        "Check that the endpoint is reachable from API Gateway: host, port, TLS, and the VPC link if there is one.",
    ),
    (
        "integration-response-missing",
        "Nothing takes over what the integration answered",
        "Add an integration response with the key $default (REST: with a method response for that status), then deploy.",
    ),
    (
        "integration-role-denied",
        "The integration’s role may not do what the integration asks for",
        "Allow the action on the resource in the role’s policy.",
    ),
    (
        "integration-role-not-assumable",
        "API Gateway may not assume the integration’s role",
        "Let the role trust apigateway.amazonaws.com.",
    ),
    (
        "integration-timeout",
        "The backend did not answer in time",
        "Answer sooner, or answer at once and send the result later through @connections.",
    ),
    (
        "integration-uri-invalid",
        "What stands where the integration’s address belongs is none",
        "Set the integration URI: https://… for HTTP, the invocation URI of the function (with POST) for Lambda.",
    ),
    ("lambda-error", "The function failed", "Open the function’s own log at this time."),
    (
        "lambda-malformed-response",
        "The function answered without a status code that can be used",
        "Return {\"statusCode\": 200} from the function.",
    ),
    (
        "lambda-permission-missing",
        "API Gateway may not call the function",
        "Add a permission for this route to the function.",
    ),
    (
        "lambda-rejected",
        "The function answered no, in its own words",
        "It is the function’s decision: its answer says why.",
    ),
    (
        "lambda-timeout",
        "The function timed out",
        "Make it answer sooner, or raise the function’s timeout, up to the 29 s that API Gateway waits.",
    ),
    (
        "log-role-missing",
        "API Gateway has no role to write logs with",
        "Create the role, set it in the account’s settings, then turn on logs.",
    ),
    (
        "log-role-refused",
        "API Gateway can’t use the role for its logs",
        "Correct its trust and policy; if the role is new, try again in some seconds.",
    ),
    (
        "manage-connections-denied",
        "Whoever pushes may not: no policy allows execute-api:ManageConnections",
        "Allow execute-api:ManageConnections on …/{stage}/*/@connections/*.",
    ),
    ("mapped-header-forbidden", "The integration maps a header that API Gateway sets itself", "Take the mapping away."),
    ("mapping-missing", "The domain maps this path to no API", "Create the mapping, or dial one that is there."),
    ("max-duration", "The connection was 2 hours old, so it was closed", "Let clients connect again by themselves."),
    (
        "mock-status-missing",
        "The MOCK integration’s template gives no status code",
        "Let the template give {\"statusCode\": 200}.",
    ),
    ("model-validation-failed", "The body does not match its model", "Correct the message, or the model."),
    (
        "not-a-websocket",
        "Whatever answered opens no WebSocket at this address",
        "Dial the WebSocket API’s own address, with wss:// and its stage.",
    ),
    ("payload-too-large", "The payload is larger than 128 KB", "Split it, or send a link to it."),
    (
        "post-inside-connect",
        "$connect posts to the connection that it is opening",
        "Keep the id in $connect, and post later.",
    ),
    ("quota-exceeded", "The API key has used up its quota", "Raise the plan’s quota, or wait for its next period."),
    ("request-template-failed", "The request template could not be applied", "Correct the template."),
    ("response-template-failed", "The response template could not be applied", "Correct the template."),
    ("route-not-found", "No route takes this", "Correct the message, or add a $default route and deploy."),
    ("route-without-integration", "A route has no integration", "Create one, then deploy."),
    (
        "stage-in-domain-path",
        "The path names a stage, and the domain has it in its mapping already",
        "Dial the domain with its mapping’s key alone.",
    ),
    ("stage-not-deployed", "Nothing is deployed to the stage", "Deploy the API to it."),
    (
        "stage-not-found",
        "The address leads to no stage of the API",
        "Dial {api}.execute-api.{region}.amazonaws.com/{stage}, and nothing after the stage.",
    ),
    (
        "stage-variable-missing",
        "The integration’s address names a stage variable that is not set",
        "Set the variable on the stage.",
    ),
    (
        "throttle-zero",
        "A rate limit is written as 0, which refuses everything",
        "Remove the zeros from the throttling settings.",
    ),
    ("throttled", "A limit was reached: the request was not let through", "Try again more slowly, or raise the limit."),
    (
        "tls-name-mismatch",
        "The certificate is for another name",
        "Give the host a certificate with its name, or dial the name that it has.",
    ),
    (
        "tls-untrusted",
        "The certificate is not trusted here",
        "Use a certificate that is valid and from a public authority; look for a proxy that replaces it.",
    ),
    ("tls-version", "Client and host have no version of TLS in common", "Let the client speak TLS 1.2 or newer."),
    ("unsupported-media-type", "The content type is not taken", "Add a template for it, or let it pass through."),
    (
        "vpc-link-unavailable",
        "The VPC link or what is behind it can’t be used",
        "Look after the link’s status, its load balancer’s targets and their security groups.",
    ),
];

/// The hint as it is shown.
pub(super) fn explained((cause, confidence): Hint, evidence: Vec<u32>) -> Option<ExplainedCause> {
    let (_, title, fix) = WORDS.iter().find(|(id, ..)| *id == cause)?;
    let confidence = confidence.min(LIKELY);
    Some(ExplainedCause {
        cause: cause.to_owned(),
        confidence,
        evidence,
        title: (*title).to_owned(),
        fix: (*fix).to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_that_has_words_here_is_one() {
        for (id, ..) in WORDS {
            assert!(crate::diagnose::knows(id), "{id}");
        }
    }
}
