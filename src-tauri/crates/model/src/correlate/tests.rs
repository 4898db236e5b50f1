#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

const CONNECTION: &str = "gbik1K9kzQAYKEilnA==";

fn event(at: i64, id: &str, text: &str) -> LogEvent {
    LogEvent { timestamp: at, message: format!("({id}) {text}"), ..LogEvent::default() }
}

fn connect(at: i64, id: &str, agent: &str, connection: Option<&str>) -> Vec<LogEvent> {
    let mut events = vec![
        event(at, id, "WebSocket Request Route: [$connect]"),
        event(at, id, &format!("Client [UserAgent: {agent}, SourceIp: 1.2.3.4] is connecting to WebSocket API [a].")),
    ];
    if let Some(c) = connection {
        events.push(event(at + 5, id, &format!("Client [Connection Id: {c}] connected to API [a] successfully.")));
    }
    events
}

fn message(at: i64, id: &str, route: &str, connection: &str) -> Vec<LogEvent> {
    vec![
        event(at, id, &format!("WebSocket Request Route: [{route}]")),
        event(at, id, &format!("WebSocket API [a] received message from client [Connection Id: {connection}].")),
        event(
            at + 9,
            id,
            &format!(
                "Message from client [Connection Id: {connection}] sent to API [a] with response status code [200]."
            ),
        ),
    ]
}

fn traced(at: i64, id: &str, connection: &str, body: &str) -> LogEvent {
    let event_json = format!(
        r#"{{"requestContext":{{"routeKey":"echo"}},"body":{},"isBase64Encoded":false}}"#,
        serde_json::to_string(body).unwrap()
    );
    event(at, id, &format!("WebSocket API [a] received message from client [{connection}]. Message: [{event_json}]."))
}

/// A session whose handshake is attempt 1 on `CONNECTION`.
fn open_session() -> Correlator {
    let mut correlator = Correlator::new(10_000);
    correlator.attempt(1, 0, "a=7f3c");
    correlator.opened(1, 50);
    correlator.events(&connect(20, "AAAAAAAAAAA=", "Gatescope/0.1 a=7f3c", Some(CONNECTION)));
    correlator
}

fn link_of(correlator: &Correlator, action: ActionId) -> Option<(&str, LinkKind)> {
    correlator.request_of(action).map(|r| (&*r.request_id, r.link))
}

#[test]
fn a_refused_handshake_is_found_by_its_id_even_when_its_lines_come_first() {
    let mut correlator = Correlator::new(100);
    correlator.attempt(1, 0, "t1");
    correlator.events(&[event(5, "AAAAAAAAAAA=", "Starting execution for request: AAAAAAAAAAA=")]);
    correlator.refused(1, 9, Some("AAAAAAAAAAA="));
    assert_eq!(link_of(&correlator, 1), Some(("AAAAAAAAAAA=", LinkKind::Exact)));

    correlator.attempt(2, 10, "t2");
    correlator.refused(2, 19, Some("BBBBBBBBBBB="));
    correlator.events(&[event(15, "BBBBBBBBBBB=", "AuthorizerConfigurationException")]);
    assert_eq!(link_of(&correlator, 2), Some(("BBBBBBBBBBB=", LinkKind::Exact)));
}

#[test]
fn an_attempt_is_found_by_its_own_user_agent_and_other_clients_are_kept_apart() {
    let mut correlator = open_session();
    correlator.events(&connect(21, "BBBBBBBBBBB=", "Mozilla/5.0", Some("other")));
    correlator.events(&message(30, "CCCCCCCCCCC=", "echo", "other"));
    let changes = correlator.drain();
    assert_eq!(link_of(&correlator, 1), Some(("AAAAAAAAAAA=", LinkKind::Exact)));
    assert!(changes.contains(&Change::ConnectionId { attempt: 1, connection_id: CONNECTION.to_owned() }));
    for other in ["BBBBBBBBBBB=", "CCCCCCCCCCC="] {
        assert_eq!(correlator.request(other).unwrap().link, LinkKind::Other);
    }
}

