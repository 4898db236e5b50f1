//! What was changed, and the ways from there: undoing it, finishing it, rolling it back.
//!
//! Each way is a wish for a review like any other: undo is a merge of what was before into what stands now, with what the
//! change made as the base, so that what others did since is kept or shown as a conflict. Nothing is remembered but the
//! journal. Where to look next: `history/ways.rs` (the snapshots of each way), `history/adopt.rs` (lost answers).

mod adopt;
mod ways;

use std::collections::{BTreeMap, BTreeSet};

use gatescope_model::api::Snapshot;
use gatescope_model::merge::{Side, passing};
use gatescope_model::plan::fill;
use gatescope_model::resource::rename;
use gatescope_model::review::{Review, Step};

use crate::App;
use crate::calls::{ChangeState, Nothing, OfApi, OfChange, OfStage, PastChange, PreviewChange};
use crate::error::{Code, Error};
use crate::propose::Wish;
use crate::reviews::Purpose;
use crate::store::{Entry, Place, Settles, Snapshots};
use crate::turn_on::role::role_steps;

impl App {
    pub(crate) async fn list_changes(&self, of: OfApi) -> Result<Vec<PastChange>, Error> {
        let store = &self.inner.store;
        let entries = match of.api_id.as_str() {
            "" => store.changes_of_region(&of.scope.account, &of.scope.region)?,
            api_id => store.changes(Place::new(&of.scope, api_id))?,
        };
        Ok(entries.into_iter().map(past).collect())
    }

    pub(crate) async fn list_unfinished(&self, _: Nothing) -> Result<Vec<PastChange>, Error> {
        let open = |e: &Entry| !e.outcome.settled && (e.outcome.done > 0 || e.outcome.unanswered);
        Ok(self.inner.store.unfinished()?.into_iter().filter(open).map(past).collect())
    }

    pub(crate) async fn preview_undo(&self, ask: PreviewChange) -> Result<Review, Error> {
        let found = self.inner.store.change(ask.id)?;
        if !matches!(found.state, ChangeState::Done | ChangeState::Finished) {
            return Err(refused(&found, "only a change that is in force can be undone"));
        }
        let (entry, known) = self.known(found)?;
        let after = known.after.clone().unwrap_or_else(|| known.goal.clone());
        let now = self.now_of(&entry, &[&known.before, &after]).await?;
        if now.api.api_id.is_empty() && !after.api.api_id.is_empty() {
            let message = format!("{} is not there any more: undo first what deleted it", entry.shown.api_name);
            return Err(Error::new(Code::NotFound, message));
        }
        let (base, mine, lost_stage) = ways::back(&after, &known.before, &now, &ask.stage);
        let deploys_to = if ask.stage.is_empty() { lost_stage.unwrap_or_default() } else { ask.stage };
        self.way(
            &entry,
            now,
            Way { verb: "undo", state: ChangeState::Undone, base, mine, deploys_to, choices: ask.choices },
        )
        .await
    }

    pub(crate) async fn preview_finish(&self, ask: PreviewChange) -> Result<Review, Error> {
        let (entry, known, now) = self.unfinished(ask.id).await?;
        let deployed = entry.outcome.deployment.is_some();
        let deploys_to = if ask.stage.is_empty() && !deployed { entry.shown.stage.clone() } else { ask.stage };
        if now.api.api_id.is_empty() && !known.before.api.api_id.is_empty() && !known.goal.api.api_id.is_empty() {
            let message = format!("{} was deleted since: there is nothing to finish", entry.shown.api_name);
            return Err(Error::new(Code::NotFound, message));
        }
        let (base, mine) = ways::forward(&known.before, &known.goal, &now);
        let choices = Self::choices(&entry, &now, ask.choices);
        let way = Way { verb: "finish", state: ChangeState::Finished, base, mine, deploys_to, choices };
        self.way(&entry, now, way).await
    }

    pub(crate) async fn preview_roll_back(&self, ask: PreviewChange) -> Result<Review, Error> {
        let (entry, known, now) = self.unfinished(ask.id).await?;
        let mut goal = known.goal.clone();
        if let (Some(id), Some(stage)) =
            (&entry.outcome.deployment, goal.stages.iter_mut().find(|s| s.stage_name == entry.shown.stage))
        {
            stage.deployment_id = Some(id.clone());
        }
        let partly = ways::partly(&known.before, &goal, &now);
        let (base, mine, _) = ways::back(&partly, &known.before, &now, &ask.stage);
        let choices = Self::choices(&entry, &now, ask.choices);
        let way = Way { verb: "roll back", state: ChangeState::RolledBack, base, mine, deploys_to: ask.stage, choices };
        self.way(&entry, now, way).await
    }

    pub(crate) async fn settle_change(&self, of: OfChange) -> Result<Nothing, Error> {
        let entry = self.inner.store.change(of.id)?;
        if !matches!(entry.state, ChangeState::Stopped | ChangeState::Broken) {
            return Err(refused(&entry, "only a change that was stopped or broken can be left as it is"));
        }
        let mut outcome = entry.outcome;
        outcome.settled = true;
        self.inner.store.note_outcome(of.id, &outcome)?;
        Ok(Nothing {})
    }

