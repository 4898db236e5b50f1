//! Which API and stage a request names, and what is served there at this moment.

use std::sync::Arc;

use gatescope_model::api::{Snapshot, Stage};
use serde_json::Value;

use crate::World;
use crate::front::Call;
use crate::resources::text;

/// What a URL says: an API, a stage, and what follows.
pub(crate) struct Target {
    pub api_id: String,
    pub stage: String,
    pub rest: Vec<String>,
}

impl Target {
    /// Reads host and path. Forms: `{api}.execute-api.{region}.amazonaws.com/{stage}` (or `.localhost`), and on a
    /// bare host `/{api}/{stage}`, `/ws/{api}/{stage}`, `/execute-api/{api}/{stage}`, `/_aws/execute-api/{api}/{stage}`.
    /// `None`: nothing there is an API.
    pub(crate) fn of(world: &World, call: &Call) -> Option<Self> {
        let known = |api: &str| world.state.lock().resources.get(&format!("apis/{api}")).is_some();
        let mut path = call.segments.as_slice();
        let host = call.host.split(':').next().unwrap_or_default();
        if let Some((api, _)) = host.split_once(".execute-api.") {
            return known(api).then(|| Self::new(api, path.split_first()));
        }
        for prefix in [&["_aws", "execute-api"][..], &["execute-api"], &["ws"]] {
            let names = path.iter().map(String::as_str).take(prefix.len());
            if names.eq(prefix.iter().copied()) {
                path = &path[prefix.len()..];
                break;
            }
        }
        match path.split_first() {
            Some((api, path)) if known(api) => Some(Self::new(api, path.split_first())),
            // A backend that builds its callback from `$context.domainName` and the stage: the id says which API.
            Some((stage, [connections, id, ..])) if connections == "@connections" => {
                let api_id = world.connections.api_of(id)?;
                Some(Self { api_id, stage: stage.clone(), rest: vec![connections.clone(), id.clone()] })
            }
            _ => None,
        }
    }

    fn new(api: &str, path: Option<(&String, &[String])>) -> Self {
        let (stage, rest) = path.map(|(stage, rest)| (stage.clone(), rest.to_vec())).unwrap_or_default();
        Self { api_id: api.to_owned(), stage, rest }
    }
}

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
