//! Lambda REQUEST authorizers: identity sources, the call, and what may be made of its answer.
//!
//! Every outcome is a recorded handshake (facts 2, 2.1 and 3); lines are those of REST APIs (facts 1.3 #29 to #33).

use std::sync::Arc;
use std::time::Duration;

use gatescope_model::api::Authorizer;
use gatescope_model::log::Kind;
use gatescope_model::selection::text_of;
use serde_json::{Map, Value, json};

use super::{INVOKE, mask};
use crate::connect::execution::{Event, Execution, Failure};
use crate::connect::functions::{self, Invoked};
use gatescope_model::policy::{self, Decision};

/// An authorizer has as long as an integration (assumed).
const PATIENCE: Duration = Duration::from_secs(29);
/// Bytes of an authorizer's answer (facts 5.1).
const RESULT_LIMIT: usize = 8 * 1024;
/// What Jackson knows. `errorMessage` is among them: the recorded complaint about a crash is of `errorType`.
const KNOWN: [&str; 5] = ["principalId", "policyDocument", "context", "usageIdentifierKey", "errorMessage"];

/// Asks the authorizer; gives its `usageIdentifierKey`.
pub(super) async fn ask(execution: &mut Execution, authorizer: &Authorizer) -> Result<Option<String>, Failure> {
    let request_id = execution.request_id.clone();
    let authorizer_id = authorizer.authorizer_id.as_str();
    execution.journal.say(Kind::StartingAuthorizer { authorizer_id, request_id: &request_id });
    let Some(identity) = identity(execution, authorizer) else { return Err(unauthorized(execution)) };
    execution.journal.say(Kind::IncomingIdentity { identity: &identity });
    let arn = execution.arn("$connect");
    let event = execution.authorizer_event(&arn).to_string();
    let clock = execution.world.clone();
    let started = clock.clock.now();
    let answered = clock.clock.timeout(PATIENCE, invoke(execution, authorizer, &event)).await;
    let latency = u64::try_from(clock.clock.now() - started).unwrap_or_default();
    let invoked = match answered {
        Some(Ok(invoked)) => invoked,
        Some(Err(error)) => {
            execution.journal.fail(Kind::ConfigurationError { error: &error });
            return Err(unusable(execution, "Authorizer error", "Internal server error"));
        }
        // Assumed: facts 2 section 12.4, no capture of an authorizer that is too slow.
        None => return Err(unusable(execution, "Authorizer error", "Internal server error")),
    };
    execution.journal.trace(Kind::AuthorizerResultBody { body: &invoked.body });
    if invoked.is_error && error_message(&invoked) == "Unauthorized" {
        return Err(unauthorized(execution));
    }
    let said = match read(&invoked.body) {
        Ok(said) => said,
        Err(error) => {
            let error = format!("Invalid JSON in response: {error}");
            return Err(unusable(execution, &error, ""));
        }
    };
    // Logged for a Deny too (facts 2 section 1): the answer could be read.
    let masked = mask(said.principal.as_deref().unwrap_or_default());
    execution.journal.say(Kind::ValidAuthorizerPolicy { principal: &masked });
    execution.journal.say(Kind::AuthorizerCompleted {});
    let verdict = decide(execution, &said.statements, &arn);
    execution.access.insert(
        "authorizer".into(),
        json!({
            "integrationStatus": 200, "integrationLatency": latency, "latency": latency,
            "requestId": invoked.request_id, "status": if verdict.is_ok() { 200 } else { 403 },
        }),
    );
    if let Err(failure) = verdict {
        return Err(execution.refuse("ACCESS_DENIED", failure));
    }
    let key = said.usage_key.clone();
    keep(execution, said, latency);
    Ok(key)
}

/// Calls the function, with the authorizer's own role when it has one.
async fn invoke(execution: &mut Execution, authorizer: &Authorizer, event: &str) -> Result<Invoked, String> {
    let role = authorizer.authorizer_credentials_arn.as_deref().filter(|arn| !arn.is_empty());
    let uri = authorizer.authorizer_uri.as_deref().unwrap_or_default();
    let place = format!("{}/authorizers/{}", execution.place.api_id, authorizer.authorizer_id);
    let source = execution.world.arn("execute-api", &place);
    functions::call(execution, uri, &source, event, role).await
}

fn unauthorized(execution: &mut Execution) -> Failure {
    execution.journal.fail(Kind::Unauthorized { request_id: &execution.request_id });
    execution.refuse("UNAUTHORIZED", Failure::new(401, "Unauthorized"))
}

