//! What is shown and kept of a conversation: text for people or JSON for programs on standard output, JSON in the transcript.
//!
//! Standard output carries what came back and nothing else; how things stand is said on standard error. A frame may hold
//! anything, so on a terminal its control characters are shown, not obeyed. The transcript has its secrets masked.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use gatescope_model::conversation::Problem;
use gatescope_model::handshake::{Handshake, Outcome};
use gatescope_model::redact::redact;
use gatescope_model::verdict::Verdict;
use gatescope_socket::{End, Frame, Side};
use serde::Serialize;

use crate::args::Connect;
use crate::error::Error;
use crate::words;

/// Written when so much has gathered, though more is coming.
const BATCH: usize = 64 * 1024;
/// Bytes of a binary frame that are printed.
const HEX: usize = 64;

/// One thing that happened; as JSON, `{"at": milliseconds since 1970, "kind": …}`.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(super) enum Record<'a> {
    Handshake {
        handshake: &'a Handshake,
    },
    /// Why the handshake was refused.
    Verdict {
        verdict: &'a Verdict,
    },
    /// A line of the log that belongs to this conversation.
    Log {
        request_id: &'a str,
        /// Proven by an id, not by order and time.
        exact: bool,
        /// Milliseconds after the request's first line.
        offset_ms: u32,
        text: &'a str,
    },
    /// Why no log lines come.
    Problem {
        problem: &'a Problem,
    },
    Sent(Told<'a>),
    Received(Told<'a>),
    Closed {
        /// `us` or `peer`; absent when nobody closed.
        by: Option<&'static str>,
        code: Option<u16>,
        /// The whole sentence.
        text: String,
    },
}

/// A frame.
#[derive(Serialize)]
pub(super) struct Told<'a> {
    frame: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "as_base64")]
    base64: Option<&'a [u8]>,
}

fn as_base64<S: serde::Serializer>(bytes: &Option<&[u8]>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&BASE64.encode(bytes.unwrap_or_default()))
}

impl<'a> Told<'a> {
    pub fn text(text: &'a str) -> Self {
        Self { frame: "text", text: Some(text), base64: None }
    }

    pub fn binary(bytes: &'a [u8]) -> Self {
        Self { frame: "binary", text: None, base64: Some(bytes) }
    }

    fn of(frame: &'a Frame) -> Self {
        let control = |frame, bytes: &'a [u8]| match std::str::from_utf8(bytes) {
            Ok(text) => Self { frame, ..Self::text(text) },
            Err(_) => Self { frame, ..Self::binary(bytes) },
        };
        match frame {
            Frame::Text(text) => Self::text(text),
            Frame::Binary(bytes) => Self::binary(bytes),
            Frame::Ping(bytes) => control("ping", bytes),
            Frame::Pong(bytes) => control("pong", bytes),
        }
    }
}

impl<'a> Record<'a> {
    pub fn sent(frame: &'a Frame) -> Self {
        Self::Sent(Told::of(frame))
    }

    pub fn received(frame: &'a Frame) -> Self {
        Self::Received(Told::of(frame))
    }

    pub fn closed(end: &End) -> Self {
        let (by, code) = match end {
            End::Closed { by: Side::Us, code, .. } => (Some("us"), *code),
            End::Closed { by: Side::Peer, code, .. } => (Some("peer"), *code),
            End::Unanswered => (Some("us"), None),
            _ => (None, None),
        };
        Self::Closed { by, code, text: end.to_string() }
    }
}

#[derive(Serialize)]
struct Stamped<'a> {
    at: u64,
    #[serde(flatten)]
    record: &'a Record<'a>,
}

/// See the module.
pub(super) struct Output {
    json: bool,
    show_ping_pong: bool,
    /// Somebody types: a prompt is shown, and what was typed is on the screen already.
    typed: bool,
    /// The prompt stands in the last line.
    prompted: bool,
    /// What is sent is printed too.
    shows_sent: bool,
    terminal: bool,
    out: Vec<u8>,
    transcript: Option<(PathBuf, BufWriter<File>)>,
}

impl Output {
    pub fn open(args: &Connect) -> Result<Self, Error> {
        let transcript = match &args.transcript {
            Some(path) => {
                let file = File::create(path).map_err(|why| Error::Write(path.clone(), why))?;
                Some((path.clone(), BufWriter::with_capacity(BATCH, file)))
            }
            None => None,
        };
        let terminal = io::stdout().is_terminal();
        let typed = terminal && !args.json && args.execute.is_empty() && io::stdin().is_terminal();
        // A program that reads what comes back knows what it wrote; between log lines it is missed.
        let shows_sent = !typed && (terminal || args.profile.is_some() || args.sandbox);
        let (json, show_ping_pong) = (args.json, args.show_ping_pong);
        let out = Vec::with_capacity(BATCH);
        Ok(Self { json, show_ping_pong, typed, prompted: false, shows_sent, terminal, out, transcript })
    }

