//! Causes in the integration of `$connect` or of a message route.

use http::Method;
use serde_json::json;

use crate::{gateway_v1, load_balancing};

use super::{BACKEND, Route, Row, STATIC_DEFAULT, Sower, connect, http_proxy, message, mock};

pub(super) const ROWS: &[Row] = &[
    connect("mock-status-missing", |s, api| s.connect_route(api, Route::of(json!({ "integrationType": "MOCK" })))),
    connect("integration-response-missing", |s, api| s.connect_route(api, Route::of(mock(r#"{"statusCode": 200}"#)))),
    connect("lambda-permission-missing", |s, api| {
        s.function("gallery-locked", ("GATESCOPE_ANSWER", r#"{"statusCode": 200}"#), 3, None)?;
        s.connect_route(api, Route::of(s.proxy("gallery-locked")))
    }),
    connect("lambda-malformed-response", |s, api| s.connect_route(api, Route::of(s.proxy("malformed")))),
    connect("lambda-error", |s, api| s.connect_route(api, Route::of(s.proxy("crash")))),
    connect("lambda-timeout", |s, api| {
        s.function("gallery-tired", ("GATESCOPE_BUILT_IN", "slow"), 1, Some(&format!("{api}/*/$connect")))?;
        s.connect_route(api, Route::of(s.proxy("gallery-tired")))
    }),
    connect("lambda-rejected", |s, api| s.connect_route(api, Route::of(s.proxy("deny")))),
    connect("integration-timeout", |s, api| {
        let mut slow = s.proxy("slow");
        slow["timeoutInMillis"] = json!(500);
        s.connect_route(api, Route::of(slow))
    }),
    connect("integration-network", |s, api| {
        // The discard port: nobody listens there.
        let refused = json!({ "integrationType": "HTTP_PROXY", "integrationMethod": "GET",
            "integrationUri": "http://127.0.0.1:9/connect" });
        s.connect_route(api, Route::of(refused))
    }),
    connect("integration-uri-invalid", |s, api| {
        let mut bare = s.proxy("echo");
        bare["integrationUri"] = json!(s.function_arn("echo"));
        s.connect_route(api, Route::of(bare))
    }),
    connect("stage-variable-missing", |s, api| {
        let unset = json!({ "integrationType": "HTTP_PROXY", "integrationMethod": "GET",
            "integrationUri": "http://${stageVariables.backend}/connect" });
        s.connect_route(api, Route::of(unset))
    }),
    connect("backend-rejected", |s, api| s.connect_route(api, Route::of(http_proxy("POST", "/reject")))),
    connect("backend-rejects-websocket-version", |s, api| {
        s.connect_route(api, Route::of(http_proxy("GET", "/strict")))
    }),
    message("get-drops-body", |s, api| s.go_route(api, Route::of(http_proxy("GET", "/echo")).two_way())),
    connect("request-template-failed", |s, api| {
        s.connect_route(api, Route::mock(r#"{"statusCode": 200, "id": "$context.connectionId" #if( }"#, None))
    }),
    message("response-template-failed", |s, api| {
        s.go_route(api, Route::mock(r#"{"statusCode": 200}"#, Some("#foreach( $x in")))
    }),
    message("body-not-base64", |s, api| {
        let mut integration = http_proxy("POST", "/echo");
        integration["integrationType"] = json!("HTTP");
        integration["contentHandlingStrategy"] = json!("CONVERT_TO_BINARY");
        s.go_route(api, Route::of(integration).response(json!({ "integrationResponseKey": "$default" })).two_way())
    }),
    message("unsupported-media-type", |s, api| {
        let never = json!({ "integrationType": "MOCK", "passthroughBehavior": "NEVER" });
        s.go_route(api, Route::of(never).response(json!({ "integrationResponseKey": "$default" })).two_way())
    }),
    message("mapped-header-forbidden", |s, api| {
        let mut integration = http_proxy("POST", "/echo");
        integration["requestParameters"] = json!({ "integration.request.header.content-length": "'5'" });
        s.go_route(api, Route::of(integration))
    }),
    connect("integration-role-not-assumable", |s, api| {
        let role = s.role("gallery-not-assumable", "ec2.amazonaws.com")?;
        s.connect_route(api, put_item(s, &role))
    }),
    connect("integration-role-denied", |s, api| {
        let role = s.role("gallery-may-nothing", "apigateway.amazonaws.com")?;
        s.connect_route(api, put_item(s, &role))
    }),
    Row {
        tries: "Connect, and look further: no target behind the VPC link is healthy. The route go names a link that is not there.",
        ..connect("vpc-link-unavailable", |s, api| {
            let private = |variable: &str| {
                json!({ "integrationType": "HTTP_PROXY", "integrationMethod": "GET", "connectionType": "VPC_LINK",
                    "connectionId": format!("${{stageVariables.{variable}}}"), "integrationUri": format!("{BACKEND}/connect") })
            };
            s.route(api, "$connect", Route::of(private("vpcLinkId")))?;
            s.route(api, "go", Route::of(private("otherLinkId")))?;
            let balancer = load_balancing::make_unhealthy(s.0, "gallery-nlb", "10.0.0.12", 8080);
            let link = json!({ "name": "gallery-link", "targetArns": [balancer] });
            let made = s.rest("apigateway", Method::POST, "/vpclinks", &link)?;
            let id = made["id"].as_str().unwrap_or_default();
            gateway_v1::ripen_vpc_link(&mut s.0.state.lock(), id);
            s.open_with(api, json!({ "stageVariables": { "vpcLinkId": id, "otherLinkId": "nolink" } }))
        })
    },
    message("route-without-integration", |s, api| s.go_route(api, Route::default())),
];

/// An `AWS` integration that stores the connection id in a table.
fn put_item(s: &Sower<'_>, role: &str) -> Route {
    let item = r#"{"TableName": "gallery", "Item": {"id": {"S": "$context.connectionId"}}}"#;
    let uri = format!("arn:aws:apigateway:{}:dynamodb:action/PutItem", s.0.options.region);
    let integration = json!({ "integrationType": "AWS", "integrationMethod": Method::POST.as_str(),
        "integrationUri": uri, "credentialsArn": role, "templateSelectionExpression": STATIC_DEFAULT,
        "requestTemplates": { "$default": item } });
    // The service's refusal reaches the client as the status that it has.
    Route::of(integration).response(json!({ "integrationResponseKey": "$default" }))
}
