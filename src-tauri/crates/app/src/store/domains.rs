//! What the domain wizard wrote, so that it can be taken back: each call before it is sent, and what stood before it.
//!
//! The wizard never reads this to know where it is: that is AWS's to tell.

use gatescope_model::alias::Record;
use gatescope_model::domain::Goal;
use gatescope_model::domain::undo::Done;
use gatescope_model::review::Step;
use rusqlite::params;

use super::{Store, failed, read, written};
use crate::calls::Scope;
use crate::error::Error;
use crate::locked;

pub(super) const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS domain_step (
        id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, region TEXT NOT NULL, goal TEXT NOT NULL,
        at INTEGER NOT NULL, step TEXT NOT NULL, before TEXT NOT NULL, made TEXT
    );
    CREATE INDEX IF NOT EXISTS domain_step_of ON domain_step (account, region, goal);
";

/// What a wizard is known by: how its records are written may change on the way.
fn named(goal: &Goal) -> Result<String, Error> {
    written(&Goal {
        api_id: goal.api_id.clone(),
        stage: goal.stage.clone(),
        domain_name: goal.domain_name.clone(),
        key: goal.key.clone(),
        ..Goal::default()
    })
}

impl Store {
    /// Writes a call down before it is sent.
    pub(crate) fn begin_domain_step(
        &self,
        scope: &Scope,
        goal: &Goal,
        step: &Step,
        before: &[Record],
        now: i64,
    ) -> Result<i64, Error> {
        let (goal, step, before) = (named(goal)?, written(step)?, written(&before)?);
        let db = locked(&self.0);
        db.execute(
            "INSERT INTO domain_step (account, region, goal, at, step, before) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![scope.account, scope.region, goal, now, step, before],
        )
        .map_err(failed)?;
        Ok(db.last_insert_rowid())
    }

    /// It was done, and made this.
    pub(crate) fn end_domain_step(&self, id: i64, made: &str) -> Result<(), Error> {
        let db = locked(&self.0);
        db.execute("UPDATE domain_step SET made = ?2 WHERE id = ?1", params![id, made]).map_err(failed)?;
        Ok(())
    }

    /// It was refused, or has been taken back: it made nothing that is there.
    pub(crate) fn forget_domain_step(&self, id: i64) -> Result<(), Error> {
        locked(&self.0).execute("DELETE FROM domain_step WHERE id = ?1", params![id]).map_err(failed)?;
        Ok(())
    }

    /// What a wizard wrote, oldest first.
    pub(crate) fn domain_steps(&self, scope: &Scope, goal: &Goal) -> Result<Vec<(i64, Done)>, Error> {
        let goal = named(goal)?;
        let db = locked(&self.0);
        let mut rows = db
            .prepare_cached(
                "SELECT id, step, before, made, at FROM domain_step WHERE account = ?1 AND region = ?2 AND goal = ?3 ORDER BY id",
            )
            .map_err(failed)?;
        let raw = |r: &rusqlite::Row| -> rusqlite::Result<(i64, String, String, Option<String>, i64)> {
            Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?))
        };
        let found = rows.query_map(params![scope.account, scope.region, goal], raw).map_err(failed)?;
        found
            .map(|raw| {
                let (id, step, before, made, at) = raw.map_err(failed)?;
                Ok((id, Done { step: read(&step)?, before: read(&before)?, made, at }))
            })
            .collect()
    }
}
