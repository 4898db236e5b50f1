//! Fixtures: the integration of `$connect` or of a message route. What AWS says is recorded (facts 2.2) unless a fixture says
//! that it is assumed.

use gatescope_model::probe::{LoadBalancer, Target, Targets};
use gatescope_model::surroundings::{Permission, Surroundings, VpcLink};

use super::*;

pub const FUNCTION: &str = "arn:aws:lambda:us-east-1:000000000000:function:chat";
const RECEIVED: &str = "Received response. Status: 400, Integration latency: 9 ms";

pub fn uri(function: &str) -> String {
    format!("arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{function}/invocations")
}

pub fn http(method: &str) -> Integration {
    Integration {
        integration_uri: Some("http://chat.example.com/connect".into()),
        integration_method: Some(method.into()),
        ..integration("HTTP_PROXY")
    }
}

/// An API whose `$connect` calls this URI as a function.
pub fn lambda(uri: &str) -> Snapshot {
    let mut api = api(Integration { integration_uri: Some(uri.into()), ..integration("AWS_PROXY") });
    api.api.api_endpoint = "wss://3fmvso4h96.execute-api.us-east-1.amazonaws.com".into();
    api
}

/// The same, and these are the permissions of the account's functions.
pub fn permitting(uri: &str, sources: &[(&str, &str)]) -> Snapshot {
    let permission = |(n, (function, path)): (usize, &(&str, &str))| Permission {
        function_arn: (*function).to_owned(),
        statement_id: format!("s{n}"),
        source_arn: Some(format!("arn:aws:execute-api:us-east-1:000000000000:{path}")),
    };
    let permissions = sources.iter().enumerate().map(permission).collect();
    Snapshot { surroundings: Some(Surroundings { permissions, ..Surroundings::default() }), ..lambda(uri) }
}

/// An API whose message route `go` has this integration.
pub fn going(integration: Integration) -> Snapshot {
    let mut api = api(integration);
    api.routes[0].route_key = "go".into();
    api
}

/// A message to the route `go`, with these lines after its first ones.
pub fn message(rest: &[&str]) -> Request {
    let mut lines = vec![
        "Extended Request Id: EP5yqFByIAMElXw=",
        "Starting execution for request: EP5yqFByIAMElXw=",
        "WebSocket Request Route: [go]",
        "WebSocket API [3fmvso4h96] received message from client [Connection Id: gbik1K9kzQAYKEilnA==].",
    ];
    lines.extend(rest);
    request(&lines)
}

pub fn sent_with(status: u16) -> String {
    format!(
        "Message from client [Connection Id: {CONNECTION}] sent to API [3fmvso4h96] with response status code [{status}]."
    )
}

pub fn linked(status: &str, target: &str) -> Snapshot {
    let private = Integration {
        connection_type: Some("VPC_LINK".into()),
        connection_id: Some("${stageVariables.link}".into()),
        ..http("GET")
    };
    let link =
        VpcLink { id: "abc123".into(), status: status.into(), target_arns: vec![target.into()], ..VpcLink::default() };
    let mut api = api(private);
    api.stages[0].stage_variables.insert("link".into(), "abc123".into());
    api.surroundings = Some(Surroundings { vpc_links: vec![link], ..Surroundings::default() });
    api
}

pub const NLB: &str = "arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/net/chat/50dc6c495c0c9188";
const ALB: &str = "arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/app/chat/50dc6c495c0c9188";

fn fixed(route_key: &str, about: Option<&str>) -> Option<Action> {
    Some(Action::Fix { route_key: route_key.into(), about: about.map(str::to_owned) })
}

/// A refused handshake of which no line has come.
fn unlogged(cause: &'static str, snapshot: Snapshot) -> Case {
    Case { snapshot: Some(snapshot), ..told(cause, 500, "Internal server error") }
}

pub fn cases() -> Vec<Case> {
    let mut cases = addresses();
    cases.extend(backends());
    cases.extend(bodies());
    cases.extend(links());
    cases.extend(functions());
    cases
}

