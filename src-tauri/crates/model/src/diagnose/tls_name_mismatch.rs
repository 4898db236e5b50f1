//! `tls-name-mismatch`: the certificate that is shown does not cover the name that was dialled.

use super::address::{self, Address, covers};
use super::case::{Case, Found};
use super::dns_wrong_target::{is_generated, shown_names};
use super::{Cause, Confidence};
use crate::verdict::{Action, Evidence, Place};

pub(super) const CAUSE: Cause = Cause { id: "tls-name-mismatch", rule };

fn rule(case: &Case) -> Option<Found> {
    let address = Address::of(case)?;
    let names = shown_names(case)?;
    let shook = address.shook(case).filter(|tls| !tls.chain.is_empty());
    let by_now = shook.filter(|tls| tls.covers_its_name());
    // API Gateway's own certificate at another name: then it is the record that is wrong, not the certificate.
    let confidence = match () {
        () if is_generated(&names) && !address.is_generated() => Confidence::Possible,
        // The names are what is certain; without them the TLS stack's word for it is all that there is.
        () if names.is_empty() => Confidence::Likely,
        () if by_now.is_some() || names.iter().any(|name| covers(name, &address.host)) => Confidence::Possible,
        () => Confidence::Certain,
    };
    let mut evidence: Vec<Evidence> = case.stopped().into_iter().collect();
    if !names.is_empty() {
        evidence.push(Evidence { place: Place::Phase, text: format!("the certificate covers {}", names.join(", ")) });
    }
    if let Some(own) = shook.and_then(|tls| tls.chain.first()) {
        let when = if by_now.is_some() { "shows by now" } else { "shows" };
        evidence.push(address::probed("TLS", format!("{when} {}", own.words())));
    }
    let one_label =
        names.iter().filter_map(|n| n.strip_prefix("*.")).any(|rest| address.host.ends_with(&format!(".{rest}")));
    Some(Found {
        confidence,
        title: format!("The certificate is not for {}", address.host),
        reason: match one_label {
            true => "A wildcard stands for exactly one label: *.example.com covers api.example.com, and neither example.com nor \
                     a.b.example.com.",
            false => "A client goes on only when the certificate names the host that it dialled.",
        }
        .to_owned(),
        fix: "Give the domain a certificate with this name, or dial a name that it covers.".to_owned(),
        evidence,
        // The record that leads to the wrong server shows in DNS, who signed the certificate in TLS.
        action: shook.is_none().then_some(Action::Probe),
    })
}
