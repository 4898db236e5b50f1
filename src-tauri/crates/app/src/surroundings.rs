//! What the account has around an API.

use crate::App;
use crate::calls::{FunctionChoice, KeyUsage, OfApi, OfKey, OfLambda, OfPlan, PlanUsage, RevealedKey, Scope};
use crate::error::Error;
use gatescope_aws::functions::Function;
use gatescope_model::surroundings::Surroundings;

impl App {
    pub(crate) async fn read_surroundings(&self, of: OfApi) -> Result<Surroundings, Error> {
        let access = self.access(&of.scope).await?;
        let outline = access.outline(&of.api_id).await?;
        Ok(access.surroundings(&outline).await?)
    }

    pub(crate) async fn reveal_api_key(&self, of: OfKey) -> Result<RevealedKey, Error> {
        Ok(RevealedKey { value: self.access(&of.scope).await?.api_key_value(&of.id).await? })
    }

    pub(crate) async fn read_usage(&self, of: OfPlan) -> Result<PlanUsage, Error> {
        let usage = self.access(&of.scope).await?.usage(&of.id, &of.from, &of.to).await?;
        let keys = usage.keys.into_iter().map(|(id, days)| {
            let (used, left) = days.into_iter().unzip();
            KeyUsage { id, used, left }
        });
        Ok(PlanUsage { days: usage.days, keys: keys.collect() })
    }

    pub(crate) async fn list_lambdas(&self, scope: Scope) -> Result<Vec<FunctionChoice>, Error> {
        Ok(self.access(&scope).await?.functions().await?.into_iter().map(choice).collect())
    }

    pub(crate) async fn read_lambda(&self, of: OfLambda) -> Result<FunctionChoice, Error> {
        Ok(choice(self.access(&of.scope).await?.function(&of.name).await?))
    }
}

fn choice(function: Function) -> FunctionChoice {
    let Function { name, arn, runtime, qualifiers } = function;
    FunctionChoice { name, arn, runtime, qualifiers }
}
