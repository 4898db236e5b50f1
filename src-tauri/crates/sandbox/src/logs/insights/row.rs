//! A row of a query: an event with its discovered fields, or what `stats` made of many.

use std::cell::OnceCell;

use serde_json::Value;

use super::super::snapshot::{At, Snapshot};
use super::cell::Cell;

/// A group that is queried.
pub(super) struct Source {
    pub snapshot: Snapshot,
    /// `{account}:{group}`, the field `@log`.
    pub log: String,
}

pub(super) struct Row<'s> {
    event: Option<(&'s Source, At)>,
    /// Fields that commands have made; a later one of a name hides an earlier.
    made: Vec<(String, Cell)>,
    json: OnceCell<Option<Value>>,
}

impl<'s> Row<'s> {
    pub(super) fn event(source: &'s Source, at: At) -> Self {
        Self { event: Some((source, at)), made: Vec::new(), json: OnceCell::new() }
    }

    pub(super) fn made(made: Vec<(String, Cell)>) -> Self {
        Self { event: None, made, json: OnceCell::new() }
    }

    pub(super) fn set(&mut self, name: &str, cell: Cell) {
        self.made.retain(|(known, _)| known != name);
        self.made.push((name.to_owned(), cell));
    }

    /// Forgets the parsed message, which is made again when it is needed.
    pub(super) fn rest(&mut self) {
        self.json.take();
    }

    pub(super) fn is_event(&self) -> bool {
        self.event.is_some()
    }

    pub(super) fn field(&self, name: &str) -> Cell {
        if let Some((_, cell)) = self.made.iter().find(|(known, _)| known == name) {
            return cell.clone();
        }
        let Some((source, at)) = &self.event else { return Cell::Missing };
        match name {
            "@timestamp" => Cell::Time(at.timestamp),
            "@ingestionTime" => Cell::Time(source.snapshot.ingested(at)),
            "@message" => Cell::Text(source.snapshot.text(at).into_owned()),
            "@logStream" => Cell::Text(source.snapshot.stream(at).to_string()),
            "@log" => Cell::Text(source.log.clone()),
            "@ptr" => Cell::Text(at.id()),
            _ => self.discovered(name, source, at),
        }
    }

    /// A field of a message that is JSON: members by `.`, items of lists by their number (AWS's documentation).
    fn discovered(&self, name: &str, source: &Source, at: &At) -> Cell {
        let json = self.json.get_or_init(|| {
            let text = source.snapshot.text(at);
            text.trim_start().starts_with('{').then(|| serde_json::from_str(&text).ok()).flatten()
        });
        let Some(event) = json else { return Cell::Missing };
        if let Some(value) = event.get(name) {
            return Cell::of(value);
        }
        let mut value = event;
        for step in name.split('.') {
            let next = match value {
                Value::Object(members) => members.get(step),
                Value::Array(items) => step.parse::<usize>().ok().and_then(|n| items.get(n)),
                _ => None,
            };
            match next {
                Some(next) => value = next,
                None => return Cell::Missing,
            }
        }
        Cell::of(value)
    }
}
