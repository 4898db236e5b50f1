//! Rules of models. That names are letters and digits is known from Terraform's tests; the texts are assumed.

use super::Desk;
use crate::answer::Refusal;
use crate::resources::{Resource, text};

/// Characters that a schema may have (facts 5.1).
const SCHEMA_LIMIT: usize = 32 * 1024;

/// The new state of a model. A schema that is no schema is stored, as AWS looks at it when deploying at the earliest
/// (`disableSchemaValidation`'s documentation); every message then fails its validation.
pub(super) fn check(desk: &Desk<'_>, collection: &[&str], path: &str, model: &Resource) -> Result<(), Refusal> {
    let name = text(model, "name");
    if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(Refusal::bad_request("Model name must be alphanumeric"));
    }
    if text(model, "schema").len() > SCHEMA_LIMIT {
        return Err(Refusal::bad_request("Invalid model schema specified"));
    }
    let collection = collection.join("/");
    let taken = |(id, other): (&str, &Resource)| text(other, "name") == name && format!("{collection}/{id}") != path;
    if desk.state.resources.list(&collection).any(taken) {
        return Err(Refusal::conflict(format!("Model name already exists for this API: {name}")));
    }
    Ok(())
}
