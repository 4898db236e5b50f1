//! The way of a request, told by its lines: which part of API Gateway was at work from which line to which.
//!
//! It may not know a book: it reads one request.

use super::RequestPhase;
use crate::correlate::Request;
use crate::log::Kind;

/// The parts of a request's way, in the order of its lines.
pub(super) fn phases(request: &Request) -> Vec<RequestPhase> {
    let mut phases: Vec<RequestPhase> = Vec::new();
    let mut last = "route";
    for (n, line) in request.lines.iter().enumerate() {
        let kind = line.kind();
        let name = name_of(&kind, last);
        let at = u32::try_from(line.timestamp.saturating_sub(request.first_at).max(0)).unwrap_or(u32::MAX);
        let n = u32::try_from(n).unwrap_or(u32::MAX);
        match phases.last_mut().filter(|phase| phase.name == name) {
            Some(phase) => {
                phase.end_ms = at;
                phase.failed |= kind.is_failure();
                phase.lines.push(n);
            }
            None => {
                // A phase lasts until the next one begins.
                if let Some(before) = phases.last_mut() {
                    before.end_ms = at;
                }
                let lines = vec![n];
                phases.push(RequestPhase {
                    name: name.to_owned(),
                    start_ms: at,
                    end_ms: at,
                    failed: kind.is_failure(),
                    lines,
                });
            }
        }
        last = name;
    }
    phases
}

/// The part that writes a line; one that any part may write belongs to the part that was at work.
fn name_of(kind: &Kind<'_>, last: &'static str) -> &'static str {
    match kind {
        Kind::VerifyingUsagePlan { .. }
        | Kind::ApiKeyRefused { .. }
        | Kind::ApiKeyNotRequired { .. }
        | Kind::ApiKeyAuthorized { .. }
        | Kind::ApiKey { .. }
        | Kind::UsagePlanSucceeded { .. }
        | Kind::UsagePlanFailed { .. }
        | Kind::KeyThrottled { .. } => "API key",
        Kind::StartingAuthorizer { .. }
        | Kind::IncomingIdentity { .. }
        | Kind::AuthorizerResultBody { .. }
        | Kind::Unauthorized { .. }
        | Kind::AuthorizerConfigurationException {}
        | Kind::ValidAuthorizerPolicy { .. }
        | Kind::AuthorizerCompleted {} => "authorizer",
        Kind::ModelMismatch { .. } => "model",
        Kind::ExtendedRequestId { .. }
        | Kind::StartingExecution { .. }
        | Kind::WebSocketRoute { .. }
        | Kind::HttpMethod { .. }
        | Kind::Connecting { .. }
        | Kind::MessageReceived { .. }
        | Kind::MessageTraced { .. }
        | Kind::MessageTracedCut { .. }
        | Kind::MethodRequestPath { .. }
        | Kind::MethodRequestQueryString { .. }
        | Kind::MethodRequestHeaders { .. }
        | Kind::MethodRequestBody { .. }
        | Kind::XRayTracingId { .. }
        | Kind::ExecutionLog { .. } => "route",
        // An authorizer's function is called with the same words.
        Kind::EndpointRequestUri { .. } | Kind::EndpointRequestHeaders { .. } | Kind::EndpointRequestBody { .. }
            if last != "authorizer" =>
        {
            "request template"
        }
        Kind::SendingRequest { .. } | Kind::ReceivedResponse { .. } | Kind::ReceivedResponseOtherwise { .. }
            if last != "authorizer" =>
        {
            "integration"
        }
        Kind::LambdaFailed { .. }
        | Kind::LambdaFailedUnnamed { .. }
        | Kind::LambdaNotInvoked { .. }
        | Kind::TimeoutError { .. }
        | Kind::NetworkError { .. }
        | Kind::IntegrationRequestId { .. } => {
            if last == "authorizer" {
                last
            } else {
                "integration"
            }
        }
        Kind::EndpointResponseHeaders { .. } | Kind::EndpointResponseBody { .. } if last != "authorizer" => {
            "integration response"
        }
        Kind::Connected { .. }
        | Kind::MessageSent { .. }
        | Kind::Disconnected { .. }
        | Kind::DisconnectedOnly { .. }
        | Kind::Completed {}
        | Kind::MethodCompleted { .. }
        | Kind::MethodResponseBody { .. }
        | Kind::MethodResponseHeaders { .. }
        | Kind::GatewayResponseType { .. }
        | Kind::GatewayResponseBody { .. }
        | Kind::GatewayResponseHeaders { .. } => "client",
        _ => last,
    }
}
