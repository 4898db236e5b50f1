//! Templates and schemas while they are written, authorizers and keys while they are tried. Shapes only.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

use super::{OfApi, OfStage, Scope};

/// A place in a text, from 1.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TextProblem {
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
    /// In words.
    pub text: String,
    /// False: AWS takes it, but it hardly does what was meant.
    pub refused: bool,
}

/// A word that can be completed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TemplateWord {
    /// `$context.connectionId`.
    pub text: String,
    /// What it gives.
    pub says: String,
    /// Where it can be used: `both` (every template), or only on routes of a kind: `connect`, `disconnect`, `message`.
    pub place: String,
}

/// Asks what a template gives.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct TryTemplate {
    /// The template.
    pub text: String,
    /// The body that it is applied to: a message, or a backend's answer.
    pub body: String,
    /// Stage variables.
    pub stage_variables: BTreeMap<String, String>,
    /// `$context` members that are known: `connectionId`, `routeKey`, `authorizer.principalId` …; the rest has sample values.
    pub context: BTreeMap<String, String>,
    /// True: the text goes to a backend or, with `mock`, decides the status.
    pub request: bool,
    /// The integration is a mock: the result must be an object with an integer statusCode.
    pub mock: bool,
}

/// What a template gives.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TriedTemplate {
    /// What is wrong with the template, in place.
    pub problems: Vec<TextProblem>,
    /// What it gives, when it can be carried out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub result: Option<String>,
    /// Whether the result is JSON.
    pub is_json: bool,
    /// Which `$context` members had sample values.
    pub sampled: Vec<String>,
}

/// Asks what a schema says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct TryModel {
    /// JSON Schema, draft 4.
    pub schema: String,
    /// A message; empty: none.
    pub sample: String,
}

/// What a schema says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TriedModel {
    /// What is wrong with the schema, in place.
    pub problems: Vec<TextProblem>,
    /// What it has against the sample: `/message: is required`; empty: valid.
    pub complaints: Vec<String>,
    /// A message that it accepts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub example: Option<String>,
}

/// Asks for a schema that accepts these messages.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct InferModel {
    /// Messages as they were captured; those that are no JSON are left out and counted.
    pub samples: Vec<String>,
}

/// A schema that was inferred.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct InferredModel {
    /// JSON Schema, draft 4, indented.
    pub schema: String,
    /// How many messages it was made from.
    pub used: u32,
    /// How many were no JSON.
    pub left_out: u32,
}

/// Asks which statuses a response key takes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TryKeys {
    /// The integration's response keys: `$default`, `/2\d\d/`.
    pub keys: Vec<String>,
    /// `200`, `404`, or a Lambda error message.
    pub values: Vec<String>,
}

/// Which response key takes a value.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TriedKey {
    /// What was asked.
    pub value: String,
    /// Absent: none, and the client gets an error.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub key: Option<String>,
    /// A key that is no regular expression, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub problem: Option<String>,
}

/// Tries an authorizer as a `$connect` would.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct TryAuthorizer {
    /// Which stage.
    pub of: OfStage,
    /// Its id, as in the API or in the draft.
    pub authorizer_id: String,
    /// When it is not at AWS yet: its function's invocation URI.
    pub authorizer_uri: String,
    /// Its identity sources.
    pub identity_source: Vec<String>,
    /// The request's headers.
    pub headers: Vec<(String, String)>,
    /// The request's query.
    pub query: Vec<(String, String)>,
}

/// What an authorizer said.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TriedAuthorizer {
    /// What the client would get: 101, 401, 403 or 500.
    pub status: u16,
    /// In words, with the reason.
    pub verdict: String,
    /// The event that the function got; absent: it was not called.
    #[ts(type = "unknown")]
    pub event: Value,
    /// What it answered.
    #[ts(type = "unknown")]
    pub answer: Value,
    /// The ARN that its policy has to allow.
    pub method_arn: String,
    /// How long it took, in milliseconds.
    pub took_ms: u32,
}

