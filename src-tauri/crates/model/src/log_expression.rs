//! JMESPath over log lines that are JSON: records of an access log, what functions write.
//!
//! A line is taken when the expression gives something that JMESPath calls true: not null, not false, nothing empty. Of a
//! line only those members are read that the expression looks at, and none when it lacks what every match has. Expressions
//! are bounded by length and by what nests in them, because reading and answering go as deep. This module may not know a
//! book. CloudWatch's own patterns are in [`crate::log_pattern`].

use std::collections::BTreeMap;
use std::fmt;

use jmespath::ast::{Ast, Comparator};
use jmespath::{Context, DEFAULT_RUNTIME, JmespathError, Rcvar, Variable, interpret};
use memchr::memmem;
use serde::de::{DeserializeSeed, Deserializer as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Characters of an expression.
pub const LONGEST: usize = 512;
/// Operators of an expression; each may be one more level, and answering takes up to 10 KB of stack for one.
const DEEPEST: usize = 64;

/// An expression that was read.
pub struct Expression {
    text: String,
    ast: Ast,
    /// Members of the line that it looks at; `None`: all.
    members: Option<Vec<String>>,
    /// Texts that every line has that is taken, unless something in it is escaped.
    needs: Vec<memmem::Finder<'static>>,
}

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Expression").field(&self.text).finish()
    }
}

impl Expression {
    /// Reads an expression.
    ///
    /// # Errors
    /// In words, when it is none.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.chars().count() > LONGEST {
            return Err(format!("A JMESPath expression may have {LONGEST} characters here"));
        }
        if operators(text) > DEEPEST {
            return Err("The JMESPath expression nests too much".to_owned());
        }
        let ast = jmespath::parse(text).map_err(|why| refused(&why))?;
        check(&ast)?;
        let mut members = Vec::new();
        let members = looks_at(&ast, &mut members).then_some(members);
        let mut needs = Vec::new();
        needed(&ast, &mut needs);
        let needs = needs.iter().map(|it| memmem::Finder::new(it).into_owned()).collect();
        Ok(Self { text: text.to_owned(), ast, members, needs })
    }

    /// Whether a line is JSON and the expression holds for it.
    #[must_use]
    pub fn takes(&self, line: &str) -> bool {
        let line = line.trim_start();
        if !line.starts_with(['{', '[']) {
            return false;
        }
        let bytes = line.as_bytes();
        let lacks = self.needs.iter().any(|it| it.find(bytes).is_none());
        if lacks && memchr::memchr(b'\\', bytes).is_none() {
            return false;
        }
        let mut reader = serde_json::Deserializer::from_str(line);
        let Ok(read) = reader.deserialize_any(Line(self.members.as_deref())) else { return false };
        if reader.end().is_err() {
            return false;
        }
        let mut context = Context::new(&self.text, &DEFAULT_RUNTIME);
        interpret(&Rcvar::new(read), &self.ast, &mut context).is_ok_and(|found| found.is_truthy())
    }
}

/// What may nest in an expression: brackets and operators, where they are not quoted.
fn operators(text: &str) -> usize {
    let (mut count, mut quote, mut before) = (0, None, ' ');
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match quote {
            Some(_) if c == '\\' => drop(chars.next()),
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if "'\"`".contains(c) => quote = Some(c),
            // Two of these are one operator.
            None if "&|=".contains(c) && before == c => {
                before = ' ';
                continue;
            }
            None => count += usize::from("([{!&*.|=<>".contains(c)),
        }
        before = c;
    }
    count
}

/// In one sentence, with the place counted from one.
fn refused(why: &JmespathError) -> String {
    let reason = why.reason.to_string();
    let reason = reason.trim_start_matches("Parse error: ").trim_start_matches("Runtime error: ");
    let end = why.expression.chars().count();
    let place = if why.offset >= end { "at its end".to_owned() } else { format!("at character {}", why.offset + 1) };
    format!("The JMESPath expression can't be read: {reason}, {place}")
}

/// Functions are looked up only when an expression is used: a name that is none shall be said before.
fn check(ast: &Ast) -> Result<(), String> {
    if let Ast::Function { name, offset, .. } = ast
        && DEFAULT_RUNTIME.get_function(name).is_none()
    {
        return Err(format!("JMESPath has no function {name}, at character {}", offset + 1));
    }
    parts(ast).into_iter().try_for_each(check)
}

