//! `AWS` integrations with DynamoDB and SQS: the service's own answer, asked with the integration's role.
//!
//! The URI says what is asked: `arn:aws:apigateway:{region}:{service}:action/{Action}`, or `…:sqs:path/{account}/{queue}`.
//! Addresses and lines are as for any endpoint (facts 1.3 #10 to #18); headers and the answers' members are assumed.

use gatescope_model::api::Integration;
use gatescope_model::authorizer::function_arn;
use gatescope_model::log::{Blanks, Kind};
use gatescope_model::selection::evaluate;
use serde_json::{Value, json};

use super::credentials;
use super::execution::{Execution, Failure};
use super::integrate::{Raw, configuration_error};
use super::request::Outgoing;
use crate::clock::{basic, http_date};
use crate::{dynamodb, ids, lambda, sqs};

/// What a URI asks of which service.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Dynamodb { action: String },
    Sqs { action: Option<String>, queue: Option<String> },
}

/// What a service said.
struct Said {
    status: u16,
    body: Value,
}

/// Reads a URI; nothing when it names no service that the sandbox has.
pub(super) fn asked(uri: &str) -> Option<Asked> {
    let mut parts = uri.strip_prefix("arn:aws:apigateway:")?.splitn(3, ':');
    let (_, service, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let (kind, what) = rest.split_once('/')?;
    match (service, kind) {
        ("dynamodb", "action") => Some(Asked::Dynamodb { action: what.to_owned() }),
        ("sqs", "action") => Some(Asked::Sqs { action: Some(what.to_owned()), queue: None }),
        ("sqs", "path") => {
            let queue = what.rsplit('/').next().map(str::to_owned);
            Some(Asked::Sqs { action: None, queue })
        }
        _ => None,
    }
}

/// Asks the service and logs the traffic.
pub(super) fn call(
    execution: &mut Execution,
    integration: &Integration,
    asked: &Asked,
    outgoing: &Outgoing,
) -> Result<Raw, Failure> {
    let world = execution.world.clone();
    let role = integration.credentials_arn.as_deref().unwrap_or_default();
    let role = evaluate(role, |name| execution.variable(name));
    let assumed = credentials::assume(&world, &role).map_err(|error| configuration_error(execution, &error))?;
    let started = world.clock.now();
    let host = |service: &str| format!("https://{service}.{}.amazonaws.com", world.options.region);
    let (uri, said) = match asked {
        Asked::Dynamodb { action } => {
            let uri = format!("{}/?Action={action}", host("dynamodb"));
            trace_request(execution, &uri, "application/x-amz-json-1.0", outgoing);
            let body = outgoing.body.as_bytes();
            let resource = dynamodb::resource(&world, body);
            let said = match assumed.refusal(&format!("dynamodb:{action}"), &resource) {
                Some(message) => Err(dynamodb::Fault::denied(message)),
                None => dynamodb::act(&world, action, body),
            };
            (
                uri,
                match said {
                    Ok(body) => Said { status: 200, body },
                    Err(fault) => Said { status: 400, body: fault.body() },
                },
            )
        }
        Asked::Sqs { action, queue } => {
            let path = match (queue, action) {
                (Some(queue), _) => format!("/{}/{queue}", world.options.account),
                (None, action) => format!("/?Action={}", action.as_deref().unwrap_or_default()),
            };
            let uri = host("sqs") + &path;
            trace_request(execution, &uri, "application/x-www-form-urlencoded", outgoing);
            let (action, request) = form(outgoing, action.as_deref(), queue.as_deref());
            let resource = sqs::resource(&world, &request);
            let said = match assumed.refusal(&format!("sqs:{action}"), &resource) {
                Some(message) => Said { status: 403, body: sqs::Fault::denied(message).query_body() },
                None => match sqs::act(&world, &action, &request) {
                    Ok(result) => Said { status: 200, body: sqs_answer(&action, result) },
                    Err(fault) => Said { status: 400, body: fault.query_body() },
                },
            };
            (uri, said)
        }
    };
    let latency = world.clock.now() - started;
    execution.integration_latency = u64::try_from(latency).ok();
    Ok(answer(execution, &uri, said, latency))
}

/// Whether a function is to be called without waiting for it: `X-Amz-Invocation-Type: Event`, mapped as a header.
pub(super) fn is_event(outgoing: &Outgoing) -> bool {
    let asks = |(name, value): &(String, String)| {
        name.eq_ignore_ascii_case("x-amz-invocation-type") && value.eq_ignore_ascii_case("event")
    };
    outgoing.headers.iter().any(asks)
}

/// Has a function called; Lambda answers 202 at once, with an empty body.
pub(super) fn invoke_later(
    execution: &mut Execution,
    integration: &Integration,
    uri: &str,
    outgoing: Outgoing,
) -> Result<Raw, Failure> {
    let world = execution.world.clone();
    let Some(arn) = function_arn(uri).map(str::to_owned) else {
        return Err(configuration_error(execution, "Invalid endpoint address"));
    };
    let source = execution.arn(&execution.route_key);
    let permitted = {
        let state = world.state.lock();
        match integration.credentials_arn.as_deref().filter(|role| !role.is_empty()) {
            Some(role) => lambda::may_invoke_as(&world, &state, &arn, role),
            None => Ok(lambda::may_invoke(&world, &state, &arn, &source)),
        }
    };
    match permitted {
        Ok(true) => {}
        Ok(false) => return Err(configuration_error(execution, "Invalid permissions on Lambda function")),
        Err(error) => return Err(configuration_error(execution, &error)),
    }
    let endpoint =
        format!("https://lambda.{}.amazonaws.com/2015-03-31/functions/{arn}/invocations", world.options.region);
    trace_request(execution, &endpoint, "application/json", &outgoing);
    // Nobody waits for it. How many run at once is bounded where functions are invoked.
    tokio::spawn(async move {
        if let Err(error) = lambda::invoke(&world, &arn, &outgoing.body).await {
            tracing::debug!(?error, %arn, "asynchronous invocation");
        }
    });
    let request_id = ids::uuid();
    execution.journal.trace(Kind::ReceivedResponse { status: 202, integration_latency_ms: 0 });
    execution.journal.say(Kind::IntegrationRequestId { blanks: Blanks::NATIVE, request_id: &request_id });
    Ok(Raw { status: 202, ..Raw::default() })
}

/// A query-form body, or mapped parameters, as what they ask of SQS; a JSON body has its action in a header.
fn form(outgoing: &Outgoing, action: Option<&str>, queue: Option<&str>) -> (String, Value) {
    let target = outgoing.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("x-amz-target"));
    if let Some((_, target)) = target {
        let request = serde_json::from_str(&outgoing.body).unwrap_or_default();
        return (target.trim_start_matches("AmazonSQS.").to_owned(), request);
    }
    let mut members = outgoing.query.clone();
    members.extend(url::form_urlencoded::parse(outgoing.body.as_bytes()).into_owned());
    let (said, request) = sqs::from_form(&members, queue);
    (action.map_or(said, str::to_owned), request)
}

