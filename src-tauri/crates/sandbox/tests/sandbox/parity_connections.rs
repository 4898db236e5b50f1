//! The recorded answers of `@connections` against ours: status, header names in their order, and bodies, but for ids,
//! dates, hosts and accounts.

use std::sync::LazyLock;

use bytes::Bytes;
use http::{Method, Request};
use regex::Regex;
use serde_json::{Value, json};

use super::built::{Built, lambda};
use super::client::{Answer, Client, Socket, host};
use super::parity::{answer_of, recorded};
use super::signed::Keys;

/// An API with two stages, and a connection to one of them.
async fn open() -> (Built, Socket, String) {
    let built = Built::with(Client::chat()).await;
    built.route("$default", lambda("echo")).await;
    built.deploy().await;
    let agent = [("user-agent", "stackd-native-management-probe")];
    let socket = built.client.connect_with(&built.api, "/probe", &agent).await;
    let line = built.client.messages(&built.group()).await.pop().unwrap();
    let id = line.split_once("[Connection Id: ").unwrap().1.split_once(']').unwrap().0.to_owned();
    (built, socket, id)
}

fn request(api: &str, method: Method, id: &str, body: usize) -> Request<Bytes> {
    Request::builder()
        .method(method)
        .uri(format!("/probe/@connections/{}", id.replace('=', "%3D")))
        .header("host", host(api))
        .body(Bytes::from(vec![b'x'; body]))
        .unwrap()
}

/// Ids, dates, hosts, accounts and lengths that hang on them out.
fn normal(text: &str) -> String {
    static RULES: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
        let rules = [
            (r"[0-9A-Za-z_-]{8}[0-9A-Za-z_-]QAYK[0-9A-Za-z_-]{5}==", "CONNECTION"),
            (r"(%40connections/)[0-9A-Za-z_-]+(%(25)?3D)+", "${1}ID"),
            (r"/[a-z]+/%40", "/STAGE/%40"),
            (r"[a-z0-9]{10}\.execute-api", "API.execute-api"),
            (r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z", "TIME"),
            (r"\d{8}T\d{6}Z", "DATE"),
            (r"\d{8}/us-east-1", "DAY/us-east-1"),
            (r"[0-9a-f]{64}", "HASH"),
            (r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}", "IP"),
            (r"arn:aws:sts::\d{12}:assumed-role/[^ ]+", "CALLER"),
            (r"\*{8}\d{4}:[a-z0-9]{10}/[a-z]+/", "********NNNN:API/STAGE/"),
        ];
        rules.into_iter().map(|(pattern, name)| (Regex::new(pattern).unwrap(), name)).collect()
    });
    RULES.iter().fold(text.to_owned(), |text, (pattern, name)| pattern.replace_all(&text, *name).into_owned())
}

/// Lengths count only when no body of another length stands behind them.
fn same(file: &str, ours: &Answer) {
    let theirs = answer_of(&recorded(file));
    assert_eq!(ours.status, theirs.status, "{file}: {}", ours.body);
    assert_eq!(normal(&ours.body), normal(&theirs.body), "{file}");
    let names = |a: &Answer| a.headers.iter().map(|(n, _)| n.to_lowercase()).collect::<Vec<_>>();
    assert_eq!(names(ours), names(&theirs), "{file}");
    for name in ["content-type", "connection", "x-amzn-errortype"] {
        assert_eq!(ours.header(name), theirs.header(name), "{file}: {name}");
    }
    if !theirs.header("content-length").is_empty() {
        assert_eq!(ours.header("content-length"), ours.body.len().to_string(), "{file}");
        assert_eq!(theirs.header("content-length"), theirs.body.len().to_string(), "{file}");
    }
}

#[tokio::test]
async fn every_answer_is_the_recorded_one() {
    let (built, mut socket, id) = open().await;
    let (api, demo) = (built.api.clone(), Keys::demo());
    let posted = built.client.send(demo.sign(request(&api, Method::POST, &id, 17))).await;
    same("connections-post-200.txt", &posted);
    assert_eq!(socket.hear().await.len(), 17);
    same("connections-get-200.txt", &built.client.send(demo.sign(request(&api, Method::GET, &id, 0))).await);
    same("connections-payload-131073-413.txt", &built.client.send(request(&api, Method::POST, &id, 131_073)).await);
    // The unsigned calls were made by a client that closes.
    let closing = |method: Method, id: &str| {
        let mut request = request(&api, method, id, 0);
        request.headers_mut().insert("connection", "close".parse().unwrap());
        request
    };
    for method in [Method::GET, Method::POST, Method::DELETE] {
        same("connections-unsigned-403.txt", &built.client.send(closing(method, &id)).await);
    }
    let changed = format!("{}{}", if id.starts_with('A') { 'B' } else { 'A' }, &id[1..]);
    same("connections-invalid-id-400.txt", &built.client.send(closing(Method::GET, &changed)).await);
    same("connections-delete-204.txt", &built.client.send(demo.sign(request(&api, Method::DELETE, &id, 0))).await);
    for method in [Method::GET, Method::POST] {
        same("connections-gone-410.txt", &built.client.send(demo.sign(request(&api, method, &id, 0))).await);
    }
}

