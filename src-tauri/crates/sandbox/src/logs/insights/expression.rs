//! Expressions of queries: fields, comparisons, arithmetic and functions, on one row.

use regex::bytes::Regex;

use super::cell::Cell;
use super::row::Row;

pub(super) enum Expression {
    Field(String),
    Value(Cell),
    And(Vec<Self>),
    Or(Vec<Self>),
    Not(Box<Self>),
    Compare(&'static str, Box<Self>, Box<Self>),
    Arithmetic(char, Box<Self>, Box<Self>),
    In(Box<Self>, Vec<Self>),
    Contains(Box<Self>, String),
    Matches(Box<Self>, Regex),
    /// A time's beginning of a period of that many milliseconds.
    Bin(Box<Self>, i64),
    Call(Function, Vec<Self>),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Function {
    Abs,
    Ceil,
    Floor,
    Sqrt,
    Log,
    Greatest,
    Least,
    StrLen,
    ToUpper,
    ToLower,
    Trim,
    LTrim,
    RTrim,
    Concat,
    StrContains,
    Replace,
    Substr,
    IsPresent,
    IsEmpty,
    IsBlank,
    Coalesce,
    If,
    FromMillis,
    ToMillis,
}

/// Functions by name in lower case, with how few and how many arguments they take.
pub(super) const FUNCTIONS: &[(&str, Function, usize, usize)] = &[
    ("abs", Function::Abs, 1, 1),
    ("ceil", Function::Ceil, 1, 1),
    ("floor", Function::Floor, 1, 1),
    ("sqrt", Function::Sqrt, 1, 1),
    ("log", Function::Log, 1, 1),
    ("greatest", Function::Greatest, 1, 32),
    ("least", Function::Least, 1, 32),
    ("strlen", Function::StrLen, 1, 1),
    ("toupper", Function::ToUpper, 1, 1),
    ("tolower", Function::ToLower, 1, 1),
    ("trim", Function::Trim, 1, 2),
    ("ltrim", Function::LTrim, 1, 2),
    ("rtrim", Function::RTrim, 1, 2),
    ("concat", Function::Concat, 1, 32),
    ("strcontains", Function::StrContains, 2, 2),
    ("replace", Function::Replace, 3, 3),
    ("substr", Function::Substr, 2, 3),
    ("ispresent", Function::IsPresent, 1, 1),
    ("isempty", Function::IsEmpty, 1, 1),
    ("isblank", Function::IsBlank, 1, 1),
    ("coalesce", Function::Coalesce, 1, 32),
    ("if", Function::If, 3, 3),
    ("frommillis", Function::FromMillis, 1, 1),
    ("tomillis", Function::ToMillis, 1, 1),
];

/// Bytes that a text made by a function can have: a line's most.
const LONGEST: usize = 1 << 20;

impl Expression {
    pub(super) fn of(&self, row: &Row<'_>) -> Cell {
        match self {
            Self::Field(name) => row.field(name),
            Self::Value(cell) => cell.clone(),
            Self::And(all) => Cell::Flag(all.iter().all(|e| e.of(row).is_true())),
            Self::Or(any) => Cell::Flag(any.iter().any(|e| e.of(row).is_true())),
            Self::Not(inner) => Cell::Flag(!inner.of(row).is_true()),
            Self::Compare(sign, a, b) => Cell::Flag(compare(sign, &a.of(row), &b.of(row))),
            Self::Arithmetic(sign, a, b) => arithmetic(*sign, &a.of(row), &b.of(row)),
            Self::In(value, list) => {
                let value = value.of(row);
                Cell::Flag(list.iter().any(|item| compare("=", &value, &item.of(row))))
            }
            Self::Contains(value, part) => Cell::Flag(value.of(row).text().contains(part.as_str())),
            Self::Matches(value, regex) => {
                let value = value.of(row);
                Cell::Flag(!value.is_missing() && regex.is_match(value.text().as_bytes()))
            }
            Self::Bin(time, period) => match time.of(row).number() {
                Some(ms) => Cell::Time((ms as i64).div_euclid(*period) * *period),
                None => Cell::Missing,
            },
            Self::Call(function, arguments) => call(*function, arguments, row),
        }
    }
}

/// What is missing is equal to nothing, and so different from everything (assumed).
fn compare(sign: &str, a: &Cell, b: &Cell) -> bool {
    if a.is_missing() || b.is_missing() {
        return sign == "!=";
    }
    let ordering = match (a.number(), b.number()) {
        (Some(a), Some(b)) => a.total_cmp(&b),
        _ => a.text().cmp(&b.text()),
    };
    match sign {
        "=" => ordering.is_eq(),
        "!=" => ordering.is_ne(),
        "<" => ordering.is_lt(),
        "<=" => ordering.is_le(),
        ">" => ordering.is_gt(),
        _ => ordering.is_ge(),
    }
}

fn arithmetic(sign: char, a: &Cell, b: &Cell) -> Cell {
    let (Some(a), Some(b)) = (a.number(), b.number()) else { return Cell::Missing };
    let result = match sign {
        '+' => a + b,
        '-' => a - b,
        '*' => a * b,
        '/' => a / b,
        '%' => a % b,
        _ => a.powf(b),
    };
    if result.is_finite() { Cell::Number(result) } else { Cell::Missing }
}

fn call(function: Function, arguments: &[Expression], row: &Row<'_>) -> Cell {
    let cell = |n: usize| arguments.get(n).map_or(Cell::Missing, |argument| argument.of(row));
    let number =
        |f: fn(f64) -> f64| cell(0).number().map(f).filter(|n| n.is_finite()).map_or(Cell::Missing, Cell::Number);
    let text = |n: usize| cell(n).text();
    let cut = |c: char| {
        let set = if arguments.len() > 1 { text(1) } else { " \t\r\n".into() };
        set.contains(c)
    };
    let flag = Cell::Flag;
    let most = |better: fn(f64, f64) -> bool| {
        let numbers = arguments.iter().filter_map(|argument| argument.of(row).number());
        numbers.reduce(|a, b| if better(b, a) { b } else { a }).map_or(Cell::Missing, Cell::Number)
    };
    match function {
        Function::Abs => number(f64::abs),
        Function::Ceil => number(f64::ceil),
        Function::Floor => number(f64::floor),
        Function::Sqrt => number(f64::sqrt),
        Function::Log => number(f64::ln),
        Function::Greatest => most(|b, a| b > a),
        Function::Least => most(|b, a| b < a),
        Function::StrLen => Cell::Number(text(0).chars().count() as f64),
        Function::ToUpper => Cell::Text(text(0).to_uppercase()),
        Function::ToLower => Cell::Text(text(0).to_lowercase()),
        Function::Trim => Cell::Text(text(0).trim_matches(cut).to_owned()),
        Function::LTrim => Cell::Text(text(0).trim_start_matches(cut).to_owned()),
        Function::RTrim => Cell::Text(text(0).trim_end_matches(cut).to_owned()),
        Function::Concat => {
            let parts: String = (0..arguments.len()).map(text).collect();
            if parts.len() > LONGEST { Cell::Missing } else { Cell::Text(parts) }
        }
        Function::StrContains => flag(text(0).contains(&text(1))),
        Function::Replace => {
            let (whole, from, to) = (text(0), text(1), text(2));
            let grown =
                if from.is_empty() { usize::MAX } else { whole.matches(&from).count().saturating_mul(to.len()) };
            if grown > LONGEST { Cell::Missing } else { Cell::Text(whole.replace(&from, &to)) }
        }
        Function::Substr => {
            let count = |n: usize| cell(n).number().filter(|n| *n >= 0.0).map(|n| n as usize);
            let Some(start) = count(1) else { return Cell::Missing };
            let length = if arguments.len() > 2 { count(2).unwrap_or(0) } else { usize::MAX };
            Cell::Text(text(0).chars().skip(start).take(length).collect())
        }
        Function::IsPresent => flag(!cell(0).is_missing()),
        Function::IsEmpty => flag(text(0).is_empty()),
        Function::IsBlank => flag(text(0).trim().is_empty()),
        Function::Coalesce => arguments.iter().map(|a| a.of(row)).find(|c| !c.is_missing()).unwrap_or(Cell::Missing),
        Function::If => cell(if cell(0).is_true() { 1 } else { 2 }),
        Function::FromMillis => cell(0).number().map_or(Cell::Missing, |n| Cell::Time(n as i64)),
        Function::ToMillis => cell(0).number().map_or(Cell::Missing, Cell::Number),
    }
}