/// Asks whether a policy allows a connection.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MatchPolicy {
    /// An IAM policy, or an authorizer's whole answer, as JSON.
    pub policy: String,
    /// The ARN of `$connect`.
    pub method_arn: String,
}

/// Whether a policy allows a connection.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MatchedPolicy {
    /// Whether it does.
    pub allows: bool,
    /// The whole verdict, in words.
    pub verdict: String,
    /// Statement by statement, in words: why it matches or never can.
    pub statements: Vec<String>,
}

/// Dials a stage with several identities at once.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OpenMatrix {
    /// Which stage.
    pub of: OfStage,
    /// One dial each, in this order, one after the other.
    pub rows: Vec<MatrixRow>,
}

/// An identity to dial with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct MatrixRow {
    /// "header and key".
    pub name: String,
    /// Headers; a value `{{apiKey:ID}}` stands for that key's value, which never reaches the page.
    pub headers: Vec<(String, String)>,
    /// Query.
    pub query: Vec<(String, String)>,
    /// Signs the handshake with the account's credentials.
    pub signed: bool,
}

/// What one of them got.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MatrixItem {
    /// Which row, from 0.
    pub row: u32,
    /// 101, 401, 403, 500 …; 0: no answer.
    pub status: u16,
    /// The body, or why there was no answer.
    pub text: String,
    /// Milliseconds.
    pub took_ms: u32,
}

/// Names an API key.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OfKey {
    /// Where.
    pub scope: Scope,
    /// Its id.
    pub id: String,
}

/// A key's value, because somebody asked to see it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RevealedKey {
    /// The secret. Shown, never kept.
    pub value: String,
}

/// Asks how much of a plan was used.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OfPlan {
    /// Where.
    pub scope: Scope,
    /// The usage plan's id.
    pub id: String,
    /// `2026-11-01`.
    pub from: String,
    /// `2026-11-30`.
    pub to: String,
}

/// How much of a plan was used, key by key and day by day. AWS says itself that it is not real time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PlanUsage {
    /// The days, `2026-11-01` …
    pub days: Vec<String>,
    /// A row a key.
    pub keys: Vec<KeyUsage>,
}

/// How much a key used.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeyUsage {
    /// The key's id.
    pub id: String,
    /// Requests, a number a day.
    pub used: Vec<i64>,
    /// What was left at the end of each day; -1: unlimited.
    pub left: Vec<i64>,
}

/// A function to choose.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FunctionChoice {
    /// Its name.
    pub name: String,
    /// Its ARN, without alias.
    pub arn: String,
    /// `nodejs22.x`.
    pub runtime: String,
    /// Aliases and versions.
    pub qualifiers: Vec<String>,
}

/// Asks for a function's aliases and versions.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OfLambda {
    /// Where.
    pub scope: Scope,
    /// Its name or ARN.
    pub name: String,
}

/// A guided change: makes the draft for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Guided {
    /// `$connect` of this stage asks for an API key: a key, a plan with these limits, the stage in the plan.
    RequireKey {
        /// Which API.
        of: OfApi,
        /// Which stage.
        stage: String,
        /// Requests a second.
        rate: f64,
        /// Requests at once.
        burst: i64,
        /// Requests in a period.
        quota: i64,
        /// `DAY`, `WEEK` or `MONTH`.
        period: String,
    },
    /// Walkthrough steps 6 to 9, on one route.
    Snippet {
        /// Which API.
        of: OfApi,
        /// On what it is applied: the draft as it stands.
        draft: Box<gatescope_model::api::Snapshot>,
        /// Which route.
        route_key: String,
        /// `connectionIdInBody`, `connectionIdInHeader`, `stageVariableInUrl`, `stageVariableInBody`, `mockStatus`, `pushBack`.
        snippet: String,
    },
}

/// A snippet that a route can take.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Snippet {
    /// As in [`Guided::Snippet`].
    pub id: String,
    /// "Connection id in a header".
    pub name: String,
    /// What it sets, in a sentence.
    pub says: String,
}
