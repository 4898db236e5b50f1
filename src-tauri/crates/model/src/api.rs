//! What a WebSocket API is made of, with AWS's names and in AWS's wire form (lowerCamelCase JSON, absent = not set).
//!
//! The same structs are what the sandbox stores and deploys, what the `aws` crate reads, and what drafts are made of.
//! Shapes: API Gateway V2's published model of 2018-11-29. Nothing here talks to anything.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use ts_rs::TS;

use crate::surroundings::Surroundings;

/// A map of names to texts, in a stable order so that two snapshots compare.
pub type Texts = BTreeMap<String, String>;

/// Members that Gatescope has no name for. They are shown as JSON and survive every edit.
pub type Other = Map<String, Value>;

/// Everything that Gatescope knows about one API at one moment. Drafts, previews, diffs and undo all work on this.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Snapshot {
    /// The API itself.
    pub api: Api,
    /// Its routes, sorted by id as AWS lists them.
    pub routes: Vec<Route>,
    /// Its integrations, sorted by id.
    pub integrations: Vec<Integration>,
    /// Its models, sorted by id.
    pub models: Vec<Model>,
    /// Its authorizers, sorted by id.
    pub authorizers: Vec<Authorizer>,
    /// Its stages, sorted by name.
    pub stages: Vec<Stage>,
    /// Its deployments, newest first.
    pub deployments: Vec<Deployment>,
    /// What the account has around it; absent = not read, and then no change touches it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub surroundings: Option<Surroundings>,
    /// What could not be read, in words, by list: `models` → "apigateway:GET on … is not allowed". Such a list is empty here,
    /// and no change touches it.
    #[serde(skip_serializing_if = "Texts::is_empty")]
    #[ts(as = "Option<Texts>", optional)]
    pub unread: Texts,
}

/// `GetApi`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Api {
    /// Ten lower-case letters and digits.
    pub api_id: String,
    /// As the user called it.
    pub name: String,
    /// `wss://{apiId}.execute-api.{region}.amazonaws.com`.
    pub api_endpoint: String,
    /// Always `WEBSOCKET` here.
    pub protocol_type: String,
    /// For example `$request.body.action`.
    pub route_selection_expression: String,
    /// `$request.header.x-api-key` unless set otherwise.
    pub api_key_selection_expression: String,
    /// True when the generated endpoint refuses everything.
    pub disable_execute_api_endpoint: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// Free text.
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// ISO 8601.
    pub created_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// `ipv4` or `dualstack`.
    pub ip_address_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// True: deployments do not look whether a route's models are there.
    pub disable_schema_validation: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// The user's own version label.
    pub version: Option<String>,
    /// Tags.
    pub tags: Texts,
    /// What AWS sent besides: kept as it is.
    #[serde(flatten)]
    #[ts(skip)]
    pub other: Other,
}

/// `GetRoute`, with its route responses.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Route {
    /// Seven letters and digits.
    pub route_id: String,
    /// `$connect`, `$disconnect`, `$default`, or what the selection expression gives.
    pub route_key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// `integrations/{integrationId}`.
    pub target: Option<String>,
    /// `NONE`, `AWS_IAM` or `CUSTOM`.
    pub authorization_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// The authorizer, when `CUSTOM`.
    pub authorizer_id: Option<String>,
    /// Only meaningful on `$connect`.
    pub api_key_required: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// Gives the key into `request_models`.
    pub model_selection_expression: Option<String>,
    /// Model name by selection key.
    pub request_models: Texts,
    /// `route.request.querystring.X` → is it required.
    pub request_parameters: BTreeMap<String, Required>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// `$default` makes the route two-way.
    pub route_response_selection_expression: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// Free name.
    pub operation_name: Option<String>,
    /// `GetRouteResponses`.
    pub responses: Vec<RouteResponse>,
    /// What AWS sent besides: kept as it is.
    #[serde(flatten)]
    #[ts(skip)]
    pub other: Other,
}

impl Route {
    /// The id in `integrations/{id}`, if the route has an integration.
    #[must_use]
    pub fn integration_id(&self) -> Option<&str> {
        self.target.as_deref()?.strip_prefix("integrations/")
    }

