//! The log of a stage, as books: which groups belong to it, who reads them, what a window of the past holds.
//!
//! It may not know what a line means ([`gatescope_model::book`]) nor how the page draws it. Where to look next:
//! `logs/keeper.rs` (the task that owns a book), `logs/readers.rs` (one reader a group, whoever looks), `logs/sources.rs`
//! (which groups), `logs/insights.rs` (queries that AWS runs).

mod insights;
mod own;
mod queries;
mod reader;
mod readers;
mod seen;
mod sources;
mod when;

use futures_util::stream::BoxStream;
use gatescope_model::book::{ConnectionLife, Counts, LoggedRequest};

use crate::App;
use crate::calls::*;
use crate::error::{Code, Error};

pub(crate) use own::{Own, OwnName};
pub(crate) use readers::{Follower, Group, Readers, TailEvent};
pub(crate) use sources::is_local;

pub(crate) struct Handle;

fn unbuilt<T>() -> Result<T, Error> {
    Err(Error::new(Code::Internal, "not built yet"))
}

impl App {
    pub(crate) async fn open_book(&self, _: OpenBook) -> Result<BoxStream<'static, Vec<BookItem>>, Error> {
        unbuilt()
    }
    pub(crate) async fn filter_book(&self, _: FilterBook) -> Result<Counts, Error> {
        unbuilt()
    }
    pub(crate) async fn read_book(&self, _: ReadBook) -> Result<BookPage, Error> {
        unbuilt()
    }
    pub(crate) async fn find_in_book(&self, _: FindInBook) -> Result<FoundRow, Error> {
        unbuilt()
    }
    pub(crate) async fn read_logged_request(&self, _: OfLoggedRequest) -> Result<LoggedRequest, Error> {
        unbuilt()
    }
    pub(crate) async fn read_logged_connection(&self, _: OfLoggedConnection) -> Result<ConnectionLife, Error> {
        unbuilt()
    }
    pub(crate) async fn set_source(&self, _: SetSource) -> Result<Nothing, Error> {
        unbuilt()
    }
    pub(crate) async fn read_book_now(&self, _: OfBook) -> Result<Nothing, Error> {
        unbuilt()
    }
    pub(crate) async fn export_book(&self, _: ExportBook) -> Result<SavedFile, Error> {
        unbuilt()
    }
    pub(crate) async fn try_pattern(&self, _: TryPattern) -> Result<TriedPattern, Error> {
        unbuilt()
    }
}
