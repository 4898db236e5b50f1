//! What an account has around an API: keys and usage plans, VPC links, client certificates, log groups, and the functions'
//! permissions. Read when a screen needs it, edited in the same drafts and reviews as the API itself.
//!
//! Shapes: API Gateway's published model of 2015-07-09 (the V1 control plane), CloudWatch Logs' and Lambda's. A key's value
//! is never here: it is a secret, asked for by itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::api::{Other, Texts};

/// Everything around one API. Each list is sorted by id, or by name where the name is the id.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Surroundings {
    /// All API keys of the region.
    pub api_keys: Vec<ApiKey>,
    /// All usage plans of the region, with their keys.
    pub usage_plans: Vec<UsagePlan>,
    /// All VPC links of the region that WebSocket APIs can use (REST type, to network load balancers).
    pub vpc_links: Vec<VpcLink>,
    /// All client certificates of the region.
    pub client_certificates: Vec<ClientCertificate>,
    /// The log groups of this API's stages that are there: execution and access log.
    pub log_groups: Vec<LogGroup>,
    /// Statements by which functions of this API's integrations and authorizers let API Gateway invoke them.
    pub permissions: Vec<Permission>,
    /// The regional custom domains of the region, whatever they map to: one key of one domain leads to one API.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<CustomDomain>>", optional)]
    pub domains: Vec<CustomDomain>,
    /// What could not be read, in words, by list: `usagePlans` → "apigateway:GET on /usageplans is not allowed".
    pub unread: Texts,
}

/// `GetApiKeys`, without values.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct ApiKey {
    /// Ten letters and digits.
    pub id: String,
    /// As the user called it.
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// Free text.
    pub description: Option<String>,
    /// A key that is not enabled is refused.
    pub enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// ISO 8601.
    pub created_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// ISO 8601.
    pub last_updated_date: Option<String>,
    /// Tags.
    pub tags: Texts,
    /// What AWS sent besides.
    #[serde(flatten)]
    #[ts(skip)]
    pub other: Other,
}

/// `GetUsagePlans`, with `GetUsagePlanKeys`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct UsagePlan {
    /// Six letters and digits.
    pub id: String,
    /// As the user called it.
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// Free text.
    pub description: Option<String>,
    /// The stages that it covers, of all APIs.
    pub api_stages: Vec<ApiStage>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// Rate and burst for each key.
    pub throttle: Option<Throttle>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// Requests in a period for each key.
    pub quota: Option<Quota>,
    /// Tags.
    pub tags: Texts,
    /// Its keys, sorted by id.
    pub keys: Vec<PlanKey>,
    /// What AWS sent besides.
    #[serde(flatten)]
    #[ts(skip)]
    pub other: Other,
}

/// A stage of an API in a usage plan.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct ApiStage {
    /// Which API.
    pub api_id: String,
    /// Which stage.
    pub stage: String,
    /// Limits by route, where set.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[ts(as = "Option<BTreeMap<String, Throttle>>", optional)]
    pub throttle: BTreeMap<String, Throttle>,
}

/// Rate and burst.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Throttle {
    /// Requests at once.
    pub burst_limit: i64,
    /// Requests a second.
    pub rate_limit: f64,
}

/// Requests in a period.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Quota {
    /// Requests.
    pub limit: i64,
    /// Requests taken off the first period.
    pub offset: i64,
    /// `DAY`, `WEEK` or `MONTH`.
    pub period: String,
}

/// `GetUsagePlanKeys`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct PlanKey {
    /// The API key's id.
    pub id: String,
    #[serde(rename = "type")]
    /// Always `API_KEY`.
    pub key_type: String,
    /// The key's name.
    pub name: String,
}

/// `GetVpcLinks` of the V1 control plane.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct VpcLink {
    /// Six letters and digits.
    pub id: String,
    /// As the user called it.
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// Free text.
    pub description: Option<String>,
    /// The network load balancer's ARN; exactly one.
    pub target_arns: Vec<String>,
    /// `PENDING`, `AVAILABLE`, `FAILED` or `DELETING`.
    pub status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// Why.
    pub status_message: Option<String>,
    /// Tags.
    pub tags: Texts,
    /// What AWS sent besides.
    #[serde(flatten)]
    #[ts(skip)]
    pub other: Other,
}

/// `GetClientCertificates`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct ClientCertificate {
    /// Six letters and digits.
    pub client_certificate_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// Free text.
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// The public half, for the backend.
    pub pem_encoded_certificate: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// ISO 8601.
    pub created_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// ISO 8601.
    pub expiration_date: Option<String>,
    /// Tags.
    pub tags: Texts,
    /// What AWS sent besides.
    #[serde(flatten)]
    #[ts(skip)]
    pub other: Other,
}

/// `DescribeLogGroups`: how long a group keeps what is written to it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct LogGroup {
    /// `/aws/apigateway/{apiId}/{stage}`, or what the access log names.
    pub log_group_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// Days; absent = never expires.
    pub retention_in_days: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// Bytes that are paid for.
    pub stored_bytes: Option<i64>,
}

/// A statement of a function's resource policy that lets API Gateway invoke it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Permission {
    /// The function's ARN, with its alias or version where the integration names one.
    pub function_arn: String,
    /// The statement's id.
    pub statement_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// `arn:aws:execute-api:{region}:{account}:{apiId}/{stage}/{routeKey}`; absent = for any source.
    pub source_arn: Option<String>,
}

/// `GetDomainNames`, with `GetApiMappings`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct CustomDomain {
    /// What clients dial.
    pub domain_name: String,
    /// What a record has to point at: `d-….execute-api.{region}.amazonaws.com`.
    pub target: String,
    /// The hosted zone of the target, for an ALIAS.
    pub hosted_zone_id: String,
    /// `AVAILABLE`, `UPDATING`, `PENDING_…`.
    pub status: String,
    /// Which certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub certificate_arn: Option<String>,
    /// `TLS_1_0` or `TLS_1_2`.
    pub security_policy: String,
    /// `API_MAPPING_ONLY`, `ROUTING_RULE_ONLY` or `ROUTING_RULE_THEN_API_MAPPING`; absent: the server does not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub routing_mode: Option<String>,
    /// What is behind it, sorted by id.
    pub mappings: Vec<Mapping>,
}

impl CustomDomain {
    /// The name of the domain that a host belongs to: its own, or the wildcard above it.
    #[must_use]
    pub fn owner<'a>(domains: &'a [Self], host: &str) -> Option<&'a str> {
        let named = |name: &str| domains.iter().map(|d| d.domain_name.as_str()).find(|d| d.eq_ignore_ascii_case(name));
        named(host).or_else(|| named(&format!("*.{}", host.split_once('.')?.1)))
    }
}

/// `GetApiMappings`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Mapping {
    /// Six letters and digits.
    pub api_mapping_id: String,
    /// The first segment of the path; empty: the domain itself.
    pub api_mapping_key: String,
    /// Which API.
    pub api_id: String,
    /// Which stage.
    pub stage: String,
}
