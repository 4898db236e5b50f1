//! What is asked of an account besides its APIs: the lock, every call that was made, and the policy that they needed.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Scope;

/// Locks an account, or unlocks it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SetLock {
    /// As in `Scope::account`.
    pub account: String,
    /// True: nothing that writes is sent, whoever asks.
    pub locked: bool,
}

/// One call of AWS that was made.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CallView {
    /// Rises by one with each call; the same number again: news of that call.
    pub number: u64,
    /// Where.
    pub scope: Scope,
    /// `apigatewayv2`.
    pub service: String,
    /// `GetRoutes`.
    pub operation: String,
    /// On what: `3fmvso4h96 · 7kq2m1x`.
    pub target: String,
    /// Milliseconds since 1970.
    pub at: i64,
    /// How long it took, waiting and tries included; absent: under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub took_ms: Option<u32>,
    /// How often it was sent; more than 1: AWS throttled it, or failed.
    pub tries: u32,
    /// How long it waited for its turn, in milliseconds.
    pub waited_ms: u32,
    /// HTTP status of the last answer; 0: none.
    pub status: u16,
    /// AWS's request id.
    pub request_id: String,
    /// AWS's code and words, when it refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub error: Option<String>,
    /// The same as an `aws` command. Secrets are masked.
    pub command: String,
}

/// What is going on, and what was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum CallItem {
    /// A call, or news of one.
    Call {
        /// Which.
        call: Box<CallView>,
    },
    /// How many calls are under way and how many wait for their turn.
    Pace {
        /// Sent, not answered.
        under_way: u32,
        /// Not sent yet: AWS allows ten a second for the whole account.
        waiting: u32,
    },
}

/// The least that today's calls needed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TodaysPolicy {
    /// An IAM policy, JSON, indented.
    pub policy: String,
    /// How many calls it was made from.
    pub calls: u32,
}
