//! Tree to text. Values are JSON; null is "nothing there" and prints nothing.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::parse::{Expression, Node, Reference, Step};
use super::{Fault, Scope, functions};
use crate::selection::text_of;

/// Rounds of one loop; AWS stops there too (documented for mapping templates of AppSync, assumed here).
const ROUNDS: usize = 1000;
/// Bytes that a template may produce: API Gateway's payload limit.
const OUTPUT: usize = 10 << 20;
/// Steps of one rendering, loops inside loops included, and members of the values that it makes; far beyond what
/// people write.
const STEPS: usize = 100_000;

/// Renders parsed nodes.
pub(super) fn render(nodes: &[Node], scope: &Scope<'_>) -> Result<String, Fault> {
    let mut out = String::new();
    let mut run = Run { scope, variables: BTreeMap::new(), json: OnceCell::new(), steps: 0 };
    run.nodes(nodes, &mut out)?;
    Ok(out)
}

struct Run<'a> {
    scope: &'a Scope<'a>,
    variables: BTreeMap<String, Value>,
    /// The body, once something has asked for it as JSON.
    json: OnceCell<Value>,
    steps: usize,
}

impl Run<'_> {
    fn nodes(&mut self, nodes: &[Node], out: &mut String) -> Result<(), Fault> {
        for node in nodes {
            self.step_by(1)?;
            match node {
                Node::Text(text) => out.push_str(text),
                Node::Reference(reference) => match self.reference(reference)? {
                    Some(value) => out.push_str(&text_of(&value)),
                    None if reference.quiet => {}
                    None => out.push_str(&reference.source),
                },
                Node::Set(target, value) => self.set(target, value)?,
                Node::If(branches, otherwise) => {
                    let mut taken = otherwise;
                    for (test, body) in branches {
                        if truthy(&self.value(test)?) {
                            taken = body;
                            break;
                        }
                    }
                    self.nodes(taken, out)?;
                }
                Node::Foreach(name, list, body) => self.foreach(name, list, body, out)?,
            }
            if out.len() > OUTPUT {
                return Err(Fault::new(0, "the output is larger than 10 MB"));
            }
        }
        Ok(())
    }

    /// Counts work, and ends a template that never would.
    fn step_by(&mut self, n: usize) -> Result<(), Fault> {
        self.steps = self.steps.saturating_add(n);
        if self.steps > STEPS { Err(Fault::new(0, "the template takes too many steps")) } else { Ok(()) }
    }

    fn foreach(&mut self, name: &str, list: &Expression, body: &[Node], out: &mut String) -> Result<(), Fault> {
        let items = match self.value(list)? {
            Value::Array(items) => items,
            Value::Object(members) => members.into_iter().map(|(_, value)| value).collect(),
            _ => Vec::new(),
        };
        let outer = self.variables.get("foreach").cloned();
        let n = items.len();
        for (i, item) in items.into_iter().take(ROUNDS).enumerate() {
            let state =
                json!({ "index": i, "count": i + 1, "hasNext": i + 1 < n, "first": i == 0, "last": i + 1 == n });
            self.variables.insert("foreach".into(), state);
            self.variables.insert("velocityCount".into(), json!(i + 1));
            self.variables.insert(name.to_owned(), item);
            self.nodes(body, out)?;
        }
        self.variables.remove("foreach");
        self.variables.extend(outer.map(|outer| ("foreach".to_owned(), outer)));
        Ok(())
    }

    fn set(&mut self, target: &Reference, value: &Expression) -> Result<(), Fault> {
        let value = self.value(value)?;
        if ["input", "context", "stageVariables", "util"].contains(&target.name.as_str()) {
            return Err(Fault::new(target.at, format!("${} can't be set", target.name)));
        }
        let mut place = self.variables.entry(target.name.clone()).or_default();
        for step in &target.steps {
            let Step::Member(name) = step else {
                return Err(Fault::new(target.at, "only variables and their members can be set"));
            };
            if !place.is_object() {
                *place = Value::Object(Map::new());
            }
            place = &mut place[name.as_str()];
        }
        *place = value;
        Ok(())
    }

    /// The value of a reference; `None` only for a variable that was never set.
    fn reference(&mut self, reference: &Reference) -> Result<Option<Value>, Fault> {
        let (mut value, rest) = match reference.name.as_str() {
            "context" => {
                let members = reference.steps.iter().map_while(|step| match step {
                    Step::Member(name) => Some(name),
                    _ => None,
                });
                let (depth, value) = members.fold((0, Some(&**self.scope.context)), |(depth, value), name| {
                    (depth + 1, value.and_then(|value| value.get(name)))
                });
                (value.cloned().unwrap_or_default(), &reference.steps[depth..])
            }
            "stageVariables" => (json!(self.scope.stage_variables), reference.steps.as_slice()),
            "input" | "util" => {
                let Some((step, rest)) = reference.steps.split_first() else {
                    return Err(Fault::new(reference.at, format!("${} has no value of its own", reference.name)));
                };
                let (name, arguments) = match step {
                    Step::Member(name) => (name.as_str(), Vec::new()),
                    Step::Call(name, arguments) => (name.as_str(), self.values(arguments)?),
                    Step::Index(_) => ("[]", Vec::new()),
                };
                let function = format!("{}.{name}", reference.name);
                let value = functions::call(&function, &arguments, self.scope, &self.json)
                    .map_err(|what| Fault::new(reference.at, what))?;
                (value, rest)
            }
            name => match self.variables.get(name) {
                Some(value) => (value.clone(), reference.steps.as_slice()),
                None => return Ok(None),
            },
        };
        for step in rest {
            value = self.step(value, step, reference.at)?;
        }
        Ok(Some(value))
    }

    fn step(&mut self, value: Value, step: &Step, at: usize) -> Result<Value, Fault> {
        match step {
            Step::Member(name) => Ok(value.get(name).cloned().unwrap_or_default()),
            Step::Index(index) => Ok(match self.value(index)? {
                Value::String(name) => value.get(name).cloned().unwrap_or_default(),
                Value::Number(n) => {
                    let index = n.as_u64().and_then(|n| usize::try_from(n).ok());
                    index.and_then(|i| value.get(i)).cloned().unwrap_or_default()
                }
                _ => Value::Null,
            }),
            Step::Call(name, arguments) => {
                let arguments = self.values(arguments)?;
                functions::method(&value, name, &arguments).map_err(|what| Fault::new(at, what))
            }
        }
    }

    fn values(&mut self, expressions: &[Expression]) -> Result<Vec<Value>, Fault> {
        expressions.iter().map(|e| self.value(e)).collect()
    }

    fn value(&mut self, expression: &Expression) -> Result<Value, Fault> {
        Ok(match expression {
            Expression::Literal(value) => value.clone(),
            Expression::Interpolated(nodes) => {
                let mut text = String::new();
                self.nodes(nodes, &mut text)?;
                Value::String(text)
            }
            Expression::List(items) => {
                let items = Value::Array(self.values(items)?);
                self.step_by(weight(&items))?;
                items
            }
            Expression::Map(members) => {
                let mut map = Map::new();
                for (key, value) in members {
                    map.insert(text_of(&self.value(key)?), self.value(value)?);
                }
                let map = Value::Object(map);
                self.step_by(weight(&map))?;
                map
            }
            Expression::Range(from, to) => {
                let (from, to) = (self.value(from)?.as_i64(), self.value(to)?.as_i64());
                let (from, to) = (from.unwrap_or_default(), to.unwrap_or_default());
                let ascending: Vec<i64> = (from.min(to)..=from.max(to)).take(ROUNDS).collect();
                if from <= to { json!(ascending) } else { json!(ascending.into_iter().rev().collect::<Vec<_>>()) }
            }
            Expression::Reference(reference) => self.reference(reference)?.unwrap_or_default(),
            Expression::Not(inner) => Value::Bool(!truthy(&self.value(inner)?)),
            Expression::Binary(operator, at, left, right) => {
                let left = self.value(left)?;
                match *operator {
                    "||" if truthy(&left) => return Ok(Value::Bool(true)),
                    "&&" if !truthy(&left) => return Ok(Value::Bool(false)),
                    _ => {}
                }
                let right = self.value(right)?;
                binary(operator, &left, &right).ok_or_else(|| Fault::new(*at, format!("`{operator}` needs numbers")))?
            }
        })
    }
}

