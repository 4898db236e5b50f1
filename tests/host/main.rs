//! Serves the window's page and the table of calls on loopback, for browser tests only: nothing here ships.
//!
//! The same page and the same table as in the window; only the carrier differs. Calls need a random token, which the
//! `ready` line tells, because every other program of this machine could ask as well.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use clap::Parser;
use futures_util::StreamExt;
use gatescope_app::{App, Options, rpc};
use gatescope_sandbox::Seed;
use serde::Deserialize;
use serde_json::Value;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

/// As in `tauri.conf.json`, but for the carrier.
const CSP: &str = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                   font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";
/// Batches under way, as in the window.
const WINDOW: u64 = 8;

#[derive(Parser)]
struct Arguments {
    /// 0: a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// `chat`, `gallery` or `empty`.
    #[arg(long, default_value = "chat")]
    seed: String,
    /// The seed's stage logs nothing, and the account has no log role.
    #[arg(long)]
    no_logging: bool,
    /// Seconds from a line to its being readable.
    #[arg(long, default_value_t = 0.0)]
    log_delay: f64,
    /// The built page; without it, the one of this checkout.
    #[arg(long)]
    page: Option<PathBuf>,
    /// Open the sandbox's own port too, and tell it.
    #[arg(long)]
    listen: bool,
}

struct Host {
    app: App,
    token: String,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments = Arguments::parse();
    let app = App::start(Options {
        sandbox: gatescope_sandbox::Options {
            seed: match &*arguments.seed {
                "empty" => Seed::Empty,
                "gallery" => Seed::Gallery,
                _ => Seed::Chat,
            },
            seed_logging: !arguments.no_logging,
            log_delay: std::time::Duration::from_secs_f64(arguments.log_delay),
            ..gatescope_sandbox::Options::default()
        },
        ..Options::default()
    })?;
    let _listening = if arguments.listen {
        let listening = app.sandbox().listen(([127, 0, 0, 1], 0).into()).await?;
        println!("sandbox http://{}", listening.addr);
        Some(listening)
    } else {
        None
    };
    let token =
        format!("{:016x}", std::hash::BuildHasher::hash_one(&std::collections::hash_map::RandomState::new(), 1));
    let dist = arguments.page.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../ui/dist"));
    let router = Router::new()
        .route("/rpc/{name}", post(call))
        .route("/stream/{name}", get(stream))
        .fallback_service(ServeDir::new(dist))
        .layer(SetResponseHeaderLayer::overriding(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CSP)))
        .with_state(Arc::new(Host { app, token: token.clone() }));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", arguments.port)).await?;
    println!("ready http://{}/#token={token}", listener.local_addr()?);
    axum::serve(listener, router).await?;
    Ok(())
}

async fn call(State(host): State<Arc<Host>>, Path(name): Path<String>, headers: HeaderMap, body: String) -> Response {
    if headers.get("x-gatescope-token").and_then(|t| t.to_str().ok()) != Some(&host.token) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let question: Value = serde_json::from_str(&body).unwrap_or(Value::Null);
    match rpc::call(&host.app, &name, question).await {
        Ok(answer) => axum::Json(answer).into_response(),
        Err(error) => (StatusCode::UNPROCESSABLE_ENTITY, axum::Json(error)).into_response(),
    }
}

#[derive(Deserialize)]
struct Token {
    token: String,
}

async fn stream(
    State(host): State<Arc<Host>>,
    Path(name): Path<String>,
    Query(Token { token }): Query<Token>,
    upgrade: WebSocketUpgrade,
) -> Response {
    if token != host.token {
        return StatusCode::FORBIDDEN.into_response();
    }
    upgrade.on_upgrade(move |socket| async move {
        // A page that closes in the middle is no error.
        let _ = pump(&host.app, &name, socket).await;
    })
}

/// Question in, batches out, acknowledgements in.
async fn pump(app: &App, name: &str, mut socket: WebSocket) -> Result<(), axum::Error> {
    let Some(Ok(Message::Text(question))) = socket.recv().await else { return Ok(()) };
    let question = serde_json::from_str(&question).unwrap_or(Value::Null);
    let mut batches = match rpc::stream(app, name, question).await {
        Ok(batches) => batches,
        Err(error) => {
            let end = serde_json::json!({"end": true, "error": error});
            socket.send(Message::Text(end.to_string().into())).await?;
            return part(socket).await;
        }
    };
    let (mut sent, mut taken) = (0u64, 0u64);
    loop {
        tokio::select! {
            batch = batches.next(), if sent - taken < WINDOW => match batch {
                Some(items) => {
                    sent += 1;
                    socket.send(Message::Text(format!(r#"{{"batch":{sent},"items":{items}}}"#).into())).await?;
                }
                None => {
                    socket.send(Message::Text(r#"{"end":true}"#.into())).await?;
                    return part(socket).await;
                }
            },
            message = socket.recv() => match message {
                Some(Ok(Message::Text(_))) => taken += 1,
                Some(Ok(Message::Close(_)) | Err(_)) | None => return Ok(()),
                Some(Ok(_)) => {}
            },
        }
    }
}

/// Reads up to the page's own end: a socket that is dropped with acknowledgements unread is reset, and what the page has not
/// read yet is lost.
async fn part(mut socket: WebSocket) -> Result<(), axum::Error> {
    socket.send(Message::Close(None)).await?;
    while let Some(Ok(_)) = socket.recv().await {}
    Ok(())
}
