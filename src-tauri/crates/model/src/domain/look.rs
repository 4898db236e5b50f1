//! One look at goal and world, and what every station says with it: read first, wait, do, or blocked.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

use super::name::plain;
use super::next::{Next, Reason, Stage, next_step};
use super::{Asked, DnsHost, Goal, Making, World, alias_record, certificate, validation, zone};
use crate::review::Step;

/// A throttled or unanswered question is asked again after this: the SDK has waited between its own tries before.
const ASK_AGAIN: i64 = 5_000;

/// What can be read, each by itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Fact {
    /// [`World::api`]: GetApi, GetStages.
    Api,
    /// [`World::domain`]: GetDomainName, GetApiMappings, and the protocol of what is mapped.
    Domain,
    /// [`World::certificates`]: ListCertificates with **all** key types (the default hides all but RSA),
    /// DescribeCertificate.
    Certificates,
    /// [`World::certificates_elsewhere`]: the same in us-east-1.
    CertificatesElsewhere,
    /// [`World::zones`]: ListHostedZones and the name servers of those that fit.
    Zones,
    /// [`World::records`] of a name: ListResourceRecordSets in this zone.
    Records {
        /// Its id.
        zone: String,
        /// Of what.
        name: String,
    },
    /// [`World::dns`] of a name: CNAMEs and addresses; all of an answer is put in, with the name servers.
    Dns {
        /// Of what.
        name: String,
    },
    /// [`World::dns`] of a zone's name, with its NS; no answer is an empty one.
    NameServers {
        /// Which zone's, by name.
        zone: String,
    },
}

impl Fact {
    /// What it is, in words.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Api => "the API and its stages".to_owned(),
            Self::Domain => "the custom domain".to_owned(),
            Self::Certificates => "the certificates of the region".to_owned(),
            Self::CertificatesElsewhere => "the certificates of us-east-1".to_owned(),
            Self::Zones => "the hosted zones".to_owned(),
            Self::Records { name, .. } => format!("the records at {name}"),
            Self::Dns { name } => format!("what public DNS says of {name}"),
            Self::NameServers { zone } => format!("the name servers of {zone}"),
        }
    }

    /// The IAM actions that reading it takes.
    fn actions(&self) -> &'static str {
        match self {
            Self::Api => "apigateway:GET on /apis/*",
            Self::Domain => "apigateway:GET on /domainnames/*",
            Self::Certificates | Self::CertificatesElsewhere => "acm:ListCertificates and acm:DescribeCertificate",
            Self::Zones => "route53:ListHostedZones and route53:GetHostedZone",
            Self::Records { .. } => "route53:ListResourceRecordSets",
            Self::Dns { .. } | Self::NameServers { .. } => "",
        }
    }

    pub(super) fn read(&self, station: Stage) -> Box<Next> {
        Box::new(Next::Read { station, what: self.words() })
    }
}

/// A station stands (`Ok`), or this comes next.
pub(super) type Turn<T = ()> = Result<T, Box<Next>>;

/// Goal and world.
#[derive(Clone, Copy)]
pub(super) struct Look<'a> {
    pub goal: &'a Goal,
    pub world: &'a World,
}

impl<'a> Look<'a> {
    /// A fact without which it does not go on.
    pub fn ask<T>(self, station: Stage, fact: Fact, asked: &'a Asked<T>) -> Turn<&'a T> {
        match asked {
            Asked::Is(answer) => Ok(answer),
            Asked::NotAsked => Err(fact.read(station)),
            Asked::Failed { code, message, .. } => match Unread::of(&fact, asked) {
                Some(unread) => {
                    wait(station, format!("{}; it is asked again.", unread.words()), None, ASK_AGAIN, ASK_AGAIN)
                }
                None => blocked(
                    station,
                    Reason::Refused,
                    format!("AWS refuses to tell {}: {}.", fact.words(), said(code, message)),
                    format!("Let this identity do {}.", fact.actions()),
                ),
            },
        }
    }

    /// What public DNS says of a name; `None`: it could not be asked, and it goes on without.
    pub fn dns(self, station: Stage, name: &str) -> Turn<Option<&'a super::Resolved>> {
        let name = plain(name);
        match self.world.dns.get(&name) {
            None | Some(Asked::NotAsked) => Err(Fact::Dns { name }.read(station)),
            Some(asked) => Ok(asked.is()),
        }
    }