/// What an expression is made of.
fn parts(ast: &Ast) -> Vec<&Ast> {
    match ast {
        Ast::Comparison { lhs, rhs, .. }
        | Ast::Projection { lhs, rhs, .. }
        | Ast::And { lhs, rhs, .. }
        | Ast::Or { lhs, rhs, .. }
        | Ast::Subexpr { lhs, rhs, .. } => vec![lhs, rhs],
        Ast::Condition { predicate, then, .. } => vec![predicate, then],
        Ast::Flatten { node, .. } | Ast::Not { node, .. } | Ast::ObjectValues { node, .. } => vec![node],
        Ast::Expref { ast, .. } => vec![ast],
        Ast::Function { args, .. } => args.iter().collect(),
        Ast::MultiList { elements, .. } => elements.iter().collect(),
        Ast::MultiHash { elements, .. } => elements.iter().map(|pair| &pair.value).collect(),
        Ast::Identity { .. } | Ast::Field { .. } | Ast::Index { .. } | Ast::Literal { .. } | Ast::Slice { .. } => {
            Vec::new()
        }
    }
}

/// Notes the members of the line that an expression looks at; false when it may look at any.
fn looks_at(ast: &Ast, members: &mut Vec<String>) -> bool {
    match ast {
        Ast::Identity { .. } => false,
        Ast::Field { name, .. } => {
            if !members.contains(name) {
                members.push(name.clone());
            }
            true
        }
        // What stands right of these looks into what stands left of them.
        Ast::Subexpr { lhs, .. } | Ast::Projection { lhs, .. } => looks_at(lhs, members),
        Ast::Expref { .. } => true,
        _ => parts(ast).into_iter().all(|part| looks_at(part, members)),
    }
}

/// Notes texts without which the expression gives null or false.
fn needed(ast: &Ast, texts: &mut Vec<String>) {
    match ast {
        Ast::Field { name, .. } => plain(name, texts),
        Ast::Subexpr { lhs, rhs, .. } => {
            if let Ast::Field { .. } = **rhs {
                needed(lhs, texts);
                needed(rhs, texts);
            }
        }
        Ast::And { lhs, rhs, .. } => {
            needed(lhs, texts);
            needed(rhs, texts);
        }
        Ast::Comparison { comparator, lhs, rhs, .. } if *comparator != Comparator::NotEqual => {
            let (side, value) = match (&**lhs, &**rhs) {
                (Ast::Literal { value, .. }, side) | (side, Ast::Literal { value, .. }) => (side, value),
                _ => return,
            };
            // null equals null, so that what is not there may match.
            if value.is_null() {
                return;
            }
            needed(side, texts);
            // A side that is more than a path may have made its text itself.
            if let (Comparator::Equal, Some(text), true) = (comparator, value.as_string(), is_path(side)) {
                plain(text, texts);
            }
        }
        _ => {}
    }
}

fn is_path(ast: &Ast) -> bool {
    match ast {
        Ast::Field { .. } => true,
        Ast::Subexpr { lhs, rhs, .. } => is_path(lhs) && is_path(rhs),
        _ => false,
    }
}

/// A text that stands in JSON as it is, where it stands there unescaped; a slash may be escaped like any other.
fn plain(text: &str, texts: &mut Vec<String>) {
    let is_plain = |c: char| !c.is_control() && c != '"' && c != '\\';
    if !text.is_empty() && text.chars().all(is_plain) {
        texts.push(text.to_owned());
    }
}

/// A line of JSON, of an object only these members.
struct Line<'a>(Option<&'a [String]>);

impl<'de> Visitor<'de> for Line<'_> {
    type Value = Variable;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or an array")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Variable, A::Error> {
        let mut kept = BTreeMap::new();
        while let Some(name) = map.next_key_seed(Member(self.0))? {
            match name {
                Some(name) => drop(kept.insert(name, Rcvar::new(map.next_value::<Variable>()?))),
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(Variable::Object(kept))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut all: A) -> Result<Variable, A::Error> {
        let mut kept = Vec::new();
        while let Some(each) = all.next_element::<Variable>()? {
            kept.push(Rcvar::new(each));
        }
        Ok(Variable::Array(kept))
    }
}

/// A member's name, where it is one of these.
struct Member<'a>(Option<&'a [String]>);

