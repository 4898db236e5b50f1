//! DynamoDB as far as connection tables need it: tables with their keys, items, Scan and Query. JSON 1.0.
//!
//! `AWS` integrations call [`act`] as SDKs call [`answer`], so both see the same tables. Texts are DynamoDB's known
//! ones (assumed: no capture). What a store may hold is bounded, and a bound says so. Expressions beyond what
//! `dynamodb/expression.rs` reads are refused. A table is ACTIVE at once.

mod expression;
mod item;

use std::collections::BTreeMap;

use http::{HeaderValue, Response, header};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::answer::json_response;
use crate::front::Call;
use crate::{Body, World, ids};

/// Tables of the account.
const TABLES: usize = 100;
/// Items of a table.
const ITEMS: usize = 10_000;

/// What it keeps.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Kept {
    tables: BTreeMap<String, Table>,
}

/// Attributes by name: `{"connectionId": {"S": "…"}}`.
type Item = Map<String, Value>;

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Table {
    id: String,
    /// Milliseconds since 1970.
    created: i64,
    /// As they were sent.
    key_schema: Value,
    attributes: Value,
    /// Names of the partition key and, if there is one, the sort key, each with its type.
    keys: Vec<(String, String)>,
    /// By the text of their keys.
    items: BTreeMap<String, Item>,
}

/// Why DynamoDB refuses: always 400.
#[derive(Debug)]
pub(crate) struct Fault {
    code: &'static str,
    message: String,
}

impl Fault {
    fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    fn invalid(message: impl Into<String>) -> Self {
        Self::new("com.amazon.coral.validate#ValidationException", message)
    }

    /// A role or user that may not.
    pub(crate) fn denied(message: String) -> Self {
        Self::new("com.amazon.coral.service#AccessDeniedException", message)
    }

    /// What the wire carries.
    pub(crate) fn body(&self) -> Value {
        // The capital letter is that of coral's own exceptions.
        let member = if self.code.starts_with("com.amazon.coral.service") { "Message" } else { "message" };
        json!({ "__type": self.code, member: self.message })
    }
}

/// Answers one call.
pub(crate) fn answer(world: &World, call: &Call) -> Response<Body> {
    let action = call.header("x-amz-target").strip_prefix("DynamoDB_20120810.").unwrap_or_default();
    let (status, body) = match act(world, action, &call.body) {
        Ok(body) => (200, body),
        Err(fault) => (400, fault.body()),
    };
    let mut response = json_response(status, &body);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-amz-json-1.0"));
    response
}

/// The table that a request names, as IAM calls it.
pub(crate) fn resource(world: &World, body: &[u8]) -> String {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let name = body["TableName"].as_str().unwrap_or_default();
    let name = name.rsplit(":table/").next().unwrap_or_default();
    world.arn("dynamodb", &format!("table/{name}"))
}

/// Does one action.
pub(crate) fn act(world: &World, action: &str, body: &[u8]) -> Result<Value, Fault> {
    let known = [
        "CreateTable",
        "DescribeTable",
        "DeleteTable",
        "ListTables",
        "PutItem",
        "GetItem",
        "DeleteItem",
        "Scan",
        "Query",
    ];
    if !known.contains(&action) {
        return Err(Fault::new("com.amazon.coral.service#UnknownOperationException", ""));
    }
    let serialization = || Fault::new("com.amazon.coral.service#SerializationException", "");
    let asked: Value = serde_json::from_slice(body).map_err(|_| serialization())?;
    if !asked.is_object() {
        return Err(serialization());
    }
    let mut state = world.state.lock();
    let tables = &mut state.dynamodb.tables;
    if action == "ListTables" {
        return Ok(json!({ "TableNames": tables.keys().collect::<Vec<_>>() }));
    }
    let name = asked["TableName"].as_str().unwrap_or_default();
    let name = name.rsplit(":table/").next().unwrap_or_default();
    if !is_name(name) {
        return Err(Fault::invalid(
            "TableName must be at least 3 characters long and at most 255 characters long, and may contain only the \
             characters a-z, A-Z, 0-9, '_', '-', and '.'",
        ));
    }
    if action == "CreateTable" {
        return create(world, tables, name, &asked);
    }
    let Some(table) = tables.get_mut(name) else {
        let message = match action {
            "DescribeTable" | "DeleteTable" => format!("Requested resource not found: Table: {name} not found"),
            _ => "Requested resource not found".to_owned(),
        };
        return Err(Fault::new("com.amazonaws.dynamodb.v20120810#ResourceNotFoundException", message));
    };
    match action {
        "DescribeTable" => Ok(json!({ "Table": table.describe(world, name, "ACTIVE") })),
        "DeleteTable" => {
            let description = table.describe(world, name, "DELETING");
            tables.remove(name);
            Ok(json!({ "TableDescription": description }))
        }
        "PutItem" => item::put(table, &asked),
        "GetItem" => item::get(table, &asked),
        "DeleteItem" => item::delete(table, &asked),
        _ => item::list(table, &asked, action == "Query"),
    }
}