fn addresses() -> Vec<Case> {
    let invalid = error("Invalid endpoint address");
    let variable = || {
        let mut api = api(Integration {
            integration_uri: Some("http://${stageVariables.backend}/connect".into()),
            ..http("GET")
        });
        api.stages[0].stage_variables.insert("other".into(), "x".into());
        api
    };
    let mut empty = variable();
    empty.stages[0].stage_variables.insert("backend".into(), String::new());
    let set = Some(Action::SetVariable { name: "backend".into() });
    let unset = |snapshot: Snapshot| Case {
        snapshot: Some(snapshot),
        action: set.clone(),
        ..said("stage-variable-missing", &[&invalid])
    };
    let bare = lambda(FUNCTION);
    vec![
        unset(variable()),
        unset(empty),
        Case { handshake: Some(refused(500, &gateway("Internal server error"))), ..unset(variable()) },
        Case { action: set.clone(), ..unlogged("stage-variable-missing", variable()) },
        Case {
            snapshot: Some(bare.clone()),
            action: fixed("$connect", None),
            ..said("integration-uri-invalid", &[&invalid])
        },
        Case { action: fixed("$connect", None), ..unlogged("integration-uri-invalid", bare) },
        Case { snapshot: Some(lambda("chat:live")), ..said("integration-uri-invalid", &[&invalid]) },
        Case {
            snapshot: Some(api(Integration { integration_uri: Some("http://no such host/".into()), ..http("GET") })),
            ..said("integration-uri-invalid", &[&invalid])
        },
    ]
}

fn backends() -> Vec<Case> {
    const URI: &str = "Endpoint request URI: http://chat.example.com/connect";
    const HEADERS: &str = "Endpoint request headers: {Sec-WebSocket-Version=13, x-amzn-apigateway-api-id=3fmvso4h96}";
    let strict = "Endpoint response body before transformations: {\"message\": \"bad request\"}";
    let version = |snapshot: Option<Snapshot>, lines: &[&str]| Case {
        action: snapshot.is_none().then(|| fixed("$connect", None)).flatten(),
        snapshot,
        certain: false,
        ..said("backend-rejects-websocket-version", lines)
    };
    let mut mapped = http("GET");
    mapped.request_parameters.insert("integration.request.header.Sec-WebSocket-Version".into(), "'0'".into());
    let rejected = |lines: &[&str]| Case { certain: false, ..said("backend-rejected", lines) };
    let no = "Received response. Status: 403, Integration latency: 9 ms";
    let gone = "Received response. Status: 500, Integration latency: 9 ms";
    let words = "Endpoint response body before transformations: {\"error\": \"unknown client\"}";
    vec![
        version(None, &[URI, HEADERS, RECEIVED, strict]),
        version(Some(api(http("GET"))), &[RECEIVED]),
        version(Some(api(http("GET"))), &[URI, HEADERS, RECEIVED, strict]),
        Case {
            cause: "backend-rejects-websocket-version",
            handshake: Some(refused(400, "<html>Bad Request</html>")),
            snapshot: Some(api(http("GET"))),
            action: fixed("$connect", None),
            ..Case::default()
        },
        // Mapped already: then the backend has another reason.
        Case { snapshot: Some(api(mapped)), ..rejected(&[URI, RECEIVED, strict]) },
        rejected(&[URI, no]),
        // What a backend passes on of a refused push is not the backend's decision.
        rejected(&[URI, no, "Endpoint response body before transformations: {\"message\":\"Forbidden\"}"]),
        Case {
            cause: "post-inside-connect",
            ..rejected(&[
                URI,
                gone,
                "Endpoint response body before transformations: {\"error\": \"GoneException: 410\"}",
            ])
        },
        Case {
            cause: "post-inside-connect",
            beside: vec![Beside {
                log_group: "/backend".into(),
                at: 1,
                text: "POST /@connections/gbik1K9kzQAYKEilnA%3D%3D 410".into(),
            }],
            ..rejected(&[URI, no, words])
        },
        Case { snapshot: Some(api(http("POST"))), ..said("backend-rejected", &[URI, no, words]) },
    ]
}

