//! One change as a review, whoever asks for it: a draft, a fix, an undo, the rest of a broken change.
//!
//! What is wished is merged with what stands at AWS now, and the difference from now is the change. Nothing here writes.
//! Where to look next: `draft.rs`, `edit.rs` and `history.rs` (who asks), `apply.rs` (what becomes of it).

mod notices;

use std::collections::BTreeMap;

use gatescope_aws::Access;
use gatescope_model::api::Snapshot;
use gatescope_model::diff::words::{dependants, lines, words};
use gatescope_model::diff::{Action, Change, diff};
use gatescope_model::merge::{Side, merge};
use gatescope_model::plan::{Place, plan, script};
use gatescope_model::resource::Kind;
use gatescope_model::review::{Review, Step, Words};

use crate::calls::{OfApi, OfStage};
use crate::error::{Code, Error};
use crate::reviews::{Proposal, Purpose};
use crate::store::Settles;
use crate::{App, locked};

/// What somebody wants to change.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wish {
    /// An empty API id: one that does not exist yet.
    pub of: OfStage,
    /// The stage that the last steps deploy to; empty: none.
    pub deploys_to: String,
    /// Empty: made from the changes.
    pub title: String,
    /// What it began from.
    pub base: Snapshot,
    /// What it shall be.
    pub mine: Snapshot,
    /// By conflict path: whose value wins.
    pub choices: BTreeMap<String, Side>,
    /// Steps that come before, and what they are in words.
    pub first: (Vec<Step>, Vec<Words>),
    pub purpose: Purpose,
    pub settles: Option<Settles>,
}

impl Wish {
    /// Whether the account around the API has to be read too.
    fn is_about_surroundings(&self) -> bool {
        self.base.surroundings.is_some() && self.mine.surroundings.is_some()
    }
}

impl App {
    /// The API as it stands, with its surroundings where asked. One that is not there is empty.
    pub(crate) async fn stands(&self, of: &OfApi, surroundings: bool) -> Result<Snapshot, Error> {
        let access = self.access(&of.scope).await?;
        let mut now = match of.api_id.as_str() {
            "" => Snapshot::default(),
            id => match access.snapshot(id).await {
                Ok(now) => now,
                Err(e) if e.kind == gatescope_aws::Kind::NotFound => Snapshot::default(),
                Err(e) => return Err(e.into()),
            },
        };
        if surroundings {
            now.surroundings = Some(access.surroundings(&now).await?);
        }
        Ok(now)
    }

    /// Makes the review of a wish against what stands at AWS now.
    pub(crate) async fn propose(&self, wish: Wish) -> Result<Review, Error> {
        let of = OfApi { scope: wish.of.scope.clone(), api_id: wish.of.api_id.clone() };
        let now = self.stands(&of, wish.is_about_surroundings()).await?;
        if now.api.api_id.is_empty() && !wish.base.api.api_id.is_empty() {
            let message = format!("{} is not there any more", wish.base.api.name);
            return Err(Error::new(Code::NotFound, message));
        }
        let access = self.access(&of.scope).await?;
        self.propose_on(&access, now, wish).await
    }

