//! Models: a name of letters and digits, and a JSON schema of draft 4.

use std::collections::HashSet;

use super::{Place, Problem};
use crate::api::Snapshot;
use crate::resource::Kind;
use crate::schema;

/// Characters of a schema (botocore; facts 5.1).
const SCHEMA: usize = 32 * 1024;

pub(super) fn check(draft: &Snapshot, found: &mut Vec<Problem>) {
    let mut names = HashSet::new();
    for model in &draft.models {
        let mut at = Place::new(found, Kind::Model, &model.model_id);
        let name = model.name.as_str();
        // botocore: 1 to 128; letters and digits from Terraform's acceptance tests.
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric()) {
            at.refuse("name", "letters and digits only");
        } else if !names.insert(name) {
            at.refuse("name", format!("there is a model {name} already"));
        }
        at.length("name", Some(name), 128);
        at.length("contentType", model.content_type.as_deref(), 256); // botocore
        at.length("description", model.description.as_deref(), 1024); // botocore
        let text = model.schema.as_deref().unwrap_or_default();
        at.length("schema", Some(text), SCHEMA);
        // An API can be told not to look at schemas; other content types are stored as they are (assumed, as in the sandbox).
        let is_json = model.content_type.as_deref().is_none_or(|kind| kind.contains("json"));
        let looks = draft.api.disable_schema_validation != Some(true);
        if !is_json || text.chars().count() > SCHEMA {
            continue;
        }
        if text.trim().is_empty() {
            at.refuse("schema", "a model needs a schema");
        } else if let Some(problem) = schema::problems(text).into_iter().find(|p| p.refused) {
            let place = format!("line {}, column {}: {}", problem.line, problem.column, problem.text);
            at.say("schema", place, looks);
        }
    }
}
