//! Comparing stages and APIs, taking differences over, and searching.
//!
//! Two APIs have nothing in common but names and keys, so ids are replaced by names before anything is compared
//! (`compare/named.rs`), and by the right side's ids afterwards.

mod named;

use std::collections::BTreeMap;

use gatescope_model::api::{Api, Snapshot};
use gatescope_model::diff::{Action, Change, Field, diff};
use gatescope_model::resource::{Id, Members, Table};
use regex::{Regex, RegexBuilder};
use serde_json::{Map, Value};

use self::named::Named;
use crate::App;
use crate::calls::{Compare, Compared, Comparison, Difference, Draft, Hit, Promote, SearchApi};
use crate::error::{Code, Error};

/// Bytes that a compiled pattern may have.
const PATTERN: usize = 1024 * 1024;
/// Hits that are worth showing.
const HITS: usize = 1_000;
/// Characters of a line that are shown.
const LINE: usize = 400;
/// The name that both sides' stage has while two stages are compared.
const STAGE: &str = "stage";

impl App {
    pub(crate) async fn compare(&self, ask: Compare) -> Result<Comparison, Error> {
        let (left, right) = tokio::try_join!(self.side(&ask.left), self.side(&ask.right))?;
        let (l, r) = (fields(&left.named.snapshot), fields(&right.named.snapshot));
        let alike = l.iter().filter(|(path, value)| r.get(*path) == Some(value)).count();
        let changes = diff(&left.named.snapshot, &right.named.snapshot);
        Ok(Comparison {
            differences: changes.iter().flat_map(differences).collect(),
            alike: u32::try_from(alike).unwrap_or(u32::MAX),
        })
    }

    pub(crate) async fn promote(&self, ask: Promote) -> Result<Draft, Error> {
        let (left, right) = tokio::try_join!(self.side(&ask.compare.left), self.side(&ask.compare.right))?;
        let source = Table::of(&left.named.snapshot);
        let mut table = Table::of(&right.named.snapshot);
        let changes = diff(&left.named.snapshot, &right.named.snapshot);
        for path in &ask.paths {
            let found = changes.iter().find_map(|c| {
                let whole = *path == name(&c.id, None);
                let field = c.fields.iter().find(|f| *path == name(&c.id, Some(f)));
                (whole || field.is_some()).then_some((c, field))
            });
            let Some((change, field)) = found else {
                return Err(Error::new(Code::Conflict, "this difference is not there any more: compare again"));
            };
            match (change.action, field) {
                (Action::Update, Some(field)) => take_field(&mut table, &change.id, field),
                (Action::Delete, _) => take_whole(&mut table, &source, &change.id),
                _ => drop(table.0.remove(&change.id)),
            }
        }
        let taken = table.snapshot(&[&right.named.snapshot]);
        Ok(Draft { draft: right.back(&taken), base: right.whole })
    }

    pub(crate) async fn search_api(&self, ask: SearchApi) -> Result<Vec<Hit>, Error> {
        let pattern = pattern(&ask)?;
        let snapshot = self.read_whole(&ask.of).await?;
        let mut hits = Vec::new();
        for change in diff(&Snapshot::default(), &snapshot) {
            for field in &change.fields {
                find(&change, field, &pattern, &mut hits);
                if hits.len() >= HITS {
                    return Ok(hits);
                }
            }
        }
        Ok(hits)
    }

    async fn side(&self, of: &Compared) -> Result<Side, Error> {
        let whole = self.read_whole(&of.of).await?;
        let named = match &of.stage {
            None => Named::of(&whole),
            Some(stage) => {
                let mut found = whole.stage(stage).cloned().ok_or_else(|| {
                    Error::new(Code::NotFound, format!("the API {} has no stage {stage}", whole.api.name))
                })?;
                found.stage_name = STAGE.to_owned();
                found.deployment_id = None;
                let api = Api { api_id: "api".to_owned(), ..Api::default() };
                Named::only(Snapshot { api, stages: vec![found], ..Snapshot::default() })
            }
        };
        Ok(Side { whole, stage: of.stage.clone(), named })
    }
}

/// One half, as it was read and with names for ids.
struct Side {
    whole: Snapshot,
    stage: Option<String>,
    named: Named,
}

impl Side {
    /// This half's API, with what was changed at its named form.
    fn back(&self, taken: &Snapshot) -> Snapshot {
        let Some(name) = &self.stage else { return self.named.back(taken, &self.whole) };
        let mut draft = self.whole.clone();
        if let (Some(to), Some(from)) =
            (draft.stages.iter_mut().find(|s| s.stage_name == *name), taken.stage(STAGE).cloned())
        {
            let kept = to.clone();
            *to = from;
            to.stage_name = kept.stage_name;
            to.deployment_id = kept.deployment_id;
        }
        draft
    }
}

