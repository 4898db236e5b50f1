//! Calls of Lambda functions as API Gateway makes them: whether it may, what it logs of the traffic, and the way to
//! functions that live behind a Lambda Invoke URL. What a function answers is `lambda.rs`'s business.
//!
//! A function that does not exist answers as one that API Gateway may not call (facts 2.2, first row).

use gatescope_model::authorizer::function_arn;
use gatescope_model::log::Kind;
use http::Method;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::backend::{self, Trouble};
use super::connections::Command;
use super::execution::Execution;
use crate::clock::{basic, http_date};
pub(super) use crate::lambda::Invoked;
use crate::lambda::{self, Failure};
use crate::{World, ids};

/// Characters of the `Authorization` header that AWS masks (recorded samples).
const MASKED: usize = 333;

/// Calls a function by its invocation URI and logs the traffic, with a role's permissions if there is one, else by the
/// function's resource policy. The error is a configuration error's text.
pub(super) async fn call(
    execution: &mut Execution,
    uri: &str,
    source_arn: &str,
    payload: &str,
    credentials: Option<&str>,
) -> Result<Invoked, String> {
    let arn = function_arn(uri).ok_or("Invalid endpoint address")?.to_owned();
    if !arn.starts_with("arn:aws:lambda:") || !arn.contains(":function:") {
        return Err("Invalid endpoint address".into());
    }
    let world = execution.world.clone();
    // A role that can't be assumed is found out before anything is sent; a permission that lacks is Lambda's answer.
    let permitted = permitted(&world, &arn, source_arn, credentials);
    if let Err(error @ Refused::Role(_)) = permitted {
        return Err(error.text());
    }
    let region = &execution.world.options.region;
    let endpoint = format!("https://lambda.{region}.amazonaws.com/2015-03-31/functions/{arn}/invocations");
    trace_request(execution, &endpoint, source_arn, payload);
    let started = Instant::now();
    permitted.map_err(Refused::text)?;
    let invoked = match lambda::invoke(&world, &arn, payload).await {
        Ok(invoked) => invoked,
        Err(Failure::Missing) => return Err(Refused::Permission.text()),
        Err(Failure::Outside(error)) => return Err(error),
        // Assumed: no capture of a throttled function behind a WebSocket API.
        Err(Failure::Throttled) => return Err("Lambda concurrency limit exceeded".into()),
    };
    let latency = u32::try_from(started.elapsed().as_millis()).unwrap_or_default();
    let journal = &mut execution.journal;
    journal.trace(Kind::ReceivedResponse { status: 200, integration_latency_ms: latency });
    if journal.is_traced() {
        let headers = response_headers(execution, &invoked);
        execution.journal.trace(Kind::EndpointResponseHeaders { headers: &headers });
        execution.journal.trace(Kind::EndpointResponseBody { body: &invoked.body });
    }
    Ok(invoked)
}

/// Why API Gateway may not call.
enum Refused {
    /// What the log says of the role.
    Role(String),
    Permission,
}

impl Refused {
    fn text(self) -> String {
        match self {
            Self::Role(text) => text,
            Self::Permission => "Invalid permissions on Lambda function".to_owned(),
        }
    }
}

fn permitted(world: &World, arn: &str, source_arn: &str, credentials: Option<&str>) -> Result<(), Refused> {
    let state = world.state.lock();
    let may = match credentials.filter(|role| !role.is_empty()) {
        Some(role) => lambda::may_invoke_as(world, &state, arn, role).map_err(Refused::Role)?,
        None => lambda::may_invoke(world, &state, arn, source_arn),
    };
    if may { Ok(()) } else { Err(Refused::Permission) }
}

/// Sends a text to an open connection, as a post to `@connections` does; whether it is still there.
pub(crate) async fn push_text(world: &World, connection_id: &str, text: &str) -> bool {
    let Some(live) = world.connections.get(connection_id) else { return false };
    let (written, done) = oneshot::channel();
    live.commands.send(Command::Post(text.to_owned(), written)).await.is_ok() && done.await.is_ok()
}

