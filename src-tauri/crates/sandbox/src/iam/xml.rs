//! Elements of IAM's answers, and pages of its lists.

use std::fmt::Write as _;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::answer::{Refusal, xml_text};
use crate::front::Form;

/// `<name>text</name>`.
pub(super) fn element(name: &str, text: &str) -> String {
    format!("<{name}>{}</{name}>", xml_text(text))
}

/// The same, or nothing for an empty text.
pub(super) fn optional(name: &str, text: &str) -> String {
    if text.is_empty() { String::new() } else { element(name, text) }
}

/// A policy document, which IAM sends URL-encoded.
pub(super) fn document(name: &str, text: &str) -> String {
    element(name, &utf8_percent_encode(text, NON_ALPHANUMERIC).to_string())
}

/// `<name><member>…</member>…</name>`.
pub(super) fn list(name: &str, members: impl IntoIterator<Item = String>) -> String {
    let mut text = format!("<{name}>");
    for member in members {
        let _ = write!(text, "<member>{member}</member>");
    }
    text + "</" + name + ">"
}

/// One page of a list: `MaxItems` members behind `Marker`, and where the next begins.
pub(super) fn page(form: &Form, name: &str, members: Vec<String>) -> Result<String, Refusal> {
    let invalid = |message: String| Refusal::new(400, "ValidationError", message);
    let most = match form.get("MaxItems") {
        "" => 100,
        text => text.parse().ok().filter(|n| (1..=1000).contains(n)).ok_or_else(|| {
            invalid(format!("1 validation error detected: Value '{text}' at 'maxItems' failed to satisfy constraint: Member must be between 1 and 1000"))
        })?,
    };
    let from: usize = match form.get("Marker") {
        "" => 0,
        text => text.parse().map_err(|_| invalid(format!("Invalid Marker: {text}")))?,
    };
    let (all, to) = (members.len(), from.saturating_add(most));
    let mut text = list(name, members.into_iter().skip(from).take(most));
    text += &element("IsTruncated", if to < all { "true" } else { "false" });
    if to < all {
        text += &element("Marker", &to.to_string());
    }
    Ok(text)
}
