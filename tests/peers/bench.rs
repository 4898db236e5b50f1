//! `cargo xtask bench`: ratios, side by side in one run, of this program and others that do the same.
//!
//! It never passes or fails on time: machines differ, ratios tell. What is not installed is left out, and said; with
//! `--install` websocat, wscat and serverless-offline are put into `target/peers` first. Parts: `clients` (the terminal
//! and the window), `load` (echo through the sandbox), `crowd` (10,000 connections); none named is all. Where to look
//! next: `bench/peer.rs` (how a client is started and watched), `bench/target.rs` (the servers), `bench/wire.rs` (the
//! bare client and the echo server that everything is held against).

mod bench {
    pub mod crowd;
    pub mod load;
    pub mod peer;
    pub mod rows;
    pub mod target;
    pub mod window;
    pub mod wire;
}

use std::path::{Path, PathBuf};
use std::process::Command;

use bench::peer::{Echoed, Peer, echo, spawn_to_handshake};
use bench::wire;

/// Handshakes and echo rounds per client; the table shows medians.
const HANDSHAKES: usize = 15;
const ROUNDS: usize = 3;
const MESSAGES: usize = 100_000;

/// What can be named, in the table's order.
const PARTS: [&str; 3] = ["clients", "load", "crowd"];

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--echo-server"] => wire::echo_server(),
        ["--bare-client", url] => wire::bare_client(url),
        ["--crowd", files] => programs().and_then(|it| bench::crowd::table(&it.here, &it.gatescope, files)),
        ["--install", ref parts @ ..] => install().and_then(|()| run(parts)),
        ref parts => run(parts),
    };
    if let Err(sentence) = outcome {
        eprintln!("{sentence}");
        std::process::exit(1);
    }
}

fn run(parts: &[&str]) -> Result<(), String> {
    if let Some(unknown) = parts.iter().find(|part| !PARTS.contains(part)) {
        return Err(format!("usage: bench [--install] [{}], not {unknown}", PARTS.join("|")));
    }
    let Programs { here, gatescope, folder } = programs()?;
    for part in PARTS.iter().filter(|part| parts.is_empty() || parts.contains(part)) {
        match *part {
            "load" => bench::load::echo(&here, &gatescope, &folder)?,
            "crowd" => bench::crowd::with_enough_files(&here)?,
            _ => table()?,
        }
    }
    Ok(())
}

/// What stands beside this program.
struct Programs {
    here: PathBuf,
    gatescope: PathBuf,
    folder: PathBuf,
}

fn programs() -> Result<Programs, String> {
    let here = std::env::current_exe().map_err(|why| why.to_string())?;
    let gatescope = here.with_file_name(exe("gatescope"));
    let folder = here.parent().and_then(folder).ok_or("this program stands in no folder")?;
    Ok(Programs { here, gatescope, folder })
}

fn table() -> Result<(), String> {
    let here = std::env::current_exe().map_err(|why| why.to_string())?;
    let built = here.parent().ok_or("this program stands in no folder")?;
    println!("Explaining: lines parsed, correlated and diagnosed");
    throughput(&built.join("examples").join(exe("throughput")));
    bench::rows::latency();
    bench::window::start(built);

    let peers = peers(&here, built);
    println!("\n`gatescope connect` and others: spawn → handshake, median of {HANDSHAKES}");
    let mut bare = None;
    for (peer, millis) in peers.iter().zip(spawn_to_handshake(&peers, HANDSHAKES)?) {
        row(&peer.name, millis, "ms", *bare.get_or_insert(millis));
    }

    println!("\n{MESSAGES} messages standard input → echo → standard output, median of {ROUNDS}");
    let server = wire::EchoServer::start(&here)?;
    let mut rounds: Vec<Vec<Echoed>> = peers.iter().map(|_| Vec::new()).collect();
    // A round of each in turn: what disturbs the machine disturbs all.
    for _ in 0..ROUNDS {
        for (peer, echoed) in peers.iter().zip(&mut rounds) {
            echoed.extend(echo(peer, &server.url, MESSAGES)?);
        }
    }
    let median = |echoed: &[Echoed], of: fn(&Echoed) -> f64| median(echoed.iter().map(of).collect());
    for (title, unit, of) in [
        ("messages a second", "k/s", (|it| it.per_second / 1000.0) as fn(&Echoed) -> f64),
        ("processor time a message", "µs", |it| it.cpu_micros),
        ("peak memory", "MiB", |it| it.peak_mib),
    ] {
        println!("  {title}");
        let bare = rounds.first().map_or(f64::NAN, |echoed| median(echoed, of));
        for (peer, echoed) in peers.iter().zip(&rounds) {
            row(&peer.name, median(echoed, of), unit, bare);
        }
    }
    Ok(())
}

