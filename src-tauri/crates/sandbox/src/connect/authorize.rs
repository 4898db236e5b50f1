//! Who may connect: API keys, signatures, and Lambda REQUEST authorizers. Only `$connect` is ever authorised.
//!
//! Outcomes, statuses and messages: the recorded handshakes (facts 2, 2.1 and 3); order of lines: facts 2 section 1.

use std::sync::Arc;

use gatescope_model::api::Authorizer;
use gatescope_model::log::{Key, Kind};
use gatescope_model::selection::text_of;
use serde_json::{Map, Value};
use std::time::Duration;
use tokio::time::Instant;

use super::execution::{Event, Execution, Failure};
use super::functions::{self, Invoked};
use crate::front::Call;

/// An authorizer has as long as an integration (assumed).
const PATIENCE: Duration = Duration::from_secs(29);

/// Lets the request pass, or says what the client sees.
pub(super) async fn authorize(execution: &mut Execution, call: &Call) -> Result<(), Failure> {
    let api = execution.place.api.clone();
    let Some(route) = api.route("$connect") else { return Ok(()) };
    match route.authorization_type.as_str() {
        "AWS_IAM" if call.scope().is_none() => {
            // That it is 403 is reported, the words are those of @connections.
            Err(Failure::new(403, "Missing Authentication Token"))
        }
        "CUSTOM" => {
            let id = route.authorizer_id.as_deref().unwrap_or_default();
            match api.authorizers.iter().find(|a| a.authorizer_id == id) {
                Some(authorizer) => custom(execution, authorizer).await,
                None => Err(configuration_error(execution, "Authorizer error", "Internal server error")),
            }
        }
        _ => Ok(()),
    }
}

async fn custom(execution: &mut Execution, authorizer: &Authorizer) -> Result<(), Failure> {
    let request_id = execution.request_id.clone();
    let authorizer_id = authorizer.authorizer_id.as_str();
    execution.journal.say(Kind::StartingAuthorizer { authorizer_id, request_id: &request_id });
    let Some(identity) = identity(execution, authorizer) else {
        execution.journal.fail(Kind::Unauthorized { request_id: &request_id });
        return Err(Failure::new(401, "Unauthorized"));
    };
    execution.journal.say(Kind::IncomingIdentity { identity: &identity });
    let arn = execution.arn("$connect");
    let event = execution.authorizer_event(&arn).to_string();
    let uri = authorizer.authorizer_uri.as_deref().unwrap_or_default();
    let place = format!("{}/authorizers/{authorizer_id}", execution.place.api_id);
    let source = execution.world.arn("execute-api", &place);
    let started = Instant::now();
    let world = execution.world.clone();
    let role = authorizer.authorizer_credentials_arn.as_deref();
    let answered = world.clock.timeout(PATIENCE, functions::call(execution, uri, &source, &event, role)).await;
    let latency = u64::try_from(started.elapsed().as_millis()).unwrap_or_default();
    let invoked = match answered {
        Some(Ok(invoked)) => invoked,
        Some(Err(error)) => {
            execution.journal.fail(Kind::ConfigurationError { error: &error });
            return Err(configuration_error(execution, "Authorizer error", "Internal server error"));
        }
        // Assumed: facts 2 section 12.4, no capture of an authorizer that is too slow.
        None => return Err(configuration_error(execution, "Authorizer error", "Internal server error")),
    };
    execution.journal.trace(Kind::AuthorizerResultBody { body: &invoked.body });
    if invoked.is_error && error_message(&invoked) == "Unauthorized" {
        execution.journal.fail(Kind::Unauthorized { request_id: &request_id });
        return Err(Failure::new(401, "Unauthorized"));
    }
    let (principal, context, policy) = match read(&invoked) {
        Ok(answer) => answer,
        Err(error) => {
            let error = format!("Invalid JSON in response: {error}");
            return Err(configuration_error(execution, &error, ""));
        }
    };
    let masked = mask(principal.as_deref().unwrap_or_default());
    execution.journal.say(Kind::ValidAuthorizerPolicy { principal: &masked });
    execution.journal.say(Kind::AuthorizerCompleted {});
    decide(&policy, &arn)?;
    keep(execution, principal, context, latency);
    Ok(())
}

/// Remembers for the connection's later events what the authorizer said (facts 3).
fn keep(execution: &mut Execution, principal: Option<String>, context: Map<String, Value>, latency: u64) {
    let mut authorizer = Map::new();
    authorizer.extend(principal.map(|p| ("principalId".to_owned(), Value::String(p))));
    authorizer.extend(context);
    if let Some(peer) = Arc::get_mut(&mut execution.peer) {
        peer.authorizer = authorizer;
    }
    if let Event::Connect { authorizer_latency, .. } = &mut execution.event {
        *authorizer_latency = Some(latency);
    }
}

