//! Roles: whom they trust, and what they may do.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::held::{self, Held, Tags};
use super::{Act, Kept, Outcome, bounded, conflict, document, missing, name, statements, taken, xml};
use crate::clock::iso_seconds;

use gatescope_model::policy::{self, Decision, Principal};

/// What writing logs needs. A narrower policy was refused in the capture (facts 7.1).
const NEEDED: [&str; 7] = [
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:DescribeLogGroups",
    "logs:DescribeLogStreams",
    "logs:PutLogEvents",
    "logs:GetLogEvents",
    "logs:FilterLogEvents",
];
/// Who assumes roles for API Gateway.
const GATEWAY: Principal<'_> = Principal::Service("apigateway.amazonaws.com");
/// Seconds, when nobody says otherwise.
const SESSION: u32 = 3600;

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
    /// Seconds that a session may last; 0 stands for the default.
    pub max_session: u32,
    pub boundary: String,
    pub tags: Tags,
}

impl Role {
    /// Whether API Gateway can assume it and write logs with it. The account's own managed policies don't count
    /// (assumed: what the capture refused was too narrow an inline policy).
    pub(crate) fn may_push_logs(&self) -> bool {
        let said = statements(&Kept::default(), &self.attached, &self.inline);
        let covers = |need: &str| said.iter().any(|s| s["Effect"] == "Allow" && allows(s, need));
        self.trusts_gateway() && NEEDED.iter().all(|need| covers(need))
    }

    /// Whether its trust lets API Gateway assume it.
    pub(crate) fn trusts_gateway(&self) -> bool {
        self.trusts(GATEWAY, &[])
    }

    pub(crate) fn trusts(&self, who: Principal<'_>, context: &[(&str, &str)]) -> bool {
        let trust = policy::statements(&self.trust);
        policy::decide_for(&trust, who, "sts:AssumeRole", None, context) == Decision::Allowed
    }

    /// What its policies say.
    pub(crate) fn statements(&self, kept: &Kept) -> Vec<serde_json::Value> {
        statements(kept, &self.attached, &self.inline)
    }

    pub(crate) fn longest_session(&self) -> u32 {
        if self.max_session == 0 { SESSION } else { self.max_session }
    }

    pub(super) fn held(&mut self) -> Held<'_> {
        let Self { name, attached, inline, tags, .. } = self;
        Held { kind: "role", name, attached, inline, tags }
    }

    /// Its members; lists leave out tags and boundary, as IAM documents.
    fn xml(&self, listed: bool) -> String {
        let mut text = [("Path", &self.path), ("RoleName", &self.name), ("RoleId", &self.id), ("Arn", &self.arn)]
            .map(|(name, value)| xml::element(name, value))
            .concat();
        text += &xml::element("CreateDate", &self.created);
        text += &xml::document("AssumeRolePolicyDocument", &self.trust);
        text += &xml::optional("Description", &self.description);
        text += &xml::element("MaxSessionDuration", &self.longest_session().to_string());
        if !listed {
            if !self.boundary.is_empty() {
                text += &format!(
                    "<PermissionsBoundary><PermissionsBoundaryType>Policy</PermissionsBoundaryType>{}</PermissionsBoundary>",
                    xml::element("PermissionsBoundaryArn", &self.boundary)
                );
            }
            text += &held::tags_xml(&self.tags);
        }
        text
    }
}

/// Whether a statement's actions cover one, whatever the resource.
fn allows(statement: &serde_json::Value, action: &str) -> bool {
    policy::texts(&statement["Action"]).any(|pattern| policy::matches(&pattern.to_lowercase(), &action.to_lowercase()))
}

