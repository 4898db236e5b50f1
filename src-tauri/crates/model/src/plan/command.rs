//! A step as the `aws` command that does the same, and all steps as one script.
//!
//! Quoted for a POSIX shell. Ids that an earlier command of the script makes are shell variables. A value that the `aws`
//! tool would take for a file or an address to fetch (`http://…`) goes through `--cli-input-json`, which it takes as it is.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::resource::replaced;
use crate::review::Step;

/// Members whose parts are AWS's own, and so are written in capitals by the `aws` tool; below `true` ones the first level
/// is the user's (route keys, parameter names).
const STRUCTURES: &[(&str, bool)] = &[
    ("accessLogSettings", false),
    ("defaultRouteSettings", false),
    ("jwtConfiguration", false),
    ("routeSettings", true),
    ("tlsConfig", false),
];

/// The command of one step. `made`: the draft's ids, which earlier commands put into variables.
pub(super) fn of(step: &Step, made: &BTreeSet<String>) -> String {
    let Some(input) = step.input.as_object() else { return String::new() };
    let v2 = step.service == "apigatewayv2";
    let fetched = |v: &Value| {
        v.as_str().is_some_and(|t| {
            ["http://", "https://", "file://", "fileb://"].iter().any(|p| t.starts_with(p)) || t.starts_with('-')
        })
    };
    let mut text = format!("aws {} {}", step.service, kebab(&step.operation));
    // `--version` is the tool's own: it tells its version and does nothing.
    if input.values().any(fetched) || input.contains_key("version") {
        let cased: Map<String, Value> = input
            .iter()
            .map(|(name, value)| {
                let value = cased(step, name, value);
                (if v2 || step.service == "lambda" { pascal(name) } else { name.clone() }, value)
            })
            .collect();
        let json = Value::Object(cased).to_string();
        text.push_str(&format!(" \\\n  --cli-input-json {}", quoted(&json, made)));
    } else {
        for (name, value) in input {
            let flag = kebab(name);
            let value = match value {
                Value::Bool(true) => {
                    text.push_str(&format!(" \\\n  --{flag}"));
                    continue;
                }
                Value::Bool(false) => {
                    text.push_str(&format!(" \\\n  --no-{flag}"));
                    continue;
                }
                Value::String(text) => text.clone(),
                other => cased(step, name, other).to_string(),
            };
            text.push_str(&format!(" \\\n  --{flag} {}", quoted(&value, made)));
        }
    }
    match (&step.makes, output(step)) {
        (Some(id), Some(query)) if made.contains(id) => {
            format!("{}=$({text} \\\n  --query {query} --output text)", variable(id))
        }
        _ => text,
    }
}

/// All steps, in order, as one script that stops at the first failure.
#[must_use]
pub fn script(steps: &[Step]) -> String {
    let mut text = "set -e\n".to_owned();
    for step in steps.iter().filter(|s| !s.command.is_empty()) {
        text.push_str(&step.command);
        text.push('\n');
    }
    text
}

/// Where the answer has the id.
fn output(step: &Step) -> Option<String> {
    let noun = step.operation.strip_prefix("Create").or_else(|| step.operation.strip_prefix("Generate"))?;
    Some(match (step.service.as_str(), noun) {
        ("apigatewayv2", noun) => format!("{noun}Id"),
        ("apigateway", "ClientCertificate") => "clientCertificateId".to_owned(),
        ("apigateway", _) => "id".to_owned(),
        ("iam", "Role") => "Role.Arn".to_owned(),
        _ => return None,
    })
}

fn cased(step: &Step, name: &str, value: &Value) -> Value {
    if step.service != "apigatewayv2" {
        return value.clone();
    }
    let capitals = |value: &Value| match value {
        Value::Object(map) => Value::Object(map.iter().map(|(k, v)| (pascal(k), v.clone())).collect()),
        other => other.clone(),
    };
    let inner = match STRUCTURES.iter().find(|(n, _)| *n == name) {
        Some((_, inner)) => *inner,
        // Of a route these are structures, of an integration plain texts.
        None if name == "requestParameters" => true,
        // The one list of structures.
        None if name == "domainNameConfigurations" => {
            let all = value.as_array().into_iter().flatten();
            return Value::Array(all.map(capitals).collect());
        }
        None => return value.clone(),
    };
    let Some(map) = value.as_object() else { return value.clone() };
    if inner { Value::Object(map.iter().map(|(k, v)| (k.clone(), capitals(v))).collect()) } else { capitals(value) }
}

fn pascal(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default()
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

/// `new-route-1` → `NEW_ROUTE_1`; a variable can't begin with a digit.
fn variable(id: &str) -> String {
    let name: String =
        id.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect();
    if name.starts_with(|c: char| c.is_ascii_digit()) { format!("ID_{name}") } else { name }
}

/// A text for a POSIX shell, in which the draft's ids are variables.
fn quoted(text: &str, made: &BTreeSet<String>) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@,".contains(c);
    let single = |text: &str| {
        if !text.is_empty() && text.chars().all(plain) {
            text.to_owned()
        } else {
            format!("'{}'", text.replace('\'', r"'\''"))
        }
    };
    // Marked first, so that one id can't be found inside another's variable.
    let mut marked = text.to_owned();
    let ids: Vec<&String> = made.iter().collect();
    for (n, id) in ids.iter().enumerate() {
        marked = replaced(&marked, id, &format!("\u{1}{n}\u{1}"));
    }
    if marked == text {
        return single(text);
    }
    let mut out = String::new();
    for (n, part) in marked.split('\u{1}').enumerate() {
        if n % 2 == 0 {
            if !part.is_empty() {
                out.push_str(&single(part));
            }
        } else if let Some(id) = part.parse::<usize>().ok().and_then(|n| ids.get(n)) {
            out.push_str(&format!("\"${}\"", variable(id)));
        }
    }
    out
}
