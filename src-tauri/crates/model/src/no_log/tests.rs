#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
//! Each answer in the situation that it is for, and first there.

use super::*;
use crate::api::{RouteSettings, Stage};
use crate::handshake::{Outcome, PhaseName, Refusal};

/// A deployed stage at this level.
fn api(name: &str, level: &str) -> Snapshot {
    let mut stage = Stage { stage_name: name.to_owned(), deployment_id: Some("d1".to_owned()), ..Stage::default() };
    stage.default_route_settings.logging_level = Some(level.to_owned());
    Snapshot { stages: vec![stage], ..Snapshot::default() }
}

fn known(snapshot: &Snapshot) -> Known<'_> {
    Known {
        region: "us-east-1",
        api_id: "3fmvso4h96",
        stage: "prod",
        snapshot: Some(snapshot),
        role: Some(LogRole::Works),
        groups: Some(vec![Group { name: group_of("3fmvso4h96", "prod"), retention_in_days: None }]),
        ..Known::default()
    }
}

fn refused(status: u16, headers: &[(&str, &str)]) -> Handshake {
    let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    Handshake { outcome: Outcome::Refused(Refusal { status, headers, ..Refusal::default() }), ..Handshake::default() }
}

#[track_caller]
fn first(known: &Known, cause: &str, confidence: Confidence) {
    let found = explain(known);
    let best = found.first().unwrap_or_else(|| panic!("nothing instead of {cause}"));
    assert_eq!((best.cause.as_str(), best.confidence), (cause, confidence), "{found:#?}");
    assert!(!looked_at(known).is_empty());
}

#[test]
fn a_stage_at_level_off_writes_none() {
    let api = api("prod", "OFF");
    first(&known(&api), "logging-off", Confidence::Certain);
    assert_eq!(explain(&known(&api))[0].action, Some(Action::TurnOnLogs));
    // It was turned off after the request.
    let since = Known { asked_ms_ago: Some(200_000), changed_ms_ago: Some(100_000), ..known(&api) };
    first(&since, "logging-off", Confidence::Likely);
}

#[test]
fn a_route_may_have_a_level_of_its_own() {
    let mut api = api("prod", "INFO");
    let own = RouteSettings { logging_level: Some("OFF".to_owned()), ..RouteSettings::default() };
    api.stages[0].route_settings.insert("ping".to_owned(), own);
    let asked = Known { route_key: Some("ping"), ..known(&api) };
    first(&asked, "logging-off", Confidence::Certain);
    assert!(explain(&asked)[0].title.contains("ping"), "it says whose level it is");
    assert!(explain(&Known { route_key: Some("$connect"), asked_ms_ago: Some(300_000), ..known(&api) }).is_empty());
}

