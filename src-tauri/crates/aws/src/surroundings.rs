//! Reading what an account has around an API: keys and plans, VPC links, client certificates, log groups, custom domains,
//! and who may invoke the functions.
//!
//! A list that the caller may not read, or that the server does not have, is told as unread, and the rest is read. A key's
//! value is asked for by itself and kept nowhere.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt, TryStreamExt, stream};
use gatescope_model::api::Snapshot;
use gatescope_model::surroundings::{
    ApiKey, ClientCertificate, CustomDomain, LogGroup, Mapping, Permission, PlanKey, Surroundings, UsagePlan, VpcLink,
};
use serde_json::Value;

use crate::gateway::ask;
use crate::wire::Unread;
use crate::{Access, Error, Kind, wire};

/// Who the gateway is to Lambda.
const GATEWAY: &str = "apigateway.amazonaws.com";

/// Reads every page of a list of API Gateway V1.
macro_rules! pages {
    ($access:expr, $operation:literal, $request:expr) => {{
        let mut items = Vec::new();
        let mut position: Option<String> = None;
        loop {
            let (page, mut answer) = ask!($access, $operation, $request.limit(500).set_position(position));
            wire::iso_dates(&mut answer);
            items.extend(wire::nouns(answer, "item", $operation)?);
            position = page.position.filter(|p| !p.is_empty());
            if position.is_none() {
                break items;
            }
        }
    }};
}

/// How much of a usage plan was used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// `2026-11-01` …
    pub days: Vec<String>,
    /// By key: for each day how many requests were used, and how many were left; -1: any number.
    pub keys: BTreeMap<String, Vec<(i64, i64)>>,
}

impl Access {
    /// What the account has around an API. Of the snapshot only its integrations, authorizers and stages are needed.
    ///
    /// # Errors
    /// What keeps everything from being read: credentials, network, throttling.
    pub async fn surroundings(&self, of: &Snapshot) -> Result<Surroundings, Error> {
        let (api_keys, plans, vpc_links, certificates, log_groups, permissions, domains) = tokio::join!(
            self.api_keys(),
            self.usage_plans(),
            self.vpc_links(),
            self.client_certificates(),
            self.log_groups(of),
            self.permissions(of),
            self.domains(),
        );
        let mut unread = Unread::default();
        let mut around = Surroundings {
            api_keys: unread.or_none("apiKeys", "apigateway:GET on /apikeys", api_keys)?,
            usage_plans: unread.or_none("usagePlans", "apigateway:GET on /usageplans", plans)?,
            vpc_links: unread.or_none("vpcLinks", "apigateway:GET on /vpclinks", vpc_links)?,
            client_certificates: unread.or_none(
                "clientCertificates",
                "apigateway:GET on /clientcertificates",
                certificates,
            )?,
            log_groups: unread.or_none("logGroups", "logs:DescribeLogGroups", log_groups)?,
            domains: unread.or_none("domains", "apigateway:GET on /domainnames", domains)?,
            ..Surroundings::default()
        };
        for (function, found) in permissions {
            let needs = format!("lambda:GetPolicy on {function}");
            around.permissions.extend(unread.or_none("permissions", &needs, found)?);
        }
        // What could not be read of the API itself names nothing around it.
        for (list, names) in [("integrations", "permissions"), ("authorizers", "permissions"), ("stages", "logGroups")]
        {
            if let Some(words) = of.unread.get(list) {
                unread.0.entry(names.to_owned()).or_insert_with(|| words.clone());
            }
        }
        around.unread = unread.0;
        around.api_keys.sort_by(|a, b| a.id.cmp(&b.id));
        around.usage_plans.sort_by(|a, b| a.id.cmp(&b.id));
        around.vpc_links.sort_by(|a, b| a.id.cmp(&b.id));
        around.client_certificates.sort_by(|a, b| a.client_certificate_id.cmp(&b.client_certificate_id));
        Ok(around)
    }

