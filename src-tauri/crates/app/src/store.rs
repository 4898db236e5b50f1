//! What outlives the app: saved messages, drafts, the journal of changes, and what deployments were seen to hold.
//!
//! One SQLite file. It may not hold anything that AWS can tell, nor any secret, nor what follows from something else.
//! A database that can't be read is put aside with a `.broken` name, never deleted, and a new one is begun.
//! Where to look next: `store/journal.rs` (changes), `store/kept.rs` (drafts and baselines).

mod domains;
mod journal;
mod kept;
mod reverts;

use std::path::Path;
use std::sync::Mutex;

use rusqlite::{Connection, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::calls::{SavedMessage, Scope};
use crate::error::{Code, Error};
use crate::locked;

pub(crate) use journal::{Entry, Intent, Outcome, Settles, Shown, Snapshots};
pub(crate) use kept::Baseline;
pub(crate) use reverts::KeptRevert;

/// A journal that the disk may forget is none, so every write waits for the disk (`synchronous = FULL`).
const SCHEMA: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    CREATE TABLE IF NOT EXISTS message (
        account TEXT NOT NULL, region TEXT NOT NULL, api TEXT NOT NULL, name TEXT NOT NULL, text TEXT NOT NULL,
        PRIMARY KEY (account, region, api, name)
    ) WITHOUT ROWID;
    DROP TABLE IF EXISTS undeployed;
    CREATE TABLE IF NOT EXISTS draft (
        account TEXT NOT NULL, region TEXT NOT NULL, api TEXT NOT NULL, draft TEXT NOT NULL,
        PRIMARY KEY (account, region, api)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS change (
        id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, region TEXT NOT NULL, api TEXT NOT NULL,
        at INTEGER NOT NULL, state TEXT NOT NULL, shown TEXT NOT NULL, before TEXT NOT NULL, goal TEXT NOT NULL,
        outcome TEXT NOT NULL, after TEXT
    );
    CREATE INDEX IF NOT EXISTS change_of_api ON change (account, region, api);
    CREATE TABLE IF NOT EXISTS deployed (
        account TEXT NOT NULL, region TEXT NOT NULL, api TEXT NOT NULL, deployment TEXT NOT NULL,
        snapshot TEXT NOT NULL, exact INTEGER NOT NULL, seen_at INTEGER NOT NULL,
        PRIMARY KEY (account, region, api, deployment)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS lock (account TEXT PRIMARY KEY) WITHOUT ROWID;
";

/// A new database knows what to say to the sandbox's chat API, so that the first connection has something to try.
const FIRST: &str = r#"
    INSERT OR IGNORE INTO message VALUES
        ('sandbox', 'us-east-1', 'chat5gw1ws', 'join developers', '{"action": "joinroom", "roomname": "developers"}'),
        ('sandbox', 'us-east-1', 'chat5gw1ws', 'say hello', '{"action": "sendmessage", "message": "hello!!!!"}'),
        ('sandbox', 'us-east-1', 'chat5gw1ws', 'no such action', '{"action": "dance"}');
    PRAGMA user_version = 1;
"#;

/// The database.
pub(crate) struct Store(Mutex<Connection>);

/// Account, region and API: how rows are found.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub account: &'a str,
    pub region: &'a str,
    pub api: &'a str,
}

impl<'a> Place<'a> {
    pub(crate) fn new(scope: &'a Scope, api: &'a str) -> Self {
        Self { account: &scope.account, region: &scope.region, api }
    }
}

impl Store {
    /// Opens the file, or makes it.
    pub(crate) fn open(path: Option<&Path>) -> Result<Self, Error> {
        let Some(path) = path else { return Ok(Self(Mutex::new(begin(Connection::open_in_memory())?))) };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|e| disk(format!("{}: {e}", folder.display())))?;
        }
        let connection = match begin(Connection::open(path)) {
            Ok(connection) => connection,
            Err(_) if path.exists() => {
                let aside = path.with_extension("broken");
                std::fs::rename(path, &aside).map_err(|e| disk(format!("{}: {e}", path.display())))?;
                begin(Connection::open(path))?
            }
            Err(e) => return Err(e),
        };
        Ok(Self(Mutex::new(connection)))
    }

    pub(crate) fn messages(&self, of: Place) -> Result<Vec<SavedMessage>, Error> {
        let db = locked(&self.0);
        let mut rows = db
            .prepare_cached(
                "SELECT name, text FROM message WHERE account = ?1 AND region = ?2 AND api = ?3 ORDER BY name",
            )
            .map_err(failed)?;
        let found = rows
            .query_map(params![of.account, of.region, of.api], |r| {
                Ok(SavedMessage { name: r.get(0)?, text: r.get(1)? })
            })
            .map_err(failed)?;
        found.collect::<Result<_, _>>().map_err(failed)
    }

    pub(crate) fn save_message(&self, of: Place, message: &SavedMessage) -> Result<(), Error> {
        self.write(
            "INSERT INTO message VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET text = excluded.text",
            &[of.account, of.region, of.api, &message.name, &message.text],
        )
    }

    pub(crate) fn forget_message(&self, of: Place, name: &str) -> Result<(), Error> {
        self.write(
            "DELETE FROM message WHERE account = ?1 AND region = ?2 AND api = ?3 AND name = ?4",
            &[of.account, of.region, of.api, name],
        )
    }

    /// The sandbox was emptied: what was kept of its APIs is about nothing any more. Messages stay.
    pub(crate) fn forget_account(&self, account: &str) -> Result<(), Error> {
        for sql in [
            "DELETE FROM draft WHERE account = ?1",
            "DELETE FROM change WHERE account = ?1",
            "DELETE FROM deployed WHERE account = ?1",
            "DELETE FROM revert WHERE account = ?1",
        ] {
            self.write(sql, &[account])?;
        }
        Ok(())
    }

    /// The accounts that are locked.
    pub(crate) fn locks(&self) -> Result<Vec<String>, Error> {
        let db = locked(&self.0);
        let mut rows = db.prepare_cached("SELECT account FROM lock ORDER BY account").map_err(failed)?;
        let found = rows.query_map([], |r| r.get(0)).map_err(failed)?;
        found.collect::<Result<_, _>>().map_err(failed)
    }

    /// Locks an account, or unlocks it.
    pub(crate) fn set_lock(&self, account: &str, locked: bool) -> Result<(), Error> {
        let sql = if locked { "INSERT OR IGNORE INTO lock VALUES (?1)" } else { "DELETE FROM lock WHERE account = ?1" };
        self.write(sql, &[account])
    }

    fn write(&self, sql: &str, values: &[&str]) -> Result<(), Error> {
        let db = locked(&self.0);
        db.prepare_cached(sql).and_then(|mut s| s.execute(rusqlite::params_from_iter(values))).map_err(failed)?;
        Ok(())
    }
}

