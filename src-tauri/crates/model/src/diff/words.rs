//! A difference for people: how a resource is called, what changes in a sentence, and what depends on what goes.

use serde_json::Value;

use super::{Action, Change, Field};
use crate::api::Snapshot;
use crate::resource::{Id, Kind};
use crate::review::{DiffLine, Words};

/// Longer values are shown in the diff, not in a sentence.
const SHORT: usize = 60;

/// How a person finds a resource: `integration 7kq2m1x of $connect`.
#[must_use]
pub fn label(id: &Id, of: &Snapshot) -> String {
    let around = of.surroundings.as_ref();
    let key_name = |key: &str| {
        let found = around.and_then(|a| a.api_keys.iter().find(|k| k.id == key));
        found.map_or_else(|| key.to_owned(), |k| k.name.clone())
    };
    let plan_name = |plan: &str| {
        let found = around.and_then(|a| a.usage_plans.iter().find(|p| p.id == plan));
        found.map_or_else(|| plan.to_owned(), |p| p.name.clone())
    };
    let routes = || {
        let keys = routes_of(id, of);
        if keys.is_empty() { "no route".to_owned() } else { keys.join(", ") }
    };
    let name = &id.id;
    match id.kind {
        Kind::Api => format!("API {}", of.api.name),
        Kind::LogGroup => format!("log group {name}"),
        Kind::ClientCertificate => format!("client certificate {}", known(name)),
        Kind::VpcLink => {
            let found = around.and_then(|a| a.vpc_links.iter().find(|l| &l.id == name));
            format!("VPC link {}", found.map_or(name, |l| &l.name))
        }
        Kind::Model => {
            let found = of.models.iter().find(|m| &m.model_id == name);
            format!("model {}", found.map_or(name, |m| &m.name))
        }
        Kind::Authorizer => {
            let found = of.authorizers.iter().find(|a| &a.authorizer_id == name);
            format!("authorizer {}", found.map_or(name, |a| &a.name))
        }
        Kind::Integration => format!("integration {}of {}", known(name), routes()),
        Kind::IntegrationResponse => {
            let found = of.integrations.iter().flat_map(|i| &i.responses);
            let found = found.enumerate().find(|(_, r)| &r.integration_response_id == name).map(|(_, r)| r);
            let own = of.integrations.iter().find(|i| i.integration_id == id.parent);
            let first_new = || own.and_then(|i| i.responses.iter().find(|r| r.integration_response_id.is_empty()));
            let key = found.or_else(first_new).map_or("", |r| &r.integration_response_key);
            format!("integration response {key} of {}", routes())
        }
        Kind::Route => {
            let found = of.routes.iter().find(|r| &r.route_id == name);
            format!("route {}", found.map_or(name, |r| &r.route_key))
        }
        Kind::RouteResponse => format!("route response of {}", routes()),
        Kind::Permission => {
            let (function, statement) = name.split_once(' ').unwrap_or((name, ""));
            format!("permission {statement} of {}", function.rsplit(":function:").next().unwrap_or(function))
        }
        Kind::Deployment => format!("deployment {}", known(name).trim_end()),
        Kind::Stage => format!("stage {name}"),
        Kind::ApiKey => format!("API key {}", key_name(name)),
        Kind::UsagePlan => format!("usage plan {}", plan_name(name)),
        Kind::PlanKey => format!("API key {} in usage plan {}", key_name(name), plan_name(&id.parent)),
        Kind::Mapping => {
            let domain = around.and_then(|a| a.domains.iter().find(|d| d.domain_name == id.parent));
            let found = domain.and_then(|d| d.mappings.iter().find(|m| &m.api_mapping_id == name));
            format!("mapping {}/{}", id.parent, found.map_or("", |m| &m.api_mapping_key))
        }
    }
}

/// An id that AWS gave, with a blank behind it; a draft's own says nothing to a person.
fn known(id: &str) -> String {
    if id.starts_with("new-") { String::new() } else { format!("{id} ") }
}

/// The keys of the routes that a resource belongs to.
#[must_use]
pub fn routes_of(id: &Id, of: &Snapshot) -> Vec<String> {
    let integration = match id.kind {
        Kind::Integration => &id.id,
        Kind::IntegrationResponse => &id.parent,
        Kind::Route | Kind::RouteResponse => {
            let own = if id.kind == Kind::Route { &id.id } else { &id.parent };
            return of.routes.iter().filter(|r| &r.route_id == own).map(|r| r.route_key.clone()).collect();
        }
        Kind::Authorizer => {
            let uses = of.routes.iter().filter(|r| r.authorizer_id.as_ref() == Some(&id.id));
            return uses.map(|r| r.route_key.clone()).collect();
        }
        Kind::Model => {
            let name = of.models.iter().find(|m| m.model_id == id.id).map(|m| &m.name);
            let uses = of.routes.iter().filter(|r| r.request_models.values().any(|m| Some(m) == name));
            return uses.map(|r| r.route_key.clone()).collect();
        }
        _ => return Vec::new(),
    };
    let uses = of.routes.iter().filter(|r| r.integration_id() == Some(integration));
    uses.map(|r| r.route_key.clone()).collect()
}

