//! `@connections`: the recorded answers, in the recorded order of checks.

use bytes::Bytes;
use http::{Method, Request};
use serde_json::json;

use super::client::{Answer, CHAT, Client, Socket, scope};
use super::signed::Keys;

async fn open(client: &Client) -> (Socket, String) {
    super::broken_chat::fix(client).await;
    client.create("/v2/apis/chat5gw1ws/deployments", json!({ "stageName": "prod" })).await;
    let socket = client.connect_with(CHAT, "/prod", &[("user-agent", "stackd-native-management-probe")]).await;
    let line = client.messages("/aws/apigateway/chat5gw1ws/prod").await.pop().unwrap();
    let id = line.split_once("[Connection Id: ").unwrap().1.split_once(']').unwrap().0.to_owned();
    (socket, id)
}

async fn call(client: &Client, method: Method, path: &str, signed: bool, body: Bytes) -> Answer {
    let request =
        Request::builder().method(method).uri(path.replace('=', "%3D")).header("host", super::client::host(CHAT));
    let request = request.body(body).unwrap();
    client.send(if signed { Keys::demo().sign(request) } else { request }).await
}

#[tokio::test]
async fn a_post_arrives_a_get_shows_and_a_delete_closes() {
    let client = Client::chat();
    let (mut socket, id) = open(&client).await;
    let path = format!("/prod/@connections/{id}");
    let posted = call(&client, Method::POST, &path, true, Bytes::from_static(b"pushed \xff")).await;
    assert_eq!((posted.status, posted.body.as_str()), (200, ""));
    let expected = [
        "date",
        "content-type",
        "content-length",
        "connection",
        "x-amzn-requestid",
        "x-amz-apigw-id",
        "x-amzn-trace-id",
    ];
    assert_eq!(posted.names(), expected);
    assert_eq!(socket.hear().await, "pushed \u{fffd}");
    let got = call(&client, Method::GET, &path, true, Bytes::new()).await;
    let json = got.json();
    let (connected, active) = (json["connectedAt"].as_str().unwrap(), json["lastActiveAt"].as_str().unwrap());
    assert_eq!(
        got.body,
        format!(
            "{{\n  \"identity\" : {{\n    \"sourceIp\" : \"127.0.0.1\",\n    \"userAgent\" : \
             \"stackd-native-management-probe\"\n  }},\n  \"connectedAt\" : \"{connected}\",\n  \"lastActiveAt\" : \
             \"{active}\"\n}}"
        )
    );
    assert!(connected.len() == 24 && connected.ends_with('Z'));
    let deleted = call(&client, Method::DELETE, &path, true, Bytes::new()).await;
    assert_eq!(deleted.status, 204);
    assert_eq!(socket.closed().await, (1000, "Connection Closed Normally".into()));
    for method in [Method::GET, Method::POST, Method::DELETE] {
        let gone = call(&client, method, &path, true, Bytes::new()).await;
        assert_eq!((gone.status, gone.body.as_str(), gone.header("x-amzn-errortype")), (410, "", "GoneException"));
        assert_eq!(gone.header("content-length"), "0");
        assert!(gone.header("x-amzn-trace-id").starts_with("Root=1-"));
    }
}

#[tokio::test]
async fn checks_come_in_awss_order() {
    let client = Client::chat();
    let (_socket, id) = open(&client).await;
    let changed = format!("{}{}", if id.starts_with('A') { 'B' } else { 'A' }, &id[1..]);
    let big = Bytes::from(vec![b'x'; 131_073]);
    let size = call(&client, Method::POST, &format!("/prod/@connections/{changed}"), false, big).await;
    assert_eq!((size.status, size.names()), (413, vec!["date", "content-length", "connection"]));
    let invalid = call(&client, Method::GET, &format!("/prod/@connections/{changed}"), false, Bytes::new()).await;
    assert_eq!(invalid.status, 400);
    assert_eq!(invalid.body, format!("{{\"message\":\"Invalid connectionId: {changed}\"}}"));
    assert_eq!(invalid.header("x-amzn-errortype"), "BadRequestException");
    let unsigned = call(&client, Method::GET, &format!("/nope/@connections/{id}"), false, Bytes::new()).await;
    assert_eq!((unsigned.status, unsigned.body.as_str()), (403, r#"{"message":"Missing Authentication Token"}"#));
    assert_eq!(unsigned.header("x-amzn-errortype"), "MissingAuthenticationTokenException");
    let stage = call(&client, Method::GET, &format!("/nope/@connections/{id}"), true, Bytes::new()).await;
    assert_eq!((stage.status, stage.body.as_str()), (403, r#"{"message":"Forbidden"}"#));
    assert_eq!(stage.header("x-amzn-errortype"), "ForbiddenException");
}

#[tokio::test]
async fn the_largest_payload_passes_and_every_stage_of_the_api_works() {
    let client = Client::chat();
    let (mut socket, id) = open(&client).await;
    let deployment = client.create("/v2/apis/chat5gw1ws/deployments", json!({})).await["deploymentId"].clone();
    client.create("/v2/apis/chat5gw1ws/stages", json!({ "stageName": "other", "deploymentId": deployment })).await;
    let big = Bytes::from(vec![b'x'; 131_072]);
    let path = format!("/other/@connections/{id}");
    let posting = call(&client, Method::POST, &path, true, big);
    let (posted, text) = tokio::join!(posting, socket.hear());
    assert_eq!((posted.status, text.len()), (200, 131_072));
}

#[tokio::test]
async fn a_path_that_matches_nothing_names_itself() {
    let client = Client::chat();
    let answer = client
        .send(
            Request::builder()
                .method(Method::POST)
                .uri("/test0/@connections/PxWP8cfSDoECFYw=")
                .header("host", "127.0.0.1:1")
                .header("authorization", scope("execute-api"))
                .body(Bytes::new())
                .unwrap(),
        )
        .await;
    assert_eq!(answer.status, 404);
    let expected = "No method found matching route test0/@connections/PxWP8cfSDoECFYw= for http method POST.";
    assert_eq!(answer.json()["message"], expected);
}

#[tokio::test]
async fn a_callback_built_from_the_domain_name_and_the_stage_finds_its_way_on_the_port() {
    let client = Client::chat();
    let (mut socket, id) = open(&client).await;
    let request = Request::builder()
        .method(Method::POST)
        .uri(format!("/prod/@connections/{}", id.replace('=', "%3D")))
        .header("host", "127.0.0.1:4510")
        .body(Bytes::from_static(b"hello!!!!"))
        .unwrap();
    assert_eq!(client.send(Keys::demo().sign(request)).await.status, 200);
    assert_eq!(socket.hear().await, "hello!!!!");
}
