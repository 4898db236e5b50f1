//! The journal: what a change is about to do, written before its first call, and what became of it, written after each.
//!
//! So that whatever ends the app, what was done is known at the next start. It may not know how a change is made or
//! taken back: that is `apply.rs` and `history.rs`.

use std::collections::BTreeMap;

use gatescope_model::api::Snapshot;
use gatescope_model::review::{DiffLine, Step, Words};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};

use super::{Place, Store, failed, read, written};
use crate::calls::{ChangeState, Scope};
use crate::error::{Code, Error};
use crate::locked;
use crate::reviews::Purpose;

/// Changes of an API that are kept; a person does not go back further, and each holds whole snapshots.
const KEPT: i64 = 200;

/// What a change is about to do.
#[derive(Clone, Debug, Default)]
pub(crate) struct Intent {
    pub scope: Scope,
    /// Empty: an API that is about to be made.
    pub api_id: String,
    pub shown: Shown,
    /// The API as it was.
    pub before: Snapshot,
    /// The API as it shall be, with the draft's ids.
    pub goal: Snapshot,
}

/// The part of it that the history shows.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Shown {
    pub api_name: String,
    pub title: String,
    pub words: Vec<Words>,
    pub diff: Vec<DiffLine>,
    pub steps: Vec<Step>,
    pub lost: Vec<String>,
    /// The stage that the last steps deploy to; empty: none.
    pub stage: String,
    /// The stage that it is about, if it is about one.
    pub about: String,
    pub purpose: Purpose,
    pub settles: Option<Settles>,
    /// When it makes an API: the ids of those that were there.
    pub beside: Vec<String>,
}

/// Which earlier change it ends, and how that stands then.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Settles {
    pub change: i64,
    pub state: ChangeState,
}

/// What became of it so far.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Outcome {
    /// Steps that AWS has answered well, from the first.
    pub done: u32,
    /// The step after those was sent, and whether AWS carried it out is not known.
    pub unanswered: bool,
    /// AWS's id by the draft's.
    pub made: BTreeMap<String, String>,
    pub problem: Option<String>,
    pub deployment: Option<String>,
    /// It stays as it is: somebody said so.
    pub settled: bool,
}

/// A change as the journal has it.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub id: i64,
    pub scope: Scope,
    pub api_id: String,
    pub at: i64,
    pub state: ChangeState,
    pub shown: Shown,
    pub outcome: Outcome,
}

/// The snapshots of a change.
#[derive(Clone, Debug)]
pub(crate) struct Snapshots {
    pub before: Snapshot,
    pub goal: Snapshot,
    /// As it was found when all was in force, with AWS's ids.
    pub after: Option<Snapshot>,
}

const ENTRY: &str = "id, account, region, api, at, state, shown, outcome";

/// Whatever runs when the app starts was broken off by its end.
pub(super) fn begin(db: &Connection) -> Result<(), Error> {
    db.execute("UPDATE change SET state = 'broken' WHERE state = 'running'", []).map_err(failed)?;
    Ok(())
}

impl Store {
    /// Writes a change down before its first call, and answers its number.
    pub(crate) fn begin_change(&self, intent: &Intent, at: i64) -> Result<i64, Error> {
        let (shown, before, goal) = (written(&intent.shown)?, written(&intent.before)?, written(&intent.goal)?);
        let outcome = written(&Outcome::default())?;
        let db = locked(&self.0);
        let Scope { account, region } = &intent.scope;
        db.execute(
            "INSERT INTO change (account, region, api, at, state, shown, before, goal, outcome)
             VALUES (?1, ?2, ?3, ?4, 'running', ?5, ?6, ?7, ?8)",
            params![account, region, intent.api_id, at, shown, before, goal, outcome],
        )
        .map_err(failed)?;
        let id = db.last_insert_rowid();
        db.execute(
            "DELETE FROM change WHERE account = ?1 AND region = ?2 AND api = ?3 AND state NOT IN ('running', 'stopped', 'broken')
             AND id <= (SELECT id FROM change WHERE account = ?1 AND region = ?2 AND api = ?3 ORDER BY id DESC LIMIT 1 OFFSET ?4)",
            params![account, region, intent.api_id, KEPT],
        )
        .map_err(failed)?;
        Ok(id)
    }

