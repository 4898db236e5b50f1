//! The one thing of API Gateway V1 that logs need: the account's CloudWatch role (facts 7.1).

pub(crate) mod usage;

use http::{Method, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::answer::{Refusal, json_response};
use crate::front::Call;
use crate::iam::Role;
use crate::state::State;
use crate::{Body, World};

/// What it keeps.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Kept {}

/// Words of the refusal, the same for a role that does not exist, trusts someone else or may not write logs.
const NOT_PERMITTED: &str = "The role ARN does not have required permissions configured. Please grant trust permission \
                             for API Gateway and add the required role policy.";

/// GET and PATCH on `/account`.
pub(crate) fn answer(world: &World, call: &Call) -> Response<Body> {
    let mut state = world.state.lock();
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    let outcome = match (&call.method, segments.as_slice()) {
        (&Method::GET, ["account"]) => Ok(()),
        (&Method::PATCH, ["account"]) => patch(&mut state, call),
        _ => Err(Refusal::unknown_operation()),
    };
    match outcome {
        Ok(()) => json_response(200, &account(&state)),
        Err(refusal) => refusal.rest_json(),
    }
}

fn account(state: &State) -> Value {
    let mut account = json!({
        "apiKeyVersion": "4",
        "throttleSettings": { "burstLimit": 5000, "rateLimit": 10000.0 },
        "features": ["UsagePlans"],
    });
    if let Some(role) = &state.log_role {
        account["cloudwatchRoleArn"] = json!(role);
    }
    account
}

fn patch(state: &mut State, call: &Call) -> Result<(), Refusal> {
    let body = call.json_object().map_err(|e| Refusal::bad_request(format!("Invalid JSON in request body: {e}")))?;
    let operations = body.get("patchOperations").and_then(Value::as_array).cloned().unwrap_or_default();
    for operation in operations {
        let part = |name: &str| operation.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (op, path, value) = (part("op"), part("path"), part("value"));
        if path != "/cloudwatchRoleArn" || !["replace", "add", "remove"].contains(&op.as_str()) {
            // Assumed: the form that other V1 resources have.
            return Err(Refusal::bad_request(format!(
                "Invalid patch path  '{path}' specified for op '{op}'. Must be one of: [/cloudwatchRoleArn]"
            )));
        }
        if value.is_empty() || op == "remove" {
            state.log_role = None;
            continue;
        }
        let name = value.rsplit('/').next().unwrap_or_default();
        if !state.roles.get(name).is_some_and(|role| role.arn == value && Role::may_push_logs(role)) {
            return Err(Refusal::bad_request(NOT_PERMITTED));
        }
        state.log_role = Some(value);
    }
    Ok(())
}
