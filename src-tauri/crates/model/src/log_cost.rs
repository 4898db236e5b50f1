//! What logs of a stage cost before anyone turns them on: bytes a day from requests an hour, dollars from bytes.
//!
//! Pure arithmetic. Bytes a request come from captures, the price from AWS's list; whoever knows better figures, because
//! the stage's own log was read, passes them in. Where to look next: `app/turn_on/estimate.rs`.

/// CloudWatch Logs counts 26 bytes for each event besides its text in a batch (facts 7.2); that they are billed is assumed.
pub const EVENT_OVERHEAD: usize = 26;
/// Bytes of a request at level INFO, with that: the mean of `ws-connect-info-no-trace` and `ws-message-info-no-trace`.
pub const INFO_BYTES: f64 = 1_090.0;
/// The same with data trace: the mean of `ws-connect-`, `ws-message-` and `ws-disconnect-info-data-trace`. Bodies of their
/// size are small: larger ones add themselves, up to what a line holds.
pub const TRACE_BYTES: f64 = 5_274.0;
/// Bytes of a line of the access log in AWS's JSON format, filled with a capture's values.
pub const ACCESS_BYTES: f64 = 240.0;
/// Dollars a gigabyte ingested into a group of class STANDARD in us-east-1 (assumed: AWS's list price of June 2026 as others
/// quote it; it is not among the recorded facts). Elsewhere it is up to about half as much again.
pub const DOLLARS_A_GB: f64 = 0.50;
/// As CloudWatch's price list has it.
const GB: f64 = 1_000_000_000.0;

/// What one request writes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bytes {
    /// At level INFO.
    pub info: f64,
    /// At level INFO with data trace.
    pub trace: f64,
    /// In the access log.
    pub access: f64,
}

impl Default for Bytes {
    fn default() -> Self {
        Self { info: INFO_BYTES, trace: TRACE_BYTES, access: ACCESS_BYTES }
    }
}

impl Bytes {
    /// What so many requests an hour write in a day.
    #[must_use]
    pub fn a_day(self, requests_an_hour: f64) -> Self {
        let requests = requests_an_hour.max(0.0) * 24.0;
        Self { info: self.info * requests, trace: self.trace * requests, access: self.access * requests }
    }
}

/// Requests an hour from what a read of a log brought. A read that was cut off tells the pace of the time that it covers.
#[must_use]
pub fn requests_an_hour(requests: usize, covered_ms: i64) -> f64 {
    /// A burst of a few seconds says nothing about an hour.
    const LEAST_MS: i64 = 60_000;
    #[allow(clippy::cast_precision_loss)]
    let (requests, covered) = (requests as f64, covered_ms.max(LEAST_MS) as f64);
    requests * 3_600_000.0 / covered
}

/// What so many bytes cost.
#[must_use]
pub fn dollars(bytes: f64) -> f64 {
    bytes / GB * DOLLARS_A_GB
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Messages and events of a capture.
    fn captured(jsonl: &str) -> f64 {
        let lines = jsonl.lines().filter(|l| l.starts_with('{'));
        let bytes = lines.filter_map(|line| {
            let event: serde_json::Value = serde_json::from_str(line).ok()?;
            Some(event["message"].as_str()?.len() + EVENT_OVERHEAD)
        });
        #[allow(clippy::cast_precision_loss)]
        let sum = bytes.sum::<usize>() as f64;
        sum
    }

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() <= expected * 0.001, "{found} is not {expected}");
    }

    #[test]
    fn the_bytes_of_a_request_are_what_the_captures_hold() {
        const DIR: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../tests/parity/corpus/");
        let capture = |name: &str| {
            let text = std::fs::read_to_string(format!("{DIR}ws-{name}.events.jsonl")).unwrap_or_default();
            captured(&text)
        };
        close(capture("connect-info-no-trace").midpoint(capture("message-info-no-trace")), INFO_BYTES);
        let traced = ["connect", "message", "disconnect"].map(|n| capture(&format!("{n}-info-data-trace")));
        close(traced.iter().sum::<f64>() / 3.0, TRACE_BYTES);
    }

    #[test]
    fn a_busy_stage_costs_what_its_bytes_cost() {
        // 100,000 requests an hour: 2.6 GB a day at INFO.
        let day = Bytes::default().a_day(100_000.0);
        close(day.info, 2_616_000_000.0);
        close(dollars(day.info), 1.308);
        close(dollars(day.trace), 6.3288);
        close(day.access, 576_000_000.0);
        assert_eq!(Bytes::default().a_day(0.0).info, 0.0);
        assert_eq!(Bytes::default().a_day(-1.0).trace, 0.0);
    }

    #[test]
    fn a_read_that_was_cut_off_tells_the_pace_of_the_time_that_it_covers() {
        close(requests_an_hour(1_000, 6 * 60_000), 10_000.0);
        close(requests_an_hour(7, 3_600_000), 7.0);
        close(requests_an_hour(3, 0), 180.0);
    }
}
