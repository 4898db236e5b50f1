//! Moments as people type them: `5m`, `2h`, `1d2h` ago, `2026-11-21`, `2026-11-21T12:03:04Z`, milliseconds.
//!
//! Without a zone a time is UTC: the machine's own is not known without a database of zones, and the page writes one.

use crate::error::Error;

/// Seconds since 1970 that are no milliseconds: before the year 2286.
const SECONDS: i64 = 10_000_000_000;

/// Reads a moment; `now` is what nothing stands for, and what a length is before.
pub(super) fn moment(text: &str, now: i64) -> Result<i64, Error> {
    let text = text.trim();
    if text.is_empty() || text.eq_ignore_ascii_case("now") {
        return Ok(now);
    }
    number(text)
        .or_else(|| length(text.trim_end_matches("ago").trim_end()).map(|ms| now.saturating_sub(ms)))
        .or_else(|| date(text))
        .ok_or_else(|| {
            Error::bad_question(format!(
                "{text:?} is no time: write 5m, 2h or 1d2h for as long ago, 2026-11-21, 2026-11-21T12:03:04Z, or \
                 milliseconds since 1970"
            ))
        })
}

fn number(text: &str) -> Option<i64> {
    let number: i64 = text.parse().ok()?;
    Some(if (0..SECONDS).contains(&number) { number * 1000 } else { number })
}

/// `1d2h`, `90s`, `1w`.
fn length(text: &str) -> Option<i64> {
    let mut rest = text;
    let mut all: i64 = 0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let number: i64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let unit = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let ms = match rest[..unit].trim() {
            "ms" => 1,
            "s" | "sec" => 1_000,
            "m" | "min" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            "w" => 7 * 86_400_000,
            _ => return None,
        };
        all = all.checked_add(number.checked_mul(ms)?)?;
        rest = rest[unit..].trim_start();
    }
    (!text.is_empty()).then_some(all)
}

/// ISO 8601, its end left out as far as one likes.
fn date(text: &str) -> Option<i64> {
    let (day, time) = match text.find(['T', 't', ' ']) {
        Some(at) => (&text[..at], text[at + 1..].trim()),
        None => (text, ""),
    };
    let mut parts = day.split('-');
    let year: i64 = parts.next()?.parse().ok()?;
    let month: i64 = two(parts.next()?)?;
    let of_month: i64 = two(parts.next()?)?;
    if parts.next().is_some()
        || !(1970..=9999).contains(&year)
        || !(1..=12).contains(&month)
        || !(1..=31).contains(&of_month)
    {
        return None;
    }
    let days = crate::time::days(year, month, of_month);
    let (time, offset) = zone(time)?;
    Some(days * 86_400_000 + clock(time)? - offset)
}

fn two(text: &str) -> Option<i64> {
    (text.len() <= 2).then(|| text.parse().ok()).flatten().filter(|n| *n >= 0)
}

/// The time without its zone, and the zone's milliseconds.
fn zone(time: &str) -> Option<(&str, i64)> {
    if let Some(time) = time.strip_suffix(['Z', 'z']) {
        return Some((time, 0));
    }
    let Some(at) = time.rfind(['+', '-']) else { return Some((time, 0)) };
    let (hours, minutes) = match &time[at + 1..] {
        whole if whole.contains(':') => whole.split_once(':')?,
        whole if whole.len() == 4 => whole.split_at_checked(2)?,
        hours => (hours, "0"),
    };
    let ms = (two(hours)? * 60 + two(minutes)?) * 60_000;
    Some((time[..at].trim_end(), if time[at..].starts_with('-') { -ms } else { ms }))
}

fn clock(time: &str) -> Option<i64> {
    if time.is_empty() {
        return Some(0);
    }
    let (whole, fraction) = time.split_once(['.', ',']).unwrap_or((time, ""));
    let mut parts = whole.split(':');
    let hours = two(parts.next()?)?;
    let minutes = two(parts.next().unwrap_or("0"))?;
    let seconds = two(parts.next().unwrap_or("0"))?;
    if parts.next().is_some() || hours > 24 || minutes > 59 || seconds > 60 {
        return None;
    }
    let digits: String = fraction.chars().take(3).collect();
    let ms: i64 = if digits.is_empty() { 0 } else { format!("{digits:0<3}").parse().ok()? };
    Some(((hours * 60 + minutes) * 60 + seconds) * 1000 + ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_262_633_000;

    #[test]
    fn lengths_dates_and_numbers_are_moments() {
        for (text, expected) in [
            ("", NOW),
            ("now", NOW),
            ("5m", NOW - 300_000),
            ("1d2h", NOW - 26 * 3_600_000),
            ("2h ago", NOW - 7_200_000),
            ("90s", NOW - 90_000),
            ("1h 30m", NOW - 5_400_000),
            ("2026-11-21", 1_795_219_200_000),
            ("2026-11-21T12:03:53Z", NOW),
            ("2026-11-21 12:03:53", NOW),
            ("2026-11-21T13:03:53+01:00", NOW),
            ("2026-11-21T13:03:53.000+0100", NOW),
            ("2026-11-21T12:03:53.25Z", NOW + 250),
            ("1795262633000", NOW),
            ("1795262633", NOW),
        ] {
            assert_eq!(moment(text, NOW).ok(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_moment_is_refused_with_examples() {
        for text in ["yesterday", "5x", "m", "2026-13-01", "2026-11-21T25:00", "2026-11-21T12:3x", "é", "-", "12:00"] {
            let refused = moment(text, NOW).unwrap_err();
            assert!(refused.message.contains("1d2h"), "{text}: {refused:?}");
        }
    }
}
