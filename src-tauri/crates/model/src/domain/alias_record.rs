//! The record by which clients find the domain: an ALIAS in Route 53, or a CNAME to copy.

use super::look::{Fact, Look, Turn, blocked, making};
use super::name::plain;
use super::next::{Next, Reason, Stage};
use super::{Asked, DnsHost, Making, Resolved, WantedRecord, pre_flight, zone};
use crate::alias::{Record, Target, Unmade, lead};

const HERE: Stage = Stage::Alias;

pub(super) fn turn(look: Look<'_>) -> Turn {
    match look.goal.dns {
        DnsHost::Route53 => {
            let made = write(look)?;
            let Some(made) = made else { return Ok(()) };
            if made.replaces.is_empty() || look.goal.replace_records {
                return Err(Box::new(Next::Do { station: HERE, making: made }));
            }
            blocked(
                HERE,
                Reason::RecordTaken,
                format!("Something stands at {} already: {}.", look.goal.domain_name, made.replaces.join("; ")),
                "If nobody needs it any more, have it replaced; else take another name.".to_owned(),
            )
        }
        DnsHost::Manual => {
            let record = by_hand(look)?;
            if record.right {
                return Ok(());
            }
            Err(Box::new(Next::ByHand { station: HERE, records: vec![record], look_again_ms: 10_000 }))
        }
    }
}

/// What writes the record, with what it takes away; `None`: it stands.
pub(super) fn write(look: Look<'_>) -> Turn<Option<Making>> {
    let goal = look.goal;
    let Some(domain) = look.domain() else { return Ok(None) };
    let zone = zone::writable(look, HERE, &goal.domain_name)?;
    let now = look.records(HERE, &zone.id, &goal.domain_name)?;
    let target = Target {
        name: plain(&domain.target),
        hosted_zone_id: domain.hosted_zone_id.clone(),
        dual_stack: goal.dual_stack && domain.ip_address_type == "dualstack",
    };
    let words = |record: &Record| format!("{}: {}", goal.domain_name, record.words());
    match lead(&goal.domain_name, &target, &zone.id, now) {
        Err(Unmade::IsRight) => Ok(None),
        Err(Unmade::IsMeant) => blocked(
            HERE,
            Reason::RecordTaken,
            format!(
                "{} has records with a routing policy, or an alias to something else: {}.",
                goal.domain_name,
                now.iter().map(Record::words).collect::<Vec<_>>().join("; ")
            ),
            "What was meant by those is not Gatescope's to say: change them in Route 53, one by one.".to_owned(),
        ),
        Ok((step, replaced)) => {
            let effect = format!("{} is an ALIAS of {} in the zone {}.", goal.domain_name, target.name, zone.name);
            let replaces = replaced.into_iter().map(words).collect();
            Ok(Some(Making { replaces, ..making("Write the record", effect, vec![step]) }))
        }
    }
}

/// The names that are watched in public DNS.
pub(super) fn watched(look: Look<'_>) -> impl Iterator<Item = String> {
    let target = look.domain().map(|domain| plain(&domain.target));
    [Some(plain(look.goal.dialled())), target.filter(|target| !target.is_empty())].into_iter().flatten()
}

fn dns<'a>(look: Look<'a>, name: &str) -> Option<&'a Resolved> {
    look.world.dns.get(&plain(name))?.is()
}

/// Whether public DNS leads clients to the domain; `None`: not known.
pub(super) fn leads_here(look: Look<'_>) -> Option<bool> {
    let target = plain(&look.domain()?.target);
    let seen = dns(look, look.goal.dialled())?;
    if seen.cnames.iter().any(|name| plain(name) == target) {
        return Some(true);
    }
    if seen.addresses.is_empty() {
        return Some(false);
    }
    // An ALIAS shows the target's addresses alone; their set changes over time, one in common is enough.
    let own = &dns(look, &target)?.addresses;
    Some(seen.addresses.iter().any(|address| own.contains(address)))
}

fn by_hand(look: Look<'_>) -> Turn<WantedRecord> {
    let goal = look.goal;
    let target = look.domain().map(|domain| plain(&domain.target)).unwrap_or_default();
    let zone = pre_flight::zone_name(look, &goal.domain_name);
    let name_in_zone = goal.domain_name.strip_suffix(&zone).map(|rest| rest.trim_end_matches('.'));
    let mut record = WantedRecord {
        name: goal.domain_name.clone(),
        name_in_zone: name_in_zone.filter(|name| !name.is_empty()).unwrap_or("@").to_owned(),
        kind: if goal.has_alias { "ALIAS" } else { "CNAME" }.to_owned(),
        value: target.clone(),
        ..WantedRecord::default()
    };
    let Some(seen) = look.dns(HERE, goal.dialled())? else {
        record.trouble = look.dns_trouble(goal.dialled()).unwrap_or_default();
        return Ok(record);
    };
    if seen.cnames.is_empty() && !seen.addresses.is_empty() && look.is_unasked(&Fact::Dns { name: target.clone() }) {
        return Err(Fact::Dns { name: target }.read(HERE));
    }
    record.actual = seen.cnames.first().map(|name| plain(name)).unwrap_or_else(|| seen.addresses.join(", "));
    record.right = leads_here(look) == Some(true);
    if record.right || record.actual.is_empty() {
        return Ok(record);
    }
    record.trouble = if record.actual == format!("{target}.{zone}") {
        format!("The provider added {zone} to the value: write it with a dot at the end.")
    } else if record.actual.ends_with(".amazonaws.com") && record.actual.contains(".execute-api.") {
        "It leads to another endpoint of API Gateway, not to this domain's own: the generated endpoint does not \
         know the name."
            .to_owned()
    } else {
        "Another record stands there: replace it, or wait until the old answer has run out of the caches.".to_owned()
    };
    Ok(record)
}

/// What leads clients to the domain.
pub(super) fn says(look: Look<'_>) -> String {
    let goal = look.goal;
    let target = look.domain().map(|domain| domain.target.as_str()).unwrap_or_default();
    let known = match look.world.dns.get(&plain(goal.dialled())) {
        Some(Asked::Is(dns)) if dns.addresses.is_empty() => " Public DNS does not tell it yet.",
        _ => "",
    };
    format!("{} leads to {target}.{known}", goal.domain_name)
}
