//! `tls-untrusted`: nobody who is trusted here stands behind the certificate, or its time is over.

use super::address::Address;
use super::case::{Case, Found};
use super::{Cause, Confidence};
use crate::handshake::TlsTrouble;
use crate::probe::Probe;
use crate::verdict::{Action, Evidence, Place};

pub(super) const CAUSE: Cause = Cause { id: "tls-untrusted", rule };

fn rule(case: &Case) -> Option<Found> {
    let expired = match case.facts.handshake?.tls_trouble {
        Some(TlsTrouble::Expired) => true,
        Some(TlsTrouble::Untrusted) => false,
        _ => return None,
    };
    let address = Address::of(case)?;
    let mut evidence: Vec<Evidence> = case.stopped().into_iter().collect();
    let issuer = case.facts.probes.iter().find_map(|probe| match probe {
        Probe::Tls { host, issuer, .. } if host.eq_ignore_ascii_case(&address.host) && !issuer.is_empty() => {
            Some(issuer)
        }
        _ => None,
    });
    if let Some(issuer) = issuer {
        evidence.push(Evidence { place: Place::Probe { name: "TLS".to_owned() }, text: format!("signed by {issuer}") });
    }
    Some(Found {
        // An expired one says so itself, but the clock of this machine may be what is wrong.
        confidence: if expired { Confidence::Likely } else { Confidence::Certain },
        title: match expired {
            true => format!("The certificate of {} is not valid at this time", address.host),
            false => format!("The certificate of {} is signed by nobody who is trusted here", address.host),
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
        action: issuer.is_none().then_some(Action::Probe),
    })
}
