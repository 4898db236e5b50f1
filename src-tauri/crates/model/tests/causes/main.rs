//! Each cause on the lines that AWS writes for it, and on what must not be taken for it. The wording is recorded: natively for
//! WebSocket APIs where a capture exists, else as REST APIs write it (the same writer); prints which rank the right cause got.
//! Each family of causes has its fixtures in a file; `table.rs` tries them all and counts, `fixes.rs` holds the laws of drafts.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod authorisation;
mod fixes;
mod integration;
mod table;

use gatescope_model::api::{Api, Authorizer, Integration, IntegrationResponse, Route, Snapshot, Stage};
use gatescope_model::conversation::LinkKind;
use gatescope_model::correlate::{Correlator, Request};
use gatescope_model::diagnose::{Beside, Facts, FixAt, Logging, diagnose, fix, route_problems};
use gatescope_model::handshake::{FailureKind, Handshake, Outcome, PhaseName, Refusal};
use gatescope_model::log::LogEvent;
use gatescope_model::probe::Probe;
use gatescope_model::verdict::{Action, Confidence, Place, Verdict};

const ID: &str = "EP5yqFByIAMElXw=";
const CONNECTION: &str = "gbik1K9kzQAYKEilnA==";
const LAMBDA: &str = "https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:chat/invocations";

/// A request of these lines, tied to the failure by an id.
fn request(lines: &[&str]) -> Request {
    let events: Vec<LogEvent> = lines
        .iter()
        .enumerate()
        .map(|(n, line)| LogEvent { timestamp: n as i64 / 4, message: format!("({ID}) {line}"), ..LogEvent::default() })
        .collect();
    let mut correlator = Correlator::new(1000);
    correlator.events(&events);
    let mut request = correlator.request(ID).expect("lines").clone();
    request.link = LinkKind::Exact;
    request
}

/// What every handshake logs before anything can fail.
fn connect(rest: &[&str]) -> Request {
    let mut lines = vec![
        "Extended Request Id: EP5yqFByIAMElXw=",
        "Verifying Usage Plan for request: EP5yqFByIAMElXw=. API Key:  API Stage: 3fmvso4h96/prod",
        "API Key  authorized because route '$connect' does not require API Key. Request will not contribute to throttle or quota limits",
        "Usage Plan check succeeded for API Key  and API Stage 3fmvso4h96/prod",
        "Starting execution for request: EP5yqFByIAMElXw=",
        "WebSocket Request Route: [$connect]",
        "Client [UserAgent: Gatescope/0.1, SourceIp: 92.234.107.50] is connecting to WebSocket API [3fmvso4h96].",
    ];
    lines.extend(rest);
    request(&lines)
}

fn refused(status: u16, body: &str) -> Handshake {
    let headers = vec![("x-amz-apigw-id".to_owned(), ID.to_owned())];
    let refusal = Refusal { status, headers, body: body.to_owned(), body_truncated: false };
    Handshake { outcome: Outcome::Refused(refusal), ..Handshake::default() }
}

/// The same with the gateway's error type.
fn named(status: u16, kind: &str, body: &str) -> Handshake {
    let Outcome::Refused(mut refusal) = refused(status, body).outcome else { unreachable!() };
    refusal.headers.push(("x-amzn-errortype".to_owned(), kind.to_owned()));
    Handshake { outcome: Outcome::Refused(refusal), ..Handshake::default() }
}

