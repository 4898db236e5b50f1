//! IAM as far as the log role needs it: roles, their trust, and their policies. Query protocol, XML answers.
//!
//! Texts of `NoSuchEntity` and `EntityAlreadyExists` are IAM's documented ones; nothing here decides whether a caller
//! may do something.

use std::collections::BTreeMap;

use http::Response;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::answer::{Refusal, query_response};
use crate::clock::iso_seconds;
use crate::front::Form;
use crate::state::State;
use crate::{Body, World, ids};

/// Of every answer.
const NAMESPACE: &str = "https://iam.amazonaws.com/doc/2010-05-08/";
/// The managed policy that lets API Gateway write logs.
const PUSH_TO_LOGS: &str = "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs";
/// What that policy allows. A narrower one was refused in the capture (facts 7.1).
const NEEDED: [&str; 7] = [
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:DescribeLogGroups",
    "logs:DescribeLogStreams",
    "logs:PutLogEvents",
    "logs:GetLogEvents",
    "logs:FilterLogEvents",
];

/// A role.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Role {
    pub arn: String,
    pub id: String,
    pub path: String,
    pub name: String,
    pub created: String,
    pub description: String,
    /// JSON text, as it was sent.
    pub trust: String,
    /// Managed policies by ARN, in the order of attaching.
    pub attached: Vec<String>,
    /// Inline policies: name → JSON text.
    pub inline: BTreeMap<String, String>,
}

impl Role {
    /// Whether API Gateway can assume it and write logs with it.
    pub(crate) fn may_push_logs(&self) -> bool {
        let trusts = statements(&self.trust).iter().any(|s| {
            s["Effect"] == "Allow"
                && texts(&s["Action"]).iter().any(|a| a == "sts:AssumeRole" || a == "sts:*" || a == "*")
                && texts(&s["Principal"]["Service"]).iter().any(|p| p == "apigateway.amazonaws.com")
        });
        let allowed: Vec<String> = self
            .inline
            .values()
            .flat_map(|document| statements(document))
            .filter(|s| s["Effect"] == "Allow")
            .flat_map(|s| texts(&s["Action"]))
            .collect();
        let covers = |need: &str| {
            allowed.iter().any(|a| a.strip_suffix('*').map_or(a == need, |prefix| need.starts_with(prefix)))
        };
        let full = ["CloudWatchLogsFullAccess", "AdministratorAccess"];
        let managed = |arn: &String| arn == PUSH_TO_LOGS || full.iter().any(|name| arn.ends_with(&format!("/{name}")));
        trusts && (self.attached.iter().any(managed) || NEEDED.iter().all(|need| covers(need)))
    }

    fn xml(&self) -> String {
        let escape = |text: &str| quick_xml::escape::escape(text).into_owned();
        let trust = percent_encoding::utf8_percent_encode(&self.trust, percent_encoding::NON_ALPHANUMERIC);
        let description = match self.description.as_str() {
            "" => String::new(),
            text => format!("<Description>{}</Description>", escape(text)),
        };
        format!(
            "<Role><Path>{}</Path><RoleName>{}</RoleName><RoleId>{}</RoleId><Arn>{}</Arn><CreateDate>{}</CreateDate>\
             <AssumeRolePolicyDocument>{trust}</AssumeRolePolicyDocument>{description}\
             <MaxSessionDuration>3600</MaxSessionDuration></Role>",
            escape(&self.path),
            escape(&self.name),
            self.id,
            escape(&self.arn),
            self.created
        )
    }
}

