//! The task of a book: it owns the lines, reads the groups, and answers what the page asks.
//!
//! One loop over commands, lines and the clock, so nothing is locked; what is told is told at most ten times a second, and
//! only when it changed. It may not decide what belongs together (`model::book`) nor why something failed
//! (`keeper/explain.rs` asks that). Where to look next: `logs/shelf.rs` (the groups), `logs/readers.rs` (who reads them).

mod explain;

use std::time::Duration;

use gatescope_aws::Access;
use gatescope_model::api::Snapshot;
use gatescope_model::book::{Book, ConnectionLife, Counts, LoggedRequest, SourceId};
use gatescope_model::conversation::Problem;
use gatescope_model::log::LogEvent;
use gatescope_model::surroundings::Surroundings;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::own::{Own, OwnName};
use super::readers::Readers;
use super::saved;
use super::shelf::{Shelf, Span};
use super::sources::{ACCESS, EXECUTION};
use crate::calls::{
    BookFormat, BookItem, BookPage, FilterBook, FindInBook, FoundRow, Nothing, OfStage, ReadBook, SetSource, Source,
};
use crate::deployments::Served;
use crate::error::{Code, Error};
use crate::{App, now};

/// Between two batches of items: ten a second.
const PACE: Duration = Duration::from_millis(100);
/// Between two batches that tell of nothing but clocks.
const CLOCK: Duration = Duration::from_secs(1);
/// Lines that a book keeps.
pub(super) const LINES: usize = 1_000_000;
/// Rows of one page.
const ROWS: u32 = 1_000;
/// Events of a connection whose failures are explained.
const EXPLAINED: usize = 50;

/// The asker's end of a command.
pub(super) type Answer<T> = oneshot::Sender<Result<T, Error>>;

/// What a book can be asked.
pub(crate) enum Command {
    Filter(Box<FilterBook>, Answer<Counts>),
    Read(ReadBook, Answer<BookPage>),
    Find(FindInBook, Answer<FoundRow>),
    Request(String, Answer<LoggedRequest>),
    Connection(String, Answer<ConnectionLife>),
    Source(SetSource, Answer<Nothing>),
    ReadNow(Answer<Nothing>),
    Export(BookFormat, Answer<String>),
    /// The API was changed.
    Changed(Box<Snapshot>),
}

/// What a book is made of.
pub(super) enum Contents {
    /// Groups of a stage, read over a span.
    Stage(Span),
    /// A file.
    File { name: String, text: String },
}

/// What a book begins with.
pub(super) struct Start {
    pub app: App,
    pub name: String,
    pub of: OfStage,
    pub access: Access,
    pub contents: Contents,
    pub readers: Readers,
    pub own: Own,
    /// The API, when it was read a moment ago.
    pub known: Option<Snapshot>,
}

type Read = Result<Snapshot, Problem>;
/// A file that is being read, with its name.
type File = Option<(String, mpsc::Receiver<(SourceId, Vec<LogEvent>)>)>;

/// Runs until the subscriber goes.
pub(super) async fn run(start: Start, mut commands: mpsc::Receiver<Command>, out: mpsc::Sender<Vec<BookItem>>) {
    let _ = out.send(vec![BookItem::Ready { book: start.name.clone() }]).await;
    let mut keeper = Keeper::new(start);
    let mut flush = interval(PACE);
    flush.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            command = commands.recv() => match command {
                Some(command) => keeper.command(command),
                None => break,
            },
            Some((at, around)) = keeper.arounds.1.recv() => keeper.take_surroundings(at, around),
            (source, lines) = keeper.shelf.next() => keeper.add(source, &lines),
            batch = next_batch(&mut keeper.file) => match batch {
                Some((source, lines)) => keeper.add_of_file(source, &lines),
                None => keeper.file_read(),
            },
            Some(read) = keeper.snapshots.1.recv() => keeper.snapshot_read(read),
            _ = flush.tick() => {
                keeper.tick();
                // The permit comes first: what can't be sent yet is still changing.
                if keeper.has_news() && let Ok(permit) = out.try_reserve() {
                    permit.send(keeper.news());
                }
            }
            () = out.closed() => break,
        }
    }
}