/// Asks a Lambda Invoke API: the answer, whether the function raised, and its request id.
pub(crate) async fn invoke_outside(
    url: &str,
    name: &str,
    payload: &str,
) -> Result<(String, bool, Option<String>), String> {
    let mut url = url::Url::parse(url).map_err(|_| "Invalid endpoint address")?;
    if url.path().trim_matches('/').is_empty() {
        url.set_path(&format!("/2015-03-31/functions/{name}/invocations"));
    }
    let headers = [("content-type".to_owned(), "application/json".to_owned())];
    match backend::send(&Method::POST, &url, &headers, payload.to_owned().into()).await {
        Ok(reply) => {
            let is_error = reply.header("x-amz-function-error").is_some() || reply.status >= 400;
            Ok((reply.text(), is_error, reply.header("x-amzn-requestid").map(str::to_owned)))
        }
        Err(Trouble::Address) => Err("Invalid endpoint address".into()),
        // Assumed: AWS's own Lambda endpoint is never out of reach.
        Err(Trouble::Network(error)) => {
            tracing::warn!(%error, %url, "the function's Invoke URL can't be reached");
            Err(format!("the function's Invoke URL can't be reached: {error}"))
        }
    }
}

/// Lines 10 to 13.
fn trace_request(execution: &mut Execution, endpoint: &str, source_arn: &str, payload: &str) {
    if !execution.journal.is_traced() {
        return;
    }
    let hash = ids::hex_of(ring::digest::digest(&ring::digest::SHA256, payload.as_bytes()).as_ref());
    let api = &execution.place.api_id;
    let date = basic(execution.world.clock.now());
    let region = &execution.world.options.region;
    let root = &execution.trace_root;
    let tag = &execution.request_id;
    let stars = "*".repeat(MASKED);
    let (end, token) = (ids::hex::<3>(), ids::hex::<400>());
    let headers = format!(
        "{{X-Amz-Date={date}, x-amzn-apigateway-api-id={api}, Accept=application/json, \
         User-Agent=AmazonAPIGateway_{api}, Host=lambda.{region}.amazonaws.com, X-Amz-Content-Sha256={hash}, \
         X-Amzn-Trace-Id={root}, x-amzn-lambda-integration-tag={tag}, Authorization={stars}{end}, \
         X-Amz-Source-Arn={source_arn}, X-Amz-Security-Token={token}, Content-Type=application/json}}"
    );
    let journal = &mut execution.journal;
    journal.trace(Kind::EndpointRequestUri { uri: endpoint });
    journal.trace(Kind::EndpointRequestHeaders { headers: &headers });
    journal.trace(Kind::EndpointRequestBody { body: payload });
    journal.trace(Kind::SendingRequest { uri: endpoint });
}

/// Line 15.
fn response_headers(execution: &Execution, invoked: &Invoked) -> String {
    let error = if invoked.is_error { "X-Amz-Function-Error=Unhandled, " } else { "" };
    format!(
        "{{Date={}, Content-Type=application/json, Content-Length={}, Connection=keep-alive, x-amzn-RequestId={}, \
         {error}x-amzn-Remapped-Content-Length=0, X-Amz-Executed-Version=$LATEST, \
         X-Amzn-Trace-Id={};Parent={};Sampled=0;Lineage=1:{}:0}}",
        http_date(execution.world.clock.now()),
        invoked.body.len(),
        invoked.request_id,
        execution.trace_root,
        ids::hex::<8>(),
        ids::hex::<4>(),
    )
}

impl Execution {
    /// `arn:aws:execute-api:{region}:{account}:{api}/{stage}/{rest}`.
    pub(super) fn arn(&self, rest: &str) -> String {
        let place = format!("{}/{}/{rest}", self.place.api_id, self.place.stage.stage_name);
        self.world.arn("execute-api", &place)
    }
}
