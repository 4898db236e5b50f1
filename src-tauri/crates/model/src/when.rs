//! Times as a person writes them, into milliseconds since 1970: how long ago (`5m`, `2h`, `1d2h`), ISO 8601 with or without
//! a zone, a date, a date and a time of day, seconds or milliseconds since 1970, `now`.
//!
//! Pure: what time it is and how far the local clock is from UTC are given.

use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

/// Reads a time; an empty one is now.
///
/// # Errors
/// In words, with the forms that are read.
pub fn read(text: &str, now_ms: i64, offset_minutes: i32) -> Result<i64, String> {
    let text = text.trim();
    if text.is_empty() || text.eq_ignore_ascii_case("now") {
        return Ok(now_ms);
    }
    ago(text)
        .and_then(|ago| now_ms.checked_sub(ago))
        .or_else(|| since_1970(text))
        .or_else(|| zoned(text))
        .or_else(|| local(text, now_ms, offset_minutes))
        .ok_or_else(|| {
            format!("{text} is no time: write 5m, 2h, 1d2h, 2026-11-21, 2026-11-21 14:03 or an ISO 8601 time")
        })
}

/// `1d2h`, `90s`, `5 m ago`: milliseconds.
fn ago(text: &str) -> Option<i64> {
    let text = text.strip_suffix("ago").map_or(text, str::trim_end);
    let mut rest = text.strip_prefix('-').unwrap_or(text);
    let mut total: i64 = 0;
    let mut last = i64::MAX;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let number: i64 = rest[..digits].parse().ok()?;
        rest = rest[digits..].trim_start();
        let end = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        let unit = match &rest[..end] {
            "ms" => 1,
            "s" | "sec" | "second" | "seconds" => 1000,
            "m" | "min" | "minute" | "minutes" => 60_000,
            "h" | "hour" | "hours" => 3_600_000,
            "d" | "day" | "days" => 86_400_000,
            "w" | "week" | "weeks" => 604_800_000,
            _ => return None,
        };
        // Each unit once, the largest first: anything else is a slip.
        if unit >= last {
            return None;
        }
        last = unit;
        total = total.checked_add(number.checked_mul(unit)?)?;
        rest = rest[end..].trim_start();
    }
    (last != i64::MAX).then_some(total)
}

/// Ten digits are seconds, thirteen are milliseconds; in between nothing is meant.
fn since_1970(text: &str) -> Option<i64> {
    let number: i64 = text.parse().ok().filter(|_| text.bytes().all(|b| b.is_ascii_digit()))?;
    match text.len() {
        9 | 10 => Some(number * 1000),
        12 | 13 => Some(number),
        _ => None,
    }
}

fn millis(time: OffsetDateTime) -> Option<i64> {
    i64::try_from(time.unix_timestamp_nanos() / 1_000_000).ok()
}

fn zoned(text: &str) -> Option<i64> {
    let text = text.replacen(' ', "T", 1);
    if let Ok(time) = OffsetDateTime::parse(&text, &Rfc3339) {
        return millis(time);
    }
    let short = format_description!("[year]-[month]-[day]T[hour]:[minute][offset_hour sign:mandatory]:[offset_minute]");
    let utc = format_description!("[year]-[month]-[day]T[hour]:[minute]Z");
    let zulu = || PrimitiveDateTime::parse(&text, utc).ok().map(PrimitiveDateTime::assume_utc);
    OffsetDateTime::parse(&text, short).ok().or_else(zulu).and_then(millis)
}

fn local(text: &str, now_ms: i64, offset_minutes: i32) -> Option<i64> {
    let offset = UtcOffset::from_whole_seconds(offset_minutes.checked_mul(60)?).ok()?;
    let date = format_description!("[year]-[month]-[day]");
    let minute = format_description!("[hour]:[minute]");
    let second = format_description!("[hour]:[minute]:[second]");
    let part = format_description!("[hour]:[minute]:[second].[subsecond]");
    let clock = |text: &str| {
        Time::parse(text, minute).or_else(|_| Time::parse(text, second)).or_else(|_| Time::parse(text, part)).ok()
    };
    let (day, time) = match text.split_once([' ', 'T']) {
        Some((day, time)) => (Date::parse(day, date).ok()?, clock(time.trim_start())?),
        None => match clock(text) {
            // A time of day alone is today's.
            Some(time) => {
                let now = OffsetDateTime::from_unix_timestamp_nanos(i128::from(now_ms) * 1_000_000).ok()?;
                (now.to_offset(offset).date(), time)
            }
            None => (Date::parse(text, date).ok()?, Time::MIDNIGHT),
        },
    };
    millis(PrimitiveDateTime::new(day, time).assume_offset(offset))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    // 2026-11-21T12:00:00Z.
    const NOW: i64 = 1_795_262_400_000;

    #[test]
    fn each_form_is_read() {
        let table = [
            ("", NOW),
            ("now", NOW),
            ("5m", NOW - 300_000),
            ("5m ago", NOW - 300_000),
            ("2h", NOW - 7_200_000),
            ("1d2h", NOW - 93_600_000),
            ("1d 2h", NOW - 93_600_000),
            ("90s", NOW - 90_000),
            ("1h30m", NOW - 5_400_000),
            ("2w", NOW - 1_209_600_000),
            ("1795262400", NOW),
            ("1795262400000", NOW),
            ("2026-11-21T12:00:00Z", NOW),
            ("2026-11-21T12:00:00.250Z", NOW + 250),
            ("2026-11-21T13:00:00+01:00", NOW),
            ("2026-11-21T13:00+01:00", NOW),
            ("2026-11-21T12:00Z", NOW),
            ("2026-11-21 12:00:00Z", NOW),
            // Two hours before UTC's clock: local forms.
            ("2026-11-21 14:00", NOW),
            ("2026-11-21T14:00:00", NOW),
            ("2026-11-21 14:00:00.500", NOW + 500),
            ("2026-11-21", NOW - 14 * 3_600_000),
            ("14:00", NOW),
        ];
        for (text, expected) in table {
            assert_eq!(read(text, NOW, 120), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused_with_the_forms() {
        for text in [
            "soon",
            "5",
            "5x",
            "2m1h",
            "1h1h",
            "m5",
            "12345",
            "2026-13-01",
            "2026-11-21 25:00",
            "99999999999999999999d",
            "-",
        ] {
            assert!(read(text, NOW, 0).unwrap_err().contains("1d2h"), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_breaks_it(text in "[0-9dhms :TZ.+é-]{0,24}", now in proptest::prelude::any::<i64>(), offset in -2000i32..2000) {
            let _ = read(&text, now, offset);
        }
    }
}
