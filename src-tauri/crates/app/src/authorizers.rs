//! Authorizers and policies, tried as a `$connect` would. What an answer means is `model::authorizer`'s.

use std::time::Instant;

use gatescope_model::api::{Authorizer, Texts};
use gatescope_model::authorizer::{self, explain};
use gatescope_model::selection::{evaluate, handshake_variable, text_of};
use gatescope_model::template::sample;
use serde_json::{Value, json};

use crate::calls::{MatchPolicy, MatchedPolicy, OfStage, TriedAuthorizer, TryAuthorizer};
use crate::error::{Code, Error};
use crate::{App, browse, now};

impl App {
    pub(crate) async fn try_authorizer(&self, ask: TryAuthorizer) -> Result<TriedAuthorizer, Error> {
        let access = self.access(&ask.of.scope).await?;
        let api = access.snapshot(&ask.of.api_id).await?;
        let kept = api.authorizers.iter().find(|a| a.authorizer_id == ask.authorizer_id);
        let authorizer = Authorizer {
            authorizer_uri: match (ask.authorizer_uri.trim(), kept) {
                ("", Some(kept)) => kept.authorizer_uri.clone(),
                (uri, _) => Some(uri.to_owned()),
            },
            identity_source: match kept {
                // Sources that are edited come with their URI; without either it is the one at AWS.
                Some(kept) if ask.authorizer_uri.is_empty() && ask.identity_source.is_empty() => {
                    kept.identity_source.clone()
                }
                _ => ask.identity_source.clone(),
            },
            ..Authorizer::default()
        };
        let variables = api.stage(&ask.of.stage).map(|stage| stage.stage_variables.clone()).unwrap_or_default();
        let account = self.identify(ask.of.scope.clone()).await?.account;
        let url = browse::url(&ask.of.scope, &access, &api.api, &ask.of.stage);
        let host = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest).split('/').next().unwrap_or_default();
        let trial = Trial::new(&ask, &account, host, &variables);
        if let Err(missing) = trial.identity(&authorizer.identity_source) {
            return Ok(trial.refused(
                401,
                format!("401 Unauthorized: {missing} is missing or empty, so the function is not called."),
            ));
        }
        let uri = evaluate(authorizer.authorizer_uri.as_deref().unwrap_or_default(), |name| trial.lookup(name));
        let Some(function) = authorizer::function_arn(&uri) else {
            return Ok(
                trial.refused(500, format!("500 Internal server error: {uri} is no invocation ARN of a function."))
            );
        };
        let event = trial.event();
        let began = Instant::now();
        let invoked = access.invoke_lambda(function, &event.to_string()).await;
        let took_ms = u32::try_from(began.elapsed().as_millis()).unwrap_or(u32::MAX);
        let (status, verdict, answer) = match invoked {
            Ok(invoked) => {
                let (status, verdict) = judged(&invoked.body, invoked.is_error, &trial);
                let answer = serde_json::from_str(&invoked.body).unwrap_or_else(|_| json!(invoked.body));
                (status, verdict, answer)
            }
            Err(error) => {
                let error = Error::from(error);
                // That the person may not call it says nothing about the gateway.
                if error.code != Code::NotFound {
                    return Err(error);
                }
                (500, format!("500 Internal server error: there is no function {function}."), Value::Null)
            }
        };
        Ok(TriedAuthorizer { status, verdict, event, answer, method_arn: trial.method_arn, took_ms })
    }

    pub(crate) async fn match_policy(&self, ask: MatchPolicy) -> Result<MatchedPolicy, Error> {
        let explain::Explained { allows, verdict, statements } = explain::explain(&ask.policy, ask.method_arn.trim());
        Ok(MatchedPolicy { allows, verdict, statements })
    }
}

