//! How the frames of a connection find their requests: proof first, then order, time and route.
//!
//! A frame makes at most one request, a request of the connection comes from exactly one frame, and WebSocket keeps
//! order. A pair is proven when no other frame can have made the request, judged by its payload, by the error that named it and
//! by what was sent at all; the rest is `Likely` (facts 4.2 step 4). Some frames are never logged (facts 1.1), so time decides where to skip.

use std::collections::HashMap;

use serde::Deserialize;

use super::attempt::{Attempt, Certainty, Connection};
use super::store::{Serial, Store};
use super::{ActionId, Correlator, Request};
use crate::conversation::LinkKind;
use crate::log::Kind;

/// How far a request may be from its frame, beyond the clocks' difference, before another frame is tried.
const NEAR_MS: i64 = 2_000;
/// The same for a frame that has no better request: a slow link, a full buffer.
const FAR_MS: i64 = 30_000;
/// Frames that are tried for a fitting route.
const LOOK_AHEAD: usize = 8;
/// A frame that was let go is no longer the cause of anything after this time.
const FORGOTTEN_MS: i64 = 600_000;

impl Correlator {
    /// Pairs the frames of an attempt with the requests of its connection, as far as both are known.
    pub(super) fn align(&mut self, id: ActionId) {
        let Some(mut attempt) = self.attempts.remove(&id) else { return };
        attempt.touched = false;
        if let Some(connection_id) = attempt.connection_id.clone()
            && let Some(mut connection) = self.connections.remove(&connection_id)
        {
            let before: Vec<_> = attempt.frames.iter().map(|f| (f.id, f.request, f.exact)).collect();
            let alignment = &mut Alignment { attempt: &mut attempt, connection: &mut connection, store: &self.store };
            alignment.sort();
            alignment.heed_errors();
            alignment.prove();
            alignment.guess();
            let links: Vec<_> = attempt
                .frames
                .iter()
                .zip(before)
                .filter(|(frame, (_, request, exact))| frame.request != *request || frame.exact != *exact)
                .map(|(frame, (_, old, _))| Pairing { action: frame.id, old, new: frame.request, proof: frame.why })
                .collect();
            connection.settle(&mut attempt);
            self.connections.insert(connection_id, connection);
            let sure = attempt.certainty > Certainty::Guess;
            self.attempts.insert(id, attempt);
            self.relink(links, sure);
        } else {
            self.attempts.insert(id, attempt);
        }
    }

    fn relink(&mut self, pairings: Vec<Pairing>, sure: bool) {
        for pairing in &pairings {
            let Some(old) = pairing.old.filter(|_| pairing.old != pairing.new) else { continue };
            if self.store.get(old).is_some_and(|r| r.action == Some(pairing.action)) {
                self.unlink(old);
            }
        }
        for Pairing { action, new, proof, .. } in pairings {
            let Some(serial) = new else { continue };
            let (kind, why) = match proof {
                Some(why) if sure => (LinkKind::Exact, why),
                _ => (LinkKind::Likely, "connection id and order"),
            };
            self.link(action, serial, kind, why);
        }
    }
}

/// What a frame's request was and is.
struct Pairing {
    action: ActionId,
    old: Option<Serial>,
    new: Option<Serial>,
    proof: Option<&'static str>,
}

/// One connection, seen from both sides.
struct Alignment<'a> {
    attempt: &'a mut Attempt,
    connection: &'a mut Connection,
    store: &'a Store,
}

