//! Reading APIs as `model` snapshots, with the fewest calls.
//!
//! The nouns are AWS's wire form, so they are read from the bodies as they came ([`crate::wire`]): a member that nobody here
//! has heard of is kept. API Gateway allows ten control-plane calls a second for the whole account (facts 5.1), so
//! responses are asked for only where there can be any, and a limited number of calls runs side by side.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use gatescope_model::api::{Api, Deployment, IntegrationResponse, RouteResponse, Snapshot, Stage};
use tokio::task::JoinSet;

use crate::wire::{self, Unread};
use crate::{Access, Error, Kind};

/// Sends one call; gives what the SDK made of the answer, and the answer as JSON.
macro_rules! ask {
    ($access:expr, $operation:literal, $request:expr) => {{
        let slot = $crate::wire::Slot::default();
        let said = $request.customize().interceptor(slot.clone()).send().await.map_err(|e| $access.failed(e))?;
        (said, slot.json($operation)?)
    }};
}
pub(crate) use ask;

/// Reads every page of a list of API Gateway V2.
macro_rules! pages {
    ($access:expr, $operation:literal, $request:expr) => {{
        let mut items = Vec::new();
        let mut token: Option<String> = None;
        loop {
            let (page, answer) =
                $crate::gateway::ask!($access, $operation, $request.max_results("500").set_next_token(token));
            items.extend($crate::wire::nouns(answer, "items", $operation)?);
            token = page.next_token.filter(|t| !t.is_empty());
            if token.is_none() {
                break items;
            }
        }
    }};
}
pub(crate) use pages;

impl Access {
    /// Every WebSocket API of the region, sorted by name.
    ///
    /// # Errors
    /// Whatever AWS says.
    pub async fn apis(&self) -> Result<Vec<Api>, Error> {
        let mut apis: Vec<Api> = pages!(self, "GetApis", self.inner.gateway.get_apis());
        apis.retain(|api| api.protocol_type == "WEBSOCKET");
        apis.sort_by(|a, b| (&a.name, &a.api_id).cmp(&(&b.name, &b.api_id)));
        Ok(apis)
    }

    /// Everything about one API.
    ///
    /// # Errors
    /// Whatever AWS says, from the first call that fails.
    pub async fn snapshot(&self, api_id: &str) -> Result<Snapshot, Error> {
        let gateway = &self.inner.gateway;
        let (api, routes, models, deployments, rest) = tokio::join!(
            async { wire::noun(ask!(self, "GetApi", gateway.get_api().api_id(api_id)).1, "GetApi") },
            async { Ok(pages!(self, "GetRoutes", gateway.get_routes().api_id(api_id))) },
            async { Ok(pages!(self, "GetModels", gateway.get_models().api_id(api_id))) },
            async { Ok(pages!(self, "GetDeployments", gateway.get_deployments().api_id(api_id))) },
            self.outline(api_id),
        );
        let mut snapshot = Snapshot { api: api?, ..rest? };
        let mut unread = Unread(std::mem::take(&mut snapshot.unread));
        snapshot.routes = unread.or_none("routes", &needs(api_id, "routes"), routes)?;
        snapshot.models = unread.or_none("models", &needs(api_id, "models"), models)?;
        snapshot.deployments = unread.or_none("deployments", &needs(api_id, "deployments"), deployments)?;
        snapshot.unread = unread.0;
        for route in &mut snapshot.routes {
            if route.authorization_type.is_empty() {
                "NONE".clone_into(&mut route.authorization_type);
            }
        }
        self.read_responses(&mut snapshot).await?;
        sort(&mut snapshot);
        Ok(snapshot)
    }

    /// Only an API's integrations, authorizers and stages, without responses: what names things around it.
    ///
    /// # Errors
    /// Whatever AWS says.
    pub async fn outline(&self, api_id: &str) -> Result<Snapshot, Error> {
        let gateway = &self.inner.gateway;
        let (integrations, authorizers, stages) = tokio::join!(
            async { Ok::<_, Error>(pages!(self, "GetIntegrations", gateway.get_integrations().api_id(api_id))) },
            async { Ok(pages!(self, "GetAuthorizers", gateway.get_authorizers().api_id(api_id))) },
            async { Ok(pages!(self, "GetStages", gateway.get_stages().api_id(api_id))) },
        );
        let mut unread = Unread::default();
        let mut outline = Snapshot {
            integrations: unread.or_none("integrations", &needs(api_id, "integrations"), integrations)?,
            authorizers: unread.or_none("authorizers", &needs(api_id, "authorizers"), authorizers)?,
            stages: unread.or_none("stages", &needs(api_id, "stages"), stages)?,
            ..Snapshot::default()
        };
        outline.unread = unread.0;
        outline.api.api_id = api_id.to_owned();
        sort(&mut outline);
        Ok(outline)
    }

