//! Faults on purpose: what a route does wrong because somebody asked for it.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The faults of one route of one stage; the default is none. `$connect` and `$disconnect` are routes too.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default, rename_all = "camelCase")]
pub struct Chaos {
    /// Milliseconds that every answer takes longer.
    pub latency_ms: u64,
    /// Up to so many milliseconds more, at random.
    pub jitter_ms: u64,
    /// Milliseconds more for the first request after a minute without one.
    pub cold_start_ms: u64,
    /// Of 100 requests, so many are swallowed: no backend sees them and nothing comes back.
    pub drop_percent: u8,
    /// The gateway answers with this status, 429 or 500, and calls nothing.
    pub status: Option<u16>,
    /// The socket ends without a close frame (1006), or with this code (1009).
    pub close: Option<u16>,
    /// The backend's answer is cut in the middle, so that it is no JSON any more.
    pub malformed: bool,
    /// `$disconnect` is not run.
    pub lose_disconnect: bool,
}

/// One route's faults and where they are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Fault {
    /// The API.
    pub api_id: String,
    /// Its stage.
    pub stage: String,
    /// The route.
    pub route_key: String,
    /// What goes wrong.
    pub chaos: Chaos,
}

/// Of 100.
const PERCENT: std::ops::RangeInclusive<u8> = 0..=100;

/// As it is written on a command line: `chat5gw1ws/prod/$connect:latency=200,drop=10`.
impl FromStr for Fault {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let form = "a fault is written API/STAGE/ROUTE:FAULT,FAULT, as in chat5gw1ws/prod/$connect:latency=200,drop=10";
        // A route key may hold both signs, the faults neither.
        let (place, faults) = text.rsplit_once(':').ok_or(form)?;
        let mut parts = place.splitn(3, '/').map(str::to_owned).filter(|part| !part.is_empty());
        let (Some(api_id), Some(stage), Some(route_key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(form.into());
        };
        let mut chaos = Chaos::default();
        for fault in faults.split(',') {
            chaos.take(fault.trim())?;
        }
        Ok(Self { api_id, stage, route_key, chaos })
    }
}

impl Chaos {
    /// Takes one fault in.
    fn take(&mut self, fault: &str) -> Result<(), String> {
        let (name, value) = fault.split_once('=').unwrap_or((fault, ""));
        let whole = || value.parse::<u64>().map_err(|_| format!("{name} is written {name}=MILLISECONDS"));
        let code = |known: [u16; 2]| {
            let code = value.parse().ok().filter(|code| known.contains(code));
            code.map(Some).ok_or_else(|| format!("{name} is written {name}={} or {name}={}", known[0], known[1]))
        };
        match (name, value) {
            ("latency", _) => self.latency_ms = whole()?,
            ("jitter", _) => self.jitter_ms = whole()?,
            ("cold-start", _) => self.cold_start_ms = whole()?,
            ("drop", _) => {
                let percent = value.parse().ok().filter(|percent| PERCENT.contains(percent));
                self.drop_percent = percent.ok_or("drop is written drop=PERCENT, from 0 to 100")?;
            }
            ("status", _) => self.status = code([429, 500])?,
            ("close", _) => self.close = code([1006, 1009])?,
            ("malformed", "") => self.malformed = true,
            ("lose-disconnect", "") => self.lose_disconnect = true,
            _ => {
                let known = "latency, jitter, cold-start, drop, status, close, malformed, lose-disconnect";
                return Err(format!("`{fault}` is no fault; there are {known}"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_read_as_it_is_written_and_a_slip_says_the_right_form() {
        let chaos = Chaos { latency_ms: 200, drop_percent: 10, malformed: true, ..Chaos::default() };
        let read = Fault { api_id: "a1".into(), stage: "prod".into(), route_key: "/rooms:join".into(), chaos };
        assert_eq!("a1/prod//rooms:join:latency=200, drop=10,malformed".parse(), Ok(read));
        let slips = [
            ("a1/prod:status=429", "API/STAGE/ROUTE"),
            ("a1/prod/r", "API/STAGE/ROUTE"),
            ("a1/prod/r:status=404", "status=429 or status=500"),
            ("a1/prod/r:drop=101", "from 0 to 100"),
            ("a1/prod/r:latency=slow", "latency=MILLISECONDS"),
            ("a1/prod/r:malformed=1", "is no fault"),
        ];
        for (slip, form) in slips {
            assert!(slip.parse::<Fault>().is_err_and(|said| said.contains(form)), "{slip}");
        }
    }
}
