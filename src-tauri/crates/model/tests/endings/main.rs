//! Causes in the address, in messages and ends, in `@connections`, and in logs that are not there: each on what a client, a
//! log or a configuration shows of it. Answers before an API is found are as facts 2, 12.1 assumes them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use gatescope_model::api::{Api, Integration, IntegrationResponse, Model, Route, RouteResponse, Snapshot, Stage};
use gatescope_model::conversation::LinkKind;
use gatescope_model::correlate::{Correlator, Request};
use gatescope_model::diagnose::{
    Beside, EndedBy, Ending, Facts, FixAt, Logging, Undeployed, Unread, diagnose, fix, knows, refused_update,
};
use gatescope_model::handshake::{FailureKind, Handshake, Outcome, PhaseName, Refusal, TlsTrouble};
use gatescope_model::log::LogEvent;
use gatescope_model::probe::{Probe, Tls};
use gatescope_model::surroundings::{CustomDomain, Mapping, Surroundings};
use gatescope_model::verdict::{Action, Confidence, Verdict};

mod facts;
use facts::*;

#[allow(clippy::too_many_lines)]
fn cases() -> Vec<Case> {
    use Confidence::{Certain, Likely, Possible};
    let undeployed_stage = with(|s| s.stages[0].deployment_id = None);
    let closed = with(|s| s.api.disable_execute_api_endpoint = true);
    let other_names = names(&["*.elsewhere.net"]);
    let generated = names(&["*.execute-api.us-east-1.amazonaws.com"]);
    let works = dns("d-abc.execute-api.us-east-1.amazonaws.com", &[], &["192.0.2.1"]);
    let points = dns(DOMAIN, &[OWN], &["192.0.2.1"]);
    let no_status = "Execution failed due to configuration error: statusCode should be an integer which defined in request template";
    let told_500 = || answered(&at("/prod"), 500, &[("x-amz-apigw-id", ID)], &gateway("Internal server error"));
    let old = with(|s| s.integrations[0].request_templates.clear());
    let unmapped = with(|s| s.routes.retain(|r| r.route_key != "$default"));
    let dollarless = with(|s| {
        s.api.route_selection_expression = "request.body.action".into();
        s.routes.retain(|r| r.route_key != "$default");
    });
    let typed = with(|s| s.api.route_selection_expression = "$request.body.type".into());
    let modelled = with(|s| {
        s.routes[2].request_models = [("$default".to_owned(), "Join".to_owned())].into();
        s.routes[2].model_selection_expression = Some("$default".into());
        s.models.push(Model {
            name: "Join".into(),
            schema: Some(r#"{"type": "object", "required": ["room"]}"#.into()),
            ..Model::default()
        });
    });
    let on = |changed_ms_ago| Some(Logging { level: "INFO".into(), data_trace: false, changed_ms_ago });
    let post = |host: &str, status: u16, words: &str| {
        format!("POST https://{host}/@connections/gbik1K9kzQAYKEilnA%3D%3D answered {status} {words}")
    };
    let beside = |text: String| vec![Beside { log_group: "/aws/lambda/chat".into(), at: 5, text }];
    let trace = format!("Endpoint request body after transformations: {{\"connectionId\": \"{CONNECTION}\"}}");
    let gone = format!("Endpoint response body before transformations: {}", post(&format!("{OWN}/prod"), 410, "Gone"));
    let mut cases = vec![
        // ── address
        dialled("stage-not-found", Certain, forbidden(&at("/live")), api()),
        dialled("stage-not-found", Certain, forbidden(&at("")), api()),
        dialled("stage-not-found", Likely, forbidden(&at("/prod/chat")), api()),
        dialled("stage-not-deployed", Certain, forbidden(&at("/prod")), undeployed_stage),
        dialled("execute-api-disabled", Certain, forbidden(&at("/prod")), closed.clone()),
        dialled("execute-api-disabled", Certain, forbidden(&at("/prod?x=1")), closed.clone()),
        dialled("mapping-missing", Certain, forbidden(&domain("/other")), api()),
        dialled("mapping-missing", Certain, forbidden(&domain("/")), api()),
        dialled("mapping-missing", Possible, forbidden("wss://chat.example.org/x"), api()),
        dialled("stage-in-domain-path", Certain, forbidden(&domain("/prod")), api()),
        dialled("api-not-found", Likely, unknown("wss://nosuchapi0.execute-api.us-east-1.amazonaws.com/prod"), api()),
        dialled("api-not-found", Likely, unknown("wss://3fmvso4h96.execute-api.eu-west-1.amazonaws.com/prod"), api()),
        dialled("api-not-found", Possible, unknown(&at("/prod")), api()),
        Case {
            probes: vec![works.clone()],
            ..dialled("api-not-found", Certain, unknown("wss://nosuchapi0.execute-api.us-east-1.amazonaws.com/prod"), api())
        },
        dialled("dns-not-found", Likely, unknown(&domain("/chat")), api()),
        Case {
            probes: vec![dns(DOMAIN, &[], &[]), works],
            ..dialled("dns-not-found", Certain, unknown(&domain("/chat")), api())
        },
        dialled("dns-wrong-target", Likely, tls(&domain("/chat"), generated.clone()), api()),
        Case {
            probes: vec![points],
            ..dialled("dns-wrong-target", Certain, tls(&domain("/chat"), generated), api())
        },
        dialled("tls-name-mismatch", Certain, tls("wss://chat.example.org/", other_names.clone()), api()),
        dialled("tls-name-mismatch", Certain, tls(&domain("/chat"), other_names), api()),
        dialled("tls-untrusted", Certain, tls("wss://chat.example.org/", TlsTrouble::Untrusted), api()),
        dialled("tls-untrusted", Likely, tls("wss://chat.example.org/", TlsTrouble::Expired), api()),
        dialled("tls-version", Likely, tls("wss://chat.example.org/", TlsTrouble::Version), api()),
        dialled("not-a-websocket", Certain, answered("https://www.example.org/", 200, &[("content-type", "text/html")], "<html>"), api()),
        dialled("not-a-websocket", Likely, answered("wss://abc.execute-api.us-east-1.amazonaws.com/x", 404, &[("apigw-requestid", "x=")], r#"{"message":"Not Found"}"#), api()),
        dialled("not-a-websocket", Likely, stopped("wss://x.example.org/", PhaseName::Upgrade, FailureKind::Protocol, None), api()),
        Case {
            deployed: Some(old.clone()),
            request: Some(connect(&[no_status])),
            ..dialled("undeployed-changes", Certain, told_500(), api())
        },
        // ── messages
        Case {
            cause: "route-selection-wrong",
            sure: Some(Certain),
            frame: Some(gateway("Forbidden")),
            message: Some(r#"{"action":"join"}"#),
            snapshot: Some(dollarless),
            ..Case::default()
        },
        Case {
            cause: "route-selection-wrong",
            sure: Some(Likely),
            request: Some(message("$default", &[], 200)),
            message: Some(r#"{"action":"join"}"#),
            snapshot: Some(typed),
            ..Case::default()
        },
        Case {
            cause: "route-not-found",
            sure: Some(Certain),
            frame: Some(gateway("Forbidden")),
            message: Some(r#"{"action":"dance"}"#),
            snapshot: Some(unmapped),
            ..Case::default()
        },
        Case {
            cause: "no-route-response",
            sure: Some(Likely),
            request: Some(message("join", &[], 200)),
            message: Some(r#"{"action":"join"}"#),
            waits: true,
            snapshot: Some(api()),
            ..Case::default()
        },
        Case {
            cause: "model-validation-failed",
            sure: Some(Certain),
            frame: Some(gateway("Invalid request body")),
            request: Some(message(
                "join",
                &["Request body does not match model schema for content type application/json: [object has missing required properties ([\"room\"])]"],
                400,
            )),
            message: Some(r#"{"action":"join"}"#),
            snapshot: Some(modelled),
            ..Case::default()
        },
        // ── ends
        over("idle-timeout", Certain, ended(Some(1001), "Going away", 900_000, 603_900)),
        over("max-duration", Certain, ended(Some(1001), "Going away", 7_200_400, 20_000)),
        over("max-duration", Likely, ended(Some(1001), "Going away", 7_200_400, 603_900)),
        over("connection-lost", Likely, ended(None, "", 60_000, 1_000)),
        over("connection-lost", Likely, ended(Some(1006), "", 60_000, 1_000)),
        over("closed-by-backend", Certain, ended(Some(1000), "Connection Closed Normally", 60_000, 1_000)),
        over("binary-not-supported", Certain, ended(Some(1003), "Binary is not supported", 60_000, 0)),
        over("frame-too-large", Likely, ended(Some(1009), "", 60_000, 0)),
        over("frame-too-large", Certain, Ending { last_sent: Some((33_000, false)), ..ended(Some(1009), "", 60_000, 0) }),
        // ── @connections
        told("connection-gone", Likely, r#"{"message":"nobody was reached","pushAnswered":410}"#),
        told("connection-id-invalid", Likely, r#"{"error":"BadRequestException: Invalid connectionId: not-an-id"}"#),
        told("payload-too-large", Likely, r#"{"error":"PayloadTooLargeException on PostToConnection"}"#),
        told("connection-id-invalid", Likely, r#"{"pushAnswered":400}"#),
        told("callback-url-wrong", Likely, r#"{"pushAnswered":404}"#),
        given(
            "callback-url-wrong",
            Likely,
            &format!(r#"{{"connectionId": "a=", "domainName": "{DOMAIN}", "stage": "prod"}}"#),
            r#"{"message":"nobody was reached","pushAnswered":403}"#,
        ),
        told("callback-url-wrong", Certain, &post(&format!("{DOMAIN}/prod"), 403, "Forbidden")),
        told("callback-url-wrong", Likely, "No method found matching route prod/@connections/gbik for http method POST."),
        told("manage-connections-denied", Likely, "User: arn:aws:sts::000000000000:assumed-role/x is not authorized to perform: execute-api:ManageConnections on resource: arn:aws:execute-api:us-east-1:********0000:3fmvso4h96/prod/POST/@connections/{connectionId} because no identity-based policy allows it"),
        Case {
            snapshot: Some(with(|s| {
                s.api.disable_execute_api_endpoint = true;
                s.integrations[2].integration_type = "HTTP".into();
            })),
            ..told("callback-endpoint-disabled", Certain, &post(&format!("{OWN}/prod"), 403, "Forbidden"))
        },
        Case {
            beside: beside("botocore.errorfactory.GoneException: An error occurred (GoneException) when calling the PostToConnection operation".into()),
            ..told("connection-gone", Likely, "nothing")
        },
        Case {
            cause: "post-inside-connect",
            sure: Some(Certain),
            request: Some(connect(&[&trace, "Received response. Status: 500, Integration latency: 9 ms", &gone])),
            handshake: Some(answered(&at("/prod"), 500, &[("x-amz-apigw-id", ID)], r#"{"pushAnswered":410}"#)),
            snapshot: Some(with(|s| s.integrations[0].integration_type = "HTTP".into())),
            ..Case::default()
        },
        // ── logs that are not there
        Case {
            logging: on(Some(20_000)),
            ..dialled("settings-propagating", Likely, told_500(), with(|s| s.integrations[0].integration_type = "AWS_PROXY".into()))
        },
        Case {
            stage: Some("$default"),
            waited_ms: Some(100_000),
            logging: on(None),
            ..dialled("stage-named-default", Likely, answered(&at("/$default"), 500, &[("x-amz-apigw-id", ID)], &gateway("Internal server error")), with(|s| s.integrations[0].integration_type = "AWS_PROXY".into()))
        },
        // The log tells what the configuration has put right: even where nothing is known of the deployment.
        Case {
            request: Some(connect(&[no_status])),
            ..dialled("undeployed-changes", Likely, told_500(), api())
        },
    ];
    // What waits is named, and said to be no more than possible while the log agrees with both.
    cases.push(Case {
        undeployed: vec![Undeployed { text: "integration i1 of $connect".into(), routes: vec!["$connect".into()] }],
        ..dialled(
            "undeployed-changes",
            Possible,
            told_500(),
            with(|s| s.integrations[0].integration_type = "AWS_PROXY".into()),
        )
    });
    cases
}

#[test]
fn the_right_cause_comes_first_as_sure_as_the_evidence_allows_and_no_other_is_certain() {
    for case in cases() {
        let verdict = case.verdict();
        let best = verdict.findings.first().unwrap_or_else(|| panic!("{}: nothing found {verdict:#?}", case.cause));
        assert_eq!(best.cause, case.cause, "{verdict:#?}");
        assert_eq!(Some(best.confidence), case.sure, "{}: {verdict:#?}", case.cause);
        assert!(!best.title.is_empty() && !best.reason.is_empty() && !best.fix.is_empty() && !best.evidence.is_empty());
        let wrong = verdict.findings[1..].iter().find(|f| f.confidence == Confidence::Certain);
        assert!(wrong.is_none(), "{}: {wrong:#?} is certain too", case.cause);
        assert!(verdict.findings.iter().all(|f| knows(&f.cause)));
    }
}

/// The best finding's words, after the server was looked at.
fn looked(handshake: Handshake, tls: Tls) -> (Verdict, String) {
    let case = Case { probes: vec![Probe::Tls(tls)], ..dialled("", Confidence::Likely, handshake, api()) };
    let verdict = case.verdict();
    let best = verdict.findings[0].clone();
    let evidence: Vec<String> = best.evidence.into_iter().map(|e| e.text).collect();
    let words = format!("{} {:?}: {} | {}", best.cause, best.confidence, best.title, evidence.join(" | "));
    assert!(
        !verdict.findings.iter().any(|f| f.action == Some(Action::Probe) && f.cause.starts_with("tls-")),
        "asked again"
    );
    (verdict, words)
}

#[test]
fn what_a_server_shows_names_its_certificate_and_when_it_ends() {
    const HOST: &str = "chat.example.org";
    let url = format!("wss://{HOST}/");
    let unnamed = tls(&url, TlsTrouble::Name { names: Vec::new() });
    let table = [
        (
            unnamed.clone(),
            shook(HOST, &["*.elsewhere.net", "elsewhere.net"], true),
            "tls-name-mismatch Certain",
            "shows a certificate for *.elsewhere.net, elsewhere.net, signed by CN=Acme CA, valid until 2026-11-22",
        ),
        (
            unnamed,
            shook(HOST, &[HOST], true),
            "tls-name-mismatch Possible",
            "shows by now a certificate for chat.example.org",
        ),
        (
            tls(&url, TlsTrouble::Expired),
            shook(HOST, &[HOST], false),
            "tls-untrusted Likely: The certificate of chat.example.org expired on 2026-11-22",
            "this machine’s clock says 2027-01-15",
        ),
        (
            tls(&url, TlsTrouble::Expired),
            Tls { at: Some(1_600_000_000_000), ..shook(HOST, &[HOST], false) },
            "tls-untrusted Likely: The certificate of chat.example.org is valid only from 2023-11-14",
            "this machine’s clock says 2020-09-13",
        ),
        (
            tls(&url, TlsTrouble::Untrusted),
            shook(HOST, &[HOST], false),
            "tls-untrusted Certain",
            "signed by CN=Acme CA",
        ),
        (tls(&url, TlsTrouble::Untrusted), shook(HOST, &[HOST], true), "tls-untrusted Possible", "shows by now"),
        (
            tls(&url, TlsTrouble::Version),
            Tls { host: HOST.into(), error: Some("handshake_failure".into()), ..Tls::default() },
            "tls-version Likely",
            "answered again: handshake_failure",
        ),
        (tls(&url, TlsTrouble::Version), shook(HOST, &[HOST], true), "tls-version Possible", "speaks TLS 1.3 by now"),
    ];
    for (handshake, tls, cause, part) in table {
        let (verdict, words) = looked(handshake, tls.clone());
        assert!(words.starts_with(cause) && words.contains(part), "{part}: {words}");
        assert_eq!(verdict.asked, [Probe::Tls(tls).words()]);
    }
    // Of another host nothing is believed.
    let other = Probe::Tls(shook("other.example.org", &["other.example.org"], true));
    let case =
        Case { probes: vec![other], ..dialled("", Confidence::Certain, tls(&url, TlsTrouble::Untrusted), api()) };
    assert_eq!(case.verdict().findings[0].confidence, Confidence::Certain);
}

#[test]
fn what_could_not_be_asked_is_among_what_was_looked_at() {
    let probes = vec![
        Probe::Unasked { what: "what the route calls".into(), error: "AccessDeniedException".into() },
        Probe::Tls(Tls { host: "x.example.org".into(), error: Some("no answer within 10s".into()), ..Tls::default() }),
    ];
    let handshake = stopped("wss://x.example.org/", PhaseName::Upgrade, FailureKind::Broken, None);
    let verdict = Case { probes, ..dialled("", Confidence::Likely, handshake, api()) }.verdict();
    for words in
        ["could not ask what the route calls: AccessDeniedException", "could not ask TLS of x.example.org: no answer"]
    {
        assert!(verdict.looked_at.iter().any(|l| l.starts_with(words)), "{verdict:#?}");
        assert!(verdict.asked.iter().any(|l| l.starts_with(words)), "{verdict:#?}");
    }
}

#[test]
fn a_request_that_is_only_likely_the_right_one_proves_nothing() {
    for mut case in cases().into_iter().filter(|case| case.request.is_some()) {
        let request = case.request.as_mut().unwrap();
        request.link = LinkKind::Likely;
        let alone = Case { handshake: None, frame: None, ..case };
        let verdict = alone.verdict();
        assert!(verdict.findings.iter().all(|f| f.confidence < Confidence::Certain), "{}: {verdict:#?}", alone.cause);
    }
}

#[test]
fn what_works_has_no_finding() {
    let two_way = with(|s| {
        s.routes[2].route_response_selection_expression = Some("$default".into());
        s.routes[2].responses.push(RouteResponse { route_response_key: "$default".into(), ..RouteResponse::default() });
    });
    let opened = Outcome::Opened { headers: Vec::new(), subprotocol: None };
    let fine = |message_text, request, waits, snapshot| Case {
        message: Some(message_text),
        request: Some(request),
        waits,
        snapshot: Some(snapshot),
        ..Case::default()
    };
    let join = r#"{"action":"join"}"#;
    let works = [
        fine(join, message("join", &[], 200), false, api()),
        fine(join, message("join", &[], 200), true, two_way),
        fine("garbage \u{fffd}", message("$default", &[], 200), false, api()),
        fine(r#"{"action":"unheard of"}"#, message("$default", &[], 200), false, api()),
        Case {
            handshake: Some(Handshake { url: at("/prod"), outcome: opened, ..Handshake::default() }),
            snapshot: Some(api()),
            ..Case::default()
        },
        Case {
            ending: Some(Ending { by: EndedBy::Us, ..ended(Some(1000), "bye", 900_000, 700_000) }),
            snapshot: Some(api()),
            ..Case::default()
        },
    ];
    for case in works {
        assert_eq!(case.verdict(), Verdict::default());
    }
}

#[test]
fn an_end_that_fits_no_limit_is_not_called_one() {
    let early = over("", Confidence::Likely, ended(Some(1001), "Going away", 60_000, 30_000)).verdict();
    assert_eq!(early.findings, [], "neither idle nor old");
    assert!(early.looked_at.iter().any(|l| l.contains("1001")), "{early:#?}");
    let other = over("", Confidence::Likely, ended(Some(4000), "goodbye", 60_000, 30_000)).verdict();
    assert_eq!(other.findings, []);
    for ending in [ended(None, "", 7_200_000, 700_000), ended(Some(1006), "", 700_000, 700_000)] {
        let verdict = over("", Confidence::Likely, ending).verdict();
        assert!(
            verdict.findings.iter().all(|f| f.confidence < Confidence::Certain),
            "1006 proves nothing: {verdict:#?}"
        );
    }
}

#[test]
fn an_address_that_belongs_to_no_stage_is_not_waited_for_in_the_log() {
    let on = Some(Logging { level: "INFO".into(), ..Logging::default() });
    let verdict =
        Case { logging: on, ..dialled("", Confidence::Certain, forbidden(&domain("/other")), api()) }.verdict();
    let causes: Vec<&str> = verdict.findings.iter().map(|f| f.cause.as_str()).collect();
    assert_eq!(causes, ["mapping-missing", "never-logged"]);
}

#[test]
fn two_reasons_for_the_same_403_are_both_named_and_neither_is_certain() {
    let both = with(|s| s.api.disable_execute_api_endpoint = true);
    let verdict = dialled("", Confidence::Likely, forbidden(&at("/live")), both).verdict();
    let causes: Vec<&str> = verdict.findings.iter().map(|f| f.cause.as_str()).collect();
    assert_eq!(causes, ["stage-not-found", "execute-api-disabled"]);
    assert!(verdict.findings.iter().all(|f| f.confidence == Confidence::Likely));
}

#[test]
fn a_click_leads_to_the_address_that_works() {
    let first = |handshake, snapshot| {
        dialled("", Confidence::Certain, handshake, snapshot).verdict().findings[0].action.clone()
    };
    let dial = |url: String| Some(Action::Dial { url });
    assert_eq!(first(forbidden(&at("/live?token=x")), api()), dial(at("/prod")));
    assert_eq!(first(forbidden(&domain("/prod")), api()), dial(domain("/chat")));
    let closed = with(|s| s.api.disable_execute_api_endpoint = true);
    assert_eq!(first(forbidden(&at("/prod")), closed), dial(domain("/chat")));
    let undeployed = with(|s| s.stages[0].deployment_id = None);
    assert_eq!(first(forbidden(&at("/prod")), undeployed), Some(Action::Deploy));
    let about = Some(format!("{DOMAIN}/other"));
    assert_eq!(first(forbidden(&domain("/other")), api()), Some(Action::Fix { route_key: "$connect".into(), about }));
    let stand_in = forbidden("ws://127.0.0.1:4510/3fmvso4h96/live");
    assert_eq!(first(stand_in, api()), dial("ws://127.0.0.1:4510/3fmvso4h96/prod".to_owned()));
}

#[test]
fn a_deployment_that_is_a_minute_old_is_not_called_missing() {
    let no_status = "Execution failed due to configuration error: statusCode should be an integer which defined in request template";
    let case = Case {
        request: Some(connect(&[no_status])),
        deployed: Some(with(|s| s.integrations[0].request_templates.clear())),
        deployed_ms_ago: Some(40_000),
        snapshot: Some(api()),
        ..Case::default()
    };
    let verdict = case.verdict();
    let of = |cause: &str| verdict.findings.iter().find(|f| f.cause == cause).map(|f| f.confidence);
    assert_eq!(of("settings-propagating"), Some(Confidence::Likely));
    assert_eq!(of("undeployed-changes"), Some(Confidence::Possible));
}

#[test]
fn a_refused_change_of_the_log_settings_names_its_cause() {
    let cause = |text: &str| refused_update(text).map(|f| f.cause);
    let missing = "CloudWatch Logs role ARN must be set in account settings to enable logging";
    assert_eq!(cause(missing).as_deref(), Some("log-role-missing"));
    for refused in [
        "The role ARN does not have required permissions configured. Please grant trust permission for API Gateway and add the required role policy.",
        "API Gateway could not successfully write to CloudWatch Logs using the ARN specified",
    ] {
        assert_eq!(cause(refused).as_deref(), Some("log-role-refused"));
    }
    let set_it = Some(Action::Fix { route_key: String::new(), about: None });
    assert_eq!(refused_update(missing).unwrap().action, set_it);
    assert_eq!(cause("Invalid stage identifier specified"), None);
    assert!(["log-role-missing", "never-logged", "idle-timeout"].iter().all(|id| knows(id)));
}

#[test]
fn drafts_remove_what_was_found_and_nothing_is_left_to_fix() {
    let at =
        |route_key, about| FixAt { stage: "prod", route_key, about, region: "us-east-1", account_id: "000000000000" };
    let bare = with(|s| s.routes.retain(|r| r.route_key != "$default"));
    let draft = fix("route-not-found", &bare, &at("$default", Some("dance"))).expect("a draft");
    let added = draft.integration_of("$default").expect("an integration");
    assert_eq!((added.integration_type.as_str(), added.responses.len()), ("MOCK", 1));
    assert_eq!(fix("route-not-found", &draft, &at("$default", None)), None);

    let one_way = with(|s| s.integrations[2].responses.clear());
    let draft = fix("no-route-response", &one_way, &at("join", None)).expect("a draft");
    assert!(draft.route("join").unwrap().is_two_way());
    assert_eq!(draft.integration_of("join").unwrap().responses.len(), 1, "what it answers is taken over");
    assert_eq!(fix("no-route-response", &draft, &at("join", None)), None);
    assert_eq!(fix("no-route-response", &one_way, &at("$connect", None)), None);

    let corrected = |expression: &str, about| {
        let wrong = with(|s| s.api.route_selection_expression = expression.into());
        fix("route-selection-wrong", &wrong, &at("$default", about)).map(|s| s.api.route_selection_expression)
    };
    assert_eq!(corrected("request.body.kind", None).as_deref(), Some("$request.body.kind"));
    assert_eq!(corrected("static", None).as_deref(), Some("$request.body.action"));
    assert_eq!(corrected("$request.body.type", Some("action")).as_deref(), Some("$request.body.action"));
    assert_eq!(corrected("$request.body.action", None), None);
}

#[test]
fn a_message_that_a_model_refuses_says_which_member_is_wrong() {
    let case = cases().into_iter().find(|c| c.cause == "model-validation-failed").unwrap();
    let best = case.verdict().findings.remove(0);
    assert!(best.title.ends_with("/room: is required"), "{best:#?}");
    assert!(matches!(best.action, Some(Action::ShowRoute { .. })));
}

#[test]
fn a_group_that_may_not_be_read_is_said_to_have_been_looked_at() {
    let unread = [Unread { log_group: "/aws/lambda/chat".to_owned(), why: "not authorized".to_owned() }];
    let frame =
        r#"{"message": "Something new", "connectionId":"gbik1K9kzQAYKEilnA==", "requestId":"EP5yqFByIAMElXw="}"#;
    let verdict = diagnose(&Facts { frame: Some(frame), unread: &unread, ..Facts::default() });
    let said = "/aws/lambda/chat, which can’t be read: not authorized";
    assert!(verdict.looked_at.iter().any(|looked| looked == said), "{verdict:#?}");
}
