//! Outages of the control plane on purpose: from a certain call on, changes are refused or their answers are lost.

use std::future::Future;
use std::sync::{Mutex, PoisonError};

use http::{Method, Response};

use crate::Body;
use crate::answer::Refusal;

/// What happens to a call that changes something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outage {
    /// It is refused.
    Refused,
    /// The first is carried out, but its answer is an error of AWS's own side; those that follow are not carried out.
    Lost,
    /// The first is carried out, and nobody ever answers it or one that follows.
    Silent,
    /// None is carried out, and nobody ever answers.
    Deaf,
}

/// What is to happen, and after how many calls.
#[derive(Default)]
pub(crate) struct Outages(Mutex<Option<(u32, Outage)>>);

/// An outage at one call.
pub(crate) struct Strike {
    outage: Outage,
    first: bool,
}

/// More calls than anybody makes: the first one was struck already.
const STRUCK: u32 = u32::MAX;

impl Outages {
    pub(crate) fn set(&self, after: u32, outage: Option<Outage>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = outage.map(|outage| (after, outage));
    }

    /// Counts a call, and says whether it goes wrong.
    pub(crate) fn strikes(&self, method: &Method) -> Option<Strike> {
        if method == Method::GET {
            return None;
        }
        let mut next = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (left, outage) = next.as_mut()?;
        let first = *left == 0;
        if first {
            *left = STRUCK;
        } else if *left != STRUCK {
            *left -= 1;
            return None;
        }
        Some(Strike { outage: *outage, first })
    }
}

impl Strike {
    pub(crate) async fn answer<F: Future<Output = Response<Body>>>(self, call: impl FnOnce() -> F) -> Response<Body> {
        if self.first && matches!(self.outage, Outage::Lost | Outage::Silent) {
            drop(Box::pin(call()).await);
        }
        match self.outage {
            Outage::Refused => Refusal::bad_request("This call is refused on purpose").rest_json(),
            Outage::Lost => Refusal::new(500, "InternalServerErrorException", "Internal failure").rest_json(),
            Outage::Silent | Outage::Deaf => std::future::pending().await,
        }
    }
}
