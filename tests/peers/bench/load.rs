//! Echo under load: 50 connections, one message of 64 bytes in flight on each, the servers in turn. The generator
//! shares the machine with the server, so absolute figures mean little and ratios much; processor time a message is
//! disturbed least.

use std::path::Path;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::peer::{cpu, memory};
use super::target::Target;

const CONNECTIONS: usize = 50;
const SIZE: usize = 64;
const ROUNDS: usize = 3;
const ROUND: Duration = Duration::from_secs(3);
/// An answer that has not come by then is lost.
const PATIENCE: Duration = Duration::from_secs(20);

/// A client's end.
pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// What one round came to.
#[derive(Clone, Copy)]
struct Round {
    per_second: f64,
    median: f64,
    p99: f64,
    cpu_micros: f64,
}

/// Prints the table's part.
pub fn echo(here: &Path, gatescope: &Path, folder: &Path) -> Result<(), String> {
    println!(
        "\nEcho under load: {CONNECTIONS} connections, {SIZE} bytes, one in flight on each, median of {ROUNDS} in turn"
    );
    let mut targets = vec![
        Target::bare(here)?,
        Target::sandbox("gatescope sandbox, logs at INFO", gatescope, "INFO")?,
        Target::sandbox("gatescope sandbox, logs off", gatescope, "OFF")?,
    ];
    match Target::offline(folder) {
        Ok(target) => targets.push(target),
        Err(why) => println!("    left out: {why}"),
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|why| why.to_string())?;
    let mut rounds: Vec<Vec<Round>> = targets.iter().map(|_| Vec::new()).collect();
    for _ in 0..ROUNDS {
        for (target, rounds) in targets.iter().zip(&mut rounds) {
            let round = runtime.block_on(round(target)).map_err(|why| format!("{}: {why}", target.name))?;
            rounds.push(round);
        }
    }
    println!("    {:<36} {:>9} {:>9} {:>9} {:>12} {:>9}", "", "k/s", "p50 µs", "p99 µs", "CPU µs/msg", "MiB");
    let medians: Vec<Round> = rounds.iter().map(|rounds| median(rounds)).collect();
    for (target, it) in targets.iter().zip(&medians) {
        let (rate, held) = (it.per_second / 1000.0, memory(target.pid()));
        let times = format!("{:>9.0} {:>9.0} {:>12.1}", it.median, it.p99, it.cpu_micros);
        println!("    {:<36} {rate:>9.1} {times} {held:>9.0}", target.name);
    }
    ratios(&medians);
    Ok(())
}

/// Beside the goals; no verdict.
fn ratios(medians: &[Round]) {
    let [bare, info, off, others @ ..] = medians else { return };
    let mut rows = vec![
        ("messages a second, INFO : bare echo", info.per_second / bare.per_second, "≥ 0.3"),
        ("messages a second, logs off : bare echo", off.per_second / bare.per_second, "≥ 0.5"),
    ];
    if let [offline] = others {
        rows.push(("messages a second, INFO : serverless-offline", info.per_second / offline.per_second, "≥ 3"));
        rows.push(("processor time, INFO : serverless-offline", info.cpu_micros / offline.cpu_micros, "≤ 0.33"));
        rows.push(("p99, INFO : serverless-offline", info.p99 / offline.p99, "≤ 0.33"));
    }
    for (what, ratio, goal) in rows {
        println!("    {what:<46} {ratio:>6.2} ×   goal {goal}");
    }
}

fn median(rounds: &[Round]) -> Round {
    let of = |value: fn(&Round) -> f64| crate::median(rounds.iter().map(value).collect());
    Round {
        per_second: of(|it| it.per_second),
        median: of(|it| it.median),
        p99: of(|it| it.p99),
        cpu_micros: of(|it| it.cpu_micros),
    }
}

async fn round(target: &Target) -> Result<Round, String> {
    let mut sockets = Vec::with_capacity(CONNECTIONS);
    for _ in 0..CONNECTIONS {
        sockets.push(dial(&target.url).await?);
    }
    let padding = SIZE - r#"{"action":"echo","p":""}"#.len();
    let message = format!(r#"{{"action":"echo","p":"{}"}}"#, "a".repeat(padding));
    let (began, before) = (Instant::now(), cpu(target.pid()));
    let loops = sockets.into_iter().map(|socket| tokio::spawn(closed_loop(socket, message.clone(), began + ROUND)));
    let mut micros = Vec::new();
    for done in join_all(loops).await {
        micros.extend(done.map_err(|why| why.to_string())??);
    }
    let (passed, spent) = (began.elapsed().as_secs_f64(), cpu(target.pid()) - before);
    micros.sort_unstable();
    let at = |share: f64| micros.get((micros.len() as f64 * share) as usize).map_or(f64::NAN, |it| f64::from(*it));
    let count = micros.len() as f64;
    Ok(Round { per_second: count / passed, median: at(0.5), p99: at(0.99), cpu_micros: spent * 1e6 / count })
}

/// Sends the next message when the last one is back; microseconds of each.
async fn closed_loop(mut socket: Socket, message: String, end: Instant) -> Result<Vec<u32>, String> {
    let mut micros = Vec::new();
    while Instant::now() < end {
        let sent = Instant::now();
        said_back(&mut socket, &message).await?;
        micros.push(u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX));
    }
    // Whoever does not close politely has the server clean up in the next one's round.
    let _ = socket.close(None).await;
    Ok(micros)
}

/// One message there and back.
pub async fn said_back(socket: &mut Socket, message: &str) -> Result<(), String> {
    socket.send(Message::text(message)).await.map_err(|why| why.to_string())?;
    loop {
        match tokio::time::timeout(PATIENCE, socket.next()).await {
            Ok(Some(Ok(Message::Text(text)))) if text.as_str() == message => return Ok(()),
            Ok(Some(Ok(Message::Text(text)))) => return Err(format!("sent {message}, heard {text}")),
            Ok(Some(Ok(_))) => {}
            Ok(Some(Err(why))) => return Err(why.to_string()),
            Ok(None) => return Err("the connection ended".into()),
            Err(_) => return Err(format!("no answer in {} s", PATIENCE.as_secs())),
        }
    }
}

/// One connection.
pub async fn dial(url: &str) -> Result<Socket, String> {
    let config = WebSocketConfig::default().read_buffer_size(4096);
    let dialled = tokio_tungstenite::connect_async_with_config(url, Some(config), true);
    match tokio::time::timeout(PATIENCE, dialled).await {
        Ok(Ok((socket, _))) => Ok(socket),
        Ok(Err(why)) => Err(why.to_string()),
        Err(_) => Err(format!("no handshake in {} s", PATIENCE.as_secs())),
    }
}
