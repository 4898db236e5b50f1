//! An open WebSocket: one task owns it, from the 101 to the `$disconnect` that follows its end.
//!
//! Messages run side by side, up to [`IN_FLIGHT`] of one connection; then its socket is not read until one is done.
//! Clocks: 10 minutes without traffic, 2 hours in all (facts 5.1). Close codes and reasons: facts 5.6, facts 2 5.

use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use futures_util::stream::FuturesUnordered;
use futures_util::{SinkExt, StreamExt, poll};
use gatescope_model::log::Kind;
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::io::AsyncReadExt;
use tokio::sync::mpsc;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::{CapacityError, Error, ProtocolError};
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

use super::accept::frame;
use super::connections::{Command, Live};
use super::execution::{Event, Execution, Failure, Peer};
use super::faults::{self, Fate};
use super::place::Place;
use super::{access_log, journal, select_route, throttle, validate};
use crate::World;
use crate::clock::{Clock, Moment};

/// Without a message in either direction.
const IDLE: Duration = Duration::from_secs(600);
/// From the handshake on.
pub(super) const LIFETIME: Duration = Duration::from_secs(7200);
/// Bytes of one frame, in both directions.
const FRAME_LIMIT: usize = 32 * 1024;
/// Bytes of one message.
pub(super) const MESSAGE_LIMIT: usize = 128 * 1024;
/// Read and write buffers of a connection: the defaults cost 135 KiB each.
const BUFFER: usize = 4096;
/// Bytes that may wait to be written to a client: its largest message, and answers to its pings.
const UNWRITTEN: usize = 2 * MESSAGE_LIMIT;
/// Messages of one connection that may be running.
const IN_FLIGHT: usize = 64;
/// Pushes that wait for one connection.
const WAITING: usize = 64;
/// A client that does not read for this long is gone (assumed).
const SEND_PATIENCE: Duration = Duration::from_secs(30);
/// For the other side's close frame, and for what it has sent meanwhile.
const CLOSE_PATIENCE: Duration = Duration::from_secs(5);
/// Nothing more comes from a client that was silent for this long after our close frame.
const QUIET: Duration = Duration::from_millis(250);

type Socket = WebSocketStream<TokioIo<Upgraded>>;

/// Why a session ends.
struct End {
    code: u16,
    reason: String,
    /// Who said so.
    by: By,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Client,
    Gateway,
    /// The gateway, because what follows can't be read as frames.
    Reader,
}

impl End {
    fn ours(code: u16, reason: &str) -> Self {
        Self { code, reason: reason.to_owned(), by: By::Gateway }
    }

    fn broken(code: u16, reason: &str) -> Self {
        Self { code, reason: reason.to_owned(), by: By::Reader }
    }

    /// As a fault wants it.
    fn on_purpose(code: u16) -> Self {
        match code {
            1006 => Self::theirs(1006, "Connection closed abnormally"),
            1009 => Self::ours(1009, "Message too big"),
            code => Self::ours(code, ""),
        }
    }

    fn theirs(code: u16, reason: &str) -> Self {
        Self { code, reason: reason.to_owned(), by: By::Client }
    }
}

/// Registers the accepted connection and starts its task, which ends with the socket: at once when `ends` says so.
pub(super) fn open(execution: Execution, upgrade: OnUpgrade, ends: Option<u16>) {
    let (world, place, peer) = (execution.world.clone(), execution.place.clone(), execution.peer.clone());
    // The handshake's log is written before its answer.
    drop(execution);
    let (sender, commands) = mpsc::channel(WAITING);
    let last_active = Arc::new(AtomicI64::new(world.clock.now()));
    let live = Live {
        api_id: place.api_id.clone(),
        stage: place.stage.stage_name.clone(),
        peer: peer.clone(),
        commands: sender,
        last_active: last_active.clone(),
    };
    world.connections.lock().insert(peer.connection_id.clone(), live);
    let session = Session { world, place: Mutex::new(place), peer, last_active };
    tokio::spawn(session.run(upgrade, commands, ends));
}