fn is_name(name: &str) -> bool {
    (3..=255).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b))
}

fn create(world: &World, tables: &mut BTreeMap<String, Table>, name: &str, asked: &Value) -> Result<Value, Fault> {
    if tables.contains_key(name) {
        let message = format!("Table already exists: {name}");
        return Err(Fault::new("com.amazonaws.dynamodb.v20120810#ResourceInUseException", message));
    }
    if tables.len() >= TABLES {
        let message = format!("The sandbox keeps {TABLES} tables.");
        return Err(Fault::new("com.amazonaws.dynamodb.v20120810#LimitExceededException", message));
    }
    let defined = asked["AttributeDefinitions"].as_array().cloned().unwrap_or_default();
    let schema = asked["KeySchema"].as_array().cloned().unwrap_or_default();
    let mut keys = Vec::new();
    for (key, kind) in schema.iter().zip(["HASH", "RANGE"]) {
        let name = key["AttributeName"].as_str().unwrap_or_default();
        let definition = defined.iter().find(|d| d["AttributeName"] == name);
        let attribute = definition.and_then(|d| d["AttributeType"].as_str()).filter(|t| ["S", "N", "B"].contains(t));
        match attribute {
            Some(attribute) if key["KeyType"] == kind => keys.push((name.to_owned(), attribute.to_owned())),
            _ => return Err(Fault::invalid("Invalid KeySchema: Some index key attribute have no definition")),
        }
    }
    if keys.is_empty() || schema.len() > 2 || defined.len() > 20 {
        return Err(Fault::invalid("1 validation error detected: Invalid KeySchema"));
    }
    let table = Table {
        id: ids::uuid(),
        created: world.clock.now(),
        key_schema: asked["KeySchema"].clone(),
        attributes: asked["AttributeDefinitions"].clone(),
        keys,
        items: BTreeMap::new(),
    };
    let description = table.describe(world, name, "CREATING");
    tables.insert(name.to_owned(), table);
    Ok(json!({ "TableDescription": description }))
}

impl Table {
    fn describe(&self, world: &World, name: &str, status: &str) -> Value {
        let size: usize = self.items.values().map(item::size).sum();
        #[allow(clippy::cast_precision_loss, reason = "seconds with a fraction, as the wire has them")]
        let created = self.created as f64 / 1000.0;
        json!({
            "AttributeDefinitions": self.attributes, "TableName": name, "KeySchema": self.key_schema,
            "TableStatus": status, "CreationDateTime": created, "TableSizeBytes": size,
            "ItemCount": self.items.len(), "TableArn": world.arn("dynamodb", &format!("table/{name}")),
            "TableId": self.id, "BillingModeSummary": { "BillingMode": "PAY_PER_REQUEST" },
            "ProvisionedThroughput": { "NumberOfDecreasesToday": 0, "ReadCapacityUnits": 0, "WriteCapacityUnits": 0 },
        })
    }
}
