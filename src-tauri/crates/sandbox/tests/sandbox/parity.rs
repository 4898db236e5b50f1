//! The recorded execution logs of AWS against what the same story writes here, byte for byte but for ids, times, the
//! account, and what a function itself chose to answer.

use regex::Regex;

use super::client::Client;
use super::data_plane::{Built, lambda};

/// The messages of one recorded file.
fn recorded(file: &str) -> Vec<String> {
    let path = format!("{}/../../../tests/parity/corpus/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
    text.lines().filter(|l| !l.starts_with("# ")).map(str::to_owned).collect()
}

/// Ids, times and places out; blanks, words and order stay.
fn normal(message: &str, trace: bool) -> String {
    let mut text = message.to_owned();
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
    for (pattern, name) in rules {
        text = Regex::new(pattern).unwrap().replace_all(&text, name).into_owned();
    }
    if trace {
        // Values out, members and their order stay.
        text = Regex::new(r#":(\[)?("(?:[^"\\]|\\.)*"|\d+)"#).unwrap().replace_all(&text, ":${1}V").into_owned();
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

/// The story of the capture: connect, one message on a two-way route, close.
async fn story(trace: bool, route: &str) -> Vec<Vec<String>> {
    let built = Built::with(Client::chat()).await;
    for key in ["$connect", "$disconnect", route] {
        built.route(key, lambda("echo")).await;
    }
    built.patch("stages/probe", serde_json::json!({ "defaultRouteSettings": { "dataTraceEnabled": trace } })).await;
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
    let mut requests: Vec<(String, Vec<String>)> = Vec::new();
    for message in built.client.messages(&built.group()).await {
        let id = message.split_once(')').unwrap().0.to_owned();
        match requests.iter_mut().find(|(known, _)| *known == id) {
            Some((_, lines)) => lines.push(message),
            None => requests.push((id, vec![message])),
        }
    }
    requests.into_iter().map(|(_, lines)| lines).collect()
}

#[tokio::test]
async fn info_lines_are_the_recorded_ones() {
    let ours = story(false, "quiet").await;
    let [connect, message, disconnect] = ours.as_slice() else { panic!("{ours:?}") };
    same(connect, &recorded("ws-connect-info-no-trace.txt"));
    same(message, &recorded("ws-message-info-no-trace.txt"));
    // The capture holds $disconnect only with data trace: its lines without the traced ones.
    let traced = ["Endpoint ", "Sending ", "Received "];
    let expected: Vec<String> = recorded("ws-disconnect-info-data-trace.txt")
        .into_iter()
        .filter(|l| !traced.iter().any(|t| l.contains(&format!(") {t}"))))
        .collect();
    same(disconnect, &expected);
}

#[tokio::test]
async fn data_trace_lines_are_the_recorded_ones() {
    let ours = story(true, "echo").await;
    let [connect, message, disconnect] = ours.as_slice() else { panic!("{ours:?}") };
    same(connect, &recorded("ws-connect-info-data-trace.txt"));
    same(message, &recorded("ws-message-info-data-trace.txt"));
    same(disconnect, &recorded("ws-disconnect-info-data-trace.txt"));
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
    let built = Built::with(Client::chat()).await;
    for key in ["$connect", "$disconnect", "echo"] {
        built.route(key, lambda("echo")).await;
    }
    let arn = "arn:aws:logs:us-east-1:123456789012:log-group:/access";
    built
        .patch("stages/probe", serde_json::json!({ "accessLogSettings": { "destinationArn": arn, "format": format } }))
        .await;
    built.deploy().await;
    let mut socket =
        built.client.connect_with(&built.api, "/probe", &[("user-agent", "stackd-native-websocket-lifecycle")]).await;
    socket.say(r#"{"action":"echo"}"#).await;
    socket.hear().await;
    socket.close(1000, "x").await;
    let ours = built.client.messages("/access").await;
    let normal = |line: &str| {
        let line = Regex::new(r"(\w*[rR]equestId|connectionId|messageId|apiId|domainName|sourceIp)=[^|-][^|]*")
            .unwrap()
            .replace_all(line, "$1=V")
            .into_owned();
        Regex::new(r"(requestTime\w*|integrationLatency|connectedAt)=[^|-][^|]*")
            .unwrap()
            .replace_all(&line, "$1=V")
            .into_owned()
    };
    let of = |event: &str| theirs.iter().find(|l| l.contains(event) && l.contains("|status=200|")).unwrap();
    assert_eq!(ours.len(), 3);
    for (our, event) in ours.iter().zip(["eventType=CONNECT|", "eventType=MESSAGE|", "eventType=DISCONNECT|"]) {
        assert_eq!(normal(our), normal(of(event)));
    }
}
