//! Whether what was sent is in force, and what a change left behind.

use gatescope_model::api::Snapshot;
use gatescope_model::diff::{Action, Change, diff};
use gatescope_model::resource::{Kind, Table};

/// The first thing that was sent and reads back otherwise, in words.
pub(super) fn differs(from: &Snapshot, goal: &Snapshot, found: &Snapshot) -> Option<String> {
    let left = diff(found, goal);
    let touched = diff(from, goal);
    left.iter().filter(|left| !is_unread(found, left.id.kind)).find_map(|left| {
        let sent = touched.iter().find(|t| t.id == left.id)?;
        still_to_do(sent, left).then(|| left.label.clone())
    })
}

/// What can't be read back can't be checked: one may write what one may not list.
fn is_unread(found: &Snapshot, kind: Kind) -> bool {
    let list = match kind {
        Kind::Api => return false,
        Kind::Model => "models",
        Kind::Authorizer => "authorizers",
        Kind::Integration => "integrations",
        Kind::IntegrationResponse => "integrationResponses",
        Kind::Route => "routes",
        Kind::RouteResponse => "routeResponses",
        Kind::Deployment => "deployments",
        Kind::Stage => "stages",
        Kind::ApiKey => "apiKeys",
        Kind::UsagePlan | Kind::PlanKey => "usagePlans",
        Kind::VpcLink => "vpcLinks",
        Kind::ClientCertificate => "clientCertificates",
        Kind::LogGroup => "logGroups",
        Kind::Permission => "permissions",
        Kind::Mapping => "domains",
    };
    let around = found.surroundings.as_ref().is_some_and(|s| s.unread.contains_key(list));
    around || found.unread.contains_key(list)
}

fn still_to_do(sent: &Change, left: &Change) -> bool {
    match left.action {
        // A VPC link is being deleted for minutes, and no log is deleted here.
        Action::Delete => sent.action == Action::Delete && !matches!(sent.id.kind, Kind::VpcLink | Kind::LogGroup),
        Action::Create => true,
        // What AWS adds to a new resource by itself is in no field that was sent; throttling can't be unset.
        Action::Update => left.fields.iter().any(|l| {
            sent.fields.iter().any(|s| (&s.member, &s.key) == (&l.member, &l.key))
                && !(l.member == "defaultRouteSettings" && l.to.is_none())
        }),
    }
}

/// The API after the change, as far as the change made it so: what somebody else changed in the same moment stays out, so
/// that undoing finds it; what AWS added by itself to what the change made is in.
pub(crate) fn settled(from: &Snapshot, goal: &Snapshot, found: &Snapshot) -> Snapshot {
    let there = Table::of(found);
    let mut table = Table::of(goal);
    for made in diff(from, goal).iter().filter(|c| c.action == Action::Create) {
        let (Some(mine), Some(theirs)) = (table.0.get(&made.id).cloned(), there.0.get(&made.id)) else { continue };
        let mut members = mine;
        for (name, value) in theirs {
            if !members.contains_key(name) {
                members.insert(name.clone(), value.clone());
            }
        }
        table.0.insert(made.id.clone(), members);
    }
    table.snapshot(&[goal])
}
