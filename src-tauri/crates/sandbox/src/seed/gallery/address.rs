//! Causes in the address that is dialled, and in what a stage serves.

use http::Method;
use serde_json::json;

use super::{Route, Row, connect};

pub(super) const ROWS: &[Row] = &[
    Row {
        tries: "Connect to the stage live, which does not exist.",
        path: "/live",
        ..connect("stage-not-found", |s, api| s.echo(api))
    },
    connect("stage-not-deployed", |s, api| {
        s.route(api, "$default", Route::mock(r#"{"statusCode": 200}"#, None))?;
        s.v2(Method::POST, &format!("/v2/apis/{api}/stages"), &json!({ "stageName": "prod" })).map(drop)
    }),
    connect("undeployed-changes", |s, api| {
        // The template was corrected after the deployment.
        s.connect_route(api, Route::of(json!({ "integrationType": "MOCK" })))?;
        let integrations = s.v2(Method::GET, &format!("/v2/apis/{api}/integrations"), &json!({}))?;
        let id = integrations["items"][0]["integrationId"].as_str().unwrap_or_default();
        let path = format!("/v2/apis/{api}/integrations/{id}");
        s.v2(Method::PATCH, &path, &super::mock(r#"{"statusCode": 200}"#))?;
        s.v2(Method::POST, &format!("{path}/integrationresponses"), &json!({ "integrationResponseKey": "$default" }))
            .map(drop)
    }),
    connect("execute-api-disabled", |s, api| {
        s.route(api, "$default", Route::mock(r#"{"statusCode": 200}"#, None))?;
        s.v2(Method::PATCH, &format!("/v2/apis/{api}"), &json!({ "disableExecuteApiEndpoint": true }))?;
        s.open(api)
    }),
    Row {
        tries: "Open https:// instead of wss:// at the same address.",
        dials: 0,
        ..connect("not-a-websocket", |s, api| s.echo(api))
    },
    Row {
        tries: "Connect, and look for its log: the level is OFF.",
        ..connect("logging-off", |s, api| {
            s.route(api, "$connect", Route::of(json!({ "integrationType": "MOCK" })))?;
            s.open_with(api, json!({ "defaultRouteSettings": { "loggingLevel": "OFF", "dataTraceEnabled": false } }))
        })
    },
    Row {
        tries: "Connect to wss://nosuchapi0.execute-api.us-east-1.amazonaws.com/prod: no API has this id.",
        host: Some("nosuchapi0.execute-api.us-east-1.amazonaws.com"),
        ..connect("api-not-found", |s, api| s.echo(api))
    },
];