fn begin(connection: rusqlite::Result<Connection>) -> Result<Connection, Error> {
    let connection = connection.map_err(failed)?;
    connection.execute_batch(SCHEMA).map_err(failed)?;
    connection.execute_batch(reverts::SCHEMA).map_err(failed)?;
    connection.execute_batch(domains::SCHEMA).map_err(failed)?;
    let version: u32 = connection.query_row("PRAGMA user_version", [], |r| r.get(0)).map_err(failed)?;
    if version == 0 {
        connection.execute_batch(FIRST).map_err(failed)?;
    }
    journal::begin(&connection)?;
    Ok(connection)
}

/// As it is written. What is written was made here, so neither way can fail but by our own mistake or the disk's.
fn written<T: Serialize>(value: &T) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|e| disk(e.to_string()))
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|e| disk(format!("what was kept can't be read: {e}")))
}

fn failed(e: rusqlite::Error) -> Error {
    disk(e.to_string())
}

fn disk(message: String) -> Error {
    let mut error = Error::new(Code::Internal, message);
    error.hint = Some("Look whether the disk is full or the folder is read-only.".to_owned());
    error
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    const API: Place<'static> = Place { account: "profile:dev", region: "us-east-1", api: "3fmvso4h96" };

    /// A folder of this test's own, gone at the end.
    struct Folder(std::path::PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("gatescope-store-{}-{name}", std::process::id()));
            let _ = std::fs::remove_dir_all(&path);
            Self(path)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn what_is_saved_is_there_after_a_restart() {
        let folder = Folder::new("restart");
        let file = folder.0.join("deep/gatescope.db");
        let message = SavedMessage { name: "join".to_owned(), text: "{}".to_owned() };
        {
            let store = Store::open(Some(&file)).unwrap();
            store.save_message(API, &message).unwrap();
        }
        let store = Store::open(Some(&file)).unwrap();
        assert_eq!(store.messages(API).unwrap(), [message]);
    }

    #[test]
    fn saving_a_name_again_replaces_it_and_forgetting_takes_it_away() {
        let store = Store::open(None).unwrap();
        for text in ["old", "new"] {
            store.save_message(API, &SavedMessage { name: "n".to_owned(), text: text.to_owned() }).unwrap();
        }
        assert_eq!(store.messages(API).unwrap()[0].text, "new");
        store.forget_message(API, "n").unwrap();
        assert!(store.messages(API).unwrap().is_empty());
    }

    #[test]
    fn a_forgotten_example_does_not_come_back() {
        let folder = Folder::new("examples");
        let file = folder.0.join("gatescope.db");
        let chat = Place { account: "sandbox", region: "us-east-1", api: "chat5gw1ws" };
        Store::open(Some(&file)).unwrap().forget_message(chat, "say hello").unwrap();
        assert_eq!(Store::open(Some(&file)).unwrap().messages(chat).unwrap().len(), 2);
    }

    #[test]
    fn a_database_of_garbage_is_put_aside_not_deleted() {
        let folder = Folder::new("garbage");
        let file = folder.0.join("gatescope.db");
        std::fs::create_dir_all(&folder.0).unwrap();
        std::fs::write(&file, "this is no database, but somebody may want it back".repeat(100)).unwrap();
        let store = Store::open(Some(&file)).unwrap();
        assert!(store.messages(API).unwrap().is_empty());
        assert!(std::fs::read_to_string(file.with_extension("broken")).unwrap().starts_with("this is no database"));
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_an_error_with_a_hint() {
        let folder = Folder::new("blocked");
        std::fs::create_dir_all(&folder.0).unwrap();
        std::fs::write(folder.0.join("file"), "").unwrap();
        let error = Store::open(Some(&folder.0.join("file/gatescope.db"))).err().unwrap();
        assert!(error.hint.is_some(), "{error:?}");
    }
}
