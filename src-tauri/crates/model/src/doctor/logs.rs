//! Rules about what stages log: enough to explain a failure, and no more than is meant.

use super::Severity;
use super::look::{Found, Look, Need, Rule, guide, on};
use crate::api::Stage;
use crate::verdict::Action;

const NEEDS: &[Need] = &[Need::Stages];
const LOGGING: &str = guide!("websocket-api-logging");

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "logging-off",
        severity: Severity::Risk,
        asks: "Stages write execution logs",
        reason: "Nothing tells why a request failed: what was not logged never will be.",
        fix: "Turn logs on; at level ERROR they cost little.",
        source: LOGGING,
        needs: NEEDS,
        find: |look| {
            let off = look.stages.iter().filter(|s| level(s) == "OFF");
            off.map(|s| {
                Found::new(
                    format!("{} writes no execution log", s.stage_name),
                    on(&["Stages", &s.stage_name, "Logs"], "level OFF"),
                )
                .act(Action::TurnOnLogs)
            })
            .collect()
        },
    },
    Rule {
        id: "log-role-missing",
        severity: Severity::Risk,
        asks: "API Gateway has a role to write logs with",
        reason: "The stage is set to write logs, and the account gives API Gateway no role in this region: nothing is written.",
        fix: "Create the role and set it in the account’s settings; turning logs on here does both.",
        source: guide!("set-up-logging"),
        needs: &[Need::Stages, Need::LogRole],
        find: |look| {
            let wants = look.stages.iter().filter(|s| level(s) != "OFF" || s.access_log_settings.is_some());
            wants
                .filter(|_| !look.has_log_role())
                .map(|s| {
                    Found::new(
                        format!("Nobody may write {}’s logs", s.stage_name),
                        on(&["Stages", &s.stage_name, "Logs"], "the account’s CloudWatch role is not set"),
                    )
                    .act(Action::TurnOnLogs)
                })
                .collect()
        },
    },
    Rule {
        id: "data-trace-in-prod",
        severity: Severity::Risk,
        asks: "No production stage writes whole messages to the log",
        reason: "Data trace writes headers and messages as they are, tokens included, and API Gateway masks only some.",
        fix: "Switch data trace off when the search is over.",
        source: LOGGING,
        needs: NEEDS,
        find: |look| {
            let traced = look.stages.iter().filter(|s| is_prod(&s.stage_name) && traces(s));
            traced
                .map(|s| {
                    Found::new(
                        format!("{} writes whole messages to the log", s.stage_name),
                        on(&["Stages", &s.stage_name, "Logs"], "data trace on"),
                    )
                })
                .collect()
        },
    },
    Rule {
        id: "data-trace-idle",
        severity: Severity::Advice,
        asks: "Data trace stands where logs are written",
        reason: "Data trace writes nothing while the level is OFF.",
        fix: "Set the level to INFO, or switch data trace off.",
        source: LOGGING,
        needs: NEEDS,
        find: |look| {
            let idle = look
                .stages
                .iter()
                .filter(|s| level(s) == "OFF" && s.default_route_settings.data_trace_enabled == Some(true));
            idle.map(|s| {
                Found::new(
                    format!("{}’s data trace writes nothing", s.stage_name),
                    on(&["Stages", &s.stage_name, "Logs"], "data trace on, level OFF"),
                )
            })
            .collect()
        },
    },
    Rule {
        id: "access-log-without-id",
        severity: Severity::Advice,
        asks: "Access logs name the request",
        reason: "Without $context.requestId a line of the access log can’t be put beside the execution log.",
        fix: "Add $context.requestId to the format.",
        source: LOGGING,
        needs: NEEDS,
        find: |look| {
            let formats =
                look.stages.iter().filter_map(|s| Some((s, s.access_log_settings.as_ref()?.format.as_deref()?)));
            formats
                .filter(|(_, f)| {
                    !f.is_empty()
                        && !["requestId", "extendedRequestId"].iter().any(|id| f.contains(&format!("$context.{id}")))
                })
                .map(|(s, _)| {
                    Found::new(
                        format!("{}’s access log does not name the request", s.stage_name),
                        on(&["Stages", &s.stage_name, "Access log"], "no $context.requestId"),
                    )
                })
                .collect()
        },
    },
    Rule {
        id: "log-group-endless",
        severity: Severity::Advice,
        asks: "Log groups let old lines go",
        reason: "The group keeps every line for ever, and it is paid for by the month.",
        fix: "Set a retention on Stages › Logs.",
        source: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html",
        needs: &[Need::Stages, Need::LogGroups],
        find: endless,
    },
];

fn level(stage: &Stage) -> &str {
    stage.default_route_settings.logging_level.as_deref().unwrap_or("OFF")
}

fn traces(stage: &Stage) -> bool {
    let settings = std::iter::once(&stage.default_route_settings).chain(stage.route_settings.values());
    let on = settings.into_iter().any(|s| s.data_trace_enabled == Some(true));
    on && (level(stage) != "OFF"
        || stage.route_settings.values().any(|s| s.logging_level.as_deref().is_some_and(|l| l != "OFF")))
}

fn is_prod(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name == "live" || name.starts_with("prod") || name.ends_with("-prod") || name.ends_with("_prod")
}

/// The groups of each stage: of its execution log, and of its access log.
fn endless(look: &Look) -> Vec<Found> {
    let mut found = Vec::new();
    for stage in &look.stages {
        let own = format!("/aws/apigateway/{}/{}", look.snapshot.api.api_id, stage.stage_name);
        let access = stage.access_log_settings.as_ref().and_then(|s| s.destination_arn.as_deref());
        let access = access.and_then(|arn| arn.split_once(":log-group:")).map(|(_, name)| name.trim_end_matches(":*"));
        let groups = look.around().log_groups.iter().filter(|g| {
            g.retention_in_days.is_none() && (g.log_group_name == own || Some(g.log_group_name.as_str()) == access)
        });
        found.extend(groups.map(|group| {
            let place = on(&["Stages", &stage.stage_name, "Logs"], "retention: never expires");
            Found::new(format!("{} keeps its lines for ever", group.log_group_name), place)
        }));
    }
    found
}