    /// A key's value: a secret, for whoever asked to see it.
    ///
    /// # Errors
    /// Whatever AWS says.
    pub async fn api_key_value(&self, id: &str) -> Result<String, Error> {
        let request = self.inner.gateway_v1.get_api_key().api_key(id).include_value(true);
        let said = request.send().await.map_err(|e| self.failed(e))?;
        said.value.ok_or_else(|| Error::new(Kind::Failed, "AWS sent no value for this key"))
    }

    /// How much of a plan was used between two days, both included.
    ///
    /// # Errors
    /// Whatever AWS says.
    pub async fn usage(&self, plan: &str, from: &str, to: &str) -> Result<Usage, Error> {
        let mut usage = Usage { days: days(from, to), ..Usage::default() };
        let mut position: Option<String> = None;
        loop {
            let request = self.inner.gateway_v1.get_usage().usage_plan_id(plan).start_date(from).end_date(to);
            let (page, mut answer) = ask!(self, "GetUsage", request.limit(500).set_position(position));
            let values = answer.get_mut("values").map(Value::take).unwrap_or_else(|| Value::Object(Default::default()));
            let days: BTreeMap<String, Vec<(i64, i64)>> = wire::noun(values, "GetUsage")?;
            usage.keys.extend(days.into_iter().map(|(key, days)| (key, days.into_iter().map(endless).collect())));
            position = page.position.filter(|p| !p.is_empty());
            if position.is_none() {
                return Ok(usage);
            }
        }
    }

    async fn api_keys(&self) -> Result<Vec<ApiKey>, Error> {
        let request = || self.inner.gateway_v1.get_api_keys().include_values(false);
        let mut keys: Vec<ApiKey> = pages!(self, "GetApiKeys", request());
        // Whatever a server sends: values are not for here.
        keys.iter_mut().for_each(|key| drop(key.other.shift_remove("value")));
        Ok(keys)
    }

    async fn usage_plans(&self) -> Result<Vec<UsagePlan>, Error> {
        let plans: Vec<UsagePlan> = pages!(self, "GetUsagePlans", self.inner.gateway_v1.get_usage_plans());
        let with_keys = plans.into_iter().map(|mut plan| async {
            let request = || self.inner.gateway_v1.get_usage_plan_keys().usage_plan_id(&plan.id);
            let mut keys: Vec<PlanKey> = pages!(self, "GetUsagePlanKeys", request());
            keys.sort_by(|a, b| a.id.cmp(&b.id));
            plan.keys = keys;
            Ok(plan)
        });
        stream::iter(with_keys.collect::<Vec<_>>()).buffered(self.inner.at_once).try_collect().await
    }

    async fn vpc_links(&self) -> Result<Vec<VpcLink>, Error> {
        Ok(pages!(self, "GetVpcLinks", self.inner.gateway_v1.get_vpc_links()))
    }

    async fn client_certificates(&self) -> Result<Vec<ClientCertificate>, Error> {
        Ok(pages!(self, "GetClientCertificates", self.inner.gateway_v1.get_client_certificates()))
    }

    /// The names of all custom domains of the region, of whatever kind.
    ///
    /// # Errors
    /// Whatever AWS says.
    pub async fn domain_names(&self) -> Result<Vec<String>, Error> {
        let listed = self.listed_domains().await?;
        let names = listed.iter().filter_map(|said| said["domainName"].as_str());
        let mut names: Vec<String> = names.map(str::to_owned).collect();
        names.sort();
        Ok(names)
    }

    async fn listed_domains(&self) -> Result<Vec<Value>, Error> {
        let mut listed = Vec::new();
        let mut token: Option<String> = None;
        loop {
            let request = self.inner.gateway.get_domain_names().max_results("500").set_next_token(token);
            let (page, mut answer) = ask!(self, "GetDomainNames", request);
            if let Some(Value::Array(items)) = answer.get_mut("items").map(Value::take) {
                listed.extend(items);
            }
            token = page.next_token.filter(|t| !t.is_empty());
            if token.is_none() {
                return Ok(listed);
            }
        }
    }

