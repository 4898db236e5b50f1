//! Frames of an open connection: sent, received, pinged, and the end.
//!
//! Which message a frame answers is a guess of order here, and said as one; what the gateway itself says names its request,
//! and moves to the right message when a line of the log tells which that is.

use std::time::Instant;

use gatescope_model::conversation::{RowKind, RowOutcome};
use gatescope_model::diagnose::{EndedBy, Ending};
use gatescope_model::handshake::GatewayMessage;
use gatescope_model::selection;
use gatescope_socket::{End, Frame, Side};

use super::Answer;
use super::actor::{Actor, Done, Live, reply};
use super::rows::preview;
use super::wire::Out;
use crate::calls::{MadeRow, Nothing};
use crate::error::{Code, Error};
use crate::now;

/// Round trips of pings that are shown.
const PINGS: usize = 30;
/// What the gateway takes in one message (facts 5.1).
const LONGEST_MESSAGE: usize = 128 * 1024;

/// Guesses that are remembered until a log line settles them.
const GUESSES: usize = 1_024;

/// A frame of the gateway's whose message is not known for sure.
pub(super) struct Guess {
    /// The frame's row.
    received: u32,
    /// The message that it is shown with.
    sent: u32,
    text: String,
    at: Instant,
}

/// What a connection has seen, by the gateway's clock.
#[derive(Clone, Copy, Default)]
pub(super) struct Said {
    opened_at: i64,
    /// A message in either direction; pings do not count.
    last_at: i64,
    /// Bytes, and whether they were binary.
    last_sent: Option<(usize, bool)>,
}

impl Said {
    pub(super) fn begin(now: i64) -> Self {
        Self { opened_at: now, last_at: now, last_sent: None }
    }
}

impl Actor {
    pub(super) fn send(&mut self, text: String) -> Result<MadeRow, Error> {
        let Live::Open { row: attempt, .. } = self.live else { return Err(not_connected()) };
        if text.len() > LONGEST_MESSAGE {
            let message = format!(
                "{} bytes: API Gateway closes the connection at more than {LONGEST_MESSAGE} (1009)",
                text.len()
            );
            return Err(Error::new(Code::Refused, message));
        }
        let wire = self.wire.as_ref().ok_or_else(not_connected)?;
        wire.out.try_send(Out::Text(text.clone())).map_err(|_| {
            Error::new(Code::Throttled, "the network is slower than the messages: wait until some have gone out")
        })?;
        let route_key = self.snapshot().and_then(|api| selection::route_for(api, &text)).map(|r| r.route_key.clone());
        let row = self.rows.push(RowKind::Sent, now(), preview(&text));
        if let Some(shown) = self.rows.change(row) {
            shown.size = u32::try_from(text.len()).ok();
        }
        self.said.last_at = self.clock();
        self.said.last_sent = Some((text.len(), false));
        self.done.insert(row, self.begin(route_key.clone(), true));
        self.correlator.sent(row, now(), attempt, &text, route_key.as_deref());
        self.rows.keep_payload(row, text);
        self.logs_due(row);
        Ok(MadeRow { row })
    }

    pub(super) fn ping(&mut self) -> Result<MadeRow, Error> {
        let Live::Open { .. } = self.live else { return Err(not_connected()) };
        let wire = self.wire.as_ref().ok_or_else(not_connected)?;
        wire.out.try_send(Out::Ping).map_err(|_| not_connected())?;
        // Pings in a row share one: what matters is the last round trip and how many.
        let row = match self.rows.last() {
            Some(last) if last.kind == RowKind::Ping => last.id,
            _ => self.rows.push(RowKind::Ping, now(), "ping".to_owned()),
        };
        self.pinged.push_back((row, Instant::now()));
        Ok(MadeRow { row })
    }

    pub(super) fn frame(&mut self, frame: Frame, at: Instant) {
        let Live::Open { row: attempt, .. } = self.live else { return };
        if matches!(frame, Frame::Text(_) | Frame::Binary(_)) {
            self.said.last_at = self.clock();
        }
        match frame {
            Frame::Text(text) => self.received(attempt, text.as_str(), at),
            Frame::Binary(bytes) => {
                let row = self.rows.push(RowKind::Received, now(), format!("binary, {} bytes", bytes.len()));
                if let Some(shown) = self.rows.change(row) {
                    shown.size = u32::try_from(bytes.len()).ok();
                }
                let hex = bytes.iter().map(|b| format!("{b:02x}")).collect::<Vec<_>>().join(" ");
                self.rows.keep_payload(row, hex);
            }
            Frame::Pong(_) => self.pong(at),
            Frame::Ping(_) => {}
        }
    }

