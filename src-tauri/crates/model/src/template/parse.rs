//! Text to tree, by recursive descent. Knows no values.

use serde_json::Value;

use super::Fault;

/// How deep blocks and brackets may nest; far beyond what people write, well below the stack.
const DEPTH: usize = 64;

/// A part of a template.
#[derive(Debug)]
pub(super) enum Node {
    Text(String),
    Reference(Reference),
    Set(Reference, Expression),
    If(Vec<(Expression, Vec<Node>)>, Vec<Node>),
    Foreach(String, Expression, Vec<Node>),
}

/// `$name.member['x'].call(…)`.
#[derive(Debug)]
pub(super) struct Reference {
    pub at: usize,
    /// As it stands in the template: what an unknown variable prints.
    pub source: String,
    pub name: String,
    /// `$!name`: prints nothing when there is nothing.
    pub quiet: bool,
    pub steps: Vec<Step>,
}

/// What follows a reference's name.
#[derive(Debug)]
pub(super) enum Step {
    Member(String),
    Call(String, Vec<Expression>),
    Index(Expression),
}

/// What stands in brackets.
#[derive(Debug)]
pub(super) enum Expression {
    Literal(Value),
    Interpolated(Vec<Node>),
    List(Vec<Expression>),
    Map(Vec<(Expression, Expression)>),
    Range(Box<Expression>, Box<Expression>),
    Reference(Reference),
    Not(Box<Expression>),
    Binary(&'static str, usize, Box<Expression>, Box<Expression>),
}

/// Operators by rank, loosest first; longer ones before their prefixes.
const OPERATORS: [&[(&str, &str)]; 6] = [
    &[("||", "||"), ("or ", "||")],
    &[("&&", "&&"), ("and ", "&&")],
    &[("==", "=="), ("!=", "!="), ("eq ", "=="), ("ne ", "!=")],
    &[("<=", "<="), (">=", ">="), ("<", "<"), (">", ">"), ("le ", "<="), ("ge ", ">="), ("lt ", "<"), ("gt ", ">")],
    &[("+", "+"), ("-", "-")],
    &[("*", "*"), ("/", "/"), ("%", "%")],
];

/// Directives of Velocity that are not in the subset.
const UNSUPPORTED: [&str; 8] = ["macro", "parse", "include", "define", "evaluate", "stop", "break", "literal"];

/// Parses a whole template.
pub(super) fn parse(source: &str) -> Result<Vec<Node>, Fault> {
    let mut parser = Parser { source, at: 0, base: 0, depth: 0 };
    let (nodes, end) = parser.block(&[])?;
    debug_assert!(end.is_empty());
    Ok(nodes)
}

struct Parser<'s> {
    source: &'s str,
    at: usize,
    /// Where the source begins in the template, for text inside quotes.
    base: usize,
    depth: usize,
}

