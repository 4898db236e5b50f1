//! One HTTP request to a real backend, one connection each. Knows nothing of API Gateway.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Method, Request};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use rustls_platform_verifier::BuilderVerifierExt;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_util::task::AbortOnDropHandle;

/// Bytes of an answer that are read: API Gateway's payload limit.
const ANSWER_LIMIT: usize = 10 << 20;

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Trouble {
    /// No usable URL, or a name that does not resolve.
    Address,
    /// Refused, reset, TLS failure, or no HTTP.
    Network(String),
}

/// An answer.
pub(super) struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Reply {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Sends a request and reads the whole answer. Dropping the future closes the connection.
pub(super) async fn send(
    method: &Method,
    url: &url::Url,
    headers: &[(String, String)],
    body: Bytes,
) -> Result<Reply, Trouble> {
    let host = url.host_str().ok_or(Trouble::Address)?.to_owned();
    let port = url.port_or_known_default().ok_or(Trouble::Address)?;
    let network = |e: &dyn std::fmt::Display| Trouble::Network(e.to_string());
    let address = host.trim_matches(['[', ']']).to_owned();
    let found: Vec<_> = tokio::net::lookup_host((address, port)).await.map_err(|_| Trouble::Address)?.collect();
    let stream = TcpStream::connect(found.as_slice()).await.map_err(|e| network(&e))?;
    let mut request = Request::builder().method(method).uri(&url[url::Position::BeforePath..url::Position::AfterQuery]);
    request = request.header("host", &url[url::Position::BeforeHost..url::Position::AfterPort]);
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let request = request.body(Full::new(body)).map_err(|e| network(&e))?;
    match url.scheme() {
        "http" => exchange(stream, request).await,
        "https" => {
            let provider = Arc::new(rustls::crypto::ring::default_provider());
            let config = ClientConfig::builder_with_provider(provider)
                .with_safe_default_protocol_versions()
                .and_then(BuilderVerifierExt::with_platform_verifier)
                .map_err(|e| network(&e))?
                .with_no_client_auth();
            let name = ServerName::try_from(host).map_err(|_| Trouble::Address)?;
            let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.map_err(|e| network(&e))?;
            exchange(stream, request).await
        }
        _ => Err(Trouble::Address),
    }
}

async fn exchange<S>(stream: S, request: Request<Full<Bytes>>) -> Result<Reply, Trouble>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let network = |e: hyper::Error| Trouble::Network(e.to_string());
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(network)?;
    let _driver = AbortOnDropHandle::new(tokio::spawn(connection));
    let (parts, body) = sender.send_request(request).await.map_err(network)?.into_parts();
    let body = Limited::new(body, ANSWER_LIMIT).collect().await.map_err(|e| Trouble::Network(e.to_string()))?;
    Ok(Reply { status: parts.status.as_u16(), headers: parts.headers, body: body.to_bytes() })
}
