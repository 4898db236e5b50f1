//! Every call that was made since the start: what, on what, how it went, and the same as an `aws` command.
//!
//! A ring of the newest ones; whoever follows it reads from the ring, so a slow reader costs nothing and loses only what
//! the ring let go. Nothing of an answer is kept but its status, its request id, and AWS's words when it refused. Where to
//! look next: `watch.rs` (who writes here), `calls/command.rs`.

pub(crate) mod command;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gatescope_model::permission::Need;
use tokio::sync::watch;
use tokio::time::Instant;

/// The newest calls, this many and this many bytes of commands.
const CALLS: usize = 2000;
const BYTES: usize = 8 << 20;
/// Between two batches: 60 a second.
const PAUSE: Duration = Duration::from_millis(17);
/// Different needs that are remembered of one place.
const NEEDS: usize = 5000;

/// One call of AWS.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Call {
    /// Rises by one with each call.
    pub number: u64,
    /// The account, as whoever opened the access calls it.
    pub account: String,
    /// The region.
    pub region: String,
    /// As the `aws` command names it: `apigatewayv2`.
    pub service: String,
    /// `GetRoutes`.
    pub operation: String,
    /// On what: `3fmvso4h96 · 7kq2m1x`.
    pub target: String,
    /// Milliseconds since 1970.
    pub at: i64,
    /// How long it took, waiting and tries included; `None`: under way.
    pub took: Option<Duration>,
    /// How often it was sent.
    pub tries: u32,
    /// How long it waited for its turn.
    pub waited: Duration,
    /// HTTP status of the last answer; 0: none.
    pub status: u16,
    /// AWS's request id.
    pub request_id: String,
    /// Why it did not work.
    pub error: Option<String>,
    /// The same as an `aws` command. Secrets are masked.
    pub command: String,
}

/// What somebody who follows is told.
#[derive(Clone, Debug, PartialEq)]
pub enum News {
    /// A call, or news of one.
    Call(Box<Call>),
    /// How many calls are under way, and how many wait for their turn.
    Pace {
        /// Sent, not answered.
        under_way: u32,
        /// Not sent yet.
        waiting: u32,
    },
}

/// The calls of all accounts. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Calls(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    ring: Mutex<Ring>,
    changed: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Ring {
    /// Each with the change by which it was touched last. Numbers are without gaps.
    calls: VecDeque<(u64, Call)>,
    next: u64,
    bytes: usize,
    change: u64,
    pace_change: u64,
    under_way: u32,
    waiting: u32,
    /// By account and region: what the calls needed, and how many they were.
    needs: BTreeMap<(String, String), (Vec<Need>, u32)>,
}

impl Default for Calls {
    fn default() -> Self {
        Self(Arc::new(Shared { ring: Mutex::default(), changed: watch::Sender::new(0) }))
    }
}

impl Calls {
    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.0.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(&self, make: impl FnOnce(&mut Ring) -> T) -> T {
        let mut ring = self.ring();
        ring.change += 1;
        let made = make(&mut ring);
        let change = ring.change;
        drop(ring);
        self.0.changed.send_replace(change);
        made
    }

    /// A call begins; its number.
    pub(crate) fn begin(&self, mut call: Call) -> u64 {
        self.change(|ring| {
            let number = ring.next;
            ring.next += 1;
            call.number = number;
            ring.calls.push_back((ring.change, call));
            number
        })
    }

    /// News of a call, unless the ring let it go.
    pub(crate) fn update(&self, number: u64, news: impl FnOnce(&mut Call)) {
        self.change(|ring| {
            let Some(first) = ring.calls.front().map(|(_, call)| call.number) else { return };
            let Some(at) = number.checked_sub(first).and_then(|at| usize::try_from(at).ok()) else { return };
            let change = ring.change;
            if let Some((touched, call)) = ring.calls.get_mut(at) {
                let before = call.command.len();
                news(call);
                *touched = change;
                ring.bytes = ring.bytes - before + call.command.len();
            }
            while ring.calls.len() > CALLS || (ring.bytes > BYTES && ring.calls.len() > 1) {
                if let Some((_, gone)) = ring.calls.pop_front() {
                    ring.bytes -= gone.command.len();
                }
            }
        });
    }

    /// What a call needs of IAM.
    pub(crate) fn needs(&self, account: &str, region: &str, needs: Vec<Need>) {
        let mut ring = self.ring();
        let (known, calls) = ring.needs.entry((account.to_owned(), region.to_owned())).or_default();
        *calls = calls.saturating_add(1);
        for need in needs {
            if known.len() < NEEDS && !known.contains(&need) {
                known.push(need);
            }
        }
    }

