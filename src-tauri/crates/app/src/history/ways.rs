//! The snapshots of each way from a change: what the merge takes as the base, and as mine. Pure.

use gatescope_model::api::{Deployment, Snapshot};
use gatescope_model::diff::{Action, diff};
use gatescope_model::resource::Table;

use crate::apply::settled;

/// The way back from `after` to `before`. The third: a stage whose deployment is gone, so that only a new one brings back
/// what it served.
pub(super) fn back(
    after: &Snapshot,
    before: &Snapshot,
    now: &Snapshot,
    deploys_to: &str,
) -> (Snapshot, Snapshot, Option<String>) {
    let (mut base, mut mine) = (after.clone(), before.clone());
    deployments(&mut base, &mut mine, now);
    let mut bare = None;
    for stage in &mut mine.stages {
        let serves = |s: &Snapshot| s.stage(&stage.stage_name).and_then(|s| s.deployment_id.clone());
        let gone = |id: &String| now.deployments.iter().all(|d| d.deployment_id != *id);
        if stage.deployment_id.as_ref().is_some_and(gone) {
            stage.deployment_id = serves(now);
            if stage.deployment_id.is_none() && stage.auto_deploy != Some(true) && bare.is_none() {
                bare = Some(stage.stage_name.clone());
            }
        }
        let automatic = stage.auto_deploy == Some(true)
            || now.stage(&stage.stage_name).is_some_and(|s| s.auto_deploy == Some(true));
        if automatic || stage.stage_name == deploys_to {
            stage.deployment_id = serves(now);
        }
        if stage.deployment_id == serves(now) {
            for of in base.stages.iter_mut().filter(|s| s.stage_name == stage.stage_name) {
                of.deployment_id.clone_from(&stage.deployment_id);
            }
        }
    }
    (base, mine, bare)
}

/// The way forward from `before` to `goal`.
pub(super) fn forward(before: &Snapshot, goal: &Snapshot, now: &Snapshot) -> (Snapshot, Snapshot) {
    let (mut base, mut mine) = (before.clone(), goal.clone());
    deployments(&mut base, &mut mine, now);
    (base, mine)
}

/// How far a change that was stopped has come: `goal`, but what was not deleted yet is as it was before, and what is not
/// there was not made. Field by field the merge finds the rest by itself.
pub(super) fn partly(before: &Snapshot, goal: &Snapshot, now: &Snapshot) -> Snapshot {
    let (was, there) = (Table::of(before), Table::of(now));
    let mut table = Table::of(&settled(before, goal, now));
    for change in diff(before, goal) {
        match (change.action, was.0.get(&change.id), there.0.get(&change.id)) {
            (Action::Delete, Some(was), Some(_)) => drop(table.0.insert(change.id, was.clone())),
            (Action::Create, _, None) => drop(table.0.remove(&change.id)),
            _ => {}
        }
    }
    table.snapshot(&[goal, before])
}

/// A deployment is not made and not deleted by going back or forward; its description may be.
fn deployments(base: &mut Snapshot, mine: &mut Snapshot, now: &Snapshot) {
    for side in [base, mine] {
        let own = std::mem::take(&mut side.deployments);
        let known = |d: &Deployment| own.iter().find(|o| o.deployment_id == d.deployment_id).cloned();
        side.deployments = now.deployments.iter().map(|d| known(d).unwrap_or_else(|| d.clone())).collect();
    }
}
