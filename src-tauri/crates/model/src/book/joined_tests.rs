//! What a book makes of several groups: execution log, access log and functions' logs of the same requests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

const REQUEST: &str = "EP5ytGkJoAMEmUQ=";
const RUN: &str = "8b303cf8-c956-45f8-86c6-c23cffeb3d71";
const FORMAT: &str = r#"{"requestId":"$context.requestId","connectionId":"$context.connectionId","routeKey":"$context.routeKey","eventType":"$context.eventType","status":"$context.status","ip":"$context.identity.sourceIp","latency":"$context.integrationLatency","who":"$context.authorizer.token"}"#;

fn at(n: u64, stream: &str, at: i64, message: impl Into<String>) -> LogEvent {
    LogEvent {
        event_id: Some(format!("399034678751536635154155825375897729412{n:017}")),
        stream: Some(stream.to_owned()),
        timestamp: at,
        ingestion_time: None,
        message: message.into(),
    }
}

fn gateway() -> Vec<LogEvent> {
    [
        "Extended Request Id: EP5ytGkJoAMEmUQ=",
        "API Key  authorized because route 'echo' does not require API Key. Request will not contribute to throttle or quota limits",
        "WebSocket Request Route: [echo]",
        "WebSocket API [api] received message from client [c1=]. Message: [{\"body\":\"{\\\"action\\\":\\\"echo\\\",\\\"token\\\":\\\"SECRET\\\"}\"}].",
        "Endpoint request headers: {Host=a, X-Amz-Security-Token=SECRET}",
        "Sending request to https://lambda.us-east-1.amazonaws.com/x/invocations",
        "Received response. Status: 200, Integration latency: 44 ms",
        "Endpoint response body before transformations: {\"statusCode\": 200}",
        &format!("AWS Integration Endpoint RequestId : {RUN}"),
        "Message from client [Connection Id: c1=] sent to API [api] with response status code [200].",
    ]
    .iter()
    .zip(0..)
    .map(|(text, n)| at(n, "gw", 1000 + n as i64 * 10, format!("({REQUEST}) {text}")))
    .collect()
}

fn function() -> Vec<LogEvent> {
    let texts = [
        (1040, "INIT_START Runtime Version: python:3.12.v1\n".to_owned()),
        (1041, format!("START RequestId: {RUN} Version: $LATEST\n")),
        (1042, "a line of its own, password=SECRET\n".to_owned()),
        (1043, format!("[ERROR]\t2026-09-25T09:20:29.000Z\t{RUN}\tno cache, going on\n")),
        (1044, format!("END RequestId: {RUN}\n")),
        (
            1044,
            format!(
                "REPORT RequestId: {RUN}\tDuration: 2.50 ms\tBilled Duration: 3 ms\tMemory Size: 128 MB\tMax Memory Used: 40 MB\tInit Duration: 103.01 ms\t\n"
            ),
        ),
        (1050, "START RequestId: 00000000-0000-0000-0000-000000000000 Version: $LATEST\n".to_owned()),
        (1051, "a line of another run\n".to_owned()),
    ];
    let mut events: Vec<LogEvent> =
        texts.into_iter().zip(100..).map(|((time, text), n)| at(n, "fn", time, text)).collect();
    events.push(at(200, "another environment", 1043, "a line of another environment"));
    events
}

fn access() -> Vec<LogEvent> {
    let record = format!(
        r#"{{"requestId":"{REQUEST}","connectionId":"c1=","routeKey":"echo","eventType":"MESSAGE","status":"200","ip":"1.2.3.4","latency":"44","who":"SECRET"}}"#
    );
    let push = r#"{"requestId":"515069e6-7dbd-48e4-8030-32f7fe831d10","connectionId":"c1=","routeKey":"POST /@connections/{connectionId}","eventType":"CONNECTION_API","status":"410","ip":"1.2.3.4","latency":"0","who":"-"}"#;
    vec![at(300, "acc", 1100, record), at(301, "acc", 1200, push), at(302, "acc", 1300, "garbage with ?token=SECRET")]
}

fn book(order: [usize; 3]) -> Book {
    let mut book = Book::new(10_000);
    book.sources(&[
        (0, SourceKind::Execution, None),
        (1, SourceKind::Access, Some(FORMAT.to_owned())),
        (2, SourceKind::Function, None),
    ]);
    for group in order {
        let events = [gateway(), access(), function()][group].clone();
        // One by one, the last first: the hardest order.
        for event in events.iter().rev() {
            book.add(group as SourceId, std::slice::from_ref(event));
        }
    }
    book
}

