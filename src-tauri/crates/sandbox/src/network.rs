//! How bytes reach the sandbox: an in-memory stream to a host name, or one loopback port for everything.
//!
//! It may not know services. TLS uses a root made at the start, and a leaf a host made when it is asked for.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{Request, Response};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_util::task::AbortOnDropHandle;

use crate::answer::plain;
use crate::front::{self, Call, Origin};
use crate::{Body, Error, World};

/// Bytes in flight in each direction of an in-memory stream.
const PIPE: usize = 64 * 1024;
/// Bytes of a request body; API Gateway's own payload limit. Push bodies have their own, smaller one.
const BODY_LIMIT: usize = 10 << 20;
/// Bytes that hyper reads ahead of a request's head, which bounds an idle connection.
const HEAD_BUFFER: usize = 16 * 1024;

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

/// Root and acceptor.
pub(crate) struct Tls {
    root: CertificateDer<'static>,
    acceptor: TlsAcceptor,
}

impl Tls {
    pub(crate) fn new() -> Result<Self, Error> {
        let bad = |e: &dyn std::fmt::Display| Error::Certificates(e.to_string());
        let key = KeyPair::generate().map_err(|e| bad(&e))?;
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "Gatescope sandbox root");
        let root = params.self_signed(&key).map_err(|e| bad(&e))?.der().clone();
        let leaves = Leaves { issuer: Issuer::new(params, key) };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|e| bad(&e))?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(leaves));
        Ok(Self { root, acceptor: TlsAcceptor::from(Arc::new(config)) })
    }

    pub(crate) fn root(&self) -> Vec<u8> {
        self.root.to_vec()
    }
}

/// Signs a leaf for whatever name the client asks for: making one takes well under a millisecond.
#[derive(Debug)]
struct Leaves {
    issuer: Issuer<'static, KeyPair>,
}

impl ResolvesServerCert for Leaves {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let key = KeyPair::generate().ok()?;
        let params = CertificateParams::new(vec![hello.server_name()?.to_owned()]).ok()?;
        let leaf = params.signed_by(&key, &self.issuer).ok()?.der().clone();
        let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let signing = rustls::crypto::ring::sign::any_supported_type(&private).ok()?;
        Some(Arc::new(CertifiedKey::new(vec![leaf], signing)))
    }
}

/// Whether a host name resolves: the services, and the generated endpoint of every API there is.
pub(crate) fn resolves(world: &World, host: &str) -> bool {
    let region = &world.options.region;
    let services = ["apigateway", "logs", "stream-logs", "streaming-logs", "sts"];
    if host == "iam.amazonaws.com" || services.iter().any(|s| host == format!("{s}.{region}.amazonaws.com")) {
        return true;
    }
    let Some((api, rest)) = host.split_once(".execute-api.") else { return false };
    (rest == format!("{region}.amazonaws.com") || rest == format!("{region}.localhost"))
        && world.state.lock().resources.get(&format!("apis/{api}")).is_some()
}

pub(crate) fn connect(world: &Arc<World>, host: &str, port: u16) -> Option<Duplex> {
    if !resolves(world, host) {
        return None;
    }
    let (client, server) = tokio::io::duplex(PIPE);
    let origin = Origin { source_ip: "127.0.0.1".into(), port, tls: port == 443 };
    let world = world.clone();
    // The task owns the server's end and ends with the client's.
    tokio::spawn(async move {
        if origin.tls {
            let acceptor = world.tls.acceptor.clone();
            match acceptor.accept(server).await {
                Ok(stream) => serve(world, stream, origin).await,
                Err(error) => tracing::debug!(%error, "TLS handshake failed"),
            }
        } else {
            serve(world, server, origin).await;
        }
    });
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
                    tokio::spawn(serve(world.clone(), stream, origin));
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