    /// Writes down what became of it so far.
    pub(crate) fn note_outcome(&self, id: i64, outcome: &Outcome) -> Result<(), Error> {
        self.set(id, "UPDATE change SET outcome = ?2 WHERE id = ?1", &written(outcome)?)
    }

    /// Writes down how it ended.
    pub(crate) fn end_change(
        &self,
        id: i64,
        state: ChangeState,
        outcome: &Outcome,
        after: Option<&Snapshot>,
    ) -> Result<(), Error> {
        let after = after.map(written).transpose()?;
        let db = locked(&self.0);
        db.execute(
            "UPDATE change SET state = ?2, outcome = ?3, after = ?4 WHERE id = ?1",
            params![id, name(state), written(outcome)?, after],
        )
        .map_err(failed)?;
        Ok(())
    }

    /// How it stands now, after a later change.
    pub(crate) fn set_state(&self, id: i64, state: ChangeState) -> Result<(), Error> {
        self.set(id, "UPDATE change SET state = ?2 WHERE id = ?1", name(state))
    }

    fn set(&self, id: i64, sql: &str, value: &str) -> Result<(), Error> {
        locked(&self.0).execute(sql, params![id, value]).map_err(failed)?;
        Ok(())
    }

    /// An API was made, or made again under another id: its history goes with it.
    pub(crate) fn api_is_now(&self, change: i64, of: Place, api: &str) -> Result<(), Error> {
        self.set(change, "UPDATE change SET api = ?2 WHERE id = ?1", api)?;
        if of.api.is_empty() {
            return Ok(());
        }
        let values = [of.account, of.region, of.api, api];
        self.write("UPDATE change SET api = ?4 WHERE account = ?1 AND region = ?2 AND api = ?3", &values)?;
        self.write("UPDATE OR REPLACE message SET api = ?4 WHERE account = ?1 AND region = ?2 AND api = ?3", &values)
    }

    /// The changes of an API, newest first.
    pub(crate) fn changes(&self, of: Place) -> Result<Vec<Entry>, Error> {
        let sql =
            format!("SELECT {ENTRY} FROM change WHERE account = ?1 AND region = ?2 AND api = ?3 ORDER BY id DESC");
        self.entries(&sql, &[of.account, of.region, of.api])
    }

    /// The changes of all APIs of a region, also of those that were deleted, newest first.
    pub(crate) fn changes_of_region(&self, account: &str, region: &str) -> Result<Vec<Entry>, Error> {
        let sql = format!("SELECT {ENTRY} FROM change WHERE account = ?1 AND region = ?2 ORDER BY id DESC");
        self.entries(&sql, &[account, region])
    }

    /// The changes of all accounts that were stopped or broken, newest first.
    pub(crate) fn unfinished(&self) -> Result<Vec<Entry>, Error> {
        let sql = format!("SELECT {ENTRY} FROM change WHERE state IN ('stopped', 'broken') ORDER BY id DESC");
        self.entries(&sql, &[])
    }

    fn entries(&self, sql: &str, values: &[&str]) -> Result<Vec<Entry>, Error> {
        let db = locked(&self.0);
        let mut rows = db.prepare_cached(sql).map_err(failed)?;
        let found = rows.query_map(rusqlite::params_from_iter(values), row).map_err(failed)?;
        found.map(|raw| entry(raw.map_err(failed)?)).collect()
    }

    /// One change.
    pub(crate) fn change(&self, id: i64) -> Result<Entry, Error> {
        let db = locked(&self.0);
        let found =
            db.query_row(&format!("SELECT {ENTRY} FROM change WHERE id = ?1"), [id], row).optional().map_err(failed)?;
        entry(found.ok_or_else(gone)?)
    }

