//! `gatescope connect --profile` or `--sandbox`: the app's session, with the log lines of each request in the same stream.
//!
//! It asks through the table of calls, as the window does, and prints what is new of each row. It may not know how lines are
//! matched or causes found. Where to look next: `gatescope_app::rpc`.

use std::collections::{BTreeSet, HashMap};

use futures_util::StreamExt;
use gatescope_app::{App, Options, Scope, calls, rpc};
use gatescope_model::conversation::{
    Connection, LinkKind, Row, RowDetail, RowKind, RowOutcome, SessionItem, Tail, TailState,
};
use gatescope_model::verdict::Confidence;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::mpsc;
use tokio::time::{Duration, Instant, sleep_until};
use url::Url;

use super::input::{self, Piece};
use super::output::{Output, Record, Told};
use crate::args::Connect;
use crate::error::Error;

/// How long the last log lines are waited for: AWS shows them after about 20 s (facts 1.1).
const LOG_PATIENCE: Duration = Duration::from_secs(45);

/// Runs the conversation; the exit code is 1 when the handshake or the connection failed.
pub(super) async fn run(args: &Connect, headers: Vec<(String, String)>, output: &mut Output) -> Result<u8, Error> {
    let account = args.profile.as_ref().map_or_else(|| "sandbox".to_owned(), |name| format!("profile:{name}"));
    let app = App::start(Options::default())?;
    let of = stage(args, account).ok_or_else(|| Error::NoStage(args.url.clone()))?;
    let question = serde_json::to_value(of).unwrap_or_default();
    let mut items = rpc::stream(&app, "open_session", question).await?;
    let mut talk = Talk {
        app,
        args,
        headers,
        output,
        session: String::new(),
        seen: HashMap::new(),
        waiting: BTreeSet::new(),
        log_failed: false,
        problem: None,
        dialled: false,
        open: false,
        ended: None,
        by_us: false,
    };
    let (mut input, mut input_opened) = (None, false);
    // When the connection is closed, and when log lines are no longer waited for.
    let (mut close_at, mut leave_at) = (None, None);
    loop {
        tokio::select! {
            batch = items.next() => match batch {
                Some(batch) => talk.batch(&batch).await?,
                None => break,
            },
            piece = next_piece(&mut input) => match piece {
                Some(piece) => talk.send(piece).await?,
                None => {
                    input = None;
                    // -1, and whatever else is no time, is without end.
                    close_at = Duration::try_from_secs_f64(args.wait).ok().map(|wait| Instant::now() + wait);
                }
            },
            () = at(close_at) => {
                close_at = None;
                talk.close().await?;
            }
            () = at(leave_at) => break,
            _ = tokio::signal::ctrl_c() => {
                if !talk.open {
                    break;
                }
                talk.close().await?;
            }
        }
        if talk.open && !input_opened {
            (input, input_opened) = (Some(input::open(&args.execute)), true);
        }
        if talk.ended.is_some() {
            if talk.waiting.is_empty() || talk.log_failed {
                break;
            }
            (input, close_at) = (None, None);
            leave_at.get_or_insert(Instant::now() + LOG_PATIENCE);
        }
        talk.output.flush()?;
    }
    Ok(talk.ended.unwrap_or(1))
}

async fn next_piece(input: &mut Option<mpsc::Receiver<Piece>>) -> Option<Piece> {
    match input {
        Some(input) => input.recv().await,
        None => std::future::pending().await,
    }
}

async fn at(until: Option<Instant>) {
    match until {
        Some(until) => sleep_until(until).await,
        None => std::future::pending().await,
    }
}

/// `wss://API.execute-api.REGION.…/STAGE`, or a stand-in's `ws://HOST:PORT/API/STAGE`.
fn stage(args: &Connect, account: String) -> Option<calls::OfStage> {
    let url = Url::parse(&args.url).ok()?;
    let mut path = url.path_segments()?;
    let labels: Vec<&str> = url.host_str()?.split('.').collect();
    let (api_id, region) = match labels[..] {
        [api, "execute-api", region, ..] => (api, Some(region)),
        _ => (path.next()?, None),
    };
    let stage = path.next().filter(|stage| !stage.is_empty())?;
    let environment = || std::env::var("AWS_REGION").or_else(|_| std::env::var("AWS_DEFAULT_REGION")).ok();
    let region = args.region.clone().or(region.map(str::to_owned)).or_else(environment);
    let scope = Scope { account, region: region.unwrap_or_else(|| "us-east-1".to_owned()) };
    Some(calls::OfStage { scope, api_id: api_id.to_owned(), stage: stage.to_owned() })
}

