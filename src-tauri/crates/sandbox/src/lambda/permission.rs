//! Resource policies: who may invoke a function.

use serde_json::{Map, Value, json};

use super::answer::{Ask, Outcome, constraint, invalid, missing};
use super::{find, named};
use crate::World;
use crate::answer::Refusal;
use crate::state::State;
use gatescope_model::policy::{self, Decision, Principal};

/// Bytes of a function's policy.
const MOST: usize = 20_480;
/// What invoking is called.
const INVOKE: &str = "lambda:InvokeFunction";

/// Whether a function's resource policy lets API Gateway invoke it for `source_arn`. What is not there may not be
/// invoked: neither a function nor an alias (facts 2.2, facts 2 section 9).
pub(crate) fn may_invoke(world: &World, state: &State, function_arn: &str, source_arn: &str) -> bool {
    let Some((name, qualifier)) = named(function_arn) else { return false };
    let Some(function) = find(world, state, name).filter(|f| is_of(f.arn(), function_arn)) else { return false };
    if function.version(qualifier).is_none() {
        return false;
    }
    let key = qualifier.filter(|qualifier| *qualifier != "$LATEST").unwrap_or_default();
    let Some(statements) = function.policies.get(key) else { return false };
    let account = source_arn.split(':').nth(4).unwrap_or_default();
    let context = [("AWS:SourceArn", source_arn), ("AWS:SourceAccount", account)];
    let gateway = Principal::Service("apigateway.amazonaws.com");
    policy::decide_for(statements, gateway, INVOKE, Some(function_arn), &context) == Decision::Allowed
}

/// Whether API Gateway may do it with a role instead; the error is what the log says when it can't assume the role
/// (facts 2.2).
pub(crate) fn may_invoke_as(world: &World, state: &State, function_arn: &str, role_arn: &str) -> Result<bool, String> {
    let role = state.roles.values().find(|role| role.arn == role_arn && role.trusts_gateway());
    let Some(role) = role else {
        return Err(format!("API Gateway does not have permission to assume the provided role {role_arn}"));
    };
    let there = named(function_arn).is_some_and(|(name, qualifier)| {
        find(world, state, name).is_some_and(|f| is_of(f.arn(), function_arn) && f.version(qualifier).is_some())
    });
    let said = policy::decide(&role.statements(&state.iam), INVOKE, function_arn, &[]);
    Ok(there && said == Decision::Allowed)
}

/// Of this region and account, whatever the version.
fn is_of(own: &str, asked: &str) -> bool {
    asked == own || asked.strip_prefix(own).is_some_and(|rest| rest.starts_with(':'))
}

