//! Hosted zones: made, shown, described, tagged, deleted. Texts are assumed where no source stands beside them.

use std::collections::{BTreeMap, VecDeque};

use http::{Response, header};

use super::xml::{self, Node};
use super::{Desk, Record, Vpc, Zone, invalid, name};
use crate::Body;
use crate::answer::Refusal;

/// Zones of an account (the default quota).
const ZONES: usize = 500;
/// Tags of a zone.
const TAGS: usize = 50;
/// Characters of a caller reference, and of a comment (botocore's model).
const REFERENCE: usize = 128;
const COMMENT: usize = 256;

/// 201 with the `Location` of the zone.
pub(super) fn create(mut desk: Desk<'_>, sent: &Node) -> Result<Response<Body>, Refusal> {
    let text = |name| sent.text(name).filter(|text| !text.is_empty());
    let reference = text("CallerReference").ok_or_else(|| invalid("Missing field 'CallerReference'"))?;
    if reference.len() > REFERENCE {
        return Err(invalid("CallerReference is longer than 128 characters"));
    }
    let wanted = text("Name").ok_or_else(|| invalid("Missing field 'Name'"))?;
    let zone_name = name::canonical(wanted).map_err(|why| Refusal::new(400, "InvalidDomainName", why))?;
    let config = sent.child("HostedZoneConfig");
    let comment = comment_of(config)?;
    let vpc = sent.child("VPC").map(|vpc| {
        let member = |name| vpc.text(name).unwrap_or_default().to_owned();
        Vpc { region: member("VPCRegion"), id: member("VPCId") }
    });
    if vpc.as_ref().is_some_and(|vpc| !vpc.id.starts_with("vpc-")) {
        return Err(Refusal::new(400, "InvalidVPCId", "The VPC ID is not valid"));
    }
    if vpc.is_none() && config.and_then(|c| c.text("PrivateZone")) == Some("true") {
        return Err(invalid("A private hosted zone needs a VPC"));
    }
    if sent.text("DelegationSetId").is_some_and(|id| !id.is_empty()) {
        return Err(Refusal::new(
            400,
            "NoSuchDelegationSet",
            "Reusable delegation sets are not offered by this sandbox",
        ));
    }
    let zones = &desk.kept.zones;
    if zones.iter().any(|zone| zone.caller_reference == reference) {
        // Quoted in public issues.
        let message = "A hosted zone has already been created with the specified caller reference.";
        return Err(Refusal::new(409, "HostedZoneAlreadyExists", message));
    }
    if vpc.as_ref().is_some_and(|vpc| zones.iter().any(|zone| zone.name == zone_name && zone.vpcs.contains(vpc))) {
        return Err(Refusal::new(400, "ConflictingDomainExists", "The VPC already has a zone of this name"));
    }
    if zones.len() >= ZONES {
        return Err(Refusal::new(400, "TooManyHostedZones", "Limits Exceeded: MAX_HOSTED_ZONES_BY_OWNER"));
    }
    let mut zone = Zone {
        id: format!("Z{}", desk.world.ids.alphanumeric(20).to_ascii_uppercase()),
        name: zone_name,
        caller_reference: reference.to_owned(),
        comment,
        private: vpc.is_some(),
        vpcs: vpc.into_iter().collect(),
        name_servers: name_servers(desk.world.ids.chance()),
        records: BTreeMap::new(),
        served: BTreeMap::new(),
        pending: VecDeque::new(),
        tags: BTreeMap::new(),
    };
    let first: Vec<_> = own_records(&zone).into_iter().map(|record| (record.key(), record)).collect();
    zone.records.extend(first.iter().cloned());
    zone.pending.push_back((desk.in_sync(), first.into_iter().map(|(key, record)| (key, Some(record))).collect()));
    let change = desk.submit(None);
    let vpc = zone.vpcs.first().map(|vpc| vpc.xml()).unwrap_or_default();
    let inner = format!("{}{change}{}{vpc}", zone.xml(), zone.delegation());
    let mut response = xml::answer(201, "CreateHostedZoneResponse", &inner);
    // As recorded (LocalStack).
    if let Ok(place) = format!("https://route53.amazonaws.com/2013-04-01/hostedzone/{}", zone.id).parse() {
        response.headers_mut().insert(header::LOCATION, place);
    }
    desk.kept.zones.push(zone);
    super::settle(desk.kept, desk.now);
    Ok(response)
}

fn comment_of(config: Option<&Node>) -> Result<Option<String>, Refusal> {
    let comment = config.and_then(|config| config.text("Comment")).filter(|text| !text.is_empty());
    match comment {
        Some(text) if text.len() > COMMENT => Err(invalid("Comment is longer than 256 characters")),
        comment => Ok(comment.map(str::to_owned)),
    }
}

/// One of each of AWS's four families.
fn name_servers(chance: u64) -> Vec<String> {
    let digits = chance.to_le_bytes();
    ["com", "net", "org", "co.uk"]
        .iter()
        .zip([0, 512, 1024, 1536])
        .zip(digits.chunks(2))
        .map(|((top, from), pair)| {
            let part = |at: usize| u16::from(pair.get(at).copied().unwrap_or_default());
            format!("ns-{}.awsdns-{:02}.{top}", from + 2 * part(0), part(1) % 64)
        })
        .collect()
}

