//! Models while they are written: what is wrong with a JSON schema of draft 4 and where, what it has against a message, a
//! message that it takes, and a schema that takes given messages.
//!
//! Draft 4 is what API Gateway reads (facts 5.5). Where to look next: `schema/place.rs` (where something stands in the text),
//! `schema/example.rs`, `schema/infer.rs`.

mod example;
mod infer;
mod place;

use jsonschema::error::ValidationErrorKind;
use serde_json::Value;

pub use infer::{Inferred, infer};

/// Complaints that are listed; people mend a few at a time.
const MOST: usize = 20;
/// Characters of the validator's words, which repeat the value.
const LONGEST: usize = 300;
/// What a schema of draft 4 names itself.
pub const DRAFT_4: &str = "http://json-schema.org/draft-04/schema#";

/// Something at a place of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// In words.
    pub text: String,
    /// False: AWS takes it, but it hardly does what was meant.
    pub refused: bool,
}

/// What is wrong with a schema, in the order in which it stands there.
#[must_use]
pub fn problems(text: &str) -> Vec<Spot> {
    let schema: Value = match serde_json::from_str(text) {
        Ok(schema) => schema,
        Err(why) => {
            let words = why.to_string();
            let words = words.split(" at line ").next().unwrap_or_default();
            return vec![Spot {
                line: why.line().max(1),
                column: why.column().max(1),
                text: format!("no JSON: {words}"),
                refused: true,
            }];
        }
    };
    let mut spots = Vec::new();
    let mut say = |pointer: &str, words: String, refused| {
        let (line, column) = place::of(text, pointer);
        spots.push(Spot { line, column, text: words, refused });
    };
    if !schema.is_object() {
        say("", "a model's schema is an object".to_owned(), true);
        return spots;
    }
    for error in jsonschema::draft4::meta::validator().iter_errors(&schema).take(MOST) {
        say(error.instance_path().as_str(), short(&error.to_string()), true);
    }
    let named = schema["$schema"].as_str();
    if let Some(other) = named.filter(|name| name.trim_end_matches('#') != DRAFT_4.trim_end_matches('#')) {
        say("/$schema", format!("API Gateway reads draft 4 ({DRAFT_4}), not {other}"), false);
    }
    later(&schema, "", &mut say);
    if spots.is_empty()
        && let Err(why) = jsonschema::draft4::new(&schema)
    {
        let (line, column) = place::of(text, why.instance_path().as_str());
        spots.push(Spot { line, column, text: short(&why.to_string()), refused: false });
    }
    spots.sort_by_key(|spot| (spot.line, spot.column));
    spots
}

/// Keywords that later drafts have, which draft 4 passes over; and members that are required but not described.
fn later(schema: &Value, pointer: &str, say: &mut impl FnMut(&str, String, bool)) {
    const LATER: [(&str, &str); 9] = [
        ("const", "write enum with one value"),
        ("$defs", "write definitions"),
        ("if", "write anyOf"),
        ("contains", "it has no substitute"),
        ("propertyNames", "it has no substitute"),
        ("dependentRequired", "write dependencies"),
        ("dependentSchemas", "write dependencies"),
        ("prefixItems", "write items with a list"),
        ("unevaluatedProperties", "write additionalProperties"),
    ];
    let Some(members) = schema.as_object() else { return };
    for (name, instead) in LATER {
        if members.contains_key(name) {
            say(&format!("{pointer}/{name}"), format!("draft 4 has no {name} and passes over it: {instead}"), false);
        }
    }
    let properties = members.get("properties").and_then(Value::as_object);
    if let (Some(properties), Some(Value::Array(required))) = (properties, members.get("required")) {
        for (at, name) in required.iter().enumerate() {
            if let Some(name) = name.as_str().filter(|name| !properties.contains_key(*name)) {
                let place = format!("{pointer}/required/{at}");
                say(&place, format!("{name} is required, and properties does not describe it"), false);
            }
        }
    }
    for holder in ["properties", "patternProperties", "definitions"] {
        for (name, inner) in members.get(holder).and_then(Value::as_object).into_iter().flatten() {
            later(inner, &format!("{pointer}/{holder}/{}", escaped(name)), say);
        }
    }
    for holder in ["items", "additionalProperties", "not"] {
        if let Some(inner) = members.get(holder) {
            later(inner, &format!("{pointer}/{holder}"), say);
        }
    }
    for holder in ["allOf", "anyOf", "oneOf", "items"] {
        for (at, inner) in members.get(holder).and_then(Value::as_array).into_iter().flatten().enumerate() {
            later(inner, &format!("{pointer}/{holder}/{at}"), say);
        }
    }
}

