//! The recorded execution logs of AWS against what the same story writes here, byte for byte but for ids, times, the
//! account, and what a function itself chose to answer.

use std::sync::LazyLock;

use gatescope_sandbox::Options;
use regex::Regex;
use serde_json::{Value, json};

use super::built::{Backend, Built, lambda};
use super::client::{Answer, Client};

/// The messages of one recorded file.
pub fn recorded(file: &str) -> Vec<String> {
    let path = format!("{CORPUS}/{file}");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
    text.lines().filter(|l| !l.starts_with("# ")).map(str::to_owned).collect()
}

/// A recorded HTTP answer: `HTTP 403`, headers, an empty line, the body.
pub fn answer_of(lines: &[String]) -> Answer {
    let mut lines = lines.iter().skip_while(|l| !l.starts_with("HTTP "));
    let status = lines.next().unwrap()[5..].parse().unwrap();
    let headers = lines.by_ref().take_while(|l| !l.is_empty() && !l.starts_with('#'));
    let headers = headers.map(|l| l.split_once(": ").unwrap()).map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
    let body = lines.map(String::as_str).collect::<Vec<_>>().join("\n");
    Answer { status, headers, body }
}

/// Where the recordings are.
const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../tests/parity/corpus");

/// Recordings of what a sandbox of WebSocket APIs has no part in, or that others hold it to.
const ELSEWHERE: [(&str, &str); 6] = [
    ("rest-", "REST APIs; their words are used where a WebSocket recording is missing"),
    ("control-plane-", "the control plane's: gateway_v2's own tests"),
    ("logs-", "CloudWatch Logs': logs.rs"),
    ("metrics-", "the sandbox publishes no metrics"),
    ("timing-", "how long AWS takes to settle; the sandbox's changes are there at once"),
    ("README", "no recording"),
];

/// Recordings that a test here, in `parity_answers.rs` or in `parity_connections.rs` holds the sandbox to.
const HELD: [&str; 42] = [
    "client-handshakes-and-frames.txt",
    "connections-bad-signature-403.txt",
    "connections-delete-204.txt",
    "connections-get-200.txt",
    "connections-gone-410.txt",
    "connections-iam-explicit-deny-403.txt",
    "connections-invalid-id-400.txt",
    "connections-payload-131073-413.txt",
    "connections-post-200.txt",
    "connections-unsigned-403.txt",
    "connections-wrong-path-404.txt",
    "event-disconnect-1005-no-status.txt",
    "frame-close-1003-binary.txt",
    "frame-message-model-validation-failed.txt",
    "frame-message-no-lambda-permission.txt",
    "handshake-authorizer-deny.txt",
    "handshake-authorizer-identity-empty-header.txt",
    "handshake-authorizer-identity-missing-header.txt",
    "handshake-authorizer-identity-missing-query.txt",
    "handshake-authorizer-invalid-effect.txt",
    "handshake-authorizer-invalid-response.txt",
    "handshake-authorizer-malformed-policy.txt",
    "handshake-authorizer-nested-context.txt",
    "handshake-authorizer-nested-principal.txt",
    "handshake-authorizer-role-not-assumable.txt",
    "handshake-authorizer-scalar-context.txt",
    "handshake-authorizer-simple-response.txt",
    "handshake-authorizer-unauthorized.txt",
    "handshake-throttle-zero-429.txt",
    "handshake-wscat-lambda-status-codes.txt",
    "ws-access-log-pipe-format.txt",
    "ws-connect-info-data-trace.events.jsonl",
    "ws-connect-info-data-trace.txt",
    "ws-connect-info-no-trace.events.jsonl",
    "ws-connect-info-no-trace.txt",
    "ws-disconnect-info-data-trace.events.jsonl",
    "ws-disconnect-info-data-trace.txt",
    "ws-event-disconnect-1001-going-away.txt",
    "ws-message-info-data-trace.events.jsonl",
    "ws-message-info-data-trace.txt",
    "ws-message-info-no-trace.events.jsonl",
    "ws-message-info-no-trace.txt",
];

