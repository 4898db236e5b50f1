//! Three-way merge of snapshots: what I changed, what others changed since, and where the two collide.
//!
//! Field by field, of maps entry by entry. A preview is `merge(base, draft, now)`; undoing a change is
//! `merge(after, before, now)`; finishing one that broke off is `merge(before, to, now)` and rolling it back
//! `merge(to, before, now)`, where a field that was not reached yet is alike on both sides. Nobody's change is lost
//! silently: where both changed the same field differently, it is a conflict until somebody chooses.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use ts_rs::TS;

use crate::api::Snapshot;
use crate::diff::{fields, words};
use crate::resource::{Id, Kind, Members, Table};
use crate::review::{Conflict, Step};

/// Whose value wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Side {
    /// The draft's.
    Mine,
    /// What stands at AWS now.
    Theirs,
}

/// What comes out.
#[derive(Clone, Debug, PartialEq)]
pub struct Merged {
    /// Theirs with my changes; where there is a conflict without a choice, theirs.
    pub snapshot: Snapshot,
    /// Every collision, with its choice where one was made.
    pub conflicts: Vec<Conflict>,
}

impl Merged {
    /// Whether somebody has to choose before it can be carried out.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.conflicts.iter().any(|c| c.choice.is_none())
    }
}

/// Puts the changes from `base` to `mine` on top of `theirs`.
#[must_use]
pub fn merge(base: &Snapshot, mine: &Snapshot, theirs: &Snapshot, choices: &BTreeMap<String, Side>) -> Merged {
    let around = [base, mine, theirs].iter().all(|s| s.surroundings.is_some());
    let table = |s: &Snapshot| {
        if around { Table::of(s) } else { Table::of(&Snapshot { surroundings: None, ..s.clone() }) }
    };
    let (b, m, t) = (table(base), table(mine), table(theirs));
    let mut merge =
        Merging { base: &b, mine: &m, theirs: &t, names: [mine, theirs, base], choices, conflicts: Vec::new() };
    let mut result = t.clone();
    let has_api = |t: &Table| t.0.keys().any(|id| id.kind == Kind::Api);
    // With the API goes all that is in it: one question, not one for each part.
    let whole = has_api(&b) && !has_api(&m);
    let ids: BTreeSet<&Id> = b.0.keys().chain(m.0.keys()).collect();
    for id in ids.into_iter().filter(|id| !whole || id.kind == Kind::Api || is_around(id.kind)) {
        match (b.0.get(id), m.0.get(id)) {
            (before, Some(wanted)) => merge.change(&mut result, id, before, wanted),
            (Some(before), None) => merge.delete(&mut result, id, before),
            (None, None) => {}
        }
    }
    let conflicts = merge.conflicts;
    // What is below something that went goes with it.
    let parents: BTreeSet<(Kind, String)> = result.0.keys().map(|id| (id.kind, id.id.clone())).collect();
    result.0.retain(|id, _| match id.kind {
        Kind::IntegrationResponse => parents.contains(&(Kind::Integration, id.parent.clone())),
        Kind::RouteResponse => parents.contains(&(Kind::Route, id.parent.clone())),
        Kind::PlanKey => parents.contains(&(Kind::UsagePlan, id.parent.clone())),
        _ => true,
    });
    let known: Vec<&Snapshot> =
        if theirs.surroundings.is_some() && !around { vec![theirs] } else { vec![theirs, mine, base] };
    let mut snapshot = result.snapshot(&known);
    if !around {
        snapshot.surroundings.clone_from(&theirs.surroundings);
    }
    Merged { snapshot, conflicts }
}

/// What a change that broke off left only in passing, as choices for finishing it or rolling it back: route settings that
/// were deleted to be written anew, and are still not there.
#[must_use]
pub fn passing(done: &[Step], now: &Snapshot) -> BTreeMap<String, Side> {
    let text = |step: &Step, name: &str| step.input.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let gone = done.iter().filter(|s| s.operation == "DeleteRouteSettings");
    gone.map(|s| (text(s, "stageName"), text(s, "routeKey")))
        .filter(|(stage, key)| now.stage(stage).is_some_and(|s| !s.route_settings.contains_key(key)))
        .map(|(stage, key)| (format!("{}#routeSettings/{key}", Id::new(Kind::Stage, &stage).path()), Side::Mine))
        .collect()
}

struct Merging<'a> {
    base: &'a Table,
    mine: &'a Table,
    theirs: &'a Table,
    /// Where a resource's name is looked up.
    names: [&'a Snapshot; 3],
    choices: &'a BTreeMap<String, Side>,
    conflicts: Vec<Conflict>,
}

