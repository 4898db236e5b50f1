//! The way back: what the wizard made is removed, the newest first, and what stood before stands again.
//!
//! Only what is still as the wizard wrote it is touched, and only if nothing else came to rest on it; the rest is
//! named. What is gone already is skipped, so that an undo that broke off is gone on with by asking again.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::look::{Fact, Unread, id_of};
use super::name::plain;
use super::{Asked, CertificateHere, DomainHere, Goal, MappingHere, World};
use crate::alias::Record;
use crate::plan::{call, object};
use crate::review::Step;

/// How far AWS's clock and this one may be apart: a signature is good for so long.
const CLOCKS: i64 = 5 * 60_000;

/// A step that the wizard did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Done {
    /// What was sent.
    pub step: Step,
    /// The id or ARN that AWS gave; none: the answer was lost, and it may have been carried out or not.
    pub made: Option<String>,
    /// When it was sent, milliseconds since 1970.
    pub at: i64,
    /// What stood at the record's name before.
    pub before: Vec<Record>,
}

/// The way back.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Undo {
    /// Names it: it changes with the calls.
    pub id: String,
    /// The calls, in this order.
    pub steps: Vec<Step>,
    /// What stays, and why.
    pub keeps: Vec<String>,
    /// Of what stays, the steps that may be taken back later (places in what was done): still as they were written, and
    /// something rests on them, or they could not be read. The others are gone, or somebody else's by now.
    pub later: Vec<usize>,
    /// What could not be read just now, where that is why something stays.
    pub unread: Option<Unread>,
}

/// The names whose records have to be read for it, in the zone of each: [`World::records`].
#[must_use]
pub fn names(done: &[Done]) -> Vec<(String, String)> {
    let all = done.iter().filter(|done| done.step.operation == "ChangeResourceRecordSets");
    all.filter_map(|done| {
        let zone = text(&done.step.input, "hostedZoneId");
        Some((zone, record_name(&done.step)?))
    })
    .collect()
}

/// How what was done is taken back, as far as it may be.
#[must_use]
pub fn undo(goal: &Goal, done: &[Done], world: &World) -> Undo {
    let mut back = Back { goal, world, all: done, at: 0, undo: Undo::default() };
    // A certificate that stays keeps its record.
    for (at, one) in done.iter().enumerate().rev() {
        back.at = at;
        match one.step.operation.as_str() {
            "ChangeResourceRecordSets" => back.record(one),
            "CreateApiMapping" => back.mapping(one),
            "CreateDomainName" => back.domain(one),
            "RequestCertificate" => back.certificate(one),
            _ => back.keep(format!("{} stays: it is changed back by its own change.", one.step.target)),
        }
    }
    let id = id_of(&back.undo.steps);
    Undo { id, ..back.undo }
}

struct Back<'a> {
    goal: &'a Goal,
    world: &'a World,
    all: &'a [Done],
    /// Which of them is looked at.
    at: usize,
    undo: Undo,
}

impl<'a> Back<'a> {
    fn keep(&mut self, words: String) {
        if !self.undo.keeps.contains(&words) {
            self.undo.keeps.push(words);
        }
    }

    /// It stays for now.
    fn keep_for_now(&mut self, words: String) {
        self.undo.later.push(self.at);
        self.keep(words);
    }

    fn unread<T>(&mut self, fact: &Fact, asked: &Asked<T>) {
        let unread = Unread::of(fact, asked);
        self.undo.unread = self.undo.unread.take().or(unread);
    }

    /// A step that was done again after its answer was lost is taken back once.
    fn take_back(&mut self, step: Step) {
        if !self.undo.steps.contains(&step) {
            self.undo.steps.push(step);
        }
    }