    /// Why public DNS tells nothing of a name just now, and what helps; `None`: it was asked, whatever it said.
    pub fn dns_trouble(self, name: &str) -> Option<String> {
        let Some(Asked::Failed { code, message, .. }) = self.world.dns.get(&plain(name)) else { return None };
        Some(match code.as_str() {
            "timeout" => format!(
                "Public DNS did not answer about {name} in time, which tells nothing of the record. It is asked again; if \
                 it stays so, see whether this computer gets through to its resolver."
            ),
            "SERVFAIL" => format!(
                "Public DNS fails about {name} (SERVFAIL): the zone's name servers do not answer, or its DNSSEC signatures \
                 do not fit. See to that where the zone is; it is asked again."
            ),
            _ => format!("Public DNS could not be asked about {name} ({}). It is asked again.", said(code, message)),
        })
    }

    /// What stands at a name in a zone.
    pub fn records(self, station: Stage, zone: &str, name: &str) -> Turn<&'a [crate::alias::Record]> {
        let name = plain(name);
        let fact = Fact::Records { zone: zone.to_owned(), name: name.clone() };
        match self.world.records.get(&name) {
            None => Err(fact.read(station)),
            Some(asked) => self.ask(station, fact, asked).map(Vec::as_slice),
        }
    }

    pub fn is_unasked(self, fact: &Fact) -> bool {
        let world = self.world;
        match fact {
            Fact::Api => world.api == Asked::NotAsked,
            Fact::Domain => world.domain == Asked::NotAsked,
            Fact::Certificates => world.certificates == Asked::NotAsked,
            Fact::CertificatesElsewhere => world.certificates_elsewhere == Asked::NotAsked,
            Fact::Zones => world.zones == Asked::NotAsked,
            Fact::Records { name, .. } => matches!(world.records.get(name), None | Some(Asked::NotAsked)),
            Fact::Dns { name } | Fact::NameServers { zone: name } => {
                matches!(world.dns.get(name), None | Some(Asked::NotAsked))
            }
        }
    }

    /// The custom domain, where it was read and is there.
    pub fn domain(self) -> Option<&'a super::DomainHere> {
        self.world.domain.is()?.as_ref()
    }
}

/// Everything that has not been read yet and is needed now, so that it can be asked for side by side. It is never empty
/// where [`super::next_step`] says [`Next::Read`]; reading shows what else is needed.
#[must_use]
pub fn wants(goal: &Goal, world: &World) -> Vec<Fact> {
    let look = Look { goal, world };
    let mut facts = vec![Fact::Api, Fact::Domain, Fact::Certificates];
    if certificate::looks_elsewhere(look) {
        facts.push(Fact::CertificatesElsewhere);
    }
    match goal.dns {
        DnsHost::Route53 => {
            facts.push(Fact::Zones);
            for name in std::iter::once(goal.domain_name.clone()).chain(validation::names(look)) {
                if let zone::Zone::Is(zone) = zone::zone_of(look, &name) {
                    facts.push(Fact::NameServers { zone: plain(&zone.name) });
                    facts.push(Fact::Records { zone: zone.id.clone(), name: plain(&name) });
                }
            }
        }
        DnsHost::Manual => {}
    }
    facts.extend(alias_record::watched(look).map(|name| Fact::Dns { name }));
    facts.extend(validation::watched(look).into_iter().map(|name| Fact::Dns { name }));
    facts.retain(|fact| look.is_unasked(fact));
    let mut seen = std::collections::BTreeSet::new();
    facts.retain(|fact| seen.insert(fact.clone()));
    facts
}

