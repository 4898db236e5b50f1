//! Functions that come with every sandbox, and those that its options name. Each is an ordinary function whose
//! environment says what it does.

use std::time::Duration;

use serde_json::{Value, json};

use super::chat;
use super::function::Function;
use crate::World;

/// By name, with the seconds that each may take.
const BUILT_IN: [(&str, u64); 7] =
    [("authorizer", 3), ("chat", 10), ("crash", 3), ("deny", 3), ("echo", 3), ("malformed", 3), ("slow", 60)];
/// How long `slow` takes: longer than any integration may.
const SLOW: Duration = Duration::from_secs(30);
/// Seconds for a function outside: API Gateway gives up long before.
const OUTSIDE: u64 = 900;
/// What a function says that has nothing to do.
pub(super) const NO_CODE: &str = "Error: the sandbox runs no code. Set one of the environment variables \
    GATESCOPE_ANSWER (JSON), GATESCOPE_RAISE (a message), GATESCOPE_URL (a Lambda Invoke API) or GATESCOPE_BUILT_IN \
    (authorizer, chat, crash, deny, echo, malformed or slow)";

/// All names.
pub(super) fn names(world: &World) -> impl Iterator<Item = String> {
    let outside = world.options.functions.iter().map(|(name, _)| name.clone());
    BUILT_IN.iter().map(|(name, _)| (*name).to_owned()).chain(outside)
}

/// One as it is before anybody has changed it.
pub(super) fn function(world: &World, name: &str) -> Option<Function> {
    if let Some((_, url)) = world.options.functions.iter().find(|(n, _)| n == name) {
        return Some(Function::of_the_sandbox(world, name).with("GATESCOPE_URL", url, OUTSIDE));
    }
    let (_, timeout) = BUILT_IN.iter().find(|(n, _)| *n == name)?;
    Some(Function::of_the_sandbox(world, name).with("GATESCOPE_BUILT_IN", name, *timeout))
}

/// What one answers; an answer with an `errorMessage` was raised.
pub(super) async fn run(world: &World, name: &str, event: &Value) -> Value {
    match name {
        "echo" => json!({ "statusCode": 200, "body": event["body"].as_str().unwrap_or_default() }),
        "deny" => json!({ "statusCode": 403, "body": "{\"message\":\"denied by the function\"}" }),
        "malformed" => json!("hello world"),
        "slow" => {
            world.clock.sleep(SLOW).await;
            json!({ "statusCode": 200 })
        }
        "authorizer" => authorizer(event),
        "chat" => chat::run(world, event).await,
        "crash" => raised("Error", "the function crashed"),
        _ => raised("Runtime.ImportModuleError", NO_CODE),
    }
}

pub(super) fn raised(kind: &str, message: &str) -> Value {
    json!({ "errorMessage": message, "errorType": kind, "trace": [] })
}

/// Decides by the token in the header `authorization`, or in the query as `authorization` or `token`: `secret-token`
/// is allowed, any other denied.
fn authorizer(event: &Value) -> Value {
    let find = |place: &str, names: &[&str]| {
        let members = event[place].as_object()?;
        let (_, value) = members.iter().find(|(n, _)| names.iter().any(|name| n.eq_ignore_ascii_case(name)))?;
        value.as_str().map(str::to_owned)
    };
    let token =
        find("headers", &["authorization"]).or_else(|| find("queryStringParameters", &["authorization", "token"]));
    let Some(token) = token else { return raised("Error", "Unauthorized") };
    let effect = if token == "secret-token" { "Allow" } else { "Deny" };
    json!({
        "principalId": "sandbox-user",
        "policyDocument": { "Version": "2012-10-17", "Statement": [
            { "Action": "execute-api:Invoke", "Effect": effect, "Resource": event["methodArn"] }
        ] },
        "context": { "token": "accepted" },
    })
}
