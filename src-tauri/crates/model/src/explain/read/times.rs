//! Times in front of pasted lines, as milliseconds since 1970: ISO 8601, with what people and consoles make of it.
//!
//! It does not know what follows the time.

/// The time of a line that holds nothing else.
pub(super) fn time_alone(line: &str) -> Option<i64> {
    let (time, rest) = iso_time(line)?;
    rest.trim().is_empty().then_some(time)
}

/// The time that a line begins with.
pub(super) fn leading_time(line: &str) -> Option<i64> {
    iso_time(line).map(|(time, _)| time)
}

/// `2026-01-10T11:04:45.964Z` or with a blank, with or without fraction and zone; and what follows it.
pub(super) fn iso_time(text: &str) -> Option<(i64, &str)> {
    let digits = |from: usize, to: usize| -> Option<i64> {
        text.get(from..to).filter(|part| part.bytes().all(|b| b.is_ascii_digit()))?.parse().ok()
    };
    let marks = text.get(..19)?.bytes().enumerate().all(|(at, b)| match at {
        4 | 7 => b == b'-',
        10 => b == b'T' || b == b' ',
        13 | 16 => b == b':',
        _ => b.is_ascii_digit(),
    });
    if !marks {
        return None;
    }
    let (year, month, day) = (digits(0, 4)?, digits(5, 7)?, digits(8, 10)?);
    // Days since 1970 by the usual shift of the year's start to March.
    let (y, m) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let days = y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day - 719_469;
    let mut millis = ((days * 24 + digits(11, 13)?) * 60 + digits(14, 16)?) * 60_000 + digits(17, 19)? * 1000;
    let mut rest = &text[19..];
    if let Some(fraction) = rest.strip_prefix(['.', ',']) {
        let end = fraction.find(|c: char| !c.is_ascii_digit()).unwrap_or(fraction.len());
        let padded = format!("{:0<3}", &fraction[..end]);
        millis += padded.get(..3)?.parse::<i64>().ok()?;
        rest = &fraction[end..];
    }
    if let Some(utc) = rest.strip_prefix('Z') {
        return Some((millis, utc));
    }
    let sign = match rest.as_bytes().first() {
        Some(b'+') => 1,
        Some(b'-') => -1,
        _ => return Some((millis, rest)),
    };
    let zone = rest.get(1..6).and_then(|z| Some((z.get(..2)?.parse::<i64>().ok()?, z.get(3..)?.parse::<i64>().ok()?)));
    match zone {
        Some((hours, minutes)) => Some((millis - sign * (hours * 60 + minutes) * 60_000, &rest[6..])),
        None => Some((millis, rest)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_every_zone() {
        for text in ["2026-09-25T09:20:16.570Z", "2026-09-25T05:20:16.570-04:00", "2026-09-25 09:20:16,570"] {
            assert_eq!(time_alone(text), Some(1_790_328_016_570), "{text}");
        }
        assert_eq!(time_alone("2026-09-25T09:20:16 more"), None);
        assert_eq!(leading_time("1970-01-01T00:00:00+00:00 x"), Some(0));
    }
}