    /// One stage, as it is in force: for reading a change back.
    ///
    /// # Errors
    /// Whatever AWS says.
    pub async fn stage(&self, api_id: &str, name: &str) -> Result<Stage, Error> {
        let request = self.inner.gateway.get_stage().api_id(api_id).stage_name(name);
        wire::noun(ask!(self, "GetStage", request).1, "GetStage")
    }

    /// Route responses of routes that can have some, integration responses of integrations that are no proxies.
    async fn read_responses(&self, snapshot: &mut Snapshot) -> Result<(), Error> {
        let api_id = &snapshot.api.api_id;
        let two_way =
            snapshot.routes.iter().enumerate().filter(|(_, r)| r.route_response_selection_expression.is_some());
        let whole = snapshot.integrations.iter().enumerate().filter(|(_, i)| !i.is_proxy());
        let routes = two_way.map(|(at, r)| self.route_responses(api_id, &r.route_id, at).boxed());
        let integrations = whole.map(|(at, i)| self.integration_responses(api_id, &i.integration_id, at).boxed());
        let mut waiting: Vec<BoxFuture<'static, _>> = routes.chain(integrations).collect();
        waiting.reverse();
        // Each in a task of its own, so that hundreds of answers are signed and parsed on every core.
        let mut unread = Unread(std::mem::take(&mut snapshot.unread));
        let mut running = JoinSet::new();
        loop {
            while running.len() < self.inner.at_once
                && let Some(job) = waiting.pop()
            {
                running.spawn(job);
            }
            let Some(found) = running.join_next().await else { break };
            match found.map_err(|e| Error::new(Kind::Failed, e.to_string()))? {
                Found::OfRoute(at, responses) => {
                    let needs = needs(&snapshot.api.api_id, "routes/*/routeresponses");
                    snapshot.routes[at].responses = unread.or_none("routeResponses", &needs, responses)?;
                }
                Found::OfIntegration(at, responses) => {
                    let needs = needs(&snapshot.api.api_id, "integrations/*/integrationresponses");
                    snapshot.integrations[at].responses = unread.or_none("integrationResponses", &needs, responses)?;
                }
            }
        }
        snapshot.unread = unread.0;
        Ok(())
    }

    fn route_responses(&self, api: &str, route: &str, at: usize) -> impl Future<Output = Found> + Send + use<> {
        let (access, api, route) = (self.clone(), api.to_owned(), route.to_owned());
        let read = async move {
            let request = || access.inner.gateway.get_route_responses().api_id(&api).route_id(&route);
            let mut responses: Vec<RouteResponse> = pages!(access, "GetRouteResponses", request());
            responses.sort_by(|a, b| a.route_response_id.cmp(&b.route_response_id));
            Ok(responses)
        };
        read.map(move |responses| Found::OfRoute(at, responses))
    }

    fn integration_responses(&self, api: &str, of: &str, at: usize) -> impl Future<Output = Found> + Send + use<> {
        let (access, api, of) = (self.clone(), api.to_owned(), of.to_owned());
        let read = async move {
            let request = || access.inner.gateway.get_integration_responses().api_id(&api).integration_id(&of);
            let mut responses: Vec<IntegrationResponse> = pages!(access, "GetIntegrationResponses", request());
            responses.sort_by(|a, b| a.integration_response_id.cmp(&b.integration_response_id));
            Ok(responses)
        };
        read.map(move |responses| Found::OfIntegration(at, responses))
    }
}

/// What hangs below a route or an integration, by its place in the snapshot.
enum Found {
    OfRoute(usize, Result<Vec<RouteResponse>, Error>),
    OfIntegration(usize, Result<Vec<IntegrationResponse>, Error>),
}

fn needs(api_id: &str, list: &str) -> String {
    format!("apigateway:GET on /apis/{api_id}/{list}")
}

/// AWS lists by id (facts-2 8), other servers as they like: the snapshot's order is one.
fn sort(snapshot: &mut Snapshot) {
    snapshot.routes.sort_by(|a, b| a.route_id.cmp(&b.route_id));
    snapshot.integrations.sort_by(|a, b| a.integration_id.cmp(&b.integration_id));
    snapshot.models.sort_by(|a, b| a.model_id.cmp(&b.model_id));
    snapshot.authorizers.sort_by(|a, b| a.authorizer_id.cmp(&b.authorizer_id));
    snapshot.stages.sort_by(|a, b| a.stage_name.cmp(&b.stage_name));
    let made = |d: &Deployment| d.created_date.as_deref().and_then(crate::milliseconds);
    snapshot.deployments.sort_by_key(|d| std::cmp::Reverse(made(d)));
}