impl Alignment<'_> {
    fn sort(&mut self) {
        let store = self.store;
        self.connection.requests.sort_by_cached_key(|placed| {
            let first = store.get(placed.serial).and_then(|r| r.lines.first());
            (first.map(|l| (l.timestamp, l.event)).unwrap_or_default(), placed.serial)
        });
    }

    /// An error frame names its request: a frame that was sent after it did not cause that request.
    fn heed_errors(&mut self) {
        let (connection, store) = (&mut *self.connection, self.store);
        self.attempt.errors.retain(|error| {
            let Some(serial) = store.find(&error.request_id) else { return true };
            let Some(placed) = connection.requests.iter_mut().find(|p| p.serial == serial) else { return true };
            placed.sent_before = placed.sent_before.min(error.sent_before);
            placed.named = true;
            false
        });
    }

    /// A pair is proven when no other frame can have made the request. One proof can make the next.
    fn prove(&mut self) {
        let mut payloads: HashMap<Serial, Option<(String, bool)>> = HashMap::new();
        let mut found = true;
        while std::mem::take(&mut found) {
            for at in 0..self.connection.requests.len() {
                let placed = &self.connection.requests[at];
                let Some(request) = self.store.get(placed.serial).filter(|_| !placed.exact) else { continue };
                if self.a_lost_frame_may_have_made(request) {
                    continue;
                }
                let payload = payloads.entry(placed.serial).or_insert_with(|| payload(request));
                let until = placed.sent_before.saturating_sub(self.attempt.dropped).min(self.attempt.frames.len());
                let mut candidates = (0..until).filter(|&f| {
                    let frame = &self.attempt.frames[f];
                    !frame.exact && payload.as_ref().is_none_or(|(text, whole)| frame.fits(text, *whole))
                });
                let (Some(frame), None) = (candidates.next(), candidates.next()) else { continue };
                let why = match payload {
                    Some((text, _)) if !text.is_empty() => "connection id and payload",
                    _ if placed.named => "requestId of the answer",
                    _ => "connection id; no other frame was sent",
                };
                self.pair(frame, at, Some(why));
                found = true;
            }
        }
    }

    fn a_lost_frame_may_have_made(&self, request: &Request) -> bool {
        let sent = request.first_at.saturating_sub(self.clock().unwrap_or(0));
        self.attempt.lost_at.is_some_and(|lost| sent.saturating_sub(lost) < FORGOTTEN_MS)
    }

    fn pair(&mut self, frame: usize, request: usize, proof: Option<&'static str>) {
        let placed = &mut self.connection.requests[request];
        placed.exact = proof.is_some();
        let serial = placed.serial;
        for other in self.attempt.frames.iter_mut().filter(|f| f.request == Some(serial)) {
            other.forget();
        }
        if let Some(frame) = self.attempt.frames.get_mut(frame) {
            (frame.request, frame.exact, frame.why) = (Some(serial), proof.is_some(), proof);
        }
    }

    /// The log's clock minus the client's, from the handshake: its last line is written just before the 101 goes out.
    fn clock(&self) -> Option<i64> {
        let request = self.store.get(self.attempt.request?).filter(|r| r.status == Some(200))?;
        Some(request.last_at.saturating_sub(self.attempt.opened_at?))
    }

    /// In order, by time where frames were not logged, by route where it is told.
    fn guess(&mut self) {
        let anchors: HashMap<Serial, usize> = self
            .attempt
            .frames
            .iter()
            .enumerate()
            .filter(|(_, f)| f.exact)
            .filter_map(|(i, f)| Some((f.request?, i)))
            .collect();
        for frame in self.attempt.frames.iter_mut().filter(|f| !f.exact && !f.settled) {
            frame.forget();
        }
        let clock = self.clock();
        let mut next = 0;
        for at in 0..self.connection.requests.len() {
            let placed = &self.connection.requests[at];
            if let Some(&frame) = anchors.get(&placed.serial) {
                next = next.max(frame + 1);
            }
            let Some(request) = self.store.get(placed.serial).filter(|_| !placed.exact) else { continue };
            let until = placed.sent_before.saturating_sub(self.attempt.dropped).min(self.attempt.frames.len());
            if let Some(frame) = self.choose(request, clock, &mut next, until) {
                self.pair_likely(frame, at);
                next = frame + 1;
            }
        }
    }

    fn pair_likely(&mut self, frame: usize, request: usize) {
        let serial = self.connection.requests[request].serial;
        if let Some(frame) = self.attempt.frames.get_mut(frame) {
            (frame.request, frame.why) = (Some(serial), None);
        }
    }

    fn choose(&self, request: &Request, clock: Option<i64>, next: &mut usize, until: usize) -> Option<usize> {
        let (mut late, mut other_route, mut looked) = (None, None, 0);
        for at in *next..until {
            let frame = &self.attempt.frames[at];
            if frame.exact || frame.settled {
                continue;
            }
            let after = clock.map(|clock| request.first_at.saturating_sub(frame.at).saturating_sub(clock));
            if after.is_some_and(|ms| ms > NEAR_MS) {
                // Later requests are later still: this frame was not logged, or its link is slow.
                late = Some(at).filter(|_| after.is_some_and(|ms| ms <= FAR_MS));
                continue;
            }
            if after.is_some_and(|ms| ms < -NEAR_MS) || looked == LOOK_AHEAD {
                break;
            }
            looked += 1;
            match (&frame.route, &request.route_key) {
                (Some(told), Some(logged)) if told != logged => other_route = other_route.or(Some(at)),
                _ => return Some(at),
            }
        }
        other_route.or(late)
    }
}

/// The text of the frame as data trace prints it, and whether all of it is there. Only the gateway's own line counts:
/// what goes to the integration may have been made by a template.
fn payload(request: &Request) -> Option<(String, bool)> {
    #[derive(Deserialize)]
    struct Event {
        body: String,
    }
    request.lines.iter().find_map(|line| match line.kind() {
        Kind::MessageTraced { message, .. } => match serde_json::from_str(message) {
            Ok(Event { body }) => Some((body, true)),
            Err(_) => beginning(message),
        },
        Kind::MessageTracedCut { message, .. } => beginning(message),
        _ => None,
    })
}

/// The beginning of the body in an event that was cut.
fn beginning(event: &str) -> Option<(String, bool)> {
    let (_, escaped) = event.rsplit_once("},\"body\":\"")?;
    // An escape may be cut too: give up at most one of them.
    (0..=6).find_map(|less| {
        let end = escaped.floor_char_boundary(escaped.len().checked_sub(less)?);
        Some((serde_json::from_str(&format!("\"{}\"", &escaped[..end])).ok()?, false))
    })
}
