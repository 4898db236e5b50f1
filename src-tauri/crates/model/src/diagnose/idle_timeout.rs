//! `idle-timeout`: nothing was said for ten minutes, and API Gateway closed the connection.

use super::case::{Case, Found};
use super::ending::{clock, code, ending, was_idle, was_old};
use super::{Cause, Confidence};
use crate::verdict::Action;

pub(super) const CAUSE: Cause = Cause { id: "idle-timeout", rule };

/// Below the ten minutes, with room for a slow network.
const KEEP_ALIVE: &str = r#"setInterval(() => socket.send(JSON.stringify({ action: "ping" })), 9 * 60 * 1000);"#;

fn rule(case: &Case) -> Option<Found> {
    let ending = ending(case).filter(|ending| was_idle(ending))?;
    let confidence = match ending.code {
        // The code and the clock together; no other limit has been reached (facts 5.6).
        Some(1001) if !was_old(ending) => Confidence::Certain,
        Some(1001) => Confidence::Likely,
        // Networks give idle connections up too, and say nothing.
        None | Some(1006) => Confidence::Possible,
        _ => return None,
    };
    Some(Found {
        confidence,
        title: "Nothing was sent for 10 minutes, so the connection was closed".to_owned(),
        reason: "API Gateway closes a connection on which no message has gone in either direction for 10 minutes (1001 Going away). \
                 The limit cannot be raised."
            .to_owned(),
        fix: "Send a message at least every 9 minutes, and connect again when it ends all the same.".to_owned(),
        evidence: vec![code(ending), clock("the last message before it:", ending.idle_ms)],
        action: Some(Action::Copy { what: "Copy a keep-alive".to_owned(), text: KEEP_ALIVE.to_owned() }),
    })
}
