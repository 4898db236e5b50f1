//! Log groups: made, deleted, protected, listed, and how long they keep.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::asked::{Asked, check_group_name, constraint, group_name, invalid_parameter, invalid_token, no_group, null};
use super::wire::listing;
use super::{Group, GroupRef, Store, tags};
use crate::answer::Refusal;

const CLASSES: [&str; 4] = ["STANDARD", "INFREQUENT_ACCESS", "DELIVERY", "ESSENTIALS"];
/// Days that a group can keep its events for (botocore's model).
const DAYS: [i64; 22] =
    [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];
/// Groups on a page when the caller does not say; also the most.
const PAGE: usize = 50;
/// The same for ListLogGroups (botocore's model).
const LIST_PAGE: usize = 1000;
const DELIVERY_DAYS: i64 = 2;

pub(super) fn create(store: &Store, now: i64, asked: &Asked) -> Result<Value, Refusal> {
    let name = asked.group_name()?;
    let class = asked.choice("logGroupClass", &CLASSES)?.unwrap_or_default();
    let tags = tags::read(asked.value("tags"))?;
    if asked.has("kmsKeyId") {
        // There are no keys here, so none can be named (assumed: the words).
        let message =
            format!("The specified KMS key does not exist or is not allowed to be used with LogGroup '{name}'.");
        return Err(invalid_parameter(&message));
    }
    let group = store.group(name);
    let mut kept = group.lock();
    if kept.there {
        let message = "The specified log group already exists";
        return Err(Refusal::new(400, "ResourceAlreadyExistsException", message));
    }
    kept.make(now);
    class.clone_into(&mut kept.class);
    kept.tags = tags;
    kept.protected = asked.flag("deletionProtectionEnabled").unwrap_or_default();
    // botocore's model: a group of this class keeps its events for two days, and that can't be changed.
    kept.retention_days = (class == "DELIVERY").then_some(DELIVERY_DAYS);
    Ok(Value::Null)
}

pub(super) fn delete(store: &Store, asked: &Asked) -> Result<Value, Refusal> {
    let name = asked.group_name()?;
    if store.existing(name)?.lock().protected {
        // Assumed: the words.
        let message = "Log group cannot be deleted because deletion protection is enabled";
        return Err(Refusal::new(400, "ValidationException", message));
    }
    if store.remove(name) { Ok(Value::Null) } else { Err(no_group()) }
}

pub(super) fn protect(store: &Store, asked: &Asked) -> Result<Value, Refusal> {
    let name = group_name(asked.required("logGroupIdentifier")?, "logGroupIdentifier")?;
    let enabled = asked.flag("deletionProtectionEnabled").ok_or_else(|| null("deletionProtectionEnabled"))?;
    store.existing(name)?.lock().protected = enabled;
    Ok(Value::Null)
}

pub(super) fn retain(store: &Store, now: i64, asked: &Asked) -> Result<Value, Refusal> {
    let name = asked.group_name()?;
    let days = asked.number("retentionInDays").ok_or_else(|| null("retentionInDays"))?;
    if !DAYS.contains(&days) {
        let values = DAYS.map(|day| day.to_string()).join(", ");
        let what = format!("Member must satisfy enum value set: [{values}]");
        return Err(constraint(&days.to_string(), "retentionInDays", &what));
    }
    let group = store.existing(name)?;
    group.lock().retention_days = Some(days);
    store.expire(&group, now);
    Ok(Value::Null)
}

pub(super) fn keep_for_ever(store: &Store, asked: &Asked) -> Result<Value, Refusal> {
    store.existing(asked.group_name()?)?.lock().retention_days = None;
    Ok(Value::Null)
}

impl Store {
    /// Lets go what retention has ended for.
    pub(super) fn expire(&self, group: &Group, now: i64) {
        let gone = group.lock().expire(now);
        self.freed(&gone);
    }
}