    /// A change stands otherwise from now on, and so does the one that it once ended.
    pub(crate) fn stands_now(&self, id: i64, state: ChangeState) -> Result<(), Error> {
        self.inner.store.set_state(id, state)?;
        let Some(ended) = self.inner.store.change(id)?.shown.settles else { return Ok(()) };
        match (state, ended.state) {
            (ChangeState::Finished | ChangeState::Done, then) => self.stands_now(ended.change, then),
            (ChangeState::Undone, ChangeState::Undone) => self.stands_now(ended.change, ChangeState::Done),
            (ChangeState::Undone, _) => self.stands_now(ended.change, ChangeState::Stopped),
            _ => Ok(()),
        }
    }

    /// A change that was stopped or broken, with what a lost answer may have made.
    async fn unfinished(&self, id: i64) -> Result<(Entry, Snapshots, Snapshot), Error> {
        let found = self.inner.store.change(id)?;
        if !matches!(found.state, ChangeState::Stopped | ChangeState::Broken) {
            return Err(refused(&found, "only a change that was stopped or broken can be finished or rolled back"));
        }
        let raw = self.inner.store.snapshots(id)?;
        let entry = self.adopt(found, &raw).await?;
        let (entry, known) = self.known(entry)?;
        let now = self.now_of(&entry, &[&known.before, &known.goal]).await?;
        Ok((entry, known, now))
    }

    /// The snapshots of a change with the ids that everything has now: what it made, and what was made again since.
    fn known(&self, entry: Entry) -> Result<(Entry, Snapshots), Error> {
        let mut known = self.inner.store.snapshots(entry.id)?;
        let mut take = |made: &BTreeMap<String, String>| {
            known.before = rename(&known.before, made);
            known.goal = rename(&known.goal, made);
            known.after = known.after.as_ref().map(|after| rename(after, made));
        };
        take(&entry.outcome.made);
        let mut later = self.inner.store.changes(Place::new(&entry.scope, &entry.api_id))?;
        later.retain(|l| l.id > entry.id);
        let mut same = BTreeSet::from([entry.id]);
        for change in later.iter().rev() {
            // A draft's own ids mean nothing in another draft, except in the one that went on with it.
            let goes_on = change.shown.settles.is_some_and(|s| same.contains(&s.change));
            if goes_on {
                same.insert(change.id);
                take(&change.outcome.made);
            } else {
                let of_aws = change.outcome.made.iter().filter(|(id, _)| !id.starts_with("new-"));
                take(&of_aws.map(|(k, v)| (k.clone(), v.clone())).collect());
            }
        }
        Ok((entry, known))
    }

    /// What was chosen, and what needs no choice: what the change itself left only in passing when it broke off.
    fn choices(entry: &Entry, now: &Snapshot, chosen: BTreeMap<String, Side>) -> BTreeMap<String, Side> {
        let sent = entry.shown.steps.iter().take(entry.outcome.done as usize);
        let done: Vec<Step> = sent.map(|step| fill(step, &entry.outcome.made)).collect();
        let mut choices = passing(&done, now);
        choices.extend(chosen);
        choices
    }

    async fn now_of(&self, entry: &Entry, about: &[&Snapshot]) -> Result<Snapshot, Error> {
        let of = OfApi { scope: entry.scope.clone(), api_id: entry.api_id.clone() };
        self.stands(&of, about.iter().all(|s| s.surroundings.is_some())).await
    }

    async fn way(&self, entry: &Entry, now: Snapshot, way: Way) -> Result<Review, Error> {
        let access = self.access(&entry.scope).await?;
        let goes_on = way.state == ChangeState::Finished;
        let first = match &entry.shown.purpose {
            Purpose::Logs { level, .. } if goes_on && level != "OFF" => {
                let role = role_steps(&access).await?;
                (role.steps, role.words)
            }
            _ => Default::default(),
        };
        let wish = Wish {
            of: OfStage { scope: entry.scope.clone(), api_id: entry.api_id.clone(), stage: entry.shown.about.clone() },
            deploys_to: way.deploys_to,
            title: format!("{}: {}", way.verb, entry.shown.title),
            base: way.base,
            mine: way.mine,
            choices: way.choices,
            first,
            purpose: if goes_on { entry.shown.purpose.clone() } else { Purpose::Edit },
            settles: Some(Settles { change: entry.id, state: way.state }),
        };
        self.propose_on(&access, now, wish).await
    }
}

/// One way from a change.
struct Way {
    verb: &'static str,
    /// How the change stands at its end.
    state: ChangeState,
    base: Snapshot,
    mine: Snapshot,
    deploys_to: String,
    choices: BTreeMap<String, Side>,
}

fn refused(entry: &Entry, why: &str) -> Error {
    let stands = match entry.state {
        ChangeState::Running => "is being carried out",
        ChangeState::Done => "is in force",
        ChangeState::Stopped => "was stopped",
        ChangeState::Broken => "was broken off",
        ChangeState::Finished => "was finished by a later one",
        ChangeState::RolledBack => "was rolled back",
        ChangeState::Undone => "was undone",
    };
    Error::new(Code::Refused, format!("this change {stands}: {why}"))
}

fn past(entry: Entry) -> PastChange {
    let Entry { id, scope, api_id, at, state, shown, outcome } = entry;
    PastChange {
        id,
        scope,
        api_id,
        api_name: shown.api_name,
        title: shown.title,
        words: shown.words,
        at,
        state,
        diff: shown.diff,
        steps: shown.steps,
        done: outcome.done,
        problem: outcome.problem,
        deployment: outcome.deployment,
        lost: shown.lost,
    }
}
