//! Three-way merge of snapshots: what I changed, what others changed since, and where the two collide.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Whose value wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Side {
    /// The draft's.
    Mine,
    /// What stands at AWS now.
    Theirs,
}
