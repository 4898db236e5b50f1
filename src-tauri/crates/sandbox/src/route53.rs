//! Route 53, XML: hosted zones, records, and changes that become INSYNC on the sandbox's clock.
//!
//! A zone holds its records twice: what was accepted, and what its name servers answer with, which follows when the
//! change is INSYNC. Nothing runs in the background: [`settle`] catches up whenever somebody looks.
//! Wire shapes: botocore's model; statuses and texts: LocalStack's recordings and public issues, else `assumed`.
//! Where to look next: `change.rs` (change batches), `list.rs`, `dns.rs` (what a name leads to).

mod change;
pub(crate) mod dns;
mod list;
pub(crate) mod name;
mod xml;
mod zone;

use std::collections::{BTreeMap, VecDeque};

use http::{Method, Response};
use serde::{Deserialize, Serialize};

use self::xml::Node;
use crate::answer::Refusal;
use crate::clock::iso_millis;
use crate::front::Call;
use crate::state::State;
use crate::{Body, World, acm};

/// Changes that GetChange remembers.
const CHANGES: usize = 1000;

/// What it keeps.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Kept {
    /// In the order of their creation.
    zones: Vec<Zone>,
    /// The latest changes, oldest first.
    changes: VecDeque<Change>,
    /// By name, the servers that registrars name where they name others than the hosted zone's.
    elsewhere: BTreeMap<String, Vec<String>>,
}

impl Kept {
    /// Makes a registrar name other servers for a zone.
    pub(crate) fn delegate(&mut self, zone: &str, name_servers: Vec<String>) {
        if let Ok(zone) = name::canonical(zone) {
            self.elsewhere.insert(zone, name_servers);
        }
    }

    /// Makes every registrar name the zones' own servers.
    pub(crate) fn delegate_all(&mut self) {
        self.elsewhere.clear();
    }

    /// Whether a name is in a zone that other servers are asked for, which nobody here can reach.
    pub(crate) fn is_elsewhere(&self, wanted: &str) -> bool {
        self.elsewhere.keys().any(|zone| name::within(wanted, zone))
    }

    /// The servers that a registrar names for a zone, where they are others.
    pub(crate) fn servers_elsewhere(&self, zone: &str) -> Option<&[String]> {
        self.elsewhere.get(zone).map(Vec::as_slice)
    }

    /// Whether whoever begins at the root comes to this zone.
    fn is_asked(&self, zone: &Zone) -> bool {
        let bare = |server: &str| server.trim_end_matches('.').to_ascii_lowercase();
        let ours = |named: &Vec<String>| named.iter().any(|n| zone.name_servers.iter().any(|own| bare(own) == bare(n)));
        self.elsewhere.get(&zone.name).is_none_or(ours)
    }
}

/// A refusal as this service writes it.
pub(crate) fn refuse(refusal: &Refusal) -> Response<Body> {
    xml::refusal(refusal)
}

/// What becomes of each key.
type Outcomes = Vec<(String, Option<Record>)>;

/// A hosted zone.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Zone {
    id: String,
    /// Canonical.
    name: String,
    caller_reference: String,
    comment: Option<String>,
    private: bool,
    vpcs: Vec<Vpc>,
    name_servers: Vec<String>,
    /// As accepted, by [`Record::key`].
    records: BTreeMap<String, Record>,
    /// As answered.
    served: BTreeMap<String, Record>,
    /// Accepted and not answered yet: from when on, and what.
    pending: VecDeque<(i64, Outcomes)>,
    tags: BTreeMap<String, String>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Vpc {
    region: String,
    id: String,
}

/// A resource record set.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    name: String,
    kind: String,
    set: Option<String>,
    /// Weight, Region, Failover, …: kept as they were sent.
    policy: Vec<Node>,
    ttl: Option<u32>,
    values: Vec<String>,
    alias: Option<Alias>,
    health_check: Option<String>,
    /// From when on it is answered.
    since: i64,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Alias {
    zone: String,
    name: String,
    evaluate: bool,
}

/// What GetChange tells of.
#[derive(Clone, Serialize, Deserialize)]
struct Change {
    id: String,
    submitted: i64,
    in_sync: i64,
    comment: Option<String>,
}

impl Record {
    /// Sorts as every list does: reversed labels, then the type.
    fn key(&self) -> String {
        format!("{}\0{}\0{}", name::reversed(&self.name), self.kind, self.set.as_deref().unwrap_or_default())
    }
}

/// Answers one call.
pub(crate) fn answer(world: &World, call: &Call) -> Response<Body> {
    let mut state = world.state.lock();
    acm::settle(world, &mut state);
    respond(world, &mut state, call).unwrap_or_else(|refusal| xml::refusal(&refusal))
}

