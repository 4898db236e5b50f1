//! The drafts that remove a cause: a snapshot comes in, the snapshot in which the cause is gone comes out, and nothing else
//! differs.
//!
//! Pure. It may not know how a draft is reviewed or carried out. Where to look next: `config.rs`, what of this the
//! configuration alone shows; `fix/`, one file a family of drafts.

mod access;
mod integration;
mod mapping;
mod mock;
mod permission;
mod routes;

use crate::api::Snapshot;
pub(super) use mapping::place;

/// Where a cause is to be removed.
#[derive(Clone, Copy, Debug, Default)]
pub struct FixAt<'a> {
    /// The stage that failed.
    pub stage: &'a str,
    /// The route that failed.
    pub route_key: &'a str,
    /// What besides the route the fix is about, as the action says it: a key's id, a header, a variable, a custom domain
    /// and the first part of the path behind it (`chat.example.com/v1`).
    pub about: Option<&'a str>,
    /// The API's region, for ARNs that have to be made; empty: what the snapshot's own ARNs say.
    pub region: &'a str,
    /// The account's number, for ARNs that have to be made; empty: what the snapshot's own ARNs say.
    pub account_id: &'a str,
}

/// Changes a copy of the snapshot; `None`: the cause is not there, or can't be removed so.
type Draft = fn(&mut Snapshot, &FixAt) -> Option<()>;

/// The causes that a draft removes.
const FIXES: &[(&str, Draft)] = &[
    ("mock-status-missing", mock::status),
    ("integration-response-missing", mock::response),
    ("lambda-permission-missing", permission::of_function),
    ("authorizer-permission-missing", permission::of_authorizer),
    ("integration-uri-invalid", integration::uri),
    ("backend-rejects-websocket-version", integration::version),
    ("get-drops-body", integration::post),
    ("mapped-header-forbidden", integration::mappings),
    ("route-without-integration", integration::mock),
    ("api-key-not-in-plan", access::key_in_plan),
    ("throttle-zero", access::throttles),
    ("mapping-missing", mapping::create),
    ("route-not-found", routes::default_route),
    ("no-route-response", routes::two_way),
    ("route-selection-wrong", routes::expression),
];

/// Whether a change of the API or of what is around it removes a cause; a record or a role of the account is none.
pub(super) fn has_draft(cause: &str) -> bool {
    FIXES.iter().any(|(id, _)| *id == cause)
}

/// The draft that removes a cause; `None` when the cause has no such draft or there is nothing to change.
#[must_use]
pub fn fix(cause: &str, snapshot: &Snapshot, at: &FixAt) -> Option<Snapshot> {
    let (_, change) = FIXES.iter().find(|(id, _)| *id == cause)?;
    let mut draft = snapshot.clone();
    change(&mut draft, at)?;
    (draft != *snapshot).then_some(draft)
}
