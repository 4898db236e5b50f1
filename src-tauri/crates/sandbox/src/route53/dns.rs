//! What the name servers of the hosted zones answer: delegation, wildcards, CNAME, ALIAS.
//!
//! It may not know what stands behind names outside the zones: `network/names.rs` does.

use super::{Kept, Record, Zone, name};

/// What one zone says to a question.
pub(crate) enum Found<'a> {
    /// Record sets with values.
    Records(Vec<&'a Record>),
    /// Another name, to be asked for the same type; and how long that holds.
    Cname(String, u32),
    /// The same, which a client can not see.
    Alias(String),
    /// Another zone answers for this name: its name servers.
    Delegated(&'a Record),
    /// The name is there, the type is not.
    Nothing,
    /// There is no such name.
    NoName,
}

/// The answer of the zone that the registrar's and the zones' own NS records lead to. `None`: no zone here does.
///
/// Who asks begins at the topmost zone of a name; of two with one name, the older is the one that was delegated to
/// (assumed: nobody can know where a registrar would point). A name of one label is nobody's to delegate.
pub(crate) fn resolve<'a>(kept: &'a Kept, wanted: &str, kind: &str) -> Option<Found<'a>> {
    let asked = |zone: &&Zone| !zone.private && kept.is_asked(zone);
    let public = || kept.zones.iter().filter(asked).filter(|zone| name::within(wanted, &zone.name));
    let owned = |zone: &&Zone| zone.name.trim_end_matches('.').contains('.');
    let mut zone = public().filter(owned).min_by_key(|zone| zone.name.len())?;
    loop {
        match ask(zone, wanted, kind) {
            Found::Delegated(cut) => {
                let serves = |z: &&Zone| {
                    z.name == cut.name
                        && cut.values.iter().any(|v| z.name_servers.iter().any(|s| s == v.trim_end_matches('.')))
                };
                // Each step is to a longer name, so this ends.
                zone = public().find(serves)?;
            }
            found => return Some(found),
        }
    }
}

/// The answer of one zone.
pub(crate) fn ask<'a>(zone: &'a Zone, wanted: &str, kind: &str) -> Found<'a> {
    if let Some(cut) = cut(zone, wanted) {
        return Found::Delegated(cut);
    }
    let found = at(zone, wanted, kind);
    if !matches!(found, Found::NoName) || below(zone, wanted) {
        return if matches!(found, Found::NoName) { Found::Nothing } else { found };
    }
    // RFC 4592: the wildcard below the closest name that is there.
    let mut closest = wanted;
    while let Some(parent) = name::parent(closest).filter(|parent| name::within(parent, &zone.name)) {
        if sets(zone, parent).next().is_some() || below(zone, parent) {
            return at(zone, &format!("\\052.{parent}"), kind);
        }
        closest = parent;
    }
    Found::NoName
}

/// The NS records between the apex and a name.
fn cut<'a>(zone: &'a Zone, wanted: &str) -> Option<&'a Record> {
    let mut cut = None;
    let mut at = Some(wanted).filter(|n| *n != zone.name);
    while let Some(here) = at {
        cut = sets(zone, here).find(|record| record.kind == "NS").or(cut);
        at = name::parent(here).filter(|parent| *parent != zone.name && name::within(parent, &zone.name));
    }
    cut
}

/// The record sets of exactly one name.
fn sets<'a>(zone: &'a Zone, wanted: &str) -> impl Iterator<Item = &'a Record> {
    let from = format!("{}\0", name::reversed(wanted));
    zone.served.range(from.clone()..).take_while(move |(key, _)| key.starts_with(&from)).map(|(_, record)| record)
}

/// Whether a name has names below it.
fn below(zone: &Zone, wanted: &str) -> bool {
    let from = name::reversed(wanted);
    let mut keys = zone.served.range(from.clone()..).map(|(key, _)| key).take_while(|key| key.starts_with(&from));
    keys.any(|key| key.as_bytes().get(from.len()) != Some(&0))
}

fn at<'a>(zone: &'a Zone, wanted: &str, kind: &str) -> Found<'a> {
    let all: Vec<&Record> = sets(zone, wanted).collect();
    if all.is_empty() {
        return Found::NoName;
    }
    let of = |kind: &str| choose(all.iter().filter(|record| record.kind == kind).copied());
    if let records @ [first, ..] = of(kind).as_slice() {
        return match &first.alias {
            Some(alias) => Found::Alias(alias.name.clone()),
            None => Found::Records(records.to_vec()),
        };
    }
    match of("CNAME").first() {
        Some(record) if kind != "CNAME" => match (&record.alias, record.values.first()) {
            (Some(alias), _) => Found::Alias(alias.name.clone()),
            (None, Some(value)) => match name::canonical(value) {
                Ok(to) => Found::Cname(to, record.ttl.unwrap_or_default()),
                Err(_) => Found::Nothing,
            },
            _ => Found::Nothing,
        },
        _ => Found::Nothing,
    }
}

/// Of several sets, all that are multivalue answers; else the one with the greatest weight, the primary, or the first
/// (assumed: AWS draws by weight, by latency and by place, which one machine has no use for).
fn choose<'a>(sets: impl Iterator<Item = &'a Record>) -> Vec<&'a Record> {
    let mut sets: Vec<&Record> = sets.collect();
    let policy = |record: &Record, name: &str| {
        record.policy.iter().find(|node| node.name == name).map(|node| node.own_text().to_owned())
    };
    if sets.iter().all(|record| policy(record, "MultiValueAnswer").as_deref() == Some("true")) {
        return sets;
    }
    let rank = |record: &&Record| {
        let weight = policy(record, "Weight").and_then(|w| w.parse::<i64>().ok()).unwrap_or_default();
        -weight - i64::from(policy(record, "Failover").as_deref() == Some("PRIMARY"))
    };
    sets.sort_by_key(rank);
    sets.truncate(1);
    sets
}

/// Since when a public zone that is asked for a name answers its CNAME with this value.
pub(crate) fn cname_since(kept: &Kept, wanted: &str, value: &str) -> Option<i64> {
    match resolve(kept, wanted, "CNAME")? {
        Found::Records(records) => {
            let record = records.first()?;
            let said = name::canonical(record.values.first()?).ok()?;
            (Some(said) == name::canonical(value).ok()).then_some(record.since)
        }
        _ => None,
    }
}

/// The CAA values that hold for a name: its own or the closest above it (RFC 8659).
pub(crate) fn caa(kept: &Kept, wanted: &str) -> Vec<String> {
    let mut at = Some(wanted);
    while let Some(here) = at {
        if let Some(Found::Records(records)) = resolve(kept, here, "CAA") {
            return records.iter().flat_map(|record| record.values.clone()).collect();
        }
        at = name::parent(here);
    }
    Vec::new()
}

impl Record {
    /// Values with how long they hold.
    pub(crate) fn answers(&self) -> impl Iterator<Item = (&str, u32)> {
        self.values.iter().map(|value| (value.as_str(), self.ttl.unwrap_or_default()))
    }
}