    /// Shows and keeps. Shown at the latest by [`Output::flush`].
    pub fn put(&mut self, record: &Record) -> Result<(), Error> {
        if self.json || self.transcript.is_some() {
            self.put_json(record)?;
        }
        if !self.json {
            self.put_text(record)?;
        }
        if self.out.len() >= BATCH { self.write() } else { Ok(()) }
    }

    /// Says something beside the conversation, behind what has gathered.
    pub fn note(&mut self, words: &str) -> Result<(), Error> {
        self.clear_prompt();
        self.write()?;
        eprintln!("{words}");
        Ok(())
    }

    /// Writes what has gathered and prompts.
    pub fn flush(&mut self) -> Result<(), Error> {
        if self.typed && !self.prompted {
            self.out.extend_from_slice(b"> ");
            self.prompted = true;
        }
        self.write()?;
        match &mut self.transcript {
            Some((path, file)) => file.flush().map_err(|why| Error::Write(path.clone(), why)),
            None => Ok(()),
        }
    }

    /// The last flush.
    pub fn finish(&mut self) -> Result<(), Error> {
        self.typed = false;
        self.flush()
    }

    fn write(&mut self) -> Result<(), Error> {
        if self.out.is_empty() {
            return Ok(());
        }
        let mut stdout = io::stdout().lock();
        stdout.write_all(&self.out).and_then(|()| stdout.flush()).map_err(Error::Output)?;
        self.out.clear();
        Ok(())
    }

    fn put_json(&mut self, record: &Record) -> Result<(), Error> {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let at = u64::try_from(since.as_millis()).unwrap_or(u64::MAX);
        let start = self.out.len();
        // Writing to memory can't fail, and no record has a key that is no string.
        let _ = serde_json::to_writer(&mut self.out, &Stamped { at, record });
        self.out.push(b'\n');
        if let Some((path, file)) = &mut self.transcript {
            let line = String::from_utf8_lossy(&self.out[start..]);
            file.write_all(redact(&line).as_bytes()).map_err(|why| Error::Write(path.clone(), why))?;
        }
        if !self.json {
            self.out.truncate(start);
        }
        Ok(())
    }

    fn put_text(&mut self, record: &Record) -> Result<(), Error> {
        match record {
            // The line end that was typed has left the prompt above.
            Record::Sent(_) => self.prompted = false,
            _ => self.clear_prompt(),
        }
        match record {
            Record::Handshake { handshake } => match &handshake.outcome {
                Outcome::Refused(refusal) => self.out.extend(words::refusal(handshake, refusal).into_bytes()),
                _ => return self.note(&words::attempt(handshake)),
            },
            Record::Verdict { verdict } => self.out.extend(words::verdict(verdict).into_bytes()),
            Record::Log { exact, offset_ms, text, .. } => {
                let bar = if *exact { '|' } else { '~' };
                self.out.extend(format!("{bar} {offset_ms:>6} ms  {}\n", words::printable(text)).into_bytes());
            }
            Record::Sent(told) if self.shows_sent => self.put_frame("> ", told),
            Record::Sent(_) => {}
            Record::Received(told) => self.put_frame("< ", told),
            Record::Closed { text, .. } => return self.note(text),
            Record::Problem { problem } => return self.note(&words::problem(problem)),
        }
        Ok(())
    }

    fn clear_prompt(&mut self) {
        if std::mem::take(&mut self.prompted) {
            self.out.extend_from_slice(b"\r\x1b[K");
        }
    }

    fn put_frame(&mut self, arrow: &str, told: &Told) {
        let control = matches!(told.frame, "ping" | "pong");
        if control && !self.show_ping_pong {
            return;
        }
        self.out.extend_from_slice(arrow.as_bytes());
        if control {
            self.out.extend_from_slice(told.frame.as_bytes());
            self.out.push(b' ');
        }
        match (told.text, told.base64) {
            (Some(text), _) if self.terminal => self.out.extend(words::printable(text).as_bytes()),
            (Some(text), _) => self.out.extend_from_slice(text.as_bytes()),
            (None, bytes) => {
                let bytes = bytes.unwrap_or_default();
                let hex: Vec<String> = bytes.iter().take(HEX).map(|byte| format!("{byte:02x}")).collect();
                let more = if bytes.len() > HEX { " …" } else { "" };
                self.out.extend(format!("({} bytes) {}{more}", bytes.len(), hex.join(" ")).into_bytes());
            }
        }
        self.out.push(b'\n');
    }
}