/// A line for the log, the exception's own line, and the 500.
fn configuration_error(execution: &mut Execution, error: &str, message: &str) -> Failure {
    execution.journal.fail(Kind::ConfigurationError { error });
    execution.journal.fail(Kind::AuthorizerConfigurationException {});
    Failure::new(500, message)
}

/// All identity sources, masked for the log; nothing if one is missing or empty.
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

/// Stars but for the last six characters, as AWS masks (facts 1.3 #30).
fn mask(text: &str) -> String {
    let n = text.chars().count().saturating_sub(6);
    "*".repeat(n) + &text.chars().skip(n).collect::<String>()
}

fn error_message(invoked: &Invoked) -> String {
    let body: Value = serde_json::from_str(&invoked.body).unwrap_or_default();
    text_of(&body["errorMessage"])
}

type Said = (Option<String>, Map<String, Value>, Vec<Value>);

/// Principal, context and statements; the error is Jackson's sentence where it is known, else assumed.
fn read(invoked: &Invoked) -> Result<Said, String> {
    let answer: Value = serde_json::from_str(&invoked.body).map_err(|e| e.to_string())?;
    let members = answer.as_object().ok_or("Cannot deserialize instance of authorizer response")?;
    let known = ["principalId", "policyDocument", "context", "usageIdentifierKey"];
    if let Some(unknown) = members.keys().find(|k| !known.contains(&k.as_str())) {
        return Err(format!("Unrecognized field \"{unknown}\" , not marked as ignorable"));
    }
    let scalar = |value: &Value| !value.is_object() && !value.is_array();
    let principal = match &answer["principalId"] {
        Value::Null => None,
        value if scalar(value) => Some(text_of(value)),
        _ => return Err("Cannot deserialize instance of principalId".into()),
    };
    let context = match &answer["context"] {
        Value::Null => Map::new(),
        Value::Object(context) if context.values().all(scalar) => {
            context.iter().filter(|(_, v)| !v.is_null()).map(|(k, v)| (k.clone(), Value::String(text_of(v)))).collect()
        }
        _ => return Err("Cannot deserialize instance of context".into()),
    };
    let statements = match &answer["policyDocument"]["Statement"] {
        Value::Array(statements) => statements.clone(),
        statement @ Value::Object(_) => vec![statement.clone()],
        _ => return Err("Cannot deserialize instance of policyDocument".into()),
    };
    let valid = |s: &Value| s["Effect"] == "Allow" || s["Effect"] == "Deny";
    if !statements.iter().all(valid) {
        return Err("Cannot deserialize instance of Effect".into());
    }
    Ok((principal, context, statements))
}

/// Deny wins, then Allow; else nobody said yes.
fn decide(statements: &[Value], arn: &str) -> Result<(), Failure> {
    let applies = |statement: &Value, effect: &str| {
        statement["Effect"] == effect
            && any(&statement["Action"], |action| wildcard(&action.to_lowercase(), "execute-api:invoke"))
            && any(&statement["Resource"], |resource| wildcard(resource, arn))
    };
    let refused = |why: &str| Err(Failure::new(403, &format!("User is not authorized to access this resource {why}")));
    if statements.iter().any(|s| applies(s, "Deny")) {
        return refused("with an explicit deny in an identity-based policy");
    }
    if statements.iter().any(|s| applies(s, "Allow")) {
        return Ok(());
    }
    refused("because no identity-based policy allows the execute-api:Invoke action")
}

fn any(value: &Value, test: impl Fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => test(text),
        Value::Array(items) => items.iter().filter_map(Value::as_str).any(test),
        _ => false,
    }
}

/// `*` and `?` as in policies.
fn wildcard(pattern: &str, text: &str) -> bool {
    let source = regex::escape(pattern).replace("\\*", ".*").replace("\\?", ".");
    regex::Regex::new(&format!("^{source}$")).is_ok_and(|r| r.is_match(text))
}

/// A route that wants a key refuses every request: this sandbox has no keys and no usage plans yet, so any key is
/// unknown. Status and lines are assumed (facts 2 section 12.1; line: facts 2 section 1, reported for REST).
pub(super) fn api_key(execution: &mut Execution, call: &Call) -> Result<(), Failure> {
    let api = execution.place.api.clone();
    let Some(route) = api.route("$connect").filter(|r| r.api_key_required) else { return Ok(()) };
    let route_key = &route.route_key;
    let masked = mask(call.header("x-api-key"));
    let api_key = Key::Native(&masked);
    let Execution { journal, place, request_id, .. } = execution;
    let api_stage = format!("{}/{}", place.api_id, place.stage.stage_name);
    journal.say(Kind::VerifyingUsagePlan { request_id, api_key, api_stage: &api_stage });
    let because = format!(
        "route '{route_key}' requires API Key and API Key is not associated with a Usage Plan for API Stage \
         {api_stage}: No Usage Plan found for key and API Stage"
    );
    journal.fail(Kind::ApiKeyRefused { api_key, because: &because });
    Err(Failure::new(403, "Forbidden"))
}
