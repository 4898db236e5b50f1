//! A change before it is made: in words, as a diff, and as the AWS calls that make it.
//!
//! One review sheet for every change. [`crate::plan`] makes the steps, the `aws` crate carries them out.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What the review sheet shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Review {
    /// By which `open_apply` names it.
    pub id: String,
    /// "Give $connect a status code".
    pub title: String,
    /// The change in words.
    pub words: Vec<Words>,
    /// Amber: what else comes along ("A deployment takes the whole API …").
    pub notices: Vec<String>,
    /// Field by field, against what stands at AWS now.
    pub diff: Vec<DiffLine>,
    /// In this order, nothing else.
    pub steps: Vec<Step>,
    /// "Every new connection to prod …".
    pub affects: String,
    /// IAM actions.
    pub needs: Vec<String>,
    /// "Apply only" exists: the last steps deploy and may be left out.
    pub can_skip_deploy: bool,
    /// How to undo it, in words.
    pub undo: String,
    /// What somebody else changed since the draft began, where it collides. While there is one without a choice, there are
    /// no steps.
    pub conflicts: Vec<Conflict>,
    /// What depends on what is deleted, in words: "route joinroom uses integration 7kq2m1x".
    pub dependants: Vec<String>,
    /// It deletes so much that a snapshot file is offered first.
    pub offers_snapshot: bool,
    /// The same as all steps, as one shell script.
    pub script: String,
}

/// A field that was changed here and at AWS, differently.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Conflict {
    /// Names it, for the choice.
    pub path: String,
    /// `integration 7kq2m1x of $connect`.
    pub of: String,
    /// `requestTemplates / $default`; of a whole resource: empty.
    pub field: String,
    /// As it was when the draft began.
    pub base: String,
    /// As the draft has it.
    pub mine: String,
    /// As AWS has it now.
    pub theirs: String,
    /// What was chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub choice: Option<crate::merge::Side>,
}

/// A sentence of the change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Words {
    /// `+`, `-` or `~`.
    pub sign: String,
    /// What.
    pub text: String,
    /// So that.
    pub because: String,
}

/// A line of the diff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DiffLine {
    /// ` `, `-` or `+`.
    pub sign: String,
    /// `integration 7kq2m1x of $connect`: the heading under which the line stands.
    pub of: String,
    /// `requestTemplates / $default`.
    pub field: String,
    /// As it is or will be; `not set`, `none` where it is not.
    pub value: String,
}

/// One AWS call, or what Gatescope itself does in between.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// `apigatewayv2`, `apigateway`, `logs`, `lambda`, `iam`.
    pub service: String,
    /// `UpdateIntegration`.
    pub operation: String,
    /// `integration 7kq2m1x of $connect`.
    pub target: String,
    /// `changes 2 fields`.
    pub effect: String,
    /// The same as an `aws` command; empty where AWS is not called.
    pub command: String,
    /// Whether it belongs to deploying.
    pub deploys: bool,
    /// The draft's id of what it makes: AWS's own takes its place in the steps after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub makes: Option<String>,
    /// What the call carries, in AWS's wire names.
    #[ts(type = "unknown")]
    pub input: serde_json::Value,
}

/// What applying a review tells while it runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum ApplyItem {
    /// A step began.
    Started {
        /// Index into the steps.
        step: u32,
    },
    /// A step waits for something, in words ("until the role is known everywhere, usually 10 s").
    Waiting {
        /// Index into the steps.
        step: u32,
        /// For what.
        #[serde(rename = "for")]
        what: String,
    },
    /// A step is done.
    Done {
        /// Index into the steps.
        step: u32,
    },
    /// A step failed; nothing after it was sent.
    Failed {
        /// Index into the steps.
        step: u32,
        /// AWS's words.
        problem: crate::conversation::Problem,
        /// The change as the history has it: it can be finished or rolled back.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        change: Option<i64>,
        /// Why, where AWS's words have a cause that can be removed.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        finding: Option<Box<crate::verdict::Finding>>,
    },
    /// All done, read back and found in force.
    Finished {
        /// The change as the history has it.
        change: i64,
        /// The API that was made, if one was.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        api_id: Option<String>,
        /// The deployment that was made, if one was.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        deployment: Option<String>,
    },
}