impl<'de> DeserializeSeed<'de> for Member<'_> {
    type Value = Option<String>;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Option<String>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Member<'_> {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Option<String>, E> {
        Ok(self.0.is_none_or(|members| members.iter().any(|it| it == name)).then(|| name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const RECORD: &str = r#"{"requestId":"EP5=","routeKey":"$connect","status":"502","integrationLatency":"44","ms":44.5,"error":{"message":"a \"quoted\" one","code":null},"tags":["a","b"],"ok":false,"none":null}"#;

    fn takes(expression: &str, line: &str) -> bool {
        Expression::parse(expression).unwrap().takes(line)
    }

    #[test]
    fn a_line_is_taken_when_the_expression_gives_something_true() {
        for (expression, taken) in [
            ("status == '502'", true),
            ("status == '200'", false),
            ("'502' == status && routeKey == '$connect'", true),
            ("status == '200' || ms > `44`", true),
            ("ms > `45`", false),
            ("ms < `45`", true),
            ("to_number(integrationLatency) > `40`", true),
            ("starts_with(status, '5')", true),
            ("error.message", true),
            ("error.code", false),
            ("error.message == 'a \"quoted\" one'", true),
            ("error", true),
            ("error.missing", false),
            ("!missing", true),
            ("missing == `null`", true),
            ("missing != 'x'", true),
            ("ok", false),
            ("ok == `false`", true),
            ("none", false),
            ("tags[?@ == 'b']", true),
            ("tags[?@ == 'c']", false),
            ("contains(tags, 'a')", true),
            ("contains(keys(@), 'ms')", true),
            ("@.ms", true),
            ("length(@) > `8`", true),
            ("*.code", false),
            ("{a: status}.a == '502'", true),
            ("[status, ms] | [1] == `44.5`", true),
            ("tags | length(@) == `2`", true),
            ("sort_by(tags, &@)[0] == 'a'", true),
            ("'made' == 'made'", true),
        ] {
            assert_eq!(takes(expression, RECORD), taken, "{expression}");
            let read = Expression::parse(expression).unwrap();
            let whole = Variable::from_json(RECORD).unwrap();
            let plain = jmespath::compile(expression).unwrap().search(whole);
            assert_eq!(plain.is_ok_and(|it| it.is_truthy()), read.takes(RECORD), "{expression}");
        }
    }

    #[test]
    fn names_and_values_may_be_escaped_and_lines_that_are_no_json_are_left_out() {
        assert!(takes("status == 'a/b'", r#"{"st\u0061tus":"a\/b"}"#));
        assert!(takes("[0].a", r#"[{"a":1}]"#));
        for line in ["", "(EP5=) {\"a\":1}", "{\"a\":1", "{\"a\":1} x", "a", "7"] {
            assert!(!takes("a || !a", line), "{line}");
        }
    }

    #[test]
    fn what_is_no_expression_is_refused_with_its_place() {
        for (text, why) in [
            ("status = '5'", "Did you mean '=='?, at character 8"),
            ("status == ", "at its end"),
            ("a ? b", "Invalid character: ?, at character 3"),
            ("lenght(a)", "JMESPath has no function lenght, at character"),
            ("a[?lenght(b)]", "JMESPath has no function lenght"),
            ("'a", "Unclosed ' delimiter"),
        ] {
            let said = Expression::parse(text).unwrap_err();
            assert!(said.contains(why) && !said.contains('\n'), "{text}: {said}");
        }
        assert!(Expression::parse(&"(".repeat(LONGEST + 1)).unwrap_err().contains("512 characters"));
        assert!(Expression::parse(&"(".repeat(DEEPEST + 1)).unwrap_err().contains("nests too much"));
        for nested in ["(", "!", "[", "a[?", "a.{b:", "&", "not_null("] {
            assert!(Expression::parse(&nested.repeat(LONGEST / nested.len())).is_err());
            assert!(Expression::parse(&nested.repeat(DEEPEST / 2)).is_err());
        }
        assert!(takes(&format!("{}a", "!".repeat(DEEPEST)), r#"{"a":1}"#));
        for long in ["a.", "a||", "a|", "a==", "a<"] {
            let expression = |times: usize| format!("{}a", long.repeat(times));
            assert!(Expression::parse(&expression(DEEPEST + 1)).unwrap_err().contains("nests too much"), "{long}");
            let _ = Expression::parse(&expression(DEEPEST)).map(|it| it.takes(r#"{"a":1}"#));
        }
        let quoted = format!("a == '{}' || a == `1`", "(.".repeat(100));
        assert!(takes(&quoted, r#"{"a":1}"#));
    }

    proptest::proptest! {
        #[test]
        fn no_expression_and_no_line_breaks_it(expression in "(a|b|\\.|\\[|\\]|\\?|\\(|\\)|&&|\\|\\||\\||!|==|<|'x'|`1`|`null`|\\*|@|length|-?[0-9]{1,10}|:|,|\\{|\\}|&){0,14}", line in "(\\{|\\}|\"a\"|\"b\"|:|,|1|\"x\"|\\[|\\]|null){0,12}") {
            if let Ok(read) = Expression::parse(&expression) {
                let line = format!("{{\"a\":{line}}}");
                for line in [line.as_str(), r#"{"a":["x",{"b":1}],"b":"x"}"#, r#"{"a":{"b":[1,2]}}"#] {
                    let plain = Variable::from_json(line).ok().and_then(|it| jmespath::compile(&expression).unwrap().search(it).ok());
                    proptest::prop_assert_eq!(read.takes(line), plain.is_some_and(|it| it.is_truthy()), "{} {}", expression, line);
                }
            }
        }
    }
}
