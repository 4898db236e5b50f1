//! The record by which clients find a custom domain: what stands at its name, and the one call that puts it right.
//!
//! An ALIAS of type A to the domain's own target (facts 6). A CNAME cannot stand beside another record, so it goes in the
//! same batch. It may not know how records are read or written.

use serde::{Deserialize, Serialize};
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Record {
    /// `A`, `AAAA`, `CNAME` …
    pub kind: String,
    /// Seconds; an ALIAS has none.
    pub ttl: Option<i64>,
    /// Addresses or names.
    pub values: Vec<String>,
    /// What an ALIAS points at, without the dot at the end.
    pub alias: Option<String>,
    /// The zone of what an ALIAS points at, and whether its health is asked: to write it again.
    pub alias_zone: Option<(String, bool)>,
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

    /// The record set as Route 53 takes it; `None`: an ALIAS of which the zone is not known.
    #[must_use]
    pub fn set(&self, name: &str) -> Option<Value> {
        let Some(alias) = &self.alias else {
            let values: Vec<Value> = self.values.iter().map(|value| json!({ "Value": value })).collect();
            return Some(json!({"Name": name, "Type": self.kind, "TTL": self.ttl, "ResourceRecords": values}));
        };
        let (zone, health) = self.alias_zone.as_ref()?;
        Some(json!({"Name": name, "Type": self.kind, "AliasTarget": {
            "HostedZoneId": zone, "DNSName": alias, "EvaluateTargetHealth": health}}))
    }

    fn is_address(&self) -> bool {
        ["A", "AAAA", "CNAME"].contains(&self.kind.as_str())
    }

    /// An ALIAS, or a CNAME that somebody wrote in its place.
    fn points_at(&self, target: &str) -> bool {
        let is = |name: &String| name.trim_end_matches('.').eq_ignore_ascii_case(target);
        self.alias.as_ref().is_some_and(is) || (self.kind == "CNAME" && self.values.iter().all(is))
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

/// Where a name shall lead.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// The domain's own target, without a dot at the end.
    pub name: String,
    /// The target's zone, not the name's.
    pub hosted_zone_id: String,
    /// AAAA beside A.
    pub dual_stack: bool,
}

/// The call that makes a name an ALIAS of the domain's target, whatever stands at it now.
///
/// # Errors
/// When there is nothing to write, or nothing that may be written.
pub fn alias(name: &str, domain: &CustomDomain, zone: &Zone, now: &[Record]) -> Result<Step, Unmade> {
    let target =
        Target { name: domain.target.clone(), hosted_zone_id: domain.hosted_zone_id.clone(), dual_stack: false };
    lead(name, &target, &zone.id, now).map(|(step, _)| step)
}

/// The call that makes a name lead to a target, and what of that which stands now it takes away.
///
/// # Errors
/// When there is nothing to write, or nothing that may be written.
pub fn lead<'a>(name: &str, target: &Target, zone: &str, now: &'a [Record]) -> Result<(Step, Vec<&'a Record>), Unmade> {
    let addresses = || now.iter().filter(|record| record.is_address());
    let wrong = |record: &&Record| !record.points_at(&target.name);
    let wanted = if target.dual_stack { &["A", "AAAA"][..] } else { &["A"] };
    let is_meant = |record: &Record| record.is_one_of_several || (record.kind != "A" && record.alias.is_some());
    if addresses().filter(wrong).any(is_meant) {
        return Err(Unmade::IsMeant);
    }
    let replaced: Vec<&Record> = addresses().filter(wrong).collect();
    let stands =
        |kind: &&str| addresses().any(|r| r.points_at(&target.name) && [kind, "CNAME"].contains(&r.kind.as_str()));
    if replaced.is_empty() && wanted.iter().all(stands) {
        return Err(Unmade::IsRight);
    }
    // What goes is named as it was read, and what comes is made anew: a batch that meets anything else is refused whole.
    let mut changes: Vec<Value> = replaced
        .iter()
        .filter_map(|record| record.set(name))
        .map(|set| json!({"Action": "DELETE", "ResourceRecordSet": set}))
        .collect();
    changes.extend(
        wanted.iter().filter(|kind| !addresses().any(|r| r.kind == **kind && r.points_at(&target.name))).map(|kind| {
            json!({"Action": "CREATE", "ResourceRecordSet": {"Name": name, "Type": kind, "AliasTarget": {
                "HostedZoneId": target.hosted_zone_id, "DNSName": target.name, "EvaluateTargetHealth": false}}})
        }),
    );
    let input = object(json!({"hostedZoneId": zone, "changeBatch": { "Changes": changes }}));
    let effect = format!("{} ALIAS to {}", wanted.join(" and "), target.name);
    Ok((call("route53", "ChangeResourceRecordSets", format!("record {name}"), effect, input), replaced))
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
        assert_eq!(asked(&[]).unwrap(), ["CREATE A"]);
        assert_eq!(asked(&[generated]).unwrap(), ["DELETE CNAME", "CREATE A"]);
        let both = asked(&[record("A", "10.0.0.1"), record("AAAA", "::1")]).unwrap();
        assert_eq!(both, ["DELETE A", "DELETE AAAA", "CREATE A"]);
        assert_eq!(asked(&[record("TXT", "\"mine\"")]).unwrap(), ["CREATE A"]);
        let right = Record { kind: "A".into(), alias: Some(domain().target), ..Record::default() };
        assert_eq!(asked(&[right]), Err(Unmade::IsRight));
        assert_eq!(asked(&[record("CNAME", &format!("{}.", domain().target))]), Err(Unmade::IsRight));
        let several = Record { is_one_of_several: true, ..record("A", "10.0.0.1") };
        assert_eq!(asked(&[several]), Err(Unmade::IsMeant));
    }

    #[test]
    fn for_dual_stack_two_aliases_stand_there_and_what_is_written_over_is_told() {
        let target = Target { name: domain().target, hosted_zone_id: "Z1UJ".into(), dual_stack: true };
        let old = Record { kind: "AAAA".into(), values: vec!["::1".into()], ttl: Some(60), ..Record::default() };
        let right = Record { kind: "A".into(), alias: Some(domain().target), ..Record::default() };
        let now = [right, old.clone()];
        let (step, replaced) = lead("chat.example.com", &target, "Z1", &now).unwrap();
        let changes = step.input["changeBatch"]["Changes"].as_array().unwrap();
        assert_eq!(changes.len(), 2, "{changes:?}");
        assert_eq!((&changes[0]["Action"], &changes[1]["Action"]), (&json!("DELETE"), &json!("CREATE")));
        assert_eq!(changes[1]["ResourceRecordSet"]["Type"], "AAAA");
        assert_eq!(changes[1]["ResourceRecordSet"]["AliasTarget"]["HostedZoneId"], "Z1UJ");
        assert_eq!(replaced, [&old]);
    }

    #[test]
    fn the_command_is_one_that_a_shell_takes() {
        let zone = Zone { id: "Z1".into(), name: "example.com".into() };
        let step = alias("chat.example.com", &domain(), &zone, &[]).unwrap();
        assert!(step.command.starts_with("aws route53 change-resource-record-sets"), "{}", step.command);
        assert!(step.command.contains(r#"--change-batch '{"Changes":[{"Action":"CREATE""#), "{}", step.command);
    }
}