    /// Whether answers go back to the client: the expression and the `$default` response are both there.
    /// developer guide, apigateway-websocket-api-route-response.
    #[must_use]
    pub fn is_two_way(&self) -> bool {
        self.route_response_selection_expression.as_deref() == Some("$default")
            && self.responses.iter().any(|r| r.route_response_key == "$default")
    }
}

/// `{"required": true}`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Required {
    /// Whether a request without it is refused.
    pub required: bool,
}

/// `GetRouteResponse`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct RouteResponse {
    /// Its id.
    pub route_response_id: String,
    /// Only `$default` is allowed by AWS.
    pub route_response_key: String,
    /// Model name by key.
    pub response_models: Texts,
    /// What AWS sent besides: kept as it is.
    #[serde(flatten)]
    #[ts(skip)]
    pub other: Other,
}

/// `GetIntegration`, with its integration responses.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Integration {
    /// Seven letters and digits.
    pub integration_id: String,
    /// `AWS`, `AWS_PROXY`, `HTTP`, `HTTP_PROXY` or `MOCK`.
    pub integration_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// URL, or `arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{arn}/invocations`.
    pub integration_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// HTTP method of the call to the backend.
    pub integration_method: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// `INTERNET` or `VPC_LINK`.
    pub connection_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// VPC link id.
    pub connection_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// `CONVERT_TO_BINARY` or `CONVERT_TO_TEXT`.
    pub content_handling_strategy: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// Role that the gateway assumes for the call.
    pub credentials_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// `WHEN_NO_MATCH`, `WHEN_NO_TEMPLATES` or `NEVER`.
    pub passthrough_behavior: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// `1.0` for proxies.
    pub payload_format_version: Option<String>,
    /// `integration.request.header.X` → source expression.
    pub request_parameters: Texts,
    /// Template by selection key.
    pub request_templates: Texts,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// Gives the key into `request_templates`.
    pub template_selection_expression: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// 50 to 29,000 ms.
    pub timeout_in_millis: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// Gives the key of the integration response.
    pub integration_response_selection_expression: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// Free text.
    pub description: Option<String>,
    /// `GetIntegrationResponses`.
    pub responses: Vec<IntegrationResponse>,
    /// What AWS sent besides: kept as it is.
    #[serde(flatten)]
    #[ts(skip)]
    pub other: Other,
}

impl Integration {
    /// Whether the backend's answer passes whole, without integration responses.
    #[must_use]
    pub fn is_proxy(&self) -> bool {
        self.integration_type.ends_with("_PROXY")
    }
}

/// `GetIntegrationResponse`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct IntegrationResponse {
    /// Its id.
    pub integration_response_id: String,
    /// `$default` or `/regex/`.
    pub integration_response_key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// `CONVERT_TO_BINARY` or `CONVERT_TO_TEXT`.
    pub content_handling_strategy: Option<String>,
    /// `route.response.header.X` → source expression.
    pub response_parameters: Texts,
    /// Template by selection key.
    pub response_templates: Texts,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// Gives the key into `response_templates`.
    pub template_selection_expression: Option<String>,
    /// What AWS sent besides: kept as it is.
    #[serde(flatten)]
    #[ts(skip)]
    pub other: Other,
}

/// `GetModel`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Model {
    /// Its id.
    pub model_id: String,
    /// Letters and digits.
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// `application/json`.
    pub content_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// JSON Schema, draft 4, as text.
    pub schema: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// Free text.
    pub description: Option<String>,
    /// What AWS sent besides: kept as it is.
    #[serde(flatten)]
    #[ts(skip)]
    pub other: Other,
}

/// `GetAuthorizer`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Authorizer {
    /// Six letters and digits.
    pub authorizer_id: String,
    /// As the user called it.
    pub name: String,
    /// Always `REQUEST` for WebSocket APIs.
    pub authorizer_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// Invocation URI of the function.
    pub authorizer_uri: Option<String>,
    /// `route.request.header.X`, `route.request.querystring.X`, `stageVariables.X`, `context.X`.
    pub identity_source: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// Role that the gateway assumes for the call.
    pub authorizer_credentials_arn: Option<String>,
    /// What AWS sent besides: kept as it is.
    #[serde(flatten)]
    #[ts(skip)]
    pub other: Other,
}

