//! A query's text into its commands: the language of Logs Insights as far as the console's own queries go.
//!
//! `fields`, `display`, `filter`, `parse`, `stats`, `sort`, `limit`, `dedup`. Anything else is refused with its place.
//! Depth and number of operators are bounded, so that a query can't exhaust the stack.

use regex::bytes::Regex;

use super::cell::Cell;
use super::cursor::{Cursor, Malformed};
use super::expression::{Expression, FUNCTIONS};
use super::stats::{AGGREGATES, Aggregate};

/// Parentheses and the like within each other.
const DEEPEST: usize = 24;
/// Operators and functions in a query.
const MOST_OPERATORS: usize = 200;
/// Rows that `limit` can ask for (AWS's documentation).
pub(super) const MOST_ROWS: usize = 10_000;

pub(super) enum Command {
    Fields(Vec<Named>),
    Display(Vec<Named>),
    Filter(Expression),
    Parse {
        from: Expression,
        regex: Regex,
        names: Vec<String>,
    },
    Stats {
        aggregates: Vec<(Aggregate, String)>,
        by: Vec<Named>,
    },
    /// The second is whether the greatest come first.
    Sort(Vec<(Expression, bool)>),
    Limit(usize),
    Dedup(Vec<Expression>),
}

/// An expression and the field that it makes.
pub(super) struct Named {
    pub expression: Expression,
    pub name: String,
}

struct Parser<'q> {
    cursor: Cursor<'q>,
    depth: usize,
    operators: usize,
}

pub(super) fn parse(text: &str) -> Result<Vec<Command>, Malformed> {
    let mut parser = Parser { cursor: Cursor::new(text), depth: 0, operators: 0 };
    let mut commands = Vec::new();
    if parser.cursor.rest().is_empty() {
        return Ok(commands);
    }
    loop {
        commands.push(parser.command()?);
        if parser.cursor.rest().is_empty() {
            return Ok(commands);
        }
        parser.cursor.expect("|")?;
    }
}

