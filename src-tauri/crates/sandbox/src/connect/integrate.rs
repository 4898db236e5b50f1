//! The integration: what a route calls, and what comes back. Failures are logged here, in AWS's words (facts 2.2).

use bytes::Bytes;
use gatescope_model::api::Integration;
use gatescope_model::log::{Blanks, Kind};
use gatescope_model::selection::evaluate;
use gatescope_model::template;
use http::Method;
use serde_json::Value;
use std::time::Duration;
use tokio::time::Instant;

use super::backend::{self, Reply, Trouble};
use super::execution::{Event, Execution, Failure};
use super::faults;
use super::functions::{self, Invoked};
use super::request::{self, Outgoing};
use super::{response, services};
use crate::{chat_backend, gateway_v1, load_balancing};

/// Milliseconds that an integration may take when it does not say.
const DEFAULT_TIMEOUT_MS: u32 = 29_000;
/// Client headers of a handshake that HTTP backends don't get.
const HOP_BY_HOP: [&str; 5] = ["host", "connection", "upgrade", "content-length", "x-amzn-trace-id"];

/// What an integration answered, after its integration response.
#[derive(Debug)]
pub(super) struct Answer {
    pub status: u16,
    pub body: String,
    pub headers: Vec<(String, String)>,
}

impl Default for Answer {
    fn default() -> Self {
        Self { status: 200, body: String::new(), headers: Vec::new() }
    }
}

/// What a backend answered, before any integration response.
#[derive(Default)]
pub(super) struct Raw {
    pub status: u16,
    pub body: String,
    pub headers: Vec<(String, String)>,
    /// The function's error message, which integration responses of `AWS` integrations match.
    pub error_message: Option<String>,
    /// The body as it came, where it need not be text.
    pub bytes: Option<Bytes>,
}

/// Calls the route's integration; `None` when it has none.
pub(super) async fn integrate(execution: &mut Execution) -> Result<Option<Answer>, Failure> {
    let api = execution.place.api.clone();
    let Some(integration) = api.integration_of(&execution.route_key) else { return Ok(None) };
    let patience = u64::from(integration.timeout_in_millis.unwrap_or(DEFAULT_TIMEOUT_MS));
    let started = Instant::now();
    let world = execution.world.clone();
    let answered = world.clock.timeout(Duration::from_millis(patience), call(execution, integration)).await;
    execution.integration_latency = u64::try_from(started.elapsed().as_millis()).ok();
    match answered {
        Some(answer) => answer.map(Some),
        None => {
            execution.journal.fail(Kind::TimeoutError { rest: "" });
            Err(execution.refuse("INTEGRATION_TIMEOUT", Failure::new(504, "Endpoint request timed out")))
        }
    }
}

async fn call(execution: &mut Execution, integration: &Integration) -> Result<Answer, Failure> {
    faults::late(execution).await;
    match integration.integration_type.as_str() {
        "AWS_PROXY" => {
            let event = execution.proxy_event().to_string();
            let invoked = lambda(execution, integration, &event).await?;
            proxy_answer(execution, &invoked)
        }
        "AWS" => {
            let outgoing = request::build(execution, integration)?;
            let uri = integration.integration_uri.as_deref().unwrap_or_default();
            let uri = evaluate(uri, |name| execution.variable(name));
            if let Some(asked) = services::asked(&uri) {
                let raw = services::call(execution, integration, &asked, &outgoing)?;
                return response::answer(execution, integration, raw);
            }
            if services::is_event(&outgoing) {
                let raw = services::invoke_later(execution, integration, &uri, outgoing)?;
                return response::answer(execution, integration, raw);
            }
            let invoked = lambda(execution, integration, &outgoing.body).await?;
            let error_message = invoked.is_error.then(|| error_message(&invoked.body));
            let raw = Raw { status: 200, body: invoked.body, error_message, ..Raw::default() };
            response::answer(execution, integration, raw)
        }
        "HTTP" | "HTTP_PROXY" => {
            let outgoing = request::build(execution, integration)?;
            let reply = http(execution, integration, outgoing).await?;
            let headers = reply
                .headers
                .iter()
                .filter_map(|(n, v)| Some((n.as_str().to_owned(), v.to_str().ok()?.to_owned())))
                .collect();
            let bytes = Some(reply.body.clone());
            let body = faults::arrived(execution, reply.text());
            let raw = Raw { status: reply.status, body, headers, bytes, ..Raw::default() };
            if integration.is_proxy() {
                return Ok(Answer { status: raw.status, body: raw.body, headers: raw.headers });
            }
            response::answer(execution, integration, raw)
        }
        _ => mock(execution, integration),
    }
}

