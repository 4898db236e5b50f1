//! The peers: a scripted server on loopback, and the same in memory for stories whose clock is paused.

use std::io;
use std::sync::{Arc, Mutex};

use gatescope_model::handshake::{Handshake, Outcome, Refusal};
use gatescope_socket::{BoxFuture, BoxStream, CancellationToken, Dialled, Network, Request, System, dial};
use rustls::client::danger::ServerCertVerifier;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::Role;

/// Reads a request head.
pub async fn head(stream: &mut BoxStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    String::from_utf8(head).unwrap()
}

/// Accepts one connection on loopback and lets `talk` have it with the head of its request. Answers the URL.
pub async fn serve<F>(talk: impl FnOnce(BoxStream, String) -> F + Send + 'static) -> String
where
    F: Future<Output = ()> + Send,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/prod", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (stream, _): (TcpStream, _) = listener.accept().await.unwrap();
        let mut stream: BoxStream = Box::new(stream);
        let head = head(&mut stream).await;
        talk(stream, head).await;
    });
    url
}

/// Accepts one WebSocket.
pub async fn serve_socket<F>(talk: impl FnOnce(WebSocketStream<BoxStream>) -> F + Send + 'static) -> String
where
    F: Future<Output = ()> + Send,
{
    serve(|mut stream, head| async move {
        stream.write_all(switch(&head, "").as_bytes()).await.unwrap();
        talk(WebSocketStream::from_raw_socket(stream, Role::Server, None).await).await;
    })
    .await
}

/// A correct 101 for this request.
pub fn switch(head: &str, more: &str) -> String {
    let key = header(head, "sec-websocket-key").unwrap();
    let accept = derive_accept_key(key.as_bytes());
    format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Accept: {accept}\r\n{more}\r\n"
    )
}

/// A header of a head.
pub fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| line.split_once(": ").filter(|(n, _)| n.eq_ignore_ascii_case(name))).map(|(_, v)| v)
}

/// Dials over the machine's network, never cancelled.
pub async fn reach(request: &Request) -> Dialled {
    over(&System::default(), request).await
}

/// Dials over some network.
pub async fn over(network: &dyn Network, request: &Request) -> Dialled {
    dial(network, request, &CancellationToken::new(), &mut |_| {}).await
}

/// The refusal, or the story is wrong.
pub fn refusal(handshake: &Handshake) -> &Refusal {
    match &handshake.outcome {
        Outcome::Refused(refusal) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

type Talk = Box<dyn FnOnce(BoxStream) -> BoxFuture<'static, ()> + Send>;

/// A network whose one server is a function in this process.
pub struct Memory {
    talk: Mutex<Option<Talk>>,
    tls: Option<Arc<rustls::ClientConfig>>,
    verifier: Option<Arc<dyn ServerCertVerifier>>,
}

impl Memory {
    pub fn new<F>(talk: impl FnOnce(BoxStream) -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        Self { talk: Mutex::new(Some(Box::new(|stream| Box::pin(talk(stream))))), tls: None, verifier: None }
    }

    pub fn trusting(mut self, config: rustls::ClientConfig) -> Self {
        self.tls = Some(Arc::new(config));
        self
    }

    pub fn judged_by(mut self, verifier: Arc<dyn ServerCertVerifier>) -> Self {
        self.verifier = Some(verifier);
        self
    }
}

impl Network for Memory {
    fn resolve<'a>(&'a self, host: &'a str, port: u16) -> BoxFuture<'a, io::Result<Vec<String>>> {
        Box::pin(async move { Ok(vec![format!("in memory: {host}:{port}")]) })
    }

    fn open<'a>(&'a self, _: &'a str) -> BoxFuture<'a, io::Result<BoxStream>> {
        let (near, far) = tokio::io::duplex(64 * 1024);
        let talk = self.talk.lock().unwrap().take().expect("one connection");
        tokio::spawn(talk(Box::new(far)));
        Box::pin(async move { Ok(Box::new(near) as BoxStream) })
    }

    fn tls(&self) -> Result<Arc<rustls::ClientConfig>, rustls::Error> {
        self.tls.clone().ok_or_else(|| rustls::Error::General("this network has no TLS".into()))
    }

    fn verifier(&self) -> Result<Arc<dyn ServerCertVerifier>, rustls::Error> {
        self.verifier.clone().ok_or_else(|| rustls::Error::General("this network has no TLS".into()))
    }
}