/// A name as a JSON pointer has it.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// What a schema has against a message: `/message: is required`. Nothing when the message is valid, or the schema is none.
#[must_use]
pub fn complaints(schema: &str, message: &str) -> Vec<String> {
    let Some(validator) = validator(schema) else { return Vec::new() };
    let message: Value = match serde_json::from_str(message) {
        Ok(message) => message,
        Err(why) => return vec![format!("the message is no JSON: {why}")],
    };
    let complaint = |error: jsonschema::ValidationError<'_>| {
        let path = error.instance_path().as_str().to_owned();
        match error.kind() {
            ValidationErrorKind::Required { property } => {
                format!("{path}/{}: is required", escaped(property.as_str().unwrap_or_default()))
            }
            ValidationErrorKind::AdditionalProperties { unexpected } => {
                let names: Vec<String> = unexpected.iter().map(|name| format!("{path}/{}", escaped(name))).collect();
                format!("{}: is not allowed", names.join(", "))
            }
            _ => format!("{}: {}", if path.is_empty() { "/" } else { &path }, short(&error.to_string())),
        }
    };
    validator.iter_errors(&message).take(MOST).map(complaint).collect()
}

/// A message that a schema takes, indented; nothing when none was found.
#[must_use]
pub fn example(schema: &str) -> Option<String> {
    let value: Value = serde_json::from_str(schema).ok()?;
    let example = example::of(&value);
    validator(schema)?.is_valid(&example).then(|| serde_json::to_string_pretty(&example).unwrap_or_default())
}

fn validator(schema: &str) -> Option<jsonschema::Validator> {
    let schema: Value = serde_json::from_str(schema).ok()?;
    jsonschema::draft4::new(&schema).ok()
}

fn short(words: &str) -> String {
    if words.chars().count() <= LONGEST {
        return words.to_owned();
    }
    words.chars().take(LONGEST).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const CHAT: &str = r#"{
  "$schema": "http://json-schema.org/draft-04/schema#",
  "title": "ChatAppMessage",
  "type": "object",
  "properties": {
    "action": { "type": "string" },
    "message": { "type": "string", "minLength": 1 }
  },
  "required": ["action", "message"]
}"#;

    #[test]
    fn a_good_schema_has_no_problems_and_an_example_that_it_takes() {
        assert_eq!(problems(CHAT), []);
        let example = example(CHAT).unwrap();
        assert_eq!(complaints(CHAT, &example), Vec::<String>::new());
        assert!(example.contains("\"message\""), "{example}");
    }

    #[test]
    fn what_a_schema_has_against_a_message_is_said_by_path() {
        assert_eq!(complaints(CHAT, r#"{"action":"sendmessage"}"#), ["/message: is required"]);
        assert_eq!(complaints(CHAT, r#"{"action":1,"message":"x"}"#), [r#"/action: 1 is not of type "string""#]);
        assert!(complaints(CHAT, "hello")[0].starts_with("the message is no JSON"));
        let closed = r#"{"additionalProperties": false, "properties": {"a": {}}}"#;
        assert_eq!(complaints(closed, r#"{"a":1,"b/c":2}"#), ["/b~1c: is not allowed"]);
    }

    #[test]
    fn a_bad_schema_is_refused_with_its_place() {
        let spots = problems(&CHAT.replace("\"type\": \"string\" }", "\"type\": \"text\" }"));
        assert_eq!((spots[0].line, spots[0].column, spots[0].refused), (6, 25, true), "{spots:?}");
        let cut = problems("{\n  \"type\": \"object\",\n");
        assert_eq!((cut[0].line, cut[0].refused), (3, true), "{cut:?}");
        assert!(problems("[]")[0].text.contains("is an object"));
        let old = problems("{\n \"properties\": {\n  \"a\": { \"required\": true }\n }\n}");
        assert_eq!((old[0].line, old[0].refused), (3, true), "{old:?}");
    }

    #[test]
    fn what_later_drafts_have_is_passed_over_and_said() {
        let spots = problems(
            "{\"$schema\": \"http://json-schema.org/draft-07/schema#\",\n\"properties\": {\n\"a\": {\"const\": 1}},\n\"required\": [\"b\"]}",
        );
        let lines: Vec<usize> = spots.iter().map(|s| s.line).collect();
        assert_eq!(lines, [1, 3, 4], "{spots:?}");
        assert!(spots.iter().all(|spot| !spot.refused), "{spots:?}");
        assert!(spots[1].text.contains("enum with one value"));
        assert!(spots[2].text.contains("does not describe"));
    }
}
