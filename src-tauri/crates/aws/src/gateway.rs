//! Reading APIs as `model` snapshots, with the fewest calls.
//!
//! API Gateway allows ten control-plane calls a second for the whole account (facts 5.1), so responses are asked for only
//! where there can be any, and at most [`AT_ONCE`] calls run side by side.

use aws_sdk_apigatewayv2::types as sdk;
use futures_util::{StreamExt, TryStreamExt, stream};
use gatescope_model::api::{
    AccessLogSettings, Api, Authorizer, Deployment, Integration, IntegrationResponse, Model, Required, Route,
    RouteResponse, RouteSettings, Snapshot, Stage,
};

use crate::read::{iso, texts};
use crate::{Access, Error};

/// Calls side by side: below the burst of 40 that the account has, above what a single connection needs to stay busy.
const AT_ONCE: usize = 4;

/// Reads every page of a list.
macro_rules! pages {
    ($access:expr, $request:expr) => {{
        let mut items = Vec::new();
        let mut token: Option<String> = None;
        loop {
            let page = $request.max_results("500").set_next_token(token).send().await.map_err(|e| $access.failed(e))?;
            items.extend(page.items.unwrap_or_default());
            token = page.next_token.filter(|t| !t.is_empty());
            if token.is_none() {
                break items;
            }
        }
    }};
}

impl Access {
    /// Id and name of every WebSocket API of the region, sorted by name.
    ///
    /// # Errors
    /// Whatever AWS says.
    pub async fn apis(&self) -> Result<Vec<(String, String)>, Error> {
        let all = pages!(self, self.inner.gateway.get_apis());
        let mut apis: Vec<_> = all
            .into_iter()
            .filter(|api| api.protocol_type == Some(sdk::ProtocolType::Websocket))
            .map(|api| (api.api_id.unwrap_or_default(), api.name.unwrap_or_default()))
            .collect();
        apis.sort_by(|a, b| (&a.1, &a.0).cmp(&(&b.1, &b.0)));
        Ok(apis)
    }

    /// Everything about one API.
    ///
    /// # Errors
    /// Whatever AWS says, from the first call that fails.
    pub async fn snapshot(&self, api_id: &str) -> Result<Snapshot, Error> {
        let gateway = &self.inner.gateway;
        let (api, routes, integrations, models, authorizers, stages, deployments) = tokio::try_join!(
            async { gateway.get_api().api_id(api_id).send().await.map_err(|e| self.failed(e)) },
            async { Ok(pages!(self, gateway.get_routes().api_id(api_id))) },
            async { Ok(pages!(self, gateway.get_integrations().api_id(api_id))) },
            async { Ok(pages!(self, gateway.get_models().api_id(api_id))) },
            async { Ok(pages!(self, gateway.get_authorizers().api_id(api_id))) },
            async { Ok(pages!(self, gateway.get_stages().api_id(api_id))) },
            async { Ok(pages!(self, gateway.get_deployments().api_id(api_id))) },
        )?;
        let routes = stream::iter(routes.into_iter().map(|r| self.with_route_responses(api_id, route(r))))
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        let integrations =
            stream::iter(integrations.into_iter().map(|i| self.with_integration_responses(api_id, integration(i))))
                .buffered(AT_ONCE)
                .try_collect()
                .await?;
        let mut stages: Vec<Stage> = stages.into_iter().map(stage).collect();
        stages.sort_by(|a, b| a.stage_name.cmp(&b.stage_name));
        let mut deployments: Vec<Deployment> = deployments.into_iter().map(deployment).collect();
        deployments.sort_by(|a, b| b.created_date.cmp(&a.created_date));
        Ok(Snapshot {
            api: Api {
                api_id: api.api_id.unwrap_or_default(),
                name: api.name.unwrap_or_default(),
                api_endpoint: api.api_endpoint.unwrap_or_default(),
                protocol_type: api.protocol_type.map(|p| p.as_str().to_owned()).unwrap_or_default(),
                route_selection_expression: api.route_selection_expression.unwrap_or_default(),
                api_key_selection_expression: api.api_key_selection_expression.unwrap_or_default(),
                disable_execute_api_endpoint: api.disable_execute_api_endpoint.unwrap_or_default(),
                description: api.description,
                created_date: iso(api.created_date),
                tags: texts(api.tags),
                ..Api::default()
            },
            routes,
            integrations,
            models: models.into_iter().map(model).collect(),
            authorizers: authorizers.into_iter().map(authorizer).collect(),
            stages,
            deployments,
            ..Snapshot::default()
        })
    }

