//! Which service a request is for, and its parts in one place.
//!
//! A request says it itself: by the scope of its signature, else by its host, else by `X-Amz-Target`, else by its
//! path. The front knows services by name only; what they do is theirs.

#[cfg(test)]
mod garbage;

use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, Method, Request, Response, header};
use hyper::upgrade::OnUpgrade;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use crate::answer::{Refusal, plain};
use crate::connect::{self, Target};
use crate::{
    Body, World, acm, dynamodb, gateway_v1, gateway_v2, iam, lambda, load_balancing, logs, plant, route53, sign, sqs,
    sts,
};

/// Where a request came from.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    pub source_ip: String,
    pub port: u16,
    pub tls: bool,
}

impl Origin {
    pub(crate) fn in_process() -> Self {
        Self { source_ip: "127.0.0.1".into(), port: 443, tls: true }
    }
}

/// One request, taken apart.
pub(crate) struct Call {
    pub method: Method,
    pub path: String,
    /// The path's parts, percent-decoded.
    pub segments: Vec<String>,
    pub query: Vec<(String, String)>,
    pub headers: HeaderMap,
    pub host: String,
    pub body: Bytes,
    pub origin: Origin,
    /// There when the connection can become a WebSocket.
    pub upgrade: Option<OnUpgrade>,
}

/// The members of a query-protocol request.
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    /// A member's text, empty when it was not sent.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value)
    }

    /// Whether a member was sent, be it empty.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(n, _)| n == name)
    }

    /// `{name}.member.1` and so on, in their order.
    pub(crate) fn members(&self, name: &str) -> Vec<&str> {
        let number = |n: &str| n.strip_prefix(name)?.strip_prefix(".member.")?.parse::<u32>().ok();
        let mut members: Vec<_> = self.0.iter().filter_map(|(n, value)| Some((number(n)?, value.as_str()))).collect();
        members.sort_by_key(|(at, _)| *at);
        members.into_iter().map(|(_, value)| value).collect()
    }
}

impl Call {
    pub(crate) fn read(request: Request<Bytes>, origin: Origin) -> Self {
        let (parts, body) = request.into_parts();
        Self::from_parts(parts, body, origin)
    }

    pub(crate) fn from_parts(mut parts: Parts, body: Bytes, origin: Origin) -> Self {
        let path = parts.uri.path().to_owned();
        let decode = |s: &str| percent_decode_str(s).decode_utf8_lossy().into_owned();
        let query = url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()).into_owned();
        let host = parts
            .headers
            .get(header::HOST)
            .and_then(|h| h.to_str().ok())
            .or_else(|| parts.uri.authority().map(http::uri::Authority::as_str))
            .unwrap_or_default()
            .to_owned();
        Self {
            segments: path.split('/').filter(|s| !s.is_empty()).map(decode).collect(),
            query: query.collect(),
            host,
            upgrade: parts.extensions.remove::<OnUpgrade>(),
            method: parts.method,
            headers: parts.headers,
            path,
            body,
            origin,
        }
    }

    /// The first value of a query parameter.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query_all(name).next()
    }

    /// All values of a query parameter.
    pub(crate) fn query_all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.query.iter().filter(move |(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// A header's text, empty when it was not sent.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default()
    }

    /// The body as a JSON object; an empty body is an empty object.
    pub(crate) fn json_object(&self) -> Result<Map<String, Value>, serde_json::Error> {
        if self.body.is_empty() { Ok(Map::new()) } else { serde_json::from_slice(&self.body) }
    }

    /// The service in the scope of the signature: `AK/20260925/us-east-1/{service}/aws4_request`.
    pub(crate) fn scope(&self) -> Option<&str> {
        self.scoped(3)
    }

    /// The region in it.
    pub(crate) fn region(&self) -> Option<&str> {
        self.scoped(2).filter(|region| !region.is_empty())
    }

    fn scoped(&self, part: usize) -> Option<&str> {
        let authorization = self.header("authorization");
        let credential = match authorization.split_once("Credential=") {
            Some((_, rest)) => rest.split([',', ' ']).next()?,
            None => self.query("X-Amz-Credential")?,
        };
        credential.split('/').nth(part)
    }

    fn form(&self) -> Form {
        let mut members: Vec<_> = url::form_urlencoded::parse(&self.body).into_owned().collect();
        members.extend(self.query.iter().cloned());
        Form(members)
    }

    /// The service that the request is for.
    fn service(&self) -> &str {
        let host = self.host.split(':').next().unwrap_or_default();
        let target = self.header("x-amz-target");
        // Before the scope: a signature for another service is refused by the API that it was sent to.
        if host.contains(".execute-api.") {
            return "execute-api";
        }
        if let Some(scope) = self.scope() {
            return scope;
        }
        match host.split('.').next().unwrap_or_default() {
            "stream-logs" | "streaming-logs" | "logs" => return "logs",
            known @ ("apigateway"
            | "iam"
            | "sts"
            | "acm"
            | "route53"
            | "lambda"
            | "dynamodb"
            | "sqs"
            | "elasticloadbalancing") => return known,
            _ => {}
        }
        let targets = [
            ("Logs_20140328.", "logs"),
            ("CertificateManager.", "acm"),
            ("DynamoDB_20120810.", "dynamodb"),
            ("AmazonSQS.", "sqs"),
        ];
        if let Some((_, service)) = targets.iter().find(|(prefix, _)| target.starts_with(prefix)) {
            return service;
        }
        match self.segments.first().map(String::as_str) {
            Some("v2" | "account" | "apikeys" | "usageplans" | "vpclinks" | "clientcertificates" | "restapis") => {
                "apigateway"
            }
            Some("2013-04-01") => "route53",
            Some("2015-03-31") => "lambda",
            None if self.method == Method::POST => "query",
            _ => "execute-api",
        }
    }
}