struct Session {
    world: Arc<World>,
    /// What the stage served when it was last asked.
    place: Mutex<Arc<Place>>,
    peer: Arc<Peer>,
    last_active: Arc<AtomicI64>,
}

/// Messages that are not done.
type Running<'s> = FuturesUnordered<Pin<Box<dyn Future<Output = Reply> + Send + 's>>>;

/// What a message leads to.
enum Reply {
    Nothing,
    Text(String),
    End(End),
}

impl Session {
    async fn run(self, upgrade: OnUpgrade, commands: mpsc::Receiver<Command>, ends: Option<u16>) {
        let mut running = FuturesUnordered::new();
        let end = match upgrade.await {
            Ok(upgraded) => {
                let config = WebSocketConfig::default()
                    .read_buffer_size(BUFFER)
                    .write_buffer_size(0)
                    .max_write_buffer_size(UNWRITTEN)
                    .max_message_size(Some(MESSAGE_LIMIT))
                    .max_frame_size(Some(FRAME_LIMIT));
                let io = TokioIo::new(upgraded);
                let mut socket = WebSocketStream::from_raw_socket(io, Role::Server, Some(config)).await;
                let end = match ends {
                    Some(code) => End::on_purpose(code),
                    None => self.talk(&mut socket, commands, &mut running).await,
                };
                // Boxed like the disconnect below: an open connection need not hold the room for its end.
                Box::pin(close(&self.world.clock, &mut socket, &end)).await;
                end
            }
            Err(_) => End::theirs(1006, "Connection closed abnormally"),
        };
        self.world.connections.lock().remove(&self.peer.connection_id);
        // A backend that has been called is not called off because the connection is gone (assumed).
        let rest = async { while running.next().await.is_some() {} };
        Box::pin(async { tokio::join!(self.disconnect(end), rest) }).await;
    }

    /// What the stage serves now.
    fn place(&self) -> Option<Arc<Place>> {
        let mut known = self.place.lock().unwrap_or_else(PoisonError::into_inner);
        let place = known.now(&self.world)?;
        if !Arc::ptr_eq(&known, &place) {
            *known = place.clone();
        }
        Some(place)
    }

    /// Notes that something came or went.
    fn active(&self) -> Moment {
        let now = self.world.clock.moment();
        self.last_active.store(self.world.clock.at(now), Ordering::Relaxed);
        now
    }

