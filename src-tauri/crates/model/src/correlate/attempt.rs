//! What the client did on one connection, and the log's side of the same connection.

use std::collections::{HashSet, VecDeque};

use super::ActionId;
use super::store::Serial;
use crate::log::MESSAGE_LIMIT;

/// Frames of one attempt that may still find their request.
const FRAMES: usize = 8192;
/// Bytes of texts that one attempt keeps to compare with payloads in the log.
const TEXT_BYTES: usize = 4 << 20;
/// Requests of a connection that may still change their frame.
const WINDOW: usize = 256;
/// Errors that still look for the frame that caused them.
const ERRORS: usize = 256;

/// How sure it is which connection an attempt opened; the later ones outweigh the earlier ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Certainty {
    /// By time.
    #[default]
    Guess,
    /// A frame said it.
    Frame,
    /// The log said it of the request that is proven to be this handshake.
    Log,
}

/// A text frame that was sent.
#[derive(Debug)]
pub(super) struct Frame {
    pub id: ActionId,
    pub at: i64,
    pub route: Option<Box<str>>,
    /// The first bytes of the text, as many as a line can show; `None` when memory ran out: fits everything then.
    pub text: Option<Box<str>>,
    pub size: usize,
    pub request: Option<Serial>,
    /// Proven to have caused `request`.
    pub exact: bool,
    /// By what it is proven.
    pub why: Option<&'static str>,
    /// Its request is too old to be given to another frame.
    pub settled: bool,
}

impl Frame {
    pub fn forget(&mut self) {
        (self.request, self.exact, self.why, self.settled) = (None, false, None, false);
    }

    /// Whether a payload in the log can be this frame's: the whole of it, or its beginning.
    pub fn fits(&self, payload: &str, whole: bool) -> bool {
        let Some(text) = self.text.as_deref() else { return true };
        if whole { self.size == payload.len() && text == payload } else { text.starts_with(payload) }
    }
}

/// The gateway's answer to a frame that failed; which one, it does not say.
#[derive(Debug)]
pub(super) struct ErrorFrame {
    pub request_id: Box<str>,
    /// How many frames had been sent before it came: one of them caused it.
    pub sent_before: usize,
}

/// One handshake and what was sent on its connection.
#[derive(Debug)]
pub(super) struct Attempt {
    pub at: i64,
    pub token: Box<str>,
    pub apigw_id: Option<Box<str>>,
    pub opened_at: Option<i64>,
    pub ended: bool,
    pub closed: Option<ActionId>,
    pub request: Option<Serial>,
    pub connection_id: Option<Box<str>>,
    pub certainty: Certainty,
    pub touched: bool,
    pub frames: VecDeque<Frame>,
    /// Frames that were let go; the index of the first kept one.
    pub dropped: usize,
    /// When the last frame was sent that was let go unproven: it may have caused what is seen later.
    pub lost_at: Option<i64>,
    pub errors: Vec<ErrorFrame>,
    texts: usize,
    first_text: usize,
}

impl Attempt {
    pub fn new(at: i64, token: &str) -> Self {
        Self {
            at,
            token: token.into(),
            apigw_id: None,
            opened_at: None,
            ended: false,
            closed: None,
            request: None,
            connection_id: None,
            certainty: Certainty::default(),
            touched: false,
            frames: VecDeque::new(),
            dropped: 0,
            lost_at: None,
            errors: Vec::new(),
            texts: 0,
            first_text: 0,
        }
    }

    pub fn sent_total(&self) -> usize {
        self.dropped + self.frames.len()
    }

    pub fn sent(&mut self, id: ActionId, at: i64, text: &str, route: Option<&str>) {
        let shown = &text[..text.floor_char_boundary(MESSAGE_LIMIT)];
        self.texts += shown.len();
        self.frames.push_back(Frame {
            id,
            at,
            route: route.map(Into::into),
            text: Some(shown.into()),
            size: text.len(),
            request: None,
            exact: false,
            why: None,
            settled: false,
        });
        if self.frames.len() > FRAMES {
            self.drop_oldest();
        }
        while self.texts > TEXT_BYTES {
            let at = self.first_text.max(self.dropped) - self.dropped;
            let Some(frame) = self.frames.get_mut(at) else { break };
            self.texts -= frame.text.take().map_or(0, |t| t.len());
            self.first_text = self.dropped + at + 1;
        }
    }

    pub fn drop_oldest(&mut self) {
        if let Some(frame) = self.frames.pop_front() {
            self.dropped += 1;
            self.texts -= frame.text.map_or(0, |t| t.len());
            if !frame.exact {
                self.lost_at = Some(frame.at);
            }
        }
    }

    pub fn failed(&mut self, error: ErrorFrame) {
        if self.errors.len() < ERRORS {
            self.errors.push(error);
        }
    }
}

/// A request of a frame, on its connection.
#[derive(Debug)]
pub(super) struct Placed {
    pub serial: Serial,
    /// How many frames had been sent when its first line came: one of them caused it.
    pub sent_before: usize,
    /// An error frame named it.
    pub named: bool,
    /// Its frame is proven.
    pub exact: bool,
    /// Too old to be given to another frame.
    pub settled: bool,
}

/// The log's side of a connection.
#[derive(Debug, Default)]
pub(super) struct Connection {
    pub attempt: Option<ActionId>,
    /// Of frames; in order once aligned. Those long settled are no longer in it.
    pub requests: Vec<Placed>,
    /// All that were ever put into `requests` and are still kept.
    pub placed: HashSet<Serial>,
    pub disconnect: Option<Serial>,
}

impl Connection {
    /// Puts a request here, once.
    pub fn place(&mut self, serial: Serial, sent_before: usize) {
        if self.placed.insert(serial) {
            self.requests.push(Placed { serial, sent_before, named: false, exact: false, settled: false });
        }
    }

    pub fn forget(&mut self, serial: Serial) {
        if self.placed.remove(&serial)
            && let Some(at) = self.requests.iter().position(|placed| placed.serial == serial)
        {
            self.requests.remove(at);
        }
        self.disconnect = self.disconnect.filter(|&kept| kept != serial);
    }

    pub fn is_empty(&self) -> bool {
        self.attempt.is_none() && self.placed.is_empty() && self.disconnect.is_none()
    }

    /// Lets go of what will not change any more, so that each alignment costs the same.
    pub fn settle(&mut self, attempt: &mut Attempt) {
        let old = self.requests.len().saturating_sub(WINDOW);
        for placed in &mut self.requests[..old] {
            placed.settled = true;
        }
        if old > 0 {
            let settled: HashSet<_> = self.requests[..old].iter().map(|placed| placed.serial).collect();
            for frame in attempt.frames.iter_mut().filter(|f| f.request.is_some_and(|r| settled.contains(&r))) {
                frame.settled = true;
            }
        }
        self.requests.retain(|placed| !placed.settled);
        while attempt.certainty > Certainty::Guess && attempt.frames.front().is_some_and(|frame| frame.exact) {
            attempt.drop_oldest();
        }
    }
}
