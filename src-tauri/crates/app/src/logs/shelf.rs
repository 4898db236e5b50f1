//! The groups of one book: which are read, how, and what is told of them.
//!
//! It may not know what is in a line; it gives lines on with the group that they are from.

use std::task::{Context, Poll};

use gatescope_aws::Access;
use gatescope_model::api::Snapshot;
use gatescope_model::book::{SourceId, SourceKind};
use gatescope_model::conversation::{Problem, TailState};
use gatescope_model::log::LogEvent;
use tokio::task::JoinHandle;

use super::past::{Past, PastEvent};
use super::readers::{Follower, Group, Readers, TailEvent};
use super::sources;
use crate::calls::{OfStage, SetSource, Source};
use crate::error::{Code, Error};

/// Which part of the log.
#[derive(Clone, Copy, Debug)]
pub(super) enum Span {
    /// From a moment on.
    Since(i64),
    /// From a moment to another one.
    Between(i64, i64),
}

/// What reads a group.
enum Reading {
    Nothing,
    /// A function's configuration is asked which group it writes to.
    Asking(JoinHandle<Option<String>>),
    Following(Follower),
    Past(Past),
}

impl Drop for Reading {
    fn drop(&mut self) {
        if let Self::Asking(task) = self {
            task.abort();
        }
    }
}

struct Kept {
    source: Source,
    /// The function that has to be asked for its group.
    function: Option<String>,
    reading: Reading,
    /// The function was asked already.
    asked: bool,
    /// A person chose live or polled.
    live: Option<bool>,
}

impl Kept {
    fn new(source: Source, function: Option<String>) -> Self {
        Self { source, function, reading: Reading::Nothing, asked: false, live: None }
    }
}

/// The groups of a book.
pub(crate) struct Shelf {
    of: OfStage,
    access: Access,
    readers: Readers,
    span: Span,
    kept: Vec<Kept>,
    /// Lines that may still be read of the past.
    pub(super) room: usize,
    changed: bool,
    turn: usize,
}

impl Shelf {
    pub(super) fn new(of: OfStage, access: Access, readers: Readers, span: Span, room: usize) -> Self {
        Self { of, access, readers, span, kept: Vec::new(), room, changed: true, turn: 0 }
    }

    /// Takes over what a configuration says: new groups come, those that are there stay what they are.
    pub(super) fn take(&mut self, snapshot: &Snapshot) {
        let local = sources::is_local(&self.of.scope, &self.access);
        for (new, function) in sources::of_stage(&self.of, snapshot, local) {
            let is_function = new.id > sources::ACCESS;
            let known = self.kept.iter().position(|k| {
                if is_function { k.function.is_some() && k.function == function } else { k.source.id == new.id }
            });
            match known {
                Some(at) if self.kept[at].source.log_group == new.log_group || is_function => {
                    self.kept[at].source.of = new.of;
                }
                // The access log goes somewhere else now.
                Some(at) => {
                    self.kept[at] = Kept::new(new, function);
                    self.begin(at);
                }
                None => {
                    let id = if is_function { self.next_id() } else { new.id };
                    let source = Source { id, ..new };
                    self.kept.push(Kept::new(source, function));
                    self.begin(self.kept.len() - 1);
                }
            }
        }
        self.changed = true;
    }

    /// A group of a file: there is nothing to read.
    pub(super) fn put(&mut self, source: Source) {
        self.kept.push(Kept::new(source, None));
        self.changed = true;
    }

    /// The configuration could not be read: what can be known without it is read all the same.
    pub(super) fn take_without(&mut self, problem: Problem) {
        self.take(&Snapshot::default());
        if !self.kept.iter().any(|k| k.source.id == sources::ACCESS) {
            let source = Source {
                id: sources::ACCESS,
                kind: SourceKind::Access,
                problem: Some(problem),
                cost: "Not read: the stage's settings tell where it is.".to_owned(),
                ..Source::default()
            };
            self.kept.push(Kept::new(source, None));
        }
    }

