//! Comparing stages and APIs, taking differences over, and searching.

use crate::App;
use crate::calls::{Compare, Comparison, Draft, Hit, Promote, SearchApi};
use crate::error::{Code, Error};

impl App {
    pub(crate) async fn compare(&self, _: Compare) -> Result<Comparison, Error> {
        Err(Error::new(Code::Internal, "compare is not built yet"))
    }

    pub(crate) async fn promote(&self, _: Promote) -> Result<Draft, Error> {
        Err(Error::new(Code::Internal, "promote is not built yet"))
    }

    pub(crate) async fn search_api(&self, _: SearchApi) -> Result<Vec<Hit>, Error> {
        Err(Error::new(Code::Internal, "search_api is not built yet"))
    }
}