    fn pong(&mut self, at: Instant) {
        let Some((row, sent)) = self.pinged.pop_front() else { return };
        let ms = at.saturating_duration_since(sent).as_secs_f64() * 1000.0;
        if self.pings.len() == PINGS {
            self.pings.pop_front();
        }
        self.pings.push_back(ms);
        self.connection_news = true;
        if let Some(shown) = self.rows.change(row) {
            let before: u32 = shown.text.split(' ').next().and_then(|n| n.parse().ok()).unwrap_or_default();
            shown.text =
                if before == 0 { "1 ping answered".to_owned() } else { format!("{} pings answered", before + 1) };
            shown.round_trip_ms = Some(ms);
            shown.note = Some("API Gateway does not log pings".to_owned());
        }
    }

    fn received(&mut self, attempt: u32, text: &str, at: Instant) {
        let row = self.rows.push(RowKind::Received, now(), preview(text));
        self.correlator.received(row, now(), attempt, text);
        let gateway = GatewayMessage::parse(text);
        let answered = match &gateway {
            Some(said) => self.gateway_said(row, attempt, said, text, at),
            None => self.oldest_open(attempt).map(|sent| (sent, false)),
        };
        if let Some((sent, _)) = answered {
            self.answered(sent, at);
        }
        let note = match answered {
            Some((sent, sure)) => self.answers(row, sent, sure),
            None => "pushed by the backend".to_owned(),
        };
        if let Some(shown) = self.rows.change(row) {
            shown.size = u32::try_from(text.len()).ok();
            shown.note = Some(note);
            if gateway.is_some() {
                shown.outcome = RowOutcome::Failed;
            }
        }
        self.rows.keep_payload(row, text.to_owned());
        self.pair();
    }

    /// How a frame is said to belong to a message.
    fn answers(&self, row: u32, sent: u32, sure: bool) -> String {
        let route = self.done.get(&sent).and_then(|d| d.route_key.as_deref()).unwrap_or("a message");
        let up = row.saturating_sub(sent);
        let guess = if sure { "" } else { "likely " };
        format!("{guess}after {route}, {up} row{} up", if up == 1 { "" } else { "s" })
    }

    /// Messages of this connection that nothing has answered yet, newest first.
    fn open_messages(&self, attempt: u32) -> impl Iterator<Item = u32> {
        let sent = self.rows.iter().rev().take(64).filter(move |r| r.id > attempt && r.kind == RowKind::Sent);
        sent.filter(|r| self.done.get(&r.id).is_some_and(|d| d.open)).map(|r| r.id)
    }

    /// The message that a frame without ids most likely answers: WebSocket keeps order.
    fn oldest_open(&self, attempt: u32) -> Option<u32> {
        self.open_messages(attempt).last()
    }

    fn answered(&mut self, sent: u32, at: Instant) {
        let Some(done) = self.done.get_mut(&sent) else { return };
        done.open = false;
        let ms = at.saturating_duration_since(done.at).as_secs_f64() * 1000.0;
        if let Some(shown) = self.rows.change(sent) {
            shown.round_trip_ms = Some(ms);
        }
    }

    /// The gateway's own error frame: it names the request, and through it the message. Answers the message, and whether
    /// that is sure.
    fn gateway_said(
        &mut self,
        row: u32,
        attempt: u32,
        said: &GatewayMessage,
        text: &str,
        at: Instant,
    ) -> Option<(u32, bool)> {
        if let Live::Open { row, connection_id, .. } = &mut self.live
            && *row == attempt
            && connection_id.is_none()
        {
            *connection_id = Some(said.connection_id.clone());
            self.connection_news = true;
        }
        let linked = self.correlator.request(&said.request_id).and_then(|r| r.action);
        // No line has come yet: what is refused without calling anything is refused at once, the rest takes its time.
        let at_once = matches!(said.message.as_str(), "Forbidden" | "Invalid request body" | "Bad request body");
        let guess = || if at_once { self.open_messages(attempt).next() } else { self.oldest_open(attempt) };
        let last = || self.rows.iter().rev().find(|r| r.id > attempt && r.kind == RowKind::Sent).map(|r| r.id);
        let sent = linked.or_else(guess).or_else(last)?;
        let sure = linked.is_some();
        if !sure && self.guessed.len() < GUESSES {
            let guess = Guess { received: row, sent, text: text.to_owned(), at };
            self.guessed.insert(said.request_id.clone(), guess);
        }
        self.refused(sent, text.to_owned());
        Some((sent, sure))
    }

