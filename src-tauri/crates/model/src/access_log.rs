//! Records of an access log, read by the format that the stage writes them with: JSON, CSV, CLF or free text.
//!
//! A format is literal text with `$context` variables in it; a record is that text with their values, `-` for nothing. What
//! does not fit the format (it was changed since) is kept whole. This module may not know what a value means.

use crate::book::AccessRecord;
use crate::redact::{MASK, is_secret_name, redact};

/// Fields of a record; AWS limits a format to 3 KB.
const MOST: usize = 512;

/// A stage's access-log format, ready to read records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Format {
    /// What stands before the first variable.
    head: String,
    fields: Vec<Field>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Field {
    /// `requestId`, `error.message`.
    name: String,
    /// What follows it.
    after: String,
    /// Within quotes of the format: quotes in the value are escaped, where the writer escapes them.
    quoted: bool,
}

/// A record's values, by the format's variables.
pub type Values<'a> = Vec<(&'a str, &'a str)>;

impl Format {
    /// Reads a stage's format. `$context.a.b` and `${context.a.b}` are variables.
    #[must_use]
    pub fn new(format: &str) -> Self {
        let mut out = Self::default();
        let mut rest = format.trim_end_matches(['\n', '\r']);
        let mut literal = String::new();
        while let Some(at) = rest.find('$') {
            literal.push_str(&rest[..at]);
            rest = &rest[at..];
            match variable(rest).filter(|_| out.fields.len() < MOST) {
                Some((name, length)) => {
                    out.put(std::mem::take(&mut literal));
                    out.fields.push(Field { name: name.to_owned(), after: String::new(), quoted: false });
                    rest = &rest[length..];
                }
                None => {
                    literal.push('$');
                    rest = &rest[1..];
                }
            }
        }
        literal.push_str(rest);
        out.put(literal);
        let mut before_ends_quoted = out.head.ends_with('"');
        for field in &mut out.fields {
            field.quoted = before_ends_quoted && field.after.starts_with('"');
            before_ends_quoted = field.after.ends_with('"');
        }
        out
    }

    fn put(&mut self, literal: String) {
        match self.fields.last_mut() {
            Some(field) => field.after = literal,
            None => self.head = literal,
        }
    }

    /// The format's variables, in its order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|field| field.name.as_str())
    }

    /// The values of a record; `None` when the line was not written by this format.
    #[must_use]
    pub fn read<'a>(&'a self, line: &'a str) -> Option<Values<'a>> {
        let mut rest = line.trim_end_matches(['\n', '\r']).strip_prefix(self.head.as_str())?;
        let mut values = Vec::with_capacity(self.fields.len());
        for (at, field) in self.fields.iter().enumerate() {
            let last = at + 1 == self.fields.len();
            let end = if last {
                rest.len() - field.after.len().min(rest.len())
            } else if field.after.is_empty() {
                // Two variables without anything between them: nobody can tell where one ends.
                0
            } else {
                self.end_of(at, rest)?
            };
            let value = rest.get(..end)?;
            rest = rest[end..].strip_prefix(field.after.as_str())?;
            values.push((field.name.as_str(), value));
        }
        (rest.is_empty() && !self.fields.is_empty()).then_some(values)
    }

    /// Where a value ends. Clients choose what stands in some: of a short literal the place counts at which what follows
    /// fits too.
    fn end_of(&self, at: usize, rest: &str) -> Option<usize> {
        let field = &self.fields[at];
        let mut ends = rest.match_indices(field.after.as_str()).map(|(end, _)| end);
        let is_open = |end: usize| {
            // A quote after an odd number of backslashes is the value's own.
            let slashes = rest[..end].len() - rest[..end].trim_end_matches('\\').len();
            field.quoted && slashes % 2 == 1
        };
        let first = ends.clone().find(|&end| !is_open(end))?;
        if !takes_anything(&field.name) {
            return Some(first);
        }
        let follows = |end: usize| self.fits(at + 1, &rest[end + field.after.len()..]);
        Some(ends.find(|&end| !is_open(end) && follows(end)).unwrap_or(first))
    }

    /// Whether the next values are plausible: fields without blanks hold none, numbers are numbers.
    fn fits(&self, from: usize, mut rest: &str) -> bool {
        for field in self.fields[from..].iter().take(3) {
            if takes_anything(&field.name) {
                return true;
            }
            let end = if field.after.is_empty() { Some(rest.len()) } else { rest.find(field.after.as_str()) };
            let Some(end) = end else { return false };
            if !is_plausible(&field.name, &rest[..end]) {
                return false;
            }
            rest = rest.get(end + field.after.len()..).unwrap_or_default();
        }
        true
    }

    /// The line without secrets: those that only the format names, too.
    #[must_use]
    pub fn masked(&self, line: &str) -> String {
        let Some(values) = self.read(line) else { return redact(line).into_owned() };
        let mut out = self.head.clone();
        for ((name, value), field) in values.into_iter().zip(&self.fields) {
            out.push_str(&masked(name, value));
            out.push_str(&field.after);
        }
        // What was not named by the format may be named by its text: `?token=`.
        redact(&out).into_owned()
    }

    /// As the page shows it: by name, secrets masked; whole when it can't be read.
    #[must_use]
    pub fn record(&self, line: &str) -> AccessRecord {
        match self.read(line) {
            Some(values) => {
                let field = |(name, value): (&str, &str)| (name.to_owned(), masked(name, value));
                AccessRecord { fields: values.into_iter().map(field).collect(), unread: None }
            }
            None => AccessRecord { fields: Vec::new(), unread: Some(redact(line).into_owned()) },
        }
    }
}

