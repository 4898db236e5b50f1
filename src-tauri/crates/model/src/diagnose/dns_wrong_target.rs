//! `dns-wrong-target`: the name resolves, but not to the custom domain's own regional endpoint.

use super::address::{self, Address, Whose, covers};
use super::case::{Case, Found, setting};
use super::{Cause, Confidence};
use crate::handshake::{PhaseName, TlsTrouble};
use crate::probe::Probe;
use crate::verdict::Action;

pub(super) const CAUSE: Cause = Cause { id: "dns-wrong-target", rule };

fn rule(case: &Case) -> Option<Found> {
    let address = Address::of(case).filter(|a| !a.is_generated())?;
    let (phase, ..) = case.broken()?;
    let own = match address.whose {
        Whose::Domain(domain) => Some(domain),
        _ => None,
    };
    // A CNAME shows where it leads; an ALIAS answers with addresses only.
    let alias = match address.looked_up(case) {
        Some(Probe::Dns { aliases, .. }) => aliases.last().map(|name| name.trim_end_matches('.')),
        _ => None,
    };
    let elsewhere = alias.filter(|alias| own.is_some_and(|d| !d.target.eq_ignore_ascii_case(alias)));
    let shown = shown_names(case);
    let generated = shown.as_ref().is_some_and(|names| is_generated(names));
    let confidence = match phase {
        PhaseName::Tls if shown.is_some() || elsewhere.is_some() => match (elsewhere, generated, own) {
            (Some(_), true, Some(_)) => Confidence::Certain,
            (Some(_), _, _) | (None, true, _) => Confidence::Likely,
            // The certificate may be the wrong one as well.
            (None, false, Some(_)) => Confidence::Possible,
            (None, false, None) => return None,
        },
        PhaseName::Tcp if elsewhere.is_some() => Confidence::Likely,
        PhaseName::Tcp if own.is_some() => Confidence::Possible,
        _ => return None,
    };
    let mut evidence: Vec<_> = case.stopped().into_iter().collect();
    if let Some(elsewhere) = alias {
        evidence.push(address::probed("DNS", format!("the record leads to {elsewhere}")));
    }
    if let Some(domain) = own {
        let text = format!("a record has to point at {}", domain.target);
        evidence.push(setting(format!("Custom domains › {}", domain.domain_name), text));
    }
    Some(Found {
        confidence,
        title: match alias.filter(|_| elsewhere.is_some()) {
            Some(alias) => format!("{} points at {alias}, which is not its endpoint", address.host),
            None => format!("{} does not lead to its own endpoint", address.host),
        },
        reason: match generated {
            true => "What answers is API Gateway, but with the certificate of its generated hosts: the record points at the API’s \
                     execute-api host, or the custom domain is not there. It has to point at the domain’s own d-… name.",
            false => "What answers there is not this custom domain: its record has to point at the domain’s own d-… name.",
        }
        .to_owned(),
        fix: match own {
            Some(domain) => format!("Point the record at {}.", domain.target),
            None => "Create the custom domain, or point the record at its target domain name.".to_owned(),
        },
        evidence,
        action: Some(match own {
            Some(_) => Action::Fix { route_key: "$connect".to_owned(), about: Some(address.host.clone()) },
            None => Action::Probe,
        }),
    })
}

/// The names of a certificate that did not cover the host, from the handshake or a probe.
pub(super) fn shown_names(case: &Case) -> Option<Vec<String>> {
    let handshake = case.facts.handshake?;
    let Some(TlsTrouble::Name { names }) = &handshake.tls_trouble else { return None };
    if !names.is_empty() {
        return Some(names.clone());
    }
    let shook = Address::of(case).and_then(|address| address.shook(case).map(|tls| tls.names().to_vec()));
    Some(shook.unwrap_or_default())
}

/// Whether these are the names of API Gateway's generated hosts.
pub(super) fn is_generated(names: &[String]) -> bool {
    !names.is_empty()
        && names.iter().all(|name| {
            let rest = name.strip_prefix("*.execute-api.").unwrap_or_default();
            rest.split_once('.').is_some_and(|(region, zone)| !region.is_empty() && zone.starts_with("amazonaws.com"))
        })
        && !names.iter().any(|name| covers(name, "localhost"))
}
