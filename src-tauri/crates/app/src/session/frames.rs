//! Frames of an open connection: sent, received, pinged, and the end.
//!
//! Which message a frame answers is a guess of order here; what the gateway itself says names its request.

use std::time::Instant;

use gatescope_model::conversation::{RowKind, RowOutcome};
use gatescope_model::handshake::GatewayMessage;
use gatescope_model::selection;
use gatescope_socket::{End, Frame};

use super::Answer;
use super::actor::{Actor, Live, reply};
use super::rows::preview;
use super::wire::Out;
use crate::calls::{MadeRow, Nothing};
use crate::error::{Code, Error};
use crate::now;

/// Round trips of pings that are shown.
const PINGS: usize = 30;
/// What the gateway takes in one message (facts 5.1).
const LONGEST_MESSAGE: usize = 128 * 1024;

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
        let route_key =
            self.snapshot.as_ref().and_then(|api| selection::route_for(api, &text)).map(|r| r.route_key.clone());
        let row = self.rows.push(RowKind::Sent, now(), preview(&text));
        if let Some(shown) = self.rows.change(row) {
            shown.size = u32::try_from(text.len()).ok();
        }
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
        let answered = self.answered(row, attempt, at);
        if let Some(shown) = self.rows.change(row) {
            shown.size = u32::try_from(text.len()).ok();
            shown.note = Some(match answered {
                Some((route, up)) => format!("after {route}, {up} row{} up", if up == 1 { "" } else { "s" }),
                None => "pushed by the backend".to_owned(),
            });
            if gateway.is_some() {
                shown.outcome = RowOutcome::Failed;
            }
        }
        self.rows.keep_payload(row, text.to_owned());
        if let Some(gateway) = gateway {
            self.gateway_said(attempt, &gateway, text);
        }
        self.pair();
    }

    /// The oldest message that nothing has answered yet counts as answered: WebSocket keeps order, and a gateway's error
    /// names its request, which the pairing uses instead.
    fn answered(&mut self, row: u32, attempt: u32, at: Instant) -> Option<(String, u32)> {
        let sent = self.rows.iter().rev().take(64).filter(|r| r.id > attempt && r.kind == RowKind::Sent);
        let sent = sent.filter(|r| self.done.get(&r.id).is_some_and(|d| d.open)).last()?.id;
        let done = self.done.get_mut(&sent)?;
        done.open = false;
        let ms = at.saturating_duration_since(done.at).as_secs_f64() * 1000.0;
        let route = done.route_key.clone().unwrap_or_else(|| "a message".to_owned());
        self.rows.change(sent)?.round_trip_ms = Some(ms);
        Some((route, row - sent))
    }

    /// The gateway's own error frame: it names the request, and through it the message.
    fn gateway_said(&mut self, attempt: u32, said: &GatewayMessage, text: &str) {
        if let Live::Open { row, connection_id, .. } = &mut self.live
            && *row == attempt
            && connection_id.is_none()
        {
            *connection_id = Some(said.connection_id.clone());
            self.connection_news = true;
        }
        let linked = self.correlator.request(&said.request_id).and_then(|r| r.action);
        let sent = linked.or_else(|| {
            // No line has come yet: the message before it, which the log will confirm or correct.
            self.rows.iter().rev().find(|r| r.kind == RowKind::Sent).map(|r| r.id)
        });
        if let Some(sent) = sent
            && let Some(done) = self.done.get_mut(&sent)
        {
            done.frame = Some(text.to_owned());
            if let Some(shown) = self.rows.change(sent) {
                shown.outcome = RowOutcome::Failed;
            }
            self.suspects.insert(sent);
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
        self.done.insert(row, self.begin(Some("$disconnect".to_owned()), false));
        self.correlator.closed(row, now(), attempt, code, reason);
        self.live = Live::Closed;
        self.wire = None;
        self.pinged.clear();
        self.pings.clear();
        self.connection_news = true;
        self.logs_due(row);
        self.pair();
    }
}

fn not_connected() -> Error {
    Error::new(Code::NotConnected, "nothing is connected")
}
