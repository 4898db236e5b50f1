//! The doctor's rules, each with what breaks it and what does not: `doctor/rules.json` holds changes of `doctor/healthy.json`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;

use gatescope_model::api::{Deployment, Snapshot};
use gatescope_model::doctor::{Asked, Checkup, Severity, Waiting, check, rules};
use gatescope_model::domain::CertificateHere;
use gatescope_model::domain::list::Proven;
use gatescope_model::verdict::Action;
use serde_json::{Value, json};

/// 2026-11-21.
const TODAY: i64 = 1_795_219_200_000;

fn healthy() -> Value {
    serde_json::from_str(include_str!("doctor/healthy.json")).unwrap()
}

fn cases() -> Vec<Value> {
    serde_json::from_str(include_str!("doctor/rules.json")).unwrap()
}

/// The healthy API with changes: a JSON pointer and what stands there; null takes it away, a number of deployments makes them.
fn with(changes: &Value) -> Snapshot {
    let mut whole = healthy();
    for (pointer, value) in changes.as_object().unwrap() {
        let value = match (pointer.as_str(), value.as_u64()) {
            ("/deployments", Some(count)) => {
                let made = |n| Deployment {
                    deployment_id: if n == 0 { "dep001".to_owned() } else { format!("old{n:03}") },
                    ..Deployment::default()
                };
                serde_json::to_value((0..count).map(made).collect::<Vec<_>>()).unwrap()
            }
            _ => value.clone(),
        };
        put(&mut whole, pointer, value);
    }
    serde_json::from_value(whole).unwrap()
}

fn put(whole: &mut Value, pointer: &str, value: Value) {
    let (above, last) = pointer.rsplit_once('/').unwrap();
    match whole.pointer_mut(above).unwrap_or_else(|| panic!("{pointer}")) {
        Value::Object(members) if value.is_null() => drop(members.remove(last)),
        Value::Object(members) => drop(members.insert(last.to_owned(), value)),
        Value::Array(items) => {
            let at: usize = last.parse().unwrap();
            if at == items.len() { items.push(value) } else { items[at] = value }
        }
        other => panic!("{pointer} leads into {other}"),
    }
}

fn examine(snapshot: &Snapshot, case: &Value) -> Checkup {
    let waiting: Vec<Waiting> = case["waiting"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|w| Waiting {
            stage: w["stage"].as_str().unwrap().to_owned(),
            changes: w["changes"].as_array().unwrap().iter().map(|c| c.as_str().unwrap().to_owned()).collect(),
        })
        .collect();
    let log_role = Some(case["logRole"].as_bool().unwrap_or(true));
    let certificates = certificates();
    check(&Asked {
        waiting: Some(&waiting),
        certificates: Some(&certificates),
        log_role,
        now_ms: Some(TODAY),
        ..Asked::of(snapshot)
    })
}

/// For the domain of the healthy API: by how many days each outlives today, and whether somebody renews it.
fn certificates() -> Vec<Proven> {
    let of = |arn: &str, days: i64, kind: &str| Proven {
        certificate: CertificateHere {
            arn: arn.to_owned(),
            names: vec!["api.example.com".to_owned()],
            status: "ISSUED".to_owned(),
            kind: kind.to_owned(),
            validation_method: "DNS".to_owned(),
            not_after: Some(TODAY + days * 86_400_000),
            ..CertificateHere::default()
        },
        records_stand: (arn == "unproven").then_some(false),
    };
    let mut other = of("other", 200, "IMPORTED");
    other.certificate.names = vec!["*.example.org".to_owned()];
    vec![
        of("unproven", 200, "AMAZON_ISSUED"),
        of("proven", 200, "AMAZON_ISSUED"),
        of("ended", 0, "AMAZON_ISSUED"),
        of("days29", 29, "IMPORTED"),
        of("days30", 30, "IMPORTED"),
        other,
    ]
}

fn ids(list: &[gatescope_model::doctor::PassedRule]) -> BTreeSet<&str> {
    list.iter().map(|rule| rule.rule.as_str()).collect()
}