#[test]
fn every_recording_is_held_or_says_why_not() {
    let mut seen = 0;
    for entry in std::fs::read_dir(CORPUS).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let left = ELSEWHERE.iter().any(|(prefix, _)| name.starts_with(prefix));
        assert_ne!(left, HELD.contains(&name.as_str()), "{name}");
        seen += usize::from(!left);
    }
    assert_eq!(seen, HELD.len());
    // A name in the list is no promise by itself: some test must read the file.
    let tests = [include_str!("parity.rs"), include_str!("parity_answers.rs"), include_str!("parity_connections.rs")];
    for name in HELD {
        let said: usize = tests.iter().map(|t| t.matches(&format!("\"{name}\"")).count()).sum();
        assert!(said >= 2, "{name} stands in the list, but no test reads it");
    }
}

/// Events as `FilterLogEvents` gives them: a request's lines are in one stream, arrived together, and keep their order.
fn same_events(ours: &[Value], theirs: &str) {
    let theirs: Vec<Value> = recorded(theirs).iter().map(|l| serde_json::from_str(l).unwrap()).collect();
    for (side, events) in [("ours", ours), ("theirs", theirs.as_slice())] {
        let stream = events[0]["logStreamName"].as_str().unwrap();
        assert!(stream.len() == 32 && stream.bytes().all(|b| b.is_ascii_hexdigit()), "{side}: {stream}");
        for pair in events.windows(2) {
            assert_eq!(pair[0]["logStreamName"], pair[1]["logStreamName"], "{side}");
            assert_eq!(pair[0]["ingestionTime"], pair[1]["ingestionTime"], "{side}");
            assert!(pair[0]["timestamp"].as_i64() <= pair[1]["timestamp"].as_i64(), "{side}");
        }
    }
    let message = |e: &Value| e["message"].as_str().unwrap().to_owned();
    let (a, b): (Vec<_>, Vec<_>) = (ours.iter().map(message).collect(), theirs.iter().map(message).collect());
    same(&a, &b);
    assert!(ours.iter().all(|e| e["eventId"].as_str().unwrap().len() == 56));
}

/// What stands for each id, time and place. Made once: thousands of lines are held against them.
static NORMAL: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    let rules = [
        (r"[0-9A-Za-z_-]{8}[0-9A-Za-z_-]QAYK[0-9A-Za-z_-]{5}==", "CONNECTION"),
        (r"[0-9A-Za-z_-]{9}AME[0-9A-Za-z_-]{3}=", "REQUEST"),
        (r"Root=1-[0-9a-f]{8}-[0-9a-f]{24}", "TRACE"),
        (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UUID"),
        (r"\b[a-z0-9]{10}(/probe|\]|\.execute-api)", "API$1"),
        (r"apigateway-api-id=[a-z0-9]{10}", "apigateway-api-id=API"),
        (r"AmazonAPIGateway_[a-z0-9]{10}", "AmazonAPIGateway_API"),
        (r":\d{12}:", ":ACCOUNT:"),
        (r"execute-api:us-east-1:ACCOUNT:[a-z0-9]{10}/", "execute-api:us-east-1:ACCOUNT:API/"),
        (r"function:[A-Za-z0-9-]+", "function:NAME"),
        (r"\d{8}T\d{6}Z", "DATE"),
        (r"Date=\w{3}, [^G]+GMT", "Date=DATE"),
        (r"X-Amz-Content-Sha256=[0-9a-f]{64}", "X-Amz-Content-Sha256=HASH"),
        (r"(\*{333})[0-9a-f]{6}", "${1}END"),
        (r"X-Amz-Security-Token=.*", "X-Amz-Security-Token=TOKEN"),
        (r"latency: \d+ ms", "latency: N ms"),
        (r"Content-Length=\d+", "Content-Length=N"),
        (r"Parent=[0-9a-f]{16}", "Parent=HEX"),
        (r"Lineage=1:[0-9a-f]{8}", "Lineage=1:HEX"),
        (r"SourceIp: [0-9.]+", "SourceIp: IP"),
        (r"(before transformations: ).*", "${1}ANSWER"),
    ];
    rules.into_iter().map(|(pattern, name)| (Regex::new(pattern).unwrap(), name)).collect()
});
static VALUE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#":(\[)?("(?:[^"\\]|\\.)*"|\d+)"#).unwrap());

/// Ids, times and places out; blanks, words and order stay.
fn normal(message: &str, trace: bool) -> String {
    let mut text = message.to_owned();
    for (pattern, name) in NORMAL.iter() {
        text = pattern.replace_all(&text, *name).into_owned();
    }
    if trace {
        // Values out, members and their order stay.
        text = VALUE.replace_all(&text, ":${1}V").into_owned();
    }
    text
}