    /// Until someone ends it.
    async fn talk<'s>(
        &'s self,
        socket: &mut Socket,
        mut commands: mpsc::Receiver<Command>,
        running: &mut Running<'s>,
    ) -> End {
        let clock = &self.world.clock;
        let mut active = clock.moment();
        let last = active + LIFETIME;
        // It rings when the connection would have been idle for too long had nothing come since it was set.
        let mut alarm = pin!(clock.sleep_until(active + IDLE));
        loop {
            tokio::select! {
                biased;
                Some(reply) = running.next(), if !running.is_empty() => {
                    if let Err(end) = self.reply(socket, reply, &mut active).await {
                        return end;
                    }
                }
                command = commands.recv() => match command {
                    Some(Command::Post(text, written)) => {
                        if let Err(end) = self.reply(socket, Reply::Text(text), &mut active).await {
                            return end;
                        }
                        let _ = written.send(());
                    }
                    Some(Command::Delete(done)) => {
                        // From now on the connection is gone for everyone.
                        self.world.connections.lock().remove(&self.peer.connection_id);
                        let _ = done.send(());
                        return End::ours(1000, "Connection Closed Normally");
                    }
                    None => return End::ours(1001, "Going away"),
                },
                message = socket.next(), if running.len() < IN_FLIGHT => match received(message) {
                    Ok(text) => {
                        active = self.active();
                        let Some(text) = text else { continue };
                        let mut message: Pin<Box<dyn Future<Output = Reply> + Send + 's>> = Box::pin(self.message(text));
                        // Most are done at once, and need not queue.
                        match poll!(message.as_mut()) {
                            Poll::Ready(reply) => {
                                if let Err(end) = self.reply(socket, reply, &mut active).await {
                                    return end;
                                }
                            }
                            Poll::Pending => running.push(message),
                        }
                    }
                    Err(end) => return end,
                },
                () = alarm.as_mut() => {
                    let due = (active + IDLE).min(last);
                    if due <= clock.moment() {
                        return End::ours(1001, "Going away");
                    }
                    alarm.set(clock.sleep_until(due));
                }
            }
        }
    }

    /// Does what a message led to.
    async fn reply(&self, socket: &mut Socket, reply: Reply, active: &mut Moment) -> Result<(), End> {
        match reply {
            Reply::Nothing => Ok(()),
            Reply::End(end) => Err(end),
            Reply::Text(text) => {
                self.send(socket, text).await?;
                *active = self.active();
                Ok(())
            }
        }
    }

    /// Sends a text, long ones as a frame and its continuations (facts 5.3).
    async fn send(&self, socket: &mut Socket, text: String) -> Result<(), End> {
        let sending = async {
            if text.len() <= FRAME_LIMIT {
                return socket.send(Message::Text(text.into())).await;
            }
            let chunks = text.as_bytes().chunks(FRAME_LIMIT);
            let last = chunks.len() - 1;
            for (i, chunk) in chunks.enumerate() {
                let data = if i == 0 { Data::Text } else { Data::Continue };
                let part = Frame::message(chunk.to_vec(), OpCode::Data(data), i == last);
                socket.send(Message::Frame(part)).await?;
            }
            Ok(())
        };
        match self.world.clock.timeout(SEND_PATIENCE, sending).await {
            Some(Ok(())) => Ok(()),
            _ => Err(End::theirs(1006, "Connection closed abnormally")),
        }
    }

    /// One message through the phases; what it leads to.
    async fn message(&self, body: Utf8Bytes) -> Reply {
        let Some(place) = self.place() else {
            // The stage is gone; no capture. Assumed: as a message without a route.
            return Reply::Nothing;
        };
        let message_id = self.world.ids.message(self.world.clock.now(), &self.peer.connection_id);
        let json = serde_json::from_str(&body).ok();
        let key = select_route::select_route(&place, json.as_ref());
        let (has_route, rules) = (key.is_some(), place.rules(key.unwrap_or_default()).clone());
        let event = Event::Message { message_id, body };
        let mut execution = Execution::new(&self.world, place, self.peer.clone(), event, rules, json);
        if !has_route {
            return Reply::Text(frame(&execution, "Forbidden"));
        }
        if !throttle::admits(&execution) {
            return Reply::Text(frame(&execution, "Too Many Requests")); // assumed: facts 2 section 12.2
        }
        let refused = match faults::fate(&execution) {
            Fate::Served => None,
            Fate::Refused(status) => Some(status),
            Fate::Swallowed => return Reply::Nothing,
            Fate::Closed(code) => return Reply::End(End::on_purpose(code)),
        };
        match run_message(&mut execution, refused).await {
            Ok(answer) => answer.map_or(Reply::Nothing, Reply::Text),
            Err(failure) => Reply::Text(frame(&execution, &failure.message)),
        }
    }

    /// `$disconnect`, if the API is still there. Its answer goes to nobody.
    async fn disconnect(&self, end: End) {
        let Some(place) = self.place() else { return };
        if place.api.route("$disconnect").is_none() {
            return;
        }
        let event = Event::Disconnect { code: end.code, reason: end.reason.clone() };
        let rules = place.rules("$disconnect").clone();
        let mut execution = Execution::new(&self.world, place, self.peer.clone(), event, rules, None);
        if faults::loses_disconnect(&execution) {
            return;
        }
        journal::opening(&mut execution);
        journal::preamble(&mut execution);
        let status = match faults::fate(&execution) {
            Fate::Refused(status) => Some(faults::refuse(&mut execution, status).status),
            _ => match faults::integrate(&mut execution).await {
                Ok(answer) => answer.map(|a| a.status),
                Err(failure) => Some(failure.status),
            },
        };
        access_log::write(&execution, status.unwrap_or(200));
        let Execution { journal, peer, place, .. } = &mut execution;
        let (connection_id, api_id) = (&*peer.connection_id, place.api_id.as_str());
        let (close_code, reason) = (end.code, end.reason.as_str());
        journal.say(match status {
            Some(status) => Kind::Disconnected { connection_id, api_id, status, close_code, reason },
            None => Kind::DisconnectedOnly { connection_id, api_id, close_code, reason },
        });
    }
}

