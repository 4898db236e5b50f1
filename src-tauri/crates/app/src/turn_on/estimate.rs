//! What logs of a stage would cost, from the requests that its own log shows of the last hour.
//!
//! Reading a log costs nothing a call (facts 7.2), so at most two pages are read. A stage that logged nothing tells nothing:
//! then the figures are for a round number of requests, and it is said.

use std::collections::HashSet;

use gatescope_aws::log_sample::Sample;
use gatescope_aws::{Access, Kind};
use gatescope_model::api::Stage;
use gatescope_model::log::Line;
use gatescope_model::log_cost::{Bytes, DOLLARS_A_GB, EVENT_OVERHEAD, requests_an_hour};
use gatescope_model::no_log::group_of;

use crate::App;
use crate::calls::{LogEstimate, OfStage};
use crate::error::Error;

const HOUR_MS: i64 = 3_600_000;
/// For a stage whose requests nobody counted: 1,000 a day.
const ASSUMED_AN_HOUR: f64 = 1_000.0 / 24.0;

/// What a log tells of a stage's traffic.
struct Seen {
    an_hour: f64,
    bytes: Bytes,
    from: String,
}

impl App {
    pub(crate) async fn estimate_logs(&self, of: OfStage) -> Result<LogEstimate, Error> {
        let (access, snapshot) = self.read_stage(&of).await?;
        let now = self.clock_of(&of.scope);
        let seen = match snapshot.stage(&of.stage) {
            Some(stage) => seen(&access, &of, stage, now).await?,
            None => None,
        };
        let price = format!(
            "${DOLLARS_A_GB:.2} a GB is the list price of us-east-1 (assumed; elsewhere up to about half as much again). \
             Storing and reading cost extra, little."
        );
        let (known, bytes, from) = match seen {
            Some(seen) => (Some(seen.an_hour), seen.bytes.a_day(seen.an_hour), seen.from),
            None => {
                let from = "Nothing tells how many requests there are: the figures are for 1,000 a day.".to_owned();
                (None, Bytes::default().a_day(ASSUMED_AN_HOUR), from)
            }
        };
        Ok(LogEstimate {
            requests_an_hour: known,
            info_bytes: bytes.info,
            trace_bytes: bytes.trace,
            access_bytes: bytes.access,
            price: DOLLARS_A_GB,
            from: format!("{from} {price}"),
        })
    }
}

/// The execution log at INFO has every request, the access log too; a log of errors has not.
async fn seen(access: &Access, of: &OfStage, stage: &Stage, now: i64) -> Result<Option<Seen>, Error> {
    if stage.logging_level("$connect") == "INFO" {
        let group = group_of(&of.api_id, &of.stage);
        if let Some(sample) = sample(access, &group, now).await? {
            let ids: HashSet<&str> =
                sample.events.iter().filter_map(|e| Line::parse(&e.message).request_id()).collect();
            if !ids.is_empty() {
                let weight: usize = sample.events.iter().map(|e| e.message.len() + EVENT_OVERHEAD).sum();
                #[allow(clippy::cast_precision_loss)]
                let each = weight as f64 / ids.len() as f64;
                let mut bytes = Bytes::default();
                if stage.data_trace("$connect") {
                    bytes.trace = each;
                } else {
                    bytes.info = each;
                }
                return Ok(Some(Seen {
                    an_hour: requests_an_hour(ids.len(), covered(&sample, now)),
                    bytes,
                    from: format!("From {} in the execution log of the last hour.", requests(ids.len())),
                }));
            }
        }
    }
    let arn = stage.access_log_settings.as_ref().and_then(|a| a.destination_arn.as_deref());
    let Some((_, group)) = arn.and_then(|arn| arn.split_once(":log-group:")) else { return Ok(None) };
    let Some(sample) = sample(access, group.trim_end_matches(":*"), now).await? else { return Ok(None) };
    let count = sample.events.len();
    if count == 0 {
        return Ok(None);
    }
    let weight: usize = sample.events.iter().map(|e| e.message.len() + EVENT_OVERHEAD).sum();
    #[allow(clippy::cast_precision_loss)]
    let bytes = Bytes { access: weight as f64 / count as f64, ..Bytes::default() };
    Ok(Some(Seen {
        an_hour: requests_an_hour(count, covered(&sample, now)),
        bytes,
        from: format!("From {} in the access log of the last hour.", requests(count)),
    }))
}

/// A group that is not there, or may not be read, tells nothing; that is no error here.
async fn sample(access: &Access, group: &str, now: i64) -> Result<Option<Sample>, Error> {
    match access.log_sample(group, now - HOUR_MS).await {
        Ok(sample) => Ok(Some(sample)),
        Err(e) if matches!(e.kind, Kind::NotFound | Kind::Denied) => Ok(None),
        Err(e) => Err(e.into()),
    }
}

/// The time that a sample is about: the hour, or as far as the page went.
fn covered(sample: &Sample, now: i64) -> i64 {
    match (sample.cut_off, sample.events.last()) {
        (true, Some(last)) => HOUR_MS - (now - last.timestamp).clamp(0, HOUR_MS),
        _ => HOUR_MS,
    }
}

fn requests(count: usize) -> String {
    if count == 1 { "1 request".to_owned() } else { format!("{count} requests") }
}