fn row(name: &str, value: f64, unit: &str, bare: f64) {
    if value.is_nan() {
        println!("    {name:<34} no answer");
    } else {
        println!("    {name:<34} {value:>9.1} {unit:<4} {:>6.2} × the bare client", value / bare);
    }
}

pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn throughput(example: &Path) {
    match Command::new(example).status() {
        Ok(status) if status.success() => {}
        Ok(status) => println!("  {} ended with {status}", example.display()),
        Err(why) => println!("  left out: {}: {why}", example.display()),
    }
}

/// The bare client first: the others are held against it.
fn peers(here: &Path, built: &Path) -> Vec<Peer> {
    let mut peers = vec![Peer::new("bare client (tokio-tungstenite)", here, &["--bare-client", "URL"])];
    let gatescope = built.join(exe("gatescope"));
    let transcript = built.join("bench-transcript.jsonl");
    if gatescope.exists() {
        peers.push(Peer::new("gatescope", &gatescope, &["connect", "URL"]));
        let kept = ["connect", "URL", "--transcript", &transcript.to_string_lossy()];
        peers.push(Peer::new("gatescope, transcript kept", &gatescope, &kept));
    } else {
        println!("  left out: {} is not built", gatescope.display());
    }
    for (name, inside, args) in [
        ("websocat", format!("bin/{}", exe("websocat")), &["-t", "URL"][..]),
        ("wscat", "node_modules/.bin/wscat".to_owned(), &["-c", "URL"]),
    ] {
        match folder(built).map(|folder| folder.join(inside)).filter(|it| it.exists()).or_else(|| on_path(name)) {
            Some(program) => peers.push(Peer::new(name, &program, args)),
            None => println!("  left out: {name} is not installed (cargo xtask bench --install)"),
        }
    }
    peers
}

/// `target/peers`, beside `target/release`.
fn folder(built: &Path) -> Option<PathBuf> {
    Some(built.parent()?.join("peers"))
}

fn on_path(name: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?).map(|folder| folder.join(exe(name))).find(|it| it.exists())
}

fn exe(name: &str) -> String {
    format!("{name}{}", std::env::consts::EXE_SUFFIX)
}

fn install() -> Result<(), String> {
    let Programs { folder, .. } = programs()?;
    let folder = folder.to_string_lossy();
    for command in [
        format!("cargo install websocat --version ^1 --root {folder}"),
        format!("npm install --no-audit --no-fund --prefix {folder} wscat@6.1.0"),
        format!(
            "npm install --no-audit --no-fund --legacy-peer-deps --prefix {folder} osls@4.3.1 serverless-offline@14.8.2"
        ),
    ] {
        println!("{command}");
        let mut words = command.split(' ');
        let status = words.next().map(|program| Command::new(program).args(words).status());
        match status {
            Some(Ok(status)) if status.success() => {}
            // Then the table goes without it.
            Some(Ok(status)) => println!("  {status}"),
            Some(Err(why)) => println!("  {why}"),
            None => {}
        }
    }
    Ok(())
}
