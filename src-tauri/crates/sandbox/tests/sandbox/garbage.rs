//! Malformed requests in any number, the same ones for the same seed: real calls with members of wrong types, huge and
//! deep values, broken JSON, odd paths, methods and queries.

use bytes::Bytes;
use http::{Method, Request};
use serde_json::{Value, json};

use super::client::{Client, scope};

/// A real call that garbage is made of. `{}` in a path stands for an id.
type Call = (&'static str, &'static str, &'static str, Value);

/// Method, path, `x-amz-target` and body of calls that a service has.
fn calls(service: &str) -> Vec<Call> {
    let none = Value::Null;
    match service {
        "apigatewayv2" => vec![
            (
                "POST",
                "/v2/apis",
                "",
                json!({ "name": "n", "protocolType": "WEBSOCKET", "routeSelectionExpression": "$request.body.action", "tags": { "a": "b" } }),
            ),
            ("PATCH", "/v2/apis/{}", "", json!({ "name": "m", "description": "d", "disableExecuteApiEndpoint": true })),
            ("GET", "/v2/apis", "", none.clone()),
            (
                "POST",
                "/v2/apis/{}/routes",
                "",
                json!({ "routeKey": "k", "target": "integrations/x", "requestParameters": { "route.request.header.a": { "required": true } }, "authorizationType": "NONE" }),
            ),
            (
                "POST",
                "/v2/apis/{}/integrations",
                "",
                json!({ "integrationType": "HTTP", "integrationUri": "http://example.com", "requestTemplates": { "$default": "{}" }, "timeoutInMillis": 1000, "credentialsArn": "arn:aws:iam::123456789012:role/r" }),
            ),
            (
                "POST",
                "/v2/apis/{}/authorizers",
                "",
                json!({ "authorizerType": "REQUEST", "name": "a", "identitySource": ["route.request.header.Auth"], "identityValidationExpression": "^a+$" }),
            ),
            (
                "POST",
                "/v2/apis/{}/models",
                "",
                json!({ "name": "M", "schema": "{\"type\":\"object\"}", "contentType": "application/json" }),
            ),
            ("POST", "/v2/apis/{}/deployments", "", json!({ "description": "d", "stageName": "prod" })),
            (
                "POST",
                "/v2/apis/{}/stages",
                "",
                json!({ "stageName": "s", "stageVariables": { "a": "b" }, "defaultRouteSettings": { "loggingLevel": "INFO", "throttlingRateLimit": 1.5, "throttlingBurstLimit": 3 }, "routeSettings": { "$connect": { "dataTraceEnabled": true } }, "accessLogSettings": { "destinationArn": "arn:aws:logs:us-east-1:123456789012:log-group:g", "format": "$context.requestId" } }),
            ),
            (
                "PATCH",
                "/v2/apis/{}/stages/prod",
                "",
                json!({ "stageVariables": { "a": "" }, "autoDeploy": false, "deploymentId": "x" }),
            ),
            ("GET", "/v2/apis/{}/models/{}/template", "", none.clone()),
            ("DELETE", "/v2/apis/{}/stages/prod/routesettings/$connect", "", none.clone()),
            ("POST", "/v2/vpclinks", "", json!({ "name": "l", "subnetIds": ["s"], "securityGroupIds": [] })),
            (
                "POST",
                "/v2/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Fapis%2Fchat5gw1ws",
                "",
                json!({ "tags": { "a": "b" } }),
            ),
            ("PUT", "/v2/apis", "", json!({ "body": "openapi" })),
        ],
        "apigateway" => vec![
            (
                "POST",
                "/apikeys",
                "",
                json!({ "name": "n", "value": "01234567890123456789", "enabled": true, "stageKeys": [{ "restApiId": "chat5gw1ws", "stageName": "prod" }], "tags": { "a": "b" } }),
            ),
            ("GET", "/apikeys", "", none.clone()),
            ("POST", "/apikeys?mode=import&format=csv", "", json!("Name,key\n\"a")),
            (
                "PATCH",
                "/apikeys/{}",
                "",
                json!({ "patchOperations": [{ "op": "replace", "path": "/enabled", "value": "true" }] }),
            ),
            (
                "POST",
                "/usageplans",
                "",
                json!({ "name": "p", "apiStages": [{ "apiId": "chat5gw1ws", "stage": "prod", "throttle": { "$connect": { "burstLimit": 1, "rateLimit": 1.0 } } }], "throttle": { "burstLimit": 1, "rateLimit": 2.0 }, "quota": { "limit": 10, "offset": 0, "period": "DAY" } }),
            ),
            (
                "PATCH",
                "/usageplans/{}",
                "",
                json!({ "patchOperations": [{ "op": "add", "path": "/apiStages/chat5gw1ws:prod/throttle/$connect/rateLimit", "value": "1" }, { "op": "add", "path": "/apiStages", "value": "chat5gw1ws:prod" }] }),
            ),
            ("POST", "/usageplans/{}/keys", "", json!({ "keyId": "k", "keyType": "API_KEY" })),
            ("GET", "/usageplans/{}/usage?startDate=2026-01-01&endDate=2026-01-31", "", none.clone()),
            (
                "PATCH",
                "/usageplans/{}/keys/{}/usage",
                "",
                json!({ "patchOperations": [{ "op": "replace", "path": "/remaining", "value": "1" }] }),
            ),
            (
                "POST",
                "/vpclinks",
                "",
                json!({ "name": "l", "targetArns": ["arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/a/b"] }),
            ),
            ("POST", "/clientcertificates", "", json!({ "description": "d", "tags": {} })),
            (
                "PATCH",
                "/account",
                "",
                json!({ "patchOperations": [{ "op": "replace", "path": "/cloudwatchRoleArn", "value": "arn:aws:iam::123456789012:role/r" }] }),
            ),
            (
                "PUT",
                "/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Fapikeys%2Fx",
                "",
                json!({ "tags": { "a": "b" } }),
            ),
            ("GET", "/restapis", "", none),
        ],
        other => panic!("no calls are known of {other}"),
    }
}

/// A small generator: what is wanted is variety and the same again, not secrets.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.roll(of.len())]
    }

    fn value(&mut self) -> Value {
        match self.roll(14) {
            0 => Value::Null,
            1 => json!(-1),
            2 => json!(1e308),
            3 => json!(u64::MAX),
            4 => json!(true),
            5 => json!(""),
            6 => json!("x".repeat(1 + self.roll(200_000))),
            7 => json!("\u{0}\u{1}\u{ffff}\u{202e}😀"),
            8 => json!([]),
            9 => json!({}),
            10 => json!([1, "a", null, {}]),
            11 => (0..100).fold(json!("deep"), |inner, _| json!({ "a": inner })),
            12 => json!("((((((((((a+)+)+)+)+)+)+)+)+)+)$"),
            _ => json!({ "": "", "a\nb": [[]], "__proto__": {} }),
        }
    }

    /// Replaces, removes or adds a value somewhere.
    fn spoil(&mut self, value: &mut Value) {
        let inside = self.roll(3) > 0;
        match value {
            Value::Object(map) if inside && !map.is_empty() => {
                let keys: Vec<String> = map.keys().cloned().collect();
                let key = self.one(&keys).clone();
                match self.roll(6) {
                    0 => drop(map.remove(&key)),
                    1 => drop(map.insert("unknown".into(), self.value())),
                    2 => {
                        let taken = map.remove(&key).unwrap();
                        map.insert(key.to_uppercase(), taken);
                    }
                    _ => self.spoil(map.get_mut(&key).unwrap()),
                }
            }
            Value::Array(items) if inside && !items.is_empty() => {
                let index = self.roll(items.len());
                self.spoil(&mut items[index]);
            }
            other => *other = self.value(),
        }
    }

    fn body(&mut self, body: &Value) -> Vec<u8> {
        let mut body = body.clone();
        for _ in 0..=self.roll(3) {
            self.spoil(&mut body);
        }
        let mut bytes = body.to_string().into_bytes();
        match self.roll(8) {
            0 => bytes.truncate(self.roll(bytes.len() + 1)),
            1 => {
                let at = self.roll(bytes.len());
                bytes[at] = u8::try_from(self.roll(256)).unwrap();
            }
            2 => bytes = [b"[".repeat(100_000), bytes].concat(),
            3 => bytes.extend_from_within(..),
            _ => {}
        }
        bytes
    }

    fn path(&mut self, path: &str) -> String {
        const ODD: [&str; 12] = [
            "%2e%2e",
            "%00",
            "%2F",
            "%2f%2f",
            "%ff%fe",
            "..",
            "$default",
            "%F0%9F%98%80",
            "chat5gw1ws",
            "prod",
            "a:b",
            "%7B%7D",
        ];
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let mut segments: Vec<String> = path.split('/').skip(1).map(str::to_owned).collect();
        for segment in &mut segments {
            if segment == "{}" {
                *segment = (*self.one(&ODD)).to_owned();
            }
        }
        match self.roll(6) {
            0 => segments.push((*self.one(&ODD)).to_owned()),
            1 => drop(segments.pop()),
            2 => {
                let at = self.roll(segments.len());
                segments[at] = if self.roll(4) == 0 { "z".repeat(5000) } else { (*self.one(&ODD)).to_owned() };
            }
            _ => {}
        }
        const QUERIES: [&str; 8] = [
            "",
            "maxResults=0",
            "maxResults=99999999999999999999",
            "nextToken=%00%ff",
            "limit=x&position=%2F",
            "&&&==&%zz",
            "mode=import",
            "startDate=9999-99-99&endDate=",
        ];
        let query = if query.is_empty() || self.roll(3) == 0 { *self.one(&QUERIES) } else { query };
        format!("/{}{}{query}", segments.join("/"), if query.is_empty() { "" } else { "?" })
    }
}

