//! `gatescope domain`: the wizard without a window, its exit codes and its JSON lines.

use serde_json::{Value, json};

use crate::program::{Ran, run};

fn domain(what: &str, more: &[&str]) -> Ran {
    let stage = ["--api", "chat5gw1ws", "--stage", "prod", "--name", "chat.example.com", "--sandbox"];
    run(&[&["domain", what], &stage[..], more].concat(), b"")
}

#[test]
fn a_plan_says_the_next_call_and_writes_nothing() {
    let ran = domain("plan", &["--key", "chat"]);
    assert_eq!(ran.code, 3, "steps are left: {}", ran.stderr);
    let [view] = &ran.records()[..] else { panic!("one line: {}", ran.stdout) };
    assert_eq!(view["url"], "wss://chat.example.com/chat");
    assert_eq!(view["callbackUrl"], "https://chat.example.com/chat");
    assert_eq!((&view["next"]["kind"], &view["next"]["station"]), (&json!("do"), &json!("certificate")));
    let step = &view["next"]["making"]["steps"][0];
    assert_eq!((&step["service"], &step["operation"]), (&json!("acm"), &json!("RequestCertificate")));
    assert!(step["command"].as_str().unwrap().starts_with("aws acm request-certificate"), "{step}");
}

#[test]
fn apply_does_each_step_and_says_what_the_address_answers() {
    let ran = domain("apply", &["--key", "chat", "--timeout", "60s"]);
    let lines = ran.records();
    let did: Vec<&str> = lines.iter().filter_map(|line| line["did"].as_str()).collect();
    let steps = [
        "Request the certificate",
        "Write the validation record",
        "Create the domain",
        "Create the mapping",
        "Write the record",
    ];
    assert_eq!(did, steps, "{}", ran.stdout);
    // The chat of the sandbox lets nobody in before it is mended: the wizard's part stands, and it says whose the rest is.
    let last = &lines.last().unwrap()["next"];
    assert_eq!((&last["kind"], &last["reason"]), (&json!("blocked"), &json!("doesNotAnswer")), "{last}");
    assert_eq!(ran.code, 1, "{}", ran.stderr);
}

#[test]
fn apply_that_waits_for_another_dns_ends_with_the_code_that_asks_to_run_it_again() {
    let ran = domain("apply", &["--dns", "manual", "--timeout", "3s"]);
    assert_eq!(ran.code, 3, "{}{}", ran.stdout, ran.stderr);
    let lines = ran.records();
    let did: Vec<&Value> = lines.iter().filter(|line| line["did"].is_string()).collect();
    assert_eq!(did.len(), 1, "only the certificate can be asked for: {did:?}");
    assert!(lines.last().unwrap()["done"].is_null());
    assert!(lines.windows(2).all(|two| two[0] != two[1]), "what did not change is told once: {}", ran.stdout);
}

#[test]
fn verify_names_the_first_link_that_breaks() {
    let ran = domain("verify", &[]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let links = ran.records().remove(0)["public"].clone();
    assert_eq!((&links[0]["kind"], &links[0]["cause"]), (&json!("resolve"), &json!("dns-not-found")));
    assert!(links.as_array().unwrap()[1..].iter().all(|link| link["state"] == "notTried"), "{links}");
}

#[test]
fn what_was_not_said_rightly_is_exit_code_2() {
    let ran = run(&["domain", "plan", "--api", "chat5gw1ws", "--stage", "prod", "--sandbox"], b"");
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.contains("--name <DOMAIN>"), "{}", ran.stderr);
}
