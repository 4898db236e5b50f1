//! Lines of a log that were pasted into one line, or into a table: taken apart again.
//!
//! A line is split only where the front of an entry stands again: the console's time, or the very id with which the line
//! begins, which nobody knows who sends a request. It does not know what entries say.

use crate::log::{Line, Prefix};

/// The entries of a line, in their order.
pub(super) fn pieces(line: &str) -> Vec<&str> {
    // Nearly every line is one entry: those with one front at most are not even looked at.
    let fronts = memchr::memchr_iter(b'(', line.as_bytes()).take(2).count();
    if fronts < 2 && memchr::memmem::find(line.as_bytes(), b" UTC ").is_none() {
        return vec![line];
    }
    let cuts = match Line::parse(line).prefix {
        Prefix::Id(id) | Prefix::Copied { id, .. } => ids(line, id),
        Prefix::Bare | Prefix::Console { .. } => times(line),
    };
    let ends = cuts.iter().copied().chain([line.len()]);
    let starts = std::iter::once(0).chain(cuts.iter().copied());
    starts.zip(ends).map(|(start, end)| line[start..end].trim()).filter(|piece| !piece.is_empty()).collect()
}

/// Where the console's time begins again: `Thu Apr 01 21:58:32 UTC 2021 : `.
fn times(line: &str) -> Vec<usize> {
    const BEFORE: usize = "Thu Apr 01 21:58:32".len();
    let found = line.match_indices(" UTC ").filter_map(|(at, _)| {
        let start = at.checked_sub(BEFORE)?;
        let time = line.get(start..at)?;
        let after = line.get(at + 5..at + 12)?;
        let day = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].iter().any(|day| time.starts_with(day));
        let shape = time.bytes().zip(b"aaa aaa 00 00:00:00").all(|(b, shape)| match shape {
            b'0' => b.is_ascii_digit(),
            b'a' => b.is_ascii_alphabetic(),
            _ => b == *shape,
        });
        let year = after.bytes().take(4).all(|b| b.is_ascii_digit()) && after.ends_with(" : ");
        (day && shape && year && start > 0).then_some(start)
    });
    found.collect()
}

/// Where the line's own id begins again: `(id) `.
fn ids(line: &str, id: &str) -> Vec<usize> {
    let front = format!("({id}) ");
    let first = line.find(&front).map_or(0, |at| at + front.len());
    line[first..]
        .match_indices(&front)
        .map(|(at, _)| first + at)
        .filter(|at| line[..*at].ends_with([' ', '\t']))
        .collect()
}

/// A row of a table (`| time | message |`) without its bars; any other line as it is.
pub(super) fn cell(line: &str) -> &str {
    let Some(row) = line.strip_prefix('|') else { return line };
    let row = row.trim();
    row.strip_suffix('|').unwrap_or(row).trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_that_ran_together_are_taken_apart_and_bodies_are_not() {
        let line = "Execution log for request a Thu Apr 01 21:58:32 UTC 2021 : Starting execution for request: a Thu Apr 01 21:58:33 UTC 2021 : Method completed with status: 500";
        let pieces = pieces(line);
        assert_eq!(pieces.len(), 3);
        assert_eq!(pieces[2], "Thu Apr 01 21:58:33 UTC 2021 : Method completed with status: 500");
        let line = "(AAAAAAAAAAA=) Starting execution for request: AAAAAAAAAAA= (AAAAAAAAAAA=) Method completed with status: 500";
        assert_eq!(super::pieces(line).len(), 2);
        let body = "(AAAAAAAAAAA=) Endpoint request body after transformations: Thu Apr 01 21:58:32 UTC 2021 : Execution failed due to a timeout error (BBBBBBBBBBB=) x";
        assert_eq!(super::pieces(body), [body]);
        assert_eq!(super::pieces(""), [""]);
    }

    #[test]
    fn rows_of_tables_lose_their_bars() {
        assert_eq!(
            cell("| 2024-05-21 19:48:44.709 | (AAAAAAAAAAA=) x |"),
            "2024-05-21 19:48:44.709 | (AAAAAAAAAAA=) x"
        );
        assert_eq!(cell("a | b"), "a | b");
    }
}
