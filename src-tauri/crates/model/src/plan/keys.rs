//! Routes and integration responses are told apart by their keys as well as by ids: AWS refuses two with the same key, even
//! for a moment. So who takes over a key waits until it is free, and who swaps keys goes through a third one.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Planning;
use crate::diff::{Action, Change};
use crate::resource::{Id, Kind, Table};

/// The key that a resource has while others change theirs, before its id: nobody has such a key by accident.
const BETWEEN: &str = "gatescope-between-";

/// Whether a key is one that a change which broke off left behind.
pub(crate) fn is_between(key: &str) -> bool {
    key.trim_start_matches('/').starts_with(BETWEEN)
}

impl Planning<'_> {
    /// Routes that go and whose key another route takes: they go first.
    pub(super) fn free_route_keys(&mut self, changes: &[Change]) {
        for change in changes {
            if self.is_freed_early(changes, change) {
                self.delete(change);
            }
        }
    }

    pub(super) fn is_freed_early(&self, changes: &[Change], gone: &Change) -> bool {
        if gone.id.kind != Kind::Route || gone.action != Action::Delete {
            return false;
        }
        let gone = key(&self.from, &gone.id, "routeKey");
        changes
            .iter()
            .any(|c| c.id.kind == Kind::Route && c.action != Action::Delete && key(&self.to, &c.id, "routeKey") == gone)
    }

    /// Updates and creates in an order in which no key is there twice.
    pub(super) fn keyed(&mut self, changes: &[Change], kind: Kind, member: &str) {
        let of_kind = |action: Action| changes.iter().filter(move |c| c.id.kind == kind && c.action == action);
        let mut left: Vec<&Change> = of_kind(Action::Update).collect();
        let mut held: BTreeSet<(String, String)> = self
            .from
            .0
            .keys()
            .filter(|id| id.kind == kind && self.to.0.contains_key(*id))
            .map(|id| (id.parent.clone(), key(&self.from, id, member)))
            .collect();
        while !left.is_empty() {
            let free = left.iter().position(|c| {
                let wanted = (c.id.parent.clone(), key(&self.to, &c.id, member));
                let own = (c.id.parent.clone(), key(&self.from, &c.id, member));
                wanted == own || !held.contains(&wanted)
            });
            if let Some(at) = free {
                let change = left.remove(at);
                held.remove(&(change.id.parent.clone(), key(&self.from, &change.id, member)));
                held.insert((change.id.parent.clone(), key(&self.to, &change.id, member)));
                self.update(change);
                continue;
            }
            // All that is left waits for one another: one of them steps aside.
            let aside = left[0];
            let own = key(&self.from, &aside.id, member);
            held.remove(&(aside.id.parent.clone(), own.clone()));
            let id = &aside.id.id;
            let between = if kind == Kind::Route { format!("{BETWEEN}{id}") } else { format!("/{BETWEEN}{id}/") };
            if let Some(members) = self.from.0.get_mut(&aside.id) {
                members.insert(member.to_owned(), Value::String(between.clone()));
            }
            let operation = format!("Update{}", kind.row().noun);
            let more = [(member.to_owned(), Value::String(between.clone()))].into_iter().collect();
            self.push(aside, &operation, format!("frees the key {own} for another"), more);
            held.insert((aside.id.parent.clone(), between));
        }
        self.make(of_kind(Action::Create));
    }
}

/// The key of a resource; empty when it has none.
pub(super) fn key(table: &Table, id: &Id, member: &str) -> String {
    table.0.get(id).and_then(|m| m.get(member)).and_then(Value::as_str).unwrap_or_default().to_owned()
}
