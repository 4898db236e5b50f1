//! The way back: what the wizard made is removed, the newest first, and what stood before stands again.
//!
//! Only what is still as the wizard wrote it is touched, and only if nothing else came to rest on it; the rest is
//! named. What is gone already is skipped, so that an undo that broke off is gone on with by asking again.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::look::id_of;
use super::name::plain;
use super::{Asked, CertificateHere, Goal, MappingHere, World};
use crate::alias::Record;
use crate::plan::{call, object};
use crate::review::Step;

/// A step that the wizard did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Done {
    /// What was sent.
    pub step: Step,
    /// The id or ARN that AWS gave.
    pub made: Option<String>,
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
    let mut back = Back { goal, world, all: done, undo: Undo::default(), mappings: Vec::new(), domain_goes: false };
    // A certificate that stays keeps its record.
    let ordered = done.iter().rev();
    for one in ordered {
        match one.step.operation.as_str() {
            "ChangeResourceRecordSets" => back.record(one),
            "CreateApiMapping" => back.mapping(one),
            "CreateDomainName" => back.domain(one),
            "RequestCertificate" => back.certificate(one),
            _ => back.keep(format!("{} stays: it is changed back by its own change.", one.step.target)),
        }
    }
    let Undo { steps, keeps, .. } = back.undo;
    Undo { id: id_of(&steps), steps, keeps }
}

struct Back<'a> {
    goal: &'a Goal,
    world: &'a World,
    all: &'a [Done],
    undo: Undo,
    /// Mappings that go.
    mappings: Vec<String>,
    domain_goes: bool,
}