fn bodies() -> Vec<Case> {
    let on_go = |cause: &'static str, lines: &[&str]| Case { request: Some(message(lines)), cause, ..Case::default() };
    let (fine, refused_415) = (sent_with(200), sent_with(415));
    let got = "Received response. Status: 200, Integration latency: 9 ms";
    let never = Integration { passthrough_behavior: Some("NEVER".into()), ..answering(integration("MOCK")) };
    let mut unmatched = http("POST");
    unmatched.integration_type = "HTTP".into();
    unmatched.passthrough_behavior = Some("WHEN_NO_TEMPLATES".into());
    unmatched.template_selection_expression = Some("other".into());
    unmatched.request_templates.insert("text".into(), "$input.body".into());
    let show = Some(Action::ShowRoute { route_key: "go".into(), station: Some("Request template".into()) });
    let present = error("content-length header already present");
    let mut mapping = http("POST");
    mapping.request_parameters.insert("integration.request.header.content-length".into(), "'5'".into());
    let mut nothing = going(integration("MOCK"));
    nothing.routes[0].target = None;
    vec![
        Case {
            snapshot: Some(going(http("GET"))),
            message: Some("{\"action\": \"go\"}"),
            action: fixed("go", None),
            ..on_go("get-drops-body", &[got, &fine])
        },
        Case { snapshot: Some(going(http("GET"))), ..on_go("get-drops-body", &[RECEIVED, &sent_with(400)]) },
        Case {
            snapshot: Some(going(http("HEAD"))),
            message: Some("hello"),
            route_key: Some("go"),
            cause: "get-drops-body",
            ..Case::default()
        },
        // Only the deployed API still drops it: a deployment is what lacks.
        Case {
            deployed: Some(going(http("GET"))),
            snapshot: Some(going(http("POST"))),
            message: Some("hello"),
            action: Some(Action::Deploy),
            ..on_go("get-drops-body", &[got, &fine])
        },
        Case {
            snapshot: Some(going(never.clone())),
            action: show.clone(),
            ..on_go("unsupported-media-type", &[&refused_415])
        },
        // The frame's words are assumed.
        Case {
            frame: Some(gateway("Unsupported Media Type")),
            snapshot: Some(going(unmatched)),
            route_key: Some("go"),
            cause: "unsupported-media-type",
            ..Case::default()
        },
        Case {
            certain: true,
            snapshot: Some(going(never)),
            ..on_go(
                "unsupported-media-type",
                &["Gateway response type: UNSUPPORTED_MEDIA_TYPE with status code: 415", &refused_415],
            )
        },
        Case {
            certain: true,
            snapshot: Some(going(mapping)),
            action: fixed("go", Some("content-length")),
            ..on_go("mapped-header-forbidden", &[&present])
        },
        said("mapped-header-forbidden", &[&error("X-Amzn-Trace-Id header already present")]),
        Case {
            snapshot: Some(nothing.clone()),
            message: Some("{\"action\": \"go\"}"),
            action: fixed("go", None),
            ..on_go("route-without-integration", &[&fine])
        },
        Case {
            frame: Some(gateway("Internal server error")),
            snapshot: Some(nothing.clone()),
            route_key: Some("go"),
            cause: "route-without-integration",
            ..Case::default()
        },
        Case {
            deployed: Some(nothing.clone()),
            message: Some("x"),
            snapshot: Some(nothing),
            ..on_go("route-without-integration", &[])
        },
        Case { action: show, ..on_go_certain("request-template-failed", "Unable to transform request") },
    ]
}

fn on_go_certain(cause: &'static str, words: &str) -> Case {
    Case { certain: true, request: Some(message(&[&error(words)])), cause, ..Case::default() }
}

fn links() -> Vec<Case> {
    let network = "Execution failed due to a network error communicating with endpoint";
    let mut missing = linked("AVAILABLE", NLB);
    missing.stages[0].stage_variables.insert("link".into(), "nolink".into());
    // Assumed wordings: no capture of AWS's.
    let words = error("Invalid Vpc Link identifier specified: nolink");
    let unset = {
        let mut api = linked("AVAILABLE", NLB);
        api.stages[0].stage_variables.clear();
        api
    };
    let link = |snapshot: &Snapshot, lines: &[&str]| Case {
        certain: false,
        snapshot: Some(snapshot.clone()),
        ..said("vpc-link-unavailable", lines)
    };
    vec![
        link(&missing, &[&words]),
        link(&linked("FAILED", NLB), &[network]),
        link(&linked("PENDING", NLB), &["Execution failed due to a timeout error"]),
        unlogged("vpc-link-unavailable", linked("AVAILABLE", ALB)),
        unlogged("vpc-link-unavailable", missing),
        unlogged("stage-variable-missing", unset),
        // Nothing is known against the link, and nobody has looked behind it.
        Case { action: Some(Action::Probe), ..unlogged("vpc-link-unavailable", linked("AVAILABLE", NLB)) },
        // Nobody behind it is healthy: with or without a line.
        Case { probes: vec![behind("unhealthy")], ..unlogged("vpc-link-unavailable", linked("AVAILABLE", NLB)) },
        Case { probes: vec![behind("unhealthy")], ..link(&linked("AVAILABLE", NLB), &[network]) },
        Case {
            probes: vec![behind("unhealthy")],
            ..link(&linked("AVAILABLE", NLB), &["Execution failed due to a timeout error"])
        },
        // A target that answers its health checks excludes it.
        Case {
            snapshot: Some(linked("AVAILABLE", NLB)),
            probes: vec![behind("healthy")],
            ..said("integration-timeout", &["Execution failed due to a timeout error"])
        },
        // A link that is fine does not explain it.
        Case { snapshot: Some(linked("AVAILABLE", NLB)), ..said("integration-network", &[network]) },
    ]
}

