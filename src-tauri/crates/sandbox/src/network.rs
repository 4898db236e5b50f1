//! How bytes reach the sandbox: an in-memory stream to a host name, or one loopback port for everything.
//!
//! It may not know services. Which host answers to which name is `names.rs`, with which certificate `tls.rs`.

pub(crate) mod names;
pub(crate) mod tls;

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::{Request, Response};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use rustls::server::Acceptor;
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::LazyConfigAcceptor;
use tokio_util::task::AbortOnDropHandle;

use self::names::Behind;
pub use self::names::DnsRecord;
pub(crate) use self::tls::Tls;
use crate::answer::plain;
use crate::front::{self, Call, Origin};
use crate::{Body, Error, World};

/// Bytes in flight in each direction of an in-memory stream.
const PIPE: usize = 64 * 1024;
/// Bytes of a request body; API Gateway's own payload limit. Push bodies have their own, smaller one.
const BODY_LIMIT: usize = 10 << 20;
/// Bytes that hyper reads ahead of a request's head, which bounds an idle connection.
const HEAD_BUFFER: usize = 16 * 1024;
/// How long a client may take for its first byte, and for its TLS handshake.
const PATIENCE: Duration = Duration::from_secs(30);

/// The client's end of an in-memory stream.
pub struct Duplex(DuplexStream);

impl AsyncRead for Duplex {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for Duplex {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

/// A port that is being served; dropping it stops accepting.
#[derive(Debug)]
pub struct Listening {
    /// Where, with the real port.
    pub addr: SocketAddr,
    _accepting: AbortOnDropHandle<()>,
}

/// Whether a host name leads to an address.
pub(crate) fn resolves(world: &World, host: &str) -> bool {
    names::behind(world, host).is_some()
}

pub(crate) fn connect(world: &Arc<World>, host: &str, port: u16) -> Option<Duplex> {
    let behind = names::behind(world, host)?;
    let (client, server) = tokio::io::duplex(PIPE);
    // An address outside AWS: nobody is there, so the stream ends at once.
    if behind != Behind::Elsewhere {
        let origin = Origin { source_ip: "127.0.0.1".into(), port, tls: port == 443 };
        let world = world.clone();
        // The task owns the server's end and ends with the client's.
        tokio::spawn(async move {
            if origin.tls {
                serve_tls(world, server, origin, Some(behind)).await;
            } else {
                serve(world, server, origin).await;
            }
        });
    }
    Some(Duplex(client))
}

pub(crate) async fn listen(world: &Arc<World>, addr: SocketAddr) -> Result<Listening, Error> {
    let listener = TcpListener::bind(addr).await.map_err(|e| match e.kind() {
        io::ErrorKind::AddrInUse => Error::PortTaken(addr.port()),
        _ => Error::Listen(addr, e),
    })?;
    let addr = listener.local_addr().map_err(|e| Error::Listen(addr, e))?;
    let world = world.clone();
    let accepting = tokio::spawn(async move {
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => {
                    let _ = stream.set_nodelay(true);
                    let origin = Origin { source_ip: peer.ip().to_string(), port: addr.port(), tls: false };
                    tokio::spawn(either(world.clone(), stream, origin));
                }
                // Out of file descriptors, most likely: give the others time to close.
                Err(error) => {
                    tracing::warn!(%error, "accept failed");
                    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                }
            }
        }
    });
    Ok(Listening { addr, _accepting: AbortOnDropHandle::new(accepting) })
}

/// One port speaks both: a TLS client's first byte is that of a handshake record, which begins no HTTP request.
async fn either(world: Arc<World>, stream: TcpStream, origin: Origin) {
    let mut first = [0];
    match world.clock.timeout(PATIENCE, stream.peek(&mut first)).await {
        Some(Ok(1)) if first == [0x16] => serve_tls(world, stream, Origin { tls: true, ..origin }, None).await,
        Some(Ok(1)) => serve(world, stream, origin).await,
        _ => {}
    }
}

/// Shakes hands with the certificate that belongs to the name that is asked for, then serves.
async fn serve_tls<S>(world: Arc<World>, stream: S, origin: Origin, behind: Option<Behind>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let handshake = async {
        let start = LazyConfigAcceptor::new(Acceptor::default(), stream).await?;
        let config = tls::choose(&world, start.client_hello().server_name(), behind.as_ref());
        let config = config.ok_or_else(|| io::Error::other("no certificate could be made"))?;
        start.into_stream(config).await
    };
    match world.clock.timeout(PATIENCE, handshake).await {
        Some(Ok(stream)) => serve(world, stream, origin).await,
        Some(Err(error)) => tracing::debug!(%error, "TLS handshake failed"),
        None => tracing::debug!("TLS handshake took too long"),
    }
}

/// Serves HTTP/1.1 on one stream until it ends or becomes a WebSocket.
async fn serve<S>(world: Arc<World>, stream: S, origin: Origin)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(|request| {
        let (world, origin) = (world.clone(), origin.clone());
        async move { Ok::<_, Infallible>(one(&world, request, origin).await) }
    });
    let served = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .max_buf_size(HEAD_BUFFER)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades()
        .await;
    if let Err(error) = served {
        tracing::debug!(%error, "connection ended");
    }
}

async fn one(world: &Arc<World>, request: Request<Incoming>, origin: Origin) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = match Limited::new(body, BODY_LIMIT).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => return plain(413, ""),
        Err(error) => {
            tracing::debug!(%error, "request body ended early");
            return plain(400, "");
        }
    };
    front::answer(world, Call::from_parts(parts, body, origin)).await
}
