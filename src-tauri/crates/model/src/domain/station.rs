//! The line of stations, as the window shows it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::look::Look;
use super::next::{Next, Reason, Stage, next_step};
use super::{DnsHost, Goal, World, alias_record, certificate, domain_name, mapping, pre_flight, validation, verify};
use crate::review::Step;

/// What a writing step makes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Making {
    /// Names it, so that only what was shown is done: it changes with the calls.
    pub id: String,
    /// `Request the certificate`: the button.
    pub title: String,
    /// What there will be, in words.
    pub effect: String,
    /// The exact calls.
    pub steps: Vec<Step>,
    /// What there is now and will be replaced, in words; nothing is replaced without [`Goal::replace_records`].
    pub replaces: Vec<String>,
}

/// A record that a person writes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct WantedRecord {
    /// The whole name, without a dot at the end.
    pub name: String,
    /// What goes into the field of a provider that adds the zone's name itself.
    pub name_in_zone: String,
    /// `CNAME`, `ALIAS`/`ANAME`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it shall lead to.
    pub value: String,
    /// What public DNS says now; empty: nothing.
    pub actual: String,
    /// What is wrong with that, in words; empty: nothing, it is right or not there yet.
    pub trouble: String,
    /// It stands as it shall.
    pub right: bool,
}

/// One station of the line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Station {
    /// Which.
    pub id: Stage,
    /// `Certificate`.
    pub title: String,
    /// Where it stands.
    pub state: StationState,
    /// What there is, what it waits for or what is wrong, in a sentence or two.
    pub says: String,
    /// What it will do, before it does it; of the current station the same as in [`super::Next::Do`].
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub making: Option<Making>,
    /// Records to write by hand.
    pub records: Vec<WantedRecord>,
    /// What stands, with ids to copy: name and value.
    pub made: Vec<(String, String)>,
    /// Where it is blocked: what a person may allow, and then it goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub consent: Option<Consent>,
}

/// What a person may allow where a station is blocked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Consent {
    /// `Ask for a new certificate`: the button.
    pub title: String,
    /// The goal with it allowed: from then on this is the wizard's goal.
    pub goal: Goal,
}

/// Where a station stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum StationState {
    /// Its turn has not come.
    Later,
    /// Its turn is now: a click does it.
    Ready,
    /// It waits.
    Waiting,
    /// It needs a person.
    Blocked,
    /// It stands.
    Done,
    /// It can be done, and need not be.
    Optional,
}

/// The whole line; it says what [`next_step`] says.
#[must_use]
pub fn stations(goal: &Goal, world: &World) -> Vec<Station> {
    let look = Look { goal, world };
    let next = next_step(goal, world);
    let at = next.station();
    let line = [
        Stage::PreFlight,
        Stage::Certificate,
        Stage::Validation,
        Stage::Domain,
        Stage::Mapping,
        Stage::Alias,
        Stage::Verify,
    ];
    let mut all: Vec<Station> = line
        .into_iter()
        .map(|id| match at {
            Some(now) if id == now => current(look, id, &next),
            Some(now) if id > now => later(look, id),
            _ => Station { state: StationState::Done, says: says(look, id), made: made(look, id), ..empty(id) },
        })
        .collect();
    let mapped = look.domain().is_some_and(|domain| mapping::at_key(look, domain).is_some());
    all.push(callback(look, mapped));
    all.push(endpoint(look, at.is_none()));
    all
}

fn empty(id: Stage) -> Station {
    let title = match id {
        Stage::PreFlight => "Before anything is written",
        Stage::Certificate => "Certificate",
        Stage::Validation => "Validation record",
        Stage::Domain => "Custom domain",
        Stage::Mapping => "Mapping",
        Stage::Alias => "DNS record",
        Stage::Verify => "Try it",
        Stage::Callback => "Where backends push",
        Stage::Endpoint => "Generated endpoint",
    };
    Station {
        id,
        title: title.to_owned(),
        state: StationState::Later,
        says: String::new(),
        making: None,
        records: Vec::new(),
        made: Vec::new(),
        consent: None,
    }
}

