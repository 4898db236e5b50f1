//! Names and keys by their letters alone: what is a name, what is a key, what is in what.

/// Suffixes below which names are sold though they have two labels; of the rest, one label is assumed.
const SECOND_LEVEL: &[&str] = &["ac", "co", "com", "edu", "gov", "net", "ne", "or", "org"];

/// What is wrong with a domain's name; a wildcard may lead it.
pub(super) fn trouble(name: &str) -> Option<String> {
    let bare = name.strip_prefix("*.").unwrap_or(name);
    let labels: Vec<&str> = bare.split('.').collect();
    let fits = |label: &&str| {
        let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        !label.is_empty()
            && label.len() <= 63
            && label.chars().all(letters)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if name.is_empty() {
        return Some("There is no name yet.".to_owned());
    }
    if name.ends_with('.') {
        return Some(format!("{name} ends in a dot."));
    }
    if name.chars().any(|c| c.is_ascii_uppercase()) {
        return Some(format!("{name} has capital letters; API Gateway takes lower case only."));
    }
    if bare.contains('*') {
        return Some(format!("{name}: an asterisk can only be the whole first label."));
    }
    if labels.len() < 2 {
        return Some(format!("{name} has one label only: a custom domain is below another name."));
    }
    if name.len() > 253 {
        return Some("The name is longer than 253 characters.".to_owned());
    }
    if let Some(label) = labels.iter().find(|label| !fits(label)) {
        return Some(format!(
            "\"{label}\" is no label of a DNS name: 1 to 63 letters, digits and hyphens, no hyphen at either end."
        ));
    }
    let numbers = labels.last().is_some_and(|label| label.chars().all(|c| c.is_ascii_digit()));
    numbers.then(|| format!("{name} is an address, not a name."))
}

/// What is wrong with a mapping's key.
pub(super) fn key_trouble(key: &str) -> Option<String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "$-_.+!*'()".contains(c);
    if key.contains('/') {
        return Some(format!("\"{key}\" has several levels; a mapping of a WebSocket API has one."));
    }
    if let Some(odd) = key.chars().find(|c| !fits(*c)) {
        return Some(format!("The key can't have {odd:?}: letters, digits and $-_.+!*'() only."));
    }
    if key.len() > 300 {
        return Some(format!("The key has {} characters; 300 are allowed.", key.len()));
    }
    ["ping", "sping"]
        .contains(&key)
        .then(|| format!("/{key} is API Gateway's own health check on every custom domain."))
}

/// Whether a certificate's name covers a domain: itself, or a wildcard one label above.
pub(super) fn covers(of_certificate: &str, name: &str) -> bool {
    of_certificate.eq_ignore_ascii_case(name)
        || match (of_certificate.strip_prefix("*."), name.split_once('.')) {
            (Some(above), Some((first, rest))) => first != "*" && above.eq_ignore_ascii_case(rest),
            _ => false,
        }
}

/// Whether a name is in a zone by its letters.
pub(super) fn is_in(name: &str, zone: &str) -> bool {
    name == zone || name.strip_suffix(zone).is_some_and(|rest| rest.ends_with('.'))
}

/// The name that was bought, as far as letters tell: where the zone of a name begins unless somebody knows better
/// (assumed).
pub(super) fn bought(name: &str) -> &str {
    let bare = name.strip_prefix("*.").unwrap_or(name);
    let starts: Vec<usize> = std::iter::once(0).chain(bare.match_indices('.').map(|(at, _)| at + 1)).collect();
    let label = |from_end: usize| {
        let start = starts.len().checked_sub(from_end).and_then(|at| starts.get(at)).copied().unwrap_or_default();
        bare[start..].split('.').next().unwrap_or_default()
    };
    let long = starts.len() > 2 && label(1).len() == 2 && SECOND_LEVEL.contains(&label(2));
    let labels = if long { 3 } else { 2 };
    starts.len().checked_sub(labels).and_then(|at| starts.get(at)).map_or(bare, |start| &bare[*start..])
}

/// Without the dot at the end, in lower case: names compare so.
pub(super) fn plain(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wildcard_covers_one_label_and_not_itself_below() {
        assert!(covers("*.example.com", "chat.example.com"));
        assert!(covers("*.example.com", "*.example.com"));
        assert!(!covers("*.example.com", "a.chat.example.com"));
        assert!(!covers("*.example.com", "example.com"));
        assert!(!covers("*.com", "*.example.com"));
        assert!(covers("Chat.example.com", "chat.example.com"));
    }

    #[test]
    fn the_bought_name_is_found_under_long_suffixes_too() {
        assert_eq!(bought("a.chat.example.com"), "example.com");
        assert_eq!(bought("*.example.com"), "example.com");
        assert_eq!(bought("chat.example.co.uk"), "example.co.uk");
        assert_eq!(bought("co.uk"), "co.uk");
        assert_eq!(bought("localhost"), "localhost");
    }
}
