//! What roles and users hold alike: attached policies, inline policies and tags. One rule for both.

use std::collections::BTreeMap;

use super::{Act, Outcome, document, managed, missing, xml};
use crate::answer::{Refusal, xml_text};
use crate::front::Form;
use crate::tag;

/// Tags that a resource may have.
const MOST_TAGS: usize = 50;
/// Policies that may be attached, and inline ones (a bound of ours; IAM bounds their size).
const MOST_POLICIES: usize = 100;

/// By key.
pub(super) type Tags = BTreeMap<String, String>;

/// The parts of a role or a user.
pub(super) struct Held<'a> {
    /// `role` or `user`.
    pub kind: &'static str,
    pub name: &'a str,
    pub attached: &'a mut Vec<String>,
    pub inline: &'a mut BTreeMap<String, String>,
    pub tags: &'a mut Tags,
}

impl Act<'_> {
    /// `AttachRolePolicy`, `PutUserPolicy`, `TagRole` and their like.
    pub(super) fn held(&mut self, action: &str) -> Option<Outcome> {
        let kind = ["Role", "User"].into_iter().find(|kind| action.contains(kind))?;
        let verb = action.replacen(kind, "", 1);
        let known = ["AttachPolicy", "DetachPolicy", "ListAttachedPolicies", "PutPolicy", "GetPolicy", "DeletePolicy"];
        if !known.contains(&verb.as_str()) && !["ListPolicies", "Tag", "Untag", "ListTags"].contains(&verb.as_str()) {
            return None;
        }
        Some(self.on_held(kind, &verb))
    }

    fn on_held(&mut self, kind: &str, verb: &str) -> Outcome {
        let form = self.form;
        let name = form.get(&format!("{kind}Name"));
        let arn = form.get("PolicyArn");
        let attachable = verb != "AttachPolicy" || managed::exists(&self.state.iam, arn);
        let held = match kind {
            "Role" => self.state.roles.get_mut(name).map(|role| role.held()),
            _ => self.state.iam.users.get_mut(name).map(|user| user.held()),
        };
        let mut held = held.ok_or_else(|| missing(&kind.to_lowercase(), name))?;
        match verb {
            "AttachPolicy" | "DetachPolicy" | "ListAttachedPolicies" => attached(&mut held, form, verb, attachable),
            "Tag" | "Untag" | "ListTags" => tagged(held.tags, form, verb),
            _ => inline(&mut held, form, verb),
        }
    }
}

fn attached(held: &mut Held<'_>, form: &Form, verb: &str, attachable: bool) -> Outcome {
    let arn = form.get("PolicyArn");
    match verb {
        "AttachPolicy" if !arn.starts_with("arn:aws:iam::") => {
            Err(Refusal::new(400, "ValidationError", format!("ARN {arn} is not valid.")))
        }
        "AttachPolicy" if !attachable => {
            Err(Refusal::new(404, "NoSuchEntity", format!("Policy {arn} does not exist or is not attachable.")))
        }
        "AttachPolicy" => {
            if !held.attached.iter().any(|a| a == arn) {
                bounded(held.attached.len())?;
                held.attached.push(arn.to_owned());
            }
            Ok(String::new())
        }
        "DetachPolicy" => {
            let before = held.attached.len();
            held.attached.retain(|a| a != arn);
            if held.attached.len() == before {
                return Err(Refusal::new(404, "NoSuchEntity", format!("Policy {arn} was not found.")));
            }
            Ok(String::new())
        }
        _ => {
            let prefix = form.get("PathPrefix");
            let path = |arn: &str| {
                let path = arn.split_once(":policy").map_or("", |(_, path)| path);
                path.rsplit_once('/').map_or(String::new(), |(path, _)| format!("{path}/"))
            };
            let members = held.attached.iter().filter(|arn| path(arn).starts_with(prefix)).map(|arn| {
                let name = arn.rsplit('/').next().unwrap_or_default();
                xml::element("PolicyName", name) + &xml::element("PolicyArn", arn)
            });
            xml::page(form, "AttachedPolicies", members.collect())
        }
    }
}

