//! The access log by one of its variables instead of by time: the slowest first, all of one status together.
//!
//! A record's value is read once and kept while that order is asked for. It may not know which rows pass the filter:
//! `book/shown.rs` does.

use std::cmp::Ordering;

use hashbrown::HashMap;

use super::lines::LineId;
use super::{Book, Order};

/// A record's value, as it is compared.
#[derive(Debug, PartialEq)]
enum Rank {
    Number(f64),
    Text(Box<str>),
    /// It has none.
    Nothing,
}

impl Rank {
    fn of(value: Option<String>) -> Self {
        let Some(value) = value else { return Self::Nothing };
        let bare = value.trim_matches('"');
        match bare.parse::<f64>() {
            Ok(number) if number.is_finite() => Self::Number(number),
            _ => Self::Text(bare.into()),
        }
    }

    /// Numbers stand before words, and what is not there behind both, whichever comes first.
    fn cmp(&self, other: &Self, descending: bool) -> Ordering {
        let turn = |it: Ordering| if descending { it.reverse() } else { it };
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => turn(a.total_cmp(b)),
            (Self::Text(a), Self::Text(b)) => turn(a.cmp(b)),
            (Self::Number(_), Self::Text(_)) => turn(Ordering::Less),
            (Self::Text(_), Self::Number(_)) => turn(Ordering::Greater),
            (Self::Nothing, Self::Nothing) => Ordering::Equal,
            (Self::Nothing, _) => Ordering::Greater,
            (_, Self::Nothing) => Ordering::Less,
        }
    }
}

/// The values of one variable, by line.
#[derive(Debug, Default)]
pub(super) struct Ranks(HashMap<LineId, Rank, std::hash::RandomState>);

impl Ranks {
    pub fn bytes(&self) -> usize {
        self.0.capacity() * (size_of::<(LineId, Rank)>() + 1)
    }
}

impl Book {
    /// In which order the access log is shown; `None`: by time. It shows from the next [`Book::set`] on.
    pub fn order_by(&mut self, order: Option<Order>) {
        if self.order.as_ref().map(|it| &it.field) != order.as_ref().map(|it| &it.field) {
            self.ranks = Ranks::default();
        }
        self.order = order;
    }

    pub(super) fn show_ordered(&mut self) {
        let Some(order) = self.order.clone() else { return };
        let mut rows: Vec<LineId> = self.lines.order.iter().copied().filter(|&id| self.is_visible(id)).collect();
        if order.field.is_empty() {
            if order.descending {
                rows.reverse();
            }
            self.shown = rows;
            return;
        }
        let mut ranks = std::mem::take(&mut self.ranks);
        ranks.0.retain(|&id, _| self.lines.holds(id));
        for &id in &rows {
            ranks.0.entry(id).or_insert_with(|| Rank::of(self.value(id, &order.field)));
        }
        // The sort is stable: what is equal stays by time.
        let mut ranked: Vec<(&Rank, LineId)> = rows.iter().filter_map(|&id| Some((ranks.0.get(&id)?, id))).collect();
        ranked.sort_by(|a, b| a.0.cmp(b.0, order.descending));
        self.shown = ranked.into_iter().map(|(_, id)| id).collect();
        self.ranks = ranks;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)]
    use crate::book::*;
    use crate::log::LogEvent;

    fn record(n: u64, latency: &str, status: &str) -> LogEvent {
        LogEvent {
            event_id: Some(format!("{n:056}")),
            stream: None,
            timestamp: n as i64,
            ingestion_time: None,
            message: format!("r{n:013}E= {latency} {status}"),
        }
    }

    /// The times of the rows.
    fn times(book: &Book) -> Vec<i64> {
        let time = |row| match row {
            BookRow::Access { at, .. } => at,
            other => panic!("{other:?}"),
        };
        book.rows(0, 100).into_iter().map(time).collect()
    }

    #[test]
    fn the_access_log_stands_by_any_of_its_variables_also_while_records_come() {
        let mut book = Book::new(1000);
        let format = "$context.requestId $context.integrationLatency $context.status";
        book.sources(&[(1, SourceKind::Access, Some(format.to_owned()))]);
        book.add(0, &[record(9, "1", "2")]);
        book.add(1, &[record(1, "44", "200"), record(2, "1200", "200"), record(3, "-", "410"), record(4, "9", "502")]);
        let by = |field: &str, descending| Some(Order { field: field.to_owned(), descending });
        let mut look = |order: Option<Order>, filter: Filter| {
            book.order_by(order);
            assert_eq!(book.set(View::Access, &filter).shown as usize, times(&book).len());
            times(&book)
        };
        assert_eq!(look(None, Filter::default()), [1, 2, 3, 4]);
        assert_eq!(look(by("", true), Filter::default()), [4, 3, 2, 1]);
        assert_eq!(look(by("integrationLatency", true), Filter::default()), [2, 1, 4, 3], "numbers, nothing last");
        assert_eq!(look(by("integrationLatency", false), Filter::default()), [4, 1, 2, 3]);
        assert_eq!(look(by("status", true), Filter::default()), [4, 3, 1, 2], "what is equal stays by time");
        assert_eq!(look(by("requestId", true), Filter::default()), [4, 3, 2, 1]);
        assert_eq!(look(by("never", false), Filter::default()), [1, 2, 3, 4]);
        assert_eq!(look(by("status", true), Filter { status: "2xx".into(), ..Filter::default() }), [1, 2]);
        look(by("integrationLatency", true), Filter::default());
        book.add(1, &[record(5, "100", "200")]);
        assert_eq!(times(&book), [2, 5, 1, 4, 3]);
        assert_eq!(book.find(None, false), Some(3), "the next failure is the next one in this order");
        // The other views keep their own order.
        book.set(View::Requests, &Filter::default());
        assert_eq!(book.rows(0, 1).len(), 1);
    }

    #[test]
    fn records_that_were_let_go_are_in_no_order() {
        let mut book = Book::new(600);
        book.sources(&[(
            1,
            SourceKind::Access,
            Some("$context.requestId $context.integrationLatency $context.status".to_owned()),
        )]);
        book.order_by(Some(Order { field: "integrationLatency".to_owned(), descending: true }));
        book.set(View::Access, &Filter::default());
        for n in 0..2000 {
            book.add(1, &[record(n, &(n % 7).to_string(), "200")]);
        }
        assert_eq!(book.counts().shown, book.counts().lines);
        assert_eq!(book.ranks.0.len(), book.counts().lines as usize);
    }
}
