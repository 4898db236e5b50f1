//! New APIs to begin with, whole: routes, integrations, responses, a stage and what it serves.
//!
//! Ids begin with `new-`: AWS gives real ones when the draft is applied. It may not know an account; what differs between
//! accounts comes in as fields.

use std::collections::BTreeMap;

use crate::api::{
    Api, Authorizer, Deployment, Integration, IntegrationResponse, Route, RouteResponse, Snapshot, Stage, Texts,
};
use crate::resource::NEW_API;
use crate::surroundings::{Permission, Surroundings};

/// What there is to begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Starter {
    /// Names it.
    pub id: &'static str,
    /// For people.
    pub name: &'static str,
    /// What it is made of, in a sentence.
    pub says: &'static str,
    /// What has to be known: id and name.
    pub asks: &'static [(&'static str, &'static str)],
}

/// The field of [`STARTERS`] with the address of an HTTP backend.
pub const BACKEND: &str = "backendUrl";
/// The field of [`STARTERS`] with the ARN of a function.
pub const FUNCTION: &str = "functionArn";

/// All of them, the smallest first.
pub const STARTERS: [Starter; 5] = [
    Starter {
        id: "empty",
        name: "Empty",
        says: "The API itself, with $request.body.action as route selection expression. No route, no stage.",
        asks: &[],
    },
    Starter {
        id: "echo",
        name: "Echo",
        says: "Whatever is sent comes back, from a mock. $connect, $disconnect, $default; stage prod, deployed.",
        asks: &[],
    },
    Starter {
        id: "ping",
        name: "Ping",
        says: "{\"action\":\"ping\"} is answered with the time, everything else with a hint, from mocks. Stage prod, deployed.",
        asks: &[],
    },
    Starter {
        id: "chat",
        name: "Chat",
        says: "The tutorial's rooms: $connect, $disconnect, joinroom and sendmessage call an HTTP backend, which pushes back \
               through @connections. Stage prod, deployed.",
        asks: &[(BACKEND, "Address of the backend")],
    },
    Starter {
        id: "authorizer",
        name: "Authorizer",
        says: "$connect asks a Lambda authorizer with the header Authorization; $default says who it let in. Stage prod, \
               deployed.",
        asks: &[(FUNCTION, "ARN of the authorizer's function")],
    },
];

/// `\$default`: the expression that always gives the key [`DEFAULT`].
pub(crate) const SELECT_DEFAULT: &str = "\\$default";
/// The key that takes everything.
pub(crate) const DEFAULT: &str = "$default";

/// The API of a starter; `None` when there is no such starter. `account` has its region before a slash: `us-east-1/123456789012`.
#[must_use]
pub fn begin(starter: &str, name: &str, fields: &BTreeMap<String, String>, account: &str) -> Option<Snapshot> {
    let mut maker = Maker::new(name);
    let field =
        |id: &str| fields.get(id).map(|value| value.trim().trim_end_matches('/').to_owned()).unwrap_or_default();
    match starter {
        "empty" => return Some(maker.api),
        "echo" => maker.echo(),
        "ping" => maker.ping(),
        "chat" => maker.chat(&field(BACKEND)),
        "authorizer" => maker.authorized(&field(FUNCTION), account),
        _ => return None,
    }
    Some(maker.deployed())
}

struct Maker {
    api: Snapshot,
}

impl Maker {
    fn new(name: &str) -> Self {
        let api = Api {
            api_id: NEW_API.to_owned(),
            name: name.to_owned(),
            protocol_type: "WEBSOCKET".to_owned(),
            route_selection_expression: "$request.body.action".to_owned(),
            api_key_selection_expression: "$request.header.x-api-key".to_owned(),
            ..Api::default()
        };
        Self { api: Snapshot { api, ..Snapshot::default() } }
    }

    fn echo(&mut self) {
        self.silent("$connect");
        self.silent("$disconnect");
        // A message that is no JSON comes here as well: it travels as a JSON text.
        let escaped = r#"{"statusCode": 200, "echo": "$util.escapeJavaScript($input.body).replaceAll("\\'","'")"}"#;
        self.mock(DEFAULT, escaped, Some("$input.path('$.echo')"));
    }

