//! `gatescope explain`.

use serde_json::{Value, json};

use crate::program::run;

const LOG: &str = "\
(abcdefgAoAMFqXg=) Extended Request Id: abcdefgAoAMFqXg=
(abcdefgAoAMFqXg=) Starting execution for request: abcdefgAoAMFqXg=
(abcdefgAoAMFqXg=) WebSocket Request Route: [$connect]
(abcdefgAoAMFqXg=) Execution failed due to configuration error: statusCode should be an integer which defined in request template
";

#[test]
fn a_log_from_a_pipe_gets_its_cause_with_the_lines_that_prove_it() {
    let ran = run(&["explain", "--json"], LOG.as_bytes());
    let answer: Value = serde_json::from_str(&ran.stdout).unwrap();
    let request = &answer["requests"][0];
    assert_eq!((ran.code, &request["requestId"], &request["lines"]), (0, &json!("abcdefgAoAMFqXg="), &json!(4)));
    assert_eq!((&request["kind"], &request["route"]), (&json!("CONNECT"), &json!("$connect")));
    let cause = &request["causes"][0];
    assert_eq!((&cause["cause"], &cause["confidence"]), (&json!("mock-status-missing"), &json!("certain")));
    assert!(cause["evidence"].as_array().unwrap().contains(&json!(4)), "{cause}");
}

#[test]
fn the_same_in_words() {
    let ran = run(&["explain", "-"], LOG.as_bytes());
    assert!(ran.stdout.starts_with("request abcdefgAoAMFqXg=: CONNECT $connect"), "{}", ran.stdout);
    assert!(ran.stdout.contains("  certain: mock-status-missing (line 4"), "{}", ran.stdout);
}

#[test]
fn garbage_is_answered_and_nothing_about_it_is_certain() {
    let mut garbage = vec![0xff; 1 << 20];
    garbage.extend_from_slice(b"\n\xc3\n{\"events\":[\n(half");
    let ran = run(&["explain", "--json"], &garbage);
    assert_eq!(ran.code, 0);
    assert!(!ran.stdout.contains("certain"), "{}", ran.stdout);
    let answer: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert!(answer["requests"].is_array());
    assert_eq!(run(&["explain"], b"").stdout, "no log line was found\n");
}

#[test]
fn a_file_that_is_not_there_is_said() {
    let ran = run(&["explain", "/nowhere/log.txt"], b"");
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.starts_with("gatescope: /nowhere/log.txt can't be read: "), "{}", ran.stderr);
}
