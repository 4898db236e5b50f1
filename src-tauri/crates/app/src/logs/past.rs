//! A past window of one log group, read whole, page by page.
//!
//! What can't go on stops and says up to where it is complete; asked again, it goes on from there, overlapping.

use std::time::Duration;

use gatescope_aws::Kind;
use gatescope_model::conversation::Problem;
use gatescope_model::log::LogEvent;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use super::readers::{Group, Turns};
use crate::error::Error;

/// After AWS said that it was called too often; twice as long each time.
const RETRY: Duration = Duration::from_secs(2);
/// So often in a row.
const TRIES: u32 = 5;

/// What is told of the reading.
pub(super) enum PastEvent {
    /// Lines, and up to where they are complete.
    Page(Vec<LogEvent>, i64),
    /// Everything is there.
    Over,
    /// It has stopped; up to a moment it is complete.
    Stopped(Problem),
}

/// A window that is being read; dropping it ends that.
pub(super) struct Past {
    pub(super) events: mpsc::Receiver<PastEvent>,
    task: JoinHandle<()>,
}

impl Drop for Past {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Past {
    /// Begins to read.
    pub(super) fn read(group: Group, turns: Turns, from: i64, to: i64) -> Self {
        // One page is read while another one is taken in; no more.
        let (tell, events) = mpsc::channel(1);
        let task = tokio::spawn(async move {
            let _ = run(group, turns, from, to, tell).await;
        });
        Self { events, task }
    }
}

/// Ends early when nobody listens.
async fn run(group: Group, turns: Turns, from: i64, to: i64, tell: mpsc::Sender<PastEvent>) -> Option<()> {
    let mut after = None;
    let mut tries = 0;
    let mut complete = from;
    loop {
        if !group.local {
            turns.take().await;
        }
        match group.access.log_page(&group.name, from, Some(to), after.clone()).await {
            Ok(page) => {
                tries = 0;
                after = page.next;
                complete = page.events.last().map_or(complete, |e| e.timestamp.max(complete));
                if !page.events.is_empty() {
                    tell.send(PastEvent::Page(page.events, complete)).await.ok()?;
                }
                if after.is_none() {
                    return tell.send(PastEvent::Over).await.ok();
                }
            }
            Err(e) if e.kind == Kind::Throttled && tries < TRIES => {
                sleep(RETRY * 2_u32.pow(tries)).await;
                tries += 1;
            }
            Err(e) => {
                let kind = e.kind;
                let mut problem = Problem::from(Error::from(e));
                match kind {
                    Kind::NotFound => {
                        problem.message = format!("There is no log group {}: nothing was logged.", group.name);
                    }
                    Kind::Denied => {
                        problem.hint = Some(format!("Allow logs:FilterLogEvents on the log group {}.", group.name));
                    }
                    _ => {}
                }
                return tell.send(PastEvent::Stopped(problem)).await.ok();
            }
        }
    }
}
