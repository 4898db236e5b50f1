//! Roles that API Gateway assumes: for integrations with credentials, and for authorizers.
//!
//! A role must exist and trust `apigateway.amazonaws.com`; what it may then do is asked of `policy.rs`. The line of a
//! role that can't be assumed is recorded (facts 2.2), the words of a service's refusal are IAM's.

use serde_json::Value;

use crate::World;
use gatescope_model::policy::{self, Decision};

/// How API Gateway calls its sessions (public error messages of integrations show it).
const SESSION: &str = "BackplaneAssumeRoleSession";

/// What API Gateway is while it calls a service.
pub(super) struct Assumed {
    arn: String,
    statements: Vec<Value>,
}

/// Assumes a role; the error is the text of a configuration error.
pub(super) fn assume(world: &World, arn: &str) -> Result<Assumed, String> {
    let state = world.state.lock();
    let role = state.roles.values().find(|role| role.arn == arn && role.trusts_gateway());
    let Some(role) = role else {
        return Err(format!("API Gateway does not have permission to assume the provided role {arn}"));
    };
    let account = arn.split(':').nth(4).unwrap_or_default();
    let session = format!("arn:aws:sts::{account}:assumed-role/{}/{SESSION}", role.name);
    Ok(Assumed { arn: session, statements: role.statements(&state.iam) })
}

impl Assumed {
    /// Nothing when the role may, else the service's sentence.
    pub(super) fn refusal(&self, action: &str, resource: &str) -> Option<String> {
        let why = match policy::decide(&self.statements, action, resource, &[]) {
            Decision::Allowed => return None,
            Decision::ExplicitDeny => "with an explicit deny in an identity-based policy".to_owned(),
            Decision::ImplicitDeny => format!("because no identity-based policy allows the {action} action"),
        };
        Some(format!("User: {} is not authorized to perform: {action} on resource: {resource} {why}", self.arn))
    }
}
