//! How fast a book of a million lines takes lines in and is searched, beside `grep`, `lnav` and `awslogs` on the same lines,
//! where they are installed. Ratios tell; nothing passes or fails on time. It may not know how a book is made.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use gatescope_model::book::{Book, Filter, Order, SourceKind, View};
use gatescope_model::log::LogEvent;

use super::BATCH;

/// The group of the access log.
const ACCESS: u16 = 1;

/// A filter is tried this often, and so is each other program; the shortest time counts, for a machine has other work too.
const ROUNDS: usize = 15;
/// Rows that a page asks for at once.
const PAGE: u32 = 128;
/// Pages that are read, here and there.
const PAGES: u32 = 200;
/// What the access log is written with.
const FORMAT: &str = r#"{"requestId":"$context.requestId","ip":"$context.identity.sourceIp","requestTime":"$context.requestTime","routeKey":"$context.routeKey","status":"$context.status","connectionId":"$context.connectionId","integrationLatency":"$context.integrationLatency"}"#;

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
            name: "regex, in every line",
            filter: Filter { text: "[0-9]+".into(), regex: true, ..base() },
            grep: Some(&["-i", "-E", "[0-9]+"]),
        },
        Search {
            name: "regex of words",
            filter: Filter { text: "\\bstatus\\b.*\\b[45]\\d\\d\\b".into(), regex: true, ..base() },
            grep: Some(&["-i", "-P", "\\bstatus\\b.*\\b[45]\\d\\d\\b"]),
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
            name: "pattern of columns",
            filter: Filter { pattern: "[id, what = Execution, ...]".into(), ..base() },
            grep: None,
        },
        Search {
            name: "pattern of JSON",
            filter: Filter { pattern: "{ $.status = \"502\" }".into(), ..base() },
            grep: None,
        },
        Search { name: "JMESPath, rare", filter: Filter { jmespath: "status == '502'".into(), ..base() }, grep: None },
        Search {
            name: "JMESPath, most records",
            filter: Filter { jmespath: "to_number(integrationLatency) > `40`".into(), ..base() },
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
    let records: Vec<Vec<LogEvent>> = events.chunks(BATCH).map(|batch| access_log(batch).collect()).collect();
    let start = Instant::now();
    let mut book = Book::new(usize::MAX / 2048);
    book.sources(&[(ACCESS, SourceKind::Access, Some(FORMAT.to_owned()))]);
    for (batch, records) in events.chunks(BATCH).zip(&records) {
        book.add(0, batch);
        book.add(ACCESS, records);
    }
    let all = events.len() + records.iter().map(Vec::len).sum::<usize>();
    let rate = all as f64 / start.elapsed().as_secs_f64();
    println!("\nThe book: {} lines, {} requests", book.counts().lines, book.counts().requests);
    println!("parse + sort + join + keep     {rate:>12.0} lines/s");
    let text: usize = events.iter().chain(records.iter().flatten()).map(|event| event.message.len()).sum();
    let each = book.counts().memory / all as f64;
    println!("memory per kept line           {each:>12.0} bytes     by the book's own count; of text {}", text / all);
    let start = Instant::now();
    let again = events.len().saturating_sub(events.len() / 10);
    for batch in events[again..].chunks(500) {
        book.add(0, batch);
    }
    let rate = (events.len() - again) as f64 / start.elapsed().as_secs_f64();
    println!("lines that came before         {rate:>12.0} lines/s");

    let file = std::env::temp_dir().join(format!("gatescope-bench-{}.log", std::process::id()));
    let written = write(&file, events.iter().chain(records.iter().flatten())).is_ok();
    println!("\nFiltering, rows of lines and of requests; `grep -c` on a file with the same lines (in memory)");
    println!("    {:<26} {:>9} {:>9} {:>9} {:>9}   ratio", "", "lines", "ms", "requests", "grep ms");
    for Search { name, filter, grep } in searches() {
        let (shown, lines) = shortest(|| book.set(View::Lines, &filter).shown);
        let (_, requests) = shortest(|| book.set(View::Requests, &filter).shown);
        let peer = grep.filter(|_| written).and_then(|args| timed("grep", args, &file));
        let (peer, ratio) = match peer {
            Some((found, peer)) if found == shown => (format!("{peer:.1}"), format!("{:.1} × as fast", peer / lines)),
            Some((found, peer)) => (format!("{peer:.1}"), format!("grep finds {found}")),
            None => ("–".to_owned(), String::new()),
        };
        println!("    {name:<26} {shown:>9} {lines:>9.1} {requests:>9.1} {peer:>9}   {ratio}");
    }
    for (name, args) in [
        ("lnav", &["-n", "-c", ":write-raw-to /dev/null"][..]),
        ("lnav", &["-n", "-c", ":filter-in (?i)malformed lambda", "-c", ":write-raw-to /dev/null"][..]),
        ("lnav", &["-n", "-c", ":filter-in [0-9]+ ms$", "-c", ":write-raw-to /dev/null"][..]),
        ("awslogs", &["--version"][..]),
    ] {
        match timed(name, args, &file) {
            Some((_, peer)) if name == "lnav" => println!("    lnav: open, {:<42} {peer:>9.1} ms", args[2]),
            Some(_) => println!("    {name} reads CloudWatch only: it has no work in common that needs no account"),
            None => println!("    left out: {name} is not installed"),
        }
    }
    let _ = std::fs::remove_file(&file);
    pages(&mut book);
}