/// One value of a record, by its name.
#[must_use]
pub fn value<'a>(values: &Values<'a>, name: &str) -> Option<&'a str> {
    values.iter().find(|(known, _)| *known == name).map(|(_, value)| *value).filter(|value| !matches!(*value, "-" | ""))
}

fn masked(name: &str, value: &str) -> String {
    let last = name.rsplit('.').next().unwrap_or(name);
    let is_secret = is_secret_name(last) && !matches!(value, "-" | "");
    if is_secret { MASK.to_owned() } else { redact(value).into_owned() }
}

/// A variable at the beginning: its name without `context.`, and its length.
fn variable(text: &str) -> Option<(&str, usize)> {
    let (open, close) = if text.starts_with("${") { ("${context.", "}") } else { ("$context.", "") };
    let rest = text.strip_prefix(open)?;
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "._-".contains(c))).unwrap_or(rest.len());
    // A dot at the end is the sentence's, and a dash the format's.
    let name = rest[..end].trim_end_matches(['.', '-', '_']);
    let after = &rest[name.len()..];
    (!name.is_empty() && after.starts_with(close)).then(|| (name, open.len() + name.len() + close.len()))
}

/// Whose values a client or a backend chooses.
fn takes_anything(name: &str) -> bool {
    matches!(
        name,
        "identity.userAgent" | "error.message" | "error.messageString" | "error.validationErrorString" | "routeKey"
    ) || name.starts_with("authorizer.")
        || name.ends_with(".error")
}

