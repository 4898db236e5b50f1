//! `tls-untrusted`: nobody who is trusted here stands behind the certificate, or its time is over.

use super::address::{self, Address};
use super::case::{Case, Found};
use super::{Cause, Confidence};
use crate::handshake::TlsTrouble;
use crate::probe::day;
use crate::verdict::{Action, Evidence};

pub(super) const CAUSE: Cause = Cause { id: "tls-untrusted", rule };

fn rule(case: &Case) -> Option<Found> {
    let expired = match case.facts.handshake?.tls_trouble {
        Some(TlsTrouble::Expired) => true,
        Some(TlsTrouble::Untrusted) => false,
        _ => return None,
    };
    let address = Address::of(case)?;
    let mut evidence: Vec<Evidence> = case.stopped().into_iter().collect();
    let shook = address.shook(case).filter(|tls| !tls.chain.is_empty());
    if let Some(own) = shook.and_then(|tls| tls.chain.first()) {
        let when = if shook.is_some_and(|tls| tls.trusted) { "shows by now" } else { "shows" };
        evidence.push(address::probed("TLS", format!("{when} {}", own.words())));
    }
    let late = shook.and_then(|tls| Some((tls.at?, tls.out_of_time()?)));
    let date = late.and_then(|(at, late)| match (late.not_before, late.not_after) {
        (_, Some(end)) if end < at => Some(format!("expired on {}", day(end))),
        (Some(from), _) => Some(format!("is valid only from {}", day(from))),
        _ => None,
    });
    if let Some((at, _)) = late {
        evidence.push(address::probed("TLS", format!("this machine’s clock says {}", day(at))));
    }
    Some(Found {
        // An expired one says so itself, but the clock of this machine may be what is wrong.
        confidence: match () {
            () if shook.is_some_and(|tls| tls.trusted) => Confidence::Possible,
            () if expired => Confidence::Likely,
            () => Confidence::Certain,
        },
        title: match (expired, date) {
            (true, Some(date)) => format!("The certificate of {} {date}", address.host),
            (true, None) => format!("The certificate of {} is not valid at this time", address.host),
            (false, _) => format!("The certificate of {} is signed by nobody who is trusted here", address.host),
        },
        reason: match expired {
            true => "Either its time is over or has not come, or the clock of this machine is wrong.",
            false if address.is_generated() => {
                "API Gateway’s certificates are signed by Amazon, whom every system trusts: a proxy that looks into TLS seems to \
                 answer in its place."
            }
            false => "It is self-signed, its chain is not whole, or a proxy that looks into TLS answers in the server’s place.",
        }
        .to_owned(),
        fix: match expired {
            true => "Renew the certificate, or set the clock.",
            false => "Give the domain a certificate of ACM, or add its signer to those that this machine trusts.",
        }
        .to_owned(),
        evidence,
        action: shook.is_none().then_some(Action::Probe),
    })
}
