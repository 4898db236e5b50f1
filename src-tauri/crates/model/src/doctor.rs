//! What is wrong with an API before anyone connects: the causes that the configuration alone shows, and rules about what
//! breaks later, costs more than it should, or was copied from a tutorial.
//!
//! Pure: a snapshot with its surroundings in, a [`Checkup`] out. It may not know a clock. Where to look next:
//! [`crate::diagnose`], the same causes seen from a failure; `doctor/look.rs`, what a rule can ask; one file a family beside it.

mod access;
mod causes;
mod domains;
mod expressions;
mod integrations;
mod logs;
mod look;
mod mappings;
mod models;
mod permissions;
mod routes;
mod stages;
mod templates;
mod unused;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::api::Snapshot;
use crate::diagnose::{self, FixAt};
use crate::domain::list::Proven;
use crate::verdict::{Action, Evidence, Place};
use look::{Found, Look, Rule};

/// What a checkup found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Checkup {
    /// 100 less each deduction, at least 0.
    pub score: u32,
    /// Worst first.
    pub flaws: Vec<Flaw>,
    /// The rules that were asked and found nothing.
    pub passed: Vec<PassedRule>,
    /// The rules that could not be asked, and what was missing for it.
    pub unasked: Vec<PassedRule>,
}

/// Something that is wrong.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Flaw {
    /// The rule's public id; a cause's id where a cause of `diagnose` is meant.
    pub rule: String,
    /// How bad.
    pub severity: Severity,
    /// What is wrong and where, one sentence.
    pub title: String,
    /// What it breaks.
    pub reason: String,
    /// What to do.
    pub fix: String,
    /// Where it is seen.
    pub evidence: Vec<Evidence>,
    /// Where the rule comes from: AWS's page.
    pub source: String,
    /// What it costs of the score.
    pub deduction: u32,
    /// What one click does about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub action: Option<Action>,
}

/// How bad a flaw is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    /// Nobody can connect.
    Connect,
    /// Messages fail or go astray.
    #[default]
    Messages,
    /// It works, and will hurt: security, limits, certificates, cost.
    Risk,
    /// It could be clearer.
    Advice,
}

/// A rule.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct PassedRule {
    /// Its public id.
    pub rule: String,
    /// What it asks, or what was missing.
    pub text: String,
}

/// What is asked about.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// The API, with what is around it as far as that was read.
    pub snapshot: &'a Snapshot,
    /// Only what concerns this stage; `None`: all.
    pub stage: Option<&'a str>,
    /// What each stage does not serve yet; `None` = it can't be known.
    pub waiting: Option<&'a [Waiting]>,
    /// The certificates of the domains that lead to the API, as far as they are there; `None` = not read.
    pub certificates: Option<&'a [Proven]>,
    /// The account's role for writing logs: whether there is one; `None` = not read.
    pub log_role: Option<bool>,
    /// Milliseconds since 1970; `None` = nothing that depends on the day is asked.
    pub now_ms: Option<i64>,
}

impl<'a> Asked<'a> {
    /// A snapshot, of which nothing else is known.
    #[must_use]
    pub fn of(snapshot: &'a Snapshot) -> Self {
        Self { snapshot, stage: None, waiting: None, certificates: None, log_role: None, now_ms: None }
    }
}

/// What a stage does not serve yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Which stage.
    pub stage: String,
    /// Each change, in words.
    pub changes: Vec<String>,
}

/// The families, in the order in which flaws of one severity are told.
const FAMILIES: [&[Rule]; 12] = [
    causes::RULES,
    routes::RULES,
    access::RULES,
    integrations::RULES,
    mappings::RULES,
    permissions::RULES,
    templates::RULES,
    models::RULES,
    stages::RULES,
    logs::RULES,
    domains::RULES,
    unused::RULES,
];

fn all() -> impl Iterator<Item = &'static Rule> {
    FAMILIES.into_iter().flatten()
}

/// Every rule: its id, and what it asks.
pub fn rules() -> impl Iterator<Item = PassedRule> {
    all().map(|rule| PassedRule { rule: rule.id.to_owned(), text: rule.asks.to_owned() })
}

/// Asks every rule. Equal questions get equal answers, in the same order.
#[must_use]
pub fn check(asked: &Asked) -> Checkup {
    let look = Look::new(asked);
    let mut checkup = Checkup::default();
    for rule in all() {
        if let Some(missing) = rule.needs.iter().find_map(|need| look.lacks(*need)) {
            checkup.unasked.push(PassedRule { rule: rule.id.to_owned(), text: missing });
            continue;
        }
        let found = (rule.find)(&look);
        if found.is_empty() {
            checkup.passed.push(PassedRule { rule: rule.id.to_owned(), text: rule.asks.to_owned() });
        }
        for (n, one) in found.into_iter().enumerate() {
            checkup.flaws.push(flaw(&look, rule, one, n > 0));
        }
    }
    checkup.flaws.extend(causes::others(&look));
    checkup.flaws.sort_by_key(|flaw| flaw.severity);
    let off: u32 = checkup.flaws.iter().map(|flaw| flaw.deduction).sum();
    checkup.score = 100u32.saturating_sub(off);
    checkup
}

/// What the first flaw of a rule takes off the score; each further one of the same rule takes one.
fn deduction(severity: Severity) -> u32 {
    match severity {
        Severity::Connect => 30,
        Severity::Messages => 10,
        Severity::Risk => 4,
        Severity::Advice => 1,
    }
}

fn flaw(look: &Look, rule: &Rule, found: Found, again: bool) -> Flaw {
    let severity = found.severity.unwrap_or(rule.severity);
    let action = found.action.or_else(|| action(look, rule.id, &found.evidence));
    Flaw {
        rule: rule.id.to_owned(),
        severity,
        title: found.title,
        reason: found.reason.unwrap_or_else(|| rule.reason.to_owned()),
        fix: found.fix.unwrap_or_else(|| rule.fix.to_owned()),
        evidence: found.evidence,
        source: rule.source.to_owned(),
        deduction: if again { 1 } else { deduction(severity) },
        action,
    }
}

/// The draft that removes the cause where there is one, else the place where it is removed by hand.
fn action(look: &Look, rule: &str, evidence: &[Evidence]) -> Option<Action> {
    let (path, route_key) = evidence.iter().find_map(|e| match &e.place {
        Place::Config { path, route_key: Some(key) } => Some((path, key)),
        _ => None,
    })?;
    if fixable(look, rule, route_key) {
        return Some(Action::Fix { route_key: route_key.clone(), about: None });
    }
    let station = path.rsplit(" › ").next().filter(|station| *station != route_key.as_str()).map(str::to_owned);
    Some(Action::ShowRoute { route_key: route_key.clone(), station })
}

/// Whether a draft removes the cause from the route.
fn fixable(look: &Look, cause: &str, route_key: &str) -> bool {
    let stage = look.stages.first().map_or("", |stage| stage.stage_name.as_str());
    let (region, account_id) = (look.region().unwrap_or_default(), look.account().unwrap_or_default());
    let at = FixAt { stage, route_key, about: None, region, account_id };
    diagnose::fix(cause, look.snapshot, &at).is_some()
}