/// What of a row has been printed.
#[derive(Default)]
struct Seen {
    shown: bool,
    lines: usize,
    cause: Option<(String, Confidence)>,
}

struct Talk<'a> {
    app: App,
    args: &'a Connect,
    headers: Vec<(String, String)>,
    output: &'a mut Output,
    session: String,
    seen: HashMap<u32, Seen>,
    /// Rows to which log lines are due.
    waiting: BTreeSet<u32>,
    /// The log can't be read now.
    log_failed: bool,
    /// What was said last of it.
    problem: Option<String>,
    dialled: bool,
    open: bool,
    /// The exit code, once the conversation is over.
    ended: Option<u8>,
    by_us: bool,
}

impl Talk<'_> {
    async fn call<T: DeserializeOwned>(&self, name: &str, question: impl Serialize) -> Result<T, Error> {
        let question = serde_json::to_value(question).unwrap_or_default();
        let answer = rpc::call(&self.app, name, question).await?;
        serde_json::from_value(answer).map_err(Error::Json)
    }

    async fn batch(&mut self, batch: &str) -> Result<(), Error> {
        let items: Vec<SessionItem> = serde_json::from_str(batch).map_err(Error::Json)?;
        for item in items {
            match item {
                SessionItem::Ready { session } => self.session = session,
                SessionItem::Row { row } => self.row(*row).await?,
                SessionItem::Connection { connection } => self.open = matches!(connection, Connection::Open { .. }),
                SessionItem::Tail { tail } => self.tail(&tail).await?,
                SessionItem::Dropped { .. } => {}
            }
        }
        Ok(())
    }

    async fn tail(&mut self, tail: &Tail) -> Result<(), Error> {
        // A log group that is not there yet is no failure: lines may still come.
        self.log_failed = tail.state == TailState::Failed;
        let problem = tail.problem.as_ref().map(|problem| problem.message.clone());
        if std::mem::replace(&mut self.problem, problem) != self.problem
            && let Some(problem) = &tail.problem
        {
            self.output.put(&Record::Problem { problem })?;
        }
        if tail.state == TailState::Off {
            self.output.note("logging is off for this stage, so there will be no log lines")?;
        }
        // Dialled only when the stage's logging is known: an attempt before that would have no log.
        let known = tail.problem.is_some() || !tail.level.is_empty();
        if !known || std::mem::replace(&mut self.dialled, true) {
            return Ok(());
        }
        let connect = calls::Connect {
            session: self.session.clone(),
            url: self.args.url.clone(),
            headers: self.headers.clone(),
            query: Vec::new(),
            subprotocols: self.args.subprotocols.clone(),
            timeout_ms: u32::try_from(self.args.timeout.as_millis()).unwrap_or(u32::MAX),
            sign: self.args.sign,
            key_id: None,
            connect_to: None,
        };
        let _: calls::MadeRow = self.call("connect", connect).await?;
        Ok(())
    }

    async fn send(&mut self, piece: Piece) -> Result<(), Error> {
        for message in piece {
            let text = String::from_utf8_lossy(&message).into_owned();
            let sent = calls::SendMessage { session: self.session.clone(), text };
            match self.call::<calls::MadeRow>("send_message", sent).await {
                Ok(_) => {}
                // The conversation goes on; what did not go out is said.
                Err(why @ Error::App(_)) => self.output.note(&why.to_string())?,
                Err(why) => return Err(why),
            }
        }
        Ok(())
    }

    async fn close(&mut self) -> Result<(), Error> {
        self.by_us = true;
        let close = calls::Disconnect { session: self.session.clone(), code: 1000, reason: String::new() };
        let _: calls::Nothing = self.call("disconnect", close).await?;
        Ok(())
    }

    async fn row(&mut self, row: Row) -> Result<(), Error> {
        if row.kind == RowKind::Other || row.outcome == RowOutcome::Pending {
            return Ok(());
        }
        let lines = row.request.as_ref().map_or(0, |request| request.lines as usize);
        let seen = self.seen.entry(row.id).or_default();
        let (first, had) = (!std::mem::replace(&mut seen.shown, true), std::mem::replace(&mut seen.lines, lines));
        if first || lines > had {
            let ask = calls::OfRow { session: self.session.clone(), row: row.id };
            let detail: RowDetail = self.call("read_row", ask).await?;
            if first {
                self.first(&row, &detail)?;
            }
            self.lines(&row, &detail, had)?;
        }
        let done = row.request.as_ref().is_some_and(|request| request.complete) || row.link.kind == LinkKind::None;
        if done {
            self.waiting.remove(&row.id)
        } else {
            self.waiting.insert(row.id)
        };
        self.verdict(&row)
    }

    /// The row's left side.
    fn first(&mut self, row: &Row, detail: &RowDetail) -> Result<(), Error> {
        let payload = detail.payload.as_deref().unwrap_or(&row.text);
        match row.kind {
            RowKind::Attempt => {
                if let Some(handshake) = &detail.handshake {
                    self.output.put(&Record::Handshake { handshake })?;
                }
                if row.outcome == RowOutcome::Failed {
                    self.ended = Some(1);
                }
                Ok(())
            }
            RowKind::Sent => self.output.put(&Record::Sent(Told::text(payload))),
            RowKind::Received if row.text == format!("binary, {} bytes", row.size.unwrap_or_default()) => {
                let bytes: Vec<u8> = payload.split(' ').filter_map(|hex| u8::from_str_radix(hex, 16).ok()).collect();
                self.output.put(&Record::Received(Told::binary(&bytes)))
            }
            RowKind::Received => self.output.put(&Record::Received(Told::text(payload))),
            RowKind::Closed => {
                let normal = self.by_us || matches!(row.status, None | Some(1000 | 1001 | 1005));
                self.ended = Some(u8::from(!normal));
                let text = row.text.clone();
                let by = if self.by_us { "us" } else { "peer" };
                self.output.put(&Record::Closed { by: Some(by), code: row.status, text })
            }
            RowKind::Marker => self.output.note(&row.text),
            RowKind::Ping | RowKind::Other => Ok(()),
        }
    }

    /// The row's right side, as far as it is new.
    fn lines(&mut self, row: &Row, detail: &RowDetail, had: usize) -> Result<(), Error> {
        let Some(request) = &row.request else { return Ok(()) };
        for line in detail.lines.iter().skip(had) {
            self.output.put(&Record::Log {
                request_id: &request.request_id,
                exact: row.link.kind == LinkKind::Exact,
                offset_ms: line.offset_ms,
                text: &line.text,
            })?;
        }
        Ok(())
    }

    /// The verdict, when it says something new.
    fn verdict(&mut self, row: &Row) -> Result<(), Error> {
        let Some(verdict) = &row.verdict else { return Ok(()) };
        let cause = verdict.findings.first().map(|best| (best.cause.clone(), best.confidence));
        let seen = self.seen.entry(row.id).or_default();
        if cause.is_none() || seen.cause == cause {
            return Ok(());
        }
        seen.cause = cause;
        self.output.put(&Record::Verdict { verdict })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use clap::Parser;

    use super::*;
    use crate::args::{Args, Command};

    fn stage_of(url: &str) -> Option<(String, String, String)> {
        let Command::Connect(args) = Args::parse_from(["gatescope", "connect", url, "--region", "eu-west-1"]).command
        else {
            return None;
        };
        let of = stage(&args, "sandbox".to_owned())?;
        Some((of.api_id, of.stage, of.scope.region))
    }

    #[test]
    fn api_and_stage_are_read_from_either_form_of_address() {
        let expected = Some(("a1b2".to_owned(), "prod".to_owned(), "eu-west-1".to_owned()));
        assert_eq!(stage_of("wss://a1b2.execute-api.eu-west-1.amazonaws.com/prod?x=1"), expected);
        assert_eq!(stage_of("ws://127.0.0.1:4510/a1b2/prod"), expected);
        assert_eq!(stage_of("wss://ws.example.com/"), None);
    }
}
