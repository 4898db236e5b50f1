//! What removes each cause, and what is seen then. Causes that are in bold in the list of causes are removed by one click.

use gatescope_model::api::{Integration, IntegrationResponse, Snapshot};

/// One cause.
pub struct Story {
    pub cause: &'static str,
    /// Whether the evidence excludes all else.
    pub sure: bool,
    pub by: By,
    pub then: Then,
}

/// What removes it.
pub enum By {
    /// Its draft, in the review sheet.
    Fix,
    Deploy,
    /// The variable, with this value.
    Variable(&'static str),
    Key,
    Sign,
    Dial,
    Logs,
    /// What the words say.
    Hand(Hand),
}

/// What a person does by hand.
pub enum Hand {
    /// Connects again.
    Again,
    Edit(fn(&mut Snapshot)),
    Integration(fn(&mut Integration)),
    /// A function does something else from now on.
    Function(&'static str, &'static str),
    Headers(&'static [(&'static str, &'static str)]),
    Signed,
    /// Dials another address; an empty one is the stage's own.
    Url(&'static str),
    Say(&'static str),
    NoFaults,
    /// So many milliseconds pass.
    Time(u64),
    Quota(i64),
    /// A role that the gateway may assume, and that may store.
    Role(&'static str),
}

/// What is seen afterwards.
pub enum Then {
    Opens,
    /// It opens, and this comes back to the message.
    Hears(&'static str),
    /// It is still broken, and now it is known why.
    IsExplainedBy(&'static str),
}

impl By {
    pub fn words(&self) -> &'static str {
        match self {
            Self::Fix => "one click: fix",
            Self::Deploy => "one click: deploy",
            Self::Variable(_) => "one click: variable",
            Self::Key => "one click: key",
            Self::Sign => "one click: sign",
            Self::Dial => "one click: dial",
            Self::Logs => "one click: logs",
            Self::Hand(_) => "by hand",
        }
    }
}

const OK: &str = r#"{"kind": "answers", "payload": "{\"statusCode\": 200}"}"#;
const ALLOW: &str = r#"{"kind": "answers", "payload": "{\"principalId\": \"me\", \"policyDocument\": {\"Version\": \"2012-10-17\", \"Statement\": [{\"Action\": \"execute-api:Invoke\", \"Effect\": \"Allow\", \"Resource\": \"METHOD_ARN\"}]}}"}"#;

const fn told(cause: &'static str, hand: Hand) -> Story {
    Story { cause, sure: true, by: By::Hand(hand), then: Then::Opens }
}

const fn fixed(cause: &'static str) -> Story {
    Story { cause, sure: true, by: By::Fix, then: Then::Opens }
}

const fn clicked(cause: &'static str, by: By) -> Story {
    Story { cause, sure: true, by, then: Then::Opens }
}

impl Story {
    const fn hears(self, part: &'static str) -> Self {
        Self { cause: self.cause, sure: self.sure, by: self.by, then: Then::Hears(part) }
    }

    const fn maybe(self) -> Self {
        Self { cause: self.cause, sure: false, by: self.by, then: self.then }
    }
}

/// Every cause of the gallery, in its order.
pub const STORIES: &[Story] = &[
    fixed("mock-status-missing"),
    fixed("integration-response-missing"),
    fixed("lambda-permission-missing"),
    told("lambda-malformed-response", Hand::Function("malformed", OK)),
    told("lambda-error", Hand::Function("crash", OK)),
    told("lambda-timeout", Hand::Function("gallery-tired", OK)),
    told("lambda-rejected", Hand::Function("deny", OK)),
    told("integration-timeout", Hand::Function("slow", OK)),
    told("integration-network", Hand::Integration(reachable)),
    fixed("integration-uri-invalid"),
    clicked("stage-variable-missing", By::Variable("backend.sandbox:8080")),
    told("backend-rejected", Hand::Integration(reachable)),
    fixed("backend-rejects-websocket-version").maybe(),
    fixed("get-drops-body").maybe().hears(r#"action"#),
    told("request-template-failed", Hand::Integration(valid_template)),
    told("response-template-failed", Hand::Integration(valid_response)).hears("went"),
    told("body-not-base64", Hand::Integration(as_it_is)).hears("action"),
    told("unsupported-media-type", Hand::Integration(any_type)).hears("200").maybe(),
    fixed("mapped-header-forbidden"),
    told("integration-role-not-assumable", Hand::Role("gallery-not-assumable")),
    told("integration-role-denied", Hand::Role("gallery-may-nothing")).maybe(),
    told("vpc-link-unavailable", Hand::Integration(over_the_internet)).maybe(),
    fixed("route-without-integration").maybe(),
    told("authorizer-identity-missing", Hand::Headers(&[("authorization", "secret-token")])),
    told("authorizer-unauthorized", Hand::Function("gallery-unauthorized", ALLOW)).maybe(),
    told("authorizer-denied", Hand::Headers(&[("authorization", "secret-token")])),
    told("authorizer-wrong-resource", Hand::Function("gallery-rest-shaped", ALLOW)).maybe(),
    told("authorizer-malformed", Hand::Function("gallery-simple", ALLOW)),
    fixed("authorizer-permission-missing"),
    clicked("iam-unsigned", By::Sign).maybe(),
    told("iam-signature-invalid", Hand::Signed),
    clicked("api-key-missing", By::Key),
    fixed("api-key-not-in-plan"),
    told("quota-exceeded", Hand::Quota(100)).maybe(),
    told("throttled", Hand::Time(200_000)).maybe(),
    fixed("throttle-zero"),
    told("duplicate-authorization-header", Hand::Headers(&[("authorization", "one")])),
    clicked("stage-not-found", By::Dial),
    clicked("stage-not-deployed", By::Deploy),
    clicked("undeployed-changes", By::Deploy).maybe(),
    told("execute-api-disabled", Hand::Edit(enabled)),
    told("not-a-websocket", Hand::Url("")),
    clicked("api-not-found", By::Dial).maybe(),
    Story { then: Then::IsExplainedBy("mock-status-missing"), ..clicked("logging-off", By::Logs).maybe() },
    fixed("route-not-found"),
    fixed("route-selection-wrong").hears("went").maybe(),
    fixed("no-route-response").hears("went").maybe(),
    told("model-validation-failed", Hand::Say(r#"{"action": "go", "message": "x"}"#)).hears("went"),
    told("frame-too-large", Hand::Say(r#""short""#)).hears("short"),
    told("idle-timeout", Hand::Again),
    told("max-duration", Hand::Again),
    told("connection-lost", Hand::NoFaults).hears("hello").maybe(),
    told("post-inside-connect", Hand::Integration(reachable)).maybe(),
    told("connection-gone", Hand::Integration(own_id)).hears("hello!!!!").maybe(),
    told("connection-id-invalid", Hand::Integration(own_id)).hears("hello!!!!").maybe(),
    told("callback-endpoint-disabled", Hand::Integration(own_callback)).hears("hello!!!!").maybe(),
    told("closed-by-backend", Hand::Integration(pushes)).hears("hello!!!!"),
    fixed("mapping-missing"),
    clicked("stage-in-domain-path", By::Dial),
    fixed("dns-not-found").maybe(),
    fixed("dns-wrong-target").maybe(),
    told("tls-name-mismatch", Hand::Url("wss://chat.tls-name-mismatch.example.net/")),
    told("callback-url-wrong", Hand::Integration(own_callback)).hears("hello!!!!").maybe(),
    told("payload-too-large", Hand::Integration(pushes)).hears("hello!!!!").maybe(),
];

/// Causes whose story is not told, and why.
pub const OPEN: &[(&str, &str)] = &[
    ("binary-not-supported", "it takes a binary frame, and a conversation in the window sends text frames"),
    (
        "iam-denied",
        "it takes a signature of another user: the window signs as the account's own, who may everything here",
    ),
];

fn reachable(integration: &mut Integration) {
    integration.integration_uri = Some("http://backend.sandbox:8080/connect".to_owned());
}

fn valid_template(integration: &mut Integration) {
    integration.request_templates.insert("$default".to_owned(), r#"{"statusCode": 200}"#.to_owned());
}

fn valid_response(integration: &mut Integration) {
    let responses =
        integration.responses.iter_mut().flat_map(|r: &mut IntegrationResponse| r.response_templates.values_mut());
    responses.for_each(|text| "\"went\"".clone_into(text));
}

fn as_it_is(integration: &mut Integration) {
    integration.content_handling_strategy = None;
}

fn any_type(integration: &mut Integration) {
    integration.passthrough_behavior = Some("WHEN_NO_MATCH".to_owned());
    integration.template_selection_expression = Some("\\$default".to_owned());
    valid_template(integration);
    let responses = integration.responses.iter_mut();
    responses.for_each(|r| drop(r.response_templates.insert("$default".to_owned(), "\"200\"".to_owned())));
}

fn over_the_internet(integration: &mut Integration) {
    integration.connection_type = Some("INTERNET".to_owned());
    integration.connection_id = None;
}

fn enabled(api: &mut Snapshot) {
    api.api.disable_execute_api_endpoint = false;
}

/// A push to the connection that asks for it.
fn own_id(integration: &mut Integration) {
    for text in integration.request_templates.values_mut() {
        let mut body: serde_json::Value = serde_json::from_str(text).unwrap();
        body["connectionId"] = "$context.connectionId".into();
        *text = body.to_string();
    }
}

/// A push to the API's own endpoint.
fn own_callback(integration: &mut Integration) {
    for text in integration.request_templates.values_mut() {
        let mut body: serde_json::Value = serde_json::from_str(text).unwrap();
        body["callback"] = "https://${context.apiId}.execute-api.us-east-1.amazonaws.com/${context.stage}".into();
        *text = body.to_string();
    }
}

/// A small push, that closes nothing.
fn pushes(integration: &mut Integration) {
    integration.integration_uri = Some("http://backend.sandbox:8080/sendmessage".to_owned());
}
