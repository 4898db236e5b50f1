//! The record that proves the name, and the wait until ACM has seen it.

use serde_json::json;

use super::look::{Look, Turn, blocked, making, wait};
use super::name::plain;
use super::next::{Next, Reason, Stage};
use super::{CertificateHere, DnsHost, Goal, Making, WantedRecord, certificate, pre_flight, zone};
use crate::alias::Record;
use crate::plan::{call, object};
use crate::review::Step;

const HERE: Stage = Stage::Validation;
const MINUTE: i64 = 60_000;
/// What AWS's guide writes.
const TTL: i64 = 300;

pub(super) fn turn(look: Look<'_>, certificate: Option<&CertificateHere>) -> Turn {
    let Some(pending) = certificate.filter(|c| c.status == "PENDING_VALIDATION") else { return Ok(()) };
    let wanted = unproven(pending);
    if pending.validations.is_empty() || wanted.len() < open(pending) {
        return wait(
            HERE,
            "ACM has not named the validation record yet; it does so within some seconds.".to_owned(),
            pending.created_at,
            10_000,
            2_000,
        );
    }
    match look.goal.dns {
        DnsHost::Route53 => write(look, &wanted)?,
        DnsHost::Manual => {
            let records = by_hand(look)?;
            if records.iter().any(|record| !record.right) {
                return Err(Box::new(Next::ByHand { station: HERE, records, look_again_ms: 10_000 }));
            }
        }
    }
    let age = look.world.now - pending.created_at.unwrap_or(look.world.now);
    let long = if age > 30 * MINUTE {
        " It takes longer than it usually does: see whether a CAA record keeps Amazon out, and whether the name's \
         public name servers are the ones of this zone."
    } else {
        ""
    };
    wait(
        HERE,
        format!(
            "The record stands; ACM looks for it and issues the certificate, usually within 2 to 5 minutes, 72 \
             hours at most.{long}"
        ),
        pending.created_at,
        5 * MINUTE,
        if age > 10 * MINUTE { MINUTE } else { 5_000 },
    )
}

/// Names whose proof is missing.
fn open(c: &CertificateHere) -> usize {
    c.validations.iter().filter(|v| v.status != "SUCCESS").count()
}

/// The records that prove them, each once: a wildcard and the name below it share one.
fn unproven(c: &CertificateHere) -> Vec<(String, String)> {
    let open = c.validations.iter().filter(|v| v.status != "SUCCESS");
    open.filter_map(|v| v.record.as_ref()).map(|(name, value)| (plain(name), plain(value))).collect()
}

fn once(records: &[(String, String)]) -> Vec<&(String, String)> {
    let mut once: Vec<&(String, String)> = Vec::new();
    for record in records {
        if !once.iter().any(|(name, _)| *name == record.0) {
            once.push(record);
        }
    }
    once
}

fn pending(look: Look<'_>) -> Option<&CertificateHere> {
    let chosen = if look.domain().is_some() { None } else { certificate::chosen(look) };
    chosen.filter(|c| c.status == "PENDING_VALIDATION")
}

/// The names of the records that are wanted.
pub(super) fn names(look: Look<'_>) -> Vec<String> {
    pending(look).map(|c| unproven(c).into_iter().map(|(name, _)| name).collect()).unwrap_or_default()
}

/// The names that are watched in public DNS: where DNS is elsewhere, and the doubled ones beside them.
pub(super) fn watched(look: Look<'_>) -> Vec<String> {
    let manual = look.goal.dns == DnsHost::Manual;
    let names = if manual { names(look) } else { Vec::new() };
    names.into_iter().flat_map(|name| [doubled(look, &name), name]).collect()
}

/// What becomes of a name where the provider adds the zone's.
fn doubled(look: Look<'_>, name: &str) -> String {
    format!("{name}.{}", pre_flight::zone_name(look, name))
}

fn write(look: Look<'_>, wanted: &[(String, String)]) -> Turn {
    let mut steps = Vec::new();
    let mut replaces = Vec::new();
    for (name, value) in once(wanted) {
        let zone = zone::writable(look, HERE, name)?;
        let now = look.records(HERE, &zone.id, name)?;
        let Some((step, gone)) = written(look.goal, &zone.id, name, value, now)? else { continue };
        steps.push(step);
        replaces.extend(gone);
    }
    if steps.is_empty() {
        return Ok(());
    }
    let s = if steps.len() == 1 { "" } else { "s" };
    let names: Vec<&str> = steps.iter().map(|step| step.target.as_str()).collect();
    let effect = format!("{}. It stays afterwards: by it ACM renews the certificate.", names.join(", "));
    let made = making(&format!("Write the validation record{s}"), effect, steps);
    Err(Box::new(Next::Do { station: HERE, making: Making { replaces, ..made } }))
}

