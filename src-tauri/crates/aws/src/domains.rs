//! One custom domain with what it leads to, and an API as far as a domain's wizard has to know it.
//!
//! Read from the answers as they came, like everything of API Gateway. What V2 will not show is read from V1. The list of
//! all domains is in [`crate::surroundings`].

use std::collections::BTreeMap;

use futures_util::{StreamExt, TryStreamExt, stream};
use gatescope_model::api::{Api, Stage};
use gatescope_model::domain::{ApiHere, DomainHere, MappingHere};
use gatescope_model::surroundings::Mapping;
use serde_json::Value;

use crate::certificates::OURS;
use crate::gateway::{ask, pages};
use crate::{Access, Error, Kind, wire};

impl Access {
    /// An API with its stages; `None` when there is none of this id.
    ///
    /// # Errors
    /// Whatever AWS says.
    pub async fn api_here(&self, api_id: &str) -> Result<Option<ApiHere>, Error> {
        let gateway = &self.inner.gateway;
        let (api, stages) = tokio::join!(
            async { wire::noun::<Api>(ask!(self, "GetApi", gateway.get_api().api_id(api_id)).1, "GetApi") },
            async { Ok::<Vec<Stage>, Error>(pages!(self, "GetStages", gateway.get_stages().api_id(api_id))) },
        );
        let api = match api {
            Ok(api) => api,
            Err(e) if e.kind == Kind::NotFound => return Ok(None),
            Err(e) => return Err(e),
        };
        let stages = match stages {
            Ok(stages) => stages,
            // Deleted between the two answers.
            Err(e) if e.kind == Kind::NotFound => return Ok(None),
            Err(e) => return Err(e),
        };
        let deployed = |stage: &Stage| stage.deployment_id.as_ref().is_some_and(|id| !id.is_empty());
        Ok(Some(ApiHere {
            name: api.name,
            protocol: api.protocol_type,
            ip_address_type: api.ip_address_type.unwrap_or_else(|| "ipv4".to_owned()),
            endpoint_disabled: api.disable_execute_api_endpoint,
            endpoint: api.api_endpoint,
            stages: stages.into_iter().map(|stage| (stage.stage_name.clone(), deployed(&stage))).collect(),
        }))
    }

    /// The account's custom domain of this name, with its mappings; `None` when there is none.
    ///
    /// # Errors
    /// Whatever AWS says.
    pub async fn domain_here(&self, name: &str) -> Result<Option<DomainHere>, Error> {
        let request = self.inner.gateway.get_domain_name().domain_name(name);
        let read = async { Ok(ask!(self, "GetDomainName", request).1) };
        let mut domain = match read.await {
            Ok(said) => v2(&said),
            Err(e) if is_unknown(&e) => return Ok(None),
            // EDGE ones and those that take TLS 1.0: what V2 will not show (facts 2 section 6), V1 does.
            Err(e) if e.kind == Kind::Refused && e.message.starts_with("Only REGIONAL domain names") => {
                return self.old_domain(name).await;
            }
            Err(e) => return Err(e),
        };
        let mappings: Vec<Mapping> = {
            let request = || self.inner.gateway.get_api_mappings().domain_name(name);
            match async { Ok::<_, Error>(pages!(self, "GetApiMappings", request())) }.await {
                Ok(mappings) => mappings,
                Err(e) if is_unknown(&e) => return Ok(None),
                Err(e) => return Err(e),
            }
        };
        let mut apis: Vec<&str> = mappings.iter().map(|mapping| mapping.api_id.as_str()).collect();
        apis.sort_unstable();
        apis.dedup();
        let asked = apis.into_iter().map(async |api| Ok::<_, Error>((api.to_owned(), self.protocol(api).await?)));
        let protocols: BTreeMap<String, String> =
            stream::iter(asked.collect::<Vec<_>>()).buffered(self.inner.at_once).try_collect().await?;
        domain.mappings = mappings
            .into_iter()
            .map(|mapping| MappingHere {
                protocol: protocols.get(&mapping.api_id).cloned().unwrap_or_default(),
                id: mapping.api_mapping_id,
                key: mapping.api_mapping_key,
                api_id: mapping.api_id,
                stage: mapping.stage,
            })
            .collect();
        domain.mappings.sort_by(|a, b| (&a.key, &a.id).cmp(&(&b.key, &b.id)));
        Ok(Some(domain))
    }

