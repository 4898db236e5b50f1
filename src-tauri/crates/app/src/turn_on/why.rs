//! Why no log is there: gathers what is known, and lets `model::no_log` answer.

use gatescope_aws::{Access, Kind};
use gatescope_model::api::Snapshot;
use gatescope_model::no_log::{self, Group, Known, group_of, rest_group_of};

use super::role;
use crate::App;
use crate::calls::{NoLog, OfRow, OfStage, WhyNoLog};
use crate::error::Error;
use crate::reviews::Purpose;
use crate::store::Place;

impl App {
    pub(crate) async fn explain_no_log(&self, ask: WhyNoLog) -> Result<NoLog, Error> {
        let of = &ask.of;
        let access = self.access(&of.scope).await?;
        let snapshot = match access.snapshot(&of.api_id).await {
            Ok(snapshot) => Some(snapshot),
            Err(e) if e.kind == Kind::NotFound => None,
            Err(e) => return Err(e.into()),
        };
        let stage = snapshot.as_ref().and_then(|s| s.stage(&of.stage));
        let key = ask.route_key.as_deref().unwrap_or("$connect");
        let writes = stage.is_some_and(|s| s.logging_level(key) != "OFF" || s.access_log_settings.is_some());
        let role = match writes {
            true => match role::look(&access).await {
                Ok((_, stands)) => Some(stands),
                Err(e) => Some(no_log::LogRole::Unknown(e.message)),
            },
            false => None,
        };
        let groups = if stage.is_some() { groups(&access, of).await } else { Some(Vec::new()) };
        // A row of a conversation knows more than the question does.
        let detail = match (&ask.session, ask.row) {
            (Some(session), Some(row)) => self.read_row(OfRow { session: session.clone(), row }).await.ok(),
            _ => None,
        };
        let (changed_ms_ago, changed_logs) = self.logs_changed(of, snapshot.as_ref())?;
        let known = Known {
            region: &of.scope.region,
            api_id: &of.api_id,
            stage: &of.stage,
            snapshot: snapshot.as_ref(),
            role,
            groups,
            route_key: ask.route_key.as_deref(),
            status: ask.status,
            handshake: detail.as_ref().and_then(|d| d.handshake.as_ref()),
            asked_ms_ago: ask.at.map(|at| (crate::now() - at).max(0)),
            changed_ms_ago,
            changed_logs,
        };
        Ok(NoLog { findings: no_log::explain(&known), looked_at: no_log::looked_at(&known) })
    }

    /// How long ago the stage's logs were changed with Gatescope; else when the stage was changed at all, by whomever.
    fn logs_changed(&self, of: &OfStage, snapshot: Option<&Snapshot>) -> Result<(Option<i64>, bool), Error> {
        let changes = self.inner.store.changes(Place::new(&of.scope, &of.api_id))?;
        let ours = changes.iter().find(|c| {
            matches!(c.shown.purpose, Purpose::Logs { .. }) && c.shown.about == of.stage && c.outcome.done > 0
        });
        if let Some(change) = ours {
            return Ok((Some(crate::now() - change.at), true));
        }
        let stage = snapshot.and_then(|s| s.stage(&of.stage));
        let at = stage.and_then(|s| gatescope_aws::milliseconds(s.last_updated_date.as_deref()?));
        Ok((at.map(|at| self.clock_of(&of.scope) - at).filter(|ms| *ms >= 0), false))
    }
}

/// The groups of this stage by any of the names that are in use; `None`: they may not be listed.
async fn groups(access: &Access, of: &OfStage) -> Option<Vec<Group>> {
    let mut found = Vec::new();
    for name in [group_of(&of.api_id, &of.stage), rest_group_of(&of.api_id, &of.stage)] {
        let like = access.groups_like(&name).await.ok()?;
        found.extend(
            like.into_iter()
                .filter(|g| g.name == name)
                .map(|g| Group { name: g.name, retention_in_days: g.retention_in_days.map(i64::from) }),
        );
    }
    Some(found)
}