#[test]
fn every_rule_finds_what_is_wrong_and_passes_what_only_looks_like_it() {
    let mut wrong = Vec::new();
    for case in cases() {
        let rule = case["rule"].as_str().unwrap();
        let bad = examine(&with(&case["fail"]), &case);
        let Some(flaw) = bad.flaws.iter().find(|flaw| flaw.rule == rule) else {
            wrong.push(format!("{rule} finds nothing in {}", case["fail"]));
            continue;
        };
        assert!(!ids(&bad.passed).contains(rule), "{rule} is told as passed too");
        for text in [&flaw.title, &flaw.reason, &flaw.fix] {
            assert!(!text.is_empty() && !text.contains("  "), "{rule}: {text:?}");
        }
        assert!(flaw.source.starts_with("https://") && flaw.deduction > 0 && !flaw.evidence.is_empty(), "{flaw:#?}");
        let good = examine(&with(&case["pass"]), &case);
        if !ids(&good.passed).contains(rule) {
            let said: Vec<_> = good.flaws.iter().filter(|flaw| flaw.rule == rule).map(|flaw| &flaw.evidence).collect();
            wrong.push(format!("{rule} finds something in {}: {said:?}", case["pass"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_rule_is_without_its_case_and_no_case_without_its_rule() {
    let tested: BTreeSet<String> = cases().iter().map(|case| case["rule"].as_str().unwrap().to_owned()).collect();
    let listed: Vec<String> = rules().map(|rule| rule.rule).collect();
    let there: BTreeSet<String> = listed.iter().cloned().collect();
    assert_eq!(tested, there);
    assert_eq!(listed.len(), there.len(), "an id stands twice");
}

#[test]
fn a_healthy_api_has_the_whole_score_and_every_rule_was_asked() {
    let checkup = examine(&with(&json!({})), &json!({}));
    assert_eq!((checkup.score, checkup.flaws.len(), checkup.unasked.len()), (100, 0, 0), "{:#?}", checkup.flaws);
    assert_eq!(checkup.passed.len(), rules().count());
}

#[test]
fn the_score_is_100_less_each_deduction_and_the_worst_comes_first() {
    let changes = json!({ "/integrations/0/integrationUri": "door", "/stages/0/defaultRouteSettings/loggingLevel": "OFF",
        "/integrations/3/integrationMethod": "GET", "/api/description": null });
    let checkup = examine(&with(&changes), &json!({}));
    let off: u32 = checkup.flaws.iter().map(|flaw| flaw.deduction).sum();
    assert_eq!(checkup.score, 100 - off);
    let severities: Vec<Severity> = checkup.flaws.iter().map(|flaw| flaw.severity).collect();
    assert!(severities.is_sorted(), "{severities:?}");
    assert_eq!(severities.first(), Some(&Severity::Connect));
    assert_eq!(checkup, examine(&with(&changes), &json!({})), "the same question twice");
    let many = json!({ "/routes/0/target": "integrations/gone", "/stages/0/deploymentId": null, "/surroundings/permissions": [],
        "/surroundings/usagePlans": [], "/surroundings/domains/0/mappings/0/stage": "gone", "/authorizers": [] });
    assert_eq!(examine(&with(&many), &json!({})).score, 0, "never below 0");
}

#[test]
fn what_could_not_be_read_is_told_and_never_passed() {
    let lists = ["apiKeys", "usagePlans", "vpcLinks", "clientCertificates", "logGroups", "permissions", "domains"];
    for list in lists {
        let words = format!("{list} is not allowed");
        let mut changes = json!({});
        changes[format!("/surroundings/unread/{list}")] = json!(words);
        changes[format!("/surroundings/{list}")] = json!([]);
        let checkup = examine(&with(&changes), &json!({}));
        let told: Vec<_> = checkup.unasked.iter().filter(|rule| rule.text == words).collect();
        assert!(!told.is_empty(), "{list}");
        let passed = ids(&checkup.passed);
        assert!(told.iter().all(|rule| !passed.contains(rule.rule.as_str())));
        assert!(checkup.flaws.is_empty(), "{list}: {:#?}", checkup.flaws);
    }
    let alone = with(&json!({ "/surroundings": null }));
    let checkup = check(&Asked::of(&alone));
    let unasked = ids(&checkup.unasked);
    for rule in [
        "lambda-permission-missing",
        "domain-tls-old",
        "domain-certificate",
        "undeployed-changes",
        "log-role-missing",
        "client-certificate-ending",
    ] {
        assert!(unasked.contains(rule), "{rule} in {unasked:?}");
    }
    assert!(checkup.passed.len() > 25 && checkup.flaws.is_empty(), "{:#?}", checkup.flaws);
}

#[test]
fn a_certificate_that_was_not_read_is_told_and_one_that_has_ended_lets_nobody_in() {
    let ended = with(&json!({ "/surroundings/domains/0/certificateArn": "ended" }));
    let unread = check(&Asked { now_ms: Some(TODAY), ..Asked::of(&ended) });
    let told = unread.unasked.iter().find(|rule| rule.rule == "domain-certificate").unwrap();
    assert_eq!(told.text, "the certificates of the custom domains were not read");
    let flaw = examine(&ended, &json!({})).flaws.remove(0);
    assert_eq!((flaw.rule.as_str(), flaw.severity), ("domain-certificate", Severity::Connect));
    assert_eq!(flaw.title, "The certificate of api.example.com has expired");
    assert_eq!(flaw.fix, "Ask for a new one, or import it again.");
}

#[test]
fn a_stage_that_was_not_asked_about_is_left_out() {
    let changes = json!({ "/stages/1": { "stageName": "test", "defaultRouteSettings": { "loggingLevel": "OFF" } } });
    let snapshot = with(&changes);
    let flaws = |stage| check(&Asked { stage, ..Asked::of(&snapshot) }).flaws;
    assert!(flaws(None).iter().any(|flaw| flaw.title.contains("test")));
    assert!(flaws(Some("prod")).is_empty(), "{:#?}", flaws(Some("prod")));
}

#[test]
fn one_click_mends_what_a_draft_can_and_else_shows_the_place() {
    let action = |changes: Value, rule: &str| {
        let checkup = examine(&with(&changes), &json!({}));
        checkup.flaws.into_iter().find(|flaw| flaw.rule == rule).unwrap().action.unwrap()
    };
    let mock = action(json!({ "/integrations/1/requestTemplates": {} }), "mock-status-missing");
    assert_eq!(mock, Action::Fix { route_key: "$disconnect".to_owned(), about: None });
    let variable = action(json!({ "/stages/0/stageVariables": {} }), "stage-variable-missing");
    assert_eq!(variable, Action::SetVariable { name: "region".to_owned() });
    let short = action(json!({ "/integrations/3/timeoutInMillis": 60 }), "timeout-short");
    assert_eq!(short, Action::ShowRoute { route_key: "send".to_owned(), station: Some("Integration".to_owned()) });
    let logs = action(json!({ "/stages/0/defaultRouteSettings/loggingLevel": "OFF" }), "logging-off");
    assert_eq!(logs, Action::TurnOnLogs);
}
