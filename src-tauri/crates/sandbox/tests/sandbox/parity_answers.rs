//! The recorded handshakes, frames, close codes and events against ours, byte for byte but for ids, dates and hosts.

use std::sync::LazyLock;

use gatescope_sandbox::Options;
use http::Response;
use regex::Regex;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use super::built::{Backend, Built, lambda};
use super::client::{Answer, Client, handshake, host};
use super::parity::{answer_of, recorded};

/// Connection and request ids and dates out.
fn normal(text: &str) -> String {
    static RULES: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
        let rules = [
            (r#"(connectionId[^A-Za-z0-9]+)[0-9A-Za-z_=-]+"#, "${1}CONNECTION"),
            (r#"(requestId[^A-Za-z0-9]+)[0-9A-Za-z_=-]+"#, "${1}REQUEST"),
            (r"[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT", "DATE"),
        ];
        rules.into_iter().map(|(pattern, name)| (Regex::new(pattern).unwrap(), name)).collect()
    });
    RULES.iter().fold(text.to_owned(), |text, (pattern, name)| pattern.replace_all(&text, *name).into_owned())
}

/// Status, every header with its value, and the body; lengths too, because ids are as long as AWS's.
fn same(file: &str, ours: &Answer, theirs: &Answer) {
    assert_eq!(ours.status, theirs.status, "{file}: {}", ours.body);
    assert_eq!(normal(&ours.body), normal(&theirs.body), "{file}");
    let headers = |a: &Answer| -> Vec<(String, String)> {
        let value = |n: &str, v: &str| if n == "x-amz-apigw-id" { v.len().to_string() } else { normal(v) };
        a.headers.iter().map(|(n, v)| (n.clone(), value(n, v))).collect()
    };
    assert_eq!(headers(ours), headers(theirs), "{file}");
    if ours.body.starts_with("{\"message\": ") {
        assert_eq!(ours.json()["requestId"], ours.header("x-amz-apigw-id"), "{file}");
    }
}

/// A stage whose `$connect` is authorised by a function that answers this, after this change of the authorizer.
async fn authorized(said: Value, headers: &str, path: &str, change: Value) -> Answer {
    let raises = said.get("errorMessage").is_some();
    let text = said.to_string();
    let backend = Backend::start(move |_, body| {
        let event: Value = serde_json::from_str(body).unwrap();
        let text = text.replace("METHOD_ARN", event["methodArn"].as_str().unwrap());
        let response = Response::builder();
        let response = if raises { response.header("x-amz-function-error", "Unhandled") } else { response };
        response.body(text).unwrap()
    })
    .await;
    let functions = vec![("custom".to_owned(), backend.url.clone())];
    let built = Built::with(Client::with(Options { functions, ..Options::default() })).await;
    built.bare("$connect").await;
    let sources = json!(["route.request.header.Authorization", "route.request.querystring.tenant"]);
    built.authorizer("custom", sources).await;
    if !change.is_null() {
        built.patch_authorizer(change).await;
        built.deploy().await;
    }
    let host = host(&built.api);
    built.client.raw(&host, &handshake(&host, path, headers)).await
}

