//! One failure as the rules see it: what they can ask, and how they answer.

use super::{Beside, EndedBy, Facts};
use crate::api::{Integration, Route};
use crate::conversation::LinkKind;
use crate::correlate::{Request, RequestKind};
use crate::function_log::FunctionLine;
use crate::handshake::{FailureKind, GatewayMessage, Outcome, PhaseName, Refusal};
use crate::log::Kind;
use crate::probe::Probe;
use crate::unlogged;
use crate::verdict::{Action, Confidence, Evidence, Finding, Place};

/// A rule's answer.
pub(super) struct Found {
    pub confidence: Confidence,
    pub title: String,
    pub reason: String,
    pub fix: String,
    pub evidence: Vec<Evidence>,
    pub action: Option<Action>,
}

impl Found {
    pub fn named(self, cause: &str) -> Finding {
        let Self { confidence, title, reason, fix, evidence, action } = self;
        let doc = super::docs::page(cause);
        Finding { cause: cause.to_owned(), confidence, title, reason, fix, evidence, action, since: None, doc }
    }
}

/// A line of the request.
#[derive(Clone, Copy)]
pub(super) struct Seen<'a> {
    pub index: usize,
    pub kind: Kind<'a>,
}

/// The facts, prepared.
pub(super) struct Case<'a> {
    pub facts: &'a Facts<'a>,
    pub lines: Vec<Seen<'a>>,
    /// The refused handshake.
    pub refusal: Option<&'a Refusal>,
    /// The gateway's own words to the client, from the body or the frame.
    pub told: Option<GatewayMessage>,
    /// `$connect`, `joinroom`, or `GET /x` of a REST API.
    pub route_key: Option<&'a str>,
}

impl<'a> Case<'a> {
    pub fn new(facts: &'a Facts<'a>) -> Self {
        let refusal = match facts.handshake.map(|h| &h.outcome) {
            Some(Outcome::Refused(refusal)) => Some(refusal),
            _ => None,
        };
        let told = refusal.map(|r| r.body.as_str()).or(facts.frame).and_then(GatewayMessage::parse);
        let stored = facts.request.map_or(&[][..], |r| &r.lines);
        let lines = stored.iter().enumerate().map(|(index, line)| Seen { index, kind: line.kind() }).collect();
        let is_rest = facts.request.is_some_and(|r| r.kind == RequestKind::Http);
        let connect = facts.handshake.map(|_| "$connect").filter(|_| !is_rest);
        let route_key = facts.request.and_then(|r| r.route_key.as_deref()).or(facts.route_key).or(connect);
        Self { facts, lines, refusal, told, route_key }
    }

    /// Whether there is a failure to explain.
    pub fn failed(&self) -> bool {
        let logged = self.lines.iter().any(|l| l.kind.is_failure())
            || self.facts.request.and_then(|r| r.status).is_some_and(|status| status >= 400);
        let broken = matches!(self.facts.handshake.map(|h| &h.outcome), Some(Outcome::Failed { .. }));
        self.refusal.is_some()
            || self.told.is_some()
            || broken
            || logged
            || self.denied_in_the_log()
            || super::lambda_rejected::refused_in_the_log(self)
            || self.lost()
            || self.alone_beside(|line| FunctionLine::parse(&line.text).failure).is_some()
    }

