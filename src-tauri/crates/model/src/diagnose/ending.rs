//! What the rules for ends share: the code and the clocks as evidence.

use super::case::Case;
use super::facts::Ending;
use crate::verdict::{Evidence, Place};

/// Ten minutes without a message; it was measured at 603.9 s (facts 5.6).
pub(super) const IDLE_MS: i64 = 600_000;
/// Two hours from the handshake on (facts 5.1).
pub(super) const LIFETIME_MS: i64 = 7_200_000;
/// What the client's clock may be off against the gateway's.
pub(super) const EARLY_MS: i64 = 5_000;
/// How long after a limit the end may still be its doing.
pub(super) const LATE_MS: i64 = 60_000;

/// The end that is to be explained, which was not asked for.
pub(super) fn ending<'a>(case: &Case<'a>) -> Option<&'a Ending> {
    case.facts.ending.filter(|_| case.ended())
}

/// Whether nothing was said for the ten minutes.
pub(super) fn was_idle(ending: &Ending) -> bool {
    ending.idle_ms >= IDLE_MS - EARLY_MS
}

/// Whether it was open for the two hours.
pub(super) fn was_old(ending: &Ending) -> bool {
    (LIFETIME_MS - EARLY_MS..LIFETIME_MS + LATE_MS).contains(&ending.open_ms)
}

/// The close frame as evidence.
pub(super) fn code(ending: &Ending) -> Evidence {
    let text = match (ending.code, ending.reason.as_str()) {
        (None, _) => "no close frame (1006)".to_owned(),
        (Some(code), "") => format!("code {code}"),
        (Some(code), reason) => format!("code {code}, “{reason}”"),
    };
    Evidence { place: Place::End, text }
}

/// A clock as evidence.
pub(super) fn clock(what: &str, ms: i64) -> Evidence {
    let (minutes, seconds) = (ms / 60_000, ms / 1000 % 60);
    Evidence { place: Place::Clock, text: format!("{what} {minutes} min {seconds:02} s") }
}
