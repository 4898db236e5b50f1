//! What a client, a log or a configuration shows: the pieces that the cases are made of.

use gatescope_model::probe::{Certificate, Tls};

use super::*;

pub const ID: &str = "EP5yqFByIAMElXw=";
pub const CONNECTION: &str = "gbik1K9kzQAYKEilnA==";
pub const OWN: &str = "3fmvso4h96.execute-api.us-east-1.amazonaws.com";
pub const DOMAIN: &str = "api.example.com";

pub fn request(lines: &[&str]) -> Request {
    let event = |(n, line): (usize, &&str)| LogEvent {
        timestamp: n as i64,
        message: format!("({ID}) {line}"),
        ..LogEvent::default()
    };
    let mut correlator = Correlator::new(1000);
    correlator.events(&lines.iter().enumerate().map(event).collect::<Vec<_>>());
    let mut request = correlator.request(ID).expect("lines").clone();
    request.link = LinkKind::Exact;
    request
}

pub fn connect(rest: &[&str]) -> Request {
    let mut lines = vec![
        "Extended Request Id: EP5yqFByIAMElXw=",
        "Starting execution for request: EP5yqFByIAMElXw=",
        "WebSocket Request Route: [$connect]",
    ];
    lines.extend(rest);
    request(&lines)
}

/// A message on a route, with the status at its end.
pub fn message(route: &str, rest: &[&str], status: u16) -> Request {
    let (route, end) = (
        format!("WebSocket Request Route: [{route}]"),
        format!(
            "Message from client [Connection Id: {CONNECTION}] sent to API [3fmvso4h96] with response status code [{status}]."
        ),
    );
    let mut lines = vec!["Extended Request Id: EP5yqFByIAMElXw=", &route];
    lines.extend(rest);
    lines.push(&end);
    request(&lines)
}

