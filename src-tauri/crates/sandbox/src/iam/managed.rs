//! Managed policies: the account's own with their versions, and the few of AWS's that matter here, with their real
//! documents. Any other of AWS's does not exist in the sandbox: attaching one that grants nothing would be a lie.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::held::{self, Tags};
use super::{Act, Kept, Outcome, bounded, conflict, document, name, xml};
use crate::answer::Refusal;
use crate::clock::iso_seconds;

/// AWS's own: path and name → creation date, version, document.
const AWS: &str = include_str!("aws_managed.json");
/// Versions that a policy may have.
const MOST_VERSIONS: usize = 5;

/// A managed policy.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Policy {
    pub arn: String,
    pub id: String,
    pub name: String,
    pub path: String,
    pub description: String,
    pub created: String,
    pub updated: String,
    pub tags: Tags,
    /// The id of the version that counts.
    pub default: String,
    /// Oldest first.
    pub versions: Vec<Version>,
    /// How many versions there have ever been.
    pub count: u32,
}

/// One version of it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Version {
    pub id: String,
    pub document: String,
    pub created: String,
}

/// AWS's policies by ARN.
static AWS_POLICIES: LazyLock<BTreeMap<String, Policy>> = LazyLock::new(|| {
    let rows: BTreeMap<String, Row> = serde_json::from_str(AWS).unwrap_or_default();
    rows.into_iter().map(|(place, row)| aws(&place, row)).map(|policy| (policy.arn.clone(), policy)).collect()
});

#[derive(Deserialize)]
struct Row {
    created: String,
    version: String,
    document: serde_json::Value,
}

/// AWS's policy of that ARN.
fn of_aws(arn: &str) -> Option<Policy> {
    AWS_POLICIES.get(arn).cloned()
}

fn aws(place: &str, row: Row) -> Policy {
    let (path, name) = place.rsplit_once('/').unwrap_or_default();
    let Row { created, version, document } = row;
    Policy {
        arn: format!("arn:aws:iam::aws:policy{place}"),
        // No capture of its id: derived from its name, so that it stays the same.
        id: format!("ANPA{:0>17}", name.to_uppercase().chars().take(17).collect::<String>()),
        name: name.to_owned(),
        path: format!("{path}/"),
        created: created.clone(),
        updated: created.clone(),
        default: version.clone(),
        versions: vec![Version { id: version, document: document.to_string(), created }],
        ..Policy::default()
    }
}

/// Whether a policy can be attached.
pub(super) fn exists(kept: &Kept, arn: &str) -> bool {
    kept.policies.contains_key(arn) || of_aws(arn).is_some()
}

/// The document that counts.
pub(super) fn default_document(kept: &Kept, arn: &str) -> Option<String> {
    let policy = kept.policies.get(arn).cloned().or_else(|| of_aws(arn))?;
    policy.versions.into_iter().find(|version| version.id == policy.default).map(|version| version.document)
}

/// Who shows a policy.
#[derive(Clone, Copy)]
enum Shown {
    Created,
    Whole,
    Listed,
}

impl Policy {
    /// Its members by the operation that shows it: only GetPolicy has the description, and CreatePolicy leaves out an
    /// empty list of tags (moto's tests that run against AWS).
    fn xml(&self, attachments: usize, shown: Shown) -> String {
        let mut text = [
            ("PolicyName", &self.name),
            ("PolicyId", &self.id),
            ("Arn", &self.arn),
            ("Path", &self.path),
            ("DefaultVersionId", &self.default),
        ]
        .map(|(name, value)| xml::element(name, value))
        .concat();
        text += &xml::element("AttachmentCount", &attachments.to_string());
        text += "<PermissionsBoundaryUsageCount>0</PermissionsBoundaryUsageCount><IsAttachable>true</IsAttachable>";
        text += &xml::element("CreateDate", &self.created);
        text += &xml::element("UpdateDate", &self.updated);
        match shown {
            Shown::Listed => {}
            Shown::Created => text += &held::tags_xml(&self.tags),
            Shown::Whole => {
                text += &xml::optional("Description", &self.description);
                text += &if self.tags.is_empty() { "<Tags/>".to_owned() } else { held::tags_xml(&self.tags) };
            }
        }
        text
    }

    fn version_xml(&self, version: &Version, whole: bool) -> String {
        let document = if whole { xml::document("Document", &version.document) } else { String::new() };
        let default = if version.id == self.default { "true" } else { "false" };
        document
            + &xml::element("VersionId", &version.id)
            + &xml::element("IsDefaultVersion", default)
            + &xml::element("CreateDate", &version.created)
    }
}

