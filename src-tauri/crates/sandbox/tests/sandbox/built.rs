//! What most tests of the data plane begin with: an API that logs everything, and a backend that answers as told.
//! It may not know what is tested.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::client::{Answer, Client, Socket};

/// A small API on a stage `probe` that logs everything.
pub struct Built {
    pub client: Client,
    pub api: String,
    pub base: String,
}

impl Built {
    pub async fn new() -> Self {
        Self::with(Client::chat()).await
    }

    /// Beside the seeded API, whose account can log.
    pub async fn with(client: Client) -> Self {
        let body =
            json!({ "name": "probe", "protocolType": "WEBSOCKET", "routeSelectionExpression": "$request.body.action" });
        let api = client.create("/v2/apis", body).await["apiId"].as_str().unwrap().to_owned();
        let base = format!("/v2/apis/{api}");
        let stage = json!({ "stageName": "probe", "defaultRouteSettings": { "loggingLevel": "INFO", "dataTraceEnabled": true } });
        client.create(&format!("{base}/stages"), stage).await;
        Self { client, api, base }
    }

    /// A route with its integration; gives the integration's path.
    pub async fn route(&self, key: &str, integration: Value) -> String {
        let made = self.client.create(&format!("{}/integrations", self.base), integration).await;
        let target = format!("integrations/{}", made["integrationId"].as_str().unwrap());
        let body = json!({ "routeKey": key, "target": target, "routeResponseSelectionExpression": "$default" });
        let route = self.client.create(&format!("{}/routes", self.base), body).await;
        let path = format!("{}/routes/{}/routeresponses", self.base, route["routeId"].as_str().unwrap());
        self.client.create(&path, json!({ "routeResponseKey": "$default" })).await;
        format!("{}/{target}", self.base)
    }

    /// A non-proxy route with an integration response `$default`.
    pub async fn mapped(&self, key: &str, integration: Value) {
        let path = self.route(key, integration).await;
        let response = json!({ "integrationResponseKey": "$default" });
        self.client.create(&format!("{path}/integrationresponses"), response).await;
    }

    pub async fn patch(&self, what: &str, body: Value) {
        let answer = self.client.gateway(Method::PATCH, &format!("{}/{what}", self.base), body).await;
        assert!(answer.status < 300, "{}", answer.body);
    }

    pub async fn patch_route(&self, key: &str, body: Value) {
        let routes = self.client.gateway(Method::GET, &format!("{}/routes", self.base), json!(null)).await.json();
        let route = routes["items"].as_array().unwrap().iter().find(|r| r["routeKey"] == key).unwrap().clone();
        self.patch(&format!("routes/{}", route["routeId"].as_str().unwrap()), body).await;
    }

    pub async fn deploy(&self) {
        self.client.create(&format!("{}/deployments", self.base), json!({ "stageName": "probe" })).await;
    }

    pub async fn connect(&self) -> Socket {
        self.client.connect(&self.api, "/probe").await
    }

    pub async fn refused(&self, path: &str, headers: &str) -> Answer {
        self.client.refused(&self.api, path, headers).await
    }

    pub fn group(&self) -> String {
        format!("/aws/apigateway/{}/probe", self.api)
    }

    /// The lines of the last request.
    pub async fn lines(&self) -> Vec<String> {
        self.client.requests(&self.group()).await.pop().unwrap().1
    }

    /// A route without an integration.
    pub async fn bare(&self, key: &str) {
        self.client.create(&format!("{}/routes", self.base), json!({ "routeKey": key })).await;
    }

    pub async fn model(&self, name: &str, schema: &Value) {
        let body = json!({ "name": name, "contentType": "application/json", "schema": schema.to_string() });
        self.client.create(&format!("{}/models", self.base), body).await;
    }

    pub async fn patch_api(&self, body: Value) {
        let answer = self.client.gateway(Method::PATCH, &self.base, body).await;
        assert!(answer.status < 300, "{}", answer.body);
    }

    /// Changes the API's only authorizer.
    pub async fn patch_authorizer(&self, body: Value) {
        let all = self.client.gateway(Method::GET, &format!("{}/authorizers", self.base), json!(null)).await.json();
        self.patch(&format!("authorizers/{}", all["items"][0]["authorizerId"].as_str().unwrap()), body).await;
    }

    pub async fn authorizer(&self, function: &str, sources: Value) {
        let body = json!({ "name": "a", "authorizerType": "REQUEST", "authorizerUri": function_uri(function), "identitySource": sources });
        let made = self.client.create(&format!("{}/authorizers", self.base), body).await;
        let custom = json!({ "authorizationType": "CUSTOM", "authorizerId": made["authorizerId"] });
        self.patch_route("$connect", custom).await;
        self.deploy().await;
    }
}

pub fn function_uri(name: &str) -> String {
    let arn = format!("arn:aws:lambda:us-east-1:123456789012:function:{name}");
    format!("arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{arn}/invocations")
}

pub fn lambda(name: &str) -> Value {
    json!({ "integrationType": "AWS_PROXY", "integrationUri": function_uri(name) })
}

/// Requests and their bodies.
type Seen = Arc<Mutex<Vec<(Request<()>, String)>>>;

/// A backend on loopback that answers by a function and remembers what it saw.
pub struct Backend {
    pub url: String,
    pub seen: Seen,
}

impl Backend {
    pub async fn start(answer: impl Fn(&Request<()>, &str) -> Response<String> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (answer, log) = (Arc::new(answer), seen.clone());
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (answer, log) = (answer.clone(), log.clone());
                let service = service_fn(move |request: Request<Incoming>| {
                    let (answer, log) = (answer.clone(), log.clone());
                    async move {
                        let (parts, body) = request.into_parts();
                        let body = String::from_utf8(body.collect().await?.to_bytes().to_vec()).unwrap();
                        let request = Request::from_parts(parts, ());
                        let response = answer(&request, &body);
                        log.lock().unwrap().push((request, body));
                        Ok::<_, hyper::Error>(response.map(|b| Full::new(Bytes::from(b))))
                    }
                });
                tokio::spawn(
                    hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service),
                );
            }
        });
        Self { url, seen }
    }

    /// The last request, once there is one.
    pub async fn next(&self) -> (Request<()>, String) {
        let arriving = async {
            while self.seen.lock().unwrap().is_empty() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(20), arriving).await.unwrap();
        self.last()
    }

    pub fn last(&self) -> (Request<()>, String) {
        self.seen.lock().unwrap().pop().unwrap()
    }
}
