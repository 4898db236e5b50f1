//! Logs that were turned on for a while, and go back by themselves.
//!
//! One task of the app looks once a second while there is one, by the account's clock: the wall's, or the sandbox's. What is
//! put back goes through the same apply as every change, with its entry in the history. Only what was changed is taken back;
//! whoever changed it meanwhile wins. What can't be done (locked, no credentials) is kept, told, and tried again.
//! Where to look next: `store/reverts.rs`, `model::log_settings`.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use futures_util::StreamExt;
use gatescope_aws::Kind;
use gatescope_model::api::Snapshot;
use gatescope_model::log_settings::LogSettings;
use gatescope_model::review::ApplyItem;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::calls::{Apply, Nothing, OfApi, OfChange, OfRevert, OfStage, Revert, Scope};
use crate::error::{Code, Error};
use crate::propose::Wish;
use crate::reviews::{Proposal, Purpose};
use crate::store::KeptRevert;
use crate::{App, Inner, SANDBOX, locked, time};

/// Between two looks at the clock while something is due. A look is one read of a small table; longer waits would not see
/// that the machine slept, or that the sandbox's time was moved on.
const LOOK: Duration = Duration::from_secs(1);
/// After the first failure; each further one doubles it.
const RETRY: Duration = Duration::from_secs(30);
/// Never longer than this.
const LONGEST_RETRY: Duration = Duration::from_secs(30 * 60);
/// Later than this, it is said that it was late.
const LATE_MS: i64 = 2 * 60_000;

/// The task, and what it is at.
#[derive(Default)]
pub(crate) struct Reverting {
    running: AtomicBool,
    wake: Arc<Notify>,
    /// Those that are being put back.
    at_work: Mutex<HashSet<i64>>,
    /// How often each failed, and when it is tried again.
    tries: Mutex<HashMap<i64, (u32, Instant)>>,
}

impl App {
    /// The account's time, milliseconds since 1970.
    pub(crate) fn clock_of(&self, scope: &Scope) -> i64 {
        if scope.account == SANDBOX { self.inner.sandbox.now() } else { crate::now() }
    }

    pub(crate) async fn list_reverts(&self, _: Nothing) -> Result<Vec<Revert>, Error> {
        self.watch_reverts();
        let kept = self.inner.store.reverts()?.into_iter();
        Ok(kept.filter_map(|revert| self.shown(revert)).collect())
    }

    /// One that waits is forgotten: the logs stay as they are. One that is over was seen.
    pub(crate) async fn cancel_revert(&self, of: OfRevert) -> Result<Nothing, Error> {
        if locked(&self.inner.reverting.at_work).contains(&of.id) {
            return Err(Error::new(Code::Conflict, "the logs are being put back at this moment"));
        }
        match self.inner.store.drop_revert(of.id)? {
            true => Ok(Nothing {}),
            false => Err(Error::new(Code::NotFound, "these logs do not go back any more")),
        }
    }

    /// Not later, but now.
    pub(crate) async fn revert_now(&self, of: OfRevert) -> Result<Nothing, Error> {
        let found = self.inner.store.reverts()?.into_iter().find(|r| r.id == of.id && r.over.is_none());
        let found = found.ok_or_else(|| Error::new(Code::NotFound, "these logs do not go back any more"))?;
        self.inner.store.set_revert_time(of.id, self.clock_of(&found.scope))?;
        self.look_at_reverts();
        Ok(Nothing {})
    }

    fn shown(&self, revert: KeptRevert) -> Option<Revert> {
        let at = revert.at?;
        Some(Revert {
            id: revert.id,
            left_ms: at - self.clock_of(&revert.scope),
            scope: revert.scope,
            api_id: revert.api_id,
            stage: revert.stage,
            at,
            to: revert.before.words(),
            problem: revert.problem,
            over: revert.over,
        })
    }

    // ── beside the change that turns them on ────────────────────────────────────────────────────────────────────────