    fn ping(&mut self) {
        self.silent("$connect");
        self.silent("$disconnect");
        self.mock(DEFAULT, OK, Some(r#"{"help": "send {\"action\":\"ping\"}"}"#));
        self.mock("ping", OK, Some(r#"{"pong": $context.requestTimeEpoch, "connectionId": "$context.connectionId"}"#));
    }

    /// The walkthrough's steps 6 to 9.
    fn chat(&mut self, backend: &str) {
        let id = r#"{"connectionId": "$context.connectionId"}"#;
        self.http("$connect", "POST", &format!("{backend}/connect"), id);
        self.http("$disconnect", "DELETE", &format!("{backend}/connect"), id);
        let help = r#"{"help": "send {\"action\":\"joinroom\",\"roomname\":\"developers\"} or {\"action\":\"sendmessage\",\"message\":\"hello!!!!\"}"}"#;
        self.mock(DEFAULT, OK, Some(help));
        let payload = r#"{"connectionId": "$context.connectionId", "payload": $input.body}"#;
        self.http("joinroom", "POST", &format!("{backend}/joinroom"), payload);
        self.http("sendmessage", "POST", &format!("{backend}/sendmessage"), PUSH_BACK);
        for key in ["joinroom", "sendmessage"] {
            if let Some(route) = self.api.routes.iter_mut().find(|route| route.route_key == key) {
                two_way(route);
            }
        }
        // Servers refuse a handshake's version in what is no handshake for them (facts 9.13).
        let version = "integration.request.header.Sec-WebSocket-Version".to_owned();
        if let Some(connect) = self.api.integrations.first_mut() {
            connect.request_parameters.insert(version, "'0'".to_owned());
        }
    }

    fn authorized(&mut self, function: &str, account: &str) {
        let mut parts = function.split(':');
        let (partition, region) = (parts.nth(1).unwrap_or("aws"), parts.nth(1).unwrap_or_default());
        let id = "new-authorizer-1";
        self.api.authorizers.push(Authorizer {
            authorizer_id: id.to_owned(),
            name: "token".to_owned(),
            authorizer_type: "REQUEST".to_owned(),
            authorizer_uri: Some(invocation_uri(partition, region, function)),
            identity_source: vec!["route.request.header.Authorization".to_owned()],
            ..Authorizer::default()
        });
        self.silent("$connect");
        if let Some(connect) = self.api.routes.first_mut() {
            connect.authorization_type = "CUSTOM".to_owned();
            connect.authorizer_id = Some(id.to_owned());
        }
        self.silent("$disconnect");
        self.mock(DEFAULT, OK, Some(r#"{"youAre": "$context.authorizer.principalId"}"#));
        if !account.is_empty() {
            let place = account.replacen('/', ":", 1);
            let permission = Permission {
                function_arn: function.to_owned(),
                statement_id: "gatescope-authorizer".to_owned(),
                source_arn: Some(format!("arn:{partition}:execute-api:{place}:{NEW_API}/authorizers/{id}")),
            };
            let around = Surroundings { permissions: vec![permission], ..Surroundings::default() };
            self.api.surroundings = Some(around);
        }
    }

    /// A mock that says yes and nothing else.
    fn silent(&mut self, key: &str) {
        self.mock(key, OK, None);
    }

    /// A route with a mock, which answers the client when there is something to say.
    fn mock(&mut self, key: &str, template: &str, answer: Option<&str>) {
        let mut response = self.response();
        if let Some(answer) = answer {
            response.template_selection_expression = Some(SELECT_DEFAULT.to_owned());
            response.response_templates = Texts::from([(DEFAULT.to_owned(), answer.to_owned())]);
        }
        let integration =
            Integration { integration_type: "MOCK".to_owned(), responses: vec![response], ..templated(template) };
        self.route(key, integration);
        if let Some(route) = self.api.routes.last_mut().filter(|_| answer.is_some()) {
            two_way(route);
        }
    }

    /// A route with an HTTP backend and a template for its body.
    fn http(&mut self, key: &str, method: &str, uri: &str, template: &str) {
        let integration = Integration {
            integration_type: "HTTP".to_owned(),
            integration_method: Some(method.to_owned()),
            integration_uri: Some(uri.to_owned()),
            responses: vec![self.response()],
            ..templated(template)
        };
        self.route(key, integration);
    }

    fn response(&self) -> IntegrationResponse {
        IntegrationResponse {
            integration_response_id: format!("new-integration-response-{}", self.api.integrations.len() + 1),
            integration_response_key: DEFAULT.to_owned(),
            ..IntegrationResponse::default()
        }
    }

    fn route(&mut self, key: &str, mut integration: Integration) {
        let id = format!("new-integration-{}", self.api.integrations.len() + 1);
        integration.integration_id.clone_from(&id);
        self.api.integrations.push(integration);
        self.api.routes.push(Route {
            route_id: format!("new-route-{}", self.api.routes.len() + 1),
            route_key: key.to_owned(),
            authorization_type: "NONE".to_owned(),
            target: Some(format!("integrations/{id}")),
            ..Route::default()
        });
    }

    /// With a stage that serves it.
    fn deployed(mut self) -> Snapshot {
        let id = "new-deployment-1".to_owned();
        self.api.deployments.push(Deployment { deployment_id: id.clone(), ..Deployment::default() });
        self.api.stages.push(Stage { stage_name: "prod".to_owned(), deployment_id: Some(id), ..Stage::default() });
        self.api
    }
}

/// What a mock needs to answer at all.
const OK: &str = r#"{"statusCode": 200}"#;
/// What a backend needs to push back: `https://{domainName}/{stage}/@connections/{connectionId}` (walkthrough step 9).
pub(crate) const PUSH_BACK: &str = r#"{"connectionId": "$context.connectionId", "domainName": "$context.domainName", "stage": "$context.stage", "payload": $input.body}"#;

/// An integration with one template, chosen always.
fn templated(template: &str) -> Integration {
    Integration {
        template_selection_expression: Some(SELECT_DEFAULT.to_owned()),
        request_templates: Texts::from([(DEFAULT.to_owned(), template.to_owned())]),
        ..Integration::default()
    }
}

/// Lets the route's answers go back to the client.
fn two_way(route: &mut Route) {
    route.route_response_selection_expression = Some(DEFAULT.to_owned());
    route.responses.push(RouteResponse {
        route_response_id: format!("{}-response", route.route_id),
        route_response_key: DEFAULT.to_owned(),
        ..RouteResponse::default()
    });
}

/// A function's invocation URI, which integrations and authorizers name.
fn invocation_uri(partition: &str, region: &str, function: &str) -> String {
    format!("arn:{partition}:apigateway:{region}:lambda:path/2015-03-31/functions/{function}/invocations")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::authorizer::function_arn;
    use crate::limits;

    fn made(starter: &str) -> Snapshot {
        let fields = BTreeMap::from([
            (BACKEND.to_owned(), "http://backend.sandbox:8080/".to_owned()),
            (FUNCTION.to_owned(), "arn:aws:lambda:us-east-1:123456789012:function:authorizer".to_owned()),
        ]);
        begin(starter, "mine", &fields, "us-east-1/123456789012").unwrap()
    }

    #[test]
    fn every_starter_is_an_api_that_aws_would_take_as_it_is() {
        for starter in STARTERS {
            let api = made(starter.id);
            assert_eq!(limits::check(&Snapshot::default(), &api), [], "{}", starter.id);
            assert_eq!(api.api.name, "mine");
            assert_eq!(api.stages.len(), usize::from(starter.id != "empty"), "{}", starter.id);
        }
        assert_eq!(begin("other", "x", &BTreeMap::new(), ""), None);
    }

    #[test]
    fn the_backends_address_and_the_function_are_where_they_belong() {
        let chat = made("chat");
        let uris: Vec<_> = chat.integrations.iter().filter_map(|i| i.integration_uri.as_deref()).collect();
        assert_eq!(uris[0], "http://backend.sandbox:8080/connect");
        assert!(chat.route("joinroom").unwrap().is_two_way());
        let authorizer = made("authorizer");
        let uri = authorizer.authorizers[0].authorizer_uri.as_deref().unwrap();
        assert_eq!(function_arn(uri), Some("arn:aws:lambda:us-east-1:123456789012:function:authorizer"));
        assert!(uri.starts_with("arn:aws:apigateway:us-east-1:lambda:path/"), "{uri}");
        let permission = &authorizer.surroundings.unwrap().permissions[0];
        assert_eq!(
            permission.source_arn.as_deref(),
            Some("arn:aws:execute-api:us-east-1:123456789012:new-api/authorizers/new-authorizer-1")
        );
    }
}
