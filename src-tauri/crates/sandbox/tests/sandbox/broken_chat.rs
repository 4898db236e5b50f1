//! The product's story: a 500 on `$connect`, its log lines, the fix, and messages beside their lines.

use http::Method;
use serde_json::json;

use super::client::{CHAT, Client, host};

const GROUP: &str = "/aws/apigateway/chat5gw1ws/prod";
const API: &str = "/v2/apis/chat5gw1ws";

/// Adds the template and the integration response that `$connect` lacks, by the wire API.
pub async fn fix(client: &Client) {
    let routes = client.gateway(Method::GET, &format!("{API}/routes"), json!(null)).await.json();
    let route = routes["items"].as_array().unwrap().iter().find(|r| r["routeKey"] == "$connect").unwrap().clone();
    let target = format!("{API}/{}", route["target"].as_str().unwrap());
    let template = json!({ "templateSelectionExpression": "\\$default",
        "requestTemplates": { "$default": "{\"statusCode\": 200}" } });
    assert_eq!(client.gateway(Method::PATCH, &target, template).await.status, 200);
    let response = json!({ "integrationResponseKey": "$default" });
    client.create(&format!("{target}/integrationresponses"), response).await;
}

async fn deploy(client: &Client) {
    client.create(&format!("{API}/deployments"), json!({ "stageName": "prod" })).await;
}

#[tokio::test]
async fn the_broken_chat_refuses_with_500_and_says_why_in_eight_lines() {
    let client = Client::chat();
    let answer = client.refused(CHAT, "/prod", "").await;
    assert_eq!(answer.status, 500);
    let names = ["date", "content-type", "content-length", "connection", "x-amz-apigw-id"];
    assert_eq!(answer.names(), names);
    assert_eq!(answer.header("content-type"), "application/json; charset=UTF-8");
    assert_eq!(answer.header("connection"), "keep-alive");
    assert_eq!(answer.body.len(), 107);
    let (connection, request) = (answer.json()["connectionId"].clone(), answer.header("x-amz-apigw-id"));
    assert_eq!(
        answer.body,
        format!(
            "{{\"message\": \"Internal server error\", \"connectionId\":{connection}, \"requestId\":\"{request}\"}}"
        )
    );
    let expected = [
        format!("Extended Request Id: {request}"),
        format!("Verifying Usage Plan for request: {request}. API Key:  API Stage: {CHAT}/prod"),
        "API Key  authorized because route '$connect' does not require API Key. Request will not contribute to \
         throttle or quota limits"
            .into(),
        format!("Usage Plan check succeeded for API Key  and API Stage {CHAT}/prod"),
        format!("Starting execution for request: {request}"),
        "WebSocket Request Route: [$connect]".into(),
        format!("Client [UserAgent: test/1, SourceIp: 127.0.0.1] is connecting to WebSocket API [{CHAT}]."),
        "Execution failed due to configuration error: statusCode should be an integer which defined in request \
         template"
            .into(),
    ];
    let requests = client.requests(GROUP).await;
    assert_eq!(requests, [(request.to_owned(), expected.to_vec())]);
    let events = client.events(GROUP).await;
    let stream = events[0]["logStreamName"].as_str().unwrap();
    assert!(stream.len() == 32 && stream.bytes().all(|b| b.is_ascii_hexdigit()));
    assert!(events.iter().all(|e| e["logStreamName"] == stream && e["ingestionTime"] == events[0]["ingestionTime"]));
}

#[tokio::test]
async fn an_edit_acts_only_after_a_deployment() {
    let client = Client::chat();
    fix(&client).await;
    assert_eq!(client.refused(CHAT, "/prod", "").await.status, 500);
    deploy(&client).await;
    client.connect(CHAT, "/prod").await;
}

#[tokio::test]
async fn a_template_without_an_integration_response_has_its_own_500() {
    let client = Client::chat();
    fix(&client).await;
    let all = client.gateway(Method::GET, &format!("{API}/routes"), json!(null)).await.json();
    let target =
        all["items"].as_array().unwrap().iter().find(|r| r["routeKey"] == "$connect").unwrap()["target"].clone();
    let responses = format!("{API}/{}/integrationresponses", target.as_str().unwrap());
    let list = client.gateway(Method::GET, &responses, json!(null)).await.json();
    let id = list["items"][0]["integrationResponseId"].as_str().unwrap();
    assert_eq!(client.gateway(Method::DELETE, &format!("{responses}/{id}"), json!(null)).await.status, 204);
    deploy(&client).await;
    assert_eq!(client.refused(CHAT, "/prod", "").await.status, 500);
    let lines = client.requests(GROUP).await.pop().unwrap().1;
    assert_eq!(
        lines.last().unwrap(),
        "Execution failed due to configuration error: No match for output mapping and no default output mapping \
         configured. Endpoint Response Status Code: 200"
    );
}

#[tokio::test]
async fn after_the_fix_the_handshake_has_exactly_four_headers_and_its_line() {
    let client = Client::chat();
    fix(&client).await;
    deploy(&client).await;
    let host = host(CHAT);
    let answer = client.raw(&host, &super::client::handshake(&host, "/prod", "")).await;
    assert_eq!(answer.status, 101);
    assert_eq!(answer.names(), ["date", "connection", "upgrade", "sec-websocket-accept"]);
    assert_eq!(answer.header("sec-websocket-accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    let lines = client.requests(GROUP).await.pop().unwrap().1;
    let last = lines.last().unwrap();
    assert!(
        last.starts_with("Client [Connection Id: ") && last.ends_with("] connected to API [chat5gw1ws] successfully.")
    );
    assert_eq!(lines.len(), 8);
}

#[tokio::test]
async fn messages_take_their_routes_and_leave_their_lines() {
    let client = Client::chat();
    fix(&client).await;
    deploy(&client).await;
    let mut socket = client.connect(CHAT, "/prod").await;
    socket.say("garbage").await;
    assert!(socket.hear().await.starts_with("{\"help\":"));
    socket.say(r#"{"action":"joinroom","roomname":"developers"}"#).await;
    assert_eq!(socket.hear().await, r#"{"joined":"developers"}"#);
    socket.say(r#"{"action":"sendmessage","message":"hello!!!!"}"#).await;
    assert_eq!(socket.hear().await, r#"{"message":"hello!!!!"}"#);
    socket.close(1000, "probe-complete").await;
    let requests = client.requests(GROUP).await;
    let routes: Vec<&str> = requests.iter().map(|(_, lines)| lines[5].as_str()).collect();
    let expected = ["$connect", "$default", "joinroom", "sendmessage", "$disconnect"];
    assert_eq!(routes, expected.map(|key| format!("WebSocket Request Route: [{key}]")));
    let connected = requests[0].1.last().unwrap();
    let id = connected.strip_prefix("Client [Connection Id: ").unwrap().split_once(']').unwrap().0;
    assert_eq!(
        requests[2].1[6..],
        [
            format!("WebSocket API [{CHAT}] received message from client [Connection Id: {id}]."),
            format!("Message from client [Connection Id: {id}] sent to API [{CHAT}] with response status code [200]."),
        ]
    );
    assert_eq!(
        requests[4].1[6..],
        [format!(
            "Client [Connection Id: {id}] disconnected from API [{CHAT}] with integration response status code [200]. \
             Close reason: [1000: probe-complete]"
        )]
    );
}