/// What scrolling asks for, and what ordering the access log costs.
fn pages(book: &mut Book) {
    println!("\nA page of {PAGE} rows, here and there: mean and longest of {PAGES}");
    for (name, view) in [("requests", View::Requests), ("lines", View::Lines), ("access log", View::Access)] {
        let shown = book.set(view, &Filter::default()).shown;
        let each = (0..PAGES).map(|n| {
            let from = (u64::from(n) * 7919 * u64::from(PAGE) % u64::from(shown.max(1))) as u32;
            let start = Instant::now();
            let rows = book.rows(from, PAGE).len();
            (rows, start.elapsed().as_secs_f64() * 1000.0)
        });
        let millis: Vec<f64> = each.filter(|(rows, _)| *rows > 0).map(|(_, millis)| millis).collect();
        let mean = millis.iter().sum::<f64>() / millis.len() as f64;
        let longest = millis.iter().copied().fold(0.0, f64::max);
        println!("    {name:<26} of {shown:>9} {mean:>9.2} ms {longest:>9.2} ms");
    }
    for (name, field) in [("by latency, first", "integrationLatency"), ("by status, first", "status")] {
        book.order_by(Some(Order { field: field.to_owned(), descending: true }));
        let start = Instant::now();
        let shown = book.set(View::Access, &Filter::default()).shown;
        let first = start.elapsed().as_secs_f64() * 1000.0;
        let (_, again) = shortest(|| book.set(View::Access, &Filter::default()).shown);
        println!("    access log {name:<18} {shown:>9} records {first:>7.1} ms, again {again:.1} ms");
    }
}

/// A record for each request that begins in these lines.
fn access_log(lines: &[LogEvent]) -> impl Iterator<Item = LogEvent> {
    let begins = lines.iter().enumerate().filter(|(_, event)| event.message.contains(") Starting execution"));
    begins.map(|(n, event)| {
        let id = event.message.get(1..).and_then(|rest| rest.split_once(')')).map_or("-", |(id, _)| id);
        let status = if n % 50 == 0 { 502 } else { 200 };
        let message = format!(
            r#"{{"requestId":"{id}","ip":"1.2.3.4","requestTime":"25/Sep/2026:09:20:29 +0000","routeKey":"echo","status":"{status}","connectionId":"gbik{n:05}QAYKEilnA==","integrationLatency":"{}"}}"#,
            n % 97
        );
        LogEvent { event_id: event.event_id.clone().map(|id| format!("{id}1")), message, ..event.clone() }
    })
}

fn write<'a>(file: &Path, events: impl Iterator<Item = &'a LogEvent>) -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(std::fs::File::create(file)?);
    for event in events {
        writeln!(out, "{}", event.message)?;
    }
    out.flush()
}

fn shortest(mut work: impl FnMut() -> u32) -> (u32, f64) {
    let mut found = 0;
    let mut millis: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            found = work();
            start.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    millis.sort_by(f64::total_cmp);
    (found, millis[0])
}

/// Lines that a program counts, and its milliseconds from start to end: the shortest of its runs.
fn timed(program: &str, args: &[&str], file: &Path) -> Option<(u32, f64)> {
    let mut runs = Vec::new();
    for _ in 0..if program == "grep" { ROUNDS } else { 3 } {
        let start = Instant::now();
        let mut command = Command::new(program);
        command.args((program == "grep").then_some("-c")).args(args).arg(file);
        let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
        let found = String::from_utf8_lossy(&output.stdout).trim().parse().unwrap_or(0);
        runs.push((found, start.elapsed().as_secs_f64() * 1000.0));
    }
    runs.sort_by(|a, b| a.1.total_cmp(&b.1));
    runs.first().copied()
}
