//! A stream under hyper that sends our request head as written and remembers the answer's head as it came.
//!
//! hyper frames the answer, its body and the switch, but spells header names its own way in both directions, and which header
//! was sent how is what a person debugs with. It may not know what the bytes mean beyond where a head ends.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::network::BoxStream;

/// Longest answer head that is read at all; hyper gives up beyond it.
pub(super) const MAX_HEAD: usize = 64 * 1024;
/// Most headers in an answer, hyper's own limit as well.
const MAX_HEADERS: usize = 100;

/// What came before the body.
#[derive(Clone, Default)]
pub(super) struct Heard(Arc<Mutex<Vec<u8>>>);

impl Heard {
    fn hear(&self, bytes: &[u8]) {
        let mut heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let room = MAX_HEAD.saturating_sub(heard.len());
        heard.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    /// Reason phrase and headers of the final answer, names and order as sent; interim answers (1xx) are skipped.
    pub fn head(&self) -> Option<(String, Vec<(String, String)>)> {
        let heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut rest = heard.as_slice();
        loop {
            let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
            let mut head = httparse::Response::new(&mut headers);
            let httparse::Status::Complete(length) = head.parse(rest).ok()? else { return None };
            let code = head.code?;
            if code != 101 && (100..200).contains(&code) {
                rest = &rest[length..];
                continue;
            }
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            let headers = head.headers.iter().map(|header| (header.name.to_owned(), text(header.value))).collect();
            return Some((head.reason.unwrap_or_default().to_owned(), headers));
        }
    }
}

/// See the module.
pub(super) struct Verbatim {
    stream: BoxStream,
    head: Bytes,
    heard: Heard,
}

impl Verbatim {
    pub fn new(stream: BoxStream, head: String) -> (Self, Heard) {
        let heard = Heard::default();
        (Self { stream, head: head.into(), heard: heard.clone() }, heard)
    }

    pub fn into_stream(self) -> BoxStream {
        self.stream
    }
}

impl AsyncRead for Verbatim {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buf))?;
        self.heard.hear(&buf.filled()[before..]);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Verbatim {
    /// All that hyper ever writes here is its own spelling of the head: ours goes out in its place.
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        while this.head.has_remaining() {
            let written = ready!(Pin::new(&mut this.stream).poll_write(cx, &this.head))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            this.head.advance(written);
        }
        Poll::Ready(Ok(buf.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
