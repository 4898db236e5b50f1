//! Items: put, get, delete, and the two ways to list them. Pure on one table.

use serde_json::{Value, json};

use super::expression::{self, Names};
use super::{Fault, ITEMS, Item, Table};

/// Bytes of an item.
const ITEM_LIMIT: usize = 400 * 1024;
/// Bytes of a page.
const PAGE_LIMIT: usize = 1 << 20;
/// What an attribute may be.
const TYPES: [&str; 10] = ["S", "N", "B", "BOOL", "NULL", "M", "L", "SS", "NS", "BS"];
/// How deep lists and maps may nest.
const DEPTH: usize = 32;

/// About what DynamoDB counts.
pub(super) fn size(item: &Item) -> usize {
    item.iter().map(|(name, value)| name.len() + value.to_string().len()).sum()
}

fn attributes(value: &Value) -> Result<Item, Fault> {
    let item = value.as_object().ok_or_else(|| Fault::invalid("The item must be a map of attributes"))?;
    for value in item.values() {
        attribute(value, 0)?;
    }
    Ok(item.clone())
}

fn attribute(value: &Value, depth: usize) -> Result<(), Fault> {
    let empty = "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes";
    let member = value.as_object().filter(|o| o.len() == 1).and_then(|o| o.iter().next());
    let Some((kind, inside)) = member.filter(|(kind, _)| TYPES.contains(&kind.as_str())) else {
        return Err(Fault::invalid(empty));
    };
    if depth > DEPTH {
        return Err(Fault::invalid("Nesting Levels have exceeded supported limits"));
    }
    let fits = match kind.as_str() {
        "S" | "B" => inside.is_string(),
        "N" => inside.as_str().is_some_and(|n| n.parse::<f64>().is_ok_and(f64::is_finite)),
        "BOOL" | "NULL" => inside.is_boolean(),
        "M" => {
            let Some(members) = inside.as_object() else { return Err(Fault::invalid(empty)) };
            return members.values().try_for_each(|value| attribute(value, depth + 1));
        }
        "L" => {
            let Some(items) = inside.as_array() else { return Err(Fault::invalid(empty)) };
            return items.iter().try_for_each(|value| attribute(value, depth + 1));
        }
        _ => inside.as_array().is_some_and(|set| !set.is_empty() && set.iter().all(Value::is_string)),
    };
    if fits {
        return Ok(());
    }
    let number = "The parameter cannot be converted to a numeric value";
    Err(Fault::invalid(if kind == "N" { number } else { empty }))
}

/// The text under which an item is kept.
fn key_of(table: &Table, item: &Item, of_item: bool) -> Result<String, Fault> {
    let mut parts = Vec::new();
    for (name, kind) in &table.keys {
        let Some(value) = item.get(name) else {
            return Err(Fault::invalid(if of_item {
                format!("One or more parameter values were invalid: Missing the key {name} in the item")
            } else {
                "The provided key element does not match the schema".into()
            }));
        };
        let Some(text) = value[kind].as_str() else {
            let actual = value.as_object().and_then(|o| o.keys().next()).map_or("", String::as_str);
            return Err(Fault::invalid(if of_item {
                format!(
                    "One or more parameter values were invalid: Type mismatch for key {name} expected: {kind} actual: \
                     {actual}"
                )
            } else {
                "The provided key element does not match the schema".into()
            }));
        };
        if text.is_empty() {
            return Err(Fault::invalid(format!(
                "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an \
                 empty string value. Key: {name}"
            )));
        }
        parts.push(text);
    }
    if !of_item && item.len() != table.keys.len() {
        return Err(Fault::invalid("The provided key element does not match the schema"));
    }
    Ok(json!(parts).to_string())
}

/// What a change answers: the old item when it was asked for.
fn old(asked: &Value, item: Option<Item>) -> Result<Value, Fault> {
    match (asked["ReturnValues"].as_str(), item) {
        (None | Some("NONE"), _) | (Some("ALL_OLD"), None) => Ok(json!({})),
        (Some("ALL_OLD"), Some(item)) => Ok(json!({ "Attributes": item })),
        _ => Err(Fault::invalid("Return values set to invalid value")),
    }
}

/// Whether the condition, if there is one, holds.
fn holds(asked: &Value, before: Option<&Item>) -> Result<(), Fault> {
    let names = Names::of(asked);
    match asked["ConditionExpression"].as_str() {
        Some(condition) if !expression::condition(condition, &names, before)? => Err(Fault::new(
            "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",
            "The conditional request failed",
        )),
        _ => Ok(()),
    }
}

