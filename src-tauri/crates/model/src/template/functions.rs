//! What templates can call: `$input.*`, `$util.*`, and the methods of values that people use.

use std::cell::OnceCell;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::{Value, json};

use super::Scope;
use crate::selection::{at_path, text_of};

/// Characters that `$util.urlEncode` leaves, as Java's `URLEncoder` does.
const URL: &AsciiSet = &NON_ALPHANUMERIC.remove(b'.').remove(b'-').remove(b'*').remove(b'_').remove(b' ');

/// Calls `input.json`, `util.urlEncode` and so on. The error is a sentence without its place.
pub(super) fn call(
    name: &str,
    arguments: &[Value],
    scope: &Scope<'_>,
    json: &OnceCell<Value>,
) -> Result<Value, String> {
    let text = || arguments.first().map(text_of).ok_or_else(|| format!("${name} needs an argument"));
    let encoded = |text: String| Ok(Value::String(text));
    match name {
        "input.body" => Ok(Value::String(scope.body.to_owned())),
        "input.path" => {
            let body = body(scope, json)?;
            Ok(at_path(body, &text()?).cloned().unwrap_or_default())
        }
        // A member that is not there becomes `""` (assumed).
        "input.json" => {
            let body = body(scope, json)?;
            Ok(Value::String(at_path(body, &text()?).map_or_else(|| "\"\"".into(), Value::to_string)))
        }
        "input.params" => match arguments.first().map(text_of) {
            None => Ok((**scope.params).clone()),
            Some(name) => Ok(["path", "querystring", "header"]
                .iter()
                .find_map(|place| scope.params.get(place)?.get(&name))
                .cloned()
                .unwrap_or_default()),
        },
        "util.escapeJavaScript" => encoded(escape_java_script(&text()?)),
        "util.parseJson" => serde_json::from_str(&text()?).map_err(|e| format!("$util.parseJson: {e}")),
        "util.urlEncode" => encoded(utf8_percent_encode(&text()?, URL).to_string().replace(' ', "+")),
        "util.urlDecode" => encoded(percent_decode_str(&text()?.replace('+', " ")).decode_utf8_lossy().into_owned()),
        "util.base64Encode" => encoded(STANDARD.encode(text()?)),
        "util.base64Decode" => STANDARD
            .decode(text()?.trim())
            .map(|bytes| Value::String(String::from_utf8_lossy(&bytes).into_owned()))
            .map_err(|e| format!("$util.base64Decode: {e}")),
        _ => Err(format!("${name} is not a function of mapping templates")),
    }
}

/// The body as JSON, read once; an empty one is an empty object (assumed).
fn body<'a>(scope: &Scope<'a>, json: &'a OnceCell<Value>) -> Result<&'a Value, String> {
    if let Some(json) = scope.json.or_else(|| json.get()) {
        return Ok(json);
    }
    let read = if scope.body.trim().is_empty() {
        Value::Object(serde_json::Map::new())
    } else {
        serde_json::from_str(scope.body).map_err(|e| format!("the body is not JSON: {e}"))?
    };
    Ok(json.get_or_init(|| read))
}

/// As Java's `StringEscapeUtils.escapeJavaScript`.
fn escape_java_script(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for unit in text.encode_utf16() {
        match char::from_u32(u32::from(unit)) {
            Some('\n') => out.push_str("\\n"),
            Some('\r') => out.push_str("\\r"),
            Some('\t') => out.push_str("\\t"),
            Some('\u{8}') => out.push_str("\\b"),
            Some('\u{c}') => out.push_str("\\f"),
            Some(c @ ('\'' | '"' | '\\' | '/')) => out.extend(['\\', c]),
            Some(c @ ' '..='~') => out.push(c),
            _ => out.push_str(&format!("\\u{unit:04X}")),
        }
    }
    out
}

