//! Chance that can be repeated, and APIs made by it.

use gatescope_model::api::{
    Authorizer, Integration, IntegrationResponse, Model, Required, Route, RouteResponse, Snapshot, Stage,
};

/// Numbers that follow from a seed (splitmix64).
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03)
    }

    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.number() % n as u64).unwrap()
    }

    /// With this chance of a hundred.
    pub fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    pub fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    fn maybe(&mut self, of: &[&str]) -> Option<String> {
        self.percent(50).then(|| (*self.one(of)).to_owned())
    }
}

const TEMPLATES: [&str; 4] = [
    "{\"statusCode\": 200}",
    "{\"id\": \"$context.connectionId\",\n \"body\": $input.body}",
    "$input.json('$')",
    "it's 'quoted' \"twice\"",
];
const KEYS: [&str; 6] = ["$connect", "$disconnect", "$default", "joinroom", "sendmessage", "a b/c"];

/// A small API that AWS takes, with the draft's ids.
pub fn api(dice: &mut Dice) -> Snapshot {
    let mut api = Snapshot::default();
    api.api.name = format!("api {}", dice.below(1000));
    api.api.protocol_type = "WEBSOCKET".to_owned();
    api.api.route_selection_expression = "$request.body.action".to_owned();
    api.api.description = dice.maybe(&["about chat", "it's ours"]);
    for n in 0..dice.below(3) {
        api.models.push(model(dice, n));
    }
    for n in 0..dice.below(3) {
        api.authorizers.push(Authorizer {
            authorizer_id: format!("new-authorizer-{n}"),
            name: format!("auth{n}"),
            authorizer_type: "REQUEST".to_owned(),
            authorizer_uri: Some(lambda("allow")),
            identity_source: vec!["route.request.header.authorization".to_owned()],
            ..Authorizer::default()
        });
    }
    for n in 0..=dice.below(3) {
        api.integrations.push(integration(dice, n));
    }
    for key in KEYS {
        if dice.percent(60) || key == "$default" {
            let route = route(dice, &api, key);
            api.routes.push(route);
        }
    }
    for name in ["prod", "dev"] {
        if dice.percent(70) || name == "prod" {
            api.stages.push(stage(dice, name));
        }
    }
    api
}

fn lambda(function: &str) -> String {
    format!(
        "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:{function}/invocations"
    )
}

fn model(dice: &mut Dice, n: usize) -> Model {
    Model {
        model_id: format!("new-model-{n}"),
        name: format!("Model{n}"),
        content_type: Some("application/json".to_owned()),
        schema: Some(format!("{{\"type\": \"{}\"}}", dice.one(&["object", "string", "array"]))),
        description: dice.maybe(&["a model"]),
        ..Model::default()
    }
}

fn integration(dice: &mut Dice, n: usize) -> Integration {
    let kind = *dice.one(&["MOCK", "HTTP", "HTTP_PROXY", "AWS_PROXY"]);
    let mut new = Integration {
        integration_id: format!("new-integration-{n}"),
        integration_type: kind.to_owned(),
        timeout_in_millis: Some(*dice.one(&[29_000, 50, 3_000])),
        description: dice.maybe(&["calls the backend"]),
        ..Integration::default()
    };
    match kind {
        "HTTP" | "HTTP_PROXY" => {
            new.integration_method = Some((*dice.one(&["GET", "POST"])).to_owned());
            new.integration_uri = Some(format!("http://127.0.0.1:8080/{}", dice.below(5)));
        }
        "AWS_PROXY" => {
            new.integration_method = Some("POST".to_owned());
            new.integration_uri = Some(lambda("chat"));
        }
        _ => {}
    }
    if !new.is_proxy() {
        for key in ["$default", "other"] {
            if dice.percent(50) {
                new.request_templates.insert(key.to_owned(), (*dice.one(&TEMPLATES)).to_owned());
            }
        }
        new.template_selection_expression = dice.maybe(&["\\\\$default", "${request.body.kind}"]);
        for (at, key) in ["$default", "/2\\d\\d/", "/5\\d\\d/"].into_iter().enumerate() {
            if dice.percent(40) {
                let mut response = IntegrationResponse {
                    integration_response_id: format!("new-response-{n}-{at}"),
                    integration_response_key: key.to_owned(),
                    ..IntegrationResponse::default()
                };
                if dice.percent(50) {
                    response.response_templates.insert("$default".to_owned(), (*dice.one(&TEMPLATES)).to_owned());
                }
                new.responses.push(response);
            }
        }
    }
    if kind.starts_with("HTTP") && dice.percent(50) {
        new.request_parameters
            .insert("integration.request.header.connectionid".to_owned(), "context.connectionId".to_owned());
    }
    new
}

fn route(dice: &mut Dice, api: &Snapshot, key: &str) -> Route {
    let mut new = Route {
        route_id: format!("new-route-{key}"),
        route_key: key.to_owned(),
        authorization_type: "NONE".to_owned(),
        operation_name: dice.maybe(&["Join", "Send"]),
        ..Route::default()
    };
    if dice.percent(80) {
        new.target = Some(format!("integrations/{}", dice.one(&api.integrations).integration_id));
    }
    if key == "$connect" {
        new.api_key_required = dice.percent(30);
        if let Some(authorizer) = api.authorizers.first().filter(|_| dice.percent(50)) {
            new.authorization_type = "CUSTOM".to_owned();
            new.authorizer_id = Some(authorizer.authorizer_id.clone());
        }
        if dice.percent(40) {
            new.request_parameters
                .insert("route.request.querystring.room".to_owned(), Required { required: dice.percent(50) });
        }
    } else if key != "$disconnect" {
        if let Some(model) = api.models.first().filter(|_| dice.percent(50)) {
            new.model_selection_expression = Some("$default".to_owned());
            new.request_models.insert("$default".to_owned(), model.name.clone());
        }
        if dice.percent(40) {
            new.route_response_selection_expression = Some("$default".to_owned());
            new.responses.push(RouteResponse {
                route_response_id: format!("new-route-response-{key}"),
                route_response_key: "$default".to_owned(),
                ..RouteResponse::default()
            });
        }
    }
    new
}

