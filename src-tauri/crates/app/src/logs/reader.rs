//! The reader of one log group: live where that costs nothing or was asked for, polled otherwise, every obstacle told.
//!
//! Live tail is billed by the minute on AWS, so there a group is polled unless a person switched it on. Each read overlaps
//! the one before, because batches come late and out of order (facts 7.2); nothing is given on twice (`logs/seen.rs`), and
//! switching between the two ways loses nothing, because a live tail is read behind once more. It may not know what a line
//! means, nor who follows.

use std::sync::Arc;
use std::time::Duration;

use gatescope_aws::Kind;
use gatescope_aws::logs::LiveTail;
use gatescope_model::conversation::{Problem, TailState};
use gatescope_model::log::LogEvent;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;
use tokio::time::{Instant, sleep, sleep_until};

use super::readers::{Desk, Group, TailEvent, Turns};
use super::seen::Seen;
use crate::error::Error;
use crate::now;

/// Lines may come this much later than ones that have been read already.
const OVERLAP_MS: i64 = 60_000;
/// Between two reads while lines are due.
const PACE: Duration = Duration::from_secs(2);
/// Between two reads, however often somebody asks.
const LEAST_PACE: Duration = Duration::from_secs(1);
/// On this machine nobody counts calls.
const LOCAL_PACE: Duration = Duration::from_millis(100);
/// With nothing due, the log is read this often.
const IDLE_PACE: Duration = Duration::from_secs(10);
/// After the last activity, lines may be due for this long.
const DUE: Duration = Duration::from_secs(120);
/// After a failure; twice as long each time that AWS said it was called too often.
const RETRY: Duration = Duration::from_secs(5);
/// The longest wait after a failure.
const LONGEST_RETRY: Duration = Duration::from_secs(60);
/// A live tail that was refused for now is tried again after this long.
const RETRY_LIVE: Duration = Duration::from_secs(300);
/// A live tail that nobody listened to for this long may have dropped something: its buffer holds ten updates (facts 7.2).
const DEAF: Duration = Duration::from_secs(5);
/// How late lines come at AWS (facts 1.1: 20.1 to 20.3 s), rounded up.
const LAG_MS: i64 = 21_000;

/// Reads until it is aborted.
pub(super) async fn run(group: Group, turns: Turns, desk: Arc<Desk>) {
    let lag = if group.local { 0 } else { LAG_MS };
    let mut reader = Reader {
        group,
        turns,
        desk,
        followers: Vec::new(),
        seen: Seen::default(),
        newest: i64::MAX,
        ingested: i64::MIN,
        lag,
        state: None,
        no_live: None,
        active: Instant::now(),
        read_at: None,
        retry: RETRY,
    };
    loop {
        reader.admit();
        if reader.followers.is_empty() {
            reader.desk.wake.notified().await;
        } else {
            reader.turn().await;
        }
    }
}

struct Followed {
    tell: mpsc::Sender<TailEvent>,
    /// Nothing older is wanted.
    floor: i64,
    /// What lies behind this moment has to be read once more: this follower is new, or did not keep up.
    behind: Option<i64>,
    /// Whether it knows the state.
    told: bool,
}

struct Reader {
    group: Group,
    turns: Turns,
    desk: Arc<Desk>,
    followers: Vec<Followed>,
    seen: Seen,
    /// The newest line's time.
    newest: i64,
    /// The newest ingestion.
    ingested: i64,
    /// How much later than it was written a line may come.
    lag: i64,
    state: Option<(TailState, Option<Problem>)>,
    /// Why it is polled although live is wished, and until when that is not tried again.
    no_live: Option<(Problem, Instant)>,
    active: Instant,
    read_at: Option<Instant>,
    retry: Duration,
}

impl Reader {
    /// Takes in who came, lets go who went, and tells the state to whom it is new.
    fn admit(&mut self) -> bool {
        let (joining, nudged) = self.desk.word();
        let word = nudged || !joining.is_empty();
        for joined in joining {
            self.newest = if self.newest == i64::MAX { joined.since } else { self.newest };
            let behind = Some(joined.since);
            self.followers.push(Followed { tell: joined.tell, floor: joined.since, behind, told: false });
        }
        if word {
            self.active = Instant::now();
        }
        self.followers.retain(|f| !f.tell.is_closed());
        if let Some((state, problem)) = &self.state {
            for follower in self.followers.iter_mut().filter(|f| !f.told) {
                follower.told = follower.tell.try_send(TailEvent::State(*state, problem.clone())).is_ok();
            }
        }
        word
    }

    fn tell(&mut self, state: TailState, problem: Option<Problem>) {
        let new = Some((state, problem));
        if self.state != new {
            self.state = new;
            self.followers.iter_mut().for_each(|f| f.told = false);
        }
        self.admit();
    }