fn respond(world: &World, state: &mut State, call: &Call) -> Result<Response<Body>, Refusal> {
    let desk = Desk { world, kept: &mut state.route53, now: world.clock.now() };
    let segments: Vec<&str> = call.segments.iter().skip(1).map(String::as_str).collect();
    match (&call.method, segments.as_slice()) {
        (&Method::POST, ["hostedzone"]) => zone::create(desk, &Node::read(&call.body)?),
        (&Method::GET, ["hostedzone"]) => list::zones(&desk, call),
        (&Method::GET, ["hostedzonesbyname"]) => list::zones_by_name(&desk, call),
        (&Method::GET, ["hostedzonecount"]) => {
            let count = xml::leaf("HostedZoneCount", desk.kept.zones.len());
            Ok(xml::answer(200, "GetHostedZoneCountResponse", &count))
        }
        (&Method::GET, ["hostedzone", id]) => zone::get(&desk, id),
        (&Method::POST, ["hostedzone", id]) => zone::comment(desk, id, &Node::read(&call.body)?),
        (&Method::DELETE, ["hostedzone", id]) => zone::delete(desk, id),
        (&Method::POST, ["hostedzone", id, "rrset"]) => change::batch(desk, id, &Node::read(&call.body)?),
        (&Method::GET, ["hostedzone", id, "rrset"]) => list::records(&desk, id, call),
        (&Method::GET, ["change", id]) => desk.change(id),
        (&Method::GET, ["tags", "hostedzone", id]) => zone::tags(&desk, id),
        (&Method::POST, ["tags", "hostedzone", id]) => zone::change_tags(desk, id, &Node::read(&call.body)?),
        (&Method::GET, ["testdnsanswer"]) => list::test_answer(&desk, call),
        _ => Err(Refusal::unknown_operation()),
    }
}

/// Lets the name servers answer with what has become INSYNC.
pub(crate) fn settle(kept: &mut Kept, now: i64) {
    for zone in &mut kept.zones {
        while let Some((at, changes)) = zone.pending.pop_front_if(|(at, _)| *at <= now) {
            for (key, record) in changes {
                match record {
                    Some(record) => zone.served.insert(key, Record { since: at, ..record }),
                    None => zone.served.remove(&key),
                };
            }
        }
    }
}

/// What a call may touch.
struct Desk<'a> {
    world: &'a World,
    kept: &'a mut Kept,
    now: i64,
}

impl Desk<'_> {
    /// The place of a zone. The text is recorded (LocalStack).
    fn find(&self, id: &str) -> Result<usize, Refusal> {
        self.kept
            .zones
            .iter()
            .position(|zone| zone.id == id)
            .ok_or_else(|| Refusal::new(404, "NoSuchHostedZone", format!("No hosted zone found with ID: {id}")))
    }

    fn zone(&self, id: &str) -> Result<&Zone, Refusal> {
        self.find(id).map(|at| &self.kept.zones[at])
    }

    fn zone_mut(&mut self, id: &str) -> Result<&mut Zone, Refusal> {
        self.find(id).map(|at| &mut self.kept.zones[at])
    }

    /// When what is accepted now will be answered.
    fn in_sync(&self) -> i64 {
        self.now + i64::try_from(self.world.options.dns_delay.as_millis()).unwrap_or(i64::MAX / 2)
    }

    /// A new change, as `<ChangeInfo>`, which is PENDING at first even where it takes no time.
    fn submit(&mut self, comment: Option<String>) -> String {
        let id = format!("C{}", self.world.ids.alphanumeric(20).to_ascii_uppercase());
        let change = Change { id, submitted: self.now, in_sync: self.in_sync(), comment };
        let info = info(&change, "PENDING");
        self.kept.changes.push_back(change);
        if self.kept.changes.len() > CHANGES {
            self.kept.changes.pop_front();
        }
        info
    }

    /// GetChange. The words of its 404 are assumed.
    fn change(&self, id: &str) -> Result<Response<Body>, Refusal> {
        let change = self
            .kept
            .changes
            .iter()
            .find(|change| change.id == id)
            .ok_or_else(|| Refusal::new(404, "NoSuchChange", format!("Could not find resource with ID: {id}")))?;
        let status = if change.in_sync <= self.now { "INSYNC" } else { "PENDING" };
        Ok(xml::answer(200, "GetChangeResponse", &info(change, status)))
    }
}

fn info(change: &Change, status: &str) -> String {
    let id = xml::leaf("Id", format!("/change/{}", change.id));
    let when = xml::leaf("SubmittedAt", iso_millis(change.submitted));
    let comment = xml::optional("Comment", change.comment.as_deref());
    format!("<ChangeInfo>{id}{}{when}{comment}</ChangeInfo>", xml::leaf("Status", status))
}

/// Assumed: no capture of a member that is missing or no number.
fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new(400, "InvalidInput", message)
}
