//! What a new sandbox holds: the tutorial's chat API after the walkthrough's second step, made by the same wire calls
//! that a client would send, so that every rule has been applied to it.

use bytes::Bytes;
use http::{Method, Request};
use serde_json::{Value, json};

use crate::front::{Call, Origin};
use crate::{Error, Seed, World, gateway_v1, gateway_v2, iam};

/// The id of the seeded API, always the same so that URLs can be bookmarked.
pub(crate) const CHAT_API: &str = "chat5gw1ws";
/// As the walkthrough calls it.
const LOG_ROLE: &str = "api-gateway-push-logs";
/// The managed policy for it.
const LOG_POLICY: &str = "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs";

/// Fills a new world.
pub(crate) fn sow(world: &World, seed: Seed) -> Result<(), Error> {
    match seed {
        Seed::Empty => Ok(()),
        Seed::Chat => chat(world),
    }
}

fn chat(world: &World) -> Result<(), Error> {
    let api = json!({ "apiId": CHAT_API, "name": "my-chat-app-gw-1", "protocolType": "WEBSOCKET",
        "routeSelectionExpression": "$request.body.action" });
    ask(world, Method::POST, "/v2/apis", &api)?;
    // `$connect` lacks its template and its integration response: the 500 that the product explains.
    route(world, "$connect", None, None)?;
    route(world, "$disconnect", Some(r#"{"statusCode": 200}"#), None)?;
    let help = r#"{"help":"send {\"action\":\"joinroom\",\"roomname\":\"developers\"} or {\"action\":\"sendmessage\",\"message\":\"hello!!!!\"}"}"#;
    route(world, "$default", Some(r#"{"statusCode": 200}"#), Some(help))?;
    let join = r#"{"statusCode": 200, "joined": $input.json('$.roomname')}"#;
    route(world, "joinroom", Some(join), Some(r#"{"joined":$input.json('$.joined')}"#))?;
    let send = r#"{"statusCode": 200, "message": $input.json('$.message')}"#;
    route(world, "sendmessage", Some(send), Some(r#"{"message":$input.json('$.message')}"#))?;
    let mut stage = json!({ "stageName": "prod" });
    if world.options.seed_logging {
        log_role(world)?;
        stage["defaultRouteSettings"] = json!({ "loggingLevel": "INFO" });
    }
    ask(world, Method::POST, &format!("/v2/apis/{CHAT_API}/stages"), &stage)?;
    ask(world, Method::POST, &format!("/v2/apis/{CHAT_API}/deployments"), &json!({ "stageName": "prod" }))?;
    Ok(())
}

/// A MOCK route; with an answer it is two-way.
fn route(world: &World, key: &str, template: Option<&str>, answer: Option<&str>) -> Result<(), Error> {
    let base = format!("/v2/apis/{CHAT_API}");
    let mut integration = json!({ "integrationType": "MOCK" });
    if let Some(template) = template {
        integration["templateSelectionExpression"] = json!("\\$default");
        integration["requestTemplates"] = json!({ "$default": template });
    }
    let integration = ask(world, Method::POST, &format!("{base}/integrations"), &integration)?;
    let id = integration["integrationId"].as_str().unwrap_or_default();
    if template.is_some() {
        let mut response = json!({ "integrationResponseKey": "$default" });
        if let Some(answer) = answer {
            response["templateSelectionExpression"] = json!("\\$default");
            response["responseTemplates"] = json!({ "$default": answer });
        }
        ask(world, Method::POST, &format!("{base}/integrations/{id}/integrationresponses"), &response)?;
    }
    let mut route = json!({ "routeKey": key, "target": format!("integrations/{id}") });
    if answer.is_some() {
        route["routeResponseSelectionExpression"] = json!("$default");
    }
    let route = ask(world, Method::POST, &format!("{base}/routes"), &route)?;
    if answer.is_some() {
        let id = route["routeId"].as_str().unwrap_or_default();
        let response = json!({ "routeResponseKey": "$default" });
        ask(world, Method::POST, &format!("{base}/routes/{id}/routeresponses"), &response)?;
    }
    Ok(())
}

/// The role that lets API Gateway write logs, set in the account.
fn log_role(world: &World) -> Result<(), Error> {
    let trust = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow",
        "Principal": { "Service": "apigateway.amazonaws.com" }, "Action": "sts:AssumeRole" }] })
    .to_string();
    let form = |pairs: &[(&str, &str)]| {
        let pairs = pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        check("iam", iam::answer(world, &crate::front::Form::new(pairs)).status().as_u16())
    };
    form(&[("Action", "CreateRole"), ("RoleName", LOG_ROLE), ("AssumeRolePolicyDocument", &trust)])?;
    form(&[("Action", "AttachRolePolicy"), ("RoleName", LOG_ROLE), ("PolicyArn", LOG_POLICY)])?;
    let arn = format!("arn:aws:iam::{}:role/{LOG_ROLE}", world.options.account);
    let patch = json!({ "patchOperations": [{ "op": "replace", "path": "/cloudwatchRoleArn", "value": arn }] });
    let call = call(Method::PATCH, "/account", &patch)?;
    check("/account", gateway_v1::answer(world, &call).status().as_u16())
}

fn check(what: &str, status: u16) -> Result<(), Error> {
    if status < 300 { Ok(()) } else { Err(Error::Seed(format!("{what} answered {status}"))) }
}

fn call(method: Method, path: &str, body: &Value) -> Result<Call, Error> {
    let request = Request::builder().method(method).uri(path).body(Bytes::from(body.to_string()));
    Ok(Call::read(request.map_err(|e| Error::Seed(e.to_string()))?, Origin::in_process()))
}

/// One call to API Gateway V2, and the resource that it answers.
fn ask(world: &World, method: Method, path: &str, body: &Value) -> Result<Value, Error> {
    gateway_v2::apply(world, &call(method, path, body)?)
        .map_err(|refusal| Error::Seed(format!("{path}: {}", refusal.message)))
}