    fn wants_live(&mut self) -> bool {
        let wanted = self.desk.is_live(self.group.local);
        if !wanted || self.no_live.as_ref().is_some_and(|(_, until)| *until <= Instant::now()) {
            // Switched off and on again, it is tried again.
            self.no_live = None;
        }
        wanted && self.no_live.is_none()
    }

    /// One look at the log.
    async fn turn(&mut self) {
        if self.wants_live() {
            let arn = self.group.access.log_group_arn(&self.group.name).await;
            match arn {
                Ok(Some(arn)) => return self.open_live(&arn).await,
                Ok(None) => self.no_group(),
                Err(e) if e.kind == Kind::Denied => return self.refuse_live(e, "logs:DescribeLogGroups"),
                Err(e) => return self.failed(e).await,
            }
        } else {
            match self.read().await {
                Ok(()) => {
                    self.retry = RETRY;
                    let why = self.no_live.as_ref().map(|(problem, _)| problem.clone());
                    self.tell(TailState::Polling, why);
                }
                Err(e) if e.kind == Kind::NotFound => self.no_group(),
                Err(e) => return self.failed(e).await,
            }
        }
        self.pause().await;
    }

    fn no_group(&mut self) {
        // There is nothing behind.
        self.followers.iter_mut().for_each(|f| f.behind = None);
        self.tell(TailState::Polling, Some(missing(&self.group.name)));
    }

    /// Goes on without a live tail, and says so.
    fn refuse_live(&mut self, e: gatescope_aws::Error, needs: &str) {
        let denied = e.kind == Kind::Denied;
        let mut problem = Problem::from(Error::from(e));
        let remedy = if denied {
            format!("It is polled instead. To tail it live, allow {needs}.")
        } else {
            "It is polled instead, and tried again in five minutes.".to_owned()
        };
        problem.hint = Some(remedy);
        self.no_live = Some((problem, Instant::now() + RETRY_LIVE));
    }

    async fn open_live(&mut self, arn: &str) {
        match self.group.access.live_tail(arn).await {
            Ok(live) => self.live(live).await,
            Err(e) if e.kind == Kind::NotFound => {
                self.no_group();
                self.pause().await;
            }
            Err(e) if is_of_the_way(&e) => self.failed(e).await,
            Err(e) => self.refuse_live(e, "logs:StartLiveTail"),
        }
    }

    /// Tails until the session ends or is not wished any more; what came before it began is read once.
    async fn live(&mut self, mut live: LiveTail) {
        self.retry = RETRY;
        self.tell(TailState::Live, None);
        if let Err(e) = self.read_beside().await {
            return self.failed(e).await;
        }
        let desk = Arc::clone(&self.desk);
        loop {
            let read;
            tokio::select! {
                batch = live.next() => match batch {
                    Ok(Some(batch)) => {
                        self.take(batch.events, None);
                        self.completed(now());
                        // What CloudWatch kept back is read the other way.
                        read = batch.sampled;
                    }
                    // Three hours are over: begin again, overlapping.
                    Ok(None) => return,
                    Err(e) => return self.failed(e).await,
                },
                () = desk.wake.notified() => {
                    read = self.admit();
                    if self.followers.is_empty() || !self.wants_live() {
                        return;
                    }
                }
            }
            let room = |f: &Followed| f.behind.is_some() && f.tell.capacity() > 0;
            if (read || self.followers.iter().any(room))
                && let Err(e) = self.read_beside().await
            {
                return self.failed(e).await;
            }
        }
    }

    /// Reads beside a live tail. Who may tail and not read is told what is missing, and tails.
    async fn read_beside(&mut self) -> Result<(), gatescope_aws::Error> {
        loop {
            let began = Instant::now();
            match self.read().await {
                Ok(()) if began.elapsed() < DEAF => return Ok(()),
                Ok(()) => {}
                Err(e) if e.kind == Kind::Denied => {
                    let mut problem = Problem::from(Error::from(e));
                    problem.hint =
                        Some("New lines come. To see those written before, allow logs:FilterLogEvents.".to_owned());
                    self.followers.iter_mut().for_each(|f| f.behind = None);
                    self.tell(TailState::Live, Some(problem));
                    return Ok(());
                }
                Err(e) => return Err(e),
            }
        }
    }

