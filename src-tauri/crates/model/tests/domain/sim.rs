//! A small AWS, public DNS and a person: enough to follow the wizard through every turn. Its clock is
//! moved by hand.

use std::collections::{BTreeMap, BTreeSet};

use gatescope_model::alias::Record;
use gatescope_model::domain::undo::Done;
use gatescope_model::domain::*;
use gatescope_model::review::Step;
use serde_json::Value;

pub const TARGET: &str = "d-abc1234567.execute-api.eu-west-1.amazonaws.com";
pub const MINUTE: i64 = 60_000;

/// What becomes of a certificate whose record stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fate {
    Issued,
    Failed,
    Ignored,
}

/// What public DNS does with what the zone says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Public {
    /// Tells it after a minute.
    Follows,
    /// Tells nothing, ever.
    Silent,
    /// Tells another address, ever.
    Lies,
    /// Does not answer.
    Fails,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Sim {
    pub now: i64,
    pub region: String,
    pub api: Option<ApiHere>,
    pub certificates: Vec<CertificateHere>,
    pub elsewhere: Vec<CertificateHere>,
    pub domain: Option<DomainHere>,
    pub zones: Vec<ZoneHere>,
    pub name_servers: Vec<String>,
    /// Records, and since when.
    pub records: BTreeMap<String, Vec<Record>>,
    pub written: BTreeMap<String, i64>,
    pub tokens: BTreeMap<String, String>,
    pub next_id: u32,
    pub fate: Fate,
    pub public: Public,
    pub owned_elsewhere: bool,
    /// Operations that are not allowed, by name; reading too.
    pub denied: BTreeSet<String>,
    /// Calls that are throttled that often before they are taken.
    pub throttled: BTreeMap<String, u32>,
    pub last_created: Option<i64>,
    /// Which link breaks for good.
    pub broken: Option<CheckKind>,
    /// Writes by operation that really happened.
    pub writes: Vec<String>,
}

/// What the process remembers; gone when it is killed.
#[derive(Clone, Debug, Default)]
pub struct Process {
    pub created: Option<i64>,
    pub stands_since: Option<i64>,
    pub verified: Option<Verification>,
    pub refusals: BTreeMap<String, Refusal>,
}

pub fn chat() -> Goal {
    Goal {
        api_id: "a1b2c3d4e5".into(),
        stage: "prod".into(),
        domain_name: "chat.example.com".into(),
        key: "chat".into(),
        ..Goal::default()
    }
}

pub fn certificate(name: &str, status: &str) -> CertificateHere {
    CertificateHere {
        arn: format!("arn:aws:acm:eu-west-1:123456789012:certificate/{}-{status}", name.replace('*', "all")),
        names: vec![name.into()],
        status: status.into(),
        kind: "AMAZON_ISSUED".into(),
        validation_method: "DNS".into(),
        created_at: Some(0),
        validations: vec![Validation {
            name: name.into(),
            status: if status == "ISSUED" { "SUCCESS" } else { "PENDING_VALIDATION" }.into(),
            record: Some(proof(name)),
        }],
        ..CertificateHere::default()
    }
}

pub fn proof(name: &str) -> (String, String) {
    let base = name.trim_start_matches("*.");
    (format!("_c0ffee.{base}"), "_beef.acm-validations.aws".into())
}

pub fn domain() -> DomainHere {
    DomainHere {
        target: TARGET.into(),
        hosted_zone_id: "ZLY8HYME6SFDD".into(),
        status: "AVAILABLE".into(),
        endpoint_type: "REGIONAL".into(),
        security_policy: "TLS_1_2".into(),
        ip_address_type: "ipv4".into(),
        routing_mode: "API_MAPPING_ONLY".into(),
        certificate_arn: certificate("chat.example.com", "ISSUED").arn,
        ..DomainHere::default()
    }
}

pub fn zone(id: &str, private: bool, server: &str) -> ZoneHere {
    ZoneHere { id: id.into(), name: "example.com".into(), private, name_servers: vec![server.into()] }
}

pub fn record(kind: &str, value: &str) -> Record {
    Record { kind: kind.into(), ttl: Some(300), values: vec![value.into()], ..Record::default() }
}

