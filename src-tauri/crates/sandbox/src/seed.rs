//! What a new sandbox holds, made by the same wire calls that a client would send, so that every rule has been applied.
//!
//! `seed/chat.rs` is the tutorial's chat API; `seed/gallery.rs` has one broken API for each cause. This file is how
//! they ask: it may not know what they build.

mod chat;
mod gallery;

use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt;
use http::{Method, Request, Response};
use http_body_util::BodyExt;
use serde_json::{Value, json};

use crate::front::{self, Call, Origin};
use crate::{Body, Error, Seed, World, gateway_v2};
pub use gallery::Exhibit;

/// As the walkthrough calls it.
const LOG_ROLE: &str = "api-gateway-push-logs";
/// Where Route 53 has its zones.
const ZONES: &str = "/2013-04-01/hostedzone";
/// The managed policy for it.
const LOG_POLICY: &str = "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs";
/// The template selection expression that always gives the key `$default`.
const STATIC_DEFAULT: &str = "\\$default";

/// Fills a new world.
pub(crate) fn sow(world: &Arc<World>, seed: Seed) -> Result<(), Error> {
    let sower = Sower(world);
    match seed {
        Seed::Empty => Ok(()),
        Seed::Chat => chat::sow(&sower, &world.options),
        Seed::Gallery => {
            chat::sow(&sower, &world.options)?;
            gallery::sow(&sower)
        }
    }
}

/// Asks the sandbox's services as a client would.
struct Sower<'w>(&'w Arc<World>);

/// What a route is made of, in AWS's members.
#[derive(Default)]
struct Route {
    /// Members of the route besides its key.
    with: Value,
    /// Members of the integration; none: the route has none.
    integration: Option<Value>,
    /// Members of each integration response.
    responses: Vec<Value>,
    /// Whether what the integration answers goes back to the client.
    two_way: bool,
}

impl Route {
    /// A MOCK that answers 200, with a body when there is something to say.
    fn mock(template: &str, answer: Option<&str>) -> Self {
        let mut response = json!({ "integrationResponseKey": "$default" });
        if let Some(answer) = answer {
            response["templateSelectionExpression"] = json!(STATIC_DEFAULT);
            response["responseTemplates"] = json!({ "$default": answer });
        }
        Self { two_way: answer.is_some(), responses: vec![response], ..Self::of(mock(template)) }
    }

    /// With this integration and nothing else.
    fn of(integration: Value) -> Self {
        Self { integration: Some(integration), ..Self::default() }
    }

    fn two_way(self) -> Self {
        Self { two_way: true, ..self }
    }

    fn with(self, with: Value) -> Self {
        Self { with, ..self }
    }

    fn response(mut self, response: Value) -> Self {
        self.responses.push(response);
        self
    }
}

/// A MOCK integration with one template.
fn mock(template: &str) -> Value {
    json!({ "integrationType": "MOCK", "templateSelectionExpression": STATIC_DEFAULT,
        "requestTemplates": { "$default": template } })
}

