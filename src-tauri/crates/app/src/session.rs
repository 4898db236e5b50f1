//! A conversation with one stage, beside its log: what the window's Connect screen and `gatescope connect` show.
//!
//! Each session is one task ([`actor`]) that owns its rows, its socket and its tail; dropping the stream ends it. This
//! module is the door: it finds the task by name and asks it. Where to look next: `session/actor.rs` (the loop),
//! `session/rows.rs` (what is shown), `session/wire.rs` (the socket), `logs/readers.rs` (the log).

mod actor;
mod beside;
mod config;
mod dialling;
mod frames;
mod pairs;
mod quiet;
mod rows;
mod wire;

use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use gatescope_model::api::Snapshot;
use gatescope_model::conversation::{RowDetail, SessionItem};
use gatescope_model::probe::Probe;
use tokio::sync::{mpsc, oneshot};

use crate::calls::{Connect, Disconnect, MadeRow, Nothing, OfRow, OfSession, OfStage, ProbeRow, SendMessage};
use crate::error::{Code, Error};
use crate::{App, locked};
pub(crate) use wire::token;

/// Batches on the way to the subscriber. When they are all under way, the session stops reading its socket, so that a
/// peer at full speed meets the network's own back-pressure instead of our memory.
const BATCHES: usize = 4;

/// A running session.
pub(crate) struct Handle {
    of: OfStage,
    commands: mpsc::Sender<Command>,
}

/// A `$connect` whose backend is too slow is answered with 504 after 29 s (facts 5.1): that answer is worth waiting for.
pub(crate) const PATIENCE: Duration = Duration::from_secs(35);

/// The asker's end of a command.
type Answer<T> = oneshot::Sender<Result<T, Error>>;

/// What a session can be asked.
enum Command {
    Connect(Box<Connect>, Answer<MadeRow>),
    Send(String, Answer<MadeRow>),
    Ping(Answer<MadeRow>),
    Disconnect(u16, String, Answer<Nothing>),
    ReadLog(Answer<Nothing>),
    ReadRow(u32, Answer<RowDetail>),
    Note(Note, Box<Snapshot>),
    /// Which route a row took, as far as known.
    RouteOf(u32, Answer<Option<String>>),
    /// What was asked of the world about a row: its verdict is made again.
    Probed(u32, Vec<Probe>, Answer<Nothing>),
}

/// What happened to the API while the session was open.
#[derive(Clone, Debug)]
pub(crate) enum Note {
    /// The stage's log settings changed.
    Logs { level: String, data_trace: bool },
    /// A cause was removed; unless it is in force, with the next deployment.
    Fixed { cause: String, words: String, deployment: Option<String>, in_force: bool },
    /// A deployment was made.
    Deployed { deployment: Option<String> },
    /// Something else changed.
    Changed { title: String },
}

impl App {
    pub(crate) async fn open_session(&self, of: OfStage) -> Result<BoxStream<'static, Vec<SessionItem>>, Error> {
        let access = self.access(&of.scope).await?;
        let name = format!("session-{}", wire::token());
        let (commands, asked) = mpsc::channel(64);
        let (out, items) = mpsc::channel(BATCHES);
        let local = crate::logs::is_local(&of.scope, &access);
        let known = self.just_read(&of.scope, &of.api_id);
        let network = self.network(&of.scope);
        let (readers, own) = (self.inner.readers.clone(), self.inner.own.clone());
        let start = actor::Start {
            app: self.clone(),
            name: name.clone(),
            of: of.clone(),
            access,
            network,
            local,
            readers,
            own,
            known,
        };
        locked(&self.inner.sessions).insert(name.clone(), Handle { of, commands });
        let app = self.clone();
        tokio::spawn(async move {
            actor::run(start, asked, out).await;
            locked(&app.inner.sessions).remove(&name);
        });
        Ok(tokio_stream(items).boxed())
    }

    pub(crate) async fn connect(&self, mut ask: Connect) -> Result<MadeRow, Error> {
        let session = ask.session.clone();
        let of = locked(&self.inner.sessions).get(&session).map(|s| s.of.clone());
        if let Some(of) = of {
            self.identify_dial(&of, &mut ask).await?;
        }
        self.ask(&session, |answer| Command::Connect(Box::new(ask), answer)).await
    }

    pub(crate) async fn send_message(&self, ask: SendMessage) -> Result<MadeRow, Error> {
        self.ask(&ask.session, |answer| Command::Send(ask.text.clone(), answer)).await
    }

    pub(crate) async fn send_ping(&self, ask: OfSession) -> Result<MadeRow, Error> {
        self.ask(&ask.session, Command::Ping).await
    }

    pub(crate) async fn disconnect(&self, ask: Disconnect) -> Result<Nothing, Error> {
        self.ask(&ask.session, |answer| Command::Disconnect(ask.code, ask.reason.clone(), answer)).await
    }

    pub(crate) async fn read_log_now(&self, ask: OfSession) -> Result<Nothing, Error> {
        self.ask(&ask.session, Command::ReadLog).await
    }

    pub(crate) async fn read_row(&self, ask: OfRow) -> Result<RowDetail, Error> {
        self.ask(&ask.session, |answer| Command::ReadRow(ask.row, answer)).await
    }

    /// Where a row's session is, and which route the row took.
    pub(crate) async fn probed_row(&self, ask: &ProbeRow) -> Result<(OfStage, Option<String>), Error> {
        let route_key = self.ask(&ask.session, |answer| Command::RouteOf(ask.row, answer)).await?;
        let of = locked(&self.inner.sessions).get(&ask.session).map(|s| s.of.clone());
        let gone = || Error::new(Code::BadQuestion, "this session is over: open it again");
        Ok((of.ok_or_else(gone)?, route_key))
    }

    /// What the world answered about a row.
    pub(crate) async fn row_was_probed(&self, ask: &ProbeRow, probes: Vec<Probe>) -> Result<Nothing, Error> {
        self.ask(&ask.session, |answer| Command::Probed(ask.row, probes, answer)).await
    }

    /// Tells every session and every book of this stage what changed.
    pub(crate) async fn tell_sessions(&self, of: &OfStage, note: Note, snapshot: Snapshot) {
        // What was read before is no longer so, for whoever opens a conversation next.
        *locked(&self.inner.just_read) = None;
        let sessions: Vec<mpsc::Sender<Command>> =
            locked(&self.inner.sessions).values().filter(|s| s.of == *of).map(|s| s.commands.clone()).collect();
        self.tell_books(of, &snapshot).await;
        for session in sessions {
            let _ = session.send(Command::Note(note.clone(), Box::new(snapshot.clone()))).await;
        }
    }

    async fn ask<T>(&self, session: &str, command: impl FnOnce(Answer<T>) -> Command) -> Result<T, Error> {
        let gone = || Error::new(Code::BadQuestion, "this session is over: open it again");
        let commands = locked(&self.inner.sessions).get(session).map(|s| s.commands.clone()).ok_or_else(gone)?;
        let (answer, answered) = oneshot::channel();
        commands.send(command(answer)).await.map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }
}

/// What every attempt says of itself: a token in it ties log lines to the attempt (facts 4.2).
pub(crate) fn user_agent(token: &str) -> String {
    format!(concat!("Gatescope/", env!("CARGO_PKG_VERSION"), " (a={})"), token)
}

pub(crate) fn tokio_stream<T: Send + 'static>(
    mut items: mpsc::Receiver<T>,
) -> impl futures_util::Stream<Item = T> + Send {
    futures_util::stream::poll_fn(move |context| items.poll_recv(context))
}
