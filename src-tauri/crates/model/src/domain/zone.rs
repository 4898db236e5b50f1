//! Which hosted zone a name's records belong to: the longest public one that the registrar's name servers serve.

use super::look::{Fact, Look, Turn, blocked};
use super::name::{is_in, plain};
use super::next::{Reason, Stage};
use super::{Asked, ZoneHere};

/// What there is for a name.
pub(super) enum Zone<'a> {
    /// This one.
    Is(&'a ZoneHere),
    /// These have the name, and public DNS asks other servers.
    NotDelegated(Vec<&'a ZoneHere>, Vec<String>),
    /// Only VPCs see it.
    Private(&'a ZoneHere),
    /// None.
    None,
}

/// The zone of a name, by what is known.
pub(super) fn zone_of<'a>(look: Look<'a>, name: &str) -> Zone<'a> {
    let Some(zones) = look.world.zones.is() else { return Zone::None };
    let all = || zones.iter().filter(|zone| is_in(&plain(name), &plain(&zone.name)));
    let Some(longest) = all().filter(|zone| !zone.private).map(|zone| zone.name.len()).max() else {
        return all().max_by_key(|zone| zone.name.len()).map_or(Zone::None, Zone::Private);
    };
    let same: Vec<&ZoneHere> = all().filter(|zone| !zone.private && zone.name.len() == longest).collect();
    let public = same.first().and_then(|zone| look.world.dns.get(&plain(&zone.name))).and_then(Asked::is);
    let servers: Vec<String> =
        public.map(|dns| dns.name_servers.iter().map(|s| plain(s)).collect()).unwrap_or_default();
    let serves = |zone: &&&ZoneHere| zone.name_servers.iter().any(|server| servers.contains(&plain(server)));
    // Public DNS that says nothing of name servers proves nothing: of a name that only a stand-in has, it never does.
    let known = !servers.is_empty() && same.iter().all(|zone| !zone.name_servers.is_empty());
    match (same.iter().find(serves), same.first()) {
        (Some(zone), _) => Zone::Is(zone),
        (None, Some(zone)) if !known => Zone::Is(zone),
        _ => Zone::NotDelegated(same, servers),
    }
}

/// The zone that clients of a name are sent to, as far as it is known.
pub(super) fn served<'a>(look: Look<'a>, name: &str) -> Option<&'a ZoneHere> {
    match zone_of(look, name) {
        Zone::Is(zone) => Some(zone),
        Zone::NotDelegated(..) | Zone::Private(_) | Zone::None => None,
    }
}

/// The zone that a name's records are written to, or why there is none.
pub(super) fn writable<'a>(look: Look<'a>, station: Stage, name: &str) -> Turn<&'a ZoneHere> {
    look.ask(station, Fact::Zones, &look.world.zones)?;
    let zone = zone_of(look, name);
    if let Zone::Is(found) | Zone::Private(found) = &zone {
        let fact = Fact::NameServers { zone: plain(&found.name) };
        if !found.private && look.is_unasked(&fact) {
            return Err(fact.read(station));
        }
    }
    let by_hand = "or choose \"DNS elsewhere\" and copy the records to where the zone is";
    match zone {
        Zone::Is(zone) => Ok(zone),
        Zone::None => blocked(
            station,
            Reason::NoZone,
            format!("This account has no hosted zone for {name}."),
            format!("Make a public hosted zone in Route 53 and name its servers at the registrar, {by_hand}."),
        ),
        Zone::Private(zone) => blocked(
            station,
            Reason::PrivateZone,
            format!(
                "The only hosted zone for {name}, {} ({}), is private: clients outside its VPCs never see it.",
                zone.name, zone.id
            ),
            format!("Make a public hosted zone of the name, {by_hand}."),
        ),
        Zone::NotDelegated(zones, servers) => {
            let of = |zone: &&ZoneHere| format!("{} with {}", zone.id, zone.name_servers.join(", "));
            let name = zones.first().map(|zone| zone.name.clone()).unwrap_or_default();
            blocked(
                station,
                Reason::ZoneNotDelegated,
                format!(
                    "Public DNS asks {} for {name}; the hosted zone here is served by others ({}): what is written \
                     there, nobody sees.",
                    servers.join(", "),
                    zones.iter().map(of).collect::<Vec<_>>().join("; ")
                ),
                format!("Name the hosted zone's servers at the registrar, {by_hand}."),
            )
        }
    }
}
