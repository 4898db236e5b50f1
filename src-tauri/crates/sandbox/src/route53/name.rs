//! Names as Route 53 writes them: lower case, a dot at the end, and octal escapes for all but `a-z 0-9 - _ .`
//! (the developer guide's "DNS domain name format").

/// Characters of a whole name, and of one label.
const NAME: usize = 255;
const LABEL: usize = 63;

/// The canonical form; what is wrong with it, in Route 53's words (those of an empty and of a long label are quoted
/// in public issues, the others are assumed after them).
pub(crate) fn canonical(text: &str) -> Result<String, String> {
    let fatal = |what: &str| Err(format!("FATAL problem: {what} encountered with '{text}'"));
    if text.len() > 4 * NAME {
        return fatal("DomainTooLong (Domain name is too long)");
    }
    let raw = decode(text.strip_suffix('.').unwrap_or(text)).map_err(|c| {
        format!("FATAL problem: UnsupportedCharacter (Value contains unsupported characters) encountered with '{c}'")
    })?;
    if raw.len() >= NAME {
        return fatal("DomainTooLong (Domain name is too long)");
    }
    let mut name = String::with_capacity(raw.len() + 1);
    for label in raw.split(|b| *b == b'.') {
        if label.is_empty() {
            return fatal("DomainLabelEmpty (Domain label is empty)");
        }
        if label.len() > LABEL {
            return fatal("DomainLabelTooLong (Domain label is too long)");
        }
        for byte in label {
            match byte.to_ascii_lowercase() {
                b @ (b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_') => name.push(char::from(b)),
                b => name.push_str(&format!("\\{b:03o}")),
            }
        }
        name.push('.');
    }
    Ok(name)
}

/// Escapes read back: three octal digits, or any character that means itself. Blanks and control characters must be
/// escaped.
fn decode(text: &str) -> Result<Vec<u8>, char> {
    let mut raw = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        if c == ' ' || c.is_control() {
            return Err(c);
        }
        if c != '\\' {
            raw.extend(c.to_string().bytes());
            continue;
        }
        let octal = rest.get(..3).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
        match octal.and_then(|digits| u8::from_str_radix(digits, 8).ok()) {
            Some(byte) => {
                raw.push(byte);
                rest = &rest[3..];
            }
            None => {
                let Some(next) = rest.chars().next() else { return Err(c) };
                raw.extend(next.to_string().bytes());
                rest = &rest[next.len_utf8()..];
            }
        }
    }
    Ok(raw)
}

/// Labels in reverse, which is the order of every list: `com.example.www.`.
pub(crate) fn reversed(name: &str) -> String {
    let mut key = String::with_capacity(name.len());
    for label in name.trim_end_matches('.').rsplit('.') {
        key.push_str(label);
        key.push('.');
    }
    key
}

/// Whether a canonical name is a zone's own or below it.
pub(crate) fn within(name: &str, zone: &str) -> bool {
    name.strip_suffix(zone).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// The name without its first label, down to the last label.
pub(crate) fn parent(name: &str) -> Option<&str> {
    name.split_once('.').map(|(_, parent)| parent).filter(|parent| !parent.is_empty())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn names_get_their_dot_their_case_and_their_escapes() {
        for (text, name) in [
            ("Example.COM", "example.com."),
            ("*.example.com.", "\\052.example.com."),
            ("\\052.example.com", "\\052.example.com."),
            ("i\\ d.\\ç.com", "i\\040d.\\303\\247.com."),
            ("_a.b-c.example.com", "_a.b-c.example.com."),
        ] {
            assert_eq!(canonical(text).unwrap(), name);
        }
        assert_eq!(reversed("www.example.com."), "com.example.www.");
        assert!(within("www.example.com.", "example.com.") && !within("wwwexample.com.", "example.com."));
    }

    #[test]
    fn what_is_no_name_is_refused_with_its_reason() {
        for (text, reason) in [
            ("a..b", "DomainLabelEmpty"),
            ("", "DomainLabelEmpty"),
            (&"a".repeat(64), "DomainLabelTooLong"),
            (&"a.".repeat(140), "DomainTooLong"),
            ("a b.com", "UnsupportedCharacter"),
            ("a.com\\", "UnsupportedCharacter"),
        ] {
            assert!(canonical(text).unwrap_err().contains(reason), "{text}");
        }
    }
}
