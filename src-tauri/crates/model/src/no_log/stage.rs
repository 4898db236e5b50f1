//! What keeps a stage from writing, or its lines from being there: level, role, name, time, group.

use super::{Found, Group, Known, LogRole, clock, group_of, logging, rest_group_of};
use crate::api::Stage;
use crate::unlogged::{self, ROLE_MISSING, ROLE_REFUSED, Settings, is_off};
use crate::verdict::{Action, Confidence, Evidence, Finding, Place};

const DAY_MS: i64 = 86_400_000;

pub(super) fn findings(known: &Known) -> Vec<Finding> {
    let Some(stage) = known.snapshot.and_then(|s| s.stage(known.stage)) else { return Vec::new() };
    let found = [
        off(known, stage),
        errors_only(known, stage),
        role(known, stage),
        named_default(known),
        propagating(known, stage),
        pending(known, stage),
        expired(known),
        elsewhere(known),
        nobody_called(known, stage),
    ];
    found.into_iter().flatten().map(Found::finding).collect()
}

fn level<'a>(known: &Known<'a>, stage: &'a Stage) -> (&'a str, &'a str) {
    let key = known.route_key.unwrap_or("$connect");
    (key, stage.logging_level(key))
}

/// Whether the settings were already as they are when the request was made.
fn were_so(known: &Known) -> bool {
    let asked = known.asked_ms_ago;
    match Settings::of(known.changed_ms_ago.map(|changed| changed - asked.unwrap_or_default())) {
        Settings::InForce => true,
        Settings::Settling(_) => asked.is_some(),
        Settings::ChangedAfter(_) => false,
    }
}

fn off<'a>(known: &Known, stage: &Stage) -> Option<Found<'a>> {
    let (key, level) = level(known, stage);
    if !is_off(level) {
        return None;
    }
    let own = stage.route_settings.get(key).and_then(|s| s.logging_level.as_deref()).is_some();
    let whose = if own { format!("{key} of {}", known.stage) } else { known.stage.to_owned() };
    let said = if own { format!("{key} has a level of its own: OFF") } else { "level OFF".to_owned() };
    Some(Found {
        cause: "logging-off",
        confidence: if were_so(known) { Confidence::Certain } else { Confidence::Likely },
        title: format!("{whose} writes no execution log"),
        reason: if stage.access_log_settings.is_some() {
            "It writes an access log only. Its log level is OFF, and what was not written can’t be read later."
        } else {
            "Its log level is OFF, and what was not written can’t be read later."
        },
        fix: "Turn on logs, and try again.",
        evidence: logging(known.stage, said),
        action: Some(Action::TurnOnLogs),
    })
}

/// What level ERROR writes is documented, not captured: no more than likely.
fn errors_only<'a>(known: &Known, stage: &Stage) -> Option<Found<'a>> {
    let (_, level) = level(known, stage);
    let succeeded = known.status.map(|status| status < 400);
    if level != "ERROR" || succeeded == Some(false) {
        return None;
    }
    Some(Found {
        cause: "logging-off",
        confidence: if succeeded.is_some() { Confidence::Likely } else { Confidence::Possible },
        title: match succeeded {
            Some(_) => format!("{} logs errors only, and this request had none", known.stage),
            None => format!("{} logs errors only", known.stage),
        },
        reason: "Level ERROR writes what failed; level INFO writes every request.",
        fix: "Set the level to INFO, and try again.",
        evidence: logging(known.stage, "level ERROR"),
        action: Some(Action::TurnOnLogs),
    })
}

fn role<'a>(known: &Known, stage: &Stage) -> Option<Found<'a>> {
    if is_off(level(known, stage).1) && stage.access_log_settings.is_none() {
        return None;
    }
    let ((cause, title), said) = match known.role.as_ref()? {
        LogRole::Works | LogRole::Unknown(_) => return None,
        LogRole::Missing => (ROLE_MISSING, "cloudwatchRoleArn is not set".to_owned()),
        LogRole::Gone => (ROLE_MISSING, "the account names a role that is not there".to_owned()),
        LogRole::Untrusting => {
            (ROLE_REFUSED, "the role’s trust policy does not name apigateway.amazonaws.com".to_owned())
        }
        LogRole::TooNarrow(lacks) => (ROLE_REFUSED, format!("the role lacks {}", lacks.join(", "))),
    };
    let place = Place::Config { path: format!("Account settings of {}", known.region), route_key: None };
    Some(Found {
        cause,
        // Nobody recorded what becomes of logs when the role breaks after it was set.
        confidence: Confidence::Likely,
        title: title.to_owned(),
        reason: "All logs of API Gateway in this region are written with one role of the account.",
        fix: "Turn on logs: it makes the role, or repairs it.",
        evidence: Evidence { place, text: said },
        action: Some(Action::TurnOnLogs),
    })
}