    /// Before the first call of a change: if it is for a while, that is written down.
    pub(crate) fn begin_revert(&self, p: &Proposal) -> Result<Option<i64>, Error> {
        let Purpose::Logs { minutes: Some(minutes), .. } = p.purpose else { return Ok(None) };
        let of = |s: &Snapshot| s.stage(&p.of.stage).map(LogSettings::of).unwrap_or_default();
        let store = &self.inner.store;
        // Logs that run for a while already go back to what was before both.
        let earlier = store.reverts()?.into_iter().find(|r| r.runs_for(&p.of.scope, &p.of.api_id, &p.of.stage));
        let id = store.begin_revert(&KeptRevert {
            scope: p.of.scope.clone(),
            api_id: p.of.api_id.clone(),
            stage: p.of.stage.clone(),
            minutes,
            before: earlier.map_or_else(|| of(&p.from), |r| r.before),
            after: of(&p.to),
            ..KeptRevert::default()
        })?;
        Ok(Some(id))
    }

    /// The change is in force, or broke off with part of it in force: from now on the time runs.
    pub(crate) fn arm_revert(&self, id: i64, scope: &Scope) -> Result<(), Error> {
        let Some(revert) = self.inner.store.reverts()?.into_iter().find(|r| r.id == id) else { return Ok(()) };
        self.inner.store.set_revert_time(id, self.clock_of(scope) + i64::from(revert.minutes) * 60_000)?;
        self.look_at_reverts();
        Ok(())
    }

    /// After any change: what would put nothing back any more is forgotten. A newer wish about a stage's logs ends the
    /// older one; `but` is the newer one's own.
    pub(crate) fn forget_reverts(
        &self,
        of: &OfApi,
        found: &Snapshot,
        p: &Proposal,
        but: Option<i64>,
    ) -> Result<(), Error> {
        let at_work = locked(&self.inner.reverting.at_work).clone();
        for revert in self.inner.store.reverts()? {
            let ours = revert.scope == of.scope && revert.api_id == of.api_id && revert.over.is_none();
            if !ours || Some(revert.id) == but || at_work.contains(&revert.id) {
                continue;
            }
            let newer = matches!(p.purpose, Purpose::Logs { .. }) && revert.stage == p.of.stage;
            let back = found.stage(&revert.stage).map(LogSettings::of);
            let idle = back.is_none_or(|now| LogSettings::taken_back(&revert.before, &revert.after, &now).0 == now);
            if newer || idle {
                self.inner.store.drop_revert(revert.id)?;
            }
        }
        Ok(())
    }

    // ── the task ────────────────────────────────────────────────────────────────────────────────────────────────────

    /// At the start: a change that the app's end broke off may have turned logs on; and clocks may have been set back.
    pub(crate) fn take_up_reverts(&self) -> Result<(), Error> {
        let store = &self.inner.store;
        let mut any = false;
        for revert in store.reverts()?.into_iter().filter(|r| r.over.is_none()) {
            any = true;
            let latest = self.clock_of(&revert.scope) + i64::from(revert.minutes) * 60_000;
            if revert.at.is_none_or(|at| at > latest) {
                store.set_revert_time(revert.id, latest)?;
            }
        }
        if any {
            self.watch_reverts();
        }
        Ok(())
    }

    /// The clock was moved, an account was unlocked, one was added: look now, whatever failed before.
    pub(crate) fn look_at_reverts(&self) {
        locked(&self.inner.reverting.tries).clear();
        self.watch_reverts();
        self.inner.reverting.wake.notify_one();
    }