    /// The regional custom domains, which alone serve WebSocket APIs (facts 6.1), with their mappings: one call a domain.
    ///
    /// # Errors
    /// Whatever AWS says.
    pub async fn domains(&self) -> Result<Vec<CustomDomain>, Error> {
        let mut domains: Vec<CustomDomain> = self.listed_domains().await?.iter().filter_map(regional).collect();
        domains.sort_by(|a, b| a.domain_name.cmp(&b.domain_name));
        let with_mappings = domains.into_iter().map(|mut domain| async {
            match self.mappings_of(&domain.domain_name).await {
                Ok(mappings) => domain.mappings = mappings,
                // Of those that take TLS 1.0, V2 tells no mappings (facts 2 section 6): none leads to a WebSocket API.
                Err(e) if e.kind == Kind::Refused && domain.security_policy == "TLS_1_0" => {}
                // Deleted between the two answers.
                Err(e) if e.kind == Kind::NotFound => return Ok(None),
                Err(e) => return Err(e),
            }
            Ok(Some(domain))
        });
        let read = stream::iter(with_mappings.collect::<Vec<_>>()).buffered(self.inner.at_once);
        Ok(read.try_collect::<Vec<_>>().await?.into_iter().flatten().collect())
    }

    async fn mappings_of(&self, domain: &str) -> Result<Vec<Mapping>, Error> {
        let mut mappings: Vec<Mapping> = Vec::new();
        let mut token: Option<String> = None;
        loop {
            let request = self.inner.gateway.get_api_mappings().domain_name(domain);
            let request = request.max_results("500").set_next_token(token);
            let (page, answer) = ask!(self, "GetApiMappings", request);
            mappings.extend(wire::nouns::<Mapping>(answer, "items", "GetApiMappings")?);
            token = page.next_token.filter(|t| !t.is_empty());
            if token.is_none() {
                break;
            }
        }
        mappings.sort_by(|a, b| a.api_mapping_id.cmp(&b.api_mapping_id));
        Ok(mappings)
    }

    /// Execution logs are asked for by the API's prefix at once, each access log's group by its name.
    async fn log_groups(&self, of: &Snapshot) -> Result<Vec<LogGroup>, Error> {
        let own = format!("/aws/apigateway/{}/", of.api.api_id);
        let mut wanted: BTreeSet<String> = of.stages.iter().map(|s| format!("{own}{}", s.stage_name)).collect();
        let access_logs = of.stages.iter().filter_map(|s| s.access_log_settings.as_ref()?.destination_arn.as_deref());
        wanted.extend(access_logs.filter_map(|arn| {
            let (_, group) = arn.split_once(":log-group:")?;
            Some(group.trim_end_matches(":*").to_owned())
        }));
        let mut prefixes: Vec<&str> = wanted.iter().map(String::as_str).filter(|n| !n.starts_with(&own)).collect();
        if !of.stages.is_empty() {
            prefixes.push(&own);
        }
        let mut found: BTreeMap<String, LogGroup> = BTreeMap::new();
        for prefix in prefixes {
            let mut token = None;
            loop {
                let request = self.inner.logs.describe_log_groups().log_group_name_prefix(prefix);
                let (page, answer) = ask!(self, "DescribeLogGroups", request.set_next_token(token));
                let groups: Vec<LogGroup> = wire::nouns(answer, "logGroups", "DescribeLogGroups")?;
                let ours = groups.into_iter().filter(|g| wanted.contains(&g.log_group_name));
                found.extend(ours.map(|group| (group.log_group_name.clone(), group)));
                token = page.next_token.filter(|t| !t.is_empty());
                if token.is_none() {
                    break;
                }
            }
        }
        Ok(found.into_values().collect())
    }

    /// By function: of some the policy may be another account's secret. Of the snapshot only its integrations, authorizers
    /// and stages are needed.
    pub async fn permissions(&self, of: &Snapshot) -> Vec<(String, Result<Vec<Permission>, Error>)> {
        let asked = functions(of, self.region()).into_iter().map(|function| async {
            let found = self.permissions_of(&function).await;
            (function, found)
        });
        stream::iter(asked.collect::<Vec<_>>()).buffered(self.inner.at_once).collect().await
    }

