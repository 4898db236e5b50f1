//! Stage variables: what they may be, and whether anything uses them.

use std::collections::BTreeSet;

use super::{Place, Problem};
use crate::api::Snapshot;
use crate::redact::{is_secret_name, redact};
use crate::resource::Kind;

/// Variables of a stage (facts 5.1).
const MOST: usize = 100;

pub(super) fn check(draft: &Snapshot, found: &mut Vec<Problem>) {
    let used = used(draft);
    for stage in &draft.stages {
        let mut at = Place::new(found, Kind::Stage, &stage.stage_name);
        if stage.stage_variables.len() > MOST {
            at.refuse("stageVariables", format!("at most {MOST}; these are {}", stage.stage_variables.len()));
        }
        for (name, value) in &stage.stage_variables {
            let member = format!("stageVariables/{name}");
            // Characters: botocore; lengths: facts 5.1.
            if name.is_empty() || name.len() > 64 || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
                at.refuse(&member, "a name has 1 to 64 letters, digits or underscores");
            }
            let good = |b: u8| b.is_ascii_alphanumeric() || b"-._~:/?#&=,".contains(&b);
            if value.is_empty() {
                at.refuse(&member, "a value can't be empty");
            } else if let Some(bad) = value.chars().find(|c| !c.is_ascii() || !good(*c as u8)) {
                at.refuse(&member, format!("a value has letters, digits and -._~:/?#&=, only; not {bad:?}"));
            }
            at.length(&member, Some(value), 512);
            if is_secret_name(name) || redact(value) != value.as_str() {
                at.warn(&member, "it looks like a secret: everybody who may read the API can read it");
            }
            if !used.contains(name.as_str()) && draft.unread.is_empty() {
                at.warn(&member, "nothing uses it");
            }
        }
        for name in used.iter().filter(|name| !stage.stage_variables.contains_key(**name)) {
            at.warn(&format!("stageVariables/{name}"), "the API uses it, and this stage does not set it: it is empty");
        }
    }
}

/// The names that anything of the API uses, however they are written.
pub(crate) fn used(draft: &Snapshot) -> BTreeSet<&str> {
    let mut texts: Vec<&str> = Vec::new();
    for integration in &draft.integrations {
        let options = [&integration.integration_uri, &integration.connection_id, &integration.credentials_arn];
        texts.extend(options.iter().filter_map(|text| text.as_deref()));
        texts.extend(integration.template_selection_expression.as_deref());
        texts.extend(
            integration.request_parameters.values().chain(integration.request_templates.values()).map(String::as_str),
        );
        for response in &integration.responses {
            texts.extend(response.template_selection_expression.as_deref());
            let maps = response.response_parameters.values().chain(response.response_templates.values());
            texts.extend(maps.map(String::as_str));
        }
    }
    for authorizer in &draft.authorizers {
        texts.extend(authorizer.authorizer_uri.as_deref());
        texts.extend(authorizer.identity_source.iter().map(String::as_str));
    }
    for route in &draft.routes {
        texts.extend(route.model_selection_expression.as_deref());
    }
    texts.push(&draft.api.route_selection_expression);
    texts.into_iter().flat_map(names).collect()
}

/// `stageVariables.x`, `stageVariables['x']`, `stageVariables.get('x')`.
pub(crate) fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split("stageVariables").skip(1).filter_map(|rest| {
        let named = ["['", "[\"", ".get('", ".get(\"", "."].iter().find_map(|form| rest.strip_prefix(form))?;
        let end = named.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(named.len());
        (end > 0).then(|| &named[..end])
    })
}
