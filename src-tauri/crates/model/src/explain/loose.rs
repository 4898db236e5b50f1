//! Sentences of an execution log inside other text: in a JSON string, a chat, a table, behind another tool's time.
//!
//! Cut out, they are lines again, but nobody knows whose: what the rules make of them is no more than likely.

use super::pasted::Pasted;

/// How lines begin that tell why something failed.
const BEGINNINGS: [&str; 8] = [
    "Execution failed due to ",
    "Lambda execution failed with status ",
    "Lambda invocation failed with status: ",
    "Key throttle limit exceeded for ",
    "Unauthorized request: ",
    "Gateway response type: ",
    "Request body does not match model schema for content type ",
    "Received response. Status: ",
];

/// The lines in a text, with where each begins; at most as many as one failure has.
pub(super) fn lines(text: &Pasted) -> Vec<(usize, &str)> {
    let mut starts: Vec<usize> =
        BEGINNINGS.iter().flat_map(|begins| text.text.match_indices(begins).take(8)).map(|(at, _)| at).collect();
    starts.sort_unstable();
    let ends = starts.iter().copied().skip(1).chain([text.text.len()]);
    let line = |(start, end): (usize, usize)| {
        let piece = &text.text[start..text.text.floor_char_boundary(end.min(start + 1024))];
        // What stands around it: the end of a JSON string, of a cell, of code, of the next entry's front.
        let stop = ["\"", " |", "`", "</", "<br", " (", "**"].iter().filter_map(|mark| piece.find(mark)).min();
        (start, piece[..stop.unwrap_or(piece.len())].trim_end_matches([' ', ',', '.', '\'', '*']))
    };
    starts.iter().copied().zip(ends).map(line).collect()
}
