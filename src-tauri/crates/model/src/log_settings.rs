//! What a stage logs, and nothing else of it: so that turning logs on, and taking that back later, touches no throttling
//! and no setting of anybody else's (facts-2 row 57).
//!
//! Pure. Where to look next: `app/turn_on.rs` and `app/turn_on/reverts.rs`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::api::{AccessLogSettings, RouteSettings, Stage};

/// The log settings of a stage.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LogSettings {
    /// Of the stage.
    pub default: Level,
    /// Routes with settings of their own, by key.
    pub routes: BTreeMap<String, Level>,
    /// Where and how each request is written down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access: Option<AccessLogSettings>,
}

/// What is written of each request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Level {
    /// `OFF`, `ERROR` or `INFO`; absent: not set here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// Whole requests; absent: not set here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_trace: Option<bool>,
}

impl Level {
    fn of(settings: &RouteSettings) -> Self {
        Self { level: settings.logging_level.clone(), data_trace: settings.data_trace_enabled }
    }

    fn put(&self, into: &mut RouteSettings) {
        into.logging_level.clone_from(&self.level);
        into.data_trace_enabled = self.data_trace;
    }

    fn is_off(&self) -> bool {
        rank(self.level.as_deref()) == 0
    }
}

impl LogSettings {
    /// Those of a stage.
    #[must_use]
    pub fn of(stage: &Stage) -> Self {
        Self {
            default: Level::of(&stage.default_route_settings),
            routes: stage.route_settings.iter().map(|(key, s)| (key.clone(), Level::of(s))).collect(),
            access: stage.access_log_settings.clone(),
        }
    }

    /// Writes them into a stage; routes without settings of their own stay without.
    pub fn put(&self, stage: &mut Stage) {
        self.default.put(&mut stage.default_route_settings);
        for (key, settings) in &mut stage.route_settings {
            if let Some(level) = self.routes.get(key) {
                level.put(settings);
            }
        }
        stage.access_log_settings.clone_from(&self.access);
    }

    /// The same with this level and data trace. A route whose own level writes less than what is wanted follows, so that
    /// what was turned on is on everywhere; with `OFF` they all follow.
    #[must_use]
    pub fn turned(&self, level: &str, data_trace: bool) -> Self {
        let mut turned = self.clone();
        turned.default = Level { level: Some(level.to_owned()), data_trace: Some(data_trace) };
        for own in turned.routes.values_mut() {
            let less = rank(own.level.as_deref()) < rank(Some(level));
            if own.level.is_some() && (less || level == "OFF") {
                own.level = Some(level.to_owned());
            }
            if own.data_trace.is_some() && (data_trace || level == "OFF") {
                own.data_trace = Some(data_trace);
            }
        }
        turned
    }

    /// Takes back what was changed from `before` to `after`, in what stands `now`. Whoever changed one of it meanwhile
    /// wins; that is said, in words.
    #[must_use]
    pub fn taken_back(before: &Self, after: &Self, now: &Self) -> (Self, Vec<String>) {
        let (mut back, mut kept) = (now.clone(), Vec::new());
        level_back(&before.default, &after.default, &mut back.default, "", &mut kept);
        for (key, own) in &mut back.routes {
            let (Some(before), Some(after)) = (before.routes.get(key), after.routes.get(key)) else { continue };
            level_back(before, after, own, &format!(" of {key}"), &mut kept);
        }
        if before.access != after.access {
            if now.access == after.access {
                back.access.clone_from(&before.access);
            } else if now.access != before.access {
                kept.push("the access log was changed by somebody else and stays".to_owned());
            }
        }
        (back, kept)
    }

    /// In words: `OFF`, `INFO with data trace`, `ERROR with an access log`.
    #[must_use]
    pub fn words(&self) -> String {
        let mut words = self.default.level.clone().unwrap_or_else(|| "OFF".to_owned());
        let mut with = Vec::new();
        if self.default.data_trace == Some(true) && !self.default.is_off() {
            with.push("data trace");
        }
        if self.access.is_some() {
            with.push("an access log");
        }
        if !with.is_empty() {
            words = format!("{words} with {}", with.join(" and "));
        }
        words
    }
}

