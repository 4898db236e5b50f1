//! How often a control plane may be called, when the sandbox is told to mind it: 10 calls a second with a burst of 40
//! for everything, and one `CreateDeployment` in 5 seconds (facts 5.1).

use crate::World;
use crate::answer::Refusal;

const RATE: f64 = 10.0;
const BURST: f64 = 40.0;
/// Milliseconds between two deployments.
const BETWEEN_DEPLOYMENTS: i64 = 5000;

/// What was called lately.
#[derive(Default)]
pub(crate) struct Pace {
    /// Calls above what the rate has made good for, and when that was.
    debt: f64,
    at_ms: i64,
    deployed_ms: Option<i64>,
}

impl Pace {
    /// Counts a call, or says when to come back.
    fn admit(&mut self, now_ms: i64, deploys: bool) -> Result<(), i64> {
        #[allow(clippy::cast_precision_loss)]
        let seconds = (now_ms - self.at_ms).max(0) as f64 / 1000.0;
        (self.debt, self.at_ms) = ((self.debt - seconds * RATE).max(0.0), now_ms);
        if self.debt + 1.0 > BURST {
            return Err(1000);
        }
        self.debt += 1.0;
        if deploys {
            let wait = self.deployed_ms.map_or(0, |last| last + BETWEEN_DEPLOYMENTS - now_ms);
            if wait > 0 {
                return Err(wait);
            }
            self.deployed_ms = Some(now_ms);
        }
        Ok(())
    }
}

/// Whether a call to either control plane comes too soon. Code and words: issues that quote AWS; that V2 says when to
/// come back, as V1 does by its model, is assumed.
pub(crate) fn check(world: &World, deploys: bool) -> Result<(), Refusal> {
    if !world.options.control_plane_limits {
        return Ok(());
    }
    let now = world.clock.now();
    world.state.lock().pace.admit(now, deploys).map_err(|wait_ms| {
        let mut refusal = Refusal::new(429, "TooManyRequestsException", "Too Many Requests");
        refusal.retry_after = Some(wait_ms.unsigned_abs().div_ceil(1000));
        refusal
    })
}
