//! What stands in the way of a custom domain and no client's calls can make here: names of other accounts, domains of the
//! V1 control plane, other kinds of API, DNS that lies, and calls that are throttled.
//!
//! Everything else that goes wrong is made as at AWS, by calls: a private zone, a CAA record, a domain that goes by
//! routing rules, a certificate in another region. It may not know what a wizard does about any of it.

use std::collections::{BTreeMap, BTreeSet};

use http::Response;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::answer::Refusal;
use crate::front::Call;
use crate::network::DnsRecord;
use crate::network::names::hosted_zone;
use crate::{Body, Sandbox, World, acm, route53};

/// The hosted zone of CloudFront's names (AWS General Reference).
const EDGE_ZONE: &str = "Z2FDTNDATAQYW2";

/// Something that stands in the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plant {
    /// Another account has a custom domain of this name.
    NameTaken {
        /// `chat.example.com`.
        domain_name: String,
    },
    /// Public DNS says this of a name instead of what the zones have.
    Dns {
        /// Of which name.
        name: String,
        /// Of which type; none: of all.
        kind: Option<String>,
        /// One after the other, and again from the first: one alone is always said.
        says: Vec<DnsSaid>,
    },
    /// The registrar names other servers for a zone than the hosted zone has: nobody asks that.
    Delegation {
        /// The zone's name.
        zone: String,
        /// The servers that are asked.
        name_servers: Vec<String>,
    },
    /// A custom domain that only the V1 control plane can show.
    OldDomain {
        /// Its name.
        domain_name: String,
        /// `EDGE`, `REGIONAL`, `PRIVATE`.
        endpoint_type: String,
        /// `TLS_1_0`, `TLS_1_2`.
        security_policy: String,
    },
    /// An API that is none of WebSocket.
    Api {
        /// Its id.
        api_id: String,
        /// `HTTP`, which V2 shows, or `REST`, which V1 shows.
        protocol: String,
    },
    /// A mapping of a custom domain, whatever it leads to.
    Mapping {
        /// Of which domain.
        domain_name: String,
        /// Its key.
        key: String,
        /// Which API.
        api_id: String,
        /// Which stage.
        stage: String,
    },
    /// ACM refuses what was asked for, or will be: a certificate for this name FAILED.
    CertificateFails {
        /// The certificate's own name.
        domain_name: String,
        /// `ADDITIONAL_VERIFICATION_REQUIRED`, `DOMAIN_NOT_ALLOWED`, …
        reason: String,
    },
    /// So many calls of API Gateway, ACM, Route 53 and STS go well, then so many are throttled.
    Throttle {
        /// Go well.
        after: u32,
        /// Are throttled.
        times: u32,
    },
}

/// What public DNS says of a name and a type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DnsSaid {
    /// CNAMEs on the way, then the records: none, where the name is there and the type is not.
    Records(Vec<DnsRecord>),
    /// NXDOMAIN.
    NoName,
    /// Nobody answers.
    TimedOut,
    /// An error: `SERVFAIL`.
    Failed(String),
    /// The name is none of this AWS's: somebody else has to be asked.
    NotHere,
}

/// What is planted, but for what stands among the resources.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Kept {
    taken: BTreeSet<String>,
    dns: Vec<Lie>,
    /// Protocols by API.
    apis: BTreeMap<String, String>,
    failing: BTreeMap<String, String>,
    #[serde(skip)]
    throttle: Option<(u32, u32)>,
}

#[derive(Serialize, Deserialize)]
struct Lie {
    name: String,
    kind: Option<String>,
    says: Vec<DnsSaid>,
    asked: usize,
}

impl Sandbox {
    /// Puts something in the way.
    pub fn plant(&self, plant: Plant) {
        self.0.plant(plant);
    }

    /// Takes away what was planted about names, DNS, certificates to come and throttling. Domains, mappings and
    /// certificates that are there stay, and go by calls.
    pub fn weed(&self) {
        let mut state = self.0.state.lock();
        let apis = std::mem::take(&mut state.plants.apis);
        state.plants = Kept { apis, ..Kept::default() };
        state.route53.delegate_all();
    }

    /// How many calls of the planted throttle are still to come: those that go well, and those that are throttled.
    #[must_use]
    pub fn throttle_left(&self) -> (u32, u32) {
        self.0.state.lock().plants.throttle.unwrap_or_default()
    }

    /// What public DNS says of a name and a type: as [`Sandbox::lookup`], with whatever goes wrong.
    #[must_use]
    pub fn dns(&self, name: &str, kind: &str) -> DnsSaid {
        let resolved = crate::network::names::resolve(&self.0, name, &kind.to_ascii_uppercase());
        resolved.instead.unwrap_or(DnsSaid::Records(resolved.records))
    }
}