#[test]
fn level_error_writes_nothing_of_what_succeeded() {
    let api = api("prod", "ERROR");
    first(&Known { status: Some(101), ..known(&api) }, "logging-off", Confidence::Likely);
    let failed = explain(&Known { status: Some(500), asked_ms_ago: Some(300_000), ..known(&api) });
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn the_account_may_have_no_role_or_one_that_is_refused() {
    let api = api("prod", "INFO");
    let with = |role: LogRole| Known { role: Some(role), ..known(&api) };
    first(&with(LogRole::Missing), "log-role-missing", Confidence::Likely);
    first(&with(LogRole::Gone), "log-role-missing", Confidence::Likely);
    first(&with(LogRole::Untrusting), "log-role-refused", Confidence::Likely);
    first(&with(LogRole::TooNarrow(vec!["logs:PutLogEvents".to_owned()])), "log-role-refused", Confidence::Likely);
    assert!(explain(&with(LogRole::Unknown("not allowed".to_owned()))).is_empty(), "what is not known is no answer");
}

#[test]
fn a_stage_named_default_gets_no_group() {
    let api = api("$default", "INFO");
    first(&Known { stage: "$default", groups: Some(vec![]), ..known(&api) }, "stage-named-default", Confidence::Likely);
}

#[test]
fn settings_take_a_while_and_say_nothing_about_earlier_requests() {
    let api = api("prod", "INFO");
    let asked = |asked: i64, changed: i64| Known {
        asked_ms_ago: Some(asked),
        changed_ms_ago: Some(changed),
        changed_logs: true,
        ..known(&api)
    };
    first(&asked(100_000, 120_000), "settings-propagating", Confidence::Likely);
    first(&asked(300_000, 120_000), "settings-propagating", Confidence::Likely);
    assert!(explain(&asked(100_000, 900_000)).is_empty());
}

#[test]
fn lines_come_late() {
    let api = api("prod", "INFO");
    first(&Known { asked_ms_ago: Some(12_000), ..known(&api) }, "logs-pending", Confidence::Likely);
    first(&Known { asked_ms_ago: Some(80_000), ..known(&api) }, "logs-pending", Confidence::Possible);
}

#[test]
fn some_requests_are_never_logged() {
    let api = api("prod", "INFO");
    let later = Known { asked_ms_ago: Some(600_000), ..known(&api) };
    first(&Known { status: Some(413), ..later.clone() }, "never-logged", Confidence::Likely);
    first(&Known { status: Some(429), ..later.clone() }, "never-logged", Confidence::Possible);
    let dns = Outcome::Failed {
        phase: PhaseName::Dns,
        reason: crate::handshake::FailureKind::NameNotFound,
        message: "no such name".to_owned(),
    };
    let dns = Handshake { outcome: dns, ..Handshake::default() };
    first(&Known { handshake: Some(&dns), ..later.clone() }, "never-logged", Confidence::Certain);
    let html = refused(400, &[("Server", "awselb/2.0")]);
    first(&Known { handshake: Some(&html), ..later.clone() }, "never-logged", Confidence::Certain);
    let mut unmapped = refused(403, &[("x-amzn-errortype", "ForbiddenException")]);
    if let Outcome::Refused(refusal) = &mut unmapped.outcome {
        refusal.body = r#"{"message":"Forbidden"}"#.to_owned();
    }
    first(&Known { handshake: Some(&unmapped), ..later.clone() }, "never-logged", Confidence::Likely);
    let denied = refused(403, &[("x-amz-apigw-id", "EP5t5HsnoAMESJg=")]);
    assert!(explain(&Known { handshake: Some(&denied), ..later }).is_empty(), "the gateway logs its own refusals");
}

#[test]
fn the_api_may_be_in_another_region_and_the_stage_be_another() {
    let api = api("prod", "OFF");
    first(&Known { snapshot: None, ..known(&api) }, "api-not-found", Confidence::Certain);
    first(&Known { stage: "dev", ..known(&api) }, "stage-not-found", Confidence::Certain);
}

#[test]
fn the_group_may_have_another_name() {
    let api = api("prod", "INFO");
    let groups = vec![Group { name: rest_group_of("3fmvso4h96", "prod"), retention_in_days: None }];
    first(&Known { groups: Some(groups), ..known(&api) }, "log-in-other-group", Confidence::Likely);
    first(&Known { groups: Some(vec![]), ..known(&api) }, "never-logged", Confidence::Possible);
    assert!(explain(&Known { groups: None, ..known(&api) }).is_empty(), "groups that may not be listed prove nothing");
}

#[test]
fn lines_expire() {
    let api = api("prod", "INFO");
    let groups = vec![Group { name: group_of("3fmvso4h96", "prod"), retention_in_days: Some(7) }];
    let asked =
        |days: i64| Known { groups: Some(groups.clone()), asked_ms_ago: Some(days * 86_400_000), ..known(&api) };
    first(&asked(8), "log-expired", Confidence::Certain);
    assert!(explain(&asked(6)).is_empty());
}

#[test]
fn nothing_deployed_logs_nothing() {
    let mut api = api("prod", "INFO");
    api.stages[0].deployment_id = None;
    first(&known(&api), "stage-not-deployed", Confidence::Likely);
}

/// One handshake, asked about both ways: why it failed, and why no log of it came.
#[test]
fn the_rules_of_failures_and_the_question_for_the_log_never_disagree() {
    use crate::diagnose::{Facts, Logging, diagnose};
    let causes = ["logging-off", "logs-pending", "never-logged", "settings-propagating"];
    let mut handshakes = vec![refused(413, &[]), refused(429, &[]), refused(400, &[("Server", "awselb/2.0")])];
    handshakes.push(refused(500, &[("x-amz-apigw-id", "EP5t5HsnoAMESJg=")]));
    for handshake in &handshakes {
        for level in ["OFF", "INFO"] {
            for (asked, changed) in [(10_000, None), (89_000, None), (300_000, None), (20_000, Some(30_000))] {
                let api = api("prod", level);
                let named = |findings: Vec<Finding>| -> Vec<String> {
                    let known = findings.into_iter().map(|f| f.cause);
                    let mut known: Vec<String> = known.filter(|cause| causes.contains(&cause.as_str())).collect();
                    known.sort();
                    known.dedup();
                    known
                };
                let absent = Known {
                    handshake: Some(handshake),
                    asked_ms_ago: Some(asked),
                    changed_ms_ago: changed,
                    changed_logs: changed.is_some(),
                    ..known(&api)
                };
                let logging = Logging {
                    level: level.to_owned(),
                    changed_ms_ago: changed.map(|changed: i64| changed - asked),
                    ..Logging::default()
                };
                let failed = Facts {
                    handshake: Some(handshake),
                    stage: Some("prod"),
                    snapshot: Some(&api),
                    logging: Some(logging),
                    waited_ms: asked,
                    ..Facts::default()
                };
                let (asked_for, met) = (named(explain(&absent)), named(diagnose(&failed).findings));
                // A failure's verdict names less: what is settled by another answer is not repeated.
                assert!(met.iter().all(|cause| asked_for.contains(cause)), "{met:?} but {asked_for:?}");
            }
        }
    }
}