#[test]
fn frames_find_their_requests_in_order_and_only_the_payload_proves_it() {
    let mut correlator = open_session();
    correlator.sent(2, 100, 1, "one", Some("echo"));
    correlator.sent(3, 110, 1, "two", Some("echo"));
    let late_first = [message(81, "DDDDDDDDDDD=", "echo", CONNECTION), message(72, "CCCCCCCCCCC=", "echo", CONNECTION)];
    correlator.events(&late_first.concat());
    let _ = correlator.drain();
    assert_eq!(link_of(&correlator, 2), Some(("CCCCCCCCCCC=", LinkKind::Likely)));
    assert_eq!(link_of(&correlator, 3), Some(("DDDDDDDDDDD=", LinkKind::Likely)));

    correlator.events(&[traced(72, "CCCCCCCCCCC=", CONNECTION, "two")]);
    let changes = correlator.drain();
    assert_eq!(link_of(&correlator, 3), Some(("CCCCCCCCCCC=", LinkKind::Exact)), "the payload outweighs the order");
    assert_eq!(link_of(&correlator, 2), Some(("DDDDDDDDDDD=", LinkKind::Exact)), "no other frame is left for it");
    assert!(changes.contains(&Change::Request("CCCCCCCCCCC=".into())));
}

#[test]
fn equal_texts_prove_nothing() {
    let mut correlator = open_session();
    correlator.sent(2, 100, 1, "ping", None);
    correlator.sent(3, 110, 1, "ping", None);
    correlator
        .events(&[traced(72, "CCCCCCCCCCC=", CONNECTION, "ping"), traced(83, "DDDDDDDDDDD=", CONNECTION, "ping")]);
    let _ = correlator.drain();
    assert_eq!(link_of(&correlator, 2), Some(("CCCCCCCCCCC=", LinkKind::Likely)));
    assert_eq!(link_of(&correlator, 3), Some(("DDDDDDDDDDD=", LinkKind::Likely)));
}