    /// Groups that are followed only for what is asked about: nothing is, so far.
    pub(crate) fn following(of: OfStage, access: Access, readers: Readers) -> Self {
        Self::new(of, access, readers, Span::Since(i64::MAX), 0)
    }

    /// Follows the groups that can tell of a request to a route from a moment on: the access log, and what is behind the
    /// route. Those that are followed already go on.
    pub(crate) fn follow_for(&mut self, snapshot: &Snapshot, route_key: &str, since: i64) {
        let route = snapshot.route(route_key);
        let authorizer = route.and_then(|r| r.authorizer_id.as_ref());
        let authorizer = authorizer.and_then(|id| snapshot.authorizers.iter().find(|a| a.authorizer_id == *id));
        let local = sources::is_local(&self.of.scope, &self.access);
        self.span = Span::Since(since);
        for (mut new, function) in sources::of_stage(&self.of, snapshot, local) {
            let behind = |name: &str| new.of.iter().any(|of| of == name);
            let wanted = match new.kind {
                SourceKind::Access => true,
                SourceKind::Function | SourceKind::Authorizer => {
                    behind(route_key) || authorizer.is_some_and(|a| behind(&a.name))
                }
                SourceKind::Execution | SourceKind::File => false,
            };
            if !wanted {
                continue;
            }
            new.on = true;
            // The access log may go somewhere else by now: then the group before is let go.
            let is_access = new.kind == SourceKind::Access;
            self.kept.retain(|k| !is_access || k.source.id != new.id || k.source.log_group == new.log_group);
            let same = |k: &Kept| k.source.log_group == new.log_group || (function.is_some() && k.function == function);
            let known = self.kept.iter().position(same);
            match known {
                Some(at) if matches!(self.kept[at].reading, Reading::Nothing) => {
                    self.kept[at].source.on = true;
                    self.begin(at);
                }
                Some(at) => {
                    if let Reading::Following(follower) = &self.kept[at].reading {
                        follower.nudge();
                    }
                }
                None => {
                    new.id = if is_access { new.id } else { self.next_id() };
                    self.kept.push(Kept::new(new, function));
                    self.begin(self.kept.len() - 1);
                }
            }
        }
    }

    /// Follows nothing any more, until it is asked again.
    pub(crate) fn rest(&mut self) {
        for kept in &mut self.kept {
            kept.reading = Reading::Nothing;
        }
    }

    /// Asks a group no more; why stays said.
    pub(crate) fn give_up(&mut self, id: SourceId) {
        for kept in self.kept.iter_mut().filter(|k| k.source.id == id) {
            kept.reading = Reading::Nothing;
        }
    }

    fn next_id(&self) -> SourceId {
        self.kept.iter().map(|k| k.source.id).max().unwrap_or(0).max(sources::ACCESS) + 1
    }

    pub(crate) fn sources(&self) -> Vec<Source> {
        self.kept.iter().map(|k| k.source.clone()).collect()
    }

    pub(crate) fn name(&self, id: SourceId) -> &str {
        self.kept.iter().find(|k| k.source.id == id).map_or("", |k| k.source.log_group.as_str())
    }

    /// Whether something is to be told, once.
    pub(crate) fn take_change(&mut self) -> bool {
        std::mem::take(&mut self.changed)
    }

    /// Looks how far the groups are complete; whether that moved.
    pub(super) fn look_at_clocks(&mut self) -> bool {
        let mut moved = false;
        for kept in &mut self.kept {
            if let Reading::Following(follower) = &kept.reading {
                let to = follower.complete_to();
                moved |= to != kept.source.complete_to;
                kept.source.complete_to = to;
            }
        }
        moved
    }

