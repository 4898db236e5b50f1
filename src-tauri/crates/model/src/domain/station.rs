//! The line of stations, as the window shows it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::next::Stage;
use super::{Goal, World};
use crate::review::Step;

/// What a writing step makes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Making {
    /// Names it, so that only what was shown is done: it changes with the calls.
    pub id: String,
    /// `Request the certificate`: the button.
    pub title: String,
    /// What there will be, in words.
    pub effect: String,
    /// The exact calls.
    pub steps: Vec<Step>,
    /// What there is now and will be replaced, in words; nothing is replaced without [`Goal::replace_records`].
    pub replaces: Vec<String>,
}

/// A record that a person writes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct WantedRecord {
    /// The whole name, without a dot at the end.
    pub name: String,
    /// What goes into the field of a provider that adds the zone's name itself.
    pub name_in_zone: String,
    /// `CNAME`, `ALIAS`/`ANAME`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it shall lead to.
    pub value: String,
    /// What public DNS says now; empty: nothing.
    pub actual: String,
    /// What is wrong with that, in words; empty: nothing, it is right or not there yet.
    pub trouble: String,
    /// It stands as it shall.
    pub right: bool,
}

/// One station of the line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Station {
    /// Which.
    pub id: Stage,
    /// `Certificate`.
    pub title: String,
    /// Where it stands.
    pub state: StationState,
    /// What there is, what it waits for or what is wrong, in a sentence or two.
    pub says: String,
    /// What it will do, before it does it; of the current station the same as in [`super::Next::Do`].
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub making: Option<Making>,
    /// Records to write by hand.
    pub records: Vec<WantedRecord>,
    /// What stands, with ids to copy: name and value.
    pub made: Vec<(String, String)>,
}

/// Where a station stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum StationState {
    /// Its turn has not come.
    Later,
    /// Its turn is now: a click does it.
    Ready,
    /// It waits.
    Waiting,
    /// It needs a person.
    Blocked,
    /// It stands.
    Done,
    /// It can be done, and need not be.
    Optional,
}

/// The whole line.
#[must_use]
pub fn stations(_goal: &Goal, _world: &World) -> Vec<Station> {
    Vec::new()
}