#[test]
fn an_error_frame_proves_its_request_when_one_frame_only_can_have_caused_it() {
    let mut correlator = open_session();
    let error = |id: &str| format!(r#"{{"message": "Forbidden", "connectionId":"{CONNECTION}", "requestId":"{id}"}}"#);
    correlator.sent(2, 100, 1, "one", None);
    correlator.received(3, 140, 1, &error("CCCCCCCCCCC="));
    correlator.sent(4, 200, 1, "two", None);
    correlator.sent(5, 210, 1, "three", None);
    correlator.received(6, 240, 1, &error("EEEEEEEEEEE="));
    correlator.events(&message(181, "EEEEEEEEEEE=", "$default", CONNECTION));
    correlator.events(&message(72, "CCCCCCCCCCC=", "$default", CONNECTION));
    let _ = correlator.drain();
    assert_eq!(link_of(&correlator, 2), Some(("CCCCCCCCCCC=", LinkKind::Exact)));
    assert_eq!(link_of(&correlator, 4), Some(("EEEEEEEEEEE=", LinkKind::Likely)), "\"two\" or \"three\": nobody knows");
    assert_eq!(link_of(&correlator, 5), None);
}

#[test]
fn an_error_that_another_client_was_told_says_nothing_here() {
    let mut correlator = open_session();
    correlator.sent(2, 100, 1, "one", None);
    correlator.received(3, 140, 1, r#"{"message": "Forbidden", "connectionId":"other", "requestId":"CCCCCCCCCCC="}"#);
    correlator.events(&message(72, "CCCCCCCCCCC=", "$default", "other"));
    let _ = correlator.drain();
    assert_eq!(link_of(&correlator, 2), None);
    assert_eq!(correlator.request("CCCCCCCCCCC=").unwrap().link, LinkKind::Other);
}

#[test]
fn the_end_of_a_connection_is_found_by_its_connection_id() {
    let mut correlator = open_session();
    correlator.closed(9, 500, 1, Some(1000), "bye");
    correlator.events(&[
        event(470, "DDDDDDDDDDD=", "WebSocket Request Route: [$disconnect]"),
        event(
            470,
            "DDDDDDDDDDD=",
            &format!(
                "Client [Connection Id: {CONNECTION}] disconnected from API [a] with integration response status code [200]. \
                 Close reason: [1000: bye]"
            ),
        ),
    ]);
    assert_eq!(link_of(&correlator, 9), Some(("DDDDDDDDDDD=", LinkKind::Exact)));
    assert_eq!(correlator.request_of(9).unwrap().kind, RequestKind::Disconnect);
}

#[test]
fn lines_that_come_twice_are_kept_once_and_lines_that_were_written_twice_are_kept_twice() {
    let mut correlator = Correlator::new(100);
    let twice = [event(5, "AAAAAAAAAAA=", "same"), event(5, "AAAAAAAAAAA=", "same"), event(3, "AAAAAAAAAAA=", "first")];
    correlator.events(&twice);
    correlator.events(&twice);
    let mut with_ids = twice.clone();
    for (i, event) in with_ids.iter_mut().enumerate() {
        event.event_id = Some(format!("39903467875153663515415582537589772941291118612200882{i:03}"));
    }
    correlator.events(&with_ids);
    with_ids.reverse();
    correlator.events(&with_ids);
    let lines: Vec<_> = correlator.request("AAAAAAAAAAA=").unwrap().lines.iter().map(|l| &*l.text).collect();
    assert_eq!(lines, ["first", "same", "same"]);
}

#[test]
fn lines_of_one_millisecond_stand_in_the_order_of_their_event_ids() {
    let mut correlator = Correlator::new(100);
    for (n, text) in [(3, "c"), (1, "a"), (2, "b")] {
        let event_id = Some(format!("3990346787515366351541558253758977294129111861220088218{n}"));
        correlator.events(&[LogEvent { event_id, ..event(5, "AAAAAAAAAAA=", text) }]);
    }
    let lines: Vec<_> = correlator.request("AAAAAAAAAAA=").unwrap().lines.iter().map(|l| &*l.text).collect();
    assert_eq!(lines, ["a", "b", "c"]);
}

#[test]
fn memory_is_bounded_and_what_goes_is_told() {
    let mut correlator = Correlator::new(30);
    correlator.attempt(1, 0, "a=7f3c");
    correlator.events(&connect(0, "AAAAAAAAAAA=", "a=7f3c", Some(CONNECTION)));
    for n in 0..50 {
        correlator.events(&message(n, &format!("BBBBBBBBB{n:02}="), "echo", &format!("c{n}")));
    }
    let changes = correlator.drain();
    assert!(changes.contains(&Change::Evicted { request_id: "AAAAAAAAAAA=".into(), action: Some(1) }));
    assert!(correlator.request_of(1).is_none());
    let kept: usize =
        (0..50).filter_map(|n| correlator.request(&format!("BBBBBBBBB{n:02}="))).map(|r| r.lines.len()).sum();
    assert_eq!(kept, 30);
    assert!(correlator.connections.len() <= 11);
}

#[test]
fn behind_cloudfront_the_time_is_all_there_is_and_says_so() {
    let mut correlator = Correlator::new(100);
    correlator.attempt(1, 1_000, "t1");
    correlator.opened(1, 1_050);
    correlator.events(&connect(1_040, "AAAAAAAAAAA=", "Amazon CloudFront", Some(CONNECTION)));
    let _ = correlator.drain();
    assert_eq!(link_of(&correlator, 1), Some(("AAAAAAAAAAA=", LinkKind::Likely)));
    correlator.sent(2, 2_000, 1, "one", None);
    correlator.events(&message(2_030, "CCCCCCCCCCC=", "x", CONNECTION));
    let _ = correlator.drain();
    assert_eq!(link_of(&correlator, 2), Some(("CCCCCCCCCCC=", LinkKind::Likely)), "no surer than its connection");
    let told = format!(r#"{{"message": "Forbidden", "connectionId":"{CONNECTION}", "requestId":"CCCCCCCCCCC="}}"#);
    correlator.received(3, 2_090, 1, &told);
    let _ = correlator.drain();
    assert_eq!(link_of(&correlator, 2), Some(("CCCCCCCCCCC=", LinkKind::Exact)), "the frame named the connection");
}

#[test]
fn two_requests_with_one_token_prove_neither() {
    let mut correlator = open_session();
    correlator.events(&connect(25, "BBBBBBBBBBB=", "Gatescope/0.1 a=7f3c", None));
    assert_eq!(link_of(&correlator, 1), Some(("AAAAAAAAAAA=", LinkKind::Likely)));
    correlator.refused(1, 30, Some("BBBBBBBBBBB="));
    assert_eq!(link_of(&correlator, 1), Some(("BBBBBBBBBBB=", LinkKind::Exact)));
    assert_eq!(correlator.request("AAAAAAAAAAA=").unwrap().action, None);
}
