//! Carrying a review out, step by step, told as it goes and written into the journal before and after each call.
//!
//! A step that fails stops the rest, and both are said. AWS needs time after some calls (a role, a stage's settings):
//! that is waited for here, in words. Where to look next: `store/journal.rs`, and `history.rs` for the ways back.

mod in_force;

use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use gatescope_aws::change::{Made, is_role_not_known_yet};
use gatescope_aws::{Access, Error as AwsError, Kind};
use gatescope_model::api::Snapshot;
use gatescope_model::diagnose;
use gatescope_model::diff::{deployable, diff};
use gatescope_model::plan::fill;
use gatescope_model::resource::rename;
use gatescope_model::review::{ApplyItem, Step};
use gatescope_model::verdict::Finding;
use tokio::sync::mpsc;

use crate::calls::{Apply, ChangeState, OfApi, OfStage};
use crate::error::{Code, Error};
use crate::reviews::{Proposal, Purpose};
use crate::session::Note;
use crate::store::{Intent, Outcome, Place, Shown};
use crate::{App, SANDBOX, locked, now};

pub(crate) use in_force::settled;

/// How long IAM usually takes to be known everywhere is 10 s; after this long something else is wrong.
const ROLE_PATIENCE: Duration = Duration::from_secs(60);
/// Between two tries. UpdateAccount is limited to one in 20 s (facts 5.1), but AWS counts refused calls less strictly;
/// a throttled try is only another wait.
const ROLE_PAUSE: Duration = Duration::from_secs(5);
/// A change of a stage's settings takes 39 to 44 s to act (facts 1.1); earlier requests go unlogged.
const SETTINGS_TAKE: Duration = Duration::from_secs(45);
/// AWS carries out one change of an API at a time and refuses the second ("concurrent modification", facts-2 8).
const TURN_PATIENCE: Duration = Duration::from_secs(20);
/// Between two tries of that.
const TURN_PAUSE: Duration = Duration::from_secs(2);

impl App {
    pub(crate) async fn open_apply(&self, ask: Apply) -> Result<BoxStream<'static, Vec<ApplyItem>>, Error> {
        let gone = || Error::new(Code::BadQuestion, "this review is gone: open it again");
        let proposal = locked(&self.inner.reviews).take(&ask.review).ok_or_else(gone)?;
        if proposal.review.conflicts.iter().any(|c| c.choice.is_none()) {
            return Err(Error::new(Code::Conflict, "choose first whose value wins where the two collide"));
        }
        let access = self.access(&proposal.of.scope).await?;
        let (tell, told) = mpsc::channel(64);
        let app = self.clone();
        // A task of its own, so that a call under way is never cut off: who stops listening stops what comes after it.
        tokio::spawn(async move {
            let run = Run { app: &app, access: &access, proposal: &proposal, deploy: ask.deploy, tell: &tell };
            let end = run.carry_out().await;
            app.inner.wizards.changed.send_replace(());
            let _ = tell.send(end).await;
        });
        Ok(items(told).boxed())
    }
}

/// One review on its way.
struct Run<'a> {
    app: &'a App,
    access: &'a Access,
    proposal: &'a Proposal,
    deploy: bool,
    tell: &'a mpsc::Sender<ApplyItem>,
}

