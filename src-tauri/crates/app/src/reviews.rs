//! The reviews that the window may carry out: kept by id until applied, a few at a time.
//!
//! A review is carried out as it was shown, never as the window sends it back.

use std::collections::{BTreeMap, VecDeque};

use gatescope_model::api::Snapshot;
use gatescope_model::diff::{deployable, diff};
use gatescope_model::merge::merge;
use gatescope_model::plan::{Place, plan};
use gatescope_model::review::{Review, Step};
use serde::{Deserialize, Serialize};

use crate::calls::OfStage;
use crate::store::Settles;

/// More open sheets than a person has.
const KEPT: usize = 16;

/// What is behind a review.
#[derive(Clone, Debug)]
pub(crate) struct Proposal {
    /// The stage is the one that the change is about, if it is about one.
    pub of: OfStage,
    /// The stage that the last steps deploy to; empty: none.
    pub deploys_to: String,
    /// Twelve digits, where the plan needed them.
    pub account: String,
    pub review: Review,
    /// The API as the review was made against it.
    pub from: Snapshot,
    /// The API as it shall be.
    pub to: Snapshot,
    /// Steps that stand before those of the plan.
    pub first: usize,
    pub purpose: Purpose,
    pub settles: Option<Settles>,
    /// What can't be brought back, in words.
    pub lost: Vec<String>,
}

/// What happens besides the calls.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) enum Purpose {
    /// Nothing.
    #[default]
    Edit,
    /// A cause goes away: its rows are marked as fixed.
    Fix { cause: String, words: String },
    /// The stage logs from now on.
    Logs {
        level: String,
        data_trace: bool,
        /// After which it goes back.
        #[serde(default)]
        minutes: Option<u32>,
    },
    /// What stands now goes live.
    Deploy,
}

/// The reviews that are open.
#[derive(Default)]
pub(crate) struct Proposals {
    kept: VecDeque<Proposal>,
    made: u64,
}

impl Proposals {
    /// Keeps a proposal and gives its review an id.
    pub(crate) fn keep(&mut self, mut proposal: Proposal) -> Review {
        self.made += 1;
        proposal.review.id = format!("review-{}", self.made);
        if self.kept.len() == KEPT {
            self.kept.pop_front();
        }
        let review = proposal.review.clone();
        self.kept.push_back(proposal);
        review
    }

    /// Takes a proposal out: it is carried out once.
    pub(crate) fn take(&mut self, id: &str) -> Option<Proposal> {
        let at = self.kept.iter().position(|d| d.review.id == id)?;
        self.kept.remove(at)
    }
}

impl Proposal {
    /// Where the plan is made for.
    pub(crate) fn place(&self) -> Place<'_> {
        Place { account: &self.account, region: &self.of.scope.region, stage: &self.deploys_to }
    }

    /// Whether somebody changed meanwhile what would be sent: a field that it touches, or an entry of a map that AWS takes
    /// whole. A deployment takes the whole API, so there everything counts that a deployment takes.
    pub(crate) fn is_overtaken_by(&self, now: &Snapshot, deploy: bool) -> bool {
        let theirs = diff(&self.from, now);
        if theirs.is_empty() {
            return false;
        }
        if deploy && self.review.steps.iter().any(|s| s.deploys) && deployable(&theirs).next().is_some() {
            return true;
        }
        let merged = merge(&self.from, &self.to, now, &BTreeMap::new());
        let sent =
            |steps: &[Step]| -> Vec<_> { steps.iter().map(|s| (s.operation.clone(), s.input.clone())).collect() };
        let shown = &self.review.steps[self.first.min(self.review.steps.len())..];
        !merged.conflicts.is_empty() || sent(&plan(now, &merged.snapshot, self.place()).steps) != sent(shown)
    }

    /// The steps that will be sent, with their place in the review.
    pub(crate) fn steps(&self, deploy: bool) -> impl Iterator<Item = (usize, &Step)> {
        self.review.steps.iter().enumerate().filter(move |(_, step)| deploy || !step.deploys)
    }
}
