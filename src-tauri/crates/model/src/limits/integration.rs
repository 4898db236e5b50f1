//! Integrations: what each type needs, and where a mapping goes wrong.

use super::expression::{self, Field};
use super::{Place, Problem, is_filled_later, is_role_arn, response};
use crate::api::{Integration, Snapshot};
use crate::diagnose::missing_status;
use crate::resource::Kind;
use crate::template;

/// Bytes of a mapping template (facts 5.1).
pub(super) const TEMPLATE: usize = 300 * 1024;
/// botocore.
const TYPES: [&str; 5] = ["AWS", "HTTP", "MOCK", "HTTP_PROXY", "AWS_PROXY"];
const METHODS: [&str; 8] = ["ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

pub(super) fn check(draft: &Snapshot, found: &mut Vec<Problem>) {
    for integration in &draft.integrations {
        let mut at = Place::new(found, Kind::Integration, &integration.integration_id);
        let kind = integration.integration_type.as_str();
        if kind.is_empty() {
            at.refuse("integrationType", "an integration needs a type"); // botocore: required
        }
        at.one_of("integrationType", Some(kind), &TYPES);
        at.length("description", integration.description.as_deref(), 1024); // botocore
        // facts 5.1.
        if integration.timeout_in_millis.is_some_and(|ms| !(50..=29_000).contains(&ms)) {
            at.refuse("timeoutInMillis", "between 50 and 29000");
        }
        uri(&mut at, integration);
        method(&mut at, draft, integration);
        connection(&mut at, draft, integration);
        // facts 2, 8: the wildcard user too.
        if let Some(arn) = integration.credentials_arn.as_deref().filter(|arn| !arn.is_empty() && !is_role_arn(arn)) {
            let why = if arn.ends_with(":user/*") { ": on WebSocket APIs it has to be a role" } else { "" };
            at.refuse("credentialsArn", format!("Invalid role ARN{why}"));
        }
        let passthrough = ["WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER"];
        at.one_of("passthroughBehavior", integration.passthrough_behavior.as_deref(), &passthrough); // botocore
        let handling = ["CONVERT_TO_BINARY", "CONVERT_TO_TEXT"];
        at.one_of("contentHandlingStrategy", integration.content_handling_strategy.as_deref(), &handling); // botocore
        at.one_of("payloadFormatVersion", integration.payload_format_version.as_deref(), &["1.0"]); // facts 2, 12.5: assumed
        requests(&mut at, integration);
        parameters(&mut at, draft, integration);
        response::check(integration, found);
    }
}

/// Forms by type: botocore's model. An integration without an address is stored, and fails when a request comes.
fn uri(at: &mut Place<'_>, integration: &Integration) {
    let kind = integration.integration_type.as_str();
    let uri = integration.integration_uri.as_deref().unwrap_or_default();
    if kind == "MOCK" {
        if !uri.is_empty() {
            at.warn("integrationUri", "a mock calls nothing");
        }
        return;
    }
    if uri.is_empty() {
        return at.warn(
            "integrationUri",
            if kind.starts_with("AWS") {
                "it calls nothing yet: choose a function"
            } else {
                "it calls nothing yet: write an address"
            },
        );
    }
    at.length("integrationUri", Some(uri), 2048); // botocore
    if kind.starts_with("AWS") {
        let action = uri.strip_prefix("arn:").and_then(|rest| rest.splitn(5, ':').nth(4));
        let is_call = uri.split(':').nth(2) == Some("apigateway");
        if is_call && action.is_some_and(|call| !["path/", "action/"].iter().any(|form| call.starts_with(form))) {
            at.refuse("integrationUri", "AWS ARN for integration must contain path or action"); // assumed: REST's words
        } else if !is_call && !uri.starts_with("${stageVariables.") {
            // facts 2.2 #4.
            at.warn("integrationUri", "it has to be the invocation ARN: arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{function ARN}/invocations");
        }
        return;
    }
    let known = uri.starts_with("http://") || uri.starts_with("https://") || uri.starts_with("${stageVariables.");
    let host = uri.split_once("://").map_or(uri, |(_, rest)| rest);
    let host = host.split(['/', '?', '#']).next().unwrap_or_default();
    let whole = !host.is_empty() && !host.starts_with(':') && !uri.contains(char::is_whitespace);
    if !known || !whole {
        at.refuse("integrationUri", "Invalid HTTP endpoint specified for URI"); // assumed: REST's words
    }
}

fn method(at: &mut Place<'_>, draft: &Snapshot, integration: &Integration) {
    let kind = integration.integration_type.as_str();
    let method = integration.integration_method.as_deref().unwrap_or_default();
    at.one_of("integrationMethod", Some(method), &METHODS);
    if kind.starts_with("HTTP") && method.is_empty() {
        at.warn("integrationMethod", "an HTTP integration needs a method; messages need one with a body, as POST");
    }
    let is_lambda = integration.integration_uri.as_deref().is_some_and(|uri| uri.contains(":lambda:path/"));
    if is_lambda && !method.is_empty() && method != "POST" {
        at.warn("integrationMethod", "Lambda functions are invoked by POST");
    }
    // Walkthrough step 6: the JSON of the message gets lost.
    if kind.starts_with("HTTP") && matches!(method, "GET" | "HEAD") {
        let target = format!("integrations/{}", integration.integration_id);
        let carries = |key: &str| key != "$connect" && key != "$disconnect";
        let routes = draft.routes.iter().filter(|r| r.target.as_deref() == Some(&target) && carries(&r.route_key));
        if let Some(route) = routes.map(|r| r.route_key.as_str()).next() {
            at.warn(
                "integrationMethod",
                format!("{method} has no body: the messages of {route} don't reach the backend"),
            );
        }
    }
}

/// Private integrations (facts 2, 8; botocore).
fn connection(at: &mut Place<'_>, draft: &Snapshot, integration: &Integration) {
    let kind = integration.connection_type.as_deref().unwrap_or_default();
    at.one_of("connectionType", Some(kind), &["INTERNET", "VPC_LINK"]);
    let link = integration.connection_id.as_deref().unwrap_or_default();
    if kind != "VPC_LINK" {
        if !link.is_empty() {
            at.warn("connectionId", "a VPC link is used only when connectionType is VPC_LINK");
        }
        return;
    }
    if link.is_empty() {
        return at.refuse("connectionId", "VPC_LINK needs the link's id, or ${stageVariables.vpcLinkId}");
    }
    if !integration.integration_type.starts_with("HTTP") {
        at.warn("connectionType", "a VPC link leads to a load balancer: the type is HTTP or HTTP_PROXY");
    }
    if let Some(around) = draft.surroundings.as_ref().filter(|s| !s.unread.contains_key("vpcLinks"))
        && !is_filled_later(link)
        && !around.vpc_links.iter().any(|l| l.id == link)
    {
        at.refuse("connectionId", format!("there is no VPC link {link} (REST type, to a network load balancer)"));
    }
}

/// Templates and their choice (facts 5.4, 5.5).
fn requests(at: &mut Place<'_>, integration: &Integration) {
    let templates = &integration.request_templates;
    let expression = integration.template_selection_expression.as_deref();
    if integration.is_proxy() {
        if !templates.is_empty() {
            at.warn("requestTemplates", "a proxy integration passes the message as it is: its templates are not used");
        }
        return;
    }
    if let Some(text) = expression.filter(|text| !text.is_empty()) {
        expression::check(at, "templateSelectionExpression", text, Field::RequestTemplate);
    }
    let selection = ("requestTemplates", "templateSelectionExpression");
    expression::check_keys(at, selection, expression, templates.keys());
    if let Some(why) = missing_status(integration).filter(|_| templates.len() < 2) {
        at.warn("requestTemplates", format!("a mock answers 500 without a status: {why}"));
    }
    if integration.passthrough_behavior.as_deref() == Some("NEVER") && templates.is_empty() {
        at.warn("passthroughBehavior", "NEVER without a template refuses every message");
    }
    for (key, text) in templates {
        check_template(at, &format!("requestTemplates/{key}"), text, "request");
    }
}

/// Size and syntax.
pub(super) fn check_template(at: &mut Place<'_>, member: &str, text: &str, what: &str) {
    if text.len() > TEMPLATE {
        at.refuse(member, format!("at most 300 KB; this template has {}", text.len()));
    }
    if let Err(why) = template::check(text) {
        at.warn(member, format!("{why}: the gateway would say Unable to transform {what}"));
    }
}

/// `integration.request.…` = a source (facts 5.5).
fn parameters(at: &mut Place<'_>, draft: &Snapshot, integration: &Integration) {
    let target_path = format!("integrations/{}", integration.integration_id);
    for (target, source) in &integration.request_parameters {
        let member = format!("requestParameters/{target}");
        let good =
            |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._$-".contains(&b));
        let named = ["header.", "querystring.", "path."]
            .iter()
            .find_map(|place| target.strip_prefix("integration.request.")?.strip_prefix(place));
        if named.is_none_or(|name| !good(name)) {
            at.refuse(&member, "it is named integration.request.header.X, .querystring.X or .path.X");
            continue;
        }
        if let Some(bare) = source.strip_prefix('$').filter(|bare| is_source(bare)) {
            at.refuse(&member, format!("a mapping has no dollar: write {bare}"));
        } else if !is_source(source) {
            at.refuse(
                &member,
                "it comes from context.X, stageVariables.X, route.request.body.X, route.request.header.X, \
                 route.request.querystring.X, or is a text in single quotes",
            );
        }
        let of_handshake = source.starts_with("route.request.") && !source.starts_with("route.request.body");
        let users = draft.routes.iter().filter(|r| r.target.as_deref() == Some(&target_path));
        for route in users.filter(|_| of_handshake) {
            if route.route_key != "$connect" {
                at.warn(&member, format!("headers and query come with $connect only, not with {}", route.route_key));
            } else if !route.request_parameters.contains_key(source) {
                at.warn(&member, format!("the route has to declare {source} in its request parameters first"));
            }
        }
    }
}

fn is_source(text: &str) -> bool {
    let quoted = text.len() >= 2 && text.starts_with('\'') && text.ends_with('\'');
    let named = ["context.", "stageVariables.", "route.request.header.", "route.request.querystring."]
        .into_iter()
        .chain(["route.request.multivalueheader.", "route.request.multivaluequerystring.", "route.request.body."])
        .any(|root| text.strip_prefix(root).is_some_and(|name| !name.is_empty()));
    quoted || named || text == "route.request.body"
}
