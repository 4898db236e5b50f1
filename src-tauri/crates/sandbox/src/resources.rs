//! What a WebSocket API is made of: one row a kind of resource, and the table that holds them all in wire form.
//!
//! A resource is the JSON object that AWS would answer, so everything that was sent survives. The rules between
//! resources are in [`crate::gateway_v2`]; this file knows members, defaults, ids and paths.
//! Members and required ones: API Gateway V2's published model; defaults and id lengths: facts 8.1, facts 2 8.

use std::collections::BTreeMap;

use gatescope_model::api;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::gateway_v2::{domain, mapping};

/// One resource.
pub(crate) type Resource = Map<String, Value>;

/// A kind of resource: a row of the table below.
pub(crate) struct Kind {
    /// In paths: `routes`.
    pub segment: &'static str,
    /// The member with its id.
    pub id: &'static str,
    /// Characters of a generated id; 0: the id is a member that the caller sends.
    pub id_length: usize,
    /// Members that a create call may send.
    pub members: &'static [&'static str],
    /// Members that a create call must send.
    pub required: &'static [&'static str],
    /// Members that an update can't change.
    pub fixed: &'static [&'static str],
    /// Members that an update merges by key, where an empty text removes the key.
    pub merged: &'static [&'static str],
    /// What a new one has, as JSON.
    pub defaults: &'static str,
    /// Status of a successful update; 201 for routes (facts 2, 8).
    pub updated: u16,
    /// Words of the 404.
    pub unknown: &'static str,
    /// Whether every member has its type.
    pub fits: fn(&Resource) -> Result<(), serde_json::Error>,
}

/// A row's [`Kind::fits`], by the model's noun.
fn fits<T: DeserializeOwned>(resource: &Resource) -> Result<(), serde_json::Error> {
    serde_json::from_value::<T>(Value::Object(resource.clone())).map(drop)
}

