//! Masks secrets in any text before it is shown, kept or exported: the one function for it.
//!
//! It knows names, not kinds of text: a secret's name followed by its value is found in header maps (`{k=v, k=v}`), JSON,
//! JSON inside JSON, raw headers, query strings and command lines. Where the end of a value is in doubt it masks more.
//! AWS masks `Authorization` itself, but not `X-Amz-Security-Token` (facts 1.3 #11), bodies or queries.

use std::borrow::Cow;
use std::ops::Range;

use crate::log::TRUNCATED;

/// What stands in place of a secret.
pub const MASK: &str = "*****";

/// The same text without secrets.
#[must_use]
pub fn redact(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut done = 0;
    while let Some(secret) = next_secret(text, done) {
        out.push_str(&text[done..secret.start]);
        out.push_str(MASK);
        done = secret.end;
    }
    if done == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[done..]);
    Cow::Owned(out)
}

/// Whether a header, a parameter or a member with this name holds a secret.
#[must_use]
pub fn is_secret_name(name: &str) -> bool {
    const WHOLE: [&str; 10] =
        ["authorization", "proxyauthorization", "cookie", "setcookie", "auth", "jwt", "sig", "passwd", "pwd", "bearer"];
    const ENDS: [&str; 6] = ["token", "secret", "password", "apikey", "signature", "credentials"];
    if name.len() < 3 || name.len() > 64 {
        return false;
    }
    let name: String = name.chars().filter(|c| *c != '-' && *c != '_').map(|c| c.to_ascii_lowercase()).collect();
    WHOLE.contains(&name.as_str()) || ENDS.iter().any(|end| name.ends_with(end))
}

fn next_secret(text: &str, from: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let mut at = from;
    while at < bytes.len() {
        let secret = match bytes[at] {
            b'=' | b':' => named(text, from, at),
            b'e' if bytes[at..].starts_with(b"eyJ") => web_token(text, at),
            _ => None,
        };
        // What is masked already, or empty, is passed over whole, so that no text is searched twice.
        match secret {
            Some(range) if !range.is_empty() && !text[range.clone()].starts_with("***") => return Some(range),
            Some(range) => at = range.end.max(at + 1),
            None => at += 1,
        }
    }
    None
}

/// A JSON Web Token needs no name: `eyJ….eyJ….…`.
fn web_token(text: &str, at: usize) -> Option<Range<usize>> {
    let url_safe = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-' || c == '.';
    if text[..at].ends_with(url_safe) {
        return None;
    }
    let token = &text[at..at + text[at..].find(|c| !url_safe(c)).unwrap_or(text.len() - at)];
    (token.matches('.').count() >= 2 && token.len() > 30).then(|| at..at + token.len())
}

/// The value after the `=` or `:` at `at`, when a secret's name stands before it.
fn named(text: &str, from: usize, at: usize) -> Option<Range<usize>> {
    let head = text[from..at].trim_end_matches(' ');
    let (name_and_front, escapes) = match head.strip_suffix('"') {
        Some(front) => (front.trim_end_matches('\\'), Some(front.len() - front.trim_end_matches('\\').len())),
        None => (head, None),
    };
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let front = name_and_front.trim_end_matches(is_part);
    let name = &name_and_front[front.len()..];
    if !is_secret_name(name) {
        return None;
    }
    let value = at + 1 + (text.len() - at - 1 - text[at + 1..].trim_start_matches(' ').len());
    let end = match (text.as_bytes()[at], escapes) {
        (b':', Some(_)) => return json(text, value),
        // Prose has "token: …" too; a raw header has a dash or one of these names.
        (b':', None) => header_end(text, value, front, name)?,
        _ if front.ends_with(['?', '&']) => until(text, value, |c| c.is_whitespace() || "&#\"'\\<>,)}]".contains(c)),
        _ => map_end(text, value),
    };
    Some(value..end)
}

fn until(text: &str, start: usize, stop: impl Fn(char) -> bool) -> usize {
    let end = start + text[start..].find(stop).unwrap_or(text.len() - start);
    start + text[start..end].strip_suffix(TRUNCATED).unwrap_or(&text[start..end]).len()
}

/// A member of a JSON text, at any depth of escaping: a string, a list of strings, or a number.
fn json(text: &str, value: usize) -> Option<Range<usize>> {
    let rest = &text[value..];
    let inner = rest.trim_start_matches('[');
    let depth = inner.len() - inner.trim_start_matches('\\').len();
    let Some(_) = inner[depth..].strip_prefix('"') else {
        let number = rest.starts_with(|c: char| c.is_ascii_digit() || c == '-');
        return number.then(|| value..until(text, value, |c| ",}] \\".contains(c)));
    };
    let start = value + (rest.len() - inner.len()) + depth + 1;
    let is_list = rest.len() > inner.len();
    let closing = text[start..].match_indices('"').map(|(i, _)| start + i).find_map(|quote| {
        let before = text[start..quote].trim_end_matches('\\');
        let escapes = quote - start - before.len();
        let ends = escapes <= depth && (!is_list || text[quote + 1..].trim_start().starts_with(']'));
        ends.then(|| quote - escapes)
    });
    Some(start..closing.unwrap_or_else(|| until(text, start, |_| false)))
}

