//! Ten thousand connections at once, each logged: how long they take, what one holds, what they cost when nobody
//! speaks, and what happens when all of them close in the same moment.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use futures_util::stream::{self, StreamExt};

use super::load::{Socket, dial, said_back};
use super::peer::{cpu, memory};
use super::target::{Target, logged};

const CONNECTIONS: usize = 10_000;
/// Files beside the connections.
const OTHERS: usize = 200;
/// Handshakes under way at once.
const AT_ONCE: usize = 64;
const IDLE: Duration = Duration::from_secs(5);
/// A `$disconnect` that has not run by then is lost.
const PATIENCE: Duration = Duration::from_secs(30);

/// Starts this program again with as many open files as the system allows, which no safe Rust can ask for, and lets
/// that one print.
pub fn with_enough_files(here: &Path) -> Result<(), String> {
    let raised = "ulimit -n $(ulimit -Hn) 2>/dev/null; exec \"$0\" --crowd $(ulimit -n)";
    let status = Command::new("sh").args(["-c", raised]).arg(here).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("the crowd ended with {status}")),
        Err(why) => Err(format!("no shell raises the number of open files: {why}")),
    }
}

/// Prints the table's part.
pub fn table(here: &Path, gatescope: &Path, files: &str) -> Result<(), String> {
    // "unlimited" is no number.
    let files = files.parse().unwrap_or(usize::MAX);
    let count = CONNECTIONS.min(files.saturating_sub(OTHERS));
    println!("\n{count} connections at once, $connect and $disconnect logged");
    if count < CONNECTIONS {
        println!("    fewer than {CONNECTIONS}: the system allows {files} open files");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|why| why.to_string())?;
    let bare = Target::bare(here)?;
    runtime.block_on(crowd(&bare, count))?;
    drop(bare);
    let sandbox = Target::sandbox("gatescope sandbox, logs at INFO", gatescope, "INFO")?;
    runtime.block_on(crowd(&sandbox, count))
}

async fn crowd(target: &Target, count: usize) -> Result<(), String> {
    println!("  {}", target.name);
    let (held, spent, began) = (memory(target.pid()), cpu(target.pid()), Instant::now());
    let dialled = stream::iter(0..count).map(|_| tokio::spawn(dial_to(target.url.clone()))).buffer_unordered(AT_ONCE);
    let mut sockets: Vec<Socket> = Vec::with_capacity(count);
    let mut refusals = Vec::new();
    for socket in dialled.collect::<Vec<_>>().await {
        match socket.map_err(|why| why.to_string())? {
            Ok(socket) => sockets.push(socket),
            Err(why) => refusals.push(why),
        }
    }
    let goal = |row: &str| if target.endpoint.is_some() { format!("   goal {row}") } else { String::new() };
    let open = sockets.len() as f64;
    let seconds = began.elapsed().as_secs_f64();
    println!("    {:<36} {seconds:>9.2} s  {}", format!("{} of {count} open", sockets.len()), goal("< 5 s"));
    if let Some(why) = refusals.first() {
        println!("    {} were refused, the first with: {why}", refusals.len());
    }
    let each = (memory(target.pid()) - held) * 1024.0 / open;
    println!("    {:<36} {each:>9.1} KiB{}", "memory a connection", goal("≤ 25 KiB"));
    let micros = (cpu(target.pid()) - spent) * 1e6 / open;
    println!("    {:<36} {micros:>9.0} µs", "processor time a connection");

    let spent = cpu(target.pid());
    let _ = tokio::time::timeout(IDLE, std::future::pending::<()>()).await;
    let idle = (cpu(target.pid()) - spent) / IDLE.as_secs_f64() * 100.0;
    println!("    {:<36} {idle:>9.1} %  {}", "processor while nobody speaks", goal("~ 0 %"));

    let began = Instant::now();
    let spoken = stream::iter(sockets).map(|socket| tokio::spawn(spoken(socket))).buffer_unordered(AT_ONCE);
    let mut talked = Vec::with_capacity(count);
    for socket in spoken.collect::<Vec<_>>().await {
        talked.extend(socket.map_err(|why| why.to_string())?);
    }
    let seconds = began.elapsed().as_secs_f64();
    println!("    {:<36} {seconds:>9.2} s", format!("one echo on each, {} came back", talked.len()));
    storm(target, talked).await
}

async fn dial_to(url: String) -> Result<Socket, String> {
    dial(&url).await
}

async fn spoken(mut socket: Socket) -> Option<Socket> {
    said_back(&mut socket, r#"{"action":"echo"}"#).await.ok().map(|()| socket)
}

/// All close at once; each `$disconnect` leaves one line.
async fn storm(target: &Target, sockets: Vec<Socket>) -> Result<(), String> {
    let (count, began) = (sockets.len(), Instant::now());
    let closing: Vec<_> =
        sockets.into_iter().map(|mut socket| tokio::spawn(async move { socket.close(None).await })).collect();
    for closed in closing {
        let _ = closed.await;
    }
    let Some((address, api)) = &target.endpoint else { return Ok(()) };
    let group = format!("/aws/apigateway/{api}/prod");
    let mut run = 0;
    while run < count && began.elapsed() < PATIENCE {
        run = logged(*address, &group, "disconnected from API")?;
    }
    let seconds = began.elapsed().as_secs_f64();
    println!("    {:<36} {seconds:>9.2} s     goal < 5 s", format!("all closed, {run} $disconnect were run"));
    // Whatever runs twice has time to do so.
    let _ = tokio::time::timeout(IDLE, std::future::pending::<()>()).await;
    let after = logged(*address, &group, "disconnected from API")?;
    println!("    {:<36} {after:>9}       goal {count}", "$disconnect logged in the end");
    Ok(())
}
