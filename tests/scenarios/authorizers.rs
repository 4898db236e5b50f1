//! Trying authorizers, policies and identities without a client: what the tester says is what a handshake gets.

use gatescope_app::calls::{MatchedPolicy, MatrixItem, TriedAuthorizer};
use gatescope_app::rpc;
use gatescope_sandbox::{Options, Seed};
use gatescope_tests::Desk;
use futures_util::StreamExt;
use serde_json::{Value, json};

fn gallery() -> Desk {
    Desk::with(Options { seed: Seed::Gallery, ..Default::default() })
}

/// The stage of the exhibit with this cause, and its headers.
async fn exhibit(desk: &Desk, cause: &str) -> (Value, Value) {
    let exhibits: Vec<Value> = desk.call("list_exhibits", Value::Null).await;
    let found = exhibits.iter().find(|e| e["cause"] == cause).unwrap_or_else(|| panic!("no exhibit {cause}"));
    (json!({"scope": desk.scope, "apiId": found["apiId"], "stage": found["stage"]}), found["headers"].clone())
}

async fn matrix(desk: &Desk, of: &Value, rows: Value) -> Vec<MatrixItem> {
    let stream = rpc::stream(&desk.app, "open_matrix", json!({"of": of, "rows": rows})).await.unwrap();
    let batches: Vec<String> = stream.collect().await;
    batches.iter().flat_map(|b| serde_json::from_str::<Vec<MatrixItem>>(b).unwrap()).collect()
}

/// The stage's only authorizer.
async fn authorizer(desk: &Desk, of: &Value) -> Value {
    let api: Value = desk.call("read_api", of.clone()).await;
    api["snapshot"]["authorizers"][0].clone()
}

#[tokio::test]
async fn a_tried_authorizer_says_what_the_handshake_gets_for_every_broken_one() {
    let desk = gallery();
    let table = [
        ("authorizer-identity-missing", 401, "route.request.header.authorization is missing"),
        ("authorizer-unauthorized", 401, "raised exactly"),
        ("authorizer-denied", 403, "Statement 1 denies it"),
        ("authorizer-wrong-resource", 403, "shape of a REST API"),
        ("authorizer-malformed", 500, "simple response of HTTP APIs"),
    ];
    for (cause, status, words) in table {
        let (of, headers) = exhibit(&desk, cause).await;
        let id = authorizer(&desk, &of).await["authorizerId"].clone();
        let question = json!({"of": of, "authorizerId": id, "headers": headers});
        let tried: TriedAuthorizer = desk.call("try_authorizer", question).await;
        assert_eq!(tried.status, status, "{cause}: {tried:#?}");
        assert!(tried.verdict.contains(words), "{cause}: {}", tried.verdict);
        assert_eq!(tried.event.is_null(), cause == "authorizer-identity-missing", "{cause}");
        let dialled = matrix(&desk, &of, json!([{"name": "as tried", "headers": headers}])).await;
        assert_eq!(dialled[0].status, status, "{cause}: {dialled:?}");
    }
}

#[tokio::test]
async fn a_token_that_is_good_gets_in_and_the_event_is_as_the_gateway_builds_it() {
    let desk = gallery();
    let (of, _) = exhibit(&desk, "authorizer-denied").await;
    let id = authorizer(&desk, &of).await["authorizerId"].clone();
    let headers = json!([["Authorization", "secret-token"]]);
    let question = json!({"of": of, "authorizerId": id, "headers": headers, "query": [["room", "a"], ["room", "b"]]});
    let tried: TriedAuthorizer = desk.call("try_authorizer", question).await;
    assert_eq!(tried.status, 101, "{tried:#?}");
    assert!(tried.verdict.contains("sandbox-user"), "{}", tried.verdict);
    let event = &tried.event;
    assert_eq!(event["type"], "REQUEST");
    assert_eq!(event["methodArn"], json!(tried.method_arn));
    assert!(tried.method_arn.ends_with("/prod/$connect"), "{}", tried.method_arn);
    assert_eq!(event["headers"]["Upgrade"], "websocket");
    assert_eq!(event["headers"]["content-length"], "0");
    assert_eq!(event["queryStringParameters"]["room"], "b");
    assert_eq!(event["multiValueQueryStringParameters"]["room"], json!(["a", "b"]));
    assert_eq!(event["requestContext"]["eventType"], "CONNECT");
    assert_eq!(tried.answer["principalId"], "sandbox-user");
    let dialled = matrix(&desk, &of, json!([{"headers": headers}, {"headers": []}])).await;
    assert_eq!(dialled.iter().map(|i| (i.row, i.status)).collect::<Vec<_>>(), [(0, 101), (1, 401)]);
}