fn header_end(text: &str, value: usize, front: &str, name: &str) -> Option<usize> {
    let lower = name.to_ascii_lowercase();
    let is_header = name.contains('-') || matches!(lower.as_str(), "authorization" | "cookie");
    let quote = front.chars().next_back().filter(|c| matches!(c, '\'' | '"'));
    is_header.then(|| until(text, value, |c| c == '\n' || c == '\r' || Some(c) == quote))
}

/// A value in `{k=v, k=v}` may hold `=`, `, ` and `;` (facts 1.3, Header maps): it ends where the next name begins.
fn map_end(text: &str, value: usize) -> usize {
    let line_end = until(text, value, |c| c == '\n');
    let line = &text[value..line_end];
    let next = line.match_indices(", ").find(|&(i, _)| {
        let after = &line[i + 2..];
        let name = after.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')).unwrap_or(0);
        name > 0 && after[name..].starts_with('=')
    });
    match next {
        Some((i, _)) => value + i,
        None => value + line.trim_end().strip_suffix('}').map_or(line.len(), str::len),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_masked_in_every_form_in_which_logs_and_clients_print_it() {
        let forms = [
            ("{Accept=*/*, X-Amz-Security-Token=SECRET, with; SECRET=, Host=a}", "Host=a"),
            ("{Accept=*/*, Authorization=Bearer SECRET}", "Accept=*/*"),
            ("{Set-Cookie=id=SECRET; Expires=Wed, 21 Oct 2026, Via=x}", "Via=x"),
            (r#"{"headers":{"Authorization":"Bearer SECRET","Host":"a"}}"#, r#""Host":"a""#),
            (r#"{"multiValueHeaders":{"Cookie":["SECRET=1","SECRET=2"],"Host":["a"]}}"#, r#""Host":["a"]"#),
            (r#"{"body":"{\"token\":\"SECRET\",\"action\":\"x\"}"}"#, r#"\"action\":\"x\""#),
            (r#"{"body":"{\\\"access_token\\\": \\\"SECRET\\\",\\\"a\\\":1}"}"#, r#"\\\"a\\\":1"#),
            (r#"{"password": 12345SECRET, "a": 1}"#, r#""a": 1"#),
            ("wss://x.example.com/prod?token=SECRET&room=1", "&room=1"),
            ("GET /prod?a=1&X-Amz-Security-Token=SECRET%3D&X-Amz-Signature=SECRET HTTP/1.1", "HTTP/1.1"),
            ("Authorization: Bearer SECRET\r\nHost: a", "Host: a"),
            ("wscat -H 'x-api-key: SECRET' -c wss://a", "-c wss://a"),
            ("Endpoint request headers: {Host=a, X-Amz-Security-Token=SECRET [TRUNCATED]", "[TRUNCATED]"),
            (r#"{"Host":"a","Authorization":"Bearer SECRET [TRUNCATED]"#, "[TRUNCATED]"),
            ("Method request query string: {token=SECRET, room=1}", "room=1"),
            ("sub eyJSECRETaaaaaaaaaaaaaaaaa.eyJSECRETaaaaaaaaa.SECRET end", " end"),
        ];
        for (text, kept) in forms {
            let masked = redact(text);
            assert!(!masked.contains("SECRET") && masked.contains(MASK), "{text}\n{masked}");
            assert!(masked.contains(kept), "{text}\n{masked}");
        }
    }

    #[test]
    fn text_without_secrets_is_not_even_copied() {
        for text in [
            "SyntaxError: Unexpected token } in JSON at position 3",
            "API Key  authorized because route '$connect' does not require API Key.",
            "{Authorization=*********************abc123, Host=a}",
            r#"{"x-api-key":"","action":"echo"}"#,
            "",
            "=:=:\"\"::==",
        ] {
            assert!(matches!(redact(text), Cow::Borrowed(_)), "{text} → {}", redact(text));
        }
    }

    #[test]
    fn masking_twice_changes_nothing_more() {
        let once = redact(r#"{"token":"a","x":"?token=b","Cookie":["c","d"]}, Authorization=e"#).into_owned();
        assert_eq!(redact(&once), once);
    }

    proptest::proptest! {
        #[test]
        fn no_text_breaks_it(text in "([a-z\"\\\\=:{}\\[\\], &?é]|token|Cookie|eyJ|\n){0,60}") {
            let _ = redact(&text);
        }
    }
}
