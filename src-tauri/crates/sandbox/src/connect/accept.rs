//! The handshake: what is refused before anything runs, and the bytes of acceptance and refusal (facts 2, 2.1).

use std::sync::Arc;

use gatescope_model::log::Kind;
use http::{Method, Response, header};
use serde_json::Map;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::event::canonical;
use super::execution::{Event, Execution, Failure, Peer};
use super::faults::{self, Fate};
use super::integrate::Answer;
use super::place::Place;
use super::session::LIFETIME;
use super::target::Target;
use super::{access_log, authorize, forbidden, journal, session, throttle, validate};
use crate::answer::{full, plain};
use crate::clock::http_date;
use crate::front::Call;
use crate::{Body, World};

/// How a handshake ends.
pub(super) enum Verdict {
    /// The integration's headers; and the close code with which the socket ends at once, if that was asked for.
    Accepted(Vec<(String, String)>, Option<u16>),
    /// By the gateway itself: `{"message": …, "connectionId": …, "requestId": …}`.
    Refused(Failure),
    /// By the backend: its status and its body as they are.
    Rejected(Answer),
}

/// Answers a request that is not for `@connections`.
pub(super) async fn handshake(world: &Arc<World>, target: &Target, mut call: Call) -> Response<Body> {
    let place = Place::find(world, &target.api_id, &target.stage).filter(|_| target.rest.is_empty());
    let Some(place) = place else { return forbidden(world) };
    if call.headers.get_all(header::AUTHORIZATION).iter().count() > 1 {
        return load_balancer_refusal(world);
    }
    if target.generated && place.api.api.disable_execute_api_endpoint {
        return forbidden(world); // assumed: facts 2 section 12.1
    }
    let upgrade = call.upgrade.take();
    let key = call.header("sec-websocket-key").to_owned();
    let is_handshake = call.method == Method::GET
        && call.header("upgrade").eq_ignore_ascii_case("websocket")
        && call.header("sec-websocket-version") == "13"
        && !key.is_empty();
    let mut execution = begin(world, place, &call);
    let Some(upgrade) = upgrade.filter(|_| is_handshake) else {
        return refusal(&execution, 403, &Failure::new(403, "Forbidden")); // assumed: no capture of a plain GET
    };
    let verdict = connect(&mut execution, &call).await;
    match verdict {
        Verdict::Accepted(headers, ends) => {
            access_log::write(&execution, 200);
            let date = http_date(world.clock.now());
            session::open(execution, upgrade, ends);
            accepted(&date, &key, &headers)
        }
        Verdict::Refused(failure) => {
            // No logs at all for excessive 429 (facts 1.1).
            if failure.status != 429 {
                access_log::write(&execution, failure.status);
            }
            refusal(&execution, failure.status, &failure)
        }
        Verdict::Rejected(answer) => {
            access_log::write(&execution, answer.status);
            respond(world, &execution, answer.status, answer.body)
        }
    }
}

/// The request as an execution of `$connect`.
fn begin(world: &Arc<World>, place: Arc<Place>, call: &Call) -> Execution {
    let now = world.clock.now();
    let mut headers: Vec<(String, String)> = call
        .headers
        .iter()
        .filter_map(|(name, value)| Some((canonical(name.as_str()), value.to_str().ok()?.to_owned())))
        .collect();
    let scheme = if call.origin.tls { "https" } else { "http" };
    let peer = Peer {
        connection_id: world.ids.connection(now).into(),
        connected_at: now,
        user_agent: call.header("user-agent").to_owned(),
        source_ip: call.origin.source_ip.clone(),
        domain_name: call.host.trim_end_matches(":443").to_owned(),
        authorizer: Map::new(),
        identity: Map::new(),
    };
    headers.push(("X-Forwarded-For".into(), peer.source_ip.clone()));
    headers.push(("X-Forwarded-Port".into(), call.origin.port.to_string()));
    headers.push(("X-Forwarded-Proto".into(), scheme.into()));
    let event = Event::Connect { headers, query: call.query.clone(), authorizer_latency: None };
    let rules = place.rules("$connect").clone();
    let mut execution = Execution::new(world, place, Arc::new(peer), event, rules, None);
    let root = execution.trace_root.clone();
    if let Event::Connect { headers, .. } = &mut execution.event {
        headers.push(("X-Amzn-Trace-Id".into(), root));
    }
    execution
}

