//! A query's commands on the events of its groups, one after the other.
//!
//! Commands up to the first that needs all rows are run event by event, so that what a filter refuses takes no room.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};

use super::cell::Cell;
use super::parse::{Command, Named};
use super::row::{Row, Source};
use super::stats;

/// What a query found.
#[derive(Default)]
pub(super) struct Found {
    /// Fields and their texts, row by row.
    pub rows: Vec<Vec<(String, String)>>,
    pub matched: usize,
    pub scanned: usize,
    pub bytes: usize,
}

/// Runs until it is done, or told to stop.
pub(super) fn run(commands: &[Command], sources: &[Source], limit: usize, stop: &AtomicBool) -> Option<Found> {
    let mut found = Found::default();
    let mut events: Vec<_> = sources.iter().flat_map(|s| s.snapshot.events.iter().map(move |at| (s, *at))).collect();
    // The newest first, when no command says otherwise (assumed).
    events.sort_by_key(|(_, at)| std::cmp::Reverse(at.key()));
    let is_whole =
        |c: &Command| matches!(c, Command::Stats { .. } | Command::Sort(_) | Command::Limit(_) | Command::Dedup(_));
    let (each, whole) = commands.split_at(commands.iter().position(is_whole).unwrap_or(commands.len()));
    let mut rows = Vec::new();
    for (source, at) in events {
        if stop.load(Ordering::Relaxed) {
            return None;
        }
        found.scanned += 1;
        found.bytes += source.snapshot.text(&at).len();
        let mut row = Row::event(source, at);
        if each.iter().all(|command| step(command, &mut row)) {
            row.rest();
            rows.push(row);
        }
    }
    found.matched = rows.len();
    for command in whole {
        if stop.load(Ordering::Relaxed) {
            return None;
        }
        rows = on_all(command, rows);
    }
    rows.truncate(limit);
    let columns = columns(commands);
    found.rows = rows.iter().map(|row| show(row, &columns)).collect();
    Some(found)
}

/// One command on one row; whether the row stays.
fn step(command: &Command, row: &mut Row<'_>) -> bool {
    match command {
        Command::Filter(test) => return test.of(row).is_true(),
        Command::Fields(named) | Command::Display(named) => {
            for Named { expression, name } in named {
                if !matches!(expression, super::expression::Expression::Field(field) if field == name) {
                    let cell = expression.of(row);
                    row.set(name, cell);
                }
            }
        }
        Command::Parse { from, regex, names } => {
            let text = from.of(row).text();
            let captures = regex.captures(text.as_bytes());
            for (n, name) in names.iter().enumerate() {
                // A glob's groups have numbers, a regex's have names.
                let group = captures.as_ref().and_then(|c| c.name(name).or_else(|| c.get(n + 1)));
                let cell = group.map(|g| Cell::Text(String::from_utf8_lossy(g.as_bytes()).into_owned()));
                row.set(name, cell.unwrap_or(Cell::Missing));
            }
        }
        Command::Stats { .. } | Command::Sort(_) | Command::Limit(_) | Command::Dedup(_) => {}
    }
    true
}

fn on_all<'s>(command: &Command, mut rows: Vec<Row<'s>>) -> Vec<Row<'s>> {
    match command {
        Command::Stats { aggregates, by } => return stats::run(&rows, aggregates, by),
        Command::Sort(keys) => {
            let cells = |row: &Row<'s>| keys.iter().map(|(key, _)| key.of(row)).collect::<Vec<_>>();
            let mut keyed: Vec<(Vec<Cell>, Row<'s>)> = rows.into_iter().map(|row| (cells(&row), row)).collect();
            keyed.sort_by(|(a, _), (b, _)| {
                let orders = a.iter().zip(b).zip(keys).map(|((a, b), (_, descending))| {
                    let order = a.compare(b);
                    // What is missing stays last.
                    if *descending && !a.is_missing() && !b.is_missing() { order.reverse() } else { order }
                });
                orders.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
            });
            return keyed.into_iter().map(|(_, row)| row).collect();
        }
        Command::Limit(most) => rows.truncate(*most),
        Command::Dedup(by) => {
            let mut seen = HashSet::new();
            rows.retain(|row| {
                let cells: Vec<Cell> = by.iter().map(|key| key.of(row)).collect();
                // What has none of the fields stays (AWS's documentation).
                cells.iter().any(Cell::is_missing) || seen.insert(cells.iter().map(Cell::text).collect::<Vec<_>>())
            });
        }
        each => rows.retain_mut(|row| {
            let stays = step(each, row);
            row.rest();
            stays
        }),
    }
    rows
}

/// The fields that the commands ask for: the last `display`'s, or all of `fields` and `parse`; after `stats`, all that
/// it makes.
fn columns(commands: &[Command]) -> Vec<&str> {
    let mut columns: Vec<&str> = Vec::new();
    let mut displayed = false;
    let mut asked = false;
    for command in commands {
        let names: Vec<&str> = match command {
            Command::Display(named) => {
                columns.clear();
                displayed = true;
                named.iter().map(|n| n.name.as_str()).collect()
            }
            Command::Fields(named) if !displayed => {
                asked = true;
                named.iter().map(|n| n.name.as_str()).collect()
            }
            Command::Parse { names, .. } if !displayed => names.iter().map(String::as_str).collect(),
            Command::Stats { aggregates, by } => {
                columns.clear();
                (displayed, asked) = (false, true);
                by.iter().map(|n| n.name.as_str()).chain(aggregates.iter().map(|(_, name)| name.as_str())).collect()
            }
            _ => Vec::new(),
        };
        for name in names {
            if !columns.contains(&name) {
                columns.push(name);
            }
        }
    }
    if !asked && !displayed {
        columns.splice(0..0, ["@timestamp", "@message"]);
    }
    columns
}

/// A row as results show it: what is missing is left out, and an event has its pointer.
fn show(row: &Row<'_>, columns: &[&str]) -> Vec<(String, String)> {
    let cells = columns.iter().map(|name| (*name, row.field(name))).filter(|(_, cell)| !cell.is_missing());
    let mut shown: Vec<(String, String)> = cells.map(|(name, cell)| (name.to_owned(), cell.text())).collect();
    if row.is_event() && !shown.iter().any(|(name, _)| name == "@ptr") {
        shown.push(("@ptr".into(), row.field("@ptr").text()));
    }
    shown
}
