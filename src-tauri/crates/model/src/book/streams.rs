//! Log streams of functions: a line that names no run belongs to the run that had begun before it in its stream.
//!
//! It may not know what a run belongs to.

use std::collections::HashMap;

use super::SourceId;
use super::lines::{LineId, Lines, NONE};
use crate::function_log::Part;

/// All streams.
#[derive(Debug, Default)]
pub(super) struct Streams {
    all: HashMap<(SourceId, Box<str>), Stream>,
    touched: Vec<(SourceId, Box<str>)>,
}

#[derive(Debug, Default)]
struct Stream {
    /// By time, as far as they are settled.
    lines: Vec<Marked>,
    /// How many of them are.
    settled: usize,
    touched: bool,
}

#[derive(Clone, Copy, Debug)]
struct Marked {
    id: LineId,
    /// That the line names itself.
    run: u32,
    /// That it was given to, because it names none.
    given: u32,
    part: Part,
}

impl Streams {
    pub fn put(&mut self, source: SourceId, name: &str, id: LineId, run: Option<u32>, part: Part) {
        let key = (source, Box::from(name));
        let stream = self.all.entry(key.clone()).or_default();
        stream.lines.push(Marked { id, run: run.unwrap_or(NONE), given: NONE, part });
        if !stream.touched {
            stream.touched = true;
            self.touched.push(key);
        }
    }

    /// Whose the nameless lines are now: line, run before, run now.
    pub fn settle(&mut self, lines: &Lines) -> Vec<(LineId, u32, u32)> {
        let mut changes = Vec::new();
        for key in std::mem::take(&mut self.touched) {
            if let Some(stream) = self.all.get_mut(&key) {
                stream.settle(lines, &mut changes);
            }
        }
        changes
    }

    /// Forgets lines that were let go.
    pub fn forget(&mut self, lines: &Lines) {
        self.all.retain(|_, stream| {
            stream.lines.retain(|line| lines.holds(line.id));
            stream.settled = stream.settled.min(stream.lines.len());
            !stream.lines.is_empty()
        });
    }

    pub fn bytes(&self) -> usize {
        self.all.values().map(|stream| stream.lines.capacity() * size_of::<Marked>() + 128).sum()
    }
}

impl Stream {
    fn settle(&mut self, lines: &Lines, changes: &mut Vec<(LineId, u32, u32)>) {
        self.touched = false;
        let first = self.lines[self.settled.min(self.lines.len())..].iter().map(|line| lines.key(line.id)).min();
        let Some(first) = first else { return };
        let from = self.lines[..self.settled].partition_point(|line| lines.key(line.id) < first);
        self.lines[from..].sort_unstable_by_key(|line| lines.key(line.id));
        self.settled = self.lines.len();
        let mut open = self.open_before(from);
        for line in &mut self.lines[from..] {
            match (line.part, line.run) {
                (Part::Start | Part::Said, run) if run != NONE => open = run,
                (Part::End | Part::Report | Part::Init, _) => open = NONE,
                _ if line.given != open => {
                    changes.push((line.id, line.given, open));
                    line.given = open;
                }
                _ => {}
            }
        }
    }

    /// The run that had begun and was not over before a line.
    fn open_before(&self, at: usize) -> u32 {
        for line in self.lines[..at].iter().rev() {
            match (line.part, line.run) {
                (Part::Start | Part::Said, run) if run != NONE => return run,
                (Part::End | Part::Report | Part::Init, _) => return NONE,
                _ => {}
            }
        }
        NONE
    }
}
