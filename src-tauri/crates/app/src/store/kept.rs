//! Drafts that outlive the window, and baselines: what deployments were seen to hold, because AWS does not tell.

use gatescope_model::api::Snapshot;
use rusqlite::{OptionalExtension, params};

use super::{Place, Store, failed, read, written};
use crate::calls::Draft;
use crate::error::Error;
use crate::locked;

/// Baselines of an API that are kept.
const KEPT: i64 = 50;

/// What a deployment holds, as far as it is known.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Baseline {
    pub deployment: String,
    /// Without stages, deployments and surroundings.
    pub snapshot: Snapshot,
    /// It was made by Gatescope, and nothing else was changed at that moment. Else it is what stood when the
    /// deployment was first seen.
    pub exact: bool,
    /// Milliseconds since 1970.
    pub seen_at: i64,
}

impl Store {
    /// Keeps an API's draft, or forgets it.
    pub(crate) fn keep_draft(&self, of: Place, draft: Option<&Draft>) -> Result<(), Error> {
        match draft {
            Some(draft) => self.write(
                "INSERT INTO draft VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET draft = excluded.draft",
                &[of.account, of.region, of.api, &written(draft)?],
            ),
            None => self.write(
                "DELETE FROM draft WHERE account = ?1 AND region = ?2 AND api = ?3",
                &[of.account, of.region, of.api],
            ),
        }
    }

    /// The draft that was kept.
    pub(crate) fn draft(&self, of: Place) -> Result<Option<Draft>, Error> {
        let db = locked(&self.0);
        let found: Option<String> = db
            .query_row(
                "SELECT draft FROM draft WHERE account = ?1 AND region = ?2 AND api = ?3",
                params![of.account, of.region, of.api],
                |r| r.get(0),
            )
            .optional()
            .map_err(failed)?;
        found.as_deref().map(read).transpose()
    }

    /// Remembers what a deployment holds. What was known before stays: a deployment never changes.
    pub(crate) fn keep_baseline(&self, of: Place, baseline: &Baseline) -> Result<(), Error> {
        let snapshot = written(&baseline.snapshot)?;
        let db = locked(&self.0);
        db.execute(
            "INSERT OR IGNORE INTO deployed VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![of.account, of.region, of.api, baseline.deployment, snapshot, baseline.exact, baseline.seen_at],
        )
        .map_err(failed)?;
        db.execute(
            "DELETE FROM deployed WHERE account = ?1 AND region = ?2 AND api = ?3 AND deployment NOT IN (
                 SELECT deployment FROM deployed WHERE account = ?1 AND region = ?2 AND api = ?3
                 ORDER BY seen_at DESC LIMIT ?4)",
            params![of.account, of.region, of.api, KEPT],
        )
        .map_err(failed)?;
        Ok(())
    }

    /// What the deployments of an API were seen to hold.
    pub(crate) fn baselines(&self, of: Place) -> Result<Vec<Baseline>, Error> {
        let db = locked(&self.0);
        let mut rows = db
            .prepare_cached(
                "SELECT deployment, snapshot, exact, seen_at FROM deployed
                 WHERE account = ?1 AND region = ?2 AND api = ?3",
            )
            .map_err(failed)?;
        let found = rows
            .query_map(params![of.account, of.region, of.api], |r| {
                Ok((r.get::<_, String>(0)?, r.get::<_, String>(1)?, r.get::<_, bool>(2)?, r.get::<_, i64>(3)?))
            })
            .map_err(failed)?;
        found
            .map(|raw| {
                let (deployment, snapshot, exact, seen_at) = raw.map_err(failed)?;
                Ok(Baseline { deployment, snapshot: read(&snapshot)?, exact, seen_at })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    const API: Place<'static> = Place { account: "profile:dev", region: "us-east-1", api: "3fmvso4h96" };

    fn baseline(n: i64) -> Baseline {
        Baseline { deployment: format!("d{n}"), snapshot: Snapshot::default(), exact: n == 0, seen_at: n }
    }

    #[test]
    fn a_draft_is_kept_replaced_and_forgotten() {
        let store = Store::open(None).unwrap();
        let mut draft = Draft::default();
        store.keep_draft(API, Some(&draft)).unwrap();
        draft.draft.api.name = "other".to_owned();
        store.keep_draft(API, Some(&draft)).unwrap();
        assert_eq!(store.draft(API).unwrap(), Some(draft));
        store.keep_draft(API, None).unwrap();
        assert_eq!(store.draft(API).unwrap(), None);
    }

    #[test]
    fn what_a_deployment_holds_never_changes_and_the_oldest_are_let_go() {
        let store = Store::open(None).unwrap();
        for n in 0..KEPT {
            store.keep_baseline(API, &baseline(n)).unwrap();
        }
        store.keep_baseline(API, &Baseline { seen_at: 1_000, ..baseline(0) }).unwrap();
        assert!(store.baselines(API).unwrap().contains(&baseline(0)));
        store.keep_baseline(API, &baseline(KEPT)).unwrap();
        let kept = store.baselines(API).unwrap();
        assert_eq!(i64::try_from(kept.len()).unwrap(), KEPT);
        assert!(!kept.contains(&baseline(0)));
    }
}
