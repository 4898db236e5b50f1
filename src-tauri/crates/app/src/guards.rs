//! The lock, the list of calls, and the policy that they needed.
//!
//! All three are kept below everything else, in the `aws` crate; here they get their names and their place on the disk.

use std::collections::HashMap;
use std::sync::Mutex;

use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use gatescope_aws::Guards;
use gatescope_aws::calls::{Call, Calls, News};
use gatescope_aws::lock::Lock;
use gatescope_model::permission;

use crate::calls::{CallItem, CallView, Nothing, Scope, SetLock, TodaysPolicy};
use crate::error::Error;
use crate::store::Store;
use crate::{App, SANDBOX, locked};

/// What guards every call of AWS.
pub(crate) struct Guarding {
    calls: Calls,
    locks: Mutex<HashMap<String, Lock>>,
}

impl Guarding {
    /// Accounts that were locked are locked again before anything can be sent.
    pub(crate) fn start(store: &Store) -> Result<Self, Error> {
        let lock = |account| {
            let lock = Lock::default();
            lock.set(true);
            (account, lock)
        };
        let locks = store.locks()?.into_iter().map(lock).collect();
        Ok(Self { calls: Calls::default(), locks: Mutex::new(locks) })
    }
}

impl App {
    /// What guards an account.
    pub(crate) fn guards(&self, account: &str) -> Guards {
        let guarding = &self.inner.guarding;
        let lock = locked(&guarding.locks).entry(account.to_owned()).or_default().clone();
        Guards { account: account.to_owned(), lock, calls: guarding.calls.clone() }
    }

    pub(crate) async fn set_lock(&self, ask: SetLock) -> Result<Nothing, Error> {
        if ask.account != SANDBOX && !ask.account.starts_with("profile:") {
            return Err(Error::bad_question(format!("there is no account {}", ask.account)));
        }
        let lock = self.guards(&ask.account).lock;
        // Closed before it is kept and opened after: what the disk does not take leaves the account locked.
        if ask.locked {
            lock.set(true);
        }
        self.inner.store.set_lock(&ask.account, ask.locked)?;
        lock.set(ask.locked);
        if !ask.locked {
            self.look_at_reverts();
        }
        Ok(Nothing {})
    }

    pub(crate) async fn write_policy(&self, scope: Scope) -> Result<TodaysPolicy, Error> {
        let (needs, calls) = self.inner.guarding.calls.needed(&scope.account, &scope.region);
        // Whose calls they were narrows the ARNs. Without an answer they hold for any account.
        let account = match self.access(&scope).await?.caller().await {
            Ok(caller) => caller.account,
            Err(_) => String::new(),
        };
        let policy = serde_json::to_string_pretty(&permission::policy(&needs, &account)).unwrap_or_default();
        Ok(TodaysPolicy { policy, calls })
    }

    pub(crate) async fn watch_calls(&self, _: Nothing) -> Result<BoxStream<'static, Vec<CallItem>>, Error> {
        let following = self.inner.guarding.calls.follow();
        let batches = stream::unfold(following, |mut following| async {
            let batch = following.next().await.into_iter().map(item).collect();
            Some((batch, following))
        });
        Ok(batches.boxed())
    }
}

fn item(news: News) -> CallItem {
    match news {
        News::Call(call) => CallItem::Call { call: Box::new(view(*call)) },
        News::Pace { under_way, waiting } => CallItem::Pace { under_way, waiting },
    }
}

fn view(call: Call) -> CallView {
    let milliseconds = |time: std::time::Duration| u32::try_from(time.as_millis()).unwrap_or(u32::MAX);
    CallView {
        number: call.number,
        scope: Scope { account: call.account, region: call.region },
        service: call.service,
        operation: call.operation,
        target: call.target,
        at: call.at,
        took_ms: call.took.map(milliseconds),
        tries: call.tries,
        waited_ms: milliseconds(call.waited),
        status: call.status,
        request_id: call.request_id,
        error: call.error,
        command: call.command,
    }
}