    pub(super) fn set(&mut self, ask: &SetSource) -> Result<(), Error> {
        let at = self.kept.iter().position(|k| k.source.id == ask.source);
        let at = at.ok_or_else(|| Error::new(Code::NotFound, "this book has no such group"))?;
        let kept = &mut self.kept[at];
        if ask.on && !is_readable(kept) {
            let why = kept.source.problem.as_ref().map_or("there is nothing to read", |p| p.message.as_str());
            return Err(Error::new(Code::Refused, why));
        }
        self.changed = true;
        kept.live = Some(ask.live);
        kept.source.live = ask.live;
        if !ask.on {
            (kept.source.on, kept.reading) = (false, Reading::Nothing);
            (kept.source.state, kept.source.problem) = (None, None);
            return Ok(());
        }
        match &kept.reading {
            Reading::Following(follower) => follower.set_live(ask.live),
            Reading::Asking(_) | Reading::Past(_) => {}
            Reading::Nothing if kept.source.state == Some(TailState::Idle) => {}
            Reading::Nothing => {
                kept.source.on = true;
                self.begin(at);
            }
        }
        Ok(())
    }

    /// Reads now instead of waiting.
    pub(super) fn read_now(&mut self) {
        for at in 0..self.kept.len() {
            match &self.kept[at].reading {
                Reading::Following(follower) => follower.nudge(),
                Reading::Nothing if self.kept[at].source.state == Some(TailState::Failed) => self.begin(at),
                Reading::Nothing | Reading::Asking(_) | Reading::Past(_) => {}
            }
        }
    }

    /// Begins to read a group that is on.
    fn begin(&mut self, at: usize) {
        let kept = &mut self.kept[at];
        if !kept.source.on || !is_readable(kept) {
            return;
        }
        kept.source.state = Some(TailState::Starting);
        kept.source.problem = None;
        self.changed = true;
        if let Some(function) = kept.function.clone().filter(|_| !kept.asked) {
            kept.asked = true;
            let access = self.access.clone();
            // Who may not ask the function reads the group that Lambda names after it.
            let asking = async move { access.function_log_group(&function).await.ok().flatten() };
            kept.reading = Reading::Asking(tokio::spawn(asking));
        } else {
            self.open(at);
        }
    }

    /// A function's group is known.
    fn answered(&mut self, at: usize, group: Option<String>) {
        if let Some(group) = group.filter(|group| *group != self.kept[at].source.log_group) {
            let same = self.kept.iter().position(|k| k.source.log_group == group);
            self.kept[at].source.log_group = group;
            self.changed = true;
            if let Some(same) = same {
                let of = std::mem::take(&mut self.kept[at].source.of);
                self.kept[same].source.of.extend(of.iter().cloned());
                let kept = &mut self.kept[at];
                (kept.source.on, kept.source.state, kept.source.of) = (false, None, of);
                kept.reading = Reading::Nothing;
                kept.source.problem = Some(Problem {
                    code: Code::Refused.as_str().to_owned(),
                    message: "This function writes to a group that is read already.".to_owned(),
                    hint: None,
                    request_id: None,
                });
                return;
            }
        }
        self.open(at);
    }

    fn open(&mut self, at: usize) {
        let kept = &mut self.kept[at];
        let group = Group {
            scope: self.of.scope.clone(),
            access: self.access.clone(),
            name: kept.source.log_group.clone(),
            local: sources::is_local(&self.of.scope, &self.access),
        };
        kept.reading = match self.span {
            Span::Since(since) => {
                let follower = self.readers.follow(group, since);
                if let Some(live) = kept.live {
                    follower.set_live(live);
                }
                Reading::Following(follower)
            }
            Span::Between(from, to) => {
                kept.source.state = Some(TailState::Polling);
                let turns = self.readers.turns(&self.of.scope);
                Reading::Past(Past::read(group, turns, kept.source.complete_to.unwrap_or(from), to))
            }
        };
    }