/// The changes in sentences, one a field.
#[must_use]
pub fn words(changes: &[Change]) -> Vec<Words> {
    let mut words = Vec::new();
    for change in changes {
        let label = capital(&change.label);
        match change.action {
            Action::Create => {
                let with: Vec<String> = change.fields.iter().filter_map(summary).take(4).collect();
                words.push(said("+", format!("{label} is created"), with.join(", ")));
            }
            Action::Delete => words.push(said("-", format!("{label} is deleted"), String::new())),
            Action::Update => words.extend(change.fields.iter().map(|field| {
                let sign = match (&field.from, &field.to) {
                    (None, _) => "+",
                    (_, None) => "-",
                    _ => "~",
                };
                said(sign, format!("{label}: {}", sentence(field)), String::new())
            })),
        }
    }
    words
}

/// One field's change: `the timeout becomes 3000 ms`.
#[must_use]
pub fn sentence(field: &Field) -> String {
    if field.member == "apiKeyRequired" {
        let required = field.to == Some(Value::Bool(true));
        return if required { "an API key is required" } else { "no API key is required any more" }.to_owned();
    }
    let name = member_words(&field.member, field.key.as_deref());
    match (&field.from, &field.to) {
        (_, None) => format!("{name} is taken away"),
        (None, Some(to)) => match short(to) {
            Some(value) => format!("{name} is set to {value}"),
            None => format!("{name} is added"),
        },
        (Some(_), Some(to)) => match short(to) {
            Some(value) => format!("{name} becomes {value}"),
            None => format!("{name} changes"),
        },
    }
}

/// `POST`, `timeout 3000`: a member of something new.
fn summary(field: &Field) -> Option<String> {
    let value = short(field.to.as_ref()?)?;
    let says_itself =
        ["integrationType", "integrationMethod", "integrationUri", "routeKey", "name", "schema", "functionArn"];
    if says_itself.contains(&field.member.as_str()) {
        return (field.member != "routeKey" && field.member != "name").then_some(value);
    }
    Some(format!("{} {value}", member_words(&field.member, field.key.as_deref()).trim_start_matches("the ")))
}

fn short(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        other => other.to_string(),
    };
    (text.chars().count() <= SHORT && !text.contains('\n')).then_some(text)
}

/// `requestTemplates`, `$default` → `the request template $default`.
fn member_words(member: &str, key: Option<&str>) -> String {
    let one = match member {
        "requestTemplates" => "request template",
        "responseTemplates" => "response template",
        "requestParameters" => "request parameter",
        "responseParameters" => "response parameter",
        "requestModels" => "model for",
        "responseModels" => "response model for",
        "stageVariables" => "variable",
        "routeSettings" => "settings of route",
        "defaultRouteSettings" => "setting",
        "apiStages" => "stage",
        "tags" => "tag",
        "throttlingBurstLimit" => "burst limit",
        "throttlingRateLimit" => "rate limit",
        "timeoutInMillis" => "timeout in milliseconds",
        "target" => "integration",
        "identitySource" => "identity sources",
        _ => "",
    };
    let plain = if one.is_empty() { blanks(member) } else { one.to_owned() };
    match key {
        Some(key) if member == "defaultRouteSettings" || member == "accessLogSettings" => {
            format!(
                "the {}",
                if member == "accessLogSettings" { format!("access log {}", blanks(key)) } else { blanks(key) }
            )
        }
        Some(key) => format!("the {plain} {key}"),
        None => format!("the {plain}"),
    }
}

/// `templateSelectionExpression` → `template selection expression`.
fn blanks(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            out.push(' ');
            out.push(c.to_ascii_lowercase());
        } else {
            out.push(c);
        }
    }
    out.trim().replace(" arn", " ARN").replace(" uri", " URI").replace(" id", " ID").replace("api ", "API ")
}

/// The diff as lines for the review sheet.
#[must_use]
pub fn lines(changes: &[Change]) -> Vec<DiffLine> {
    let mut lines = Vec::new();
    for change in changes {
        let mut line = |sign: &str, field: &str, value: String| {
            let (of, field) = (change.label.clone(), field.to_owned());
            lines.push(DiffLine { sign: sign.to_owned(), of, field, value });
        };
        if change.fields.is_empty() {
            let gone = change.action == Action::Delete;
            line(if gone { "-" } else { "+" }, "", if gone { "deleted" } else { "created" }.to_owned());
        }
        for f in &change.fields {
            let name = f.name().replacen('/', " / ", 1);
            if change.action != Action::Create {
                line("-", &name, shown(f.from.as_ref()));
            }
            if change.action != Action::Delete {
                line("+", &name, shown(f.to.as_ref()));
            }
        }
    }
    lines
}