fn gateway(message: &str) -> String {
    format!(r#"{{"message": "{message}", "connectionId":"{CONNECTION}", "requestId":"{ID}"}}"#)
}

/// An API whose `$connect` has this integration.
fn api(integration: Integration) -> Snapshot {
    let target = Some("integrations/i1".to_owned());
    let route = Route { route_id: "r1".into(), route_key: "$connect".into(), target, ..Route::default() };
    Snapshot {
        api: Api {
            api_id: "3fmvso4h96".into(),
            route_selection_expression: "$request.body.action".into(),
            ..Api::default()
        },
        routes: vec![Route { authorization_type: "NONE".into(), ..route }],
        integrations: vec![Integration { integration_id: "i1".into(), ..integration }],
        stages: vec![Stage { stage_name: "prod".into(), ..Stage::default() }],
        ..Snapshot::default()
    }
}

fn integration(kind: &str) -> Integration {
    Integration { integration_type: kind.into(), ..Integration::default() }
}

fn answering(mut integration: Integration) -> Integration {
    let response =
        IntegrationResponse { integration_response_key: "$default".into(), ..IntegrationResponse::default() };
    integration.responses.push(response);
    integration
}

/// One try: what is known, and which cause must come out on top.
#[derive(Default)]
struct Case {
    cause: &'static str,
    certain: bool,
    request: Option<Request>,
    handshake: Option<Handshake>,
    frame: Option<String>,
    snapshot: Option<Snapshot>,
    logging: Option<Logging>,
    /// What the stage serves, where it is known.
    deployed: Option<Snapshot>,
    route_key: Option<&'static str>,
    message: Option<&'static str>,
    beside: Vec<Beside>,
    probes: Vec<Probe>,
    /// The one click that must be offered.
    action: Option<Action>,
}

impl Case {
    fn verdict(&self) -> Verdict {
        diagnose(&Facts {
            handshake: self.handshake.as_ref(),
            frame: self.frame.as_deref(),
            request: self.request.as_ref(),
            route_key: self.route_key,
            snapshot: self.snapshot.as_ref(),
            probes: &self.probes,
            stage: Some("prod"),
            logging: self.logging.clone(),
            waited_ms: 5_000,
            deployed: self.deployed.as_ref(),
            message: self.message,
            beside: &self.beside,
            ..Facts::default()
        })
    }
}

/// A line of the log that is AWS's own sentence for the cause, in a request that is proven to be the failed one.
fn said(cause: &'static str, lines: &[&str]) -> Case {
    Case { cause, certain: true, request: Some(connect(lines)), ..Case::default() }
}

fn told(cause: &'static str, status: u16, message: &str) -> Case {
    Case { cause, handshake: Some(refused(status, &gateway(message))), ..Case::default() }
}

fn authorizer(cause: &'static str, lines: &[&str]) -> Case {
    let mut all =
        vec!["Extended Request Id: EP5yqFByIAMElXw=", "Starting authorizer: cs8ih7 for request: EP5yqFByIAMElXw="];
    all.extend(lines);
    Case { cause, certain: true, request: Some(request(&all)), ..Case::default() }
}

fn custom(snapshot: &mut Snapshot, sources: &[&str]) {
    snapshot.routes[0].authorization_type = "CUSTOM".into();
    snapshot.routes[0].authorizer_id = Some("cs8ih7".into());
    let identity_source = sources.iter().map(|s| (*s).to_owned()).collect();
    snapshot.authorizers.push(Authorizer { authorizer_id: "cs8ih7".into(), identity_source, ..Authorizer::default() });
}

fn error(words: &str) -> String {
    format!("Execution failed due to configuration error: {words}")
}

fn cases() -> Vec<Case> {
    let mut keyed = api(integration("AWS_PROXY"));
    keyed.routes[0].api_key_required = true;
    let mut guarded = api(integration("AWS_PROXY"));
    custom(&mut guarded, &["route.request.querystring.token"]);
    let mut modelled = api(integration("AWS_PROXY"));
    modelled.routes[0].route_key = "send".into();
    modelled.routes[0].request_models.insert("$default".into(), "Message".into());
    let off = Some(Logging { level: "OFF".into(), ..Logging::default() });
    let on = Some(Logging { level: "INFO".into(), ..Logging::default() });
    let called = format!("Sending request to {LAMBDA}");
    let crashed = "Lambda execution failed with status 200 due to customer function error: owned-backend-failure. Lambda request id: cbb8db9c-94de-4d11-873d-e5d79fda5a05";
    let module = "Lambda execution failed with status 200 due to customer function error: Error: Cannot find module 'x'\nRequire stack:\n- /var/task/a.js. Lambda request id: 7097a698-d600-46fe-b5bc-38df32f3c557";
    let timed_out = "Lambda execution failed with status 200 due to customer function error: 2021-04-01T21:58:32.000Z 93b07909-0217-4875-86d6-e5a8747c70a2 Task timed out after 10.00 seconds. Lambda request id: 93b07909-0217-4875-86d6-e5a8747c70a2";
    let mut cases = vec![
        said("mock-status-missing", &[&error("statusCode should be an integer which defined in request template")]),
        said(
            "mock-status-missing",
            &[&error("Unable to parse statusCode. It should be an integer that is defined in the request template.")],
        ),
        Case {
            snapshot: Some(api(answering(integration("MOCK")))),
            ..told("mock-status-missing", 500, "Internal server error")
        },
        said(
            "integration-response-missing",
            &[&error(
                "No match for output mapping and no default output mapping configured. Endpoint Response Status Code: 200",
            )],
        ),
        said("lambda-permission-missing", &[&called, &error("Invalid permissions on Lambda function")]),
        said(
            "lambda-malformed-response",
            &[
                &called,
                "Endpoint response body before transformations: \"hello world\"",
                &error("Malformed Lambda proxy response"),
            ],
        ),
        said("lambda-error", &[&called, crashed]),
        said("lambda-error", &[module, "AWS Integration Endpoint RequestId : 7097a698-d600-46fe-b5bc-38df32f3c557"]),
        said("lambda-timeout", &[&called, timed_out]),
        said("integration-timeout", &[&called, "Execution failed due to a timeout error"]),
        Case { frame: Some(gateway("Endpoint request timed out")), cause: "integration-timeout", ..Case::default() },
        said("integration-network", &["Execution failed due to a network error communicating with endpoint"]),
        said(
            "integration-network",
            &["Execution failed due to a network error communicating with endpoint: Connection is closed"],
        ),
        said(
            "integration-network",
            &[&error(
                "Host name 'a.elb.amazonaws.com' does not match the certificate subject provided by the peer (CN=b)",
            )],
        ),
        // Without the URI it may be a stage variable too.
        Case { certain: false, ..said("integration-uri-invalid", &[&error("Invalid endpoint address")]) },
        said("request-template-failed", &[&error("Unable to transform request")]),
        said("response-template-failed", &[&error("Unable to transform response")]),
        said("body-not-base64", &[&error("Unable to base64 decode the body.")]),
        said(
            "integration-role-not-assumable",
            &[&error("API Gateway does not have permission to assume the provided role arn:aws:iam::1:role/x")],
        ),
        said(
            "model-validation-failed",
            &[
                "Request body does not match model schema for content type application/json: [object has missing required properties ([\"text\"])]",
            ],
        ),
        Case { frame: Some(gateway("Invalid request body")), cause: "model-validation-failed", ..Case::default() },
        said(
            "backend-rejected",
            &[
                "Endpoint request URI: http://chat.example.com/connect",
                "Received response. Status: 403, Integration latency: 9 ms",
                "Endpoint response body before transformations: {\"error\": \"unknown client\"}",
            ],
        ),
        said(
            "lambda-rejected",
            &[
                &called,
                "Endpoint response body before transformations: {\"statusCode\": 403, \"body\": \"no\"}",
                "AWS Integration Endpoint RequestId : 47bc8311-95b4-48e8-b513-214b75a8deaa",
            ],
        ),
        Case {
            cause: "lambda-rejected",
            handshake: Some(refused(403, r#"{"probe":"the function's own"}"#)),
            ..Case::default()
        },
        authorizer("authorizer-identity-missing", &["Unauthorized request: EP5yqFByIAMElXw="]),
        Case { snapshot: Some(guarded.clone()), ..told("authorizer-identity-missing", 401, "Unauthorized") },
        told(
            "authorizer-denied",
            403,
            "User is not authorized to access this resource with an explicit deny in an identity-based policy",
        ),
        told(
            "authorizer-wrong-resource",
            403,
            "User is not authorized to access this resource because no identity-based policy allows the execute-api:Invoke action",
        ),
        authorizer(
            "authorizer-malformed",
            &[
                "Authorizer result body before parsing: {\"errorType\":\"X\"}",
                &error("Invalid JSON in response: Unrecognized field \"errorType\" , not marked as ignorable"),
                "AuthorizerConfigurationException",
            ],
        ),
        told("authorizer-malformed", 500, ""),
        authorizer(
            "authorizer-permission-missing",
            &[
                &error("Invalid permissions on Lambda function"),
                &error("Authorizer error"),
                "Gateway response type: AUTHORIZER_CONFIGURATION_ERROR with status code: 500",
            ],
        ),
        Case {
            cause: "api-key-missing",
            certain: true,
            request: Some(request(&[
                "API Key  not authorized because route '$connect' requires API Key and API Key is not associated with a Usage Plan for API Stage a/b: No Usage Plan found for key and API Stage",
            ])),
            ..Case::default()
        },
        Case { snapshot: Some(keyed), ..told("api-key-missing", 403, "Forbidden") },
        Case {
            cause: "throttled",
            certain: true,
            request: Some(request(&[
                "Key throttle limit exceeded for RestApi uwe3g5jm54, Stage Prod, Resource k0w8mc, HttpMethod POST. Limit: 1.00 Burst: 1",
                "Method completed with status: 429",
            ])),
            ..Case::default()
        },
        told("throttled", 429, "Too Many Requests"),
        Case {
            cause: "throttled",
            request: Some(connect(&[
                "Lambda invocation failed with status: 429. Lambda request id: dcb2ab89-2d03-4b77-98cd-18d14fd2b850",
                &error("Rate Exceeded."),
            ])),
            ..Case::default()
        },
        Case {
            cause: "route-not-found",
            certain: true,
            frame: Some(gateway("Forbidden")),
            snapshot: Some(api(integration("AWS_PROXY"))),
            ..Case::default()
        },
        Case { cause: "route-not-found", frame: Some(gateway("Forbidden")), ..Case::default() },
        // Without a line the answer alone tells, as REST APIs give it (seen in public).
        Case {
            cause: "integration-network",
            handshake: Some(refused(504, r#"{"message": "Network error communicating with endpoint"}"#)),
            ..Case::default()
        },
        Case {
            cause: "authorizer-malformed",
            handshake: Some(named(500, "AuthorizerConfigurationException", r#"{"message":null}"#)),
            ..Case::default()
        },
        // With data trace and nothing else, Lambda's own words stand in its answer; a function could say the same.
        Case {
            certain: false,
            ..said(
                "lambda-timeout",
                &[
                    r#"Endpoint response body before transformations: {"errorMessage":"2019-02-27T11:31:11.456Z 71952965-d5cc-4974-ae08-6e2138b2275c Task timed out after 10.00 seconds"}"#,
                    "Method completed with status: 502",
                ],
            )
        },
        Case { logging: off, ..told("logging-off", 500, "Internal server error") },
        Case { logging: on, ..told("logs-pending", 500, "Internal server error") },
    ];
    // With the client's side there is one thing more to tie them together; nothing else may change.
    let more = cases.iter().filter(|case| case.certain && case.frame.is_none()).map(|case| Case {
        cause: case.cause,
        certain: true,
        request: case.request.clone(),
        handshake: Some(refused(
            case.request.as_ref().unwrap().status.unwrap_or(500),
            &match case.cause {
                "lambda-rejected" => "no".to_owned(),
                "backend-rejected" => "no".to_owned(),
                "authorizer-malformed" => gateway(""),
                "authorizer-identity-missing" => gateway("Unauthorized"),
                _ => gateway("Internal server error"),
            },
        )),
        ..Case::default()
    });
    let more: Vec<_> = more.filter(|case| !matches!(case.cause, "lambda-rejected" | "backend-rejected")).collect();
    cases.extend(more);
    cases.extend(integration::cases());
    cases.extend(authorisation::cases());
    cases
}

#[test]
fn the_right_cause_comes_first_and_is_certain_only_when_aws_says_so() {
    let mut table: std::collections::BTreeMap<&str, (usize, usize, usize)> = std::collections::BTreeMap::new();
    for case in cases() {
        let verdict = case.verdict();
        let rank = verdict.findings.iter().position(|f| f.cause == case.cause);
        let row = table.entry(case.cause).or_default();
        row.0 += 1;
        row.1 += usize::from(rank == Some(0));
        row.2 += usize::from(case.certain);
        assert_eq!(rank, Some(0), "{}: {verdict:#?}", case.cause);
        let best = &verdict.findings[0];
        assert_eq!(best.confidence == Confidence::Certain, case.certain, "{}: {verdict:#?}", case.cause);
        assert!(!best.title.is_empty() && !best.reason.is_empty() && !best.fix.is_empty());
        assert!(!best.evidence.is_empty(), "{}: believed without evidence", case.cause);
        if case.certain && case.request.is_some() {
            assert!(matches!(best.evidence[0].place, Place::Line { .. }), "{}", case.cause);
            let others = verdict.findings[1..].iter().filter(|f| f.confidence == Confidence::Certain).count();
            assert_eq!(others, 0, "{}: two causes cannot both be the whole truth here: {verdict:#?}", case.cause);
        } else {
            assert!(case.certain || !verdict.would_help.is_empty(), "{}: unsure, and no way on", case.cause);
        }
        if case.action.is_some() {
            assert_eq!(best.action, case.action, "{}", case.cause);
        }
    }
    println!("{:<32} {:>8} {:>6} {:>8}", "cause", "fixtures", "first", "certain");
    for (cause, (tried, first, certain)) in table {
        println!("{cause:<32} {tried:>8} {first:>6} {certain:>8}");
    }
}

#[test]
fn the_picture_a_mock_without_template_and_response() {
    let request = connect(&[&error("statusCode should be an integer which defined in request template")]);
    let case = Case {
        request: Some(request),
        handshake: Some(refused(500, &gateway("Internal server error"))),
        snapshot: Some(api(integration("MOCK"))),
        ..Case::default()
    };
    let verdict = case.verdict();
    let [mock, response] = &verdict.findings[..] else { panic!("both causes are named: {verdict:#?}") };
    assert_eq!(mock.title, "$connect’s mock integration returns no status code");
    assert_eq!(mock.confidence, Confidence::Certain);
    let places: Vec<_> = mock.evidence.iter().map(|e| &e.place).collect();
    assert!(
        matches!(places[..], [Place::Line { index: 7 }, Place::Config { .. }, Place::Header { .. }]),
        "line, setting, tie: {places:?}"
    );
    assert_eq!(mock.evidence[0].text, "says it in AWS’s words: statusCode should be an integer");
    assert_eq!(mock.action, Some(Action::Fix { route_key: "$connect".into(), about: None }));
    assert_eq!((response.cause.as_str(), response.confidence), ("integration-response-missing", Confidence::Likely));
}

fn at(route_key: &str) -> FixAt<'_> {
    FixAt { stage: "prod", route_key, about: None, region: "us-east-1", account_id: "000000000000" }
}

#[test]
fn one_draft_removes_both_causes_and_then_there_is_nothing_left_to_fix() {
    let broken = api(integration("MOCK"));
    let problems: Vec<_> = route_problems(&broken, "$connect").iter().map(|p| p.cause).collect();
    assert_eq!(problems, ["mock-status-missing", "integration-response-missing"]);
    for cause in ["mock-status-missing", "integration-response-missing"] {
        let draft = fix(cause, &broken, &at("$connect")).expect("a draft");
        let fixed = draft.integration_of("$connect").unwrap();
        assert_eq!(fixed.template_selection_expression.as_deref(), Some("\\$default"));
        assert_eq!(fixed.request_templates["$default"], r#"{"statusCode": 200}"#);
        assert_eq!(fixed.responses[0].integration_response_key, "$default");
        assert!(fixed.responses[0].integration_response_id.is_empty(), "new: it has no id yet");
        assert_eq!(route_problems(&draft, "$connect"), []);
        assert_eq!(fix("integration-response-missing", &draft, &at("$connect")), None);
    }
    assert_eq!(fix("lambda-error", &broken, &at("$connect")), None);
    assert_eq!(fix("mock-status-missing", &broken, &at("nowhere")), None);
}

#[test]
fn a_configuration_that_works_is_left_alone() {
    let mut works = answering(integration("MOCK"));
    works.template_selection_expression = Some("200".into());
    works.request_templates.insert("200".into(), r#"{"statusCode": 200}"#.into());
    assert_eq!(route_problems(&api(works.clone()), "$connect"), []);
    works.template_selection_expression = Some("201".into());
    assert_eq!(route_problems(&api(works), "$connect").len(), 1, "no template under that key");
    assert_eq!(route_problems(&api(integration("AWS_PROXY")), "$connect"), []);
    assert_eq!(route_problems(&Snapshot::default(), "$connect"), []);
}

#[test]
fn what_did_not_fail_is_not_explained() {
    let success = [
        connect(&[
            "AWS Integration Endpoint RequestId : 47bc8311-95b4-48e8-b513-214b75a8deaa",
            "Client [Connection Id: gbik1K9kzQAYKEilnA==] connected to API [a] successfully.",
        ]),
        request(&[
            "WebSocket Request Route: [x]",
            "Message from client [Connection Id: a] sent to API [b] with response status code [200].",
        ]),
        request(&["Successfully completed execution", "Method completed with status: 200"]),
        request(&[
            "Using valid authorizer policy for principal: ****bkwef5",
            "Successfully completed authorizer execution",
        ]),
        request(&["\u{fffd}garbage", "", "(((("]),
    ];
    for request in success {
        let verdict = Case { request: Some(request), ..Case::default() }.verdict();
        assert_eq!(verdict, Verdict::default());
    }
}

#[test]
fn words_that_came_from_outside_prove_nothing() {
    let forged = [
        format!("Endpoint response body before transformations: {}", error("Malformed Lambda proxy response")),
        format!("Method request body before transformations: ({ID}) {}", error("Invalid endpoint address")),
        format!(
            "Client [UserAgent: {}, SourceIp: 1.2.3.4] is connecting to WebSocket API [a].",
            error("Unable to transform request")
        ),
        format!(
            "WebSocket API [a] received message from client [c]. Message: [\n{}].",
            error("Invalid endpoint address")
        ),
    ];
    let forged: Vec<&str> = forged.iter().map(String::as_str).collect();
    let case = Case {
        request: Some(connect(&forged)),
        handshake: Some(refused(500, &gateway("Internal server error"))),
        ..Case::default()
    };
    assert_eq!(case.verdict().findings, []);
}

#[test]
fn a_request_that_is_only_likely_the_right_one_makes_no_cause_certain() {
    for mut case in cases().into_iter().filter(|case| case.certain && case.request.is_some()) {
        if let Some(request) = &mut case.request {
            request.link = LinkKind::Likely;
        }
        let verdict = case.verdict();
        assert!(verdict.findings.iter().all(|f| f.confidence < Confidence::Certain), "{}", case.cause);
    }
}

#[test]
fn what_cannot_be_explained_says_what_was_looked_at_and_what_would_help() {
    let verdict = told("", 500, "Internal server error").verdict();
    assert_eq!(verdict.findings, []);
    assert!(verdict.looked_at.iter().any(|l| l.contains("500")) && !verdict.would_help.is_empty(), "{verdict:#?}");
}

#[test]
fn what_never_reached_the_gateway_is_not_waited_for_in_its_log() {
    let message = "no such host".to_owned();
    let outcome = Outcome::Failed { phase: PhaseName::Dns, reason: FailureKind::NameNotFound, message };
    let html = Refusal { status: 400, body: "<html>".into(), ..Refusal::default() };
    for outcome in [outcome, Outcome::Refused(html)] {
        for level in ["OFF", "INFO"] {
            let case = Case {
                handshake: Some(Handshake { outcome: outcome.clone(), ..Handshake::default() }),
                logging: Some(Logging { level: level.into(), ..Logging::default() }),
                ..Case::default()
            };
            assert_eq!(case.verdict().findings, []);
            assert!(!case.verdict().looked_at.is_empty());
        }
    }
}

#[test]
fn a_route_that_is_configured_but_refused_is_not_called_missing_for_certain() {
    let mut snapshot = api(integration("AWS_PROXY"));
    snapshot.routes.push(Route { route_key: "new".into(), ..Route::default() });
    let frame = gateway("Forbidden");
    let facts = Facts { frame: Some(&frame), route_key: Some("new"), snapshot: Some(&snapshot), ..Facts::default() };
    assert_eq!(diagnose(&facts).findings[0].confidence, Confidence::Possible);
}

#[test]
fn an_authorizer_that_may_not_be_called_is_not_blamed_on_the_route() {
    // As a user published it of a WebSocket API in 2020: the same sentence as for a route's function.
    let lines = [error("Invalid permissions on Lambda function"), error("Authorizer error")];
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let causes: Vec<_> = Case { request: Some(request(&lines)), ..Case::default() }
        .verdict()
        .findings
        .into_iter()
        .map(|f| f.cause)
        .collect();
    assert_eq!(causes, ["authorizer-permission-missing"]);
}
