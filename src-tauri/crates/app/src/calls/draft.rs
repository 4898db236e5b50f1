//! Drafts: what is edited, what a draft says, and where it collides. Shapes only.

use gatescope_model::api::Snapshot;
pub use gatescope_model::limits::Problem as FieldProblem;
use gatescope_model::merge::Side;
use gatescope_model::resource::Kind;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{OfApi, Scope};

/// A copy of an API with changes, and the copy that it began from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Draft {
    /// As it was read. Of an API that does not exist yet: empty.
    pub base: Snapshot,
    /// As it shall be. A resource whose id AWS does not know is created; by convention such an id begins with `new-`.
    pub draft: Snapshot,
}

/// What a draft changes, for the draft bar and the marks beside fields.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DraftView {
    /// Resource by resource, in the order in which people look.
    pub changes: Vec<ChangeView>,
    /// What AWS would refuse, or what can't work, by field. A draft with problems can still be reviewed.
    pub problems: Vec<FieldProblem>,
}

/// What changes on one resource.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ChangeView {
    /// What it is.
    pub kind: Kind,
    /// Of which (an integration's responses); else empty.
    pub parent: String,
    /// Its id.
    pub id: String,
    /// `+`, `-` or `~`.
    pub sign: String,
    /// `route joinroom`.
    pub label: String,
    /// Each change in words.
    pub words: Vec<String>,
    /// The members that change: `requestTemplates`, of maps with the key: `requestTemplates/$default`.
    pub members: Vec<String>,
}

/// Asks for the review of a draft.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct PreviewDraft {
    /// Where.
    pub scope: Scope,
    /// Which API; empty: one that does not exist yet.
    pub api_id: String,
    /// The stage that the last steps deploy to; empty: none.
    pub stage: String,
    /// What.
    pub draft: Draft,
    /// "Set up a key and a plan"; empty: made from the changes.
    pub title: String,
    /// By [`gatescope_model::review::Conflict::path`]: whose value wins.
    pub choices: std::collections::BTreeMap<String, Side>,
}

/// Keeps a draft over restarts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeepDraft {
    /// Of which API.
    pub of: OfApi,
    /// What; absent: forget it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub draft: Option<Draft>,
}

/// A draft that was kept, if there is one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeptDraft {
    /// What.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub draft: Option<Draft>,
}

/// An API to begin with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Starter {
    /// `empty`, `echo`, `ping`, `chat`, `authorizer`.
    pub id: String,
    /// "Chat".
    pub name: String,
    /// What it is made of, in a sentence.
    pub says: String,
    /// What has to be known to make it.
    pub asks: Vec<StarterField>,
}

/// Something that a starter has to know.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StarterField {
    /// `backendUrl`.
    pub id: String,
    /// "Address of the backend".
    pub name: String,
    /// What works in the sandbox; empty in a real account.
    pub value: String,
}

/// Makes the draft of a new API.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct BeginApi {
    /// Where.
    pub scope: Scope,
    /// Which starter.
    pub starter: String,
    /// The API's name.
    pub name: String,
    /// By field id.
    pub fields: std::collections::BTreeMap<String, String>,
}

/// Makes the draft of a copy: new ids, nothing of the old one's deployments.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CloneApi {
    /// From where.
    pub of: OfApi,
    /// Into which account and region.
    pub to: Scope,
    /// The copy's name.
    pub name: String,
}

/// An API's snapshot as a readable file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SnapshotFile {
    /// `my-chat-app-gw-1 2026-11-21.gatescope.json`.
    pub name: String,
    /// JSON, indented.
    pub text: String,
}

/// Opens a snapshot file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OpenSnapshotFile {
    /// As it was saved.
    pub text: String,
}

/// Saves a text in the user's downloads folder.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SaveFile {
    /// Without a folder. A name that is taken gets a number.
    pub name: String,
    /// What.
    pub text: String,
}

/// Where it was saved.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SavedFile {
    /// With its folder.
    pub path: String,
}

/// One half of a comparison.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Compared {
    /// Which API.
    pub of: OfApi,
    /// Absent: the whole API.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub stage: Option<String>,
}

/// Compares two stages (of one API or two), or two APIs: by names and keys, ids left aside.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Compare {
    /// The left one.
    pub left: Compared,
    /// The right one.
    pub right: Compared,
}

/// What differs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Comparison {
    /// Field by field.
    pub differences: Vec<Difference>,
    /// How many fields are alike.
    pub alike: u32,
}

/// One field that differs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// Names it for [`Promote`].
    pub path: String,
    /// `route joinroom`, `stage`.
    pub of: String,
    /// `timeoutInMillis`, `stageVariables / region`.
    pub field: String,
    /// Absent: not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub left: Option<String>,
    /// Absent: not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub right: Option<String>,
}

/// Makes the draft of the right side, with these differences taken over from the left.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Promote {
    /// What was compared.
    pub compare: Compare,
    /// Which differences, by path.
    pub paths: Vec<String>,
}

/// Searches all texts of an API.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SearchApi {
    /// Which.
    pub of: OfApi,
    /// A text, or a regular expression.
    pub pattern: String,
    /// Whether it is one.
    pub regex: bool,
}

/// Where a text was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Hit {
    /// In what.
    pub kind: Kind,
    /// Of which; else empty.
    pub parent: String,
    /// Its id.
    pub id: String,
    /// `integration 7kq2m1x of $connect`.
    pub label: String,
    /// `requestTemplates / $default`.
    pub field: String,
    /// The line with the text.
    pub line: String,
    /// The routes that it belongs to: a click goes there.
    pub routes: Vec<String>,
}
