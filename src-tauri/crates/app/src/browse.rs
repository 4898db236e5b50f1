//! Reading APIs, and what follows from them for the screens: URLs, log groups, the one-look table of routes.
//!
//! Nothing is kept: every answer is AWS's of this moment, besides which of our own changes no deployment has taken.

mod console;

use std::time::{Duration, Instant};

use gatescope_aws::Access;
use gatescope_model::api::{Api, Integration, Route, Snapshot, Stage};
use gatescope_model::{diagnose, selection};

use crate::calls::{ApiSummary, ApiView, OfApi, PredictRoute, Prediction, RouteProblem, RouteView, Scope, StageView};
use crate::error::Error;
use crate::{App, SANDBOX, locked};

/// A conversation that is opened this soon after its API was read does not read it again: on AWS that is up to 600 calls, at
/// ten a second.
const JUST: Duration = Duration::from_secs(5);

/// What was read last.
pub(crate) struct JustRead {
    at: Instant,
    scope: Scope,
    snapshot: Snapshot,
}

impl App {
    /// The API as it was read a moment ago, once.
    pub(crate) fn just_read(&self, scope: &Scope, api_id: &str) -> Option<Snapshot> {
        let read = locked(&self.inner.just_read).take()?;
        let fits = read.scope == *scope && read.snapshot.api.api_id == api_id && read.at.elapsed() < JUST;
        fits.then_some(read.snapshot)
    }

    pub(crate) async fn list_apis(&self, scope: Scope) -> Result<Vec<ApiSummary>, Error> {
        let access = self.access(&scope).await?;
        let apis = access.apis().await?;
        Ok(apis.into_iter().map(|api| summary(&scope, &access, api)).collect())
    }

    pub(crate) async fn read_api(&self, of: OfApi) -> Result<ApiView, Error> {
        let access = self.access(&of.scope).await?;
        let snapshot = access.snapshot(&of.api_id).await?;
        let waiting = self.undeployed(&of.scope, &snapshot)?;
        let mut stages = Vec::with_capacity(snapshot.stages.len());
        for (stage, (undeployed, undeployed_since)) in snapshot.stages.iter().zip(waiting) {
            stages.push(StageView {
                stage_name: stage.stage_name.clone(),
                url: url(&of.scope, &access, &snapshot.api, &stage.stage_name),
                log_group: log_group(&of.api_id, &stage.stage_name),
                logging_level: stage.default_route_settings.logging_level.clone().unwrap_or_else(|| "OFF".to_owned()),
                data_trace: stage.default_route_settings.data_trace_enabled.unwrap_or_default(),
                deployed_at: deployed_at(&snapshot, stage),
                undeployed,
                undeployed_since,
                console_url: in_console(&of, console::stages),
            });
        }
        let read = JustRead { at: Instant::now(), scope: of.scope.clone(), snapshot: snapshot.clone() };
        *locked(&self.inner.just_read) = Some(read);
        Ok(ApiView { routes: routes(&snapshot), stages, snapshot, console_url: in_console(&of, console::api) })
    }

    pub(crate) async fn describe_routes(&self, snapshot: Snapshot) -> Result<Vec<RouteView>, Error> {
        Ok(routes(&snapshot))
    }

    pub(crate) async fn predict_route(&self, ask: PredictRoute) -> Result<Prediction, Error> {
        let api = Api { route_selection_expression: ask.expression.clone(), ..Api::default() };
        let routes = ask.route_keys.into_iter().map(|route_key| Route { route_key, ..Route::default() }).collect();
        let snapshot = Snapshot { api, routes, ..Snapshot::default() };
        let route_key = selection::route_for(&snapshot, &ask.text).map(|r| r.route_key.clone());
        let expression = &ask.expression;
        let why = match (&route_key, serde_json::from_str::<serde_json::Value>(&ask.text)) {
            (Some(_), Err(_)) => "not JSON: every API sends that to $default".to_owned(),
            (None, Err(_)) => "not JSON, and there is no $default route: the gateway answers Forbidden".to_owned(),
            (Some(key), Ok(_)) if key == "$default" => format!("{expression} gives no route key: $default"),
            (Some(_), Ok(_)) => format!("predicted from {expression}"),
            (None, Ok(_)) => {
                format!("{expression} gives no route key, and there is no $default: the gateway answers Forbidden")
            }
        };
        Ok(Prediction { route_key, why })
    }
}

/// Nobody opens the sandbox in the AWS console.
fn in_console(of: &OfApi, page: impl Fn(&str, &str) -> String) -> String {
    if of.scope.account == SANDBOX { String::new() } else { page(&of.scope.region, &of.api_id) }
}

fn summary(scope: &Scope, access: &Access, api: Api) -> ApiSummary {
    ApiSummary {
        endpoint: url(scope, access, &api, "").trim_end_matches('/').to_owned(),
        api_id: api.api_id,
        name: api.name,
        created_date: api.created_date.unwrap_or_default(),
        description: api.description.unwrap_or_default(),
        tags: api.tags,
    }
}