fn unknown(arn: &str) -> Refusal {
    Refusal::new(404, "NoSuchEntity", format!("Policy {arn} was not found."))
}

fn unknown_version(arn: &str, id: &str) -> Refusal {
    Refusal::new(404, "NoSuchEntity", format!("Policy {arn} version {id} does not exist or is not attachable."))
}

impl Act<'_> {
    pub(super) fn managed(&mut self, action: &str) -> Option<Outcome> {
        Some(match action {
            "CreatePolicy" => self.create_policy(),
            "GetPolicy" => self.get_policy(),
            "ListPolicies" => self.list_policies(),
            "DeletePolicy" => self.delete_policy(),
            "CreatePolicyVersion" => self.create_version(),
            "GetPolicyVersion" => self.get_version(),
            "ListPolicyVersions" => self.list_versions(),
            "DeletePolicyVersion" => self.delete_version(),
            "SetDefaultPolicyVersion" => self.set_default(),
            "ListEntitiesForPolicy" => self.list_entities(),
            "TagPolicy" | "UntagPolicy" | "ListPolicyTags" => self.policy_tags(action),
            _ => return None,
        })
    }

    /// Those who hold a policy: names and ids of roles, then of users.
    fn holders(&self, arn: &str) -> (Vec<[&str; 2]>, Vec<[&str; 2]>) {
        let roles = self.state.roles.values().filter(|role| role.attached.iter().any(|a| a == arn));
        let users = self.state.iam.users.values().filter(|user| user.attached.iter().any(|a| a == arn));
        (roles.map(|r| [&*r.name, &*r.id]).collect(), users.map(|u| [&*u.name, &*u.id]).collect())
    }

    fn attachments(&self, arn: &str) -> usize {
        let (roles, users) = self.holders(arn);
        roles.len() + users.len()
    }

    fn policy(&self) -> Result<Policy, Refusal> {
        let arn = self.form.get("PolicyArn");
        self.state.iam.policies.get(arn).cloned().or_else(|| of_aws(arn)).ok_or_else(|| unknown(arn))
    }

    /// One that can be changed: AWS's own can't.
    fn own_policy(&mut self) -> Result<&mut Policy, Refusal> {
        let arn = self.form.get("PolicyArn");
        if of_aws(arn).is_some() {
            let user = format!("arn:aws:iam::{}:user/{}", self.world.options.account, super::user::DEMO);
            let message = format!(
                "User: {user} is not authorized to perform: iam:{} on resource: policy {arn} because no resource-based \
                 policy allows the iam:{} action",
                self.form.get("Action"),
                self.form.get("Action")
            );
            return Err(Refusal::new(403, "AccessDenied", message));
        }
        self.state.iam.policies.get_mut(arn).ok_or_else(|| unknown(arn))
    }

    fn create_policy(&mut self) -> Outcome {
        let form = self.form;
        let name = name(form, "PolicyName", 128)?;
        let text = form.get("PolicyDocument");
        document::identity(text)?;
        let path = self.path()?;
        let arn = self.arn("policy", &path, name);
        let tags = held::tags_of(form)?;
        let description = bounded(form, "Description", 1000)?.to_owned();
        if self.state.iam.policies.values().any(|policy| policy.name == name) {
            let message = format!("A policy called {name} already exists. Duplicate names are not allowed.");
            return Err(Refusal::new(409, "EntityAlreadyExists", message));
        }
        let now = iso_seconds(self.world.clock.now());
        let policy = Policy {
            arn: arn.clone(),
            id: format!("ANPA{}", self.world.ids.alphanumeric(17).to_uppercase()),
            name: name.to_owned(),
            path,
            description,
            created: now.clone(),
            updated: now.clone(),
            tags,
            default: "v1".to_owned(),
            versions: vec![Version { id: "v1".to_owned(), document: text.to_owned(), created: now }],
            count: 1,
        };
        let answer = format!("<Policy>{}</Policy>", policy.xml(0, Shown::Created));
        self.state.iam.policies.insert(arn, policy);
        Ok(answer)
    }

    fn get_policy(&self) -> Outcome {
        let policy = self.policy()?;
        Ok(format!("<Policy>{}</Policy>", policy.xml(self.attachments(&policy.arn), Shown::Whole)))
    }

    fn list_policies(&self) -> Outcome {
        let (scope, prefix) = (self.form.get("Scope"), self.form.get("PathPrefix"));
        let attached = self.form.get("OnlyAttached") == "true";
        let own = self.state.iam.policies.values().filter(|_| scope != "AWS").cloned();
        let policies = own.chain(AWS_POLICIES.values().filter(|_| scope != "Local").cloned());
        let members = policies.filter(|policy| policy.path.starts_with(prefix)).filter_map(|policy| {
            let n = self.attachments(&policy.arn);
            (!attached || n > 0).then(|| policy.xml(n, Shown::Listed))
        });
        xml::page(self.form, "Policies", members.collect())
    }

    fn delete_policy(&mut self) -> Outcome {
        let arn = self.form.get("PolicyArn");
        let versions = self.own_policy()?.versions.len();
        if self.attachments(arn) > 0 {
            return Err(conflict("Cannot delete a policy attached to entities."));
        }
        if versions > 1 {
            let message = "This policy has more than one version. Before you delete a policy, you must delete the \
                           policy's versions. The default version is deleted with the policy.";
            return Err(conflict(message));
        }
        self.state.iam.policies.remove(arn);
        Ok(String::new())
    }

    fn create_version(&mut self) -> Outcome {
        let form = self.form;
        let now = iso_seconds(self.world.clock.now());
        let text = form.get("PolicyDocument");
        let policy = self.own_policy()?;
        document::identity(text)?;
        if policy.versions.len() >= MOST_VERSIONS {
            let message = "A managed policy can have up to 5 versions. Before you create a new version, you must delete \
                           an existing version.";
            return Err(Refusal::new(409, "LimitExceeded", message));
        }
        policy.count += 1;
        let version = Version { id: format!("v{}", policy.count), document: text.to_owned(), created: now.clone() };
        policy.updated = now;
        if form.get("SetAsDefault") == "true" {
            version.id.clone_into(&mut policy.default);
        }
        policy.versions.push(version.clone());
        Ok(format!("<PolicyVersion>{}</PolicyVersion>", policy.version_xml(&version, false)))
    }

    fn get_version(&self) -> Outcome {
        let (policy, id) = (self.policy()?, self.form.get("VersionId"));
        let version = policy.versions.iter().find(|version| version.id == id);
        let version = version.ok_or_else(|| unknown_version(&policy.arn, id))?;
        Ok(format!("<PolicyVersion>{}</PolicyVersion>", policy.version_xml(version, true)))
    }

    fn list_versions(&self) -> Outcome {
        let policy = self.policy()?;
        let members = policy.versions.iter().rev().map(|version| policy.version_xml(version, false));
        xml::page(self.form, "Versions", members.collect())
    }

    fn delete_version(&mut self) -> Outcome {
        let id = self.form.get("VersionId");
        let policy = self.own_policy()?;
        if policy.default == id {
            return Err(conflict("Cannot delete the default version of a policy."));
        }
        let before = policy.versions.len();
        policy.versions.retain(|version| version.id != id);
        if policy.versions.len() == before { Err(unknown_version(&policy.arn, id)) } else { Ok(String::new()) }
    }

    fn set_default(&mut self) -> Outcome {
        let id = self.form.get("VersionId");
        let policy = self.own_policy()?;
        if !policy.versions.iter().any(|version| version.id == id) {
            return Err(unknown_version(&policy.arn, id));
        }
        id.clone_into(&mut policy.default);
        Ok(String::new())
    }

    fn list_entities(&self) -> Outcome {
        let policy = self.policy()?;
        let (roles, users) = self.holders(&policy.arn);
        let filter = self.form.get("EntityFilter");
        let members = |kind: &str, all: Vec<[&str; 2]>| {
            let wanted = filter.is_empty() || filter == kind;
            let all = all.into_iter().filter(move |_| wanted);
            let name = format!("{kind}Name");
            let id = format!("{kind}Id");
            all.map(|[n, i]| xml::element(&name, n) + &xml::element(&id, i)).collect::<Vec<_>>()
        };
        Ok("<PolicyGroups/>".to_owned()
            + &xml::list("PolicyUsers", members("User", users))
            + &xml::list("PolicyRoles", members("Role", roles))
            + "<IsTruncated>false</IsTruncated>")
    }

    fn policy_tags(&mut self, action: &str) -> Outcome {
        let form = self.form;
        if action == "ListPolicyTags" {
            return held::tagged(&mut self.policy()?.tags, form, "ListTags");
        }
        let verb = if action == "TagPolicy" { "Tag" } else { "Untag" };
        held::tagged(&mut self.own_policy()?.tags, form, verb)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_policy_of_aws_is_one_that_iam_itself_would_take() {
        assert_eq!(AWS_POLICIES.len(), 10);
        for policy in AWS_POLICIES.values() {
            assert!(document::identity(&policy.versions[0].document).is_ok(), "{}", policy.name);
        }
    }
}
