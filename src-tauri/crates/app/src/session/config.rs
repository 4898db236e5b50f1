//! What a session knows of the API: as it was read, as it is deployed, and what the account has around it.
//!
//! An attempt is explained by what stood when it was made, so each change adds a [`Config`] and none is replaced. What is
//! around the API is read once after the first failure, in the background.

use gatescope_model::api::{Snapshot, Stage};
use gatescope_model::conversation::TailState;
use gatescope_model::diagnose::{Since, Undeployed};
use gatescope_model::surroundings::Surroundings;
use gatescope_model::verdict::Action;

use super::actor::Actor;

/// The API at one time.
pub(super) struct Config {
    pub snapshot: Snapshot,
    /// What the stage serves, where it is known.
    pub deployed: Option<Snapshot>,
    pub undeployed: Vec<Undeployed>,
}

impl Actor {
    /// The API as it stands, as far as this session knows.
    pub(super) fn snapshot(&self) -> Option<&Snapshot> {
        self.configs.last().map(|config| &config.snapshot)
    }

    pub(super) fn take_snapshot(&mut self, snapshot: Snapshot) {
        let of = &self.start.of;
        let stage = snapshot.stage(&of.stage);
        let logs = stage.map(loudest);
        self.tail.level = logs.map_or("OFF", |(level, _)| level).to_owned();
        self.tail.data_trace = logs.is_some_and(|(_, trace)| trace);
        if self.tail.level == "OFF" {
            self.tail.state = TailState::Off;
            self.tail_task = None;
        } else if self.tail_task.is_none() {
            // Off until now, or the configuration could not be read before.
            self.tail.state = TailState::Idle;
        }
        if self.tail_task.is_none() {
            self.tail.problem = None;
        }
        // What is deployed only helps to explain: without it the conversation goes on.
        let served = self.start.app.served(&of.scope, &snapshot, &of.stage).unwrap_or_default();
        let words = |u: crate::calls::Undeployed| Undeployed { text: u.text, routes: u.routes };
        self.configs.push(Config {
            snapshot,
            deployed: served.deployed,
            undeployed: served.undeployed.into_iter().map(words).collect(),
        });
        self.reads_around = false;
        self.tail_news = true;
        // What was offered for older failures may be done by now.
        let offered = self.rows.iter().filter(|row| {
            let findings = row.verdict.iter().flat_map(|verdict| &verdict.findings);
            findings.filter_map(|f| f.action.as_ref()).any(changes)
        });
        let offered: Vec<u32> = offered.map(|row| row.id).collect();
        self.suspects.extend(offered);
    }

    /// What stands now, for an attempt that was made with an older configuration.
    pub(super) fn since(&self, config: Option<&Config>) -> Option<Since<'_>> {
        let (then, now) = (config?, self.configs.last()?);
        if std::ptr::eq(then, now) {
            return None;
        }
        let deployment = |config: &Config| config.snapshot.stage(&self.start.of.stage)?.deployment_id.clone();
        Some(Since {
            snapshot: &now.snapshot,
            deployed: now.deployed.as_ref(),
            undeployed: &now.undeployed,
            served: deployment(then) != deployment(now),
        })
    }

    /// Something failed: what is around the API may tell why.
    pub(super) fn read_around(&mut self) {
        let Some(config) = self.configs.last().filter(|c| c.snapshot.surroundings.is_none() && !self.reads_around)
        else {
            return;
        };
        self.reads_around = true;
        let (access, snapshot, tell) = (self.start.access.clone(), config.snapshot.clone(), self.arounds.0.clone());
        let read_for = self.configs.len();
        tokio::spawn(async move {
            // What may not be read is said in it. When nothing could be read the rules go without, until something changes.
            if let Ok(around) = access.surroundings(&snapshot).await {
                let _ = tell.send((read_for, around)).await;
            }
        });
    }

    /// `read_for`: how many configurations there were when it was asked. A change that touched them brings its own, so they
    /// stand for every configuration up to such a change, and for none beyond it.
    pub(super) fn take_surroundings(&mut self, read_for: usize, around: Surroundings) {
        self.reads_around = false;
        let unknown = |c: &&mut Config| c.snapshot.surroundings.is_none();
        let middle = read_for.min(self.configs.len());
        let (before, after) = self.configs.split_at_mut(middle);
        for config in before.iter_mut().rev().take_while(unknown).chain(after.iter_mut().take_while(unknown)) {
            config.snapshot.surroundings = Some(around.clone());
        }
        let again = std::mem::take(&mut self.unsettled);
        self.suspects.extend(again);
        self.pair();
    }
}

/// Whether a click changes the API.
fn changes(action: &Action) -> bool {
    matches!(action, Action::Fix { .. } | Action::SetVariable { .. } | Action::Deploy)
}

/// The most that any route of the stage logs, and whether one is traced: routes have settings of their own.
fn loudest(stage: &Stage) -> (&str, bool) {
    let rank = |level: &str| ["OFF", "ERROR", "INFO"].iter().position(|l| *l == level).unwrap_or_default();
    let own = stage.route_settings.keys().map(String::as_str);
    let routes = || ["$connect", ""].into_iter().chain(own.clone());
    let level = routes().map(|key| stage.logging_level(key)).max_by_key(|level| rank(level)).unwrap_or("OFF");
    (level, routes().any(|key| stage.data_trace(key)))
}
