//! What a host name leads to: AWS's own names, and by way of the hosted zones whatever points to them.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::World;
use crate::gateway_v2::domain;
use crate::route53::dns::{self, Found};
use crate::route53::{self, name};
use crate::state::State;

/// CNAMEs and ALIASes that one answer follows.
const HOPS: usize = 16;
/// How long an address of AWS holds.
const TTL: u32 = 60;

/// The hosted zones of API Gateway's regional endpoints (AWS General Reference).
const HOSTED_ZONES: [(&str, &str); 21] = [
    ("us-east-1", "Z1UJRXOUMOOFQ8"),
    ("us-east-2", "ZOJJZC49E0EPZ"),
    ("us-west-1", "Z2MUQ32089INYE"),
    ("us-west-2", "Z2OJLYMUO9EFXC"),
    ("af-south-1", "Z2DHW2332DAMTN"),
    ("ap-east-1", "Z3FD1VL90ND7K5"),
    ("ap-northeast-1", "Z1YSHQZHG15GKL"),
    ("ap-northeast-2", "Z20JF4UZKIW1U8"),
    ("ap-northeast-3", "Z22ILHG95FLSZ2"),
    ("ap-south-1", "Z3VO1THU9YC4UR"),
    ("ap-southeast-1", "ZL327KTPIQFUL"),
    ("ap-southeast-2", "Z2RPCDW04V8134"),
    ("ca-central-1", "Z19DQILCV0OWEC"),
    ("eu-central-1", "Z1U9ULNL0V5AJ3"),
    ("eu-north-1", "Z3UWIKFBOOGXPP"),
    ("eu-south-1", "Z3BT4WSQ9TDYZV"),
    ("eu-west-1", "ZLY8HYME6SFDD"),
    ("eu-west-2", "ZJ5UAJN8Y3Z2Q"),
    ("eu-west-3", "Z3KY65QIEKYHQQ"),
    ("me-south-1", "Z20ZBPC0SS8806"),
    ("sa-east-1", "ZCMLWB8V5SYIT"),
];
/// For a region without a row: made up (assumed).
const OTHER_ZONE: &str = "Z00000000SANDBOX";

/// The hosted zone that an ALIAS to API Gateway names.
pub(crate) fn hosted_zone(region: &str) -> &'static str {
    HOSTED_ZONES.iter().find(|(own, _)| *own == region).map_or(OTHER_ZONE, |(_, zone)| zone)
}

/// Whether a zone id is one of those.
pub(crate) fn is_hosted_zone(id: &str) -> bool {
    id == OTHER_ZONE || HOSTED_ZONES.iter().any(|(_, zone)| *zone == id)
}

/// One line of a DNS answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DnsRecord {
    /// Whose it is, with the dot at the end.
    pub name: String,
    /// `A`, `AAAA`, `CNAME`, …
    pub kind: String,
    /// Seconds that it may be kept.
    pub ttl: u32,
    /// An address, a name, or a text in its quotation marks.
    pub value: String,
}

/// Who answers at an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Behind {
    /// A service's endpoint, by its host.
    Service(String),
    /// An API's generated endpoint, by its host.
    Api(String),
    /// The regional endpoint of a custom domain, by the domain.
    Domain(String),
    /// An address outside AWS.
    Elsewhere,
}

/// The lines that a resolver would give, and who is at the end.
pub(crate) struct Resolved {
    pub records: Vec<DnsRecord>,
    pub behind: Option<Behind>,
}

/// Who answers for a host, by its IPv4 or else its IPv6 address.
pub(crate) fn behind(world: &World, host: &str) -> Option<Behind> {
    ["A", "AAAA"].iter().find_map(|kind| resolve(world, host, kind).behind)
}

/// Asks for one type of one name.
pub(crate) fn resolve(world: &World, host: &str, kind: &str) -> Resolved {
    let mut resolved = Resolved { records: Vec::new(), behind: None };
    let Ok(mut name) = name::canonical(host) else { return resolved };
    let mut state = world.state.lock();
    route53::settle(&mut state.route53, world.clock.now());
    // An ALIAS answers in the name that was asked for; a CNAME goes on with another.
    let mut owner = name.clone();
    for _ in 0..HOPS {
        if let Some((behind, dual)) = of_aws(world, &state, name.trim_end_matches('.')) {
            let address = match kind {
                "A" => Some(Ipv4Addr::LOCALHOST.to_string()),
                "AAAA" if dual => Some(Ipv6Addr::LOCALHOST.to_string()),
                _ => None,
            };
            resolved.behind = address.is_some().then_some(behind);
            let line = |value| DnsRecord { name: owner, kind: kind.into(), ttl: TTL, value };
            resolved.records.extend(address.map(line));
            return resolved;
        }
        match dns::resolve(&state.route53, &name, kind) {
            Some(Found::Records(records)) => {
                for (value, ttl) in records.iter().flat_map(|record| record.answers()) {
                    let (name, kind) = (owner.clone(), kind.to_owned());
                    resolved.records.push(DnsRecord { name, kind, ttl, value: value.to_owned() });
                }
                resolved.behind = ["A", "AAAA"].contains(&kind).then_some(Behind::Elsewhere);
                return resolved;
            }
            Some(Found::Cname(to, ttl)) => {
                let line = DnsRecord { name: owner.clone(), kind: "CNAME".into(), ttl, value: to.clone() };
                resolved.records.push(line);
                owner.clone_from(&to);
                name = to;
            }
            Some(Found::Alias(to)) => name = to,
            Some(Found::Delegated(_) | Found::Nothing | Found::NoName) | None => return resolved,
        }
    }
    resolved
}

/// A name of this AWS, and whether it has an IPv6 address too.
fn of_aws(world: &World, state: &State, host: &str) -> Option<(Behind, bool)> {
    let region = &world.options.region;
    let services = [
        "apigateway",
        "logs",
        "stream-logs",
        "streaming-logs",
        "sts",
        "acm",
        "lambda",
        "dynamodb",
        "sqs",
        "elasticloadbalancing",
    ];
    let regional = || services.iter().any(|s| host == format!("{s}.{region}.amazonaws.com"));
    if ["iam.amazonaws.com", "route53.amazonaws.com"].contains(&host) || regional() {
        return Some((Behind::Service(host.to_owned()), false));
    }
    let (id, rest) = host.split_once(".execute-api.")?;
    if rest != format!("{region}.amazonaws.com") && rest != format!("{region}.localhost") {
        return None;
    }
    if let Some(api) = state.resources.get(&format!("apis/{id}")) {
        let dual = api.get("ipAddressType").is_some_and(|t| t == "dualstack");
        return Some((Behind::Api(host.to_owned()), dual));
    }
    let (name, dual) = domain::at_endpoint(state, host)?;
    Some((Behind::Domain(name), dual))
}
