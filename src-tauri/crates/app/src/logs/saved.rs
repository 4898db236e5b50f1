//! A file with a log in it, as the events that a book takes.
//!
//! It may be large and it may be anything: it is read where it holds up nobody, and what is no line of a gateway's log is
//! a line of a function's, or just a line.

use gatescope_model::book::{SourceId, SourceKind};
use gatescope_model::explain;
use gatescope_model::log::LogEvent;
use serde::Deserialize;
use tokio::sync::mpsc;

use super::sources::{ACCESS, EXECUTION};
use crate::calls::Source;
use crate::error::Error;

/// A book keeps a million lines, of about 250 bytes.
const LARGEST: usize = 256 << 20;
/// Events that a book takes at once.
const BATCH: usize = 5_000;
/// Lines of functions, in a file that does not say of which.
const FUNCTIONS: SourceId = 2;

/// One event of our own exports.
#[derive(Deserialize)]
struct Exported {
    source: SourceId,
    #[serde(flatten)]
    event: LogEvent,
}

/// Looks whether a file can be read at all.
pub(super) fn check(name: &str, text: &str) -> Result<(), Error> {
    if text.len() > LARGEST {
        let (mega, most) = (text.len() >> 20, LARGEST >> 20);
        let what = format!("{name} has {mega} MB, and a book takes {most} MB: open a part of it");
        return Err(Error::bad_question(what));
    }
    if text.trim().is_empty() {
        return Err(Error::bad_question(format!("{name} is empty")));
    }
    Ok(())
}

/// What a group of a file is called: of the gateway, of the access log, or of a function.
pub(super) fn source(name: &str, id: SourceId) -> Source {
    let kind = match id {
        EXECUTION => SourceKind::File,
        ACCESS => SourceKind::Access,
        _ => SourceKind::Function,
    };
    let of = if kind == SourceKind::Function { vec!["functions".to_owned()] } else { Vec::new() };
    let cost = "Free: it is a file.".to_owned();
    Source { id, kind, log_group: name.to_owned(), of, on: true, cost, ..Source::default() }
}

/// Reads a text in the background; batches with their groups.
pub(super) fn read(text: String) -> mpsc::Receiver<(SourceId, Vec<LogEvent>)> {
    let (tell, batches) = mpsc::channel(2);
    tokio::task::spawn_blocking(move || {
        let events = events(&text);
        drop(text);
        let mut batch: (SourceId, Vec<LogEvent>) = (EXECUTION, Vec::new());
        for (source, event) in events {
            if (source != batch.0 && !batch.1.is_empty()) || batch.1.len() == BATCH {
                let full = std::mem::replace(&mut batch, (source, Vec::with_capacity(BATCH)));
                if tell.blocking_send(full).is_err() {
                    return;
                }
            }
            batch.0 = source;
            batch.1.push(event);
        }
        let _ = tell.blocking_send(batch);
    });
    batches
}

fn events(text: &str) -> Vec<(SourceId, LogEvent)> {
    let trimmed = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    let is_ours = trimmed.lines().next().is_some_and(|line| serde_json::from_str::<Exported>(line).is_ok());
    if is_ours {
        let read = trimmed.lines().filter_map(|line| serde_json::from_str::<Exported>(line).ok());
        return read.enumerate().map(|(n, exported)| (exported.source, numbered(n, exported.event))).collect();
    }
    let events = explain::events(text).into_iter();
    let group = |event: &LogEvent| if event.message.starts_with('(') { EXECUTION } else { FUNCTIONS };
    events.map(|event| (group(&event), LogEvent { stream: Some("file".to_owned()), ..event })).collect()
}

/// The order of the file is the order of the lines.
fn numbered(n: usize, event: LogEvent) -> LogEvent {
    let event_id = event.event_id.or_else(|| Some(format!("{n:056}")));
    LogEvent { event_id, stream: event.stream.or_else(|| Some("file".to_owned())), ..event }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_large_or_empty_is_refused_and_a_long_line_is_read() {
        assert!(check("x.log", " \n").is_err());
        assert!(check("x.log", "(x=) y").is_ok());
        let long = format!("(EP5wqGe9oAMEUJQ=) {}\0\u{feff}", "x".repeat(5 << 20));
        assert_eq!(events(&long).len(), 1);
    }

    #[test]
    fn our_own_export_comes_back_with_its_groups() {
        let text = "{\"timestamp\":5,\"source\":0,\"message\":\"(x=) a\"}\n{\"timestamp\":6,\"source\":3,\"message\":\"START\"}\nno event\n";
        let read: Vec<_> = events(text).into_iter().map(|(source, e)| (source, e.timestamp, e.message)).collect();
        assert_eq!(read, [(0, 5, "(x=) a".to_owned()), (3, 6, "START".to_owned())]);
    }
}
