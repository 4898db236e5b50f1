//! `GetModelTemplate`: a mapping template that makes something of the model's shape.
//!
//! The first line and the blanks are those of AWS's documented example of `get-model-template`; what stands for a
//! value (`foo`, `42`, `true`) is assumed.

use std::fmt::Write as _;

use serde_json::Value;

/// How deep a sample goes; a schema can refer to itself.
const DEPTH: usize = 12;
/// Bytes after which nothing more is added.
const LENGTH: usize = 64 * 1024;

/// The template of a schema.
pub(super) fn template(schema: &str) -> String {
    let schema: Value = serde_json::from_str(schema).unwrap_or_default();
    let mut text = "#set($inputRoot = $input.path('$'))\n".to_owned();
    write(&mut text, &schema, &schema, 0);
    text
}

fn write(out: &mut String, root: &Value, schema: &Value, depth: usize) {
    if depth > DEPTH || out.len() > LENGTH {
        out.push_str("{ }");
        return;
    }
    let local = schema["$ref"].as_str().and_then(|path| root.pointer(path.strip_prefix('#')?));
    if let Some(target) = local {
        return write(out, root, target, depth + 1);
    }
    let blank = "  ".repeat(depth + 1);
    match kind(schema) {
        "string" => {
            let value = schema["enum"].get(0).and_then(Value::as_str).unwrap_or("foo");
            let _ = write!(out, "{}", Value::from(value));
        }
        "integer" | "number" => out.push_str("42"),
        "boolean" => out.push_str("true"),
        "null" => out.push_str("null"),
        "array" => {
            out.push('[');
            let items = &schema["items"];
            write(out, root, items.get(0).unwrap_or(items), depth + 1);
            out.push(']');
        }
        _ => {
            let Some(properties) = schema["properties"].as_object().filter(|p| !p.is_empty()) else {
                out.push_str("{ }");
                return;
            };
            out.push_str("{\n");
            for (index, (name, property)) in properties.iter().enumerate() {
                let _ = write!(out, "{}{blank}{} : ", if index > 0 { ",\n" } else { "" }, Value::from(name.as_str()));
                write(out, root, property, depth + 1);
                if out.len() > LENGTH {
                    break;
                }
            }
            let _ = write!(out, "\n{}}}", "  ".repeat(depth));
        }
    }
}

/// The schema's type, or the first of several, or what its members say.
fn kind(schema: &Value) -> &str {
    match &schema["type"] {
        Value::String(one) => one,
        Value::Array(several) => several.iter().filter_map(Value::as_str).find(|k| *k != "null").unwrap_or_default(),
        _ if schema.get("items").is_some() => "array",
        _ => "object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_has_the_schemas_shape() {
        let schema = r##"{"type":"object","properties":{"action":{"type":"string","enum":["send"]},"to":{"type":"array",
            "items":{"$ref":"#/definitions/who"}},"n":{"type":["null","integer"]}},
            "definitions":{"who":{"properties":{"id":{"type":"string"},"on":{"type":"boolean"}}}}}"##;
        let expected = "#set($inputRoot = $input.path('$'))\n{\n  \"action\" : \"send\",\n  \"to\" : [{\n      \"id\" : \
                        \"foo\",\n      \"on\" : true\n    }],\n  \"n\" : 42\n}";
        // Members come in the order of the schema or sorted, as the JSON library keeps them.
        assert_eq!(template(schema).lines().count(), expected.lines().count());
        for line in ["  \"action\" : \"send\"", "\"id\" : \"foo\"", "  \"n\" : 42"] {
            assert!(template(schema).contains(line), "{}", template(schema));
        }
        assert_eq!(template("{}"), "#set($inputRoot = $input.path('$'))\n{ }");
    }

    #[test]
    fn a_schema_that_refers_to_itself_ends() {
        let schema = r##"{"properties":{"a":{"$ref":"#"},"b":{"$ref":"#"},"c":{"$ref":"#"},"d":{"$ref":"#"}}}"##;
        assert!(template(schema).len() < 2 * LENGTH);
    }
}
