//! `explain` on the logs that people really paste: every form, mixed, broken and hostile.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use gatescope_model::explain::{ExplainedRequest, Explanation, explain};
use gatescope_model::verdict::Confidence;

fn corpus(name: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../tests/parity/corpus/");
    std::fs::read_to_string(format!("{folder}{name}")).unwrap()
}

fn text(input: &str) -> Explanation {
    explain(input.as_bytes(), None)
}

/// The only request of a log.
fn only(input: &str) -> ExplainedRequest {
    let mut explanation = text(input);
    assert_eq!(explanation.requests.len(), 1, "{explanation:#?}");
    explanation.requests.remove(0)
}

fn causes(request: &ExplainedRequest) -> Vec<(&str, Confidence, &[u32])> {
    request.causes.iter().map(|c| (c.cause.as_str(), c.confidence, &c.evidence[..])).collect()
}

#[test]
fn recorded_logs_of_requests_that_went_well_have_no_causes() {
    for (name, id, kind, route, lines) in [
        ("ws-connect-info-data-trace", "EP5yqFByIAMElXw=", "CONNECT", "$connect", 16),
        ("ws-connect-info-no-trace", "EP5wqGe9oAMEUJQ=", "CONNECT", "$connect", 9),
        ("ws-message-info-data-trace", "EP5ytGkJoAMEmUQ=", "MESSAGE", "echo", 17),
        ("ws-message-info-no-trace", "EP5yvFtNoAMEiPw=", "MESSAGE", "quiet", 9),
        ("ws-disconnect-info-data-trace", "EP5y0FKXIAMEkmg=", "DISCONNECT", "$disconnect", 15),
        ("rest-success-info-no-trace", "806a41b4-7469-4cbe-a31e-5fa2f655de92", "HTTP", "GET /sample", 9),
    ] {
        for form in ["txt", "events.jsonl"] {
            let request = only(&corpus(&format!("{name}.{form}")));
            assert_eq!((request.request_id.as_str(), request.kind, request.lines), (id, kind, lines), "{name}");
            assert_eq!((request.route.as_deref(), request.status), (Some(route), Some(200)), "{name}");
            assert_eq!(request.causes, [], "{name}");
        }
    }
}

#[test]
fn recorded_failures_are_explained_with_the_lines_that_say_so() {
    let certain = Confidence::Certain;
    for (name, cause, evidence) in [
        ("rest-lambda-error-info-data-trace.txt", "lambda-error", &[20, 18][..]),
        ("rest-lambda-error-info-data-trace.events.jsonl", "lambda-error", &[18, 16]),
        ("rest-malformed-lambda-proxy-response.txt", "lambda-malformed-response", &[3, 2]),
        ("rest-authorizer-identity-missing-401.txt", "authorizer-identity-missing", &[7]),
        ("rest-authorizer-assume-role-failed.txt", "authorizer-permission-missing", &[2]),
    ] {
        assert_eq!(causes(&only(&corpus(name))), [(cause, certain, evidence)], "{name}");
    }
}

#[test]
fn a_crash_text_over_several_lines_is_one_line_and_each_bare_failure_is_its_own_request() {
    let explanation = text(&corpus("rest-customer-function-error-variants.txt"));
    let evidence: Vec<_> = explanation.requests.iter().map(|r| (r.lines, r.causes[0].evidence.clone())).collect();
    assert_eq!(evidence, [(9, vec![3]), (1, vec![12]), (1, vec![13]), (1, vec![14])]);
    assert!(explanation.requests.iter().all(|r| r.causes[0].cause == "lambda-error"));
}