/// The one target behind the link.
fn behind(state: &str) -> Probe {
    let reason = if state == "healthy" { "" } else { "Target.FailedHealthChecks" };
    let target = Target { state: state.into(), reason: reason.into(), ..Target::default() };
    let balancer = LoadBalancer { arn: NLB.into(), targets: vec![target], error: None };
    Probe::Targets(Targets { vpc_link_id: "abc123".into(), load_balancers: vec![balancer], ..Targets::default() })
}

fn functions() -> Vec<Case> {
    let words = error("Invalid permissions on Lambda function");
    let called = format!("Sending request to {LAMBDA}");
    let refused_push = "Lambda execution failed with status 200 due to customer function error: GoneException: UnknownError. Lambda request id: cbb8db9c-94de-4d11-873d-e5d79fda5a05";
    let crashed = "Lambda execution failed with status 200 due to customer function error: boom. Lambda request id: cbb8db9c-94de-4d11-873d-e5d79fda5a05";
    let log = |id: &str| Some(Action::OpenLog { log_group: "/aws/lambda/chat".into(), request_id: Some(id.into()) });
    let answered = "Endpoint response body before transformations: {\"statusCode\": 500, \"body\": \"no\"}";
    let ran = "AWS Integration Endpoint RequestId : 47bc8311-95b4-48e8-b513-214b75a8deaa";
    let whole = uri(FUNCTION);
    let shape = [(FUNCTION, "3fmvso4h96/*/*/$connect")];
    let other_route = [(FUNCTION, "3fmvso4h96/*/sendmessage")];
    let alias = [(FUNCTION, "3fmvso4h96/*/$connect")];
    let of_alias = uri(&format!("{FUNCTION}:live"));
    let permission = |snapshot: Snapshot| Case {
        snapshot: Some(snapshot),
        action: fixed("$connect", None),
        ..said("lambda-permission-missing", &[&called, &words])
    };
    vec![
        permission(permitting(&whole, &[])),
        permission(permitting(&whole, &shape)),
        permission(permitting(&whole, &other_route)),
        permission(permitting(&of_alias, &alias)),
        Case { action: fixed("$connect", None), ..unlogged("lambda-permission-missing", permitting(&whole, &[])) },
        Case {
            snapshot: Some(permitting(&whole, &alias)),
            action: log("cbb8db9c-94de-4d11-873d-e5d79fda5a05"),
            ..said("lambda-error", &[&called, crashed])
        },
        // What a refused push raises is told, and is no proof that the function itself is the cause.
        Case { certain: false, ..said("lambda-error", &[&called, refused_push]) },
        Case {
            certain: false,
            action: log("47bc8311-95b4-48e8-b513-214b75a8deaa"),
            ..said("lambda-rejected", &[&called, answered, ran])
        },
        Case {
            certain: false,
            ..said(
                "integration-role-denied",
                &[
                    "Sending request to https://dynamodb.us-east-1.amazonaws.com/?Action=PutItem",
                    "Received response. Status: 400, Integration latency: 9 ms",
                    "Endpoint response body before transformations: {\"__type\":\"com.amazon.coral.service#AccessDeniedException\",\"Message\":\"User: arn:aws:sts::000000000000:assumed-role/gw/x is not authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:us-east-1:000000000000:table/t because no identity-based policy allows the dynamodb:PutItem action\"}",
                ],
            )
        },
    ]
}
