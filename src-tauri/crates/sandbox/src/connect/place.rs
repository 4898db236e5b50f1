//! What a stage serves at this moment.

use std::sync::Arc;

use gatescope_model::api::{Snapshot, Stage};
use serde_json::Value;

use crate::World;
use crate::resources::text;

/// What a stage serves now: its settings as they are, its deployment as it was frozen. Open sockets follow both
/// (facts 2, section 4).
#[derive(Clone)]
pub(super) struct Place {
    pub api_id: String,
    pub stage: Arc<Stage>,
    pub api: Arc<Snapshot>,
    /// Whether the account lets API Gateway write logs.
    pub may_log: bool,
}

impl Place {
    /// `None`: no such stage, or never deployed.
    pub(super) fn find(world: &World, api_id: &str, stage: &str) -> Option<Self> {
        let state = world.state.lock();
        let settings = state.resources.get(&format!("apis/{api_id}/stages/{stage}"))?;
        let deployment = text(settings, "deploymentId");
        let api = state.deployed.get(&format!("apis/{api_id}/deployments/{deployment}"))?.clone();
        let stage = serde_json::from_value(Value::Object(settings.clone())).ok()?;
        Some(Self { api_id: api_id.to_owned(), stage: Arc::new(stage), api, may_log: state.log_role.is_some() })
    }

    /// Whether requests of a route are refused because its limits are written as 0 (facts 2 section 10 row 57).
    pub(super) fn is_throttled(&self, route_key: &str) -> bool {
        let own = self.stage.route_settings.get(route_key);
        let default = &self.stage.default_route_settings;
        let burst = own.and_then(|s| s.throttling_burst_limit).or(default.throttling_burst_limit);
        let rate = own.and_then(|s| s.throttling_rate_limit).or(default.throttling_rate_limit);
        burst == Some(0) || rate == Some(0.0)
    }
}
