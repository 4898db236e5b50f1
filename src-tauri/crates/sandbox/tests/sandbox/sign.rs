//! Signatures as the gateway verifies them on `@connections`: whose key, which scope, when, and what was signed.

use bytes::Bytes;
use gatescope_sandbox::{DEMO_KEY, DEMO_SECRET};
use http::{Method, Request};
use std::time::Duration;

use super::client::{Answer, CHAT, Client, host};
use super::iam::{ROOT_TRUST, ask, keys};
use super::signed::Keys;

/// Connects, and gives the path of the connection.
async fn open(client: &Client) -> (super::client::Socket, String) {
    super::broken_chat::fix(client).await;
    client.create("/v2/apis/chat5gw1ws/deployments", serde_json::json!({ "stageName": "prod" })).await;
    let socket = client.connect(CHAT, "/prod").await;
    let id = client.sandbox.view().connections[0].connection_id.replace('=', "%3D");
    (socket, format!("/prod/@connections/{id}"))
}

fn request(path: &str) -> Request<Bytes> {
    Request::builder().method(Method::POST).uri(path).header("host", host(CHAT)).body(Bytes::from("hi")).unwrap()
}

/// Signed, then changed on its way.
async fn tampered(client: &Client, path: &str, change: impl FnOnce(&mut Request<Bytes>)) -> Answer {
    let mut request = Keys::demo().sign(request(path));
    change(&mut request);
    client.send(request).await
}

fn rewrite(request: &mut Request<Bytes>, from: &str, to: &str) {
    let text = request.headers()["authorization"].to_str().unwrap().replacen(from, to, 1);
    request.headers_mut().insert("authorization", text.parse().unwrap());
}

#[tokio::test]
async fn a_changed_request_is_refused_with_what_should_have_been_signed() {
    let client = Client::chat();
    let (_socket, path) = open(&client).await;
    assert_eq!(client.send(Keys::demo().sign(request(&path))).await.status, 200);
    let refused = tampered(&client, &path, |request| *request.body_mut() = Bytes::from("ho")).await;
    assert_eq!((refused.status, refused.header("x-amzn-errortype")), (403, "InvalidSignatureException"));
    let message = refused.json()["message"].as_str().unwrap().to_owned();
    let id = path.rsplit('/').next().unwrap().replace('%', "%25");
    assert!(message.starts_with("The request signature we calculated does not match the signature you provided. "));
    assert!(message.contains(&format!("'POST\n/prod/%40connections/{id}\n\nhost:{}\n", host(CHAT))), "{message}");
    assert!(message.ends_with("'\n") && message.contains("The String-to-Sign should have been\n'AWS4-HMAC-SHA256\n"));
    assert!(!message.contains(DEMO_SECRET));
    let unsigned_body = tampered(&client, &path, |request| {
        request.headers_mut().insert("x-amz-content-sha256", "UNSIGNED-PAYLOAD".parse().unwrap());
    });
    assert_eq!(unsigned_body.await.status, 403);
}

#[tokio::test]
async fn scope_key_and_token_must_be_right() {
    let client = Client::chat();
    let (_socket, path) = open(&client).await;
    let cases = [
        ("us-east-1", "eu-west-1", "InvalidSignatureException", "Credential should be scoped to a valid region"),
        ("execute-api", "s3", "InvalidSignatureException", "Credential should be scoped to correct service"),
        (
            DEMO_KEY,
            "AKIANOBODYNOBODYNO00",
            "UnrecognizedClientException",
            "The security token included in the request is invalid.",
        ),
        ("SignedHeaders=host;", "SignedHeaders=", "InvalidSignatureException", "'Host' or ':authority' must be"),
        (
            "/aws4_request",
            "",
            "IncompleteSignatureException",
            "Credential must have exactly 5 slash-delimited elements",
        ),
        ("Signature=", "Sign=", "IncompleteSignatureException", "Authorization header requires 'Signature' parameter."),
    ];
    for (from, to, code, message) in cases {
        let refused = tampered(&client, &path, |request| rewrite(request, from, to)).await;
        assert_eq!((refused.status, refused.header("x-amzn-errortype")), (403, code), "{from}");
        assert!(refused.json()["message"].as_str().unwrap().starts_with(message), "{}", refused.body);
    }
    let with_token = Keys { token: Some("made-up".into()), ..Keys::demo() };
    assert_eq!(client.send(with_token.sign(request(&path))).await.status, 403);
}

#[tokio::test]
async fn a_signature_is_good_for_five_minutes_of_the_sandboxs_clock() {
    let client = Client::chat();
    let (_socket, path) = open(&client).await;
    let signed = Keys::demo().sign(request(&path));
    client.sandbox.advance(Duration::from_secs(290));
    assert_eq!(client.send(signed).await.status, 200);
    let signed = Keys::demo().sign(request(&path));
    client.sandbox.advance(Duration::from_secs(20));
    let expired = client.send(signed).await;
    assert_eq!(expired.status, 403);
    assert!(expired.body.contains("Signature expired: ") && expired.body.contains("- 5 min.)"), "{}", expired.body);
}

#[tokio::test]
async fn a_session_may_what_its_role_and_its_own_policy_allow_until_it_ends() {
    let client = Client::chat();
    let (_socket, path) = open(&client).await;
    let document = |resource: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"execute-api:ManageConnections","Resource":"{resource}"}}}}"#
        )
    };
    let all = document("arn:aws:execute-api:*:*:*");
    ask(&client, "iam", &[("Action", "CreateRole"), ("RoleName", "r"), ("AssumeRolePolicyDocument", ROOT_TRUST)]).await;
    let put = [("Action", "PutRolePolicy"), ("RoleName", "r"), ("PolicyName", "p"), ("PolicyDocument", &all)];
    assert_eq!(ask(&client, "iam", &put).await.status, 200);
    let assume = |policy: String| {
        let client = &client;
        async move {
            let arn = "arn:aws:iam::123456789012:role/r";
            let mut form = vec![("Action", "AssumeRole"), ("RoleArn", arn), ("RoleSessionName", "s1")];
            form.push(("DurationSeconds", "900"));
            if !policy.is_empty() {
                form.push(("Policy", &policy));
            }
            keys(&ask(client, "sts", &form).await.body)
        }
    };
    let free = assume(String::new()).await;
    assert_eq!(client.send(free.sign(request(&path))).await.status, 200);
    let bound = assume(document("arn:aws:execute-api:*:*:other/*")).await;
    let refused = client.send(bound.sign(request(&path))).await;
    assert_eq!((refused.status, refused.header("x-amzn-errortype")), (403, "AccessDeniedException"));
    assert!(
        refused.body.contains("assumed-role/r/s1 is not authorized to perform: execute-api:ManageConnections")
            && refused.body.contains("because no session policy allows the execute-api:ManageConnections action"),
        "{}",
        refused.body
    );
    let forgotten = Keys { token: None, ..assume(String::new()).await };
    assert!(client.send(forgotten.sign(request(&path))).await.body.contains("The security token included"));
}
