//! Fixtures: who may connect. Handshakes are recorded (facts 2, section 2.1) unless a fixture says that it is assumed.

use gatescope_model::api::RouteSettings;
use gatescope_model::surroundings::{ApiKey, ApiStage, Permission, PlanKey, Quota, Surroundings, UsagePlan};

use super::integration::{FUNCTION, lambda, uri};
use super::*;

const CALLED: &str = "arn:aws:iam::000000000000:user/visitor";

/// `$connect` with this authorization.
fn with(authorization: &str) -> Snapshot {
    let mut api = lambda(&uri(FUNCTION));
    api.routes[0].authorization_type = authorization.into();
    api
}

/// A refusal of API Gateway's front door, as it answers for `@connections`: that `$connect` gets the same is assumed.
fn front(status: u16, kind: &str, body: &str) -> Handshake {
    let mut handshake = refused(status, body);
    if let Outcome::Refused(refusal) = &mut handshake.outcome {
        refusal.headers.push(("x-amzn-ErrorType".into(), kind.into()));
    }
    handshake
}

fn sending(mut handshake: Handshake, headers: &[&str]) -> Handshake {
    let header = |name: &&str| ((*name).to_owned(), "*****".to_owned());
    handshake.request_headers = headers.iter().map(header).collect();
    handshake
}

fn says(status: u16, message: &str) -> Handshake {
    refused(status, &gateway(&message.replace('\n', "\\n")))
}

/// A handshake with an API in a configuration.
fn tried(cause: &'static str, handshake: Handshake, snapshot: Snapshot) -> Case {
    Case { cause, handshake: Some(handshake), snapshot: Some(snapshot), ..Case::default() }
}

/// `$connect` wants a key; these are there, in these plans that cover these stages.
pub fn keyed(keys: &[(&str, bool)], plans: &[(&[&str], &[&str])]) -> Snapshot {
    let key = |(id, enabled): &(&str, bool)| ApiKey {
        id: (*id).into(),
        name: format!("key {id}"),
        enabled: *enabled,
        ..ApiKey::default()
    };
    let plan = |(n, (keys, stages)): (usize, &(&[&str], &[&str]))| UsagePlan {
        id: format!("p{n}"),
        name: format!("plan {n}"),
        api_stages: stages
            .iter()
            .map(|stage| ApiStage { api_id: "3fmvso4h96".into(), stage: (*stage).into(), ..ApiStage::default() })
            .collect(),
        keys: keys.iter().map(|id| PlanKey { id: (*id).into(), ..PlanKey::default() }).collect(),
        ..UsagePlan::default()
    };
    let mut api = with("NONE");
    api.api.api_key_selection_expression = "$request.header.x-api-key".into();
    api.routes[0].api_key_required = true;
    api.surroundings = Some(Surroundings {
        api_keys: keys.iter().map(key).collect(),
        usage_plans: plans.iter().enumerate().map(plan).collect(),
        permissions: vec![Permission { function_arn: FUNCTION.into(), ..Permission::default() }],
        ..Surroundings::default()
    });
    api
}

pub fn zeros() -> Snapshot {
    let mut api = with("NONE");
    api.stages[0].default_route_settings = RouteSettings {
        logging_level: Some("INFO".into()),
        throttling_burst_limit: Some(0),
        throttling_rate_limit: Some(0.0),
        ..RouteSettings::default()
    };
    api
}

pub fn cases() -> Vec<Case> {
    let mut cases = signatures();
    cases.extend(keys());
    cases.extend(limits());
    cases.extend(others());
    cases
}