fn statements(document: &str) -> Vec<Value> {
    match serde_json::from_str::<Value>(document).ok().and_then(|mut d| d.get_mut("Statement").map(Value::take)) {
        Some(Value::Array(statements)) => statements,
        Some(statement @ Value::Object(_)) => vec![statement],
        _ => Vec::new(),
    }
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// Answers one action.
pub(crate) fn answer(world: &World, form: &Form) -> Response<Body> {
    let mut state = world.state.lock();
    match act(world, &mut state, form) {
        Ok(result) => query_response(form.get("Action"), NAMESPACE, &result),
        Err(refusal) => refusal.query(),
    }
}

fn act(world: &World, state: &mut State, form: &Form) -> Result<String, Refusal> {
    let name = form.get("RoleName");
    let action = form.get("Action");
    if action == "CreateRole" {
        return create(world, state, form);
    }
    if action == "ListRoles" {
        let roles: String = state.roles.values().map(|r| inner(&r.xml())).collect();
        return Ok(format!("<Roles>{roles}</Roles><IsTruncated>false</IsTruncated>"));
    }
    let unknown = || Refusal::new(404, "NoSuchEntity", format!("The role with name {name} cannot be found."));
    let known = ["GetRole", "DeleteRole", "AttachRolePolicy", "DetachRolePolicy", "ListAttachedRolePolicies"];
    let inline = ["PutRolePolicy", "GetRolePolicy", "DeleteRolePolicy", "ListRolePolicies", "UpdateAssumeRolePolicy"];
    if !known.contains(&action) && !inline.contains(&action) {
        let version = form.get("Version");
        let message = format!("Could not find operation {action} for version {version}");
        return Err(Refusal::new(400, "InvalidAction", message));
    }
    let role = state.roles.get_mut(name).ok_or_else(unknown)?;
    if inline.contains(&action) {
        return policies(role, form);
    }
    let arn = form.get("PolicyArn");
    match action {
        "GetRole" => Ok(role.xml()),
        "AttachRolePolicy" => {
            if !arn.starts_with("arn:aws:iam::") {
                return Err(Refusal::new(400, "InvalidInput", format!("ARN {arn} is not valid.")));
            }
            if !role.attached.iter().any(|a| a == arn) {
                role.attached.push(arn.to_owned());
            }
            Ok(String::new())
        }
        "DetachRolePolicy" => {
            let before = role.attached.len();
            role.attached.retain(|a| a != arn);
            if role.attached.len() == before {
                return Err(Refusal::new(404, "NoSuchEntity", format!("Policy {arn} was not found.")));
            }
            Ok(String::new())
        }
        "ListAttachedRolePolicies" => Ok(attached(role)),
        _ => {
            if !role.attached.is_empty() {
                let message = "Cannot delete entity, must detach all policies first.";
                return Err(Refusal::new(409, "DeleteConflict", message));
            }
            if !role.inline.is_empty() {
                return Err(Refusal::new(409, "DeleteConflict", "Cannot delete entity, must delete policies first."));
            }
            state.roles.remove(name);
            Ok(String::new())
        }
    }
}

/// `<Role>…</Role>` as a list member.
fn inner(xml: &str) -> String {
    let body = xml.trim_start_matches("<Role>").trim_end_matches("</Role>");
    format!("<member>{body}</member>")
}

fn create(world: &World, state: &mut State, form: &Form) -> Result<String, Refusal> {
    let name = form.get("RoleName");
    let trust = form.get("AssumeRolePolicyDocument");
    if name.is_empty() || name.len() > 64 || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b"+=,.@_-".contains(&b))
    {
        let message = "The specified value for roleName is invalid. It must contain only alphanumeric characters and/or \
                       the following: +=,.@_-";
        return Err(Refusal::new(400, "ValidationError", message));
    }
    if statements(trust).is_empty() {
        let message = "This policy contains invalid Json";
        return Err(Refusal::new(400, "MalformedPolicyDocument", message));
    }
    if state.roles.contains_key(name) {
        let message = format!("Role with name {name} already exists.");
        return Err(Refusal::new(409, "EntityAlreadyExists", message));
    }
    let path = match form.get("Path") {
        "" => "/",
        path => path,
    };
    let role = Role {
        arn: format!("arn:aws:iam::{}:role{path}{name}", world.options.account),
        id: format!("AROA{}", ids::alphanumeric(17).to_uppercase()),
        path: path.to_owned(),
        name: name.to_owned(),
        created: iso_seconds(world.clock.now()),
        description: form.get("Description").to_owned(),
        trust: trust.to_owned(),
        ..Role::default()
    };
    let xml = role.xml();
    state.roles.insert(name.to_owned(), role);
    Ok(xml)
}

fn attached(role: &Role) -> String {
    let members: String = role
        .attached
        .iter()
        .map(|arn| {
            let name = quick_xml::escape::escape(arn.rsplit('/').next().unwrap_or_default());
            let arn = quick_xml::escape::escape(arn.as_str());
            format!("<member><PolicyName>{name}</PolicyName><PolicyArn>{arn}</PolicyArn></member>")
        })
        .collect();
    format!("<AttachedPolicies>{members}</AttachedPolicies><IsTruncated>false</IsTruncated>")
}

/// Inline policies and the trust policy.
fn policies(role: &mut Role, form: &Form) -> Result<String, Refusal> {
    let (name, document) = (form.get("PolicyName"), form.get("PolicyDocument"));
    let malformed = || Refusal::new(400, "MalformedPolicyDocument", "This policy contains invalid Json");
    let unknown = || Refusal::new(404, "NoSuchEntity", format!("The role policy with name {name} cannot be found."));
    match form.get("Action") {
        "PutRolePolicy" if statements(document).is_empty() => Err(malformed()),
        "UpdateAssumeRolePolicy" if statements(document).is_empty() => Err(malformed()),
        "PutRolePolicy" => {
            role.inline.insert(name.to_owned(), document.to_owned());
            Ok(String::new())
        }
        "UpdateAssumeRolePolicy" => {
            document.clone_into(&mut role.trust);
            Ok(String::new())
        }
        "DeleteRolePolicy" => role.inline.remove(name).map(|_| String::new()).ok_or_else(unknown),
        "GetRolePolicy" => {
            let document = role.inline.get(name).ok_or_else(unknown)?;
            let document = percent_encoding::utf8_percent_encode(document, percent_encoding::NON_ALPHANUMERIC);
            let role = quick_xml::escape::escape(&role.name);
            let name = quick_xml::escape::escape(name);
            Ok(format!(
                "<RoleName>{role}</RoleName><PolicyName>{name}</PolicyName><PolicyDocument>{document}</PolicyDocument>"
            ))
        }
        _ => {
            let names: String =
                role.inline.keys().map(|n| format!("<member>{}</member>", quick_xml::escape::escape(n))).collect();
            Ok(format!("<PolicyNames>{names}</PolicyNames><IsTruncated>false</IsTruncated>"))
        }
    }
}