/// Methods of texts, lists and maps.
pub(super) fn method(value: &Value, name: &str, arguments: &[Value]) -> Result<Value, String> {
    let first = arguments.first();
    let key = || first.map(text_of).unwrap_or_default();
    Ok(match (name, value) {
        ("get", Value::Array(items)) => {
            let index = first.and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
            index.and_then(|i| items.get(i)).cloned().unwrap_or_default()
        }
        ("get", _) => value.get(key()).cloned().unwrap_or_default(),
        ("size", Value::Array(items)) => items.len().into(),
        ("size", Value::Object(members)) => members.len().into(),
        ("length", Value::String(text)) => text.chars().count().into(),
        ("isEmpty", Value::Array(items)) => items.is_empty().into(),
        ("isEmpty", Value::Object(members)) => members.is_empty().into(),
        ("isEmpty", _) => text_of(value).is_empty().into(),
        ("keySet", Value::Object(members)) => members.keys().cloned().collect::<Vec<_>>().into(),
        ("containsKey", Value::Object(members)) => members.contains_key(&key()).into(),
        ("contains", Value::Array(items)) => first.is_some_and(|item| items.contains(item)).into(),
        ("contains", Value::String(text)) => text.contains(&key()).into(),
        ("equals", _) => (first == Some(value)).into(),
        ("toString", _) => text_of(value).into(),
        ("toLowerCase", Value::String(text)) => text.to_lowercase().into(),
        ("toUpperCase", Value::String(text)) => text.to_uppercase().into(),
        ("trim", Value::String(text)) => text.trim().into(),
        ("startsWith", Value::String(text)) => text.starts_with(&key()).into(),
        ("endsWith", Value::String(text)) => text.ends_with(&key()).into(),
        ("indexOf", Value::String(text)) => match text.find(&key()) {
            Some(at) => text[..at].chars().count().into(),
            None => (-1).into(),
        },
        ("concat", Value::String(text)) => (text.clone() + &key()).into(),
        ("substring", Value::String(text)) => substring(text, arguments)?.into(),
        ("split", Value::String(text)) => {
            let by = literal(&key())?;
            // Java gives no empty parts at the end.
            let parts: Vec<&str> = text.split(by.as_str()).collect();
            let end = parts.iter().rposition(|part| !part.is_empty()).map_or(0, |n| n + 1);
            parts[..end].to_vec().into()
        }
        ("replace", Value::String(text)) => text.replace(&key(), &second(arguments)).into(),
        ("replaceAll", Value::String(text)) => text.replace(&literal(&key())?, &literal(&second(arguments))?).into(),
        ("values", Value::Object(members)) => members.values().cloned().collect::<Vec<_>>().into(),
        ("entrySet", Value::Object(members)) => {
            members.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect::<Vec<_>>().into()
        }
        // A call on nothing is nothing, as in Velocity.
        (_, Value::Null) => Value::Null,
        _ => return Err(format!(".{name}() is not supported here")),
    })
}

fn second(arguments: &[Value]) -> String {
    arguments.get(1).map(text_of).unwrap_or_default()
}

/// The text that a Java pattern stands for when it has no operators, as in the documented
/// `.replaceAll("\\\\'", "'")` behind `$util.escapeJavaScript`. Others are not part of the subset.
fn literal(pattern: &str) -> Result<String, String> {
    let mut out = String::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some(escaped) if !escaped.is_alphanumeric() => out.push(escaped),
                _ => return Err(format!("the pattern {pattern} is not supported here")),
            },
            '.' | '[' | ']' | '(' | ')' | '{' | '}' | '*' | '+' | '?' | '^' | '$' | '|' => {
                return Err(format!("the pattern {pattern} is not supported here"));
            }
            c => out.push(c),
        }
    }
    Ok(out)
}

/// By characters; out of range is a failure, as in Java.
fn substring(text: &str, arguments: &[Value]) -> Result<String, String> {
    let chars: Vec<char> = text.chars().collect();
    let place = |n: usize| arguments.get(n).map(|v| v.as_u64().and_then(|v| usize::try_from(v).ok()));
    let (from, to) = (place(0).flatten(), place(1).unwrap_or(Some(chars.len())));
    match (from, to) {
        (Some(from), Some(to)) if from <= to && to <= chars.len() => Ok(chars[from..to].iter().collect()),
        _ => Err("substring is out of range".into()),
    }
}
