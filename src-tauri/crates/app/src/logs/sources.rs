//! Which log groups belong to a stage: its execution log, its access log, and those of the functions behind its routes and
//! authorizers.
//!
//! Pure but for what a function's configuration has to be asked; what can't be read here is listed too, with the reason.

use std::collections::BTreeMap;

use gatescope_aws::Access;
use gatescope_model::api::{Snapshot, Stage};
use gatescope_model::authorizer::function_arn;
use gatescope_model::book::{SourceId, SourceKind};
use gatescope_model::conversation::Problem;

use crate::browse;
use crate::calls::{OfStage, Scope, Source};
use crate::{SANDBOX, error::Code};

/// The execution log is always the first, the access log the second, whether there is one or not.
pub(crate) const EXECUTION: SourceId = 0;
pub(crate) const ACCESS: SourceId = 1;
const FIRST_FUNCTION: SourceId = 2;
/// Functions of a stage; more are not offered.
const MOST_FUNCTIONS: usize = 200;

const FREE: &str = "Free: it is on this machine.";
const POLLED: &str = "Polled: AWS charges nothing for it; a call every 2 to 10 s, of the account's 5 a second. \
     Live Tail is charged by the minute for as long as it is on.";
const FUNCTION: &str = "Polled once it is switched on: AWS charges nothing for it; a call every 2 to 10 s, of the \
     account's 5 a second. Live Tail is charged by the minute for as long as it is on.";
const UNREADABLE: &str = "Not read here.";

/// Whether AWS is on this machine: nobody pays for a call, and nobody counts it.
pub(crate) fn is_local(scope: &Scope, access: &Access) -> bool {
    scope.account == SANDBOX || access.endpoint_url().is_some()
}

/// The groups of a stage, and the function behind each that is one's.
pub(super) fn of_stage(of: &OfStage, snapshot: &Snapshot, local: bool) -> Vec<(Source, Option<String>)> {
    let cost = if local { FREE } else { POLLED };
    let execution = Source {
        id: EXECUTION,
        kind: SourceKind::Execution,
        log_group: browse::log_group(&of.api_id, &of.stage),
        on: true,
        live: local,
        cost: cost.to_owned(),
        ..Source::default()
    };
    let mut sources = vec![(execution, None)];
    let stage = snapshot.stage(&of.stage);
    let destination = stage.and_then(|s| s.access_log_settings.as_ref()).and_then(|a| a.destination_arn.as_deref());
    if let Some(arn) = destination.filter(|arn| !arn.is_empty()) {
        sources.push((access_log(arn, local), None));
    }
    for (n, (arn, behind)) in functions(snapshot, stage).into_iter().take(MOST_FUNCTIONS).enumerate() {
        let Ok(n) = SourceId::try_from(n) else { break };
        let elsewhere = arn.split(':').nth(3).filter(|region| *region != of.scope.region).map(|region| Problem {
            code: Code::NotFound.as_str().to_owned(),
            message: format!("This function is in {region}: its log is there."),
            hint: Some(format!("Open {region} to read it.")),
            request_id: None,
        });
        let readable = elsewhere.is_none();
        let source = Source {
            id: FIRST_FUNCTION + n,
            kind: if behind.routes.is_empty() { SourceKind::Authorizer } else { SourceKind::Function },
            log_group: default_group(&arn),
            of: behind.routes.into_iter().chain(behind.authorizers).collect(),
            on: local && readable,
            live: local && readable,
            cost: match (readable, local) {
                (false, _) => UNREADABLE,
                (true, true) => FREE,
                (true, false) => FUNCTION,
            }
            .to_owned(),
            problem: elsewhere,
            ..Source::default()
        };
        sources.push((source, readable.then_some(arn)));
    }
    sources
}

fn access_log(arn: &str, local: bool) -> Source {
    let group = arn.split_once(":log-group:").map(|(_, name)| name.trim_end_matches(":*").to_owned());
    let source = Source { id: ACCESS, kind: SourceKind::Access, ..Source::default() };
    match group {
        Some(log_group) => {
            let cost = if local { FREE } else { POLLED }.to_owned();
            Source { log_group, on: true, live: local, cost, ..source }
        }
        None => {
            let name = arn.rsplit(['/', ':']).next().unwrap_or(arn);
            let problem = Problem {
                code: Code::Refused.as_str().to_owned(),
                message: format!("The access log goes to the Firehose stream {name}: it is not readable here."),
                hint: Some("Let the stage write its access log to a log group to read it here.".to_owned()),
                request_id: None,
            };
            Source { log_group: arn.to_owned(), cost: UNREADABLE.to_owned(), problem: Some(problem), ..source }
        }
    }
}

/// What a function is behind.
#[derive(Default)]
struct Behind {
    routes: Vec<String>,
    authorizers: Vec<String>,
}

/// The functions of a stage by their ARN without alias; a stage variable in the name stands for the stage's value.
fn functions(snapshot: &Snapshot, stage: Option<&Stage>) -> BTreeMap<String, Behind> {
    let mut found: BTreeMap<String, Behind> = BTreeMap::new();
    let mut routes: Vec<_> = snapshot.routes.iter().collect();
    routes.sort_by(|a, b| a.route_key.cmp(&b.route_key));
    for route in routes {
        let integration = snapshot.integration_of(&route.route_key);
        if let Some(arn) = integration.and_then(|i| i.integration_uri.as_deref()).and_then(|uri| filled(uri, stage)) {
            found.entry(arn).or_default().routes.push(route.route_key.clone());
        }
        let authorizer =
            route.authorizer_id.as_ref().and_then(|id| snapshot.authorizers.iter().find(|a| &a.authorizer_id == id));
        if let Some(authorizer) = authorizer
            && let Some(arn) = authorizer.authorizer_uri.as_deref().and_then(|uri| filled(uri, stage))
        {
            let behind = found.entry(arn).or_default();
            if !behind.authorizers.contains(&authorizer.name) {
                behind.authorizers.push(authorizer.name.clone());
            }
        }
    }
    found
}

