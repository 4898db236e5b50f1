//! Carrying a review out, step by step, told as it goes. A step that fails stops the rest, and both are said.
//!
//! AWS needs time after some calls (a role, a stage's settings): that is waited for here, in words.

use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use gatescope_aws::change::{Made, is_role_not_known_yet};
use gatescope_aws::{Access, Error as AwsError, Kind};
use gatescope_model::conversation::Problem;
use gatescope_model::review::{ApplyItem, Step};
use tokio::sync::mpsc;

use crate::calls::Apply;
use crate::edit::place;
use crate::error::{Code, Error};
use crate::reviews::{Draft, Purpose};
use crate::session::Note;
use crate::{App, SANDBOX, locked};

/// How long IAM usually takes to be known everywhere is 10 s; after this long something else is wrong.
const ROLE_PATIENCE: Duration = Duration::from_secs(60);
/// Between two tries. UpdateAccount is limited to one in 20 s (facts 5.1), but AWS counts refused calls less strictly;
/// a throttled try is only another wait.
const ROLE_PAUSE: Duration = Duration::from_secs(5);
/// A change of a stage's settings takes 39 to 44 s to act (facts 1.1); earlier requests go unlogged.
const SETTINGS_TAKE: Duration = Duration::from_secs(45);

impl App {
    pub(crate) async fn open_apply(&self, ask: Apply) -> Result<BoxStream<'static, Vec<ApplyItem>>, Error> {
        let gone = || Error::new(Code::BadQuestion, "this review is gone: open it again");
        let draft = locked(&self.inner.reviews).take(&ask.review).ok_or_else(gone)?;
        let access = self.access(&draft.of.scope).await?;
        let (tell, told) = mpsc::channel(64);
        let app = self.clone();
        // A task of its own, so that a call under way is never cut off: who stops listening stops what comes after it.
        tokio::spawn(async move { app.carry_out(draft, ask.deploy, &access, &tell).await });
        Ok(items(told).boxed())
    }

    async fn carry_out(&self, draft: Draft, deploy: bool, access: &Access, tell: &mpsc::Sender<ApplyItem>) {
        match access.snapshot(&draft.of.api_id).await {
            Ok(now) if !draft.is_overtaken_by(&now) => {}
            Ok(_) => {
                let message = "somebody changed the API since this review was opened; nothing was sent";
                let mut error = Error::new(Code::Conflict, message);
                error.hint = Some("Close it and open it again: it will be made against what stands now.".to_owned());
                return say(tell, ApplyItem::Failed { step: 0, problem: error.into(), change: None }).await;
            }
            Err(e) => {
                return say(tell, ApplyItem::Failed { step: 0, problem: Error::from(e).into(), change: None }).await;
            }
        }
        let mut deployment = None;
        let mut role = None;
        let mut began = false;
        for (index, step) in draft.steps(deploy) {
            let at = u32::try_from(index).unwrap_or(u32::MAX);
            if tell.is_closed() {
                return self.left_half_done(&draft, began);
            }
            say(tell, ApplyItem::Started { step: at }).await;
            match self.carry_out_step(access, step, at, role.as_deref(), tell).await {
                Ok(made) => {
                    match step.operation.as_str() {
                        "CreateDeployment" => deployment = made.id,
                        "CreateRole" => role = made.id,
                        _ => {}
                    }
                    began = true;
                    say(tell, ApplyItem::Done { step: at }).await;
                }
                Err(e) => {
                    self.left_half_done(&draft, began);
                    let problem = Problem::from(Error::from(e));
                    return say(tell, ApplyItem::Failed { step: at, problem, change: None }).await;
                }
            }
        }
        if let Err(e) = self.settle(&draft, deploy, deployment.clone(), access, tell).await {
            let last = u32::try_from(draft.review.steps.len().saturating_sub(1)).unwrap_or_default();
            return say(tell, ApplyItem::Failed { step: last, problem: e.into(), change: None }).await;
        }
        say(tell, ApplyItem::Finished { deployment, change: 0, api_id: None }).await;
    }

    /// Some of a fix's calls were made and no deployment took them: the stage's badge says so.
    fn left_half_done(&self, draft: &Draft, began: bool) {
        if let (true, Purpose::Fix { words, .. }) = (began, &draft.purpose) {
            let place = place(&draft.of.scope, &draft.of.api_id);
            if let Err(e) = self.inner.store.not_deployed(place, &draft.of.stage, &format!("{words} in part")) {
                tracing::warn!("an undeployed change could not be remembered: {e}");
            }
        }
    }

    async fn carry_out_step(
        &self,
        access: &Access,
        step: &Step,
        at: u32,
        new_role: Option<&str>,
        tell: &mpsc::Sender<ApplyItem>,
    ) -> Result<Made, AwsError> {
        let mut step = step.clone();
        if let (Some(arn), Some(value)) = (new_role, step.input.pointer_mut("/patchOperations/0/value")) {
            *value = arn.into();
        }
        let began = tokio::time::Instant::now();
        loop {
            match access.carry_out(&step).await {
                Err(e) if step.operation == "UpdateAccount" && may_wait(&e) && began.elapsed() < ROLE_PATIENCE => {
                    let what = "until the role is known everywhere, usually 10 s".to_owned();
                    say(tell, ApplyItem::Waiting { step: at, what }).await;
                    tokio::select! {
                        () = tokio::time::sleep(ROLE_PAUSE) => {}
                        () = tell.closed() => return Err(e),
                    }
                }
                other => return other,
            }
        }
    }

    /// What follows when all calls went well: read back, waited for, remembered, and told to open conversations.
    async fn settle(
        &self,
        draft: &Draft,
        deployed: bool,
        deployment: Option<String>,
        access: &Access,
        tell: &mpsc::Sender<ApplyItem>,
    ) -> Result<(), Error> {
        let of = &draft.of;
        let place = place(&of.scope, &of.api_id);
        let note = match &draft.purpose {
            Purpose::Logs { level, data_trace } => {
                let settings = access.stage(&of.api_id, &of.stage).await?.default_route_settings;
                if settings.logging_level.as_deref() != Some(level)
                    || settings.data_trace_enabled.unwrap_or_default() != *data_trace
                {
                    return Err(Error::new(
                        Code::Conflict,
                        "the stage reads back with other log settings: somebody else changed it",
                    ));
                }
                self.wait_for_settings(draft, access, tell).await;
                Note::Logs { level: level.clone(), data_trace: *data_trace }
            }
            Purpose::Fix { cause, words } => {
                if deployed {
                    self.inner.store.deployed(place, &of.stage)?;
                } else {
                    self.inner.store.not_deployed(place, &of.stage, words)?;
                }
                Note::Fixed { cause: cause.clone(), words: words.clone(), deployment, deployed }
            }
            Purpose::Deploy => {
                self.inner.store.deployed(place, &of.stage)?;
                Note::Deployed { deployment }
            }
        };
        let snapshot = access.snapshot(&of.api_id).await?;
        self.tell_sessions(of, note, snapshot).await;
        Ok(())
    }

    async fn wait_for_settings(&self, draft: &Draft, access: &Access, tell: &mpsc::Sender<ApplyItem>) {
        // The sandbox, and stand-ins for AWS on a port of this machine, act at once.
        if draft.of.scope.account == SANDBOX || access.endpoint_url().is_some() {
            return;
        }
        let step = u32::try_from(draft.review.steps.len().saturating_sub(1)).unwrap_or_default();
        let what = "until API Gateway acts on the new settings, usually 40 s".to_owned();
        say(tell, ApplyItem::Waiting { step, what }).await;
        tokio::select! {
            () = tokio::time::sleep(SETTINGS_TAKE) => {}
            () = tell.closed() => {}
        }
    }
}

fn may_wait(error: &AwsError) -> bool {
    is_role_not_known_yet(error) || error.kind == Kind::Throttled
}

/// Nobody listening is no reason to stop.
async fn say(tell: &mpsc::Sender<ApplyItem>, item: ApplyItem) {
    let _ = tell.send(item).await;
}

fn items(mut told: mpsc::Receiver<ApplyItem>) -> impl futures_util::Stream<Item = Vec<ApplyItem>> + Send {
    futures_util::stream::poll_fn(move |context| {
        let mut batch = Vec::new();
        told.poll_recv_many(context, &mut batch, 64).map(|n| (n > 0).then_some(batch))
    })
}
