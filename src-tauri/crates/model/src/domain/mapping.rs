//! The mapping: a key of the domain leads to a stage.

use serde_json::json;

use super::look::{Look, Turn, blocked, making, wait};
use super::next::{Next, Reason, Stage};
use super::{DomainHere, Making, MappingHere};
use crate::plan::{call, object};

const HERE: Stage = Stage::Mapping;

pub(super) fn turn(look: Look<'_>) -> Turn {
    match look.domain() {
        // No domain at this point: it was not read, or the station before it is wrong.
        None => wait(HERE, "The domain is not there yet.".to_owned(), None, 5_000, 5_000),
        Some(domain) if at_key(look, domain).is_some() => Ok(()),
        Some(_) => Err(Box::new(Next::Do { station: HERE, making: create(look) })),
    }
}

/// What stands at the goal's key.
pub(super) fn at_key<'a>(look: Look<'_>, domain: &'a DomainHere) -> Option<&'a MappingHere> {
    domain.mappings.iter().find(|m| m.key == look.goal.key)
}

/// Whether the key leads nowhere yet, or where it shall.
pub(super) fn is_free(look: Look<'_>, domain: &DomainHere) -> Turn {
    let goal = look.goal;
    let other = at_key(look, domain).filter(|m| m.api_id != goal.api_id || m.stage != goal.stage);
    let Some(other) = other else { return Ok(()) };
    let key = if goal.key.is_empty() { "The root".to_owned() } else { format!("The key \"{}\"", goal.key) };
    let whose = if other.api_id == goal.api_id { "this API".to_owned() } else { format!("API {}", other.api_id) };
    blocked(
        Stage::PreFlight,
        Reason::KeyTaken,
        format!(
            "{key} of {} leads to stage {} of {whose} already (mapping {}).",
            goal.domain_name, other.stage, other.id
        ),
        "Choose another key, or change that mapping in the Domains list.".to_owned(),
    )
}

pub(super) fn create(look: Look<'_>) -> Making {
    let goal = look.goal;
    let mut input = object(json!({"domainName": goal.domain_name, "apiId": goal.api_id, "stage": goal.stage}));
    if !goal.key.is_empty() {
        input.insert("apiMappingKey".to_owned(), json!(goal.key));
    }
    let to = format!("stage {} of API {}", goal.stage, goal.api_id);
    let key = if goal.key.is_empty() { "/".to_owned() } else { format!("/{}", goal.key) };
    let target = format!("mapping {}{key}", goal.domain_name);
    let step = call("apigatewayv2", "CreateApiMapping", target, format!("leads to {to}"), input);
    making("Create the mapping", format!("{} leads to {to}.", goal.url()), vec![step])
}
