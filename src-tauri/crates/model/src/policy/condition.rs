//! The `Condition` of a statement: operators, `…IfExists`, `ForAnyValue:` and `ForAllValues:`.
//!
//! All operators must hold, and of each all keys; of a key's values one is enough, but for the negated operators,
//! where none may match. An operator that nobody knows never holds.

use std::net::IpAddr;

use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Iso8601;

use super::pattern::Pattern;

type Context<'a> = [(&'a str, &'a str)];

/// Whether all conditions hold; without any they do.
pub(super) fn hold(conditions: &Value, context: &Context<'_>) -> bool {
    match conditions {
        Value::Null => true,
        Value::Object(operators) => operators.iter().all(|(operator, keys)| match keys {
            Value::Object(keys) => keys.iter().all(|(key, wanted)| holds(operator, key, wanted, context)),
            _ => false,
        }),
        _ => false,
    }
}

fn holds(operator: &str, key: &str, wanted: &Value, context: &Context<'_>) -> bool {
    let values: Vec<&str> = context.iter().filter(|(k, _)| k.eq_ignore_ascii_case(key)).map(|(_, v)| *v).collect();
    let wanted = listed(wanted);
    if operator.eq_ignore_ascii_case("Null") {
        return wanted.iter().any(|w| w.eq_ignore_ascii_case(if values.is_empty() { "true" } else { "false" }));
    }
    let (set, operator) = match operator.split_once(':') {
        Some((set, operator)) => (Some(set), operator),
        None => (None, operator),
    };
    let bare = operator.strip_suffix("IfExists");
    if values.is_empty() && bare.is_some() {
        return true;
    }
    let Some((compare, negated)) = comparison(bare.unwrap_or(operator)) else { return false };
    let matches = |value: &&str| wanted.iter().any(|w| compare(w, value, context)) != negated;
    match set {
        Some("ForAllValues") => values.iter().all(matches),
        Some("ForAnyValue") => values.iter().any(matches),
        Some(_) => false,
        // What is not there equals nothing.
        None if values.is_empty() => negated,
        None => values.iter().any(matches),
    }
}

/// Whether a statement may compare so.
#[must_use]
pub fn is_operator(operator: &str) -> bool {
    let bare =
        ["ForAnyValue:", "ForAllValues:"].into_iter().find_map(|set| operator.strip_prefix(set)).unwrap_or(operator);
    bare.eq_ignore_ascii_case("Null") || comparison(bare.strip_suffix("IfExists").unwrap_or(bare)).is_some()
}

/// Policies may write booleans and numbers as JSON has them.
fn listed(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Bool(_) | Value::Number(_) => vec![value.to_string()],
        Value::Array(items) => items.iter().filter(|item| !item.is_array()).flat_map(listed).collect(),
        _ => Vec::new(),
    }
}

