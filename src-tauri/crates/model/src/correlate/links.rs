//! Tying requests to what the client did, and taking a tie back when better evidence comes.
//!
//! An id outweighs a frame's word, a frame's word outweighs the time. Nothing here looks at the order of frames.

use super::attempt::{self, Certainty};
use super::store::Serial;
use super::{ActionId, Change, Correlator};
use crate::conversation::LinkKind;

impl Correlator {
    pub(super) fn link_attempt(&mut self, id: ActionId, serial: Serial, kind: LinkKind, why: &'static str) {
        let Some(attempt) = self.attempts.get_mut(&id) else { return };
        let other = attempt.request.filter(|&kept| kept != serial && self.store.get(kept).is_some());
        let named = |serial| {
            let named = attempt.apigw_id.as_deref();
            self.store.get(serial).is_some_and(|r| named == Some(&*r.request_id))
        };
        if let Some(other) = other.filter(|_| !named(serial)) {
            // Two requests carry the token: unless an id tells them apart, neither is proven.
            if kind == LinkKind::Exact && !named(other) {
                attempt.certainty = Certainty::Guess;
                self.link(id, other, LinkKind::Likely, "two requests carry this User-Agent");
                self.reconsider(id);
            }
            return;
        }
        attempt.request = Some(serial);
        self.link(id, serial, kind, why);
        self.touch(id);
        let connection_id = self.store.get(serial).and_then(|r| r.connection_id.clone());
        if let Some(connection_id) = connection_id {
            let certainty = if kind == LinkKind::Exact { Certainty::Log } else { Certainty::Guess };
            self.attach(id, &connection_id, certainty);
        }
    }

    /// Says which connection an attempt opened. False when stronger evidence says otherwise.
    pub(super) fn attach(&mut self, id: ActionId, connection_id: &str, certainty: Certainty) -> bool {
        let Some(attempt) = self.attempts.get_mut(&id) else { return false };
        let same = attempt.connection_id.as_deref() == Some(connection_id);
        if same {
            if attempt.certainty < certainty {
                attempt.certainty = certainty;
                self.reconsider(id);
            }
            return true;
        }
        let rival = self.connections.get(connection_id).and_then(|c| c.attempt).filter(|&rival| rival != id);
        let rival = rival.and_then(|rival| self.attempts.get(&rival)).map(|rival| rival.certainty);
        let Some(attempt) = self.attempts.get_mut(&id) else { return false };
        if (attempt.connection_id.is_some() && attempt.certainty >= certainty) || rival.is_some_and(|r| r >= certainty)
        {
            return false;
        }
        attempt.certainty = certainty;
        let sent = attempt.sent_total();
        if let Some(old) = attempt.connection_id.replace(connection_id.into()) {
            self.detach(id, &old);
        }
        let connection = self.connections.entry(connection_id.into()).or_default();
        connection.attempt = Some(id);
        let mut waiting = Vec::new();
        for placed in &mut connection.requests {
            placed.sent_before = placed.sent_before.min(sent);
            waiting.push(placed.serial);
        }
        for serial in waiting {
            self.mark(serial);
        }
        self.changes.push(Change::ConnectionId { attempt: id, connection_id: connection_id.to_owned() });
        self.touch(id);
        self.link_close(id);
        true
    }

    fn detach(&mut self, id: ActionId, connection_id: &str) {
        let Some(connection) = self.connections.get_mut(connection_id) else { return };
        connection.attempt = None;
        for placed in &mut connection.requests {
            (placed.exact, placed.named, placed.sent_before) = (false, false, usize::MAX);
        }
        let serials: Vec<_> = connection.requests.iter().map(|p| p.serial).chain(connection.disconnect).collect();
        for serial in serials {
            self.unlink(serial);
        }
        if let Some(attempt) = self.attempts.get_mut(&id) {
            attempt.frames.iter_mut().for_each(attempt::Frame::forget);
        }
    }

    /// It has become more or less sure whose connection this is: all pairs on it are made again.
    fn reconsider(&mut self, id: ActionId) {
        if let Some(attempt) = self.attempts.get_mut(&id) {
            attempt.frames.iter_mut().for_each(attempt::Frame::forget);
            let connection = attempt.connection_id.as_ref().and_then(|c| self.connections.get_mut(c));
            for placed in connection.into_iter().flat_map(|c| &mut c.requests) {
                placed.exact = false;
            }
        }
        self.touch(id);
        self.link_close(id);
    }

    pub(super) fn link_close(&mut self, id: ActionId) {
        let Some(attempt) = self.attempts.get(&id) else { return };
        let serial = attempt.connection_id.as_ref().and_then(|c| self.connections.get(c)?.disconnect);
        if let (Some(close), Some(serial)) = (attempt.closed, serial) {
            let kind = if attempt.certainty > Certainty::Guess { LinkKind::Exact } else { LinkKind::Likely };
            self.link(close, serial, kind, "connection id");
        }
    }

    pub(super) fn link(&mut self, action: ActionId, serial: Serial, kind: LinkKind, why: &'static str) {
        let Some(request) = self.store.get_mut(serial) else { return };
        if request.action == Some(action) && request.link == kind {
            return;
        }
        let previous = request.action.replace(action).filter(|&previous| previous != action);
        (request.link, request.why) = (kind, why);
        let request_id = request.request_id.clone();
        if let Some(previous) = previous.filter(|previous| self.links.get(previous) == Some(&serial)) {
            self.links.remove(&previous);
            self.changes.push(Change::Unlinked { action: previous });
        }
        self.mark(serial);
        if let Some(other) = self.links.insert(action, serial).filter(|&other| other != serial)
            && let Some(request) = self.store.get_mut(other)
        {
            (request.action, request.link, request.why) = (None, LinkKind::None, "");
            self.mark(other);
        }
        self.changes.push(Change::Linked { action, request_id });
    }

    pub(super) fn unlink(&mut self, serial: Serial) {
        let Some(request) = self.store.get_mut(serial) else { return };
        (request.link, request.why) = (LinkKind::None, "");
        if let Some(action) = request.action.take() {
            self.links.remove(&action);
            self.changes.push(Change::Unlinked { action });
        }
        self.mark(serial);
    }

    /// Says of a request without action whether it is another client's.
    pub(super) fn label(&mut self, serial: Serial) {
        let Some(request) = self.store.get(serial).filter(|r| r.action.is_none()) else { return };
        let ours = request.connection_id.as_ref().and_then(|c| self.connections.get(c)?.attempt).is_some();
        let (link, why) = match (&request.connection_id, &request.user_agent) {
            _ if ours => (LinkKind::None, "connection id; no frame fits"),
            (Some(_), _) => (LinkKind::Other, "another connection id"),
            (None, Some(_)) => (LinkKind::Other, "another User-Agent"),
            (None, None) if request.complete => (LinkKind::Other, "no id that this client saw"),
            (None, None) => (LinkKind::None, ""),
        };
        if let Some(request) = self.store.get_mut(serial) {
            (request.link, request.why) = (link, why);
        }
    }
}
