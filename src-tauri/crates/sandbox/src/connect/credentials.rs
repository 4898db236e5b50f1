//! Roles that API Gateway assumes: for integrations with credentials, and for authorizers.
//!
//! A role must exist and trust `apigateway.amazonaws.com`; what it may then do is asked of `policy.rs`. The line of a
//! role that can't be assumed is recorded (facts 2.2), the words of a service's refusal are IAM's.

use serde_json::Value;

use crate::World;
use crate::iam::Role;
use crate::policy::{self, Decision};

/// Who assumes.
const PRINCIPAL: &str = "apigateway.amazonaws.com";
/// How API Gateway calls its sessions (public error messages of integrations show it).
const SESSION: &str = "BackplaneAssumeRoleSession";
/// Managed policies of AWS that integrations use, and what they allow.
const MANAGED: [(&str, &str); 5] = [
    ("AdministratorAccess", "*"),
    ("AmazonDynamoDBFullAccess", "dynamodb:*"),
    ("AmazonSQSFullAccess", "sqs:*"),
    ("AWSLambda_FullAccess", "lambda:*"),
    ("AWSLambdaRole", "lambda:InvokeFunction"),
];

/// What API Gateway is while it calls a service.
pub(super) struct Assumed {
    arn: String,
    statements: Vec<Value>,
}

/// Assumes a role; the error is the text of a configuration error.
pub(super) fn assume(world: &World, arn: &str) -> Result<Assumed, String> {
    let state = world.state.lock();
    let role = state.roles.values().find(|role| role.arn == arn && trusts(role));
    let Some(role) = role else {
        return Err(format!("API Gateway does not have permission to assume the provided role {arn}"));
    };
    let account = arn.split(':').nth(4).unwrap_or_default();
    let session = format!("arn:aws:sts::{account}:assumed-role/{}/{SESSION}", role.name);
    Ok(Assumed { arn: session, statements: allowed(role) })
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

/// Whether the role's trust policy lets API Gateway in.
fn trusts(role: &Role) -> bool {
    let mine: Vec<Value> = statements(&role.trust)
        .into_iter()
        .filter(|s| names(&s["Principal"]["Service"]).any(|p| p == PRINCIPAL) || s["Principal"] == "*")
        .map(|mut s| {
            // A trust policy names no resource: it is the role itself.
            s["Resource"] = Value::from("*");
            s
        })
        .collect();
    policy::decide(&mine, "sts:AssumeRole", &role.arn, &[]) == Decision::Allowed
}

/// What the role's policies say.
fn allowed(role: &Role) -> Vec<Value> {
    let managed = role.attached.iter().filter_map(|arn| {
        let name = arn.rsplit('/').next()?;
        let (_, action) = MANAGED.iter().find(|(known, _)| *known == name)?;
        Some(serde_json::json!({ "Effect": "Allow", "Action": action, "Resource": "*" }))
    });
    role.inline.values().flat_map(|document| statements(document)).chain(managed).collect()
}

fn statements(document: &str) -> Vec<Value> {
    match serde_json::from_str::<Value>(document).ok().and_then(|mut d| d.get_mut("Statement").map(Value::take)) {
        Some(Value::Array(statements)) => statements,
        Some(statement @ Value::Object(_)) => vec![statement],
        _ => Vec::new(),
    }
}

/// A text or a list of texts.
fn names(value: &Value) -> impl Iterator<Item = &str> {
    let list = value.as_array().into_iter().flatten();
    list.chain(std::iter::once(value)).filter_map(Value::as_str)
}