/// Logs a configuration error and gives the failure that clients see.
pub(super) fn configuration_error(execution: &mut Execution, error: &str) -> Failure {
    execution.journal.fail(Kind::ConfigurationError { error });
    execution.refuse("API_CONFIGURATION_ERROR", Failure::internal(500))
}

/// MOCK: the rendered request template names the status. What it rendered is the body that the integration response
/// sees (assumed).
fn mock(execution: &mut Execution, integration: &Integration) -> Result<Answer, Failure> {
    let body = request::build(execution, integration)?.body;
    let Some(status) = template::mock_status(&body) else {
        return Err(configuration_error(execution, template::NO_STATUS));
    };
    execution.journal.trace(Kind::EndpointRequestBody { body: &body });
    let body = faults::arrived(execution, body);
    response::answer(execution, integration, Raw { status, body, ..Raw::default() })
}

/// Calls a function; errors of its own come back as an answer, or as 502 for proxies.
async fn lambda(execution: &mut Execution, integration: &Integration, payload: &str) -> Result<Invoked, Failure> {
    let uri = integration.integration_uri.clone().unwrap_or_default();
    let uri = evaluate(&uri, |name| execution.variable(name));
    let source = execution.arn(&execution.route_key);
    let role = integration.credentials_arn.as_deref();
    let invoked = match functions::call(execution, &uri, &source, payload, role).await {
        Ok(invoked) => Invoked { body: faults::arrived(execution, invoked.body), ..invoked },
        Err(error) => return Err(configuration_error(execution, &error)),
    };
    if invoked.is_error && integration.is_proxy() {
        let error = error_message(&invoked.body);
        execution.journal.fail(Kind::LambdaFailed {
            status: 200,
            error: &error,
            lambda_request_id: &invoked.request_id,
        });
    }
    let request_id = &invoked.request_id;
    execution.journal.say(Kind::IntegrationRequestId { blanks: Blanks::NATIVE, request_id });
    if invoked.is_error && integration.is_proxy() {
        return Err(execution.refuse("INTEGRATION_FAILURE", Failure::internal(502)));
    }
    Ok(invoked)
}

fn error_message(body: &str) -> String {
    let body: Value = serde_json::from_str(body).unwrap_or_default();
    body["errorMessage"].as_str().map_or_else(|| body.to_string(), str::to_owned)
}

