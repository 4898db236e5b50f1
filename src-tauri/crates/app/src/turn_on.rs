//! Turning logs on, for a while or for good, what they would cost, and why none are there.
//!
//! One review holds all that belongs to it: the account's role, the stage's level and data trace, the access log with its
//! group, and how long groups keep their lines. Nothing else of the stage is written. Where to look next:
//! `turn_on/reverts.rs` (logs that go back by themselves), `turn_on/why.rs`, `turn_on/estimate.rs`.

mod estimate;
pub(crate) mod reverts;
pub(crate) mod role;
mod why;

use gatescope_aws::Access;
use gatescope_model::api::{AccessLogSettings, Snapshot};
use gatescope_model::limits;
use gatescope_model::log_settings::LogSettings;
use gatescope_model::no_log::group_of;
use gatescope_model::permission::partition;
use gatescope_model::plan;
use gatescope_model::review::{Review, Step, Words};
use gatescope_model::surroundings::LogGroup;
use serde_json::json;

use crate::App;
use crate::calls::*;
use crate::error::{Code, Error};
use crate::propose::Wish;
use crate::reviews::Purpose;

/// A week: who wants logs for longer than that wants them for good.
const LONGEST_MINUTES: u32 = 7 * 24 * 60;

impl App {
    /// The same as turning them on whole, with the stage's access log and retention left alone.
    pub(crate) async fn preview_logs(&self, ask: PreviewLogs) -> Result<Review, Error> {
        let of = OfStage { scope: ask.scope, api_id: ask.api_id, stage: ask.stage };
        let (level, data_trace) = (ask.level, ask.data_trace);
        self.preview_turn_on_logs(TurnOnLogs { of, level, data_trace, ..TurnOnLogs::default() }).await
    }

    pub(crate) async fn preview_turn_on_logs(&self, ask: TurnOnLogs) -> Result<Review, Error> {
        if !["OFF", "ERROR", "INFO"].contains(&ask.level.as_str()) {
            return Err(Error::bad_question(format!("{} is no log level: OFF, ERROR or INFO", ask.level)));
        }
        let on = ask.level != "OFF" || ask.access_format.as_deref().is_some_and(|f| !f.is_empty());
        if ask.minutes.is_some_and(|m| m == 0 || m > LONGEST_MINUTES || !on) {
            return Err(Error::bad_question("logs can be turned on for 1 minute to 7 days"));
        }
        let (access, mut now) = self.read_stage(&ask.of).await?;
        // The groups are read only where they are written: that is what most people may not do.
        if ask.retention_days.is_some() || ask.access_format.as_deref().is_some_and(|f| !f.is_empty()) {
            now.surroundings = Some(access.surroundings(&now).await?);
        }
        let mut wanted = Wanted { access: &access, ask: &ask, mine: now.clone(), steps: Vec::new(), words: Vec::new() };
        wanted.stage().await?;
        wanted.retention().await?;
        let Wanted { mine, steps, words, .. } = wanted;
        if let Some(refused) = limits::check(&now, &mine).into_iter().find(|p| p.refused) {
            return Err(Error::bad_question(refused.text));
        }
        let mut role = if on { role::role_steps(&access).await? } else { role::RoleSteps::default() };
        role.steps.extend(steps);
        role.words.extend(words);
        let silent = now.stage(&ask.of.stage).map(LogSettings::of).unwrap_or_default().words();
        let wish = Wish {
            title: title(&ask),
            base: now.clone(),
            mine,
            first: (role.steps, role.words),
            purpose: Purpose::Logs { level: ask.level.clone(), data_trace: ask.data_trace, minutes: ask.minutes },
            of: ask.of.clone(),
            ..Wish::default()
        };
        let mut review = self.propose_on(&access, now, wish).await?;
        review.affects =
            format!("Requests to {} from now on; earlier ones stay unlogged. Throttling is not touched.", ask.of.stage);
        review.undo = match ask.minutes {
            Some(minutes) => format!(
                "By itself: after {} the logs of {} are as now ({silent}). Earlier: “Now” beside the running time. The \
                 role and the groups stay.",
                for_so_long(minutes),
                ask.of.stage
            ),
            None => "Stages › Turn off logs puts the level back; the role may stay, it costs nothing.".to_owned(),
        };
        review.notices.extend(role.notices);
        if ask.data_trace {
            review.notices.push(
                "Data trace writes headers and messages as they are, tokens included, into CloudWatch.".to_owned(),
            );
        }
        Ok(review)
    }
}

/// The stage and its groups as they shall be.
struct Wanted<'a> {
    access: &'a Access,
    ask: &'a TurnOnLogs,
    mine: Snapshot,
    /// For groups that are there and that the surroundings don't list.
    steps: Vec<Step>,
    words: Vec<Words>,
}

