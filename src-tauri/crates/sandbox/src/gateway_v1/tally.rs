//! What keys have used: requests by UTC day of the sandbox's clock, and the periods of quotas.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::macros::format_description;
use time::{Date, Duration, OffsetDateTime};

use super::usage_plan::{self, Quota, UsagePlan};
use super::{Desk, Reply, page, patch};
use crate::answer::Refusal;

/// Days that are kept; the oldest go first.
const DAYS: usize = 400;
/// Days that one call can ask for (assumed).
const SPAN: i64 = 366;

/// What one key has used of one plan.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Tally {
    /// By `YYYY-MM-DD`.
    days: BTreeMap<String, i64>,
    /// What `UpdateUsage` added to the limit, and the day on which the period began that it holds for.
    granted: Option<(String, i64)>,
}

impl Tally {
    /// One more request.
    pub(super) fn count(&mut self, now_ms: i64) {
        *self.days.entry(day(date(now_ms))).or_default() += 1;
        while self.days.len() > DAYS {
            self.days.pop_first();
        }
    }

    /// What is left on a day of the period that the day is in. A key without a quota has endless left; what AWS says
    /// then is assumed.
    pub(super) fn remaining(&self, plan: &UsagePlan, on: Date) -> i64 {
        let Some(quota) = &plan.quota else { return i64::MAX };
        let first = begin(&quota.period, on);
        let used: i64 = self.days.range(day(first)..=day(on)).map(|(_, n)| n).sum();
        let granted = self.granted.as_ref().filter(|(since, _)| *since == day(first)).map_or(0, |(_, more)| *more);
        (limit(plan, quota, first).saturating_add(granted).saturating_sub(used)).max(0)
    }
}

/// The limit of the period that begins on a day: the first one has `offset` less (botocore's model).
fn limit(plan: &UsagePlan, quota: &Quota, first: Date) -> i64 {
    let since = begin(&quota.period, date(plan.quota_since.saturating_mul(1000)));
    if since == first { quota.limit.saturating_sub(quota.offset) } else { quota.limit }
}

/// The day on which the period of a day began; weeks begin on Sunday (assumed).
fn begin(period: &str, on: Date) -> Date {
    match period {
        "WEEK" => on.saturating_sub(Duration::days(i64::from(on.weekday().number_days_from_sunday()))),
        "MONTH" => on.replace_day(1).unwrap_or(on),
        _ => on,
    }
}

pub(super) fn date(now_ms: i64) -> Date {
    OffsetDateTime::from_unix_timestamp(now_ms.div_euclid(1000)).unwrap_or(OffsetDateTime::UNIX_EPOCH).date()
}

fn day(date: Date) -> String {
    date.format(format_description!("[year]-[month]-[day]")).unwrap_or_default()
}

/// GET on `/usageplans/{plan}/usage`: used and remaining of each day, by key.
pub(super) fn get(desk: &Desk<'_>, plan: &str) -> Result<Reply, Refusal> {
    let asked = |name: &str| {
        let text = desk.call.query(name).unwrap_or_default();
        Date::parse(text, format_description!("[year]-[month]-[day]"))
            .map_err(|_| Refusal::bad_request(format!("Invalid {name} specified. Must be in the form YYYY-MM-DD"))) // assumed
    };
    let plan = usage_plan::find(&desk.state.gateway_v1, plan)?;
    let (start, end) = (asked("startDate")?, asked("endDate")?);
    let span = (end - start).whole_days();
    if !(0..SPAN).contains(&span) {
        return Err(Refusal::bad_request("Invalid date range specified")); // assumed
    }
    let only = desk.call.query("keyId").unwrap_or_default();
    let keys = plan.keys.iter().filter(|key| only.is_empty() || *key == only);
    let none = BTreeMap::new();
    let tallies = desk.state.gateway_v1.usage.get(&plan.id).unwrap_or(&none);
    let days = || (0..=span).map(|n| start.saturating_add(Duration::days(n)));
    let view = |key: &String| -> Value {
        let tally = tallies.get(key).cloned().unwrap_or_default();
        days().map(|on| json!([tally.days.get(&day(on)).unwrap_or(&0), tally.remaining(plan, on)])).collect()
    };
    let (values, position) = page::cut(desk.call, keys.map(|key| (key.as_str(), view(key))))?;
    Ok((200, Some(usage(&plan.id, start, end, values, position))))
}

/// PATCH on `/usageplans/{plan}/keys/{key}/usage`: what remains in the period of today.
pub(super) fn update(desk: &mut Desk<'_>, plan: &str, key: &str) -> Result<Reply, Refusal> {
    let operations = patch::operations(desk)?;
    let today = date(desk.world.clock.now());
    let kept = &mut desk.state.gateway_v1;
    let plan = usage_plan::find(kept, plan)?.clone();
    if !plan.keys.iter().any(|k| k == key) {
        return Err(Refusal::not_found("Invalid Usage Plan Key specified")); // assumed
    }
    let mut tally = kept.usage.get(&plan.id).and_then(|t| t.get(key)).cloned().unwrap_or_default();
    for operation in operations {
        if (operation.op.as_str(), operation.path.as_str()) != ("replace", "/remaining") {
            return Err(operation.refused(&["/remaining"]));
        }
        let remaining: i64 = operation.number()?;
        let Some(quota) = plan.quota.as_ref().filter(|_| remaining >= 0) else {
            return Err(Refusal::bad_request("Usage Plan has no quota, or the remaining value is invalid")); // assumed
        };
        let first = begin(&quota.period, today);
        let used: i64 = tally.days.range(day(first)..=day(today)).map(|(_, n)| n).sum();
        let more = remaining.saturating_add(used).saturating_sub(limit(&plan, quota, first));
        tally.granted = Some((day(first), more));
    }
    let values = vec![(key, json!([[tally.days.get(&day(today)).unwrap_or(&0), tally.remaining(&plan, today)]]))];
    let answer = usage(&plan.id, today, today, values, None);
    kept.usage.entry(plan.id).or_default().insert(key.to_owned(), tally);
    Ok((200, Some(answer)))
}

fn usage(plan: &str, start: Date, end: Date, values: Vec<(&str, Value)>, position: Option<String>) -> Value {
    let values: BTreeMap<&str, Value> = values.into_iter().collect();
    let mut usage = json!({ "usagePlanId": plan, "startDate": day(start), "endDate": day(end), "values": values });
    if let Some(position) = position {
        usage["position"] = json!(position);
    }
    usage
}