impl World {
    fn plant(&self, plant: Plant) {
        let region = &self.options.region;
        let mut state = self.state.lock();
        let kept = &mut state.plants;
        match plant {
            Plant::NameTaken { domain_name } => drop(kept.taken.insert(domain_name)),
            Plant::Dns { name, kind, says } => {
                let Ok(name) = route53::name::canonical(&name) else { return };
                kept.dns.retain(|lie| lie.name != name || lie.kind != kind);
                kept.dns.push(Lie { name, kind, says, asked: 0 });
            }
            Plant::Delegation { zone, name_servers } => state.route53.delegate(&zone, name_servers),
            Plant::OldDomain { domain_name, endpoint_type, security_policy } => {
                let at_edge = endpoint_type == "EDGE";
                let id = self.ids.alphanumeric(10);
                let (target, zone) = match at_edge {
                    true => (format!("d{id}.cloudfront.net"), EDGE_ZONE),
                    false => (format!("d-{id}.execute-api.{region}.amazonaws.com"), hosted_zone(region)),
                };
                let own = json!({ "apiGatewayDomainName": target, "domainNameStatus": "AVAILABLE",
                    "endpointType": endpoint_type, "hostedZoneId": zone, "securityPolicy": security_policy });
                let mut domain = Map::new();
                domain.insert("domainName".into(), json!(domain_name));
                domain.insert("domainNameConfigurations".into(), json!([own]));
                domain.insert("routingMode".into(), json!("API_MAPPING_ONLY"));
                state.resources.put(format!("domainnames/{domain_name}"), domain);
            }
            Plant::Api { api_id, protocol } => drop(kept.apis.insert(api_id, protocol)),
            Plant::Mapping { domain_name, key, api_id, stage } => {
                let id = self.ids.alphanumeric(6);
                let mapping = json!({ "apiId": api_id, "apiMappingId": id, "apiMappingKey": key, "stage": stage });
                let path = format!("domainnames/{domain_name}/apimappings/{id}");
                state.resources.put(path, mapping.as_object().cloned().unwrap_or_default());
            }
            Plant::CertificateFails { domain_name, reason } => {
                acm::fail(&mut state.acm, &domain_name, &reason);
                state.plants.failing.insert(domain_name, reason);
            }
            Plant::Throttle { after, times } => kept.throttle = Some((after, times)),
        }
    }
}

impl Kept {
    /// Whether another account has the name.
    pub(crate) fn is_taken(&self, domain: &str) -> bool {
        self.taken.contains(domain)
    }

    /// Why a certificate for this name fails.
    pub(crate) fn failure(&self, domain: &str) -> Option<&String> {
        self.failing.get(domain)
    }

    /// What kind of API this id is, when it is none of WebSocket.
    pub(crate) fn protocol(&self, api: &str) -> Option<&str> {
        self.apis.get(api).map(String::as_str)
    }

    /// What DNS says next instead of what the zones have.
    pub(crate) fn lie(&mut self, name: &str, kind: &str) -> Option<DnsSaid> {
        let of = |lie: &&mut Lie| lie.name == name && lie.kind.as_deref().is_none_or(|own| own == kind);
        let lie = self.dns.iter_mut().find(of)?;
        let said = lie.says.get(lie.asked % lie.says.len().max(1)).cloned();
        lie.asked = lie.asked.wrapping_add(1);
        said
    }
}

/// Whether this call is throttled, and how its service says so. The words are those that SDKs quote.
pub(crate) fn throttled(world: &World, call: &Call, service: &str) -> Option<Response<Body>> {
    if !["apigateway", "acm", "route53", "sts"].contains(&service) {
        return None;
    }
    // Not for writing: the state's generation stays, unless something is planted.
    world.state.lock().plants.throttle?;
    let mut state = world.state.lock();
    let (after, times) = state.plants.throttle.as_mut()?;
    if *after > 0 {
        *after -= 1;
        return None;
    }
    if *times == 0 {
        return None;
    }
    *times -= 1;
    tracing::debug!(path = call.path, "throttled on purpose");
    Some(match service {
        "acm" => Refusal::new(400, "ThrottlingException", "Rate exceeded").json11(),
        "route53" => route53::refuse(&Refusal::new(400, "Throttling", "Rate exceeded")),
        "sts" => Refusal::new(400, "Throttling", "Rate exceeded").query(),
        _ => Refusal::new(429, "TooManyRequestsException", "Too Many Requests").rest_json(),
    })
}

/// As V2 shows an HTTP API.
pub(crate) fn http_api(world: &World, api: &str) -> Value {
    let endpoint = format!("https://{api}.execute-api.{}.amazonaws.com", world.options.region);
    json!({ "apiEndpoint": endpoint, "apiId": api, "apiKeySelectionExpression": "$request.header.x-api-key",
        "disableExecuteApiEndpoint": false, "ipAddressType": "ipv4", "name": api, "protocolType": "HTTP",
        "routeSelectionExpression": "$request.method $request.path" })
}

/// As V1 shows a REST API.
pub(crate) fn rest_api(api: &str) -> Value {
    json!({ "id": api, "name": api, "apiKeySource": "HEADER", "endpointConfiguration": { "types": ["REGIONAL"] },
        "disableExecuteApiEndpoint": false })
}
