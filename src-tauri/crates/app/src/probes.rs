//! Asking the world about a failure, because a person allowed it: names, policies of functions, what roles may do.
//!
//! Each question is one or two reading calls, asked only where the row's route needs the answer. What could not be asked is
//! an answer too, with its reason. Certificates and load balancers' targets are not asked about; a VPC link's status is part
//! of the surroundings. Where to look next: `model::probe` (the shapes), `session/pairs.rs` (the verdict, made again).

use gatescope_aws::{Access, Error as AwsError};
use gatescope_model::api::{Integration, Snapshot};
use gatescope_model::permission::partition;
use gatescope_model::probe::Probe;
use gatescope_socket::Network;

use crate::App;
use crate::calls::*;
use crate::error::Error;

impl App {
    pub(crate) async fn probe_row(&self, ask: ProbeRow) -> Result<Probed, Error> {
        let (of, route_key) = self.probed_row(&ask).await?;
        let row = OfRow { session: ask.session.clone(), row: ask.row };
        let handshake = self.read_row(row).await?.handshake;
        let access = self.access(&of.scope).await?;
        let mut probes = Vec::new();
        if let Some(url) = handshake.as_ref().map(|h| h.url.as_str()) {
            probes.extend(name(&*self.network(&of.scope), url).await);
        }
        if let (Some(key), Ok(snapshot)) = (&route_key, access.snapshot(&of.api_id).await) {
            probes.extend(functions(&access, &snapshot, &of.stage, key).await);
            probes.extend(roles(&access, &snapshot, &of, key).await);
        }
        self.row_was_probed(&ask, probes.clone()).await?;
        Ok(Probed { probes })
    }
}

/// What the name of an address resolves to, through the same network as dialling.
async fn name(network: &dyn Network, url: &str) -> Option<Probe> {
    let uri: http::Uri = url.parse().ok()?;
    let host = uri.host()?.to_owned();
    let port = uri.port_u16().unwrap_or(if uri.scheme_str() == Some("ws") { 80 } else { 443 });
    let (addresses, error) = match network.resolve(&host, port).await {
        Ok(found) if found.is_empty() => (found, Some("there is no such name".to_owned())),
        Ok(found) => (found, None),
        Err(e) => (Vec::new(), Some(e.to_string())),
    };
    Some(Probe::Dns { host, aliases: Vec::new(), addresses, error })
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
    if snapshot.route(key).is_some_and(|r| r.authorization_type == "AWS_IAM")
        && let Ok(caller) = access.caller().await
    {
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