impl Ask<'_> {
    /// The qualifier under which a policy is kept.
    fn policy_key(&self, text: &str) -> Result<(String, String), Refusal> {
        let (name, qualifier) = self.named(text)?;
        let function = self.function(name)?;
        match qualifier.as_deref() {
            None => Ok((name.to_owned(), String::new())),
            Some("$LATEST") => Err(invalid("We currently do not support adding policies for $LATEST.")),
            Some(q) if function.version(Some(q)).is_some() => Ok((name.to_owned(), q.to_owned())),
            Some(q) if q.bytes().all(|b| b.is_ascii_digit()) => Err(self.not_found(&format!("{name}:{q}"))),
            Some(q) => {
                let arn = self.world.arn("lambda", &format!("function:{name}:{q}"));
                Err(missing(format!("Cannot find alias arn: {arn}")))
            }
        }
    }

    pub(super) fn add_permission(&self, text: &str) -> Outcome {
        let (name, key) = self.policy_key(text)?;
        let resource = match key.as_str() {
            "" => self.world.arn("lambda", &format!("function:{name}")),
            key => self.world.arn("lambda", &format!("function:{name}:{key}")),
        };
        let statement = self.statement(&resource)?;
        self.change(&name, |function| {
            self.check_revision(function)?;
            let statements = function.policies.entry(key).or_default();
            let sid = &statement["Sid"];
            if statements.iter().any(|known| &known["Sid"] == sid) {
                let message = format!(
                    "The statement id ({}) provided already exists. Please provide a new statement id, or remove the \
                     existing statement.",
                    sid.as_str().unwrap_or_default()
                );
                return Err(Refusal::new(409, "ResourceConflictException", message));
            }
            let size = statements.iter().map(|s| s.to_string().len()).sum::<usize>() + statement.to_string().len();
            if size > MOST {
                let message = format!("The final policy size ({size}) is bigger than the limit ({MOST}).");
                return Err(Refusal::new(400, "PolicyLengthExceededException", message));
            }
            statements.push(statement.clone());
            function.touch(self.world);
            Ok((201, Some(json!({ "Statement": statement.to_string() }))))
        })
    }

    /// The statement that a request describes, as AWS writes it.
    fn statement(&self, resource: &str) -> Result<Value, Refusal> {
        let (sid, action, principal) = (self.text("StatementId"), self.text("Action"), self.text("Principal"));
        let letters = |text: &str, more: &[u8]| text.bytes().all(|b| b.is_ascii_alphanumeric() || more.contains(&b));
        if sid.is_empty() || sid.len() > 100 || !letters(sid, b"-_") {
            let pattern = "Member must satisfy regular expression pattern: ([a-zA-Z0-9-_]+)";
            return Err(constraint("statementId", sid, pattern));
        }
        if action != "*"
            && !action.strip_prefix("lambda:").is_some_and(|a| a == "*" || (!a.is_empty() && letters(a, b"")))
        {
            let pattern = "Member must satisfy regular expression pattern: (lambda:[*]|lambda:[a-zA-Z]+|[*])";
            return Err(constraint("action", action, pattern));
        }
        let account = principal.len() == 12 && principal.bytes().all(|b| b.is_ascii_digit());
        let principal = match principal {
            "*" => json!("*"),
            _ if account => json!({ "AWS": format!("arn:aws:iam::{principal}:root") }),
            arn if arn.starts_with("arn:") => json!({ "AWS": arn }),
            service if service.contains('.') => json!({ "Service": service }),
            _ => {
                let message = "The provided principal was invalid. Please check the principal and try again.";
                return Err(invalid(message));
            }
        };
        let mut conditions = Map::new();
        let equals: Map<String, Value> = [
            ("SourceAccount", "AWS:SourceAccount"),
            ("EventSourceToken", "lambda:EventSourceToken"),
            ("FunctionUrlAuthType", "lambda:FunctionUrlAuthType"),
            ("PrincipalOrgID", "aws:PrincipalOrgID"),
        ]
        .into_iter()
        .filter(|(member, _)| !self.text(member).is_empty())
        .map(|(member, key)| (key.to_owned(), json!(self.text(member))))
        .collect();
        if !equals.is_empty() {
            conditions.insert("StringEquals".into(), equals.into());
        }
        match self.text("SourceArn") {
            "" => {}
            arn if arn.starts_with("arn:") => {
                conditions.insert("ArnLike".into(), json!({ "AWS:SourceArn": arn }));
            }
            arn => {
                let pattern = "Member must satisfy regular expression pattern: \
                               arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\\-])+:([a-z]{2}(-gov)?-[a-z]+-\\d{1})?:(\\d{12})?:(.*)";
                return Err(constraint("sourceArn", arn, pattern));
            }
        }
        let mut statement =
            json!({ "Sid": sid, "Effect": "Allow", "Principal": principal, "Action": action, "Resource": resource });
        if !conditions.is_empty() {
            statement["Condition"] = conditions.into();
        }
        Ok(statement)
    }

    pub(super) fn get_policy(&self, text: &str) -> Outcome {
        let (name, key) = self.policy_key(text)?;
        let function = self.function(&name)?;
        let statements = function.policies.get(&key).filter(|statements| !statements.is_empty());
        let statements = statements.ok_or_else(|| missing("The resource you requested does not exist."))?;
        let policy = json!({ "Version": "2012-10-17", "Id": "default", "Statement": statements });
        let revision = function.configuration().get("RevisionId");
        Ok((200, Some(json!({ "Policy": policy.to_string(), "RevisionId": revision }))))
    }

    pub(super) fn remove_permission(&self, text: &str, sid: &str) -> Outcome {
        let (name, key) = self.policy_key(text)?;
        self.change(&name, |function| {
            self.check_revision(function)?;
            let Some(statements) = function.policies.get_mut(&key).filter(|statements| !statements.is_empty()) else {
                return Err(missing("No policy is associated with the given resource."));
            };
            let before = statements.len();
            statements.retain(|statement| statement["Sid"] != sid);
            if statements.len() == before {
                return Err(missing(format!("Statement {sid} is not found in resource policy.")));
            }
            function.touch(self.world);
            Ok((204, None))
        })
    }
}
