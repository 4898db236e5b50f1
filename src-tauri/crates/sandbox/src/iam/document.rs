//! When a policy document is malformed. The sentences are AWS's, as moto's tests assert them and LocalStack recorded
//! some; which of several faults is named first is as moto's tests have it.
//! Where to look next: `document/resource.rs` (what a resource may be), `document/legacy.rs`.

mod legacy;
mod resource;

use serde_json::{Map, Value};

use crate::answer::Refusal;
use gatescope_model::policy::{self, texts};

/// Bytes of a document; an inline policy of a role may have 10,240, a managed one 6,144 without blanks.
const MOST: usize = 131_072;
/// The version that has variables.
const VERSION: &str = "2012-10-17";
/// Members that a statement may have.
const MEMBERS: [&str; 9] =
    ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition", "Principal", "NotPrincipal"];
fn malformed(message: impl Into<String>) -> Refusal {
    Refusal::new(400, "MalformedPolicyDocument", message)
}

fn syntax() -> Refusal {
    malformed("Syntax errors in policy.")
}

/// A policy of a user or a role: it names resources and no principal. The checks run in the order in which moto's tests
/// have their sentences; no recording says more.
pub(super) fn identity(text: &str) -> Result<(), Refusal> {
    let document = parsed(text).ok_or_else(syntax)?;
    let statements = statements(&document)?;
    for statement in &statements {
        if statement.contains_key("Principal") || statement.contains_key("NotPrincipal") {
            return Err(malformed("Policy document should not specify a principal."));
        }
    }
    if document.get("Version").is_none_or(|version| version != VERSION) {
        return Err(malformed("Policy document must be version 2012-10-17 or greater."));
    }
    legacy::effects_and_dates(&statements)?;
    let named = statements.iter().filter_map(|s| one_of(s, "Resource", "NotResource")).flat_map(texts);
    let wrong = resource::first_wrong(named)?;
    unique_sids(&statements)?;
    for statement in &statements {
        if one_of(statement, "Action", "NotAction").is_none_or(|listed| texts(listed).next().is_none()) {
            return Err(malformed("Policy statement must contain actions."));
        }
    }
    if let Some(wrong) = wrong {
        return Err(malformed(wrong));
    }
    statements.iter().try_for_each(actions)?;
    let nameless =
        |s: &Map<String, Value>| one_of(s, "Resource", "NotResource").is_none_or(|r| texts(r).next().is_none());
    if statements.iter().any(nameless) {
        return Err(malformed("Policy statement must contain resources."));
    }
    Ok(())
}

/// A role's trust: it names principals and no resource.
pub(super) fn trust(text: &str) -> Result<(), Refusal> {
    let Some(document) = parsed(text) else { return Err(malformed("This policy contains invalid Json")) };
    let statements = statements(&document)?;
    for statement in &statements {
        if statement.contains_key("Resource") || statement.contains_key("NotResource") {
            return Err(malformed("Has prohibited field Resource."));
        }
        let Some(principal) = one_of(statement, "Principal", "NotPrincipal") else {
            return Err(malformed("Missing required field Principal"));
        };
        if principal != "*" && !principal.is_object() {
            return Err(syntax());
        }
        if !legacy::has_effect(statement) {
            return Err(syntax());
        }
        let Some(listed) = one_of(statement, "Action", "NotAction") else {
            return Err(malformed("Missing required field Action"));
        };
        if !texts(listed).all(|action| action == "*" || action.starts_with("sts:")) {
            return Err(malformed("AssumeRole policy may only specify STS AssumeRole actions."));
        }
    }
    unique_sids(&statements)
}

/// A session's policy, as STS takes it, as statements.
pub(crate) fn session_policy(text: &str) -> Result<Vec<Value>, Refusal> {
    identity(text)?;
    Ok(gatescope_model::policy::statements(text))
}

fn parsed(text: &str) -> Option<Map<String, Value>> {
    if text.len() > MOST {
        return None;
    }
    serde_json::from_str(text).ok()
}

fn one_of<'a>(statement: &'a Map<String, Value>, yes: &str, no: &str) -> Option<&'a Value> {
    statement.get(yes).or_else(|| statement.get(no))
}

/// The statements of a document that is written as the grammar wants it.
fn statements(document: &Map<String, Value>) -> Result<Vec<Map<String, Value>>, Refusal> {
    let known = |name: &String| ["Version", "Id", "Statement"].contains(&name.as_str());
    let version = |v: &Value| v == VERSION || v == "2008-10-17";
    if !document.keys().all(known)
        || !document.get("Version").is_none_or(version)
        || !document.get("Id").is_none_or(Value::is_string)
    {
        return Err(syntax());
    }
    let list = match document.get("Statement") {
        Some(Value::Array(list)) if !list.is_empty() => list.clone(),
        Some(statement @ Value::Object(_)) => vec![statement.clone()],
        _ => return Err(syntax()),
    };
    list.into_iter().map(|statement| well_formed(statement).ok_or_else(syntax)).collect()
}

fn well_formed(statement: Value) -> Option<Map<String, Value>> {
    let Value::Object(statement) = statement else { return None };
    let list = |name: &str| statement.get(name).is_none_or(is_list);
    let both = |yes: &str, no: &str| statement.contains_key(yes) && statement.contains_key(no);
    let conditions = statement.get("Condition").is_none_or(|c| {
        let keys = |(operator, k): (&String, &Value)| {
            k.as_object().is_some_and(|k| k.values().all(is_values) && (k.is_empty() || policy::is_operator(operator)))
        };
        c.as_object().is_some_and(|operators| operators.iter().all(keys))
    });
    let sound = statement.keys().all(|name| MEMBERS.contains(&name.as_str()))
        && statement.get("Effect").and_then(Value::as_str).is_some_and(legacy::is_effect)
        && statement.get("Sid").is_none_or(Value::is_string)
        && ["Action", "NotAction", "Resource", "NotResource"].into_iter().all(list)
        && !both("Action", "NotAction")
        && !both("Resource", "NotResource")
        && !both("Principal", "NotPrincipal")
        && conditions;
    sound.then_some(statement)
}

/// A text, or a list of texts, where nulls are passed over.
fn is_list(value: &Value) -> bool {
    let text = |item: &Value| item.is_string() || item.is_null();
    value.is_string() || value.as_array().is_some_and(|items| items.iter().all(text))
}

/// What a condition may compare with.
fn is_values(value: &Value) -> bool {
    let scalar = |v: &Value| v.is_string() || v.is_boolean() || v.is_number();
    scalar(value) || value.as_array().is_some_and(|items| items.iter().all(scalar))
}

fn actions(statement: &Map<String, Value>) -> Result<(), Refusal> {
    for action in one_of(statement, "Action", "NotAction").into_iter().flat_map(texts).filter(|action| *action != "*") {
        let Some((vendor, name)) = action.split_once(':') else {
            return Err(malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."));
        };
        if name.contains(':') {
            return Err(malformed("Actions/Condition can contain only one colon."));
        }
        if !vendor.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.*?".contains(&b)) {
            return Err(malformed(format!("Vendor {vendor} is not valid")));
        }
    }
    Ok(())
}

fn unique_sids(statements: &[Map<String, Value>]) -> Result<(), Refusal> {
    let mut sids: Vec<_> = statements.iter().filter_map(|s| s.get("Sid")?.as_str()).filter(|s| !s.is_empty()).collect();
    let all = sids.len();
    sids.sort_unstable();
    sids.dedup();
    if sids.len() < all { Err(malformed("Statement IDs (SID) in a single policy must be unique.")) } else { Ok(()) }
}
