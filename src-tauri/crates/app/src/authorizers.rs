//! Authorizers and policies, tried as a `$connect` would.

use crate::App;
use crate::calls::{MatchPolicy, MatchedPolicy, TriedAuthorizer, TryAuthorizer};
use crate::error::{Code, Error};

impl App {
    pub(crate) async fn try_authorizer(&self, _: TryAuthorizer) -> Result<TriedAuthorizer, Error> {
        Err(Error::new(Code::Internal, "try_authorizer is not built yet"))
    }

    pub(crate) async fn match_policy(&self, _: MatchPolicy) -> Result<MatchedPolicy, Error> {
        Err(Error::new(Code::Internal, "match_policy is not built yet"))
    }
}