/// All phases of `$connect`, in the order of its log lines.
async fn connect(execution: &mut Execution, call: &Call) -> Verdict {
    // No log of it: facts 1.1, no logs at all for excessive 429.
    if !throttle::admits(execution) {
        return Verdict::Refused(Failure::new(429, "Too Many Requests")); // assumed: only the status is reported
    }
    let fate = faults::fate(execution);
    if fate == Fate::Swallowed {
        // The client gives up before that.
        execution.world.clock.sleep(LIFETIME).await;
        return Verdict::Refused(Failure::new(429, "Too Many Requests"));
    }
    journal::opening(execution);
    if let Err(failure) = authorize::authorize(execution, call).await {
        return Verdict::Refused(failure);
    }
    let Execution { journal, peer, place, .. } = &mut *execution;
    journal.say(Kind::Connecting { user_agent: &peer.user_agent, source_ip: &peer.source_ip, api_id: &place.api_id });
    if let Fate::Refused(status) = fate {
        return Verdict::Refused(faults::refuse(execution, status));
    }
    if let Err(failure) = validate::parameters(execution) {
        return Verdict::Refused(failure);
    }
    let answer = match faults::integrate(execution).await {
        // Without an integration the handshake succeeds (facts 3).
        Ok(answer) => answer.unwrap_or_default(),
        Err(failure) => return Verdict::Refused(failure),
    };
    if !(200..300).contains(&answer.status) {
        return Verdict::Rejected(answer);
    }
    let Execution { journal, peer, place, .. } = &mut *execution;
    journal.say(Kind::Connected { connection_id: &peer.connection_id, api_id: &place.api_id });
    let ends = if let Fate::Closed(code) = fate { Some(code) } else { None };
    Verdict::Accepted(answer.headers, ends)
}

/// Exactly `date, connection, upgrade, sec-websocket-accept`, and the subprotocol that the integration chose.
fn accepted(date: &str, key: &str, headers: &[(String, String)]) -> Response<Body> {
    let mut response = plain(101, "");
    put(&mut response, "date", date);
    put(&mut response, "connection", "upgrade");
    put(&mut response, "upgrade", "websocket");
    put(&mut response, "sec-websocket-accept", &derive_accept_key(key.as_bytes()));
    let protocol = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("sec-websocket-protocol"));
    if let Some((_, protocol)) = protocol {
        put(&mut response, "sec-websocket-protocol", protocol);
    }
    response
}

/// A refusal that the gateway makes itself.
fn refusal(execution: &Execution, status: u16, failure: &Failure) -> Response<Body> {
    let body = frame(execution, &failure.message);
    respond(&execution.world, execution, status, body)
}

/// The text of gateway-made errors, with AWS's blanks: one after the first colon and none after the others.
pub(super) fn frame(execution: &Execution, message: &str) -> String {
    let message = serde_json::Value::from(message);
    let (connection, request) = (&execution.peer.connection_id, &execution.request_id);
    format!("{{\"message\": {message}, \"connectionId\":\"{connection}\", \"requestId\":\"{request}\"}}")
}

/// Exactly the five recorded headers.
fn respond(world: &World, execution: &Execution, status: u16, body: String) -> Response<Body> {
    let length = body.len().to_string();
    let mut response = plain(status, "");
    *response.body_mut() = full(body);
    put(&mut response, "date", &http_date(world.clock.now()));
    put(&mut response, "content-type", "application/json; charset=UTF-8");
    put(&mut response, "content-length", &length);
    put(&mut response, "connection", "keep-alive");
    put(&mut response, "x-amz-apigw-id", &execution.request_id);
    response
}

/// Two `Authorization` headers never reach API Gateway (facts 2, 2.1): 122 bytes of HTML.
fn load_balancer_refusal(world: &World) -> Response<Body> {
    let body = "<html>\r\n<head><title>400 Bad Request</title></head>\r\n<body>\r\n<center><h1>400 Bad Request</h1>\
                </center>\r\n</body>\r\n</html>\r\n";
    let mut response = plain(400, body);
    put(&mut response, "server", "awselb/2.0");
    put(&mut response, "date", &http_date(world.clock.now()));
    put(&mut response, "content-type", "text/html");
    put(&mut response, "content-length", &body.len().to_string());
    put(&mut response, "connection", "close");
    response
}

/// Sets a header; a value that no header can hold is left out.
pub(super) fn put(response: &mut Response<Body>, name: &'static str, value: &str) {
    if let Ok(value) = value.parse() {
        response.headers_mut().insert(name, value);
    }
}
