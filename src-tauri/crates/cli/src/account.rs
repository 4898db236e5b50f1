//! Which account and region a command is about, and asking the app's table of calls.
//!
//! It may not know what a call means.

use gatescope_app::{App, Options, Scope, calls, rpc};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::args::Account;
use crate::error::Error;

/// The app, without a database: a command keeps nothing.
pub(crate) fn start(args: &Account) -> Result<App, Error> {
    Ok(App::start(Options { endpoint: args.endpoint.clone(), ..Options::default() })?)
}

/// Where to ask: the sandbox, a profile, or what the environment says as for every AWS tool.
pub(crate) async fn scope(app: &App, args: &Account) -> Result<Scope, Error> {
    let accounts: calls::Accounts = call(app, "list_accounts", calls::Nothing {}).await?;
    let account = match (&args.profile, args.sandbox) {
        (_, true) => "sandbox".to_owned(),
        (Some(profile), _) => format!("profile:{profile}"),
        // Without AWS_PROFILE the SDK takes keys of the environment, or the profile called default.
        (None, _) if accounts.start.account == "sandbox" => "profile:default".to_owned(),
        (None, _) => accounts.start.account,
    };
    let known = accounts.accounts.into_iter().find(|a| a.id == account).map(|a| a.region);
    let region = args.region.clone().or(known).unwrap_or(accounts.start.region);
    Ok(Scope { account, region })
}

/// One call of the table.
pub(crate) async fn call<Q: Serialize, A: DeserializeOwned>(app: &App, name: &str, question: Q) -> Result<A, Error> {
    let question: Value = serde_json::to_value(question).map_err(Error::Json)?;
    serde_json::from_value(rpc::call(app, name, question).await?).map_err(Error::Json)
}
