//! Lists and their pages; a name's records are sorted by reversed labels, then by type.

use http::Response;

use super::dns::{self, Found};
use super::xml::{self, leaf, optional};
use super::{Desk, Record, Zone, invalid, name};
use crate::Body;
use crate::answer::Refusal;
use crate::front::Call;

/// Zones and records on a page at most.
const ZONES: usize = 100;
const RECORDS: usize = 300;

/// `maxitems`; more than a page holds counts as a page.
fn page_size(call: &Call, most: usize) -> Result<usize, Refusal> {
    match call.query("maxitems") {
        None => Ok(most),
        Some(text) => match text.parse::<usize>() {
            Ok(n) if n > 0 => Ok(n.min(most)),
            _ => Err(invalid("MaxItems is no positive number")),
        },
    }
}

/// In the order of creation. The marker is the first zone of the page.
pub(super) fn zones(desk: &Desk<'_>, call: &Call) -> Result<Response<Body>, Refusal> {
    let size = page_size(call, ZONES)?;
    let zones = &desk.kept.zones;
    let marker = call.query("marker").unwrap_or_default();
    let from = match marker {
        "" => 0,
        id => zones
            .iter()
            .position(|zone| zone.id == id)
            .ok_or_else(|| invalid(format!("The specified marker is not valid: {id}")))?,
    };
    if call.query("delegationsetid").is_some_and(|id| !id.is_empty()) {
        return Err(Refusal::new(
            400,
            "NoSuchDelegationSet",
            "Reusable delegation sets are not offered by this sandbox",
        ));
    }
    let private = match call.query("hostedzonetype") {
        None | Some("") => false,
        Some("PrivateHostedZone") => true,
        Some(_) => return Err(invalid("HostedZoneType is PrivateHostedZone or absent")),
    };
    let mut rest = zones[from..].iter().filter(|zone| !private || zone.private);
    let page: String = rest.by_ref().take(size).map(Zone::xml).collect();
    let next = rest.next().map(|zone| zone.id.as_str());
    let inner = format!("<HostedZones>{page}</HostedZones>")
        + &leaf("Marker", marker)
        + &leaf("IsTruncated", next.is_some())
        + &optional("NextMarker", next)
        + &leaf("MaxItems", size);
    Ok(xml::answer(200, "ListHostedZonesResponse", &inner))
}

/// By reversed labels, then by id.
pub(super) fn zones_by_name(desk: &Desk<'_>, call: &Call) -> Result<Response<Body>, Refusal> {
    let size = page_size(call, ZONES)?;
    let (asked, id) = (call.query("dnsname").filter(|name| !name.is_empty()), call.query("hostedzoneid"));
    if asked.is_none() && id.is_some() {
        return Err(invalid("HostedZoneId can be specified with DNSName only"));
    }
    let from = match asked {
        None => String::new(),
        Some(text) => {
            name::reversed(&name::canonical(text).map_err(|why| Refusal::new(400, "InvalidDomainName", why))?)
        }
    };
    let id = id.unwrap_or_default().trim_start_matches("/hostedzone/");
    let mut sorted: Vec<(String, &Zone)> = desk.kept.zones.iter().map(|z| (name::reversed(&z.name), z)).collect();
    sorted.sort_by(|(a, x), (b, y)| (a, &x.id).cmp(&(b, &y.id)));
    let mut rest = sorted.iter().filter(|(key, zone)| (key.as_str(), zone.id.as_str()) >= (from.as_str(), id));
    let page: String = rest.by_ref().take(size).map(|(_, zone)| zone.xml()).collect();
    let next = rest.next().map(|(_, zone)| zone);
    let inner = format!("<HostedZones>{page}</HostedZones>")
        + &optional("DNSName", asked)
        + &optional("HostedZoneId", (!id.is_empty()).then_some(id))
        + &leaf("IsTruncated", next.is_some())
        + &optional("NextDNSName", next.map(|zone| &zone.name))
        + &optional("NextHostedZoneId", next.map(|zone| &zone.id))
        + &leaf("MaxItems", size);
    Ok(xml::answer(200, "ListHostedZonesByNameResponse", &inner))
}