fn level_back(before: &Level, after: &Level, now: &mut Level, whose: &str, kept: &mut Vec<String>) {
    if before.level != after.level {
        if now.level == after.level {
            now.level.clone_from(&before.level);
        } else if rank(now.level.as_deref()) != rank(before.level.as_deref()) {
            let level = now.level.as_deref().unwrap_or("OFF");
            kept.push(format!("the level{whose} was set to {level} by somebody else and stays"));
        }
    }
    if before.data_trace != after.data_trace {
        if now.data_trace == after.data_trace {
            now.data_trace = before.data_trace;
        } else if now.data_trace.unwrap_or_default() != before.data_trace.unwrap_or_default() {
            kept.push(format!("data trace{whose} was changed by somebody else and stays"));
        }
    }
}

/// How much a level writes. What is not set writes nothing.
fn rank(level: Option<&str>) -> u8 {
    match level {
        Some("INFO") => 2,
        Some("ERROR") => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(level: &str, data_trace: bool) -> LogSettings {
        let default = Level { level: Some(level.to_owned()), data_trace: Some(data_trace) };
        LogSettings { default, ..LogSettings::default() }
    }

    #[test]
    fn turning_on_takes_along_routes_that_write_less_and_leaves_those_that_write_more() {
        let own = |level: &str| Level { level: Some(level.to_owned()), data_trace: None };
        let routes = [("$connect", own("OFF")), ("ping", own("ERROR")), ("pong", Level::default())];
        let stage = LogSettings {
            routes: routes.into_iter().map(|(k, l)| (k.to_owned(), l)).collect(),
            ..settings("OFF", false)
        };
        let on = stage.turned("ERROR", true);
        assert_eq!(on.routes["$connect"], own("ERROR"));
        assert_eq!(on.routes["pong"], Level::default(), "what has no level of its own follows the stage");
        let info = on.turned("INFO", false);
        assert_eq!(info.turned("ERROR", false).routes["ping"], own("INFO"));
        assert_eq!(info.turned("OFF", false).routes["ping"], own("OFF"));
    }

    #[test]
    fn what_was_turned_on_is_taken_back_and_nothing_else() {
        let (before, after) = (settings("OFF", false), settings("INFO", true));
        assert_eq!(LogSettings::taken_back(&before, &after, &after), (before.clone(), Vec::new()));
        // It was turned off by hand meanwhile: there is nothing to say.
        assert_eq!(LogSettings::taken_back(&before, &after, &before), (before.clone(), Vec::new()));
        let (_, mut mine) = (0, after.clone());
        mine.access = Some(AccessLogSettings::default());
        let (back, kept) = LogSettings::taken_back(&before, &after, &mine);
        assert_eq!((back.access.is_some(), back.default, kept.len()), (true, before.default, 0));
    }

    #[test]
    fn whoever_changed_the_level_meanwhile_wins_and_it_is_said() {
        let (before, after, theirs) = (settings("OFF", false), settings("INFO", true), settings("ERROR", true));
        let (back, kept) = LogSettings::taken_back(&before, &after, &theirs);
        assert_eq!(back, settings("ERROR", false), "data trace was ours and goes");
        assert_eq!(kept, ["the level was set to ERROR by somebody else and stays"]);
    }

    #[test]
    fn throttling_is_never_touched() {
        let mut stage = Stage::default();
        stage.default_route_settings.throttling_rate_limit = Some(7.0);
        stage.route_settings.insert(
            "ping".to_owned(),
            RouteSettings {
                logging_level: Some("OFF".to_owned()),
                throttling_burst_limit: Some(3),
                ..RouteSettings::default()
            },
        );
        LogSettings::of(&stage).turned("INFO", true).put(&mut stage);
        assert_eq!(stage.default_route_settings.throttling_rate_limit, Some(7.0));
        assert_eq!(stage.route_settings["ping"].throttling_burst_limit, Some(3));
        assert_eq!(stage.logging_level("ping"), "INFO");
    }

    #[test]
    fn settings_are_said_in_words() {
        assert_eq!(LogSettings::default().words(), "OFF");
        assert_eq!(settings("OFF", true).words(), "OFF");
        assert_eq!(settings("INFO", true).words(), "INFO with data trace");
    }
}