/// SOA and NS, which every zone has.
fn own_records(zone: &Zone) -> [Record; 2] {
    let record = |kind: &str, ttl, values| Record {
        name: zone.name.clone(),
        kind: kind.into(),
        set: None,
        policy: Vec::new(),
        ttl: Some(ttl),
        values,
        alias: None,
        health_check: None,
        since: 0,
    };
    let servers: Vec<String> = zone.name_servers.iter().map(|server| format!("{server}.")).collect();
    let first = servers.first().map(String::as_str).unwrap_or_default();
    let soa = format!("{first} awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400");
    [record("SOA", 900, vec![soa]), record("NS", 172_800, servers)]
}

impl Vpc {
    fn xml(&self) -> String {
        format!("<VPC>{}{}</VPC>", xml::leaf("VPCRegion", &self.region), xml::leaf("VPCId", &self.id))
    }
}

impl Zone {
    pub(super) fn xml(&self) -> String {
        let id = xml::leaf("Id", format!("/hostedzone/{}", self.id));
        let head = id + &xml::leaf("Name", &self.name) + &xml::leaf("CallerReference", &self.caller_reference);
        let config = xml::optional("Comment", self.comment.as_deref()) + &xml::leaf("PrivateZone", self.private);
        let count = xml::leaf("ResourceRecordSetCount", self.records.len());
        format!("<HostedZone>{head}<Config>{config}</Config>{count}</HostedZone>")
    }

    fn delegation(&self) -> String {
        // A private zone has no servers that anybody could ask.
        if self.private {
            return String::new();
        }
        let servers: String = self.name_servers.iter().map(|server| xml::leaf("NameServer", server)).collect();
        format!("<DelegationSet><NameServers>{servers}</NameServers></DelegationSet>")
    }
}

pub(super) fn get(desk: &Desk<'_>, id: &str) -> Result<Response<Body>, Refusal> {
    let zone = desk.zone(id)?;
    let vpcs: String = zone.vpcs.iter().map(Vpc::xml).collect();
    let vpcs = if vpcs.is_empty() { vpcs } else { format!("<VPCs>{vpcs}</VPCs>") };
    Ok(xml::answer(200, "GetHostedZoneResponse", &format!("{}{}{vpcs}", zone.xml(), zone.delegation())))
}

pub(super) fn comment(mut desk: Desk<'_>, id: &str, sent: &Node) -> Result<Response<Body>, Refusal> {
    let comment = comment_of(Some(sent))?;
    let zone = desk.zone_mut(id)?;
    zone.comment = comment;
    Ok(xml::answer(200, "UpdateHostedZoneCommentResponse", &zone.xml()))
}

/// Only an empty zone goes; its text is quoted in public issues. Its names stop resolving at once (assumed).
pub(super) fn delete(mut desk: Desk<'_>, id: &str) -> Result<Response<Body>, Refusal> {
    let at = desk.find(id)?;
    let zone = &desk.kept.zones[at];
    let own = |record: &Record| record.name == zone.name && ["NS", "SOA"].contains(&record.kind.as_str());
    if !zone.records.values().all(own) {
        let message = "The specified hosted zone contains non-required resource record sets and so cannot be deleted.";
        return Err(Refusal::new(400, "HostedZoneNotEmpty", message));
    }
    desk.kept.zones.remove(at);
    let change = desk.submit(None);
    Ok(xml::answer(200, "DeleteHostedZoneResponse", &change))
}

pub(super) fn tags(desk: &Desk<'_>, id: &str) -> Result<Response<Body>, Refusal> {
    let zone = desk.zone(id)?;
    let tag =
        |(key, value): (&String, &String)| format!("<Tag>{}{}</Tag>", xml::leaf("Key", key), xml::leaf("Value", value));
    let tags: String = zone.tags.iter().map(tag).collect();
    let head = xml::leaf("ResourceType", "hostedzone") + &xml::leaf("ResourceId", id);
    let inner = format!("<ResourceTagSet>{head}<Tags>{tags}</Tags></ResourceTagSet>");
    Ok(xml::answer(200, "ListTagsForResourceResponse", &inner))
}

pub(super) fn change_tags(mut desk: Desk<'_>, id: &str, sent: &Node) -> Result<Response<Body>, Refusal> {
    let zone = desk.zone_mut(id)?;
    let mut tags = zone.tags.clone();
    for key in sent.list("RemoveTagKeys") {
        tags.remove(key.own_text());
    }
    for tag in sent.list("AddTags") {
        let (key, value) = (tag.text("Key").unwrap_or_default(), tag.text("Value").unwrap_or_default());
        if key.is_empty() || key.len() > 128 || value.len() > 256 {
            return Err(invalid("A tag's key has 1 to 128 characters, its value up to 256"));
        }
        tags.insert(key.to_owned(), value.to_owned());
    }
    if tags.len() > TAGS {
        return Err(invalid("A hosted zone has at most 50 tags"));
    }
    zone.tags = tags;
    Ok(xml::answer(200, "ChangeTagsForResourceResponse", ""))
}
