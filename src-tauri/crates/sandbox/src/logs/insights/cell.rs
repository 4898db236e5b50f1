//! A value in a row of a query.

use std::cmp::Ordering;

use gatescope_model::log_pattern::number;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

/// `2026-09-25 09:20:29.377`.
const TIME: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day] [hour]:[minute]:[second].[subsecond digits:3]");

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    Missing,
    Number(f64),
    Flag(bool),
    /// Milliseconds since 1970.
    Time(i64),
    Text(String),
}

impl Cell {
    pub(super) fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Missing,
            Value::Bool(flag) => Self::Flag(*flag),
            Value::Number(number) => number.as_f64().map_or(Self::Missing, Self::Number),
            Value::String(text) => Self::Text(text.clone()),
            Value::Array(_) | Value::Object(_) => Self::Text(value.to_string()),
        }
    }

    pub(super) fn is_missing(&self) -> bool {
        *self == Self::Missing
    }

    /// As a number, if it is one or reads like one.
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Time(ms) => Some(*ms as f64),
            Self::Flag(flag) => Some(f64::from(u8::from(*flag))),
            Self::Text(text) => number(text.trim()),
            Self::Missing => None,
        }
    }

    pub(super) fn is_true(&self) -> bool {
        match self {
            Self::Flag(flag) => *flag,
            Self::Text(text) => text == "true",
            other => other.number().is_some_and(|n| n != 0.0),
        }
    }

    /// As results print it.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Missing => String::new(),
            Self::Flag(flag) => u8::from(*flag).to_string(),
            Self::Time(ms) => OffsetDateTime::from_unix_timestamp_nanos(i128::from(*ms) * 1_000_000)
                .ok()
                .and_then(|at| at.format(TIME).ok())
                .unwrap_or_else(|| ms.to_string()),
            Self::Text(text) => text.clone(),
            Self::Number(number) => print(*number),
        }
    }

    /// Numbers before texts, what is missing last; numbers by value, texts by their characters.
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        match (self.is_missing(), other.is_missing(), self.number(), other.number()) {
            (true, true, ..) => Ordering::Equal,
            (true, false, ..) => Ordering::Greater,
            (false, true, ..) => Ordering::Less,
            (_, _, Some(a), Some(b)) => a.total_cmp(&b),
            (_, _, Some(_), None) => Ordering::Less,
            (_, _, None, Some(_)) => Ordering::Greater,
            _ => self.text().cmp(&other.text()),
        }
    }
}

/// No more than four decimals, none that say nothing (assumed from results shown in AWS's documentation).
fn print(number: f64) -> String {
    if !number.is_finite() {
        return "NaN".into();
    }
    let text = format!("{number:.4}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".into() } else { text.into() }
}