/// `n` requests for a service; the same ones for the same seed.
pub fn requests(service: &str, n: usize, seed: u64) -> Vec<Request<Bytes>> {
    let calls = calls(service);
    let signed = scope(if service == "apigatewayv2" { "apigateway" } else { service });
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    (0..n)
        .map(|_| {
            let (method, path, target, body) = dice.one(&calls).clone();
            let method =
                if dice.roll(5) == 0 { *dice.one(&["GET", "POST", "PUT", "PATCH", "DELETE", "BREW"]) } else { method };
            let mut request = Request::builder().method(method).uri(dice.path(path)).header("authorization", &signed);
            if !target.is_empty() {
                request = request.header("x-amz-target", target);
            }
            request.body(Bytes::from(dice.body(&body))).unwrap()
        })
        .collect()
}

/// Sends garbage to a service of the chat sandbox: no answer is a 5xx, none of what is refused leaves a trace, and
/// every refusal has AWS's shape.
async fn nothing_comes_of(service: &str) {
    let client = Client::chat();
    let file = std::env::temp_dir().join(format!("gatescope-garbage-{service}-{}.json", std::process::id()));
    let state = || {
        client.sandbox.save(&file).unwrap();
        let mut saved: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        saved["state"].take()
    };
    let (mut before, mut refused) = (state(), 0);
    for request in requests(service, 1000, 7) {
        let said = format!("{} {}", request.method(), request.uri());
        let answer = client.send(request).await;
        assert!(answer.status < 500, "{said}: {} {}", answer.status, answer.body);
        let after = state();
        if answer.status >= 400 {
            refused += 1;
            assert!(!answer.header("x-amzn-errortype").is_empty() && answer.json()["message"].is_string(), "{said}");
            assert!(before == after, "{said} was refused with {} and left a trace", answer.status);
        }
        before = after;
    }
    std::fs::remove_file(&file).unwrap();
    assert!(refused > 700, "only {refused} of 1000 were refused: is this garbage?");
    let api = client.gateway(Method::GET, "/v2/apis", json!(null)).await;
    assert_eq!(api.status, 200);
}

#[tokio::test]
async fn a_thousand_malformed_requests_to_api_gateway_v2_are_refused_without_a_trace() {
    nothing_comes_of("apigatewayv2").await;
}

#[tokio::test]
async fn a_thousand_malformed_requests_to_api_gateway_v1_are_refused_without_a_trace() {
    nothing_comes_of("apigateway").await;
}