impl Default for Sim {
    fn default() -> Self {
        Self {
            now: 1_000_000_000,
            region: "eu-west-1".into(),
            api: Some(ApiHere {
                name: "chat".into(),
                protocol: "WEBSOCKET".into(),
                stages: [("prod".to_owned(), true), ("empty".to_owned(), false)].into(),
                ..ApiHere::default()
            }),
            certificates: Vec::new(),
            elsewhere: Vec::new(),
            domain: None,
            zones: vec![zone("Z1", false, "ns-1.awsdns-1.com")],
            name_servers: vec!["ns-1.awsdns-1.com.".into()],
            records: BTreeMap::new(),
            written: BTreeMap::new(),
            tokens: BTreeMap::new(),
            next_id: 1,
            fate: Fate::Issued,
            public: Public::Follows,
            owned_elsewhere: false,
            denied: BTreeSet::new(),
            throttled: BTreeMap::new(),
            last_created: None,
            broken: None,
            writes: Vec::new(),
        }
    }
}

impl Sim {
    /// Time goes on, and with it what AWS does by itself.
    pub fn pass(&mut self, ms: i64) {
        self.now += ms;
        let (now, fate, records, written) = (self.now, self.fate, self.records.clone(), self.written.clone());
        for c in self.certificates.iter_mut().filter(|c| c.status == "PENDING_VALIDATION") {
            let created = c.created_at.unwrap();
            if now >= created + 3_000 {
                for v in &mut c.validations {
                    v.record = Some(proof(&v.name));
                }
            }
            let since = c.validations.iter().map(|v| {
                let (name, value) = v.record.clone()?;
                let stands = records
                    .get(&name)
                    .is_some_and(|all| all.iter().any(|r| r.kind == "CNAME" && r.values == [value.clone()]));
                stands.then(|| written.get(&name).copied().unwrap_or_default())
            });
            let since = since.collect::<Option<Vec<i64>>>().map(|all| all.into_iter().max().unwrap_or_default());
            match (since, fate) {
                (Some(since), Fate::Issued) if now >= since.max(created) + 2 * MINUTE => {
                    c.status = "ISSUED".into();
                    c.validations.iter_mut().for_each(|v| v.status = "SUCCESS".into());
                    c.not_after = Some(now + 395 * 24 * 60 * MINUTE);
                }
                (Some(since), Fate::Failed) if now >= since.max(created) + MINUTE => {
                    c.status = "FAILED".into();
                    c.failure_reason = Some("CAA_ERROR".into());
                }
                _ if now >= created + 72 * 60 * MINUTE => c.status = "VALIDATION_TIMED_OUT".into(),
                _ => {}
            }
        }
        let ready = now >= self.last_created.unwrap_or_default() + MINUTE;
        if let Some(domain) = self.domain.as_mut().filter(|d| ready && d.status == "UPDATING") {
            domain.status = "AVAILABLE".into();
        }
    }

    /// What public DNS says.
    pub fn resolve(&self, name: &str) -> Resolved {
        let own = vec!["192.0.2.1".to_owned()];
        if name == TARGET {
            return Resolved { addresses: own, ..Resolved::default() };
        }
        let mut found = Resolved::default();
        if name == "example.com" {
            found.name_servers = self.name_servers.clone();
        }
        match self.public {
            Public::Lies => return Resolved { addresses: vec!["198.51.100.9".into()], ..found },
            Public::Silent | Public::Fails => return found,
            Public::Follows => {}
        }
        let wild = name.split_once('.').map(|(_, rest)| format!("*.{rest}")).unwrap_or_default();
        let Some((at, all)) = [name, wild.as_str()].into_iter().find_map(|n| Some((n, self.records.get(n)?))) else {
            return found;
        };
        if self.now < self.written.get(at).copied().unwrap_or_default() + MINUTE {
            return found;
        }
        for r in all {
            let to = r.alias.clone().or_else(|| (r.kind == "CNAME").then(|| r.values[0].clone()));
            match to.as_deref() {
                Some(TARGET) => found.addresses.clone_from(&own),
                Some(_) => {}
                None => found.addresses.extend(r.values.clone()),
            }
            found.cnames.extend(to.filter(|_| r.kind == "CNAME"));
        }
        found
    }

    fn throttle(&mut self, what: &str) -> bool {
        let left = self.throttled.entry(what.to_owned()).or_default();
        let throttled = *left > 0;
        *left = left.saturating_sub(1);
        throttled
    }