fn inline(held: &mut Held<'_>, form: &Form, verb: &str) -> Outcome {
    let (kind, policy) = (held.kind, form.get("PolicyName"));
    let unknown =
        || Refusal::new(404, "NoSuchEntity", format!("The {kind} policy with name {policy} cannot be found."));
    match verb {
        "PutPolicy" => {
            super::name(form, "PolicyName", 128)?;
            let text = form.get("PolicyDocument");
            document::identity(text)?;
            if !held.inline.contains_key(policy) {
                bounded(held.inline.len())?;
            }
            held.inline.insert(policy.to_owned(), text.to_owned());
            Ok(String::new())
        }
        "DeletePolicy" => held.inline.remove(policy).map(|_| String::new()).ok_or_else(unknown),
        "GetPolicy" => {
            let text = held.inline.get(policy).ok_or_else(unknown)?;
            let owner = if kind == "role" { "RoleName" } else { "UserName" };
            let names = xml::element(owner, held.name) + &xml::element("PolicyName", policy);
            Ok(names + &xml::document("PolicyDocument", text))
        }
        _ => {
            let names = held.inline.keys().map(|name| xml_text(name)).collect();
            xml::page(form, "PolicyNames", names)
        }
    }
}

fn bounded(held: usize) -> Result<(), Refusal> {
    if held < MOST_POLICIES {
        return Ok(());
    }
    Err(Refusal::new(409, "LimitExceeded", format!("Cannot exceed quota for PoliciesPerEntity: {MOST_POLICIES}")))
}

/// Tags of anything that has some.
pub(super) fn tagged(tags: &mut Tags, form: &Form, verb: &str) -> Outcome {
    match verb {
        "Tag" => {
            let mut all = tags.clone();
            all.extend(tags_of(form)?);
            if all.len() > MOST_TAGS {
                return Err(Refusal::new(409, "LimitExceeded", "The number of tags has reached the maximum limit."));
            }
            *tags = all;
            Ok(String::new())
        }
        "Untag" => {
            let keys = form.members("TagKeys");
            if keys.len() > MOST_TAGS {
                return Err(unfit(
                    "tagKeys",
                    &format!("[{}]", keys.join(", ")),
                    "have length less than or equal to 50.",
                ));
            }
            for (at, key) in keys.iter().enumerate() {
                check_text(&format!("tagKeys.{}.member", at + 1), key, 1, 128)?;
            }
            for key in keys {
                tags.remove(key);
            }
            Ok(String::new())
        }
        _ => {
            let members = tags.iter().map(|(key, value)| xml::element("Key", key) + &xml::element("Value", value));
            xml::page(form, "Tags", members.collect())
        }
    }
}

/// `Tags.member.N.Key` and `.Value`, as IAM takes them.
pub(super) fn tags_of(form: &Form) -> Result<Tags, Refusal> {
    let mut tags = Tags::new();
    for n in 1..=MOST_TAGS + 1 {
        let key = form.get(&format!("Tags.member.{n}.Key"));
        if key.is_empty() {
            break;
        }
        let value = form.get(&format!("Tags.member.{n}.Value"));
        check_text(&format!("tags.{n}.member.key"), key, 1, 128)?;
        check_text(&format!("tags.{n}.member.value"), value, 0, 256)?;
        if key.to_ascii_lowercase().starts_with("aws:") {
            let message = "Tag keys starting with 'aws:' are reserved for internal use";
            return Err(Refusal::new(400, "ValidationError", message));
        }
        if tags.keys().any(|known| known.eq_ignore_ascii_case(key)) {
            let message = "Duplicate tag keys found. Please note that Tag keys are case insensitive.";
            return Err(Refusal::new(400, "InvalidInput", message));
        }
        tags.insert(key.to_owned(), value.to_owned());
    }
    if tags.len() > MOST_TAGS {
        let message = "1 validation error detected: Value at 'tags' failed to satisfy constraint: Member must have \
                       length less than or equal to 50.";
        return Err(Refusal::new(400, "ValidationError", message));
    }
    Ok(tags)
}

fn unfit(place: &str, value: &str, rule: &str) -> Refusal {
    let message = format!(
        "1 validation error detected: Value '{value}' at '{place}' failed to satisfy constraint: Member must {rule}"
    );
    Refusal::new(400, "ValidationError", message)
}

/// A key or a value as botocore's model has it: letters, blanks and numbers of any script, and some signs.
fn check_text(place: &str, text: &str, least: usize, most: usize) -> Result<(), Refusal> {
    if text.chars().count() > most {
        return Err(unfit(place, text, &format!("have length less than or equal to {most}.")));
    }
    if tag::is_text(text) {
        return Ok(());
    }
    let times = if least > 0 { '+' } else { '*' };
    let pattern = r"satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]";
    Err(unfit(place, text, &format!("{pattern}{times}")))
}

/// The `Tags` member of a role, a user or a policy.
pub(super) fn tags_xml(tags: &Tags) -> String {
    if tags.is_empty() {
        return String::new();
    }
    xml::list("Tags", tags.iter().map(|(key, value)| xml::element("Key", key) + &xml::element("Value", value)))
}
