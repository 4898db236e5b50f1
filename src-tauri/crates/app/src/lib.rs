//! The use cases of Gatescope: which accounts there are, what an API is made of, what a change would do, and a
//! conversation with a stage beside its log.
//!
//! It owns state and tasks, and is the same for the window, the terminal and the tests. It may not know Tauri, nor what
//! the bytes on the wire look like: AWS is asked through `aws`, sockets are opened through `socket`, and the embedded
//! `sandbox` is only another HTTP client and another network. Where to look next: [`rpc`] (the table of calls).

mod accounts;
mod apply;
mod authorizers;
mod browse;
pub mod calls;
mod checkup;
mod compare;
mod copies;
mod deployments;
mod domains;
mod draft;
mod edit;
pub mod error;
mod fixes;
mod guards;
mod guide;
mod history;
mod identity;
mod logs;
mod matrix;
mod messages;
mod network;
mod probes;
mod propose;
mod reviews;
pub mod rpc;
mod sandbox;
mod session;
mod store;
mod surroundings;
mod time;
mod turn_on;
mod typescript;
mod writing;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gatescope_aws::Access;
use gatescope_aws::in_process::InProcess;
use gatescope_sandbox::Sandbox;
use http_body_util::BodyExt;

pub use calls::Scope;
pub use error::{Code, Error};

/// The account that runs inside this process.
pub const SANDBOX: &str = "sandbox";

/// How an [`App`] starts.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Where the database is, with the sandbox's state beside it; `None`: in memory, for tests and one-off commands.
    pub database: Option<PathBuf>,
    /// What the sandbox holds and how it behaves.
    pub sandbox: gatescope_sandbox::Options,
    /// Where profiles ask instead of AWS, or of what the environment says.
    pub endpoint: Option<String>,
}

/// The running app. Cheap to clone.
#[derive(Clone)]
pub struct App {
    inner: Arc<Inner>,
}

struct Inner {
    sandbox: Sandbox,
    running: sandbox::Running,
    sandbox_network: Arc<network::SandboxNetwork>,
    system_network: Arc<gatescope_socket::System>,
    endpoint: Option<String>,
    accesses: Mutex<HashMap<Scope, Access>>,
    sessions: Mutex<HashMap<String, session::Handle>>,
    readers: logs::Readers,
    own: logs::Own,
    books: Mutex<HashMap<String, logs::Handle>>,
    just_read: Mutex<Option<browse::JustRead>>,
    reviews: Mutex<reviews::Proposals>,
    guarding: guards::Guarding,
    reverting: turn_on::reverts::Reverting,
    wizards: domains::Wizards,
    store: store::Store,
}

impl App {
    /// Starts: opens the database, and makes the sandbox or reads what was kept of it. Calls nothing and listens nowhere.
    ///
    /// # Errors
    /// When the database can't be opened or made.
    pub fn start(options: Options) -> Result<Self, Error> {
        let sandbox = Sandbox::new(options.sandbox).map_err(|e| Error::new(Code::Internal, e.to_string()))?;
        let kept = options.database.as_ref().map(|database| database.with_file_name("sandbox.json"));
        Self::open(sandbox, options.database, kept, options.endpoint)
    }

    /// Starts on a sandbox that is there already, and that somebody else keeps.
    ///
    /// # Errors
    /// As [`App::start`].
    pub fn on(sandbox: Sandbox, database: Option<PathBuf>) -> Result<Self, Error> {
        Self::open(sandbox, database, None, None)
    }

    fn open(
        sandbox: Sandbox,
        database: Option<PathBuf>,
        kept: Option<PathBuf>,
        endpoint: Option<String>,
    ) -> Result<Self, Error> {
        let store = store::Store::open(database.as_deref())?;
        let app = Self {
            inner: Arc::new(Inner {
                running: sandbox::Running::start(&sandbox, kept.as_deref()),
                sandbox_network: Arc::new(network::SandboxNetwork::new(sandbox.clone())),
                sandbox,
                system_network: Arc::new(gatescope_socket::System::default()),
                endpoint,
                accesses: Mutex::default(),
                sessions: Mutex::default(),
                readers: logs::Readers::default(),
                own: logs::Own::default(),
                books: Mutex::default(),
                just_read: Mutex::default(),
                reviews: Mutex::default(),
                guarding: guards::Guarding::start(&store)?,
                reverting: turn_on::reverts::Reverting::default(),
                wizards: domains::Wizards::default(),
                store,
            }),
        };
        app.take_up_reverts()?;
        Ok(app)
    }

    /// The embedded sandbox, for whoever wants to listen on a port or to look inside.
    #[must_use]
    pub fn sandbox(&self) -> &Sandbox {
        &self.inner.sandbox
    }

    /// The way into an account and region; opened once.
    async fn access(&self, scope: &Scope) -> Result<Access, Error> {
        if let Some(access) = locked(&self.inner.accesses).get(scope) {
            return Ok(access.clone());
        }
        let access = match scope.account.as_str() {
            SANDBOX => {
                let sandbox = self.inner.sandbox.clone();
                let aws = InProcess::new(move |request| {
                    let sandbox = sandbox.clone();
                    Box::pin(async move {
                        sandbox.handle(request).await.map(|body| body.map_err(|never| match never {}).boxed())
                    })
                });
                let key = (gatescope_sandbox::DEMO_KEY, gatescope_sandbox::DEMO_SECRET);
                Access::in_process(aws, &scope.region, key, self.guards(&scope.account))
            }
            account => match account.strip_prefix("profile:") {
                Some(profile) => {
                    let endpoint = self.inner.endpoint.as_deref();
                    Access::profile(profile, &scope.region, endpoint, self.guards(account)).await
                }
                None => return Err(Error::new(Code::NoProfile, format!("there is no account {account}"))),
            },
        };
        // Somebody else may have opened it meanwhile: the first one stays, so that credentials are fetched once.
        Ok(locked(&self.inner.accesses).entry(scope.clone()).or_insert(access).clone())
    }

    fn network(&self, scope: &Scope) -> Arc<dyn gatescope_socket::Network> {
        if scope.account == SANDBOX { self.inner.sandbox_network.clone() } else { self.inner.system_network.clone() }
    }
}

/// A lock whose data stays usable when another task panicked while holding it: each of them is replaced whole, never half.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Milliseconds since 1970.
fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
