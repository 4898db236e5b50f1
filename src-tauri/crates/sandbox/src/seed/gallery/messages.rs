//! Causes in messages, and in how a connection ends.

use http::Method;
use serde_json::json;

use super::{Route, Row, connect, message};

/// One frame of it is more than the 32 KB that API Gateway takes.
const TOO_LARGE: &str = match str::from_utf8(&[b'a'; 33_000]) {
    Ok(text) => text,
    Err(_) => "",
};

pub(super) const ROWS: &[Row] = &[
    Row {
        tries: "Connect, and send {\"action\": \"dance\"}: no route has this key, and there is no $default.",
        send: Some(r#"{"action": "dance"}"#),
        ..message("route-not-found", |s, api| s.go_route(api, Route::mock(r#"{"statusCode": 200}"#, Some("\"went\""))))
    },
    message("route-selection-wrong", |s, api| {
        // Without the dollar it is a text, the same for every message.
        let wrong = json!({ "routeSelectionExpression": "request.body.action" });
        s.v2(Method::PATCH, &format!("/v2/apis/{api}"), &wrong)?;
        s.route(api, "$default", Route::mock(r#"{"statusCode": 200}"#, Some("\"everything ends in $default\"")))?;
        s.go_route(api, Route::mock(r#"{"statusCode": 200}"#, Some("\"went\"")))
    }),
    message("no-route-response", |s, api| {
        s.go_route(api, Route { two_way: false, ..Route::mock(r#"{"statusCode": 200}"#, Some("\"went\"")) })
    }),
    message("model-validation-failed", |s, api| {
        let schema = r#"{"$schema":"http://json-schema.org/draft-04/schema#","title":"ChatAppMessage","type":"object","properties":{"message":{"type":"string"}},"required":["message"]}"#;
        let model = json!({ "name": "ChatAppMessage", "contentType": "application/json", "schema": schema });
        s.v2(Method::POST, &format!("/v2/apis/{api}/models"), &model)?;
        let with = json!({ "modelSelectionExpression": "$default", "requestModels": { "$default": "ChatAppMessage" } });
        s.go_route(api, Route::mock(r#"{"statusCode": 200}"#, Some("\"went\"")).with(with))
    }),
    Row { tries: "Connect, and send a binary frame.", ..connect("binary-not-supported", |s, api| s.echo(api)) },
    Row {
        tries: "Connect, and send a frame of more than 32 KB.",
        send: Some(TOO_LARGE),
        ..connect("frame-too-large", |s, api| s.echo(api))
    },
    Row {
        tries: "Connect, and say nothing for 10 minutes of the sandbox's clock.",
        skip_ms: Some(600_000),
        ..connect("idle-timeout", |s, api| s.echo(api))
    },
    Row {
        tries: "Connect, and stay for 2 hours of the sandbox's clock, with a message now and then.",
        ..connect("max-duration", |s, api| s.echo(api))
    },
    Row {
        tries: "Connect, and send anything: a fault cuts the connection.",
        send: Some(r#""hello""#),
        ..message("connection-lost", |s, api| {
            s.echo(api)?;
            s.fault(api, "$default", crate::Chaos { close: Some(1006), ..crate::Chaos::default() });
            Ok(())
        })
    },
];