fn current(look: Look<'_>, id: Stage, next: &Next) -> Station {
    let station = Station { made: made(look, id), ..empty(id) };
    let waiting = |says: String| Station { state: StationState::Waiting, says, ..station.clone() };
    match next {
        Next::Read { what, .. } => waiting(format!("Reads {what}.")),
        Next::Wait { what, .. } => waiting(what.clone()),
        Next::Verify { direct: true } => {
            waiting("Tries the address straight at its target: DNS does not know it yet.".to_owned())
        }
        Next::Verify { direct: false } => waiting("Tries the address as a client does.".to_owned()),
        Next::ByHand { records, .. } => Station {
            records: records.clone(),
            ..waiting("Write this where the name's zone is; public DNS is watched for it.".to_owned())
        },
        Next::Do { making, .. } => {
            Station { state: StationState::Ready, says: making.effect.clone(), making: Some(making.clone()), ..station }
        }
        Next::Blocked { reason, words, way_out, .. } => {
            let consent = consent(look, *reason);
            // What it will do once it is allowed is shown before it is; what AWS refused can be tried again.
            let unrefused = World { refusals: Default::default(), ..look.world.clone() };
            let goal = consent.as_ref().map_or(look.goal, |consent| &consent.goal);
            let making = match next_step(goal, &unrefused) {
                Next::Do { station, making } if station == id => Some(making),
                _ => None,
            };
            Station { state: StationState::Blocked, says: format!("{words} {way_out}"), making, consent, ..station }
        }
        Next::Done => station,
    }
}

/// What a person may allow, if it goes on from there.
fn consent(look: Look<'_>, reason: Reason) -> Option<Consent> {
    let goal = look.goal.clone();
    let (title, goal) = match reason {
        Reason::CertificateFailed | Reason::CertificateElsewhere | Reason::ImportedWildcard => {
            ("Ask for a new certificate", Goal { in_place_of: certificate::passed_over(look), ..goal })
        }
        Reason::RecordTaken | Reason::WrongRecord => {
            ("Replace what stands there", Goal { replace_records: true, ..goal })
        }
        Reason::ApexWithoutAlias => ("The DNS host has ALIAS or ANAME", Goal { has_alias: true, ..goal }),
        Reason::NoZone | Reason::PrivateZone | Reason::ZoneNotDelegated => {
            ("Write the records by hand", Goal { dns: DnsHost::Manual, ..goal })
        }
        _ => return None,
    };
    let goes_on = !matches!(next_step(&goal, look.world), Next::Blocked { reason: still, .. } if still == reason);
    goes_on.then(|| Consent { title: title.to_owned(), goal })
}

fn later(look: Look<'_>, id: Stage) -> Station {
    let goal = look.goal;
    let certificate = certificate::chosen(look).map(|c| c.arn.as_str());
    let making = match id {
        Stage::Domain if look.domain().is_none() => certificate.map(|arn| domain_name::create(look, arn)),
        Stage::Mapping if look.domain().is_none_or(|d| mapping::at_key(look, d).is_none()) => {
            Some(mapping::create(look))
        }
        Stage::Alias if goal.dns == DnsHost::Route53 => alias_record::write(look).ok().flatten(),
        _ => None,
    };
    let says = match id {
        Stage::Certificate => format!("A certificate that covers {}: found, or asked for.", goal.domain_name),
        Stage::Validation => "The record that proves the name to ACM, if it is not proven yet.".to_owned(),
        Stage::Domain => format!("The custom domain {}: REGIONAL, TLS 1.2.", goal.domain_name),
        Stage::Mapping => format!("{} will lead to stage {}.", goal.url(), goal.stage),
        Stage::Alias => format!("The record by which clients find {}.", goal.domain_name),
        _ => "Name, certificate, mapping, upgrade and a first message, each by itself.".to_owned(),
    };
    Station { says, making, made: made(look, id), ..empty(id) }
}