impl Back<'_> {
    fn keep(&mut self, words: String) {
        if !self.undo.keeps.contains(&words) {
            self.undo.keeps.push(words);
        }
    }

    fn record(&mut self, done: &Done) {
        let Some(name) = record_name(&done.step) else { return };
        let zone = text(&done.step.input, "hostedZoneId");
        let Some(now) = self.world.records.get(&name).and_then(Asked::is) else {
            return self.keep(format!("The records at {name} stay: they could not be read."));
        };
        let written: Vec<&Value> =
            changes(&done.step).filter(|c| c["Action"] == "UPSERT").map(|c| &c["ResourceRecordSet"]).collect();
        let there = |set: &Value| now.iter().find(|record| record.kind == text(set, "Type"));
        if written.iter().all(|set| there(set).is_none()) {
            return;
        }
        if let Some(other) = written.iter().find_map(|set| there(set).filter(|record| !is_as_written(record, set))) {
            return self.keep(format!("{name} stays: somebody changed it since, it is {} now.", other.words()));
        }
        if let Some(user) = self.rests_on(&name) {
            return self.keep(format!("The record {name} stays: the certificate {user} is renewed by it."));
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
                        return self.keep(format!("{name} stays: it was {}, whose zone is not known.", old.words()));
                    }
                },
                None => {
                    batch.push(json!({"Action": "DELETE", "ResourceRecordSet": set}));
                    effect.push(format!("no {kind}"));
                }
            }
        }
        for old in changes(&done.step).filter(|c| c["Action"] == "DELETE") {
            let kind = text(&old["ResourceRecordSet"], "Type");
            if now.iter().any(|record| record.kind == kind) {
                return self.keep(format!("{name} stays: somebody wrote a {kind} beside it since."));
            }
            batch.push(json!({"Action": "UPSERT", "ResourceRecordSet": old["ResourceRecordSet"]}));
            effect.push(format!("the {kind} again"));
        }
        let input = object(json!({"hostedZoneId": zone, "changeBatch": {"Changes": batch}}));
        let step = call("route53", "ChangeResourceRecordSets", format!("record {name}"), effect.join(", "), input);
        self.undo.steps.push(step);
    }

    /// A certificate that stays and is proven by this record.
    fn rests_on(&self, name: &str) -> Option<String> {
        let is_proof = |c: &&CertificateHere| {
            let records = c.validations.iter().filter_map(|v| v.record.as_ref());
            matches!(c.status.as_str(), "ISSUED" | "PENDING_VALIDATION")
                && records.map(|(n, _)| plain(n)).any(|n| n == name)
        };
        let certificates = self.world.certificates.is().into_iter().flatten();
        certificates.filter(is_proof).find(|c| !self.goes(c)).map(|c| c.arn.clone())
    }

    /// Whether a certificate will be deleted.
    fn goes(&self, c: &CertificateHere) -> bool {
        self.requested(&c.arn) && self.user(c).is_none()
    }

    fn requested(&self, arn: &str) -> bool {
        self.all.iter().any(|one| one.step.operation == "RequestCertificate" && one.made.as_deref() == Some(arn))
    }

    fn mapping(&mut self, done: &Done) {
        let Some(domain) = self.world.domain.is().and_then(Option::as_ref) else { return };
        let input = &done.step.input;
        let key = text(input, "apiMappingKey");
        let Some(now) = domain.mappings.iter().find(|m| match &done.made {
            Some(id) if !id.is_empty() => m.id == *id,
            _ => m.key == key,
        }) else {
            return;
        };
        if now.key != key || now.api_id != text(input, "apiId") || now.stage != text(input, "stage") {
            return self.keep(format!("The mapping {} stays: somebody changed it since.", now.id));
        }
        self.mappings.push(now.id.clone());
        let members = object(json!({"domainName": self.goal.domain_name, "apiMappingId": now.id}));
        let effect = format!("{} leads nowhere", self.goal.url());
        self.undo.steps.push(call("apigatewayv2", "DeleteApiMapping", done.step.target.clone(), effect, members));
    }

    fn domain(&mut self, done: &Done) {
        let Some(domain) = self.world.domain.is().and_then(Option::as_ref) else { return };
        let name = &self.goal.domain_name;
        if let Some(why) = domain_stays(self.all, self.world) {
            return self.keep(format!("The domain {name} stays: {why}."));
        }
        let effect = format!("{} answers no more", domain.target);
        let members = object(json!({"domainName": name}));
        self.undo.steps.push(call("apigatewayv2", "DeleteDomainName", done.step.target.clone(), effect, members));
        self.domain_goes = true;
    }

    fn certificate(&mut self, done: &Done) {
        let Some(arn) = done.made.as_deref().filter(|arn| !arn.is_empty()) else {
            return self.keep(format!("The {} stays, if it was made: its ARN is not known.", done.step.target));
        };
        let Some(all) = self.world.certificates.is() else {
            return self.keep(format!("The certificate {arn} stays: it could not be read."));
        };
        let Some(certificate) = all.iter().find(|c| c.arn == arn) else { return };
        if let Some(user) = self.user(certificate) {
            return self.keep(format!("The certificate {arn} stays: {user} uses it."));
        }
        let members = object(json!({"CertificateArn": arn}));
        let effect = "it can't be had again; a new one is asked for and proven anew".to_owned();
        self.undo.steps.push(call("acm", "DeleteCertificate", done.step.target.clone(), effect, members));
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

/// Why the domain is not taken back; `None`: it goes, or is gone.
fn domain_stays(all: &[Done], world: &World) -> Option<String> {
    let domain = world.domain.is().and_then(Option::as_ref)?;
    let Some(made) = all.iter().find(|one| one.step.operation == "CreateDomainName") else {
        return Some("it was there before".to_owned());
    };
    if made.made.as_deref().is_some_and(|id| id.starts_with("d-") && id != domain.target) {
        return Some("it is another one, made since".to_owned());
    }
    let input = &made.step.input["domainNameConfigurations"][0];
    if !domain.certificate_arn.is_empty() && domain.certificate_arn != text(input, "certificateArn") {
        return Some("somebody gave it another certificate since".to_owned());
    }
    let other = domain.mappings.iter().find(|mapping| !is_ours(all, mapping))?;
    Some(format!("it leads to stage {} of {} by the key \"{}\" too", other.stage, other.api_id, other.key))
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
        Some(alias) => plain(alias) == plain(&text(&set["AliasTarget"], "DNSName")),
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
