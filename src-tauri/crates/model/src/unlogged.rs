//! When a log is not there, or not yet: the conditions, once, for the rules that explain a failure and for the question why no
//! log came.
//!
//! Pure, and no words for anybody: who asks says what it means to him. It may not know a finding. Where to look next:
//! `diagnose/logging_off.rs` and its like, `no_log/stage.rs`, `no_log/world.rs`.

use crate::handshake::{GatewayMessage, Handshake, Outcome, PhaseName, Refusal};

/// Lines come about 20 s late; after this long none is expected any more (facts 1.1, 4.2 step 6).
pub(crate) const PATIENCE_MS: i64 = 90_000;
/// Log settings act 31 to 44 s after they were changed (facts 1.1); a deployment takes 55 to 85 s (facts-2 4).
const SETTLING_MS: i64 = 60_000;

/// The account lets API Gateway write no logs here.
pub(crate) const ROLE_MISSING: (&str, &str) = ("log-role-missing", "API Gateway has no role to write logs with");
/// It has a role for them that it can't use.
pub(crate) const ROLE_REFUSED: (&str, &str) = ("log-role-refused", "API Gateway can’t use the role for its logs");

/// Whether a level writes nothing.
pub(crate) fn is_off(level: &str) -> bool {
    level == "OFF"
}

/// Whether lines of a request may still come, so long after it.
pub(crate) fn may_come(level: &str, ms_since_request: i64) -> bool {
    !is_off(level) && (0..=PATIENCE_MS).contains(&ms_since_request)
}

/// Whether all of a request's lines must have come by now.
pub(crate) fn is_overdue(level: &str, ms_since_request: i64) -> bool {
    !is_off(level) && ms_since_request > PATIENCE_MS
}

/// A request, and the change of the settings that may have made the difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Settings {
    /// They were in force.
    InForce,
    /// They were changed so many milliseconds before, which is too short.
    Settling(i64),
    /// They were changed so many milliseconds after it.
    ChangedAfter(i64),
}

impl Settings {
    /// By how long the change was before the request; negative: after it.
    pub(crate) fn of(changed_before_ms: Option<i64>) -> Self {
        match changed_before_ms {
            Some(ms) if ms < 0 => Self::ChangedAfter(-ms),
            Some(ms) if ms < SETTLING_MS => Self::Settling(ms),
            _ => Self::InForce,
        }
    }
}

/// What API Gateway never logs, whatever the stage says (facts 1.1, "No logs at all for").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Never<'a> {
    /// It did not come as far as HTTP.
    Stopped(PhaseName, &'a str),
    /// The load balancer in front refused it (facts 2, row 60).
    LoadBalancer,
    /// It was refused before any stage.
    NoStage,
    /// 413.
    TooLarge,
    /// 429, when there are many.
    Throttled,
}

/// Whether a request is of a kind that is never logged, by its handshake, else by its status.
pub(crate) fn never<'a>(handshake: Option<&'a Handshake>, status: Option<u16>) -> Option<Never<'a>> {
    let refusal = match handshake.map(|h| &h.outcome) {
        Some(Outcome::Failed { phase, message, .. }) if *phase != PhaseName::Upgrade => {
            return Some(Never::Stopped(*phase, message));
        }
        Some(Outcome::Refused(refusal)) => Some(refusal),
        _ => None,
    };
    if refusal.is_some_and(|r| r.header("server").is_some_and(|s| s.starts_with("awselb"))) {
        return Some(Never::LoadBalancer);
    }
    match refusal.map(|r| r.status).or(status)? {
        403 if refusal.is_some_and(belongs_to_no_stage) => Some(Never::NoStage),
        413 => Some(Never::TooLarge),
        429 => Some(Never::Throttled),
        _ => None,
    }
}

/// Whether API Gateway refused a handshake that it could give to no API and stage: `Forbidden` without the ids of a
/// connection (assumed for WebSocket APIs, as facts 2, 12.1 has it; recorded for `@connections`, facts 2, 2.3).
pub(crate) fn belongs_to_no_stage(refusal: &Refusal) -> bool {
    if refusal.status != 403 || GatewayMessage::parse(&refusal.body).is_some() {
        return false;
    }
    let body = serde_json::from_str::<serde_json::Value>(&refusal.body).ok();
    let forbidden = body.as_ref().and_then(|b| b.get("message")?.as_str()) == Some("Forbidden");
    forbidden && refusal.header("x-amzn-errortype").is_none_or(|kind| kind.starts_with("ForbiddenException"))
}