/// `{statusCode, headers?, body?}`, where `body` is text.
fn proxy_answer(execution: &mut Execution, invoked: &Invoked) -> Result<Answer, Failure> {
    let answer: Value = serde_json::from_str(&invoked.body).unwrap_or_default();
    let status = match &answer["statusCode"] {
        Value::Number(n) => n.as_u64().and_then(|n| u16::try_from(n).ok()),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    let status = status.filter(|s| (100..600).contains(s));
    let body = match &answer["body"] {
        Value::Null => Some(""),
        Value::String(text) => Some(text.as_str()),
        _ => None,
    };
    let (Some(status), Some(body)) = (status, body) else {
        return Err(configuration_error(execution, "Malformed Lambda proxy response"));
    };
    let headers = answer["headers"].as_object().into_iter().flatten();
    let headers = headers.filter_map(|(n, v)| Some((n.clone(), v.as_str()?.to_owned()))).collect();
    Ok(Answer { status, body: body.to_owned(), headers })
}

/// Calls a real backend.
async fn http(execution: &mut Execution, integration: &Integration, outgoing: Outgoing) -> Result<Reply, Failure> {
    linked(execution, integration)?;
    let Some(url) = url(execution, integration, &outgoing) else {
        return Err(configuration_error(execution, "Invalid endpoint address"));
    };
    let method = match integration.integration_method.as_deref() {
        None | Some("ANY" | "") => Method::POST, // assumed
        Some(method) => method.parse().unwrap_or(Method::POST),
    };
    let headers = headers(execution, &outgoing);
    // A GET has no body: walkthrough step 6.
    let bare = [Method::GET, Method::HEAD].contains(&method);
    let body = if bare { String::new() } else { outgoing.body };
    let sent = outgoing.binary.filter(|_| !bare).unwrap_or_else(|| Bytes::from(body.clone()));
    let journal = &mut execution.journal;
    if journal.is_traced() {
        let list: Vec<String> = headers.iter().map(|(n, v)| format!("{n}={v}")).collect();
        journal.trace(Kind::EndpointRequestUri { uri: url.as_str() });
        journal.trace(Kind::EndpointRequestHeaders { headers: &format!("{{{}}}", list.join(", ")) });
        journal.trace(Kind::EndpointRequestBody { body: &body });
        journal.trace(Kind::SendingRequest { uri: url.as_str() });
    }
    let started = Instant::now();
    let sent = if url.host_str() == Some(chat_backend::HOST) {
        let said = chat_backend::answer(&execution.world, &method, &url, &headers, &sent).await;
        Ok(Reply { status: said.status, headers: http::HeaderMap::new(), body: said.body.into() })
    } else {
        backend::send(&method, &url, &headers, sent).await
    };
    let reply = match sent {
        Ok(reply) => reply,
        Err(Trouble::Address) => return Err(configuration_error(execution, "Invalid endpoint address")),
        Err(Trouble::Network(error)) => {
            tracing::debug!(%error, %url, "backend");
            execution.journal.fail(Kind::NetworkError { rest: "" });
            // Status assumed: the type's default.
            return Err(execution.refuse("INTEGRATION_FAILURE", Failure::internal(504)));
        }
    };
    let latency = u32::try_from(started.elapsed().as_millis()).unwrap_or_default();
    let journal = &mut execution.journal;
    journal.trace(Kind::ReceivedResponse { status: reply.status, integration_latency_ms: latency });
    if journal.is_traced() {
        let list: Vec<String> =
            reply.headers.iter().map(|(n, v)| format!("{n}={}", String::from_utf8_lossy(v.as_bytes()))).collect();
        journal.trace(Kind::EndpointResponseHeaders { headers: &format!("{{{}}}", list.join(", ")) });
        journal.trace(Kind::EndpointResponseBody { body: &reply.text() });
    }
    Ok(reply)
}

/// VPC_LINK: the link must exist and be AVAILABLE (the texts are assumed). The private address is the URI's own: here
/// it is called as it stands, unless the load balancer is one of the sandbox's and has no healthy target: then the client is
/// told of an error and the log of none (facts 2.3 #34).
fn linked(execution: &mut Execution, integration: &Integration) -> Result<(), Failure> {
    if integration.connection_type.as_deref() != Some("VPC_LINK") {
        return Ok(());
    }
    let id = integration.connection_id.as_deref().unwrap_or_default();
    let id = evaluate(id, |name| execution.variable(name));
    let now = execution.world.clock.now();
    let found = {
        let state = execution.world.state.lock();
        gateway_v1::vpc_link(&state, &id).map(|link| {
            let nobody = link.target_arns.iter().any(|arn| load_balancing::has_nobody(&state, arn));
            (link.is_available(now), nobody)
        })
    };
    match found {
        Some((true, false)) => Ok(()),
        Some((true, true)) => Err(execution.refuse("INTEGRATION_FAILURE", Failure::internal(500))),
        Some((false, _)) => Err(configuration_error(execution, &format!("VPC link {id} is not available"))),
        None => Err(configuration_error(execution, &format!("Invalid Vpc Link identifier specified: {id}"))),
    }
}

/// The URI with its stage variables, path parameters and mapped query.
fn url(execution: &Execution, integration: &Integration, outgoing: &Outgoing) -> Option<url::Url> {
    let uri = evaluate(integration.integration_uri.as_deref()?, |name| execution.variable(name));
    let uri = outgoing.path.iter().fold(uri, |uri, (name, value)| uri.replace(&format!("{{{name}}}"), value));
    let mut url = url::Url::parse(&uri).ok().filter(|u| ["http", "https"].contains(&u.scheme()))?;
    if !outgoing.query.is_empty() {
        // A mapped parameter takes the place of the URI's own (assumed).
        let mapped = |name: &str| outgoing.query.iter().any(|(n, _)| n == name);
        let own: Vec<(String, String)> =
            url.query_pairs().filter(|(n, _)| !mapped(n)).map(|(n, v)| (n.into(), v.into())).collect();
        url.query_pairs_mut().clear().extend_pairs(own).extend_pairs(&outgoing.query);
    }
    Some(url)
}

/// The gateway's own headers, the client's on `$connect` (facts 2.3 #9), then mapped ones, which win.
fn headers(execution: &Execution, outgoing: &Outgoing) -> Vec<(String, String)> {
    let api = &execution.place.api_id;
    let mut headers: Vec<(String, String)> = Vec::new();
    if let Event::Connect { headers: sent, .. } = &execution.event {
        let passes = |name: &str| !HOP_BY_HOP.iter().any(|h| name.eq_ignore_ascii_case(h));
        headers.extend(sent.iter().filter(|(name, _)| passes(name)).cloned());
    } else {
        headers.push(("Content-Type".into(), "application/json".into())); // assumed
        headers.push(("User-Agent".into(), format!("AmazonAPIGateway_{api}")));
    }
    headers.push(("x-amzn-apigateway-api-id".into(), api.clone()));
    headers.push(("X-Amzn-Trace-Id".into(), execution.trace_root.clone()));
    headers.retain(|(n, _)| !outgoing.headers.iter().any(|(name, _)| n.eq_ignore_ascii_case(name)));
    headers.extend(outgoing.headers.iter().cloned());
    headers
}
