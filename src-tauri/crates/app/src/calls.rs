//! What crosses between the window and Rust besides `model`'s nouns: the questions of the rpc table and their small answers.
//!
//! Shapes only. Which call does what is in [`crate::rpc`]; the window's TypeScript derives from here.

mod account;
mod draft;
mod history;
mod logs;
mod sandbox;
mod writing;

use std::collections::BTreeMap;

use gatescope_model::api::Snapshot;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use account::*;
pub use draft::*;
pub use history::*;
pub use logs::*;
pub use sandbox::*;
pub use writing::*;

/// No question.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Nothing {}

/// An account and a region: every AWS call happens in one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Scope {
    /// `sandbox`, or `profile:NAME`.
    pub account: String,
    /// For example `us-east-1`.
    pub region: String,
}

/// The accounts, and where to begin.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Accounts {
    /// The sandbox first, then the profiles in the order of the files.
    pub accounts: Vec<Account>,
    /// What `AWS_PROFILE` and `AWS_REGION` say, else the sandbox.
    pub start: Scope,
    /// Where `start` came from: "AWS_PROFILE", "no AWS profile is set".
    pub start_from: String,
    /// Every region, by partition.
    pub regions: BTreeMap<String, Vec<String>>,
    /// What could not be read of the configuration files, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub problem: Option<String>,
}

/// One account.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// As in `Scope::account`.
    pub id: String,
    /// As the user knows it.
    pub name: String,
    /// `sandbox`, `static keys`, `SSO`, `assumed role`, `process`, `web identity`, `no credentials`.
    pub kind: String,
    /// The region to begin with.
    pub region: String,
    /// Which variable or file gave the region.
    pub region_from: String,
    /// True: nothing that writes is sent to it.
    pub locked: bool,
    /// `AWS_ENDPOINT_URL` or the file's `endpoint_url`, when one is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub endpoint_url: Option<String>,
}

/// `sts:GetCallerIdentity`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    /// Twelve digits.
    pub account: String,
    /// The caller.
    pub arn: String,
}

/// An API in the picker.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ApiSummary {
    /// Its id.
    pub api_id: String,
    /// Its name.
    pub name: String,
    /// `wss://{apiId}.execute-api.{region}.amazonaws.com`.
    pub endpoint: String,
    /// ISO 8601; empty: AWS did not say.
    pub created_date: String,
    /// Free text.
    pub description: String,
    /// Tags.
    pub tags: BTreeMap<String, String>,
}

/// Names an API.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OfApi {
    /// Where.
    pub scope: Scope,
    /// Which.
    pub api_id: String,
}

/// Names a stage.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OfStage {
    /// Where.
    pub scope: Scope,
    /// Which API.
    pub api_id: String,
    /// Which stage.
    pub stage: String,
}

/// An API as the screens show it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ApiView {
    /// As AWS has it now.
    pub snapshot: Snapshot,
    /// What follows from it, a row a stage, in the snapshot's order.
    pub stages: Vec<StageView>,
    /// A row a route, in the order in which people look: `$connect`, `$disconnect`, `$default`, then by name.
    pub routes: Vec<RouteView>,
    /// The API in the AWS console; empty in the sandbox.
    pub console_url: String,
}

/// What follows for a stage.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StageView {
    /// Its name.
    pub stage_name: String,
    /// What a client dials.
    pub url: String,
    /// Where its execution log is.
    pub log_group: String,
    /// `OFF`, `ERROR` or `INFO`, for routes without a setting of their own.
    pub logging_level: String,
    /// Whether requests and responses are logged whole.
    pub data_trace: bool,
    /// Milliseconds since 1970 of the deployment that it serves.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub deployed_at: Option<i64>,
    /// Where its execution and access log can be opened in the AWS console, and the stage itself.
    pub console_url: String,
    /// What differs between what it serves and what stands now, whoever changed it.
    pub undeployed: Vec<Undeployed>,
    /// Where that can't be known whole, why: AWS does not tell what a deployment holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub undeployed_since: Option<String>,
}