    /// What the calls to a place needed since the start, each once, and how many calls they were.
    #[must_use]
    pub fn needed(&self, account: &str, region: &str) -> (Vec<Need>, u32) {
        self.ring().needs.get(&(account.to_owned(), region.to_owned())).cloned().unwrap_or_default()
    }

    /// Counts a call as waiting, or as under way, for as long as the answer lives.
    pub(crate) fn count(&self, what: Counted) -> Counting {
        self.pace(what, 1);
        Counting { calls: self.clone(), what }
    }

    fn pace(&self, what: Counted, by: i32) {
        self.change(|ring| {
            let count = if what == Counted::Waiting { &mut ring.waiting } else { &mut ring.under_way };
            *count = count.saturating_add_signed(by);
            ring.pace_change = ring.change;
        });
    }

    /// Everything that is remembered, and then what comes.
    #[must_use]
    pub fn follow(&self) -> Following {
        Following { calls: self.clone(), changed: self.0.changed.subscribe(), seen: None, told: None }
    }
}

/// What a [`Counting`] counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counted {
    Waiting,
    UnderWay,
}

/// Counts until it is dropped.
pub(crate) struct Counting {
    calls: Calls,
    what: Counted,
}

impl Drop for Counting {
    fn drop(&mut self) {
        self.calls.pace(self.what, -1);
    }
}

/// Somebody who follows.
pub struct Following {
    calls: Calls,
    changed: watch::Receiver<u64>,
    seen: Option<u64>,
    told: Option<Instant>,
}

impl Following {
    /// The next batch: never empty, at most 60 a second. The first one is there at once.
    pub async fn next(&mut self) -> Vec<News> {
        if let Some(told) = self.told {
            tokio::time::sleep_until(told + PAUSE).await;
        }
        loop {
            let batch = self.since();
            if !batch.is_empty() {
                self.told = Some(Instant::now());
                return batch;
            }
            if self.changed.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    fn since(&mut self) -> Vec<News> {
        self.changed.borrow_and_update();
        let ring = self.calls.ring();
        let is_new = |change: u64| self.seen.is_none_or(|seen| change > seen);
        let calls = ring.calls.iter().filter(|(change, _)| is_new(*change));
        let mut news: Vec<News> = calls.map(|(_, call)| News::Call(Box::new(call.clone()))).collect();
        if is_new(ring.pace_change) {
            news.push(News::Pace { under_way: ring.under_way, waiting: ring.waiting });
        }
        self.seen = Some(ring.change);
        news
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(news: &[News]) -> Vec<u64> {
        news.iter().filter_map(|n| if let News::Call(call) = n { Some(call.number) } else { None }).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn a_follower_gets_what_is_there_and_then_only_what_is_new_in_few_batches() {
        let calls = Calls::default();
        for _ in 0..3 {
            calls.begin(Call::default());
        }
        let mut following = calls.follow();
        let first = following.next().await;
        assert_eq!(numbers(&first), [0, 1, 2]);
        assert_eq!(first.last(), Some(&News::Pace { under_way: 0, waiting: 0 }));
        for n in 0..500 {
            calls.update(1, |call| call.tries = n);
        }
        calls.begin(Call::default());
        let began = Instant::now();
        let second = following.next().await;
        assert_eq!(numbers(&second), [1, 3], "each call once, as it is now");
        assert!(began.elapsed() >= PAUSE);
        let waiting = calls.count(Counted::Waiting);
        assert_eq!(following.next().await, [News::Pace { under_way: 0, waiting: 1 }]);
        drop(waiting);
        assert_eq!(following.next().await, [News::Pace { under_way: 0, waiting: 0 }]);
    }

    #[test]
    fn only_the_newest_calls_are_kept_and_late_news_of_others_is_dropped() {
        let calls = Calls::default();
        for n in 0..2500 {
            let number = calls.begin(Call::default());
            assert_eq!(number, n);
            calls.update(number, |call| "x".clone_into(&mut call.command));
        }
        calls.update(3, |call| call.status = 200);
        let kept = calls.follow().since();
        assert_eq!((numbers(&kept).len(), numbers(&kept)[0]), (CALLS, 500));
        for _ in 0..20 {
            let number = calls.begin(Call::default());
            calls.update(number, |call| call.command = "y".repeat(1 << 20));
        }
        let kept: usize = calls.ring().calls.iter().map(|(_, call)| call.command.len()).sum();
        assert!(kept <= BYTES && kept == calls.ring().bytes, "{kept}");
    }
}
