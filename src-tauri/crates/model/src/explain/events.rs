//! A saved log as the events that it was made of: what a book is filled with when a file is opened.
//!
//! Lines of execution logs get their request's id in front again where a copy has left it out; lines of other logs, a
//! function's for example, stay as they are. A request that no line names (the console's test page, a copy without ids) gets a
//! name of its own, for a book knows requests by name only. Times that the text does not tell are those of the line above.

use super::read::{self, Input};
use crate::log::{Line, LogEvent};

/// Reads any text, in any form that [`super::explain`] reads.
#[must_use]
pub fn events(text: &str) -> Vec<LogEvent> {
    let Input { entries, ids, others, .. } = read::read(text, true);
    let mut events: Vec<(u32, Option<i64>, LogEvent)> = Vec::with_capacity(entries.len() + others.len());
    let event = |number: u32, event_id: Option<Box<str>>, message: String| LogEvent {
        // Lines stand in the order of the file, and the same words twice are two lines.
        event_id: Some(event_id.map_or_else(|| format!("{number:056}"), String::from)),
        message,
        ..LogEvent::default()
    };
    for entry in entries {
        let id = &ids[entry.request];
        let front = Line::parse(&entry.text).prefix.len();
        let message = match id.is_empty() {
            true => format!("(unnamed-{}) {}", entry.request + 1, &entry.text[front..]),
            false => format!("({id}) {}", &entry.text[front..]),
        };
        events.push((entry.number, entry.timestamp, event(entry.number, entry.event_id, message)));
    }
    for other in others {
        events.push((other.number, other.timestamp, event(other.number, other.event_id, other.text)));
    }
    events.sort_by_key(|(number, ..)| *number);
    let mut last = 0;
    let timed = |(_, time, mut event): (u32, Option<i64>, LogEvent)| {
        last = time.unwrap_or(last);
        event.timestamp = last;
        event
    };
    events.into_iter().map(timed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_all_logs_come_back_with_their_times_and_ids() {
        let text = "\
2026-09-25T09:20:16.570Z (EP5wqGe9oAMEUJQ=) Starting execution for request: EP5wqGe9oAMEUJQ=
2026-09-25T09:20:16.580Z START RequestId: f9cf4038-ef45-455a-b0b7-dd9039d7a650 Version: $LATEST
2026-09-25T09:20:16.590Z Traceback (most recent call last):
  File \"index.py\", line 3
KeyError: 'room'
2026-09-25T09:20:16.600Z (EP5wqGe9oAMEUJQ=) Method completed with status: 500
";
        let read = events(text);
        let rows: Vec<(i64, &str)> =
            read.iter().map(|e| (e.timestamp - 1_790_328_016_000, e.message.as_str())).collect();
        assert_eq!(
            rows,
            [
                (570, "(EP5wqGe9oAMEUJQ=) Starting execution for request: EP5wqGe9oAMEUJQ="),
                (580, "START RequestId: f9cf4038-ef45-455a-b0b7-dd9039d7a650 Version: $LATEST"),
                (590, "Traceback (most recent call last):\nFile \"index.py\", line 3\nKeyError: 'room'"),
                (600, "(EP5wqGe9oAMEUJQ=) Method completed with status: 500"),
            ]
        );
    }

    #[test]
    fn events_of_json_keep_their_ids_and_whole_messages() {
        let text = r#"{"events":[{"eventId":"37","timestamp":5,"message":"(EP5wqGe9oAMEUJQ=) Extended Request Id: EP5wqGe9oAMEUJQ=\n"},
            {"timestamp":6,"message":"REPORT RequestId: x\tDuration: 3 ms\n"}]}"#;
        let read = events(text);
        assert_eq!(read.len(), 2);
        assert_eq!((read[0].event_id.as_deref(), read[0].timestamp), (Some("37"), 5));
        assert_eq!((read[1].message.as_str(), read[1].timestamp), ("REPORT RequestId: x\tDuration: 3 ms", 6));
    }

    #[test]
    fn a_request_that_no_line_names_is_one_all_the_same() {
        let read = events(
            "\
Thu Apr 01 21:58:32 UTC 2021 : Starting execution for request: 
Thu Apr 01 21:58:32 UTC 2021 : Execution failed due to configuration error: Malformed Lambda proxy response
Thu Apr 01 21:58:33 UTC 2021 : Method completed with status: 502
",
        );
        assert!(read.iter().all(|e| e.message.starts_with("(unnamed-1) ")), "{read:?}");
        assert_eq!(
            read[1].message,
            "(unnamed-1) Execution failed due to configuration error: Malformed Lambda proxy response"
        );
    }

    #[test]
    fn hostile_texts_are_read() {
        assert!(events("").is_empty());
        let long = "x".repeat(5 << 20);
        assert_eq!(events(&long)[0].message.len(), 5 << 20);
        assert_eq!(events("\0\0(\u{feff}\n\0")[0].timestamp, 0);
    }
}
