//! Change batches: all or nothing, one change after the other.
//!
//! The texts of InvalidChangeBatch, and of a TTL beside an ALIAS, are quoted from AWS's answers in public issues;
//! where one is not, the line says `assumed`.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr};

use http::Response;

use super::xml::{self, Node};
use super::{Alias, Desk, Record, Zone, invalid, name};
use crate::Body;
use crate::answer::Refusal;
use crate::network::names::{hosted_zone, is_hosted_zone};

/// Values, and characters of all values, of a batch (developer guide, quotas).
const VALUES: usize = 1000;
const CHARACTERS: usize = 32_000;
/// Record sets of a zone (default quota).
const RECORDS: usize = 10_000;
/// Batches that wait for the name servers.
const WAITING: usize = 100;
const TYPES: [&str; 17] = [
    "SOA", "A", "TXT", "NS", "CNAME", "MX", "NAPTR", "PTR", "SRV", "SPF", "AAAA", "CAA", "DS", "TLSA", "SSHFP", "SVCB",
    "HTTPS",
];
/// How a record is chosen among those with its name and type.
const POLICIES: [&str; 7] =
    ["Weight", "Region", "GeoLocation", "Failover", "MultiValueAnswer", "GeoProximityLocation", "CidrRoutingConfig"];

/// One change as it was sent.
struct Wanted {
    action: String,
    record: Record,
}

pub(super) fn batch(mut desk: Desk<'_>, id: &str, sent: &Node) -> Result<Response<Body>, Refusal> {
    let at = desk.find(id)?;
    let batch = sent.child("ChangeBatch").ok_or_else(|| invalid("Missing field 'ChangeBatch'"))?;
    let changes = batch.list("Changes");
    if changes.is_empty() {
        return Err(invalid("A change batch needs a change"));
    }
    let wanted = changes.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    // An UPSERT is a DELETE and a CREATE, so it counts twice (API reference).
    let times = |w: &Wanted| if w.action == "UPSERT" { 2 } else { 1 };
    let values: usize = wanted.iter().map(|w| times(w) * w.record.values.len()).sum();
    if values > VALUES || wanted.len() > VALUES {
        return Err(refused(&["Number of records limit of 1000 exceeded.".into()]));
    }
    let characters = |w: &Wanted| times(w) * w.record.values.iter().map(String::len).sum::<usize>();
    if wanted.iter().map(characters).sum::<usize>() > CHARACTERS {
        return Err(refused(&["RDATA character limit of 32000 exceeded.".into()]));
    }
    let zone = &desk.kept.zones[at];
    if zone.pending.len() >= WAITING {
        let message = "The request was rejected because Route 53 was still processing a prior request.";
        return Err(Refusal::new(400, "PriorRequestNotComplete", message));
    }
    let mut records = zone.records.clone();
    let mut done = Vec::new();
    let mut errors = Vec::new();
    for Wanted { action, record } in wanted {
        match apply(zone, &mut records, &action, record) {
            Ok(change) => done.push(change),
            Err(error) => errors.push(error),
        }
    }
    if records.len() > RECORDS {
        errors.push("Number of records limit of 10000 in the hosted zone exceeded.".into()); // assumed
    }
    for (kind, message) in [
        ("SOA", "A HostedZone must contain exactly one SOA record."),
        ("NS", "A HostedZone must contain at least one NS record for the zone itself."),
    ] {
        if !records.values().any(|record| record.kind == kind && record.name == zone.name) {
            errors.push(message.into());
        }
    }
    if !errors.is_empty() {
        return Err(refused(&errors));
    }
    let (in_sync, now) = (desk.in_sync(), desk.now);
    let zone = &mut desk.kept.zones[at];
    zone.records = records;
    zone.pending.push_back((in_sync, done));
    let comment = batch.text("Comment").filter(|text| !text.is_empty()).map(str::to_owned);
    let change = desk.submit(comment);
    super::settle(desk.kept, now);
    Ok(xml::answer(200, "ChangeResourceRecordSetsResponse", &change))
}

/// All that is wrong, in brackets.
fn refused(errors: &[String]) -> Refusal {
    Refusal::new(400, "InvalidChangeBatch", format!("[{}]", errors.join(", ")))
}

