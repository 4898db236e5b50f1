//! What is read of the sandbox, which is AWS on the wire: through the production path, with whatever stands in the way.
#![allow(clippy::unwrap_used, clippy::panic)]

use gatescope_model::domain::{DnsHost, Goal, World};
use gatescope_model::plan::call;
use gatescope_sandbox::{DnsSaid, Options, Plant, Sandbox};
use serde_json::{Map, Value, json};

use super::*;
use crate::calls::Scope;
use crate::{App, SANDBOX};

fn object(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

pub(in crate::domains) const API: &str = "chat5gw1ws";
pub(in crate::domains) const NAME: &str = "chat.example.com";

/// The chat API of the sandbox, and a wizard for it.
pub(in crate::domains) struct Bench {
    pub sandbox: Sandbox,
    pub app: App,
    pub scope: Scope,
    pub goal: Goal,
}

impl Bench {
    pub fn new() -> Self {
        Self::with(Options::default())
    }

    pub fn with(options: Options) -> Self {
        let app = App::start(crate::Options { sandbox: options, ..crate::Options::default() }).unwrap();
        let sandbox = app.inner.sandbox.clone();
        let region = sandbox.options().region.clone();
        let goal = Goal {
            api_id: API.into(),
            stage: "prod".into(),
            domain_name: NAME.into(),
            key: "chat".into(),
            dns: DnsHost::Route53,
            ..Goal::default()
        };
        Self { sandbox, app, scope: Scope { account: SANDBOX.into(), region }, goal }
    }

    pub async fn access(&self) -> Access {
        self.app.access(&self.scope).await.unwrap()
    }

    /// Round by round: what one shows, the next asks about.
    pub async fn world(&self) -> World {
        let (access, network) = (self.access().await, self.app.network(&self.scope));
        let mut world = World { region: self.scope.region.clone(), ..World::default() };
        for _ in 0..6 {
            if wants(&self.goal, &world).is_empty() {
                break;
            }
            read(&access, &*network, &self.goal, &mut world).await;
        }
        world
    }

    pub async fn make(&self, service: &str, operation: &str, input: Value) -> String {
        let step = call(service, operation, String::new(), String::new(), object(input));
        self.access().await.carry_out(&step).await.unwrap().id.unwrap_or_default()
    }

    pub async fn zone(&self) -> String {
        self.access().await.hosted_zones().await.unwrap()[0].id.clone()
    }

    pub async fn record(&self, kind: &str, name: &str, value: &str) {
        let set = json!({ "Name": name, "Type": kind, "TTL": 60, "ResourceRecords": [{ "Value": value }] });
        self.change("UPSERT", set).await;
    }

    pub async fn change(&self, action: &str, set: Value) {
        let zone = self.zone().await;
        let batch = json!({ "Changes": [{ "Action": action, "ResourceRecordSet": set }] });
        self.make("route53", "ChangeResourceRecordSets", json!({ "hostedZoneId": zone, "changeBatch": batch })).await;
    }

    pub async fn certificate(&self, name: &str) -> String {
        let asked = json!({ "domainName": name, "validationMethod": "DNS", "keyAlgorithm": "EC_prime256v1",
            "tags": [{ "Key": "gatescope", "Value": "domain-wizard" }] });
        let arn = self.make("acm", "RequestCertificate", asked).await;
        let found = self.access().await.certificate(&arn).await.unwrap().unwrap();
        let (record, value) = found.validations[0].record.clone().unwrap();
        self.record("CNAME", &record, &value).await;
        arn
    }

    /// Certificate, domain, mapping; no record yet.
    pub async fn domain(&self) {
        let arn = self.certificate(NAME).await;
        let own = json!({ "certificateArn": arn, "endpointType": "REGIONAL", "securityPolicy": "TLS_1_2" });
        let domain = json!({ "domainName": NAME, "domainNameConfigurations": [own],
            "tags": { "gatescope": "domain-wizard" } });
        assert_eq!(self.make("apigatewayv2", "CreateDomainName", domain).await, NAME);
        let mapping = json!({ "domainName": NAME, "apiId": API, "stage": "prod", "apiMappingKey": "chat" });
        self.make("apigatewayv2", "CreateApiMapping", mapping).await;
    }

    pub async fn alias(&self, name: &str) {
        let world = self.world().await;
        let domain = world.domain.is().unwrap().clone().unwrap();
        let target =
            json!({ "HostedZoneId": domain.hosted_zone_id, "DNSName": domain.target, "EvaluateTargetHealth": false });
        self.change("UPSERT", json!({ "Name": name, "Type": "A", "AliasTarget": target })).await;
    }
}

#[tokio::test]
async fn at_the_beginning_there_is_an_api_a_zone_and_nothing_else() {
    let world = Bench::new().world().await;
    assert_eq!(world.account, "123456789012");
    let api = world.api.is().unwrap().clone().unwrap();
    assert_eq!((api.protocol.as_str(), api.stages.get("prod")), ("WEBSOCKET", Some(&true)));
    assert_eq!(world.certificates, Asked::Is(Vec::new()));
    assert_eq!(world.domain, Asked::Is(None));
    let zones = world.zones.is().unwrap();
    assert_eq!((zones.len(), zones[0].name.as_str(), zones[0].name_servers.len()), (1, "example.com", 4));
    let servers = &world.dns.get("example.com").unwrap().is().unwrap().name_servers;
    let mut sorted = (servers.clone(), zones[0].name_servers.clone());
    sorted.0.sort();
    sorted.1.sort();
    assert_eq!(sorted.0, sorted.1, "what the registrar names is the zone");
    assert_eq!(world.dns.get(NAME), Some(&Asked::Is(Resolved::default())), "no such name");
    assert_eq!(world.records.get(NAME), Some(&Asked::Is(Vec::new())));
}

#[tokio::test]
async fn what_the_steps_made_is_read_back_as_theirs() {
    let bench = Bench::new();
    bench.domain().await;
    bench.alias(NAME).await;
    let world = bench.world().await;
    let certificate = &world.certificates.is().unwrap()[0];
    assert_eq!(
        (certificate.status.as_str(), certificate.ours),
        ("ISSUED", true),
        "a key type that a bare list leaves out"
    );
    assert_eq!(certificate.in_use_by.len(), 1);
    let domain = world.domain.is().unwrap().clone().unwrap();
    assert!(domain.ours && domain.target.starts_with("d-"));
    assert_eq!((domain.endpoint_type.as_str(), domain.security_policy.as_str()), ("REGIONAL", "TLS_1_2"));
    let mapping = &domain.mappings[0];
    assert_eq!(
        (mapping.key.as_str(), mapping.stage.as_str(), mapping.protocol.as_str()),
        ("chat", "prod", "WEBSOCKET")
    );
    assert_eq!(world.dns.get(NAME).unwrap().is().unwrap().addresses, ["127.0.0.1"]);
}

#[tokio::test]
async fn a_domain_of_another_kind_is_a_value_and_so_is_what_it_leads_to() {
    let bench = Bench::new();
    let old = |kind: &str, policy: &str| Plant::OldDomain {
        domain_name: NAME.into(),
        endpoint_type: kind.into(),
        security_policy: policy.into(),
    };
    for (kind, policy) in [("EDGE", "TLS_1_2"), ("REGIONAL", "TLS_1_0")] {
        bench.sandbox.plant(old(kind, policy));
        let domain = bench.world().await.domain.is().unwrap().clone().unwrap();
        assert_eq!((domain.endpoint_type.as_str(), domain.security_policy.as_str()), (kind, policy));
        assert!(!domain.target.is_empty());
    }
    bench.sandbox.plant(old("REGIONAL", "TLS_1_2"));
    for (key, protocol) in [("web", "HTTP"), ("old", "REST")] {
        let api_id = format!("{key}apiid123");
        bench.sandbox.plant(Plant::Api { api_id: api_id.clone(), protocol: protocol.into() });
        let mapping = Plant::Mapping { domain_name: NAME.into(), key: key.into(), api_id, stage: "prod".into() };
        bench.sandbox.plant(mapping);
    }
    let domain = bench.world().await.domain.is().unwrap().clone().unwrap();
    let found: Vec<_> = domain.mappings.iter().map(|m| (m.key.as_str(), m.protocol.as_str())).collect();
    assert_eq!(found, [("old", "REST"), ("web", "HTTP")]);
    let mapping = json!({ "domainName": NAME, "apiId": API, "stage": "prod", "apiMappingKey": "chat" });
    let step = call("apigatewayv2", "CreateApiMapping", String::new(), String::new(), object(mapping));
    let refused = bench.access().await.carry_out(&step).await.unwrap_err();
    assert!(refused.message.contains("WebSocket APIs can only be attached to a domain name with other WebSocket"));
}

#[tokio::test]
async fn a_certificate_of_another_region_is_seen_there_only() {
    let bench = Bench::with(Options { region: "eu-west-1".into(), ..Options::default() });
    let there = bench.access().await.elsewhere("us-east-1");
    let asked = json!({ "domainName": "*.example.com", "validationMethod": "DNS" });
    let step = call("acm", "RequestCertificate", String::new(), String::new(), object(asked));
    let arn = there.carry_out(&step).await.unwrap().id.unwrap();
    let world = bench.world().await;
    assert_eq!(world.certificates, Asked::Is(Vec::new()));
    let elsewhere = world.certificates_elsewhere.is().unwrap();
    assert_eq!((elsewhere.len(), &elsewhere[0].arn, elsewhere[0].ours), (1, &arn, false));
    assert_eq!(bench.access().await.certificate(&arn).await, Ok(None));
}

#[tokio::test]
async fn private_zones_and_foreign_delegations_are_told_apart() {
    let bench = Bench::new();
    bench
        .sandbox
        .plant(Plant::Delegation { zone: "example.com".into(), name_servers: vec!["ns.elsewhere.net".into()] });
    let world = bench.world().await;
    let zone = &world.zones.is().unwrap()[0];
    let public = world.dns.get("example.com").unwrap().is().unwrap();
    assert_eq!(public.name_servers, ["ns.elsewhere.net"]);
    assert!(!zone.private && !zone.name_servers.contains(&public.name_servers[0]));
    bench.record("A", NAME, "203.0.113.7").await;
    assert_eq!(bench.world().await.dns.get(NAME), Some(&Asked::Is(Resolved::default())), "nobody asks that zone");
    bench.sandbox.weed();
    assert_eq!(bench.world().await.dns.get(NAME).unwrap().is().unwrap().addresses, ["203.0.113.7"]);
}

#[tokio::test]
async fn dns_that_lies_breaks_or_changes_its_mind_is_told_as_it_is() {
    let bench = Bench::new();
    let record = |value: &str| gatescope_sandbox::DnsRecord {
        name: format!("{NAME}."),
        kind: "A".into(),
        ttl: 60,
        value: value.into(),
    };
    let says = |said: Vec<DnsSaid>| Plant::Dns { name: NAME.into(), kind: None, says: said };
    let dns = async || bench.world().await.dns.get(NAME).cloned().unwrap();
    for (said, code) in [(DnsSaid::TimedOut, "timeout"), (DnsSaid::Failed("SERVFAIL".into()), "SERVFAIL")] {
        bench.sandbox.plant(says(vec![said]));
        let Asked::Failed { code: told, passing, .. } = dns().await else { panic!("an answer") };
        assert_eq!((told.as_str(), passing), (code, true));
    }
    bench.sandbox.plant(says(vec![DnsSaid::Records(vec![record("198.51.100.1")])]));
    assert_eq!(dns().await.is().unwrap().addresses, ["198.51.100.1"]);
    let both = vec![DnsSaid::NoName, DnsSaid::Records(vec![record("198.51.100.1")])];
    let only_a = Plant::Dns { name: NAME.into(), kind: Some("A".into()), says: both };
    bench.sandbox.weed();
    bench.sandbox.plant(only_a);
    assert_eq!(dns().await, Asked::Is(Resolved::default()));
    assert_eq!(dns().await.is().unwrap().addresses, ["198.51.100.1"], "nothing is kept from before");
}

#[tokio::test(start_paused = true)]
async fn whichever_call_is_throttled_for_good_its_fact_alone_is_missing_and_may_be_asked_again() {
    for after in 0..6 {
        let bench = Bench::new();
        bench.domain().await;
        bench.sandbox.plant(Plant::Throttle { after, times: u32::MAX });
        let (access, network) = (bench.access().await, bench.app.network(&bench.scope));
        let mut world = World::default();
        read(&access, &*network, &bench.goal, &mut world).await;
        let failures =
            [trouble(&world.api), trouble(&world.certificates), trouble(&world.domain), trouble(&world.zones)];
        let told: Vec<_> = failures.into_iter().flatten().collect();
        assert!(!told.is_empty() && told.iter().all(|(_, passing)| *passing), "{after}: {told:?}");
        bench.sandbox.weed();
        let world = bench.world().await;
        assert!(trouble(&world.api).is_none() && trouble(&world.domain).is_none());
    }
}

fn trouble<T>(asked: &Asked<T>) -> Option<(String, bool)> {
    match asked {
        Asked::Failed { code, passing, .. } => Some((code.clone(), *passing)),
        _ => None,
    }
}

#[tokio::test]
async fn a_name_of_another_account_and_a_certificate_that_fails_have_awss_words() {
    let bench = Bench::new();
    let arn = bench.certificate(NAME).await;
    bench.sandbox.plant(Plant::NameTaken { domain_name: NAME.into() });
    let own = json!({ "certificateArn": arn, "endpointType": "REGIONAL", "securityPolicy": "TLS_1_2" });
    let domain = object(json!({ "domainName": NAME, "domainNameConfigurations": [own] }));
    let step = call("apigatewayv2", "CreateDomainName", String::new(), String::new(), domain);
    let refused = bench.access().await.carry_out(&step).await.unwrap_err();
    assert_eq!(refused.message, "The domain name you provided already exists.");
    assert_eq!(bench.world().await.domain, Asked::Is(None), "it is not this account's");
    let reason = "ADDITIONAL_VERIFICATION_REQUIRED";
    bench.sandbox.plant(Plant::CertificateFails { domain_name: NAME.into(), reason: reason.into() });
    let failed = bench.access().await.certificate(&arn).await.unwrap().unwrap();
    assert_eq!((failed.status.as_str(), failed.failure_reason.as_deref()), ("FAILED", Some(reason)));
}
