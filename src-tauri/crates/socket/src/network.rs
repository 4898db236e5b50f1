//! The seam between the client and the world: names to addresses, addresses to streams, and which certificates to trust.
//!
//! [`System`] is the machine's own network. A test or a sandbox answers the same three questions with streams in memory
//! and a certificate authority of its own; nothing else in this crate can tell the difference.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rustls::ClientConfig;
use rustls::client::danger::ServerCertVerifier;
use rustls::pki_types::CertificateDer;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

pub(crate) mod trust;

/// Bytes in both directions.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Any [`Stream`].
pub type BoxStream = Box<dyn Stream>;

/// What the methods of [`Network`] return.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Where streams come from.
pub trait Network: Send + Sync {
    /// Addresses of `host`, best first, in words that [`Network::open`] understands and a person may read.
    ///
    /// # Errors
    /// The resolver's own; an empty list counts as "no such name".
    fn resolve<'a>(&'a self, host: &'a str, port: u16) -> BoxFuture<'a, io::Result<Vec<String>>>;

    /// Opens a stream to one of the addresses that [`Network::resolve`] gave.
    ///
    /// # Errors
    /// The system's own.
    fn open<'a>(&'a self, address: &'a str) -> BoxFuture<'a, io::Result<BoxStream>>;

    /// Whom to trust; asked only when a `wss` URL is dialled.
    ///
    /// # Errors
    /// When the trusted certificates cannot be read.
    fn tls(&self) -> Result<Arc<ClientConfig>, rustls::Error>;

    /// Who decides about certificates in [`Network::tls`]: whoever only looks at a server asks it and goes on.
    ///
    /// # Errors
    /// When the trusted certificates cannot be read.
    fn verifier(&self) -> Result<Arc<dyn ServerCertVerifier>, rustls::Error>;
}

/// The machine's network and trust store (`SSL_CERT_FILE` and `SSL_CERT_DIR` are honoured where OpenSSL honours them).
#[derive(Default)]
pub struct System {
    extra_roots: Vec<CertificateDer<'static>>,
    unchecked: bool,
    // Reading the trust store takes milliseconds: once, and only for wss.
    tls: OnceLock<Arc<ClientConfig>>,
    verifier: OnceLock<Arc<dyn ServerCertVerifier>>,
}

impl System {
    /// Trusts these certificate authorities besides the machine's own.
    #[must_use]
    pub fn with_roots(extra_roots: Vec<CertificateDer<'static>>) -> Self {
        Self { extra_roots, ..Self::default() }
    }

    /// Takes any certificate: only for a server that the user named and said so (`--no-check`).
    #[must_use]
    pub fn unchecked() -> Self {
        Self { unchecked: true, ..Self::default() }
    }
}

impl Network for System {
    fn resolve<'a>(&'a self, host: &'a str, port: u16) -> BoxFuture<'a, io::Result<Vec<String>>> {
        Box::pin(async move {
            // RFC 6761 6.3: `localhost` and what ends in it is loopback, also where the resolver does not know.
            if host == "localhost" || host.ends_with(".localhost") {
                return Ok(vec![SocketAddr::from((Ipv4Addr::LOCALHOST, port)).to_string(), format!("[::1]:{port}")]);
            }
            let host = host.trim_start_matches('[').trim_end_matches(']');
            Ok(tokio::net::lookup_host((host, port)).await?.map(|address| address.to_string()).collect())
        })
    }

    fn open<'a>(&'a self, address: &'a str) -> BoxFuture<'a, io::Result<BoxStream>> {
        Box::pin(async move {
            let address: SocketAddr = address.parse().map_err(io::Error::other)?;
            let stream = TcpStream::connect(address).await?;
            // Frames are small and somebody waits for them.
            stream.set_nodelay(true)?;
            Ok(Box::new(stream) as BoxStream)
        })
    }

    fn tls(&self) -> Result<Arc<ClientConfig>, rustls::Error> {
        if let Some(config) = self.tls.get() {
            return Ok(Arc::clone(config));
        }
        let config = Arc::new(trust::config(self.verifier()?)?);
        Ok(Arc::clone(self.tls.get_or_init(|| config)))
    }

    fn verifier(&self) -> Result<Arc<dyn ServerCertVerifier>, rustls::Error> {
        if let Some(verifier) = self.verifier.get() {
            return Ok(Arc::clone(verifier));
        }
        let verifier = trust::verifier(&self.extra_roots, self.unchecked)?;
        Ok(Arc::clone(self.verifier.get_or_init(|| verifier)))
    }
}

/// How long one of several addresses may take before the next is tried: a machine with a broken IPv6 route still connects.
pub(crate) const ADDRESS_PATIENCE: Duration = Duration::from_secs(3);