/// Reads one change and checks its form.
fn read(change: &Node) -> Result<Wanted, Refusal> {
    let action = change.text("Action").unwrap_or_default().to_owned();
    let set = change.child("ResourceRecordSet").ok_or_else(|| invalid("Missing field 'ResourceRecordSet'"))?;
    let text = |name| set.text(name).filter(|text| !text.is_empty());
    let (wanted, kind) = (text("Name").unwrap_or_default(), text("Type").unwrap_or_default().to_owned());
    let identifier = text("SetIdentifier").map(str::to_owned);
    let place = format!(
        "in Change with [Action={action}, Name={wanted}, Type={kind}, SetIdentifier={}]",
        identifier.as_deref().unwrap_or("null")
    );
    for (value, all) in [(&action, &["CREATE", "DELETE", "UPSERT"][..]), (&kind, &TYPES[..])] {
        if !all.contains(&value.as_str()) {
            // The words of the schema's validator, as users of other operations quote them.
            return Err(invalid(format!(
                "Invalid XML ; cvc-enumeration-valid: Value '{value}' is not facet-valid with respect to enumeration \
                 '[{}]'. It must be a value from the enumeration.",
                all.join(", ")
            )));
        }
    }
    let values: Vec<String> =
        set.list("ResourceRecords").iter().map(|r| r.text("Value").unwrap_or_default().to_owned()).collect();
    let alias = set.child("AliasTarget");
    let ttl = text("TTL");
    let found = match (alias.is_some(), ttl.is_some() && !values.is_empty()) {
        (true, _) if ttl.is_some() || !values.is_empty() => "more than one",
        (false, false) => "none",
        _ => "",
    };
    if !found.is_empty() {
        return Err(invalid(format!(
            "Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or \
             TrafficPolicyInstanceId], but found {found} {place}"
        )));
    }
    let ttl = match ttl.map(str::parse::<u32>) {
        None => None,
        Some(Ok(ttl)) if ttl <= 2_147_483_647 => Some(ttl),
        Some(_) => return Err(invalid(format!("Invalid request: Invalid field 'TTL' {place}"))), // assumed
    };
    let policy: Vec<Node> = set.children.iter().filter(|n| POLICIES.contains(&n.name.as_str())).cloned().collect();
    // Both texts are assumed after the form of the one above.
    match (policy.len(), &identifier) {
        (0, Some(_)) => {
            let all = POLICIES.join(", ");
            return Err(invalid(format!("Invalid request: Expected exactly one of [{all}], but found none {place}")));
        }
        (1.., None) => return Err(invalid(format!("Invalid request: Missing field 'SetIdentifier' {place}"))),
        _ => {}
    }
    let canonical = |text: &str| name::canonical(text).map_err(|why| refused(&[why]));
    let alias = match alias {
        None => None,
        Some(target) => Some(Alias {
            zone: target.text("HostedZoneId").unwrap_or_default().trim_start_matches("/hostedzone/").to_owned(),
            name: canonical(target.text("DNSName").unwrap_or_default())?,
            evaluate: target.text("EvaluateTargetHealth") == Some("true"),
        }),
    };
    let record = Record {
        name: canonical(wanted)?,
        kind,
        set: identifier,
        policy,
        ttl,
        values,
        alias,
        health_check: text("HealthCheckId").map(str::to_owned),
        since: 0,
    };
    Ok(Wanted { action, record })
}

/// Applies one change to what the ones before it left; what the name servers must do for it.
fn apply(
    zone: &Zone,
    records: &mut BTreeMap<String, Record>,
    action: &str,
    record: Record,
) -> Result<(String, Option<Record>), String> {
    let key = record.key();
    let (name, kind) = (&record.name, &record.kind);
    if !name::within(name, &zone.name) {
        return Err(format!("RRSet with DNS name {name} is not permitted in zone {}", zone.name));
    }
    let set = record.set.as_ref().map(|set| format!(", set-identifier='{set}'")).unwrap_or_default();
    let which = format!("resource record set [name='{name}', type='{kind}'{set}]");
    if action == "DELETE" {
        let Some(old) = records.get(&key) else {
            return Err(format!("Tried to delete {which} but it was not found"));
        };
        if !same(old, &record) {
            return Err(format!("Tried to delete {which} but the values provided do not match the current values"));
        }
        records.remove(&key);
        return Ok((key, None));
    }
    if action == "CREATE" && records.contains_key(&key) {
        return Err(format!("Tried to create {which} but it already exists"));
    }
    check_values(&record)?;
    check_neighbours(zone, records, &record)?;
    check_alias(zone, records, &record)?;
    records.insert(key.clone(), record.clone());
    Ok((key, Some(record)))
}