fn stage(dice: &mut Dice, name: &str) -> Stage {
    let mut new =
        Stage { stage_name: name.to_owned(), description: dice.maybe(&["live", "for us"]), ..Stage::default() };
    for variable in ["region", "backend"] {
        if dice.percent(50) {
            new.stage_variables.insert(variable.to_owned(), format!("v{}", dice.below(9)));
        }
    }
    new.default_route_settings.logging_level = dice.maybe(&["INFO", "ERROR", "OFF"]);
    if dice.percent(20) {
        new.default_route_settings.throttling_rate_limit = Some(5.0);
        new.default_route_settings.throttling_burst_limit = Some(10);
    }
    new
}

/// Changes an API in up to so many places, into another one that AWS takes. `seed` keeps new ids apart.
pub fn edit(dice: &mut Dice, of: &Snapshot, seed: u64) -> Snapshot {
    let mut to = of.clone();
    for n in 0..=dice.below(6) {
        edit_once(dice, &mut to, &format!("{seed}-{n}"));
    }
    to
}

fn edit_once(dice: &mut Dice, to: &mut Snapshot, n: &str) {
    match dice.below(14) {
        0 => to.api.description = dice.maybe(&["edited", "edited again"]),
        1 => to.api.route_selection_expression = format!("$request.body.{}", dice.one(&["action", "kind", "a.b"])),
        2 => {
            let mut new = integration(dice, 0);
            new.integration_id = format!("new-i-{n}");
            for response in &mut new.responses {
                response.integration_response_id = format!("{}-{n}", response.integration_response_id);
            }
            to.integrations.push(new);
        }
        3 => {
            let at = dice.below(to.routes.len());
            let target = dice.one(&to.integrations).integration_id.clone();
            to.routes[at].target = dice.percent(85).then(|| format!("integrations/{target}"));
        }
        4 => {
            let free: Vec<&str> = KEYS.into_iter().filter(|k| to.route(k).is_none()).collect();
            if let Some(key) = free.first() {
                let mut new = route(dice, to, key);
                new.route_id = format!("new-r-{n}");
                for response in &mut new.responses {
                    response.route_response_id = format!("new-rr-{n}");
                }
                to.routes.push(new);
            }
        }
        5 if to.routes.len() > 1 => {
            let at = dice.below(to.routes.len());
            let gone = to.routes.remove(at);
            for stage in &mut to.stages {
                stage.route_settings.remove(&gone.route_key);
            }
        }
        6 => {
            let used = |id: &str, to: &Snapshot| to.routes.iter().any(|r| r.integration_id() == Some(id));
            let free = to.integrations.iter().position(|i| !used(&i.integration_id, to));
            if let Some(at) = free.filter(|_| to.integrations.len() > 1) {
                to.integrations.remove(at);
            }
        }
        7 => {
            let at = dice.below(to.integrations.len());
            to.integrations[at].timeout_in_millis = Some(*dice.one(&[29_000, 51, 4_000]));
            to.integrations[at].description = dice.maybe(&["edited"]);
        }
        8 => {
            let mocks = to.integrations.iter_mut().filter(|i| !i.is_proxy());
            let text = (*dice.one(&TEMPLATES)).to_owned();
            for integration in mocks.take(1) {
                integration.request_templates.insert((*dice.one(&["$default", "more"])).to_owned(), text.clone());
            }
        }
        9 => {
            for integration in to.integrations.iter_mut().filter(|i| !i.is_proxy()).take(1) {
                if integration.responses.pop().is_none() {
                    integration.responses.push(IntegrationResponse {
                        integration_response_id: format!("new-ir-{n}"),
                        integration_response_key: "$default".to_owned(),
                        ..IntegrationResponse::default()
                    });
                }
            }
        }
        10 => {
            let name = format!("Edited{}", n.replace('-', "x"));
            let mut new = model(dice, 0);
            new.model_id = format!("new-m-{n}");
            new.name = name;
            to.models.push(new);
        }
        11 => {
            let used =
                |name: &String, to: &Snapshot| to.routes.iter().any(|r| r.request_models.values().any(|m| m == name));
            let free = to.models.iter().position(|m| !used(&m.name, to));
            if let Some(at) = free {
                to.models.remove(at);
            }
        }
        12 => {
            let at = dice.below(to.stages.len());
            let variables = &mut to.stages[at].stage_variables;
            if variables.remove("region").is_none() {
                variables.insert("region".to_owned(), format!("e{}", dice.below(9)));
            }
        }
        _ => {
            let at = dice.below(to.stages.len());
            to.stages[at].description = dice.maybe(&["edited stage"]);
            let key = dice.one(&to.routes).route_key.clone();
            let settings = to.stages[at].route_settings.entry(key).or_default();
            settings.logging_level = Some((*dice.one(&["INFO", "ERROR"])).to_owned());
        }
    }
}
