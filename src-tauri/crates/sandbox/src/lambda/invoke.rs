//! Invocations: what a function answers, its own time limit, and the lines that it writes to its log group.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Response;
use serde_json::{Map, Value, json};

use super::answer::{constraint, missing};
use super::{Behaviour, built_in, find, named};
use crate::answer::{Refusal, plain};
use crate::clock::iso_millis;
use crate::connect::invoke_outside;
use crate::front::Call;
use crate::{Body, World, ids};

/// Bytes of a request's payload.
const MOST: usize = 6_291_456;
/// Invocations that may run at once: an account's concurrency.
const CONCURRENCY: usize = 1000;
/// Bytes of the log's tail.
const TAIL: usize = 4096;

/// What a function answered.
pub(crate) struct Invoked {
    pub body: String,
    /// It raised: `X-Amz-Function-Error`.
    pub is_error: bool,
    /// Of the invocation, as the function's own log names it.
    pub request_id: String,
    pub version: String,
    /// The lines that it wrote.
    pub log: Vec<String>,
}

/// Why a function was not invoked.
#[derive(Debug)]
pub(crate) enum Failure {
    /// No such function, version or alias.
    Missing,
    /// Too many run already.
    Throttled,
    /// The Invoke API outside can't be used, for this reason.
    Outside(String),
}

/// A function, made ready: nothing of the state is held while it runs.
struct Ready {
    name: String,
    behaviour: Behaviour,
    version: String,
    /// Seconds.
    timeout: u64,
    memory: u64,
    running: Arc<AtomicUsize>,
}

/// One invocation counts until it is dropped.
struct Running(Arc<AtomicUsize>);

impl Running {
    fn start(running: &Arc<AtomicUsize>) -> Option<Self> {
        let counted = Self(running.clone());
        (running.fetch_add(1, Ordering::Relaxed) < CONCURRENCY).then_some(counted)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn ready(world: &World, name_or_arn: &str, qualifier: Option<&str>) -> Option<Ready> {
    let (name, own) = named(name_or_arn)?;
    let state = world.state.lock();
    let function = find(world, &state, name)?;
    let version = function.version(qualifier.or(own))?;
    let number = |member: &str, usual: u64| version.get(member).and_then(Value::as_u64).unwrap_or(usual);
    Some(Ready {
        name: name.to_owned(),
        behaviour: function.behaviour(version),
        version: text(version, "Version").to_owned(),
        timeout: number("Timeout", 3),
        memory: number("MemorySize", 128),
        running: state.lambda.running.clone(),
    })
}

fn text<'a>(configuration: &'a Map<String, Value>, member: &str) -> &'a str {
    configuration.get(member).and_then(Value::as_str).unwrap_or_default()
}

/// Invokes a function, whoever asks.
pub(crate) async fn invoke(world: &World, name_or_arn: &str, payload: &str) -> Result<Invoked, Failure> {
    let ready = ready(world, name_or_arn, None).ok_or(Failure::Missing)?;
    ready.run(world, payload).await
}

impl Ready {
    async fn run(self, world: &World, payload: &str) -> Result<Invoked, Failure> {
        let _running = Running::start(&self.running).ok_or(Failure::Throttled)?;
        let mut request_id = world.ids.uuid();
        let began = world.clock.now();
        let patience = Duration::from_secs(self.timeout);
        let event = || serde_json::from_str(payload).unwrap_or_default();
        let working = async {
            let answer = match &self.behaviour {
                Behaviour::BuiltIn { name } => built_in::run(world, name, &event()).await,
                Behaviour::Answers { payload } => return Ok((json_text(payload), false, None)),
                Behaviour::Raises { message } if message == built_in::NO_CODE => {
                    built_in::raised("Runtime.ImportModuleError", message)
                }
                Behaviour::Raises { message } => built_in::raised("Error", message),
                Behaviour::TimesOut => std::future::pending().await,
                Behaviour::Url { url } => return invoke_outside(url, &self.name, payload).await,
            };
            let raised = answer.get("errorMessage").is_some();
            Ok((answer.to_string(), raised, None))
        };
        let (body, is_error, outside_id) = match world.clock.timeout(patience, working).await {
            Some(answered) => answered.map_err(Failure::Outside)?,
            None => {
                // facts 2 section 1: Lambda's own timeout.
                let at = iso_millis(world.clock.now());
                let message = format!("{at} {request_id} Task timed out after {}.00 seconds", self.timeout);
                (json!({ "errorMessage": message }).to_string(), true, None)
            }
        };
        request_id = outside_id.unwrap_or(request_id);
        let error = is_error.then_some(body.as_str());
        let log = self.log(world, began, &request_id, error);
        Ok(Invoked { body, is_error, request_id, version: self.version, log })
    }

