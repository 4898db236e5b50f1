//! What a pattern probably does not mean. It may not know a line: only how the pattern is written.

use crate::log::is_request_id;

/// What is probably not meant, each a sentence; nothing for most patterns.
#[must_use]
pub fn warnings(pattern: &str) -> Vec<String> {
    let pattern = pattern.trim();
    if pattern.starts_with(['{', '[']) {
        return Vec::new();
    }
    let words = bare_words(pattern);
    let mut out = Vec::new();
    let starred = |word: &str| word.len() > 1 && (word.ends_with('*') || word.starts_with('*'));
    for word in &words {
        let bare = word.trim_start_matches(['-', '?']);
        let id = bare.trim_matches(['(', ')']);
        if is_request_id(id) || is_request_id(word) {
            let quoted = if word.starts_with('-') && is_request_id(word) { word } else { bare };
            out.push(format!("A request id needs quotes: \"{quoted}\""));
        } else if bare.is_empty() {
            out.push(format!(
                "A `{word}` alone stands for nothing: put it in quotes, or before a word without a blank"
            ));
        } else if starred(bare) {
            out.push(format!("The star in {word} is looked for as it stands: a term is found inside words by itself"));
        }
    }
    let excludes = |word: &&&str| word.starts_with('-') && word.len() > 1 && !is_request_id(word);
    if let (Some(word), true) = (words.iter().find(excludes), words.iter().all(|word| word.starts_with('-'))) {
        out.push(format!("{word} leaves out every line with {}; if the dash belongs to it: \"{word}\"", &word[1..]));
    }
    let optional: Vec<&&str> = words.iter().filter(|word| word.starts_with('?')).collect();
    if !optional.is_empty() && optional.len() < words.len() {
        out.push("Terms with ? have no effect beside others: AWS then asks for the others alone".to_owned());
    }
    if let Some(at) = words.iter().position(|word| *word == "OR").filter(|&at| at > 0 && at + 1 < words.len()) {
        out.push(format!("OR is looked for as a word; either of two is ?{} ?{}", words[at - 1], words[at + 1]));
    }
    out
}

/// The words that stand in no quotes and are no regex.
fn bare_words(pattern: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = pattern;
    while !rest.is_empty() {
        rest = rest.trim_start();
        let body = rest.trim_start_matches(['-', '?']);
        let quote = body.chars().next().filter(|c| matches!(c, '"' | '%'));
        if let Some(quote) = quote {
            let mut escaped = false;
            let end = body[1..].find(|c| {
                let ends = c == quote && !escaped;
                escaped = c == '\\' && !escaped && quote == '"';
                ends
            });
            rest = end.map_or("", |end| &body[end + 2..]);
        } else {
            let (word, after) = rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len()));
            if !word.is_empty() {
                words.push(word);
            }
            rest = after;
        }
    }
    words
}