/// All kinds. Texts of unknown integrations, models, responses and deployments are assumed after those of routes.
/// Which members merge is assumed after Terraform's provider, which removes keys by sending empty texts.
pub(crate) const KINDS: &[Kind] = &[
    Kind {
        segment: "apis",
        id: "apiId",
        id_length: 10,
        members: &[
            "apiKeySelectionExpression",
            "description",
            "disableSchemaValidation",
            "disableExecuteApiEndpoint",
            "ipAddressType",
            "name",
            "protocolType",
            "routeSelectionExpression",
            "tags",
            "version",
        ],
        required: &["name", "protocolType"],
        fixed: &["protocolType", "tags"],
        merged: &[],
        defaults: r#"{"apiKeySelectionExpression":"$request.header.x-api-key","disableExecuteApiEndpoint":false,
            "ipAddressType":"ipv4"}"#,
        updated: 200,
        unknown: "Invalid API identifier specified",
        fits: fits::<api::Api>,
    },
    Kind {
        segment: "routes",
        id: "routeId",
        id_length: 7,
        members: &[
            "apiKeyRequired",
            "authorizationScopes",
            "authorizationType",
            "authorizerId",
            "modelSelectionExpression",
            "operationName",
            "requestModels",
            "requestParameters",
            "routeKey",
            "routeResponseSelectionExpression",
            "target",
        ],
        required: &["routeKey"],
        fixed: &[],
        merged: &["requestParameters"],
        defaults: r#"{"apiKeyRequired":false,"authorizationType":"NONE"}"#,
        updated: 201,
        unknown: "Invalid route identifier specified",
        fits: fits::<api::Route>,
    },
    Kind {
        segment: "routeresponses",
        id: "routeResponseId",
        id_length: 6,
        members: &["modelSelectionExpression", "responseModels", "responseParameters", "routeResponseKey"],
        required: &["routeResponseKey"],
        fixed: &[],
        merged: &[],
        defaults: "{}",
        updated: 200,
        unknown: "Invalid Route Response identifier specified",
        fits: fits::<api::RouteResponse>,
    },
    Kind {
        segment: "integrations",
        id: "integrationId",
        id_length: 7,
        members: &[
            "connectionId",
            "connectionType",
            "contentHandlingStrategy",
            "credentialsArn",
            "description",
            "integrationMethod",
            "integrationSubtype",
            "integrationType",
            "integrationUri",
            "passthroughBehavior",
            "payloadFormatVersion",
            "requestParameters",
            "requestTemplates",
            "responseParameters",
            "templateSelectionExpression",
            "timeoutInMillis",
            "tlsConfig",
        ],
        required: &["integrationType"],
        fixed: &[],
        merged: &["requestParameters"],
        defaults: r#"{"connectionType":"INTERNET","passthroughBehavior":"WHEN_NO_MATCH",
            "payloadFormatVersion":"1.0","timeoutInMillis":29000}"#,
        updated: 200,
        unknown: "Invalid Integration identifier specified",
        fits: fits::<api::Integration>,
    },
    Kind {
        segment: "integrationresponses",
        id: "integrationResponseId",
        id_length: 6,
        members: &[
            "contentHandlingStrategy",
            "integrationResponseKey",
            "responseParameters",
            "responseTemplates",
            "templateSelectionExpression",
        ],
        required: &["integrationResponseKey"],
        fixed: &[],
        merged: &[],
        defaults: "{}",
        updated: 200,
        unknown: "Invalid Integration Response identifier specified",
        fits: fits::<api::IntegrationResponse>,
    },
    Kind {
        segment: "models",
        id: "modelId",
        id_length: 6,
        members: &["contentType", "description", "name", "schema"],
        required: &["name", "schema"],
        fixed: &[],
        merged: &[],
        defaults: r#"{"contentType":"application/json"}"#,
        updated: 200,
        unknown: "Invalid Model identifier specified",
        fits: fits::<api::Model>,
    },
    Kind {
        segment: "authorizers",
        id: "authorizerId",
        id_length: 6,
        members: &[
            "authorizerCredentialsArn",
            "authorizerPayloadFormatVersion",
            "authorizerResultTtlInSeconds",
            "authorizerType",
            "authorizerUri",
            "enableSimpleResponses",
            "identitySource",
            "identityValidationExpression",
            "jwtConfiguration",
            "name",
        ],
        required: &["authorizerType", "name"],
        fixed: &[],
        merged: &[],
        defaults: "{}",
        updated: 200,
        unknown: "Invalid Authorizer identifier specified",
        fits: fits::<api::Authorizer>,
    },
    Kind {
        segment: "deployments",
        id: "deploymentId",
        id_length: 6,
        members: &["description", "stageName"],
        required: &[],
        fixed: &["stageName"],
        merged: &[],
        defaults: r#"{"autoDeployed":false,"deploymentStatus":"DEPLOYED"}"#,
        updated: 200,
        unknown: "Invalid Deployment identifier specified",
        fits: fits::<api::Deployment>,
    },
    Kind {
        segment: "stages",
        id: "stageName",
        id_length: 0,
        members: &[
            "accessLogSettings",
            "autoDeploy",
            "clientCertificateId",
            "defaultRouteSettings",
            "deploymentId",
            "description",
            "routeSettings",
            "stageName",
            "stageVariables",
            "tags",
        ],
        required: &["stageName"],
        fixed: &["stageName", "tags"],
        merged: &["stageVariables", "routeSettings", "defaultRouteSettings"],
        defaults: r#"{"defaultRouteSettings":{"dataTraceEnabled":false,"detailedMetricsEnabled":false,
            "loggingLevel":"OFF"},"routeSettings":{},"stageVariables":{},"tags":{}}"#,
        updated: 200,
        unknown: "Invalid stage identifier specified",
        fits: fits::<api::Stage>,
    },
    Kind {
        segment: "domainnames",
        id: "domainName",
        id_length: 0,
        members: &["domainName", "domainNameConfigurations", "mutualTlsAuthentication", "routingMode", "tags"],
        required: &["domainName"],
        fixed: &["domainName", "tags"],
        merged: &[],
        defaults: "{}",
        updated: 200,
        unknown: "Invalid domain name identifier specified",
        fits: domain::fits,
    },
    Kind {
        segment: "apimappings",
        id: "apiMappingId",
        id_length: 6,
        members: &["apiId", "apiMappingKey", "stage"],
        required: &["apiId", "stage"],
        fixed: &[],
        merged: &[],
        defaults: "{}",
        updated: 200,
        unknown: "Invalid API mapping identifier specified",
        fits: mapping::fits,
    },
    Kind {
        segment: "vpclinks",
        id: "vpcLinkId",
        id_length: 6,
        members: &["name", "securityGroupIds", "subnetIds", "tags"],
        required: &["name", "subnetIds"],
        fixed: &["securityGroupIds", "subnetIds", "tags"],
        merged: &[],
        defaults: r#"{"securityGroupIds":[],"tags":{},"vpcLinkVersion":"V2"}"#,
        updated: 200,
        unknown: "Invalid VpcLink identifier specified",
        fits: |_| Ok(()),
    },
];