pub(super) fn put(table: &mut Table, asked: &Value) -> Result<Value, Fault> {
    let item = attributes(&asked["Item"])?;
    let key = key_of(table, &item, true)?;
    if size(&item) > ITEM_LIMIT {
        return Err(Fault::invalid("Item size has exceeded the maximum allowed size"));
    }
    holds(asked, table.items.get(&key))?;
    if table.items.len() >= ITEMS && !table.items.contains_key(&key) {
        let message = format!("The sandbox keeps {ITEMS} items a table.");
        return Err(Fault::new("com.amazonaws.dynamodb.v20120810#ItemCollectionSizeLimitExceededException", message));
    }
    let before = table.items.insert(key, item);
    old(asked, before)
}

pub(super) fn get(table: &Table, asked: &Value) -> Result<Value, Fault> {
    let key = key_of(table, &attributes(&asked["Key"])?, false)?;
    let Some(item) = table.items.get(&key) else { return Ok(json!({})) };
    Ok(json!({ "Item": projected(asked, item) }))
}

pub(super) fn delete(table: &mut Table, asked: &Value) -> Result<Value, Fault> {
    let key = key_of(table, &attributes(&asked["Key"])?, false)?;
    holds(asked, table.items.get(&key))?;
    let before = table.items.remove(&key);
    old(asked, before)
}

/// Scan, and Query by its partition key.
pub(super) fn list(table: &Table, asked: &Value, query: bool) -> Result<Value, Fault> {
    let names = Names::of(asked);
    if !asked["FilterExpression"].is_null() {
        return Err(Fault::invalid("FilterExpression is not supported by the sandbox"));
    }
    let wanted = if query {
        let text = asked["KeyConditionExpression"].as_str().unwrap_or_default();
        expression::equalities(text, &names, &asked["ExpressionAttributeValues"])?
    } else {
        Vec::new()
    };
    if query && !wanted.iter().any(|(name, _)| table.keys.first().is_some_and(|(key, _)| key == name)) {
        let key = table.keys.first().map_or("", |(name, _)| name);
        return Err(Fault::invalid(format!("Query condition missed key schema element: {key}")));
    }
    let after = match &asked["ExclusiveStartKey"] {
        Value::Null => None,
        key => Some(key_of(table, &attributes(key)?, false)?),
    };
    let limit = asked["Limit"].as_u64().and_then(|n| usize::try_from(n).ok()).unwrap_or(usize::MAX);
    if limit == 0 {
        return Err(Fault::invalid("1 validation error detected: Value '0' at 'limit' failed to satisfy constraint"));
    }
    let (mut items, mut bytes, mut scanned, mut last) = (Vec::new(), 0, 0, None);
    for (key, item) in table.items.iter().filter(|(key, _)| after.as_ref().is_none_or(|after| *key > after)) {
        if scanned == limit || bytes > PAGE_LIMIT {
            last = items_key(table, last);
            return Ok(page(asked, &items, scanned, last));
        }
        if !wanted.iter().all(|(name, value)| item.get(name) == Some(value)) {
            continue;
        }
        scanned += 1;
        bytes += size(item);
        items.push(projected(asked, item));
        last = serde_json::from_str::<Value>(key).ok();
    }
    Ok(page(asked, &items, scanned, None))
}

/// The key of the last item as a request carries it.
fn items_key(table: &Table, parts: Option<Value>) -> Option<Value> {
    let parts = parts?;
    let key: Item = table
        .keys
        .iter()
        .enumerate()
        .filter_map(|(i, (name, kind))| Some((name.clone(), json!({ kind: parts.get(i)? }))))
        .collect();
    Some(key.into())
}

fn page(asked: &Value, items: &[Value], scanned: usize, last: Option<Value>) -> Value {
    let mut page = json!({ "Count": items.len(), "ScannedCount": scanned });
    if asked["Select"] != "COUNT" {
        page["Items"] = json!(items);
    }
    if let Some(last) = last {
        page["LastEvaluatedKey"] = last;
    }
    page
}

/// The attributes that were asked for.
fn projected(asked: &Value, item: &Item) -> Value {
    let Some(text) = asked["ProjectionExpression"].as_str() else { return json!(item) };
    let names = Names::of(asked);
    let wanted: Vec<_> = text.split(',').map(|name| names.real(name.trim())).collect();
    item.iter()
        .filter(|(name, _)| wanted.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect::<Item>()
        .into()
}