/// Answers any request.
pub(crate) async fn answer(world: &Arc<World>, call: Call) -> Response<Body> {
    if call.method == Method::POST && ["/_gatescope/reset", "/moto-api/reset"].contains(&call.path.as_str()) {
        world.reset();
        return plain(200, r#"{"status": "ok"}"#);
    }
    if call.method == Method::GET && call.path == "/_gatescope/ca.pem" {
        return plain(200, world.tls.root_pem().to_owned());
    }
    if let Some(throttled) = plant::throttled(world, &call, call.service()) {
        return throttled;
    }
    if let Some(outage) = world.outages.strikes(&call, call.service()) {
        return outage.answer(|| dispatch(world, call)).await;
    }
    dispatch(world, call).await
}

async fn dispatch(world: &Arc<World>, call: Call) -> Response<Body> {
    let form = || call.form();
    match call.service() {
        "apigateway" if call.segments.first().is_some_and(|s| s == "v2") => gateway_v2::answer(world, &call),
        "apigateway" => gateway_v1::answer(world, &call),
        "logs" => {
            let operation = call.header("x-amz-target").rsplit('.').next().unwrap_or_default();
            let response = logs::answer(world, operation, &call.body);
            world.logs.answered(operation);
            response
        }
        "acm" => acm::answer(world, &call),
        "dynamodb" => dynamodb::answer(world, &call),
        // Boxed, as below: else every call carries the largest future, 175 KB of stack where nothing is optimised.
        "lambda" => Box::pin(lambda::answer(world, &call)).await,
        "route53" => route53::answer(world, &call),
        "sqs" => sqs::answer(world, &call),
        "iam" => iam::answer_to(world, &form(), sign::key_of(&call).as_deref()),
        "sts" => sts::answer(world, &form(), sign::key_of(&call).as_deref()),
        "elasticloadbalancing" => load_balancing::answer(world, &form()),
        "query" if form().get("Version") == load_balancing::VERSION => load_balancing::answer(world, &form()),
        "query" if form().get("Version") == "2011-06-15" => sts::answer(world, &form(), None),
        "query" => iam::answer(world, &form()),
        "execute-api" => match Target::of(world, &call) {
            Some(target) => Box::pin(connect::answer(world, target, call)).await,
            None => connect::unresolved(world, &call),
        },
        // Assumed: what an endpoint says of a service that it is not.
        service => {
            let message = format!("Credential should be scoped to correct service, not '{service}'.");
            Refusal::new(403, "InvalidSignatureException", message).rest_json()
        }
    }
}