type Compare = fn(&str, &str, &Context<'_>) -> bool;

/// What an operator compares, and whether it is the negation of it.
fn comparison(operator: &str) -> Option<(Compare, bool)> {
    let found: (Compare, bool) = match operator.to_ascii_lowercase().as_str() {
        "stringequals" => (equals, false),
        "stringnotequals" => (equals, true),
        "stringequalsignorecase" => (equals_folded, false),
        "stringnotequalsignorecase" => (equals_folded, true),
        "stringlike" => (like, false),
        "stringnotlike" => (like, true),
        // IAM treats both alike.
        "arnequals" | "arnlike" => (arn, false),
        "arnnotequals" | "arnnotlike" => (arn, true),
        "bool" => (|w, v, _| w.eq_ignore_ascii_case(v), false),
        "binaryequals" => (|w, v, _| w == v, false),
        "ipaddress" => (address, false),
        "notipaddress" => (address, true),
        "numericequals" => (|w, v, _| number(w, v, |w, v| v == w), false),
        "numericnotequals" => (|w, v, _| number(w, v, |w, v| v == w), true),
        "numericlessthan" => (|w, v, _| number(w, v, |w, v| v < w), false),
        "numericlessthanequals" => (|w, v, _| number(w, v, |w, v| v <= w), false),
        "numericgreaterthan" => (|w, v, _| number(w, v, |w, v| v > w), false),
        "numericgreaterthanequals" => (|w, v, _| number(w, v, |w, v| v >= w), false),
        "dateequals" => (|w, v, _| date(w, v, |w, v| v == w), false),
        "datenotequals" => (|w, v, _| date(w, v, |w, v| v == w), true),
        "datelessthan" => (|w, v, _| date(w, v, |w, v| v < w), false),
        "datelessthanequals" => (|w, v, _| date(w, v, |w, v| v <= w), false),
        "dategreaterthan" => (|w, v, _| date(w, v, |w, v| v > w), false),
        "dategreaterthanequals" => (|w, v, _| date(w, v, |w, v| v >= w), false),
        _ => return None,
    };
    Some(found)
}

fn equals(wanted: &str, value: &str, context: &Context<'_>) -> bool {
    Pattern::new(wanted, context).literal().is_some_and(|w| w == value)
}

fn equals_folded(wanted: &str, value: &str, context: &Context<'_>) -> bool {
    Pattern::new(wanted, context).literal().is_some_and(|w| w.to_lowercase() == value.to_lowercase())
}

fn like(wanted: &str, value: &str, context: &Context<'_>) -> bool {
    Pattern::new(wanted, context).matches(value)
}

fn arn(wanted: &str, value: &str, context: &Context<'_>) -> bool {
    Pattern::new(wanted, context).matches_arn(value)
}

fn number(wanted: &str, value: &str, test: impl Fn(f64, f64) -> bool) -> bool {
    matches!((wanted.parse(), value.parse()), (Ok(w), Ok(v)) if test(w, v))
}

/// Epoch seconds, or ISO 8601.
fn date(wanted: &str, value: &str, test: impl Fn(i128, i128) -> bool) -> bool {
    let at = |text: &str| match text.parse::<i64>() {
        Ok(seconds) => Some(i128::from(seconds) * 1_000_000_000),
        Err(_) => OffsetDateTime::parse(text, &Iso8601::DEFAULT).ok().map(OffsetDateTime::unix_timestamp_nanos),
    };
    matches!((at(wanted), at(value)), (Some(w), Some(v)) if test(w, v))
}

/// An address in a CIDR block, or the address itself.
fn address(wanted: &str, value: &str, _: &Context<'_>) -> bool {
    let (network, bits) = wanted.split_once('/').map_or((wanted, None), |(n, b)| (n, Some(b)));
    let (Ok(network), Ok(value)) = (network.parse::<IpAddr>(), value.parse::<IpAddr>()) else { return false };
    let wide = |ip: IpAddr| match ip {
        IpAddr::V4(ip) => (u128::from(u32::from(ip)) << 96, 32),
        IpAddr::V6(ip) => (u128::from(ip), 128),
    };
    let ((network, most), (value, of)) = (wide(network), wide(value));
    let Ok(bits) = bits.map_or(Ok(most), str::parse::<u32>) else { return false };
    most == of && bits <= most && (network ^ value).checked_shr(128 - bits).unwrap_or(0) == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const ASKED: [(&str, &str); 7] = [
        ("aws:SourceArn", "arn:aws:execute-api:us-east-1:123456789012:abc/prod/$connect"),
        ("aws:SourceIp", "203.0.113.7"),
        ("aws:CurrentTime", "2026-09-25T09:20:29Z"),
        ("aws:SecureTransport", "true"),
        ("aws:TagKeys", "a"),
        ("aws:TagKeys", "b"),
        ("aws:username", "Ann"),
    ];

    fn met(operator: &str, key: &str, wanted: Value) -> bool {
        hold(&json!({ operator: { key: wanted } }), &ASKED)
    }

    #[test]
    fn each_operator_compares_as_its_name_says() {
        let yes = [
            ("StringEquals", "AWS:UserName", json!(["Bob", "Ann"])),
            ("StringEqualsIgnoreCase", "aws:username", json!("aNN")),
            ("StringNotEquals", "aws:username", json!("Bob")),
            ("StringLike", "aws:username", json!("A*")),
            ("ArnLike", "AWS:SourceArn", json!("arn:aws:execute-api:*:*:abc/*/$connect")),
            ("ArnEquals", "AWS:SourceArn", json!("arn:aws:execute-api:us-east-1:123456789012:*/$connect")),
            ("IpAddress", "aws:SourceIp", json!(["10.0.0.0/8", "203.0.113.0/24"])),
            ("NotIpAddress", "aws:SourceIp", json!("203.0.114.0/24")),
            ("DateLessThan", "aws:CurrentTime", json!("2027-01-01T00:00:00Z")),
            ("DateGreaterThan", "aws:CurrentTime", json!("1700000000")),
            ("Bool", "aws:SecureTransport", json!(true)),
            ("Null", "aws:TokenIssueTime", json!("true")),
            ("StringEqualsIfExists", "aws:PrincipalTag/x", json!("y")),
            ("StringNotEquals", "aws:PrincipalTag/x", json!("y")),
            ("ForAllValues:StringEquals", "aws:TagKeys", json!(["a", "b", "c"])),
            ("ForAnyValue:StringEquals", "aws:TagKeys", json!(["b", "z"])),
        ];
        for (operator, key, wanted) in yes {
            assert!(met(operator, key, wanted.clone()), "{operator} {key} {wanted}");
        }
        let no = [
            ("StringEquals", "aws:username", json!("A*")),
            ("StringEquals", "aws:PrincipalTag/x", json!("y")),
            ("StringLike", "aws:username", json!("a*")),
            ("ArnLike", "AWS:SourceArn", json!("arn:aws:execute-api:*:*:abd/*")),
            ("IpAddress", "aws:SourceIp", json!("203.0.113.7/33")),
            ("IpAddress", "aws:SourceIp", json!("::/0")),
            ("NumericLessThan", "aws:username", json!("7")),
            ("Bool", "aws:SecureTransport", json!("false")),
            ("Null", "aws:username", json!("true")),
            ("ForAllValues:StringEquals", "aws:TagKeys", json!(["a"])),
            ("ForAnyValue:StringEquals", "aws:TagKeys", json!(["z"])),
            ("ForSomeValues:StringEquals", "aws:TagKeys", json!(["a"])),
            ("StringAlmostEquals", "aws:username", json!("Ann")),
            ("DateEquals", "aws:CurrentTime", json!("yesterday")),
        ];
        for (operator, key, wanted) in no {
            assert!(!met(operator, key, wanted.clone()), "{operator} {key} {wanted}");
        }
    }

    #[test]
    fn a_block_of_no_bits_holds_every_address_of_its_kind() {
        assert!(met("IpAddress", "aws:SourceIp", json!("0.0.0.0/0")));
        assert!(!met("IpAddress", "aws:SourceIp", json!("0.0.0.0/-1")));
    }
}