/// An API with a stage `prod`, `$connect`, `$default` and `join`, and the domain `api.example.com` with the key `chat`.
pub fn api() -> Snapshot {
    let route = |key: &str, integration: &str| Route {
        route_key: key.into(),
        target: Some(format!("integrations/{integration}")),
        authorization_type: "NONE".into(),
        ..Route::default()
    };
    let response = IntegrationResponse { integration_response_key: "$default".into(), ..Default::default() };
    let mock = |id: &str| Integration {
        integration_id: id.into(),
        integration_type: "MOCK".into(),
        template_selection_expression: Some("\\$default".into()),
        request_templates: [("$default".to_owned(), r#"{"statusCode": 200}"#.to_owned())].into(),
        responses: vec![response.clone()],
        ..Integration::default()
    };
    let mapping = Mapping {
        api_mapping_id: "m1".into(),
        api_mapping_key: "chat".into(),
        api_id: "3fmvso4h96".into(),
        stage: "prod".into(),
    };
    Snapshot {
        api: Api {
            api_id: "3fmvso4h96".into(),
            api_endpoint: format!("wss://{OWN}"),
            route_selection_expression: "$request.body.action".into(),
            ..Api::default()
        },
        routes: vec![route("$connect", "i1"), route("$default", "i2"), route("join", "i3")],
        integrations: vec![mock("i1"), mock("i2"), mock("i3")],
        stages: vec![Stage { stage_name: "prod".into(), deployment_id: Some("d1".into()), ..Stage::default() }],
        surroundings: Some(Surroundings {
            domains: vec![CustomDomain {
                domain_name: DOMAIN.into(),
                target: "d-abc.execute-api.us-east-1.amazonaws.com".into(),
                status: "AVAILABLE".into(),
                mappings: vec![mapping],
                ..CustomDomain::default()
            }],
            ..Surroundings::default()
        }),
        ..Snapshot::default()
    }
}

pub fn with(change: impl FnOnce(&mut Snapshot)) -> Snapshot {
    let mut api = api();
    change(&mut api);
    api
}

/// What API Gateway answers that finds no API and stage.
pub fn forbidden(url: &str) -> Handshake {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let refusal = Refusal {
        status: 403,
        headers: vec![header("x-amzn-errortype", "ForbiddenException"), header("x-amz-apigw-id", ID)],
        body: r#"{"message":"Forbidden"}"#.into(),
        body_truncated: false,
    };
    Handshake { url: url.into(), outcome: Outcome::Refused(refusal), ..Handshake::default() }
}

pub fn answered(url: &str, status: u16, headers: &[(&str, &str)], body: &str) -> Handshake {
    let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    let refusal = Refusal { status, headers, body: body.into(), body_truncated: false };
    Handshake { url: url.into(), outcome: Outcome::Refused(refusal), ..Handshake::default() }
}

pub fn stopped(url: &str, phase: PhaseName, reason: FailureKind, trouble: Option<TlsTrouble>) -> Handshake {
    let outcome = Outcome::Failed { phase, reason, message: "the system's words".into() };
    Handshake { url: url.into(), outcome, tls_trouble: trouble, ..Handshake::default() }
}

pub fn unknown(url: &str) -> Handshake {
    stopped(url, PhaseName::Dns, FailureKind::NameNotFound, None)
}

pub fn tls(url: &str, trouble: TlsTrouble) -> Handshake {
    stopped(url, PhaseName::Tls, FailureKind::Tls, Some(trouble))
}

pub fn names(names: &[&str]) -> TlsTrouble {
    TlsTrouble::Name { names: names.iter().map(|n| (*n).to_owned()).collect() }
}

pub fn dns(host: &str, aliases: &[&str], addresses: &[&str]) -> Probe {
    let all = |list: &[&str]| list.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
    let error = addresses.is_empty().then(|| "NXDOMAIN".to_owned());
    Probe::Dns { host: host.into(), aliases: all(aliases), addresses: all(addresses), error }
}

/// What is shown by a server that says it is `names`, until 2026, as it is judged in 2027.
pub fn shook(host: &str, names: &[&str], trusted: bool) -> Tls {
    let own = Certificate {
        names: names.iter().map(|n| (*n).to_owned()).collect(),
        issuer: "CN=Acme CA".into(),
        not_before: Some(1_700_000_000_000),
        not_after: Some(1_795_305_600_000),
        ..Certificate::default()
    };
    let (version, at) = (Some("TLS 1.3".to_owned()), Some(1_800_000_000_000));
    Tls { host: host.into(), version, chain: vec![own], trusted, at, ..Tls::default() }
}

pub fn gateway(message: &str) -> String {
    format!(r#"{{"message": "{message}", "connectionId":"{CONNECTION}", "requestId":"{ID}"}}"#)
}

pub fn ended(code: Option<u16>, reason: &str, open_ms: i64, idle_ms: i64) -> Ending {
    let by = if code.is_some() { EndedBy::Peer } else { EndedBy::Network };
    Ending { code, reason: reason.into(), by, open_ms, idle_ms, last_sent: None }
}

#[derive(Clone, Default)]
pub struct Case {
    pub cause: &'static str,
    pub sure: Option<Confidence>,
    pub handshake: Option<Handshake>,
    pub frame: Option<String>,
    pub request: Option<Request>,
    pub snapshot: Option<Snapshot>,
    pub deployed: Option<Snapshot>,
    pub undeployed: Vec<Undeployed>,
    pub deployed_ms_ago: Option<i64>,
    pub message: Option<&'static str>,
    pub waits: bool,
    pub ending: Option<Ending>,
    pub beside: Vec<Beside>,
    pub probes: Vec<Probe>,
    pub logging: Option<Logging>,
    pub stage: Option<&'static str>,
    pub waited_ms: Option<i64>,
}

impl Case {
    pub fn verdict(&self) -> Verdict {
        diagnose(&Facts {
            handshake: self.handshake.as_ref(),
            frame: self.frame.as_deref(),
            request: self.request.as_ref(),
            snapshot: self.snapshot.as_ref(),
            stage: self.stage.or(Some("prod")),
            logging: self.logging.clone(),
            waited_ms: self.waited_ms.unwrap_or(5_000),
            deployed: self.deployed.as_ref(),
            undeployed: &self.undeployed,
            deployed_ms_ago: self.deployed_ms_ago,
            message: self.message,
            answered: self.message.map(|_| !self.waits),
            ending: self.ending.as_ref(),
            beside: &self.beside,
            probes: &self.probes,
            ..Facts::default()
        })
    }
}

pub fn dialled(cause: &'static str, sure: Confidence, handshake: Handshake, snapshot: Snapshot) -> Case {
    Case { cause, sure: Some(sure), handshake: Some(handshake), snapshot: Some(snapshot), ..Case::default() }
}

pub fn over(cause: &'static str, sure: Confidence, ending: Ending) -> Case {
    Case { cause, sure: Some(sure), ending: Some(ending), snapshot: Some(api()), ..Case::default() }
}

/// A backend's answer to a message, with data trace.
pub fn told(cause: &'static str, sure: Confidence, body: &str) -> Case {
    let body = format!("Endpoint response body before transformations: {body}");
    let lines = [
        "Endpoint request URI: http://chat.example.com/go",
        "Received response. Status: 502, Integration latency: 9 ms",
        &body,
    ];
    let http = with(|s| s.integrations[2].integration_type = "HTTP".into());
    Case {
        cause,
        sure: Some(sure),
        request: Some(message("join", &lines, 502)),
        snapshot: Some(http),
        message: Some(r#"{"action":"join"}"#),
        ..Case::default()
    }
}

/// The same, where the backend was given the domain and the stage to make an address of.
pub fn given(cause: &'static str, sure: Confidence, sent: &str, body: &str) -> Case {
    let sent = format!("Endpoint request body after transformations: {sent}");
    let body = format!("Endpoint response body before transformations: {body}");
    let lines = [
        "Endpoint request URI: http://chat.example.com/go",
        &sent,
        "Received response. Status: 502, Integration latency: 9 ms",
        &body,
    ];
    Case { request: Some(message("join", &lines, 502)), ..told(cause, sure, "") }
}

pub fn at(path: &str) -> String {
    format!("wss://{OWN}{path}")
}

pub fn domain(path: &str) -> String {
    format!("wss://{DOMAIN}{path}")
}
