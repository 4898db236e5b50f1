//! Outages of control planes on purpose (API Gateway, ACM, Route 53): from a certain writing call on, changes are refused or
//! their answers are lost, in each service's own wire form.

use std::future::Future;
use std::sync::{Mutex, PoisonError};

use http::{Method, Response};

use crate::answer::Refusal;
use crate::front::Call;
use crate::{Body, route53};

/// What happens to a call that changes something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outage {
    /// It is refused.
    Refused,
    /// The first is carried out, but its answer is an error of AWS's own side; those that follow are not carried out.
    Lost,
    /// The first is carried out, but its answer is an error of AWS's own side; those that follow go as ever.
    LostOnce,
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
    plane: Plane,
    first: bool,
}

/// Whose call it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Plane {
    Gateway,
    Certificates,
    Records,
}

impl Plane {
    /// Where this call changes something.
    fn changed_by(call: &Call, service: &str) -> Option<Self> {
        let operation = || call.header("x-amz-target").rsplit('.').next().unwrap_or_default();
        let reads =
            |operation: &str| ["List", "Describe", "Get", "Search"].iter().any(|verb| operation.starts_with(verb));
        match service {
            "apigateway" => (call.method != Method::GET).then_some(Self::Gateway),
            "route53" => (call.method != Method::GET).then_some(Self::Records),
            "acm" => (!reads(operation())).then_some(Self::Certificates),
            _ => None,
        }
    }

    fn refuse(self) -> Response<Body> {
        let words = "This call is refused on purpose";
        match self {
            Self::Gateway => Refusal::bad_request(words).rest_json(),
            Self::Certificates => Refusal::new(400, "InvalidParameterException", words).json11(),
            Self::Records => route53::refuse(&Refusal::new(400, "InvalidInput", words)),
        }
    }

    /// An error of AWS's own side.
    fn fail(self) -> Response<Body> {
        let words = "Internal failure";
        match self {
            Self::Gateway => Refusal::new(500, "InternalServerErrorException", words).rest_json(),
            Self::Certificates => Refusal::new(500, "InternalFailure", words).json11(),
            Self::Records => route53::refuse(&Refusal::new(500, "InternalFailure", words)),
        }
    }
}

/// More calls than anybody makes: the first one was struck already.
const STRUCK: u32 = u32::MAX;

impl Outages {
    pub(crate) fn set(&self, after: u32, outage: Option<Outage>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = outage.map(|outage| (after, outage));
    }

    /// Counts a call, and says whether it goes wrong.
    pub(crate) fn strikes(&self, call: &Call, service: &str) -> Option<Strike> {
        let plane = Plane::changed_by(call, service)?;
        let mut next = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (left, outage) = next.as_mut()?;
        let first = *left == 0;
        if first {
            *left = STRUCK;
        } else if *left != STRUCK {
            *left -= 1;
            return None;
        }
        let outage = *outage;
        if outage == Outage::LostOnce {
            *next = None;
        }
        Some(Strike { outage, plane, first })
    }
}

impl Strike {
    pub(crate) async fn answer<F: Future<Output = Response<Body>>>(self, call: impl FnOnce() -> F) -> Response<Body> {
        if self.first && matches!(self.outage, Outage::Lost | Outage::LostOnce | Outage::Silent) {
            drop(Box::pin(call()).await);
        }
        match self.outage {
            Outage::Refused => self.plane.refuse(),
            Outage::Lost | Outage::LostOnce => self.plane.fail(),
            Outage::Silent | Outage::Deaf => std::future::pending().await,
        }
    }
}
