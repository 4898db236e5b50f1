//! Reading the world as far as the wizard needs it now: what is wanted is asked for side by side, and each answer is put in by
//! itself.
//!
//! No answer is an answer too, with AWS's words and whether asking again may help: a reading never fails. It may not know
//! what follows from a fact. Where to look next: `model::domain` (what is wanted, and why), `gatescope_aws` (the calls).

use std::future::Future;
use std::time::Duration;

use futures_util::future::{BoxFuture, join_all};
use gatescope_aws::{Access, Error as AwsError, Kind};
use gatescope_model::alias::Record;
use gatescope_model::domain::{
    ApiHere, Asked, CertificateHere, DomainHere, Fact, Goal, Resolved, World, ZoneHere, wants,
};
use gatescope_socket::{DnsRecord, Lookup, LookupFailure, Network, RecordKind};

/// How long AWS may take for one fact: a throttled call is sent again below this for longer than a person looks on.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);
/// Certificates for other regions' domains are looked for where tutorials make them: CloudFront takes those of here only.
const ELSEWHERE: &str = "us-east-1";

/// Reads everything that is wanted and not known, and who the account is.
pub(super) async fn read(access: &Access, network: &dyn Network, goal: &Goal, world: &mut World) {
    let facts = wants(goal, world);
    let account = async {
        match world.account.is_empty() {
            true => access.caller().await.map(|caller| caller.account).unwrap_or_default(),
            false => world.account.clone(),
        }
    };
    let asked = facts.into_iter().map(|fact| answer(access, network, goal, fact));
    let (account, news) = tokio::join!(account, join_all(asked.collect::<Vec<_>>()));
    world.account = account;
    for news in news {
        news.tell(world);
    }
}

/// Reads what stands at one more name.
pub(super) async fn read_records(access: &Access, zone: &str, name: &str, world: &mut World) {
    let found = asked(access.records_at(zone, name)).await;
    world.records.insert(name.to_owned(), found);
}

/// Reads whose proof a validation record of the goal may be: a name and the wildcard above it share one, and so do all
/// regions.
pub(super) async fn read_proofs(access: &Access, goal: &Goal, world: &mut World) {
    let base = |name: &str| name.strip_prefix("*.").unwrap_or(name).to_owned();
    let wanted = base(&goal.domain_name);
    let proves = |names: &[String]| serves(names, goal) || names.iter().any(|name| base(name) == wanted);
    world.certificates = asked(access.certificates(proves)).await;
    if access.region() != ELSEWHERE {
        world.certificates_elsewhere = asked(access.elsewhere(ELSEWHERE).certificates(proves)).await;
    }
}

/// One fact's answer.
enum News {
    Api(Asked<Option<ApiHere>>),
    Domain(Asked<Option<DomainHere>>),
    Certificates(Asked<Vec<CertificateHere>>),
    Elsewhere(Asked<Vec<CertificateHere>>),
    Zones(Asked<Vec<ZoneHere>>),
    Records(String, Asked<Vec<Record>>),
    Dns(String, Asked<Resolved>),
}

impl News {
    fn tell(self, world: &mut World) {
        match self {
            Self::Api(api) => world.api = api,
            Self::Domain(domain) => world.domain = domain,
            Self::Certificates(certificates) => world.certificates = certificates,
            Self::Elsewhere(certificates) => world.certificates_elsewhere = certificates,
            Self::Zones(zones) => world.zones = zones,
            Self::Records(name, records) => drop(world.records.insert(name, records)),
            Self::Dns(name, resolved) => drop(world.dns.insert(name, resolved)),
        }
    }
}

fn answer<'a>(access: &'a Access, network: &'a dyn Network, goal: &'a Goal, fact: Fact) -> BoxFuture<'a, News> {
    Box::pin(async move {
        match fact {
            Fact::Api => News::Api(asked(access.api_here(&goal.api_id)).await),
            Fact::Domain => News::Domain(asked(access.domain_here(&goal.domain_name)).await),
            Fact::Certificates => News::Certificates(asked(access.certificates(|names| serves(names, goal))).await),
            Fact::CertificatesElsewhere => {
                let there = access.elsewhere(ELSEWHERE);
                News::Elsewhere(asked(there.certificates(|names| serves(names, goal))).await)
            }
            Fact::Zones => News::Zones(asked(zones(access, goal)).await),
            Fact::Records { zone, name } => {
                let found = asked(access.records_at(&zone, &name)).await;
                News::Records(name, found)
            }
            Fact::Dns { name } | Fact::NameServers { zone: name } => {
                let found = look_up(network, &name).await;
                News::Dns(name, found)
            }
        }
    })
}

/// Whether a certificate has to do with the goal: it covers the domain or what is dialled, or names it.
fn serves(names: &[String], goal: &Goal) -> bool {
    let wanted = [goal.domain_name.as_str(), goal.dialled()];
    names.iter().any(|own| wanted.iter().any(|name| own == name || gatescope_model::probe::covers(own, name)))
}