/// The lines and phases of a message whose route is known.
async fn run_message(execution: &mut Execution, refused: Option<u16>) -> Result<Option<String>, Failure> {
    journal::opening(execution);
    journal::preamble(execution);
    let peer = execution.peer.clone();
    let connection_id = &*peer.connection_id;
    let label = execution.place.label.clone();
    let api_id = label.api_id.as_str();
    execution.journal.say(Kind::MessageReceived { api_id, connection_id });
    if execution.journal.is_traced() {
        let message = execution.proxy_event().to_string();
        execution.journal.trace(Kind::MessageTraced { api_id, connection_id, message: &message });
    }
    let outcome = match (refused, validate::model(execution)) {
        (Some(status), _) => Err(faults::refuse(execution, status)),
        (None, Ok(())) => faults::integrate(execution).await,
        (None, Err(failure)) => Err(failure),
    };
    let status = match &outcome {
        Ok(answer) => answer.as_ref().map_or(200, |a| a.status),
        Err(failure) => failure.status,
    };
    execution.journal.say(Kind::MessageSent { connection_id, api_id, status });
    access_log::write(execution, status);
    let two_way = execution.place.api.route(&execution.route_key).is_some_and(|r| r.is_two_way());
    let answer = outcome?.map(|a| a.body);
    Ok(answer.filter(|body| two_way && !body.is_empty()))
}

/// What came in: a text, nothing that needs an answer, or the end.
fn received(message: Option<Result<Message, Error>>) -> Result<Option<Utf8Bytes>, End> {
    match message {
        Some(Ok(Message::Text(text))) => Ok(Some(text)),
        Some(Ok(Message::Binary(_))) => Err(End::ours(1003, "Binary is not supported")),
        Some(Ok(Message::Close(Some(frame)))) => Err(End::theirs(frame.code.into(), &frame.reason)),
        Some(Ok(Message::Close(None))) => Err(End::theirs(1005, "Client-side close frame status not set")),
        Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => Ok(None),
        // The codes are documented or RFC 6455's; the reasons are assumed.
        Some(Err(Error::Capacity(CapacityError::MessageTooLong { .. }))) => Err(End::broken(1009, "Message too big")),
        Some(Err(Error::Utf8(_))) => Err(End::broken(1007, "Invalid UTF-8")),
        Some(Err(Error::Protocol(ProtocolError::ResetWithoutClosingHandshake)) | Err(Error::Io(_))) | None => {
            Err(End::theirs(1006, "Connection closed abnormally"))
        }
        Some(Err(_)) => Err(End::broken(1002, "Protocol error")),
    }
}

/// Ends the WebSocket. When the gateway closes, it reads on until the client has answered: closing with unread bytes
/// would take our close frame with it.
async fn close(clock: &Clock, socket: &mut Socket, end: &End) {
    let closing = async {
        if end.by == By::Client {
            let _ = socket.flush().await;
            return;
        }
        let frame = CloseFrame { code: end.code.into(), reason: Utf8Bytes::from(end.reason.as_str()) };
        let _ = socket.close(Some(frame)).await;
        if end.by == By::Gateway {
            while let Some(Ok(_)) = socket.next().await {}
        } else {
            let mut waste = [0; BUFFER];
            while let Some(Ok(1..)) = clock.timeout(QUIET, socket.get_mut().read(&mut waste)).await {}
        }
    };
    // Whoever does not answer has been told.
    let _ = clock.timeout(CLOSE_PATIENCE, closing).await;
}
