//! IAM: roles, users and their access keys, policies of both kinds, and what they say. Query protocol, XML answers.
//!
//! Texts are IAM's documented ones, or those that LocalStack recorded and moto's tests assert. Nothing here decides
//! whether a caller may call IAM: any signature does. Where to look next: `iam/role.rs`, `iam/user.rs`, `iam/held.rs`
//! (policies and tags that roles and users hold alike), `iam/managed.rs`, `iam/keys.rs` (whose key is it), `iam/simulate.rs`.

mod document;
mod held;
pub(crate) mod keys;
mod managed;
mod role;
mod simulate;
mod user;
mod xml;

use std::collections::BTreeMap;

use http::Response;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::answer::{Refusal, query_response};
use crate::front::Form;
use crate::state::State;
use crate::{Body, World};
pub(crate) use document::session_policy;
pub(crate) use role::Role;

/// Of every answer.
const NAMESPACE: &str = "https://iam.amazonaws.com/doc/2010-05-08/";

/// What it keeps beside the roles.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Kept {
    /// By name.
    users: BTreeMap<String, user::User>,
    /// The account's own managed policies by ARN.
    policies: BTreeMap<String, managed::Policy>,
    /// Temporary keys by access key id.
    sessions: BTreeMap<String, keys::Session>,
}

/// One action on the state, by somebody who may be known.
struct Act<'a> {
    world: &'a World,
    state: &'a mut State,
    form: &'a Form,
    /// The access key that signed.
    key: Option<&'a str>,
}

/// What an action answers inside its `…Result`; empty for those that have none.
type Outcome = Result<String, Refusal>;

/// Answers one action.
pub(crate) fn answer(world: &World, form: &Form) -> Response<Body> {
    answer_to(world, form, None)
}

/// The same, for the owner of an access key.
pub(crate) fn answer_to(world: &World, form: &Form, key: Option<&str>) -> Response<Body> {
    let mut state = world.state.lock();
    let mut act = Act { world, state: &mut state, form, key };
    match act.answer() {
        Ok(result) => query_response(form.get("Action"), NAMESPACE, &result),
        Err(refusal) => refusal.query(),
    }
}

impl Act<'_> {
    fn answer(&mut self) -> Outcome {
        let form = self.form;
        let action = form.get("Action");
        if let Some(outcome) = self.role(action).or_else(|| self.user(action)).or_else(|| self.key(action)) {
            return outcome;
        }
        if let Some(outcome) = self.managed(action).or_else(|| self.held(action)).or_else(|| self.simulate(action)) {
            return outcome;
        }
        let message = format!("Could not find operation {action} for version {}", form.get("Version"));
        Err(Refusal::new(400, "InvalidAction", message))
    }

    /// `arn:aws:iam::{account}:{kind}{path}{name}`.
    fn arn(&self, kind: &str, path: &str, name: &str) -> String {
        format!("arn:aws:iam::{}:{kind}{path}{name}", self.world.options.account)
    }

    /// The path that was sent, which is `/` when none was.
    fn path(&self) -> Result<String, Refusal> {
        self.path_in("Path")
    }

    fn path_in(&self, member: &str) -> Result<String, Refusal> {
        match self.form.get(member) {
            "" => Ok("/".to_owned()),
            path if path.starts_with('/') && path.ends_with('/') && path.len() <= 512 => Ok(path.to_owned()),
            _ => {
                let message = "The specified value for path is invalid. It must begin and end with / and contain only \
                               alphanumeric characters and/or / characters.";
                Err(Refusal::new(400, "ValidationError", message))
            }
        }
    }
}

/// A text as long as botocore's model lets it be.
fn bounded<'a>(form: &'a Form, member: &str, most: usize) -> Result<&'a str, Refusal> {
    let text = form.get(member);
    if text.chars().count() <= most {
        return Ok(text);
    }
    let member = member[..1].to_lowercase() + &member[1..];
    let message = format!(
        "1 validation error detected: Value '{text}' at '{member}' failed to satisfy constraint: Member must have \
         length less than or equal to {most}"
    );
    Err(Refusal::new(400, "ValidationError", message))
}

/// The statements that managed and inline policies give together.
fn statements(kept: &Kept, attached: &[String], inline: &BTreeMap<String, String>) -> Vec<Value> {
    let managed = attached.iter().filter_map(|arn| managed::default_document(kept, arn));
    let inline = inline.values().cloned();
    managed.chain(inline).flat_map(|document| gatescope_model::policy::statements(&document)).collect()
}

fn missing(what: &str, name: &str) -> Refusal {
    Refusal::new(404, "NoSuchEntity", format!("The {what} with name {name} cannot be found."))
}

fn taken(what: &str, name: &str) -> Refusal {
    Refusal::new(409, "EntityAlreadyExists", format!("{what} with name {name} already exists."))
}

fn conflict(message: &str) -> Refusal {
    Refusal::new(409, "DeleteConflict", message)
}

/// A name as IAM takes it.
fn name<'a>(form: &'a Form, member: &str, most: usize) -> Result<&'a str, Refusal> {
    let name = form.get(member);
    if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b"+=,.@_-".contains(&b)) {
        let member = member[..1].to_lowercase() + &member[1..];
        let message = format!(
            "The specified value for {member} is invalid. It must contain only alphanumeric characters and/or the \
             following: +=,.@_-"
        );
        return Err(Refusal::new(400, "ValidationError", message));
    }
    if name.len() > most {
        let member = member[..1].to_lowercase() + &member[1..];
        let message = format!(
            "1 validation error detected: Value '{name}' at '{member}' failed to satisfy constraint: Member must have \
             length less than or equal to {most}"
        );
        return Err(Refusal::new(400, "ValidationError", message));
    }
    Ok(name)
}