impl<'s> Parser<'s> {
    fn rest(&self) -> &'s str {
        &self.source[self.at..]
    }

    fn fault(&self, what: impl Into<String>) -> Fault {
        Fault::new(self.base + self.at, what)
    }

    fn take(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        self.at += if found { token.len() } else { 0 };
        found
    }

    fn need(&mut self, token: &str) -> Result<(), Fault> {
        self.blanks();
        if self.take(token) { Ok(()) } else { Err(self.fault(format!("expected `{token}`"))) }
    }

    fn blanks(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn word(&mut self) -> &'s str {
        let rest = self.rest();
        let starts = rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-')).unwrap_or(rest.len());
        let end = if starts { end } else { 0 };
        self.at += end;
        &rest[..end]
    }

    fn nested<T>(&mut self, parse: impl FnOnce(&mut Self) -> Result<T, Fault>) -> Result<T, Fault> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(self.fault("nested too deep"));
        }
        let parsed = parse(self);
        self.depth -= 1;
        parsed
    }

    /// Nodes up to one of the ending directives, which is consumed and given back.
    fn block(&mut self, ends: &[&'static str]) -> Result<(Vec<Node>, &'static str), Fault> {
        let mut nodes = Vec::new();
        let mut text = String::new();
        let start = self.at;
        loop {
            let rest = self.rest();
            let Some(next) = rest.find(['$', '#', '\\']) else {
                text.push_str(rest);
                self.at = self.source.len();
                break;
            };
            text.push_str(&rest[..next]);
            self.at += next;
            if let Some(end) = self.ending(ends) {
                flush(&mut nodes, &mut text);
                return Ok((nodes, end));
            }
            match self.special()? {
                Special::Text(literal) => text.push_str(literal),
                Special::Node(node) => {
                    flush(&mut nodes, &mut text);
                    nodes.push(node);
                }
            }
        }
        flush(&mut nodes, &mut text);
        if ends.is_empty() { Ok((nodes, "")) } else { Err(Fault::new(self.base + start, "this block has no #end")) }
    }

    fn ending(&mut self, ends: &[&'static str]) -> Option<&'static str> {
        let start = self.at;
        let name = self.directive()?;
        let end = ends.iter().find(|end| **end == name).copied();
        if end.is_none() {
            self.at = start;
        } else if end != Some("elseif") {
            self.line_end();
        }
        end
    }

    /// `#name` or `#{name}`; the position moves past it.
    fn directive(&mut self) -> Option<&'s str> {
        let start = self.at;
        if !self.take("#") {
            return None;
        }
        let braced = self.take("{");
        let name = self.word();
        if name.is_empty() || (braced && !self.take("}")) {
            self.at = start;
            return None;
        }
        Some(name)
    }

    /// Velocity takes a line's end together with the directive before it.
    fn line_end(&mut self) {
        let rest = self.rest().trim_start_matches([' ', '\t']);
        if let Some(after) = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix('\n')) {
            self.at = self.source.len() - after.len();
        }
    }

    /// What begins with `$`, `#` or a backslash.
    fn special(&mut self) -> Result<Special<'s>, Fault> {
        if self.take("\\$") {
            return Ok(Special::Text("$"));
        }
        if self.take("\\#") {
            return Ok(Special::Text("#"));
        }
        if self.rest().starts_with("##") {
            let rest = self.rest();
            self.at += rest.find('\n').map_or(rest.len(), |n| n + 1);
            return Ok(Special::Text(""));
        }
        if self.rest().starts_with("#*") {
            let end = self.rest().find("*#").ok_or_else(|| self.fault("this comment has no end"))?;
            self.at += end + 2;
            return Ok(Special::Text(""));
        }
        if self.rest().starts_with('$')
            && let Some(reference) = self.reference()?
        {
            return Ok(Special::Node(Node::Reference(reference)));
        }
        let start = self.at;
        match self.directive() {
            Some(name) => self.directive_body(name, start),
            None => {
                self.at += 1;
                Ok(Special::Text(&self.source[start..=start]))
            }
        }
    }

    fn directive_body(&mut self, name: &'s str, start: usize) -> Result<Special<'s>, Fault> {
        match name {
            "set" => self.set().map(Special::Node),
            "if" => self.nested(Self::condition).map(Special::Node),
            "foreach" => self.nested(Self::foreach).map(Special::Node),
            "else" | "elseif" | "end" => Err(Fault::new(self.base + start, format!("#{name} without an open block"))),
            name if UNSUPPORTED.contains(&name) => {
                Err(Fault::new(self.base + start, format!("#{name} is not part of mapping templates")))
            }
            _ => Ok(Special::Text(&self.source[start..self.at])),
        }
    }

    fn set(&mut self) -> Result<Node, Fault> {
        self.need("(")?;
        self.blanks();
        let target = self.reference()?.ok_or_else(|| self.fault("expected a variable"))?;
        self.need("=")?;
        let value = self.expression()?;
        self.need(")")?;
        self.line_end();
        Ok(Node::Set(target, value))
    }

    fn condition(&mut self) -> Result<Node, Fault> {
        let mut branches = Vec::new();
        loop {
            self.need("(")?;
            let test = self.expression()?;
            self.need(")")?;
            self.line_end();
            let (body, end) = self.block(&["elseif", "else", "end"])?;
            branches.push((test, body));
            match end {
                "elseif" => {}
                "else" => return Ok(Node::If(branches, self.block(&["end"])?.0)),
                _ => return Ok(Node::If(branches, Vec::new())),
            }
        }
    }

    fn foreach(&mut self) -> Result<Node, Fault> {
        self.need("(")?;
        self.need("$")?;
        let name = self.word().to_owned();
        self.need("in")?;
        let list = self.expression()?;
        self.need(")")?;
        self.line_end();
        Ok(Node::Foreach(name, list, self.block(&["end"])?.0))
    }

    /// A reference at `$`, or nothing when the dollar is only a dollar.
    fn reference(&mut self) -> Result<Option<Reference>, Fault> {
        let start = self.at;
        if !self.take("$") {
            return Ok(None);
        }
        let quiet = self.take("!");
        let formal = self.take("{");
        let name = self.word().to_owned();
        if name.is_empty() {
            self.at = start;
            return Ok(None);
        }
        let mut steps = Vec::new();
        while let Some(step) = self.nested(Self::step)? {
            steps.push(step);
        }
        if formal {
            self.need("}")?;
        }
        let source = self.source[start..self.at].to_owned();
        Ok(Some(Reference { at: self.base + start, source, name, quiet, steps }))
    }

    fn step(&mut self) -> Result<Option<Step>, Fault> {
        let start = self.at;
        if self.take("[") {
            let index = self.expression()?;
            self.need("]")?;
            return Ok(Some(Step::Index(index)));
        }
        if !self.take(".") {
            return Ok(None);
        }
        let name = self.word().to_owned();
        if name.is_empty() {
            // The dot ends a sentence.
            self.at = start;
            return Ok(None);
        }
        if !self.take("(") {
            return Ok(Some(Step::Member(name)));
        }
        Ok(Some(Step::Call(name, self.list(")")?)))
    }

    /// Expressions up to a closing token.
    fn list(&mut self, close: &str) -> Result<Vec<Expression>, Fault> {
        let mut items = Vec::new();
        loop {
            self.blanks();
            if self.take(close) {
                return Ok(items);
            }
            if !items.is_empty() {
                self.need(",")?;
            }
            items.push(self.expression()?);
        }
    }

    fn expression(&mut self) -> Result<Expression, Fault> {
        self.nested(|parser| parser.ranked(0))
    }

    fn ranked(&mut self, rank: usize) -> Result<Expression, Fault> {
        let Some(operators) = OPERATORS.get(rank) else { return self.unary() };
        let mut left = self.ranked(rank + 1)?;
        loop {
            self.blanks();
            let at = self.base + self.at;
            let Some((_, operator)) = operators.iter().find(|(token, _)| self.take(token)) else { return Ok(left) };
            let right = self.ranked(rank + 1)?;
            left = Expression::Binary(operator, at, Box::new(left), Box::new(right));
        }
    }

    fn unary(&mut self) -> Result<Expression, Fault> {
        self.blanks();
        if self.take("!") || self.take("not ") {
            return Ok(Expression::Not(Box::new(self.nested(Self::unary)?)));
        }
        if self.take("(") {
            let inside = self.expression()?;
            self.need(")")?;
            return Ok(inside);
        }
        if self.take("[") {
            return self.bracketed();
        }
        if self.take("{") {
            return self.map();
        }
        if let Some(reference) = self.reference()? {
            return Ok(Expression::Reference(reference));
        }
        self.literal()
    }

    /// `[a, b]` or `[1..3]`.
    fn bracketed(&mut self) -> Result<Expression, Fault> {
        self.blanks();
        if self.take("]") {
            return Ok(Expression::List(Vec::new()));
        }
        let first = self.expression()?;
        self.blanks();
        if self.take("..") {
            let last = self.expression()?;
            self.need("]")?;
            return Ok(Expression::Range(Box::new(first), Box::new(last)));
        }
        let mut items = vec![first];
        if self.take(",") {
            items.extend(self.list("]")?);
        } else {
            self.need("]")?;
        }
        Ok(Expression::List(items))
    }

    fn map(&mut self) -> Result<Expression, Fault> {
        let mut members = Vec::new();
        loop {
            self.blanks();
            if self.take("}") {
                return Ok(Expression::Map(members));
            }
            if !members.is_empty() {
                self.need(",")?;
            }
            let key = self.expression()?;
            self.need(":")?;
            members.push((key, self.expression()?));
        }
    }

    fn literal(&mut self) -> Result<Expression, Fault> {
        let start = self.at;
        if self.take("'") {
            let text = self.quoted('\'')?;
            return Ok(Expression::Literal(Value::String(text.to_owned())));
        }
        if self.take("\"") {
            let base = self.base + self.at;
            let text = self.quoted('"')?;
            let mut inside = Parser { source: text, at: 0, base, depth: self.depth };
            return Ok(Expression::Interpolated(inside.nested(|p| p.block(&[]))?.0));
        }
        let number: &str = {
            let rest = self.rest();
            let digits = rest.strip_prefix('-').unwrap_or(rest);
            let whole = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
            // A second dot is a range.
            let fraction = digits[whole..].strip_prefix('.').filter(|f| f.starts_with(|c: char| c.is_ascii_digit()));
            let fraction = fraction.map_or(0, |f| 1 + f.find(|c: char| !c.is_ascii_digit()).unwrap_or(f.len()));
            &rest[..rest.len() - digits.len() + whole + fraction]
        };
        if let Ok(value @ Value::Number(_)) = serde_json::from_str(number) {
            self.at += number.len();
            return Ok(Expression::Literal(value));
        }
        let value = match self.word() {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "null" => Value::Null,
            _ => {
                self.at = start;
                return Err(self.fault("expected a value"));
            }
        };
        Ok(Expression::Literal(value))
    }

    /// Text up to the quote, which is consumed. Velocity knows no escapes in it.
    fn quoted(&mut self, quote: char) -> Result<&'s str, Fault> {
        let rest = self.rest();
        let end = rest.find(quote).ok_or_else(|| self.fault("this text has no closing quote"))?;
        self.at += end + 1;
        Ok(&rest[..end])
    }
}

enum Special<'s> {
    Text(&'s str),
    Node(Node),
}

fn flush(nodes: &mut Vec<Node>, text: &mut String) {
    if !text.is_empty() {
        nodes.push(Node::Text(std::mem::take(text)));
    }
}
