//! `dns-not-found`: no record makes the name lead anywhere.

use super::address::{self, Address, Whose};
use super::case::{Case, Found, setting};
use super::{Cause, Confidence};
use crate::handshake::FailureKind;
use crate::probe::Probe;
use crate::verdict::Action;

pub(super) const CAUSE: Cause = Cause { id: "dns-not-found", rule };

fn rule(case: &Case) -> Option<Found> {
    let address = Address::of(case).filter(|a| !a.is_generated())?;
    case.broken().filter(|(_, reason, _)| *reason == FailureKind::NameNotFound)?;
    let mut evidence: Vec<_> = case.stopped().into_iter().collect();
    let mut confidence = Confidence::Likely;
    let own = match address.whose {
        Whose::Domain(domain) => Some(domain),
        _ => None,
    };
    match address.looked_up(case) {
        Some(Probe::Dns { addresses, .. }) if !addresses.is_empty() => {
            // It is there by now: a record takes its time to be seen everywhere.
            confidence = Confidence::Possible;
            evidence.push(address::probed("DNS", format!("leads to {} by now", addresses.join(", "))));
        }
        Some(Probe::Dns { error: Some(error), .. }) => {
            if address::resolver_works(case, &address.host) {
                confidence = Confidence::Certain;
            }
            evidence.push(address::probed("DNS", error.clone()));
        }
        _ => {}
    }
    if let Some(domain) = own {
        let text = format!("a record has to point at {}", domain.target);
        evidence.push(setting(format!("Custom domains › {}", domain.domain_name), text));
    }
    Some(Found {
        confidence,
        title: format!("{} does not resolve", address.host),
        reason: match own {
            Some(_) => "API Gateway knows this domain, but no DNS record leads to it. A record that was made a moment ago, or that the \
                        resolver missed before, can take minutes to be seen.",
            None => "No DNS record was found for this name. A wrong letter, a missing record and a machine that is offline look the \
                     same from here.",
        }
        .to_owned(),
        fix: match own {
            Some(domain) => format!("Write an ALIAS to {}, or a CNAME where DNS is elsewhere.", domain.target),
            None => "Check the name, then its record.".to_owned(),
        },
        evidence,
        action: Some(match own {
            Some(_) => Action::Fix { route_key: "$connect".to_owned(), about: Some(address.host.clone()) },
            None => Action::Probe,
        }),
    })
}
