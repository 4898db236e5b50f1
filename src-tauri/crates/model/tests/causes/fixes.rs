//! The laws of drafts: the cause is gone, a second draft has nothing to do, and nothing else has changed.

use std::collections::BTreeSet;

use gatescope_model::diagnose::route_problems_at;
use gatescope_model::diff::diff;
use gatescope_model::limits;

use super::authorisation::{keyed, zeros};
use super::integration::{FUNCTION, going, http, lambda, linked, permitting, uri};
use super::*;

/// A broken API, its route, what the fix is about, and the members that the draft may touch.
struct Broken {
    cause: &'static str,
    api: Snapshot,
    route_key: &'static str,
    about: Option<&'static str>,
    touches: &'static [&'static str],
}

fn broken(cause: &'static str, api: Snapshot, touches: &'static [&'static str]) -> Broken {
    let route_key = if api.route("go").is_some() { "go" } else { "$connect" };
    Broken { cause, api, route_key, about: None, touches }
}

fn all() -> Vec<Broken> {
    let mut guarded = permitting(&uri(FUNCTION), &[(FUNCTION, "3fmvso4h96/*/$connect")]);
    custom(&mut guarded, &[]);
    guarded.routes[0].authorization_type = "CUSTOM".into();
    guarded.authorizers[0].authorizer_uri = Some(uri(FUNCTION));
    let mut mapping = http("POST");
    mapping.request_parameters.insert("integration.request.header.content-length".into(), "'5'".into());
    mapping.request_parameters.insert("integration.request.header.x-room".into(), "'a'".into());
    let mut nothing = going(integration("MOCK"));
    nothing.routes[0].target = None;
    let permission: &[&str] = &["functionArn", "statementId", "sourceArn"];
    let in_plan: &[&str] = &["id", "type", "name"];
    let mut cases = vec![
        broken(
            "mock-status-missing",
            api(answering(integration("MOCK"))),
            &["requestTemplates", "templateSelectionExpression"],
        ),
        broken("integration-response-missing", api(http_custom()), &["integrationResponseKey"]),
        broken("lambda-permission-missing", permitting(&uri(FUNCTION), &[]), permission),
        broken(
            "lambda-permission-missing",
            permitting(&uri(FUNCTION), &[(FUNCTION, "3fmvso4h96/*/*/$connect")]),
            permission,
        ),
        broken(
            "lambda-permission-missing",
            permitting(&uri(&format!("{FUNCTION}:live")), &[(FUNCTION, "3fmvso4h96/*/*")]),
            permission,
        ),
        broken("authorizer-permission-missing", guarded, permission),
        broken("integration-uri-invalid", lambda(FUNCTION), &["integrationUri"]),
        broken("integration-uri-invalid", lambda("chat:live"), &["integrationUri"]),
        broken("backend-rejects-websocket-version", api(http("GET")), &["requestParameters"]),
        broken("get-drops-body", going(http("GET")), &["integrationMethod"]),
        broken("mapped-header-forbidden", going(mapping), &["requestParameters"]),
        broken(
            "route-without-integration",
            nothing,
            &[
                "target",
                "integrationId",
                "integrationType",
                "requestTemplates",
                "templateSelectionExpression",
                "integrationResponseKey",
            ],
        ),
        broken("api-key-not-in-plan", keyed(&[("k1", true)], &[(&[], &["prod"])]), in_plan),
        broken("api-key-not-in-plan", keyed(&[("k1", true)], &[(&["k1"], &["dev"])]), &["apiStages"]),
        broken("api-key-not-in-plan", keyed(&[("k1", true)], &[]), &["name", "apiStages", "id", "type"]),
        broken("api-key-not-in-plan", keyed(&[("k1", false)], &[(&["k1"], &["prod"])]), &["enabled"]),
        broken("throttle-zero", zeros(), &["defaultRouteSettings"]),
    ];
    cases.push(Broken {
        about: Some("k2"),
        ..broken("api-key-not-in-plan", keyed(&[("k1", true), ("k2", true)], &[(&["k1"], &["prod"])]), in_plan)
    });
    cases
}

/// An HTTP integration of `$connect` that is no proxy and has no response.
fn http_custom() -> Integration {
    Integration { integration_type: "HTTP".into(), ..http("POST") }
}

fn at<'a>(broken: &Broken) -> FixAt<'a> {
    FixAt { about: broken.about, ..super::at(broken.route_key) }
}

#[test]
fn after_its_fix_a_configuration_does_not_show_the_cause_any_more() {
    for broken in all() {
        let shows = |api: &Snapshot| {
            route_problems_at(api, broken.route_key, "prod").into_iter().any(|p| p.cause == broken.cause)
        };
        let draft =
            fix(broken.cause, &broken.api, &at(&broken)).unwrap_or_else(|| panic!("{}: no draft", broken.cause));
        // What many servers bear, and what one key among others lacks, is no problem before somebody connects.
        if broken.cause != "backend-rejects-websocket-version" && broken.about.is_none() {
            assert!(shows(&broken.api), "{}: the configuration does not show it", broken.cause);
        }
        assert!(!shows(&draft), "{}: still there", broken.cause);
        assert_eq!(fix(broken.cause, &draft, &at(&broken)), None, "{}: a second draft", broken.cause);
        let before: BTreeSet<String> =
            limits::check(&broken.api, &broken.api).iter().map(|p| format!("{p:?}")).collect();
        let new: Vec<_> =
            limits::check(&broken.api, &draft).into_iter().filter(|p| !before.contains(&format!("{p:?}"))).collect();
        assert!(new.is_empty(), "{}: the draft has problems of its own: {new:#?}", broken.cause);
    }
}

#[test]
fn a_fix_touches_nothing_that_it_does_not_have_to() {
    for broken in all() {
        let draft = fix(broken.cause, &broken.api, &at(&broken)).expect(broken.cause);
        for change in diff(&broken.api, &draft) {
            for field in &change.fields {
                assert!(
                    broken.touches.contains(&field.member.as_str()),
                    "{}: {} {field:?}",
                    broken.cause,
                    change.label
                );
            }
        }
    }
}

#[test]
fn what_is_not_broken_gets_no_draft() {
    let fine = permitting(&uri(FUNCTION), &[(FUNCTION, "3fmvso4h96/*/$connect")]);
    let open = keyed(&[("k1", true)], &[(&["k1"], &["prod"])]);
    for broken in all() {
        for api in [&fine, &open] {
            if broken.cause != "backend-rejects-websocket-version" {
                assert_eq!(fix(broken.cause, api, &super::at("$connect")), None, "{}", broken.cause);
            }
        }
        assert_eq!(
            fix(broken.cause, &broken.api, &super::at("nowhere"))
                .filter(|_| broken.cause != "throttle-zero" && broken.cause != "api-key-not-in-plan"),
            None
        );
    }
    assert_eq!(fix("lambda-error", &fine, &super::at("$connect")), None);
}

#[test]
fn what_was_not_read_is_neither_missed_nor_made() {
    let mut unread = permitting(&uri(FUNCTION), &[]);
    if let Some(around) = &mut unread.surroundings {
        around.unread.insert("permissions".into(), "lambda:GetPolicy is not allowed".into());
    }
    for api in [unread, lambda(&uri(FUNCTION)), lambda(&uri("arn:aws:lambda:eu-west-1:000000000000:function:chat"))] {
        assert_eq!(route_problems(&api, "$connect"), []);
        assert_eq!(fix("lambda-permission-missing", &api, &super::at("$connect")), None);
    }
    // Nobody knows the account of a bare name.
    let nameless = FixAt { account_id: "", region: "", ..super::at("$connect") };
    assert_eq!(fix("integration-uri-invalid", &lambda("chat"), &nameless), None);
    let elsewhere = fix("integration-uri-invalid", &lambda("chat"), &super::at("$connect")).unwrap();
    assert_eq!(elsewhere.integrations[0].integration_uri.as_deref(), Some(uri(FUNCTION).as_str()));
}

#[test]
fn patterns_of_a_permission_match_as_iam_matches_them() {
    for (path, permits) in [
        ("3fmvso4h96/prod/$connect", true),
        ("3fmvso4h96/*/$connect", true),
        ("3fmvso4h96/*", true),
        ("*/*/*", true),
        ("3fmvso4h96/*/*/$connect", false),
        ("3fmvso4h96/dev/$connect", false),
        ("3fmvso4h96/*/GET/$connect", false),
        ("3fmvso4h96/*/sendmessage", false),
        ("other/*/$connect", false),
    ] {
        let api = permitting(&uri(FUNCTION), &[(FUNCTION, path)]);
        assert_eq!(route_problems(&api, "$connect").is_empty(), permits, "{path}");
    }
    let broken = permitting(&uri(&format!("{FUNCTION}:live")), &[(FUNCTION, "3fmvso4h96/*/$connect")]);
    assert!(
        route_problems(&broken, "$connect")[0].text.contains("chat:live"),
        "{:?}",
        route_problems(&broken, "$connect")
    );
}

#[test]
fn the_permission_of_a_fix_is_for_this_route_on_every_stage() {
    let draft = fix("lambda-permission-missing", &permitting(&uri(FUNCTION), &[]), &super::at("$connect")).unwrap();
    let made = &draft.surroundings.unwrap().permissions[0];
    assert_eq!(made.source_arn.as_deref(), Some("arn:aws:execute-api:us-east-1:000000000000:3fmvso4h96/*/$connect"));
    assert_eq!((made.function_arn.as_str(), made.statement_id.as_str()), (FUNCTION, "gatescope-3fmvso4h96-connect"));
}

#[test]
fn the_zeros_of_other_routes_and_other_limits_stay() {
    let mut api = zeros();
    let settings =
        |burst| gatescope_model::api::RouteSettings { throttling_burst_limit: Some(burst), ..Default::default() };
    api.stages[0].route_settings.insert("$connect".into(), settings(7));
    api.stages[0].route_settings.insert("other".into(), settings(0));
    let draft = fix("throttle-zero", &api, &super::at("$connect")).unwrap();
    let stage = &draft.stages[0];
    assert_eq!(stage.route_settings["other"].throttling_burst_limit, Some(0));
    assert_eq!(stage.route_settings["$connect"].throttling_burst_limit, Some(7));
    assert_eq!(stage.default_route_settings.throttling_burst_limit, Some(0), "it is not in force here");
    assert_eq!(stage.default_route_settings.throttling_rate_limit, None);
    assert_eq!(stage.default_route_settings.logging_level.as_deref(), Some("INFO"));
}

#[test]
fn a_link_is_looked_up_by_the_value_that_the_stage_gives_it() {
    assert_eq!(route_problems(&linked("AVAILABLE", super::integration::NLB), "$connect"), []);
    let failed = route_problems(&linked("FAILED", super::integration::NLB), "$connect");
    assert_eq!(
        failed.iter().map(|p| (p.cause, p.text.as_str())).collect::<Vec<_>>(),
        [("vpc-link-unavailable", "the VPC link abc123 is FAILED")]
    );
}