impl Sower<'_> {
    /// One call to API Gateway V2, and the resource that it answers. Ids that it names are kept.
    fn v2(&self, method: Method, path: &str, body: &Value) -> Result<Value, Error> {
        let request = Request::builder().method(method).uri(path).body(Bytes::from(body.to_string()));
        let call = Call::read(request.map_err(|e| Error::Seed(e.to_string()))?, Origin::in_process());
        gateway_v2::apply(self.0, &call).map_err(|refusal| Error::Seed(format!("{path}: {}", refusal.message)))
    }

    /// An API that is deployed to nothing yet.
    fn api(&self, id: &str, name: &str, description: &str) -> Result<(), Error> {
        let api = json!({ "apiId": id, "name": name, "description": description, "protocolType": "WEBSOCKET",
            "routeSelectionExpression": "$request.body.action" });
        self.v2(Method::POST, "/v2/apis", &api).map(drop)
    }

    /// A route with its integration and responses; its id.
    fn route(&self, api: &str, key: &str, route: Route) -> Result<String, Error> {
        let base = format!("/v2/apis/{api}");
        let mut members = json!({ "routeKey": key });
        if let Some(integration) = &route.integration {
            let made = self.v2(Method::POST, &format!("{base}/integrations"), integration)?;
            let id = made["integrationId"].as_str().unwrap_or_default();
            for response in &route.responses {
                self.v2(Method::POST, &format!("{base}/integrations/{id}/integrationresponses"), response)?;
            }
            members["target"] = json!(format!("integrations/{id}"));
        }
        for (name, value) in route.with.as_object().into_iter().flatten() {
            members[name] = value.clone();
        }
        if route.two_way {
            members["routeResponseSelectionExpression"] = json!("$default");
        }
        let made = self.v2(Method::POST, &format!("{base}/routes"), &members)?;
        let id = made["routeId"].as_str().unwrap_or_default();
        if route.two_way {
            let response = json!({ "routeResponseKey": "$default" });
            self.v2(Method::POST, &format!("{base}/routes/{id}/routeresponses"), &response)?;
        }
        Ok(id.to_owned())
    }

    /// A stage that serves the API as it is now.
    fn deploy(&self, api: &str, stage: &Value) -> Result<(), Error> {
        self.v2(Method::POST, &format!("/v2/apis/{api}/stages"), stage)?;
        let deployment = json!({ "stageName": stage["stageName"] });
        self.v2(Method::POST, &format!("/v2/apis/{api}/deployments"), &deployment).map(drop)
    }

    /// One call to any service, by the scope of its signature; the body of the answer.
    fn ask(&self, service: &str, method: Method, path: &str, target: &str, body: String) -> Result<String, Error> {
        let credential = format!("AK/20260925/{}/{service}/aws4_request", self.0.options.region);
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("AWS4-HMAC-SHA256 Credential={credential}"))
            .header("x-amz-target", target)
            .body(Bytes::from(body))
            .map_err(|e| Error::Seed(e.to_string()))?;
        let call = Call::read(request, Origin::in_process());
        // No control plane waits for anything. Boxed, because all that a front may do is too much for a small stack.
        let answered = Box::pin(front::answer(self.0, call)).now_or_never().map(whole);
        let Some((status, text)) = answered else { return Err(Error::Seed(format!("{service} {path} waits"))) };
        if status < 300 { Ok(text) } else { Err(Error::Seed(format!("{service} {path}{target}: {status} {text}"))) }
    }

    /// A rest-json call.
    fn rest(&self, service: &str, method: Method, path: &str, body: &Value) -> Result<Value, Error> {
        let text = self.ask(service, method, path, "", body.to_string())?;
        Ok(serde_json::from_str(&text).unwrap_or_default())
    }

    /// A query call.
    fn query(&self, service: &str, members: &[(&str, &str)]) -> Result<(), Error> {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(members).finish();
        self.ask(service, Method::POST, "/", "", body).map(drop)
    }

    /// A public hosted zone that all of DNS knows already; what Route 53 answers.
    fn zone(&self, name: &str, reference: &str) -> Result<String, Error> {
        let zone = format!(
            "<CreateHostedZoneRequest xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><Name>{name}</Name>\
             <CallerReference>{reference}</CallerReference></CreateHostedZoneRequest>"
        );
        let said = self.ask("route53", Method::POST, ZONES, "", zone)?;
        crate::route53::settle(&mut self.0.state.lock().route53, i64::MAX);
        Ok(said)
    }

    /// A role that a service may assume; its ARN.
    fn role(&self, name: &str, service: &str) -> Result<String, Error> {
        let trust = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow",
            "Principal": { "Service": service }, "Action": "sts:AssumeRole" }] })
        .to_string();
        self.query("iam", &[("Action", "CreateRole"), ("RoleName", name), ("AssumeRolePolicyDocument", &trust)])?;
        Ok(format!("arn:aws:iam::{}:role/{name}", self.0.options.account))
    }

    /// The role that lets API Gateway write logs, set in the account.
    fn log_role(&self) -> Result<(), Error> {
        let arn = self.role(LOG_ROLE, "apigateway.amazonaws.com")?;
        self.query("iam", &[("Action", "AttachRolePolicy"), ("RoleName", LOG_ROLE), ("PolicyArn", LOG_POLICY)])?;
        let patch = json!({ "patchOperations": [{ "op": "replace", "path": "/cloudwatchRoleArn", "value": arn }] });
        self.rest("apigateway", Method::PATCH, "/account", &patch).map(drop)
    }
}

/// Status and body of an answer that is there already.
fn whole(response: Response<Body>) -> (u16, String) {
    let status = response.status().as_u16();
    let body = response.into_body().collect().now_or_never().and_then(Result::ok);
    (status, body.map(|b| String::from_utf8_lossy(&b.to_bytes()).into_owned()).unwrap_or_default())
}
