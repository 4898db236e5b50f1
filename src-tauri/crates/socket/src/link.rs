//! An open connection as frames in and out, and one reason when it is over.
//!
//! Memory is bounded by the named constants here, whatever the peer does: reading waits for the reader, writing for the
//! network. It may not know what a frame's text means. Where to look next: `error.rs` for the reasons.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{self, Message, Utf8Bytes};
use tokio_util::sync::CancellationToken;

use crate::error::{End, Error, Side};
use crate::network::BoxStream;

/// Longest message that is taken from a peer. API Gateway's limit is 128 KiB (facts 5.1); other servers may send more.
pub const MAX_MESSAGE: usize = 1024 * 1024;
/// tungstenite's default of 128 KiB a connection buys no speed for messages of a kilobyte.
const READ_BUFFER: usize = 16 * 1024;
/// Frames fed but not yet flushed; beyond it a feed waits for the network.
const WRITE_BUFFER: usize = 64 * 1024;
/// How long the peer may take to answer a close frame before the stream is dropped.
pub(crate) const CLOSE_PATIENCE: Duration = Duration::from_secs(3);
/// How long a peer that closed may take to let the stream go.
const LINGER: Duration = Duration::from_millis(500);
/// RFC 6455 5.5: a control frame carries 125 bytes, two of them the code.
const MAX_REASON: usize = 123;

/// One frame, or one message that came in several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// UTF-8.
    Text(Utf8Bytes),
    /// Anything.
    Binary(Bytes),
    /// At most 125 bytes. The answer to a received one goes out by itself.
    Ping(Bytes),
    /// At most 125 bytes.
    Pong(Bytes),
}

impl Frame {
    /// Bytes of the payload.
    #[must_use]
    pub fn size(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Binary(bytes) | Self::Ping(bytes) | Self::Pong(bytes) => bytes.len(),
        }
    }
}

impl From<Frame> for Message {
    fn from(frame: Frame) -> Self {
        match frame {
            Frame::Text(text) => Self::Text(text),
            Frame::Binary(bytes) => Self::Binary(bytes),
            Frame::Ping(bytes) => Self::Ping(bytes),
            Frame::Pong(bytes) => Self::Pong(bytes),
        }
    }
}

/// An open connection.
pub struct Link {
    stream: WebSocketStream<BoxStream>,
}

impl Link {
    /// Frames over a stream whose handshake is done; `read` is what already came of them.
    pub(crate) async fn new(stream: BoxStream, read: Vec<u8>) -> Self {
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER)
            .write_buffer_size(WRITE_BUFFER)
            .max_message_size(Some(MAX_MESSAGE))
            .max_frame_size(Some(MAX_MESSAGE));
        Self { stream: WebSocketStream::from_partially_read(stream, read, Role::Client, Some(config)).await }
    }

    /// Two halves for two tasks. The stream closes when both are dropped.
    #[must_use]
    pub fn split(self) -> (Sender, Receiver) {
        let (sink, stream) = self.stream.split();
        let shared = Arc::new(Shared::default());
        (Sender { sink, shared: Arc::clone(&shared) }, Receiver { stream, shared })
    }
}

/// What each half has to know of the other.
#[derive(Default)]
struct Shared {
    /// Our close frame went out.
    closing: CancellationToken,
    end: OnceLock<End>,
}

/// The half that writes.
pub struct Sender {
    sink: SplitSink<WebSocketStream<BoxStream>, Message>,
    shared: Arc<Shared>,
}

impl Sender {
    /// Sends a frame now.
    ///
    /// # Errors
    /// [`Error::Ended`] once the connection is over.
    pub async fn send(&mut self, frame: Frame) -> Result<(), Error> {
        let sent = self.sink.send(frame.into()).await;
        self.checked(sent)
    }

    /// Puts a frame behind those not yet flushed: for many at once. Waits when the network is slower than the caller.
    ///
    /// # Errors
    /// [`Error::Ended`] once the connection is over.
    pub async fn feed(&mut self, frame: Frame) -> Result<(), Error> {
        let fed = self.sink.feed(frame.into()).await;
        self.checked(fed)
    }

    /// Sends what was fed.
    ///
    /// # Errors
    /// [`Error::Ended`] once the connection is over.
    pub async fn flush(&mut self) -> Result<(), Error> {
        let flushed = self.sink.flush().await;
        self.checked(flushed)
    }