#[tokio::test]
async fn a_wrong_signature_shows_the_canonical_form() {
    let (built, _socket, id) = open().await;
    let keys = Keys { secret: "wrong".into(), ..Keys::demo() };
    let path = format!("/probe/@connections/{id}");
    let request = Request::builder().method(Method::POST).uri(path).header("host", host(&built.api));
    let refused = built.client.send(keys.sign(request.body(Bytes::from_static(b"hello")).unwrap())).await;
    assert_eq!(refused.status, 403);
    assert_eq!(normal(&refused.body), normal(&recorded("connections-bad-signature-403.txt")[0]));
}

#[tokio::test]
async fn a_path_without_an_api_says_so_in_the_recorded_words() {
    let client = Client::chat();
    let request = Request::builder().method(Method::POST).uri("/test0/@connections/PxWP8cfSDoECFYw=");
    let answer =
        client.send(Keys::demo().sign(request.header("host", "127.0.0.1:1").body(Bytes::new()).unwrap())).await;
    assert_eq!(answer.status, 404);
    assert_eq!(answer.json()["message"], recorded("connections-wrong-path-404.txt")[0].as_str());
}

async fn query(client: &Client, service: &str, members: &[(&str, &str)]) -> String {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(members).finish();
    let request = Request::builder()
        .method(Method::POST)
        .uri("/")
        .header("authorization", super::client::scope(service))
        .header("content-type", "application/x-www-form-urlencoded");
    let answer = client.send(request.body(Bytes::from(body)).unwrap()).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body
}

/// Keys of a session of a role that may do everything, with this session policy.
async fn session(client: &Client, policy: &Value) -> Keys {
    let name = "stackd-apigw-caller";
    let arn = format!("arn:aws:iam::123456789012:role/{name}");
    let trust = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Principal": { "AWS": "*" }, "Action": "sts:AssumeRole" }
    ] });
    let trust = trust.to_string();
    let version = ("Version", "2010-05-08");
    let create = [("Action", "CreateRole"), version, ("RoleName", name), ("AssumeRolePolicyDocument", &trust)];
    query(client, "iam", &create).await;
    let all = ("PolicyArn", "arn:aws:iam::aws:policy/AdministratorAccess");
    query(client, "iam", &[("Action", "AttachRolePolicy"), version, ("RoleName", name), all]).await;
    let policy = policy.to_string();
    let assume = [
        ("Action", "AssumeRole"),
        ("Version", "2011-06-15"),
        ("RoleArn", &arn),
        ("RoleSessionName", "ws-deny"),
        ("Policy", &policy),
    ];
    let xml = query(client, "sts", &assume).await;
    let part = |name: &str| {
        let (_, rest) = xml.split_once(&format!("<{name}>")).unwrap();
        rest.split_once(&format!("</{name}>")).unwrap().0.to_owned()
    };
    Keys { id: part("AccessKeyId"), secret: part("SecretAccessKey"), token: Some(part("SessionToken")) }
}

fn policy(statements: &[(&str, &str)], api: &str) -> Value {
    let statements: Vec<Value> = statements
        .iter()
        .map(|(effect, resource)| {
            let resource = format!("arn:aws:execute-api:us-east-1:123456789012:{api}/{resource}");
            json!({ "Effect": effect, "Action": "execute-api:ManageConnections", "Resource": resource })
        })
        .collect();
    json!({ "Version": "2012-10-17", "Statement": statements })
}

#[tokio::test]
async fn iam_is_asked_about_the_literal_template_and_says_why_it_refuses() {
    // facts 2, 2.3: which resource patterns allow a POST.
    for (resource, allowed) in [
        ("*/POST/@connections/{connectionId}", true),
        ("*/POST/@connections/*", true),
        ("*/POST/@connections", false),
        ("*/POST/@connections/ID", false),
        ("*/GET/@connections/*", false),
        ("other/POST/@connections/*", false),
    ] {
        let (built, mut socket, id) = open().await;
        let resource = resource.replace("ID", &id);
        let keys = session(&built.client, &policy(&[("Allow", &resource)], &built.api)).await;
        let answer = built.client.send(keys.sign(request(&built.api, Method::POST, &id, 3))).await;
        if allowed {
            assert_eq!((answer.status, socket.hear().await.as_str()), (200, "xxx"), "{resource}: {}", answer.body);
        } else {
            assert_eq!(answer.status, 403, "{resource}");
            let end = "because no session policy allows the execute-api:ManageConnections action";
            assert!(answer.json()["Message"].as_str().unwrap().ends_with(end), "{}", answer.body);
        }
    }
    let (built, _socket, id) = open().await;
    let statements = [("Allow", "*"), ("Deny", "*/GET/@connections/*")];
    let keys = session(&built.client, &policy(&statements, &built.api)).await;
    let denied = built.client.send(keys.sign(request(&built.api, Method::GET, &id, 0))).await;
    same("connections-iam-explicit-deny-403.txt", &denied);
}
