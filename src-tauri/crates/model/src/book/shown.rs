//! Which rows the filter shows: made whole when the filter changes, and from the first change on when lines come.
//!
//! It may not know what a row looks like; `book/page.rs` does.

use super::lines::{LineId, Piece};
use super::settle::Changed;
use super::sieve::Sieve;
use super::{Bar, Book, Counts, Owner, SourceKind, View};

/// Marks a line that is shown for the match beside it.
pub(super) const CONTEXT: u32 = 1 << 31;
/// Bars of the histogram.
const BARS: i64 = 120;
/// What the parts of a request take beside its place: its id, its route, its connection, its lines.
const HEAD_BYTES: usize = 224;

impl Book {
    /// What is in the book, and what is shown of it.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let small = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Counts {
            version: self.version,
            shown: small(self.shown.len()),
            lines: small(self.lines.len()),
            requests: small(self.by_time.len()),
            failures: self.failures,
            let_go: self.lines.let_go,
            memory: self.bytes() as f64,
            problem: self.problem.clone(),
            bars: self.histogram(),
            routes: self.routes.iter().map(ToString::to_string).collect(),
        }
    }

    /// As in [`Counts`].
    #[must_use]
    pub fn version(&self) -> u32 {
        self.version
    }

    fn bytes(&self) -> usize {
        let names = self.heads.len() * HEAD_BYTES + self.runs.len() * 96 + self.wires.len() * 96;
        let lists = (self.by_time.capacity() + self.shown.capacity() + self.lines.len()) * 4;
        let places = self.heads.bytes() + self.runs.bytes() + self.wires.bytes();
        self.lines.bytes() + self.streams.bytes() + self.ranks.bytes() + names + lists + places
    }

    /// Puts every line and every request through the filter.
    pub(super) fn sift_all(&mut self) {
        let Self { sieve, lines, heads, runs, .. } = self;
        let all = sieve.as_ref().is_some_and(Sieve::takes_all_lines);
        for (_, head) in heads.iter_mut() {
            head.passes = sieve.as_ref().is_some_and(|sieve| sieve.takes_request(head));
            head.hit = all;
        }
        let pieces = lines.pieces.make_contiguous();
        match sieve {
            Some(_) if all => pieces.iter_mut().for_each(Piece::take_all),
            Some(sieve) => sieve.sift(pieces),
            None => pieces.iter_mut().for_each(Piece::take_none),
        }
        if all {
            return;
        }
        for piece in pieces {
            let mut last = super::NONE;
            let mut hit = |owner: u32| {
                if owner == std::mem::replace(&mut last, owner) {
                    return;
                }
                let request = match Owner::of(owner) {
                    Owner::Request(at) => Some(at),
                    Owner::Run(at) => runs.get(at).map(|run| run.request),
                    Owner::Nobody => None,
                };
                if let Some(head) = request.and_then(|at| heads.get_mut(at)) {
                    head.hit = true;
                }
            };
            piece.taken_places().for_each(|place| hit(piece.entries[place].owner));
        }
    }

    /// Makes the rows anew.
    pub(super) fn show_all(&mut self) {
        self.refresh(Changed { all: true, ..Changed::default() });
    }

    /// Makes the rows anew that may have changed.
    pub(super) fn refresh(&mut self, changed: Changed) {
        if !changed.all && changed.lines.is_none() && changed.requests.is_none() {
            return;
        }
        self.version = self.version.wrapping_add(1);
        if changed.all {
            self.shown.clear();
        }
        let whole = Changed { lines: Some(0), requests: Some(0), all: true };
        let changed = if changed.all { whole } else { changed };
        match self.view {
            View::Requests => self.show_requests(changed.requests),
            View::Lines | View::Access => self.show_lines(changed.lines),
            View::Connections => self.show_connections(),
        }
    }

    fn show_requests(&mut self, from: Option<usize>) {
        let Some(from) = from else { return };
        // What stands before the place has not moved: its rows are those with smaller keys.
        let keep = match (from, self.by_time.get(from)) {
            (0, _) | (_, None) => 0,
            (_, Some(&first)) => {
                let key = |at: u32| self.heads.get(at).map(|head| (head.placed, &*head.known.request_id));
                let first = key(first);
                self.shown.partition_point(|&at| key(at).is_some_and(|key| Some(key) < first))
            }
        };
        let from = if keep == 0 { 0 } else { from };
        self.shown.truncate(keep);
        let shown = |at: &&u32| self.heads.get(**at).is_some_and(super::heads::Head::is_shown);
        self.shown.extend(self.by_time[from..].iter().filter(shown));
    }

    fn show_lines(&mut self, from: Option<usize>) {
        let Some(from) = from else { return };
        if self.view == View::Access && self.order.is_some() {
            return self.show_ordered();
        }
        let mut shown = std::mem::take(&mut self.shown);
        self.put_lines(from, &mut shown);
        self.shown = shown;
    }

    fn put_lines(&self, from: usize, shown: &mut Vec<u32>) {
        let Some(sieve) = &self.sieve else { return shown.clear() };
        let context = if self.view == View::Lines { sieve.context as usize } else { 0 };
        let plain = context == 0 && self.view == View::Lines && sieve.takes_all_lines() && !sieve.asks_requests();
        // Rows before a change show its context too.
        let from = if context == 0 { from } else { self.steps_back(from, context) };
        match self.lines.order.get(from) {
            Some(&first) if from > 0 => {
                let first = self.lines.key(first);
                let keep = shown.partition_point(|&row| self.lines.key(row & !CONTEXT) < first);
                shown.truncate(keep);
            }
            Some(_) => shown.clear(),
            None => return,
        }
        if plain {
            return shown.extend_from_slice(&self.lines.order[from..]);
        }
        if context == 0 {
            let rows = self.lines.order[from..].iter().copied().filter(|&id| self.is_visible(id));
            return shown.extend(rows);
        }
        let start = self.steps_back(from, context);
        let near: Vec<(usize, LineId)> =
            (start..).zip(self.lines.order[start..].iter().copied()).filter(|&(_, id)| !self.is_without(id)).collect();
        let matches: Vec<usize> = (0..near.len()).filter(|&n| self.is_visible(near[n].1)).collect();
        let mut next = 0;
        for (n, &(place, id)) in near.iter().enumerate() {
            while matches.get(next).is_some_and(|&m| m + context < n) {
                next += 1;
            }
            let Some(&m) = matches.get(next).filter(|&&m| m <= n + context) else { continue };
            if place >= from {
                let is_match = m == n || matches[next..].binary_search(&n).is_ok();
                shown.push(if is_match { id } else { id | CONTEXT });
            }
        }
    }

    /// The place that lies this many lines back, those of groups that are left out not counted.
    fn steps_back(&self, mut from: usize, mut lines: usize) -> usize {
        while from > 0 && lines > 0 {
            from -= 1;
            lines -= usize::from(!self.is_without(self.lines.order[from]));
        }
        from
    }

    fn is_without(&self, id: LineId) -> bool {
        self.sieve.as_ref().is_some_and(|sieve| sieve.is_without(self.lines.entry(id).source))
    }

    pub(super) fn is_visible(&self, id: LineId) -> bool {
        let Some(sieve) = &self.sieve else { return false };
        if !self.lines.is_taken(id) {
            return false;
        }
        if self.view == View::Access && self.kind_of(self.lines.entry(id).source) != SourceKind::Access {
            return false;
        }
        if !sieve.asks_requests() {
            return true;
        }
        let entry = self.lines.entry(id);
        self.request_at(entry.owner).map_or_else(|| sieve.takes_lonely(entry), |head| head.passes)
    }

    fn show_connections(&mut self) {
        let first = |requests: &[u32]| {
            requests.iter().filter_map(|&at| Some(self.time_of(self.heads.get(at)?))).min().unwrap_or_default()
        };
        let seen = |at: &u32| self.heads.get(*at).is_some_and(super::heads::Head::is_shown);
        let shown = self.wires.iter().filter(|(_, wire)| wire.requests.iter().any(seen));
        let mut rows: Vec<(i64, &str, u32)> = shown.map(|(at, wire)| (first(&wire.requests), &*wire.id, at)).collect();
        rows.sort_unstable();
        self.shown = rows.into_iter().map(|(.., at)| at).collect();
    }

    fn histogram(&self) -> Vec<Bar> {
        let shown = || self.by_time.iter().filter_map(|&at| self.heads.get(at)).filter(|head| head.is_shown());
        let (Some(first), Some(last)) = (shown().next(), shown().next_back()) else { return Vec::new() };
        let (first, last) = (first.placed.unwrap_or_default(), last.placed.unwrap_or_default());
        let span_ms = (last.saturating_sub(first) / BARS + 1).max(1);
        let count = usize::try_from(last.saturating_sub(first) / span_ms + 1).unwrap_or(1);
        let bar = |n: i64| Bar { at: first.saturating_add(n * span_ms), span_ms, requests: 0, failures: 0 };
        let mut bars: Vec<Bar> = (0..).map(bar).take(count).collect();
        for head in shown() {
            let at = head.placed.unwrap_or_default().saturating_sub(first) / span_ms;
            if let Some(bar) = usize::try_from(at).ok().and_then(|at| bars.get_mut(at)) {
                bar.requests += 1;
                bar.failures += u32::from(head.failed);
            }
        }
        bars
    }
}
