//! Custom domains: the list, and the wizard's questions and answers. Shapes only.

use gatescope_model::conversation::Problem;
use gatescope_model::domain::callback::WrongCallback;
use gatescope_model::domain::hand_over::HandOverFormat;
use gatescope_model::domain::{CertificateHere, Check, Goal, Next, Station, Verification};
use gatescope_model::review::Step;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Scope;

/// A wizard: what is wanted, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OfGoal {
    /// Where.
    pub scope: Scope,
    /// What.
    pub goal: Goal,
}

/// Everything around custom domains of a region.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct DomainList {
    /// By name.
    pub domains: Vec<DomainRow>,
    /// All certificates of ACM in the region, by name.
    pub certificates: Vec<CertificateRow>,
    /// Names of the account's public hosted zones, for completing a name.
    pub zones: Vec<String>,
    /// What could not be read, in words.
    pub unread: Vec<String>,
}

/// One custom domain.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct DomainRow {
    /// What clients dial; may be a wildcard.
    pub domain_name: String,
    /// `AVAILABLE`, `UPDATING` …
    pub status: String,
    /// `REGIONAL`, `EDGE`, `PRIVATE`.
    pub endpoint_type: String,
    /// `TLS_1_2` …
    pub security_policy: String,
    /// `API_MAPPING_ONLY` …; empty: AWS did not say.
    pub routing_mode: String,
    /// `ipv4` or `dualstack`.
    pub ip_address_type: String,
    /// Where it answers: `d-….execute-api.{region}.amazonaws.com`.
    pub target: String,
    /// For an ALIAS.
    pub hosted_zone_id: String,
    /// Its certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub certificate: Option<CertificateHere>,
    /// What it leads to, by key.
    pub mappings: Vec<MappingRow>,
    /// What DNS says of the name now, in words: `A ALIAS to d-… (in example.com)`, `nothing`.
    pub dns: String,
    /// Whether that leads here; `None`: not known (a wildcard, or it could not be asked).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub points_here: Option<bool>,
    /// What wants attention, worst first; empty: healthy.
    pub health: Vec<Health>,
}

/// A mapping in the list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct MappingRow {
    /// Its id.
    pub id: String,
    /// Its key; empty: the root.
    pub key: String,
    /// Which API.
    pub api_id: String,
    /// Its name; empty: not a WebSocket API of this region, or gone.
    pub api_name: String,
    /// Which stage.
    pub stage: String,
    /// `wss://chat.example.com/chat`.
    pub url: String,
}

/// A certificate in the list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct CertificateRow {
    /// All about it.
    pub certificate: CertificateHere,
    /// What wants attention; empty: nothing.
    pub health: Vec<Health>,
}

/// Something that wants attention.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Health {
    /// True: clients fail; false: they will, or it is worth knowing.
    pub broken: bool,
    /// In words: what is so, and what to do.
    pub says: String,
}

/// The wizard now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DomainView {
    /// `wss://chat.example.com/chat`.
    pub url: String,
    /// To what a backend adds `/@connections/{id}`.
    pub callback_url: String,
    /// The line.
    pub stations: Vec<Station>,
    /// What comes next.
    pub next: Next,
    /// Milliseconds since 1970 of the newest look at the world.
    pub looked_at: i64,
    /// The newest try of the address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub verification: Option<Verification>,
    /// Backends that build a callback address which is wrong here.
    pub callbacks: Vec<WrongCallback>,
    /// What the wizard made that could be taken back, newest first, in words.
    pub made: Vec<String>,
    /// Why the newest look failed; all else is older then.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub problem: Option<Problem>,
}

/// Does the step that was shown, if it still comes next.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DoDomainStep {
    /// Where.
    pub scope: Scope,
    /// What is wanted.
    pub goal: Goal,
    /// `Making::id` of what was shown.
    pub making: String,
}

/// Tries the address.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct VerifyDomain {
    /// Where.
    pub scope: Scope,
    /// Which.
    pub goal: Goal,
    /// What is sent once it is open; without one, a ping, which runs no route.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub message: Option<String>,
}

/// What a step made.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct DidDomainStep {
    /// Names and ids.
    pub made: Vec<(String, String)>,
}

/// The way back.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct DomainUndo {
    /// Names it, for [`DoDomainUndo`].
    pub id: String,
    /// The calls, newest made first undone.
    pub steps: Vec<Step>,
    /// What stays because it was there before or others use it, in words.
    pub keeps: Vec<String>,
}

/// Takes back what the wizard made.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DoDomainUndo {
    /// Where.
    pub scope: Scope,
    /// Of which wizard.
    pub goal: Goal,
    /// `DomainUndo::id` of what was shown.
    pub undo: String,
}

/// Asks for the result as somebody else's text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HandOver {
    /// Where.
    pub scope: Scope,
    /// What.
    pub goal: Goal,
    /// Which text.
    pub format: HandOverFormat,
}

/// The text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct HandedOver {
    /// For saving: `chat.example.com.yaml`.
    pub file_name: String,
    /// All of it.
    pub text: String,
}

/// What came of dialling the generated endpoint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EndpointProof {
    /// `wss://{apiId}.execute-api…/{stage}`.
    pub url: String,
    /// Refused as it shall be, or not.
    pub check: Check,
}
