//! Selection expressions: which route, template, model or response is meant by a message.
//!
//! `$request.body.action`, `${request.body.a}-${request.body.b}`, static text, `\$` for a literal dollar. The same
//! rules predict a route in the composer and select it in the sandbox. Pure; the caller says what a name means.
//! Forms and stringification: developer guide, apigateway-websocket-api-selection-expressions (facts 5.2, 5.4).

use serde_json::Value;

use crate::api::{Route, Snapshot};

/// What a variable may begin with; any other word after `$` is static text, as in `$default`.
const ROOTS: [&str; 5] = ["request.", "context.", "stageVariables.", "integration.", "response."];

/// The text that an expression gives.
///
/// `lookup` gets a dotted name without its dollar (`request.body.action`); `None` and `null` become nothing,
/// so `join-${request.body.room}` without a room is `join-`.
pub fn evaluate(expression: &str, lookup: impl Fn(&str) -> Option<Value>) -> String {
    let mut out = String::new();
    let mut rest = expression;
    while let Some(at) = rest.find(['$', '\\']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(literal) = rest.strip_prefix("\\$") {
            out.push('$');
            rest = literal;
        } else if let Some((name, after)) = variable(rest) {
            out.push_str(&lookup(name).map(|v| text_of(&v)).unwrap_or_default());
            rest = after;
        } else {
            let step = rest.chars().next().map_or(1, char::len_utf8);
            out.push_str(&rest[..step]);
            rest = &rest[step..];
        }
    }
    out + rest
}

/// A variable at the start of the text and what follows it.
fn variable(text: &str) -> Option<(&str, &str)> {
    let (name, after) = match text.strip_prefix("${") {
        Some(inside) => inside.split_once('}')?,
        None => {
            let bare = text.strip_prefix('$')?;
            let end = bare.find(|c: char| !(c.is_ascii_alphanumeric() || "._-[]".contains(c))).unwrap_or(bare.len());
            bare.split_at(end)
        }
    };
    ROOTS.iter().any(|root| name.starts_with(root)).then_some((name, after))
}

/// A value as API Gateway prints it: text bare, `[item1, item2]`, `{key=value}`, nothing for null (facts 5.2).
#[must_use]
pub fn text_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            format!("[{}]", items.iter().map(text_of).collect::<Vec<_>>().join(", "))
        }
        Value::Object(members) => {
            let members: Vec<_> = members.iter().map(|(key, value)| format!("{key}={}", text_of(value))).collect();
            format!("{{{}}}", members.join(", "))
        }
        other => other.to_string(),
    }
}

/// The value at a path: `$.a.b[0]['c d']`, with or without the leading `$`. `None` when it is not there or the path
/// is malformed. Wildcards, filters and `..` are not part of what API Gateway documents for WebSocket APIs.
#[must_use]
pub fn at_path<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    let mut rest = path.strip_prefix('$').unwrap_or(path);
    let mut here = value;
    while !rest.is_empty() {
        let (step, after) = step_of(rest)?;
        here = match here {
            Value::Array(items) => items.get(step.parse::<usize>().ok()?)?,
            Value::Object(members) => members.get(step)?,
            _ => return None,
        };
        rest = after;
    }
    Some(here)
}

/// The first step of a path and the rest.
fn step_of(path: &str) -> Option<(&str, &str)> {
    if let Some(inside) = path.strip_prefix('[') {
        if let Some(quote @ ('\'' | '"')) = inside.chars().next() {
            let (name, after) = inside[1..].split_once(&format!("{quote}]"))?;
            return Some((name, after));
        }
        let (index, after) = inside.split_once(']')?;
        return Some((index, after));
    }
    let path = path.strip_prefix('.').unwrap_or(path);
    let end = path.find(['.', '[']).unwrap_or(path.len());
    (end > 0).then(|| (&path[..end], &path[end..]))
}

/// The route that a message goes to on this API: exact match of the evaluated expression, else `$default`.
/// A message that is not JSON goes to `$default` whatever the expression says, and `$connect` and `$disconnect` are
/// never selected by a message (facts 5.2).
#[must_use]
pub fn route_for<'a>(api: &'a Snapshot, message: &str) -> Option<&'a Route> {
    route_for_json(api, serde_json::from_str(message).ok().as_ref())
}

/// The same for a message that has been read as JSON, or was none.
#[must_use]
pub fn route_for_json<'a>(api: &'a Snapshot, message: Option<&Value>) -> Option<&'a Route> {
    let key = message
        .map(|body| evaluate(&api.api.route_selection_expression, |name| body_variable(name, body)))
        .filter(|key| key != "$connect" && key != "$disconnect");
    key.and_then(|key| api.route(&key)).or_else(|| api.route("$default"))
}

/// `request.body` and `request.body.a.b` of this body.
#[must_use]
pub fn body_variable(name: &str, body: &Value) -> Option<Value> {
    let path = name.strip_prefix("request.body")?;
    at_path(body, path).cloned()
}

/// `request.header.x`, `request.querystring.x` and their `multivalue` forms of a handshake. Names of headers match in any case,
/// and of repeated ones the last counts (facts 1.4, facts 2 section 3).
#[must_use]
pub fn handshake_variable(name: &str, headers: &[(String, String)], query: &[(String, String)]) -> Option<Value> {
    let last = |pairs: &[(String, String)], wanted: &str| {
        pairs.iter().rev().find(|(n, _)| n.eq_ignore_ascii_case(wanted)).map(|(_, v)| Value::from(v.as_str()))
    };
    let all = |pairs: &[(String, String)], wanted: &str| {
        let values: Value =
            pairs.iter().filter(|(n, _)| n.eq_ignore_ascii_case(wanted)).map(|(_, v)| v.as_str()).collect();
        values.as_array().is_some_and(|v| !v.is_empty()).then(|| Value::from(text_of(&values)))
    };
    let (place, wanted) = name.strip_prefix("request.")?.split_once('.')?;
    match place {
        "header" => last(headers, wanted),
        "querystring" => query.iter().rev().find(|(n, _)| n == wanted).map(|(_, v)| Value::from(v.as_str())),
        "multivalueheader" => all(headers, wanted),
        "multivaluequerystring" => all(query, wanted),
        _ => None,
    }
}

