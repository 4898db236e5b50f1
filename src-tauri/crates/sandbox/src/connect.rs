//! The data plane: handshakes, messages and pushes of one deployed API, as phases, one file each.
//!
//! A request becomes an [`execution::Execution`] that walks through the phases in the order of the recorded log:
//! `accept` → `authorize` → `journal` → `select_route` → `validate` → `request` → `integrate` → `response`; `push`
//! is `@connections`, `session` is the open socket. It may not know the control planes: it reads what they deployed.
//! Answers and bytes: facts 2 (section 2) and the recorded handshakes and frames.

mod accept;
mod access_log;
mod authorize;
mod backend;
mod connections;
mod credentials;
mod event;
mod execution;
mod faults;
mod functions;
mod integrate;
mod journal;
mod outbox;
mod place;
mod push;
mod request;
mod response;
mod select_route;
mod services;
mod session;
mod target;
mod throttle;
mod validate;

use std::sync::Arc;

use http::Response;
use serde_json::json;

use crate::answer::{full, plain};
use crate::clock::http_date;
use crate::front::Call;
use crate::{Body, World, ids};
use accept::put;
pub(crate) use connections::Connections;
pub(crate) use functions::{invoke_outside, push_text};
pub(crate) use outbox::Outbox;
pub(crate) use place::Places;

pub(crate) use target::Target;

/// Answers a request to an API's generated endpoint.
pub(crate) async fn answer(world: &Arc<World>, target: Target, call: Call) -> Response<Body> {
    if target.rest.first().is_some_and(|s| s == "@connections") {
        return push::answer(world, &target, &call).await;
    }
    // The stage's name where a custom domain has no part for it (facts 2.3 #47).
    if target.rest.iter().any(|s| s == "@connections") {
        return unresolved(world, &call);
    }
    accept::handshake(world, &target, call).await
}

/// No API and stage are meant by this request (assumed: facts 2 section 12.1).
pub(crate) fn unresolved(world: &World, call: &Call) -> Response<Body> {
    if let Some(at) = call.segments.iter().position(|s| s == "@connections") {
        let route = call.segments[at.saturating_sub(1)..].join("/");
        let message = format!("No method found matching route {route} for http method {}.", call.method);
        return rest_like(world, 404, "NotFoundException", &message);
    }
    forbidden(world)
}

/// 403 before an API is resolved.
fn forbidden(world: &World) -> Response<Body> {
    rest_like(world, 403, "ForbiddenException", "Forbidden")
}

/// An answer as `@connections` gives it: facts 2, 2.3.
fn rest_like(world: &World, status: u16, code: &str, message: &str) -> Response<Body> {
    refusal(world, status, code, &json!({ "message": message }))
}

/// The same with any body. Errors in front of the connection have no trace id (recorded).
fn refusal(world: &World, status: u16, code: &str, body: &serde_json::Value) -> Response<Body> {
    let body = body.to_string();
    let mut response = plain(status, "");
    rest_head(world, &mut response, Some(body.len()), Some(code));
    *response.body_mut() = full(body);
    response
}

/// The recorded headers, in their order.
fn rest_head(world: &World, response: &mut Response<Body>, length: Option<usize>, error: Option<&str>) {
    let now = world.clock.now();
    put(response, "date", &http_date(now));
    put(response, "content-type", "application/json");
    if let Some(length) = length {
        put(response, "content-length", &length.to_string());
    }
    put(response, "connection", "keep-alive");
    put(response, "x-amzn-requestid", &ids::uuid());
    if let Some(error) = error {
        put(response, "x-amzn-errortype", error);
    }
    put(response, "x-amz-apigw-id", &world.ids.request(now));
}