#[tokio::test]
async fn an_authorizer_that_is_only_a_draft_can_be_tried_too() {
    let desk = Desk::new();
    let of = desk.stage("prod").await;
    let uri = |name: &str| {
        format!("arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:{name}/invocations")
    };
    let ask = |name: &str| {
        json!({"of": of, "authorizerId": "new-1", "authorizerUri": uri(name), "identitySource": ["route.request.querystring.token"],
            "query": [["token", "secret-token"]]})
    };
    let tried: TriedAuthorizer = desk.call("try_authorizer", ask("authorizer")).await;
    assert_eq!(tried.status, 101, "{tried:#?}");
    let tried: TriedAuthorizer = desk.call("try_authorizer", ask("crash")).await;
    assert!(tried.status == 500 && tried.verdict.contains("the function crashed"), "{tried:#?}");
    let tried: TriedAuthorizer = desk.call("try_authorizer", ask("nobody")).await;
    assert!(tried.status == 500 && tried.verdict.contains("there is no function"), "{tried:#?}");
    let mut missing = ask("authorizer");
    missing["query"] = json!([["token", ""]]);
    let tried: TriedAuthorizer = desk.call("try_authorizer", missing).await;
    assert!(tried.status == 401 && tried.event.is_null(), "{tried:#?}");
}

#[tokio::test]
async fn a_policy_says_statement_by_statement_why_it_lets_nobody_in() {
    let desk = Desk::new();
    let arn = "arn:aws:execute-api:us-east-1:123456789012:abc/prod/$connect";
    let policy = |resource: &str| {
        json!({"Statement": [{"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": resource}]}).to_string()
    };
    let ask = |policy: String| json!({"policy": policy, "methodArn": arn});
    let said: MatchedPolicy =
        desk.call("match_policy", ask(policy("arn:aws:execute-api:us-east-1:123456789012:abc/prod/*/*"))).await;
    assert!(!said.allows && said.statements[0].contains("shape of a REST API"), "{said:?}");
    let said: MatchedPolicy = desk.call("match_policy", ask(policy("arn:aws:execute-api:*:*:abc/*"))).await;
    assert!(said.allows && said.verdict.starts_with("101"), "{said:?}");
}

#[tokio::test]
async fn one_run_proves_403_without_a_key_101_with_it_and_403_unsigned_101_signed() {
    let desk = gallery();
    let (of, _) = exhibit(&desk, "quota-exceeded").await;
    let around: Value = desk.call("read_surroundings", of.clone()).await;
    let keys = around["apiKeys"].as_array().unwrap();
    let key = keys.iter().find(|k| k["name"] == "gallery-key-of-a-small-quota").unwrap()["id"].as_str().unwrap().to_owned();
    let with = json!([["x-api-key", format!("{{{{apiKey:{key}}}}}")]]);
    let rows = json!([{"name": "no key"}, {"name": "key", "headers": with}, {"name": "no such key", "headers": [["x-api-key", "{{apiKey:nobody}}"]]}]);
    let items = matrix(&desk, &of, rows).await;
    assert_eq!(items.iter().map(|i| i.status).collect::<Vec<_>>(), [403, 101, 0], "{items:?}");
    assert!(items.iter().all(|i| !i.text.contains("gallery-key-of-a-small-quota")), "{items:?}");
    assert!(items[2].text.contains("Invalid API Key identifier"), "{items:?}");
    let (of, _) = exhibit(&desk, "iam-unsigned").await;
    let rows = json!([{"name": "unsigned"}, {"name": "signed", "signed": true, "query": [["room", "a b/c"], ["x", "é"]]}]);
    let items = matrix(&desk, &of, rows).await;
    assert_eq!(items.iter().map(|i| i.status).collect::<Vec<_>>(), [403, 101], "{items:?}");
    assert!(items[0].text.contains("Missing Authentication Token"), "{items:?}");
}

#[tokio::test]
async fn a_session_connects_with_a_key_that_the_page_never_sees() {
    let desk = gallery();
    let (of, _) = exhibit(&desk, "quota-exceeded").await;
    let around: Value = desk.call("read_surroundings", of.clone()).await;
    let keys = around["apiKeys"].as_array().unwrap();
    let key = keys.iter().find(|k| k["name"] == "gallery-key-of-a-small-quota").unwrap()["id"].as_str().unwrap().to_owned();
    let mut talk = desk.open_stage(of).await;
    let row = talk.connect_with(json!({"headers": [["x-api-key", format!("{{{{apiKey:{key}}}}}")]]})).await;
    assert_eq!(row.status, Some(101), "{row:?}");
    let shown = serde_json::to_string(&talk.detail(row.id).await).unwrap();
    assert!(!shown.contains("gallery-key-of-a-small-quota"), "{shown}");
}
