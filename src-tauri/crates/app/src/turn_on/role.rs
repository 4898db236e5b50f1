//! The role by which API Gateway writes logs: whether the account has one that works, and the steps that make it so.
//!
//! The account has one for each region, for all its APIs. What may not be read is not taken for broken: it is said.

use gatescope_aws::roles::Role;
use gatescope_aws::{Access, Error as AwsError};
use gatescope_model::no_log::LogRole;
use gatescope_model::permission::partition;
use gatescope_model::plan;
use gatescope_model::policy::{self, Decision, Principal};
use gatescope_model::review::{Step, Words};
use serde_json::{Value, json};

use super::said;
use crate::error::Error;

/// The name that AWS's own guides give the role.
const LOG_ROLE: &str = "api-gateway-push-logs";
/// The managed policy that the gateway checks for (facts 7.1).
const POLICY: &str = "AmazonAPIGatewayPushToCloudWatchLogs";
/// What it allows; a narrower policy was refused in the capture (facts 7.1).
const NEEDED: [&str; 7] = [
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:DescribeLogGroups",
    "logs:DescribeLogStreams",
    "logs:PutLogEvents",
    "logs:GetLogEvents",
    "logs:FilterLogEvents",
];
const GATEWAY: &str = "apigateway.amazonaws.com";
/// Stands for the ARN of the role until it is made.
const NEW_ROLE: &str = "new-log-role";

/// What comes before a stage may log.
#[derive(Debug, Default)]
pub(crate) struct RoleSteps {
    pub steps: Vec<Step>,
    pub words: Vec<Words>,
    pub notices: Vec<String>,
}

/// How the account's role stands: two or three reads, none of which has to be allowed.
pub(crate) async fn look(access: &Access) -> Result<(Option<String>, LogRole), Error> {
    let Some(arn) = access.log_role().await?.arn else { return Ok((None, LogRole::Missing)) };
    let stands = match access.role(name_of(&arn)).await {
        Ok(Some(role)) if role.arn == arn => stands(access, &role).await,
        Ok(_) => LogRole::Gone,
        Err(e) => LogRole::Unknown(unread(&e)),
    };
    Ok((Some(arn), stands))
}

async fn stands(access: &Access, role: &Role) -> LogRole {
    if !trusts_gateway(&role.trust) {
        return LogRole::Untrusting;
    }
    match access.attached_policies(name_of(&role.arn)).await {
        Ok(attached) if attached.iter().any(|arn| name_of(arn) == POLICY) => return LogRole::Works,
        Ok(_) => {}
        Err(e) => return LogRole::Unknown(unread(&e)),
    }
    // Another policy may be wide enough.
    match access.simulate(&role.arn, &NEEDED, "*").await {
        Ok(said) => {
            let lacking: Vec<String> = said.into_iter().filter(|s| s.decision != "allowed").map(|s| s.action).collect();
            if lacking.is_empty() { LogRole::Works } else { LogRole::TooNarrow(lacking) }
        }
        Err(e) => LogRole::Unknown(unread(&e)),
    }
}

/// What has to be made or repaired before the gateway may write logs.
pub(crate) async fn role_steps(access: &Access) -> Result<RoleSteps, Error> {
    let mut found = RoleSteps::default();
    let (arn, stands) = look(access).await?;
    match (arn, stands) {
        (None | Some(_), LogRole::Missing | LogRole::Gone) => found.make(access).await?,
        (_, LogRole::Works) => {}
        (_, LogRole::Unknown(why)) => {
            found.notices.push(format!("Whether the account’s log role still works could not be looked at: {why}"));
        }
        (Some(arn), LogRole::Untrusting) => {
            let old = access.role(name_of(&arn)).await?.map(|role| role.trust).unwrap_or_default();
            found.trust(name_of(&arn), &old);
            // Who could not assume it may lack the policy too; attaching it twice changes nothing.
            found.attach(access, name_of(&arn));
        }
        (Some(arn), LogRole::TooNarrow(_)) => found.attach(access, name_of(&arn)),
        (None, LogRole::Untrusting | LogRole::TooNarrow(_)) => {}
    }
    Ok(found)
}

