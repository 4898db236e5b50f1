//! VPC links of the second kind, which only HTTP APIs can use (facts 2, section 8). They are here because they can be
//! made, listed and mistaken for the first kind's; no integration of a WebSocket API may name one.

use serde_json::{Value, json};

use super::Desk;
use crate::answer::Refusal;
use crate::resources::Resource;

/// How long a new one is PENDING, in seconds; AWS takes minutes.
const PENDING: i64 = 10;
/// Links of an account and region (the developer guide; the words are assumed).
const QUOTA: usize = 10;

/// What a new link gets.
pub(super) fn check(desk: &Desk<'_>, link: &mut Resource, new: bool) -> Result<(), Refusal> {
    if link.get("subnetIds").and_then(Value::as_array).is_none_or(Vec::is_empty) {
        return Err(Refusal::bad_request("At least one subnet must be specified")); // assumed
    }
    if new {
        if desk.state.resources.list("vpclinks").count() >= QUOTA {
            return Err(super::too_many("VPC links", QUOTA));
        }
        link.insert("createdDate".into(), json!(desk.world.clock.iso()));
        link.insert("readyAt".into(), json!(desk.world.clock.now() / 1000 + PENDING));
    }
    Ok(())
}

/// The link as it is now.
pub(super) fn show(desk: &Desk<'_>, link: &mut Resource) {
    let Some(ready) = link.shift_remove("readyAt").and_then(|at| at.as_i64()) else { return };
    let now = desk.world.clock.now() / 1000;
    link.insert("vpcLinkStatus".into(), json!(if now < ready { "PENDING" } else { "AVAILABLE" }));
    if now >= ready {
        link.insert("vpcLinkStatusMessage".into(), json!("VPC link is ready to route traffic"));
    }
}
