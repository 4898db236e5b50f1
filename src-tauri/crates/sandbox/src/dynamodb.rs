//! DynamoDB as far as `AWS` integrations call it: PutItem, DeleteItem, Scan. JSON 1.0.

use http::Response;
use serde::{Deserialize, Serialize};

use crate::answer::Refusal;
use crate::front::Call;
use crate::{Body, World};

/// What it keeps.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Kept {}

/// Answers one call.
pub(crate) fn answer(_world: &World, _call: &Call) -> Response<Body> {
    Refusal::unknown_operation().json11()
}
