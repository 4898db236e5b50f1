//! Rules about models: whether what a route attaches is there, chosen, and checks anything.

use serde_json::Value;

use super::look::{Found, Look, Need, Rule, carries_messages, guide, on, on_route};
use super::{Severity, expressions};
use crate::schema;

const NEEDS: &[Need] = &[Need::Routes, Need::Models];
const VALIDATION: &str = guide!("websocket-api-request-validation");

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "model-missing",
        severity: Severity::Messages,
        asks: "The models that routes name are there",
        reason: "A route names a model that is not there: its messages can’t be checked.",
        fix: "Make the model, or name another; then deploy.",
        source: VALIDATION,
        needs: NEEDS,
        find: |look| {
            let named = look.routes.iter().flat_map(|r| r.request_models.values().map(move |name| (r, name)));
            named
                .filter(|(_, name)| !look.snapshot.models.iter().any(|m| m.name == **name))
                .map(|(r, name)| {
                    Found::new(
                        format!("{} names a model that is not there", r.route_key),
                        on_route(&r.route_key, "Model", name.as_str()),
                    )
                })
                .collect()
        },
    },
    Rule {
        id: "model-not-selected",
        severity: Severity::Risk,
        asks: "Attached models are chosen by an expression",
        reason: "Without a model selection expression no model is chosen: the messages are not checked at all.",
        fix: "Set the model selection expression, usually $default, then deploy.",
        source: VALIDATION,
        needs: NEEDS,
        find: |look| {
            let idle = look.routes.iter().filter(|r| {
                carries_messages(r)
                    && !r.request_models.is_empty()
                    && r.model_selection_expression.as_deref().is_none_or(str::is_empty)
            });
            idle.map(|r| {
                Found::new(
                    format!("{}’s model is never asked", r.route_key),
                    on_route(&r.route_key, "Model", "no model selection expression"),
                )
            })
            .collect()
        },
    },
    Rule {
        id: "model-key-missing",
        severity: Severity::Messages,
        asks: "The model selection expression gives a key that is there",
        reason: "Where no model has the key that the expression gives and none is $default, every message is refused.",
        fix: "Attach the model under $default, or under the key that the expression gives; then deploy.",
        source: VALIDATION,
        needs: NEEDS,
        find: |look| {
            let wrong = look.routes.iter().filter_map(|r| {
                let expression = r.model_selection_expression.as_deref().filter(|text| !text.is_empty())?;
                let key = expressions::fixed(expression)?;
                let keys = &r.request_models;
                (!keys.is_empty() && !keys.contains_key(&key) && !keys.contains_key("$default")).then_some((r, key))
            });
            wrong
                .map(|(r, key)| {
                    Found::new(
                        format!("{} refuses every message", r.route_key),
                        on_route(&r.route_key, "Model", format!("no model has the key {key}")),
                    )
                })
                .collect()
        },
    },
    Rule {
        id: "model-on-handshake",
        severity: Severity::Advice,
        asks: "Models are attached where messages come",
        reason: "$connect and $disconnect bring no message that could be checked.",
        fix: "Take the model away.",
        source: VALIDATION,
        needs: NEEDS,
        find: |look| {
            let idle = look.routes.iter().filter(|r| !carries_messages(r) && !r.request_models.is_empty());
            idle.map(|r| {
                Found::new(
                    format!("{} has a model, and brings no message", r.route_key),
                    on_route(&r.route_key, "Model", "attached"),
                )
            })
            .collect()
        },
    },
    Rule {
        id: "model-schema-invalid",
        severity: Severity::Messages,
        asks: "Schemas are JSON schemas of draft 4",
        reason: "A schema that can’t be read refuses every message, or lets every one pass.",
        fix: "Open the model at the place that is named, then deploy.",
        source: VALIDATION,
        needs: NEEDS,
        find: |look| {
            let wrong = used(look)
                .filter_map(|(name, text)| Some((name, schema::problems(text).into_iter().find(|spot| spot.refused)?)));
            wrong
                .map(|(name, spot)| {
                    Found::new(
                        format!("The schema of {name} can’t be read"),
                        on(&["Models", name], format!("line {}: {}", spot.line, spot.text)),
                    )
                })
                .collect()
        },
    },
    Rule {
        id: "model-takes-all",
        severity: Severity::Advice,
        asks: "Each attached model refuses something",
        reason: "The schema asks for nothing: every message that is JSON passes, so it looks checked and is not.",
        fix: "Name what a message must have: type, required, properties.",
        source: VALIDATION,
        needs: NEEDS,
        find: |look| {
            let lax = used(look).filter(|(_, text)| serde_json::from_str(text).is_ok_and(|schema| takes_all(&schema)));
            lax.map(|(name, _)| {
                Found::new(format!("The model {name} takes everything"), on(&["Models", name], "it asks for nothing"))
            })
            .collect()
        },
    },
];

/// The JSON models that a route attaches, by name, with their schemas.
fn used<'a>(look: &'a Look<'a>) -> impl Iterator<Item = (&'a str, &'a str)> {
    let attached = |name: &str| look.routes.iter().any(|r| r.request_models.values().any(|m| m == name));
    let models = look.snapshot.models.iter();
    models
        .filter(move |m| attached(&m.name) && m.content_type.as_deref().is_none_or(|kind| kind.contains("json")))
        .filter_map(|m| Some((m.name.as_str(), m.schema.as_deref()?)))
}

/// Whether a schema says only what it is called.
fn takes_all(schema: &Value) -> bool {
    const SAYS_NOTHING: [&str; 7] = ["$schema", "id", "title", "description", "definitions", "default", "type"];
    let Some(members) = schema.as_object() else { return false };
    let bound = members.iter().any(|(key, value)| match key.as_str() {
        "properties" => {
            value.as_object().is_some_and(|p| p.values().any(|of| !takes_all(of) || of.get("type").is_some()))
        }
        key => !SAYS_NOTHING.contains(&key),
    });
    !bound
}
