//! The token bucket of one route of one stage: `throttlingRateLimit` a second, `throttlingBurstLimit` at once.
//!
//! Each route has a bucket of its own, also where the limits are the stage's default (assumed). A limit that is
//! written as 0 refuses everything (facts 2 section 10 row 57). The account's own limits, 10,000 requests a second and
//! 500 new connections a second (facts 5.1), are not applied: this account has no other users to protect.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use gatescope_model::api::Stage;

use super::execution::Execution;
use crate::clock::{Clock, Moment};

/// The limits in force for a route, and how much of them is left.
#[derive(Clone)]
pub(super) struct Throttle {
    rate: Option<f64>,
    burst: Option<i64>,
    bucket: Arc<Mutex<Option<Bucket>>>,
}

struct Bucket {
    tokens: f64,
    filled: Moment,
}

impl Throttle {
    /// `None`: not limited. A route's own limits come before the stage's, one by one; the bucket of unchanged limits
    /// stays as full as it was.
    pub(super) fn of(stage: &Stage, route_key: &str, before: Option<&Self>) -> Option<Self> {
        let own = stage.route_settings.get(route_key);
        let default = &stage.default_route_settings;
        let burst = own.and_then(|s| s.throttling_burst_limit).or(default.throttling_burst_limit);
        let rate = own.and_then(|s| s.throttling_rate_limit).or(default.throttling_rate_limit);
        if burst.is_none() && rate.is_none() {
            return None;
        }
        let unchanged = before.filter(|b| b.burst == burst && b.rate.map(f64::to_bits) == rate.map(f64::to_bits));
        Some(unchanged.cloned().unwrap_or_else(|| Self { rate, burst, bucket: Arc::default() }))
    }

    /// Takes one request out of the bucket, if there is one in it.
    pub(super) fn admits(&self, clock: &Clock) -> bool {
        if self.burst == Some(0) || self.rate == Some(0.0) {
            return false;
        }
        // A burst alone limits nothing: there is no rate to fall behind (assumed).
        let Some(rate) = self.rate else { return true };
        // Without a burst as much as a second gives may come at once (assumed).
        #[allow(clippy::cast_precision_loss, reason = "a bucket of 2^53 requests is never empty")]
        let size = self.burst.map_or(rate.max(1.0), |burst| (burst as f64).max(1.0));
        let now = clock.moment();
        let mut bucket = self.bucket.lock().unwrap_or_else(PoisonError::into_inner);
        let Bucket { tokens, filled } = bucket.get_or_insert(Bucket { tokens: size, filled: now });
        let passed: Duration = now.since(*filled);
        *tokens = (*tokens + passed.as_secs_f64() * rate).min(size);
        *filled = now;
        let admitted = *tokens >= 1.0;
        if admitted {
            *tokens -= 1.0;
        }
        admitted
    }
}

/// Whether the route's throttle lets a request pass.
pub(super) fn admits(execution: &Execution) -> bool {
    let throttle = execution.rules.throttle.as_ref();
    throttle.is_none_or(|throttle| throttle.admits(&execution.world.clock))
}