/// The function of an invocation URI, its stage variables filled in.
fn filled(uri: &str, stage: Option<&Stage>) -> Option<String> {
    let mut arn = function_arn(uri)?.to_owned();
    for (name, value) in stage.map(|s| &s.stage_variables).into_iter().flatten() {
        arn = arn.replace(&format!("${{stageVariables.{name}}}"), value);
    }
    if arn.contains("${") {
        return None;
    }
    let end = arn.match_indices(':').nth(6).map_or(arn.len(), |(at, _)| at);
    arn.truncate(end);
    (arn.split(':').nth(5) == Some("function")).then_some(arn)
}

/// Where Lambda writes unless the function's configuration says otherwise.
fn default_group(arn: &str) -> String {
    format!("/aws/lambda/{}", arn.rsplit(':').next().unwrap_or(arn))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use gatescope_model::api::{AccessLogSettings, Authorizer, Integration, Route};

    use super::*;

    fn uri(function: &str) -> Option<String> {
        Some(format!(
            "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:{function}/invocations"
        ))
    }

    fn api() -> (OfStage, Snapshot) {
        let scope = Scope { account: "profile:x".to_owned(), region: "us-east-1".to_owned() };
        let of = OfStage { scope, api_id: "abc".to_owned(), stage: "prod".to_owned() };
        let integration = |id: &str, function: &str| Integration {
            integration_id: id.to_owned(),
            integration_type: "AWS_PROXY".to_owned(),
            integration_uri: uri(function),
            ..Integration::default()
        };
        let route = |key: &str, integration: &str, authorizer: Option<&str>| Route {
            route_key: key.to_owned(),
            target: Some(format!("integrations/{integration}")),
            authorizer_id: authorizer.map(str::to_owned),
            ..Route::default()
        };
        let snapshot = Snapshot {
            integrations: vec![
                integration("i1", "chat:${stageVariables.alias}"),
                integration("i2", "missing:${stageVariables.x}"),
            ],
            routes: vec![
                route("sendmessage", "i1", None),
                route("$connect", "i1", Some("a1")),
                route("other", "i2", None),
            ],
            authorizers: vec![
                Authorizer {
                    authorizer_id: "a1".to_owned(),
                    name: "tokens".to_owned(),
                    authorizer_uri: uri("allow"),
                    ..Authorizer::default()
                },
                Authorizer {
                    authorizer_id: "a2".to_owned(),
                    name: "unused".to_owned(),
                    authorizer_uri: uri("nobody"),
                    ..Authorizer::default()
                },
            ],
            stages: vec![Stage {
                stage_name: "prod".to_owned(),
                stage_variables: [("alias".to_owned(), "live".to_owned())].into(),
                access_log_settings: Some(AccessLogSettings {
                    destination_arn: Some("arn:aws:logs:us-east-1:123456789012:log-group:chat-access".to_owned()),
                    ..AccessLogSettings::default()
                }),
                ..Stage::default()
            }],
            ..Snapshot::default()
        };
        (of, snapshot)
    }

    #[test]
    fn a_stage_has_its_two_logs_and_those_of_the_functions_behind_it() {
        let (of, snapshot) = api();
        let rows: Vec<_> = of_stage(&of, &snapshot, false)
            .into_iter()
            .map(|(s, _)| (s.id, s.kind, s.log_group, s.of.join(" "), s.on, s.live))
            .collect();
        assert_eq!(
            rows,
            [
                (0, SourceKind::Execution, "/aws/apigateway/abc/prod".to_owned(), String::new(), true, false),
                (1, SourceKind::Access, "chat-access".to_owned(), String::new(), true, false),
                (2, SourceKind::Authorizer, "/aws/lambda/allow".to_owned(), "tokens".to_owned(), false, false),
                (
                    3,
                    SourceKind::Function,
                    "/aws/lambda/chat".to_owned(),
                    "$connect sendmessage".to_owned(),
                    false,
                    false
                ),
            ]
        );
        assert!(of_stage(&of, &snapshot, true).iter().all(|(s, _)| s.on && s.live && s.cost == FREE));
    }

    #[test]
    fn an_access_log_that_goes_to_firehose_is_listed_and_said_to_be_unreadable() {
        let (of, mut snapshot) = api();
        let arn = "arn:aws:firehose:us-east-1:123456789012:deliverystream/amazon-apigateway-chat";
        snapshot.stages[0].access_log_settings.as_mut().unwrap().destination_arn = Some(arn.to_owned());
        let (source, _) = of_stage(&of, &snapshot, true).swap_remove(1);
        assert!(!source.on && source.problem.unwrap().message.contains("Firehose stream amazon-apigateway-chat"));
    }

    #[test]
    fn a_function_of_another_region_is_listed_and_told_where_its_log_is() {
        let (mut of, snapshot) = api();
        of.scope.region = "eu-west-1".to_owned();
        let (source, function) = of_stage(&of, &snapshot, true).pop().unwrap();
        assert!(!source.on && function.is_none() && source.problem.unwrap().message.contains("us-east-1"));
    }
}
