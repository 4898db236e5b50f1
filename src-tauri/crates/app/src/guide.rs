//! Drafts that Gatescope makes: starters of new APIs, guided changes, snippets.

use gatescope_model::api::Snapshot;
use gatescope_model::guided::{self, Limits};
use gatescope_model::snippet::{self, SNIPPETS};
use gatescope_model::starter::{self, BACKEND, FUNCTION, STARTERS};
use gatescope_model::surroundings::Surroundings;

use crate::calls::{BeginApi, Draft, Guided, Nothing, OfApi, Scope, Snippet, Starter, StarterField};
use crate::error::Error;
use crate::{App, SANDBOX};

impl App {
    pub(crate) async fn guide_draft(&self, ask: Guided) -> Result<Draft, Error> {
        match ask {
            Guided::RequireKey { of, stage, rate, burst, quota, period } => {
                let base = self.whole(&of).await?;
                let limits = Limits { rate, burst, quota, period };
                let draft = guided::require_key(&base, &stage, &limits).map_err(Error::bad_question)?;
                Ok(Draft { base, draft })
            }
            Guided::Snippet { of, draft, route_key, snippet } => {
                // The page keeps its own base; what the snippet began from is what it was given.
                let base = *draft;
                let draft =
                    snippet::apply(&snippet, &base, &route_key, &of.scope.region).map_err(Error::bad_question)?;
                Ok(Draft { base, draft })
            }
        }
    }

    /// An API with what is around it.
    async fn whole(&self, of: &OfApi) -> Result<Snapshot, Error> {
        let around = self.read_surroundings(of.clone()).await?;
        let api = self.access(&of.scope).await?.snapshot(&of.api_id).await?;
        Ok(Snapshot { surroundings: Some(around), ..api })
    }

    pub(crate) async fn list_snippets(&self, _: Nothing) -> Result<Vec<Snippet>, Error> {
        let snippet = |s: &snippet::Snippet| Snippet { id: s.id.into(), name: s.name.into(), says: s.says.into() };
        Ok(SNIPPETS.iter().map(snippet).collect())
    }

    pub(crate) async fn list_starters(&self, scope: Scope) -> Result<Vec<Starter>, Error> {
        let in_sandbox = scope.account == SANDBOX;
        let account = if in_sandbox { self.identify(scope.clone()).await?.account } else { String::new() };
        let field = |(id, name): &(&str, &str)| {
            let value = match (in_sandbox, *id) {
                (true, BACKEND) => "http://backend.sandbox:8080".to_owned(),
                (true, FUNCTION) => format!("arn:aws:lambda:{}:{account}:function:authorizer", scope.region),
                _ => String::new(),
            };
            StarterField { id: (*id).to_owned(), name: (*name).to_owned(), value }
        };
        let starter = |s: &starter::Starter| Starter {
            id: s.id.to_owned(),
            name: s.name.to_owned(),
            says: s.says.to_owned(),
            asks: s.asks.iter().map(field).collect(),
        };
        Ok(STARTERS.iter().map(starter).collect())
    }

    pub(crate) async fn begin_api(&self, ask: BeginApi) -> Result<Draft, Error> {
        let known = STARTERS.iter().find(|s| s.id == ask.starter);
        let known = known.ok_or_else(|| Error::bad_question(format!("there is no starter {}", ask.starter)))?;
        if ask.name.trim().is_empty() {
            return Err(Error::bad_question("an API needs a name"));
        }
        for (id, name) in known.asks {
            check(id, name, ask.fields.get(*id).map(|value| value.trim()).unwrap_or_default())?;
        }
        // Only a function asks who may call it.
        let account = match known.asks.iter().any(|(id, _)| *id == FUNCTION) {
            true => format!("{}/{}", ask.scope.region, self.identify(ask.scope.clone()).await?.account),
            false => String::new(),
        };
        let draft = starter::begin(known.id, ask.name.trim(), &ask.fields, &account);
        let draft = draft.ok_or_else(|| Error::bad_question(format!("there is no starter {}", ask.starter)))?;
        // What is around an API that does not exist is nothing, and known.
        let surroundings = draft.surroundings.is_some().then(Surroundings::default);
        Ok(Draft { base: Snapshot { surroundings, ..Snapshot::default() }, draft })
    }
}

/// A field that a starter asks for.
fn check(id: &str, name: &str, value: &str) -> Result<(), Error> {
    let fits = match id {
        BACKEND => {
            ["http://", "https://"].iter().any(|scheme| value.strip_prefix(scheme).is_some_and(|h| !h.is_empty()))
        }
        FUNCTION => {
            let parts: Vec<&str> = value.split(':').collect();
            matches!(parts.as_slice(), ["arn", _, "lambda", region, account, "function", rest @ ..]
                if !region.is_empty() && !account.is_empty() && rest.first().is_some_and(|name| !name.is_empty()))
        }
        _ => !value.is_empty(),
    };
    let form = match id {
        BACKEND => "an address that begins with http:// or https://",
        FUNCTION => "arn:aws:lambda:{region}:{account}:function:{name}",
        _ => "a value",
    };
    if fits { Ok(()) } else { Err(Error::bad_question(format!("{name}: it takes {form}"))) }
}
