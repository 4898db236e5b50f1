//! Lambda's control plane, rest-json: functions, who may invoke them, and what they answer here.
//!
//! The sandbox runs no code: a function has a [`Behaviour`], or lives behind an Invoke URL.

use std::sync::Arc;

use http::Response;
use serde::{Deserialize, Serialize};

use crate::answer::Refusal;
use crate::front::Call;
use crate::state::State;
use crate::{Body, Function, World};

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
pub(crate) struct Kept {}

/// Answers one call.
pub(crate) async fn answer(_world: &Arc<World>, _call: &Call) -> Response<Body> {
    Refusal::unknown_operation().rest_json()
}

/// All functions by name, those that come with the sandbox included.
pub(crate) fn functions(_world: &World, _state: &State) -> Vec<Function> {
    Vec::new()
}

/// Makes a function, or changes what one does. A new one may be invoked by every API of the account.
pub(crate) fn set(_world: &World, _name: &str, _behaviour: Behaviour) {}
