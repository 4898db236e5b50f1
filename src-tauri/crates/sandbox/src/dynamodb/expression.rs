//! The expressions that connection tables need: whether an attribute is there, and equality of keys.

use serde_json::{Map, Value};

use super::{Fault, Item};

/// `#name` → the attribute's name.
pub(super) struct Names<'a>(Option<&'a Map<String, Value>>);

impl<'a> Names<'a> {
    pub(super) fn of(asked: &'a Value) -> Self {
        Self(asked["ExpressionAttributeNames"].as_object())
    }

    pub(super) fn real<'t>(&self, name: &'t str) -> &'t str
    where
        'a: 't,
    {
        self.0.and_then(|names| names.get(name)).and_then(Value::as_str).unwrap_or(name)
    }
}

fn unsupported(text: &str) -> Fault {
    Fault::invalid(format!("The sandbox does not support the expression: {text}"))
}

/// `attribute_exists(x)` or `attribute_not_exists(x)`.
pub(super) fn condition(text: &str, names: &Names<'_>, item: Option<&Item>) -> Result<bool, Fault> {
    let (function, rest) = text.trim().split_once('(').ok_or_else(|| unsupported(text))?;
    let name = names.real(rest.strip_suffix(')').ok_or_else(|| unsupported(text))?.trim());
    let exists = item.is_some_and(|item| item.contains_key(name));
    match function.trim() {
        "attribute_exists" => Ok(exists),
        "attribute_not_exists" => Ok(!exists),
        _ => Err(unsupported(text)),
    }
}

/// `a = :x AND b = :y`.
pub(super) fn equalities(text: &str, names: &Names<'_>, values: &Value) -> Result<Vec<(String, Value)>, Fault> {
    let text = text.replace(" and ", " AND ");
    text.split(" AND ")
        .map(|part| {
            let (name, value) = part.split_once('=').ok_or_else(|| unsupported(part))?;
            let value = values.get(value.trim()).ok_or_else(|| unsupported(part))?;
            Ok((names.real(name.trim().trim_start_matches('(')).to_owned(), value.clone()))
        })
        .collect()
}