#[test]
fn all_forms_can_stand_in_one_text_and_lines_without_an_id_belong_where_they_stand() {
    let mixed = "\
(AAAAAAAAAAA=) WebSocket Request Route: [$connect]
2026-09-25T09:20:28.123Z (BBBBBBBBBBB=) WebSocket Request Route: [echo]
2026-09-25T09:20:28.123000+00:00 f69f40e283061f970b6bb0743e1fa66a (AAAAAAAAAAA=) Extended Request Id: AAAAAAAAAAA=
Execution failed due to configuration error: Unable to transform request
/aws/apigateway/a/prod f69f40e283061f970b6bb0743e1fa66a (BBBBBBBBBBB=) Execution failed due to a timeout error
{\"timestamp\":1790328016570,\"message\":\"(CCCCCCCCCCC=) Execution failed due to configuration error: Invalid endpoint address\"}
Execution log for request 29d2b4df-26da-4cae-aeca-f9ef6c338d88
Thu Apr 01 21:58:32 UTC 2021 : Starting execution for request: 29d2b4df-26da-4cae-aeca-f9ef6c338d88
Thu Apr 01 21:58:32 UTC 2021 : Execution failed due to configuration error: Malformed Lambda proxy response
Method completed with status: 502
1790328016570,\"(DDDDDDDDDDD=) Execution failed due to configuration error: Invalid permissions on Lambda function\"
";
    let explanation = text(mixed);
    let found: Vec<_> = explanation
        .requests
        .iter()
        .map(|r| (r.request_id.as_str(), r.lines, r.causes[0].cause.as_str(), r.causes[0].evidence[0]))
        .collect();
    assert_eq!(
        found,
        [
            ("AAAAAAAAAAA=", 3, "request-template-failed", 4),
            ("BBBBBBBBBBB=", 2, "integration-timeout", 5),
            ("CCCCCCCCCCC=", 1, "integration-uri-invalid", 6),
            ("29d2b4df-26da-4cae-aeca-f9ef6c338d88", 4, "lambda-malformed-response", 9),
            ("DDDDDDDDDDD=", 1, "lambda-permission-missing", 11),
        ]
    );
    assert_eq!(explanation.other_lines, 0);
}

#[test]
fn what_filter_log_events_and_test_invoke_method_answer_is_read_as_it_comes() {
    let events: Vec<serde_json::Value> = corpus("rest-lambda-error-info-data-trace.events.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let answer = serde_json::json!({"events": events, "searchedLogStreams": [], "nextToken": "x"});
    for form in [answer.to_string(), serde_json::to_string_pretty(&answer).unwrap()] {
        assert_eq!(causes(&only(&form)), [("lambda-error", Confidence::Certain, &[18, 16][..])]);
    }
    let mut shuffled = events.clone();
    shuffled.reverse();
    assert_eq!(only(&serde_json::Value::Array(shuffled).to_string()).causes[0].evidence, [3, 5]);

    let log = "Execution log for request 9d4f\nTue Aug 21 03:48:49 UTC 2018 : Execution failed due to configuration error: Invalid permissions on Lambda function\nTue Aug 21 03:48:49 UTC 2018 : Method completed with status: 500\n";
    let invoked = serde_json::json!({"status": 500, "log": log, "latency": 15}).to_string();
    assert_eq!(causes(&only(&invoked)), [("lambda-permission-missing", Confidence::Certain, &[2][..])]);
}

#[test]
fn a_refused_handshake_is_joined_by_its_id_and_stands_alone_without() {
    let handshake = corpus("handshake-authorizer-deny.txt");
    let log = "(EO0CwH5SoAMESlw=) Starting authorizer: cs8ih7 for request: EO0CwH5SoAMESlw=
(EO0CwH5SoAMESlw=) Using valid authorizer policy for principal: ****bkwef5
(EO0CwH5SoAMESlw=) Successfully completed authorizer execution
";
    let joined = explain(log.as_bytes(), Some(&handshake));
    assert_eq!(joined.requests.len(), 1);
    let request = &joined.requests[0];
    assert_eq!((request.status, request.lines, request.kind), (Some(403), 3, "CONNECT"));
    assert_eq!(
        (request.causes[0].cause.as_str(), request.causes[0].confidence),
        ("authorizer-denied", Confidence::Certain)
    );

    let alone = explain(b"", Some(&handshake));
    assert_eq!(alone.requests.len(), 1);
    assert_eq!(alone.requests[0].connection_id.as_deref(), Some("gbgZVW4MbQAYKEh0zA=="));
    assert_eq!((alone.requests[0].causes[0].cause.as_str(), alone.requests[0].lines), ("authorizer-denied", 0));

    let other = explain(corpus("ws-connect-info-no-trace.txt").as_bytes(), Some(&handshake));
    assert_eq!(other.requests.len(), 2, "another request's log explains nothing here");
}

#[test]
fn recorded_handshakes_alone_are_never_called_certain() {
    for (name, cause) in [
        ("handshake-authorizer-deny", "authorizer-denied"),
        ("handshake-authorizer-identity-missing-query", "authorizer-identity-missing"),
        ("handshake-authorizer-invalid-effect", "authorizer-malformed"),
        ("handshake-authorizer-simple-response", "authorizer-malformed"),
        ("frame-message-model-validation-failed", "model-validation-failed"),
    ] {
        let explanation = explain(b"", Some(&corpus(&format!("{name}.txt"))));
        let request = &explanation.requests[0];
        assert_eq!(request.causes[0].cause, cause, "{name}");
        assert!(request.causes.iter().all(|c| c.confidence < Confidence::Certain), "{name}");
    }
    let unknown = explain(b"", Some(&corpus("handshake-authorizer-role-not-assumable.txt")));
    let open = &unknown.requests[0].causes;
    assert!(open.iter().any(|c| c.cause == "authorizer-permission-missing"));
    assert!(
        open.iter().all(|c| c.confidence == Confidence::Possible),
        "“Internal server error” alone leaves much open"
    );
    let curl = "> GET / HTTP/1.1\n>\n< HTTP/1.1 403 Forbidden\r\n< x-amzn-errortype: ForbiddenException\r\n< x-amz-apigw-id: AAAAAAAAAAA=\r\n<\n* left intact\n{\"message\":\"Forbidden\"}";
    let request = &explain(b"", Some(curl)).requests[0];
    assert_eq!((request.status, request.request_id.as_str()), (Some(403), "AAAAAAAAAAA="));
    assert_eq!((causes(request)[0].0, causes(request)[0].1), ("api-key-missing", Confidence::Possible));
    assert!(
        request.causes.iter().all(|c| c.cause != "lambda-rejected"),
        "the gateway's own words are nobody's decision"
    );
}

#[test]
fn what_a_function_wrote_of_its_own_crash_is_heard_beside_the_gateways_lines_and_alone() {
    let gone = "2021-09-07T05:12:50.514Z d184b96c-bd65-42f4-855b-ccd53c5049f4 ERROR Invoke Error {\"errorType\":\"GoneException\",\"errorMessage\":\"410\"}";
    let failed = "(K2RCxGG-oAMEjSQ=) Lambda execution failed with status 200 due to customer function error: 410. Lambda request id: d184b96c-bd65-42f4-855b-ccd53c5049f4";
    let other = "(K2RCxGG-oAMEjSX=) Method completed with status: 200";
    let both = text(&format!("{gone}\n{failed}\n{other}\n"));
    let first: [(&str, Confidence, &[u32]); 2] =
        [("connection-gone", Confidence::Likely, &[1]), ("lambda-error", Confidence::Likely, &[2, 1])];
    assert_eq!(causes(&both.requests[0]), first);
    assert_eq!(causes(&both.requests[1]), []);
    assert_eq!(causes(&only(gone))[0].0, "connection-gone");
    let late = "2026-01-10T11:04:45.964Z d184b96c-bd65-42f4-855b-ccd53c5049f4 Task timed out after 3.00 seconds";
    assert_eq!(causes(&only(late)), [("lambda-timeout", Confidence::Likely, &[1][..])]);
    let fine = "2026-01-10T11:04:45.964Z d184b96c-bd65-42f4-855b-ccd53c5049f4 INFO hello";
    assert_eq!((text(fine).requests.len(), text(fine).other_lines), (0, 1));
}

#[test]
fn the_answer_has_the_documented_shape() {
    let json = serde_json::to_value(text("(AAAAAAAAAAA=) Execution failed due to a timeout error")).unwrap();
    assert_eq!(
        json,
        serde_json::json!({"requests": [{
            "requestId": "AAAAAAAAAAA=", "kind": "UNKNOWN", "lines": 1,
            "causes": [{
                "cause": "integration-timeout", "confidence": "certain", "evidence": [1],
                "title": "The route’s backend did not answer in time",
                "fix": "Answer sooner, or answer at once and send the result later through @connections.",
            }],
        }]})
    );
}

#[test]
fn garbage_gets_an_answer_and_nothing_is_certain() {
    let mut garbage: Vec<u8> = (0..=255).cycle().take(1 << 20).collect();
    garbage.extend(b"\n\xff\xfe(half \xc3\n(((((\n{\"a\":\n(id) \n) (\n");
    let explanation = explain(&garbage, Some("\u{0}HTTP"));
    assert!(explanation.requests.iter().all(|r| r.causes.is_empty()));
    assert!(explanation.other_lines > 0, "what is no log line is counted");
    let long =
        format!("(AAAAAAAAAAA=) {}\n(AAAAAAAAAAA=) Execution failed due to a timeout error", "x".repeat(1 << 20));
    assert_eq!(causes(&only(&long)), [("integration-timeout", Confidence::Certain, &[2][..])]);
}

#[test]
fn a_hundred_thousand_interleaved_requests_lose_no_line() {
    let id = |n: usize| format!("{n:010}AA=");
    let mut log = String::new();
    for line in 0..3 {
        for n in 0..100_000 {
            let text = match line {
                0 => "WebSocket Request Route: [echo]",
                1 if n % 1000 == 0 => "Execution failed due to configuration error: Unable to transform request",
                _ => "Starting execution for request: x",
            };
            log += &format!("({}) {text}\n", id(n));
        }
    }
    let explanation = text(&log);
    assert_eq!(explanation.requests.len(), 100_000);
    assert!(explanation.requests.iter().all(|r| r.lines == 3));
    let explained: Vec<_> = explanation.requests.iter().filter(|r| !r.causes.is_empty()).collect();
    assert_eq!(explained.len(), 100);
    assert_eq!(explained[1].causes[0].evidence, [101_001]);
}

proptest::proptest! {
    #[test]
    fn any_bytes_get_an_answer(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..400)) {
        let _ = explain(&bytes, Some(&String::from_utf8_lossy(&bytes)));
    }

    #[test]
    fn every_line_is_counted_once(
        lines in proptest::collection::vec(
            "(\\(AAAAAAAAAAA=\\) |\\(BBBBBBBBBBB=\\) |Thu Apr 01 21:58:32 UTC 2021 : |)(Method completed with status: 502|Lambda execution failed with status 200 due to customer function error: x|y|Endpoint response body before transformations: \\{)",
            0..30,
        )
    ) {
        let explanation = text(&lines.join("\n"));
        let counted: usize = explanation.requests.iter().map(|r| r.lines).sum::<usize>() + explanation.other_lines;
        proptest::prop_assert_eq!(counted, lines.len());
    }
}