    /// One stage, as it is in force: for reading a change back.
    ///
    /// # Errors
    /// Whatever AWS says.
    pub async fn stage(&self, api_id: &str, name: &str) -> Result<Stage, Error> {
        let s =
            self.inner.gateway.get_stage().api_id(api_id).stage_name(name).send().await.map_err(|e| self.failed(e))?;
        Ok(stage(
            sdk::Stage::builder()
                .set_access_log_settings(s.access_log_settings)
                .set_auto_deploy(s.auto_deploy)
                .set_client_certificate_id(s.client_certificate_id)
                .set_created_date(s.created_date)
                .set_default_route_settings(s.default_route_settings)
                .set_deployment_id(s.deployment_id)
                .set_description(s.description)
                .set_last_deployment_status_message(s.last_deployment_status_message)
                .set_last_updated_date(s.last_updated_date)
                .set_route_settings(s.route_settings)
                .set_stage_name(s.stage_name)
                .set_stage_variables(s.stage_variables)
                .set_tags(s.tags)
                .build(),
        ))
    }

    async fn with_route_responses(&self, api_id: &str, mut route: Route) -> Result<Route, Error> {
        if route.route_response_selection_expression.is_some() {
            let request = || self.inner.gateway.get_route_responses().api_id(api_id).route_id(&route.route_id);
            route.responses = pages!(self, request())
                .into_iter()
                .map(|r| RouteResponse {
                    route_response_id: r.route_response_id.unwrap_or_default(),
                    route_response_key: r.route_response_key.unwrap_or_default(),
                    response_models: texts(r.response_models),
                    ..RouteResponse::default()
                })
                .collect();
        }
        Ok(route)
    }

    async fn with_integration_responses(&self, api_id: &str, mut of: Integration) -> Result<Integration, Error> {
        if !of.is_proxy() {
            let request =
                || self.inner.gateway.get_integration_responses().api_id(api_id).integration_id(&of.integration_id);
            of.responses = pages!(self, request())
                .into_iter()
                .map(|r| IntegrationResponse {
                    integration_response_id: r.integration_response_id.unwrap_or_default(),
                    integration_response_key: r.integration_response_key.unwrap_or_default(),
                    content_handling_strategy: r.content_handling_strategy.map(|c| c.as_str().to_owned()),
                    response_parameters: texts(r.response_parameters),
                    response_templates: texts(r.response_templates),
                    template_selection_expression: r.template_selection_expression,
                    ..IntegrationResponse::default()
                })
                .collect();
        }
        Ok(of)
    }
}

fn route(r: sdk::Route) -> Route {
    Route {
        route_id: r.route_id.unwrap_or_default(),
        route_key: r.route_key.unwrap_or_default(),
        target: r.target,
        authorization_type: r.authorization_type.map_or_else(|| "NONE".to_owned(), |a| a.as_str().to_owned()),
        authorizer_id: r.authorizer_id,
        api_key_required: r.api_key_required.unwrap_or_default(),
        model_selection_expression: r.model_selection_expression,
        request_models: texts(r.request_models),
        request_parameters: r
            .request_parameters
            .unwrap_or_default()
            .into_iter()
            .map(|(name, p)| (name, Required { required: p.required.unwrap_or_default() }))
            .collect(),
        route_response_selection_expression: r.route_response_selection_expression,
        operation_name: r.operation_name,
        responses: Vec::new(),
        ..Default::default()
    }
}

