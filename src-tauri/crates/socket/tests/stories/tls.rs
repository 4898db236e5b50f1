//! TLS with a certificate authority of our own.

use std::sync::Arc;

use gatescope_model::handshake::{FailureKind, Outcome, PhaseName, TlsTrouble};
use gatescope_socket::{BoxStream, Request, System};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::peer::{Memory, head, over, switch};

pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    pub fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self { issuer: CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap() }
    }

    pub fn root(&self) -> CertificateDer<'static> {
        self.issuer.der().clone()
    }

    pub fn acceptor(&self, name: &str) -> TlsAcceptor {
        acceptor_of(self, CertificateParams::new(vec![name.to_owned()]).unwrap())
    }
}

/// A server with a certificate of these parameters.
pub fn acceptor_of(authority: &Authority, params: CertificateParams) -> TlsAcceptor {
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, &authority.issuer).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::Pkcs8(key.serialize_der().into()))
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

async fn answer(acceptor: TlsAcceptor, stream: BoxStream) {
    if let Ok(stream) = acceptor.accept(stream).await {
        let mut stream: BoxStream = Box::new(stream);
        let head = head(&mut stream).await;
        stream.write_all(switch(&head, "").as_bytes()).await.unwrap();
        stream.flush().await.unwrap();
        std::future::pending::<()>().await;
    }
}

pub async fn on_loopback(acceptor: TlsAcceptor) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        answer(acceptor, Box::new(stream)).await;
    });
    format!("wss://localhost:{port}/")
}

async fn speaking_plain_http() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
    });
    format!("wss://localhost:{port}/")
}

#[tokio::test]
async fn a_server_of_a_trusted_authority_opens_over_tls() {
    let authority = Authority::new("ours");
    let url = on_loopback(authority.acceptor("localhost")).await;
    let dialled = over(&System::with_roots(vec![authority.root()]), &Request::new(url)).await;
    assert!(matches!(dialled.handshake.outcome, Outcome::Opened { .. }), "{:?}", dialled.handshake.outcome);
    let tls = &dialled.handshake.phases[2];
    assert_eq!((tls.name, tls.detail.as_str()), (PhaseName::Tls, "TLS 1.3"));
}

#[tokio::test]
async fn an_unknown_authority_a_wrong_name_and_plain_text_fail_in_the_tls_phase() {
    let ours = Authority::new("ours");
    let unknown = on_loopback(Authority::new("unknown").acceptor("localhost")).await;
    let misnamed = on_loopback(ours.acceptor("else.test")).await;
    let plain = speaking_plain_http().await;
    let names = vec!["else.test".to_owned()];
    let table = [
        (unknown, "UnknownIssuer", Some(TlsTrouble::Untrusted)),
        (misnamed, "else.test", Some(TlsTrouble::Name { names })),
        (plain, "corrupt message", None),
    ];
    for (url, words, trouble) in table {
        let dialled = over(&System::with_roots(vec![ours.root()]), &Request::new(url)).await;
        let Outcome::Failed { phase, reason, message } = &dialled.handshake.outcome else { panic!("opened") };
        assert_eq!((*phase, *reason), (PhaseName::Tls, FailureKind::Tls), "{message}");
        assert!(message.contains(words), "{message}");
        assert!(dialled.handshake.phases[2].failed);
        assert_eq!(dialled.handshake.tls_trouble, trouble, "{message}");
    }
}

#[tokio::test]
async fn without_the_check_any_certificate_will_do() {
    let url = on_loopback(Authority::new("unknown").acceptor("else.test")).await;
    let dialled = over(&System::unchecked(), &Request::new(url)).await;
    assert!(dialled.link.is_some());
}

#[tokio::test]
async fn a_network_in_memory_brings_its_own_trust() {
    let authority = Authority::new("ours");
    let mut roots = rustls::RootCertStore::empty();
    roots.add(authority.root()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = "a1b2c3.execute-api.us-east-1.amazonaws.com";
    let acceptor = authority.acceptor(name);
    let network = Memory::new(|stream| answer(acceptor, stream)).trusting(config);
    let dialled = over(&network, &Request::new(format!("wss://{name}/prod"))).await;
    assert!(dialled.link.is_some(), "{:?}", dialled.handshake.outcome);
    assert_eq!(dialled.handshake.phases[0].detail, format!("in memory: {name}:443"));
}