#[test]
fn a_request_has_the_lines_of_all_groups_in_whatever_order_they_came() {
    let orders = [[0, 1, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1]];
    let found: Vec<LoggedRequest> = orders.iter().map(|&order| book(order).request(REQUEST).unwrap()).collect();
    for other in &found[1..] {
        assert_eq!(other, &found[0]);
    }
    let LoggedRequest { request, phases, lines, access, runs, .. } = &found[0];
    assert_eq!(
        (request.route_key.as_deref(), request.status, request.integration_ms),
        (Some("echo"), Some(200), Some(44))
    );
    assert_eq!((request.lines, lines.len()), (10, 15), "{lines:#?}");
    assert!(lines.iter().any(|line| line.text.starts_with("a line of its own") && line.source == 2));
    assert!(!lines.iter().any(|line| line.text.contains("another")));
    assert!(lines.windows(2).all(|pair| pair[0].at <= pair[1].at));
    let run = &runs[0];
    assert_eq!((run.duration_ms, run.billed_ms, run.memory_mb), (Some(2.5), Some(3.0), Some(128)));
    assert_eq!((run.used_mb, run.init_ms, run.status.as_deref()), (Some(40), Some(103.01), None));
    let names: Vec<&str> = phases.iter().map(|phase| phase.name.as_str()).collect();
    let way = [
        "route",
        "API key",
        "route",
        "request template",
        "integration",
        "integration response",
        "integration",
        "client",
    ];
    assert_eq!(names, way);
    assert!(phases.iter().all(|phase| !phase.failed && phase.start_ms <= phase.end_ms));
    assert_eq!(phases.iter().map(|phase| phase.lines.len()).sum::<usize>(), 10);
    let access = access.as_ref().unwrap();
    assert!(access.fields.contains(&("identity.sourceIp".to_owned(), "1.2.3.4".to_owned())));
}

#[test]
fn a_functions_own_line_is_found_under_its_request() {
    let mut book = book([2, 0, 1]);
    for (text, shown) in [("a line of its own", 1), ("a line of another run", 0), ("another environment", 0)] {
        let filter = Filter { text: text.to_owned(), ..Filter::default() };
        assert_eq!(book.set(View::Requests, &filter).shown, shown, "{text}");
        assert_eq!(book.set(View::Lines, &filter).shown, 1, "{text}");
    }
    let without = Filter { text: "a line of its own".to_owned(), without: vec![2], ..Filter::default() };
    assert_eq!(book.set(View::Requests, &without).shown, 0);
    // Lines of a route are those of its functions too.
    book.set(View::Lines, &Filter { route_key: Some("echo".into()), ..Filter::default() });
    assert_eq!(book.counts().shown, 16);
}

#[test]
fn a_push_that_only_the_access_log_names_is_in_the_connections_life() {
    let mut book = book([0, 1, 2]);
    let life = book.connection("c1=").unwrap();
    let found: Vec<(&str, bool)> = life.events.iter().map(|it| (it.what.as_str(), it.failed)).collect();
    assert_eq!(found, [("message", false), ("push", true)]);
    assert_eq!((life.connection.pushes, life.connection.messages, life.connection.failures), (1, 1, 1));
    assert!(life.events[0].text.contains("\"action\":\"echo\""), "{}", life.events[0].text);
    let counts = book.set(View::Access, &Filter::default());
    assert_eq!(counts.shown, 3);
    assert_eq!(book.find(None, false), Some(1));
    let rows = book.rows(0, 10);
    assert!(matches!(&rows[2], BookRow::Access { record, .. } if record.unread.is_some()), "{rows:?}");
    assert_eq!(book.set(View::Connections, &Filter { status: "410".into(), ..Filter::default() }).shown, 1);
    assert_eq!(book.set(View::Connections, &Filter { status: "500".into(), ..Filter::default() }).shown, 0);
}

#[test]
fn no_secret_leaves_the_book() {
    let mut book = book([0, 1, 2]);
    for view in [View::Requests, View::Lines, View::Access, View::Connections] {
        book.set(view, &Filter::default());
        let mut out = serde_json::to_string(&book.rows(0, 1000)).unwrap();
        out.extend(book.export_text().chain(book.export_jsonl()).chain(book.export_csv()));
        assert!(out.contains(crate::redact::MASK) || view == View::Requests || view == View::Connections, "{out}");
        assert!(!out.contains("SECRET"), "{out}");
    }
    let request = serde_json::to_string(&book.request(REQUEST)).unwrap();
    assert!(!request.contains("SECRET") && !serde_json::to_string(&book.connection("c1=")).unwrap().contains("SECRET"));
}

#[test]
fn what_is_exported_is_read_again() {
    let mut first = book([0, 1, 2]);
    first.set(View::Requests, &Filter::default());
    let text: Vec<String> = first.export_text().collect();
    assert!(text[0].starts_with("1970-01-01T00:00:01"), "{}", text[0]);
    let jsonl: Vec<String> = first.export_jsonl().collect();
    assert_eq!(text.len(), jsonl.len());
    for lines in [text, jsonl] {
        let explained = crate::explain::explain(lines.join("\n").as_bytes(), None);
        let request = explained.requests.iter().find(|it| it.request_id == REQUEST).unwrap();
        assert_eq!((request.lines, request.status), (10, Some(200)));
    }
    let csv: Vec<String> = first.export_csv().collect();
    assert!(csv[0].starts_with("requestId,connectionId,routeKey"), "{csv:?}");
    assert_eq!(csv.len(), 3);
}
