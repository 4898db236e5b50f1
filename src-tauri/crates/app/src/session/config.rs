//! What a session knows of the API: as it was read, as it is deployed, and what the account has around it.
//!
//! An attempt is explained by what stood when it was made, so each change adds a [`Config`] and none is replaced. What is
//! around the API is read once after the first failure, in the background.

use gatescope_model::api::{Snapshot, Stage};
use gatescope_model::conversation::TailState;
use gatescope_model::diagnose::Undeployed;
use gatescope_model::surroundings::Surroundings;

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
    }

    /// Something failed: what is around the API may tell why.
    pub(super) fn read_around(&mut self) {
        let Some(config) = self.configs.last().filter(|c| c.snapshot.surroundings.is_none() && !self.reads_around)
        else {
            return;
        };
        self.reads_around = true;
        let (access, snapshot, tell) = (self.start.access.clone(), config.snapshot.clone(), self.arounds.0.clone());
        tokio::spawn(async move {
            // What may not be read is said in it. When nothing could be read the rules go without, until something changes.
            if let Ok(around) = access.surroundings(&snapshot).await {
                let _ = tell.send(around).await;
            }
        });
    }

    pub(super) fn take_surroundings(&mut self, around: Surroundings) {
        self.reads_around = false;
        for config in self.configs.iter_mut().filter(|c| c.snapshot.surroundings.is_none()) {
            config.snapshot.surroundings = Some(around.clone());
        }
        let again = std::mem::take(&mut self.unsettled);
        self.suspects.extend(again);
        self.pair();
    }
}

/// The most that any route of the stage logs, and whether one is traced: routes have settings of their own.
fn loudest(stage: &Stage) -> (&str, bool) {
    let rank = |level: &str| ["OFF", "ERROR", "INFO"].iter().position(|l| *l == level).unwrap_or_default();
    let own = stage.route_settings.keys().map(String::as_str);
    let routes = || ["$connect", ""].into_iter().chain(own.clone());
    let level = routes().map(|key| stage.logging_level(key)).max_by_key(|level| rank(level)).unwrap_or("OFF");
    (level, routes().any(|key| stage.data_trace(key)))
}
