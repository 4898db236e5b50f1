//! The reviews that the window may carry out: kept by id until applied, a few at a time.
//!
//! A review is carried out as it was shown, never as the window sends it back.

use std::collections::VecDeque;

use gatescope_model::api::Snapshot;
use gatescope_model::review::{Review, Step};

use crate::calls::OfStage;

/// More open sheets than a person has.
const KEPT: usize = 16;

/// What is behind a review.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub of: OfStage,
    pub review: Review,
    /// The API as the review was made against it.
    pub from: Snapshot,
    pub purpose: Purpose,
}

/// What happens besides the calls.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Purpose {
    /// A cause goes away: its rows are marked as fixed.
    Fix { cause: String, words: String },
    /// The stage logs from now on.
    Logs { level: String, data_trace: bool },
    /// What stands now goes live.
    Deploy,
}

/// The drafts that are open.
#[derive(Default)]
pub(crate) struct Drafts {
    kept: VecDeque<Draft>,
    made: u64,
}

impl Drafts {
    /// Keeps a draft and gives its review an id.
    pub(crate) fn keep(&mut self, mut draft: Draft) -> Review {
        self.made += 1;
        draft.review.id = format!("review-{}", self.made);
        if self.kept.len() == KEPT {
            self.kept.pop_front();
        }
        let review = draft.review.clone();
        self.kept.push_back(draft);
        review
    }

    /// Takes a draft out: it is carried out once.
    pub(crate) fn take(&mut self, id: &str) -> Option<Draft> {
        let at = self.kept.iter().position(|d| d.review.id == id)?;
        self.kept.remove(at)
    }
}

impl Draft {
    /// Whether somebody changed meanwhile what the review speaks of. What AWS moves by itself (dates, deployments) does
    /// not count.
    pub(crate) fn is_overtaken_by(&self, now: &Snapshot) -> bool {
        let settings = |s: &Snapshot| s.stage(&self.of.stage).map(|s| s.default_route_settings.clone());
        self.from.routes != now.routes
            || self.from.integrations != now.integrations
            || settings(&self.from) != settings(now)
    }

    /// The steps that will be sent.
    pub(crate) fn steps(&self, deploy: bool) -> impl Iterator<Item = (usize, &Step)> {
        self.review.steps.iter().enumerate().filter(move |(_, step)| deploy || !step.deploys)
    }
}
