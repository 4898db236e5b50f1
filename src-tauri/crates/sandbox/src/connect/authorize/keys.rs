//! API keys of `$connect`: where the key comes from, and the lines of the usage plan check.
//!
//! Lines with a key: recorded for REST APIs (facts 2 section 1), with `route` for `method` as line 3 has it natively.

use gatescope_model::log::{Key, Kind};
use serde_json::json;
use std::sync::Arc;

use super::mask;
use crate::connect::execution::{Execution, Failure};
use crate::connect::journal;
use crate::front::Call;
use crate::gateway_v1::usage::{self, Admission};

/// The other of the two expressions that an API may have (facts 3, API key).
const FROM_AUTHORIZER: &str = "$context.authorizer.usageIdentifierKey";

/// Lines 2 to 6, and the key's check when the route wants one. `given` is the authorizer's `usageIdentifierKey`.
pub(super) fn admit(execution: &mut Execution, call: &Call, given: Option<String>) -> Result<(), Failure> {
    let api = execution.place.api.clone();
    let Some(route) = api.route("$connect").filter(|r| r.api_key_required) else {
        journal::preamble(execution);
        return Ok(());
    };
    let route_key = route.route_key.as_str();
    let key = match api.api.api_key_selection_expression.as_str() {
        FROM_AUTHORIZER => given.unwrap_or_default(),
        _ => call.header("x-api-key").to_owned(),
    };
    let masked = mask(&key);
    let api_key = Key::Native(&masked);
    let Execution { world, journal, place, peer, request_id, .. } = execution;
    let api_stage = format!("{}/{}", place.api_id, place.stage.stage_name);
    journal.say(Kind::VerifyingUsagePlan { request_id, api_key, api_stage: &api_stage });
    match usage::admit(world, &place.api_id, &place.stage.stage_name, route_key, &key) {
        Admission::Allowed => {
            journal.say(Kind::UsagePlanSucceeded { api_key, api_stage: &api_stage });
            journal.say(Kind::StartingExecution { request_id });
            journal.say(Kind::WebSocketRoute { route_key });
            journal.say(Kind::ApiKey { api_key: &masked });
            let id = usage::key_id(&world.state.lock(), &key);
            if let Some(peer) = Arc::get_mut(peer) {
                peer.identity.insert("apiKey".into(), json!(key));
                peer.identity.extend(id.map(|id| ("apiKeyId".to_owned(), json!(id))));
            }
            Ok(())
        }
        // Status and message are assumed: REST's INVALID_API_KEY (facts 2 section 12.1).
        Admission::Refused(because) => {
            journal.fail(Kind::ApiKeyRefused { api_key, because: &because });
            Err(execution.refuse("INVALID_API_KEY", Failure::new(403, "Forbidden")))
        }
        // Assumed: the messages of REST's THROTTLED and QUOTA_EXCEEDED.
        Admission::Throttled => Err(execution.refuse("THROTTLED", Failure::new(429, "Too Many Requests"))),
        Admission::QuotaExceeded => Err(execution.refuse("QUOTA_EXCEEDED", Failure::new(429, "Limit Exceeded"))),
    }
}
