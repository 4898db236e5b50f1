//! The draft's ids and AWS's: putting the one where the other stood.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::api::Snapshot;

/// The same snapshot under other ids: the draft's become AWS's once they are known.
#[must_use]
pub fn rename(snapshot: &Snapshot, made: &BTreeMap<String, String>) -> Snapshot {
    if made.is_empty() {
        return snapshot.clone();
    }
    let Ok(mut value) = serde_json::to_value(snapshot) else { return snapshot.clone() };
    rename_in(&mut value, "", made);
    serde_json::from_value(value).unwrap_or_else(|_| snapshot.clone())
}

/// Members that name a resource by its id.
const REFERENCES: &[&str] = &[
    "apiId",
    "apiKey",
    "apiMappingId",
    "authorizerId",
    "clientCertificateId",
    "connectionId",
    "deploymentId",
    "id",
    "integrationId",
    "integrationResponseId",
    "keyId",
    "modelId",
    "routeId",
    "routeResponseId",
    "usagePlanId",
    "vpcLinkId",
];
/// Members in which an id stands inside a longer text.
const WITH_REFERENCES: &[&str] = &["logGroupName", "path", "resourceArn", "sourceArn", "target"];

/// Members in which no id of another resource can stand: the user's own texts stay as they are.
const FREE: &[&str] = &["requestTemplates", "responseTemplates", "tags", "schema", "description"];

/// Puts AWS's ids into whatever names a resource.
pub(crate) fn rename_in(value: &mut Value, member: &str, made: &BTreeMap<String, String>) {
    match value {
        Value::Object(map) => {
            // What a patch writes may be a key's id or `{apiId}:{stage}`; of free texts only those with a draft's id change.
            for (name, inner) in map.iter_mut().filter(|(name, _)| !FREE.contains(&name.as_str())) {
                rename_in(inner, name, made);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename_in(item, member, made)),
        Value::String(text) if REFERENCES.contains(&member) => {
            if let Some(id) = made.get(text.as_str()) {
                text.clone_from(id);
            }
        }
        Value::String(text) if WITH_REFERENCES.contains(&member) || member == "value" => {
            for (old, new) in made {
                *text = replaced(text, old, new);
            }
        }
        _ => {}
    }
}

/// Replaces an id where it stands by itself, not inside a longer word.
pub(crate) fn replaced(text: &str, id: &str, by: &str) -> String {
    // Nothing names nothing; and an empty word would be found for ever.
    if id.is_empty() {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let word = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    while let Some(at) = rest.find(id) {
        let (before, after) = (&rest[..at], &rest[at + id.len()..]);
        let alone = !before.ends_with(word) && !after.starts_with(word);
        out.push_str(before);
        out.push_str(if alone { by } else { id });
        rest = after;
    }
    out.push_str(rest);
    out
}
