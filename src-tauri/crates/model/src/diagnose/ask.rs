//! What rules ask besides the lines: the stage and what it serves, what was sent and what was answered, whose log to open, and
//! whether a backend's own push was refused.

use super::case::Case;
use super::config::reach;
use super::{FixAt, fix};
use crate::api::{Integration, Snapshot, Stage};
use crate::log::Kind;
use crate::permission::{Need, partition, policy};
use crate::verdict::{Action, Evidence, Place};

/// What refusals of `@connections` say (facts 2.3 #44 to #51, facts 2 section 2.3), in whoever's text they come on.
const PUSH_REFUSED: [&str; 8] = [
    "@connections",
    "GoneException",
    "execute-api:ManageConnections",
    "Invalid connectionId",
    "No method found matching route",
    "PayloadTooLarge",
    "ForbiddenException",
    "PostToConnection",
];

impl<'a> Case<'a> {
    pub fn stage(&self) -> Option<&'a Stage> {
        self.facts.snapshot?.stage(self.facts.stage?)
    }

    /// The API as the stage serves it, as far as known, else as it stands now.
    pub fn served(&self) -> Option<&'a Snapshot> {
        self.facts.deployed.or(self.facts.snapshot)
    }

    pub fn served_integration(&self) -> Option<&'a Integration> {
        self.served()?.integration_of(self.route_key?)
    }

    /// How often the handshake carried a header; `None` when what it carried is not known.
    pub fn sent(&self, name: &str) -> Option<usize> {
        let headers = &self.facts.handshake?.request_headers;
        let count = headers.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name)).count();
        (!headers.is_empty()).then_some(count)
    }

    /// Whether the handshake was signed, in a header or in its query; `None` when that is not known. A header's value is masked.
    pub fn signed(&self) -> Option<bool> {
        let url = &self.facts.handshake?.url;
        let in_query = url.contains("X-Amz-Signature=") || url.contains("X-Amz-Credential=");
        let dated = self.sent("x-amz-date").is_some_and(|n| n > 0);
        match self.sent("authorization") {
            _ if in_query => Some(true),
            Some(n) => Some(n > 0 && dated),
            None => None,
        }
    }

    /// API Gateway's own words in the answer: with ids, or as its front door says them, with an error type.
    pub fn gateway_words(&self) -> Option<String> {
        if let Some(told) = &self.told {
            return Some(told.message.clone());
        }
        let refusal = self.refusal.filter(|r| r.header("x-amzn-errortype").is_some())?;
        let body: serde_json::Value = serde_json::from_str(&refusal.body).ok()?;
        let message = body.get("message").or_else(|| body.get("Message"))?;
        message.as_str().map(str::to_owned)
    }

    /// What stands in the body as evidence.
    pub fn body_says(&self, text: impl Into<String>) -> Evidence {
        let place = if self.refusal.is_some() { Place::Body } else { Place::Frame };
        Evidence { place, text: text.into() }
    }

    /// A click that removes the cause. Where it stands in what is deployed only, a deployment does it; where the API shows nothing
    /// to change, there is none.
    pub fn fix(&self, cause: &str, about: Option<&str>) -> Option<Action> {
        let route_key = self.route_key?;
        let action = Action::Fix { route_key: route_key.to_owned(), about: about.map(str::to_owned) };
        let Some(snapshot) = self.facts.snapshot else { return Some(action) };
        let stage = self.facts.stage.unwrap_or_default();
        // Whether there is a draft does not depend on whose ARNs it makes.
        let at = FixAt { stage, route_key, about, region: "us-east-1", account_id: "0" };
        let around =
            matches!(cause, "lambda-permission-missing" | "authorizer-permission-missing" | "api-key-not-in-plan");
        if fix(cause, snapshot, &at).is_some() || (around && snapshot.surroundings.is_none()) {
            return Some(action);
        }
        let still = self.facts.deployed.is_some_and(|deployed| !around && fix(cause, deployed, &at).is_some());
        still.then_some(Action::Deploy)
    }

    /// A click that shows a station of the route.
    pub fn show(&self, station: &str) -> Option<Action> {
        let route_key = self.route_key?.to_owned();
        Some(Action::ShowRoute { route_key, station: Some(station.to_owned()) })
    }

    /// The name of the route's function, with the stage's variables in it.
    pub fn function_name(&self) -> Option<String> {
        let filled = reach::filled(self.endpoint()?, self.stage())?;
        reach::name(&filled).map(str::to_owned)
    }

    /// A click that opens the function's log at the request.
    pub fn open_log(&self, request_id: Option<&str>) -> Option<Action> {
        let integration = self.lines.iter().find_map(|line| match line.kind {
            Kind::IntegrationRequestId { request_id, .. } => Some(request_id),
            _ => None,
        });
        let request_id = request_id.or(integration).map(str::to_owned);
        Some(Action::OpenLog { log_group: format!("/aws/lambda/{}", self.function_name()?), request_id })
    }

    /// Where it is told that the backend's own push into a connection was refused: in its answer, in the function's error, or
    /// in its log.
    pub fn push_refused(&self) -> Option<Evidence> {
        let says = |text: &str| PUSH_REFUSED.iter().any(|words| text.contains(words));
        let text = "tells of a refused push to @connections".to_owned();
        let line = self.find(|kind| match kind {
            Kind::EndpointResponseBody { body } => says(body),
            Kind::LambdaFailed { error, .. } | Kind::LambdaFailedUnnamed { error, .. } => says(error),
            _ => false,
        });
        if let Some(line) = line {
            return self.line(line, text).into_iter().next();
        }
        if self.refusal.is_some_and(|refusal| self.told.is_none() && says(&refusal.body)) {
            return Some(self.body_says(text));
        }
        let beside = self.facts.beside.iter().find(|line| says(&line.text))?;
        Some(Evidence { place: Place::Beside { log_group: beside.log_group.clone(), at: beside.at }, text })
    }

    /// The region and the account of the API, as far as its own ARNs tell; `*` for what they do not.
    pub fn home(&self) -> (String, String) {
        let snapshot = self.served();
        let region = snapshot.and_then(reach::region).map(str::to_owned);
        let uris =
            snapshot.into_iter().flat_map(|s| s.integrations.iter().filter_map(|i| i.integration_uri.as_deref()));
        let account = uris.filter_map(|uri| reach::function(uri, self.stage())).next();
        let account = account.and_then(|arn| arn.split(':').nth(4).map(str::to_owned));
        let any = || "*".to_owned();
        (region.unwrap_or_else(any), account.unwrap_or_else(any))
    }
}