fn is_plausible(name: &str, value: &str) -> bool {
    let number = || value == "-" || value.bytes().all(|b| b.is_ascii_digit());
    match name {
        "status" | "integrationStatus" | "integrationLatency" | "requestTimeEpoch" | "connectedAt" => number(),
        "requestTime" => value == "-" || value.contains(':'),
        _ => !value.contains(' '),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const JSON: &str = r#"{"requestId":"$context.requestId","ip":"$context.identity.sourceIp","agent":"$context.identity.userAgent","status":"$context.status","error":$context.error.messageString,"token":"$context.authorizer.token"}"#;

    fn read(format: &str, line: &str) -> Vec<(String, String)> {
        let format = Format::new(format);
        format.record(line).fields
    }

    fn of(fields: &[(String, String)], name: &str) -> String {
        fields.iter().find(|(known, _)| known == name).unwrap().1.clone()
    }

    #[test]
    fn records_of_each_form_are_read() {
        let json = r#"{"requestId":"EP5=","ip":"1.2.3.4","agent":"x \"quoted\", \"status\":\"200\"","status":"500","error":"Internal server error","token":"SECRET"}"#;
        let fields = read(JSON, json);
        assert_eq!(of(&fields, "status"), "500", "{fields:?}");
        assert_eq!(of(&fields, "error.messageString"), "\"Internal server error\"");
        assert_eq!(of(&fields, "authorizer.token"), MASK);

        let clf = r#"$context.identity.sourceIp $context.identity.caller $context.identity.user [$context.requestTime]"$context.eventType $context.routeKey $context.connectionId" $context.status $context.requestId"#;
        let line = r#"1.2.3.4 - - [25/Sep/2026:09:19:56 +0000]"CONNECTION_API POST /@connections/{connectionId} gbikqi-vWQAYKEiHxA==" 410 d2afc9ed-eaa0-434f-81b1-a10cc7b53329"#;
        let fields = read(clf, line);
        assert_eq!(of(&fields, "requestTime"), "25/Sep/2026:09:19:56 +0000");
        assert_eq!(of(&fields, "routeKey"), "POST /@connections/{connectionId}");
        assert_eq!(of(&fields, "status"), "410");

        let csv = "$context.requestId,$context.identity.userAgent,$context.status,$context.requestTimeEpoch";
        let fields = read(csv, "EP5=,Mozilla/5.0 (X11, Linux),200,1790327996286\n");
        assert_eq!(of(&fields, "identity.userAgent"), "Mozilla/5.0 (X11, Linux)");
        assert_eq!(of(&fields, "status"), "200");

        let braces = read("${context.requestId}:${context.status}.", "EP5=:-.");
        assert_eq!((of(&braces, "requestId"), of(&braces, "status")), ("EP5=".into(), "-".into()));
    }

    #[test]
    fn the_captured_records_are_read_to_the_last_field() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../tests/parity/corpus/ws-access-log-pipe-format.txt");
        let text = std::fs::read_to_string(file).unwrap();
        let records: Vec<&str> = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
        let names: Vec<&str> = records[0].split('|').filter_map(|part| Some(part.split_once('=')?.0)).collect();
        let format = names.iter().map(|name| format!("{name}=$context.{name}")).collect::<Vec<_>>().join("|");
        let format = Format::new(&format);
        assert!(records.len() > 5);
        for record in records {
            let values = format.read(record).unwrap_or_else(|| unreachable!("{record}"));
            for (name, value) in values {
                assert!(record.contains(&format!("{name}={value}")), "{name} in {record}");
                assert!(!value.contains('|'), "{name} = {value}");
            }
        }
    }

    #[test]
    fn what_the_format_did_not_write_is_kept_whole_and_masked() {
        for line in ["", "garbage ?token=SECRET", "{}", r#"{"requestId":"EP5="#] {
            let record = Format::new(JSON).record(line);
            assert!(record.fields.is_empty() && !record.unread.as_deref().unwrap().contains("SECRET"), "{line}");
        }
        assert!(Format::new("no variable").record("no variable").unread.is_some());
    }

    #[test]
    fn a_secret_that_only_the_format_names_is_masked_in_the_line_too() {
        let format = Format::new("$context.requestId,$context.authorizer.token,$context.status");
        assert_eq!(format.masked("EP5=,SECRET,200"), format!("EP5=,{MASK},200"));
        assert_eq!(format.masked("EP5=,-,200"), "EP5=,-,200");
    }

    proptest::proptest! {
        #[test]
        fn no_format_and_no_line_breaks_it(format in "(\\$context\\.[a-z.]{0,6}|\\$\\{context\\.a\\}|\\$|[ -~é]){0,12}", line in "[ -~é\"\\\\]{0,60}") {
            let _ = Format::new(&format).record(&line);
        }

        #[test]
        fn what_a_format_writes_it_reads(values in proptest::collection::vec("[a-zA-Z0-9:./-]{1,12}", 4)) {
            let format = Format::new("a=$context.requestId|b=$context.status|c=$context.stage|d=$context.apiId");
            let line = format!("a={}|b={}|c={}|d={}", values[0], values[1], values[2], values[3]);
            let read: Vec<&str> = format.read(&line).unwrap().iter().map(|(_, value)| *value).collect();
            proptest::prop_assert_eq!(read, values.iter().map(String::as_str).collect::<Vec<_>>());
        }
    }
}
