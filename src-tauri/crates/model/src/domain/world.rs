//! The world as the wizard reads it, at one moment: AWS's own state, and what public DNS and the address itself answer.
//!
//! Values only. What was not read yet is [`Asked::NotAsked`]; what could not be read is kept with AWS's words.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::alias::Record;

/// Everything that is known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct World {
    /// Milliseconds since 1970.
    pub now: i64,
    /// Where the API is.
    pub region: String,
    /// Twelve digits; empty: not known.
    pub account: String,
    /// The API.
    pub api: Asked<Option<ApiHere>>,
    /// Certificates of the region that cover the name, or were asked for it: whatever their status.
    pub certificates: Asked<Vec<CertificateHere>>,
    /// The same of us-east-1, where the API is elsewhere: only to tell that they are of no use here.
    pub certificates_elsewhere: Asked<Vec<CertificateHere>>,
    /// The custom domain of this name.
    pub domain: Asked<Option<DomainHere>>,
    /// Hosted zones of the account that a name of the goal may be in, public and private, the closest first.
    pub zones: Asked<Vec<ZoneHere>>,
    /// What stands in the chosen public zone, by name (lower case, no dot at the end).
    pub records: BTreeMap<String, Asked<Vec<Record>>>,
    /// What public DNS answers, by name.
    pub dns: BTreeMap<String, Asked<Resolved>>,
    /// When this process last sent CreateDomainName to the account: AWS takes one in 30 s (facts 5.1).
    pub created_domain_at: Option<i64>,
    /// Since when this process has seen domain, mapping and record all standing; while it is not known, they count as
    /// new.
    pub stands_since: Option<i64>,
    /// What AWS answered this process when it did a step and was refused, by [`super::Making::id`]; a person who wants
    /// it tried again takes it away.
    pub refusals: BTreeMap<String, Refusal>,
    /// The newest try of the address.
    pub verified: Option<Verification>,
}

/// AWS's refusal of a step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    /// `ConflictException` …
    pub code: String,
    /// AWS's words.
    pub message: String,
    /// Throttled or not reached: the same step may be done again.
    pub passing: bool,
    /// Milliseconds since 1970.
    pub at: i64,
}

/// A fact that may not be known.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Asked<T> {
    /// Not asked yet.
    #[default]
    NotAsked,
    /// The answer.
    Is(T),
    /// No answer.
    Failed {
        /// AWS's code (`AccessDeniedException`), or `timeout`, `unreachable`.
        code: String,
        /// AWS's words.
        message: String,
        /// Throttled, timed out, unreachable: asking again may help.
        passing: bool,
    },
}

impl<T> Asked<T> {
    /// The answer, if there is one.
    pub const fn is(&self) -> Option<&T> {
        match self {
            Self::Is(answer) => Some(answer),
            _ => None,
        }
    }

    /// Makes what could not be read just now not asked; AWS's code and words.
    pub(super) fn forget(&mut self) -> Option<(String, String)> {
        match std::mem::take(self) {
            Self::Failed { code, message, passing: true } => Some((code, message)),
            other => {
                *self = other;
                None
            }
        }
    }
}

/// What the wizard needs to know of the API.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ApiHere {
    /// Its name.
    pub name: String,
    /// `WEBSOCKET`, `HTTP`.
    pub protocol: String,
    /// `ipv4` or `dualstack`.
    pub ip_address_type: String,
    /// The generated endpoint is switched off.
    pub endpoint_disabled: bool,
    /// `wss://{apiId}.execute-api.{region}.amazonaws.com`.
    pub endpoint: String,
    /// Its stages, and whether each has a deployment.
    pub stages: BTreeMap<String, bool>,
}

/// A certificate of ACM.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct CertificateHere {
    /// `arn:aws:acm:{region}:{account}:certificate/{uuid}`.
    pub arn: String,
    /// All names, the first one is its own.
    pub names: Vec<String>,
    /// `PENDING_VALIDATION`, `ISSUED`, `INACTIVE`, `EXPIRED`, `VALIDATION_TIMED_OUT`, `REVOKED`, `FAILED`.
    pub status: String,
    /// `AMAZON_ISSUED`, `IMPORTED`, `PRIVATE`.
    #[serde(rename = "type")]
    pub kind: String,
    /// `DNS`, `EMAIL`, `HTTP`; empty where it is none of ACM's own.
    pub validation_method: String,
    /// Why it FAILED: `CAA_ERROR`, `INVALID_PUBLIC_DOMAIN` …
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub failure_reason: Option<String>,
    /// Milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub created_at: Option<i64>,
    /// Milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub not_after: Option<i64>,
    /// `ELIGIBLE`, `INELIGIBLE`; empty: AWS did not say.
    pub renewal: String,
    /// How each name is proven; a record may be missing for some seconds after the request (facts 6.1 #2).
    pub validations: Vec<Validation>,
    /// What uses it (ARNs).
    pub in_use_by: Vec<String>,
    /// Gatescope's wizard asked for it (its tag says so).
    pub ours: bool,
}

