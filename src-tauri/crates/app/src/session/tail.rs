//! The log of a session's stage: live where that costs nothing, polled otherwise, and every obstacle told.
//!
//! Live tail is billed by the minute on AWS, so there it is polled; the sandbox and stand-ins on this machine are tailed
//! live. Each read overlaps the one before, because batches come late and out of order (facts 7.2); the correlator
//! drops what it has seen. It may not know what a line means.

use std::sync::Arc;
use std::time::Duration;

use gatescope_aws::{Access, Kind};
use gatescope_model::conversation::{Problem, TailState};
use gatescope_model::log::LogEvent;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use crate::error::Error;

/// Lines may come this much later than ones that have been read already.
const OVERLAP_MS: i64 = 60_000;
/// FilterLogEvents allows five calls a second for the whole account and region (facts 7.2).
const PACE: Duration = Duration::from_secs(2);
/// On this machine nobody counts calls.
const LOCAL_PACE: Duration = Duration::from_millis(100);
/// With nothing due, the log is read this often.
const IDLE_PACE: Duration = Duration::from_secs(10);
/// After the last activity, lines may be due for this long.
const DUE: Duration = Duration::from_secs(120);
/// After a failure.
const RETRY: Duration = Duration::from_secs(5);

/// What the tail tells.
pub(super) enum TailEvent {
    State(TailState, Option<Problem>),
    Events(Vec<LogEvent>),
}

/// A running tail; dropping it ends it.
pub(super) struct TailTask {
    pub events: mpsc::Receiver<TailEvent>,
    nudge: Arc<Notify>,
    task: JoinHandle<()>,
}

impl Drop for TailTask {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl TailTask {
    /// Begins to read `group` from `since` (milliseconds since 1970) on.
    pub(super) fn start(access: Access, group: String, since: i64, local: bool) -> Self {
        let (tell, events) = mpsc::channel(8);
        let nudge = Arc::new(Notify::new());
        let tail = Reader {
            access,
            group,
            newest: since,
            floor: since,
            local,
            nudge: Arc::clone(&nudge),
            tell,
            active: Instant::now(),
        };
        Self { events, nudge, task: tokio::spawn(tail.run()) }
    }

    /// Something was done whose lines are due: read soon.
    pub(super) fn nudge(&self) {
        self.nudge.notify_one();
    }
}

struct Reader {
    access: Access,
    group: String,
    /// The newest line's time.
    newest: i64,
    /// Nothing older is wanted.
    floor: i64,
    local: bool,
    nudge: Arc<Notify>,
    tell: mpsc::Sender<TailEvent>,
    active: Instant,
}

impl Reader {
    async fn run(mut self) {
        // Ends with the task, or when nobody listens any more.
        while self.turn().await.is_some() {}
    }

    /// One look at the log. `None`: nobody listens.
    async fn turn(&mut self) -> Option<()> {
        if self.local {
            match self.access.log_group_arn(&self.group).await {
                Ok(Some(arn)) => return self.live(&arn).await,
                Ok(None) => self.state(TailState::Polling, Some(no_group(&self.group))).await?,
                Err(e) => return self.failed(e).await,
            }
        } else {
            match self.read().await {
                Ok(()) => self.state(TailState::Polling, None).await?,
                Err(e) if e.kind == Kind::NotFound => {
                    self.state(TailState::Polling, Some(no_group(&self.group))).await?
                }
                Err(e) => return self.failed(e).await,
            }
        }
        self.pause().await;
        Some(())
    }

    /// Tails until the session ends; what came before it began is read once.
    async fn live(&mut self, arn: &str) -> Option<()> {
        let mut live = match self.access.live_tail(arn).await {
            Ok(live) => live,
            Err(e) => return self.failed(e).await,
        };
        self.state(TailState::Live, None).await?;
        if let Err(e) = self.read().await {
            return self.failed(e).await;
        }
        loop {
            tokio::select! {
                batch = live.next() => match batch {
                    Ok(Some(batch)) => {
                        let sampled = batch.sampled;
                        self.events(batch.events).await?;
                        // What CloudWatch kept back is read the other way.
                        if sampled && let Err(e) = self.read().await {
                            return self.failed(e).await;
                        }
                    }
                    // Three hours are over: begin again, overlapping.
                    Ok(None) => return Some(()),
                    Err(e) => return self.failed(e).await,
                },
                () = self.nudge.notified() => if let Err(e) = self.read().await {
                    return self.failed(e).await;
                },
                () = self.tell.closed() => return None,
            }
        }
    }

    async fn read(&mut self) -> Result<(), gatescope_aws::Error> {
        let since = (self.newest - OVERLAP_MS).max(self.floor);
        let events = self.access.log_events(&self.group, since).await?;
        let _ = self.events(events).await;
        Ok(())
    }

