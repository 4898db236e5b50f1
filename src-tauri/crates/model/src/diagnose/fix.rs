//! The drafts that remove a cause: a snapshot comes in, the snapshot in which the cause is gone comes out, and nothing else
//! differs.
//!
//! Pure. It may not know how a draft is reviewed or carried out. Where to look next: `config.rs`, what of this the
//! configuration alone shows.

mod mock;

use crate::api::Snapshot;

/// Where a cause is to be removed.
#[derive(Clone, Copy, Debug, Default)]
pub struct FixAt<'a> {
    /// The stage that failed.
    pub stage: &'a str,
    /// The route that failed.
    pub route_key: &'a str,
    /// What besides the route the fix is about, as the action says it: a key's id, a header, a variable.
    pub about: Option<&'a str>,
    /// The API's region, for ARNs that have to be made.
    pub region: &'a str,
    /// The account's number, for ARNs that have to be made.
    pub account_id: &'a str,
}

/// The draft that removes a cause; `None` when the cause has no such draft or there is nothing to change.
#[must_use]
pub fn fix(cause: &str, snapshot: &Snapshot, at: &FixAt) -> Option<Snapshot> {
    let mut draft = snapshot.clone();
    match cause {
        "mock-status-missing" => mock::status(&mut draft, at),
        "integration-response-missing" => mock::response(&mut draft, at),
        _ => None,
    }?;
    (draft != *snapshot).then_some(draft)
}