    /// Begins the task, once; without a runtime there is nobody to run it yet.
    fn watch_reverts(&self) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        if !self.inner.reverting.running.swap(true, Ordering::SeqCst) {
            runtime.spawn(watch(Arc::downgrade(&self.inner), self.inner.reverting.wake.clone()));
        }
    }

    /// Puts back what is due. Whether anything is left to wait for.
    async fn put_back_what_is_due(&self) -> bool {
        let Ok(kept) = self.inner.store.reverts() else { return true };
        let mut waits = false;
        for revert in kept.into_iter().filter(|r| r.over.is_none()) {
            let Some(at) = revert.at else { continue };
            waits = true;
            let again = locked(&self.inner.reverting.tries).get(&revert.id).map(|(_, at)| *at);
            if at > self.clock_of(&revert.scope) || again.is_some_and(|at| at > Instant::now()) {
                continue;
            }
            locked(&self.inner.reverting.at_work).insert(revert.id);
            let ended = Box::pin(self.put_back(&revert)).await;
            let noted = match ended {
                Ok(words) => self.inner.store.revert_over(revert.id, &words),
                Err(e) => {
                    self.try_later(revert.id);
                    self.inner.store.revert_failed(revert.id, &e.message)
                }
            };
            locked(&self.inner.reverting.at_work).remove(&revert.id);
            if let Err(e) = noted {
                tracing::warn!("what became of the logs of {} could not be written: {e}", revert.stage);
            }
        }
        waits
    }

    fn try_later(&self, id: i64) {
        let mut tries = locked(&self.inner.reverting.tries);
        let failed = tries.get(&id).map_or(0, |(n, _)| *n);
        let pause = RETRY.saturating_mul(1 << failed.min(6)).min(LONGEST_RETRY);
        tries.insert(id, (failed + 1, Instant::now() + pause));
    }

    /// Puts one back; what became of it, in words.
    async fn put_back(&self, revert: &KeptRevert) -> Result<String, Error> {
        let KeptRevert { scope, api_id, stage, .. } = revert;
        if self.guards(&scope.account).lock.is_closed() {
            let message = format!("The account is locked, so the logs of {stage} stay on until it is unlocked.");
            return Err(Error::new(Code::Locked, message));
        }
        let access = self.access(scope).await?;
        let now = match access.snapshot(api_id).await {
            Ok(now) => now,
            Err(e) if e.kind == Kind::NotFound => return Ok(format!("{api_id} is gone, and its logs with it.")),
            Err(e) => return Err(e.into()),
        };
        let Some(settings) = now.stage(stage).map(LogSettings::of) else {
            return Ok(format!("Stage {stage} is gone, and its log settings with it."));
        };
        let (back, kept) = LogSettings::taken_back(&revert.before, &revert.after, &settings);
        if back == settings {
            return Ok(match kept.is_empty() {
                true => format!("The logs of {stage} were back at {} already.", back.words()),
                false => format!("The logs of {stage} stay: {}.", kept.join("; ")),
            });
        }
        let mut mine = now.clone();
        for stage in mine.stages.iter_mut().filter(|s| s.stage_name == *stage) {
            back.put(stage);
        }
        let (level, data_trace) = (
            back.default.level.clone().unwrap_or_else(|| "OFF".to_owned()),
            back.default.data_trace.unwrap_or_default(),
        );
        let wish = Wish {
            of: OfStage { scope: scope.clone(), api_id: api_id.clone(), stage: stage.clone() },
            title: format!("put the logs of {stage} back to {}, as they were set to do", back.words()),
            base: now.clone(),
            mine,
            purpose: Purpose::Logs { level, data_trace, minutes: None },
            ..Wish::default()
        };
        let review = self.propose_on(&access, now, wish).await?;
        self.carry_out_alone(review.id).await?;
        let mut words = format!("The logs of {stage} are back at {}", back.words());
        let late = self.clock_of(scope) - revert.at.unwrap_or_default();
        if late > LATE_MS {
            let due = time::minute(revert.at.unwrap_or_default());
            words = format!("{words}. It was due at {due}: Gatescope was closed then, or could not");
        }
        if !kept.is_empty() {
            words = format!("{words}; but {}", kept.join("; "));
        }
        Ok(format!("{words}."))
    }

    /// Carries a review out with nobody watching.
    async fn carry_out_alone(&self, review: String) -> Result<(), Error> {
        let mut told = self.open_apply(Apply { review, deploy: false }).await?;
        let mut end = None;
        while let Some(batch) = told.next().await {
            end = batch.into_iter().next_back().or(end);
        }
        match end {
            Some(ApplyItem::Finished { .. }) => Ok(()),
            Some(ApplyItem::Failed { problem, change, .. }) => {
                // It is tried again: nobody has to finish this one.
                if let Some(id) = change {
                    self.settle_change(OfChange { id }).await?;
                }
                Err(Error::new(Code::AwsFailed, problem.message))
            }
            _ => Err(Error::new(Code::Internal, "it ended without saying how")),
        }
    }
}

/// Looks until the app is gone. It holds the app only while it works.
async fn watch(app: Weak<Inner>, wake: Arc<Notify>) {
    loop {
        let waits = match app.upgrade() {
            Some(inner) => App { inner }.put_back_what_is_due().await,
            None => return,
        };
        if waits {
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                () = wake.notified() => {}
            }
        } else {
            wake.notified().await;
        }
    }
}