#[tokio::test]
async fn every_outcome_of_an_authorizer_is_the_recorded_one() {
    let policy = |effect: &str| {
        json!({ "Version": "2012-10-17", "Statement": [
        { "Action": "execute-api:Invoke", "Effect": effect, "Resource": "METHOD_ARN" }
    ] })
    };
    let answer = |policy: Value| json!({ "principalId": "p", "policyDocument": policy });
    let with = |member: &str, value: Value| {
        let mut answer = answer(policy("Allow"));
        answer[member] = value;
        answer
    };
    let (good, here) = ("Authorization: t\r\n", "/probe?tenant=a");
    let none = Value::Null;
    let nobody = json!({ "authorizerCredentialsArn": "arn:aws:iam::123456789012:role/nobody" });
    let simple = json!({ "isAuthorized": true, "context": {} });
    let raised = json!({ "errorMessage": "Unauthorized", "errorType": "Exception" });
    let table = [
        ("handshake-authorizer-deny.txt", answer(policy("Deny")), good, here, none.clone()),
        (
            "handshake-authorizer-identity-empty-header.txt",
            answer(policy("Allow")),
            "Authorization: \r\n",
            here,
            none.clone(),
        ),
        ("handshake-authorizer-identity-missing-header.txt", answer(policy("Allow")), "", here, none.clone()),
        ("handshake-authorizer-identity-missing-query.txt", answer(policy("Allow")), good, "/probe", none.clone()),
        ("handshake-authorizer-invalid-effect.txt", answer(policy("NotAnEffect")), good, here, none.clone()),
        (
            "handshake-authorizer-invalid-response.txt",
            json!({ "unexpected": "not-an-authorizer-response" }),
            good,
            here,
            none.clone(),
        ),
        ("handshake-authorizer-malformed-policy.txt", answer(json!("not-a-policy")), good, here, none.clone()),
        (
            "handshake-authorizer-nested-context.txt",
            with("context", json!({ "a": { "b": 1 } })),
            good,
            here,
            none.clone(),
        ),
        (
            "handshake-authorizer-nested-principal.txt",
            with("principalId", json!({ "nested": "principal" })),
            good,
            here,
            none.clone(),
        ),
        ("handshake-authorizer-role-not-assumable.txt", answer(policy("Allow")), good, here, nobody),
        ("handshake-authorizer-scalar-context.txt", with("context", json!("text")), good, here, none.clone()),
        ("handshake-authorizer-simple-response.txt", simple, good, here, none.clone()),
        ("handshake-authorizer-unauthorized.txt", raised, good, here, none.clone()),
    ];
    for (file, said, headers, path, change) in table {
        let ours = authorized(said, headers, path, change).await;
        same(file, &ours, &answer_of(&recorded(file)));
    }
    // No sample file, but exact rows of facts 2, 2.1 and 3.
    let big = with("context", json!({ "a": "x".repeat(9000) }));
    let refused = authorized(big, good, here, none.clone()).await;
    assert_eq!((refused.status, refused.body.len()), (500, 86));
    let array = authorized(with("context", json!([1])), good, here, none.clone()).await;
    assert_eq!((array.status, array.body.len()), (500, 86));
    for (path, header) in [
        ("/probe?tenant=&tenant=tenant-two", "authorization: t\r\n"),
        ("/probe?tenant=a&tenant=b", "AUTHORIZATION: t\r\n"),
    ] {
        assert_eq!(authorized(answer(policy("Allow")), header, path, none.clone()).await.status, 101, "{path}");
    }
    let wrong = json!({ "Version": "2012-10-17", "Statement": [
        { "Action": "execute-api:Invoke", "Effect": "Allow", "Resource": "arn:aws:execute-api:*:*:*/probe/*/*" }
    ] });
    let message = "User is not authorized to access this resource because no identity-based policy allows the \
                   execute-api:Invoke action";
    let refused = authorized(answer(wrong), good, here, none.clone()).await;
    assert_eq!((refused.status, refused.json()["message"].as_str()), (403, Some(message)));
    let twice = authorized(answer(policy("Allow")), "Authorization: t\r\nAuthorization: u\r\n", here, none).await;
    assert_eq!((twice.status, twice.body.len(), twice.header("server")), (400, 122, "awselb/2.0"));
    assert_eq!((twice.header("content-type"), twice.header("connection")), ("text/html", "close"));
}