    /// What it was, shall be, and was in the end.
    pub(crate) fn snapshots(&self, id: i64) -> Result<Snapshots, Error> {
        let db = locked(&self.0);
        let found: Option<(String, String, Option<String>)> = db
            .query_row("SELECT before, goal, after FROM change WHERE id = ?1", [id], |r| {
                Ok((r.get(0)?, r.get(1)?, r.get(2)?))
            })
            .optional()
            .map_err(failed)?;
        let (before, goal, after) = found.ok_or_else(gone)?;
        Ok(Snapshots { before: read(&before)?, goal: read(&goal)?, after: after.as_deref().map(read).transpose()? })
    }
}

fn gone() -> Error {
    Error::new(Code::NotFound, "this change is not in the history any more")
}

type Raw = (i64, String, String, String, i64, String, String, String);

fn row(r: &Row) -> rusqlite::Result<Raw> {
    Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?, r.get(5)?, r.get(6)?, r.get(7)?))
}

fn entry((id, account, region, api_id, at, state, shown, outcome): Raw) -> Result<Entry, Error> {
    Ok(Entry {
        id,
        scope: Scope { account, region },
        api_id,
        at,
        state: STATES.iter().find(|(_, n)| *n == state).map_or(ChangeState::Broken, |(s, _)| *s),
        shown: read(&shown)?,
        outcome: read(&outcome)?,
    })
}

const STATES: [(ChangeState, &str); 7] = [
    (ChangeState::Running, "running"),
    (ChangeState::Done, "done"),
    (ChangeState::Stopped, "stopped"),
    (ChangeState::Broken, "broken"),
    (ChangeState::Finished, "finished"),
    (ChangeState::RolledBack, "rolledBack"),
    (ChangeState::Undone, "undone"),
];

fn name(state: ChangeState) -> &'static str {
    STATES.iter().find(|(s, _)| *s == state).map_or("broken", |(_, name)| name)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    fn intent(api: &str) -> Intent {
        Intent {
            scope: Scope { account: "profile:dev".to_owned(), region: "us-east-1".to_owned() },
            api_id: api.to_owned(),
            ..Intent::default()
        }
    }

    #[test]
    fn what_runs_when_the_app_ends_is_broken_when_it_starts() {
        let folder = std::env::temp_dir().join(format!("gatescope-journal-{}", std::process::id()));
        let file = folder.join("gatescope.db");
        let outcome = Outcome { done: 2, unanswered: true, ..Outcome::default() };
        let id = {
            let store = Store::open(Some(&file)).unwrap();
            let id = store.begin_change(&intent("a"), 7).unwrap();
            store.note_outcome(id, &outcome).unwrap();
            id
        };
        let found = Store::open(Some(&file)).unwrap().unfinished().unwrap();
        assert_eq!((found[0].id, found[0].state, found[0].outcome.done), (id, ChangeState::Broken, 2));
        assert!(found[0].outcome.unanswered);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn an_old_change_goes_when_there_are_many_but_never_one_that_is_half_done() {
        let store = Store::open(None).unwrap();
        let half = store.begin_change(&intent("a"), 0).unwrap();
        store.end_change(half, ChangeState::Stopped, &Outcome::default(), None).unwrap();
        for at in 0..KEPT + 3 {
            let id = store.begin_change(&intent("a"), at).unwrap();
            store.end_change(id, ChangeState::Done, &Outcome::default(), None).unwrap();
        }
        let scope = intent("a").scope;
        let kept = store.changes(Place::new(&scope, "a")).unwrap();
        assert_eq!(i64::try_from(kept.len()).unwrap(), KEPT + 1);
        assert_eq!(kept.last().unwrap().id, half);
    }

    #[test]
    fn the_history_follows_an_api_that_was_made_again() {
        let store = Store::open(None).unwrap();
        let scope = intent("old").scope;
        let first = store.begin_change(&intent("old"), 0).unwrap();
        let again = store.begin_change(&intent("old"), 1).unwrap();
        store.api_is_now(again, Place::new(&scope, "old"), "new").unwrap();
        let ids: Vec<i64> = store.changes(Place::new(&scope, "new")).unwrap().iter().map(|e| e.id).collect();
        assert_eq!(ids, [again, first]);
    }
}