    /// Statements by which one function, or one of its aliases, lets the gateway in.
    async fn permissions_of(&self, function: &str) -> Result<Vec<Permission>, Error> {
        let (name, qualifier) = qualified(function);
        let request = self.inner.lambda.get_policy().function_name(name).set_qualifier(qualifier.map(str::to_owned));
        let policy = match request.send().await.map_err(|e| self.failed(e)) {
            Ok(said) => said.policy.unwrap_or_default(),
            // No function, or one without a policy: nobody may invoke it.
            Err(e) if e.kind == Kind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(e),
        };
        let mut permissions = statements(function, &policy);
        permissions.sort_by(|a, b| a.statement_id.cmp(&b.statement_id));
        Ok(permissions)
    }
}

/// A domain as `GetDomainNames` says it; `None` for one at the edge, which serves REST APIs only.
fn regional(said: &Value) -> Option<CustomDomain> {
    let configurations = said["domainNameConfigurations"].as_array()?;
    let own = configurations.iter().find(|c| c["endpointType"] == "REGIONAL")?;
    let text = |member: &str| own[member].as_str().unwrap_or_default().to_owned();
    Some(CustomDomain {
        domain_name: said["domainName"].as_str()?.to_owned(),
        target: text("apiGatewayDomainName"),
        hosted_zone_id: text("hostedZoneId"),
        status: text("domainNameStatus"),
        certificate_arn: own["certificateArn"].as_str().map(str::to_owned),
        security_policy: text("securityPolicy"),
        routing_mode: said["routingMode"].as_str().map(str::to_owned),
        mappings: Vec::new(),
    })
}

/// The functions that integrations and authorizers name in this region, with their qualifiers, once each. A stage variable
/// in the name stands for each stage's value.
fn functions(of: &Snapshot, region: &str) -> BTreeSet<String> {
    let integrations = of.integrations.iter().filter_map(|i| i.integration_uri.as_deref());
    let uris = integrations.chain(of.authorizers.iter().filter_map(|a| a.authorizer_uri.as_deref()));
    let mut found = BTreeSet::new();
    for uri in uris {
        let Some((_, rest)) = uri.split_once("/functions/") else { continue };
        let arn = rest.trim_end_matches("/invocations");
        if !arn.contains("${stageVariables.") {
            found.insert(arn.to_owned());
            continue;
        }
        for stage in &of.stages {
            let mut filled = arn.to_owned();
            for (name, value) in &stage.stage_variables {
                filled = filled.replace(&format!("${{stageVariables.{name}}}"), value);
            }
            found.insert(filled);
        }
    }
    found.retain(|arn| arn.contains(&format!(":lambda:{region}:")) && !arn.contains("${"));
    found
}

/// `arn:aws:lambda:{region}:{account}:function:{name}` and what may stand after it.
fn qualified(arn: &str) -> (&str, Option<&str>) {
    match arn.match_indices(':').nth(6) {
        Some((at, _)) => (&arn[..at], Some(&arn[at + 1..])),
        None => (arn, None),
    }
}

fn statements(function: &str, policy: &str) -> Vec<Permission> {
    let policy: Value = serde_json::from_str(policy).unwrap_or_default();
    let is_gateway = |principal: &Value| match principal {
        Value::String(name) => name == GATEWAY,
        Value::Array(names) => names.iter().any(|n| n == GATEWAY),
        _ => false,
    };
    let all = policy["Statement"].as_array().into_iter().flatten();
    let ours = all.filter(|s| s["Effect"] == "Allow" && is_gateway(&s["Principal"]["Service"]));
    ours.map(|s| Permission {
        function_arn: function.to_owned(),
        statement_id: s["Sid"].as_str().unwrap_or_default().to_owned(),
        source_arn: source(&s["Condition"]),
    })
    .collect()
}

