//! The log of a stage, as books: which groups belong to it, who reads them, what a window of the past holds.
//!
//! It may not know what a line means ([`gatescope_model::book`]) nor how the page draws it.

use futures_util::stream::BoxStream;
use gatescope_model::book::{ConnectionLife, Counts, LoggedRequest};

use crate::App;
use crate::calls::*;
use crate::error::{Code, Error};

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
    pub(crate) async fn list_log_queries(&self, _: OfStage) -> Result<Vec<LogQuery>, Error> {
        unbuilt()
    }
    pub(crate) async fn run_log_query(&self, _: RunLogQuery) -> Result<LogQueryResult, Error> {
        unbuilt()
    }
}
