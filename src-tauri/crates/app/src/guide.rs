//! Drafts that Gatescope makes: starters of new APIs, guided changes, snippets.

use crate::App;
use crate::calls::{BeginApi, Draft, Guided, Nothing, Scope, Snippet, Starter};
use crate::error::{Code, Error};

impl App {
    pub(crate) async fn guide_draft(&self, _: Guided) -> Result<Draft, Error> {
        Err(Error::new(Code::Internal, "guide_draft is not built yet"))
    }

    pub(crate) async fn list_snippets(&self, _: Nothing) -> Result<Vec<Snippet>, Error> {
        Err(Error::new(Code::Internal, "list_snippets is not built yet"))
    }

    pub(crate) async fn list_starters(&self, _: Scope) -> Result<Vec<Starter>, Error> {
        Err(Error::new(Code::Internal, "list_starters is not built yet"))
    }

    pub(crate) async fn begin_api(&self, _: BeginApi) -> Result<Draft, Error> {
        Err(Error::new(Code::Internal, "begin_api is not built yet"))
    }
}
