//! Lambda REQUEST authorizers: identity sources, the call, and what may be made of its answer.
//!
//! Every outcome is a recorded handshake (facts 2, 2.1 and 3); lines are those of REST APIs (facts 1.3 #29 to #33).

use std::sync::Arc;
use std::time::Duration;

use gatescope_model::api::Authorizer;
use gatescope_model::authorizer::{self, Said};
use gatescope_model::log::Kind;
use serde_json::{Map, Value, json};

use super::mask;
use crate::connect::execution::{Event, Execution, Failure};
use crate::connect::functions::{self, Invoked};

/// An authorizer has as long as an integration (assumed).
const PATIENCE: Duration = Duration::from_secs(29);
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
    if invoked.is_error && authorizer::is_unauthorized(&invoked.body) {
        return Err(unauthorized(execution));
    }
    let said = match authorizer::read(&invoked.body) {
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
    let peer = &execution.peer;
    let seen = [("aws:SourceIp", peer.source_ip.as_str()), ("aws:UserAgent", peer.user_agent.as_str())];
    let verdict = match authorizer::refusal(&said.statements, &arn, &seen) {
        None => Ok(()),
        Some(message) => Err(Failure::new(403, &message)),
    };
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
    let values = authorizer::identity(&authorizer.identity_source, |source| execution.variable(source)).ok()?;
    let values: Vec<String> = values.iter().map(|(source, value)| format!("{source}={}", mask(value))).collect();
    Some(format!("{{{}}}", values.join(", ")))
}