impl Kind {
    /// The kind with this path segment.
    pub(crate) fn of(segment: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.segment == segment)
    }

    /// What a member is when nothing was sent.
    fn default(&self, member: &str) -> Option<Value> {
        serde_json::from_str::<Resource>(self.defaults).ok()?.shift_remove(member)
    }

    /// A new resource: the defaults, then what was sent. Null members count as not sent.
    pub(crate) fn make(&self, sent: &Resource) -> Resource {
        let mut resource: Resource = serde_json::from_str(self.defaults).unwrap_or_default();
        self.apply(&mut resource, sent, &[]);
        resource
    }

    /// Applies what an update sent: an empty text removes the member (recorded for `credentialsArn`, assumed for
    /// the others), merged members merge, all others are replaced.
    pub(crate) fn apply(&self, resource: &mut Resource, sent: &Resource, fixed: &[&str]) {
        for (name, value) in sent.iter().filter(|(n, v)| self.members.contains(&n.as_str()) && !v.is_null()) {
            if fixed.contains(&name.as_str()) {
                continue;
            }
            match (value, resource.get_mut(name)) {
                (Value::String(text), _) if text.is_empty() => match self.default(name) {
                    Some(default) => drop(resource.insert(name.clone(), default)),
                    None => drop(resource.shift_remove(name)),
                },
                (Value::Object(new), Some(Value::Object(old))) if self.merged.contains(&name.as_str()) => {
                    merge(old, new);
                }
                _ => {
                    resource.insert(name.clone(), value.clone());
                }
            }
        }
    }
}

/// Merges by key; objects one level deeper as well, as route settings are.
fn merge(old: &mut Resource, new: &Resource) {
    for (key, value) in new.iter().filter(|(_, v)| !v.is_null()) {
        match (value, old.get_mut(key)) {
            (Value::String(text), _) if text.is_empty() => {
                old.shift_remove(key);
            }
            (Value::Object(new), Some(Value::Object(old))) => merge(old, new),
            _ => {
                old.insert(key.clone(), value.clone());
            }
        }
    }
}

/// All resources by path (`apis/{id}/routes/{id}`), so sorted by id as AWS lists them (facts 2, 8).
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Table(BTreeMap<String, Resource>);

impl Table {
    pub(crate) fn get(&self, path: &str) -> Option<&Resource> {
        self.0.get(path)
    }

    pub(crate) fn get_mut(&mut self, path: &str) -> Option<&mut Resource> {
        self.0.get_mut(path)
    }

    pub(crate) fn put(&mut self, path: String, resource: Resource) {
        self.0.insert(path, resource);
    }

    /// Removes a resource and all below it.
    pub(crate) fn remove(&mut self, path: &str) {
        let below = format!("{path}/");
        self.0.retain(|p, _| p != path && !p.starts_with(&below));
    }

    /// All resources with their paths.
    pub(crate) fn values(&self) -> impl Iterator<Item = (&String, &Resource)> {
        self.0.iter()
    }

    /// The resources of one collection (`apis/{id}/routes`) with their ids.
    pub(crate) fn list<'a>(&'a self, collection: &str) -> impl Iterator<Item = (&'a str, &'a Resource)> {
        let prefix = format!("{collection}/");
        let start = prefix.len();
        self.0
            .range(prefix.clone()..)
            .take_while(move |(path, _)| path.starts_with(&prefix))
            .map(move |(path, resource)| (&path[start..], resource))
            .filter(|(id, _)| !id.contains('/'))
    }
}

/// A text member, or nothing.
pub(crate) fn text<'a>(resource: &'a Resource, member: &str) -> &'a str {
    resource.get(member).and_then(Value::as_str).unwrap_or_default()
}