/// The source under whichever operator and in whichever case it stands.
fn source(condition: &Value) -> Option<String> {
    let operators = condition.as_object()?.values().filter_map(Value::as_object);
    let keys = operators.flatten().find(|(key, _)| key.eq_ignore_ascii_case("aws:SourceArn"));
    keys.and_then(|(_, value)| value.as_str().map(str::to_owned))
}

/// Without a quota there is no number of requests that could be left (that AWS says so with a huge one is assumed).
fn endless((used, left): (i64, i64)) -> (i64, i64) {
    (used, if left > 1 << 52 { -1 } else { left })
}

/// Every day from one to another, both included; none when they are no days, or too many.
fn days(from: &str, to: &str) -> Vec<String> {
    use aws_smithy_types::DateTime;
    use aws_smithy_types::date_time::Format;
    let second = |day: &str| DateTime::from_str(&format!("{day}T00:00:00Z"), Format::DateTime).map(|at| at.secs()).ok();
    let (Some(from), Some(to)) = (second(from), second(to)) else { return Vec::new() };
    let day = |at: i64| Some(DateTime::from_secs(at).fmt(Format::DateTime).ok()?.split('T').next()?.to_owned());
    (from..=to).step_by(86_400).take(366).filter_map(day).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use gatescope_model::api::{Integration, Stage};
    use serde_json::json;

    use super::*;

    const ARN: &str = "arn:aws:lambda:eu-west-1:123456789012:function:chat";

    #[test]
    fn functions_are_named_once_with_their_alias_and_through_every_stages_variables() {
        let uri = |function: &str| Integration {
            integration_uri: Some(format!(
                "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/{function}/invocations"
            )),
            ..Integration::default()
        };
        let stage = |alias: &str| Stage {
            stage_variables: [("alias".to_owned(), alias.to_owned())].into(),
            ..Stage::default()
        };
        let elsewhere = ARN.replace("eu-west-1", "us-east-1");
        let of = Snapshot {
            integrations: vec![
                uri(ARN),
                uri(ARN),
                uri(&format!("{ARN}:${{stageVariables.alias}}")),
                uri(&elsewhere),
                uri(&format!("{ARN}:${{stageVariables.missing}}")),
            ],
            stages: vec![stage("live"), stage("test")],
            ..Snapshot::default()
        };
        let expected = [ARN.to_owned(), format!("{ARN}:live"), format!("{ARN}:test")];
        assert_eq!(functions(&of, "eu-west-1"), expected.into());
        assert_eq!(qualified(&format!("{ARN}:live")), (ARN, Some("live")));
        assert_eq!(qualified(ARN), (ARN, None));
    }

    #[test]
    fn only_what_lets_the_gateway_in_is_a_permission() {
        let statement = |sid: &str, effect: &str, service: &str, condition: Value| {
            json!({"Sid": sid, "Effect": effect, "Principal": {"Service": service}, "Action": "lambda:InvokeFunction",
                "Resource": ARN, "Condition": condition})
        };
        let source = "arn:aws:execute-api:eu-west-1:123456789012:abc/*/$connect";
        let policy = json!({"Version": "2012-10-17", "Statement": [
            statement("ours", "Allow", GATEWAY, json!({"ArnLike": {"AWS:SourceArn": source}})),
            statement("any", "Allow", GATEWAY, json!({})),
            statement("denied", "Deny", GATEWAY, json!({})),
            statement("queue", "Allow", "sqs.amazonaws.com", json!({})),
            {"Sid": "account", "Effect": "Allow", "Principal": {"AWS": "123456789012"}},
        ]});
        let found = statements(ARN, &policy.to_string());
        let rows: Vec<_> = found.iter().map(|p| (p.statement_id.as_str(), p.source_arn.as_deref())).collect();
        assert_eq!(rows, [("ours", Some(source)), ("any", None)]);
        assert!(statements(ARN, "no policy").is_empty());
    }

    #[test]
    fn days_go_over_the_end_of_a_month() {
        assert_eq!(days("2028-02-28", "2028-03-01"), ["2028-02-28", "2028-02-29", "2028-03-01"]);
        assert!(days("2028-03-01", "2028-02-28").is_empty() && days("x", "y").is_empty());
    }
}