    /// The same, against what was just read.
    pub(crate) async fn propose_on(&self, access: &Access, now: Snapshot, wish: Wish) -> Result<Review, Error> {
        unread(&wish.base, &now)?;
        let merged = merge(&wish.base, &wish.mine, &now, &wish.choices);
        let changes = diff(&now, &merged.snapshot);
        let open = merged.is_open();
        let account = if open { String::new() } else { self.account_of(access, &changes).await };
        // A stage that deploys by itself refuses to be pointed at a deployment (facts-2 8).
        let automatic = merged.snapshot.stage(&wish.deploys_to).and_then(|s| s.auto_deploy).unwrap_or_default();
        let deploys_to = if automatic { String::new() } else { wish.deploys_to.clone() };
        let place = Place { account: &account, region: access.region(), stage: &deploys_to };
        let plan = plan(&now, &merged.snapshot, place);
        let lost = notices::lost(&changes);
        let mut review = Review {
            id: String::new(),
            title: if wish.title.is_empty() { title(&changes) } else { wish.title.clone() },
            words: wish.first.1.iter().cloned().chain(words(&changes)).collect(),
            notices: plan.notices,
            diff: lines(&changes),
            steps: wish.first.0.iter().cloned().chain(plan.steps).collect(),
            affects: notices::affects(&changes, &deploys_to, &merged.snapshot),
            needs: Vec::new(),
            can_skip_deploy: false,
            undo: "History › Undo brings back what was, through a review like this one.".to_owned(),
            conflicts: merged.conflicts,
            dependants: dependants(&now, &changes),
            offers_snapshot: changes.iter().any(deletes_much),
            script: String::new(),
        };
        if open {
            review.steps.clear();
        }
        review.needs = notices::needs(&review.steps);
        review.script = script(&review.steps);
        let deploys = review.steps.iter().any(|s| s.deploys);
        // Asked in any case: what is served now is seen for the first time at the latest before it is changed.
        let earlier = self.undeployed_of(&wish.of.scope, &now, &deploys_to)?;
        review.can_skip_deploy = deploys && review.steps.iter().any(|s| !s.deploys);
        if deploys {
            review.notices.extend(notices::comes_along(&earlier));
        }
        if wish.of.api_id.is_empty() {
            review.notices.extend(notices::elsewhere(&merged.snapshot, access.region(), &account));
        }
        if !lost.is_empty() {
            review.notices.push(format!("Undoing does not bring back {}.", lost.join("; ")));
        }
        if review.steps.is_empty() && !open {
            review.notices.push("There is nothing to send: AWS has it so already.".to_owned());
        }
        let proposal = Proposal {
            of: wish.of,
            deploys_to,
            account,
            review,
            from: now,
            to: merged.snapshot,
            first: wish.first.0.len(),
            purpose: wish.purpose,
            settles: wish.settles,
            lost,
        };
        Ok(locked(&self.inner.reviews).keep(proposal))
    }

    /// The account's twelve digits, where they say something: of what is made here. A caller who may not ask goes without.
    async fn account_of(&self, access: &Access, changes: &[Change]) -> String {
        if !changes.iter().any(|c| c.id.kind == Kind::Api && c.action == Action::Create) {
            return String::new();
        }
        access.caller().await.map(|c| c.account).unwrap_or_default()
    }
}

/// What was read when the wish began and can't be read now is not gone, but looks so.
fn unread(base: &Snapshot, now: &Snapshot) -> Result<(), Error> {
    let mut lists = vec![(&base.unread, &now.unread)];
    if let (Some(base), Some(now)) = (&base.surroundings, &now.surroundings) {
        lists.push((&base.unread, &now.unread));
    }
    for (base, now) in lists {
        if let Some((list, why)) = now.iter().find(|(list, _)| !base.contains_key(*list)) {
            let message = format!("{list} can't be read any more, so nothing is changed: {why}");
            return Err(Error::new(Code::AccessDenied, message));
        }
    }
    Ok(())
}

/// So much that a copy in a file is offered first.
fn deletes_much(change: &Change) -> bool {
    change.action == Action::Delete && matches!(change.id.kind, Kind::Api | Kind::Route | Kind::Stage | Kind::UsagePlan)
}

/// "change route joinroom", "change route joinroom and 3 more".
fn title(changes: &[Change]) -> String {
    let Some(first) = changes.first() else { return "change nothing".to_owned() };
    let verb = match first.action {
        Action::Create => "create",
        Action::Update => "change",
        Action::Delete => "delete",
    };
    let more = if changes.len() > 1 { format!(" and {} more", changes.len() - 1) } else { String::new() };
    format!("{verb} {}{more}", first.label)
}