async fn next_batch(file: &mut File) -> Option<(SourceId, Vec<LogEvent>)> {
    match file {
        Some((_, batches)) => batches.recv().await,
        None => std::future::pending().await,
    }
}

/// What the account has around the API, with the reading of the configuration that it belongs to.
type Arounds = (mpsc::Sender<(u32, Surroundings)>, mpsc::Receiver<(u32, Surroundings)>);

struct Keeper {
    app: App,
    of: OfStage,
    access: Access,
    book: Book,
    shelf: Shelf,
    file: File,
    /// Then nothing is asked of AWS.
    is_file: bool,
    span: Span,
    snapshot: Option<Snapshot>,
    snapshots: (mpsc::Sender<Read>, mpsc::Receiver<Read>),
    /// When that was read, and how often it was.
    read_at: i64,
    reads: u32,
    /// What the stage serves, as far as Gatescope knows it.
    served: Served,
    /// What is around the API is asked for once a configuration.
    asked_around: bool,
    arounds: Arounds,
    own: Own,
    /// Which of our own names the book knows.
    own_seen: usize,
    /// Something of the book changed since it was told.
    dirty: bool,
    counts: Option<Counts>,
    counts_news: bool,
    sources_news: bool,
    sources_told: Option<Instant>,
}

impl Keeper {
    fn new(start: Start) -> Self {
        let Start { app, of, access, contents, readers, own, known, .. } = start;
        let span = if let Contents::Stage(span) = &contents { *span } else { Span::Since(now()) };
        let mut keeper = Self {
            shelf: Shelf::new(of.clone(), access.clone(), readers, span, LINES),
            book: Book::new(LINES),
            file: None,
            is_file: matches!(contents, Contents::File { .. }),
            span,
            snapshot: None,
            snapshots: mpsc::channel(1),
            read_at: i64::MIN,
            reads: 0,
            served: Served::default(),
            asked_around: false,
            arounds: mpsc::channel(1),
            own,
            own_seen: 0,
            dirty: true,
            counts: None,
            counts_news: false,
            sources_news: true,
            sources_told: None,
            app,
            of,
            access,
        };
        match contents {
            Contents::File { name, text } => {
                keeper.put(saved::source(&name, EXECUTION));
                keeper.file = Some((name, saved::read(text)));
            }
            Contents::Stage(_) => match known {
                Some(snapshot) => keeper.snapshot_read(Ok(snapshot)),
                None => keeper.read_snapshot(),
            },
        }
        keeper
    }

    /// Reads the configuration in the background: it tells which groups there are.
    fn read_snapshot(&self) {
        let (access, api_id, tell) = (self.access.clone(), self.of.api_id.clone(), self.snapshots.0.clone());
        tokio::spawn(async move {
            let read = access.snapshot(&api_id).await.map_err(|e| Problem::from(Error::from(e)));
            let _ = tell.send(read).await;
        });
    }

    fn snapshot_read(&mut self, read: Read) {
        match read {
            Ok(snapshot) => {
                self.shelf.take(&snapshot);
                self.keep(snapshot);
            }
            Err(problem) => self.shelf.take_without(problem),
        }
        let stage = self.snapshot.as_ref().and_then(|s| s.stage(&self.of.stage));
        let format = stage.and_then(|s| s.access_log_settings.as_ref()).and_then(|a| a.format.clone());
        let kinds: Vec<_> =
            self.shelf.sources().iter().map(|s| (s.id, s.kind, format.clone().filter(|_| s.id == ACCESS))).collect();
        self.book.sources(&kinds);
    }

    fn add(&mut self, source: SourceId, events: &[LogEvent]) {
        self.book.add(source, events);
        self.dirty = true;
    }

    /// A group of a file, which its first line tells.
    fn put(&mut self, source: Source) {
        self.book.sources(&[(source.id, source.kind, None)]);
        self.shelf.put(source);
    }

    fn add_of_file(&mut self, source: SourceId, events: &[LogEvent]) {
        if self.shelf.name(source).is_empty()
            && let Some((name, _)) = &self.file
        {
            self.put(saved::source(name, source));
        }
        self.add(source, events);
    }

