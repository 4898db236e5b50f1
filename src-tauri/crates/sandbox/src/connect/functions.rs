//! Lambda functions: a few that live here, and those behind a Lambda Invoke URL.
//!
//! A function exists when its name is built in or was given at the start. Permission is not checked: a function that
//! does not exist answers as one that API Gateway may not call (facts 2.2, first row).

use gatescope_model::log::Kind;
use http::Method;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::Instant;

use super::backend::{self, Trouble};
use super::execution::Execution;
use crate::clock::{basic, http_date};
use crate::ids;

/// What a function answered.
pub(super) struct Invoked {
    pub body: String,
    /// It raised: `X-Amz-Function-Error`.
    pub is_error: bool,
    /// Of the invocation, as the function's own log names it.
    pub request_id: String,
}

/// Names that need no set-up. `authorizer` allows the token `secret-token` and denies others.
const BUILT_IN: [&str; 6] = ["echo", "deny", "crash", "malformed", "slow", "authorizer"];
/// How long `slow` takes: longer than any integration may.
const SLOW: Duration = Duration::from_secs(30);
/// Characters of the `Authorization` header that AWS masks (recorded samples).
const MASKED: usize = 333;

/// Calls a function by its invocation URI and logs the traffic. The error is a configuration error's text.
pub(super) async fn call(
    execution: &mut Execution,
    uri: &str,
    source_arn: &str,
    payload: &str,
) -> Result<Invoked, String> {
    let arn = function_arn(uri).ok_or("Invalid endpoint address")?;
    let name = function_name(&arn).ok_or("Invalid endpoint address")?.to_owned();
    let region = &execution.world.options.region;
    let endpoint = format!("https://lambda.{region}.amazonaws.com/2015-03-31/functions/{arn}/invocations");
    trace_request(execution, &endpoint, source_arn, payload);
    let started = Instant::now();
    let invoked = invoke(execution, &name, payload).await?;
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

/// The function's ARN in `arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{arn}/invocations`.
pub(super) fn function_arn(uri: &str) -> Option<String> {
    let rest = uri.strip_prefix("arn:aws:apigateway:")?;
    let (_, path) = rest.split_once(":lambda:path/")?;
    let arn = path.strip_prefix("2015-03-31/functions/")?.strip_suffix("/invocations")?;
    Some(arn.to_owned())
}

/// The name in a function's ARN, without version or alias.
fn function_name(arn: &str) -> Option<&str> {
    arn.strip_prefix("arn:aws:lambda:")?.split_once(":function:")?.1.split(':').next().filter(|n| !n.is_empty())
}

async fn invoke(execution: &Execution, name: &str, payload: &str) -> Result<Invoked, String> {
    let request_id = ids::uuid();
    let outside = execution.world.options.functions.iter().find(|(n, _)| n == name);
    if let Some((_, url)) = outside {
        return outside_function(url, name, payload, request_id).await;
    }
    if !BUILT_IN.contains(&name) {
        return Err("Invalid permissions on Lambda function".into());
    }
    let event: Value = serde_json::from_str(payload).unwrap_or_default();
    let answer = match name {
        "echo" => json!({ "statusCode": 200, "body": event["body"].as_str().unwrap_or_default() }),
        "deny" => json!({ "statusCode": 403, "body": "{\"message\":\"denied by the function\"}" }),
        "malformed" => json!("hello world"),
        "slow" => {
            execution.world.clock.sleep(SLOW).await;
            json!({ "statusCode": 200 })
        }
        "authorizer" => authorizer(&event),
        _ => json!({ "errorMessage": "the function crashed", "errorType": "Error", "trace": [] }),
    };
    let is_error = answer.get("errorMessage").is_some();
    Ok(Invoked { body: answer.to_string(), is_error, request_id })
}

/// Decides by the token in the header `authorization`, or in the query as `authorization` or `token`.
fn authorizer(event: &Value) -> Value {
    let find = |place: &str, names: &[&str]| {
        let members = event[place].as_object()?;
        let (_, value) = members.iter().find(|(n, _)| names.iter().any(|name| n.eq_ignore_ascii_case(name)))?;
        value.as_str().map(str::to_owned)
    };
    let token =
        find("headers", &["authorization"]).or_else(|| find("queryStringParameters", &["authorization", "token"]));
    let Some(token) = token else {
        return json!({ "errorMessage": "Unauthorized", "errorType": "Error", "trace": [] });
    };
    let effect = if token == "secret-token" { "Allow" } else { "Deny" };
    json!({
        "principalId": "sandbox-user",
        "policyDocument": { "Version": "2012-10-17", "Statement": [
            { "Action": "execute-api:Invoke", "Effect": effect, "Resource": event["methodArn"] }
        ] },
        "context": { "token": "accepted" },
    })
}

/// Asks a Lambda Invoke API.
async fn outside_function(url: &str, name: &str, payload: &str, request_id: String) -> Result<Invoked, String> {
    let mut url = url::Url::parse(url).map_err(|_| "Invalid endpoint address")?;
    if url.path().trim_matches('/').is_empty() {
        url.set_path(&format!("/2015-03-31/functions/{name}/invocations"));
    }
    let headers = [("content-type".to_owned(), "application/json".to_owned())];
    match backend::send(&Method::POST, &url, &headers, payload.to_owned().into()).await {
        Ok(reply) => {
            let is_error = reply.header("x-amz-function-error").is_some() || reply.status >= 400;
            let request_id = reply.header("x-amzn-requestid").map_or(request_id, str::to_owned);
            Ok(Invoked { body: reply.text(), is_error, request_id })
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
    let hash: String = ring::digest::digest(&ring::digest::SHA256, payload.as_bytes())
        .as_ref()
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
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
