//! Logs that go back by themselves: written before the first call that turns them on, so that no end of the app leaves
//! them on for good.
//!
//! A row without a time is of a change that is not in force yet. It may not know how logs are put back: that is
//! `turn_on/reverts.rs`.

use gatescope_model::log_settings::LogSettings;
use rusqlite::{Row, params};

use super::{Store, failed, read, written};
use crate::calls::Scope;
use crate::error::Error;
use crate::locked;

pub(super) const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS revert (
        id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, region TEXT NOT NULL, api TEXT NOT NULL,
        stage TEXT NOT NULL, minutes INTEGER NOT NULL, at INTEGER, before TEXT NOT NULL, after TEXT NOT NULL,
        problem TEXT, over TEXT
    );
";

/// Logs that go back.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct KeptRevert {
    /// 0 until it is written.
    pub id: i64,
    pub scope: Scope,
    pub api_id: String,
    pub stage: String,
    /// How long they were wished for.
    pub minutes: u32,
    /// When they go back, by the account's clock; `None`: not in force yet.
    pub at: Option<i64>,
    /// What was logged before.
    pub before: LogSettings,
    /// What was turned on.
    pub after: LogSettings,
    /// Why it did not work the last time.
    pub problem: Option<String>,
    /// What became of it, in words, until a person has seen it.
    pub over: Option<String>,
}

impl KeptRevert {
    /// Whether it is about this stage, and not over.
    pub(crate) fn runs_for(&self, scope: &Scope, api: &str, stage: &str) -> bool {
        self.over.is_none() && self.scope == *scope && self.api_id == api && self.stage == stage
    }
}

impl Store {
    /// Writes one down, and answers its number.
    pub(crate) fn begin_revert(&self, revert: &KeptRevert) -> Result<i64, Error> {
        let (before, after) = (written(&revert.before)?, written(&revert.after)?);
        let Scope { account, region } = &revert.scope;
        let db = locked(&self.0);
        db.execute(
            "INSERT INTO revert (account, region, api, stage, minutes, at, before, after)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![account, region, revert.api_id, revert.stage, revert.minutes, revert.at, before, after],
        )
        .map_err(failed)?;
        Ok(db.last_insert_rowid())
    }

    /// From now on it has a time, or another one.
    pub(crate) fn set_revert_time(&self, id: i64, at: i64) -> Result<(), Error> {
        let db = locked(&self.0);
        db.execute("UPDATE revert SET at = ?2, problem = NULL WHERE id = ?1", params![id, at]).map_err(failed)?;
        Ok(())
    }

    /// It did not work, and is tried again.
    pub(crate) fn revert_failed(&self, id: i64, problem: &str) -> Result<(), Error> {
        let db = locked(&self.0);
        db.execute("UPDATE revert SET problem = ?2 WHERE id = ?1", params![id, problem]).map_err(failed)?;
        Ok(())
    }

    /// It is over, in words.
    pub(crate) fn revert_over(&self, id: i64, words: &str) -> Result<(), Error> {
        let db = locked(&self.0);
        db.execute("UPDATE revert SET over = ?2, problem = NULL WHERE id = ?1", params![id, words]).map_err(failed)?;
        Ok(())
    }

    /// Forgets it: it does not happen, or was seen. Whether it was there.
    pub(crate) fn drop_revert(&self, id: i64) -> Result<bool, Error> {
        let gone = locked(&self.0).execute("DELETE FROM revert WHERE id = ?1", params![id]).map_err(failed)?;
        Ok(gone > 0)
    }

    /// All of them, the nearest first.
    pub(crate) fn reverts(&self) -> Result<Vec<KeptRevert>, Error> {
        let db = locked(&self.0);
        let mut rows = db
            .prepare_cached(
                "SELECT id, account, region, api, stage, minutes, at, before, after, problem, over FROM revert
                 ORDER BY at IS NULL, at, id",
            )
            .map_err(failed)?;
        let found = rows.query_map([], raw).map_err(failed)?;
        found
            .map(|raw| {
                let (mut revert, before, after) = raw.map_err(failed)?;
                (revert.before, revert.after) = (read(&before)?, read(&after)?);
                Ok(revert)
            })
            .collect()
    }
}

fn raw(r: &Row) -> rusqlite::Result<(KeptRevert, String, String)> {
    let revert = KeptRevert {
        id: r.get(0)?,
        scope: Scope { account: r.get(1)?, region: r.get(2)? },
        api_id: r.get(3)?,
        stage: r.get(4)?,
        minutes: r.get(5)?,
        at: r.get(6)?,
        problem: r.get(9)?,
        over: r.get(10)?,
        ..KeptRevert::default()
    };
    Ok((revert, r.get(7)?, r.get(8)?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn what_goes_back_is_kept_with_its_time_and_what_became_of_it() {
        let store = Store::open(None).unwrap();
        let revert = |stage: &str| KeptRevert { stage: stage.to_owned(), minutes: 30, ..KeptRevert::default() };
        let late = store.begin_revert(&revert("late")).unwrap();
        let soon = store.begin_revert(&revert("soon")).unwrap();
        let pending = store.begin_revert(&revert("pending")).unwrap();
        store.set_revert_time(late, 90).unwrap();
        store.set_revert_time(soon, 60).unwrap();
        let ids: Vec<i64> = store.reverts().unwrap().iter().map(|r| r.id).collect();
        assert_eq!(ids, [soon, late, pending]);
        store.revert_failed(soon, "locked").unwrap();
        store.revert_over(late, "OFF again").unwrap();
        let found = store.reverts().unwrap();
        assert_eq!((found[0].problem.as_deref(), found[1].over.as_deref()), (Some("locked"), Some("OFF again")));
        assert!(store.drop_revert(soon).unwrap());
        assert!(!store.drop_revert(soon).unwrap());
    }
}