    fn file_read(&mut self) {
        self.file = None;
        self.dirty = true;
    }

    fn tick(&mut self) {
        for name in self.own.since(&mut self.own_seen) {
            let (OwnName::Token(word) | OwnName::Connection(word)) = name;
            self.book.own(&word);
            self.dirty = true;
        }
        self.sources_news |= self.shelf.take_change();
        let told = self.sources_told.is_some_and(|told| told.elapsed() < CLOCK);
        if !told && self.shelf.look_at_clocks() {
            self.sources_news = true;
        }
        if std::mem::take(&mut self.dirty) {
            let counts = Some(self.book.counts());
            self.counts_news |= counts != self.counts;
            self.counts = counts;
        }
    }

    fn command(&mut self, command: Command) {
        match command {
            Command::Filter(ask, answer) => {
                self.book.order_by(ask.order);
                let counts = self.book.set(ask.view, &ask.filter);
                self.dirty = true;
                reply(answer, Ok(counts));
            }
            Command::Read(ask, answer) => {
                let rows = self.book.rows(ask.from, ask.count.min(ROWS));
                reply(answer, Ok(BookPage { version: self.book.version(), from: ask.from, rows }));
            }
            Command::Find(ask, answer) => reply(answer, Ok(FoundRow { row: self.book.find(ask.beside, ask.back) })),
            Command::Request(id, answer) => reply(answer, self.request(&id)),
            Command::Connection(id, answer) => reply(answer, self.connection(&id)),
            Command::Source(ask, answer) => reply(answer, self.shelf.set(&ask).map(|()| Nothing {})),
            Command::ReadNow(answer) => {
                if self.snapshot.is_none() && !self.is_file {
                    self.read_snapshot();
                }
                self.shelf.read_now();
                reply(answer, Ok(Nothing {}));
            }
            Command::Export(format, answer) => reply(answer, self.export(format)),
            Command::Changed(_) if self.is_file => {}
            Command::Changed(snapshot) => self.snapshot_read(Ok(*snapshot)),
        }
    }

    fn request(&mut self, id: &str) -> Result<LoggedRequest, Error> {
        let gone = || Error::new(Code::NotFound, format!("the book has no request {id}, or no longer"));
        let mut logged = self.book.request(id).ok_or_else(gone)?;
        logged.verdict = self.verdict(id, logged.at);
        Ok(logged)
    }

    fn connection(&mut self, id: &str) -> Result<ConnectionLife, Error> {
        let gone = || Error::new(Code::NotFound, format!("the book has no connection {id}, or no longer"));
        let mut life = self.book.connection(id).ok_or_else(gone)?;
        for event in life.events.iter_mut().filter(|event| event.failed).take(EXPLAINED) {
            event.verdict = self.verdict(&event.request.request_id, event.at);
        }
        Ok(life)
    }

    fn export(&self, format: BookFormat) -> Result<String, Error> {
        let mut text = String::new();
        let mut put = |line: String| {
            text.push_str(&line);
            text.push('\n');
        };
        match format {
            BookFormat::Text => self.book.export_text().for_each(&mut put),
            BookFormat::Jsonl => self.book.export_jsonl().for_each(&mut put),
            BookFormat::Csv => self.book.export_csv().for_each(&mut put),
        }
        if text.is_empty() {
            let what =
                if format == BookFormat::Csv { "no record of an access log is shown" } else { "nothing is shown" };
            return Err(Error::bad_question(format!("{what}: there is nothing to write")));
        }
        Ok(text)
    }

    fn has_news(&self) -> bool {
        self.sources_news || self.counts_news
    }

    fn news(&mut self) -> Vec<BookItem> {
        let mut items = Vec::new();
        if std::mem::take(&mut self.sources_news) {
            self.sources_told = Some(Instant::now());
            items.push(BookItem::Sources { sources: self.shelf.sources() });
        }
        if std::mem::take(&mut self.counts_news) {
            items.extend(self.counts.clone().map(|counts| BookItem::Counts { counts }));
        }
        items
    }
}

/// Whoever asked may have gone.
fn reply<T>(answer: Answer<T>, with: Result<T, Error>) {
    let _ = answer.send(with);
}