/// A function that answers by what the event asks: `status=…` or `exc`.
async fn obedient() -> Built {
    let backend = Backend::start(|_, body| {
        let event: Value = serde_json::from_str(body).unwrap();
        let wish = event["body"].as_str().map(str::to_owned).or_else(|| {
            let query = event["queryStringParameters"].as_object()?;
            query.iter().next().map(|(name, value)| format!("{name}:{}", value.as_str().unwrap()))
        });
        let wish = wish.unwrap_or_default();
        match wish.split_once(':') {
            Some(("status", status)) => {
                let mut answer = json!({ "statusCode": status.parse::<u16>().unwrap() });
                if event["body"].is_null() {
                    answer["body"] = json!("{\"message\":\"my own\"}");
                }
                Response::new(answer.to_string())
            }
            Some(("exc", why)) => Response::builder()
                .header("x-amz-function-error", "Unhandled")
                .body(json!({ "errorMessage": why, "errorType": "Exception" }).to_string())
                .unwrap(),
            _ => Response::new(json!({ "statusCode": 200, "body": wish }).to_string()),
        }
    })
    .await;
    let functions = vec![("obedient".to_owned(), backend.url.clone())];
    let built = Built::with(Client::with(Options { functions, ..Options::default() })).await;
    for key in ["$connect", "$default"] {
        built.route(key, lambda("obedient")).await;
    }
    built.deploy().await;
    built
}

#[tokio::test]
async fn what_wscat_showed_of_a_functions_statuses_happens_here() {
    let text = recorded("handshake-wscat-lambda-status-codes.txt");
    let built = obedient().await;
    let host = host(&built.api);
    let (connect, default) = text.split_at(text.iter().position(|l| l == "## $default").unwrap());
    let mut wish = "";
    let mut checked = 0;
    for line in connect {
        if let Some((_, query)) = line.split_once("/dev?") {
            wish = query.trim_end_matches('"');
            continue;
        }
        let status = match line.strip_prefix("error: Unexpected server response: ") {
            Some(status) => status.parse().unwrap(),
            None if line.starts_with("Connected") => 101,
            None => continue,
        };
        let ours = built.client.raw(&host, &handshake(&host, &format!("/probe?{wish}"), "")).await;
        assert_eq!(ours.status, status, "{wish}");
        checked += 1;
    }
    assert_eq!(checked, 6);
    let mut socket = built.connect().await;
    let lines: Vec<&String> = default.iter().filter(|l| l.starts_with("> ") || l.starts_with("< ")).collect();
    for line in lines {
        match line.split_at(2) {
            ("> ", wish) if !wish.is_empty() => socket.say(wish).await,
            ("< ", frame) => assert_eq!(normal(&socket.hear().await), normal(frame)),
            _ => {}
        }
    }
}

#[tokio::test]
async fn what_the_captures_client_saw_happens_here() {
    let text = recorded("client-handshakes-and-frames.txt");
    let line = |prefix: &str| text.iter().position(|l| l.starts_with(prefix)).unwrap();
    let built = obedient().await;
    built.route("crash", lambda("crash")).await;
    let host = host(&built.api);
    let accepted = built.client.raw(&host, &handshake(&host, "/probe", "")).await;
    let theirs = answer_of(&text[line("HTTP 101")..line("HTTP 403")]);
    let names = |a: &Answer| a.headers.iter().map(|(n, _)| n.clone()).collect::<Vec<_>>();
    assert_eq!((accepted.status, names(&accepted)), (101, names(&theirs)));
    assert_eq!(accepted.header("connection"), theirs.header("connection"));
    assert_eq!(accepted.header("upgrade"), theirs.header("upgrade"));
    let refused = built.client.raw(&host, &handshake(&host, "/probe?status=403", "")).await;
    let end = text[line("HTTP 403")..].iter().position(|l| l.starts_with('{')).unwrap();
    let theirs = answer_of(&text[line("HTTP 403")..line("HTTP 403") + end]);
    assert_eq!((refused.status, names(&refused)), (403, names(&theirs)));
    assert_eq!(refused.header("content-type"), theirs.header("content-type"));
    // Frames: raised, malformed, no route.
    let built = Built::new().await;
    for name in ["crash", "malformed"] {
        built.route(name, lambda(name)).await;
    }
    built.deploy().await;
    let mut socket = built.connect().await;
    let frames: Vec<&String> = text.iter().filter(|l| l.starts_with("{\"message\"")).collect();
    assert_eq!(frames.len(), 3);
    for (action, frame) in ["crash", "malformed", "nowhere"].iter().zip(frames) {
        socket.say(&format!("{{\"action\":\"{action}\"}}")).await;
        assert_eq!(normal(&socket.hear().await), normal(frame));
    }
    // Closes: by DeleteConnection (parity_connections.rs), and the client's own, which is echoed.
    assert!(text.contains(&"close 1000 \"Connection Closed Normally\"".to_owned()));
    use tokio_tungstenite::tungstenite::protocol::CloseFrame;
    let close = CloseFrame { code: 1000.into(), reason: "probe-complete".into() };
    socket.0.close(Some(close)).await.unwrap();
    let (code, reason) = socket.closed().await;
    assert_eq!(format!("close {code} \"{reason}\""), text[text.len() - 1]);
}

