#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;

use super::*;

fn corpus() -> Vec<(String, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../tests/parity/corpus");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "txt" || e == "jsonl"))
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(path).unwrap()))
        .collect();
    files.sort();
    files
}

/// The messages of the execution logs in the corpus; an event may hold several lines.
fn messages() -> Vec<(String, String)> {
    let mut messages = Vec::new();
    for (name, text) in corpus() {
        let log = (name.starts_with("ws-") && name.contains("-info-")) || name.starts_with("rest-");
        for line in text.lines().filter(|l| log && !l.starts_with("# ") && !l.is_empty()) {
            if name.ends_with(".jsonl") {
                messages.push((name.clone(), serde_json::from_str::<LogEvent>(line).unwrap().message));
            } else {
                messages.push((name.clone(), line.to_owned()));
            }
        }
    }
    messages
}

#[test]
fn every_line_of_the_corpus_is_written_back_to_the_same_bytes() {
    let mut lines = 0;
    for (name, text) in corpus() {
        for line in text.lines().chain(messages().iter().map(|(_, m)| m.as_str())) {
            assert_eq!(Line::parse(line).to_string(), line, "{name}");
            lines += 1;
        }
    }
    assert!(lines > 900, "the corpus is not there: {lines} lines");
}

#[test]
fn at_least_99_of_100_log_lines_are_known() {
    // Not lines of the log: a time alone, the words of whoever published it, and the second line of a crash text.
    let foreign = |l: &str| {
        l.starts_with("[left out")
            || l.starts_with("- /")
            || l == "Require stack:"
            || (l.len() == 24 && l.ends_with('Z'))
    };
    let messages: Vec<_> = messages().into_iter().filter(|(_, m)| !foreign(m)).collect();
    let unknown: Vec<_> = messages.iter().filter(|(_, m)| matches!(Line::parse(m).kind, Kind::Unknown(_))).collect();
    println!("{} log lines, {} unknown", messages.len(), unknown.len());
    assert!(messages.len() > 150);
    assert!(unknown.len() * 100 <= messages.len(), "{unknown:#?}");
}

#[test]
fn each_form_in_which_people_paste_a_log_gives_the_id_and_the_line() {
    let id = "EP5yqFByIAMElXw=";
    for front in [
        format!("({id}) "),
        format!("2017-06-05T13:57:47.369Z ({id}) "),
        format!("2026-09-25T09:20:28.123000+00:00 f69f40e283061f970b6bb0743e1fa66a ({id}) "),
        format!("/aws/apigateway/9f51g9pb21/probe f69f40e283061f970b6bb0743e1fa66a ({id}) "),
        format!("2026-09-25T09:20:28.123Z\t({id})\t"),
    ] {
        let text = format!("{front}WebSocket Request Route: [$connect]");
        let line = Line::parse(&text);
        assert_eq!(line.request_id(), Some(id), "{text}");
        assert_eq!(line.kind, Kind::WebSocketRoute { route_key: "$connect" }, "{text}");
        assert_eq!(line.to_string(), text);
    }
    let console = Line::parse("Thu Apr 01 21:58:32 UTC 2021 : Method completed with status: 502");
    assert_eq!(console.prefix, Prefix::Console { time: "Thu Apr 01 21:58:32 UTC 2021" });
    assert_eq!(console.kind, Kind::MethodCompleted { status: 502 });
}

#[test]
fn a_body_that_quotes_a_line_is_not_taken_for_that_line() {
    let text =
        r#"Endpoint request body after transformations: {"a":"(EP5yqFByIAMElXw=) AuthorizerConfigurationException"}"#;
    let line = Line::parse(text);
    assert_eq!(line.prefix, Prefix::Bare);
    assert!(matches!(line.kind, Kind::EndpointRequestBody { .. }));
}

#[test]
fn copies_with_other_blanks_are_known_too() {
    let texts = [
        "API Key authorized because method 'GET /' does not require API Key. Request will not contribute to throttle or quota limits",
        "API Key    authorized because route 'x' does not require API Key. Request will not contribute to throttle or quota limits",
        "Verifying Usage Plan for request: x. API Key: API Stage: a/b",
        "Verifying Usage Plan for request: x. API Key: ******bMZHBg API Stage: a/b",
        "Usage Plan check succeeded for API Key and API Stage a/b",
        "AWS Integration Endpoint RequestId: 47bc8311-95b4-48e8-b513-214b75a8deaa",
        "X-ray Tracing ID : 1-5c7674f4-0",
    ];
    for text in texts {
        assert!(!matches!(Line::parse(text).kind, Kind::Unknown(_)), "{text}");
        assert_eq!(Line::parse(text).to_string(), text);
    }
}