/// Every field of everything, by its path.
fn fields(of: &Snapshot) -> BTreeMap<String, Option<Value>> {
    let all = diff(&Snapshot::default(), of);
    all.into_iter().flat_map(|c| c.fields.into_iter().map(move |f| (name(&c.id, Some(&f)), f.to))).collect()
}

/// Names a difference for `promote`.
fn name(id: &Id, field: Option<&Field>) -> String {
    let (member, key) = field.map_or(("", None), |f| (f.member.as_str(), f.key.as_deref()));
    serde_json::json!([id.kind, id.parent, id.id, member, key]).to_string()
}

fn differences(change: &Change) -> Vec<Difference> {
    let whole = |left: Option<String>, right: Option<String>| {
        vec![Difference {
            path: name(&change.id, None),
            of: named::plain(&change.label),
            field: String::new(),
            left,
            right,
        }]
    };
    match change.action {
        Action::Create => whole(None, Some(named::plain(&change.label))),
        Action::Delete => whole(Some(named::plain(&change.label)), None),
        Action::Update => change
            .fields
            .iter()
            .map(|f| Difference {
                path: name(&change.id, Some(f)),
                of: named::plain(&change.label),
                field: field_name(f),
                left: f.from.as_ref().map(shown),
                right: f.to.as_ref().map(shown),
            })
            .collect(),
    }
}

fn field_name(field: &Field) -> String {
    field.key.as_ref().map_or_else(|| field.member.clone(), |key| format!("{} / {key}", field.member))
}

fn shown(value: &Value) -> String {
    named::plain(&value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

/// The left side's value (the change goes from left to right, so what it comes from).
fn take_field(table: &mut Table, id: &Id, field: &Field) {
    let mut members: Members = table.0.get(id).cloned().unwrap_or_default();
    let (map, name) = match &field.key {
        None => (&mut members, &field.member),
        Some(key) => {
            let entry = members.entry(field.member.clone()).or_insert_with(|| Value::Object(Map::new()));
            let Some(map) = entry.as_object_mut() else { return };
            (map, key)
        }
    };
    match &field.from {
        Some(value) => drop(map.insert(name.clone(), value.clone())),
        None => drop(map.shift_remove(name)),
    }
    if members.get(&field.member).and_then(Value::as_object).is_some_and(Map::is_empty) {
        members.shift_remove(&field.member);
    }
    table.0.insert(id.clone(), members);
}

/// Takes a whole resource over, with what it names and what hangs below it.
fn take_whole(table: &mut Table, source: &Table, id: &Id) {
    let Some(members) = source.0.get(id).filter(|_| !table.0.contains_key(id)) else { return };
    table.0.insert(id.clone(), members.clone());
    let mut texts = Vec::new();
    collect(&Value::Object(members.clone()), &mut texts);
    let needed: Vec<Id> = source
        .0
        .keys()
        .filter(|other| {
            other.parent == id.id || (named::is_name(&other.id) && texts.iter().any(|t| t.contains(&other.id)))
        })
        .cloned()
        .collect();
    for other in needed {
        take_whole(table, source, &other);
    }
}

fn pattern(ask: &SearchApi) -> Result<Regex, Error> {
    if ask.pattern.is_empty() {
        return Err(Error::bad_question("there is nothing to search for"));
    }
    let text = if ask.regex { ask.pattern.clone() } else { regex::escape(&ask.pattern) };
    // A text is found however it is written; who writes an expression can say so there.
    RegexBuilder::new(&text)
        .case_insensitive(!ask.regex)
        .size_limit(PATTERN)
        .build()
        .map_err(|e| Error::bad_question(format!("this is no regular expression: {e}")))
}

fn find(change: &Change, field: &Field, pattern: &Regex, hits: &mut Vec<Hit>) {
    let mut texts = Vec::new();
    if let Some(key) = &field.key {
        texts.push(key.clone());
    }
    if let Some(value) = &field.to {
        collect(value, &mut texts);
    }
    for line in texts.iter().flat_map(|t| t.lines()).filter(|l| pattern.is_match(l)) {
        hits.push(Hit {
            kind: change.id.kind,
            parent: change.id.parent.clone(),
            id: change.id.id.clone(),
            label: change.label.clone(),
            field: field_name(field),
            line: line.trim().chars().take(LINE).collect(),
            routes: change.routes.clone(),
        });
    }
}

fn collect(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => texts.push(text.clone()),
        Value::Array(list) => list.iter().for_each(|v| collect(v, texts)),
        Value::Object(map) => {
            for (key, value) in map {
                texts.push(key.clone());
                collect(value, texts);
            }
        }
        Value::Null => {}
        other => texts.push(other.to_string()),
    }
}