    /// `WEBSOCKET`, `HTTP` or `REST`; empty when there is no such API any more, or it may not be read.
    async fn protocol(&self, api_id: &str) -> Result<String, Error> {
        match self.inner.gateway.get_api().api_id(api_id).send().await.map_err(|e| self.failed(e)) {
            Ok(said) => return Ok(said.protocol_type.map(|p| p.as_str().to_owned()).unwrap_or_default()),
            Err(e) if e.kind == Kind::Denied => return Ok(String::new()),
            Err(e) if e.kind == Kind::NotFound => {}
            Err(e) => return Err(e),
        }
        match self.inner.gateway_v1.get_rest_api().rest_api_id(api_id).send().await.map_err(|e| self.failed(e)) {
            Ok(_) => Ok("REST".to_owned()),
            // A server without REST APIs refuses to be asked.
            Err(e) if matches!(e.kind, Kind::NotFound | Kind::Denied | Kind::Refused) => Ok(String::new()),
            Err(e) => Err(e),
        }
    }

    /// Without mappings: there is no way to a WebSocket API from it.
    async fn old_domain(&self, name: &str) -> Result<Option<DomainHere>, Error> {
        let request = self.inner.gateway_v1.get_domain_name().domain_name(name);
        match async { Ok(ask!(self, "GetDomainName", request).1) }.await {
            Ok(said) => Ok(Some(v1(&said))),
            Err(e) if is_unknown(&e) => Ok(None),
            Err(e) => Err(e),
        }
    }
}

fn is_unknown(error: &Error) -> bool {
    error.kind == Kind::NotFound
}

fn text(value: &Value, member: &str) -> String {
    value[member].as_str().unwrap_or_default().to_owned()
}

fn is_ours(said: &Value) -> bool {
    said["tags"][OURS.0] == OURS.1
}

fn v2(said: &Value) -> DomainHere {
    let own = &said["domainNameConfigurations"][0];
    DomainHere {
        target: text(own, "apiGatewayDomainName"),
        hosted_zone_id: text(own, "hostedZoneId"),
        status: text(own, "domainNameStatus"),
        status_message: text(own, "domainNameStatusMessage"),
        endpoint_type: text(own, "endpointType"),
        security_policy: text(own, "securityPolicy"),
        ip_address_type: text(own, "ipAddressType"),
        routing_mode: text(said, "routingMode"),
        certificate_arn: text(own, "certificateArn"),
        mappings: Vec::new(),
        ours: is_ours(said),
    }
}

fn v1(said: &Value) -> DomainHere {
    let first = |members: [&str; 2]| {
        let found = members.into_iter().map(|member| text(said, member)).find(|value| !value.is_empty());
        found.unwrap_or_default()
    };
    let configuration = &said["endpointConfiguration"];
    DomainHere {
        target: first(["regionalDomainName", "distributionDomainName"]),
        hosted_zone_id: first(["regionalHostedZoneId", "distributionHostedZoneId"]),
        status: text(said, "domainNameStatus"),
        status_message: text(said, "domainNameStatusMessage"),
        endpoint_type: configuration["types"][0].as_str().unwrap_or_default().to_owned(),
        security_policy: text(said, "securityPolicy"),
        ip_address_type: text(configuration, "ipAddressType"),
        routing_mode: text(said, "routingMode"),
        certificate_arn: first(["regionalCertificateArn", "certificateArn"]),
        mappings: Vec::new(),
        ours: is_ours(said),
    }
}
