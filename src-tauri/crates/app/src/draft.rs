//! Drafts: what they change, their review, and keeping them.

use gatescope_model::review::Review;

use crate::App;
use crate::calls::{Draft, DraftView, KeepDraft, KeptDraft, Nothing, OfApi, PreviewDraft};
use crate::error::{Code, Error};

impl App {
    pub(crate) async fn describe_draft(&self, _: Draft) -> Result<DraftView, Error> {
        Err(Error::new(Code::Internal, "describe_draft is not built yet"))
    }

    pub(crate) async fn preview_draft(&self, _: PreviewDraft) -> Result<Review, Error> {
        Err(Error::new(Code::Internal, "preview_draft is not built yet"))
    }

    pub(crate) async fn keep_draft(&self, _: KeepDraft) -> Result<Nothing, Error> {
        Err(Error::new(Code::Internal, "keep_draft is not built yet"))
    }

    pub(crate) async fn read_draft(&self, _: OfApi) -> Result<KeptDraft, Error> {
        Err(Error::new(Code::Internal, "read_draft is not built yet"))
    }
}
