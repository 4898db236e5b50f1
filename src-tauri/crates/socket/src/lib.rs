//! A WebSocket client that keeps everything a person may ask about: each phase of the handshake timed, a refusal whole with
//! its headers as sent, every frame, and in words why it ended.
//!
//! It may not know AWS, log lines or the window, nor that a sandbox exists: whoever dials hands in a [`Network`], which may be
//! the machine's own ([`System`]) or streams in memory. A refused handshake is a value here, never an error.
//! Where to look next: [`dial()`] (DNS → TCP → TLS → upgrade), [`probe()`] (the same as far as TLS), [`Link`] (frames),
//! [`Network`] (the seam), [`End`] (reasons).

pub mod dial;
mod error;
mod link;
mod network;
mod request;

pub use dial::probe::{Look, probe};
pub use dial::{Dialled, dial};
pub use error::{End, Error, Side};
pub use link::{Frame, Link, MAX_MESSAGE, Receiver, Sender};
pub use network::{BoxFuture, BoxStream, Network, Stream, System};
pub use request::{DEFAULT_TIMEOUT, Request, encoded};
pub use tokio_tungstenite::tungstenite::Utf8Bytes;
pub use tokio_util::sync::CancellationToken;