    fn refused(&mut self, sent: u32, text: String) {
        let Some(done) = self.done.get_mut(&sent) else { return };
        done.frame = Some(text);
        if let Some(shown) = self.rows.change(sent) {
            shown.outcome = RowOutcome::Failed;
        }
        self.suspects.insert(sent);
    }

    /// A line tells which message a request was: the frame that named it moves there.
    pub(super) fn settle_guess(&mut self, request_id: &str, action: u32) {
        let Some(guess) = self.guessed.remove(request_id) else { return };
        if guess.sent != action {
            if let Some(done) = self.done.get_mut(&guess.sent) {
                done.frame = None;
                done.open = true;
            }
            let fine = self.rows.get(guess.sent).and_then(|r| r.request.as_ref()).is_some_and(|r| r.complete);
            if let Some(shown) = self.rows.change(guess.sent) {
                shown.outcome = if fine { RowOutcome::Ok } else { RowOutcome::Neutral };
                shown.round_trip_ms = None;
                shown.verdict = None;
            }
            self.suspects.remove(&guess.sent);
            self.unsettled.remove(&guess.sent);
            self.answered(action, guess.at);
            self.refused(action, guess.text);
        }
        let note = self.answers(guess.received, action, true);
        if let Some(shown) = self.rows.change(guess.received) {
            shown.note = Some(note);
        }
    }

    pub(super) fn disconnect(&mut self, code: u16, reason: String, answer: Answer<Nothing>) {
        let done = match (&self.live, &self.wire) {
            (Live::Waiting { row, .. }, _) => {
                let row = *row;
                self.live = Live::Closed;
                self.connection_news = true;
                if let Some(shown) = self.rows.change(row) {
                    shown.outcome = RowOutcome::Failed;
                    shown.detail = Some("cancelled".to_owned());
                }
                Ok(Nothing {})
            }
            (Live::Dialling { .. }, Some(wire)) => {
                wire.cancel();
                Ok(Nothing {})
            }
            (Live::Open { .. }, Some(wire)) => {
                let code = (code != 0).then_some(code);
                // Full or gone: the connection is ending by itself.
                let _ = wire.out.try_send(Out::Close(code, reason));
                Ok(Nothing {})
            }
            // The other side, or a refusal, was faster: what was asked for is so.
            _ => Ok(Nothing {}),
        };
        reply(answer, done);
    }

    pub(super) fn ended(&mut self, end: &End) {
        let Live::Open { row: attempt, .. } = self.live else { return };
        let row = self.rows.push(RowKind::Closed, now(), end.to_string());
        let (code, reason) = match end {
            End::Closed { code, reason, .. } => (Some(code.unwrap_or(1005)), reason.as_str()),
            _ => (Some(1006), ""),
        };
        if let Some(shown) = self.rows.change(row) {
            shown.status = code;
            if !matches!(end, End::Closed { .. }) {
                shown.outcome = RowOutcome::Failed;
            }
        }
        let ending = self.ending(end);
        let unasked = ending.as_ref().is_some_and(|ending| ending.by != EndedBy::Us);
        self.done.insert(row, Done { ending, ..self.begin(Some("$disconnect".to_owned()), false) });
        if unasked {
            self.suspects.insert(row);
        }
        self.correlator.closed(row, now(), attempt, code, reason);
        self.live = Live::Closed;
        self.wire = None;
        self.pinged.clear();
        self.pings.clear();
        self.connection_news = true;
        self.guessed.clear();
        self.logs_due(row);
        self.pair();
    }

    /// The end as the rules see it; `None`: it is this side that could not go on.
    fn ending(&self, end: &End) -> Option<Ending> {
        let (code, reason, by) = match end {
            End::Closed { by, code, reason } => {
                let by = if *by == Side::Us { EndedBy::Us } else { EndedBy::Peer };
                (Some(code.unwrap_or(1005)), reason.clone(), by)
            }
            End::Broken(_) => (None, String::new(), EndedBy::Network),
            End::Unanswered => (None, String::new(), EndedBy::Us),
            End::Protocol(_) | End::TooLong(_) => return None,
        };
        let (now, said) = (self.clock(), self.said);
        Some(Ending {
            code,
            reason,
            by,
            open_ms: now - said.opened_at,
            idle_ms: now - said.last_at,
            last_sent: said.last_sent,
        })
    }
}

fn not_connected() -> Error {
    Error::new(Code::NotConnected, "nothing is connected")
}