impl Wanted<'_> {
    /// Level, data trace and access log.
    async fn stage(&mut self) -> Result<(), Error> {
        let ask = self.ask;
        let Some(stage) = self.mine.stage(&ask.of.stage) else { return Ok(()) };
        let mut settings = LogSettings::of(stage).turned(&ask.level, ask.data_trace);
        match ask.access_format.as_deref() {
            None => {}
            Some("") => settings.access = None,
            Some(format) => {
                let known = settings.access.as_ref().and_then(|a| a.destination_arn.clone());
                let destination = match known {
                    Some(arn) => arn,
                    None => self.own_access_group().await?,
                };
                let old = settings.access.take().unwrap_or_default();
                let (destination_arn, format) = (Some(destination), Some(format.to_owned()));
                settings.access = Some(AccessLogSettings { destination_arn, format, ..old });
            }
        }
        for stage in self.mine.stages.iter_mut().filter(|s| s.stage_name == ask.of.stage) {
            settings.put(stage);
        }
        Ok(())
    }

    /// The ARN of the group that a first access log goes into; it is made if it is not there.
    async fn own_access_group(&mut self) -> Result<String, Error> {
        let account = self.access.caller().await?.account;
        let (region, name) = (self.access.region(), access_group(self.ask));
        Ok(format!("arn:{}:logs:{region}:{account}:log-group:{name}", partition(region)))
    }

    /// How long both groups keep their lines. The execution log's group is made by the gateway with its first line, and
    /// then never expires: it is made beforehand. The gateway has to find a group of its own when logs go off and on, so
    /// one that is there already is no obstacle (inferred).
    async fn retention(&mut self) -> Result<(), Error> {
        let ask = self.ask;
        let access =
            self.mine.stage(&ask.of.stage).and_then(|s| s.access_log_settings.as_ref()?.destination_arn.clone());
        let access = access.and_then(|arn| Some(arn.split_once(":log-group:")?.1.trim_end_matches(":*").to_owned()));
        let changed = ask.access_format.as_deref().is_some_and(|f| !f.is_empty());
        if let Some(name) = access {
            self.keep(&name, ask.retention_days, changed).await?;
        }
        if ask.retention_days.is_some() && ask.level != "OFF" {
            self.keep(&group_of(&ask.of.api_id, &ask.of.stage), ask.retention_days, true).await?;
        }
        Ok(())
    }

    /// One group, with this retention if one is wished.
    async fn keep(&mut self, name: &str, days: Option<i64>, make: bool) -> Result<(), Error> {
        let Some(around) = &mut self.mine.surroundings else { return Ok(()) };
        if let Some(why) = around.unread.get("logGroups") {
            return Err(Error::new(Code::AccessDenied, format!("the log groups can't be read: {why}")));
        }
        if let Some(group) = around.log_groups.iter_mut().find(|g| g.log_group_name == name) {
            group.retention_in_days = days.or(group.retention_in_days);
            return Ok(());
        }
        let there = self.access.groups_like(name).await?.into_iter().find(|g| g.name == name);
        match there {
            // No stage names it yet, so the surroundings don't have it.
            Some(group) if days.is_some_and(|d| group.retention_in_days.map(i64::from) != Some(d)) => {
                let days = days.unwrap_or_default();
                let input = json!({"logGroupName": name, "retentionInDays": days});
                let effect = format!("what is older than {days} days goes");
                let input = input.as_object().cloned().unwrap_or_default();
                self.steps.push(plan::call("logs", "PutRetentionPolicy", format!("log group {name}"), effect, input));
                self.words.push(said("~", format!("Log group {name}"), &format!("keeps its lines for {days} days.")));
            }
            None if make => {
                around.log_groups.push(LogGroup {
                    log_group_name: name.to_owned(),
                    retention_in_days: days,
                    stored_bytes: None,
                });
                around.log_groups.sort_by(|a, b| a.log_group_name.cmp(&b.log_group_name));
            }
            _ => {}
        }
        Ok(())
    }
}

fn title(ask: &TurnOnLogs) -> String {
    let stage = &ask.of.stage;
    match (ask.level.as_str(), ask.minutes) {
        ("OFF", None) if ask.access_format.as_deref().is_none_or(str::is_empty) => format!("turn off logs for {stage}"),
        (_, None) => format!("turn on logs for {stage}"),
        (_, Some(minutes)) => format!("turn on logs for {stage}, for {}", for_so_long(minutes)),
    }
}

/// `30 minutes`, `2 hours`.
fn for_so_long(minutes: u32) -> String {
    match minutes {
        1 => "1 minute".to_owned(),
        60 => "1 hour".to_owned(),
        m if m % 60 == 0 => format!("{} hours", m / 60),
        m => format!("{m} minutes"),
    }
}

/// The group of a stage's access log, where it has none yet.
fn access_group(ask: &TurnOnLogs) -> String {
    format!("/apigateway/{}/{}/access", ask.of.api_id, ask.of.stage)
}

pub(crate) fn said(sign: &str, text: String, because: &str) -> Words {
    Words { sign: sign.to_owned(), text, because: because.to_owned() }
}