    fn asked<T>(&mut self, what: &str, answer: T) -> Asked<T> {
        let failed =
            |code: &str, passing| Asked::Failed { code: code.into(), message: format!("{what} says no"), passing };
        if self.denied.contains(what) {
            return failed("AccessDeniedException", false);
        }
        if self.throttle(what) { failed("TooManyRequestsException", true) } else { Asked::Is(answer) }
    }

    pub fn read(&mut self, fact: &Fact, world: &mut World) {
        match fact {
            Fact::Api => world.api = self.asked("GetApi", self.api.clone()),
            Fact::Domain => world.domain = self.asked("GetDomainName", self.domain.clone()),
            Fact::Certificates => world.certificates = self.asked("ListCertificates", self.certificates.clone()),
            Fact::CertificatesElsewhere => {
                world.certificates_elsewhere = self.asked("Elsewhere", self.elsewhere.clone())
            }
            Fact::Zones => world.zones = self.asked("ListHostedZones", self.zones.clone()),
            Fact::Records { name, .. } => {
                let all = self.records.get(name).cloned().unwrap_or_default();
                let asked = self.asked("ListResourceRecordSets", all);
                world.records.insert(name.clone(), asked);
            }
            Fact::Dns { name } | Fact::NameServers { zone: name } => {
                let fails = self.public == Public::Fails;
                let failed = Asked::Failed { code: "timeout".into(), message: String::new(), passing: true };
                let asked = if fails { failed } else { Asked::Is(self.resolve(name)) };
                world.dns.insert(name.clone(), asked);
            }
        }
    }

    /// One whole look.
    pub fn look(&mut self, goal: &Goal, process: &Process) -> World {
        let mut world = World {
            now: self.now,
            region: self.region.clone(),
            account: "123456789012".into(),
            created_domain_at: process.created,
            stands_since: process.stands_since,
            verified: process.verified.clone(),
            refusals: process.refusals.clone(),
            ..World::default()
        };
        for _ in 0..20 {
            if !matches!(next_step(goal, &world), Next::Read { .. }) {
                return world;
            }
            let facts = wants(goal, &world);
            assert!(!facts.is_empty(), "something is to be read, and nothing is wanted");
            for fact in facts {
                self.read(&fact, &mut world);
            }
        }
        panic!("reading never ends");
    }

    /// One call.
    pub fn call(&mut self, step: &Step) -> Result<Option<String>, Refusal> {
        let at = self.now;
        let refused =
            |code: &str, message: &str, passing| Refusal { code: code.into(), message: message.into(), passing, at };
        let operation = step.operation.as_str();
        if self.denied.contains(operation) {
            return Err(refused("AccessDeniedException", "not authorized", false));
        }
        let too_many = refused("TooManyRequestsException", "Too Many Requests", true);
        if self.throttle(operation) {
            return Err(too_many);
        }
        let input = &step.input;
        let text = |member: &str| input[member].as_str().unwrap_or_default().to_owned();
        let made = match operation {
            "RequestCertificate" => {
                let token = text("IdempotencyToken");
                if let Some(arn) = self.tokens.get(&token) {
                    return Ok(Some(arn.clone()));
                }
                let name = text("DomainName");
                let mut c = certificate(&name, "PENDING_VALIDATION");
                c.arn = format!("arn:aws:acm:eu-west-1:123456789012:certificate/made-{}", self.next_id);
                c.created_at = Some(self.now);
                c.ours = true;
                c.validations[0].record = None;
                self.next_id += 1;
                self.tokens.insert(token, c.arn.clone());
                self.certificates.push(c.clone());
                Some(c.arn)
            }
            "DeleteCertificate" => {
                self.certificates.retain(|c| c.arn != text("CertificateArn"));
                None
            }
            "CreateDomainName" => {
                if self.last_created.is_some_and(|at| self.now < at + 30_000) {
                    return Err(too_many);
                }
                if self.owned_elsewhere || self.domain.is_some() {
                    return Err(refused("ConflictException", "The domain name you provided already exists.", false));
                }
                let shape = &input["domainNameConfigurations"][0];
                let arn = shape["certificateArn"].as_str().unwrap().to_owned();
                assert!(self.certificates.iter().any(|c| c.arn == arn && c.status == "ISSUED"), "{arn} is not issued");
                self.domain = Some(DomainHere {
                    status: "UPDATING".into(),
                    certificate_arn: arn,
                    ip_address_type: shape["ipAddressType"].as_str().unwrap().into(),
                    ours: true,
                    ..domain()
                });
                self.last_created = Some(self.now);
                Some(TARGET.into())
            }
            "DeleteDomainName" => {
                self.domain = None;
                None
            }
            "CreateApiMapping" => {
                let domain = self.domain.as_mut().unwrap();
                assert_eq!(domain.status, "AVAILABLE");
                let key = text("apiMappingKey");
                assert!(domain.mappings.iter().all(|m| m.key != key), "the key is taken");
                let id = format!("m{}", self.next_id);
                self.next_id += 1;
                domain.mappings.push(MappingHere {
                    id: id.clone(),
                    key,
                    api_id: text("apiId"),
                    stage: text("stage"),
                    protocol: "WEBSOCKET".into(),
                });
                Some(id)
            }
            "DeleteApiMapping" => {
                let domain = self.domain.as_mut().unwrap();
                domain.mappings.retain(|m| m.id != text("apiMappingId"));
                None
            }
            "ChangeResourceRecordSets" => {
                self.change(input);
                None
            }
            other => panic!("{other} is no call of the wizard"),
        };
        self.writes.push(format!("{operation} {}", step.target));
        Ok(made)
    }

