//! Rules of models. That names are letters and digits is known from Terraform's tests; the words are assumed, those
//! that LocalStack recorded of REST APIs where there are some.

use serde_json::Value;

use super::Desk;
use crate::answer::Refusal;
use crate::resources::{Resource, text};

/// The new state of a model. A JSON model must be a schema of draft 4, unless its API is told not to look at schemas
/// (`disableSchemaValidation`); models of other content types are stored as they are.
pub(super) fn check(
    desk: &Desk<'_>,
    collection: &[&str],
    path: &str,
    sent: &Resource,
    model: &Resource,
) -> Result<(), Refusal> {
    let name = text(model, "name");
    if name.is_empty() {
        return Err(Refusal::bad_request("Model name must be non-empty"));
    }
    if !name.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(Refusal::bad_request("Model name must be alphanumeric"));
    }
    let api = desk.state.resources.get(&collection[..2].join("/"));
    let looks = api.and_then(|api| api.get("disableSchemaValidation")) != Some(&Value::Bool(true));
    let is_json = text(model, "contentType").contains("json");
    if looks && is_json && ["schema", "contentType"].iter().any(|member| sent.contains_key(*member)) {
        check_schema(text(model, "schema"))?;
    }
    let collection = collection.join("/");
    let taken = |(id, other): (&str, &Resource)| text(other, "name") == name && format!("{collection}/{id}") != path;
    if desk.state.resources.list(&collection).any(taken) {
        return Err(Refusal::conflict(format!("Model name already exists for this API: {name}")));
    }
    Ok(())
}

fn check_schema(schema: &str) -> Result<(), Refusal> {
    if schema.is_empty() {
        return Err(Refusal::bad_request("Model schema must have at least 1 property or array items defined"));
    }
    let invalid = |why: String| Refusal::bad_request(format!("Invalid model specified: Validation Result: {why}"));
    let schema: Value = serde_json::from_str(schema).map_err(|e| invalid(format!("invalid JSON: {e}")))?;
    if !schema.is_object() {
        return Err(invalid("a model schema must be an object".into()));
    }
    let outcome = jsonschema::draft4::meta::validate(&schema);
    outcome.map_err(|e| invalid(e.to_string().chars().take(300).collect()))
}
