//! Asking the world about a failure, because a person allowed it: names, certificates, policies of functions, what roles may
//! do, and the targets behind a VPC link.
//!
//! Each question is one or a few reading calls, asked only where the row's route needs the answer. What could not be asked is
//! an answer too, with its reason: a question never fails. Where to look next: `model::probe` (the shapes, and each answer as a
//! sentence), `socket::probe` (TLS), `session/pairs.rs` (the verdict, made again).

use std::time::Duration;

use gatescope_aws::{Access, Error as AwsError};
use gatescope_model::api::{Integration, Snapshot};
use gatescope_model::diagnose::link_of;
use gatescope_model::handshake::{Handshake, Outcome, PhaseName};
use gatescope_model::permission::partition;
use gatescope_model::probe::Probe;
use gatescope_socket::{Look, Network, probe};

use crate::App;
use crate::calls::*;
use crate::error::Error;

/// How long a resolver may take; a system's own gives up after some tries of five seconds.
const DNS_PATIENCE: Duration = Duration::from_secs(10);

impl App {
    pub(crate) async fn probe_row(&self, ask: ProbeRow) -> Result<Probed, Error> {
        let (of, route_key) = self.probed_row(&ask).await?;
        let row = OfRow { session: ask.session.clone(), row: ask.row };
        let handshake = self.read_row(row).await?.handshake;
        let access = self.access(&of.scope).await?;
        let network = self.network(&of.scope);
        let address = async {
            match &handshake {
                Some(handshake) => address(&*network, handshake).await,
                None => Vec::new(),
            }
        };
        let behind = async {
            match &route_key {
                Some(key) if reached(handshake.as_ref()) => route(&access, &of, key).await,
                _ => Vec::new(),
            }
        };
        let (mut probes, more) = tokio::join!(address, behind);
        probes.extend(more);
        self.row_was_probed(&ask, probes.clone()).await?;
        Ok(Probed { probes })
    }
}

/// Whether somebody answered; what never got through DNS, TCP and TLS tells nothing of what is behind the route.
fn reached(handshake: Option<&Handshake>) -> bool {
    !matches!(
        handshake.map(|h| &h.outcome),
        Some(Outcome::Failed { phase: PhaseName::Dns | PhaseName::Tcp | PhaseName::Tls, .. })
    )
}

/// What the name of an address resolves to, through the same network as dialling, and who answers there where nobody did.
async fn address(network: &dyn Network, handshake: &Handshake) -> Vec<Probe> {
    let Ok(uri) = handshake.url.parse::<http::Uri>() else { return Vec::new() };
    let Some(host) = uri.host().map(|host| host.trim_matches(['[', ']']).to_owned()) else { return Vec::new() };
    let secure = uri.scheme_str() != Some("ws");
    let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
    let found = tokio::time::timeout(DNS_PATIENCE, network.resolve(&host, port)).await;
    let (addresses, error) = match found {
        Ok(Ok(found)) if found.is_empty() => (found, Some("there is no such name".to_owned())),
        Ok(Ok(found)) => (found, None),
        Ok(Err(e)) => (Vec::new(), Some(e.to_string())),
        Err(_) => (Vec::new(), Some(format!("no answer within {DNS_PATIENCE:?}"))),
    };
    let failed = matches!(handshake.outcome, Outcome::Failed { .. });
    let shook = match secure && failed && !addresses.is_empty() {
        true => Some(Probe::Tls(probe(network, &Look::at(host.clone(), port)).await)),
        false => None,
    };
    let mut probes = vec![Probe::Dns { host, aliases: Vec::new(), addresses, error }];
    probes.extend(shook);
    probes
}

/// What the route calls, and whether it may.
async fn route(access: &Access, of: &OfStage, key: &str) -> Vec<Probe> {
    let snapshot = match access.snapshot(&of.api_id).await {
        Ok(snapshot) => snapshot,
        Err(e) => return vec![unasked("what the route calls", e)],
    };
    let (mut probes, roles, targets) = tokio::join!(
        functions(access, &snapshot, &of.stage, key),
        roles(access, &snapshot, of, key),
        targets(access, &snapshot, &of.stage, key),
    );
    probes.extend(roles);
    probes.extend(targets);
    probes
}

fn unasked(what: &str, error: AwsError) -> Probe {
    Probe::Unasked { what: what.to_owned(), error: error.message }
}

/// The load balancers behind the integration's VPC link.
async fn targets(access: &Access, snapshot: &Snapshot, stage: &str, key: &str) -> Option<Probe> {
    let link = link_of(snapshot.integration_of(key)?, snapshot.stage(stage))?;
    Some(Probe::Targets(access.targets(&link).await))
}

