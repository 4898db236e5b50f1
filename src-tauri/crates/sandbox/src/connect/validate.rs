//! What a route demands of a request: parameters that must be there, and the model of a message.

use gatescope_model::log::Kind;
use gatescope_model::selection::evaluate;
use jsonschema::Validator;
use serde_json::Value;

use super::execution::{Execution, Failure};

/// Parameters that the route requires. Status and words are assumed (those of REST APIs).
pub(super) fn parameters(execution: &mut Execution) -> Result<(), Failure> {
    let Some(route) = execution.place.api.route(&execution.route_key) else { return Ok(()) };
    let missing: Vec<&str> = route
        .request_parameters
        .iter()
        .filter(|(name, required)| required.required && execution.variable(name).is_none())
        .filter_map(|(name, _)| name.rsplit('.').next())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let message = format!("Missing required request parameters: [{}]", missing.join(", "));
    Err(execution.refuse("BAD_REQUEST_PARAMETERS", Failure::new(400, &message)))
}

/// The message against the model that the route selects: JSON schema draft 4. The backend is not called when it does
/// not match, nor when no model is found (facts 2, 2.2).
pub(super) fn model(execution: &mut Execution) -> Result<(), Failure> {
    let api = execution.place.api.clone();
    let Some(route) = api.route(&execution.route_key).filter(|r| !r.request_models.is_empty()) else { return Ok(()) };
    let Some(expression) = &route.model_selection_expression else { return Ok(()) };
    let key = evaluate(expression, |name| execution.variable(name));
    let name = route.request_models.get(&key).or_else(|| route.request_models.get("$default"));
    let schema = name
        .and_then(|name| api.models.iter().find(|m| m.name == *name))
        .and_then(|model| execution.place.schema(model.schema.as_deref()?));
    match violation(schema, execution.json.as_ref()) {
        None => Ok(()),
        Some(why) => {
            // Assumed: the words of REST APIs.
            let errors = format!("[{why}]");
            execution.journal.fail(Kind::ModelMismatch { content_type: "application/json", errors: &errors });
            let failure = execution.refuse("BAD_REQUEST_BODY", Failure::new(400, "Invalid request body"));
            execution.access["error"]["validationErrorString"] = Value::String(errors);
            Err(failure)
        }
    }
}

/// Violations that are counted up: a line holds no more.
const MOST: usize = 20;

/// What is wrong with the message, if anything.
fn violation(schema: Option<&Result<Validator, String>>, message: Option<&Value>) -> Option<String> {
    let Some(schema) = schema else { return Some("no model was found".into()) };
    let Some(message) = message else { return Some("Invalid JSON".into()) };
    match schema {
        Ok(validator) => {
            let errors: Vec<String> = validator.iter_errors(message).take(MOST).map(|e| e.to_string()).collect();
            (!errors.is_empty()).then(|| errors.join(", "))
        }
        Err(error) => Some(format!("the schema is invalid: {error}")),
    }
}
