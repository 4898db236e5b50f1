//! The shape of every member that a call may send: type, length, allowed values. Rules that need more than the value
//! itself are in the files of the kinds.
//!
//! Lengths and values: botocore's model and facts 5.1. The words are assumed: those that API Gateway V1 has for its own
//! model's constraints.

use serde_json::Value;

use crate::answer::Refusal;
use crate::resources::{Kind, Resource};

/// Bytes of a mapping template (facts 5.1).
const TEMPLATE: usize = 300 * 1024;
/// Entries of a map or list; more than any API has.
const ENTRIES: usize = 300;

/// What a member may be.
enum Shape {
    /// At least and at most so many characters.
    Text(usize, usize),
    OneOf(&'static [&'static str]),
    Flag,
    Number,
    /// Texts by name, of at most so many characters.
    Texts(usize),
    /// Texts by name by key.
    TextsByKey,
    /// `{"required": true}` by name.
    Requirements,
    /// Texts of at most so many characters.
    List(usize),
    AccessLog,
    Settings,
    SettingsByRoute,
    TlsConfig,
    /// Judged elsewhere.
    Any,
}

fn shape(kind: &str, member: &str) -> Shape {
    use Shape::{AccessLog, Any, Flag, List, Number, OneOf, Requirements, Settings, SettingsByRoute, Text, Texts};
    match member {
        "description" | "identityValidationExpression" => Text(0, 1024),
        "name" | "target" | "stageName" | "integrationSubtype" => Text(1, 128),
        "version" | "operationName" | "integrationMethod" | "payloadFormatVersion" => Text(1, 64),
        "contentType" => Text(1, 256),
        "connectionId" => Text(1, 1024),
        "integrationUri" | "authorizerUri" | "credentialsArn" | "authorizerCredentialsArn" => Text(1, 2048),
        "schema" => Text(0, 32 * 1024),
        "authorizerId" | "deploymentId" | "clientCertificateId" => Text(1, 128),
        // The model has no length for expressions and keys.
        "apiKeySelectionExpression"
        | "routeSelectionExpression"
        | "modelSelectionExpression"
        | "templateSelectionExpression"
        | "routeResponseSelectionExpression"
        | "routeKey"
        | "routeResponseKey"
        | "integrationResponseKey" => Text(1, 1024),
        "protocolType" => OneOf(&["WEBSOCKET", "HTTP"]),
        "ipAddressType" => OneOf(&["ipv4", "dualstack"]),
        "authorizationType" => OneOf(&["NONE", "AWS_IAM", "CUSTOM", "JWT"]),
        "connectionType" => OneOf(&["INTERNET", "VPC_LINK"]),
        "contentHandlingStrategy" => OneOf(&["CONVERT_TO_BINARY", "CONVERT_TO_TEXT"]),
        "integrationType" => OneOf(&["AWS", "HTTP", "MOCK", "HTTP_PROXY", "AWS_PROXY"]),
        "passthroughBehavior" => OneOf(&["WHEN_NO_MATCH", "NEVER", "WHEN_NO_TEMPLATES"]),
        "apiKeyRequired" | "autoDeploy" | "disableExecuteApiEndpoint" | "disableSchemaValidation" => Flag,
        "timeoutInMillis" => Number,
        "requestTemplates" | "responseTemplates" => Texts(TEMPLATE),
        "requestModels" | "responseModels" => Texts(128),
        "requestParameters" if kind == "routes" => Requirements,
        "responseParameters" if kind == "routeresponses" => Requirements,
        "responseParameters" if kind == "integrations" => Shape::TextsByKey,
        "requestParameters" | "responseParameters" => Texts(2048),
        "stageVariables" => Texts(512),
        "tags" => Texts(256),
        "authorizationScopes" => List(64),
        "identitySource" => List(1024),
        "securityGroupIds" | "subnetIds" => List(128),
        "accessLogSettings" => AccessLog,
        "defaultRouteSettings" => Settings,
        "routeSettings" => SettingsByRoute,
        "tlsConfig" => Shape::TlsConfig,
        _ => Any,
    }
}

/// Whether everything that was sent has its shape. An empty text where one is needed is none: it is refused when the
/// member is required, and else it means that the member goes.
pub(super) fn check(kind: &Kind, sent: &Resource, new: bool) -> Result<(), Refusal> {
    let verb = if new { "create" } else { "update" };
    for (name, value) in sent.iter().filter(|(n, v)| kind.members.contains(&n.as_str()) && !v.is_null()) {
        if value.as_str() == Some("") && !kind.required.contains(&name.as_str()) {
            continue;
        }
        if let Some(wrong) = wrong(&shape(kind.segment, name), value) {
            let mut place = format!("{verb}{}Input.{name}", noun(kind.segment));
            place.truncate(128);
            let value: String =
                value.as_str().map_or_else(|| value.to_string(), str::to_owned).chars().take(128).collect();
            return Err(Refusal::bad_request(format!(
                "1 validation error detected: Value '{value}' at '{place}' failed to satisfy constraint: {wrong}"
            )));
        }
    }
    match sent.get("tags").and_then(Value::as_object) {
        Some(tags) => super::tags::check(tags.iter().map(|(k, v)| (k.as_str(), v.as_str().unwrap_or_default())), 50),
        None => Ok(()),
    }
}