/// `GetStage`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Stage {
    /// 1 to 128 of `[A-Za-z0-9_-]`.
    pub stage_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// The deployment that it serves; absent = never deployed.
    pub deployment_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// Present only when it was sent.
    pub auto_deploy: Option<bool>,
    /// For every route that has none of its own.
    pub default_route_settings: RouteSettings,
    /// By route key; each field overrides the default.
    pub route_settings: BTreeMap<String, RouteSettings>,
    /// Stage variables.
    pub stage_variables: Texts,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// Access log.
    pub access_log_settings: Option<AccessLogSettings>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// Client certificate for HTTP backends.
    pub client_certificate_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// Free text.
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// What the last automatic deployment said.
    pub last_deployment_status_message: Option<String>,
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
    /// What AWS sent besides: kept as it is.
    #[serde(flatten)]
    #[ts(skip)]
    pub other: Other,
}

/// Logging, metrics and throttling of a stage or of one of its routes. An absent member means «not set here»;
/// throttling that is written as 0 refuses every request (terraform-provider-aws#14742), so nothing here writes it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct RouteSettings {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// `OFF`, `ERROR` or `INFO`.
    pub logging_level: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// Whole requests and responses in the log.
    pub data_trace_enabled: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// Metrics per route.
    pub detailed_metrics_enabled: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// Requests.
    pub throttling_burst_limit: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// Requests a second.
    pub throttling_rate_limit: Option<f64>,
    /// What AWS sent besides: kept as it is.
    #[serde(flatten)]
    #[ts(skip)]
    pub other: Other,
}

/// Where and how access logs are written.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct AccessLogSettings {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// Log group ARN without `:*`.
    pub destination_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// One line of `$context` variables.
    pub format: Option<String>,
    /// What AWS sent besides: kept as it is.
    #[serde(flatten)]
    #[ts(skip)]
    pub other: Other,
}

/// `GetDeployment`. What a deployment holds can't be read from AWS: only that it is there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Deployment {
    /// Six letters and digits.
    pub deployment_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// ISO 8601.
    pub created_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// `PENDING`, `FAILED` or `DEPLOYED`.
    pub deployment_status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// Free text.
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    /// Made by auto-deploy.
    pub auto_deployed: Option<bool>,
    /// What AWS sent besides: kept as it is.
    #[serde(flatten)]
    #[ts(skip)]
    pub other: Other,
}

impl Snapshot {
    /// The route with this key.
    #[must_use]
    pub fn route(&self, key: &str) -> Option<&Route> {
        self.routes.iter().find(|r| r.route_key == key)
    }

    /// The integration of the route with this key.
    #[must_use]
    pub fn integration_of(&self, key: &str) -> Option<&Integration> {
        let id = self.route(key)?.integration_id()?;
        self.integrations.iter().find(|i| i.integration_id == id)
    }

    /// The stage with this name.
    #[must_use]
    pub fn stage(&self, name: &str) -> Option<&Stage> {
        self.stages.iter().find(|s| s.stage_name == name)
    }
}

impl Stage {
    /// The level that is in force for a route: its own setting, else the stage's, else `OFF`.
    #[must_use]
    pub fn logging_level(&self, route_key: &str) -> &str {
        self.route_settings
            .get(route_key)
            .and_then(|s| s.logging_level.as_deref())
            .or(self.default_route_settings.logging_level.as_deref())
            .unwrap_or("OFF")
    }

    /// Whether data trace is in force for a route.
    #[must_use]
    pub fn data_trace(&self, route_key: &str) -> bool {
        self.route_settings
            .get(route_key)
            .and_then(|s| s.data_trace_enabled)
            .or(self.default_route_settings.data_trace_enabled)
            .unwrap_or(false)
    }
}