/// Line by line; of a line that one side has cut, the part that both have.
fn same(ours: &[String], theirs: &[String]) {
    for (our, their) in ours.iter().zip(theirs) {
        let (a, b) = (normal(our, true), normal(their, true));
        let cut = our.ends_with(" [TRUNCATED]") || their.ends_with(" [TRUNCATED]");
        if cut && a != b {
            // A value in the middle of the cut is no whole value: leave it out.
            let common = a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count();
            let whole = a.len().min(b.len());
            assert!(common > 400 && common + 64 > whole, "\nours:   {a}\ntheirs: {b}");
        } else {
            assert_eq!(a, b);
        }
        assert!(our.len() <= 1024 || (our.len() == 1036 && our.ends_with(" [TRUNCATED]")), "{}", our.len());
    }
    assert_eq!(ours.len(), theirs.len());
}

/// The story of the capture: connect, one message on a two-way route, close. Events by request.
async fn story(trace: bool, route: &str) -> Vec<Vec<Value>> {
    let built = Built::with(Client::chat()).await;
    for key in ["$connect", "$disconnect", route] {
        built.route(key, lambda("echo")).await;
    }
    built.patch("stages/probe", json!({ "defaultRouteSettings": { "dataTraceEnabled": trace } })).await;
    built.deploy().await;
    let headers = [
        ("user-agent", "stackd-native-websocket-lifecycle"),
        ("origin", "https://probe.invalid"),
        ("x-context", "header value"),
        ("x-probe", "stackd-restwslogs-9c24b144c3:removed-connect"),
    ];
    let mut socket = built.client.connect_with(&built.api, "/probe?repeat=first&repeat=second", &headers).await;
    socket
        .say(&format!(r#"{{"action": "{route}", "mode": "ok", "marker": "m", "payload": "owned-data-trace-body"}}"#))
        .await;
    socket.hear().await;
    socket.close(1000, "probe-complete").await;
    let mut requests: Vec<(String, Vec<Value>)> = Vec::new();
    for event in built.client.events(&built.group()).await {
        let id = event["message"].as_str().unwrap().split_once(')').unwrap().0.to_owned();
        match requests.iter_mut().find(|(known, _)| *known == id) {
            Some((_, events)) => events.push(event),
            None => requests.push((id, vec![event])),
        }
    }
    requests.into_iter().map(|(_, events)| events).collect()
}

fn messages(events: &[Value]) -> Vec<String> {
    events.iter().map(|e| e["message"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn info_lines_are_the_recorded_ones() {
    let ours = story(false, "quiet").await;
    let [connect, message, disconnect] = ours.as_slice() else { panic!("{ours:?}") };
    same(&messages(connect), &recorded("ws-connect-info-no-trace.txt"));
    same_events(connect, "ws-connect-info-no-trace.events.jsonl");
    same(&messages(message), &recorded("ws-message-info-no-trace.txt"));
    same_events(message, "ws-message-info-no-trace.events.jsonl");
    // The capture holds $disconnect only with data trace: its lines without the traced ones.
    let traced = ["Endpoint ", "Sending ", "Received "];
    let expected: Vec<String> = recorded("ws-disconnect-info-data-trace.txt")
        .into_iter()
        .filter(|l| !traced.iter().any(|t| l.contains(&format!(") {t}"))))
        .collect();
    same(&messages(disconnect), &expected);
}

#[tokio::test]
async fn data_trace_lines_are_the_recorded_ones() {
    let ours = story(true, "echo").await;
    let [connect, message, disconnect] = ours.as_slice() else { panic!("{ours:?}") };
    same(&messages(connect), &recorded("ws-connect-info-data-trace.txt"));
    same_events(connect, "ws-connect-info-data-trace.events.jsonl");
    same(&messages(message), &recorded("ws-message-info-data-trace.txt"));
    same_events(message, "ws-message-info-data-trace.events.jsonl");
    same(&messages(disconnect), &recorded("ws-disconnect-info-data-trace.txt"));
    same_events(disconnect, "ws-disconnect-info-data-trace.events.jsonl");
}

#[tokio::test]
async fn long_lines_are_cut_at_1024_bytes_and_say_so() {
    let built = Built::with(Client::chat()).await;
    built.route("$default", lambda("echo")).await;
    built.deploy().await;
    let mut socket = built.connect().await;
    socket.say(&"é".repeat(5_000)).await;
    socket.hear().await;
    let messages = built.client.messages(&built.group()).await;
    let cut: Vec<_> = messages.iter().filter(|m| m.ends_with(" [TRUNCATED]")).collect();
    assert!(cut.len() >= 3);
    // Never in the middle of a character (assumed), so one byte less is possible.
    assert!(cut.iter().all(|m| (1035..=1036).contains(&m.len())));
    assert!(messages.iter().all(|m| m.len() <= 1036));
}

#[tokio::test]
async fn access_log_lines_are_the_recorded_ones() {
    let theirs = recorded("ws-access-log-pipe-format.txt");
    // The format, back from a line: every name becomes its variable.
    let names: Vec<&str> = theirs[0].split('|').map(|pair| pair.split_once('=').unwrap().0).collect();
    let format = names.iter().map(|n| format!("{n}=$context.{n}")).collect::<Vec<_>>().join("|");
    let backend = Backend::start(|_, body| {
        let event: Value = serde_json::from_str(body).unwrap();
        let refuses = event["queryStringParameters"]["mode"] == "deny";
        let fails = event["body"].as_str().is_some_and(|b| b.contains("503"));
        let status = if refuses {
            403
        } else if fails {
            503
        } else {
            200
        };
        http::Response::new(json!({ "statusCode": status, "body": "said" }).to_string())
    })
    .await;
    let functions = vec![("probe".to_owned(), backend.url.clone())];
    let built = Built::with(Client::with(Options { functions, ..Options::default() })).await;
    for key in ["$connect", "$disconnect", "echo"] {
        built.route(key, lambda("probe")).await;
    }
    let arn = "arn:aws:logs:us-east-1:123456789012:log-group:/access";
    built.patch("stages/probe", json!({ "accessLogSettings": { "destinationArn": arn, "format": format } })).await;
    built.deploy().await;
    // The capture's rows in its order: 503, DELETE 204, its $disconnect, POST 410, a refused $connect, then a plain
    // connection and a message.
    let agent = [("user-agent", "stackd-native-websocket-lifecycle")];
    let mut socket = built.client.connect_with(&built.api, "/probe", &agent).await;
    let connected = built.client.messages("/access").await.pop().unwrap();
    let id = connected.split_once("|connectionId=").unwrap().1.split_once('|').unwrap().0.to_owned();
    socket.say(r#"{"action":"echo","mode":"503"}"#).await;
    socket.hear().await;
    for method in [http::Method::DELETE, http::Method::POST] {
        let boto = "Boto3/1.43.102 md/Botocore#1.43.102 ua/2.1 os/linux#6.17.0-35-generic md/arch#x86_64 \
                    lang/python#3.12.3 md/pyimpl#CPython m/N,D,Z,b cfg/retry-mode#legacy Botocore/1.43.102";
        let request = http::Request::builder()
            .method(method)
            .uri(format!("/probe/@connections/{}", id.replace('=', "%3D")))
            .header("host", super::client::host(&built.api))
            .header("user-agent", boto)
            .body(bytes::Bytes::new())
            .unwrap();
        built.client.send(super::signed::Keys::demo().sign(request)).await;
    }
    assert_eq!(socket.closed().await.0, 1000);
    while futures_util::StreamExt::next(&mut socket.0).await.is_some() {}
    let denied = built.refused("/probe?mode=deny", "").await;
    assert_eq!(denied.status, 403);
    let mut socket = built.client.connect_with(&built.api, "/probe", &agent).await;
    socket.say(r#"{"action":"echo"}"#).await;
    socket.hear().await;
    socket.close(1000, "x").await;
    let ours = built.client.messages("/access").await;
    let normal = |line: &str| {
        let mut line = line.to_owned();
        for (pattern, name) in [
            (
                r"\b(\w*[rR]equestId|connectionId|messageId|apiId|domainName|identity\.sourceIp|identity\.caller|identity\.user|identity\.userArn)=[^|-][^|]*",
                "$1=V",
            ),
            (r"\b(requestTime\w*|integrationLatency|connectedAt)=[^|-][^|]*", "$1=V"),
            (r"identity\.userAgent=test/1", "identity.userAgent=stackd-native-websocket-lifecycle"),
        ] {
            line = Regex::new(pattern).unwrap().replace_all(&line, name).into_owned();
        }
        line
    };
    let ours: Vec<String> = ours.iter().map(|l| normal(l)).collect();
    for line in &theirs {
        assert!(ours.contains(&normal(line)), "\ntheirs: {}\nours:   {ours:#?}", normal(line));
    }
}
