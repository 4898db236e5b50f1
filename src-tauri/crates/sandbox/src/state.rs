//! What the control planes keep, and its written form. Where and when it is written: `keep.rs`.

use std::collections::BTreeMap;
use std::io;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gatescope_model::api::Snapshot;
use serde::{Deserialize, Serialize};

use crate::iam::{self, Role};
use crate::resources::Table;
use crate::{
    Fault, World, acm, chat_backend, dynamodb, gateway_v1, gateway_v2, lambda, load_balancing, logs, route53, sqs,
};

/// Everything but logs and sockets.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct State {
    /// API Gateway's resources by path.
    pub resources: Table,
    /// What each deployment froze, by its path.
    pub deployed: BTreeMap<String, Arc<Snapshot>>,
    /// The account's CloudWatch role, for this region.
    pub log_role: Option<String>,
    /// IAM roles by name.
    pub roles: BTreeMap<String, Role>,
    /// API keys, usage plans, VPC links, client certificates.
    pub gateway_v1: gateway_v1::Kept,
    /// How often the control planes were called.
    #[serde(skip)]
    pub pace: gateway_v2::Pace,
    pub iam: iam::Kept,
    pub chat_backend: chat_backend::Kept,
    pub lambda: lambda::Kept,
    pub load_balancing: load_balancing::Kept,
    pub acm: acm::Kept,
    pub route53: route53::Kept,
    pub domains: gateway_v2::domain::Kept,
    pub dynamodb: dynamodb::Kept,
    pub sqs: sqs::Kept,
    /// Faults on purpose.
    pub faults: Vec<Fault>,
}

/// The state behind its lock, which nobody holds across an await.
#[derive(Default)]
pub(crate) struct Shared {
    state: Mutex<State>,
    generation: AtomicU64,
}

/// The state while it is locked. Whoever takes it to change it makes a new generation.
pub(crate) struct Locked<'a> {
    state: MutexGuard<'a, State>,
    generation: &'a AtomicU64,
}

impl Shared {
    pub(crate) fn lock(&self) -> Locked<'_> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        Locked { state, generation: &self.generation }
    }

    /// Grows before the state changes: what was read in this generation is still true. To be asked with the lock held
    /// by whoever keeps what he reads.
    pub(crate) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }
}

impl Deref for Locked<'_> {
    type Target = State;

    fn deref(&self) -> &State {
        &self.state
    }
}

impl DerefMut for Locked<'_> {
    fn deref_mut(&mut self) -> &mut State {
        self.generation.fetch_add(1, Ordering::AcqRel);
        &mut self.state
    }
}

/// The newest form of the file that this program can read.
const FORMAT: u32 = 1;

/// Nobody moves the clock on by more; a file that says so was made by hand.
const FURTHEST: Duration = Duration::from_secs(10 * 365 * 86_400);

/// The file: the state, and the logs beside it.
#[derive(Deserialize)]
struct Saved {
    /// Which form it has; without it, the first.
    #[serde(default)]
    format: u32,
    /// The sandbox's time when it was written, milliseconds since 1970.
    #[serde(default)]
    now: i64,
    state: State,
    logs: logs::Saved,
}

/// The same, to write without copying.
#[derive(Serialize)]
struct Saving<'a> {
    format: u32,
    now: i64,
    state: &'a State,
    logs: logs::Saved,
}

/// The file's bytes.
pub(crate) fn to_bytes(world: &World) -> io::Result<Vec<u8>> {
    let logs = world.logs.save();
    let now = world.clock.now();
    serde_json::to_vec(&Saving { format: FORMAT, now, state: &world.state.lock(), logs }).map_err(io::Error::other)
}

/// Replaces everything by what these bytes hold; when they hold something else, nothing is changed.
pub(crate) fn from_bytes(world: &World, bytes: &[u8]) -> io::Result<()> {
    let saved: Saved = serde_json::from_slice(bytes).map_err(io::Error::other)?;
    if saved.format > FORMAT {
        return Err(io::Error::other("a newer version wrote it"));
    }
    world.reset();
    *world.state.lock() = saved.state;
    world.logs.load(saved.logs);
    // What was kept may not lie in the future: whoever waits for it would wait for hours.
    let ahead = u64::try_from(saved.now.saturating_sub(world.clock.now())).unwrap_or_default();
    world.clock.advance(Duration::from_millis(ahead).min(FURTHEST));
    Ok(())
}
