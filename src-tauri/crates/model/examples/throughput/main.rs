//! How many log lines a second one core takes from text to cause, and what a kept line costs in memory.
//! Run with `--release`; prints one line a measure. Requests are shaped as the recorded ones: 8 to 17 lines, 50 clients
//! interleaved, one request in fifty failing.

mod book;

use std::time::Instant;

use gatescope_model::correlate::{Change, Correlator};
use gatescope_model::diagnose::{Facts, diagnose};
use gatescope_model::log::{Line, LogEvent};

const LINES: usize = 1_000_000;
const CLIENTS: usize = 50;
const FAILING_EVERY: usize = 50;
/// As many events as one page of `FilterLogEvents` has at most.
const BATCH: usize = 10_000;

fn request_lines(n: usize, client: usize) -> Vec<String> {
    let id = format!("EP5{n:09x}IAM=");
    let connection = format!("gbik{client:05}QAYKEilnA==");
    let route = ["echo", "joinroom", "sendmessage", "$default"][n % 4];
    let mut lines = vec![
        format!("Extended Request Id: {id}"),
        format!("Verifying Usage Plan for request: {id}. API Key:  API Stage: 3fmvso4h96/prod"),
        format!(
            "API Key  authorized because route '{route}' does not require API Key. Request will not contribute to throttle or quota limits"
        ),
        "Usage Plan check succeeded for API Key  and API Stage 3fmvso4h96/prod".to_owned(),
        format!("Starting execution for request: {id}"),
        format!("WebSocket Request Route: [{route}]"),
        format!("WebSocket API [3fmvso4h96] received message from client [Connection Id: {connection}]."),
    ];
    let uri = "https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:chat/invocations";
    if n.is_multiple_of(3) {
        let body = format!(
            r#"{{"requestContext":{{"routeKey":"{route}","connectionId":"{connection}"}},"body":"{{\"action\":\"{route}\",\"n\":{n}}}"}}"#
        );
        lines.extend([
            format!("WebSocket API [3fmvso4h96] received message from client [{connection}]. Message: [{body}]."),
            format!("Endpoint request URI: {uri}"),
            format!("Endpoint request headers: {{X-Amz-Date=20260925T092029Z, x-amzn-lambda-integration-tag={id}, Authorization={}abc123}}", "*".repeat(300)),
            format!("Endpoint request body after transformations: {body}"),
            format!("Sending request to {uri}"),
            "Received response. Status: 200, Integration latency: 44 ms".to_owned(),
            "Endpoint response headers: {Date=Fri, 25 Sep 2026 09:20:29 GMT, Content-Type=application/json, Connection=keep-alive}".to_owned(),
            r#"Endpoint response body before transformations: {"statusCode":200,"body":"ok"}"#.to_owned(),
        ]);
    }
    if n.is_multiple_of(FAILING_EVERY) {
        lines.push("Execution failed due to configuration error: Malformed Lambda proxy response".to_owned());
    } else {
        lines.push(format!("AWS Integration Endpoint RequestId : 47bc8311-95b4-48e8-b513-{n:012x}"));
        lines.push(format!("Message from client [Connection Id: {connection}] sent to API [3fmvso4h96] with response status code [200]."));
    }
    lines.iter().map(|line| format!("({id}) {line}")).collect()
}

/// Requests of all clients at once: a line of one, a line of the next.
fn events() -> Vec<LogEvent> {
    let mut events = Vec::with_capacity(LINES + 1000);
    let mut next = 0;
    while events.len() < LINES {
        let mut running: Vec<_> = (0..CLIENTS).map(|client| request_lines(next + client, client).into_iter()).collect();
        next += CLIENTS;
        loop {
            let before = events.len();
            for lines in &mut running {
                events.extend(lines.next().map(|message| LogEvent {
                    event_id: Some(format!("3990346787515366351541558253758977294129{:016}", before)),
                    stream: Some("f69f40e283061f970b6bb0743e1fa66a".to_owned()),
                    timestamp: 1_790_328_016_570 + before as i64 / 200,
                    ingestion_time: None,
                    message,
                }));
            }
            for (n, event) in events[before..].iter_mut().enumerate() {
                event.event_id = Some(format!("3990346787515366351541558253758977294129{:016}", before + n));
            }
            if events.len() == before {
                break;
            }
        }
    }
    events
}

fn main() {
    let events = events();
    let rate = |lines: usize, since: Instant| lines as f64 / since.elapsed().as_secs_f64();

    let start = Instant::now();
    let known = events.iter().filter(|e| Line::parse(&e.message).request_id().is_some()).count();
    println!("parse                          {:>12.0} lines/s", rate(events.len(), start));
    assert_eq!(known, events.len(), "every line names its request");

    let before = resident();
    let start = Instant::now();
    let mut correlator = Correlator::new(usize::MAX);
    let mut found = 0;
    for batch in events.chunks(BATCH) {
        correlator.events(batch);
        for change in correlator.drain() {
            let Change::Request(id) = change else { continue };
            let request = correlator.request(&id);
            found += usize::from(!diagnose(&Facts { request, ..Facts::default() }).findings.is_empty());
        }
    }
    println!("parse + correlate + diagnose   {:>12.0} lines/s   {found} requests explained", rate(events.len(), start));
    let text: usize = events.iter().map(|e| e.message.len()).sum::<usize>() / events.len();
    if let (Some(before), Some(after)) = (before, resident()) {
        let each = after.saturating_sub(before) / events.len();
        println!("memory per kept line           {each:>12} bytes     its text has {text} on average, prefix included");
    }
    drop(correlator);
    book::measure(&events);
}

/// Bytes that the process holds, where the system tells it (Linux).
fn resident() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<usize>().ok().map(|kib| kib * 1024)
}
