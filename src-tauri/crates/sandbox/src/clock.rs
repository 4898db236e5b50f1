//! The sandbox's clock: it starts at the wall's time, can run faster, and can be moved on.
//!
//! Everything that waits in the sandbox waits by this clock, so that 10 idle minutes pass in a second when a user or a
//! test asks for it. It follows tokio's clock, so a paused test moves timestamps too. The second half prints times.

use std::future::Future;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use tokio::sync::Notify;
use tokio::time::Instant;

/// The last millisecond that can be printed: the end of the year 9999.
const LATEST_MS: i64 = 253_402_300_799_999;

/// `20260925T092029Z`.
const BASIC: &[BorrowedFormatItem<'_>] = format_description!("[year][month][day]T[hour][minute][second]Z");
/// `25/Sep/2026:09:20:30 +0000`.
const REQUEST: &[BorrowedFormatItem<'_>] =
    format_description!("[day]/[month repr:short]/[year]:[hour]:[minute]:[second] +0000");
/// `Fri, 25 Sep 2026 09:20:29 GMT`.
const HTTP: &[BorrowedFormatItem<'_>] =
    format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");
/// `2026-09-25T00:22:29.887Z`.
const MILLIS: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
/// `2026-09-25T01:16:10Z`.
const SECONDS: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");

/// A point of the sandbox's time: since the sandbox started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(Duration);

impl Moment {
    /// How long before this one another was; nothing when it was not.
    pub(crate) fn since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

impl std::ops::Add<Duration> for Moment {
    type Output = Self;
    fn add(self, more: Duration) -> Self {
        Self(self.0.saturating_add(more))
    }
}

/// Wall time at the start, then as fast as it is told to run.
pub(crate) struct Clock {
    /// What a reading of zero is, milliseconds since 1970.
    epoch_ms: AtomicI64,
    pace: Mutex<Pace>,
    /// Wakes every sleeper: speed or time have changed.
    changed: Notify,
}

/// From `since` on, which was `reading`, time runs `speed` times as fast as tokio's.
#[derive(Clone, Copy)]
struct Pace {
    since: Instant,
    reading: Duration,
    speed: f64,
}

impl Pace {
    fn passed(&self) -> Duration {
        let elapsed = self.since.elapsed();
        // Nearly always, and ten times as fast as reckoning with fractions.
        if self.speed.to_bits() == 1.0_f64.to_bits() { elapsed } else { elapsed.mul_f64(self.speed) }
    }

    fn reading(&self) -> Duration {
        self.reading.saturating_add(self.passed())
    }
}

impl Clock {
    /// Begins at `epoch_ms` milliseconds since 1970, or at the wall's time.
    pub(crate) fn start(speed: f64, epoch_ms: Option<i64>) -> Self {
        Self {
            epoch_ms: AtomicI64::new(epoch_ms.map_or_else(wall, |ms| ms.clamp(0, LATEST_MS))),
            pace: Mutex::new(Pace { since: Instant::now(), reading: Duration::ZERO, speed: sane(speed) }),
            changed: Notify::new(),
        }
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How much faster than the wall's it runs.
    pub(crate) fn speed(&self) -> f64 {
        self.pace().speed
    }

    /// Runs at another speed from now on.
    pub(crate) fn set_speed(&self, speed: f64) {
        let mut pace = self.pace();
        *pace = Pace { since: Instant::now(), reading: pace.reading(), speed: sane(speed) };
        drop(pace);
        self.changed.notify_waiters();
    }

    /// Moves the time on; whoever sleeps wakes as if it had passed.
    pub(crate) fn advance(&self, by: Duration) {
        let mut pace = self.pace();
        pace.reading = pace.reading.saturating_add(by);
        drop(pace);
        self.changed.notify_waiters();
    }

    /// Now, to reckon with.
    pub(crate) fn moment(&self) -> Moment {
        Moment(self.pace().reading())
    }

    /// Milliseconds since 1970.
    pub(crate) fn now(&self) -> i64 {
        self.at(self.moment())
    }

    /// A moment in milliseconds since 1970.
    pub(crate) fn at(&self, moment: Moment) -> i64 {
        self.epoch_ms.load(Ordering::Relaxed).saturating_add(since_start(moment))
    }

    /// Shows the wall's time again and runs as fast as that. Whoever sleeps does not sleep longer for it.
    pub(crate) fn set_to_wall(&self) {
        self.set_speed(1.0);
        self.epoch_ms.store(wall() - since_start(self.moment()), Ordering::Relaxed);
    }

    /// ISO 8601 with seconds, as apigatewayv2 answers.
    pub(crate) fn iso(&self) -> String {
        print(self.now(), SECONDS)
    }

    pub(crate) async fn sleep(&self, duration: Duration) {
        self.sleep_until(self.moment() + duration).await;
    }

    pub(crate) async fn sleep_until(&self, until: Moment) {
        loop {
            // Listening begins before the clock is read, so that no change is missed.
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            let Pace { since, reading, speed } = *self.pace();
            let now = Pace { since, reading, speed }.reading();
            let Some(left) = until.0.checked_sub(now).filter(|left| !left.is_zero()) else { return };
            tokio::select! {
                () = tokio::time::sleep(Duration::try_from_secs_f64(left.as_secs_f64() / speed).unwrap_or(left)) => {}
                () = changed => {}
            }
        }
    }

    /// The future's answer, or nothing when it takes longer.
    pub(crate) async fn timeout<F: Future>(&self, patience: Duration, future: F) -> Option<F::Output> {
        tokio::select! {
            biased;
            answer = future => Some(answer),
            () = self.sleep(patience) => None,
        }
    }
}

fn since_start(moment: Moment) -> i64 {
    i64::try_from(moment.0.as_millis()).unwrap_or(i64::MAX)
}

/// Milliseconds since 1970.
fn wall() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or_default()
}

/// A speed that time can have.
fn sane(speed: f64) -> f64 {
    if speed.is_finite() { speed.clamp(0.001, 1_000_000.0) } else { 1.0 }
}

fn print(ms: i64, format: &[BorrowedFormatItem<'_>]) -> String {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(ms) * 1_000_000)
        .ok()
        .and_then(|at| at.format(format).ok())
        .unwrap_or_default()
}

/// For `X-Amz-Date`.
pub(crate) fn basic(ms: i64) -> String {
    print(ms, BASIC)
}

/// For `$context.requestTime`.
pub(crate) fn request_time(ms: i64) -> String {
    print(ms, REQUEST)
}

/// For the `date` header.
pub(crate) fn http_date(ms: i64) -> String {
    print(ms, HTTP)
}

/// For `GetConnection`.
pub(crate) fn iso_millis(ms: i64) -> String {
    print(ms, MILLIS)
}

/// For query services.
pub(crate) fn iso_seconds(ms: i64) -> String {
    print(ms, SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn sleepers_follow_the_clock_when_it_is_sped_up_or_moved_on() {
        let clock = Clock::start(1.0, None);
        let wall = Instant::now();
        let (_, ()) = tokio::join!(clock.sleep(Duration::from_secs(7200)), async { clock.set_speed(3600.0) });
        assert!(wall.elapsed() <= Duration::from_millis(2100), "{:?}", wall.elapsed());
        let (_, ()) = tokio::join!(clock.sleep(Duration::from_secs(36_000)), async {
            clock.advance(Duration::from_secs(36_000));
        });
        assert!(wall.elapsed() <= Duration::from_millis(2100), "{:?}", wall.elapsed());
        assert!(clock.timeout(Duration::from_secs(29), std::future::pending::<()>()).await.is_none());
    }
}