fn signatures() -> Vec<Case> {
    let sign = Some(Action::Sign);
    let signed = ["host", "authorization", "x-amz-date"];
    let unsigned = |handshake| Case { action: Some(Action::Sign), ..tried("iam-unsigned", handshake, with("AWS_IAM")) };
    let missing = r#"{"message":"Missing Authentication Token"}"#;
    // Recorded: corpus connections-bad-signature-403.
    let mismatch = "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.\n\nThe Canonical String for this request should have been";
    let invalid = |words: &str| Case {
        certain: true,
        action: Some(Action::Sign),
        ..tried("iam-signature-invalid", sending(says(403, words), &signed), with("AWS_IAM"))
    };
    let denied = |who: &str, why: &str| {
        format!(
            "User: {who} is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:us-east-1:********0000:3fmvso4h96/prod/$connect {why}"
        )
    };
    let may_not = |words: &str| Case {
        certain: true,
        ..tried("iam-denied", sending(says(403, words), &signed), with("AWS_IAM"))
    };
    let unallowed = denied(CALLED, "because no identity-based policy allows the execute-api:Invoke action");
    let body = format!(r#"{{"Message":"{unallowed}"}}"#);
    vec![
        unsigned(sending(says(403, "Missing Authentication Token"), &["host"])),
        unsigned(front(403, "MissingAuthenticationTokenException", missing)),
        unsigned(sending(says(403, "Forbidden"), &["host"])),
        told("iam-unsigned", 403, "Missing Authentication Token"),
        invalid(mismatch),
        invalid("Signature expired: 20260101T000000Z is now earlier than 20261121T195500Z (20261121T200000Z - 5 min.)"),
        invalid("Credential should be scoped to a valid region, not 'us-east-1'. "),
        invalid("The security token included in the request is invalid."),
        Case {
            snapshot: None,
            certain: false,
            action: sign,
            ..invalid("The security token included in the request is expired")
        },
        may_not(&unallowed),
        may_not(&denied(CALLED, "with an explicit deny in an identity-based policy")),
        Case { certain: true, ..tried("iam-denied", front(403, "AccessDeniedException", &body), with("AWS_IAM")) },
    ]
}

fn keys() -> Vec<Case> {
    let refused_line = |key: &str| {
        format!(
            "API Key {key} not authorized because route '$connect' requires API Key and API Key is not associated with a Usage Plan for API Stage 3fmvso4h96/prod: No Usage Plan found for key and API Stage"
        )
    };
    let masked = refused_line("**************************bMZHBg");
    let logged = |snapshot: Option<Snapshot>| Case {
        cause: "api-key-not-in-plan",
        certain: true,
        request: Some(request(&[&masked])),
        snapshot,
        ..Case::default()
    };
    let attach = |id: &str| Some(Action::Fix { route_key: "$connect".into(), about: Some(id.into()) });
    let one = keyed(&[("k1", true)], &[]);
    let forbidden = || sending(says(403, "Forbidden"), &["host", "x-api-key"]);
    let mut from_authorizer = keyed(&[("k1", true)], &[(&["k1"], &["prod"])]);
    from_authorizer.api.api_key_selection_expression = "$context.authorizer.usageIdentifierKey".into();
    vec![
        logged(None),
        Case { route_key: Some("$connect"), action: attach("k1"), ..logged(Some(one.clone())) },
        Case {
            route_key: Some("$connect"),
            action: attach("k2"),
            ..logged(Some(keyed(&[("k1", true), ("k2", false)], &[(&["k1", "k2"], &["prod"])])))
        },
        // Two come into question: a person says which was meant.
        Case {
            route_key: Some("$connect"),
            action: Some(Action::SendKey),
            ..logged(Some(keyed(&[("k1", true), ("k2", true)], &[])))
        },
        // The words to the client are assumed.
        Case { action: attach("k1"), ..tried("api-key-not-in-plan", forbidden(), one.clone()) },
        Case {
            action: Some(Action::SendKey),
            ..tried("api-key-missing", sending(says(403, "Forbidden"), &["host"]), one)
        },
        tried("api-key-missing", sending(says(403, "Forbidden"), &["host"]), from_authorizer),
    ]
}

fn limits() -> Vec<Case> {
    let mut small = keyed(&[("k1", true)], &[(&["k1"], &["prod"])]);
    if let Some(around) = &mut small.surroundings {
        around.usage_plans[0].quota = Some(Quota { limit: 1, offset: 0, period: "MONTH".into() });
    }
    let remove = Some(Action::Fix { route_key: "$connect".into(), about: None });
    let mut half = zeros();
    half.stages[0].default_route_settings.throttling_rate_limit = None;
    let mut of_route = with("NONE");
    of_route.stages[0].route_settings.insert(
        "$connect".into(),
        RouteSettings { throttling_burst_limit: Some(0), throttling_rate_limit: Some(0.0), ..RouteSettings::default() },
    );
    let type_line = "Gateway response type: QUOTA_EXCEEDED with status code: 429";
    vec![
        // The words of REST's QUOTA_EXCEEDED; that a handshake gets them is assumed.
        tried("quota-exceeded", says(429, "Limit Exceeded"), small.clone()),
        told("quota-exceeded", 429, "Limit Exceeded"),
        Case {
            cause: "quota-exceeded",
            handshake: Some(front(429, "LimitExceededException", r#"{"message":"Limit Exceeded"}"#)),
            ..Case::default()
        },
        Case { cause: "quota-exceeded", certain: true, request: Some(request(&[type_line])), ..Case::default() },
        tried("throttled", says(429, "Too Many Requests"), small),
        Case {
            certain: true,
            action: remove.clone(),
            ..tried("throttle-zero", says(429, "Too Many Requests"), zeros())
        },
        Case {
            certain: true,
            action: remove.clone(),
            ..tried("throttle-zero", says(429, "Too Many Requests"), of_route)
        },
        Case { action: remove, ..tried("throttle-zero", says(429, "Too Many Requests"), half) },
    ]
}

fn others() -> Vec<Case> {
    // Recorded: corpus handshake-duplicate-authorization-header of the second part.
    let html = "<html>\r\n<head><title>400 Bad Request</title></head>\r\n<body>\r\n<center><h1>400 Bad Request</h1></center>\r\n</body>\r\n</html>\r\n";
    let headers =
        vec![("server".to_owned(), "awselb/2.0".to_owned()), ("content-type".to_owned(), "text/html".to_owned())];
    let refusal = Refusal { status: 400, headers, body: html.to_owned(), body_truncated: false };
    let balancer = || Handshake { outcome: Outcome::Refused(refusal.clone()), ..Handshake::default() };
    let mut guarded = with("CUSTOM");
    custom(&mut guarded, &["route.request.header.authorization"]);
    guarded.authorizers[0].authorizer_uri = Some(uri(FUNCTION));
    let mut locked = guarded.clone();
    locked.surroundings = Some(Surroundings::default());
    let log = Some(Action::OpenLog { log_group: "/aws/lambda/chat".into(), request_id: None });
    let permit = Some(Action::Fix { route_key: "$connect".into(), about: None });
    let early = error("Invalid permissions on Lambda function");
    vec![
        Case {
            cause: "duplicate-authorization-header",
            certain: true,
            handshake: Some(sending(balancer(), &["host", "authorization", "Authorization"])),
            ..Case::default()
        },
        Case { cause: "duplicate-authorization-header", handshake: Some(balancer()), ..Case::default() },
        Case {
            action: log.clone(),
            ..tried(
                "authorizer-denied",
                says(
                    403,
                    "User is not authorized to access this resource with an explicit deny in an identity-based policy",
                ),
                guarded.clone(),
            )
        },
        Case { action: log, ..tried("authorizer-malformed", says(500, ""), guarded) },
        Case {
            action: permit.clone(),
            ..tried("authorizer-permission-missing", says(500, "Internal server error"), locked.clone())
        },
        // As users published it: no line of the authorizer but this one, and nothing was executed.
        Case {
            cause: "authorizer-permission-missing",
            certain: true,
            request: Some(request(&["Extended Request Id: EP5yqFByIAMElXw=", &early])),
            handshake: Some(says(500, "Internal server error")),
            snapshot: Some(locked),
            action: permit,
            ..Case::default()
        },
    ]
}
