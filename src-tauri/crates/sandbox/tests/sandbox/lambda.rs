//! Lambda: functions that are made, permitted, invoked and logged; and the gateway that may call them or not.

use http::{Method, Request};
use serde_json::{Value, json};

use super::built::{Built, lambda};
use super::client::{Answer, Client, scope};
use super::iam::ask;

const ROLE: &str = "arn:aws:iam::123456789012:role/runs";
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

async fn call(client: &Client, method: Method, path: &str, body: Value) -> Answer {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    client.call("lambda", method, &format!("/2015-03-31/functions{path}"), &body).await
}

/// A function that answers by its environment.
async fn make(client: &Client, name: &str, variables: Value) -> Answer {
    ask(client, "iam", &[("Action", "CreateRole"), ("RoleName", "runs"), ("AssumeRolePolicyDocument", TRUST)]).await;
    let body = json!({ "FunctionName": name, "Runtime": "nodejs22.x", "Handler": "index.handler", "Role": ROLE,
        "Code": { "ZipFile": "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==" }, "Environment": { "Variables": variables } });
    call(client, Method::POST, "", body).await
}

async fn invoke(client: &Client, name: &str, headers: &[(&str, &str)], payload: &str) -> Answer {
    let path = format!("/2015-03-31/functions/{name}/invocations");
    let mut request = Request::builder().method(Method::POST).uri(path).header("authorization", scope("lambda"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    client.send(request.body(payload.to_owned().into()).unwrap()).await
}

#[tokio::test]
async fn a_function_lives_from_its_creation_to_its_end() {
    let client = Client::empty();
    let made = make(&client, "f", json!({ "GATESCOPE_ANSWER": "{\"a\":1}" })).await;
    assert_eq!((made.status, made.json()["State"].as_str().unwrap()), (201, "Pending"));
    let twice = make(&client, "f", json!({})).await;
    assert_eq!((twice.status, twice.header("x-amzn-errortype")), (409, "ResourceConflictException"));
    let got = call(&client, Method::GET, "/f", Value::Null).await.json();
    assert_eq!(got["Configuration"]["State"], "Active");
    assert_eq!(got["Configuration"]["FunctionArn"], "arn:aws:lambda:us-east-1:123456789012:function:f");
    let answered = invoke(&client, "f", &[], "{}").await;
    assert_eq!((answered.status, answered.body.as_str()), (200, r#"{"a":1}"#));
    assert_eq!(answered.header("x-amz-executed-version"), "$LATEST");
    let update = json!({ "Environment": { "Variables": { "GATESCOPE_RAISE": "no" } } });
    assert_eq!(call(&client, Method::PUT, "/f/configuration", update).await.status, 200);
    let raised = invoke(&client, "f", &[("x-amz-log-type", "Tail")], "{}").await;
    assert_eq!((raised.status, raised.header("x-amz-function-error")), (200, "Unhandled"));
    assert_eq!(raised.json()["errorMessage"], "no");
    assert!(!raised.header("x-amz-log-result").is_empty());
    assert_eq!(call(&client, Method::DELETE, "/f", Value::Null).await.status, 204);
    let gone = call(&client, Method::GET, "/f", Value::Null).await;
    let message = "Function not found: arn:aws:lambda:us-east-1:123456789012:function:f";
    assert_eq!((gone.status, gone.json()), (404, json!({ "Type": "User", "Message": message })));
}

#[tokio::test]
async fn a_function_without_anything_to_do_says_so_and_built_in_ones_stay() {
    let client = Client::empty();
    make(&client, "idle", json!({})).await;
    let raised = invoke(&client, "idle", &[], "{}").await.json();
    assert_eq!(raised["errorType"], "Runtime.ImportModuleError");
    assert!(raised["errorMessage"].as_str().unwrap().contains("GATESCOPE_ANSWER"));
    assert_eq!(call(&client, Method::DELETE, "/echo", Value::Null).await.status, 403);
    client.sandbox.reset();
    assert_eq!(call(&client, Method::GET, "/idle", Value::Null).await.status, 404);
    let echo = invoke(&client, "echo", &[], r#"{"body":"x"}"#).await;
    assert_eq!(echo.json(), json!({ "statusCode": 200, "body": "x" }));
}

#[tokio::test]
async fn invocations_can_be_checked_queued_and_malformed() {
    let client = Client::empty();
    assert_eq!(invoke(&client, "echo", &[("x-amz-invocation-type", "DryRun")], "{}").await.status, 204);
    let queued = invoke(&client, "echo", &[("x-amz-invocation-type", "Event")], "{}").await;
    assert_eq!((queued.status, queued.body.as_str()), (202, ""));
    let bad = invoke(&client, "echo", &[], "{").await;
    assert_eq!((bad.status, bad.header("x-amzn-errortype")), (400, "InvalidRequestContentException"));
    let unknown = invoke(&client, "echo", &[("x-amz-invocation-type", "Sometime")], "{}").await;
    assert_eq!(unknown.status, 400);
    assert_eq!(invoke(&client, "echo:live", &[], "{}").await.status, 404);
}

#[tokio::test(start_paused = true)]
async fn a_function_that_takes_too_long_ends_at_its_own_timeout_and_its_log_tells() {
    let client = Client::empty();
    make(&client, "late", json!({ "GATESCOPE_BUILT_IN": "slow" })).await;
    let late = invoke(&client, "late", &[], "{}").await;
    assert_eq!(late.header("x-amz-function-error"), "Unhandled");
    let message = late.json()["errorMessage"].as_str().unwrap().to_owned();
    assert!(message.ends_with("Task timed out after 3.00 seconds"), "{message}");
    let lines = client.messages("/aws/lambda/late").await;
    let id = late.header("x-amzn-requestid");
    assert_eq!(lines[0], format!("START RequestId: {id} Version: $LATEST\n"));
    assert!(lines[1].starts_with(&message) && lines[2] == format!("END RequestId: {id}\n"), "{lines:?}");
    assert!(lines[3].starts_with(&format!("REPORT RequestId: {id}\tDuration: 300")), "{lines:?}");
}

#[tokio::test]
async fn a_permission_is_stored_as_aws_writes_it_and_removed_once() {
    let client = Client::empty();
    make(&client, "f", json!({})).await;
    let source = "arn:aws:execute-api:us-east-1:123456789012:abc/*/$connect";
    let add = json!({ "StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com",
        "SourceArn": source });
    let added = call(&client, Method::POST, "/f/policy", add.clone()).await;
    assert_eq!(added.status, 201);
    let statement: Value = serde_json::from_str(added.json()["Statement"].as_str().unwrap()).unwrap();
    assert_eq!(
        statement,
        json!({ "Sid": "s", "Effect": "Allow", "Principal": { "Service": "apigateway.amazonaws.com" },
            "Action": "lambda:InvokeFunction", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f",
            "Condition": { "ArnLike": { "AWS:SourceArn": source } } })
    );
    assert_eq!(call(&client, Method::POST, "/f/policy", add).await.status, 409);
    let policy = call(&client, Method::GET, "/f/policy", Value::Null).await.json();
    assert!(policy["Policy"].as_str().unwrap().contains(r#""Id":"default""#));
    assert_eq!(call(&client, Method::DELETE, "/f/policy/s", Value::Null).await.status, 204);
    let none = call(&client, Method::GET, "/f/policy", Value::Null).await;
    assert_eq!(
        (none.status, none.json()["Message"].as_str().unwrap()),
        (404, "The resource you requested does not exist.")
    );
}

#[tokio::test]
async fn the_gateway_calls_a_function_only_for_routes_that_its_policy_names() {
    let built = Built::new().await;
    let client = &built.client;
    make(client, "mine", json!({ "GATESCOPE_ANSWER": r#"{"statusCode":200,"body":"mine"}"# })).await;
    built.route("yes", lambda("mine")).await;
    built.route("no", lambda("mine")).await;
    let add = json!({ "StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com",
        "SourceArn": format!("arn:aws:execute-api:us-east-1:123456789012:{}/*/yes", built.api) });
    call(client, Method::POST, "/mine/policy", add).await;
    built.deploy().await;
    let mut socket = built.connect().await;
    socket.say(r#"{"action":"yes"}"#).await;
    assert_eq!(socket.hear().await, "mine");
    socket.say(r#"{"action":"no"}"#).await;
    assert!(socket.hear().await.starts_with(r#"{"message": "Internal server error""#));
    let logged = client.messages(&built.group()).await;
    let refused = "Execution failed due to configuration error: Invalid permissions on Lambda function";
    assert_eq!(logged.iter().filter(|line| line.ends_with(refused)).count(), 1, "{logged:?}");
}

#[tokio::test]
async fn a_chat_of_three_hears_what_one_says_and_forgets_who_has_left() {
    let built = Built::new().await;
    for route in ["$connect", "$disconnect", "$default", "joinroom", "sendmessage"] {
        built.route(route, lambda("chat")).await;
    }
    built.deploy().await;
    let (mut ann, mut bob, mut eve) = (built.connect().await, built.connect().await, built.connect().await);
    for socket in [&mut ann, &mut bob, &mut eve] {
        socket.say(r#"{"action":"joinroom","roomname":"developers"}"#).await;
        assert_eq!(socket.hear().await, r#"{"joined":"developers"}"#);
    }
    eve.close(1000, "bye").await;
    ann.say(r#"{"action":"sendmessage","message":"hello!!!!"}"#).await;
    assert_eq!(bob.hear().await, "hello!!!!");
    assert_eq!(ann.hear().await, "hello!!!!");
    assert_eq!(ann.hear().await, r#"{"sent":1}"#);
    ann.say("garbage").await;
    assert!(ann.hear().await.contains("help"));
}

#[tokio::test]
async fn an_alias_can_share_invocations_between_two_published_versions_only() {
    let client = Client::empty();
    make(&client, "f", json!({ "A": "1" })).await;
    for n in ["1", "2"] {
        let update = json!({ "Environment": { "Variables": { "A": n } } });
        call(&client, Method::PUT, "/f/configuration", update).await;
        assert_eq!(call(&client, Method::POST, "/f/versions", json!({})).await.json()["Version"], n);
    }
    let alias = |version: &str, other: &str| {
        json!({ "Name": "live", "FunctionVersion": version,
            "RoutingConfig": { "AdditionalVersionWeights": { other: 0.25 } } })
    };
    assert_eq!(call(&client, Method::POST, "/f/aliases", alias("1", "9")).await.status, 404);
    assert_eq!(call(&client, Method::POST, "/f/aliases", alias("$LATEST", "1")).await.status, 400);
    let made = call(&client, Method::POST, "/f/aliases", alias("1", "2")).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let shown = call(&client, Method::GET, "/f/aliases/live", Value::Null).await.json();
    assert_eq!(shown["RoutingConfig"], json!({ "AdditionalVersionWeights": { "2": 0.25 } }));
    let back = json!({ "RoutingConfig": { "AdditionalVersionWeights": {} } });
    let changed = call(&client, Method::PUT, "/f/aliases/live", back).await.json();
    assert!(changed["RoutingConfig"].is_null(), "{changed}");
}

#[tokio::test]
async fn a_function_with_what_lambda_does_not_have_is_not_made() {
    let client = Client::empty();
    make(&client, "f", json!({})).await;
    let ask = |member: &str, value: Value| {
        let mut body = json!({ "FunctionName": "g", "Runtime": "nodejs22.x", "Handler": "index.handler", "Role": ROLE,
            "Code": { "ZipFile": "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==" } });
        body[member] = value;
        call(&client, Method::POST, "", body)
    };
    let layer = "arn:aws:lambda:us-east-1:123456789012:layer:l:1";
    for (member, value, kind) in [
        ("Architectures", json!(["foo"]), "ValidationException"),
        ("Architectures", json!([]), "ValidationException"),
        ("EphemeralStorage", json!({ "Size": 511 }), "ValidationException"),
        ("EphemeralStorage", json!({ "Size": 32_769 }), "ValidationException"),
        ("Layers", json!([layer]), "InvalidParameterValueException"),
        ("Role", json!("arn:aws:iam::000000000000:role/runs"), "AccessDeniedException"),
    ] {
        let answer = ask(member, value).await;
        assert_eq!(answer.header("x-amzn-errortype"), kind, "{member}: {}", answer.body);
    }
    assert_eq!(ask("Architectures", json!(["arm64"])).await.json()["Architectures"], json!(["arm64"]));
}