/// The regular expression between the slashes of an integration response's key; `None`: it is none, as `$default`.
#[must_use]
pub fn key_pattern(key: &str) -> Option<&str> {
    key.strip_prefix('/')?.strip_suffix('/')
}

/// Such an expression, which has to match a whole status or error message.
///
/// # Errors
/// Why it is no regular expression.
pub fn key_regex(pattern: &str) -> Result<regex::Regex, String> {
    let made = regex::Regex::new(&format!("^(?:{pattern})$"));
    made.map_err(|why| why.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned())
}

/// The response key that takes a status or an error message: the first regular expression that matches, else `$default`
/// (facts 5.3). `matches` is asked for each expression.
pub fn response_key<T>(
    responses: &[T],
    key: impl Fn(&T) -> &str,
    mut matches: impl FnMut(&str) -> bool,
) -> Option<&T> {
    let taken = responses.iter().find(|r| key_pattern(key(r)).is_some_and(&mut matches));
    taken.or_else(|| responses.iter().find(|r| key(r) == "$default"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use serde_json::json;

    use super::*;

    #[test]
    fn every_documented_form_gives_its_text() {
        let body = json!({"action": "join", "n": 3, "b": true, "o": {"p": {"q": "deep"}}, "l": ["item1", "item2"],
            "m": [{"x": 1}], "z": null});
        let table = [
            ("$request.body.action", "join"),
            ("${request.body.action}", "join"),
            ("$request.body.o.p.q", "deep"),
            ("${request.body.o.p.q}/x", "deep/x"),
            ("join-${request.body.room}", "join-"),
            ("$request.body.missing", ""),
            ("$request.body.z", ""),
            ("$request.body.n", "3"),
            ("$request.body.b", "true"),
            ("$request.body.l", "[item1, item2]"),
            ("$request.body.l[1]", "item2"),
            ("$request.body.m[0].x", "1"),
            ("${request.body.action}-${request.body.n}", "join-3"),
            ("static", "static"),
            ("", ""),
            ("$default", "$default"),
            ("\\$default", "$default"),
            ("\\$request.body.action", "$request.body.action"),
            ("${nonsense}", "${nonsense}"),
            ("${request.body.action", "${request.body.action"),
            ("$", "$"),
            ("a\\b", "a\\b"),
        ];
        for (expression, expected) in table {
            assert_eq!(evaluate(expression, |name| body_variable(name, &body)), expected, "{expression}");
        }
    }

    #[test]
    fn a_message_that_names_no_route_goes_to_default_or_nowhere() {
        let mut api = Snapshot::default();
        api.api.route_selection_expression = "$request.body.action".into();
        for key in ["$connect", "join"] {
            api.routes.push(Route { route_key: key.into(), ..Route::default() });
        }
        let key = |api: &Snapshot, text: &str| route_for(api, text).map(|r| r.route_key.clone());
        assert_eq!(key(&api, r#"{"action":"join"}"#).as_deref(), Some("join"));
        assert_eq!(key(&api, r#"{"action":"$connect"}"#), None);
        assert_eq!(key(&api, "garbage"), None);
        api.routes.push(Route { route_key: "$default".into(), ..Route::default() });
        for text in ["garbage", r#"{"action":"leave"}"#, r#"{"action":"$connect"}"#, "[]", "5"] {
            assert_eq!(key(&api, text).as_deref(), Some("$default"), "{text}");
        }
        api.api.route_selection_expression = "join".into();
        assert_eq!(key(&api, "{}").as_deref(), Some("join"));
        assert_eq!(key(&api, "not json").as_deref(), Some("$default"));
    }

    #[test]
    fn a_response_key_takes_the_whole_value_and_default_takes_the_rest() {
        let keys = ["$default", "/2\\d\\d/", "/.*boom.*/", "404"];
        let of = |value: &str| {
            response_key(&keys, |key| *key, |pattern| key_regex(pattern).is_ok_and(|r| r.is_match(value))).copied()
        };
        assert_eq!(of("200"), Some("/2\\d\\d/"));
        assert_eq!(of("2000"), Some("$default"));
        assert_eq!(of("404"), Some("$default"));
        assert_eq!(of("it went boom here"), Some("/.*boom.*/"));
        let none = response_key(&keys[1..2], |key| *key, |pattern| key_regex(pattern).is_ok_and(|r| r.is_match("500")));
        assert_eq!(none, None);
        assert!(key_regex("2(").is_err_and(|why| why.contains("unclosed")));
        assert_eq!((key_pattern("/a/"), key_pattern("$default"), key_pattern("/")), (Some("a"), None, None));
    }

    #[test]
    fn a_path_walks_members_items_and_quoted_names() {
        let value = json!({"a": [{"b c": 1}], "d": {"e": "f"}});
        assert_eq!(at_path(&value, "$"), Some(&value));
        assert_eq!(at_path(&value, ""), Some(&value));
        assert_eq!(at_path(&value, "$.a[0]['b c']"), Some(&json!(1)));
        assert_eq!(at_path(&value, "d.e"), Some(&json!("f")));
        assert_eq!(at_path(&value, "$.d..e"), None);
        assert_eq!(at_path(&value, "$.a[9]"), None);
        assert_eq!(at_path(&value, "$.a["), None);
    }
}
