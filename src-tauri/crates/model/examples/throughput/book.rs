//! How fast a book of a million lines takes lines in and is searched, beside `grep`, `lnav` and `awslogs` on the same lines,
//! where they are installed. Ratios tell; nothing passes or fails on time. It may not know how a book is made.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use gatescope_model::book::{Book, Filter, View};
use gatescope_model::log::LogEvent;

use super::{BATCH, resident};

/// A filter is tried this often; the median counts.
const ROUNDS: usize = 7;

/// What is looked for in both.
struct Search {
    name: &'static str,
    filter: Filter,
    /// Arguments of `grep -c` that ask for the same lines.
    grep: Option<&'static [&'static str]>,
}

fn searches() -> Vec<Search> {
    let base = Filter::default;
    vec![
        Search { name: "no filter", filter: base(), grep: None },
        Search {
            name: "text, rare",
            filter: Filter { text: "malformed lambda".into(), ..base() },
            grep: Some(&["-i", "-F", "malformed lambda"]),
        },
        Search {
            name: "text, rare, with case",
            filter: Filter { text: "Malformed Lambda".into(), case: true, ..base() },
            grep: Some(&["-F", "Malformed Lambda"]),
        },
        Search {
            name: "text, in most lines",
            filter: Filter { text: "e".into(), ..base() },
            grep: Some(&["-i", "-F", "e"]),
        },
        Search {
            name: "text, not there",
            filter: Filter { text: "zzz-nowhere".into(), ..base() },
            grep: Some(&["-i", "-F", "zzz-nowhere"]),
        },
        Search {
            name: "regex",
            filter: Filter {
                text: "status code \\[[45][0-9]{2}\\]|configuration error: .*proxy".into(),
                regex: true,
                ..base()
            },
            grep: Some(&["-i", "-E", "status code \\[[45][0-9]{2}\\]|configuration error: .*proxy"]),
        },
        Search {
            name: "regex without a literal",
            filter: Filter { text: "[0-9]+ ms$".into(), regex: true, ..base() },
            grep: Some(&["-i", "-E", "[0-9]+ ms$"]),
        },
        Search {
            name: "pattern",
            filter: Filter { pattern: "Execution -timeout \"configuration error\"".into(), ..base() },
            grep: None,
        },
        Search {
            name: "pattern of exclusions",
            filter: Filter { pattern: "-Endpoint -API".into(), ..base() },
            grep: None,
        },
        Search {
            name: "route and status",
            filter: Filter { route_key: Some("echo".into()), status: "2xx".into(), ..base() },
            grep: None,
        },
        Search {
            name: "one connection",
            filter: Filter { connection_id: "gbik00007QAYKEilnA==".into(), ..base() },
            grep: None,
        },
        Search {
            name: "failures, 5 lines around",
            filter: Filter { text: "malformed".into(), failures: true, context: 5, ..base() },
            grep: None,
        },
    ]
}

/// Prints the table's part.
pub fn measure(events: &[LogEvent]) {
    let before = resident();
    let start = Instant::now();
    let mut book = Book::new(usize::MAX / 2048);
    for batch in events.chunks(BATCH) {
        book.add(0, batch);
    }
    let rate = events.len() as f64 / start.elapsed().as_secs_f64();
    println!("\nThe book: {} lines, {} requests", book.counts().lines, book.counts().requests);
    println!("parse + sort + join + keep     {rate:>12.0} lines/s");
    if let (Some(before), Some(after)) = (before, resident()) {
        let text: usize = events.iter().map(|event| event.message.len()).sum();
        let (each, said) = (after.saturating_sub(before) / events.len(), book.counts().memory / events.len() as f64);
        println!(
            "memory per kept line           {each:>12} bytes     the book says {said:.0}; of text {}",
            text / events.len()
        );
    }
    let start = Instant::now();
    let again = events.len().saturating_sub(events.len() / 10);
    for batch in events[again..].chunks(500) {
        book.add(0, batch);
    }
    let rate = (events.len() - again) as f64 / start.elapsed().as_secs_f64();
    println!("lines that came before         {rate:>12.0} lines/s");

    let file = std::env::temp_dir().join(format!("gatescope-bench-{}.log", std::process::id()));
    let written = write(&file, events).is_ok();
    println!("\nFiltering, rows of lines and of requests; `grep -c` on a file with the same lines (in memory)");
    println!("    {:<26} {:>9} {:>9} {:>9} {:>9}   ratio", "", "lines", "ms", "requests", "grep ms");
    for Search { name, filter, grep } in searches() {
        let (shown, lines) = median(|| book.set(View::Lines, &filter).shown);
        let (_, requests) = median(|| book.set(View::Requests, &filter).shown);
        let peer = grep.filter(|_| written).and_then(|args| timed("grep", args, &file));
        let (peer, ratio) = match peer {
            Some((found, peer)) if found == shown => (format!("{peer:.1}"), format!("{:.1} × as fast", peer / lines)),
            Some((found, peer)) => (format!("{peer:.1}"), format!("grep finds {found}")),
            None => ("–".to_owned(), String::new()),
        };
        println!("    {name:<26} {shown:>9} {lines:>9.1} {requests:>9.1} {peer:>9}   {ratio}");
    }
    for (name, args) in [
        ("lnav", &["-n", "-c", ":filter-in malformed lambda", "-c", ":write-raw-to /dev/null"][..]),
        ("awslogs", &["--version"][..]),
    ] {
        match timed(name, args, &file) {
            Some((_, peer)) if name == "lnav" => println!("    lnav: open and filter a text, rare {peer:>9.1} ms"),
            Some(_) => println!("    {name} reads CloudWatch only: it has no work in common that needs no account"),
            None => println!("    left out: {name} is not installed"),
        }
    }
    let _ = std::fs::remove_file(&file);
}

fn write(file: &Path, events: &[LogEvent]) -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(std::fs::File::create(file)?);
    for event in events {
        writeln!(out, "{}", event.message)?;
    }
    out.flush()
}

fn median(mut work: impl FnMut() -> u32) -> (u32, f64) {
    let mut found = 0;
    let mut millis: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            found = work();
            start.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    millis.sort_by(f64::total_cmp);
    (found, millis[ROUNDS / 2])
}

/// Lines that a program counts, and its milliseconds from start to end: the median of three runs.
fn timed(program: &str, args: &[&str], file: &Path) -> Option<(u32, f64)> {
    let mut runs = Vec::new();
    for _ in 0..3 {
        let start = Instant::now();
        let mut command = Command::new(program);
        command.args((program == "grep").then_some("-c")).args(args).arg(file);
        let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
        let found = String::from_utf8_lossy(&output.stdout).trim().parse().unwrap_or(0);
        runs.push((found, start.elapsed().as_secs_f64() * 1000.0));
    }
    runs.sort_by(|a, b| a.1.total_cmp(&b.1));
    runs.get(1).copied()
}
