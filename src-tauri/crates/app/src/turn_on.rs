//! Turning logs on, for a while or for good, what they would cost, and why none are there.

use gatescope_model::review::Review;

use crate::App;
use crate::calls::*;
use crate::error::{Code, Error};

fn unbuilt<T>() -> Result<T, Error> {
    Err(Error::new(Code::Internal, "not built yet"))
}

impl App {
    pub(crate) async fn explain_no_log(&self, _: WhyNoLog) -> Result<NoLog, Error> {
        unbuilt()
    }
    pub(crate) async fn estimate_logs(&self, _: OfStage) -> Result<LogEstimate, Error> {
        unbuilt()
    }
    pub(crate) async fn preview_turn_on_logs(&self, _: TurnOnLogs) -> Result<Review, Error> {
        unbuilt()
    }
    pub(crate) async fn list_reverts(&self, _: Nothing) -> Result<Vec<Revert>, Error> {
        unbuilt()
    }
    pub(crate) async fn cancel_revert(&self, _: OfRevert) -> Result<Nothing, Error> {
        unbuilt()
    }
}
