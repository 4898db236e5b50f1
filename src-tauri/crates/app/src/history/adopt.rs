//! Lost answers. When the app ended or the network broke between a call and its answer, AWS may have carried it out: then
//! what it made is there, with an id that nobody was told.

use std::collections::BTreeSet;

use gatescope_model::api::Snapshot;
use gatescope_model::resource::{Id, Members, Table, rename};
use gatescope_model::review::Step;

use crate::App;
use crate::calls::OfApi;
use crate::error::Error;
use crate::store::{Entry, Place, Snapshots};

impl App {
    /// Looks whether the step without an answer made something, and takes it as the change's own.
    pub(super) async fn adopt(&self, mut entry: Entry, known: &Snapshots) -> Result<Entry, Error> {
        if !entry.outcome.unanswered {
            return Ok(entry);
        }
        let Some(step) = entry.shown.steps.get(entry.outcome.done as usize).cloned() else { return Ok(entry) };
        if step.operation == "CreateApi" {
            self.adopt_api(&mut entry, &step, known).await?;
        } else {
            let of = OfApi { scope: entry.scope.clone(), api_id: entry.api_id.clone() };
            let now = self.stands(&of, known.goal.surroundings.is_some()).await?;
            if step.operation == "CreateDeployment" {
                let made = made_deployment(&entry.shown.stage, &known.before, &now);
                entry.outcome.done += u32::from(made.is_some());
                entry.outcome.deployment = made;
            } else if let Some(draft) = step.makes.clone()
                && let Some(id) = made_resource(&draft, &entry, known, &now)
            {
                entry.outcome.done += 1;
                entry.outcome.made.insert(draft, id);
            }
        }
        entry.outcome.unanswered = false;
        self.inner.store.note_outcome(entry.id, &entry.outcome)?;
        Ok(entry)
    }

    /// The API of that name that was not there before. Two of them: nobody can tell, so none.
    async fn adopt_api(&self, entry: &mut Entry, step: &Step, known: &Snapshots) -> Result<(), Error> {
        let apis = self.list_apis(entry.scope.clone()).await?;
        let mut new =
            apis.into_iter().filter(|a| a.name == known.goal.api.name && !entry.shown.beside.contains(&a.api_id));
        if let (Some(api), None, Some(draft)) = (new.next(), new.next(), &step.makes) {
            entry.outcome.done += 1;
            entry.outcome.made.insert(draft.clone(), api.api_id.clone());
            self.inner.store.api_is_now(entry.id, Place::new(&entry.scope, &entry.api_id), &api.api_id)?;
            entry.api_id = api.api_id;
        }
        Ok(())
    }
}

fn made_deployment(stage: &str, before: &Snapshot, now: &Snapshot) -> Option<String> {
    let serves = now.stage(stage)?.deployment_id.clone()?;
    let old = before.deployments.iter().any(|d| d.deployment_id == serves);
    (!old && before.stage(stage).and_then(|s| s.deployment_id.as_ref()) != Some(&serves)).then_some(serves)
}

/// What is there now, was not before, and has everything that the step sent.
fn made_resource(draft: &str, entry: &Entry, known: &Snapshots, now: &Snapshot) -> Option<String> {
    let goal = Table::of(&rename(&known.goal, &entry.outcome.made));
    let was = Table::of(&known.before);
    let taken: BTreeSet<&String> = entry.outcome.made.values().collect();
    let (wanted, sent) = goal.0.iter().find(|(id, _)| id.id == draft)?;
    let candidate = |id: &Id, members: &Members| {
        (id.kind, &id.parent) == (wanted.kind, &wanted.parent)
            && !was.0.contains_key(id)
            && !taken.contains(&id.id)
            && sent.iter().all(|(name, value)| members.get(name) == Some(value))
    };
    Table::of(now).0.iter().find(|(id, members)| candidate(id, members)).map(|(id, _)| id.id.clone())
}
