//! API Gateway V2's rules beyond the recorded samples: shapes, quotas, what only HTTP APIs can, models, VPC links.

use std::time::Duration;

use gatescope_sandbox::{Options, Seed};
use http::Method;
use serde_json::{Value, json};

use super::client::{CHAT, Client};

const BASE: &str = "/v2/apis/chat5gw1ws";

async fn message(client: &Client, method: Method, path: &str, body: Value) -> (u16, String) {
    let answer = client.gateway(method, path, body).await;
    let message = answer.json()["message"].as_str().unwrap_or_default().to_owned();
    (answer.status, message)
}

#[tokio::test]
async fn members_have_their_types_lengths_and_values() {
    let client = Client::chat();
    let api = |more: Value| {
        let mut api = json!({ "name": "n", "protocolType": "WEBSOCKET", "routeSelectionExpression": "x" });
        api.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        ("/v2/apis".to_owned(), api)
    };
    let at = |collection: &str, body: Value| (format!("{BASE}/{collection}"), body);
    let refused = [
        api(json!({ "name": "n".repeat(129) })),
        api(json!({ "name": "" })),
        api(json!({ "description": "d".repeat(1025) })),
        api(json!({ "ipAddressType": "ipv6" })),
        api(json!({ "version": 5 })),
        api(json!({ "protocolType": "HTTP" })),
        api(json!({ "corsConfiguration": {} })),
        api(json!({ "target": "http://example.com" })),
        api(json!({ "apiKeySelectionExpression": "$request.header.other" })),
        api(json!({ "tags": { "aws:x": "y" } })),
        at("routes", json!({ "routeKey": "r", "authorizationType": "JWT" })),
        at("routes", json!({ "routeKey": "r", "authorizationType": "AWS_IAM" })),
        at("routes", json!({ "routeKey": "r", "routeResponseSelectionExpression": "other" })),
        at("routes", json!({ "routeKey": "r", "operationName": "o".repeat(65) })),
        at("routes", json!({ "routeKey": "r", "requestParameters": { "with blank": { "required": true } } })),
        at("integrations", json!({ "integrationType": "HTTP", "integrationUri": "example" })),
        at("integrations", json!({ "integrationType": "HTTP", "integrationUri": "ftp://example.com" })),
        at("integrations", json!({ "integrationType": "MOCK", "timeoutInMillis": 49 })),
        at("integrations", json!({ "integrationType": "MOCK", "timeoutInMillis": 29_001 })),
        at("integrations", json!({ "integrationType": "MOCK", "payloadFormatVersion": "2.0" })),
        at("integrations", json!({ "integrationType": "MOCK", "passthroughBehavior": "SOMETIMES" })),
        at("integrations", json!({ "integrationType": "HTTP", "connectionType": "VPC_LINK", "connectionId": "nope" })),
        at("models", json!({ "name": "no-dashes", "schema": "{}" })),
        at("models", json!({ "name": "M", "schema": "not json" })),
        at("models", json!({ "name": "M", "schema": r#"{"type":"banana"}"# })),
        at("stages", json!({ "stageName": "s s" })),
        at("stages", json!({ "stageName": "s", "stageVariables": { "a-b": "1" } })),
        at("stages", json!({ "stageName": "s", "stageVariables": { "a": "b c" } })),
        at("stages", json!({ "stageName": "s", "clientCertificateId": "nope" })),
        at("stages", json!({ "stageName": "s", "defaultRouteSettings": { "throttlingRateLimit": -1 } })),
        at("stages", json!({ "stageName": "s", "accessLogSettings": { "format": "JSON" } })),
    ];
    for (path, body) in refused {
        let answer = client.gateway(Method::POST, &path, body.clone()).await;
        assert_eq!((answer.status, answer.header("x-amzn-errortype")), (400, "BadRequestException"), "{body}");
    }
    let uri = "http://${stageVariables.host}:${stageVariables.port}/x";
    client.create(&format!("{BASE}/integrations"), json!({ "integrationType": "HTTP", "integrationUri": uri })).await;
    let (status, words) = message(&client, Method::POST, "/v2/apis", api(json!({ "name": "" })).1).await;
    let expected = "1 validation error detected: Value '' at 'createApiInput.name' failed to satisfy constraint: Member \
                    must have length greater than or equal to 1";
    assert_eq!((status, words.as_str()), (400, expected));
}

#[tokio::test]
async fn an_empty_text_takes_an_optional_member_away_or_brings_its_default_back() {
    let client = Client::chat();
    let set = json!({ "description": "d", "apiKeySelectionExpression": "$context.authorizer.usageIdentifierKey" });
    client.gateway(Method::PATCH, BASE, set).await;
    let unset = json!({ "description": "", "apiKeySelectionExpression": "", "version": null });
    let api = client.gateway(Method::PATCH, BASE, unset).await.json();
    assert_eq!(
        (api.get("description"), &api["apiKeySelectionExpression"]),
        (None, &json!("$request.header.x-api-key"))
    );
    assert_eq!(message(&client, Method::PATCH, BASE, json!({ "name": "" })).await.0, 400);
}

#[tokio::test]
async fn what_only_http_apis_have_is_refused() {
    let client = Client::chat();
    for (method, path) in [
        (Method::PUT, "/v2/apis".to_owned()),
        (Method::PUT, BASE.to_owned()),
        (Method::DELETE, format!("{BASE}/cors")),
        (Method::GET, format!("{BASE}/exports/OAS30?outputType=JSON")),
    ] {
        assert_eq!(message(&client, method, &path, json!({ "body": "x" })).await.0, 400, "{path}");
    }
    let link = json!({ "name": "l", "subnetIds": ["subnet-1"], "securityGroupIds": ["sg-1"] });
    let link = client.create("/v2/vpclinks", link).await;
    let id = link["vpcLinkId"].as_str().unwrap();
    assert_eq!((&link["vpcLinkStatus"], &link["vpcLinkVersion"]), (&json!("PENDING"), &json!("V2")));
    client.sandbox.advance(Duration::from_secs(60));
    let path = format!("/v2/vpclinks/{id}");
    let seen = client.gateway(Method::GET, &path, json!(null)).await.json();
    assert_eq!((&seen["vpcLinkStatus"], seen.get("readyAt")), (&json!("AVAILABLE"), None));
    let private = json!({ "integrationType": "HTTP_PROXY", "connectionType": "VPC_LINK", "connectionId": id,
        "integrationUri": "http://example.com" });
    let (status, words) = message(&client, Method::POST, &format!("{BASE}/integrations"), private).await;
    assert_eq!((status, words.as_str()), (400, "VPC links V2 are not supported for WEBSOCKET protocol Apis."));
    assert_eq!(client.gateway(Method::DELETE, &path, json!(null)).await.status, 202);
}

#[tokio::test]
async fn an_integration_names_a_vpc_link_that_is_there_and_then_the_link_stays() {
    let client = Client::chat();
    let arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/my/50dc6c495c0c9188";
    let link = client.gateway(Method::POST, "/vpclinks", json!({ "name": "l", "targetArns": [arn] })).await.json();
    let private = |id: &Value| {
        json!({ "integrationType": "HTTP_PROXY", "connectionType": "VPC_LINK", "connectionId": id,
            "integrationUri": "http://example.com" })
    };
    let integrations = format!("{BASE}/integrations");
    client.create(&integrations, private(&json!("${stageVariables.vpcLinkId}"))).await;
    client.create(&integrations, private(&link["id"])).await;
    let path = format!("/vpclinks/{}", link["id"].as_str().unwrap());
    assert_eq!(message(&client, Method::DELETE, &path, json!(null)).await.0, 400);
}

#[tokio::test]
async fn a_model_has_a_template_made_of_its_schema() {
    let client = Client::chat();
    let schema = r#"{"type":"object","properties":{"message":{"type":"string"}}}"#;
    let model = client.create(&format!("{BASE}/models"), json!({ "name": "M", "schema": schema })).await;
    let path = format!("{BASE}/models/{}/template", model["modelId"].as_str().unwrap());
    let template = client.gateway(Method::GET, &path, json!(null)).await.json();
    assert_eq!(template, json!({ "value": "#set($inputRoot = $input.path('$'))\n{\n  \"message\" : \"foo\"\n}" }));
    client.gateway(Method::PATCH, BASE, json!({ "disableSchemaValidation": true })).await;
    client.create(&format!("{BASE}/models"), json!({ "name": "N", "schema": "anything" })).await;
}

#[tokio::test]
async fn quotas_pages_and_tags_have_their_limits() {
    let client = Client::chat();
    for n in 1..10 {
        client.create(&format!("{BASE}/stages"), json!({ "stageName": format!("s{n}") })).await;
    }
    let one_more = client.gateway(Method::POST, &format!("{BASE}/stages"), json!({ "stageName": "s10" })).await;
    assert_eq!((one_more.status, one_more.header("x-amzn-errortype")), (429, "TooManyRequestsException"));
    for query in ["maxResults=0", "maxResults=x", "nextToken=%2A"] {
        let path = format!("{BASE}/stages?{query}");
        assert_eq!(message(&client, Method::GET, &path, json!(null)).await.0, 400, "{query}");
    }
    let routes = client.gateway(Method::GET, &format!("{BASE}/routes"), json!(null)).await.json();
    let route = routes["items"][0]["routeId"].as_str().unwrap();
    let tags = format!("/v2/tags/arn:aws:apigateway:us-east-1::%2Fapis%2F{CHAT}%2Froutes%2F{route}");
    assert_eq!(message(&client, Method::POST, &tags, json!({ "tags": { "a": "b" } })).await.0, 400);
}

#[tokio::test(start_paused = true)]
async fn a_sandbox_that_minds_awss_pace_says_when_to_come_back() {
    let options = Options { seed: Seed::Chat, control_plane_limits: true, ..Options::default() };
    let client = Client::with(options);
    let deployments = format!("{BASE}/deployments");
    assert_eq!(client.gateway(Method::POST, &deployments, json!({})).await.status, 201);
    let soon = client.gateway(Method::POST, &deployments, json!({})).await;
    assert_eq!((soon.status, soon.header("retry-after")), (429, "5"));
    assert_eq!(soon.json(), json!({ "message": "Too Many Requests" }));
    client.sandbox.advance(Duration::from_secs(5));
    assert_eq!(client.gateway(Method::POST, &deployments, json!({})).await.status, 201);
    let mut passed = 0;
    while client.gateway(Method::GET, BASE, json!(null)).await.status == 200 {
        passed += 1;
    }
    assert_eq!(passed, 39);
    client.sandbox.advance(Duration::from_secs(1));
    assert_eq!(client.gateway(Method::GET, "/account", json!(null)).await.status, 200);
}

/// The rest of the 63 recorded admission cases; `resources.rs` has the first ones.
#[tokio::test]
async fn every_recorded_authorizer_is_admitted_or_refused_as_recorded() {
    let client = Client::chat();
    let path = format!("{BASE}/authorizers");
    let made = client.create(&path, json!({ "authorizerType": "REQUEST", "name": "a" })).await;
    let update = format!("{path}/{}", made["authorizerId"].as_str().unwrap());
    let cannot = |name: &str| format!("{name} cannot be set for WEBSOCKET protocol Apis.");
    let type_ = "Invalid authorizer type. Only REQUEST authorizer type is supported on WEBSOCKET protocol Apis.";
    let mut cases: Vec<(bool, Value, String)> = Vec::new();
    let jwt = json!({ "authorizerType": "JWT", "jwtConfiguration": { "audience": ["a"], "issuer": "https://x" } });
    cases.push((false, jwt, type_.into()));
    cases.push((true, json!({ "authorizerType": "TOKEN" }), type_.into()));
    for version in ["", "1.0", "2.0", "3.0"] {
        cases.push((
            false,
            json!({ "authorizerPayloadFormatVersion": version }),
            cannot("AuthorizerPayloadFormatVersion"),
        ));
    }
    cases.push((true, json!({ "authorizerPayloadFormatVersion": "2.0" }), cannot("AuthorizerPayloadFormatVersion")));
    for ttl in [0, 1, 60, 3600, -1, 3601] {
        cases.push((false, json!({ "authorizerResultTtlInSeconds": ttl }), cannot("AuthorizerResultTtlInSeconds")));
        cases.push((true, json!({ "authorizerResultTtlInSeconds": ttl }), cannot("AuthorizerResultTtlInSeconds")));
    }
    for simple in [false, true] {
        for on_update in [false, true] {
            cases.push((on_update, json!({ "enableSimpleResponses": simple }), cannot("EnableSimpleResponses")));
        }
    }
    let both = json!({ "authorizerPayloadFormatVersion": "2.0", "enableSimpleResponses": true });
    cases.push((false, both, cannot("AuthorizerPayloadFormatVersion")));
    for source in [
        "invalid",
        "$request.header.Authorization",
        "$request.querystring.tenant",
        "$context.routeKey",
        "$stageVariables.tenant",
        "route.request.context.routeKey",
        "route.request.stageVariables.tenant",
        "method.request.header.Authorization",
        "route.request.body.action",
        "route.request.header.Invalid Name",
    ] {
        let words = format!(
            "Invalid request identity source expression: {source}. The sources must be separated by comma, and each \
             source must be either a request parameter, matching 'route.request.querystring|header.[a-zA-Z0-9._-]+', \
             or a stage variable, matching 'stageVariables.[a-zA-Z0-9._-]+', or a context parameter, matching \
             'context.[a-zA-Z0-9._-]+'"
        );
        cases.push((false, json!({ "identitySource": [source] }), words));
    }
    cases.push((false, json!({ "authorizerCredentialsArn": "not-an-arn" }), "Invalid role ARN".into()));
    for (on_update, more, words) in cases {
        let (method, place) = if on_update { (Method::PATCH, &update) } else { (Method::POST, &path) };
        let mut body = if on_update { json!({}) } else { json!({ "authorizerType": "REQUEST", "name": "b" }) };
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        assert_eq!(message(&client, method, place, body.clone()).await, (400, words), "{body}");
    }
    let expression = json!({ "authorizerType": "REQUEST", "name": "c", "identityValidationExpression": "^probe-.*$",
        "authorizerCredentialsArn": "arn:aws:iam::123456789012:role/r",
        "identitySource": ["route.request.header.Authorization", "route.request.querystring.tenant"] });
    let made = client.create(&path, expression).await;
    assert_eq!(made["identityValidationExpression"], json!("^probe-.*$"));
    for (method, id) in [(Method::GET, "nope"), (Method::PATCH, "nope"), (Method::DELETE, "nope")] {
        let answer = message(&client, method, &format!("{path}/{id}"), json!({})).await;
        assert_eq!(answer, (404, "Invalid Authorizer identifier specified".into()));
    }
}