/// What the client gets for an answer, with the reason (facts 2, 2.1).
fn judged(body: &str, is_error: bool, trial: &Trial<'_>) -> (u16, String) {
    if is_error && authorizer::is_unauthorized(body) {
        return (401, "401 Unauthorized: the function raised exactly \"Unauthorized\".".to_owned());
    }
    let said = match authorizer::read(body) {
        Ok(said) => said,
        Err(_) if is_error => {
            let why: Value = serde_json::from_str(body).unwrap_or_default();
            let why = text_of(&why["errorMessage"]);
            return (
                500,
                format!("500 with an empty message: the function raised {why:?}; only \"Unauthorized\" becomes 401."),
            );
        }
        Err(_) => return (500, explain::explain(body, &trial.method_arn).verdict),
    };
    let address = text_of(&trial.context["identity"]["sourceIp"]);
    let agent = text_of(&trial.context["identity"]["userAgent"]);
    let seen = [("aws:SourceIp", address.as_str()), ("aws:UserAgent", agent.as_str())];
    match authorizer::refusal(&said.statements, &trial.method_arn, &seen) {
        Some(words) => {
            let statements = explain::explain(body, &trial.method_arn).statements.join(" ");
            (403, format!("403 {words}. {statements}"))
        }
        None => {
            let who = said.principal.unwrap_or_else(|| "nobody by name".to_owned());
            (
                101,
                format!(
                    "101: it lets {who} in. The function was called with your credentials; the gateway needs its own permission."
                ),
            )
        }
    }
}

/// One handshake that is made up.
struct Trial<'a> {
    headers: Vec<(String, String)>,
    query: &'a [(String, String)],
    variables: &'a Texts,
    context: Value,
    method_arn: String,
}

impl<'a> Trial<'a> {
    fn new(ask: &'a TryAuthorizer, account: &str, host: &str, variables: &'a Texts) -> Self {
        let OfStage { scope, api_id, stage } = &ask.of;
        let at = now();
        let given = |name: &str| ask.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.clone());
        let agent = given("user-agent").unwrap_or_else(|| concat!("Gatescope/", env!("CARGO_PKG_VERSION")).to_owned());
        let sample = sample::context();
        let (id, request, address) = (&sample["connectionId"], &sample["requestId"], &sample["identity"]["sourceIp"]);
        // In the order in which events carry it (facts 1.4).
        let context = json!({
            "routeKey": "$connect", "eventType": "CONNECT", "extendedRequestId": request,
            "requestTime": authorizer::request_time(at), "messageDirection": "IN", "stage": stage, "connectedAt": at,
            "requestTimeEpoch": at, "identity": { "userAgent": agent, "sourceIp": address }, "requestId": request,
            "domainName": host, "connectionId": id, "apiId": api_id,
        });
        let own = [
            ("Host", host.to_owned()),
            ("Connection", "upgrade".to_owned()),
            ("Upgrade", "websocket".to_owned()),
            ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==".to_owned()),
            ("Sec-WebSocket-Version", "13".to_owned()),
            ("User-Agent", agent),
            ("X-Amzn-Trace-Id", "Root=1-6920306d-0123456789abcdef01234567".to_owned()),
            ("X-Forwarded-For", text_of(address)),
            ("X-Forwarded-Port", "443".to_owned()),
            ("X-Forwarded-Proto", "https".to_owned()),
        ];
        let own =
            own.into_iter().filter(|(name, _)| given(name).is_none()).map(|(name, value)| (name.to_owned(), value));
        let headers = own.chain(ask.headers.iter().cloned()).collect();
        let partition = partition(&scope.region);
        let method_arn = format!("arn:{partition}:execute-api:{}:{account}:{api_id}/{stage}/$connect", scope.region);
        Self { headers, query: &ask.query, variables, context, method_arn }
    }

    /// As the gateway finds an identity source, or a variable in a URI.
    fn lookup(&self, name: &str) -> Option<Value> {
        let name = name.strip_prefix("route.").unwrap_or(name);
        if let Some(name) = name.strip_prefix("stageVariables.") {
            return self.variables.get(name).map(|value| json!(value));
        }
        if let Some(path) = name.strip_prefix("context.") {
            return gatescope_model::selection::at_path(&self.context, path).cloned();
        }
        handshake_variable(name, &self.headers, self.query)
    }

    /// The source that is missing, if one is.
    fn identity<'s>(&self, sources: &'s [String]) -> Result<(), &'s str> {
        authorizer::identity(sources, |source| self.lookup(source)).map(drop)
    }

    fn event(&self) -> Value {
        authorizer::event(&self.method_arn, &self.headers, self.query, self.variables, self.context.clone())
    }

    /// Over before anything is called.
    fn refused(self, status: u16, verdict: String) -> TriedAuthorizer {
        TriedAuthorizer { status, verdict, method_arn: self.method_arn, ..TriedAuthorizer::default() }
    }
}

/// `aws`, `aws-cn` or `aws-us-gov`.
pub(crate) fn partition(region: &str) -> &'static str {
    match region {
        region if region.starts_with("cn-") => "aws-cn",
        region if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}