impl RoleSteps {
    /// The role, or what it lacks, and the account's setting.
    async fn make(&mut self, access: &Access) -> Result<(), Error> {
        let existing = access.role(LOG_ROLE).await?;
        match &existing {
            None => {
                let input = json!({
                    "roleName": LOG_ROLE,
                    "assumeRolePolicyDocument": with_gateway("").to_string(),
                    "description": "Lets API Gateway write execution and access logs to CloudWatch"
                });
                let mut step = call("iam", "CreateRole", format!("role {LOG_ROLE}"), "new", input);
                step.makes = Some(NEW_ROLE.to_owned());
                self.steps.push(step);
                self.words.push(said("+", format!("IAM role {LOG_ROLE},"), "which API Gateway may assume."));
            }
            Some(role) if !trusts_gateway(&role.trust) => self.trust(LOG_ROLE, &role.trust),
            Some(_) => {}
        }
        let attached = match &existing {
            Some(_) => access.attached_policies(LOG_ROLE).await.unwrap_or_default(),
            None => Vec::new(),
        };
        if !attached.iter().any(|arn| name_of(arn) == POLICY) {
            self.attach(access, LOG_ROLE);
        }
        // The ARN of a role that is about to be made is known only when it is there: `apply` puts it in.
        let arn = existing.map_or_else(|| NEW_ROLE.to_owned(), |role| role.arn);
        let input = json!({"patchOperations": [{"op": "replace", "path": "/cloudwatchRoleArn", "value": arn}]});
        let region = format!("account settings of {}", access.region());
        self.steps.push(call("apigateway", "UpdateAccount", region, "sets cloudwatchRoleArn", input));
        self.words.push(said(
            "+",
            format!("The account's CloudWatch role in {} becomes it,", access.region()),
            "once for all APIs of the region.",
        ));
        Ok(())
    }

    fn trust(&mut self, name: &str, old: &str) {
        let input = json!({"roleName": name, "policyDocument": with_gateway(old).to_string()});
        self.steps.push(call("iam", "UpdateAssumeRolePolicy", format!("role {name}"), "trusts API Gateway too", input));
        self.words.push(said(
            "~",
            format!("Role {name} trusts {GATEWAY} besides whom it trusts now,"),
            "because API Gateway could not assume it.",
        ));
    }

    fn attach(&mut self, access: &Access, name: &str) {
        let arn = format!("arn:{}:iam::aws:policy/service-role/{POLICY}", partition(access.region()));
        let input = json!({"roleName": name, "policyArn": arn});
        self.steps.push(call("iam", "AttachRolePolicy", format!("role {name}"), POLICY, input));
        if name != LOG_ROLE {
            self.words.push(said(
                "+",
                format!("Policy {POLICY} on role {name},"),
                "because it may not write all logs.",
            ));
        }
    }
}

/// A trust policy with a statement for the gateway besides what it says already.
fn with_gateway(trust: &str) -> Value {
    let mut statements = policy::statements(trust);
    statements.push(json!({"Effect": "Allow", "Principal": {"Service": GATEWAY}, "Action": "sts:AssumeRole"}));
    json!({"Version": "2012-10-17", "Statement": statements})
}

/// Conditions of a trust name accounts and APIs that are not known here: they are taken as met.
fn trusts_gateway(trust: &str) -> bool {
    let mut statements = policy::statements(trust);
    statements.retain(|s| s["Effect"] == "Allow" || s.get("Condition").is_none());
    for statement in statements.iter_mut().filter_map(Value::as_object_mut) {
        statement.remove("Condition");
    }
    policy::decide_for(&statements, Principal::Service(GATEWAY), "sts:AssumeRole", None, &[]) == Decision::Allowed
}

/// The last part of an ARN.
fn name_of(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

fn call(service: &str, operation: &str, target: String, effect: &str, input: Value) -> Step {
    plan::call(service, operation, target, effect.to_owned(), input.as_object().cloned().unwrap_or_default())
}

fn unread(e: &AwsError) -> String {
    e.message.clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trust_is_looked_at_without_its_conditions() {
        let trust = |principal: &str, effect: &str, condition: bool| {
            let mut statement =
                json!({"Effect": effect, "Principal": {"Service": principal}, "Action": "sts:AssumeRole"});
            if condition {
                statement["Condition"] = json!({"StringEquals": {"aws:SourceAccount": "123456789012"}});
            }
            json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()
        };
        assert!(trusts_gateway(&trust(GATEWAY, "Allow", false)));
        assert!(trusts_gateway(&trust(GATEWAY, "Allow", true)));
        assert!(!trusts_gateway(&trust("lambda.amazonaws.com", "Allow", false)));
        assert!(!trusts_gateway(&trust(GATEWAY, "Deny", false)));
        assert!(!trusts_gateway("no policy"));
        let both = with_gateway(&trust("lambda.amazonaws.com", "Allow", false));
        assert!(trusts_gateway(&both.to_string()));
        assert_eq!(both["Statement"].as_array().map(Vec::len), Some(2), "whom it trusted it still trusts");
    }
}
