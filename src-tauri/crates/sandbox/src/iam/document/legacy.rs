//! What only the older parser refuses, all with one sentence: an effect in other letters, dates that are none, ARNs that
//! are too short.

use std::ops::RangeInclusive;

use serde_json::{Map, Value};

use super::malformed;
use crate::answer::Refusal;
use gatescope_model::policy::texts;

/// Parts of an ARN.
const PARTS: usize = 6;
/// What milliseconds since 1970 reach in 64 bits.
const YEARS: RangeInclusive<i64> = -292_275_054..=292_278_993;

pub(super) fn refused() -> Refusal {
    malformed("The policy failed legacy parsing")
}

/// `Allow` or `Deny`, in any letters.
pub(super) fn is_effect(effect: &str) -> bool {
    ["Allow", "Deny"].iter().any(|known| known.eq_ignore_ascii_case(effect))
}

/// One of the two as it is written.
pub(super) fn has_effect(statement: &Map<String, Value>) -> bool {
    statement.get("Effect").is_some_and(|effect| effect == "Allow" || effect == "Deny")
}

/// Effects in the right letters, and dates where an operator compares dates.
pub(super) fn effects_and_dates(statements: &[Map<String, Value>]) -> Result<(), Refusal> {
    for statement in statements {
        let operators = statement.get("Condition").and_then(Value::as_object).into_iter().flatten();
        let dates =
            operators.filter(|(operator, _)| operator.rsplit(':').next().is_some_and(|o| o.starts_with("Date")));
        let mut values = dates.flat_map(|(_, keys)| keys.as_object().into_iter().flat_map(Map::values)).flat_map(texts);
        if !has_effect(statement) || !values.all(is_date) {
            return Err(refused());
        }
    }
    Ok(())
}

/// Seconds since 1970, or as much of ISO 8601 as somebody wrote: a year alone, an hour of one digit.
fn is_date(text: &str) -> bool {
    let text = text.to_ascii_uppercase();
    if !text.contains(['-', 'T']) {
        return is_within(&text, 0..=i64::MAX);
    }
    let (date, clock) = text.split_once('T').unwrap_or((&text, ""));
    let (sign, date) = date.strip_prefix('-').map_or(("", date), |date| ("-", date));
    let mut parts = date.split('-');
    let year = format!("{sign}{}", parts.next().unwrap_or_default());
    let rest = [1..=12, 1..=31].into_iter().all(|bounds| parts.next().is_none_or(|part| is_within(part, bounds)));
    is_within(&year, YEARS) && rest && parts.next().is_none() && (clock.is_empty() || is_clock(clock))
}

/// `13:20:15.25`, and a zone or none.
fn is_clock(text: &str) -> bool {
    let (clock, zone) = text.find(['Z', '+', '-']).map_or((text, ""), |at| text.split_at(at));
    let (whole, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let mut parts = whole.split(':');
    let sound =
        [0..=23, 0..=59, 0..=59].into_iter().all(|bounds| parts.next().is_none_or(|part| is_within(part, bounds)));
    sound && parts.next().is_none() && is_within(fraction, 0..=999_999_999) && is_zone(zone)
}

fn is_zone(text: &str) -> bool {
    let Some(offset) = text.strip_prefix(['+', '-']) else { return ["", "Z"].contains(&text) };
    let (hours, minutes) = offset.split_once(':').unwrap_or((offset, "00"));
    hours.len() == 2 && minutes.len() == 2 && is_within(hours, 0..=23) && is_within(minutes, 0..=59)
}

fn is_within(text: &str, bounds: RangeInclusive<i64>) -> bool {
    !text.starts_with('+') && text.parse().is_ok_and(|n: i64| bounds.contains(&n))
}

pub(super) fn takes_resource(resource: &str) -> bool {
    let parts = resource.split(':').count();
    (parts >= PARTS || !resource.contains("::")) && resource.split(':').nth(2).is_some_and(|vendor| !vendor.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_may_be_cut_short_but_not_be_out_of_the_calendar() {
        for date in ["1700000000", "2019-07-01T13:20:15Z", "2016-12-13t21:20:37.593194+00:00", "01T", "-292275054"] {
            assert!(is_date(date), "{date}");
        }
        for date in
            ["yesterday", "234-13", "2016-12-13t2:00:00.5+1", "9223372036854775808", "2016-12-13t2:00:00.1999999999Z"]
        {
            assert!(!is_date(date), "{date}");
        }
    }
}