/// The least policy that allows one action on one resource, as a click that copies it.
pub(super) fn copy_policy(action: &str, resource: &str) -> Action {
    let need = Need { action: action.to_owned(), resource: resource.to_owned() };
    let text = format!("{:#}", policy(&[need], ""));
    Action::Copy { what: "Copy the policy".to_owned(), text }
}

/// What AWS says of a caller who may not: `User: {who} is not authorized to perform: {action} on resource: {resource} …`.
pub(super) struct Denied<'t> {
    pub who: &'t str,
    pub action: &'t str,
    pub resource: &'t str,
    /// `with an explicit deny in …` rather than `because no … policy allows …`.
    pub explicit: bool,
}

/// Reads that sentence out of a text.
pub(super) fn denied(text: &str) -> Option<Denied<'_>> {
    let (before, rest) = text.split_once(" is not authorized to perform: ")?;
    let who = before.rsplit_once("User: ").map(|(_, who)| who)?;
    let (action, rest) = rest.split_once(" on resource: ")?;
    let end = rest.find([' ', '"', '\\']).unwrap_or(rest.len());
    let (resource, why) = rest.split_at(end);
    Some(Denied { who, action, resource, explicit: why.starts_with(" with an explicit deny") })
}

/// `arn:aws:execute-api:{region}:{account}:{path}`.
pub(super) fn execute_api(region: &str, account: &str, path: &str) -> String {
    format!("arn:{}:execute-api:{region}:{account}:{path}", partition(region))
}