pub(super) fn describe(store: &Store, now: i64, asked: &Asked) -> Result<Value, Refusal> {
    let limit = asked.limit("limit", PAGE)?;
    let (prefix, pattern) = (asked.text("logGroupNamePrefix"), asked.text("logGroupNamePattern"));
    if asked.has("logGroupNamePrefix") {
        check_group_name(prefix, "logGroupNamePrefix")?;
        if asked.has("logGroupNamePattern") {
            let message = "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.";
            return Err(invalid_parameter(message));
        }
    }
    let class = asked.choice("logGroupClass", &CLASSES)?;
    let identifiers = asked.list("logGroupIdentifiers", PAGE)?;
    let names: Result<Vec<&str>, Refusal> = identifiers.iter().map(|i| group_name(i, "logGroupIdentifiers")).collect();
    let names = names?;
    let after = token(asked)?;
    let fits = |group: &GroupRef| {
        let name: &str = &group.name;
        name.starts_with(prefix)
            && name.contains(pattern)
            && (names.is_empty() || names.contains(&name))
            && after.as_deref().is_none_or(|after| name > after)
            && class.is_none_or(|class| class == class_of(&group.lock().class))
    };
    let (page, token) = page(store.all().into_iter().filter(fits).collect(), limit);
    let describe = |group: &GroupRef| {
        store.expire(group, now);
        entry(group)
    };
    Ok(listing("logGroups", page.iter().map(describe).collect(), token))
}

/// An empty class is the ordinary one.
fn class_of(class: &str) -> &str {
    if class.is_empty() { "STANDARD" } else { class }
}

/// A page, and the token of the next one: the name that it begins behind.
fn page(mut found: Vec<GroupRef>, limit: usize) -> (Vec<GroupRef>, Option<String>) {
    let more = found.len() > limit;
    found.truncate(limit);
    let token = found.last().filter(|_| more).map(|last| URL_SAFE_NO_PAD.encode(last.name.as_bytes()));
    (found, token)
}

fn token(asked: &Asked) -> Result<Option<String>, Refusal> {
    if !asked.has("nextToken") {
        return Ok(None);
    }
    let bytes = URL_SAFE_NO_PAD.decode(asked.text("nextToken")).map_err(|_| invalid_token())?;
    let name = String::from_utf8(bytes).map_err(|_| invalid_token())?;
    check_group_name(&name, "nextToken").map_err(|_| invalid_token())?;
    Ok(Some(name))
}

/// One group as DescribeLogGroups has it, members in the recorded order. `storedBytes` is what the sandbox holds in
/// memory (assumed: AWS counts compressed text, hours later).
fn entry(group: &Group) -> Value {
    let kept = group.lock();
    let mut item = json!({ "logGroupName": &*group.name, "creationTime": kept.created });
    if let Some(days) = kept.retention_days {
        item["retentionInDays"] = json!(days);
    }
    item["metricFilterCount"] = json!(0);
    item["arn"] = json!(format!("{}:*", group.arn));
    item["storedBytes"] = json!(kept.bytes());
    item["logGroupClass"] = json!(class_of(&kept.class));
    item["logGroupArn"] = json!(group.arn);
    item["deletionProtectionEnabled"] = json!(kept.protected);
    item["bearerTokenAuthenticationEnabled"] = json!(false);
    item
}

/// ListLogGroups: up to five alternatives, each a substring or, after `^`, a beginning (botocore's model).
pub(super) fn list(store: &Store, asked: &Asked) -> Result<Value, Refusal> {
    let limit = if asked.has("limit") { asked.limit("limit", LIST_PAGE)? } else { PAGE };
    let class = asked.choice("logGroupClass", &CLASSES)?;
    let pattern = asked.text("logGroupNamePattern");
    let parts: Vec<&str> = pattern.split('|').collect();
    let allowed = |part: &&str| {
        let name = part.strip_prefix('^').unwrap_or(part);
        (3..=24).contains(&name.len()) && check_group_name(name, "").is_ok()
    };
    if asked.has("logGroupNamePattern") && (parts.len() > 5 || !parts.iter().all(allowed)) {
        let what = r"Member must satisfy regular expression pattern: (\^?[\.\-_\/#A-Za-z0-9]{3,24})(\|\^?[\.\-_\/#A-Za-z0-9]{3,24}){0,4}";
        return Err(constraint(pattern, "logGroupNamePattern", what));
    }
    let after = token(asked)?;
    let fits = |group: &GroupRef| {
        let name: &str = &group.name;
        let part_fits = |part: &&str| part.strip_prefix('^').map_or(name.contains(*part), |p| name.starts_with(p));
        parts.iter().any(part_fits)
            && after.as_deref().is_none_or(|after| name > after)
            && class.is_none_or(|class| class == class_of(&group.lock().class))
    };
    let (page, token) = page(store.all().into_iter().filter(fits).collect(), limit);
    let entry = |group: &GroupRef| {
        let kept = group.lock();
        json!({ "logGroupName": &*group.name, "logGroupArn": group.arn, "logGroupClass": class_of(&kept.class) })
    };
    Ok(listing("logGroups", page.iter().map(entry).collect(), token))
}
