//! Why no log is there: the answers, best first, from what is known about the stage, the account's role and the groups.
//!
//! Pure. [`crate::diagnose`] explains a failure and names a missing log only in passing; here the missing log itself is the
//! question, also where nothing failed; on which conditions, `unlogged.rs` says for both. Each answer says what it rests on. Where
//! to look next: `app/turn_on/why.rs`, which gathers what is known.

mod stage;
mod world;

use crate::api::Snapshot;
use crate::handshake::Handshake;
use crate::verdict::{Action, Confidence, Evidence, Finding, Place};

/// How the account's role for logs stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum LogRole {
    /// It could not be looked at, for the reason that follows.
    Unknown(String),
    /// It is there, trusts API Gateway and may write.
    #[default]
    Works,
    /// The account has none in this region.
    Missing,
    /// The account names one that is not there any more.
    Gone,
    /// It does not trust API Gateway.
    Untrusting,
    /// Its policies lack these actions.
    TooNarrow(Vec<String>),
}

/// A log group that was looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Days; absent: it never expires.
    pub retention_in_days: Option<i64>,
}

/// All that is known.
#[derive(Clone, Debug, Default)]
pub struct Known<'a> {
    /// Where it was looked.
    pub region: &'a str,
    /// The API that was looked for.
    pub api_id: &'a str,
    /// Its stage.
    pub stage: &'a str,
    /// The API as it stands; `None`: there is none of that id in this account and region.
    pub snapshot: Option<&'a Snapshot>,
    /// How the role stands; `None`: it was not looked at, because nothing is to be written.
    pub role: Option<LogRole>,
    /// The groups of this stage that are there, by any of the names that are in use; `None`: they may not be listed.
    pub groups: Option<Vec<Group>>,
    /// The route that the request took; `$connect` where nobody says.
    pub route_key: Option<&'a str>,
    /// What the client was told.
    pub status: Option<u16>,
    /// How the handshake went, where it is known.
    pub handshake: Option<&'a Handshake>,
    /// Milliseconds since the request; `None`: nobody asks about a certain one.
    pub asked_ms_ago: Option<i64>,
    /// Milliseconds since the log settings, or the stage, were changed.
    pub changed_ms_ago: Option<i64>,
    /// Whether it is known that the log settings were what was changed.
    pub changed_logs: bool,
}

/// The answers, best first; empty when nothing explains it.
#[must_use]
pub fn explain(known: &Known) -> Vec<Finding> {
    let mut findings = world::findings(known);
    if !findings.iter().any(|f| f.cause == "api-not-found" || f.cause == "stage-not-found") {
        findings.extend(stage::findings(known));
    }
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.confidence));
    findings
}

/// What was looked at, in words.
#[must_use]
pub fn looked_at(known: &Known) -> Vec<String> {
    let mut looked = Vec::new();
    match known.snapshot.and_then(|s| s.stage(known.stage)) {
        Some(stage) => {
            let key = known.route_key.unwrap_or("$connect");
            looked.push(format!("the level of {key} on {}: {}", known.stage, stage.logging_level(key)));
        }
        None => looked.push(format!("{} in {}", known.api_id, known.region)),
    }
    match &known.role {
        Some(LogRole::Unknown(why)) => looked.push(format!("the account’s log role, which could not be read: {why}")),
        Some(_) => looked.push("the account’s log role, its trust and its policy".to_owned()),
        None => {}
    }
    match &known.groups {
        Some(groups) if groups.is_empty() => looked.push("the log groups: none of this stage is there".to_owned()),
        Some(groups) => {
            let names: Vec<&str> = groups.iter().map(|g| g.name.as_str()).collect();
            looked.push(format!("the log groups: {}", names.join(", ")));
        }
        None => looked.push("the log groups, which may not be listed".to_owned()),
    }
    if let Some(ms) = known.asked_ms_ago {
        looked.push(format!("the clock: {} s since the request", ms.max(0) / 1000));
    }
    if known.handshake.is_some() || known.status.is_some() {
        looked.push("the answer that the client got".to_owned());
    }
    looked
}

/// Where API Gateway writes a WebSocket stage's execution log (facts 1.1).
#[must_use]
pub fn group_of(api_id: &str, stage: &str) -> String {
    format!("/aws/apigateway/{api_id}/{stage}")
}

/// Where it writes a REST stage's; some pages name it for WebSocket APIs too (facts 1.1).
#[must_use]
pub fn rest_group_of(api_id: &str, stage: &str) -> String {
    format!("API-Gateway-Execution-Logs_{api_id}/{stage}")
}

struct Found<'a> {
    cause: &'a str,
    confidence: Confidence,
    title: String,
    reason: &'a str,
    fix: &'a str,
    evidence: Evidence,
    action: Option<Action>,
}

impl Found<'_> {
    fn finding(self) -> Finding {
        Finding {
            cause: self.cause.to_owned(),
            doc: crate::diagnose::docs::page(self.cause),
            confidence: self.confidence,
            title: self.title,
            reason: self.reason.to_owned(),
            fix: self.fix.to_owned(),
            evidence: vec![self.evidence],
            action: self.action,
            since: None,
        }
    }
}

fn logging(stage: &str, text: impl Into<String>) -> Evidence {
    let place = Place::Config { path: format!("Stages › {stage} › Logging"), route_key: None };
    Evidence { place, text: text.into() }
}

fn clock(text: String) -> Evidence {
    Evidence { place: Place::Clock, text }
}

#[cfg(test)]
mod tests;