/// From a name on, from a type of it on, from a set of it on.
pub(super) fn records(desk: &Desk<'_>, id: &str, call: &Call) -> Result<Response<Body>, Refusal> {
    let zone = desk.zone(id)?;
    let size = page_size(call, RECORDS)?;
    let asked = |name| call.query(name).filter(|text| !text.is_empty());
    let (start, kind, set) = (asked("name"), asked("type"), asked("identifier"));
    if (kind.is_some() && start.is_none()) || (set.is_some() && kind.is_none()) {
        return Err(invalid("The input is not valid"));
    }
    let from = match start {
        None => String::new(),
        Some(text) => {
            let key = name::reversed(&name::canonical(text).map_err(invalid)?);
            format!("{key}\0{}\0{}", kind.unwrap_or_default(), set.unwrap_or_default())
        }
    };
    let mut rest = zone.records.range(from..).map(|(_, record)| record);
    let page: String = rest.by_ref().take(size).map(Record::xml).collect();
    let next = rest.next();
    let inner = format!("<ResourceRecordSets>{page}</ResourceRecordSets>")
        + &leaf("IsTruncated", next.is_some())
        + &optional("NextRecordName", next.map(|record| &record.name))
        + &optional("NextRecordType", next.map(|record| &record.kind))
        + &optional("NextRecordIdentifier", next.and_then(|record| record.set.as_ref()))
        + &leaf("MaxItems", size);
    Ok(xml::answer(200, "ListResourceRecordSetsResponse", &inner))
}

impl Record {
    fn xml(&self) -> String {
        let mut inner =
            leaf("Name", &self.name) + &leaf("Type", &self.kind) + &optional("SetIdentifier", self.set.as_deref());
        inner.extend(self.policy.iter().map(xml::Node::write));
        inner += &optional("TTL", self.ttl);
        if self.alias.is_none() {
            let values = self.values.iter().map(|v| format!("<ResourceRecord>{}</ResourceRecord>", leaf("Value", v)));
            inner += &format!("<ResourceRecords>{}</ResourceRecords>", values.collect::<String>());
        }
        if let Some(alias) = &self.alias {
            let target = leaf("HostedZoneId", &alias.zone)
                + &leaf("DNSName", &alias.name)
                + &leaf("EvaluateTargetHealth", alias.evaluate);
            inner += &format!("<AliasTarget>{target}</AliasTarget>");
        }
        inner += &optional("HealthCheckId", self.health_check.as_deref());
        format!("<ResourceRecordSet>{inner}</ResourceRecordSet>")
    }
}

/// What a name server of one zone answers, for a public zone only as on AWS.
pub(super) fn test_answer(desk: &Desk<'_>, call: &Call) -> Result<Response<Body>, Refusal> {
    let asked = |name| call.query(name).unwrap_or_default();
    let zone = desk.zone(asked("hostedzoneid").trim_start_matches("/hostedzone/"))?;
    let (record, kind) = (name::canonical(asked("recordname")).map_err(invalid)?, asked("recordtype"));
    if zone.private {
        return Err(invalid("The hosted zone is private"));
    }
    let (code, data) = match dns::ask(zone, &record, kind) {
        Found::Records(records) => ("NOERROR", records.iter().flat_map(|r| r.values.clone()).collect()),
        Found::Cname(to, _) | Found::Alias(to) => ("NOERROR", vec![to]),
        Found::Nothing => ("NOERROR", Vec::new()),
        Found::NoName | Found::Delegated(_) => ("NXDOMAIN", Vec::new()),
    };
    let entries: String = data.iter().map(|value| leaf("RecordDataEntry", value)).collect();
    let inner = leaf("Nameserver", zone.name_servers.first().map(String::as_str).unwrap_or_default())
        + &leaf("RecordName", record)
        + &leaf("RecordType", kind)
        + &format!("<RecordData>{entries}</RecordData>")
        + &leaf("ResponseCode", code)
        + &leaf("Protocol", "UDP");
    Ok(xml::answer(200, "TestDNSAnswerResponse", &inner))
}
