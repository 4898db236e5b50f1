//! Integrations of every type, templates, models, authorizers and their recorded answers.

use gatescope_sandbox::Options;
use http::{Method, Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::built::{Backend, Built, lambda};
use super::client::{Answer, Client};

fn error_frame(text: &str, message: &str) {
    let value: Value = serde_json::from_str(text).unwrap();
    let (connection, request) = (value["connectionId"].as_str().unwrap(), value["requestId"].as_str().unwrap());
    let expected =
        format!("{{\"message\": \"{message}\", \"connectionId\":\"{connection}\", \"requestId\":\"{request}\"}}");
    assert_eq!(text, expected);
}

#[tokio::test]
async fn functions_answer_deny_crash_and_break_as_recorded() {
    let built = Built::new().await;
    for name in ["echo", "deny", "crash", "malformed", "missing"] {
        built.route(name, lambda(name)).await;
    }
    built.route("bad", json!({ "integrationType": "AWS_PROXY", "integrationUri": "arn:aws:lambda:us-east-1:123456789012:function:echo" })).await;
    built.deploy().await;
    let mut socket = built.connect().await;
    let message = |action: &str| format!("{{\"action\":\"{action}\"}}");
    socket.say(&message("echo")).await;
    assert_eq!(socket.hear().await, message("echo"));
    socket.say(&message("deny")).await;
    assert_eq!(socket.hear().await, r#"{"message":"denied by the function"}"#);
    assert!(built.lines().await.last().unwrap().ends_with("with response status code [403]."));
    socket.say(&message("crash")).await;
    error_frame(&socket.hear().await, "Internal server error");
    let lines = built.lines().await;
    let [.., failed, id, sent] = lines.as_slice() else { panic!() };
    assert!(failed.starts_with("Lambda execution failed with status 200 due to customer function error: the function crashed. Lambda request id: "));
    assert!(id.starts_with("AWS Integration Endpoint RequestId : "));
    assert!(sent.ends_with("with response status code [502]."));
    for (action, error) in [
        ("malformed", "Malformed Lambda proxy response"),
        ("missing", "Invalid permissions on Lambda function"),
        ("bad", "Invalid endpoint address"),
    ] {
        socket.say(&message(action)).await;
        error_frame(&socket.hear().await, "Internal server error");
        let lines = built.lines().await;
        assert_eq!(lines[lines.len() - 2], format!("Execution failed due to configuration error: {error}"));
    }
    socket.say(&message("nowhere")).await;
    error_frame(&socket.hear().await, "Forbidden");
}

#[tokio::test]
async fn a_function_that_refuses_a_handshake_gives_its_own_body() {
    let built = Built::new().await;
    built.route("$connect", lambda("deny")).await;
    built.deploy().await;
    let answer = built.refused("/probe", "").await;
    assert_eq!((answer.status, answer.body.as_str()), (403, r#"{"message":"denied by the function"}"#));
    assert_eq!(answer.names(), ["date", "content-type", "content-length", "connection", "x-amz-apigw-id"]);
    let built = Built::new().await;
    built.route("$connect", lambda("crash")).await;
    built.deploy().await;
    let answer = built.refused("/probe", "").await;
    assert_eq!(answer.status, 502);
    error_frame(&answer.body, "Internal server error");
}

#[tokio::test(start_paused = true)]
async fn an_integration_that_takes_too_long_is_cut_off_at_29_seconds() {
    let built = Built::new().await;
    built.route("slow", lambda("slow")).await;
    built.deploy().await;
    let mut socket = built.connect().await;
    let started = tokio::time::Instant::now();
    socket.say(r#"{"action":"slow"}"#).await;
    let frame = futures_util::StreamExt::next(&mut socket.0).await.unwrap().unwrap().into_text().unwrap();
    assert_eq!(started.elapsed().as_secs(), 29);
    error_frame(&frame, "Endpoint request timed out");
    let lines = built.lines().await;
    assert_eq!(lines[lines.len() - 2], "Execution failed due to a timeout error");
    assert!(lines.last().unwrap().ends_with("[504]."));
}

#[tokio::test]
async fn an_http_proxy_sees_the_clients_headers_on_connect_and_the_payload_of_messages() {
    let backend =
        Backend::start(|request, body| Response::new(format!("{} {} {body}", request.method(), request.uri()))).await;
    let built = Built::new().await;
    let proxy = |method: &str, path: &str| json!({ "integrationType": "HTTP_PROXY", "integrationMethod": method, "integrationUri": format!("{}{path}", backend.url) });
    built.route("$connect", proxy("GET", "/connect")).await;
    built.route("joinroom", proxy("POST", "/joinroom")).await;
    built.deploy().await;
    let mut socket = built.client.connect_with(&built.api, "/probe?room=a", &[("x-probe", "yes")]).await;
    let (request, body) = backend.last();
    assert_eq!((request.method(), request.uri().path(), body.as_str()), (&Method::GET, "/connect", ""));
    assert_eq!(request.headers()["x-probe"], "yes");
    assert_eq!(request.headers()["sec-websocket-version"], "13");
    assert_eq!(request.headers()["x-amzn-apigateway-api-id"], built.api.as_str());
    let message = r#"{"action":"joinroom","roomname":"developers"}"#;
    socket.say(message).await;
    assert_eq!(socket.hear().await, format!("POST /joinroom {message}"));
    let (request, body) = backend.last();
    assert_eq!(body, message);
    assert_eq!(request.headers()["user-agent"], format!("AmazonAPIGateway_{}", built.api));
    let lines = built.lines().await;
    assert!(lines.iter().any(|l| l.starts_with(&format!("Endpoint request URI: {}/joinroom", backend.url))));
    assert!(lines.iter().any(|l| l.starts_with("Received response. Status: 200, Integration latency: ")));
}

#[tokio::test]
async fn templates_stage_variables_and_parameters_shape_the_backends_request() {
    let backend = Backend::start(|_, _| Response::new("{\"ok\":true}".into())).await;
    let built = Built::new().await;
    let integration = json!({
        "integrationType": "HTTP", "integrationMethod": "POST",
        "integrationUri": format!("{}/join?region=${{stageVariables.region}}", backend.url),
        "templateSelectionExpression": "\\$default",
        "requestTemplates": { "$default": "{\"connectionId\": \"$context.connectionId\", \"payload\": $input.body, \"region\": \"$stageVariables.region\"}" },
        "requestParameters": {
            "integration.request.header.connectionid": "context.connectionId",
            "integration.request.header.static": "'text'",
            "integration.request.querystring.room": "route.request.body.room",
        },
    });
    built.mapped("join", integration).await;
    built.patch("stages/probe", json!({ "stageVariables": { "region": "us-east-1" } })).await;
    built.deploy().await;
    let mut socket = built.connect().await;
    socket.say(r#"{"action":"join","room":"a b"}"#).await;
    assert_eq!(socket.hear().await, "{\"ok\":true}");
    let (request, body) = backend.last();
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["payload"], json!({ "action": "join", "room": "a b" }));
    assert_eq!(body["region"], "us-east-1");
    assert_eq!(request.headers()["connectionid"], body["connectionId"].as_str().unwrap());
    assert_eq!(request.headers()["static"], "text");
    assert_eq!(request.uri().query(), Some("region=us-east-1&room=a+b"));
}

#[tokio::test]
async fn backends_that_refuse_vanish_or_break_have_their_line() {
    let built = Built::new().await;
    let http =
        |url: &str| json!({ "integrationType": "HTTP_PROXY", "integrationMethod": "GET", "integrationUri": url });
    let free = { TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap() };
    built.route("gone", http(&format!("http://{free}/"))).await;
    built.route("nowhere", http("http://${stageVariables.missing}/")).await;
    let broken =
        json!({ "integrationType": "MOCK", "templateSelectionExpression": "x", "requestTemplates": { "x": "#if(" } });
    built.mapped("broken", broken).await;
    let never = json!({ "integrationType": "MOCK", "passthroughBehavior": "NEVER" });
    built.mapped("never", never).await;
    built.deploy().await;
    let mut socket = built.connect().await;
    for (action, frame, line) in [
        ("gone", "Internal server error", "Execution failed due to a network error communicating with endpoint"),
        ("nowhere", "Internal server error", "Execution failed due to configuration error: Invalid endpoint address"),
        ("broken", "Internal server error", "Execution failed due to configuration error: Unable to transform request"),
    ] {
        socket.say(&format!("{{\"action\":\"{action}\"}}")).await;
        error_frame(&socket.hear().await, frame);
        let lines = built.lines().await;
        assert_eq!(lines[lines.len() - 2], line);
    }
    socket.say(r#"{"action":"never"}"#).await;
    error_frame(&socket.hear().await, "Unsupported Media Type");
}

#[tokio::test]
async fn a_backend_that_rejects_the_handshake_gives_its_status_and_body() {
    let backend = Backend::start(|request, _| {
        let refuses = request.headers().get("sec-websocket-version").is_some_and(|v| v == "13");
        Response::builder().status(if refuses { 400 } else { 200 }).body("bad version".into()).unwrap()
    })
    .await;
    let built = Built::new().await;
    let url = format!("{}/connect", backend.url);
    let path = built
        .route(
            "$connect",
            json!({ "integrationType": "HTTP_PROXY", "integrationMethod": "GET", "integrationUri": url }),
        )
        .await;
    built.deploy().await;
    let answer = built.refused("/probe", "").await;
    assert_eq!((answer.status, answer.body.as_str()), (400, "bad version"));
    // The known remedy (facts 2.3 #9).
    let remedy = json!({ "requestParameters": { "integration.request.header.Sec-WebSocket-Version": "'0'" } });
    assert_eq!(built.client.gateway(Method::PATCH, &path, remedy).await.status, 200);
    built.deploy().await;
    built.connect().await;
}

#[tokio::test]
async fn integration_responses_match_by_regex_and_fall_back_to_default() {
    let built = Built::new().await;
    let template = json!({ "integrationType": "MOCK", "templateSelectionExpression": "x", "requestTemplates": { "x": "{\"statusCode\": $input.path('$.status')}" } });
    let path = built.route("m", template).await;
    for (key, text) in [("/2\\d\\d/", "fine"), ("/4.*/", "refused"), ("$default", "other")] {
        let response = json!({ "integrationResponseKey": key, "templateSelectionExpression": "t", "responseTemplates": { "t": text } });
        built.client.create(&format!("{path}/integrationresponses"), response).await;
    }
    built.deploy().await;
    let mut socket = built.connect().await;
    for (status, text) in [(200, "fine"), (404, "refused"), (302, "other")] {
        socket.say(&format!("{{\"action\":\"m\",\"status\":{status}}}")).await;
        assert_eq!(socket.hear().await, text);
        assert!(built.lines().await.last().unwrap().ends_with(&format!("[{status}].")));
    }
}

#[tokio::test]
async fn a_message_that_breaks_its_model_never_reaches_the_backend() {
    let backend = Backend::start(|_, _| Response::new("ok".into())).await;
    let built = Built::new().await;
    let schema = r#"{"$schema":"http://json-schema.org/draft-04/schema#","type":"object","properties":{"message":{"type":"string"}},"required":["message"]}"#;
    built
        .client
        .create(
            &format!("{}/models", built.base),
            json!({ "name": "ChatAppMessage", "schema": schema, "contentType": "application/json" }),
        )
        .await;
    built
        .route(
            "send",
            json!({ "integrationType": "HTTP_PROXY", "integrationMethod": "POST", "integrationUri": backend.url }),
        )
        .await;
    built
        .patch_route(
            "send",
            json!({ "modelSelectionExpression": "$default", "requestModels": { "$default": "ChatAppMessage" } }),
        )
        .await;
    built.deploy().await;
    let mut socket = built.connect().await;
    socket.say(r#"{"action":"send"}"#).await;
    error_frame(&socket.hear().await, "Invalid request body");
    assert!(backend.seen.lock().unwrap().is_empty());
    socket.say(r#"{"action":"send","message":"hi"}"#).await;
    assert_eq!(socket.hear().await, "ok");
}

#[tokio::test]
async fn a_one_way_route_answers_nothing_but_errors() {
    let built = Built::new().await;
    built.route("echo", lambda("echo")).await;
    built.patch_route("echo", json!({ "routeResponseSelectionExpression": "" })).await;
    built.route("crash", lambda("crash")).await;
    built.deploy().await;
    let mut socket = built.connect().await;
    socket.say(r#"{"action":"echo"}"#).await;
    socket.say(r#"{"action":"crash"}"#).await;
    error_frame(&socket.hear().await, "Internal server error");
}

#[tokio::test]
async fn open_sockets_follow_the_current_deployment() {
    let built = Built::new().await;
    built.route("$default", lambda("echo")).await;
    built.deploy().await;
    let mut socket = built.connect().await;
    socket.say(r#"{"action":"new"}"#).await;
    assert_eq!(socket.hear().await, r#"{"action":"new"}"#);
    built.route("new", lambda("deny")).await;
    socket.say(r#"{"action":"new"}"#).await;
    assert_eq!(socket.hear().await, r#"{"action":"new"}"#);
    built.deploy().await;
    socket.say(r#"{"action":"new"}"#).await;
    assert_eq!(socket.hear().await, r#"{"message":"denied by the function"}"#);
}

#[tokio::test]
async fn the_built_in_authorizer_admits_its_token_and_the_context_stays_with_the_connection() {
    let built = Built::new().await;
    built.route("$connect", lambda("echo")).await;
    let who = json!({ "integrationType": "MOCK", "templateSelectionExpression": "x", "requestTemplates": { "x": "{\"statusCode\":200}" } });
    let path = built.route("who", who).await;
    let response = json!({ "integrationResponseKey": "$default", "templateSelectionExpression": "x", "responseTemplates": { "x": "$context.authorizer.principalId" } });
    built.client.create(&format!("{path}/integrationresponses"), response).await;
    built.authorizer("authorizer", json!(["route.request.header.Authorization"])).await;
    let missing = built.refused("/probe", "").await;
    assert_eq!((missing.status, missing.body.len()), (401, 98));
    error_frame(&missing.body, "Unauthorized");
    assert!(built.lines().await.last().unwrap().starts_with("Unauthorized request: "));
    let empty = built.refused("/probe", "Authorization: \r\n").await;
    assert_eq!(empty.status, 401);
    let denied = built.refused("/probe", "Authorization: wrong\r\n").await;
    assert_eq!((denied.status, denied.body.len()), (403, 182));
    error_frame(
        &denied.body,
        "User is not authorized to access this resource with an explicit deny in an identity-based policy",
    );
    let mut socket = built.client.connect_with(&built.api, "/probe", &[("authorization", "secret-token")]).await;
    socket.say(r#"{"action":"who"}"#).await;
    assert_eq!(socket.hear().await, "sandbox-user");
}

/// A stage whose authorizer answers what the test says.
async fn authorized_by(answer: Value, raises: bool) -> Answer {
    let text = answer.to_string();
    let backend = Backend::start(move |_, _| {
        let mut response = Response::builder();
        if raises {
            response = response.header("x-amz-function-error", "Unhandled");
        }
        response.body(text.clone()).unwrap()
    })
    .await;
    let functions = vec![("custom".to_owned(), backend.url.clone())];
    let built = Built::with(Client::with(Options { functions, ..Options::default() })).await;
    built.client.create(&format!("{}/routes", built.base), json!({ "routeKey": "$connect" })).await;
    built.authorizer("custom", json!(["route.request.header.Authorization"])).await;
    let host = super::client::host(&built.api);
    built.client.raw(&host, &super::client::handshake(&host, "/probe", "Authorization: t\r\n")).await
}

#[tokio::test]
async fn authorizer_answers_have_the_recorded_outcomes() {
    let policy = |effect: &str, resource: &str| json!({ "Version": "2012-10-17", "Statement": [{ "Action": "execute-api:Invoke", "Effect": effect, "Resource": resource }] });
    let answer = |policy: Value| json!({ "principalId": "p", "policyDocument": policy });
    let with = |member: &str, value: Value| {
        let mut answer = answer(policy("Allow", "*"));
        answer[member] = value;
        answer
    };
    let none = "User is not authorized to access this resource because no identity-based policy allows the execute-api:Invoke action";
    let deny = "User is not authorized to access this resource with an explicit deny in an identity-based policy";
    let table = [
        ("deny", answer(policy("Deny", "*")), 403, deny),
        (
            "another resource",
            answer(policy("Allow", "arn:aws:execute-api:us-east-1:123456789012:x/probe/$connect")),
            403,
            none,
        ),
        ("REST-shaped resource", answer(policy("Allow", "arn:aws:execute-api:*:*:*/probe/*/*")), 403, none),
        ("invalid response", json!({ "unexpected": "not-an-authorizer-response" }), 500, ""),
        ("malformed policy", answer(json!("not-a-policy")), 500, ""),
        ("invalid effect", answer(policy("NotAnEffect", "*")), 500, ""),
        ("nested principal", with("principalId", json!({ "nested": "principal" })), 500, ""),
        ("nested context", with("context", json!({ "a": { "b": 1 } })), 500, ""),
        ("array context", with("context", json!([1])), 500, ""),
        ("scalar context", with("context", json!("text")), 500, ""),
        ("simple response", json!({ "isAuthorized": true, "context": {} }), 500, ""),
    ];
    for (case, said, status, message) in table {
        let refused = authorized_by(said, false).await;
        assert_eq!(refused.status, status, "{case}: {}", refused.body);
        error_frame(&refused.body, message);
        assert_eq!(refused.header("content-length"), refused.body.len().to_string());
    }
    let raised = json!({ "errorMessage": "Unauthorized", "errorType": "Exception" });
    let refused = authorized_by(raised, true).await;
    assert_eq!((refused.status, refused.body.len()), (401, 98));
    for principal in [json!(null), json!(""), json!(7)] {
        assert_eq!(authorized_by(with("principalId", principal), false).await.status, 101);
    }
}

#[tokio::test]
async fn an_authorizer_that_cannot_be_called_is_an_internal_error() {
    let built = Built::new().await;
    built.client.create(&format!("{}/routes", built.base), json!({ "routeKey": "$connect" })).await;
    built.authorizer("does-not-exist", json!([])).await;
    let refused = built.refused("/probe", "").await;
    assert_eq!((refused.status, refused.body.len()), (500, 107));
    error_frame(&refused.body, "Internal server error");
    assert_eq!(built.lines().await.last().unwrap(), "AuthorizerConfigurationException");
}

#[tokio::test]
async fn keys_signatures_limits_and_the_disabled_endpoint_refuse() {
    let built = Built::new().await;
    built
        .client
        .create(&format!("{}/routes", built.base), json!({ "routeKey": "$connect", "apiKeyRequired": true }))
        .await;
    built.deploy().await;
    let refused = built.refused("/probe", "x-api-key: abcdefghijklmnopqrstuvwxyz\r\n").await;
    assert_eq!(refused.status, 403);
    error_frame(&refused.body, "Forbidden");
    let lines = built.lines().await;
    assert!(lines[1].contains("API Key: ********************uvwxyz API Stage"), "{}", lines[1]);
    assert!(
        lines[2]
            .starts_with("API Key ********************uvwxyz not authorized because route '$connect' requires API Key")
    );
    built.patch_route("$connect", json!({ "apiKeyRequired": false, "authorizationType": "AWS_IAM" })).await;
    built.deploy().await;
    assert_eq!(built.refused("/probe", "").await.status, 403);
    let host = super::client::host(&built.api);
    let signed = super::signed::Keys::demo().handshake(&host, "/probe");
    let accepted = built.client.raw(&host, &super::client::handshake(&host, "/probe", &signed)).await;
    assert_eq!(accepted.status, 101);
    built.patch_route("$connect", json!({ "authorizationType": "NONE" })).await;
    built.deploy().await;
    built.connect().await;
    let before = built.client.requests(&built.group()).await.len();
    built
        .patch(
            "stages/probe",
            json!({ "defaultRouteSettings": { "throttlingBurstLimit": 0, "throttlingRateLimit": 0 } }),
        )
        .await;
    assert_eq!(built.refused("/probe", "").await.status, 429);
    assert_eq!(built.client.requests(&built.group()).await.len(), before);
    built
        .patch(
            "stages/probe",
            json!({ "defaultRouteSettings": { "throttlingBurstLimit": 10, "throttlingRateLimit": 10 } }),
        )
        .await;
    let disable = json!({ "disableExecuteApiEndpoint": true });
    assert_eq!(built.client.gateway(Method::PATCH, &built.base, disable).await.status, 200);
    built.connect().await;
    built.deploy().await;
    assert_eq!(built.refused("/probe", "").await.json(), json!({ "message": "Forbidden" }));
}

#[tokio::test]
async fn a_function_chooses_the_subprotocol() {
    let backend = Backend::start(|_, _| {
        Response::new(json!({ "statusCode": 200, "headers": { "Sec-WebSocket-Protocol": "chat" } }).to_string())
    })
    .await;
    let functions = vec![("picks".to_owned(), backend.url.clone())];
    let built = Built::with(Client::with(Options { functions, ..Options::default() })).await;
    built.route("$connect", lambda("picks")).await;
    built.deploy().await;
    let host = super::client::host(&built.api);
    let answer = built
        .client
        .raw(&host, &super::client::handshake(&host, "/probe?a=1&a=2", "Sec-WebSocket-Protocol: chat\r\n"))
        .await;
    assert_eq!((answer.status, answer.header("sec-websocket-protocol")), (101, "chat"));
    let (request, body) = backend.last();
    assert_eq!(request.uri().path(), "/2015-03-31/functions/picks/invocations");
    let event: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(event["queryStringParameters"], json!({ "a": "2" }));
    assert_eq!(event["multiValueQueryStringParameters"], json!({ "a": ["1", "2"] }));
    assert_eq!(event["headers"]["Sec-WebSocket-Protocol"], "chat");
    assert!(event["headers"].get("Upgrade").is_none());
}
