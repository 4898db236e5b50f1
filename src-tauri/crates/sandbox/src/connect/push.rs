//! `@connections`: post to, look at, and close an open connection from outside (facts 2, 2.3).
//!
//! Order of checks: size, connection id, signature, stage, IAM, then whether it is still open. IAM is asked about the
//! literal template `{connectionId}`, on the stage of the URL; the connection may belong to any stage of the API.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use http::{Method, Response};
use serde_json::json;
use tokio::sync::oneshot;

use super::accept::put;
use super::connections::Command;
use super::place::Place;
use super::session::MESSAGE_LIMIT;
use super::target::Target;
use super::{access_log, authorize, refusal, rest_head, rest_like, unresolved};
use crate::answer::plain;
use crate::clock::{http_date, iso_millis, request_time};
use crate::front::Call;
use crate::sign::{self, Caller, Unsigned};
use crate::{Body, World, ids};

/// The action of all three operations.
const MANAGE: &str = "execute-api:ManageConnections";

/// Answers one call.
pub(super) async fn answer(world: &Arc<World>, target: &Target, call: &Call) -> Response<Body> {
    let mut response = match admit(world, target, call) {
        Ok((place, caller, id)) => {
            let response = reach(world, target, call, id).await;
            logged(world, &place, &caller, call, id, &response);
            response
        }
        Err(refusal) => *refusal,
    };
    if call.header("connection").eq_ignore_ascii_case("close") {
        put(&mut response, "connection", "close");
    }
    response
}

/// What a call reaches, who makes it, and the id of the connection.
type Admitted<'t> = (Arc<Place>, Caller, &'t str);

/// Whether the call may reach the connection at all.
fn admit<'t>(world: &World, target: &'t Target, call: &Call) -> Result<Admitted<'t>, Box<Response<Body>>> {
    if call.body.len() > MESSAGE_LIMIT {
        return Err(Box::new(too_large(world)));
    }
    let [_, id] = target.rest.as_slice() else { return Err(Box::new(unresolved(world, call))) };
    if ![Method::POST, Method::GET, Method::DELETE].contains(&call.method) {
        return Err(Box::new(unresolved(world, call)));
    }
    let refuse = |status, code: &str, message: &str| Err(Box::new(rest_like(world, status, code, message)));
    if !ids::is_connection(id) {
        return refuse(400, "BadRequestException", &format!("Invalid connectionId: {id}"));
    }
    let caller = match sign::caller(world, call) {
        Ok(caller) => caller,
        Err(Unsigned::Missing) => {
            return refuse(403, "MissingAuthenticationTokenException", "Missing Authentication Token");
        }
        Err(Unsigned::Refused { code, message }) => return refuse(403, code, &message),
    };
    let Some(place) = Place::find(world, &target.api_id, &target.stage) else {
        return refuse(403, "ForbiddenException", "Forbidden");
    };
    if target.generated && place.api.api.disable_execute_api_endpoint {
        return refuse(403, "ForbiddenException", "Forbidden"); // facts 2.3 #24
    }
    let resource = format!("{}/{}/{}/@connections/{{connectionId}}", place.api_id, target.stage, call.method);
    match authorize::verdict(&caller, world, call, MANAGE, &world.arn("execute-api", &resource)) {
        None => Ok((place, caller, id)),
        // The capital letter is AWS's.
        Some(message) => {
            let body = json!({ "Message": message });
            Err(Box::new(refusal(world, 403, "AccessDeniedException", &body)))
        }
    }
}

/// What the connection itself says, when nothing else has refused.
async fn reach(world: &World, target: &Target, call: &Call, id: &str) -> Response<Body> {
    let Some(live) = world.connections.get(id) else { return gone(world) };
    if live.api_id != target.api_id {
        return rest_like(world, 403, "ForbiddenException", "Forbidden"); // facts 2.3 #46
    }
    match call.method {
        Method::GET => {
            let mut response = plain(200, "");
            let body = format!(
                "{{\n  \"identity\" : {{\n    \"sourceIp\" : {},\n    \"userAgent\" : {}\n  }},\n  \"connectedAt\" : \
                 \"{}\",\n  \"lastActiveAt\" : \"{}\"\n}}",
                serde_json::Value::from(live.peer.source_ip.as_str()),
                serde_json::Value::from(live.peer.user_agent.as_str()),
                iso_millis(live.peer.connected_at),
                iso_millis(live.last_active.load(Ordering::Relaxed)),
            );
            head(world, &mut response, Some(body.len()), None);
            *response.body_mut() = crate::answer::full(body);
            response
        }
        Method::DELETE if world.connections.delete(id).await => success(world, 204, None),
        Method::DELETE => gone(world),
        _ => {
            let (written, done) = oneshot::channel();
            // Invalid UTF-8 becomes U+FFFD (facts 5.3).
            let text = String::from_utf8_lossy(&call.body).into_owned();
            let told = live.commands.send(Command::Post(text, written)).await.is_ok() && done.await.is_ok();
            if told { success(world, 200, Some(0)) } else { gone(world) }
        }
    }
}

/// The access log's line: ids are the answer's own, `eventType` and `routeKey` as recorded.
fn logged(world: &Arc<World>, place: &Place, caller: &Caller, call: &Call, id: &str, response: &Response<Body>) {
    let header = |name: &str| response.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let now = world.clock.now();
    let mut identity = authorize::identity(caller);
    identity.insert("sourceIp".into(), json!(call.origin.source_ip));
    identity.insert("userAgent".into(), json!(call.header("user-agent")));
    let context = json!({
        "requestId": header("x-amzn-requestid"), "extendedRequestId": header("x-amz-apigw-id"),
        "apiId": place.api_id, "stage": place.stage.stage_name,
        "routeKey": format!("{} /@connections/{{connectionId}}", call.method), "status": response.status().as_u16(),
        "identity": identity,
        "requestTime": request_time(now), "requestTimeEpoch": now, "integrationLatency": 0,
        "eventType": "CONNECTION_API", "connectionId": id, "domainName": call.host,
    });
    access_log::record(world, place, &context, now);
}

fn success(world: &World, status: u16, length: Option<usize>) -> Response<Body> {
    let mut response = plain(status, "");
    head(world, &mut response, length, None);
    response
}

fn gone(world: &World) -> Response<Body> {
    let mut response = plain(410, "");
    head(world, &mut response, Some(0), Some("GoneException"));
    response
}

/// The recorded headers of a call that was let through, in their order.
fn head(world: &World, response: &mut Response<Body>, length: Option<usize>, error: Option<&str>) {
    rest_head(world, response, length, error);
    put(response, "x-amzn-trace-id", &ids::trace_root(world.clock.now()));
}

/// No ids at all (recorded).
fn too_large(world: &World) -> Response<Body> {
    let mut response = plain(413, "");
    put(&mut response, "date", &http_date(world.clock.now()));
    put(&mut response, "content-length", "0");
    put(&mut response, "connection", "keep-alive");
    response
}
