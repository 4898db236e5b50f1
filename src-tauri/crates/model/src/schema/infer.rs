//! A schema from messages: what all of them have in common, and nothing that one of them breaks.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value, json};

use super::DRAFT_4;

/// Members of a message whose only value names what the message is.
const NAMES: [&str; 1] = ["action"];

/// A schema, and what it was made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inferred {
    /// JSON Schema, draft 4, indented.
    pub schema: String,
    /// How many messages were JSON.
    pub used: usize,
    /// How many were not.
    pub left_out: usize,
}

/// The schema that takes all of these messages that are JSON.
#[must_use]
pub fn infer(samples: &[String]) -> Inferred {
    let values: Vec<Value> = samples.iter().filter_map(|text| serde_json::from_str(text).ok()).collect();
    let mut shape = Shape::default();
    for value in &values {
        shape.take(value);
    }
    let mut schema = Map::new();
    schema.insert("$schema".into(), json!(DRAFT_4));
    schema.extend(shape.schema(true));
    let schema = serde_json::to_string_pretty(&schema).unwrap_or_default();
    Inferred { schema, used: values.len(), left_out: samples.len() - values.len() }
}

/// What was seen at one place.
#[derive(Default)]
struct Shape {
    types: BTreeSet<&'static str>,
    /// The texts, up to two different ones.
    texts: BTreeSet<String>,
    items: Option<Box<Shape>>,
    /// How many objects, and their members in the order of their first appearance.
    objects: usize,
    members: Vec<(String, usize, Shape)>,
    index: HashMap<String, usize>,
}

impl Shape {
    fn take(&mut self, value: &Value) {
        match value {
            Value::Null => drop(self.types.insert("null")),
            Value::Bool(_) => drop(self.types.insert("boolean")),
            Value::Number(n) if n.is_f64() => drop(self.types.insert("number")),
            Value::Number(_) => drop(self.types.insert("integer")),
            Value::String(text) => {
                self.types.insert("string");
                if self.texts.len() < 2 {
                    self.texts.insert(text.clone());
                }
            }
            Value::Array(items) => {
                self.types.insert("array");
                for item in items {
                    self.items.get_or_insert_default().take(item);
                }
            }
            Value::Object(members) => {
                self.types.insert("object");
                self.objects += 1;
                for (name, value) in members {
                    let at = *self.index.entry(name.clone()).or_insert_with(|| {
                        self.members.push((name.clone(), 0, Self::default()));
                        self.members.len() - 1
                    });
                    let (_, count, shape) = &mut self.members[at];
                    *count += 1;
                    shape.take(value);
                }
            }
        }
    }

    fn schema(&self, is_message: bool) -> Map<String, Value> {
        let mut schema = Map::new();
        let mut types = self.types.clone();
        if types.contains("number") {
            types.remove("integer");
        }
        let types: Vec<&str> = types.into_iter().collect();
        match types.as_slice() {
            [] => {}
            [one] => drop(schema.insert("type".into(), json!(one))),
            several => drop(schema.insert("type".into(), json!(several))),
        }
        if self.types.contains("object") {
            let mut properties = Map::new();
            for (name, count, shape) in &self.members {
                let mut property = shape.schema(false);
                let always = *count == self.objects && shape.types.len() == 1 && shape.texts.len() == 1;
                if is_message && always && NAMES.contains(&name.as_str()) {
                    property.insert("enum".into(), json!(shape.texts));
                }
                properties.insert(name.clone(), Value::Object(property));
            }
            schema.insert("properties".into(), Value::Object(properties));
            let always = self.members.iter().filter(|(_, count, _)| *count == self.objects);
            let required: Vec<&str> = always.map(|(name, _, _)| name.as_str()).collect();
            // An empty list is refused by draft 4.
            if !required.is_empty() {
                schema.insert("required".into(), json!(required));
            }
        }
        if let Some(items) = &self.items {
            schema.insert("items".into(), Value::Object(items.schema(false)));
        }
        schema
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::super::{complaints, problems};
    use super::*;

    #[test]
    fn ten_messages_give_a_schema_that_takes_them_and_refuses_one_without_a_message() {
        let samples: Vec<String> = (0..10)
            .map(|n| {
                let mut sample = json!({"action": "sendmessage", "message": format!("hello {n}"), "n": n});
                if n % 2 == 0 {
                    sample["tags"] = json!(["a", "b"]);
                }
                sample.to_string()
            })
            .chain(["garbage".to_owned()])
            .collect();
        let inferred = infer(&samples);
        assert_eq!((inferred.used, inferred.left_out), (10, 1));
        for sample in &samples[..10] {
            assert_eq!(complaints(&inferred.schema, sample), Vec::<String>::new(), "{}", inferred.schema);
        }
        assert_eq!(complaints(&inferred.schema, r#"{"action":"sendmessage","n":1}"#), ["/message: is required"]);
        assert!(!complaints(&inferred.schema, r#"{"action":"other","message":"x","n":1}"#).is_empty());
        let schema: Value = serde_json::from_str(&inferred.schema).unwrap();
        assert_eq!(schema["required"], json!(["action", "message", "n"]));
        assert_eq!(schema["properties"]["action"]["enum"], json!(["sendmessage"]));
        assert_eq!(schema["properties"]["n"]["type"], "integer");
        assert_eq!(schema["properties"]["tags"]["items"]["type"], "string");
    }

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            (-1.0e6..1.0e6).prop_map(Value::from),
            "[a-z/~ é]{0,6}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::hash_map("(action|[a-z/~]{0,3})", inner, 0..4)
                    .prop_map(|members| members.into_iter().collect()),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_schema_takes_all_messages_that_it_was_made_from(values in prop::collection::vec(json(), 0..8)) {
            let samples: Vec<String> = values.iter().map(Value::to_string).collect();
            let inferred = infer(&samples);
            prop_assert_eq!(inferred.used, samples.len());
            prop_assert!(problems(&inferred.schema).iter().all(|p| !p.refused), "{}", inferred.schema);
            for sample in &samples {
                prop_assert_eq!(complaints(&inferred.schema, sample), Vec::<String>::new(), "{}", inferred.schema);
            }
        }
    }
}
