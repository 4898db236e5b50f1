//! The account: which role API Gateway writes logs with (facts 7.1).

use serde_json::json;

use super::patch::{self, Operation};
use super::{Desk, Reply};
use crate::answer::Refusal;
use crate::iam::Role;

/// Words of the refusal, the same for a role that does not exist, trusts someone else or may not write logs.
const NOT_PERMITTED: &str = "The role ARN does not have required permissions configured. Please grant trust permission \
                             for API Gateway and add the required role policy.";

pub(super) fn get(desk: &Desk<'_>) -> Result<Reply, Refusal> {
    let mut account = json!({
        "apiKeyVersion": "4",
        "throttleSettings": { "burstLimit": 5000, "rateLimit": 10000.0 },
        "features": ["UsagePlans"],
    });
    if let Some(role) = &desk.state.log_role {
        account["cloudwatchRoleArn"] = json!(role);
    }
    Ok((200, Some(account)))
}

pub(super) fn patch(desk: &mut Desk<'_>) -> Result<Reply, Refusal> {
    for operation in patch::operations(desk)? {
        let Operation { op, path, value } = &operation;
        // What every account has today may be added, and no more be taken away (the words are moto's; assumed).
        match (path.as_str(), op.as_str(), value.as_str()) {
            ("/features", "add", "UsagePlans") => continue,
            ("/features", "remove", "UsagePlans") => {
                return Err(Refusal::bad_request("Usage Plans cannot be disabled once enabled"));
            }
            _ => {}
        }
        if path != "/cloudwatchRoleArn" || !["replace", "add", "remove"].contains(&op.as_str()) {
            // Assumed: the form that other V1 resources have.
            return Err(operation.refused(&["/cloudwatchRoleArn"]));
        }
        if value.is_empty() || op == "remove" {
            desk.state.log_role = None;
            continue;
        }
        let name = value.rsplit('/').next().unwrap_or_default();
        if !desk.state.roles.get(name).is_some_and(|role| role.arn == *value && Role::may_push_logs(role)) {
            return Err(Refusal::bad_request(NOT_PERMITTED));
        }
        desk.state.log_role = Some(value.clone());
    }
    get(desk)
}