    /// The domain that stands, or none; `None`: nobody knows now.
    fn domain_now(&mut self) -> Option<Option<&'a DomainHere>> {
        let world = self.world;
        let Asked::Is(domain) = &world.domain else {
            self.unread(&Fact::Domain, &world.domain);
            let name = &self.goal.domain_name;
            self.keep_for_now(format!("The domain {name} and what it leads to stay: they could not be read."));
            return None;
        };
        Some(domain.as_ref())
    }

    fn record(&mut self, done: &Done) {
        let Some(name) = record_name(&done.step) else { return };
        let zone = text(&done.step.input, "hostedZoneId");
        let world = self.world;
        let Some(now) = world.records.get(&name).and_then(Asked::is) else {
            if let Some(asked) = world.records.get(&name) {
                self.unread(&Fact::Records { zone, name: name.clone() }, asked);
            }
            return self.keep_for_now(format!("The records at {name} stay: they could not be read."));
        };
        let written: Vec<&Value> =
            changes(&done.step).filter(|c| c["Action"] == "CREATE").map(|c| &c["ResourceRecordSet"]).collect();
        let there = |set: &Value| now.iter().find(|record| record.kind == text(set, "Type"));
        if written.iter().all(|set| there(set).is_none()) {
            return;
        }
        if let Some(other) = written.iter().find_map(|set| there(set).filter(|record| !is_as_written(record, set))) {
            return self.keep(format!("{name} stays: somebody changed it since, it is {} now.", other.words()));
        }
        if let Some(user) = self.rests_on(&name) {
            return self.keep_for_now(format!("The record {name} stays: the certificate {user} is renewed by it."));
        }
        if world.certificates.is().is_none() && written.iter().any(|set| text(set, "Type") == "CNAME") {
            self.unread(&Fact::Certificates, &world.certificates);
            return self.keep_for_now(format!("The record {name} stays: what is renewed by it could not be read."));
        }
        let before = |kind: &str| done.before.iter().find(|record| record.kind == kind);
        let mut batch = Vec::new();
        let mut effect = Vec::new();
        for set in written.iter().filter(|set| there(set).is_some()) {
            let kind = text(set, "Type");
            match before(&kind) {
                Some(old) => match old.set(&name) {
                    Some(old_set) => {
                        batch.push(json!({"Action": "UPSERT", "ResourceRecordSet": old_set}));
                        effect.push(format!("{} again", old.words()));
                    }
                    None => {
                        let words = format!("{name} stays: it was {}, whose zone is not known.", old.words());
                        return self.keep_for_now(words);
                    }
                },
                None => {
                    batch.push(json!({"Action": "DELETE", "ResourceRecordSet": set}));
                    effect.push(format!("no {kind}"));
                }
            }
        }
        let written_kind = |kind: &str| written.iter().any(|set| text(set, "Type") == kind);
        for old in changes(&done.step).filter(|c| c["Action"] == "DELETE") {
            let kind = text(&old["ResourceRecordSet"], "Type");
            if written_kind(&kind) {
                // It stands in the place of what was written, which is above.
                continue;
            }
            if now.iter().any(|record| record.kind == kind) {
                return self.keep_for_now(format!("{name} stays: somebody wrote a {kind} beside it since."));
            }
            batch.push(json!({"Action": "UPSERT", "ResourceRecordSet": old["ResourceRecordSet"]}));
            effect.push(format!("the {kind} again"));
        }
        let input = object(json!({"hostedZoneId": zone, "changeBatch": {"Changes": batch}}));
        let step = call("route53", "ChangeResourceRecordSets", format!("record {name}"), effect.join(", "), input);
        self.take_back(step);
    }

    /// A certificate that stays and is proven by this record.
    fn rests_on(&self, name: &str) -> Option<String> {
        let is_proof = |c: &&CertificateHere| {
            let records = c.validations.iter().filter_map(|v| v.record.as_ref());
            matches!(c.status.as_str(), "ISSUED" | "PENDING_VALIDATION")
                && records.map(|(n, _)| plain(n)).any(|n| n == name)
        };
        // One record proves a name for all regions of an account.
        let elsewhere = self.world.certificates_elsewhere.is().into_iter().flatten();
        let certificates = self.world.certificates.is().into_iter().flatten().chain(elsewhere);
        certificates.filter(is_proof).find(|c| !self.goes(c)).map(|c| c.arn.clone())
    }

    /// Whether a certificate will be deleted.
    fn goes(&self, c: &CertificateHere) -> bool {
        self.requested(&c.arn) && self.user(c).is_none()
    }

    fn requested(&self, arn: &str) -> bool {
        let requests = self.all.iter().filter(|one| one.step.operation == "RequestCertificate");
        requests.into_iter().any(|one| self.arn(one).as_deref() == Some(arn))
    }

    /// Which certificate a request made. Where the answer was lost: the one that has the wizard's tag and this name, was
    /// made since, and that no other request is known to have made.
    fn arn(&self, done: &Done) -> Option<String> {
        if let Some(arn) = done.made.as_ref().filter(|arn| !arn.is_empty()) {
            return Some(arn.clone());
        }
        let name = text(&done.step.input, "DomainName");
        let known = |c: &CertificateHere| self.all.iter().any(|one| one.made.as_deref() == Some(c.arn.as_str()));
        let since = |c: &CertificateHere| c.created_at.is_some_and(|at| at.saturating_add(CLOCKS) >= done.at);
        let of_it = |c: &&CertificateHere| c.ours && c.names.first() == Some(&name) && since(c) && !known(c);
        let mut found = self.world.certificates.is().into_iter().flatten().filter(of_it);
        // Of two, nobody can say.
        found.next().filter(|_| found.next().is_none()).map(|c| c.arn.clone())
    }

    fn mapping(&mut self, done: &Done) {
        let Some(Some(domain)) = self.domain_now() else { return };
        let input = &done.step.input;
        let key = text(input, "apiMappingKey");
        let Some(now) = domain.mappings.iter().find(|m| match &done.made {
            Some(id) if !id.is_empty() => m.id == *id,
            _ => m.key == key,
        }) else {
            return;
        };
        if now.key != key || now.api_id != text(input, "apiId") || now.stage != text(input, "stage") {
            let words = format!("The mapping {} stays: somebody changed it since.", now.id);
            return self.keep(words);
        }
        let members = object(json!({"domainName": self.goal.domain_name, "apiMappingId": now.id}));
        let effect = format!("{} leads nowhere", self.goal.url());
        self.take_back(call("apigatewayv2", "DeleteApiMapping", done.step.target.clone(), effect, members));
    }

    fn domain(&mut self, done: &Done) {
        let Some(Some(domain)) = self.domain_now() else { return };
        let target = domain.target.clone();
        let name = &self.goal.domain_name;
        match domain_stays(self.all, self.world) {
            Some(Stays::ForNow(why)) => return self.keep_for_now(format!("The domain {name} stays: {why}.")),
            Some(Stays::ForGood(why)) => return self.keep(format!("The domain {name} stays: {why}.")),
            None => {}
        }
        let effect = format!("{target} answers no more");
        let members = object(json!({"domainName": name}));
        self.take_back(call("apigatewayv2", "DeleteDomainName", done.step.target.clone(), effect, members));
    }

    fn certificate(&mut self, done: &Done) {
        let world = self.world;
        let Some(all) = world.certificates.is() else {
            self.unread(&Fact::Certificates, &world.certificates);
            let which = done.made.as_deref().filter(|arn| !arn.is_empty()).unwrap_or("that was asked for");
            return self.keep_for_now(format!("The certificate {which} stays: it could not be read."));
        };
        // Of a request without an answer there is no certificate where none was made.
        let Some(arn) = self.arn(done) else { return };
        let Some(certificate) = all.iter().find(|c| c.arn == arn) else { return };
        if let Some(user) = self.user(certificate) {
            return self.keep_for_now(format!("The certificate {arn} stays: {user} uses it."));
        }
        let members = object(json!({"CertificateArn": arn}));
        let effect = "it can't be had again; a new one is asked for and proven anew".to_owned();
        self.take_back(call("acm", "DeleteCertificate", done.step.target.clone(), effect, members));
    }

    /// What uses a certificate and stays.
    fn user(&self, c: &CertificateHere) -> Option<String> {
        let domain = self.world.domain.is().and_then(Option::as_ref);
        let ours = domain.is_some_and(|domain| domain.certificate_arn == c.arn);
        let goes = ours && domain_stays(self.all, self.world).is_none();
        if ours && !goes {
            return Some(format!("the domain {}", self.goal.domain_name));
        }
        let own = format!("/domainnames/{}", self.goal.domain_name);
        // ACM names API Gateway's own load balancer, of AWS's account, for a regional domain (assumed).
        let gateway = |arn: &str| {
            let account = arn.split(':').nth(4).unwrap_or_default();
            arn.contains(":elasticloadbalancing:") && !self.world.account.is_empty() && account != self.world.account
        };
        c.in_use_by.iter().find(|arn| !(goes && (arn.ends_with(&own) || gateway(arn)))).cloned()
    }
}

