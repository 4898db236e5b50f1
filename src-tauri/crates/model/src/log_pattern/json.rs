//! Patterns for JSON: `{ $.a.b = "x*" && ($.n >= 3 || $.gone NOT EXISTS) }`.
//!
//! A selector meets several values when it has `[*]`, and holds when one of them does. Nesting is bounded, so that
//! parentheses can't exhaust the stack.

use serde_json::{Map, Value, json};

use super::Malformed;
use super::value::{Comparison, Operand, Reader};

/// Parentheses within each other.
const DEEPEST: usize = 32;
/// AWS's words (recorded).
const TOO_WILD: &str =
    "Your filter pattern has a JSON path selector that exceeds the maximum of 1 wildcard allowed per json selector.";

#[derive(Debug)]
pub(super) enum Test {
    All(Vec<Self>),
    Any(Vec<Self>),
    Field(Selector, Check),
}

#[derive(Debug)]
pub(super) struct Selector {
    text: String,
    steps: Vec<Step>,
}

#[derive(Debug)]
enum Step {
    Member(String),
    Index(usize),
    /// Every item of a list or every member of an object.
    Every,
}

#[derive(Debug)]
pub(super) enum Check {
    Compares(Comparison, Operand),
    Is(Value),
    NotExists,
    Exists,
}

pub(super) fn parse(text: &str) -> Result<Test, Malformed> {
    let inside = text.strip_prefix('{').and_then(|t| t.strip_suffix('}')).ok_or(Malformed::Pattern)?;
    let mut reader = Reader::new(inside);
    let test = any(&mut reader, 0)?;
    reader.skip_blanks();
    if reader.rest.is_empty() { Ok(test) } else { Err(Malformed::Pattern) }
}

fn any(reader: &mut Reader<'_>, depth: usize) -> Result<Test, Malformed> {
    let mut tests = vec![all(reader, depth)?];
    while reader.takes("||") {
        tests.push(all(reader, depth)?);
    }
    Ok(one_or(tests, Test::Any))
}

fn all(reader: &mut Reader<'_>, depth: usize) -> Result<Test, Malformed> {
    let mut tests = vec![single(reader, depth)?];
    while reader.takes("&&") {
        tests.push(single(reader, depth)?);
    }
    Ok(one_or(tests, Test::All))
}

fn one_or(mut tests: Vec<Test>, join: fn(Vec<Test>) -> Test) -> Test {
    match tests.pop() {
        Some(only) if tests.is_empty() => only,
        last => {
            tests.extend(last);
            join(tests)
        }
    }
}

fn single(reader: &mut Reader<'_>, depth: usize) -> Result<Test, Malformed> {
    if reader.takes("(") {
        if depth == DEEPEST {
            return Err(Malformed::Pattern);
        }
        let test = any(reader, depth + 1)?;
        return if reader.takes(")") { Ok(test) } else { Err(Malformed::Pattern) };
    }
    let selector = selector(reader)?;
    reader.skip_blanks();
    if let Some((comparison, rest)) = Comparison::read(reader.rest) {
        reader.rest = rest;
        if rest.starts_with('=') {
            return Err(Malformed::Pattern);
        }
        let operand = operand(reader)?;
        let ordered = !matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        return match operand {
            (operand, _) if !ordered || operand.is_number() => {
                // `$.field = *` asks whether there is one.
                let anything = matches!(&operand, Operand::Word(pieces) if pieces.iter().all(String::is_empty) && pieces.len() > 1);
                let check = match comparison {
                    Comparison::Equal if anything => Check::Exists,
                    _ => Check::Compares(comparison, operand),
                };
                Ok(Test::Field(selector, check))
            }
            (_, written) => Err(Malformed::Characters(written)),
        };
    }
    let word = |reader: &mut Reader<'_>| {
        reader.skip_blanks();
        reader.until(|c: char| !c.is_ascii_alphabetic()).to_ascii_uppercase()
    };
    let check = match (word(reader).as_str(), word(reader).as_str()) {
        ("NOT", "EXISTS") => Check::NotExists,
        ("IS", "NULL") => Check::Is(Value::Null),
        ("IS", "TRUE") => Check::Is(Value::Bool(true)),
        ("IS", "FALSE") => Check::Is(Value::Bool(false)),
        ("IS", "NOT") => return Err(Malformed::Characters("NOT".to_owned())),
        _ => return Err(Malformed::Pattern),
    };
    Ok(Test::Field(selector, check))
}

/// What a field is compared with, and how it was written.
fn operand(reader: &mut Reader<'_>) -> Result<(Operand, String), Malformed> {
    if reader.takes("\"") {
        let phrase = reader.phrase()?;
        return Ok((Operand::quoted(&phrase), format!("\"{phrase}\"")));
    }
    if reader.takes("%") {
        return Ok((Operand::Regex(reader.regex()?), "%".to_owned()));
    }
    let word = reader.until(|c| c.is_whitespace() || "()&|{}\"=<>!%".contains(c));
    if word.is_empty() { Err(Malformed::Pattern) } else { Ok((Operand::bare(word), word.to_owned())) }
}

