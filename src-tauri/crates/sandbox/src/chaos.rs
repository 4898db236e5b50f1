//! Faults on purpose: what a route does wrong because somebody asked for it.

use serde::{Deserialize, Serialize};

/// The faults of one route of one stage; the default is none. `$connect` and `$disconnect` are routes too.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Chaos {
    /// Milliseconds that every answer takes longer.
    pub latency_ms: u64,
    /// Up to so many milliseconds more, at random.
    pub jitter_ms: u64,
    /// Milliseconds more for the first request after a minute without one.
    pub cold_start_ms: u64,
    /// Of 100 requests, so many are swallowed: no backend sees them and nothing comes back.
    pub drop_percent: u8,
    /// The gateway answers with this status, 429 or 500, and calls nothing.
    pub status: Option<u16>,
    /// The socket ends without a close frame (1006), or with this code (1009).
    pub close: Option<u16>,
    /// The backend's answer is cut in the middle, so that it is no JSON any more.
    pub malformed: bool,
    /// `$disconnect` is not run.
    pub lose_disconnect: bool,
}

/// One route's faults and where they are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fault {
    /// The API.
    pub api_id: String,
    /// Its stage.
    pub stage: String,
    /// The route.
    pub route_key: String,
    /// What goes wrong.
    pub chaos: Chaos,
}