/// The query protocol's answer for a client that accepts JSON, as API Gateway is.
fn sqs_answer(action: &str, result: Value) -> Value {
    let mut result = result;
    if action == "SendMessage" {
        for member in ["MD5OfMessageAttributes", "MD5OfMessageSystemAttributes", "SequenceNumber"] {
            result[member] = Value::Null;
        }
    }
    json!({
        (format!("{action}Response")): {
            "ResponseMetadata": { "RequestId": ids::uuid() },
            (format!("{action}Result")): result,
        }
    })
}

/// Lines 10 to 13.
fn trace_request(execution: &mut Execution, uri: &str, content_type: &str, outgoing: &Outgoing) {
    if !execution.journal.is_traced() {
        return;
    }
    let api = &execution.place.api_id;
    let date = basic(execution.world.clock.now());
    let (stars, end) = ("*".repeat(333), ids::hex::<3>());
    let mut headers = vec![
        ("X-Amz-Date".to_owned(), date),
        ("x-amzn-apigateway-api-id".to_owned(), api.clone()),
        ("Accept".to_owned(), "application/json".to_owned()),
        ("User-Agent".to_owned(), format!("AmazonAPIGateway_{api}")),
        ("X-Amzn-Trace-Id".to_owned(), execution.trace_root.clone()),
        ("Authorization".to_owned(), stars + &end),
        ("X-Amz-Source-Arn".to_owned(), execution.arn(&execution.route_key)),
        ("Content-Type".to_owned(), content_type.to_owned()),
    ];
    for (name, value) in &outgoing.headers {
        headers.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
        headers.push((name.clone(), value.clone()));
    }
    let list: Vec<String> = headers.iter().map(|(n, v)| format!("{n}={v}")).collect();
    let journal = &mut execution.journal;
    journal.trace(Kind::EndpointRequestUri { uri });
    journal.trace(Kind::EndpointRequestHeaders { headers: &format!("{{{}}}", list.join(", ")) });
    journal.trace(Kind::EndpointRequestBody { body: &outgoing.body });
    journal.trace(Kind::SendingRequest { uri });
}

/// Lines 14 to 18, and the answer as an integration response sees it.
fn answer(execution: &mut Execution, uri: &str, said: Said, latency: i64) -> Raw {
    let request_id = ids::uuid();
    let body = said.body.to_string();
    let headers = vec![
        ("Date".to_owned(), http_date(execution.world.clock.now())),
        ("Content-Type".to_owned(), "application/json".to_owned()),
        ("Content-Length".to_owned(), body.len().to_string()),
        ("x-amzn-RequestId".to_owned(), request_id.clone()),
    ];
    let list: Vec<String> = headers.iter().map(|(n, v)| format!("{n}={v}")).collect();
    tracing::debug!(uri, status = said.status, "service integration");
    let journal = &mut execution.journal;
    let integration_latency_ms = u32::try_from(latency).unwrap_or_default();
    journal.trace(Kind::ReceivedResponse { status: said.status, integration_latency_ms });
    journal.trace(Kind::EndpointResponseHeaders { headers: &format!("{{{}}}", list.join(", ")) });
    journal.trace(Kind::EndpointResponseBody { body: &body });
    journal.say(Kind::IntegrationRequestId { blanks: Blanks::NATIVE, request_id: &request_id });
    Raw { status: said.status, body, headers, ..Raw::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_says_which_service_is_asked_for_what() {
        let uri = |rest: &str| asked(&format!("arn:aws:apigateway:us-east-1:{rest}"));
        assert_eq!(uri("dynamodb:action/PutItem"), Some(Asked::Dynamodb { action: "PutItem".into() }));
        let queue = Some("jobs".to_owned());
        assert_eq!(uri("sqs:path/123456789012/jobs"), Some(Asked::Sqs { action: None, queue }));
        let action = Some("SendMessage".to_owned());
        assert_eq!(uri("sqs:action/SendMessage"), Some(Asked::Sqs { action, queue: None }));
        for other in ["lambda:path/2015-03-31/functions/x/invocations", "s3:path/x", "dynamodb:path/x", "sqs", ""] {
            assert_eq!(uri(other), None, "{other}");
        }
        assert_eq!(asked("https://dynamodb.us-east-1.amazonaws.com"), None);
    }
}