/// A line for the log, the exception's own line, and the 500.
pub(super) fn unusable(execution: &mut Execution, error: &str, message: &str) -> Failure {
    execution.journal.fail(Kind::ConfigurationError { error });
    execution.journal.fail(Kind::AuthorizerConfigurationException {});
    execution.access.insert("authorizer".into(), json!({ "status": 500, "error": error }));
    // An answer that can't be used is a configuration error; a function that can't be called is a failure (the types
    // of facts 2.3; which goes with which is assumed).
    let kind = if message.is_empty() { "AUTHORIZER_CONFIGURATION_ERROR" } else { "AUTHORIZER_FAILURE" };
    execution.refuse(kind, Failure::new(500, message))
}

/// Remembers for the connection's later events what the authorizer said (facts 3).
fn keep(execution: &mut Execution, said: Said, latency: u64) {
    let mut authorizer = Map::new();
    authorizer.extend(said.principal.map(|p| ("principalId".to_owned(), Value::String(p))));
    authorizer.extend(said.context);
    if let Some(peer) = Arc::get_mut(&mut execution.peer) {
        peer.authorizer = authorizer;
    }
    if let Event::Connect { authorizer_latency, .. } = &mut execution.event {
        *authorizer_latency = Some(latency);
    }
}

/// All identity sources, masked for the log; nothing if one is missing or empty. Names of headers match in any case,
/// and of repeated parameters the last counts (facts 2 section 3).
fn identity(execution: &Execution, authorizer: &Authorizer) -> Option<String> {
    let values: Option<Vec<String>> = authorizer
        .identity_source
        .iter()
        .map(|source| {
            let value = text_of(&execution.variable(source)?);
            (!value.is_empty()).then(|| format!("{source}={}", mask(&value)))
        })
        .collect();
    values.map(|values| format!("{{{}}}", values.join(", ")))
}

fn error_message(invoked: &Invoked) -> String {
    let body: Value = serde_json::from_str(&invoked.body).unwrap_or_default();
    text_of(&body["errorMessage"])
}

/// What an authorizer said.
#[derive(Debug)]
struct Said {
    principal: Option<String>,
    /// All of them texts; null members are gone.
    context: Map<String, Value>,
    statements: Vec<Value>,
    usage_key: Option<String>,
}

/// The error is Jackson's sentence where it is known, else assumed.
fn read(body: &str) -> Result<Said, String> {
    if body.len() > RESULT_LIMIT {
        return Err(format!("the response is larger than {RESULT_LIMIT} bytes")); // assumed: facts 2 section 12.4
    }
    let answer: Value = serde_json::from_str(body).map_err(|e| e.to_string())?;
    let members = answer.as_object().ok_or("Cannot deserialize instance of authorizer response")?;
    if let Some(unknown) = members.keys().find(|k| !KNOWN.contains(&k.as_str())) {
        return Err(format!("Unrecognized field \"{unknown}\" , not marked as ignorable"));
    }
    let context = match &answer["context"] {
        Value::Null => Map::new(),
        Value::Object(context) if context.values().all(is_scalar) => {
            context.iter().filter(|(_, v)| !v.is_null()).map(|(k, v)| (k.clone(), Value::String(text_of(v)))).collect()
        }
        _ => return Err("Cannot deserialize instance of context".into()),
    };
    let statements = match &answer["policyDocument"]["Statement"] {
        Value::Array(statements) => statements.clone(),
        statement @ Value::Object(_) => vec![statement.clone()],
        _ => return Err("Cannot deserialize instance of policyDocument".into()),
    };
    if !statements.iter().all(|s| s["Effect"] == "Allow" || s["Effect"] == "Deny") {
        return Err("Cannot deserialize instance of Effect".into());
    }
    let text = |name: &str| scalar(&answer[name]).ok_or(format!("Cannot deserialize instance of {name}"));
    Ok(Said { principal: text("principalId")?, context, statements, usage_key: text("usageIdentifierKey")? })
}

fn is_scalar(value: &Value) -> bool {
    !value.is_object() && !value.is_array()
}

/// A scalar as text, inside `Some`; absent and null are no text.
fn scalar(value: &Value) -> Option<Option<String>> {
    is_scalar(value).then(|| (!value.is_null()).then(|| text_of(value)))
}

/// Deny wins, then Allow; else nobody said yes.
fn decide(execution: &Execution, statements: &[Value], arn: &str) -> Result<(), Failure> {
    let peer = &execution.peer;
    let context = [("aws:SourceIp", peer.source_ip.as_str()), ("aws:UserAgent", peer.user_agent.as_str())];
    let why = match policy::decide(statements, INVOKE, arn, &context) {
        Decision::Allowed => return Ok(()),
        Decision::ExplicitDeny => "with an explicit deny in an identity-based policy",
        Decision::ImplicitDeny => "because no identity-based policy allows the execute-api:Invoke action",
    };
    Err(Failure::new(403, &format!("User is not authorized to access this resource {why}")))
}