/// A DELETE names the whole record; the order of its values does not count.
fn same(old: &Record, sent: &Record) -> bool {
    let sorted = |record: &Record| {
        let mut values = record.values.clone();
        values.sort();
        values
    };
    old.ttl == sent.ttl && old.alias == sent.alias && old.policy == sent.policy && sorted(old) == sorted(sent)
}

fn check_values(record: &Record) -> Result<(), String> {
    let fatal = |what: &str, value: &str| {
        Err(format!("Invalid Resource Record: 'FATAL problem: {what} encountered with '{value}''"))
    };
    if record.kind == "CNAME" && record.values.len() > 1 {
        return Err("Only one value is permitted in a record of type CNAME".into()); // assumed
    }
    for (at, value) in record.values.iter().enumerate() {
        if record.values[..at].contains(value) {
            return Err(format!("Duplicate Resource Record: '{value}'"));
        }
        match record.kind.as_str() {
            "A" if value.parse::<Ipv4Addr>().is_err() => {
                return fatal("ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)", value);
            }
            "AAAA" if value.parse::<Ipv6Addr>().is_err() => {
                return fatal("AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)", value);
            }
            "CNAME" => {
                name::canonical(value).map_err(|why| format!("Invalid Resource Record: '{why}'"))?;
            }
            "TXT" | "SPF" if !(value.len() > 1 && value.starts_with('"') && value.ends_with('"')) => {
                return fatal("InvalidCharacterString (Value should be enclosed in quotation marks)", value);
            }
            _ if value.is_empty() => return fatal("EmptyValue (Value is empty)", value), // assumed
            _ => {}
        }
    }
    Ok(())
}

/// CNAMEs stand alone and never at the apex; simple records don't stand beside sets.
fn check_neighbours(zone: &Zone, records: &BTreeMap<String, Record>, record: &Record) -> Result<(), String> {
    let (name, kind) = (&record.name, &record.kind);
    if kind == "CNAME" && *name == zone.name {
        return Err(format!("RRSet of type CNAME with DNS name {name} is not permitted at apex in zone {}", zone.name));
    }
    let from = format!("{}\0", name::reversed(name));
    let key = record.key();
    let others = records.range(from.clone()..).take_while(|(k, _)| k.starts_with(&from)).filter(|(k, _)| **k != key);
    for (_, other) in others {
        if other.kind == *kind {
            if other.set.is_none() || record.set.is_none() {
                // Assumed.
                return Err(format!(
                    "RRSet with DNS name {name}, type {kind}, SetIdentifier {} cannot be created as other RRSets exist \
                     with the same name and type",
                    record.set.as_deref().unwrap_or("null")
                ));
            }
        } else if kind == "CNAME" {
            return Err(format!(
                "RRSet of type CNAME with DNS name {name} is not permitted as it conflicts with other records with \
                 the same DNS name in zone {}",
                zone.name
            ));
        } else if other.kind == "CNAME" {
            return Err(format!(
                "RRSet of type {kind} with DNS name {name} is not permitted because a conflicting RRSet of type CNAME \
                 with the same DNS name already exists in zone {}",
                zone.name
            ));
        }
    }
    Ok(())
}

/// An ALIAS stays in its own zone or goes to a zone of AWS. Those of services that the sandbox has not got are taken
/// as they are.
fn check_alias(zone: &Zone, records: &BTreeMap<String, Record>, record: &Record) -> Result<(), String> {
    let Some(alias) = &record.alias else { return Ok(()) };
    let target = &alias.name;
    let what = format!("Tried to create an alias that targets {target}, type {} in zone {},", record.kind, alias.zone);
    let region = target.strip_suffix(".amazonaws.com.").and_then(|rest| rest.rsplit_once(".execute-api."));
    let lies = match region {
        Some((_, region)) => hosted_zone(region) == alias.zone,
        None if alias.zone == zone.id => name::within(target, &zone.name),
        None => !is_hosted_zone(&alias.zone),
    };
    if !lies {
        return Err(format!("{what} but the alias target name does not lie within the target zone"));
    }
    let there = |r: &Record| r.name == *target && (r.kind == record.kind || r.kind == "CNAME");
    if alias.zone == zone.id && !records.values().any(there) {
        return Err(format!("{what} but that target was not found"));
    }
    Ok(())
}