    /// Sends the close frame; the [`Receiver`] then ends with the peer's answer, or without one after three seconds. Without a
    /// code the gateway logs 1005. A reason beyond 123 bytes is cut at a character.
    ///
    /// # Errors
    /// [`Error::CloseCode`] for a code that may not be sent, [`Error::Ended`] once the connection is over.
    pub async fn close(&mut self, code: Option<u16>, reason: &str) -> Result<(), Error> {
        let frame = match code {
            Some(code) if !CloseCode::from(code).is_allowed() => return Err(Error::CloseCode(code)),
            Some(code) => {
                let reason = &reason[..reason.floor_char_boundary(MAX_REASON)];
                Some(CloseFrame { code: code.into(), reason: reason.into() })
            }
            None => None,
        };
        self.shared.closing.cancel();
        let closed = self.sink.send(Message::Close(frame)).await;
        self.checked(closed)
    }

    /// The receiver's reason is the better one: a write only notices that something is gone.
    fn checked(&self, result: Result<(), tungstenite::Error>) -> Result<(), Error> {
        result.map_err(|why| self.shared.end.get().cloned().unwrap_or_else(|| end(why, &self.shared)).into())
    }
}

/// The half that reads.
pub struct Receiver {
    stream: SplitStream<WebSocketStream<BoxStream>>,
    shared: Arc<Shared>,
}

impl Receiver {
    /// The next frame, or why there will be none: asked again, it answers the same. Cancel safe. Pings are answered only while
    /// somebody reads.
    ///
    /// # Errors
    /// The reason for the end.
    pub async fn next(&mut self) -> Result<Frame, End> {
        if let Some(end) = self.shared.end.get() {
            return Err(end.clone());
        }
        let message = tokio::select! {
            // Reading first: the patience is looked at only when nothing is there.
            biased;
            message = self.stream.next() => message,
            () = unanswered(&self.shared) => return Err(self.ended(End::Unanswered)),
        };
        match message {
            Some(Ok(Message::Text(text))) => Ok(Frame::Text(text)),
            Some(Ok(Message::Binary(bytes))) => Ok(Frame::Binary(bytes)),
            Some(Ok(Message::Ping(bytes))) => Ok(Frame::Ping(bytes)),
            Some(Ok(Message::Pong(bytes))) => Ok(Frame::Pong(bytes)),
            Some(Ok(Message::Close(frame))) => {
                let by = if self.shared.closing.is_cancelled() { Side::Us } else { Side::Peer };
                let (code, reason) = match frame {
                    Some(frame) => (Some(frame.code.into()), frame.reason.to_string()),
                    None => (None, String::new()),
                };
                let end = self.ended(End::Closed { by, code, reason });
                // Reading on is what sends our answer. The peer then closes the stream; one that does not is not waited for.
                let _ = tokio::time::timeout(LINGER, self.stream.next()).await;
                Err(end)
            }
            Some(Ok(Message::Frame(_))) => Err(self.ended(End::Protocol("a raw frame".into()))),
            Some(Err(why)) => Err(self.ended(end(why, &self.shared))),
            None => Err(self.ended(End::Broken("the stream ended".into()))),
        }
    }

    fn ended(&self, end: End) -> End {
        self.shared.end.get_or_init(|| end).clone()
    }
}

async fn unanswered(shared: &Shared) {
    shared.closing.cancelled().await;
    tokio::time::sleep(CLOSE_PATIENCE).await;
}

fn end(why: tungstenite::Error, shared: &Shared) -> End {
    use tungstenite::Error as Why;
    use tungstenite::error::{CapacityError, ProtocolError};
    match why {
        Why::Protocol(ProtocolError::ResetWithoutClosingHandshake) if shared.closing.is_cancelled() => End::Unanswered,
        Why::Protocol(ProtocolError::ResetWithoutClosingHandshake) => End::Broken("the stream ended".into()),
        Why::Protocol(ProtocolError::SendAfterClosing) | Why::ConnectionClosed | Why::AlreadyClosed => {
            End::Broken("the connection was closed before".into())
        }
        Why::Io(why) => End::Broken(why.to_string()),
        Why::Capacity(CapacityError::MessageTooLong { size, .. }) => End::TooLong(size),
        why => End::Protocol(why.to_string()),
    }
}
