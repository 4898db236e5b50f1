//! All open connections of the sandbox, as others see them: by id, with a way to reach each one's session.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{mpsc, oneshot};

use super::execution::Peer;
use crate::Connection;

/// What `@connections` asks of a session.
pub(super) enum Command {
    /// Send a text; says when it is written.
    Post(String, oneshot::Sender<()>),
    /// Close it.
    Delete(oneshot::Sender<()>),
}

/// An open connection as others see it.
#[derive(Clone)]
pub(super) struct Live {
    pub api_id: String,
    pub stage: String,
    pub peer: Arc<Peer>,
    pub commands: mpsc::Sender<Command>,
    /// Milliseconds since 1970.
    pub last_active: Arc<AtomicI64>,
}

/// All open connections by id.
#[derive(Default)]
pub(crate) struct Connections(Mutex<HashMap<Arc<str>, Live>>);

impl Connections {
    pub(super) fn lock(&self) -> MutexGuard<'_, HashMap<Arc<str>, Live>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn get(&self, id: &str) -> Option<Live> {
        self.lock().get(id).cloned()
    }

    /// The API that an open connection belongs to.
    pub(super) fn api_of(&self, id: &str) -> Option<String> {
        self.lock().get(id).map(|live| live.api_id.clone())
    }

    /// How many are open, and the `most` oldest of them.
    pub(crate) fn view(&self, most: usize) -> (usize, Vec<Connection>) {
        let open = self.lock();
        let mut all: Vec<_> = open.values().collect();
        all.sort_by_key(|live| live.peer.connected_at);
        let view = |live: &&Live| Connection {
            connection_id: live.peer.connection_id.to_string(),
            api_id: live.api_id.clone(),
            stage: live.stage.clone(),
            connected_at: live.peer.connected_at,
            last_active_at: live.last_active.load(Ordering::Relaxed),
            source_ip: live.peer.source_ip.clone(),
            user_agent: live.peer.user_agent.clone(),
        };
        (open.len(), all.iter().take(most).map(view).collect())
    }

    /// Closes all: each session ends when its commands do.
    pub(crate) fn close_all(&self) {
        self.lock().clear();
    }

    /// Closes one; `false`: it is gone already.
    pub(crate) async fn delete(&self, id: &str) -> bool {
        let Some(live) = self.get(id) else { return false };
        let (done, closed) = oneshot::channel();
        live.commands.send(Command::Delete(done)).await.is_ok() && closed.await.is_ok()
    }

    /// Closes those of a deleted API (assumed).
    pub(crate) fn close_of(&self, api_id: &str) {
        self.lock().retain(|_, live| live.api_id != api_id);
    }
}
