//! The log of a stage, as books: which groups belong to it, who reads them, what a window of the past holds.
//!
//! Each book is one task ([`keeper`]); dropping its stream ends it, and the readers that only it needed. This module is the
//! door: it finds the task by name and asks it. It may not know what a line means ([`gatescope_model::book`]) nor how the
//! page draws it. Where to look next: `logs/keeper.rs` (the loop), `logs/shelf.rs` (the groups of a book),
//! `logs/readers.rs` (one reader a group, whoever looks), `logs/insights.rs` (queries that AWS runs).

mod insights;
mod keeper;
mod own;
mod past;
mod queries;
mod reader;
mod readers;
mod saved;
mod seen;
mod shelf;
mod sources;

use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use gatescope_model::api::Snapshot;
use gatescope_model::book::{ConnectionLife, Counts, LoggedRequest};
use gatescope_model::log_expression::Expression;
use gatescope_model::log_pattern::{self, Pattern};
use gatescope_model::when;
use tokio::sync::{mpsc, oneshot};

use crate::calls::*;
use crate::error::{Code, Error};
use crate::session::{token, tokio_stream};
use crate::{App, locked, now, time};
use keeper::{Answer, Command, Contents, Start};
use shelf::Span;

pub(crate) use gatescope_model::book::SourceId;
pub(crate) use own::{Own, OwnName};
pub(crate) use readers::{Follower, Group, Readers, TailEvent};
pub(crate) use shelf::{Lines, Shelf};
pub(crate) use sources::{ACCESS, EXECUTION, is_local};

/// Batches on the way to the subscriber.
const BATCHES: usize = 4;
/// Commands that wait.
const COMMANDS: usize = 64;
/// How far back the newest window goes at most: 14 days.
const FURTHEST_MS: i64 = 14 * 86_400_000;
/// Lines that a pattern is tried on.
const TRIED: usize = 1_000;

/// A book that is open.
pub(crate) struct Handle {
    of: OfStage,
    commands: mpsc::Sender<Command>,
}