/// Why the domain is not taken back.
enum Stays {
    /// It is the wizard's, and something rests on it.
    ForNow(String),
    /// It is not what the wizard made.
    ForGood(String),
}

/// `None`: it goes, or is gone.
fn domain_stays(all: &[Done], world: &World) -> Option<Stays> {
    let domain = world.domain.is().and_then(Option::as_ref)?;
    let for_good = |why: &str| Some(Stays::ForGood(why.to_owned()));
    let Some(made) = all.iter().rfind(|one| one.step.operation == "CreateDomainName") else {
        return for_good("it was there before");
    };
    // What the wizard makes has its tag.
    if !domain.ours {
        return for_good("it is another one, made since");
    }
    let input = &made.step.input["domainNameConfigurations"][0];
    if !domain.certificate_arn.is_empty() && domain.certificate_arn != text(input, "certificateArn") {
        return for_good("somebody gave it another certificate since");
    }
    let other = domain.mappings.iter().find(|mapping| !is_ours(all, mapping))?;
    let words = format!("it leads to stage {} of {} by the key \"{}\" too", other.stage, other.api_id, other.key);
    Some(Stays::ForNow(words))
}

fn is_ours(all: &[Done], mapping: &MappingHere) -> bool {
    all.iter().filter(|one| one.step.operation == "CreateApiMapping").any(|one| {
        let input = &one.step.input;
        let same = (text(input, "apiMappingKey"), text(input, "apiId"), text(input, "stage"))
            == (mapping.key.clone(), mapping.api_id.clone(), mapping.stage.clone());
        same && one.made.as_deref().is_none_or(|id| id.is_empty() || id == mapping.id)
    })
}

fn is_as_written(record: &Record, set: &Value) -> bool {
    if record.is_one_of_several {
        return false;
    }
    match &record.alias {
        Some(alias) => {
            let target = &set["AliasTarget"];
            let same = |(zone, health): &(String, bool)| {
                *zone == text(target, "HostedZoneId") && Some(*health) == target["EvaluateTargetHealth"].as_bool()
            };
            plain(alias) == plain(&text(target, "DNSName")) && record.alias_zone.as_ref().is_none_or(same)
        }
        None => {
            let written =
                set["ResourceRecords"].as_array().into_iter().flatten().map(|value| plain(&text(value, "Value")));
            record.ttl == set["TTL"].as_i64() && record.values.iter().map(|value| plain(value)).eq(written)
        }
    }
}

fn changes(step: &Step) -> impl Iterator<Item = &Value> {
    step.input["changeBatch"]["Changes"].as_array().into_iter().flatten()
}

fn record_name(step: &Step) -> Option<String> {
    changes(step).next().map(|change| plain(&text(&change["ResourceRecordSet"], "Name")))
}

fn text(value: &Value, member: &str) -> String {
    value[member].as_str().unwrap_or_default().to_owned()
}
