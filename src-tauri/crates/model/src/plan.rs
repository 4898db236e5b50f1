//! A diff as AWS calls, in an order of which every prefix leaves a loadable API.
//!
//! Each [`Step`] carries what the call sends, and the same as an `aws` command that does the same. Updates send only the
//! members that change; of a stage's settings only the changed ones, so that throttling is never written by accident
//! (facts-2 10). The `aws` crate carries steps out.

use serde_json::{Map, Value, json};

use crate::api::Snapshot;
use crate::diff::{Change, Resource};
use crate::review::{DiffLine, Step};

/// The calls that make the changes, in order.
#[must_use]
pub fn plan(api_id: &str, changes: &[Change], to: &Snapshot) -> Vec<Step> {
    changes.iter().map(|change| step(api_id, change, to)).collect()
}

/// The call that deploys what stands now to a stage.
#[must_use]
pub fn deployment(api_id: &str, stage: &str) -> Step {
    let input = object(json!({"apiId": api_id, "stageName": stage}));
    let effect = "old and new may take turns for 85 s on AWS".to_owned();
    call("apigatewayv2", "CreateDeployment", format!("stage {stage}"), effect, true, input)
}

/// One call as a step: the `aws` command follows from its name and input.
#[must_use]
pub fn call(
    service: &str,
    operation: &str,
    target: String,
    effect: String,
    deploys: bool,
    input: Map<String, Value>,
) -> Step {
    let command = command(service, operation, &input);
    Step { operation: operation.to_owned(), target, effect, command, deploys, input: Value::Object(input) }
}

/// The diff as lines for the review sheet.
#[must_use]
pub fn lines(changes: &[Change]) -> Vec<DiffLine> {
    let mut lines = Vec::new();
    for change in changes {
        let mut line = |sign: &str, field: String, value: String| {
            lines.push(DiffLine { sign: sign.to_owned(), of: change.label.clone(), field, value });
        };
        for f in &change.fields {
            let field = f.key.as_ref().map_or_else(|| f.member.clone(), |key| format!("{} / {key}", f.member));
            let empty_map = |v: &Option<Value>| matches!(v, Some(Value::Object(m)) if m.is_empty());
            if empty_map(&f.to) || (change.new && f.to.is_none()) {
                continue;
            }
            if !change.new {
                line("-", field.clone(), shown(f.from.as_ref(), f.key.is_some()));
            }
            line("+", field, shown(f.to.as_ref(), f.key.is_some()));
        }
    }
    lines
}

fn shown(value: Option<&Value>, entry: bool) -> String {
    match value {
        None | Some(Value::Null) => if entry { "none" } else { "not set" }.to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

fn step(api_id: &str, change: &Change, to: &Snapshot) -> Step {
    let mut input = object(json!({"apiId": api_id}));
    let (noun, target) = match &change.resource {
        Resource::Integration(id) => {
            input.insert("integrationId".into(), json!(id));
            ("Integration", change.label.clone())
        }
        Resource::IntegrationResponse { integration_id, id, key } => {
            input.insert("integrationId".into(), json!(integration_id));
            if !change.new {
                input.insert("integrationResponseId".into(), json!(id));
            }
            ("IntegrationResponse", format!("key {key}"))
        }
        Resource::Stage(name) => {
            input.insert("stageName".into(), json!(name));
            ("Stage", format!("stage {name}"))
        }
    };
    for f in &change.fields {
        let value = if f.key.is_some() && !is_settings(&f.member) {
            // Maps are replaced whole by AWS, so the whole new map is sent.
            whole_map(change, &f.member, to)
        } else {
            f.to.clone()
        };
        match (&f.key, value) {
            (Some(key), Some(value)) if is_settings(&f.member) => {
                let entry = input.entry(f.member.clone()).or_insert_with(|| Value::Object(Map::new()));
                if let Some(map) = entry.as_object_mut() {
                    map.insert(key.clone(), value);
                }
            }
            (_, Some(Value::Object(map))) if map.is_empty() && change.new => {}
            (_, Some(value)) => {
                input.insert(f.member.clone(), value);
            }
            // An empty text takes a member away.
            (_, None) if !change.new => {
                input.insert(f.member.clone(), json!(""));
            }
            (_, None) => {}
        }
    }
    let count = change.fields.len();
    let effect = match (change.new, count) {
        (true, _) => "new".to_owned(),
        (false, 1) => "changes 1 field".to_owned(),
        (false, n) => format!("changes {n} fields"),
    };
    let operation = format!("{}{noun}", if change.new { "Create" } else { "Update" });
    call("apigatewayv2", &operation, target, effect, false, input)
}

/// Members of which AWS merges the parts that are sent.
fn is_settings(member: &str) -> bool {
    member == "defaultRouteSettings"
}

fn whole_map(change: &Change, member: &str, to: &Snapshot) -> Option<Value> {
    let value = match &change.resource {
        Resource::Integration(id) => {
            let i = to.integrations.iter().find(|i| &i.integration_id == id)?;
            serde_json::to_value(i).ok()?
        }
        Resource::IntegrationResponse { integration_id, id, key } => {
            let i = to.integrations.iter().find(|i| &i.integration_id == integration_id)?;
            let r =
                i.responses.iter().find(|r| &r.integration_response_id == id && &r.integration_response_key == key)?;
            serde_json::to_value(r).ok()?
        }
        Resource::Stage(name) => serde_json::to_value(to.stage(name)?).ok()?,
    };
    value.get(member).cloned()
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// `aws apigatewayv2 update-integration --api-id 3fmvso4h96 …`, quoted for a POSIX shell.
fn command(service: &str, operation: &str, input: &Map<String, Value>) -> String {
    let mut text = format!("aws {service} {}", kebab(operation));
    for (name, value) in input {
        let value = match value {
            Value::String(s) => quoted(s),
            Value::Bool(b) => {
                let flag = kebab(name);
                text.push_str(&if *b { format!(" \\\n  --{flag}") } else { format!(" \\\n  --no-{flag}") });
                continue;
            }
            other => quoted(&other.to_string()),
        };
        text.push_str(&format!(" \\\n  --{} {value}", kebab(name)));
    }
    text
}

fn kebab(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            if !out.is_empty() {
                out.push('-');
            }
            out.push(c.to_ascii_lowercase());
        } else {
            out.push(c);
        }
    }
    out
}

fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