impl App {
    pub(crate) async fn open_book(&self, ask: OpenBook) -> Result<BoxStream<'static, Vec<BookItem>>, Error> {
        let OpenBook { of, window } = ask;
        let contents = match window {
            Window::Now { back_ms } => {
                Contents::Stage(Span::Since(now().saturating_sub(back_ms.clamp(0, FURTHEST_MS))))
            }
            Window::Past { from, to } => {
                let (from, to) = (moment(&from)?, moment(&to)?);
                if from > to {
                    return Err(Error::bad_question("the time begins after its end"));
                }
                Contents::Stage(Span::Between(from, to))
            }
            Window::File { name, text } => {
                saved::check(&name, &text)?;
                Contents::File { name, text }
            }
        };
        // A file is read here: no account is asked, or has to be there.
        let here = Scope { account: crate::SANDBOX.to_owned(), region: of.scope.region.clone() };
        let is_file = matches!(contents, Contents::File { .. });
        let access = self.access(if is_file { &here } else { &of.scope }).await?;
        let name = format!("book-{}", token());
        let (commands, asked) = mpsc::channel(COMMANDS);
        let (out, items) = mpsc::channel(BATCHES);
        let known = if is_file { None } else { self.just_read(&of.scope, &of.api_id) };
        let (readers, own) = (self.inner.readers.clone(), self.inner.own.clone());
        let start =
            Start { app: self.clone(), name: name.clone(), of: of.clone(), access, contents, readers, own, known };
        locked(&self.inner.books).insert(name.clone(), Handle { of, commands });
        let app = self.clone();
        tokio::spawn(async move {
            keeper::run(start, asked, out).await;
            locked(&app.inner.books).remove(&name);
        });
        Ok(tokio_stream(items).boxed())
    }

    pub(crate) async fn filter_book(&self, ask: FilterBook) -> Result<Counts, Error> {
        let book = ask.book.clone();
        self.ask_book(&book, |answer| Command::Filter(Box::new(ask), answer)).await
    }

    pub(crate) async fn read_book(&self, ask: ReadBook) -> Result<BookPage, Error> {
        let book = ask.book.clone();
        self.ask_book(&book, |answer| Command::Read(ask, answer)).await
    }

    pub(crate) async fn find_in_book(&self, ask: FindInBook) -> Result<FoundRow, Error> {
        let book = ask.book.clone();
        self.ask_book(&book, |answer| Command::Find(ask, answer)).await
    }

    pub(crate) async fn read_logged_request(&self, ask: OfLoggedRequest) -> Result<LoggedRequest, Error> {
        self.ask_book(&ask.book, |answer| Command::Request(ask.request_id.clone(), answer)).await
    }

    pub(crate) async fn read_logged_connection(&self, ask: OfLoggedConnection) -> Result<ConnectionLife, Error> {
        self.ask_book(&ask.book, |answer| Command::Connection(ask.connection_id.clone(), answer)).await
    }

    pub(crate) async fn set_source(&self, ask: SetSource) -> Result<Nothing, Error> {
        let book = ask.book.clone();
        self.ask_book(&book, |answer| Command::Source(ask, answer)).await
    }

    pub(crate) async fn read_book_now(&self, ask: OfBook) -> Result<Nothing, Error> {
        self.ask_book(&ask.book, Command::ReadNow).await
    }

    pub(crate) async fn export_book(&self, ask: ExportBook) -> Result<SavedFile, Error> {
        let of = locked(&self.inner.books).get(&ask.book).map(|book| book.of.clone()).ok_or_else(closed)?;
        let text = self.ask_book(&ask.book, |answer| Command::Export(ask.format, answer)).await?;
        let ending = match ask.format {
            BookFormat::Text => "log",
            BookFormat::Jsonl => "jsonl",
            BookFormat::Csv => "csv",
        };
        let name = format!("{} {} {}.{ending}", of.api_id, of.stage, time::day(now()));
        self.save_file(SaveFile { name, text }).await
    }

    pub(crate) async fn try_pattern(&self, ask: TryPattern) -> Result<TriedPattern, Error> {
        if ask.jmespath {
            let read = Expression::parse(&ask.pattern);
            let takes = |it: &Expression| ask.lines.iter().take(TRIED).map(|line| it.takes(line)).collect();
            let matches = read.as_ref().map(takes).unwrap_or_default();
            return Ok(TriedPattern { matches, problem: read.err(), warnings: Vec::new() });
        }
        let warnings = log_pattern::warnings(&ask.pattern);
        Ok(match Pattern::parse(&ask.pattern) {
            Ok(pattern) => {
                let matches = ask.lines.iter().take(TRIED).map(|line| pattern.matches(line)).collect();
                TriedPattern { matches, problem: None, warnings }
            }
            Err(refused) => TriedPattern { matches: Vec::new(), problem: Some(refused.filter_words()), warnings },
        })
    }

    /// Tells every book of this stage that the API was changed.
    pub(crate) async fn tell_books(&self, of: &OfStage, snapshot: &Snapshot) {
        let books: Vec<mpsc::Sender<Command>> =
            locked(&self.inner.books).values().filter(|b| b.of == *of).map(|b| b.commands.clone()).collect();
        for book in books {
            let _ = book.send(Command::Changed(Box::new(snapshot.clone()))).await;
        }
    }

    async fn ask_book<T>(&self, book: &str, command: impl FnOnce(Answer<T>) -> Command) -> Result<T, Error> {
        let commands = locked(&self.inner.books).get(book).map(|b| b.commands.clone()).ok_or_else(closed)?;
        let (answer, answered) = oneshot::channel();
        commands.send(command(answer)).await.map_err(|_| closed())?;
        answered.await.map_err(|_| closed())?
    }
}

fn closed() -> Error {
    Error::new(Code::BadQuestion, "this book is closed: open it again")
}

/// A time that a person wrote. The machine's own zone is not known without a database of zones: without one it is UTC.
fn moment(text: &str) -> Result<i64, Error> {
    when::read(text, now(), 0).map_err(Error::bad_question)
}
