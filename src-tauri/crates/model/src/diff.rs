//! What differs between two snapshots of an API, member by member, of maps entry by entry.
//!
//! Preview, apply, undeployed changes, comparison and undo are all this one function on different snapshots. Resources are
//! told apart by their ids. It may not know how a change is made: that is [`crate::plan`]. In words: [`words`].

pub mod words;

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::api::Snapshot;
use crate::resource::{Id, Kind, Members, Table};

/// One resource's difference.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Which resource.
    pub id: Id,
    /// How a person finds it: `integration 7kq2m1x of $connect`.
    pub label: String,
    /// What happens to it.
    pub action: Action,
    /// What differs, in the order of the wire form.
    pub fields: Vec<Field>,
    /// The keys of the routes that it touches.
    pub routes: Vec<String>,
}

/// What happens to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It is made.
    Create,
    /// Members of it change.
    Update,
    /// It goes.
    Delete,
}

/// One member's difference. Of a map, one entry.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// AWS's member name: `requestTemplates`.
    pub member: String,
    /// The entry in a map: `$default`.
    pub key: Option<String>,
    /// Absent = not set.
    pub from: Option<Value>,
    /// Absent = not set any more.
    pub to: Option<Value>,
}

impl Field {
    /// `requestTemplates/$default`.
    #[must_use]
    pub fn name(&self) -> String {
        match &self.key {
            Some(key) => format!("{}/{key}", self.member),
            None => self.member.clone(),
        }
    }
}

/// Lists what has to change at `from` to make it `to`, in the order of [`Kind`]. When one of them does not know its
/// surroundings, those are left alone.
#[must_use]
pub fn diff(from: &Snapshot, to: &Snapshot) -> Vec<Change> {
    let both = from.surroundings.is_some() && to.surroundings.is_some();
    let (old, new) = (table(from, both), table(to, both));
    let ids: BTreeSet<&Id> = old.0.keys().chain(new.0.keys()).collect();
    let empty = Members::new();
    let mut changes = Vec::new();
    for id in ids {
        let (before, after) = (old.0.get(id), new.0.get(id));
        let fields = fields(before.unwrap_or(&empty), after.unwrap_or(&empty));
        let action = match (before, after) {
            (None, _) => Action::Create,
            (_, None) => Action::Delete,
            _ if fields.is_empty() => continue,
            _ => Action::Update,
        };
        let side = if after.is_some() { to } else { from };
        changes.push(Change {
            label: words::label(id, side),
            routes: words::routes_of(id, side),
            id: id.clone(),
            action,
            fields,
        });
    }
    changes
}

fn table(of: &Snapshot, around: bool) -> Table {
    if around || of.surroundings.is_none() {
        Table::of(of)
    } else {
        Table::of(&Snapshot { surroundings: None, ..of.clone() })
    }
}

/// The changes that only act once they are deployed: all but those of stages, deployments and the account.
pub fn deployable(changes: &[Change]) -> impl Iterator<Item = &Change> {
    changes.iter().filter(|change| match change.id.kind {
        Kind::Model
        | Kind::Authorizer
        | Kind::Integration
        | Kind::IntegrationResponse
        | Kind::Route
        | Kind::RouteResponse => true,
        Kind::Api => change.fields.iter().any(|f| {
            ["routeSelectionExpression", "apiKeySelectionExpression", "disableExecuteApiEndpoint"]
                .contains(&f.member.as_str())
        }),
        _ => false,
    })
}

/// What differs between two resources.
pub(crate) fn fields(old: &Members, new: &Members) -> Vec<Field> {
    let mut fields = Vec::new();
    let names = old.keys().chain(new.keys().filter(|n| !old.contains_key(*n)));
    for member in names {
        field(&mut fields, member, old.get(member), new.get(member));
    }
    fields
}

fn field(fields: &mut Vec<Field>, member: &str, from: Option<&Value>, to: Option<&Value>) {
    if from == to {
        return;
    }
    if let (Some(Value::Object(_)) | None, Some(Value::Object(_)) | None) = (from, to) {
        let empty = Map::new();
        let old = from.and_then(Value::as_object).unwrap_or(&empty);
        let new = to.and_then(Value::as_object).unwrap_or(&empty);
        let keys = old.keys().chain(new.keys().filter(|k| !old.contains_key(*k)));
        for key in keys.filter(|k| old.get(*k) != new.get(*k)) {
            fields.push(Field {
                member: member.to_owned(),
                key: Some(key.clone()),
                from: old.get(key).cloned(),
                to: new.get(key).cloned(),
            });
        }
    } else {
        fields.push(Field { member: member.to_owned(), key: None, from: from.cloned(), to: to.cloned() });
    }
}
