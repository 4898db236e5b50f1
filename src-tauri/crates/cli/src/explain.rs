//! `gatescope explain`: a log from a file or a pipe in, requests and causes out. `model::explain` does the work.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::path::Path;

use gatescope_model::explain::{ExplainedRequest, Explanation, explain};
use gatescope_model::handshake::{Handshake, Outcome};
use serde::Deserialize;

use crate::args::Explain;
use crate::error::Error;
use crate::words::{confidence, printable};

/// Runs the command. An unexplained log is an answer too, so the exit code is 0 whenever it could be read.
pub(crate) fn run(args: &Explain) -> Result<u8, Error> {
    let log = read(&args.file)?;
    let handshake = match &args.handshake {
        Some(file) => Some(answer(&String::from_utf8_lossy(&read(file)?))),
        None => None,
    };
    let explanation = explain(&log, handshake.as_deref());
    let mut text =
        if args.json { serde_json::to_string(&explanation).map_err(Error::Json)? } else { words(&explanation) };
    text.push('\n');
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(Error::Output)?;
    Ok(0)
}

/// A file, or standard input for `-`.
pub(crate) fn read(file: &Path) -> Result<Vec<u8>, Error> {
    let read = if file == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        std::fs::read(file)
    };
    read.map_err(|why| Error::Read(file.to_owned(), why))
}

/// The part of a record of `gatescope connect --json` that matters here.
#[derive(Deserialize)]
struct Told {
    handshake: Handshake,
}

/// What the client saw as an HTTP answer: taken as it is, or from what `gatescope connect --json` printed.
fn answer(text: &str) -> String {
    let told = |line: &str| serde_json::from_str::<Told>(line).ok().map(|told| told.handshake);
    let handshake = text.lines().find_map(told).or_else(|| serde_json::from_str::<Handshake>(text).ok());
    let (status, headers, body) = match handshake.map(|handshake| handshake.outcome) {
        Some(Outcome::Refused(refusal)) => (refusal.status, refusal.headers, refusal.body),
        Some(Outcome::Opened { headers, .. }) => (101, headers, String::new()),
        _ => return text.to_owned(),
    };
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
    format!("HTTP {status}\n{headers}\n{body}")
}

fn words(explanation: &Explanation) -> String {
    let mut out = String::new();
    for request in &explanation.requests {
        self::request(&mut out, request);
    }
    match explanation.other_lines {
        0 if explanation.requests.is_empty() => out.push_str("no log line was found"),
        0 => {}
        1 => out.push_str("1 line belongs to no request"),
        lines => {
            let _ = write!(out, "{lines} lines belong to no request");
        }
    }
    out.trim_end().to_owned()
}

fn request(out: &mut String, request: &ExplainedRequest) {
    let id = if request.request_id.is_empty() { "without an id" } else { &request.request_id };
    let _ = write!(out, "request {}: {}", printable(id), request.kind);
    if let Some(route) = &request.route {
        let _ = write!(out, " {}", printable(route));
    }
    if let Some(status) = request.status {
        let _ = write!(out, ", status {status}");
    }
    if let Some(connection) = &request.connection_id {
        let _ = write!(out, ", connection {}", printable(connection));
    }
    let _ = writeln!(out, ", {} line{}", request.lines, if request.lines == 1 { "" } else { "s" });
    for cause in &request.causes {
        let lines: Vec<String> = cause.evidence.iter().map(u32::to_string).collect();
        let seen = if lines.is_empty() { String::new() } else { format!(" (line {})", lines.join(", ")) };
        let _ = writeln!(out, "  {}: {}{seen}", confidence(cause.confidence), cause.cause);
        let _ = writeln!(out, "    {}\n    fix: {}", printable(&cause.title), printable(&cause.fix));
    }
    if request.causes.is_empty() {
        out.push_str("  no failure to explain\n");
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_connect_printed_is_read_as_the_answer_it_was() {
        let line = r#"{"at":1,"kind":"handshake","handshake":{"url":"wss://a","outcome":{"kind":"refused","status":500,"headers":[["x-amz-apigw-id","abc="]],"body":"oops","bodyTruncated":false}}}"#;
        let expected = "HTTP 500\nx-amz-apigw-id: abc=\n\noops";
        assert_eq!(answer(&format!("{line}\n{{\"kind\":\"verdict\"}}")), expected);
        assert_eq!(answer(expected), expected);
    }
}