impl Run<'_> {
    fn of(&self) -> OfApi {
        OfApi { scope: self.proposal.of.scope.clone(), api_id: self.proposal.of.api_id.clone() }
    }

    /// Carries it out, and answers how it ended.
    async fn carry_out(&self) -> ApplyItem {
        let before = |error: Error| ApplyItem::Failed { step: 0, problem: error.into(), change: None, finding: None };
        let intent = match self.check().await {
            Ok(intent) => intent,
            Err(e) => return before(e),
        };
        let change = match self.app.inner.store.begin_change(&intent, now()) {
            Ok(change) => change,
            Err(e) => return before(e),
        };
        let mut outcome = Outcome::default();
        let (revert, steps) = match self.app.begin_revert(self.proposal) {
            Ok(revert) => (revert, self.steps(change, &mut outcome).await),
            Err(e) => (None, Err((0, e))),
        };
        let ended = match steps {
            Ok(()) => self.settle(change, &outcome, revert).await.map_err(|e| (self.last(), e)),
            Err(stopped) => Err(stopped),
        };
        self.time_runs(revert, ended.is_ok() || outcome.done > 0 || outcome.unanswered);
        match ended {
            Ok(api_id) => ApplyItem::Finished { change, api_id, deployment: outcome.deployment },
            Err((step, error)) => {
                outcome.problem = Some(error.message.clone());
                if let Err(e) = self.app.inner.store.end_change(change, ChangeState::Stopped, &outcome, None) {
                    tracing::warn!("the journal could not be written: {e}");
                }
                let finding = self.cause_of(step, &error);
                ApplyItem::Failed { step, problem: error.into(), change: Some(change), finding }
            }
        }
    }

    /// What stages and the account's settings are refused for can have a cause that one click removes.
    fn cause_of(&self, step: u32, error: &Error) -> Option<Box<Finding>> {
        let (_, step) = self.proposal.steps(self.deploy).find(|(index, _)| u32::try_from(*index) == Ok(step))?;
        let about_logs = ["CreateStage", "UpdateStage", "UpdateAccount"].contains(&step.operation.as_str());
        diagnose::refused_update(&error.message).filter(|_| about_logs).map(Box::new)
    }

    /// Whether it may still be sent as it was shown; if so, what the journal gets before the first call.
    async fn check(&self) -> Result<Intent, Error> {
        let p = self.proposal;
        let current = self.app.stands(&self.of(), p.from.surroundings.is_some()).await?;
        if p.is_overtaken_by(&current, self.deploy) {
            let mut error =
                Error::new(Code::Conflict, "somebody changed the API since this review was opened; nothing was sent");
            error.hint = Some("Close it and open it again: it will be made against what stands now.".to_owned());
            return Err(error);
        }
        let steps: Vec<Step> = p.steps(self.deploy).map(|(_, step)| step.clone()).collect();
        // When the answer to CreateApi is lost, the API that was made is the one that was not there before.
        let beside = if steps.iter().any(|s| s.operation == "CreateApi") { self.apis().await? } else { Vec::new() };
        let named = if p.from.api.name.is_empty() { &p.to.api.name } else { &p.from.api.name };
        Ok(Intent {
            scope: p.of.scope.clone(),
            api_id: p.of.api_id.clone(),
            shown: Shown {
                api_name: named.clone(),
                title: p.review.title.clone(),
                words: p.review.words.clone(),
                diff: p.review.diff.clone(),
                stage: if steps.iter().any(|s| s.deploys) { p.deploys_to.clone() } else { String::new() },
                steps,
                about: p.of.stage.clone(),
                lost: p.lost.clone(),
                purpose: p.purpose.clone(),
                settles: p.settles,
                beside,
            },
            before: p.from.clone(),
            goal: p.to.clone(),
        })
    }

    async fn apis(&self) -> Result<Vec<String>, Error> {
        let apis = self.app.list_apis(self.proposal.of.scope.clone()).await?;
        Ok(apis.into_iter().map(|api| api.api_id).collect())
    }

    /// Makes the calls. The journal has each before it is sent, and its outcome before the next.
    async fn steps(&self, change: i64, outcome: &mut Outcome) -> Result<(), (u32, Error)> {
        let store = &self.app.inner.store;
        for (index, step) in self.proposal.steps(self.deploy) {
            let at = u32::try_from(index).unwrap_or(u32::MAX);
            let failed = |e: Error| (at, e);
            if self.tell.is_closed() {
                return Err(failed(Error::new(Code::Conflict, "it was stopped here by the one who began it")));
            }
            outcome.unanswered = true;
            store.note_outcome(change, outcome).map_err(failed)?;
            self.say(ApplyItem::Started { step: at }).await;
            match self.call(&fill(step, &outcome.made), at).await {
                Ok(made) => self.took(change, step, made, outcome).map_err(failed)?,
                Err(e) => {
                    // A refusal is an answer; without one, AWS may have done it all the same.
                    outcome.unanswered = matches!(e.kind, Kind::Unreachable | Kind::Failed);
                    return Err(failed(e.into()));
                }
            }
            self.say(ApplyItem::Done { step: at }).await;
        }
        Ok(())
    }

    /// Writes down what a step made.
    fn took(&self, change: i64, step: &Step, made: Made, outcome: &mut Outcome) -> Result<(), Error> {
        let store = &self.app.inner.store;
        outcome.done += 1;
        outcome.unanswered = false;
        if step.operation == "CreateDeployment" {
            outcome.deployment.clone_from(&made.id);
        }
        if let (Some(draft), Some(id)) = (&step.makes, made.id) {
            if step.operation == "CreateApi" {
                let of = &self.proposal.of;
                store.api_is_now(change, Place::new(&of.scope, &of.api_id), &id)?;
            }
            outcome.made.insert(draft.clone(), id);
        }
        store.note_outcome(change, outcome)
    }

    async fn call(&self, step: &Step, at: u32) -> Result<Made, AwsError> {
        let began = tokio::time::Instant::now();
        loop {
            let error = match self.access.carry_out(step).await {
                Ok(made) => return Ok(made),
                Err(e) => e,
            };
            let (patience, pause, what) = if step.operation == "UpdateAccount" && may_wait(&error) {
                (ROLE_PATIENCE, ROLE_PAUSE, "until the role is known everywhere, usually 10 s")
            } else if error.message.contains("concurrent modification") {
                (TURN_PATIENCE, TURN_PAUSE, "until AWS has finished another change of this API")
            } else {
                return Err(error);
            };
            if began.elapsed() >= patience {
                return Err(error);
            }
            self.say(ApplyItem::Waiting { step: at, what: what.to_owned() }).await;
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.tell.closed() => return Err(error),
            }
        }
    }

    /// What follows when all calls went well: read back, waited for, remembered, and told to open conversations. Answers
    /// the id of an API that was made.
    async fn settle(&self, change: i64, outcome: &Outcome, revert: Option<i64>) -> Result<Option<String>, Error> {
        let p = self.proposal;
        let store = &self.app.inner.store;
        let made = self.made_api(outcome);
        let of = OfApi { api_id: made.clone().unwrap_or_else(|| p.of.api_id.clone()), ..self.of() };
        let goal = rename(&p.to, &outcome.made);
        let found = self.app.stands(&of, goal.surroundings.is_some()).await?;
        if let Some(what) = in_force::differs(&rename(&p.from, &outcome.made), &goal, &found) {
            return Err(Error::new(
                Code::Conflict,
                format!("{what} reads back otherwise than it was sent: somebody else changed it"),
            ));
        }
        if matches!(p.purpose, Purpose::Logs { .. }) {
            self.wait_for_settings().await;
        }
        let mut after = settled(&p.from, &goal, &found);
        if let Some(stage) = after.stages.iter_mut().find(|s| s.stage_name == p.deploys_to)
            && outcome.deployment.is_some()
        {
            stage.deployment_id.clone_from(&outcome.deployment);
        }
        // What stands now is what was deployed, unless somebody changed something in the same moment.
        let alone = deployable(&diff(&after, &found)).next().is_none();
        self.app.saw_deployments(&of, &found, outcome.deployment.as_deref(), alone)?;
        self.app.forget_reverts(&of, &found, p, revert)?;
        store.end_change(change, ChangeState::Done, outcome, Some(&after))?;
        if let Some(settles) = p.settles {
            self.app.stands_now(settles.change, settles.state)?;
        }
        if p.purpose == Purpose::Edit && p.settles.is_none() {
            store.keep_draft(Place::new(&p.of.scope, &p.of.api_id), None)?;
        }
        self.tell_conversations(&of, outcome, &found).await;
        Ok(made)
    }

    /// What was turned on for a while goes back after it, also when it broke off half done.
    fn time_runs(&self, revert: Option<i64>, something_done: bool) {
        let Some(id) = revert else { return };
        let written = match something_done {
            true => self.app.arm_revert(id, &self.proposal.of.scope),
            false => self.app.inner.store.drop_revert(id).map(|_| ()),
        };
        if let Err(e) = written {
            tracing::warn!("when the logs go back could not be written: {e}");
        }
    }

    /// The id of the API that it made, if it made one.
    fn made_api(&self, outcome: &Outcome) -> Option<String> {
        let step = self.proposal.review.steps.iter().find(|s| s.operation == "CreateApi")?;
        outcome.made.get(step.makes.as_ref()?).cloned()
    }

    async fn tell_conversations(&self, of: &OfApi, outcome: &Outcome, found: &Snapshot) {
        let p = self.proposal;
        let deployment = outcome.deployment.clone();
        let deployed = deployment.is_some();
        // What no deployment takes acts at once.
        let in_force = deployed || p.deploys_to.is_empty();
        for stage in &found.stages {
            let here = stage.stage_name == p.of.stage;
            let note = match &p.purpose {
                Purpose::Logs { level, data_trace, .. } if here => {
                    Note::Logs { level: level.clone(), data_trace: *data_trace }
                }
                Purpose::Fix { cause, words } if here => {
                    Note::Fixed { cause: cause.clone(), words: words.clone(), deployment: deployment.clone(), in_force }
                }
                _ if deployed && stage.stage_name == p.deploys_to => Note::Deployed { deployment: deployment.clone() },
                _ => Note::Changed { title: p.review.title.clone() },
            };
            let of = OfStage { scope: of.scope.clone(), api_id: of.api_id.clone(), stage: stage.stage_name.clone() };
            self.app.tell_sessions(&of, note, found.clone()).await;
        }
    }

    async fn wait_for_settings(&self) {
        // The sandbox, and stand-ins for AWS on a port of this machine, act at once.
        if self.proposal.of.scope.account == SANDBOX || self.access.endpoint_url().is_some() {
            return;
        }
        let what = "until API Gateway acts on the new settings, usually 40 s".to_owned();
        self.say(ApplyItem::Waiting { step: self.last(), what }).await;
        tokio::select! {
            () = tokio::time::sleep(SETTINGS_TAKE) => {}
            () = self.tell.closed() => {}
        }
    }

    fn last(&self) -> u32 {
        u32::try_from(self.proposal.review.steps.len().saturating_sub(1)).unwrap_or_default()
    }

    /// Nobody listening is no reason to stop in the middle of a call.
    async fn say(&self, item: ApplyItem) {
        let _ = self.tell.send(item).await;
    }
}

fn may_wait(error: &AwsError) -> bool {
    is_role_not_known_yet(error) || error.kind == Kind::Throttled
}

fn items(mut told: mpsc::Receiver<ApplyItem>) -> impl futures_util::Stream<Item = Vec<ApplyItem>> + Send {
    futures_util::stream::poll_fn(move |context| {
        let mut batch = Vec::new();
        told.poll_recv_many(context, &mut batch, 64).map(|n| (n > 0).then_some(batch))
    })
}
