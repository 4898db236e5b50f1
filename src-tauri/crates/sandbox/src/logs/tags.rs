//! Tags of log groups: TagResource and its kin by ARN, and the older TagLogGroup and its kin by name.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::asked::{Asked, constraint_at, invalid_parameter, null};
use super::{GroupRef, Store};
use crate::answer::Refusal;

/// Tags on a group.
const MOST: usize = 50;

/// The tags in a request; none when the member is not there.
pub(super) fn read(tags: &Value) -> Result<BTreeMap<String, String>, Refusal> {
    let map = match tags {
        Value::Null => return Ok(BTreeMap::new()),
        Value::Object(map) => map,
        _ => return Err(Refusal::new(400, "SerializationException", "tags: can not be converted to a Map")),
    };
    let mut read = BTreeMap::new();
    for (key, value) in map {
        let Some(value) = value.as_str() else {
            return Err(Refusal::new(400, "SerializationException", "tags: a value can not be converted to a String"));
        };
        if key.is_empty() || key.chars().count() > 128 || value.chars().count() > 256 {
            let what = "Map keys must have length between 1 and 128, values less than or equal to 256";
            return Err(constraint_at("tags", what));
        }
        read.insert(key.clone(), value.to_owned());
    }
    if read.len() > MOST {
        return Err(constraint_at("tags", "Member must have length less than or equal to 50"));
    }
    Ok(read)
}

/// The group of `resourceArn`. With and without `:*` (assumed).
fn resource(store: &Store, asked: &Asked) -> Result<GroupRef, Refusal> {
    let arn = asked.required("resourceArn")?;
    // Assumed: the words for an ARN that is none.
    let (_, name) = arn.split_once(":log-group:").ok_or_else(|| invalid_parameter("Invalid resourceArn"))?;
    store.existing(name.strip_suffix(":*").unwrap_or(name))
}

fn add(group: &GroupRef, asked: &Asked) -> Result<Value, Refusal> {
    if !asked.has("tags") {
        return Err(null("tags"));
    }
    let tags = read(asked.value("tags"))?;
    let mut kept = group.lock();
    let fresh = tags.keys().filter(|key| !kept.tags.contains_key(*key)).count();
    if kept.tags.len() + fresh > MOST {
        // Assumed: the words.
        return Err(Refusal::new(400, "TooManyTagsException", "A log group can have at most 50 tags."));
    }
    kept.tags.extend(tags);
    Ok(Value::Null)
}

fn take(group: &GroupRef, asked: &Asked, member: &str) -> Result<Value, Refusal> {
    if !asked.value(member).is_array() {
        return Err(null(member));
    }
    let keys = asked.texts(member);
    group.lock().tags.retain(|key, _| !keys.contains(&key.as_str()));
    Ok(Value::Null)
}

fn all(group: &GroupRef) -> Value {
    json!({ "tags": group.lock().tags })
}

pub(super) fn tag(store: &Store, asked: &Asked) -> Result<Value, Refusal> {
    add(&resource(store, asked)?, asked)
}

pub(super) fn untag(store: &Store, asked: &Asked) -> Result<Value, Refusal> {
    take(&resource(store, asked)?, asked, "tagKeys")
}

pub(super) fn list(store: &Store, asked: &Asked) -> Result<Value, Refusal> {
    Ok(all(&resource(store, asked)?))
}

pub(super) fn tag_group(store: &Store, asked: &Asked) -> Result<Value, Refusal> {
    add(&store.existing(asked.group_name()?)?, asked)
}

pub(super) fn untag_group(store: &Store, asked: &Asked) -> Result<Value, Refusal> {
    take(&store.existing(asked.group_name()?)?, asked, "tags")
}

pub(super) fn list_group(store: &Store, asked: &Asked) -> Result<Value, Refusal> {
    Ok(all(&store.existing(asked.group_name()?)?))
}