impl Merging<'_> {
    /// I have it: new, changed, or as it was.
    fn change(&mut self, result: &mut Table, id: &Id, before: Option<&Members>, wanted: &Members) {
        let empty = Members::new();
        let changed = fields(before.unwrap_or(&empty), wanted);
        let Some(now) = self.theirs.0.get(id) else {
            // Mine is new, or they deleted what I changed; what I left alone stays deleted.
            let mine = before.is_none()
                || (!changed.is_empty()
                    && self.choose(id, "", "as it was", "changed", "deleted", false) == Some(Side::Mine));
            if mine {
                result.0.insert(id.clone(), wanted.clone());
            }
            return;
        };
        for field in changed {
            let theirs = entry(now, &field.member, field.key.as_deref());
            if theirs == field.to.as_ref() {
                continue;
            }
            // A key that a swap left behind when it broke off is nobody's wish.
            let free =
                theirs == field.from.as_ref() || theirs.and_then(Value::as_str).is_some_and(crate::plan::is_between);
            let mine = free || {
                let text = |v: Option<&Value>| words::shown(v);
                let (was, to) = (text(field.from.as_ref()), text(field.to.as_ref()));
                self.choose(id, &field.name(), &was, &to, &text(theirs), true) == Some(Side::Mine)
            };
            if mine && let Some(members) = result.0.get_mut(id) {
                set(members, &field.member, field.key.as_deref(), field.to);
            }
        }
    }

    /// I deleted it.
    fn delete(&mut self, result: &mut Table, id: &Id, before: &Members) {
        let Some(now) = self.theirs.0.get(id) else { return };
        let below = |table: &Table| -> Vec<(Id, Members)> {
            let own = |child: &Id| match id.kind {
                Kind::Api => child.kind != Kind::Api && !is_around(child.kind),
                _ => child.parent == id.id && !child.parent.is_empty(),
            };
            table.0.iter().filter(|(child, _)| own(child)).map(|(c, m)| (c.clone(), m.clone())).collect()
        };
        // What they took away, or what a broken-off change never made, is nothing to lose.
        let untouched =
            now == before && below(self.theirs).iter().all(|(child, members)| self.base.0.get(child) == Some(members));
        if untouched || self.choose(id, "", "as it was", "deleted", "changed", false) == Some(Side::Mine) {
            result.0.remove(id);
            for (child, _) in below(self.theirs) {
                result.0.remove(&child);
            }
        }
    }

    /// Asks what was chosen, and remembers the collision.
    fn choose(&mut self, id: &Id, field: &str, base: &str, mine: &str, theirs: &str, of_field: bool) -> Option<Side> {
        let path = if of_field { format!("{}#{field}", id.path()) } else { id.path() };
        let choice = self.choices.get(&path).copied();
        let tables = [self.mine, self.theirs, self.base];
        let at = tables.iter().position(|t| t.0.contains_key(id)).unwrap_or_default();
        self.conflicts.push(Conflict {
            path,
            of: words::label(id, self.names[at]),
            field: field.replacen('/', " / ", 1),
            base: base.to_owned(),
            mine: mine.to_owned(),
            theirs: theirs.to_owned(),
            choice,
        });
        choice
    }
}

/// Whether it belongs to the account, not to the API.
pub(crate) fn is_around(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::LogGroup
            | Kind::ClientCertificate
            | Kind::VpcLink
            | Kind::Permission
            | Kind::ApiKey
            | Kind::UsagePlan
            | Kind::PlanKey
            | Kind::Mapping
    )
}

fn entry<'a>(members: &'a Members, member: &str, key: Option<&str>) -> Option<&'a Value> {
    let value = members.get(member)?;
    match key {
        Some(key) => value.as_object()?.get(key),
        None => Some(value),
    }
}

fn set(members: &mut Members, member: &str, key: Option<&str>, to: Option<Value>) {
    match (key, to) {
        (None, Some(value)) => drop(members.insert(member.to_owned(), value)),
        (None, None) => drop(members.shift_remove(member)),
        (Some(key), to) => {
            let map = members.entry(member.to_owned()).or_insert_with(|| Value::Object(Map::new()));
            if let Some(map) = map.as_object_mut() {
                match to {
                    Some(value) => drop(map.insert(key.to_owned(), value)),
                    None => drop(map.shift_remove(key)),
                }
                if map.is_empty() {
                    members.shift_remove(member);
                }
            }
        }
    }
}