    fn change(&mut self, input: &Value) {
        assert!(
            self.zones.iter().any(|z| !z.private && z.id == input["hostedZoneId"]),
            "written to a zone that nobody sees"
        );
        for change in input["changeBatch"]["Changes"].as_array().unwrap() {
            let set = &change["ResourceRecordSet"];
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let (name, kind) = (text(&set["Name"]), text(&set["Type"]));
            let new = Record {
                kind: kind.clone(),
                ttl: set["TTL"].as_i64(),
                values: set["ResourceRecords"].as_array().into_iter().flatten().map(|r| text(&r["Value"])).collect(),
                alias: set["AliasTarget"]["DNSName"].as_str().map(str::to_owned),
                alias_zone: set["AliasTarget"]["HostedZoneId"].as_str().map(|zone| (zone.to_owned(), false)),
                is_one_of_several: false,
            };
            let all = self.records.entry(name.clone()).or_default();
            if change["Action"] == "DELETE" {
                // Route 53 deletes only what is named to the letter.
                assert!(all.contains(&new), "{new:?} is not there: {all:?}");
            }
            assert!(
                all.iter().all(|r| r.kind != kind || !r.is_one_of_several),
                "a record with a routing policy was touched"
            );
            if change["Action"] == "CREATE" {
                // And makes only what is not there.
                assert!(all.iter().all(|r| r.kind != kind), "a {kind} stands there: {all:?}");
            }
            all.retain(|r| r.kind != kind);
            if change["Action"] != "DELETE" {
                all.push(new);
            }
            all.sort_by(|a, b| a.kind.cmp(&b.kind));
            assert!(all.len() < 2 || all.iter().all(|r| r.kind != "CNAME"), "a CNAME beside another record");
            self.written.insert(name.clone(), self.now);
            if all.is_empty() {
                self.records.remove(&name);
                self.written.remove(&name);
            }
        }
    }

    /// A try of the address.
    pub fn verify(&self, goal: &Goal, direct: bool) -> Verification {
        let all = [CheckKind::Resolve, CheckKind::Tls, CheckKind::Mapping, CheckKind::Upgrade, CheckKind::Message];
        let check = |kind: CheckKind, broken: Option<CheckKind>| Check {
            kind,
            state: match broken {
                Some(at) if at == kind => CheckState::Failed,
                Some(at) if kind > at => CheckState::NotTried,
                _ => CheckState::Holds,
            },
            says: format!("seen {kind:?}"),
            cause: None,
            took_ms: 1,
        };
        let straight = all.map(|kind| check(kind, self.broken)).to_vec();
        let dns = self.resolve(goal.dialled());
        let there = dns.addresses == ["192.0.2.1"];
        let broken = match () {
            () if dns.addresses.is_empty() => Some(CheckKind::Resolve),
            () if !there => Some(CheckKind::Tls),
            () => self.broken,
        };
        let public = if direct { Vec::new() } else { all.map(|kind| check(kind, broken)).to_vec() };
        Verification { at: self.now, direct: straight, public }
    }

    /// What stands, without the clock.
    pub fn stands(&self) -> Standing {
        let certificates = self.certificates.iter().map(|c| (c.arn.clone(), c.status.clone())).collect();
        let domain = self.domain.clone().map(|d| DomainHere { status: String::new(), ..d });
        (certificates, domain, self.records.clone())
    }
}