fn says(look: Look<'_>, id: Stage) -> String {
    match id {
        Stage::PreFlight => pre_flight::says(look),
        Stage::Certificate => match certificate_of(look) {
            Some(c) if c.status == "ISSUED" => format!("{} is {}.", c.names.join(", "), c.status),
            Some(c) => format!("{} is asked for.", c.names.join(", ")),
            None => "The domain has its certificate; it could not be read here, the try shows it.".to_owned(),
        },
        Stage::Validation => validation::says(look),
        Stage::Domain => look.domain().map_or_else(String::new, |domain| {
            let whose = if domain.ours { "" } else { " It was there before and is not changed." };
            format!("{} answers at {}.{whose}", look.goal.domain_name, domain.target)
        }),
        Stage::Mapping => format!("{} leads to stage {} of {}.", look.goal.url(), look.goal.stage, look.goal.api_id),
        Stage::Alias => alias_record::says(look),
        _ => verify::says(look),
    }
}

fn certificate_of(look: Look<'_>) -> Option<&super::CertificateHere> {
    match look.domain() {
        None => certificate::chosen(look),
        Some(domain) => look.world.certificates.is()?.iter().find(|c| c.arn == domain.certificate_arn),
    }
}

/// Names and ids to copy.
fn made(look: Look<'_>, id: Stage) -> Vec<(String, String)> {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let mut made = Vec::new();
    match id {
        Stage::Certificate => made.extend(certificate_of(look).map(|c| pair("Certificate", &c.arn))),
        Stage::Validation => {
            let records =
                certificate_of(look).into_iter().flat_map(|c| &c.validations).filter_map(|v| v.record.as_ref());
            made.extend(records.map(|(name, value)| pair(name, value)));
            made.dedup();
        }
        Stage::Domain => {
            if let Some(domain) = look.domain() {
                made.push(pair("Target", &domain.target));
                made.push(pair("Its hosted zone", &domain.hosted_zone_id));
            }
        }
        Stage::Mapping => {
            let mapping = look.domain().and_then(|domain| mapping::at_key(look, domain));
            made.extend(mapping.map(|m| pair("Mapping", &m.id)));
        }
        Stage::Verify => made.push(pair("URL", &look.goal.url())),
        _ => {}
    }
    made.retain(|(_, value)| !value.is_empty());
    made
}

fn callback(look: Look<'_>, mapped: bool) -> Station {
    let url = look.goal.callback();
    let stage = &look.goal.stage;
    let fits = look.goal.key == *stage;
    let says = if fits {
        "The key is the stage's name, so what backends build of domain and stage is right.".to_owned()
    } else {
        format!(
            "What backends build of requestContext.domainName and .stage ends in /{stage}, which this domain does \
             not know."
        )
    };
    let state = if mapped { StationState::Optional } else { StationState::Later };
    Station { state, says, made: vec![("Callback URL".to_owned(), url)], ..empty(Stage::Callback) }
}

fn endpoint(look: Look<'_>, done: bool) -> Station {
    let api = look.world.api.is().and_then(Option::as_ref);
    let (state, says) = match api {
        Some(api) if api.endpoint_disabled => (StationState::Done, "The generated endpoint is off.".to_owned()),
        _ if done => (
            StationState::Optional,
            "Clients can go round the domain by the generated endpoint. It can be switched off, for all stages and \
             for @connections too."
                .to_owned(),
        ),
        _ => (StationState::Later, "It can be switched off once the domain answers.".to_owned()),
    };
    let made =
        api.filter(|api| !api.endpoint.is_empty()).map(|api| ("Generated endpoint".to_owned(), api.endpoint.clone()));
    Station { state, says, made: made.into_iter().collect(), ..empty(Stage::Endpoint) }
}
