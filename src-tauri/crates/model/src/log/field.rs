//! The parts of a line that are more than a plain text: each reads itself from exactly the bytes that it writes.

use std::fmt;

/// What can stand between two fixed texts of a line.
pub(super) trait Field<'a>: Sized {
    /// `None` when writing the value would not give `text` back.
    fn read(text: &'a str) -> Option<Self>;
    /// Writes the same bytes.
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

impl<'a> Field<'a> for &'a str {
    fn read(text: &'a str) -> Option<Self> {
        Some(text)
    }

    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl<'a> Field<'a> for u32 {
    fn read(text: &'a str) -> Option<Self> {
        let canonical = text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
        text.parse().ok().filter(|_| canonical)
    }

    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<'a> Field<'a> for u16 {
    fn read(text: &'a str) -> Option<Self> {
        u32::read(text)?.try_into().ok()
    }

    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Where AWS prints an API key: masked except its last six characters, or nothing between two blanks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key<'a> {
    /// ` {key} `; empty when the request came without one (facts 1.3 #2: two blanks).
    Native(&'a str),
    /// Copies of a log have other blanks (facts 2, section 1, blanks); these are the bytes.
    Copied(&'a str),
}

impl<'a> Key<'a> {
    /// No key was sent.
    pub const NONE: Self = Self::Native("");

    /// The masked key, if there is one.
    #[must_use]
    pub fn masked(&self) -> Option<&'a str> {
        let (Self::Native(text) | Self::Copied(text)) = *self;
        Some(text.trim()).filter(|key| !key.is_empty())
    }
}

impl<'a> Field<'a> for Key<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let native = text.strip_prefix(' ').and_then(|t| t.strip_suffix(' '));
        Some(native.map_or(Self::Copied(text), Self::Native))
    }

    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Native(key) => write!(f, " {key} "),
            Self::Copied(text) => f.write_str(text),
        }
    }
}

/// Blanks where AWS has one and copies have none or more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blanks<'a>(&'a str);

impl Blanks<'_> {
    /// One, as AWS writes it.
    pub const NATIVE: Self = Self(" ");
}

impl<'a> Field<'a> for Blanks<'a> {
    fn read(text: &'a str) -> Option<Self> {
        text.bytes().all(|b| b == b' ').then_some(Self(text))
    }

    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// What a key is required for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation<'a> {
    /// `route '$connect'`.
    Route(&'a str),
    /// `method 'GET /x'`, of REST APIs.
    Method(&'a str),
}

impl<'a> Field<'a> for Operation<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let (what, name) = text.strip_suffix('\'')?.split_once(" '")?;
        match what {
            "route" => Some(Self::Route(name)),
            "method" => Some(Self::Method(name)),
            _ => None,
        }
    }

    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Route(key) => write!(f, "route '{key}'"),
            Self::Method(name) => write!(f, "method '{name}'"),
        }
    }
}
