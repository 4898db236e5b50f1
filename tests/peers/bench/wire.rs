//! The least that a client and a server can be: what the others are held against. Both run as processes of their own.

use std::io::BufRead;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use futures_util::{FutureExt, SinkExt, StreamExt};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, BufWriter};
use tokio::net::TcpListener;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

/// An echo server in another process, gone with this value.
pub struct EchoServer {
    child: Child,
    /// What to dial.
    pub url: String,
}

impl EchoServer {
    /// Starts this program again as a server.
    pub fn start(here: &Path) -> Result<Self, String> {
        let spawned = Command::new(here).arg("--echo-server").stdout(Stdio::piped()).spawn();
        let mut child = spawned.map_err(|why| why.to_string())?;
        let mut url = String::new();
        let stdout = child.stdout.take().ok_or("the echo server has no output")?;
        std::io::BufReader::new(stdout).read_line(&mut url).map_err(|why| why.to_string())?;
        Ok(Self { child, url: url.trim().to_owned() })
    }
}

impl Drop for EchoServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends back what it gets, until it is killed.
pub fn echo_server() -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|why| why.to_string())?;
    runtime.block_on(serve()).map_err(|why| why.to_string())
}

async fn serve() -> std::io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("ws://{}/", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(async move {
            let config = WebSocketConfig::default().read_buffer_size(4096);
            let Ok(socket) = tokio_tungstenite::accept_async_with_config(stream, Some(config)).await else { return };
            let (mut write, mut read) = socket.split();
            while let Some(Ok(message)) = read.next().await {
                if message.is_text() && write.send(message).await.is_err() {
                    return;
                }
            }
        });
    }
}

/// Lines to text frames, text frames to lines, nothing else.
pub fn bare_client(url: &str) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|why| why.to_string())?;
    runtime.block_on(async {
        let config = WebSocketConfig::default().read_buffer_size(16 * 1024);
        let opened = tokio_tungstenite::connect_async_with_config(url, Some(config), true).await;
        let (mut write, mut read) = opened.map_err(|why| why.to_string())?.0.split();
        tokio::spawn(async move {
            let mut lines = BufReader::with_capacity(64 * 1024, tokio::io::stdin()).lines();
            loop {
                let line = match lines.next_line().now_or_never() {
                    Some(line) => line,
                    None => {
                        let _ = write.flush().await;
                        lines.next_line().await
                    }
                };
                let Ok(Some(line)) = line else { return };
                if write.feed(Message::text(line)).await.is_err() {
                    return;
                }
            }
        });
        let mut out = BufWriter::with_capacity(64 * 1024, tokio::io::stdout());
        loop {
            let message = match read.next().now_or_never() {
                Some(message) => message,
                None => {
                    out.flush().await.map_err(|why| why.to_string())?;
                    read.next().await
                }
            };
            let Some(Ok(message)) = message else { return Ok(()) };
            if let Message::Text(text) = message {
                out.write_all(text.as_bytes()).await.map_err(|why| why.to_string())?;
                out.write_all(b"\n").await.map_err(|why| why.to_string())?;
            }
        }
    })
}
