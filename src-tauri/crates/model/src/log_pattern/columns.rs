//! Patterns for columns: `[ip, user, ..., status = 4* && status != 404, bytes > 1000]`.
//!
//! Columns of an event are words, `[…]` and `"…"`. Without `...`, an event has as many columns as the pattern.

use serde_json::{Map, Value, json};

use super::Malformed;
use super::value::{Comparison, Operand, Reader};

/// Parentheses within each other.
const DEEPEST: usize = 32;

#[derive(Debug)]
pub(super) struct Columns {
    before: Vec<Column>,
    /// What follows `...`, if it is there.
    after: Option<Vec<Column>>,
}

#[derive(Debug)]
struct Column {
    name: String,
    test: Option<Test>,
}

#[derive(Debug)]
enum Test {
    All(Vec<Self>),
    Any(Vec<Self>),
    Compares(Comparison, Operand),
}

pub(super) fn parse(text: &str) -> Result<Columns, Malformed> {
    let inside = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')).ok_or(Malformed::Pattern)?;
    let mut reader = Reader::new(inside);
    let mut columns = Columns { before: Vec::new(), after: None };
    loop {
        if reader.takes("...") {
            if columns.after.replace(Vec::new()).is_some() {
                return Err(Malformed::Pattern);
            }
        } else {
            let column = column(&mut reader)?;
            columns.after.as_mut().unwrap_or(&mut columns.before).push(column);
        }
        if !reader.takes(",") {
            break;
        }
    }
    reader.skip_blanks();
    if reader.rest.is_empty() { Ok(columns) } else { Err(Malformed::Pattern) }
}

fn name<'p>(reader: &mut Reader<'p>) -> &'p str {
    reader.skip_blanks();
    reader.until(|c| !(c.is_alphanumeric() || "_-.@$".contains(c)))
}

fn column(reader: &mut Reader<'_>) -> Result<Column, Malformed> {
    let mut ahead = Reader::new(reader.rest);
    while ahead.takes("(") {}
    let called = name(&mut ahead).to_owned();
    ahead.skip_blanks();
    if called.is_empty() && !ahead.rest.is_empty() && !ahead.rest.starts_with(',') {
        return Err(Malformed::Pattern);
    }
    if Comparison::read(ahead.rest).is_none() {
        reader.rest = ahead.rest;
        return Ok(Column { name: called, test: None });
    }
    let test = any(reader, &called, 0)?;
    Ok(Column { name: called, test: Some(test) })
}

fn any(reader: &mut Reader<'_>, called: &str, depth: usize) -> Result<Test, Malformed> {
    let mut tests = vec![all(reader, called, depth)?];
    while reader.takes("||") {
        tests.push(all(reader, called, depth)?);
    }
    Ok(Test::Any(tests))
}

fn all(reader: &mut Reader<'_>, called: &str, depth: usize) -> Result<Test, Malformed> {
    let mut tests = vec![single(reader, called, depth)?];
    while reader.takes("&&") {
        tests.push(single(reader, called, depth)?);
    }
    Ok(Test::All(tests))
}

fn single(reader: &mut Reader<'_>, called: &str, depth: usize) -> Result<Test, Malformed> {
    if reader.takes("(") {
        if depth == DEEPEST {
            return Err(Malformed::Pattern);
        }
        let test = any(reader, called, depth + 1)?;
        return if reader.takes(")") { Ok(test) } else { Err(Malformed::Pattern) };
    }
    // A test is about its own column.
    if name(reader) != called {
        return Err(Malformed::Pattern);
    }
    reader.skip_blanks();
    let (comparison, rest) = Comparison::read(reader.rest).ok_or(Malformed::Pattern)?;
    reader.rest = rest;
    let operand = if reader.takes("\"") {
        Operand::quoted(&reader.phrase()?)
    } else if reader.takes("%") {
        Operand::Regex(reader.regex()?)
    } else {
        match reader.until(|c| c.is_whitespace() || ",()&|\"=<>!%".contains(c)) {
            "" => return Err(Malformed::Pattern),
            word => Operand::bare(word),
        }
    };
    let ordered = !matches!(comparison, Comparison::Equal | Comparison::NotEqual);
    if ordered && !operand.is_number() { Err(Malformed::Pattern) } else { Ok(Test::Compares(comparison, operand)) }
}

impl Test {
    fn holds(&self, field: &str) -> bool {
        match self {
            Self::All(tests) => tests.iter().all(|test| test.holds(field)),
            Self::Any(tests) => tests.iter().any(|test| test.holds(field)),
            Self::Compares(comparison, operand) => operand.compares(*comparison, field),
        }
    }
}

/// The columns of a line. What is quoted or in brackets is one.
fn split(line: &str) -> Vec<&str> {
    let mut fields = Vec::new();
    let mut rest = line.trim_start();
    while !rest.is_empty() {
        let closing = match rest.as_bytes()[0] {
            b'"' => rest[1..].find('"'),
            b'[' => rest[1..].find(']'),
            _ => None,
        };
        let field = match closing {
            Some(end) => {
                let field = &rest[1..=end];
                rest = &rest[end + 2..];
                field
            }
            None => {
                let (field, after) = rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len()));
                rest = after;
                field
            }
        };
        fields.push(field);
        rest = rest.trim_start();
    }
    fields
}

impl Columns {
    /// The columns by name when the line matches.
    pub(super) fn read(&self, line: &str) -> Option<Value> {
        let fields = split(line);
        let after = self.after.as_deref().unwrap_or_default();
        let named = self.before.len() + after.len();
        if fields.len() < named || (self.after.is_none() && fields.len() > named) {
            return None;
        }
        let skipped = fields.len() - named;
        let mut found = Map::new();
        let places = (0..self.before.len()).chain(self.before.len() + skipped..fields.len());
        for (at, column) in places.zip(self.before.iter().chain(after)) {
            if column.test.as_ref().is_some_and(|test| !test.holds(fields[at])) {
                return None;
            }
            let name = if column.name.is_empty() { format!("${}", at + 1) } else { format!("${}", column.name) };
            found.insert(name, json!(fields[at]));
        }
        for (n, field) in fields.iter().enumerate().skip(self.before.len()).take(skipped) {
            found.insert(format!("${}", n + 1), json!(field));
        }
        Some(Value::Object(found))
    }
}