fn integration(i: sdk::Integration) -> Integration {
    Integration {
        integration_id: i.integration_id.unwrap_or_default(),
        integration_type: i.integration_type.map(|t| t.as_str().to_owned()).unwrap_or_default(),
        integration_uri: i.integration_uri,
        integration_method: i.integration_method,
        connection_type: i.connection_type.map(|c| c.as_str().to_owned()),
        connection_id: i.connection_id,
        content_handling_strategy: i.content_handling_strategy.map(|c| c.as_str().to_owned()),
        credentials_arn: i.credentials_arn,
        passthrough_behavior: i.passthrough_behavior.map(|p| p.as_str().to_owned()),
        payload_format_version: i.payload_format_version,
        request_parameters: texts(i.request_parameters),
        request_templates: texts(i.request_templates),
        template_selection_expression: i.template_selection_expression,
        timeout_in_millis: i.timeout_in_millis.and_then(|t| u32::try_from(t).ok()),
        integration_response_selection_expression: i.integration_response_selection_expression,
        description: i.description,
        responses: Vec::new(),
        ..Default::default()
    }
}

fn model(m: sdk::Model) -> Model {
    Model {
        model_id: m.model_id.unwrap_or_default(),
        name: m.name.unwrap_or_default(),
        content_type: m.content_type,
        schema: m.schema,
        description: m.description,
        ..Model::default()
    }
}

fn authorizer(a: sdk::Authorizer) -> Authorizer {
    Authorizer {
        authorizer_id: a.authorizer_id.unwrap_or_default(),
        name: a.name.unwrap_or_default(),
        authorizer_type: a.authorizer_type.map(|t| t.as_str().to_owned()).unwrap_or_default(),
        authorizer_uri: a.authorizer_uri,
        identity_source: a.identity_source.unwrap_or_default(),
        authorizer_credentials_arn: a.authorizer_credentials_arn,
        ..Authorizer::default()
    }
}

fn stage(s: sdk::Stage) -> Stage {
    Stage {
        stage_name: s.stage_name.unwrap_or_default(),
        deployment_id: s.deployment_id,
        auto_deploy: s.auto_deploy,
        default_route_settings: s.default_route_settings.map(settings).unwrap_or_default(),
        route_settings: s.route_settings.unwrap_or_default().into_iter().map(|(key, s)| (key, settings(s))).collect(),
        stage_variables: texts(s.stage_variables),
        access_log_settings: s.access_log_settings.map(|a| AccessLogSettings {
            destination_arn: a.destination_arn,
            format: a.format,
            ..Default::default()
        }),
        client_certificate_id: s.client_certificate_id,
        description: s.description,
        last_deployment_status_message: s.last_deployment_status_message,
        created_date: iso(s.created_date),
        last_updated_date: iso(s.last_updated_date),
        tags: texts(s.tags),
        ..Stage::default()
    }
}

fn settings(s: sdk::RouteSettings) -> RouteSettings {
    RouteSettings {
        logging_level: s.logging_level.map(|l| l.as_str().to_owned()),
        data_trace_enabled: s.data_trace_enabled,
        detailed_metrics_enabled: s.detailed_metrics_enabled,
        throttling_burst_limit: s.throttling_burst_limit.map(i64::from),
        throttling_rate_limit: s.throttling_rate_limit,
        ..RouteSettings::default()
    }
}

fn deployment(d: sdk::Deployment) -> Deployment {
    Deployment {
        deployment_id: d.deployment_id.unwrap_or_default(),
        created_date: iso(d.created_date),
        deployment_status: d.deployment_status.map(|s| s.as_str().to_owned()),
        description: d.description,
        auto_deployed: d.auto_deployed,
        ..Deployment::default()
    }
}
