//! A client program, started and watched: how soon its handshake comes, how fast lines go through, what it costs.
//!
//! Only what any client shows from outside is used: its pipes, its socket and what the kernel counts.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// A client that has not got on for so long is left.
const PATIENCE: Duration = Duration::from_secs(20);
/// After so long nothing more is under way.
const QUIET: Duration = Duration::from_millis(300);

/// How to start a client.
pub struct Peer {
    /// In the table.
    pub name: String,
    program: PathBuf,
    /// `URL` stands for the address.
    args: Vec<String>,
}

impl Peer {
    /// A program and its arguments.
    pub fn new(name: &str, program: &Path, args: &[&str]) -> Self {
        let args = args.iter().map(|arg| (*arg).to_owned()).collect();
        Self { name: name.to_owned(), program: program.to_owned(), args }
    }

    fn start(&self, url: &str) -> Result<Child, String> {
        let args = self.args.iter().map(|arg| if arg == "URL" { url } else { arg });
        Command::new(&self.program)
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|why| format!("{}: {why}", self.program.display()))
    }
}

/// Milliseconds from starting each client to having read its request head; one of each in turn.
pub fn spawn_to_handshake(peers: &[Peer], times: usize) -> Result<Vec<f64>, String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|why| why.to_string())?;
    let url = format!("ws://{}/", listener.local_addr().map_err(|why| why.to_string())?);
    let (heads, arrived) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut stream = stream;
            let mut head = Vec::new();
            let mut buffer = [0; 4096];
            while !head.ends_with(b"\r\n\r\n") {
                match stream.read(&mut buffer) {
                    Ok(count) if count > 0 => head.extend_from_slice(&buffer[..count]),
                    _ => break,
                }
            }
            // The stream goes along, so that it is open until the client is gone.
            if heads.send((Instant::now(), stream)).is_err() {
                return;
            }
        }
    });
    let mut millis: Vec<Vec<f64>> = peers.iter().map(|_| Vec::new()).collect();
    // The first time only warms the machine's caches.
    for time in 0..=times {
        for (peer, millis) in peers.iter().zip(&mut millis) {
            let began = Instant::now();
            let mut child = peer.start(&url)?;
            let arrived = arrived.recv_timeout(PATIENCE);
            let _ = child.kill();
            let _ = child.wait();
            if let (Ok((at, _stream)), true) = (arrived, time > 0) {
                millis.push((at - began).as_secs_f64() * 1000.0);
            }
        }
    }
    Ok(millis.into_iter().map(crate::median).collect())
}

/// What one round of messages came to.
pub struct Echoed {
    /// Messages there and back.
    pub per_second: f64,
    /// The client's own, user and system.
    pub cpu_micros: f64,
    /// The most memory that the client ever held.
    pub peak_mib: f64,
}

/// Sends `count` lines through a client to an echo server. `None`: not all came back.
pub fn echo(peer: &Peer, url: &str, count: usize) -> Result<Option<Echoed>, String> {
    let mut child = peer.start(url)?;
    let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(format!("{} has no pipes", peer.name));
    };
    let counted = count_lines(output);
    let connected = warm_up(&mut input, &counted);
    let began = Instant::now();
    let cpu_before = cpu(child.id());
    let writer = std::thread::spawn(move || {
        let mut lines = Vec::new();
        for n in 0..count {
            let _ = writeln!(lines, "{{\"action\":\"echo\",\"n\":{n},\"p\":\"{}\"}}", "a".repeat(28));
        }
        let _ = input.write_all(&lines);
        // Some clients end with their input.
        input
    });
    let mut back = 0;
    let mut last = began;
    while connected && back < count {
        let Ok((lines, at)) = counted.recv_timeout(PATIENCE) else { break };
        back += lines;
        last = at;
    }
    let cost = |ticks: f64| (ticks - cpu_before) * 1_000_000.0 / count as f64;
    let echoed = Echoed {
        per_second: count as f64 / (last - began).as_secs_f64(),
        cpu_micros: cost(cpu(child.id())),
        peak_mib: peak(child.id()),
    };
    let _ = child.kill();
    let _ = child.wait();
    let _ = writer.join();
    Ok((back >= count).then_some(echoed))
}

/// Sends lines until one comes back: some clients drop what they are given before they are connected.
fn warm_up(input: &mut ChildStdin, counted: &mpsc::Receiver<(usize, Instant)>) -> bool {
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        if input.write_all(b"{\"action\":\"echo\"}\n").and_then(|()| input.flush()).is_err() {
            return false;
        }
        if counted.recv_timeout(QUIET).is_ok() {
            // The answers to the earlier lines are not to be counted among the others.
            while counted.recv_timeout(QUIET).is_ok() {}
            return true;
        }
    }
    false
}

fn count_lines(mut output: ChildStdout) -> mpsc::Receiver<(usize, Instant)> {
    let (lines, counted) = mpsc::channel();
    std::thread::spawn(move || {
        let mut buffer = vec![0; 1 << 20];
        while let Ok(count @ 1..) = output.read(&mut buffer) {
            let ends = buffer[..count].iter().filter(|byte| **byte == b'\n').count();
            if ends > 0 && lines.send((ends, Instant::now())).is_err() {
                return;
            }
        }
    });
    counted
}

/// Seconds of processor time, as Linux counts them in `/proc/PID/stat`; elsewhere there is no figure.
pub fn cpu(pid: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let Some((_, rest)) = stat.rsplit_once(')') else { return f64::NAN };
    let fields: Vec<f64> = rest.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse().ok()).collect();
    // USER_HZ is 100 on every Linux that this runs on.
    if fields.len() == 2 { fields.iter().sum::<f64>() / 100.0 } else { f64::NAN }
}

/// The most memory that it ever held, in MiB.
fn peak(pid: u32) -> f64 {
    mib(pid, "VmHWM:")
}

/// The memory that it holds, in MiB.
pub fn memory(pid: u32) -> f64 {
    mib(pid, "VmRSS:")
}

fn mib(pid: u32, row: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(row));
    line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse().ok())
        .map_or(f64::NAN, |kib: f64| kib / 1024.0)
}