/// What follows for a route: the one-look table's row.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RouteView {
    /// Its key.
    pub route_key: String,
    /// Its id.
    pub route_id: String,
    /// `MOCK`, `HTTP proxy`, `Lambda proxy` …, `none`.
    pub integration: String,
    /// The template, the method and address, or the function's name.
    pub target: String,
    /// `none`, `IAM`, the authorizer's name; `not possible` where AWS does not allow it.
    pub authorization: String,
    /// `required`, `none`, `not possible`.
    pub api_key: String,
    /// The model's name, `none`, `not possible`.
    pub model: String,
    /// `two-way`, `one-way`; for `$connect` and `$disconnect` the integration response's keys.
    pub response: String,
    /// What stands in the way of an answer, in words, by station.
    pub problems: Vec<RouteProblem>,
}

/// Something wrong with a route that is visible without connecting.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RouteProblem {
    /// `Request template` or `Integration response`.
    pub station: String,
    /// The cause that it will have.
    pub cause: String,
    /// In words.
    pub text: String,
}

/// Which route a text would take.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PredictRoute {
    /// The API's route selection expression.
    pub expression: String,
    /// The keys that exist.
    pub route_keys: Vec<String>,
    /// The message.
    pub text: String,
}

/// The route that a text takes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Prediction {
    /// Absent: the gateway answers `Forbidden`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub route_key: Option<String>,
    /// "$request.body.action is joinroom".
    pub why: String,
}

/// Asks for the review of a fix.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PreviewFix {
    /// Where.
    pub scope: Scope,
    /// Which API.
    pub api_id: String,
    /// Which stage.
    pub stage: String,
    /// The cause's id.
    pub cause: String,
    /// The route that it concerns.
    pub route_key: String,
    /// As the action says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub about: Option<String>,
}

/// Asks for the review that turns logs on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PreviewLogs {
    /// Where.
    pub scope: Scope,
    /// Which API.
    pub api_id: String,
    /// Which stage.
    pub stage: String,
    /// `INFO`, `ERROR` or `OFF`.
    pub level: String,
    /// Whole requests and responses too.
    pub data_trace: bool,
}

/// Carries a review out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Apply {
    /// The review's id.
    pub review: String,
    /// False: leave the deploying steps out.
    pub deploy: bool,
}

/// Dials.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Connect {
    /// From `SessionItem::Ready`.
    pub session: String,
    /// Empty: the stage's own.
    pub url: String,
    /// Name and value, in order.
    pub headers: Vec<(String, String)>,
    /// Name and value, appended to the URL, encoded.
    pub query: Vec<(String, String)>,
    /// Offered in this order.
    pub subprotocols: Vec<String>,
    /// 0: 35 seconds, long enough for the gateway's own timeout of 29.
    pub timeout_ms: u32,
    /// With a Signature Version 4 of the account's credentials.
    #[ts(as = "Option<bool>", optional)]
    pub sign: bool,
    /// An API key whose value goes into `x-api-key`. The page knows the id, never the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub key_id: Option<String>,
    /// Where to dial instead of where the URL's name leads, a host or an address with or without a port: so a domain is tried
    /// before DNS knows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub connect_to: Option<String>,
}

/// Names a session.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OfSession {
    /// From `SessionItem::Ready`.
    pub session: String,
}

/// Sends a text frame.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SendMessage {
    /// From `SessionItem::Ready`.
    pub session: String,
    /// The payload.
    pub text: String,
}

/// Closes or cancels.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Disconnect {
    /// From `SessionItem::Ready`.
    pub session: String,
    /// 0: close without a code (the gateway sees 1005).
    pub code: u16,
    /// At most 123 bytes.
    pub reason: String,
}

/// Names a row.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OfRow {
    /// From `SessionItem::Ready`.
    pub session: String,
    /// From `SessionItem::Row`.
    pub row: u32,
}

/// The row that a command made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MadeRow {
    /// Its id.
    pub row: u32,
}

/// A message kept for next time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SavedMessage {
    /// As the user called it; saving the same name again replaces it.
    pub name: String,
    /// The payload.
    pub text: String,
}

/// Keeps a message.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SaveMessage {
    /// For which API.
    pub of: OfApi,
    /// What.
    pub message: SavedMessage,
}

/// Forgets a message.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ForgetMessage {
    /// For which API.
    pub of: OfApi,
    /// Which.
    pub name: String,
}
