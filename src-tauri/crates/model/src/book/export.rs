//! A book on its way to a file: what is shown, line by line, secrets masked.
//!
//! It may not know a file: it gives lines. `book/page.rs` masks for the window, with the same function.

use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Iso8601;

use super::lines::{LineId, NONE};
use super::shown::CONTEXT;
use super::{Book, View};

impl Book {
    /// Lines with their times and ids, as CloudWatch's console shows them.
    pub fn export_text(&self) -> impl Iterator<Item = String> + '_ {
        self.exported().into_iter().map(|id| {
            let text = self.masked(id, self.lines.text(id));
            format!("{} {}", iso(self.lines.entry(id).at), text.trim_end())
        })
    }

    /// An event a line, as `FilterLogEvents` gives it.
    pub fn export_jsonl(&self) -> impl Iterator<Item = String> + '_ {
        self.exported().into_iter().map(|id| {
            let entry = self.lines.entry(id);
            let mut event = json!({
                "timestamp": entry.at,
                "source": entry.source,
                "message": self.masked(id, self.lines.text(id)),
            });
            if let (Some(head), Some(event)) = (self.request_at(entry.owner), event.as_object_mut()) {
                event.insert("requestId".to_owned(), json!(&*head.known.request_id));
            }
            event.to_string()
        })
    }

    /// Records of the access log, with a head line of the names; of requests where no record is shown.
    pub fn export_csv(&self) -> impl Iterator<Item = String> + '_ {
        let ids: Vec<LineId> = match self.view {
            View::Access => self.exported(),
            View::Requests => {
                let access = self.shown.iter().filter_map(|&at| Some(self.heads.get(at)?.access));
                access.filter(|&id| id != NONE).collect()
            }
            View::Lines | View::Connections => Vec::new(),
        };
        let records = ids.iter().map(|&id| self.record(id)).filter(|record| record.unread.is_none());
        let names: Vec<String> =
            records.clone().next().map(|it| it.fields.into_iter().map(|(name, _)| name).collect()).unwrap_or_default();
        let head = (!names.is_empty()).then(|| names.iter().map(|name| cell(name)).collect::<Vec<_>>().join(","));
        let rows: Vec<String> = records
            .map(|record| {
                // By name: another group may have another format.
                let value =
                    |name: &String| record.fields.iter().find(|(known, _)| known == name).map(|(_, it)| it.as_str());
                names.iter().map(|name| cell(value(name).unwrap_or_default())).collect::<Vec<_>>().join(",")
            })
            .collect();
        head.into_iter().chain(rows)
    }

    /// The lines of what is shown, by time, each once.
    fn exported(&self) -> Vec<LineId> {
        let requests = |rows: &mut dyn Iterator<Item = u32>| -> Vec<LineId> {
            let mut ids: Vec<LineId> =
                rows.filter_map(|at| self.heads.get(at)).flat_map(|head| self.lines_of(head)).collect();
            ids.sort_unstable_by_key(|&id| self.lines.key(id));
            ids.dedup();
            ids
        };
        match self.view {
            View::Lines | View::Access => self.shown.iter().map(|&row| row & !CONTEXT).collect(),
            View::Requests => requests(&mut self.shown.iter().copied()),
            View::Connections => requests(
                &mut self.shown.iter().filter_map(|&at| self.wires.get(at)).flat_map(|wire| wire.requests.clone()),
            ),
        }
    }
}

fn iso(at: i64) -> String {
    let time = OffsetDateTime::from_unix_timestamp_nanos(i128::from(at) * 1_000_000).ok();
    time.and_then(|time| time.format(&Iso8601::DEFAULT).ok()).unwrap_or_else(|| at.to_string())
}

/// A cell that no program takes for a formula.
fn cell(text: &str) -> String {
    let risky = text.starts_with(['=', '+', '@', '\t', '\r']) || (text.starts_with('-') && text.len() > 1);
    let text = if risky { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}