    /// Writes the invocation's lines. How much memory it used is nowhere measured, so `REPORT` does not say.
    fn log(&self, world: &World, began: i64, id: &str, error: Option<&str>) -> Vec<String> {
        let (now, version) = (world.clock.now(), &self.version);
        let took = (now - began).max(1);
        let mut lines = vec![(began, format!("START RequestId: {id} Version: {version}\n"))];
        if let Some(error) = error {
            let said: Value = serde_json::from_str(error).unwrap_or_default();
            let message = said["errorMessage"].as_str().unwrap_or(error);
            let line = match said.get("errorType") {
                Some(_) => format!("{}\t{id}\tERROR\tInvoke Error \t{error}\n", iso_millis(now)),
                None => format!("{message}\n\n"),
            };
            lines.push((now, line));
        }
        lines.push((now, format!("END RequestId: {id}\n")));
        lines.push((
            now,
            format!(
                "REPORT RequestId: {id}\tDuration: {took}.00 ms\tBilled Duration: {took} ms\tMemory Size: {} MB\t\n",
                self.memory
            ),
        ));
        let text = lines.iter().map(|(_, line)| line.clone()).collect();
        let day = iso_millis(began).get(..10).unwrap_or_default().replace('-', "/");
        let stream = format!("{day}/[{version}]{}", stream(&self.name, version));
        world.logs.write(now, &format!("/aws/lambda/{}", self.name), Some(&stream), Arc::new(lines));
        text
    }
}

/// What a function answers is JSON; a text that is none is a string, as a runtime would write it.
fn json_text(payload: &str) -> String {
    let is_json = serde_json::from_str::<serde::de::IgnoredAny>(payload).is_ok();
    if is_json { payload.to_owned() } else { Value::from(payload).to_string() }
}

/// 32 hexadecimal digits: one environment for each function and version.
fn stream(name: &str, version: &str) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, format!("{name}:{version}").as_bytes());
    ids::hex_of(&digest.as_ref()[..16])
}

/// The operation `Invoke`.
pub(super) async fn answer(world: &Arc<World>, call: &Call, name: &str) -> Result<Response<Body>, Refusal> {
    let arn = |rest: &str| world.arn("lambda", &format!("function:{rest}"));
    let qualifier = call.query("Qualifier");
    let Some(ready) = ready(world, name, qualifier) else {
        let name = named(name).map_or(name, |(name, _)| name);
        let rest = qualifier.map_or(name.to_owned(), |qualifier| format!("{name}:{qualifier}"));
        return Err(missing(format!("Function not found: {}", arn(&rest))));
    };
    if call.body.len() > MOST {
        let message = format!("Request must be smaller than {MOST} bytes for the InvokeFunction operation");
        return Err(Refusal::new(413, "RequestTooLargeException", message));
    }
    let payload = String::from_utf8_lossy(&call.body).into_owned();
    let payload = if payload.is_empty() { "{}".to_owned() } else { payload };
    if let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(&payload) {
        let message = format!("Could not parse request body into json: {error}");
        return Err(Refusal::new(400, "InvalidRequestContentException", message));
    }
    match call.header("x-amz-invocation-type") {
        "" | "RequestResponse" => {}
        "DryRun" => return Ok(headed(plain(204, ""), &ready.version)),
        "Event" => {
            let world = world.clone();
            let version = ready.version.clone();
            if ready.running.load(Ordering::Relaxed) >= CONCURRENCY {
                return Err(throttled());
            }
            // Nobody waits for its answer; its log tells.
            tokio::spawn(async move { ready.run(&world, &payload).await.map(|_| ()) });
            return Ok(headed(plain(202, ""), &version));
        }
        other => {
            let rule = "Member must satisfy enum value set: [Event, RequestResponse, DryRun]";
            return Err(constraint("invocationType", other, rule));
        }
    }
    let invoked = ready.run(world, &payload).await.map_err(|failure| match failure {
        Failure::Throttled => throttled(),
        Failure::Missing => missing(format!("Function not found: {}", arn(name))),
        Failure::Outside(error) => Refusal::new(500, "ServiceException", error),
    })?;
    let mut response = headed(plain(200, invoked.body), &invoked.version);
    let mut put = |name: &'static str, value: &str| {
        if let Ok(value) = value.parse() {
            response.headers_mut().insert(name, value);
        }
    };
    put("content-type", "application/json");
    put("x-amzn-requestid", &invoked.request_id);
    if invoked.is_error {
        put("x-amz-function-error", "Unhandled");
    }
    if call.header("x-amz-log-type") == "Tail" {
        let log = invoked.log.concat();
        let tail = &log.as_bytes()[log.len().saturating_sub(TAIL)..];
        put("x-amz-log-result", &STANDARD.encode(tail));
    }
    Ok(response)
}

fn headed(mut response: Response<Body>, version: &str) -> Response<Body> {
    if let (Ok(version), Ok(id)) = (version.parse(), ids::uuid().parse()) {
        response.headers_mut().insert("x-amz-executed-version", version);
        response.headers_mut().insert("x-amzn-requestid", id);
    }
    response
}

fn throttled() -> Refusal {
    Refusal::new(429, "TooManyRequestsException", "Rate Exceeded.")
}
