//! The HTTP request that asks for a WebSocket, and its answer: 101 checked as RFC 6455 4.1 wants it, anything else kept whole.
//!
//! hyper reads the answer because tungstenite drops a refusal's body unless it comes in the same packet as the head.

use bytes::Bytes;
use gatescope_model::handshake::{FailureKind, Refusal};
use http::{HeaderMap, Response, StatusCode};
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_util::task::AbortOnDropHandle;

use super::verbatim::{Heard, MAX_HEAD, Verbatim};
use super::{Failure, Opened};
use crate::link::Link;
use crate::network::BoxStream;
use crate::request::Target;

/// How much of a refusal's body is kept. API Gateway's own are under 200 bytes; a backend may send a page.
pub(super) const MAX_BODY: usize = 64 * 1024;

/// A refusal as far as it has come.
#[derive(Default)]
pub(super) struct Kept {
    /// `500 Internal Server Error`; also of a 101.
    pub status_line: String,
    status: Option<StatusCode>,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    truncated: bool,
}

impl Kept {
    pub fn head_came(&self) -> bool {
        self.status.is_some()
    }

    /// The refusal, its body read to the end or to the cap.
    pub fn whole(&mut self) -> Refusal {
        Refusal {
            status: self.status.unwrap_or_default().as_u16(),
            headers: std::mem::take(&mut self.headers),
            body: String::from_utf8_lossy(&self.body).into_owned(),
            body_truncated: self.truncated,
        }
    }

    /// The refusal, its body broken off.
    pub fn cut_off(&mut self) -> Refusal {
        self.truncated = true;
        self.whole()
    }

    /// False when the cap is reached.
    fn take(&mut self, bytes: &[u8]) -> bool {
        let room = MAX_BODY - self.body.len();
        self.body.extend_from_slice(&bytes[..bytes.len().min(room)]);
        self.truncated |= bytes.len() > room;
        !self.truncated
    }
}

/// Asks for the upgrade over `stream`. `None` is a refusal: it is left in `kept`, byte by byte as it comes.
pub(super) async fn upgrade(stream: BoxStream, target: &Target, kept: &mut Kept) -> Result<Option<Opened>, Failure> {
    let (stream, heard) = Verbatim::new(stream, target.head());
    let (mut sender, connection) = hyper::client::conn::http1::Builder::new()
        .max_buf_size(MAX_HEAD)
        .handshake::<_, Empty<Bytes>>(TokioIo::new(stream))
        .await
        .map_err(failure)?;
    // Ends with this future, whichever way that ends.
    let _driver = AbortOnDropHandle::new(tokio::spawn(connection.with_upgrades()));
    let mut request = http::Request::new(Empty::new());
    *request.uri_mut() = target.path().parse().map_err(|why| protocol(format!("the path cannot be sent: {why}")))?;
    let response = sender.send_request(request).await.map_err(failure)?;
    let status = response.status();
    let (reason, headers) = head(&heard, &response);
    kept.status_line = format!("{} {reason}", status.as_u16()).trim_end().to_owned();
    if status == StatusCode::SWITCHING_PROTOCOLS {
        return open(response, headers, target).await.map(Some);
    }
    kept.status = Some(status);
    kept.headers = headers;
    read_body(response.into_body(), kept).await;
    Ok(None)
}

/// As heard; hyper's own reading where httparse wants no part of it (obsolete folding).
fn head(heard: &Heard, response: &Response<Incoming>) -> (String, Vec<(String, String)>) {
    heard.head().unwrap_or_else(|| {
        let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = response.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect();
        (response.status().canonical_reason().unwrap_or_default().to_owned(), headers)
    })
}

async fn read_body(mut body: Incoming, kept: &mut Kept) {
    while let Some(frame) = body.frame().await {
        match frame {
            Ok(frame) => {
                if frame.data_ref().is_some_and(|data| !kept.take(data)) {
                    return;
                }
            }
            Err(_) => {
                kept.truncated = true;
                return;
            }
        }
    }
}

async fn open(
    response: Response<Incoming>,
    headers: Vec<(String, String)>,
    target: &Target,
) -> Result<Opened, Failure> {
    let subprotocol = check(response.headers(), target).map_err(protocol)?;
    let upgraded = hyper::upgrade::on(response).await.map_err(failure)?;
    let parts = upgraded
        .downcast::<TokioIo<Verbatim>>()
        .map_err(|_| protocol("the stream was lost in the upgrade".to_owned()))?;
    // A quick server's first frame may have come with the 101.
    let link = Link::new(parts.io.into_inner().into_stream(), parts.read_buf.to_vec()).await;
    Ok(Opened { headers, subprotocol, link })
}

/// RFC 6455 4.1, the client's six checks of a 101. Answers the subprotocol.
fn check(headers: &HeaderMap, target: &Target) -> Result<Option<String>, String> {
    let value = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !value("upgrade").eq_ignore_ascii_case("websocket") {
        return Err(format!("101, but its Upgrade header is `{}`", value("upgrade")));
    }
    if !value("connection").split(',').any(|token| token.trim().eq_ignore_ascii_case("upgrade")) {
        return Err(format!("101, but its Connection header is `{}`", value("connection")));
    }
    let expected = derive_accept_key(target.header("Sec-WebSocket-Key").unwrap_or_default().as_bytes());
    let accept = value("sec-websocket-accept").trim();
    if accept != expected {
        return Err(format!("101, but Sec-WebSocket-Accept is `{accept}` where the key sent demands `{expected}`"));
    }
    if !value("sec-websocket-extensions").is_empty() {
        return Err(format!("101 with an extension that was not asked for: `{}`", value("sec-websocket-extensions")));
    }
    let chosen = value("sec-websocket-protocol");
    if chosen.is_empty() {
        return Ok(None);
    }
    let offered = target.header("Sec-WebSocket-Protocol").unwrap_or_default();
    if !offered.split(',').any(|name| name.trim() == chosen) {
        return Err(format!("101 with the subprotocol `{chosen}`, offered was `{offered}`"));
    }
    Ok(Some(chosen.to_owned()))
}

fn protocol(message: String) -> Failure {
    Failure::new(FailureKind::Protocol, message)
}

/// hyper's errors: its parser's mean that the peer speaks no HTTP, the others that the stream broke.
fn failure(why: hyper::Error) -> Failure {
    let mut words = why.to_string();
    let mut source = std::error::Error::source(&why);
    while let Some(inner) = source {
        words.push_str(&format!(": {inner}"));
        source = inner.source();
    }
    let kind = if why.is_parse() || why.is_parse_too_large() { FailureKind::Protocol } else { FailureKind::Broken };
    if why.is_incomplete_message() {
        words = "the peer closed the stream before its answer was whole".into();
    }
    Failure::new(kind, words)
}
