//! What the control planes keep, and the file it can be kept in.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gatescope_model::api::Snapshot;
use serde::{Deserialize, Serialize};

use crate::iam::Role;
use crate::resources::Table;
use crate::{Error, Fault, World, acm, dynamodb, gateway_v1, gateway_v2, lambda, logs, route53, sqs};

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
    pub lambda: lambda::Kept,
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
pub(crate) struct Shared(Mutex<State>);

impl Shared {
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The file: the state, and the logs beside it.
#[derive(Deserialize)]
struct Saved {
    state: State,
    logs: logs::Saved,
}

/// The same, to write without copying.
#[derive(Serialize)]
struct Saving<'a> {
    state: &'a State,
    logs: logs::Saved,
}

pub(crate) fn save(world: &World, path: &Path) -> Result<(), Error> {
    let text = serde_json::to_vec(&Saving { state: &world.state.lock(), logs: world.logs.save() })
        .map_err(|e| Error::StateFile(path.into(), io::Error::other(e)))?;
    std::fs::write(path, text).map_err(|e| Error::StateFile(path.into(), e))
}

pub(crate) fn load(world: &World, path: &Path) -> Result<(), Error> {
    let text = std::fs::read(path).map_err(|e| Error::StateFile(path.into(), e))?;
    let saved: Saved = serde_json::from_slice(&text).map_err(|e| Error::StateFile(path.into(), io::Error::other(e)))?;
    world.reset();
    *world.state.lock() = saved.state;
    world.logs.load(saved.logs);
    Ok(())
}
