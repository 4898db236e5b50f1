//! Changes of what the account has around an API, as calls: API keys and usage plans with their patches, VPC links, client
//! certificates, log groups, functions' permissions.
//!
//! Patch paths: the developer guide's table of patch operations for API Gateway's V1 control plane.

use serde_json::{Map, Value, json};

use super::{Planning, effect, object};
use crate::diff::{Change, Field};
use crate::resource::{Kind, Members, stages_in_order};

impl Planning<'_> {
    pub(super) fn create_around(&mut self, change: &Change, mut members: Members) {
        match change.id.kind {
            Kind::LogGroup => {
                let name = object(json!({ "logGroupName": change.id.id }));
                self.push(change, "CreateLogGroup", "new".to_owned(), name);
                if let Some(days) = members.shift_remove("retentionInDays") {
                    self.retention(change, Some(&days));
                }
            }
            Kind::ClientCertificate => {
                members.retain(|name, _| name == "description" || name == "tags");
                self.push(change, "GenerateClientCertificate", "new; AWS keeps its private key".to_owned(), members);
            }
            Kind::Permission => {
                let text = |name: &str| members.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
                let mut input = object(json!({
                    "functionName": text("functionArn"),
                    "statementId": text("statementId"),
                    "action": "lambda:InvokeFunction",
                    "principal": "apigateway.amazonaws.com",
                }));
                if !text("sourceArn").is_empty() {
                    input.insert("sourceArn".to_owned(), json!(text("sourceArn")));
                }
                self.push(change, "AddPermission", "lets API Gateway invoke it".to_owned(), input);
            }
            Kind::PlanKey => {
                let input = object(json!({"keyId": change.id.id, "keyType": "API_KEY"}));
                self.push(change, "CreateUsagePlanKey", "new".to_owned(), input);
            }
            kind => {
                if kind == Kind::UsagePlan {
                    stages_in_order(&mut members);
                }
                if kind == Kind::ApiKey {
                    // A key is off unless it is said (V1's model).
                    members.entry("enabled").or_insert(json!(false));
                }
                let operation = format!("Create{}", kind.row().noun);
                self.push(change, &operation, "new".to_owned(), members);
            }
        }
    }

    pub(super) fn update_around(&mut self, change: &Change) {
        match change.id.kind {
            Kind::LogGroup => {
                let days = change.fields.iter().find(|f| f.member == "retentionInDays");
                if let Some(days) = days {
                    self.retention(change, days.to.as_ref());
                }
            }
            Kind::Permission => {
                self.delete_around(change);
                if let Some(members) = self.to.0.get(&change.id).cloned() {
                    self.create_around(change, members);
                }
            }
            Kind::PlanKey => {}
            kind => {
                let patches: Vec<Value> =
                    change.fields.iter().filter(|f| f.member != "tags").flat_map(patches).collect();
                if !patches.is_empty() {
                    let operation = format!("Update{}", kind.row().noun);
                    self.push(change, &operation, effect(change), object(json!({ "patchOperations": patches })));
                }
                self.tags(change);
            }
        }
    }

    pub(super) fn delete_around(&mut self, change: &Change) {
        match change.id.kind {
            Kind::LogGroup => self
                .plan
                .notices
                .push(format!("{} stays: Gatescope deletes no logs. It can be deleted in CloudWatch.", change.label)),
            Kind::Permission => {
                let (function, statement) = change.id.id.split_once(' ').unwrap_or((&change.id.id, ""));
                let input = object(json!({"functionName": function, "statementId": statement}));
                self.push(change, "RemovePermission", "API Gateway may not invoke it any more".to_owned(), input);
            }
            Kind::UsagePlan => {
                // A plan that still covers stages can't be deleted; that AWS refuses it is assumed after Terraform's provider.
                let stages = change.fields.iter().filter(|f| f.member == "apiStages").filter_map(|f| f.key.as_ref());
                let patches: Vec<Value> = stages.map(|s| patch("remove", "/apiStages", Some(s))).collect();
                if !patches.is_empty() {
                    let input = object(json!({ "patchOperations": patches }));
                    self.push(change, "UpdateUsagePlan", "its stages leave it".to_owned(), input);
                }
                self.push(change, "DeleteUsagePlan", "can be brought back with another id".to_owned(), Map::new());
            }
            kind => {
                let says = match kind {
                    Kind::ApiKey => "its value can't be brought back",
                    Kind::ClientCertificate => "its private key can't be brought back",
                    _ => "can be brought back with another id",
                };
                let operation = format!("Delete{}", kind.row().noun);
                self.push(change, &operation, says.to_owned(), Map::new());
            }
        }
    }

    fn retention(&mut self, change: &Change, days: Option<&Value>) {
        let mut input = object(json!({}));
        let (operation, says) = match days {
            Some(days) => {
                input.insert("retentionInDays".to_owned(), days.clone());
                ("PutRetentionPolicy", format!("what is older than {days} days goes"))
            }
            None => ("DeleteRetentionPolicy", "it never expires".to_owned()),
        };
        input.insert("logGroupName".to_owned(), json!(change.id.id));
        self.push(change, operation, says, input);
    }
}

/// One field as patches. Every value is a text.
fn patches(field: &Field) -> Vec<Value> {
    let text = |v: &Value| v.as_str().map_or_else(|| v.to_string(), str::to_owned);
    match (field.member.as_str(), &field.key, &field.to) {
        ("apiStages", Some(name), None) => vec![patch("remove", "/apiStages", Some(name))],
        ("apiStages", Some(name), Some(limits)) => {
            let mut all = Vec::new();
            let old = field.from.as_ref().and_then(|f| f.get("throttle")).and_then(Value::as_object);
            if field.from.is_none() {
                all.push(patch("add", "/apiStages", Some(name)));
            }
            let new = limits.get("throttle").and_then(Value::as_object);
            for (route, limit) in new.into_iter().flatten().filter(|(r, l)| old.and_then(|o| o.get(*r)) != Some(*l)) {
                for member in ["rateLimit", "burstLimit"] {
                    if let Some(value) = limit.get(member) {
                        let path = format!("/apiStages/{name}/throttle/{}/{member}", escaped(route));
                        all.push(patch("replace", &path, Some(&text(value))));
                    }
                }
            }
            for route in old.into_iter().flatten().map(|(r, _)| r).filter(|r| new.is_none_or(|n| !n.contains_key(*r))) {
                all.push(patch("remove", &format!("/apiStages/{name}/throttle/{}", escaped(route)), None));
            }
            all
        }
        (member @ ("throttle" | "quota"), Some(key), Some(value)) => {
            vec![patch("replace", &format!("/{member}/{key}"), Some(&text(value)))]
        }
        // Throttle and quota go whole; which of their members comes first does not matter.
        (member @ ("throttle" | "quota"), Some(key), None) => {
            let first = ["rateLimit", "limit"].contains(&key.as_str());
            if first { vec![patch("remove", &format!("/{member}"), None)] } else { Vec::new() }
        }
        (member, _, Some(value)) => vec![patch("replace", &format!("/{member}"), Some(&text(value)))],
        (member, _, None) => vec![patch("replace", &format!("/{member}"), Some(""))],
    }
}

fn patch(op: &str, path: &str, value: Option<&str>) -> Value {
    match value {
        Some(value) => json!({"op": op, "path": path, "value": value}),
        None => json!({"op": op, "path": path}),
    }
}

/// A JSON pointer's part.
fn escaped(part: &str) -> String {
    part.replace('~', "~0").replace('/', "~1")
}
