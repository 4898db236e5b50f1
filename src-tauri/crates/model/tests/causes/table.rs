//! How good the rules are: every fixture of every family, and the recorded logs and answers, counted by cause.

use std::collections::BTreeMap;

use gatescope_model::explain::explain;

use super::*;

/// Of a cause: fixtures, how often the right one came first, how often it was certain, and how often another one was.
#[derive(Default)]
struct Score {
    fixtures: usize,
    first: usize,
    certain: usize,
    wrong: Vec<String>,
}

/// Recorded failures, and what they are.
const RECORDED: [(&str, &str); 9] = [
    ("rest-lambda-error-info-data-trace.txt", "lambda-error"),
    ("rest-malformed-lambda-proxy-response.txt", "lambda-malformed-response"),
    ("rest-authorizer-identity-missing-401.txt", "authorizer-identity-missing"),
    ("rest-authorizer-assume-role-failed.txt", "authorizer-permission-missing"),
    ("handshake-authorizer-deny.txt", "authorizer-denied"),
    ("handshake-authorizer-unauthorized.txt", "authorizer-unauthorized"),
    ("handshake-authorizer-malformed-policy.txt", "authorizer-malformed"),
    ("handshake-authorizer-nested-context.txt", "authorizer-malformed"),
    ("frame-message-model-validation-failed.txt", "model-validation-failed"),
];

fn recorded(name: &str) -> Vec<(String, Confidence)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../tests/parity/corpus/");
    let text = std::fs::read_to_string(format!("{folder}{name}")).unwrap();
    let explanation = match name.starts_with("rest-") {
        true => explain(text.as_bytes(), None),
        false => {
            let answer: Vec<&str> = text.lines().skip_while(|l| l.starts_with('#') || l.starts_with('>')).collect();
            explain(b"", Some(&answer.join("\n")))
        }
    };
    explanation.requests.into_iter().flat_map(|r| r.causes).map(|c| (c.cause, c.confidence)).collect()
}

#[test]
fn the_right_cause_is_first_in_95_of_100_and_no_wrong_one_is_ever_certain() {
    let mut table: BTreeMap<&str, Score> = BTreeMap::new();
    let mut count = |cause: &'static str, causes: &[(String, Confidence)]| {
        let score = table.entry(cause).or_default();
        score.fixtures += 1;
        score.first += usize::from(causes.first().is_some_and(|(first, _)| first == cause));
        score.certain += usize::from(causes.iter().any(|(c, how)| c == cause && *how == Confidence::Certain));
        let wrong = causes.iter().filter(|(c, how)| c != cause && *how == Confidence::Certain);
        score.wrong.extend(wrong.map(|(c, _)| c.clone()));
    };
    for case in cases() {
        let findings = case.verdict().findings;
        let causes: Vec<_> = findings.into_iter().map(|f| (f.cause, f.confidence)).collect();
        count(case.cause, &causes);
    }
    for (name, cause) in RECORDED {
        count(cause, &recorded(name));
    }
    println!("{:<36} {:>8} {:>6} {:>8}  wrongly certain", "cause", "fixtures", "first", "certain");
    for (cause, Score { fixtures, first, certain, wrong }) in &table {
        println!("{cause:<36} {fixtures:>8} {first:>6} {certain:>8}  {}", wrong.join(", "));
    }
    let fixtures: usize = table.values().map(|score| score.fixtures).sum();
    let first: usize = table.values().map(|score| score.first).sum();
    println!("{:<36} {fixtures:>8} {first:>6}", "all");
    assert!(first * 100 >= fixtures * 95, "{first} of {fixtures}");
    let wrong: Vec<_> = table.iter().filter(|(_, score)| !score.wrong.is_empty()).map(|(cause, _)| cause).collect();
    assert!(wrong.is_empty(), "wrongly certain on the fixtures of {wrong:?}");
}

#[test]
fn without_the_handshake_a_log_makes_nothing_surer_and_nothing_wrong_certain() {
    for case in cases().into_iter().filter(|case| case.handshake.is_some() && case.request.is_some()) {
        let seen = case.verdict().findings;
        let unseen = Case { handshake: None, ..case }.verdict().findings;
        for finding in &unseen {
            let with = seen.iter().find(|f| f.cause == finding.cause).map(|f| f.confidence);
            let surer = finding.confidence == Confidence::Certain && with < Some(Confidence::Certain);
            assert!(!surer, "{} is {with:?} with the handshake and certain without it", finding.cause);
        }
    }
}