#[test]
fn a_client_cannot_forge_the_address_by_its_user_agent() {
    let kind = Kind::Connecting { user_agent: "x, SourceIp: 1.1.1.1", source_ip: "9.9.9.9", api_id: "a" };
    assert_eq!(Kind::parse(&kind.to_string()), kind);
}

#[test]
fn a_crash_text_with_line_breaks_is_one_line() {
    let error = "Error: Cannot find module 'x'\nRequire stack:\n- /var/task/index.js";
    let kind = Kind::LambdaFailed { status: 200, error, lambda_request_id: "47bc8311" };
    let text = Line::new("EP5yqFByIAMElXw=", kind).to_string();
    assert_eq!(Line::parse(&text).kind, kind);
}

#[test]
fn a_message_is_cut_at_1024_bytes_on_a_whole_character_and_says_so() {
    let message = format!("(EP5yqFByIAMElXw=) Endpoint request body after transformations: {}", "ä".repeat(600));
    let cut = cut(&message);
    assert!(cut.len() <= MESSAGE_LIMIT + TRUNCATED.len() && cut.ends_with(TRUNCATED));
    assert!(Line::parse(&cut).truncated);
    assert_eq!(Line::parse(&cut).to_string(), cut);
    assert_eq!(super::cut("short"), "short");
}

/// Texts made of the log's own words, so that they come close to every row of the table.
fn near_lines() -> impl Strategy<Value = String> {
    let words: Vec<String> = messages()
        .iter()
        .flat_map(|(_, m)| m.split_inclusive([' ', '[', ']', '\'', ':', '.']).map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let messages: Vec<String> = messages().into_iter().map(|(_, m)| m).collect();
    prop_oneof![
        prop::collection::vec(prop::sample::select(words), 0..24).prop_map(|w| w.concat()),
        (prop::sample::select(messages), any::<prop::sample::Index>(), "[ -~é\\n]{0,6}").prop_map(
            |(mut m, at, noise)| {
                let at = m.floor_char_boundary(at.index(m.len() + 1));
                m.insert_str(at, &noise);
                m
            }
        ),
    ]
}

proptest! {
    #[test]
    fn any_text_is_written_back_to_the_same_bytes(text in "\\PC{0,200}|[ -~\\n\\t()\\[\\]=:]{0,200}") {
        prop_assert_eq!(Line::parse(&text).to_string(), text);
    }

    #[test]
    fn any_text_close_to_a_line_is_written_back_to_the_same_bytes(text in near_lines()) {
        prop_assert_eq!(Line::parse(&text).to_string(), text);
    }

    #[test]
    fn what_was_typed_is_read_back_as_the_same_type(
        id in "[A-Za-z0-9_-]{11}=", route in "[a-z$][a-zA-Z0-9]{0,9}", agent in "[ -~]{0,40}", status in 0u16..,
        ms in 0u32.., api in "[a-z0-9]{10}", reason in "[ -~]{0,40}",
    ) {
        let kinds = [
            Kind::WebSocketRoute { route_key: &route },
            Kind::Connecting { user_agent: &agent, source_ip: "92.234.107.50", api_id: &api },
            Kind::ReceivedResponse { status, integration_latency_ms: ms },
            Kind::ApiKeyNotRequired { api_key: Key::NONE, operation: Operation::Route(&route) },
            Kind::VerifyingUsagePlan { request_id: &id, api_key: Key::NONE, api_stage: "a/b" },
            Kind::IntegrationRequestId { blanks: Blanks::NATIVE, request_id: &id },
            Kind::MessageTraced { api_id: &api, connection_id: &id, message: &reason },
            Kind::Disconnected { connection_id: &id, api_id: &api, status, close_code: status, reason: &reason },
        ];
        for kind in kinds {
            let text = Line::new(&id, kind).to_string();
            prop_assert_eq!(Line::parse(&text), Line::new(&id, kind));
        }
    }
}