impl Act<'_> {
    pub(super) fn role(&mut self, action: &str) -> Option<Outcome> {
        Some(match action {
            "CreateRole" => self.create_role(),
            "GetRole" => self.wanted_role().map(|role| format!("<Role>{}</Role>", role.xml(false))),
            "ListRoles" => self.list_roles(),
            "DeleteRole" => self.delete_role(),
            "UpdateRole" | "UpdateRoleDescription" => self.update_role(action),
            "UpdateAssumeRolePolicy" => self.update_trust(),
            "PutRolePermissionsBoundary" => {
                bounded(self.form, "PermissionsBoundary", 2048).and_then(|arn| self.bound_role(arn.to_owned()))
            }
            "DeleteRolePermissionsBoundary" => self.bound_role(String::new()),
            _ => return None,
        })
    }

    fn wanted_role(&mut self) -> Result<&mut Role, crate::answer::Refusal> {
        let wanted = self.form.get("RoleName");
        self.state.roles.get_mut(wanted).ok_or_else(|| missing("role", wanted))
    }

    fn create_role(&mut self) -> Outcome {
        let form = self.form;
        let name = name(form, "RoleName", 64)?;
        let trust = form.get("AssumeRolePolicyDocument");
        document::trust(trust)?;
        let max_session = session_of(form.get("MaxSessionDuration"))?;
        let tags = held::tags_of(form)?;
        let description = bounded(form, "Description", 1000)?.to_owned();
        let boundary = bounded(form, "PermissionsBoundary", 2048)?.to_owned();
        if self.state.roles.contains_key(name) {
            return Err(taken("Role", name));
        }
        let path = self.path()?;
        let role = Role {
            arn: self.arn("role", &path, name),
            id: format!("AROA{}", self.world.ids.alphanumeric(17).to_uppercase()),
            path,
            name: name.to_owned(),
            created: iso_seconds(self.world.clock.now()),
            description,
            trust: trust.to_owned(),
            max_session,
            boundary,
            tags,
            ..Role::default()
        };
        let text = format!("<Role>{}</Role>", role.xml(false));
        self.state.roles.insert(name.to_owned(), role);
        Ok(text)
    }

    fn list_roles(&self) -> Outcome {
        let prefix = self.form.get("PathPrefix");
        let roles = self.state.roles.values().filter(|role| role.path.starts_with(prefix));
        xml::page(self.form, "Roles", roles.map(|role| role.xml(true)).collect())
    }

    fn update_role(&mut self, action: &str) -> Outcome {
        let form = self.form;
        let max_session = session_of(form.get("MaxSessionDuration"))?;
        let description = bounded(form, "Description", 1000)?;
        let role = self.wanted_role()?;
        if form.has("Description") {
            description.clone_into(&mut role.description);
        }
        if max_session > 0 {
            role.max_session = max_session;
        }
        Ok(if action == "UpdateRole" { String::new() } else { format!("<Role>{}</Role>", role.xml(false)) })
    }

    fn update_trust(&mut self) -> Outcome {
        let text = self.form.get("PolicyDocument");
        self.wanted_role()?;
        document::trust(text)?;
        text.clone_into(&mut self.wanted_role()?.trust);
        Ok(String::new())
    }

    fn bound_role(&mut self, arn: String) -> Outcome {
        self.wanted_role()?.boundary = arn;
        Ok(String::new())
    }

    fn delete_role(&mut self) -> Outcome {
        let role = self.wanted_role()?;
        if !role.attached.is_empty() {
            return Err(conflict("Cannot delete entity, must detach all policies first."));
        }
        if !role.inline.is_empty() {
            return Err(conflict("Cannot delete entity, must delete policies first."));
        }
        self.state.roles.remove(self.form.get("RoleName"));
        Ok(String::new())
    }
}

/// Seconds; 0 when none were sent.
fn session_of(text: &str) -> Result<u32, crate::answer::Refusal> {
    if text.is_empty() {
        return Ok(0);
    }
    let seconds: Option<u32> = text.parse().ok();
    let bound = match seconds {
        Some(3600..=43_200) => return Ok(seconds.unwrap_or_default()),
        Some(0..3600) => "greater than or equal to 3600",
        _ => "less than or equal to 43200",
    };
    let message = format!(
        "1 validation error detected: Value '{text}' at 'maxSessionDuration' failed to satisfy constraint: Member must \
         have value {bound}"
    );
    Err(crate::answer::Refusal::new(400, "ValidationError", message))
}