/// `$`, then `.member`, `['member']`, `[3]`, `[*]`, `.*`.
fn selector(reader: &mut Reader<'_>) -> Result<Selector, Malformed> {
    reader.skip_blanks();
    let start = reader.rest;
    if !start.starts_with('$') {
        let word =
            reader.until(|c| c.is_whitespace() || c == '$').trim_matches(|c: char| c == '"' || c.is_alphanumeric());
        return Err(Malformed::Characters(word.to_owned()));
    }
    reader.rest = &start[1..];
    let mut steps = Vec::new();
    loop {
        if let Some(rest) = reader.rest.strip_prefix('.') {
            if rest.starts_with('.') {
                return Err(Malformed::Characters("$..".to_owned()));
            }
            reader.rest = rest;
            let name = reader.until(|c| c.is_whitespace() || ".[]()&|=<>!{}\"".contains(c));
            match name {
                "" => return Err(Malformed::Pattern),
                "*" => steps.push(Step::Every),
                name => steps.push(Step::Member(name.to_owned())),
            }
        } else if let Some(rest) = reader.rest.strip_prefix('[') {
            let (inside, rest) = rest.split_once(']').ok_or(Malformed::Pattern)?;
            reader.rest = rest;
            let inside = inside.trim();
            let member = |quote: char| inside.strip_prefix(quote).and_then(|i| i.strip_suffix(quote));
            steps.push(match (inside, member('\'').or_else(|| member('"'))) {
                ("*", _) => Step::Every,
                (_, Some(name)) => Step::Member(name.to_owned()),
                (index, None) => Step::Index(index.parse().map_err(|_| Malformed::Pattern)?),
            });
        } else {
            break;
        }
    }
    if steps.iter().filter(|step| matches!(step, Step::Every)).count() > 1 {
        return Err(Malformed::Other(TOO_WILD));
    }
    let text = start[..start.len() - reader.rest.len()].to_owned();
    if steps.is_empty() { Err(Malformed::Pattern) } else { Ok(Selector { text, steps }) }
}

impl Selector {
    fn find<'v>(&self, event: &'v Value) -> Vec<&'v Value> {
        let mut found = vec![event];
        for step in &self.steps {
            found = found
                .into_iter()
                .flat_map(|value| -> Vec<&Value> {
                    match (step, value) {
                        (Step::Member(name), Value::Object(members)) => members.get(name).into_iter().collect(),
                        (Step::Index(n), Value::Array(items)) => items.get(*n).into_iter().collect(),
                        (Step::Every, Value::Array(items)) => items.iter().collect(),
                        (Step::Every, Value::Object(members)) => members.values().collect(),
                        _ => Vec::new(),
                    }
                })
                .collect();
        }
        found
    }
}

impl Check {
    /// Numbers compare with numbers, words with strings and booleans; objects and lists with nothing.
    fn holds(&self, value: &Value) -> bool {
        match self {
            Self::Exists => true,
            Self::NotExists => false,
            Self::Is(wanted) => value == wanted,
            Self::Compares(comparison, operand) => match value {
                Value::String(text) if !operand.is_number() => operand.compares(*comparison, text),
                Value::Number(number) => operand.compares(*comparison, &number.to_string()),
                Value::Bool(flag) if !operand.is_number() => operand.compares(*comparison, &flag.to_string()),
                _ => *comparison == Comparison::NotEqual && !value.is_object() && !value.is_array(),
            },
        }
    }
}

impl Test {
    pub(super) fn holds(&self, event: &Value) -> bool {
        match self {
            Self::All(tests) => tests.iter().all(|test| test.holds(event)),
            Self::Any(tests) => tests.iter().any(|test| test.holds(event)),
            Self::Field(selector, Check::NotExists) => selector.find(event).is_empty(),
            Self::Field(selector, check) => selector.find(event).into_iter().any(|value| check.holds(value)),
        }
    }

    /// The values that selectors met, by selector.
    pub(super) fn extract(&self, event: &Value) -> Value {
        let mut found = Map::new();
        self.collect(event, &mut found);
        Value::Object(found)
    }

    fn collect(&self, event: &Value, found: &mut Map<String, Value>) {
        match self {
            Self::All(tests) | Self::Any(tests) => tests.iter().for_each(|test| test.collect(event, found)),
            Self::Field(selector, _) => {
                if let Some(value) = selector.find(event).first() {
                    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    found.insert(selector.text.clone(), json!(text));
                }
            }
        }
    }
}
