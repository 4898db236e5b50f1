//! A value of a schema's shape. What it can't know (patterns, conditions) it leaves; the asker checks what came out.

use serde_json::{Map, Value, json};

/// How deep an example goes; a schema can refer to itself.
const DEPTH: usize = 12;
/// Values after which nothing more is added.
const VALUES: usize = 2_000;

/// A value as the schema wants it, as far as its shape tells.
pub(super) fn of(schema: &Value) -> Value {
    Maker { root: schema, made: 0 }.value(schema, 0)
}

struct Maker<'s> {
    root: &'s Value,
    made: usize,
}

impl Maker<'_> {
    fn value(&mut self, schema: &Value, depth: usize) -> Value {
        self.made += 1;
        if depth > DEPTH || self.made > VALUES {
            return Value::Null;
        }
        let local = schema["$ref"].as_str().and_then(|path| self.root.pointer(path.strip_prefix('#')?));
        if let Some(target) = local.cloned() {
            return self.value(&target, depth + 1);
        }
        if let Some(first) = schema["enum"].get(0).or_else(|| schema.get("default")) {
            return first.clone();
        }
        if let Some(one) = ["anyOf", "oneOf"].iter().find_map(|name| schema[*name].get(0)) {
            return self.merged(schema, std::slice::from_ref(one), depth);
        }
        if let Some(all) = schema["allOf"].as_array() {
            return self.merged(schema, all, depth);
        }
        match kind(schema) {
            "string" => string(schema),
            "integer" | "number" => number(schema),
            "boolean" => json!(true),
            "null" => Value::Null,
            "array" => {
                let items = &schema["items"];
                let least = schema["minItems"].as_u64().unwrap_or(1).clamp(1, 20);
                let item = |maker: &mut Self, n: u64| {
                    let at = usize::try_from(n).unwrap_or_default();
                    maker.value(items.get(at).unwrap_or(items), depth + 1)
                };
                if items.is_null() && schema["minItems"].is_null() {
                    return json!([]);
                }
                (0..least).map(|n| item(self, n)).collect()
            }
            _ => self.object(schema, depth),
        }
    }

    fn object(&mut self, schema: &Value, depth: usize) -> Value {
        let mut object = Map::new();
        let required: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            // What a schema that refers to itself need not have ends it.
            if depth < 4 || required.contains(&name.as_str()) {
                object.insert(name.clone(), self.value(property, depth + 1));
            }
        }
        for name in required {
            object.entry(name).or_insert_with(|| json!("text"));
        }
        Value::Object(object)
    }

    /// A value of the parts together.
    fn merged(&mut self, schema: &Value, parts: &[Value], depth: usize) -> Value {
        let mut whole = schema.clone();
        for name in ["anyOf", "oneOf", "allOf"] {
            whole.as_object_mut().map(|whole| whole.shift_remove(name));
        }
        for part in parts {
            let part =
                part["$ref"].as_str().and_then(|path| self.root.pointer(path.strip_prefix('#')?)).unwrap_or(part);
            for (name, value) in part.as_object().into_iter().flatten() {
                match (&mut whole[name.as_str()], value) {
                    (Value::Object(have), Value::Object(more)) => have.extend(more.clone()),
                    (Value::Array(have), Value::Array(more)) if name == "required" => have.extend(more.clone()),
                    (place, value) => *place = value.clone(),
                }
            }
        }
        self.value(&whole, depth + 1)
    }
}

/// The schema's type, or the first of several, or what its members say.
fn kind(schema: &Value) -> &str {
    match &schema["type"] {
        Value::String(one) => one,
        Value::Array(several) => several.iter().filter_map(Value::as_str).find(|k| *k != "null").unwrap_or_default(),
        _ if schema.get("items").is_some() => "array",
        _ if ["minLength", "maxLength", "pattern", "format"].iter().any(|name| schema.get(name).is_some()) => "string",
        _ if ["minimum", "maximum", "multipleOf"].iter().any(|name| schema.get(name).is_some()) => "number",
        _ => "object",
    }
}

fn string(schema: &Value) -> Value {
    let known = match schema["format"].as_str().unwrap_or_default() {
        "date-time" => "2026-11-21T09:20:29Z",
        "email" => "ann@example.com",
        "uri" => "https://example.com/",
        "ipv4" => "203.0.113.7",
        "ipv6" => "2001:db8::7",
        "hostname" => "example.com",
        _ => "text",
    };
    let length = |name: &str| schema[name].as_u64().and_then(|n| usize::try_from(n).ok());
    let mut text = known.to_owned();
    if let Some(least) = length("minLength").filter(|n| *n <= 10_000) {
        while text.len() < least {
            text.push('x');
        }
    }
    if let Some(most) = length("maxLength") {
        text.truncate(most);
    }
    text.into()
}

fn number(schema: &Value) -> Value {
    let step = schema["multipleOf"].as_f64().filter(|step| *step > 0.0);
    let strict = |name: &str| schema[name] == json!(true);
    let mut n = 1.0_f64;
    if let Some(least) = schema["minimum"].as_f64() {
        n = n.max(if strict("exclusiveMinimum") { least.floor() + 1.0 } else { least });
    }
    if let Some(most) = schema["maximum"].as_f64() {
        n = n.min(if strict("exclusiveMaximum") { most.ceil() - 1.0 } else { most });
    }
    if let Some(step) = step {
        n = (n / step).ceil() * step;
    }
    // A whole number stays one in JSON.
    if n.fract() == 0.0 && n.abs() < 9.0e15 {
        format!("{n:.0}").parse::<i64>().map_or(json!(n), |n| json!(n))
    } else {
        json!(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_is_taken_by_its_own_schema() {
        let schemas = [
            json!({}),
            json!({"type": "object", "required": ["a"]}),
            json!({"properties": {"a": {"type": "string", "minLength": 9}, "b": {"type": "array", "items": {"type": "integer", "minimum": 5, "exclusiveMinimum": true}, "minItems": 3}}}),
            json!({"type": ["null", "number"], "multipleOf": 0.5, "maximum": -3}),
            json!({"allOf": [{"properties": {"a": {"type": "boolean"}}, "required": ["a"]}, {"required": ["b"]}]}),
            json!({"anyOf": [{"$ref": "#/definitions/x"}], "definitions": {"x": {"enum": ["on", "off"]}}}),
            json!({"properties": {"next": {"$ref": "#"}, "id": {"type": "integer"}}, "required": ["id"]}),
            json!({"type": "string", "format": "date-time"}),
            json!({"type": "array"}),
        ];
        for schema in schemas {
            let validator = jsonschema::draft4::new(&schema);
            assert!(validator.is_ok_and(|v| v.is_valid(&of(&schema))), "{schema} {}", of(&schema));
        }
    }
}