/// `AccessDeniedException: User … is not authorized`, without a dot at the end.
pub(super) fn said(code: &str, message: &str) -> String {
    let message = message.trim_end_matches('.');
    if message.is_empty() { code.to_owned() } else { format!("{code}: {message}") }
}

/// For want of which fact nothing comes next: AWS could not be asked just now, and that passes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// Which, in words.
    pub what: String,
    /// AWS's code, or `timeout`, `unreachable`.
    pub code: String,
    /// AWS's words.
    pub message: String,
}

impl Unread {
    pub(super) fn of<T>(fact: &Fact, asked: &Asked<T>) -> Option<Self> {
        let Asked::Failed { code, message, passing: true } = asked else { return None };
        Some(Self { what: fact.words(), code: code.clone(), message: message.clone() })
    }

    /// `the certificates of the region could not be read just now (ThrottlingException: Rate exceeded)`.
    #[must_use]
    pub fn words(&self) -> String {
        format!("{} could not be read just now ({})", self.what, said(&self.code, &self.message))
    }
}

/// The fact that is waited for because it could not be read; `None`: what comes next is known, whatever it is.
#[must_use]
pub fn unread(goal: &Goal, world: &World) -> Option<Unread> {
    if !matches!(next_step(goal, world), Next::Wait { .. }) {
        return None;
    }
    let mut facts = vec![Fact::Api, Fact::Domain, Fact::Certificates, Fact::CertificatesElsewhere, Fact::Zones];
    facts.extend(world.records.keys().map(|name| Fact::Records { zone: String::new(), name: name.clone() }));
    facts.into_iter().find_map(|fact| {
        let mut without = world.clone();
        let (code, message) = without.forget(&fact)?;
        // If it had not been asked at all, it would be read where it is waited for now.
        let waited_for = matches!(next_step(goal, &without), Next::Read { what, .. } if what == fact.words());
        waited_for.then(|| Unread { what: fact.words(), code, message })
    })
}

impl World {
    /// Makes a fact that could not be read just now one that was not asked; why it could not be read.
    fn forget(&mut self, fact: &Fact) -> Option<(String, String)> {
        match fact {
            Fact::Api => self.api.forget(),
            Fact::Domain => self.domain.forget(),
            Fact::Certificates => self.certificates.forget(),
            Fact::CertificatesElsewhere => self.certificates_elsewhere.forget(),
            Fact::Zones => self.zones.forget(),
            Fact::Records { name, .. } => self.records.get_mut(name)?.forget(),
            Fact::Dns { name } | Fact::NameServers { zone: name } => self.dns.get_mut(name)?.forget(),
        }
    }
}

pub(super) fn blocked<T>(station: Stage, reason: Reason, words: String, way_out: String) -> Turn<T> {
    Err(Box::new(Next::Blocked { station, reason, words, way_out }))
}

pub(super) fn wait<T>(station: Stage, what: String, since: Option<i64>, usual_ms: i64, look_again_ms: i64) -> Turn<T> {
    Err(Box::new(Next::Wait { station, what, since, usual_ms, look_again_ms }))
}

/// What a writing step makes, named by its calls.
pub(super) fn making(title: &str, effect: String, steps: Vec<Step>) -> Making {
    let id = id_of(&steps);
    Making { id, title: title.to_owned(), effect, steps, replaces: Vec::new() }
}

/// Names calls: the same calls, the same name.
pub(super) fn id_of(steps: &[Step]) -> String {
    let calls = steps.iter().map(|s| serde_json::json!([s.service, s.operation, s.input]));
    hash(&Value::Array(calls.collect()).to_string())
}

/// FNV-1a of 64 bits: it names, it protects nothing.
pub(super) fn hash(text: &str) -> String {
    let sum = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    format!("{sum:016x}")
}