/// A value as text; `not set` where there is none.
#[must_use]
pub fn shown(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => "not set".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// What still depends on what is deleted, in words.
#[must_use]
pub fn dependants(from: &Snapshot, changes: &[Change]) -> Vec<String> {
    let gone =
        |kind: Kind, id: &str| changes.iter().any(|c| c.action == Action::Delete && c.id.kind == kind && c.id.id == id);
    let around = from.surroundings.as_ref();
    let mut found = Vec::new();
    for change in changes.iter().filter(|c| c.action == Action::Delete) {
        let (label, id) = (&change.label, &change.id.id);
        let routes = |uses: &dyn Fn(&crate::api::Route) -> bool| -> Vec<String> {
            let left = from.routes.iter().filter(|r| uses(r) && !gone(Kind::Route, &r.route_id));
            left.map(|r| format!("route {} uses {label}", r.route_key)).collect()
        };
        match change.id.kind {
            Kind::Api => found.push(format!(
                "{label} has {}, {}, {} and {}; all go, and every connection ends",
                count(from.routes.len(), "route"),
                count(from.integrations.len(), "integration"),
                count(from.models.len(), "model"),
                count(from.stages.len(), "stage"),
            )),
            Kind::Integration => found.extend(routes(&|r| r.integration_id() == Some(id))),
            Kind::Authorizer => found.extend(routes(&|r| r.authorizer_id.as_ref() == Some(id))),
            Kind::Model => {
                let name = from.models.iter().find(|m| &m.model_id == id).map(|m| m.name.as_str());
                found.extend(routes(&|r| r.request_models.values().any(|m| Some(m.as_str()) == name)));
            }
            Kind::Route => {
                let key = change.routes.first().map_or("", String::as_str);
                let stages = from.stages.iter().filter(|s| s.route_settings.contains_key(key));
                found.extend(stages.map(|s| format!("stage {} has settings of its own for {label}", s.stage_name)));
            }
            Kind::Stage => {
                let stage = |p: &crate::surroundings::UsagePlan| {
                    p.api_stages.iter().any(|s| s.api_id == from.api.api_id && &s.stage == id)
                };
                let plans = around.into_iter().flat_map(|a| &a.usage_plans).filter(|p| stage(p));
                found.extend(plans.map(|p| format!("usage plan {} covers {label}", p.name)));
                found.push(format!("every client of {label} is disconnected; mappings of custom domains to it break"));
            }
            Kind::Deployment => {
                let stages = from.stages.iter().filter(|s| s.deployment_id.as_ref() == Some(id));
                found.extend(stages.map(|s| format!("stage {} serves {label}", s.stage_name)));
            }
            Kind::VpcLink => {
                let uses = from.integrations.iter().filter(|i| i.connection_id.as_ref() == Some(id));
                found.extend(uses.map(|i| format!("integration {} goes through {label}", i.integration_id)));
                let variables = from.stages.iter().filter(|s| s.stage_variables.values().any(|v| v == id));
                found.extend(variables.map(|s| format!("a variable of stage {} names {label}", s.stage_name)));
            }
            Kind::ClientCertificate => {
                let stages = from.stages.iter().filter(|s| s.client_certificate_id.as_ref() == Some(id));
                found.extend(stages.map(|s| format!("stage {} shows {label} to backends", s.stage_name)));
            }
            Kind::ApiKey => {
                let has = |p: &&crate::surroundings::UsagePlan| p.keys.iter().any(|k| &k.id == id);
                let plans = around.into_iter().flat_map(|a| &a.usage_plans).filter(has);
                found.extend(plans.map(|p| format!("usage plan {} lets {label} in", p.name)));
                found.push(format!("clients with {label} are refused; its value can't be brought back"));
            }
            Kind::UsagePlan => {
                let plan = around.and_then(|a| a.usage_plans.iter().find(|p| &p.id == id));
                let stages = plan.into_iter().flat_map(|p| &p.api_stages);
                found.extend(stages.map(|s| format!("stage {} of API {} is in {label}", s.stage, s.api_id)));
            }
            Kind::Mapping => found.push(format!("clients of {} find nothing there any more", change.id.parent)),
            Kind::LogGroup | Kind::IntegrationResponse | Kind::RouteResponse | Kind::Permission | Kind::PlanKey => {}
        }
    }
    found
}

fn count(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

fn said(sign: &str, text: String, because: String) -> Words {
    Words { sign: sign.to_owned(), text, because }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
