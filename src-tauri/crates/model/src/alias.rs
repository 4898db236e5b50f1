//! The record by which clients find a custom domain: what stands at its name, and the one call that puts it right.
//!
//! An ALIAS of type A to the domain's own target (facts 6). A CNAME cannot stand beside another record, so it goes in the
//! same batch. It may not know how records are read or written.

use serde_json::{Value, json};

use crate::plan::{call, object};
use crate::review::Step;
use crate::surroundings::CustomDomain;

/// A public hosted zone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Zone {
    /// `Z1UJRXOUMOOFQ8`.
    pub id: String,
    /// Without the dot at the end.
    pub name: String,
}

/// What stands at a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// `A`, `AAAA`, `CNAME` …
    pub kind: String,
    /// Seconds; an ALIAS has none.
    pub ttl: Option<i64>,
    /// Addresses or names.
    pub values: Vec<String>,
    /// What an ALIAS points at, without the dot at the end.
    pub alias: Option<String>,
    /// It has a routing policy: others of the same name and type stand beside it.
    pub is_one_of_several: bool,
}

impl Record {
    /// `CNAME to abc.execute-api.us-east-1.amazonaws.com`.
    #[must_use]
    pub fn words(&self) -> String {
        let to = self.alias.clone().unwrap_or_else(|| self.values.join(", "));
        let kind = if self.alias.is_some() { format!("{} ALIAS", self.kind) } else { self.kind.clone() };
        format!("{kind} to {to}")
    }

    fn is_address(&self) -> bool {
        ["A", "AAAA", "CNAME"].contains(&self.kind.as_str())
    }

    fn points_at(&self, target: &str) -> bool {
        self.alias.as_deref().is_some_and(|alias| alias.eq_ignore_ascii_case(target))
    }
}

/// Why no step is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unmade {
    /// The record is right already.
    IsRight,
    /// Several records share the name under a routing policy, or it is an ALIAS to something else for another type: what
    /// was meant by that is not ours to say.
    IsMeant,
}

/// The call that makes a name an ALIAS of the domain's target, whatever stands at it now.
///
/// # Errors
/// When there is nothing to write, or nothing that may be written.
pub fn alias(name: &str, domain: &CustomDomain, zone: &Zone, now: &[Record]) -> Result<Step, Unmade> {
    let addresses = || now.iter().filter(|record| record.is_address());
    let wrong = |record: &&Record| !record.points_at(&domain.target);
    let is_meant = |record: &Record| record.is_one_of_several || (record.kind != "A" && record.alias.is_some());
    if addresses().filter(wrong).any(is_meant) {
        return Err(Unmade::IsMeant);
    }
    if addresses().any(|record| record.kind == "A") && addresses().filter(wrong).count() == 0 {
        return Err(Unmade::IsRight);
    }
    // An A record is written over; of the others there is none beside it, or none that leads here.
    let mut changes: Vec<Value> = addresses()
        .filter(|record| record.kind != "A" && wrong(record))
        .map(|record| {
            let values: Vec<Value> = record.values.iter().map(|value| json!({ "Value": value })).collect();
            json!({"Action": "DELETE", "ResourceRecordSet": {
                "Name": name, "Type": record.kind, "TTL": record.ttl, "ResourceRecords": values}})
        })
        .collect();
    changes.push(json!({"Action": "UPSERT", "ResourceRecordSet": {"Name": name, "Type": "A", "AliasTarget": {
        "HostedZoneId": domain.hosted_zone_id, "DNSName": domain.target, "EvaluateTargetHealth": false}}}));
    let input = object(json!({"hostedZoneId": zone.id, "changeBatch": { "Changes": changes }}));
    let effect = format!("A ALIAS to {}", domain.target);
    Ok(call("route53", "ChangeResourceRecordSets", format!("record {name}"), effect, input))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn domain() -> CustomDomain {
        CustomDomain {
            domain_name: "chat.example.com".into(),
            target: "d-abc.execute-api.us-east-1.amazonaws.com".into(),
            hosted_zone_id: "Z1UJRXOUMOOFQ8".into(),
            ..CustomDomain::default()
        }
    }

    fn asked(now: &[Record]) -> Result<Vec<String>, Unmade> {
        let zone = Zone { id: "Z1".into(), name: "example.com".into() };
        let step = alias("chat.example.com", &domain(), &zone, now)?;
        let changes = step.input["changeBatch"]["Changes"].as_array().unwrap().clone();
        let words = |c: &Value| format!("{} {}", c["Action"], c["ResourceRecordSet"]["Type"]).replace('"', "");
        Ok(changes.iter().map(words).collect())
    }

    #[test]
    fn whatever_stood_there_an_alias_stands_there_afterwards() {
        let record = |kind: &str, value: &str| Record {
            kind: kind.into(),
            ttl: Some(300),
            values: vec![value.into()],
            ..Record::default()
        };
        let generated = record("CNAME", "3fmvso4h96.execute-api.us-east-1.amazonaws.com");
        assert_eq!(asked(&[]).unwrap(), ["UPSERT A"]);
        assert_eq!(asked(&[generated]).unwrap(), ["DELETE CNAME", "UPSERT A"]);
        assert_eq!(asked(&[record("A", "10.0.0.1"), record("AAAA", "::1")]).unwrap(), ["DELETE AAAA", "UPSERT A"]);
        assert_eq!(asked(&[record("TXT", "\"mine\"")]).unwrap(), ["UPSERT A"]);
        let right = Record { kind: "A".into(), alias: Some(domain().target), ..Record::default() };
        assert_eq!(asked(&[right]), Err(Unmade::IsRight));
        let several = Record { is_one_of_several: true, ..record("A", "10.0.0.1") };
        assert_eq!(asked(&[several]), Err(Unmade::IsMeant));
    }

    #[test]
    fn the_command_is_one_that_a_shell_takes() {
        let zone = Zone { id: "Z1".into(), name: "example.com".into() };
        let step = alias("chat.example.com", &domain(), &zone, &[]).unwrap();
        assert!(step.command.starts_with("aws route53 change-resource-record-sets"), "{}", step.command);
        assert!(step.command.contains(r#"--change-batch '{"Changes":[{"Action":"UPSERT""#), "{}", step.command);
    }
}
