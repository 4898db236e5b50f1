//! Time as AWS prints it. It follows tokio's clock, so a paused test moves timestamps too.

use std::time::{SystemTime, UNIX_EPOCH};

use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use tokio::time::Instant;

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

/// Wall time at the start, moved on by tokio's clock.
pub(crate) struct Clock {
    started: Instant,
    epoch_ms: i64,
}

impl Clock {
    pub(crate) fn start() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { started: Instant::now(), epoch_ms: i64::try_from(since.as_millis()).unwrap_or_default() }
    }

    /// Milliseconds since 1970.
    pub(crate) fn now(&self) -> i64 {
        self.epoch_ms + i64::try_from(self.started.elapsed().as_millis()).unwrap_or_default()
    }

    /// ISO 8601 with seconds, as apigatewayv2 answers.
    pub(crate) fn iso(&self) -> String {
        print(self.now(), SECONDS)
    }
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
