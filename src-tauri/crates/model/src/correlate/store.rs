//! The requests that are kept: found by id, let go from the oldest on when their lines become too many.

use std::collections::{HashMap, VecDeque};

use super::{Request, RequestId};

/// Names a kept request; never used again for another one.
pub(super) type Serial = u64;

/// All kept requests, oldest first.
#[derive(Debug, Default)]
pub(super) struct Store {
    requests: VecDeque<Request>,
    /// Serial of the first one.
    first: Serial,
    serials: HashMap<RequestId, Serial>,
    lines: usize,
    limit: usize,
}

impl Store {
    pub fn new(limit: usize) -> Self {
        Self { limit: limit.max(1), ..Self::default() }
    }

    pub fn find(&self, request_id: &str) -> Option<Serial> {
        self.serials.get(request_id).copied()
    }

    pub fn get(&self, serial: Serial) -> Option<&Request> {
        self.requests.get(usize::try_from(serial.checked_sub(self.first)?).ok()?)
    }

    pub fn get_mut(&mut self, serial: Serial) -> Option<&mut Request> {
        self.requests.get_mut(usize::try_from(serial.checked_sub(self.first)?).ok()?)
    }

    pub fn add(&mut self, request_id: &str) -> Serial {
        let request = Request::new(request_id);
        let serial = self.first + self.requests.len() as Serial;
        self.serials.insert(request.request_id.clone(), serial);
        self.requests.push_back(request);
        serial
    }

    pub fn count_line(&mut self) {
        self.lines += 1;
    }

    /// The oldest request, taken out, when there is one line too many. The newest one always stays.
    pub fn evict(&mut self) -> Option<(Serial, Request)> {
        // A request without lines costs as much as one line.
        if self.lines.max(self.requests.len()) <= self.limit || self.requests.len() < 2 {
            return None;
        }
        let request = self.requests.pop_front()?;
        self.serials.remove(&request.request_id);
        self.lines -= request.lines.len();
        self.first += 1;
        Some((self.first - 1, request))
    }
}
