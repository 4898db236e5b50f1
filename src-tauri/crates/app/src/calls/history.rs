//! What was changed, what can be undone, and what each deployment took. Shapes only.

use gatescope_model::review::{DiffLine, Step, Words};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{OfApi, Scope};

/// A change that was made with Gatescope, or begun.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PastChange {
    /// Names it.
    pub id: i64,
    /// Where.
    pub scope: Scope,
    /// Of which API.
    pub api_id: String,
    /// Its name then.
    pub api_name: String,
    /// "give $connect a status code".
    pub title: String,
    /// In words.
    pub words: Vec<Words>,
    /// Milliseconds since 1970 of its first call.
    pub at: i64,
    /// How it stands.
    pub state: ChangeState,
    /// What it differed.
    pub diff: Vec<DiffLine>,
    /// Its calls, in order.
    pub steps: Vec<Step>,
    /// How many of them were done.
    pub done: u32,
    /// Why it stopped, when it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub problem: Option<String>,
    /// The deployment that it made.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub deployment: Option<String>,
    /// What can't be brought back by undoing it, in words: "the key's value".
    pub lost: Vec<String>,
}

/// How a change stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ChangeState {
    /// Its calls are being made.
    Running,
    /// All of it is in force.
    Done,
    /// A call failed, or the person stopped it; some of its calls are in force.
    Stopped,
    /// The app ended in the middle of it.
    Broken,
    /// It was stopped or broken, and a later change finished it.
    Finished,
    /// It was stopped or broken, and a later change rolled it back.
    RolledBack,
    /// A later change undid it.
    Undone,
}

/// Names a change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OfChange {
    /// From [`PastChange::id`].
    pub id: i64,
}

/// Asks for the way back from a change, forward to its end, or back before it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct PreviewChange {
    /// From [`PastChange::id`].
    pub id: i64,
    /// The stage that the last steps deploy to; empty: none.
    pub stage: String,
    /// By conflict path: whose value wins.
    pub choices: std::collections::BTreeMap<String, gatescope_model::merge::Side>,
}

/// A deployment as the history shows it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DeploymentView {
    /// Its id.
    pub deployment_id: String,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// Free text.
    pub description: String,
    /// `DEPLOYED`, `PENDING` or `FAILED`.
    pub status: String,
    /// AWS's words about the status.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub status_message: Option<String>,
    /// Made by a stage that deploys by itself.
    pub auto_deployed: bool,
    /// The stages that serve it.
    pub stages: Vec<String>,
    /// What it changed against the one before, where both are known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub changed: Option<Vec<DiffLine>>,
    /// Why it is not known, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub unknown: Option<String>,
}

/// A difference between what a stage serves and what stands now.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Undeployed {
    /// `route joinroom`.
    pub label: String,
    /// In words.
    pub text: String,
    /// Field by field.
    pub diff: Vec<DiffLine>,
    /// The keys of the routes that it touches.
    pub routes: Vec<String>,
}

/// Points a stage at a deployment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct PreviewRollBack {
    /// Which API.
    pub of: OfApi,
    /// Which stage.
    pub stage: String,
    /// Which deployment.
    pub deployment_id: String,
}