/// Public zones with their name servers; a private one has none that clients ask.
async fn zones(access: &Access, goal: &Goal) -> Result<Vec<ZoneHere>, AwsError> {
    let found = access.zones_above(&goal.domain_name).await?;
    let with_servers = found.into_iter().map(|zone| async move {
        let name_servers = match zone.private {
            true => Vec::new(),
            false => match access.name_servers(&zone.id).await {
                Ok(servers) => servers,
                // What may not be read proves nothing about the delegation; the zone is there all the same.
                Err(e) if e.kind == Kind::Denied => Vec::new(),
                Err(e) => return Err(e),
            },
        };
        Ok(ZoneHere { name_servers, ..zone })
    });
    join_all(with_servers).await.into_iter().collect()
}

async fn asked<T>(call: impl Future<Output = Result<T, AwsError>>) -> Asked<T> {
    match tokio::time::timeout(PATIENCE, call).await {
        Ok(Ok(answer)) => Asked::Is(answer),
        Ok(Err(e)) => {
            let passing = matches!(e.kind, Kind::Throttled | Kind::Unreachable | Kind::Failed);
            let code = e.code.unwrap_or_else(|| code_of(e.kind).to_owned());
            Asked::Failed { code, message: e.message, passing }
        }
        Err(_) => failed(
            "timeout",
            format!("AWS did not answer within {} s, or only that it is asked too often", PATIENCE.as_secs()),
        ),
    }
}

/// For what AWS itself gave no code to.
const fn code_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Unreachable => "unreachable",
        Kind::Expired => "expired",
        Kind::NoCredentials => "no-credentials",
        Kind::Locked => "locked",
        _ => "failed",
    }
}

fn failed<T>(code: &str, message: String) -> Asked<T> {
    Asked::Failed { code: code.to_owned(), message, passing: true }
}

/// Whether the records that prove a certificate stand in public DNS, where ACM looks before it renews; `None`: not known, or
/// it is not proven by records.
pub(crate) async fn records_stand(network: &dyn Network, certificate: &CertificateHere) -> Option<bool> {
    if certificate.validation_method != "DNS" || certificate.status != "ISSUED" {
        return None;
    }
    let records = certificate.validations.iter().filter_map(|validation| validation.record.as_ref());
    let stands = |(name, value): &(String, String)| {
        let (name, value) = (name.clone(), value.clone());
        async move {
            match network.lookup(&name, RecordKind::Cname).await {
                Ok(found) => Some(found.iter().any(|r| r.value.trim_end_matches('.').eq_ignore_ascii_case(&value))),
                Err(LookupFailure::NoName) => Some(false),
                Err(_) => None,
            }
        }
    };
    let stand = join_all(records.map(stands)).await;
    match stand.contains(&Some(false)) {
        true => Some(false),
        false => (!stand.is_empty() && stand.iter().all(Option::is_some)).then_some(true),
    }
}

/// All that public DNS says of a name, in one: a name that is not there says nothing, which is an answer.
pub(super) async fn look_up(network: &dyn Network, name: &str) -> Asked<Resolved> {
    let (v4, v6, cname, servers) = tokio::join!(
        network.lookup(name, RecordKind::A),
        network.lookup(name, RecordKind::Aaaa),
        network.lookup(name, RecordKind::Cname),
        network.lookup(name, RecordKind::Ns),
    );
    let answers = [known(v4), known(v6), known(cname)];
    if let Some(why) = answers.iter().find_map(|answer| answer.as_ref().err())
        && answers.iter().all(|answer| answer.as_ref().map_or(true, Vec::is_empty))
    {
        let code = match why {
            LookupFailure::TimedOut => "timeout",
            LookupFailure::Server(code) => code.as_str(),
            _ => "unreachable",
        };
        return failed(code, format!("public DNS about {name}: {why}"));
    }
    let answers: Vec<Vec<DnsRecord>> = answers.into_iter().map(Result::unwrap_or_default).collect();
    let values = |records: &[DnsRecord], kinds: &[&str]| -> Vec<String> {
        records.iter().filter(|r| kinds.contains(&r.kind.as_str())).map(|r| r.value.clone()).collect()
    };
    let own_servers: Vec<DnsRecord> = servers.unwrap_or_default().into_iter().filter(|r| r.name == name).collect();
    let mut addresses: Vec<String> = Vec::new();
    for address in answers.iter().flat_map(|records| values(records, &["A", "AAAA"])) {
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    Asked::Is(Resolved {
        cnames: answers.iter().map(|records| values(records, &["CNAME"])).max_by_key(Vec::len).unwrap_or_default(),
        addresses,
        name_servers: values(&own_servers, &["NS"]),
    })
}

fn known(answer: Lookup) -> Lookup {
    match answer {
        Err(LookupFailure::NoName) => Ok(Vec::new()),
        other => other,
    }
}

#[cfg(test)]
pub(in crate::domains) mod tests;