/// As operations call a kind.
fn noun(segment: &str) -> &str {
    match segment {
        "apis" => "Api",
        "routes" => "Route",
        "routeresponses" => "RouteResponse",
        "integrations" => "Integration",
        "integrationresponses" => "IntegrationResponse",
        "models" => "Model",
        "authorizers" => "Authorizer",
        "deployments" => "Deployment",
        "stages" => "Stage",
        "vpclinks" => "VpcLink",
        other => other,
    }
}

/// The constraint that a value breaks.
fn wrong(shape: &Shape, value: &Value) -> Option<String> {
    let every = |inner: &Shape| match value.as_object() {
        None => Some("Member must be a map".to_owned()),
        Some(map) if map.len() > ENTRIES => Some(at_most(ENTRIES)),
        Some(map) if map.keys().any(|k| k.is_empty() || k.len() > 1024) => Some("Map keys must not be empty".into()),
        Some(map) => map.values().filter(|v| !v.is_null()).find_map(|v| wrong(inner, v)),
    };
    let only = |members: &[(&str, Shape)]| match value.as_object() {
        None => Some("Member must be a structure".to_owned()),
        Some(map) => map.iter().filter(|(_, v)| !v.is_null()).find_map(|(name, v)| {
            members.iter().find(|(known, _)| known == name).and_then(|(_, shape)| wrong(shape, v))
        }),
    };
    match shape {
        Shape::Text(least, most) => match value.as_str().map(|text| text.chars().count()) {
            None => Some("Member must be a string".into()),
            Some(n) if n < *least => Some(format!("Member must have length greater than or equal to {least}")),
            Some(n) if n > *most => Some(at_most(*most)),
            Some(_) => None,
        },
        Shape::OneOf(values) if value.as_str().is_some_and(|text| values.contains(&text)) => None,
        Shape::OneOf(values) => Some(format!("Member must satisfy enum value set: [{}]", values.join(", "))),
        Shape::Flag => (!value.is_boolean()).then(|| "Member must be a boolean".into()),
        Shape::Number => (!value.is_i64()).then(|| "Member must be an integer".into()),
        Shape::Texts(most) => every(&Shape::Text(0, *most)),
        Shape::TextsByKey => every(&Shape::Texts(2048)),
        Shape::Requirements => every(&Shape::Any).or_else(|| {
            let flags = value.as_object().into_iter().flatten().map(|(_, v)| v);
            let bad = |v: &Value| !v.is_object() || v.get("required").is_some_and(|r| !r.is_boolean() && !r.is_null());
            flags.into_iter().any(bad).then(|| "Member must be a structure".into())
        }),
        Shape::List(most) => match value.as_array() {
            None => Some("Member must be a list".into()),
            Some(list) if list.len() > ENTRIES => Some(at_most(ENTRIES)),
            Some(list) => list.iter().find_map(|v| wrong(&Shape::Text(0, *most), v)),
        },
        // 3 KB is the quota of an access log's template (facts 5.1).
        Shape::AccessLog => only(&[("destinationArn", Shape::Text(0, 2048)), ("format", Shape::Text(0, 3072))]),
        Shape::Settings => only(&[
            ("dataTraceEnabled", Shape::Flag),
            ("detailedMetricsEnabled", Shape::Flag),
            ("loggingLevel", Shape::OneOf(&["ERROR", "INFO", "OFF"])),
        ])
        .or_else(|| {
            let sane = |name: &str| value.get(name).is_none_or(|n| n.is_null() || n.as_f64().is_some_and(|n| n >= 0.0));
            let whole = value.get("throttlingBurstLimit").is_none_or(|n| n.is_null() || n.is_i64());
            let fine = whole && sane("throttlingBurstLimit") && sane("throttlingRateLimit");
            (!fine).then(|| "Throttling limits must be numbers from 0 on".into())
        }),
        Shape::SettingsByRoute => every(&Shape::Settings),
        Shape::TlsConfig => only(&[("serverNameToVerify", Shape::Text(1, 512))]),
        Shape::Any => None,
    }
}

fn at_most(most: usize) -> String {
    format!("Member must have length less than or equal to {most}")
}