    /// A line of a function's log, where that is all there is: what somebody pasted of a crash.
    pub fn alone_beside(&self, wanted: impl Fn(&Beside) -> bool) -> Option<&'a Beside> {
        let alone = self.facts.request.is_none() && self.facts.handshake.is_none() && self.facts.frame.is_none();
        self.facts.beside.iter().find(|line| alone && wanted(line))
    }

    /// Whether what was sent went nowhere, though nothing failed: the configuration tells.
    fn lost(&self) -> bool {
        let sent = self.facts.message.is_some_and(|message| !message.is_empty());
        sent && (super::get_drops_body::method(self).is_some() || super::route_without_integration::fits(self))
    }

    /// The authorizer answered and nothing was executed after it: REST consoles' tests end so.
    pub fn denied_in_the_log(&self) -> bool {
        self.lines.iter().any(|l| match l.kind {
            Kind::AuthorizerResultBody { body } => body.contains("Deny"),
            _ => false,
        }) && !self.executed()
    }

    /// Whether an API and a stage saw the request: what did not get that far is never logged.
    pub fn reached_the_gateway(&self) -> bool {
        let stopped = match self.facts.handshake.map(|h| &h.outcome) {
            Some(Outcome::Failed { phase, .. }) => *phase != PhaseName::Upgrade,
            _ => false,
        };
        !stopped
            && !self.belongs_to_no_stage()
            && self.refusal.is_none_or(|refusal| refusal.header("x-amz-apigw-id").is_some())
    }

    /// Whether API Gateway refused a handshake that it could give to no API and stage.
    pub fn belongs_to_no_stage(&self) -> bool {
        self.refusal.is_some_and(unlogged::belongs_to_no_stage)
    }

    /// The connection ended, and that is what is asked about.
    pub fn ended(&self) -> bool {
        self.facts.ending.is_some_and(|ending| ending.by != EndedBy::Us)
    }

    /// A message went through, and its log says so.
    pub fn went_through(&self) -> bool {
        let logged = |r: &Request| r.complete && r.status.is_some_and(|status| (200..300).contains(&status));
        self.facts.message.is_some() && self.facts.frame.is_none() && self.facts.request.is_some_and(logged)
    }

    /// How the handshake failed, where no HTTP answer came.
    pub fn broken(&self) -> Option<(PhaseName, FailureKind, &'a str)> {
        match &self.facts.handshake?.outcome {
            Outcome::Failed { phase, reason, message } => Some((*phase, *reason, message)),
            _ => None,
        }
    }

    /// The words with which a handshake ended before HTTP, as evidence.
    pub fn stopped(&self) -> Option<Evidence> {
        let (_, _, message) = self.broken()?;
        Some(Evidence { place: Place::Phase, text: message.to_owned() })
    }

    /// The refused handshake's status and words, as evidence.
    pub fn answer(&self) -> Vec<Evidence> {
        let Some(refusal) = self.refusal else { return Vec::new() };
        let status = Evidence { place: Place::Status, text: refusal.status.to_string() };
        let kind = refusal.header("x-amzn-errortype").map(|kind| Evidence {
            place: Place::Header { name: "x-amzn-errortype".to_owned() },
            text: format!("{kind}, and the body names no connection: no API and stage were found"),
        });
        std::iter::once(status).chain(kind.filter(|_| self.belongs_to_no_stage())).collect()
    }

    /// Whether a line tells of a failure that is the gateway's own, not the backend's answer.
    pub fn gateway_failure_logged(&self) -> bool {
        self.any(|kind| {
            let answer = matches!(
                kind,
                Kind::ReceivedResponse { .. }
                    | Kind::MessageSent { .. }
                    | Kind::Disconnected { .. }
                    | Kind::MethodCompleted { .. }
            );
            kind.is_failure() && !answer
        })
    }

    /// Whether the answer came through a gateway, but is not in its own words: an integration said it. What the gateway
    /// says without ids has an error type (facts 2.1) or one of these texts.
    pub fn in_foreign_words(&self, refusal: &Refusal) -> bool {
        const GATEWAY: [&str; 6] = [
            "Forbidden",
            "Missing Authentication Token",
            "Unauthorized",
            "Internal server error",
            "Too Many Requests",
            "Limit Exceeded",
        ];
        let message = serde_json::from_str::<serde_json::Value>(&refusal.body).ok();
        let message = message.as_ref().and_then(|body| body.get("message")?.as_str());
        let reached = refusal.header("x-amz-apigw-id").is_some() && refusal.header("x-amzn-errortype").is_none();
        reached
            && self.told.is_none()
            && !refusal.body.trim().is_empty()
            && !message.is_some_and(|m| GATEWAY.contains(&m) || m.contains("is not authorized to perform"))
    }

    /// Whether the client was told of a failure inside, and no line says yet which: then the configuration may tell.
    pub fn gateway_failed(&self) -> bool {
        let told = self.told.as_ref().is_some_and(|told| told.message == "Internal server error");
        told && !self.is_about_the_authorizer()
    }

    /// Whether the request got past authorization.
    pub fn executed(&self) -> bool {
        self.any(|kind| matches!(kind, Kind::StartingExecution { .. }))
    }

    pub fn any(&self, wanted: impl Fn(&Kind) -> bool) -> bool {
        self.lines.iter().any(|line| wanted(&line.kind))
    }

    pub fn find(&self, wanted: impl Fn(&Kind) -> bool) -> Option<Seen<'a>> {
        self.lines.iter().copied().find(|line| wanted(&line.kind))
    }

    /// A configuration error of the integration that says one of these words, whatever their case.
    pub fn configuration_error(&self, words: &[&str]) -> Option<(Seen<'a>, &'a str)> {
        if self.is_about_the_authorizer() {
            return None;
        }
        self.any_configuration_error(words)
    }

    pub fn any_configuration_error(&self, words: &[&str]) -> Option<(Seen<'a>, &'a str)> {
        self.lines.iter().find_map(|&line| match line.kind {
            Kind::ConfigurationError { error } => {
                let lower = error.to_ascii_lowercase();
                words.iter().any(|word| lower.contains(&word.to_ascii_lowercase())).then_some((line, error))
            }
            _ => None,
        })
    }

    /// Whether what failed is the authorizer: its lines use the same words as the integration's (facts 2, section 1).
    pub fn is_about_the_authorizer(&self) -> bool {
        let said = self.any(|kind| match kind {
            Kind::AuthorizerConfigurationException {} => true,
            Kind::ConfigurationError { error } => error.starts_with("Authorizer error"),
            Kind::GatewayResponseType { response_type, .. } => response_type.starts_with("AUTHORIZER_"),
            _ => false,
        });
        let began = self.any(|kind| matches!(kind, Kind::StartingAuthorizer { .. }));
        let passed = self.any(|kind| matches!(kind, Kind::AuthorizerCompleted {} | Kind::StartingExecution { .. }));
        said || (began && !passed) || self.failed_before_execution()
    }

    /// Whether the request has a configuration error and its first line, but did not start: what failed so early is the
    /// authorizer (facts 2, section 1: its lines come before all others).
    fn failed_before_execution(&self) -> bool {
        let custom = self.route().is_none_or(|route| route.authorization_type == "CUSTOM");
        // Only these words fit an authorizer as well as an integration.
        let either = |error: &str| ["Invalid permissions", "permission to assume"].iter().any(|w| error.contains(w));
        let error = self.lines.iter().position(|line| match line.kind {
            Kind::ConfigurationError { error } => either(error),
            _ => false,
        });
        let starts = self.lines.iter().position(|line| matches!(line.kind, Kind::StartingExecution { .. }));
        let whole = self.any(|kind| matches!(kind, Kind::ExtendedRequestId { .. }));
        let early = error.is_some_and(|error| starts.is_none_or(|starts| error < starts));
        // A log without its handshake does not name the route so early; only $connect has an authorizer.
        let http = self.facts.request.is_some_and(|request| request.kind == RequestKind::Http);
        let connect = self.is_connect() || (self.route_key.is_none() && !http);
        custom && connect && whole && early
    }

    /// How sure a sentence of AWS's makes it: as sure as the line is this request's.
    pub fn by_log(&self) -> Confidence {
        match self.facts.request.map(|r| r.link) {
            Some(LinkKind::Exact) => Confidence::Certain,
            _ => Confidence::Likely,
        }
    }

    pub fn status(&self) -> Option<u16> {
        self.refusal.map(|r| r.status).or(self.facts.request.and_then(|r| r.status))
    }

    pub fn is_connect(&self) -> bool {
        self.route_key == Some("$connect")
    }

    pub fn route(&self) -> Option<&'a Route> {
        self.facts.snapshot?.route(self.route_key?)
    }

    pub fn integration(&self) -> Option<&'a Integration> {
        self.facts.snapshot?.integration_of(self.route_key?)
    }

    /// `$connect’s`, for titles.
    pub fn whose(&self) -> String {
        self.route_key.map_or_else(|| "The route’s".to_owned(), |key| format!("{key}’s"))
    }

    /// `$connect’s`, within a sentence.
    pub fn its(&self) -> String {
        self.route_key.map_or_else(|| "the route’s".to_owned(), |key| format!("{key}’s"))
    }

    /// `$connect`, for sentences.
    pub fn name(&self) -> &'a str {
        self.route_key.unwrap_or("this route")
    }

    /// What the user loses by it.
    pub fn so(&self) -> &'static str {
        match self.facts.request.map(|r| r.kind) {
            Some(RequestKind::Http) => "so every such request fails",
            _ if self.is_connect() => "so every handshake is refused",
            _ => "so every message on this route fails",
        }
    }

    /// The URI that the gateway called, from data trace or the configuration.
    pub fn endpoint(&self) -> Option<&'a str> {
        let logged = self.lines.iter().rev().find_map(|line| match line.kind {
            Kind::EndpointRequestUri { uri } | Kind::SendingRequest { uri } => Some(uri),
            _ => None,
        });
        logged.or_else(|| self.integration()?.integration_uri.as_deref())
    }

    /// Whether a function is behind the route; `None` when nothing says it.
    pub fn is_lambda(&self) -> Option<bool> {
        match self.integration().map(|i| i.integration_type.as_str()) {
            Some("AWS_PROXY") => Some(true),
            Some("HTTP" | "HTTP_PROXY" | "MOCK") => Some(false),
            _ => {
                let lambda_lines =
                    self.any(|k| matches!(k, Kind::LambdaFailed { .. } | Kind::LambdaFailedUnnamed { .. }));
                self.endpoint()
                    .map(|uri| uri.contains(":function:") || uri.contains("//lambda."))
                    .or(lambda_lines.then_some(true))
            }
        }
    }

    /// The function's name, if a URI or ARN holds it.
    pub fn function(&self) -> Option<&'a str> {
        let (_, rest) = self.endpoint()?.split_once(":function:")?;
        rest.split(['/', ':']).next().filter(|name| !name.is_empty() && !name.contains('$'))
    }

    /// Evidence of a line, then what ties the line to what the client saw.
    pub fn line(&self, seen: Seen, text: impl Into<String>) -> Vec<Evidence> {
        let place = Place::Line { index: u32::try_from(seen.index).unwrap_or(u32::MAX) };
        let mut evidence = vec![Evidence { place, text: text.into() }];
        evidence.extend(self.tie());
        evidence
    }

    /// `x-amz-apigw-id`, when it names the log request.
    pub fn tie(&self) -> Option<Evidence> {
        let id = self.refusal?.header("x-amz-apigw-id")?;
        let name = || "x-amz-apigw-id".to_owned();
        (self.facts.request?.request_id.as_ref() == id).then(|| Evidence {
            place: Place::Header { name: name() },
            text: "equals the log’s request id: this log is of this handshake".to_owned(),
        })
    }

    /// The gateway's words to the client as evidence.
    pub fn words(&self) -> Option<Evidence> {
        let message = &self.told.as_ref()?.message;
        let place = if self.refusal.is_some() { Place::Body } else { Place::Frame };
        let text = if message.is_empty() { "the message is empty".to_owned() } else { format!("says “{message}”") };
        Some(Evidence { place, text })
    }

    pub fn looked_at(&self) -> Vec<String> {
        let mut looked = Vec::new();
        if let Some(refusal) = self.refusal {
            looked.push(format!("the answer: HTTP {}, its headers and its body", refusal.status));
        }
        if let Some(Outcome::Failed { message, .. }) = self.facts.handshake.map(|h| &h.outcome) {
            looked.push(format!("how far the handshake came: {message}"));
        }
        if self.facts.frame.is_some() {
            looked.push("the frame that came back".to_owned());
        }
        if let Some(ending) = self.facts.ending {
            let code = ending.code.map_or_else(|| "no close frame".to_owned(), |code| format!("code {code}"));
            let text =
                format!("the end: {code}, open for {} s, idle for {} s", ending.open_ms / 1000, ending.idle_ms / 1000);
            looked.push(text);
        }
        match self.facts.request {
            Some(request) => {
                looked.push(format!("the execution log: {} lines of {}", request.lines.len(), request.request_id))
            }
            None if !self.reached_the_gateway() => {}
            None => looked.push("the execution log: no line of this request has come".to_owned()),
        }
        let mut groups: Vec<&str> = self.facts.beside.iter().map(|line| line.log_group.as_str()).collect();
        groups.dedup();
        looked.extend(groups.into_iter().map(|group| format!("{group}, its lines of this request")));
        let unread = self.facts.unread.iter();
        looked.extend(unread.map(|group| format!("{}, which can’t be read: {}", group.log_group, group.why)));
        if let (Some(_), Some(key)) = (self.facts.snapshot, self.route_key) {
            looked.push(format!("the configuration of {key} as it stands now"));
        }
        looked.extend(self.facts.probes.iter().map(Probe::words));
        looked
    }

    pub fn would_help(&self) -> Vec<String> {
        let mut help = Vec::new();
        let logging = self.facts.logging.as_ref();
        if !self.reached_the_gateway() {
            return vec!["The address: nothing of this reached the API, so no log of it will come.".to_owned()];
        }
        if logging.is_some_and(|l| l.level == "OFF") {
            help.push("Turn on execution logs for this stage, then try again.".to_owned());
        } else if self.facts.request.is_none() {
            help.push("The execution log of this request; it comes about 20 s late.".to_owned());
            if self.facts.waited_ms > unlogged::PATIENCE_MS {
                help.push(
                    "API Gateway never logs heavy throttling (429), too large requests (413) and what reaches no stage.".to_owned(),
                );
            }
        } else if logging.is_some_and(|l| !l.data_trace) {
            help.push(
                "Data trace: then the log shows what was sent to the integration and what it answered.".to_owned(),
            );
        }
        if self.facts.snapshot.is_none() {
            help.push("The API’s configuration.".to_owned());
        }
        help
    }
}

/// Evidence from the configuration.
pub(super) fn config(route_key: &str, station: &str, text: impl Into<String>) -> Evidence {
    let place =
        Place::Config { path: format!("Routes › {route_key} › {station}"), route_key: Some(route_key.to_owned()) };
    Evidence { place, text: text.into() }
}

/// Evidence from a setting that is no route's.
pub(super) fn setting(path: impl Into<String>, text: impl Into<String>) -> Evidence {
    Evidence { place: Place::Config { path: path.into(), route_key: None }, text: text.into() }
}

/// Evidence from the configuration stands after lines and before what ties them together.
pub(super) fn insert_config(evidence: &mut Vec<Evidence>, more: Option<Evidence>) {
    let at = evidence.iter().position(|e| !matches!(e.place, Place::Line { .. })).unwrap_or(evidence.len());
    evidence.splice(at..at, more);
}