    /// The next lines of any group.
    pub(crate) async fn next(&mut self) -> (SourceId, Lines) {
        std::future::poll_fn(|context| self.poll_next(context)).await
    }

    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<(SourceId, Lines)> {
        // Groups take turns, so that a loud one does not drown the others.
        self.turn = self.turn.wrapping_add(1);
        for n in 0..self.kept.len() {
            let at = (self.turn + n) % self.kept.len();
            while let Poll::Ready(told) = self.kept[at].poll(context) {
                if let Some(lines) = self.hear(at, told) {
                    return Poll::Ready((self.kept[at].source.id, lines));
                }
            }
        }
        Poll::Pending
    }

    fn hear(&mut self, at: usize, told: Told) -> Option<Lines> {
        let kept = &mut self.kept[at];
        match told {
            Told::Group(group) => self.answered(at, group),
            Told::Tail(TailEvent::Events(events)) => return Some(Lines::Shared(events)),
            Told::Tail(TailEvent::State(state, problem)) => {
                (kept.source.state, kept.source.problem) = (Some(state), problem);
                self.changed = true;
            }
            Told::Past(PastEvent::Page(mut events, complete)) => {
                self.changed = true;
                if events.len() > self.room {
                    events.truncate(self.room);
                    let to = events.last().map_or(complete, |e| e.timestamp);
                    kept.source.complete_to = Some(to);
                    kept.reading = Reading::Nothing;
                    kept.source.state = Some(TailState::Idle);
                    kept.source.problem = Some(full(to));
                } else {
                    kept.source.complete_to = Some(complete);
                }
                self.room -= events.len();
                return Some(Lines::Own(events));
            }
            Told::Past(PastEvent::Over) => {
                if let Span::Between(_, to) = self.span {
                    kept.source.complete_to = Some(to);
                }
                kept.reading = Reading::Nothing;
                kept.source.state = Some(TailState::Idle);
                self.changed = true;
            }
            Told::Past(PastEvent::Stopped(problem)) => {
                kept.reading = Reading::Nothing;
                (kept.source.state, kept.source.problem) = (Some(TailState::Failed), Some(problem));
                self.changed = true;
            }
            Told::End => kept.reading = Reading::Nothing,
        }
        None
    }
}

impl Kept {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Told> {
        use std::future::Future;
        use std::pin::Pin;
        match &mut self.reading {
            Reading::Nothing => Poll::Pending,
            Reading::Asking(task) => Pin::new(task).poll(context).map(|group| Told::Group(group.ok().flatten())),
            Reading::Following(follower) => {
                follower.events.poll_recv(context).map(|event| event.map_or(Told::End, Told::Tail))
            }
            Reading::Past(past) => past.events.poll_recv(context).map(|event| event.map_or(Told::End, Told::Past)),
        }
    }
}

/// What a group told.
enum Told {
    Group(Option<String>),
    Tail(TailEvent),
    Past(PastEvent),
    End,
}

/// Lines of a group.
pub(crate) enum Lines {
    /// Others have them too.
    Shared(std::sync::Arc<[LogEvent]>),
    /// Only this book has them.
    Own(Vec<LogEvent>),
}

impl std::ops::Deref for Lines {
    type Target = [LogEvent];

    fn deref(&self) -> &[LogEvent] {
        match self {
            Self::Shared(events) => events,
            Self::Own(events) => events,
        }
    }
}

/// A file, a Firehose stream and a function of another region are not.
fn is_readable(kept: &Kept) -> bool {
    kept.function.is_some()
        || kept.source.kind == SourceKind::Execution
        || (kept.source.kind == SourceKind::Access
            && !kept.source.log_group.is_empty()
            && !kept.source.log_group.starts_with("arn:"))
}

fn full(to: i64) -> Problem {
    Problem {
        code: Code::Refused.as_str().to_owned(),
        message: format!(
            "The book is full: of this group it holds what was written up to {}.",
            crate::time::minute(to)
        ),
        hint: Some("Choose a shorter time, or ask Logs Insights, which searches at AWS.".to_owned()),
        request_id: None,
    }
}
