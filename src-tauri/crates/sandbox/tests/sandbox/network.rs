//! Names, TLS and the port.

use std::sync::Arc;

use gatescope_sandbox::Error;
use http::Method;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::client::{CHAT, Client, handshake, host, read_answer, scope};

/// A TLS client that trusts these roots (DER).
pub fn connector(roots: &[Vec<u8>]) -> TlsConnector {
    let mut trusted = RootCertStore::empty();
    for root in roots {
        trusted.add(CertificateDer::from(root.clone())).unwrap();
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(trusted)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}

#[tokio::test]
async fn a_host_that_is_no_api_does_not_resolve() {
    let client = Client::chat();
    for name in
        ["nope.execute-api.us-east-1.amazonaws.com", "chat5gw1ws.execute-api.eu-west-1.amazonaws.com", "example.com"]
    {
        assert!(client.sandbox.connect(name, 443).is_none(), "{name}");
    }
    assert!(client.sandbox.connect(&host(CHAT), 443).is_some());
    assert!(client.sandbox.connect("chat5gw1ws.execute-api.us-east-1.localhost", 80).is_some());
}

#[tokio::test]
async fn port_443_speaks_tls_with_the_sandboxs_root_and_the_hosts_name() {
    let client = Client::chat();
    let connector = connector(&[client.sandbox.ca_der()]);
    let host = host(CHAT);
    let stream = client.sandbox.connect(&host, 443).unwrap();
    let mut stream = connector.connect(ServerName::try_from(host.clone()).unwrap(), stream).await.unwrap();
    stream.write_all(handshake(&host, "/prod", "").as_bytes()).await.unwrap();
    assert_eq!(read_answer(&mut stream).await.status, 500);
    let plain = client.sandbox.connect(&host, 443).unwrap();
    let other = ServerName::try_from("example.com").unwrap();
    let error = connector.connect(other, plain).await.err().unwrap();
    assert!(error.to_string().contains("not valid for name"), "its certificate is for API Gateway's names: {error}");
}

#[tokio::test]
async fn one_port_speaks_tls_too_and_hands_out_its_root() {
    let client = Client::chat();
    let listening = client.sandbox.listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let port = listening.addr.port();
    let answer = over(port, "GET /_gatescope/ca.pem HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert_eq!(answer.status, 200);
    let root = CertificateDer::from_pem_slice(answer.body.as_bytes()).unwrap();
    assert_eq!(root.as_ref(), client.sandbox.ca_der());
    let host = host(CHAT);
    for (name, host) in [(host.as_str(), host.clone()), ("localhost", format!("localhost:{port}"))] {
        let tcp = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        let name = ServerName::try_from(name.to_owned()).unwrap();
        let mut stream = connector(&[root.to_vec()]).connect(name, tcp).await.unwrap();
        let path = if host.starts_with("localhost") { format!("/{CHAT}/prod") } else { "/prod".into() };
        stream.write_all(handshake(&host, &path, "").as_bytes()).await.unwrap();
        assert_eq!(read_answer(&mut stream).await.status, 500);
    }
    let tcp = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let stranger = ServerName::try_from("stranger.example.com").unwrap();
    let error = connector(&[root.to_vec()]).connect(stranger, tcp).await.unwrap_err();
    assert!(error.to_string().contains("not valid for name"), "{error}");
}

async fn over(port: u16, bytes: &str) -> super::client::Answer {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    stream.write_all(bytes.as_bytes()).await.unwrap();
    read_answer(&mut stream).await
}

#[tokio::test]
async fn one_port_serves_all_services_and_every_form_of_address() {
    let client = Client::chat();
    let listening = client.sandbox.listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let port = listening.addr.port();
    let list =
        format!("GET /v2/apis HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: {}\r\n\r\n", scope("apigateway"));
    let answer = over(port, &list).await;
    assert_eq!(answer.json()["items"][0]["apiId"], CHAT);
    let name = format!("127.0.0.1:{port}");
    let forms = [
        (name.clone(), format!("/{CHAT}/prod")),
        (name.clone(), format!("/ws/{CHAT}/prod")),
        (name.clone(), format!("/_aws/execute-api/{CHAT}/prod")),
        (format!("{CHAT}.execute-api.us-east-1.localhost:{port}"), "/prod".into()),
        (format!("{CHAT}.execute-api.localhost:{port}"), "/prod".into()),
    ];
    for (host, path) in forms {
        let answer = over(port, &handshake(&host, &path, "")).await;
        assert_eq!(answer.status, 500, "{host}{path}: {}", answer.body);
        assert!(answer.body.starts_with("{\"message\": \"Internal server error\""), "{host}{path}");
    }
    let unknown = over(port, &handshake(&name, "/nope/prod", "")).await;
    assert_eq!((unknown.status, unknown.json()), (403, json!({ "message": "Forbidden" })));
}

#[tokio::test]
async fn a_port_that_is_taken_is_one_sentence_with_its_number() {
    let client = Client::empty();
    let first = client.sandbox.listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let error = client.sandbox.listen(first.addr).await.unwrap_err();
    assert!(matches!(error, Error::PortTaken(port) if port == first.addr.port()));
    assert_eq!(error.to_string(), format!("port {} is already in use", first.addr.port()));
}

#[tokio::test]
async fn a_reset_empties_everything_and_closes_open_sockets() {
    for path in ["/_gatescope/reset", "/moto-api/reset"] {
        let client = Client::chat();
        super::broken_chat::fix(&client).await;
        client.create("/v2/apis/chat5gw1ws/deployments", json!({ "stageName": "prod" })).await;
        let mut socket = client.connect(CHAT, "/prod").await;
        assert_eq!(client.call("s3", Method::POST, path, "").await.status, 200);
        assert_eq!(socket.closed().await, (1001, "Going away".into()));
        let apis = client.gateway(Method::GET, "/v2/apis", json!(null)).await.json();
        assert_eq!(apis, json!({ "items": [] }));
    }
}

#[tokio::test]
async fn dropping_the_listener_frees_the_port() {
    let client = Client::empty();
    let listening = client.sandbox.listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let addr = listening.addr;
    drop(listening);
    // The accept task is aborted by the drop; it goes when the runtime next looks at it.
    let mut refused = false;
    for _ in 0..1000 {
        tokio::task::yield_now().await;
        match TcpStream::connect(addr).await {
            Err(_) => {
                refused = true;
                break;
            }
            Ok(mut stream) => drop(stream.read_u8().await),
        }
    }
    assert!(refused);
}