/// Two people reported it; it may have been throttling by 0 (facts-2 row 58).
fn named_default<'a>(known: &Known) -> Option<Found<'a>> {
    (known.stage == "$default").then(|| Found {
        cause: "stage-named-default",
        confidence: Confidence::Likely,
        title: "A WebSocket stage named $default gets no log group".to_owned(),
        reason: "$default is the name that HTTP APIs use; of WebSocket stages of that name no log was ever found.",
        fix: "Make a stage with another name, deploy to it, and connect there.",
        evidence: logging("$default", "the stage’s name"),
        action: None,
    })
}

fn propagating<'a>(known: &Known, stage: &Stage) -> Option<Found<'a>> {
    let changed = known.changed_ms_ago.filter(|ms| *ms >= 0)?;
    if is_off(level(known, stage).1) {
        return None;
    }
    let (title, reason, fix, said) = match Settings::of(Some(changed - known.asked_ms_ago.unwrap_or_default())) {
        Settings::InForce => return None,
        Settings::Settling(ms) => (
            "The stage’s settings were not in force yet",
            "A change of them takes about 40 s to act; until then requests go unlogged, one and not the next.",
            "Wait until a minute has passed since the change, and try again.",
            format!("changed {} s before the request", ms / 1000),
        ),
        Settings::ChangedAfter(ms) => (
            "The request was made before the stage was changed",
            "What the stage logs now says nothing about what it logged then.",
            "Try again now.",
            format!("the request came {} s before the change", ms / 1000),
        ),
    };
    Some(Found {
        cause: "settings-propagating",
        confidence: if known.changed_logs { Confidence::Likely } else { Confidence::Possible },
        title: title.to_owned(),
        reason,
        fix,
        evidence: clock(said),
        action: None,
    })
}

fn pending<'a>(known: &Known, stage: &Stage) -> Option<Found<'a>> {
    let asked = known.asked_ms_ago.filter(|ms| unlogged::may_come(level(known, stage).1, *ms))?;
    Some(Found {
        cause: "logs-pending",
        confidence: if asked <= 30_000 { Confidence::Likely } else { Confidence::Possible },
        title: "The log of this request has not come yet".to_owned(),
        reason: "API Gateway writes its log about 20 s late, all lines of a request at once.",
        fix: "Wait, or read the log again now.",
        evidence: clock(format!("{} s since the request", asked / 1000)),
        action: Some(Action::ReadNow),
    })
}

fn own<'a>(known: &'a Known) -> Option<&'a Group> {
    let name = group_of(known.api_id, known.stage);
    known.groups.as_ref()?.iter().find(|g| g.name == name)
}

fn expired<'a>(known: &Known) -> Option<Found<'a>> {
    let group = own(known)?;
    let days = group.retention_in_days?;
    let asked = known.asked_ms_ago?;
    (asked > days.saturating_mul(DAY_MS)).then(|| Found {
        cause: "log-expired",
        confidence: Confidence::Certain,
        title: format!("The lines have expired: {} keeps them for {days} days", group.name),
        reason: "CloudWatch deletes what is older than the group’s retention.",
        fix: "Keep the group’s lines for longer, from now on.",
        evidence: clock(format!("{} days since the request", asked / DAY_MS)),
        action: None,
    })
}

/// Another group than the one in which WebSocket APIs write (facts 1.1).
fn elsewhere<'a>(known: &Known) -> Option<Found<'a>> {
    let groups = known.groups.as_ref()?;
    let rest = rest_group_of(known.api_id, known.stage);
    if own(known).is_some() || !groups.iter().any(|g| g.name == rest) {
        return None;
    }
    Some(Found {
        cause: "log-in-other-group",
        confidence: Confidence::Likely,
        title: format!("There is a log group of another name: {rest}"),
        reason: "WebSocket APIs write into /aws/apigateway/{api}/{stage}; some pages name the group of REST APIs.",
        fix: "Look into that group, and into the right one once a request was logged.",
        evidence: Evidence {
            place: Place::Config { path: "CloudWatch › Log groups".to_owned(), route_key: None },
            text: format!("{rest} is there, {} is not", group_of(known.api_id, known.stage)),
        },
        action: Some(Action::OpenLog { log_group: rest, request_id: None }),
    })
}

/// All is on, and the group that the first line makes is not there.
fn nobody_called<'a>(known: &Known, stage: &Stage) -> Option<Found<'a>> {
    let missing = known.groups.is_some() && own(known).is_none();
    let on = level(known, stage).1 == "INFO" && matches!(known.role, Some(LogRole::Works));
    if !missing || !on || known.asked_ms_ago.is_some() {
        return None;
    }
    Some(Found {
        cause: "never-logged",
        confidence: Confidence::Possible,
        title: format!("No request to {} was logged yet", known.stage),
        reason: "The log group is made with the first line, and it is not there.",
        fix: "Connect, and wait half a minute.",
        evidence: Evidence {
            place: Place::Config { path: "CloudWatch › Log groups".to_owned(), route_key: None },
            text: format!("{} is not there", group_of(known.api_id, known.stage)),
        },
        action: None,
    })
}