    /// Reads what is new, with an overlap, and what somebody has to catch up on.
    async fn read(&mut self) -> Result<(), gatescope_aws::Error> {
        let began = now();
        self.read_at = Some(Instant::now());
        let horizon = self.newest.saturating_sub(OVERLAP_MS);
        let catching = |f: &&Followed| f.behind.is_some() && f.tell.capacity() > 0;
        let behind = self.followers.iter().filter(catching).filter_map(|f| f.behind).min();
        let floor = self.followers.iter().map(|f| f.floor).min().unwrap_or(horizon);
        let from = behind.map_or(horizon.max(floor), |behind| behind.min(horizon.max(floor)));
        let to_catch_up: Vec<mpsc::Sender<TailEvent>> =
            self.followers.iter().filter(catching).map(|f| f.tell.clone()).collect();
        let mut after = None;
        loop {
            if !self.group.local {
                self.turns.take().await;
            }
            let page = self.group.access.log_page(&self.group.name, from, None, after).await?;
            self.take(page.events, Some(horizon));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        for follower in &mut self.followers {
            // Whoever did not keep up meanwhile is behind again, from another moment on.
            if to_catch_up.iter().any(|t| t.same_channel(&follower.tell)) && follower.tell.capacity() > 0 {
                follower.behind = None;
            }
        }
        self.completed(began);
        Ok(())
    }

    /// Gives lines on. `horizon`: they were read, and what is older than that is new only to whom it was not given yet.
    fn take(&mut self, events: Vec<LogEvent>, horizon: Option<i64>) {
        if events.is_empty() {
            return;
        }
        let mut news = Vec::with_capacity(events.len());
        for event in &events {
            news.push(match horizon {
                Some(horizon) => event.timestamp >= horizon && self.seen.polled(event),
                None => self.seen.live(event),
            });
            self.newest = self.newest.max(event.timestamp);
            if let Some(ingested) = event.ingestion_time {
                self.ingested = self.ingested.max(ingested);
                if self.group.local {
                    self.lag = self.lag.max((ingested - event.timestamp).min(LAG_MS));
                }
            }
        }
        self.seen.forget_before(self.newest.saturating_sub(2 * OVERLAP_MS));
        let mut shared: Option<Arc<[LogEvent]>> = None;
        let oldest = events.iter().map(|e| e.timestamp).min().unwrap_or_default();
        for follower in &mut self.followers {
            let is_whole = follower.behind.is_none() && follower.floor <= oldest;
            let batch: Arc<[LogEvent]> = match &shared {
                Some(shared) if is_whole => Arc::clone(shared),
                _ => {
                    let wanted = |(event, new): &(&LogEvent, &bool)| {
                        event.timestamp >= follower.floor && (**new || follower.behind.is_some())
                    };
                    events.iter().zip(&news).filter(wanted).map(|(event, _)| event.clone()).collect()
                }
            };
            if is_whole {
                shared = Some(Arc::clone(&batch));
            }
            let Some(first) = batch.iter().map(|e| e.timestamp).min() else { continue };
            if let Err(TrySendError::Full(_)) = follower.tell.try_send(TailEvent::Events(batch)) {
                follower.behind = Some(follower.behind.map_or(first, |behind| behind.min(first)));
            }
        }
    }

    fn completed(&mut self, at: i64) {
        self.desk.complete(at.max(self.ingested).saturating_sub(self.lag));
    }

    /// Says what is wrong and waits before the next try, or until somebody asks.
    async fn failed(&mut self, e: gatescope_aws::Error) {
        let throttled = e.kind == Kind::Throttled;
        let wait = self.retry;
        self.retry = if throttled { (self.retry * 2).min(LONGEST_RETRY) } else { RETRY };
        let denied = e.kind == Kind::Denied;
        let mut problem = Problem::from(Error::from(e));
        if denied {
            problem.hint = Some(format!("Allow logs:FilterLogEvents on the log group {}.", self.group.name));
        } else if throttled {
            problem.hint = Some(format!("It is read again in {} s, from where it stopped.", wait.as_secs()));
        }
        self.tell(TailState::Failed, Some(problem));
        let desk = Arc::clone(&self.desk);
        tokio::select! {
            () = sleep(wait) => {}
            () = desk.wake.notified() => { self.admit(); }
        }
    }

    async fn pause(&mut self) {
        let due = self.active.elapsed() < DUE;
        let pace = match (due, self.group.local) {
            (true, true) => LOCAL_PACE,
            (true, false) => PACE,
            (false, _) => IDLE_PACE,
        };
        let desk = Arc::clone(&self.desk);
        tokio::select! {
            () = sleep(pace) => {}
            () = desk.wake.notified() => {
                self.admit();
                if let Some(at) = self.read_at.filter(|_| !self.group.local) {
                    sleep_until(at + LEAST_PACE).await;
                }
            }
        }
    }
}

/// Whether the way to AWS is in question, not the live tail.
fn is_of_the_way(e: &gatescope_aws::Error) -> bool {
    match e.kind {
        Kind::Unreachable | Kind::Expired | Kind::NoCredentials | Kind::Locked => true,
        // Too many sessions at once count as throttled, but polling is another matter.
        Kind::Throttled => e.code.as_deref() != Some("LimitExceededException"),
        _ => false,
    }
}

fn missing(group: &str) -> Problem {
    let made_by = if group.starts_with("/aws/lambda/") {
        "Lambda makes it when the function runs for the first time."
    } else {
        "API Gateway makes it with the first request that it logs."
    };
    Problem {
        code: "not_found".to_owned(),
        message: format!("The log group {group} does not exist yet. {made_by}"),
        hint: None,
        request_id: None,
    }
}

#[cfg(test)]
mod tests;
