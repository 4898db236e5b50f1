//! The socket of a session: one task dials and reads, another writes, and both end with it.
//!
//! Frames wait here for the session to take them; while it does not, nothing is read from the peer. It may not know
//! what a frame means.

use std::sync::Arc;
use std::time::Instant;

use gatescope_model::handshake::Handshake;
use gatescope_socket::{CancellationToken, End, Frame, Network, Request, Sender, dial};
use tokio::sync::mpsc;

/// Frames that wait for the session. With messages of at most 1 MiB this bounds what a fast peer can make us hold.
const WAITING_IN: usize = 16;
/// Frames that wait for the network; the one after that is refused, with words.
const WAITING_OUT: usize = 1024;

/// What the socket tells.
pub(super) enum Event {
    /// A phase began or ended.
    Progress(Handshake),
    /// The handshake is over; on `Opened`, frames follow.
    Over(Handshake),
    /// A frame came.
    Frame(Frame, Instant),
    /// The connection is over.
    Ended(End),
}

/// What is sent.
pub(super) enum Out {
    Text(String),
    Ping,
    Close(Option<u16>, String),
}

/// The session's ends of the socket; dropping it cancels.
pub(super) struct Wire {
    pub events: mpsc::Receiver<Event>,
    pub out: mpsc::Sender<Out>,
    cancel: CancellationToken,
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

impl Wire {
    /// Begins to dial.
    pub(super) fn dial(network: Arc<dyn Network>, request: Request) -> Self {
        let (tell, events) = mpsc::channel(WAITING_IN);
        let (out, to_send) = mpsc::channel(WAITING_OUT);
        let cancel = CancellationToken::new();
        tokio::spawn(run(network, request, cancel.clone(), tell, to_send));
        Self { events, out, cancel }
    }

    /// Gives the attempt up; its end still comes as an event.
    pub(super) fn cancel(&self) {
        self.cancel.cancel();
    }
}

async fn run(
    network: Arc<dyn Network>,
    request: Request,
    cancel: CancellationToken,
    tell: mpsc::Sender<Event>,
    to_send: mpsc::Receiver<Out>,
) {
    // Progress is for the eye: the one that finds no room is followed by a better one.
    let mut progress = |h: &Handshake| drop(tell.try_send(Event::Progress(h.clone())));
    let dialled = dial(&*network, &request, &cancel, &mut progress).await;
    if tell.send(Event::Over(dialled.handshake)).await.is_err() {
        return;
    }
    let Some(link) = dialled.link else { return };
    let (sender, mut receiver) = link.split();
    let writer = tokio::spawn(write(sender, to_send));
    loop {
        let event = tokio::select! {
            next = receiver.next() => next.map_or_else(Event::Ended, |frame| Event::Frame(frame, Instant::now())),
            () = cancel.cancelled() => break,
        };
        let over = matches!(event, Event::Ended(_));
        if tell.send(event).await.is_err() || over {
            break;
        }
    }
    writer.abort();
}

async fn write(mut sender: Sender, mut to_send: mpsc::Receiver<Out>) {
    while let Some(out) = to_send.recv().await {
        let sent = match out {
            Out::Text(text) => sender.send(Frame::Text(text.into())).await,
            Out::Ping => sender.send(Frame::Ping(bytes::Bytes::new())).await,
            Out::Close(code, reason) => sender.close(code, &reason).await,
        };
        // The reader tells why.
        if sent.is_err() {
            break;
        }
    }
}

/// A text that no other attempt has: 16 hex characters.
pub(crate) fn token() -> String {
    let mut bytes = [0u8; 8];
    // Without randomness the clock has to do: attempts of one person are never in the same nanosecond.
    if getrandom::fill(&mut bytes).is_err() {
        let nanos = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_nanos();
        bytes.copy_from_slice(&nanos.to_le_bytes()[..8]);
    }
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
