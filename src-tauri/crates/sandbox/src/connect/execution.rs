//! One request on its way through the phases: a handshake, a message or a disconnect.

use std::cell::LazyCell;
use std::sync::Arc;

use gatescope_model::selection::{self, at_path};
use gatescope_model::template::{self, Scope};
use serde_json::{Map, Value, json};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::journal::Journal;
use super::place::{Place, Rules};
use crate::World;
use crate::clock::request_time;

/// The client's side of a connection, from its handshake on.
pub(super) struct Peer {
    pub connection_id: Arc<str>,
    /// Milliseconds since 1970.
    pub connected_at: i64,
    pub user_agent: String,
    pub source_ip: String,
    /// The host that the client dialled, with its port when it is not the scheme's.
    pub domain_name: String,
    /// Values that the authorizer gave, all of them texts.
    pub authorizer: Map<String, Value>,
    /// What is known of the client besides address and program: an IAM user or role, an API key.
    pub identity: Map<String, Value>,
}

/// What happened.
pub(super) enum Event {
    /// Headers and query parameters as they came, repeated ones repeated.
    Connect {
        headers: Vec<(String, String)>,
        query: Vec<(String, String)>,
        authorizer_latency: Option<u64>,
    },
    Message {
        message_id: String,
        body: Utf8Bytes,
    },
    Disconnect {
        code: u16,
        reason: String,
    },
}

/// A failure that the client sees. It has already been logged.
#[derive(Debug)]
pub(super) struct Failure {
    pub status: u16,
    /// The `message` of the frame or of the refusal's body.
    pub message: String,
}

impl Failure {
    pub(super) fn new(status: u16, message: &str) -> Self {
        Self { status, message: message.to_owned() }
    }

    pub(super) fn internal(status: u16) -> Self {
        Self::new(status, "Internal server error")
    }
}

/// One request.
pub(super) struct Execution {
    pub world: Arc<World>,
    pub place: Arc<Place>,
    pub peer: Arc<Peer>,
    pub event: Event,
    pub route_key: Arc<str>,
    pub rules: Arc<Rules>,
    pub request_id: Arc<str>,
    /// Milliseconds since 1970.
    pub time: i64,
    /// `Root=1-…`.
    pub trace_root: String,
    /// Milliseconds that the integration took, when there was one.
    pub integration_latency: Option<u64>,
    pub journal: Journal,
    /// The message, if it is JSON.
    pub json: Option<Value>,
    /// What only access logs know of the request: `error`, `authorize`, `authenticate`, more of `authorizer`.
    pub access: Map<String, Value>,
}

impl Execution {
    /// A request of one of the place's routes; `json` is its message, if it is one and JSON.
    pub(super) fn new(
        world: &Arc<World>,
        place: Arc<Place>,
        peer: Arc<Peer>,
        event: Event,
        rules: Arc<Rules>,
        json: Option<Value>,
    ) -> Self {
        let time = world.clock.now();
        let request_id: Arc<str> = world.ids.request(time).into();
        let journal = Journal::open(world, &place, &rules, &request_id, &peer.connection_id);
        Self {
            world: world.clone(),
            trace_root: world.ids.trace_root(time),
            integration_latency: None,
            place,
            peer,
            event,
            route_key: rules.route_key.clone(),
            rules,
            request_id,
            time,
            journal,
            json,
            access: Map::new(),
        }
    }

    /// What the client sent: a message's text, nothing for the others.
    pub(super) fn body(&self) -> &str {
        match &self.event {
            Event::Message { body, .. } => body.as_str(),
            _ => "",
        }
    }