impl Parser<'_> {
    fn command(&mut self) -> Result<Command, Malformed> {
        let at = self.cursor.at;
        let word = self.cursor.name().unwrap_or_default().to_lowercase();
        match word.as_str() {
            "fields" => self.named().map(Command::Fields),
            "display" => self.named().map(Command::Display),
            "filter" | "where" => self.any().map(Command::Filter),
            "parse" => self.parse(),
            "stats" => self.stats(),
            "sort" | "order" => self.sort(),
            "limit" | "head" => match self.cursor.number().filter(|n| n.fract() == 0.0 && *n >= 1.0) {
                Some(n) if n <= MOST_ROWS as f64 => Ok(Command::Limit(n as usize)),
                Some(_) => Err(self.cursor.wrong(format!("limit can not be greater than {MOST_ROWS}"))),
                None => Err(self.cursor.unexpected()),
            },
            "dedup" => self.list(Self::sum).map(Command::Dedup),
            _ => {
                self.cursor.at = at;
                Err(self.cursor.unexpected())
            }
        }
    }

    fn list<T>(&mut self, item: fn(&mut Self) -> Result<T, Malformed>) -> Result<Vec<T>, Malformed> {
        let mut items = vec![item(self)?];
        while self.cursor.takes(",") {
            items.push(item(self)?);
        }
        Ok(items)
    }

    fn named(&mut self) -> Result<Vec<Named>, Malformed> {
        self.list(|parser| {
            parser.cursor.rest();
            let from = parser.cursor.at;
            let expression = parser.any()?;
            let name = parser.alias(from)?;
            Ok(Named { expression, name })
        })
    }

    /// `as name`, or what was written.
    fn alias(&mut self, from: usize) -> Result<String, Malformed> {
        let written = self.cursor.written(from).trim_matches('`').to_owned();
        if !self.cursor.takes_word("as") {
            return Ok(written);
        }
        match self.cursor.name() {
            Some(name) => Ok(name.to_owned()),
            None => Err(self.cursor.unexpected()),
        }
    }

    /// `parse [field] "glob*" as a, b` or `parse [field] /(?<name>regex)/`.
    fn parse(&mut self) -> Result<Command, Malformed> {
        let rest = self.cursor.rest();
        let from =
            if rest.starts_with(['"', '\'', '/']) { Expression::Field("@message".into()) } else { self.value()? };
        if let Some(regex) = self.cursor.regex()? {
            let names: Vec<String> = regex.capture_names().flatten().map(str::to_owned).collect();
            if names.is_empty() {
                return Err(self.cursor.wrong("parse expects at least one named capture group"));
            }
            return Ok(Command::Parse { from, regex, names });
        }
        let Some(glob) = self.cursor.string()? else { return Err(self.cursor.unexpected()) };
        if !self.cursor.takes_word("as") {
            return Err(self.cursor.unexpected());
        }
        let names = self.list(|parser| match parser.cursor.name() {
            Some(name) => Ok(name.to_owned()),
            None => Err(parser.cursor.unexpected()),
        })?;
        let pieces: Vec<String> = glob.split('*').map(regex::escape).collect();
        if pieces.len() != names.len() + 1 {
            let message = format!("Number of wildcards ({}) and fields ({}) differ", pieces.len() - 1, names.len());
            return Err(self.cursor.wrong(message));
        }
        let open = glob.ends_with('*');
        let mut source = format!("(?s){}", pieces.join("(.*?)"));
        if open {
            source.push('$');
        }
        Ok(Command::Parse { from, regex: self.cursor.compile(&source)?, names })
    }

    fn stats(&mut self) -> Result<Command, Malformed> {
        let aggregates = self.list(|parser| {
            parser.cursor.rest();
            let from = parser.cursor.at;
            let aggregate = parser.aggregate()?;
            Ok((aggregate, parser.alias(from)?))
        })?;
        let by = if self.cursor.takes_word("by") { self.named()? } else { Vec::new() };
        Ok(Command::Stats { aggregates, by })
    }

    fn aggregate(&mut self) -> Result<Aggregate, Malformed> {
        let name = self.cursor.peek_word();
        let Some((_, kind)) = AGGREGATES.iter().find(|(known, _)| *known == name) else {
            return Err(self.cursor.unexpected());
        };
        self.cursor.name();
        self.cursor.expect("(")?;
        let is_count = name == "count";
        let of = if is_count && (self.cursor.takes("*") || self.cursor.rest().starts_with(')')) {
            None
        } else {
            Some(self.sum()?)
        };
        let mut percent = 50.0;
        if ["pct", "percentile"].contains(&name.as_str()) {
            self.cursor.expect(",")?;
            percent = match self.cursor.number().filter(|n| (0.0..=100.0).contains(n)) {
                Some(percent) => percent,
                None => return Err(self.cursor.unexpected()),
            };
        }
        self.cursor.expect(")")?;
        Ok(Aggregate { kind: *kind, of, percent })
    }

    fn sort(&mut self) -> Result<Command, Malformed> {
        let _ = self.cursor.takes_word("by");
        let keys = self.list(|parser| {
            let key = parser.sum()?;
            // AWS's documentation: ascending when nothing is said.
            let descending = parser.cursor.takes_word("desc");
            if !descending {
                parser.cursor.takes_word("asc");
            }
            Ok((key, descending))
        })?;
        Ok(Command::Sort(keys))
    }

    fn deeper(&mut self) -> Result<(), Malformed> {
        self.depth += 1;
        if self.depth > DEEPEST { Err(self.cursor.wrong("query is nested too deeply")) } else { Ok(()) }
    }

    fn operator(&mut self) -> Result<(), Malformed> {
        self.operators += 1;
        if self.operators > MOST_OPERATORS { Err(self.cursor.wrong("query is too complex")) } else { Ok(()) }
    }

    fn any(&mut self) -> Result<Expression, Malformed> {
        let mut tests = vec![self.all()?];
        while self.cursor.takes_word("or") {
            self.operator()?;
            tests.push(self.all()?);
        }
        Ok(if tests.len() == 1 { tests.remove(0) } else { Expression::Or(tests) })
    }

    fn all(&mut self) -> Result<Expression, Malformed> {
        let mut tests = vec![self.test()?];
        while self.cursor.takes_word("and") {
            self.operator()?;
            tests.push(self.test()?);
        }
        Ok(if tests.len() == 1 { tests.remove(0) } else { Expression::And(tests) })
    }

    fn test(&mut self) -> Result<Expression, Malformed> {
        if self.cursor.takes_word("not") {
            self.deeper()?;
            let inner = self.test()?;
            self.depth -= 1;
            return Ok(Expression::Not(Box::new(inner)));
        }
        let left = self.sum()?;
        let negated = self.cursor.takes_word("not");
        let is_regex = !negated && self.cursor.takes("=~");
        let test = if is_regex || self.cursor.takes_word("like") {
            self.operator()?;
            match (self.cursor.regex()?, self.cursor.string()?) {
                (Some(regex), None) => Expression::Matches(Box::new(left), regex),
                (None, Some(source)) if is_regex => Expression::Matches(Box::new(left), self.cursor.compile(&source)?),
                (None, Some(part)) => Expression::Contains(Box::new(left), part),
                _ => return Err(self.cursor.unexpected()),
            }
        } else if self.cursor.takes_word("in") {
            self.operator()?;
            self.cursor.expect("[")?;
            let items = self.list(Self::sum)?;
            self.cursor.expect("]")?;
            Expression::In(Box::new(left), items)
        } else if negated {
            return Err(self.cursor.unexpected());
        } else {
            return self.comparison(left);
        };
        Ok(if negated { Expression::Not(Box::new(test)) } else { test })
    }

    fn comparison(&mut self, left: Expression) -> Result<Expression, Malformed> {
        for sign in ["!=", "<=", ">=", "=", "<", ">"] {
            if self.cursor.takes(sign) {
                self.operator()?;
                let right = self.sum()?;
                return Ok(Expression::Compare(sign, Box::new(left), Box::new(right)));
            }
        }
        Ok(left)
    }

    fn sum(&mut self) -> Result<Expression, Malformed> {
        self.chain(&['+', '-'], Self::product)
    }

    fn product(&mut self) -> Result<Expression, Malformed> {
        self.chain(&['*', '/', '%', '^'], Self::value)
    }

    fn chain(
        &mut self,
        signs: &[char],
        part: fn(&mut Self) -> Result<Expression, Malformed>,
    ) -> Result<Expression, Malformed> {
        let mut left = part(self)?;
        while let Some(sign) = self.cursor.rest().chars().next().filter(|c| signs.contains(c)) {
            self.operator()?;
            self.cursor.at += 1;
            left = Expression::Arithmetic(sign, Box::new(left), Box::new(part(self)?));
        }
        Ok(left)
    }

    fn value(&mut self) -> Result<Expression, Malformed> {
        if let Some(text) = self.cursor.string()? {
            return Ok(Expression::Value(Cell::Text(text)));
        }
        if let Some(number) = self.cursor.number() {
            return Ok(Expression::Value(Cell::Number(number)));
        }
        self.deeper()?;
        let value = if self.cursor.takes("(") {
            let inner = self.any()?;
            self.cursor.expect(")")?;
            inner
        } else if self.cursor.takes("-") {
            let zero = Box::new(Expression::Value(Cell::Number(0.0)));
            Expression::Arithmetic('-', zero, Box::new(self.value()?))
        } else {
            self.field_or_call()?
        };
        self.depth -= 1;
        Ok(value)
    }

    fn field_or_call(&mut self) -> Result<Expression, Malformed> {
        let at = self.cursor.at;
        let Some(name) = self.cursor.name() else { return Err(self.cursor.unexpected()) };
        if !self.cursor.rest().starts_with('(') {
            return Ok(Expression::Field(name.to_owned()));
        }
        let name = name.to_lowercase();
        self.operator()?;
        if name == "bin" || name == "datefloor" {
            self.cursor.expect("(")?;
            let time = if name == "bin" {
                Expression::Field("@timestamp".into())
            } else {
                let time = self.sum()?;
                self.cursor.expect(",")?;
                time
            };
            let period = self.period()?;
            self.cursor.expect(")")?;
            return Ok(Expression::Bin(Box::new(time), period));
        }
        let Some((_, function, few, many)) = FUNCTIONS.iter().find(|(known, ..)| *known == name) else {
            self.cursor.at = at;
            return Err(self.cursor.unexpected());
        };
        self.cursor.expect("(")?;
        let arguments = self.list(Self::any)?;
        if !(*few..=*many).contains(&arguments.len()) {
            return Err(self.cursor.wrong(format!("Invalid number of arguments for function {name}")));
        }
        self.cursor.expect(")")?;
        Ok(Expression::Call(*function, arguments))
    }

    /// `5m`, in milliseconds.
    fn period(&mut self) -> Result<i64, Malformed> {
        let Some(count) = self.cursor.number().filter(|n| *n >= 1.0 && n.fract() == 0.0) else {
            return Err(self.cursor.unexpected());
        };
        let units: [(&str, i64); 16] = [
            ("ms", 1),
            ("msec", 1),
            ("s", 1_000),
            ("sec", 1_000),
            ("m", 60_000),
            ("min", 60_000),
            ("h", 3_600_000),
            ("hr", 3_600_000),
            ("d", 86_400_000),
            ("day", 86_400_000),
            ("w", 604_800_000),
            ("week", 604_800_000),
            ("second", 1_000),
            ("minute", 60_000),
            ("hour", 3_600_000),
            ("millisecond", 1),
        ];
        let word = self.cursor.peek_word();
        let singular = word.strip_suffix('s').filter(|w| w.len() > 1).unwrap_or(&word);
        let Some((_, unit)) = units.iter().find(|(name, _)| *name == word || *name == singular) else {
            return Err(self.cursor.unexpected());
        };
        self.cursor.name();
        (count as i64).checked_mul(*unit).ok_or_else(|| self.cursor.unexpected())
    }
}
