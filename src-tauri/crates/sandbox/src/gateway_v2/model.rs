//! Rules of models. That names are letters and digits is known from Terraform's tests; the texts are assumed.

use super::Desk;
use crate::answer::Refusal;
use crate::resources::{Resource, text};

/// Characters that a schema may have (facts 5.1).
const SCHEMA_LIMIT: usize = 32 * 1024;

/// The new state of a model.
pub(super) fn check(desk: &Desk<'_>, collection: &[&str], path: &str, model: &Resource) -> Result<(), Refusal> {
    let name = text(model, "name");
    if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(Refusal::bad_request("Model name must be alphanumeric"));
    }
    let schema = text(model, "schema");
    if schema.len() > SCHEMA_LIMIT || serde_json::from_str::<serde_json::Value>(schema).is_err() {
        return Err(Refusal::bad_request("Invalid model schema specified"));
    }
    let collection = collection.join("/");
    let taken = |(id, other): (&str, &Resource)| text(other, "name") == name && format!("{collection}/{id}") != path;
    if desk.state.resources.list(&collection).any(taken) {
        return Err(Refusal::conflict(format!("Model name already exists for this API: {name}")));
    }
    Ok(())
}