    pub(super) fn event_type(&self) -> &'static str {
        match self.event {
            Event::Connect { .. } => "CONNECT",
            Event::Message { .. } => "MESSAGE",
            Event::Disconnect { .. } => "DISCONNECT",
        }
    }

    /// `$context` in the order in which events carry it (facts 1.4).
    pub(super) fn context(&self) -> Value {
        let mut context = json!({ "routeKey": self.route_key });
        if !self.peer.authorizer.is_empty() {
            let mut authorizer = self.peer.authorizer.clone();
            if let Event::Connect { authorizer_latency: Some(ms), .. } = self.event {
                authorizer.insert("integrationLatency".into(), json!(ms));
            }
            context["authorizer"] = Value::Object(authorizer);
        }
        match &self.event {
            Event::Message { message_id, .. } => context["messageId"] = json!(message_id),
            Event::Disconnect { code, .. } => context["disconnectStatusCode"] = json!(code),
            Event::Connect { .. } => {}
        }
        context["eventType"] = json!(self.event_type());
        context["extendedRequestId"] = json!(self.request_id);
        context["requestTime"] = json!(request_time(self.time));
        context["messageDirection"] = json!("IN");
        if let Event::Disconnect { reason, .. } = &self.event {
            context["disconnectReason"] = json!(reason);
        }
        context["stage"] = json!(self.place.stage.stage_name);
        context["connectedAt"] = json!(self.peer.connected_at);
        context["requestTimeEpoch"] = json!(self.time);
        let mut identity = self.peer.identity.clone();
        identity.insert("userAgent".into(), json!(self.peer.user_agent));
        identity.insert("sourceIp".into(), json!(self.peer.source_ip));
        context["identity"] = Value::Object(identity);
        context["requestId"] = json!(self.request_id);
        context["domainName"] = json!(self.peer.domain_name);
        context["connectionId"] = json!(self.peer.connection_id);
        context["apiId"] = json!(self.place.api_id);
        context
    }

    /// What `$input.params()` gives.
    pub(super) fn params(&self) -> Value {
        let map = |pairs: &[(String, String)]| -> Value {
            pairs.iter().map(|(name, value)| (name.clone(), json!(value))).collect::<Map<_, _>>().into()
        };
        match &self.event {
            Event::Connect { headers, query, .. } => {
                json!({ "path": {}, "querystring": map(query), "header": map(headers) })
            }
            _ => json!({ "path": {}, "querystring": {}, "header": {} }),
        }
    }

    /// Renders a template with this request's view of the world; the error is for the log only.
    pub(super) fn render(&self, template: &str, body: &str) -> Result<String, template::Error> {
        let (context, params) = (LazyCell::new(|| self.context()), LazyCell::new(|| self.params()));
        // The message has been read already; an answer has not.
        let json = if std::ptr::eq(body, self.body()) { self.json.as_ref() } else { None };
        let stage_variables = &self.place.stage.stage_variables;
        let scope = Scope { body, json, context: &context, stage_variables, params: &params };
        match self.place.template(template) {
            Some(Ok(template)) => template.render(&scope),
            Some(Err(error)) => Err(error.clone()),
            None => template::render(template, &scope),
        }
    }

    /// The value behind a name in a selection or mapping expression: `request.body.x`, `request.header.x`,
    /// `request.querystring.x`, each also as `route.request.…`; `context.x`; `stageVariables.x` (facts 5.4, 5.5).
    pub(super) fn variable(&self, name: &str) -> Option<Value> {
        let name = name.strip_prefix("route.").unwrap_or(name);
        if let Some(path) = name.strip_prefix("request.body") {
            return at_path(self.json.as_ref()?, path).cloned();
        }
        if let Some(name) = name.strip_prefix("stageVariables.") {
            return self.place.stage.stage_variables.get(name).map(|v| json!(v));
        }
        if let Some(path) = name.strip_prefix("context.") {
            return at_path(&self.context(), path).cloned();
        }
        let Event::Connect { headers, query, .. } = &self.event else { return None };
        selection::handshake_variable(name, headers, query)
    }

    /// All values of a repeated header or query parameter: `route.request.multivalueheader.X`.
    pub(super) fn all_of(&self, name: &str) -> Vec<String> {
        let Event::Connect { headers, query, .. } = &self.event else { return Vec::new() };
        let name = name.strip_prefix("route.").unwrap_or(name);
        let of = |pairs: &[(String, String)], same: &dyn Fn(&str) -> bool| {
            pairs.iter().filter(|(n, _)| same(n)).map(|(_, v)| v.clone()).collect()
        };
        match name.strip_prefix("request.multivalue").and_then(|rest| rest.split_once('.')) {
            Some(("header", wanted)) => of(headers, &|n| n.eq_ignore_ascii_case(wanted)),
            Some(("querystring", wanted)) => of(query, &|n| n == wanted),
            _ => Vec::new(),
        }
    }
}