/// What a client dials.
pub(crate) fn url(scope: &Scope, access: &Access, api: &Api, stage: &str) -> String {
    if scope.account == SANDBOX {
        return format!("wss://{}.execute-api.{}.localhost/{stage}", api.api_id, scope.region);
    }
    match access.endpoint_url().and_then(|url| url.strip_prefix("http://")) {
        // A stand-in for AWS on a port: its names resolve nowhere, so the API is told by the path.
        Some(address) => format!("ws://{}/{}/{stage}", address.trim_end_matches('/'), api.api_id),
        None => format!("{}/{stage}", api.api_endpoint),
    }
}

/// Where a WebSocket API's execution log is (facts 1.1).
pub(crate) fn log_group(api_id: &str, stage: &str) -> String {
    format!("/aws/apigateway/{api_id}/{stage}")
}

fn deployed_at(snapshot: &Snapshot, stage: &Stage) -> Option<i64> {
    let id = stage.deployment_id.as_ref()?;
    let made = snapshot.deployments.iter().find(|d| &d.deployment_id == id)?.created_date.as_deref()?;
    gatescope_aws::milliseconds(made)
}

/// The one-look table, in the order in which people look.
fn routes(snapshot: &Snapshot) -> Vec<RouteView> {
    let mut routes: Vec<&Route> = snapshot.routes.iter().collect();
    let rank = |key: &str| ["$connect", "$disconnect", "$default"].iter().position(|k| *k == key).unwrap_or(3);
    routes.sort_by(|a, b| (rank(&a.route_key), &a.route_key).cmp(&(rank(&b.route_key), &b.route_key)));
    routes.into_iter().map(|route| route_view(snapshot, route)).collect()
}

fn route_view(snapshot: &Snapshot, route: &Route) -> RouteView {
    let integration = snapshot.integration_of(&route.route_key);
    let is_connect = route.route_key == "$connect";
    let carries_messages = !is_connect && route.route_key != "$disconnect";
    RouteView {
        route_key: route.route_key.clone(),
        route_id: route.route_id.clone(),
        integration: integration.map_or("none", kind).to_owned(),
        target: integration.map(target).unwrap_or_default(),
        authorization: match route.authorization_type.as_str() {
            _ if !is_connect => "not possible".to_owned(),
            "AWS_IAM" => "IAM".to_owned(),
            "CUSTOM" => authorizer(snapshot, route),
            _ => "none".to_owned(),
        },
        api_key: if route.api_key_required { "required" } else { "none" }.to_owned(),
        model: if carries_messages { model(route) } else { "not possible".to_owned() },
        response: match integration {
            _ if carries_messages => if route.is_two_way() { "two-way" } else { "one-way" }.to_owned(),
            Some(i) if !i.is_proxy() => {
                let keys: Vec<&str> = i.responses.iter().map(|r| r.integration_response_key.as_str()).collect();
                if keys.is_empty() { "none".to_owned() } else { keys.join(", ") }
            }
            _ => "passed whole".to_owned(),
        },
        problems: diagnose::route_problems(snapshot, &route.route_key)
            .into_iter()
            .map(|p| RouteProblem { station: p.station.to_owned(), cause: p.cause.to_owned(), text: p.text })
            .collect(),
    }
}

fn kind(integration: &Integration) -> &'static str {
    match integration.integration_type.as_str() {
        "MOCK" => "MOCK",
        "HTTP" => "HTTP",
        "HTTP_PROXY" => "HTTP proxy",
        "AWS_PROXY" => "Lambda proxy",
        "AWS" => "AWS service",
        _ => "unknown",
    }
}

/// What the integration calls, or what a mock answers from.
fn target(integration: &Integration) -> String {
    if integration.integration_type == "MOCK" {
        let template = integration.request_templates.iter().next();
        return template.map(|(key, text)| format!("{key} → {}", text.trim())).unwrap_or_default();
    }
    let uri = integration.integration_uri.as_deref().unwrap_or_default();
    let function = uri.split_once(":function:").map(|(_, rest)| rest.trim_end_matches("/invocations"));
    match (function, integration.integration_method.as_deref()) {
        (Some(function), _) => function.to_owned(),
        (None, Some(method)) => format!("{method} {uri}"),
        (None, None) => uri.to_owned(),
    }
}

fn authorizer(snapshot: &Snapshot, route: &Route) -> String {
    let found =
        route.authorizer_id.as_ref().and_then(|id| snapshot.authorizers.iter().find(|a| &a.authorizer_id == id));
    found.map_or_else(|| "authorizer missing".to_owned(), |a| a.name.clone())
}

fn model(route: &Route) -> String {
    if route.request_models.is_empty() {
        return "none".to_owned();
    }
    route.request_models.values().cloned().collect::<Vec<_>>().join(", ")
}
