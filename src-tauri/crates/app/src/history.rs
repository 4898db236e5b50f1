//! What was changed, and the way back.

use gatescope_model::review::Review;

use crate::App;
use crate::calls::{Nothing, OfApi, OfChange, PastChange, PreviewChange};
use crate::error::{Code, Error};

impl App {
    pub(crate) async fn list_changes(&self, _: OfApi) -> Result<Vec<PastChange>, Error> {
        Err(Error::new(Code::Internal, "list_changes is not built yet"))
    }

    pub(crate) async fn list_unfinished(&self, _: Nothing) -> Result<Vec<PastChange>, Error> {
        Err(Error::new(Code::Internal, "list_unfinished is not built yet"))
    }

    pub(crate) async fn preview_undo(&self, _: PreviewChange) -> Result<Review, Error> {
        Err(Error::new(Code::Internal, "preview_undo is not built yet"))
    }

    pub(crate) async fn preview_finish(&self, _: PreviewChange) -> Result<Review, Error> {
        Err(Error::new(Code::Internal, "preview_finish is not built yet"))
    }

    pub(crate) async fn preview_roll_back(&self, _: PreviewChange) -> Result<Review, Error> {
        Err(Error::new(Code::Internal, "preview_roll_back is not built yet"))
    }

    pub(crate) async fn settle_change(&self, _: OfChange) -> Result<Nothing, Error> {
        Err(Error::new(Code::Internal, "settle_change is not built yet"))
    }
}