/// How many values a value is made of.
fn weight(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(weight).sum::<usize>(),
        Value::Object(members) => 1 + members.values().map(weight).sum::<usize>(),
        Value::String(text) => 1 + text.len() / 64,
        _ => 1,
    }
}

/// Velocity: everything but null and false.
fn truthy(value: &Value) -> bool {
    !matches!(value, Value::Null | Value::Bool(false))
}

fn binary(operator: &str, left: &Value, right: &Value) -> Option<Value> {
    let equal = || match (left, right) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        // Assumed: a missing member compares equal to an empty text, as templates in the field rely on.
        _ => left == right || (text_of(left) == text_of(right) && !left.is_number() && !right.is_number()),
    };
    let numbers = || Some((left.as_f64()?, right.as_f64()?));
    let whole = || Some((left.as_i64()?, right.as_i64()?));
    Some(match operator {
        "||" | "&&" => Value::Bool(truthy(right)),
        "==" => Value::Bool(equal()),
        "!=" => Value::Bool(!equal()),
        "<" => numbers().map(|(a, b)| Value::Bool(a < b))?,
        ">" => numbers().map(|(a, b)| Value::Bool(a > b))?,
        "<=" => numbers().map(|(a, b)| Value::Bool(a <= b))?,
        ">=" => numbers().map(|(a, b)| Value::Bool(a >= b))?,
        "+" if left.is_string() || right.is_string() => Value::String(text_of(left) + &text_of(right)),
        _ => match (operator, whole(), numbers()?) {
            ("+", Some((a, b)), _) => json!(a.checked_add(b)?),
            ("-", Some((a, b)), _) => json!(a.checked_sub(b)?),
            ("*", Some((a, b)), _) => json!(a.checked_mul(b)?),
            ("/", Some((a, b)), _) => a.checked_div(b).map_or(Value::Null, |n| json!(n)),
            ("%", Some((a, b)), _) => a.checked_rem(b).map_or(Value::Null, |n| json!(n)),
            ("+", _, (a, b)) => json!(a + b),
            ("-", _, (a, b)) => json!(a - b),
            ("*", _, (a, b)) => json!(a * b),
            ("/", _, (a, b)) => json!(a / b),
            (_, _, (a, b)) => json!(a % b),
        },
    })
}
