//! Who reads which log group: one reader a group, whoever looks at it.
//!
//! A conversation and a book, or two books, that follow the same group share its reader, so that no call of AWS is made
//! twice. It begins with the first follower and ends with the last one. It may not know how a group is read; where to look
//! next: `logs/reader.rs`.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gatescope_aws::Access;
use gatescope_model::conversation::{Problem, TailState};
use gatescope_model::log::LogEvent;
use tokio::sync::{Notify, mpsc};
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep_until};

use super::reader;
use crate::calls::Scope;
use crate::locked;

/// Batches on the way to a follower; one that is further behind is given the rest later.
const BATCHES: usize = 64;
/// FilterLogEvents allows five calls a second for the whole account and region (facts 7.2); others call too.
const BETWEEN_CALLS: Duration = Duration::from_millis(300);
/// Nothing is complete yet.
const NEVER: i64 = i64::MIN;

/// What a follower is told.
#[derive(Clone, Debug)]
pub(crate) enum TailEvent {
    /// What the reader does, and what is in its way.
    State(TailState, Option<Problem>),
    /// Lines that this follower has not been given before.
    Events(Arc<[LogEvent]>),
}

/// A log group, and how it is reached.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    /// Where.
    pub(crate) scope: Scope,
    /// The way there.
    pub(crate) access: Access,
    /// Its name.
    pub(crate) name: String,
    /// Whether AWS is on this machine: then it is tailed live, which costs nothing.
    pub(crate) local: bool,
}

type Key = (Scope, String);

/// The readers that run. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Readers(Arc<Mutex<Running>>);

#[derive(Default)]
struct Running {
    next: u64,
    readers: HashMap<Key, Reader>,
    turns: HashMap<Scope, Turns>,
}

struct Reader {
    desk: Arc<Desk>,
    task: AbortHandle,
    followers: usize,
}

/// Where followers leave word for their reader.
pub(super) struct Desk {
    word: Mutex<Word>,
    pub(super) wake: Notify,
    complete_to: AtomicI64,
}

#[derive(Default)]
struct Word {
    joining: Vec<Joining>,
    live: HashMap<u64, bool>,
    nudged: bool,
}

/// Somebody who begins to follow.
pub(super) struct Joining {
    pub(super) since: i64,
    pub(super) tell: mpsc::Sender<TailEvent>,
}

impl Desk {
    /// Who came, and whether somebody waits for lines.
    pub(super) fn word(&self) -> (Vec<Joining>, bool) {
        let mut word = locked(&self.word);
        (std::mem::take(&mut word.joining), std::mem::take(&mut word.nudged))
    }

    /// What the followers wish: live wherever one of them said so; else live where it costs nothing and nobody minds.
    pub(super) fn is_live(&self, local: bool) -> bool {
        let word = locked(&self.word);
        word.live.values().any(|live| *live) || local && word.live.is_empty()
    }

    /// Lines are complete up to a moment; it never goes back.
    pub(super) fn complete(&self, to: i64) {
        self.complete_to.fetch_max(to, Ordering::Relaxed);
    }
}

/// Calls of a scope, one after the other.
#[derive(Clone, Default)]
pub(crate) struct Turns(Arc<Mutex<Option<Instant>>>);

impl Turns {
    /// Waits until one more call may be made.
    pub(crate) async fn take(&self) {
        let at = {
            let mut next = locked(&self.0);
            let at = next.unwrap_or_else(Instant::now).max(Instant::now());
            *next = Some(at + BETWEEN_CALLS);
            at
        };
        sleep_until(at).await;
    }
}

impl Readers {
    /// Begins to follow a group from `since` (milliseconds since 1970) on.
    pub(crate) fn follow(&self, group: Group, since: i64) -> Follower {
        let (tell, events) = mpsc::channel(BATCHES);
        let key = (group.scope.clone(), group.name.clone());
        let turns = self.turns(&group.scope);
        let mut running = locked(&self.0);
        running.next += 1;
        let id = running.next;
        let reader = running.readers.entry(key.clone()).or_insert_with(|| {
            let desk =
                Arc::new(Desk { word: Mutex::default(), wake: Notify::new(), complete_to: AtomicI64::new(NEVER) });
            let task = tokio::spawn(reader::run(group, turns, Arc::clone(&desk))).abort_handle();
            Reader { desk, task, followers: 0 }
        });
        reader.followers += 1;
        let desk = Arc::clone(&reader.desk);
        drop(running);
        locked(&desk.word).joining.push(Joining { since, tell });
        desk.wake.notify_one();
        Follower { events, id, key, desk, readers: self.clone() }
    }

    /// The turns of a scope's calls.
    pub(crate) fn turns(&self, scope: &Scope) -> Turns {
        locked(&self.0).turns.entry(scope.clone()).or_default().clone()
    }
}

/// Somebody who follows a group; dropping it ends that.
pub(crate) struct Follower {
    pub(crate) events: mpsc::Receiver<TailEvent>,
    id: u64,
    key: Key,
    desk: Arc<Desk>,
    readers: Readers,
}

impl Follower {
    /// Something was done whose lines are due: read soon.
    pub(crate) fn nudge(&self) {
        locked(&self.desk.word).nudged = true;
        self.desk.wake.notify_one();
    }

    /// Wishes that the group is tailed live, or polled, for as long as this one follows.
    pub(crate) fn set_live(&self, live: bool) {
        locked(&self.desk.word).live.insert(self.id, live);
        self.desk.wake.notify_one();
    }

    /// Lines are complete up to here, milliseconds since 1970.
    pub(crate) fn complete_to(&self) -> Option<i64> {
        Some(self.desk.complete_to.load(Ordering::Relaxed)).filter(|to| *to != NEVER)
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        let mut running = locked(&self.readers.0);
        let Some(reader) = running.readers.get_mut(&self.key) else { return };
        reader.followers -= 1;
        if reader.followers == 0 {
            reader.task.abort();
            running.readers.remove(&self.key);
        } else {
            locked(&self.desk.word).live.remove(&self.id);
            self.desk.wake.notify_one();
        }
    }
}
