//! `gatescope sandbox`, and `gatescope connect` beside its log.

use crate::program::{Sandbox, finish, run};

const API: &str = "chat5gw1ws/prod";

#[test]
fn a_port_that_is_taken_is_one_sentence_and_exit_code_2() {
    let sandbox = Sandbox::start(&["--seed", "empty"]);
    let ran = run(&["sandbox", "--listen", &sandbox.address], b"");
    let port = sandbox.address.rsplit_once(':').unwrap().1;
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert_eq!(ran.stderr, format!("gatescope: port {port} is already in use\n"));
}

#[test]
fn the_seed_refuses_with_500_over_its_port_by_path_and_by_name() {
    let sandbox = Sandbox::start(&[]);
    let port = sandbox.address.rsplit_once(':').unwrap().1;
    let by_name = format!("ws://chat5gw1ws.execute-api.us-east-1.localhost:{port}/prod");
    for url in [format!("ws://{}/{API}", sandbox.address), by_name] {
        let ran = run(&["connect", &url], b"");
        assert!(ran.stdout.starts_with("refused: 500 Internal Server Error\n"), "{}", ran.stdout);
        assert_eq!(ran.code, 1);
    }
    let empty = Sandbox::start(&["--seed", "empty"]);
    let ran = run(&["connect", &format!("ws://{}/{API}", empty.address)], b"");
    assert!(ran.stdout.starts_with("refused: 403"), "{}", ran.stdout);
}

#[test]
fn beside_the_log_of_the_embedded_sandbox_the_cause_is_certain() {
    let ran = run(&["connect", "--sandbox", "wss://chat5gw1ws.execute-api.us-east-1.localhost/prod"], b"");
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.stdout.starts_with("refused: 500"), "{}", ran.stdout);
    assert!(
        ran.stdout.contains("statusCode should be an integer which defined in request template\n"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("\ncertain: mock-status-missing\n"), "{}", ran.stdout);
}

#[test]
fn a_profile_that_points_to_a_sandbox_reads_its_log_over_the_wire() {
    let sandbox = Sandbox::start(&[]);
    let url = format!("ws://{}/{API}", sandbox.address);
    let (command, _profile) = sandbox.with_profile(&["connect", &url, "--json"]);
    let ran = finish(command, b"");
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let records = ran.records();
    // Before the first request there may be no log group yet, which is said too.
    let kinds: Vec<&str> =
        records.iter().filter_map(|record| record["kind"].as_str()).filter(|kind| *kind != "problem").collect();
    assert_eq!(kinds.first(), Some(&"handshake"), "{kinds:?} {}", ran.stderr);
    assert_eq!(kinds.iter().filter(|kind| **kind == "log").count(), 8, "{kinds:?} {}", ran.stdout);
    let verdict = records.iter().rfind(|record| record["kind"] == "verdict").unwrap();
    let best = &verdict["verdict"]["findings"][0];
    assert_eq!((best["cause"].as_str(), best["confidence"].as_str()), (Some("mock-status-missing"), Some("certain")));
}

#[test]
fn frames_and_the_log_lines_of_each_stand_in_one_stream() {
    let sandbox = Sandbox::start(&[]);
    sandbox.repair();
    let url = format!("ws://{}/{API}", sandbox.address);
    let (command, _profile) = sandbox.with_profile(&["connect", &url, "-w", "0.5"]);
    let sent = r#"{"action":"joinroom","roomname":"developers"}"#;
    let ran = finish(command, format!("{sent}\n").as_bytes());
    let at = |text: &str| {
        ran.stdout.find(text).unwrap_or_else(|| panic!("{text} is missing:\n{}\n{}", ran.stdout, ran.stderr))
    };
    at("Route: [$connect]\n");
    assert!(at(&format!("> {sent}\n")) < at("Route: [joinroom]\n"), "{}", ran.stdout);
    at("< {\"joined\":\"developers\"}\n");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(!ran.stdout.contains("mock-status-missing"), "{}", ran.stdout);
}

#[cfg(unix)]
#[test]
fn what_a_sandbox_was_is_in_its_state_file_when_it_is_stopped() {
    let file = std::env::temp_dir().join(format!("gatescope-state-{}.json", std::process::id()));
    let name = file.to_str().unwrap();
    assert_eq!(Sandbox::start(&["--state", name]).stop(), Some(0));
    // The seed came from the file, not from the flag.
    let again = Sandbox::start(&["--seed", "empty", "--state", name]);
    let ran = run(&["connect", &format!("ws://{}/{API}", again.address)], b"");
    std::fs::remove_file(&file).unwrap();
    assert!(ran.stdout.starts_with("refused: 500"), "{}", ran.stdout);
}

#[test]
fn ten_idle_minutes_pass_in_a_moment_on_a_fast_clock() {
    let sandbox = Sandbox::start(&["--clock-speed", "3600"]);
    sandbox.repair();
    let (mut socket, _) = tokio_tungstenite::tungstenite::connect(format!("ws://{}/{API}", sandbox.address)).unwrap();
    let begun = std::time::Instant::now();
    let last = socket.read().unwrap();
    let tokio_tungstenite::tungstenite::Message::Close(Some(close)) = last else { panic!("{last:?}") };
    assert_eq!((u16::from(close.code), close.reason.as_str()), (1001, "Going away"));
    assert!(begun.elapsed() < std::time::Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[test]
fn a_fault_that_is_written_wrongly_is_told_the_right_form() {
    let ran = run(&["sandbox", "--fault", "chat5gw1ws/prod/$connect:status=404"], b"");
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("status=429 or status=500"), "{}", ran.stderr);
}
