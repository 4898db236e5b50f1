//! What stands in front of a line: the request id as AWS writes it, or what consoles and command lines put there.

use std::fmt;

/// Bytes in which a copy may put times, groups and streams in front of the id.
const COPIED_LIMIT: usize = 640;

/// The front of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prefix<'a> {
    /// Nothing: bare text.
    Bare,
    /// `({requestId}) `, as the log holds it (facts 1.2).
    Id(&'a str),
    /// `Thu Apr 01 21:58:32 UTC 2021 : `, as the console's test page shows it.
    Console {
        /// Without the colon.
        time: &'a str,
    },
    /// Anything else that ends in `({requestId}) `: a time, a group, a stream.
    Copied {
        /// All of it, as it stands.
        raw: &'a str,
        /// The request id in it.
        id: &'a str,
    },
}

impl<'a> Prefix<'a> {
    /// The request id, if the line names it.
    #[must_use]
    pub fn id(&self) -> Option<&'a str> {
        match *self {
            Self::Id(id) | Self::Copied { id, .. } => Some(id),
            Self::Bare | Self::Console { .. } => None,
        }
    }

    /// Bytes that it takes.
    #[must_use]
    #[allow(clippy::len_without_is_empty, reason = "a length in bytes, no collection")]
    pub fn len(&self) -> usize {
        match self {
            Self::Bare => 0,
            Self::Id(id) => id.len() + "() ".len(),
            Self::Console { time } => time.len() + " : ".len(),
            Self::Copied { raw, .. } => raw.len(),
        }
    }

    /// Takes the front off a line.
    pub(super) fn split(text: &'a str) -> (Self, &'a str) {
        native(text).or_else(|| console(text)).or_else(|| copied(text)).unwrap_or((Self::Bare, text))
    }
}

impl fmt::Display for Prefix<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bare => Ok(()),
            Self::Id(id) => write!(f, "({id}) "),
            Self::Console { time } => write!(f, "{time} : "),
            Self::Copied { raw, .. } => f.write_str(raw),
        }
    }
}

/// Whether a text has the shape of an id that AWS gives: a UUID, or base64 that ends in `=` (facts 1.2).
#[must_use]
pub(crate) fn is_request_id(text: &str) -> bool {
    let uuid = || {
        let mut groups = text.split('-').map(|g| g.len() * usize::from(g.bytes().all(|b| b.is_ascii_hexdigit())));
        text.len() == 36 && [8, 4, 4, 4, 12].iter().all(|&n| groups.next() == Some(n))
    };
    let short = || {
        let body = text.trim_end_matches('=');
        (8..=64).contains(&text.len())
            && body.len() < text.len()
            && body.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/-_".contains(&b))
    };
    short() || uuid()
}

fn native(text: &str) -> Option<(Prefix<'_>, &str)> {
    let (id, rest) = text.strip_prefix('(')?.split_once(") ")?;
    // Anything short without blanks: people mask the ids of the logs that they publish.
    let plausible = (1..=128).contains(&id.len()) && !id.contains(|c: char| c.is_whitespace() || c == '(' || c == ')');
    plausible.then_some((Prefix::Id(id), rest))
}

fn console(text: &str) -> Option<(Prefix<'_>, &str)> {
    // By shape only: published copies mask the digits (`DDD MMM dd hh:mm:ss UTC yyyy`).
    const SHAPE: &[u8; 28] = b"ddd mmm dd hh:mm:ss zzz yyyy";
    let (time, rest) = text.split_at_checked(SHAPE.len())?;
    let rest = rest.strip_prefix(" : ")?;
    let fits = time.bytes().zip(SHAPE).all(|(b, &shape)| match shape {
        b' ' | b':' => b == shape,
        _ => b.is_ascii_alphanumeric(),
    });
    fits.then_some((Prefix::Console { time }, rest))
}

fn copied(text: &str) -> Option<(Prefix<'_>, &str)> {
    let head = &text[..text.floor_char_boundary(COPIED_LIMIT)];
    for (open, _) in head.match_indices('(').take(4) {
        // A body may quote a whole line: times, groups and streams have no braces, quotes or `: `.
        if text[..open].contains(['{', '"']) || text[..open].contains(": ") {
            return None;
        }
        let inside = &text[open + 1..];
        let Some(close) = inside.find(')').filter(|&close| is_request_id(&inside[..close])) else { continue };
        let rest = &inside[close + 1..];
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        if blanks > 0 {
            let raw = &text[..open + 1 + close + 1 + blanks];
            return Some((Prefix::Copied { raw, id: &inside[..close] }, &rest[blanks..]));
        }
    }
    None
}
