//! What is wrong with an API before anyone connects: the causes that the configuration alone shows, and rules about what
//! breaks later, costs more than it should, or was copied from a tutorial.
//!
//! Pure: a snapshot with its surroundings in, a [`Checkup`] out. It may not know a clock. Where to look next:
//! [`crate::diagnose`], the same causes seen from a failure.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::verdict::{Action, Evidence};

/// What a checkup found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Checkup {
    /// 100 less each deduction, at least 0.
    pub score: u32,
    /// Worst first.
    pub flaws: Vec<Flaw>,
    /// The rules that were asked and found nothing.
    pub passed: Vec<PassedRule>,
    /// The rules that could not be asked, and what was missing for it.
    pub unasked: Vec<PassedRule>,
}

/// Something that is wrong.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Flaw {
    /// The rule's public id; a cause's id where a cause of `diagnose` is meant.
    pub rule: String,
    /// How bad.
    pub severity: Severity,
    /// What is wrong and where, one sentence.
    pub title: String,
    /// What it breaks.
    pub reason: String,
    /// What to do.
    pub fix: String,
    /// Where it is seen.
    pub evidence: Vec<Evidence>,
    /// Where the rule comes from: AWS's page.
    pub source: String,
    /// What it costs of the score.
    pub deduction: u32,
    /// What one click does about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub action: Option<Action>,
}

/// How bad a flaw is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    /// Nobody can connect.
    Connect,
    /// Messages fail or go astray.
    #[default]
    Messages,
    /// It works, and will hurt: security, limits, certificates, cost.
    Risk,
    /// It could be clearer.
    Advice,
}

/// A rule.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct PassedRule {
    /// Its public id.
    pub rule: String,
    /// What it asks, or what was missing.
    pub text: String,
}