/// The call that makes the record stand, and what goes; `None`: it stands.
fn written(goal: &Goal, zone: &str, name: &str, value: &str, now: &[Record]) -> Turn<Option<(Step, Vec<String>)>> {
    let is_right = |r: &Record| r.kind == "CNAME" && !r.is_one_of_several && r.values.iter().any(|v| plain(v) == value);
    if now.iter().any(is_right) {
        return Ok(None);
    }
    let words: Vec<String> = now.iter().map(|record| format!("{name}: {}", record.words())).collect();
    let kept = now.iter().any(|r| r.is_one_of_several || r.alias.is_some());
    if !now.is_empty() && (kept || !goal.replace_records) {
        let way_out = if kept {
            "Records with a routing policy and aliases are not touched: remove them in Route 53."
        } else {
            "Have it replaced, or see whose it is: the name is made by ACM for this account and this name alone."
        };
        return blocked(
            HERE,
            Reason::WrongRecord,
            format!(
                "The validation record's name has something else: {}. Expected: CNAME to {value}.",
                words.join("; ")
            ),
            way_out.to_owned(),
        );
    }
    // Only what was read goes: somebody who wrote there meanwhile makes Route 53 refuse the whole batch.
    let mut changes: Vec<serde_json::Value> = now
        .iter()
        .filter_map(|record| record.set(name))
        .map(|set| json!({"Action": "DELETE", "ResourceRecordSet": set}))
        .collect();
    changes.push(json!({"Action": "CREATE", "ResourceRecordSet": {
        "Name": name, "Type": "CNAME", "TTL": TTL, "ResourceRecords": [{"Value": value}]}}));
    let input = object(json!({"hostedZoneId": zone, "changeBatch": {"Changes": changes}}));
    let effect = format!("CNAME to {value}");
    Ok(Some((call("route53", "ChangeResourceRecordSets", format!("record {name}"), effect, input), words)))
}

/// The records to copy, with what public DNS says of each.
fn by_hand(look: Look<'_>) -> Turn<Vec<WantedRecord>> {
    let wanted = pending(look).map(unproven).unwrap_or_default();
    once(&wanted).into_iter().map(|(name, value)| watch(look, name, value)).collect()
}

fn watch(look: Look<'_>, name: &str, value: &str) -> Turn<WantedRecord> {
    let zone = pre_flight::zone_name(look, name);
    let mut record = WantedRecord {
        name: name.to_owned(),
        name_in_zone: name.strip_suffix(&format!(".{zone}")).unwrap_or(name).to_owned(),
        kind: "CNAME".to_owned(),
        value: value.to_owned(),
        ..WantedRecord::default()
    };
    let Some(dns) = look.dns(HERE, name)? else {
        record.trouble = look.dns_trouble(name).unwrap_or_default();
        return Ok(record);
    };
    // What the value leads to in turn may follow.
    record.actual = dns.cnames.first().map(|name| plain(name)).unwrap_or_else(|| dns.addresses.join(", "));
    record.right = record.actual == value;
    if record.right || !record.actual.is_empty() {
        if record.actual == format!("{value}.{zone}") {
            record.trouble = format!("The provider added {zone} to the value: write it with a dot at the end.");
        } else if !record.right {
            record.trouble =
                "Another value stands there: replace it, or wait until the old one has run out.".to_owned();
        }
        return Ok(record);
    }
    let doubled = doubled(look, name);
    if look.dns(HERE, &doubled)?.is_some_and(|dns| !dns.cnames.is_empty()) {
        record.actual = format!("{doubled}: a CNAME");
        record.trouble = format!(
            "The zone's name stands in it twice: this provider adds {zone} itself. Write {} into its field.",
            record.name_in_zone
        );
    }
    Ok(record)
}

/// What the station says when it stands.
pub(super) fn says(look: Look<'_>) -> String {
    let issued = look.domain().map_or_else(
        || certificate::chosen(look),
        |domain| look.world.certificates.is()?.iter().find(|c| c.arn == domain.certificate_arn),
    );
    match issued {
        Some(c) if c.kind == "IMPORTED" => "Nothing to prove: the certificate was imported.".to_owned(),
        Some(c) if c.validation_method == "DNS" => {
            "The name is proven. The record has to stay: by it ACM renews the certificate.".to_owned()
        }
        _ => "The name is proven.".to_owned(),
    }
}
