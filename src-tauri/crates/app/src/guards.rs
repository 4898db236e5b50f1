//! The lock, the list of calls, and the policy that they needed.

use futures_util::stream::BoxStream;

use crate::App;
use crate::calls::{CallItem, Nothing, Scope, SetLock, TodaysPolicy};
use crate::error::{Code, Error};

impl App {
    pub(crate) async fn set_lock(&self, _: SetLock) -> Result<Nothing, Error> {
        Err(Error::new(Code::Internal, "set_lock is not built yet"))
    }

    pub(crate) async fn write_policy(&self, _: Scope) -> Result<TodaysPolicy, Error> {
        Err(Error::new(Code::Internal, "write_policy is not built yet"))
    }

    pub(crate) async fn watch_calls(&self, _: Nothing) -> Result<BoxStream<'static, Vec<CallItem>>, Error> {
        Err(Error::new(Code::Internal, "watch_calls is not built yet"))
    }
}