#[tokio::test]
async fn frames_without_a_backend_are_the_recorded_ones() {
    let built = Built::new().await;
    built.route("missing", lambda("missing")).await;
    built.route("sendMessage", lambda("echo")).await;
    let schema = json!({ "$schema": "http://json-schema.org/draft-04/schema#", "type": "object",
        "required": ["action", "messageType", "message"] });
    built.model("Chat", &schema).await;
    let validated = json!({ "modelSelectionExpression": "$default", "requestModels": { "$default": "Chat" } });
    built.patch_route("sendMessage", validated).await;
    built.deploy().await;
    let mut socket = built.connect().await;
    socket.say(r#"{"action":"missing"}"#).await;
    let theirs = recorded("frame-message-no-lambda-permission.txt");
    assert_eq!(normal(&socket.hear().await), normal(&theirs[0]));
    let session = recorded("frame-message-model-validation-failed.txt");
    let said = session.iter().find_map(|l| l.strip_prefix("> ")).unwrap();
    let heard = session.iter().find_map(|l| l.strip_prefix("< ")).unwrap();
    socket.say(said).await;
    assert_eq!(normal(&socket.hear().await), normal(heard));
}

#[tokio::test]
async fn a_stage_with_limits_of_zero_refuses_every_handshake() {
    let text = recorded("handshake-throttle-zero-429.txt").join("\n");
    let built = obedient().await;
    let zero = json!({ "throttlingBurstLimit": 0, "throttlingRateLimit": 0 });
    built.patch("stages/probe", json!({ "defaultRouteSettings": zero })).await;
    let host = host(&built.api);
    let refused = built.client.raw(&host, &handshake(&host, "/probe", "")).await;
    assert!(text.contains(&format!("with a {} (too many request) error", refused.status)), "{}", refused.status);
    let (_, http_api) = text.split_once("HTTP API body of the same state: 429 ").unwrap();
    let http_api: Value = serde_json::from_str(http_api).unwrap();
    assert_eq!(refused.json()["message"], http_api["message"]);
}

/// Values of a JavaScript object as Node prints it.
fn printed(lines: &[String]) -> Vec<(String, String)> {
    let pair = Regex::new(r"'?([A-Za-z-]+)'?: '?([^',{}]*)'?").unwrap();
    let found = |line: &String| pair.captures(line).map(|c| (c[1].to_owned(), c[2].trim().to_owned()));
    lines.iter().filter_map(found).collect()
}

/// The `$disconnect` event after this end of a connection.
async fn farewell(end: impl AsyncFnOnce(&mut super::client::Socket)) -> (Value, Option<(u16, String)>) {
    let backend = Backend::start(|_, _| Response::new(json!({ "statusCode": 200 }).to_string())).await;
    let functions = vec![("probe".to_owned(), backend.url.clone())];
    let built = Built::with(Client::with(Options { functions, ..Options::default() })).await;
    built.route("$disconnect", lambda("probe")).await;
    built.deploy().await;
    let mut socket = built.connect().await;
    end(&mut socket).await;
    let mut closed = None;
    while let Some(message) = futures_util::StreamExt::next(&mut socket.0).await {
        if let Ok(Message::Close(frame)) = message {
            closed = frame.map(|f| (f.code.into(), f.reason.to_string()));
        }
    }
    let (_, body) = backend.next().await;
    (serde_json::from_str(&body).unwrap(), closed)
}

/// Members in their order, with what does not hang on ids, times and places.
fn members(event: &Value) -> Vec<String> {
    let context = event["requestContext"].as_object().unwrap();
    event.as_object().unwrap().keys().chain(context.keys()).cloned().collect()
}

#[tokio::test]
async fn a_binary_frame_ends_the_connection_as_recorded() {
    let text = recorded("frame-close-1003-binary.txt");
    let theirs: Value = serde_json::from_str(text.last().unwrap()).unwrap();
    let (ours, closed) = farewell(async |socket| {
        futures_util::SinkExt::send(&mut socket.0, Message::Binary(vec![0, 1, 255].into())).await.unwrap();
    })
    .await;
    let (code, reason) = closed.unwrap();
    assert!(text[1].ends_with(&format!("close {code} \"{reason}\"")), "{}", text[1]);
    assert_eq!(members(&ours), members(&theirs));
    for member in ["routeKey", "disconnectStatusCode", "eventType", "messageDirection", "disconnectReason", "stage"] {
        assert_eq!(ours["requestContext"][member], theirs["requestContext"][member]);
    }
    let rest = |event: &Value| {
        let mut headers = event["headers"].as_object().unwrap().clone();
        headers["Host"] = Value::Null;
        (headers, event["isBase64Encoded"].clone())
    };
    assert_eq!(rest(&ours), rest(&theirs));
}

#[tokio::test]
async fn a_close_without_a_code_is_1005_as_recorded() {
    let theirs = printed(&recorded("event-disconnect-1005-no-status.txt"));
    let (ours, _) = farewell(async |socket| socket.0.close(None).await.unwrap()).await;
    let context = &ours["requestContext"];
    let mut checked = 0;
    for (name, value) in theirs {
        if ["routeKey", "disconnectStatusCode", "eventType", "messageDirection", "disconnectReason"]
            .contains(&name.as_str())
        {
            assert_eq!(gatescope_model::selection::text_of(&context[&name]), value, "{name}");
            checked += 1;
        }
    }
    assert_eq!(checked, 5);
}

#[tokio::test]
async fn ten_idle_minutes_end_the_connection_as_recorded() {
    let theirs = recorded("ws-event-disconnect-1001-going-away.txt").join("\n");
    let backend = Backend::start(|_, _| Response::new(json!({ "statusCode": 200 }).to_string())).await;
    let functions = vec![("probe".to_owned(), backend.url.clone())];
    let built = Built::with(Client::with(Options { functions, clock_speed: 600.0, ..Options::default() })).await;
    built.route("$disconnect", lambda("probe")).await;
    built.deploy().await;
    let mut socket = built.connect().await;
    let (code, reason) = socket.closed().await;
    while futures_util::StreamExt::next(&mut socket.0).await.is_some() {}
    let ours: Value = serde_json::from_str(&backend.next().await.1).unwrap();
    let context = &ours["requestContext"];
    assert_eq!(
        (context["disconnectStatusCode"].as_u64(), context["disconnectReason"].as_str()),
        (Some(code.into()), Some(reason.as_str()))
    );
    for member in ["routeKey", "disconnectStatusCode", "eventType", "messageDirection", "disconnectReason"] {
        let line = format!("\"{member}\": {}", context[member]);
        assert!(theirs.contains(&line), "{line}");
    }
    // 603.9 s there; here ten minutes and what a second of ours is at this speed.
    let lasted = context["requestTimeEpoch"].as_i64().unwrap() - context["connectedAt"].as_i64().unwrap();
    assert!((600_000..660_000).contains(&lasted), "{lasted}");
}
