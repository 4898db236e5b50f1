//! Faults on purpose, where they bite: before a request is served, around its backend, and at its end.
//!
//! A route without faults pays one look at an empty option. What a fault does to the client and to the log is what AWS
//! does when the same goes wrong by itself; where nobody has seen that, it is assumed. Chance comes from the sandbox's
//! own source, time from its clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use gatescope_model::log::Kind;

use super::execution::{Execution, Failure};
use super::integrate::{self, Answer};
use crate::{Chaos, Fault, World};

/// A function that was not called for so long starts cold again.
const WARM_MS: i64 = 60_000;

/// What goes wrong on one route.
#[derive(Clone)]
pub(super) struct Misbehaviour {
    pub chaos: Chaos,
    /// When its backend was last called, milliseconds since 1970; 0 for never.
    last_call: Arc<AtomicI64>,
}

/// What becomes of a request.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Served,
    /// Nobody ever hears of it.
    Swallowed,
    /// The gateway answers with this status and calls nothing.
    Refused(u16),
    /// The socket ends with this close code, without a close frame when it is 1006.
    Closed(u16),
}

impl Misbehaviour {
    /// `None`: the route behaves. Unchanged faults stay as warm as they were.
    pub(super) fn of(faults: &[Fault], route_key: &str, before: Option<&Self>) -> Option<Self> {
        let chaos = &faults.iter().find(|fault| fault.route_key == route_key)?.chaos;
        let unchanged = before.filter(|before| before.chaos == *chaos).cloned();
        Some(unchanged.unwrap_or_else(|| Self { chaos: chaos.clone(), last_call: Arc::default() }))
    }

    /// How much later the backend answers.
    fn delay(&self, world: &World) -> Duration {
        let Chaos { latency_ms, jitter_ms, cold_start_ms, .. } = self.chaos;
        let now = world.clock.now();
        let is_cold = now.saturating_sub(self.last_call.swap(now, Ordering::Relaxed)) > WARM_MS;
        let jitter = if jitter_ms == 0 { 0 } else { world.ids.chance() % jitter_ms.saturating_add(1) };
        let cold = if is_cold { cold_start_ms } else { 0 };
        Duration::from_millis(latency_ms.saturating_add(jitter).saturating_add(cold))
    }
}

/// Decides what becomes of a request.
pub(super) fn fate(execution: &Execution) -> Fate {
    let Some(Misbehaviour { chaos, .. }) = execution.misbehaviour() else { return Fate::Served };
    if chaos.drop_percent > 0 && execution.world.ids.chance() % 100 < u64::from(chaos.drop_percent) {
        return Fate::Swallowed;
    }
    match (chaos.close, chaos.status) {
        (Some(code), _) => Fate::Closed(code),
        (None, Some(status)) => Fate::Refused(status),
        (None, None) => Fate::Served,
    }
}

/// A refusal that was asked for, logged as AWS would: there are no logs for excessive 429 (facts 1.1), and which line
/// stands for a fault of the service is assumed (facts 2.2 has this one, unverified).
pub(super) fn refuse(execution: &mut Execution, status: u16) -> Failure {
    if status == 429 {
        execution.journal.forget();
        return Failure::new(429, "Too Many Requests");
    }
    execution.journal.fail(Kind::ExecutionFailed { cause: "an internal error" });
    Failure::internal(status)
}

/// Calls the route's integration; a late answer is late even if there is nothing to call.
pub(super) async fn integrate(execution: &mut Execution) -> Result<Option<Answer>, Failure> {
    if execution.misbehaviour().is_some() && execution.place.api.integration_of(&execution.route_key).is_none() {
        late(execution).await;
    }
    integrate::integrate(execution).await
}

/// Waits as long as the backend is late.
pub(super) async fn late(execution: &Execution) {
    let Some(misbehaviour) = execution.misbehaviour() else { return };
    let delay = misbehaviour.delay(&execution.world);
    if !delay.is_zero() {
        execution.world.clock.sleep(delay).await;
    }
}

/// The backend's answer as it arrives: cut in the middle, if that is what goes wrong.
pub(super) fn arrived(execution: &Execution, mut body: String) -> String {
    if execution.misbehaviour().is_some_and(|m| m.chaos.malformed) {
        body.truncate(body.floor_char_boundary(body.len() / 2));
    }
    body
}

/// Whether `$disconnect` gets lost: AWS does its best to deliver it and promises no more.
pub(super) fn loses_disconnect(execution: &Execution) -> bool {
    fate(execution) == Fate::Swallowed || execution.misbehaviour().is_some_and(|m| m.chaos.lose_disconnect)
}

impl Execution {
    fn misbehaviour(&self) -> Option<&Misbehaviour> {
        self.rules.misbehaviour.as_ref()
    }
}