/// How a certificate's name is proven.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Validation {
    /// Which name.
    pub name: String,
    /// `PENDING_VALIDATION`, `SUCCESS`, `FAILED`.
    pub status: String,
    /// Name and value of the CNAME, without dots at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub record: Option<(String, String)>,
}

/// The custom domain, whoever made it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DomainHere {
    /// `d-….execute-api.{region}.amazonaws.com`.
    pub target: String,
    /// The regional zone that an ALIAS names.
    pub hosted_zone_id: String,
    /// `AVAILABLE`, `UPDATING`, `PENDING_CERTIFICATE_REIMPORT`, `PENDING_OWNERSHIP_VERIFICATION`.
    pub status: String,
    /// Words with the status.
    pub status_message: String,
    /// `REGIONAL`, `EDGE`, `PRIVATE`.
    pub endpoint_type: String,
    /// `TLS_1_0`, `TLS_1_2`, or a newer policy's name.
    pub security_policy: String,
    /// `ipv4` or `dualstack`.
    pub ip_address_type: String,
    /// `API_MAPPING_ONLY`, `ROUTING_RULE_ONLY`, `ROUTING_RULE_THEN_API_MAPPING`; empty: the server does not tell.
    pub routing_mode: String,
    /// Which certificate.
    pub certificate_arn: String,
    /// What it leads to.
    pub mappings: Vec<MappingHere>,
    /// Gatescope's wizard made it (its tag says so).
    pub ours: bool,
}

/// A mapping of the domain.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MappingHere {
    /// Its id.
    pub id: String,
    /// Its key.
    pub key: String,
    /// Which API.
    pub api_id: String,
    /// Which stage.
    pub stage: String,
    /// `WEBSOCKET`, `HTTP`, `REST`; empty: not known.
    pub protocol: String,
}

/// A hosted zone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ZoneHere {
    /// `Z1UJRXOUMOOFQ8`.
    pub id: String,
    /// Without the dot at the end.
    pub name: String,
    /// Only VPCs see it.
    pub private: bool,
    /// The name servers that AWS gave it.
    pub name_servers: Vec<String>,
}

/// What public DNS answers to a name: several lookups in one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Resolved {
    /// CNAMEs on the way, in order, without dots at the end.
    pub cnames: Vec<String>,
    /// IPv4 and IPv6 addresses at the end.
    pub addresses: Vec<String>,
    /// `NS` of the closest zone above, where it was asked for.
    pub name_servers: Vec<String>,
}

/// A try of the address, each link of the chain by itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Verification {
    /// When, milliseconds since 1970.
    pub at: i64,
    /// Straight to the domain's target, without asking DNS for the name; made as soon as there is a target and a
    /// mapping.
    pub direct: Vec<Check>,
    /// As a client does it.
    pub public: Vec<Check>,
}

impl Verification {
    /// Whether a client gets through, and a message is answered or goes through.
    #[must_use]
    pub fn holds(&self) -> bool {
        !self.public.is_empty() && self.public.iter().all(|check| check.state != CheckState::Failed)
    }
}

/// One link of the chain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Check {
    /// Which.
    pub kind: CheckKind,
    /// What came of it.
    pub state: CheckState,
    /// In words: what was seen, and where it broke what that means and what to do.
    pub says: String,
    /// The cause's id, where it is one of the list of causes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub cause: Option<String>,
    /// Milliseconds that it took.
    pub took_ms: u32,
}

/// The links, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum CheckKind {
    /// Name to address.
    Resolve,
    /// The certificate that is shown, its names and its chain.
    Tls,
    /// The path leads to the API and stage.
    Mapping,
    /// `$connect` lets it in.
    Upgrade,
    /// A message goes through.
    Message,
}

/// What came of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum CheckState {
    /// It holds.
    Holds,
    /// It broke.
    Failed,
    /// Not reached.
    NotTried,
}
