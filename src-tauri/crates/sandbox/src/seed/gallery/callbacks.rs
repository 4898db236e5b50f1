//! Causes in `@connections`: what a backend does wrong when it pushes. The chat backend's log group shows its answers.

use serde_json::{Value, json};

use super::{Route, Row, Sower, connect, http_proxy, message};

pub(super) const ROWS: &[Row] = &[
    Row {
        tries: "Connect: the backend posts to the connection inside $connect, when it does not exist yet.",
        ..connect("post-inside-connect", |s, api| {
            s.connect_route(api, pushing("/post-inside-connect", "$context.connectionId", None))
        })
    },
    message("connection-gone", |s, api| {
        // Well-formed, and nobody's.
        let gone = s.0.ids.connection(s.0.clock.now());
        s.go_route(api, pushing("/sendmessage", &gone, None))
    }),
    message("connection-id-invalid", |s, api| s.go_route(api, pushing("/sendmessage", "not-an-id", None))),
    message("callback-endpoint-disabled", |s, api| {
        // Another API's host, whose endpoint is disabled.
        let disabled = other(s, "execute-api-disabled");
        s.go_route(api, pushing("/sendmessage", "$context.connectionId", Some(&disabled)))
    }),
    message("closed-by-backend", |s, api| s.go_route(api, pushing("/kick", "$context.connectionId", None))),
    message("payload-too-large", |s, api| s.go_route(api, pushing("/sendlarge", "$context.connectionId", None))),
];

/// A route that lets the chat backend push.
pub(super) fn pushing(path: &str, connection_id: &str, callback: Option<&str>) -> Route {
    let mut integration = http_proxy("POST", path);
    integration["integrationType"] = json!("HTTP");
    integration["templateSelectionExpression"] = json!(super::STATIC_DEFAULT);
    let mut body = json!({ "connectionId": connection_id, "domainName": "$context.domainName",
        "stage": "$context.stage", "payload": { "message": "hello!!!!" } });
    if let Some(callback) = callback {
        body["callback"] = json!(callback);
    }
    integration["requestTemplates"] = json!({ "$default": Value::to_string(&body) });
    Route::of(integration).response(json!({ "integrationResponseKey": "$default" })).two_way()
}

/// The generated endpoint of another exhibit.
fn other(s: &Sower<'_>, cause: &str) -> String {
    let api = super::rows().find(|(_, row)| row.cause == cause).map(|(id, _)| id).unwrap_or_default();
    format!("https://{api}.execute-api.{}.amazonaws.com/prod", s.0.options.region)
}