/// Certificates with their status, the domain, the records.
pub type Standing = (Vec<(String, String)>, Option<DomainHere>, BTreeMap<String, Vec<Record>>);

/// How it ended.
#[derive(Debug)]
pub struct Ended {
    pub next: Next,
    pub done: Vec<Done>,
    pub ids: BTreeSet<String>,
}

/// Follows the wizard; after `stop` writes the process is killed (`None`: never) and this returns.
pub fn follow(goal: &Goal, sim: &mut Sim, stop: Option<usize>) -> Ended {
    let mut process = Process::default();
    let (mut done, mut ids, mut waits) = (Vec::new(), BTreeSet::new(), 0_u32);
    for _ in 0..400 {
        let world = sim.look(goal, &process);
        let next = next_step(goal, &world);
        agree(goal, &world, &next);
        if done.len() >= stop.unwrap_or(usize::MAX) {
            return Ended { next, done, ids };
        }
        if matches!(next.station(), None | Some(StationId::Verify)) {
            process.stands_since.get_or_insert(sim.now);
        }
        let mut pause = 200;
        match &next {
            Next::Read { .. } => panic!("still to be read"),
            Next::Blocked { .. } | Next::Done => return Ended { next, done, ids },
            Next::Verify { direct } => process.verified = Some(sim.verify(goal, *direct)),
            Next::Wait { look_again_ms, usual_ms, .. } => {
                assert!((1..=MINUTE).contains(look_again_ms) && *usual_ms > 0, "{next:?}");
                // Whoever waits long looks rarely.
                waits += 1;
                pause = look_again_ms << (waits / 8).min(9);
            }
            Next::ByHand { records, .. } => {
                assert!(records.iter().any(|r| !r.right));
                for wanted in records.iter().filter(|r| !r.right) {
                    let mut new = record("CNAME", &wanted.value);
                    if wanted.kind == "ALIAS" {
                        new = Record { kind: "A".into(), values: vec!["192.0.2.1".into()], ..new };
                    }
                    // The person writes it once; then it takes its time.
                    if sim.records.get(&wanted.name) != Some(&vec![new.clone()]) {
                        sim.records.insert(wanted.name.clone(), vec![new]);
                        sim.written.insert(wanted.name.clone(), sim.now);
                    }
                }
                waits += 1;
                pause = 10_000;
                // Public DNS that never tells leaves it to the person, for ever.
                if waits > 60 && sim.public != Public::Follows {
                    return Ended { next, done, ids };
                }
            }
            Next::Do { making, .. } => {
                for step in &making.steps {
                    let before = step.input["changeBatch"]["Changes"][0]["ResourceRecordSet"]["Name"].as_str();
                    let before = before.and_then(|name| sim.records.get(name)).cloned().unwrap_or_default();
                    if step.operation == "CreateDomainName" {
                        process.created = Some(sim.now);
                    }
                    match sim.call(step) {
                        Ok(made) => done.push(Done { step: step.clone(), made, at: sim.now, before }),
                        Err(refusal) => {
                            process.refusals.insert(making.id.clone(), refusal);
                            break;
                        }
                    }
                }
                if process.refusals.get(&making.id).is_none_or(|r| r.at != sim.now) {
                    assert!(ids.insert(making.id.clone()), "{} is done twice", making.title);
                }
                waits = 0;
            }
        }
        sim.pass(pause);
    }
    panic!("it never ends: {:?}", next_step(goal, &sim.look(goal, &process)));
}

/// The line says what comes next.
pub fn agree(goal: &Goal, world: &World, next: &Next) {
    let line = stations(goal, world);
    assert_eq!(line.len(), 9);
    let at = next.station();
    for station in &line[..7] {
        let expected = match (at, next) {
            (Some(now), Next::Do { making, .. }) if now == station.id => {
                assert_eq!(station.making.as_ref(), Some(making));
                StationState::Ready
            }
            (Some(now), Next::Blocked { words, .. }) if now == station.id => {
                assert!(station.says.contains(words.as_str()));
                StationState::Blocked
            }
            (Some(now), _) if now == station.id => StationState::Waiting,
            (Some(now), _) if station.id > now => StationState::Later,
            _ => StationState::Done,
        };
        assert_eq!(station.state, expected, "{:?} while {next:?}", station.id);
        assert!(!station.says.is_empty(), "{:?} says nothing", station.id);
    }
}