    async fn events(&mut self, events: Vec<LogEvent>) -> Option<()> {
        if let Some(newest) = events.iter().map(|e| e.timestamp).max() {
            self.newest = self.newest.max(newest);
        }
        if events.is_empty() { Some(()) } else { self.tell.send(TailEvent::Events(events)).await.ok() }
    }

    async fn state(&self, state: TailState, problem: Option<Problem>) -> Option<()> {
        self.tell.send(TailEvent::State(state, problem)).await.ok()
    }

    /// Says what is wrong and waits before the next try, or until somebody asks.
    async fn failed(&mut self, e: gatescope_aws::Error) -> Option<()> {
        self.state(TailState::Failed, Some(Error::from(e).into())).await?;
        tokio::select! {
            () = sleep(RETRY) => {}
            () = self.nudge.notified() => self.active = Instant::now(),
        }
        Some(())
    }

    async fn pause(&mut self) {
        let due = self.active.elapsed() < DUE;
        let pace = match (due, self.local) {
            (true, true) => LOCAL_PACE,
            (true, false) => PACE,
            (false, _) => IDLE_PACE,
        };
        tokio::select! {
            () = sleep(pace) => {}
            () = self.nudge.notified() => self.active = Instant::now(),
        }
    }
}

fn no_group(group: &str) -> Problem {
    Problem {
        code: "not_found".to_owned(),
        message: format!(
            "The log group {group} does not exist yet. API Gateway makes it with the first request that it logs."
        ),
        hint: None,
        request_id: None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use std::sync::Mutex;

    use bytes::Bytes;
    use gatescope_aws::in_process::{Body, InProcess};
    use http_body_util::{BodyExt, Full};

    use super::*;

    const EMPTY: &str = r#"{"events":[],"searchedLogStreams":[]}"#;
    const ONE: &str =
        r#"{"events":[{"eventId":"1","logStreamName":"s","timestamp":5,"message":"(x=) hello","ingestionTime":6}]}"#;

    /// A CloudWatch that answers one after the other, the last one for ever.
    fn cloudwatch(answers: &'static [(u16, &'static str)]) -> Access {
        let at = Arc::new(Mutex::new(0));
        let aws = InProcess::new(move |_| {
            let mut at = at.lock().unwrap();
            let (status, body) = answers[(*at).min(answers.len() - 1)];
            *at += 1;
            let body: Body = Full::new(Bytes::from_static(body.as_bytes())).map_err(|never| match never {}).boxed();
            let response = http::Response::builder().status(status).body(body).unwrap();
            Box::pin(async move { response })
        });
        Access::in_process(aws, "us-east-1", ("AKIDEXAMPLE", "secret"), gatescope_aws::Guards::default())
    }

    async fn told(tail: &mut TailTask) -> (TailState, Option<Problem>) {
        loop {
            if let TailEvent::State(state, problem) = tail.events.recv().await.unwrap() {
                return (state, problem);
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_expired_credential_is_told_with_its_remedy_and_tried_again() {
        let expired =
            r#"{"__type":"ExpiredTokenException","message":"The security token included in the request is expired"}"#;
        let aws = cloudwatch(Box::leak(Box::new([(400, expired), (200, EMPTY)])));
        let mut tail = TailTask::start(aws, "/aws/apigateway/a/b".into(), 0, false);
        let (state, problem) = told(&mut tail).await;
        assert_eq!((state, problem.unwrap().code.as_str()), (TailState::Failed, "credentials_expired"));
        assert_eq!(told(&mut tail).await, (TailState::Polling, None));
    }

    #[tokio::test(start_paused = true)]
    async fn a_throttled_read_is_told_and_nothing_is_lost() {
        let throttled = (400, r#"{"__type":"ThrottlingException","message":"Rate exceeded"}"#);
        // The SDK itself tries three times before it gives up.
        let aws = cloudwatch(Box::leak(Box::new([throttled, throttled, throttled, (200, ONE)])));
        let mut tail = TailTask::start(aws, "/aws/apigateway/a/b".into(), 0, false);
        let (state, problem) = told(&mut tail).await;
        assert_eq!((state, problem.unwrap().code.as_str()), (TailState::Failed, "throttled"));
        let Some(TailEvent::Events(events)) = tail.events.recv().await else { panic!("no events") };
        assert_eq!(events[0].message, "(x=) hello");
    }

    #[tokio::test(start_paused = true)]
    async fn a_group_that_does_not_exist_yet_is_waited_for() {
        let missing = r#"{"__type":"ResourceNotFoundException","message":"The specified log group does not exist."}"#;
        let aws = cloudwatch(Box::leak(Box::new([(400, missing), (200, EMPTY)])));
        let mut tail = TailTask::start(aws, "/aws/apigateway/a/b".into(), 0, false);
        let (state, problem) = told(&mut tail).await;
        assert_eq!(state, TailState::Polling);
        assert!(problem.unwrap().message.contains("does not exist yet"));
        assert_eq!(told(&mut tail).await, (TailState::Polling, None));
    }
}
