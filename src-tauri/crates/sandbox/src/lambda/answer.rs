//! Which operation a request asks for, and answers in Lambda's form of rest-json.

use std::sync::Arc;

use http::{Method, Response};
use serde_json::{Map, Value, json};

use super::function::Function;
use super::{find, named};
use crate::answer::{Refusal, empty, json_response};
use crate::front::Call;
use crate::{Body, World};

/// What an operation answers: status, and a body if it has one.
pub(super) type Outcome = Result<(u16, Option<Value>), Refusal>;

/// One request for the control plane.
pub(super) struct Ask<'a> {
    pub world: &'a World,
    pub call: &'a Call,
    pub body: Map<String, Value>,
}

/// Answers one call.
pub(crate) async fn answer(world: &Arc<World>, call: &Call) -> Response<Body> {
    let parts: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    if let ["2015-03-31", "functions", name, "invocations"] = parts.as_slice()
        && call.method == Method::POST
    {
        return super::invoke::answer(world, call, name).await.unwrap_or_else(refusal);
    }
    match control(world, call, &parts) {
        Ok((status, Some(body))) => json_response(status, &body),
        Ok((status, None)) => empty(status),
        Err(refused) => refusal(refused),
    }
}

fn control(world: &World, call: &Call, parts: &[&str]) -> Outcome {
    let body = match call.json_object() {
        Ok(body) => body,
        Err(error) => {
            let message = format!("Could not parse request body into json: {error}");
            return Err(Refusal::new(400, "InvalidRequestContentException", message));
        }
    };
    let ask = Ask { world, call, body };
    match (call.method.as_str(), parts) {
        ("POST", ["2015-03-31", "functions"]) => ask.create(),
        ("GET", ["2015-03-31", "functions"]) => ask.list(),
        ("GET", ["2015-03-31", "functions", name]) => ask.get(name),
        ("DELETE", ["2015-03-31", "functions", name]) => ask.delete(name),
        ("GET", ["2015-03-31", "functions", name, "configuration"]) => ask.get_configuration(name),
        ("PUT", ["2015-03-31", "functions", name, "configuration"]) => ask.update_configuration(name),
        ("PUT", ["2015-03-31", "functions", name, "code"]) => ask.update_code(name),
        ("POST", ["2015-03-31", "functions", name, "policy"]) => ask.add_permission(name),
        ("GET", ["2015-03-31", "functions", name, "policy"]) => ask.get_policy(name),
        ("DELETE", ["2015-03-31", "functions", name, "policy", sid]) => ask.remove_permission(name, sid),
        ("POST", ["2015-03-31", "functions", name, "versions"]) => ask.publish(name),
        ("GET", ["2015-03-31", "functions", name, "versions"]) => ask.list_versions(name),
        ("POST", ["2015-03-31", "functions", name, "aliases"]) => ask.create_alias(name),
        ("GET", ["2015-03-31", "functions", name, "aliases"]) => ask.list_aliases(name),
        ("GET", ["2015-03-31", "functions", name, "aliases", alias]) => ask.get_alias(name, alias),
        ("PUT", ["2015-03-31", "functions", name, "aliases", alias]) => ask.update_alias(name, alias),
        ("DELETE", ["2015-03-31", "functions", name, "aliases", alias]) => ask.delete_alias(name, alias),
        (method, ["2017-03-31", "tags", arn]) => ask.tags(method, arn),
        _ => Err(Refusal::unknown_operation()),
    }
}

/// Lambda's error bodies carry who is to blame; the model spells `Message` large in some of them.
pub(super) fn refusal(refused: Refusal) -> Response<Body> {
    let name =
        if ["ResourceNotFoundException", "ServiceException"].contains(&refused.code) { "Message" } else { "message" };
    let blame = if refused.status < 500 { "User" } else { "Service" };
    let mut response = json_response(refused.status, &json!({ "Type": blame, name: refused.message }));
    if let Ok(code) = refused.code.parse() {
        response.headers_mut().insert("x-amzn-errortype", code);
    }
    response
}

pub(super) fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new(400, "InvalidParameterValueException", message)
}

pub(super) fn missing(message: impl Into<String>) -> Refusal {
    Refusal::new(404, "ResourceNotFoundException", message)
}

/// What a member may not be.
pub(super) fn constraint(member: &str, value: &str, rule: &str) -> Refusal {
    let message =
        format!("1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: {rule}");
    Refusal::new(400, "ValidationException", message)
}

impl<'a> Ask<'a> {
    pub(super) fn text(&self, member: &str) -> &str {
        self.body.get(member).and_then(Value::as_str).unwrap_or_default()
    }

    /// Name and qualifier, the latter also from the query.
    pub(super) fn named<'b>(&self, text: &'b str) -> Result<(&'b str, Option<String>), Refusal> {
        let pattern = "Member must satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}(-gov)?-\
                       [a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?";
        let (name, qualifier) = named(text).ok_or_else(|| constraint("functionName", text, pattern))?;
        let asked = self.call.query("Qualifier").map(str::to_owned);
        Ok((name, asked.or_else(|| qualifier.map(str::to_owned))))
    }

    /// `Function not found: arn…`.
    pub(super) fn not_found(&self, name: &str) -> Refusal {
        missing(format!("Function not found: {}", self.world.arn("lambda", &format!("function:{name}"))))
    }

    pub(super) fn function(&self, name: &str) -> Result<Function, Refusal> {
        find(self.world, &self.world.state.lock(), name).ok_or_else(|| self.not_found(name))
    }

    /// Changes a function, unless the change is refused, and gives what it gave.
    pub(super) fn change<T>(
        &self,
        name: &str,
        change: impl FnOnce(&mut Function) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let mut state = self.world.state.lock();
        let mut function = find(self.world, &state, name).ok_or_else(|| self.not_found(name))?;
        let changed = change(&mut function)?;
        state.lambda.functions.insert(name.to_owned(), function);
        Ok(changed)
    }

    /// One page: `MaxItems` members behind `Marker`.
    pub(super) fn page(&self, name: &str, items: Vec<Value>) -> Outcome {
        let most = match self.call.query("MaxItems") {
            None => 50,
            Some(text) => text
                .parse()
                .ok()
                .filter(|n| (1..=10_000).contains(n))
                .ok_or_else(|| constraint("maxItems", text, "Member must have value between 1 and 10000"))?,
        };
        let from: usize = match self.call.query("Marker").filter(|marker| !marker.is_empty()) {
            None => 0,
            Some(marker) => marker.parse().map_err(|_| invalid("Invalid marker"))?,
        };
        let to = from.saturating_add(most);
        let mut answer = Map::new();
        if to < items.len() {
            answer.insert("NextMarker".into(), json!(to.to_string()));
        }
        answer.insert(name.into(), items.into_iter().skip(from).take(most).collect());
        Ok((200, Some(answer.into())))
    }
}
