//! One resource's change as calls: what a create sends, what an update sends, and the calls that take members away.

use serde_json::{Map, Value, json};

use super::{Planning, effect, object};
use crate::diff::{Change, Field};
use crate::resource::{Id, Kind};

/// Throttling can be changed but not unset (terraform-provider-aws#14742); these are the account's own limits (facts 5.1),
/// which are in force anyway.
const ACCOUNT_BURST: i64 = 5_000;
const ACCOUNT_RATE: f64 = 10_000.0;

impl Planning<'_> {
    pub(super) fn create(&mut self, change: &Change) {
        let kind = change.id.kind;
        let Some(mut members) = self.to.0.get(&change.id).cloned() else { return };
        match kind {
            Kind::Api => {
                members.insert("protocolType".to_owned(), json!("WEBSOCKET"));
            }
            Kind::Stage => {
                members.insert("stageName".to_owned(), json!(change.id.id));
                if members.get("autoDeploy") == Some(&Value::Bool(true)) {
                    // A stage that deploys by itself refuses to be given a deployment (facts-2 8).
                    members.shift_remove("deploymentId");
                }
            }
            Kind::Authorizer => {
                members.insert("authorizerType".to_owned(), json!("REQUEST"));
            }
            Kind::LogGroup | Kind::ClientCertificate | Kind::VpcLink | Kind::Permission | Kind::ApiKey => {
                return self.create_around(change, members);
            }
            Kind::UsagePlan | Kind::PlanKey => return self.create_around(change, members),
            _ => {}
        }
        let operation = format!("Create{}", kind.row().noun);
        self.push(change, &operation, "new".to_owned(), members);
    }

    pub(super) fn update(&mut self, change: &Change) {
        let kind = change.id.kind;
        let row = kind.row();
        if row.service != "apigatewayv2" {
            return self.update_around(change);
        }
        let mut sent = Map::new();
        let mut after: Vec<(&'static str, Map<String, Value>, String)> = Vec::new();
        let mut before: Vec<(&'static str, Map<String, Value>, String)> = Vec::new();
        for field in change.fields.iter().filter(|f| f.member != "tags") {
            match (kind, field.member.as_str(), &field.key, &field.to) {
                (Kind::Stage, "routeSettings", Some(key), to) => {
                    let unsets = match (&field.from, to) {
                        (Some(Value::Object(from)), Some(Value::Object(to))) => {
                            from.keys().any(|k| !to.contains_key(k))
                        }
                        (Some(_), None) => true,
                        _ => false,
                    };
                    if unsets {
                        let input = object(json!({ "routeKey": key }));
                        before.push(("DeleteRouteSettings", input, format!("the settings of route {key} go")));
                    }
                    if let Some(to) = to {
                        entry(&mut sent, "routeSettings", key, to.clone());
                    }
                }
                (Kind::Stage, "defaultRouteSettings", Some(key), to) => {
                    let value = to.clone().or_else(|| self.not_unset(change, key));
                    if let Some(value) = value {
                        entry(&mut sent, "defaultRouteSettings", key, value);
                    }
                }
                (Kind::Stage, "accessLogSettings", ..) => {
                    match self.to.0.get(&change.id).and_then(|m| m.get("accessLogSettings")) {
                        Some(whole) => drop(sent.insert("accessLogSettings".to_owned(), whole.clone())),
                        None if !after.iter().any(|(o, ..)| *o == "DeleteAccessLogSettings") => {
                            after.push(("DeleteAccessLogSettings", Map::new(), "the access log ends".to_owned()));
                        }
                        None => {}
                    }
                }
                (Kind::Route, "requestParameters", Some(key), None) => {
                    let input = object(json!({ "requestParameterKey": key }));
                    after.push(("DeleteRouteRequestParameter", input, format!("{key} goes")));
                }
                (_, member, Some(key), to) if row.merged.contains(&member) => {
                    entry(&mut sent, member, key, to.clone().unwrap_or_else(|| json!("")));
                }
                (_, member, _, _) => {
                    let whole = self.to.0.get(&change.id).and_then(|m| m.get(member)).cloned();
                    let value = whole.unwrap_or_else(|| unset(row.defaults, field));
                    sent.insert(member.to_owned(), value);
                }
            }
        }
        if kind == Kind::Mapping {
            // Every update of a mapping names its API (botocore's model).
            let api = self.to.0.get(&change.id).and_then(|m| m.get("apiId")).cloned();
            sent.extend(api.map(|api| ("apiId".to_owned(), api)));
        }
        for (operation, input, says) in before {
            self.push(change, operation, says, input);
        }
        if !sent.is_empty() {
            if kind == Kind::Stage && sent.get("autoDeploy") == Some(&Value::Bool(true)) {
                sent.shift_remove("deploymentId");
            }
            let operation = format!("Update{}", row.noun);
            self.push(change, &operation, effect(change), sent);
        }
        for (operation, input, says) in after {
            self.push(change, operation, says, input);
        }
        self.tags(change);
    }

    pub(super) fn delete(&mut self, change: &Change) {
        let row = change.id.kind.row();
        if row.service != "apigatewayv2" {
            return self.delete_around(change);
        }
        let operation = format!("Delete{}", row.noun);
        self.push(change, &operation, "can be brought back with another id".to_owned(), Map::new());
    }

    /// A member that AWS can't unset: the value that means the same, with a word about it.
    fn not_unset(&mut self, change: &Change, key: &str) -> Option<Value> {
        let (value, words) = match key {
            "throttlingBurstLimit" => (json!(ACCOUNT_BURST), "the burst limit"),
            "throttlingRateLimit" => (json!(ACCOUNT_RATE), "the rate limit"),
            other => {
                let defaults: Value = serde_json::from_str(change.id.kind.row().defaults).ok()?;
                return defaults.get("defaultRouteSettings")?.get(other).cloned();
            }
        };
        self.plan.notices.push(format!(
            "AWS can't unset {words} of {}: it becomes {value}, which is the account's own.",
            change.label
        ));
        Some(value)
    }

    /// Tags have calls of their own.
    pub(super) fn tags(&mut self, change: &Change) {
        let tags: Vec<&Field> = change.fields.iter().filter(|f| f.member == "tags").collect();
        if tags.is_empty() {
            return;
        }
        let arn = self.arn(&change.id);
        let service = change.id.kind.row().service;
        let mut set = Map::new();
        let mut gone = Vec::new();
        for tag in tags {
            match (&tag.key, &tag.to) {
                (Some(key), Some(value)) => drop(set.insert(key.clone(), value.clone())),
                (Some(key), None) => gone.push(key.clone()),
                _ => {}
            }
        }
        let mut push = |operation: &str, effect: String, name: &str, value: Value| {
            let input = object(json!({"resourceArn": arn, name: value}));
            self.plan.steps.push(super::call(service, operation, change.label.clone(), effect, input));
        };
        if !set.is_empty() {
            push("TagResource", count(set.len()), "tags", Value::Object(set));
        }
        if !gone.is_empty() {
            push("UntagResource", count(gone.len()), "tagKeys", json!(gone));
        }
    }

    /// `arn:aws:apigateway:us-east-1::/apis/3fmvso4h96/stages/prod` (facts 8.1).
    fn arn(&self, id: &Id) -> String {
        let partition = match self.place.region {
            r if r.starts_with("cn-") => "aws-cn",
            r if r.starts_with("us-gov-") => "aws-us-gov",
            _ => "aws",
        };
        let path = match id.kind {
            Kind::Stage => format!("/apis/{}/stages/{}", self.api_id, id.id),
            Kind::ApiKey => format!("/apikeys/{}", id.id),
            Kind::UsagePlan => format!("/usageplans/{}", id.id),
            Kind::VpcLink => format!("/vpclinks/{}", id.id),
            Kind::ClientCertificate => format!("/clientcertificates/{}", id.id),
            _ => format!("/apis/{}", self.api_id),
        };
        format!("arn:{partition}:apigateway:{}::{path}", self.place.region)
    }
}

fn entry(sent: &mut Map<String, Value>, member: &str, key: &str, value: Value) {
    let map = sent.entry(member.to_owned()).or_insert_with(|| Value::Object(Map::new()));
    if let Some(map) = map.as_object_mut() {
        map.insert(key.to_owned(), value);
    }
}

/// What is sent to take a member away: its default, else the emptiest value of its type. That an empty text removes is
/// recorded for `credentialsArn` (facts-2 8) and assumed for the others.
fn unset(defaults: &str, field: &Field) -> Value {
    let defaults: Value = serde_json::from_str(defaults).unwrap_or_default();
    if let Some(default) = defaults.get(&field.member) {
        return default.clone();
    }
    match (&field.key, &field.from) {
        (Some(_), _) | (None, Some(Value::Object(_))) => json!({}),
        (None, Some(Value::Array(_))) => json!([]),
        (None, Some(Value::Bool(_))) => json!(false),
        _ => json!(""),
    }
}

fn count(n: usize) -> String {
    if n == 1 { "1 tag".to_owned() } else { format!("{n} tags") }
}
