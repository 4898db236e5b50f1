//! What the account has around an API.

use gatescope_model::surroundings::Surroundings;

use crate::App;
use crate::calls::{FunctionChoice, OfApi, OfKey, OfLambda, OfPlan, PlanUsage, RevealedKey, Scope};
use crate::error::{Code, Error};

impl App {
    pub(crate) async fn read_surroundings(&self, _: OfApi) -> Result<Surroundings, Error> {
        Err(Error::new(Code::Internal, "read_surroundings is not built yet"))
    }

    pub(crate) async fn reveal_api_key(&self, _: OfKey) -> Result<RevealedKey, Error> {
        Err(Error::new(Code::Internal, "reveal_api_key is not built yet"))
    }

    pub(crate) async fn read_usage(&self, _: OfPlan) -> Result<PlanUsage, Error> {
        Err(Error::new(Code::Internal, "read_usage is not built yet"))
    }

    pub(crate) async fn list_lambdas(&self, _: Scope) -> Result<Vec<FunctionChoice>, Error> {
        Err(Error::new(Code::Internal, "list_lambdas is not built yet"))
    }

    pub(crate) async fn read_lambda(&self, _: OfLambda) -> Result<FunctionChoice, Error> {
        Err(Error::new(Code::Internal, "read_lambda is not built yet"))
    }
}