/// `lambda:GetPolicy` of the functions behind the route: its integration's and its authorizer's.
async fn functions(access: &Access, snapshot: &Snapshot, stage: &str, key: &str) -> Vec<Probe> {
    let integrations = snapshot.integration_of(key).cloned().into_iter().collect();
    let authorizer = snapshot.route(key).and_then(|r| r.authorizer_id.clone());
    let authorizers = snapshot.authorizers.iter().filter(|a| Some(&a.authorizer_id) == authorizer.as_ref()).cloned();
    let stages = snapshot.stage(stage).cloned().into_iter().collect();
    let of = Snapshot {
        api: snapshot.api.clone(),
        integrations,
        authorizers: authorizers.collect(),
        stages,
        ..Snapshot::default()
    };
    let found = access.permissions(&of).await.into_iter();
    found
        .map(|(function_arn, said)| match said {
            Ok(statements) => Probe::Policy { function_arn, statements, error: None },
            Err(e) => Probe::Policy { function_arn, statements: Vec::new(), error: Some(e.message) },
        })
        .collect()
}

/// What IAM says of the role that the integration uses, and of who signs where `$connect` wants a signature.
async fn roles(access: &Access, snapshot: &Snapshot, of: &OfStage, key: &str) -> Vec<Probe> {
    let mut probes = Vec::new();
    let integration = snapshot.integration_of(key);
    let role = integration.and_then(|i| i.credentials_arn.as_deref()).filter(|arn| arn.contains(":role/"));
    if let (Some(role), Some(action)) = (role, integration.and_then(action)) {
        probes.push(simulated(access, role.to_owned(), &action, "*").await);
    }
    if snapshot.route(key).is_some_and(|r| r.authorization_type == "AWS_IAM") {
        let caller = match access.caller().await {
            Ok(caller) => caller,
            Err(e) => {
                probes.push(unasked("who signs (sts:GetCallerIdentity)", e));
                return probes;
            }
        };
        let region = access.region();
        let resource = format!(
            "arn:{}:execute-api:{region}:{}:{}/{}/{key}",
            partition(region),
            caller.account,
            of.api_id,
            of.stage
        );
        probes.push(simulated(access, entity(&caller.arn), "execute-api:Invoke", &resource).await);
    }
    probes
}

async fn simulated(access: &Access, principal: String, action: &str, resource: &str) -> Probe {
    let said = access.simulate(&principal, &[action], resource).await;
    let (decision, error) = match said.map(|s| s.into_iter().next()) {
        Ok(Some(said)) => (said.decision, None),
        Ok(None) => (String::new(), Some("IAM said nothing about it".to_owned())),
        Err(AwsError { message, .. }) => (String::new(), Some(message)),
    };
    Probe::Simulated { principal, action: action.to_owned(), resource: resource.to_owned(), decision, error }
}

/// `dynamodb:PutItem` of `arn:aws:apigateway:{region}:dynamodb:action/PutItem`; `lambda:InvokeFunction` of a function's URI.
fn action(integration: &Integration) -> Option<String> {
    let mut parts = integration.integration_uri.as_deref()?.splitn(6, ':');
    let (service, what) = (parts.nth(4)?, parts.next()?);
    match what.split_once('/')? {
        ("action", action) => Some(format!("{service}:{}", action.split('&').next()?)),
        ("path", rest) if service == "lambda" && rest.contains("/functions/") => {
            Some("lambda:InvokeFunction".to_owned())
        }
        _ => None,
    }
}

/// Whose policies count: of a session, its role (its path is not in the session's ARN).
fn entity(arn: &str) -> String {
    let Some((head, rest)) = arn.split_once(":assumed-role/") else { return arn.to_owned() };
    let name = rest.split('/').next().unwrap_or_default();
    format!("{}:role/{name}", head.replace(":sts:", ":iam:"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_integrations_uri_names_the_action_that_its_role_needs() {
        let of = |uri: &str| {
            action(&Integration { integration_uri: Some(uri.to_owned()), ..Integration::default() }).unwrap_or_default()
        };
        assert_eq!(of("arn:aws:apigateway:us-east-1:dynamodb:action/PutItem"), "dynamodb:PutItem");
        let function = "arn:aws:lambda:us-east-1:123456789012:function:chat";
        let uri = format!("arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{function}/invocations");
        assert_eq!(of(&uri), "lambda:InvokeFunction");
        assert_eq!(of("https://example.com/x"), "");
    }

    #[test]
    fn a_session_stands_for_its_role() {
        assert_eq!(entity("arn:aws:sts::123456789012:assumed-role/dev/ana"), "arn:aws:iam::123456789012:role/dev");
        assert_eq!(entity("arn:aws:iam::123456789012:user/ana"), "arn:aws:iam::123456789012:user/ana");
    }
}
