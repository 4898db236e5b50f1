//! `stats`: rows by what they have in common, and what is reckoned of each group of rows.

use std::collections::BTreeMap;

use super::cell::Cell;
use super::expression::Expression;
use super::parse::Named;
use super::row::Row;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Count,
    CountDistinct,
    Sum,
    Average,
    Least,
    Greatest,
    Percentile,
    Deviation,
    Earliest,
    Latest,
}

/// Aggregates by name in lower case.
pub(super) const AGGREGATES: &[(&str, Kind)] = &[
    ("count", Kind::Count),
    ("count_distinct", Kind::CountDistinct),
    ("sum", Kind::Sum),
    ("avg", Kind::Average),
    ("min", Kind::Least),
    ("max", Kind::Greatest),
    ("pct", Kind::Percentile),
    ("percentile", Kind::Percentile),
    ("median", Kind::Percentile),
    ("stddev", Kind::Deviation),
    ("earliest", Kind::Earliest),
    ("latest", Kind::Latest),
];

/// One column that `stats` makes.
pub(super) struct Aggregate {
    pub kind: Kind,
    /// `None`: `count(*)`.
    pub of: Option<Expression>,
    pub percent: f64,
}

pub(super) fn run<'s>(rows: &[Row<'_>], aggregates: &[(Aggregate, String)], by: &[Named]) -> Vec<Row<'s>> {
    let mut places: BTreeMap<Vec<String>, usize> = BTreeMap::new();
    let mut groups: Vec<(Vec<Cell>, Vec<usize>)> = Vec::new();
    for (n, row) in rows.iter().enumerate() {
        let cells: Vec<Cell> = by.iter().map(|named| named.expression.of(row)).collect();
        let place = *places.entry(cells.iter().map(Cell::text).collect()).or_insert(groups.len());
        if place == groups.len() {
            groups.push((cells, Vec::new()));
        }
        groups[place].1.push(n);
    }
    let made = |(cells, members): (Vec<Cell>, Vec<usize>)| {
        let keys = by.iter().map(|named| named.name.clone()).zip(cells);
        let results = aggregates.iter().map(|(aggregate, name)| (name.clone(), aggregate.of_rows(rows, &members)));
        Row::made(keys.chain(results).collect())
    };
    groups.into_iter().map(made).collect()
}

impl Aggregate {
    fn of_rows(&self, rows: &[Row<'_>], members: &[usize]) -> Cell {
        let Some(of) = &self.of else { return Cell::Number(members.len() as f64) };
        let cells = || members.iter().map(|n| of.of(&rows[*n])).filter(|cell| !cell.is_missing());
        let numbers = || cells().filter_map(|cell| cell.number());
        let count = numbers().count() as f64;
        let found = |value: Option<f64>| value.filter(|n| n.is_finite()).map_or(Cell::Missing, Cell::Number);
        // What is a time stays one.
        let like = |first: Option<Cell>| first.unwrap_or(Cell::Missing);
        let at = |n: &usize| rows[*n].field("@timestamp").number().unwrap_or_default();
        let present = |n: &&usize| !of.of(&rows[**n]).is_missing();
        match self.kind {
            Kind::Count => Cell::Number(cells().count() as f64),
            Kind::CountDistinct => {
                Cell::Number(cells().map(|cell| cell.text()).collect::<std::collections::BTreeSet<_>>().len() as f64)
            }
            Kind::Sum => found(numbers().reduce(|a, b| a + b)),
            Kind::Average => found(numbers().reduce(|a, b| a + b).map(|sum| sum / count)),
            Kind::Least => like(cells().filter(|c| c.number().is_some()).min_by(Cell::compare)),
            Kind::Greatest => like(cells().filter(|c| c.number().is_some()).max_by(Cell::compare)),
            Kind::Percentile => {
                let mut all: Vec<f64> = numbers().collect();
                all.sort_by(f64::total_cmp);
                // The nearest rank (assumed).
                let rank = (self.percent / 100.0 * count).ceil() as usize;
                found(all.get(rank.saturating_sub(1)).copied())
            }
            Kind::Deviation => {
                let mean = numbers().sum::<f64>() / count;
                found(Some((numbers().map(|n| (n - mean).powi(2)).sum::<f64>() / count).sqrt()))
            }
            Kind::Earliest => {
                let first = members.iter().filter(present).min_by(|a, b| at(a).total_cmp(&at(b)));
                like(first.map(|n| of.of(&rows[*n])))
            }
            Kind::Latest => {
                let last = members.iter().filter(present).max_by(|a, b| at(a).total_cmp(&at(b)));
                like(last.map(|n| of.of(&rows[*n])))
            }
        }
    }
}
