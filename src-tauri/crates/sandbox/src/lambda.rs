//! Lambda's control plane, rest-json: functions, who may invoke them, and what they answer here.
//!
//! The sandbox runs no code: what a function does is a [`Behaviour`], given by its environment variables, by the
//! Sandbox screen, or by its name for those that come with the sandbox. Texts are those that LocalStack recorded and
//! moto's tests assert, else Lambda's documented ones. It may not know API Gateway's data plane, which calls
//! [`may_invoke`] and [`invoke`]. Where to look next: `lambda/function.rs`, `lambda/permission.rs`,
//! `lambda/version.rs`, `lambda/invoke.rs`, `lambda/built_in.rs`, `lambda/chat.rs`.

mod answer;
mod built_in;
mod chat;
mod function;
mod invoke;
mod permission;
mod version;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use serde::{Deserialize, Serialize};

use crate::World;
use crate::state::State;
pub(crate) use answer::answer;
use function::Function;
pub(crate) use invoke::{Failure, Invoked, invoke};
pub(crate) use permission::{may_invoke, may_invoke_as};

/// Functions that there may be, of those that were made.
const MOST_FUNCTIONS: usize = 1000;

/// What a function does when it is invoked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Behaviour {
    /// One of the functions that come with the sandbox, by name.
    BuiltIn {
        /// Its name.
        name: String,
    },
    /// Always this JSON text.
    Answers {
        /// JSON.
        payload: String,
    },
    /// Raises with this message.
    Raises {
        /// As `errorMessage`.
        message: String,
    },
    /// Runs into its own timeout.
    TimesOut,
    /// Lives outside, behind a Lambda Invoke API.
    Url {
        /// With or without the path of an invocation.
        url: String,
    },
}

/// What it keeps.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Kept {
    /// By name. One that comes with the sandbox is here once something of it was changed.
    functions: BTreeMap<String, Function>,
    /// Who is in which room of the built-in chat.
    chat: chat::Rooms,
    /// Invocations that run now.
    #[serde(skip)]
    running: Arc<AtomicUsize>,
}

/// A function's name and its version or alias, as requests name it: by name, by a part of its ARN, or by the ARN.
fn named(text: &str) -> Option<(&str, Option<&str>)> {
    let rest = match text.rsplit_once(":function:") {
        Some((_, rest)) => rest,
        None => text.strip_prefix("function:").unwrap_or(text),
    };
    let (name, qualifier) = rest.split_once(':').map_or((rest, None), |(name, qualifier)| (name, Some(qualifier)));
    let valid = (1..=64).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    valid.then_some((name, qualifier))
}

/// The function of that name as it is now.
fn find(world: &World, state: &State, name: &str) -> Option<Function> {
    state.lambda.functions.get(name).cloned().or_else(|| built_in::function(world, name))
}

/// The same, to be changed.
fn find_mut<'a>(world: &World, state: &'a mut State, name: &str) -> Option<&'a mut Function> {
    let functions = &mut state.lambda.functions;
    if !functions.contains_key(name) {
        functions.insert(name.to_owned(), built_in::function(world, name)?);
    }
    functions.get_mut(name)
}

/// All functions by name, as they are now.
fn all(world: &World, state: &State) -> Vec<Function> {
    let mut all: BTreeMap<String, Function> =
        built_in::names(world).filter_map(|name| Some((name.clone(), built_in::function(world, &name)?))).collect();
    all.extend(state.lambda.functions.iter().map(|(name, function)| (name.clone(), function.clone())));
    all.into_values().collect()
}

/// All functions by name, those that come with the sandbox included.
pub(crate) fn functions(world: &World, state: &State) -> Vec<crate::Function> {
    let view = |function: Function| crate::Function {
        built_in: built_in::names(world).any(|name| name == function.name()),
        name: function.name().to_owned(),
        arn: function.arn().to_owned(),
        behaviour: function.behaviour(function.configuration()),
    };
    all(world, state).into_iter().map(view).collect()
}

/// Makes a function, or changes what one does. A new one may be invoked by every API of the account.
pub(crate) fn set(world: &World, name: &str, behaviour: Behaviour) {
    let Some((name, _)) = named(name) else { return };
    let mut state = world.state.lock();
    if find_mut(world, &mut state, name).is_none() && state.lambda.functions.len() < MOST_FUNCTIONS {
        state.lambda.functions.insert(name.to_owned(), Function::of_the_sandbox(world, name));
    }
    if let Some(function) = state.lambda.functions.get_mut(name) {
        function.set_behaviour(behaviour);
    }
}
