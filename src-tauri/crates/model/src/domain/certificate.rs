//! A certificate that fits: found, or asked for.
//!
//! ISSUED beats PENDING_VALIDATION; the name itself beats a wildcard. A wildcard domain can't have an imported
//! certificate (facts 6.1). Certificates of a private authority are passed over: clients outside do not trust them
//! (assumed).

use std::collections::BTreeSet;

use serde_json::json;

use super::look::{Fact, Look, Turn, blocked, hash, making};
use super::name::covers;
use super::next::{Next, Reason, Stage};
use super::{Asked, CertificateHere, Making};
use crate::plan::{call, object};

const HERE: Stage = Stage::Certificate;

/// The certificate that the domain has or will have; `None`: it could not be read, and the domain stands.
pub(super) fn turn(look: Look<'_>) -> Turn<Option<&CertificateHere>> {
    if look.domain().is_some() {
        return of_domain(look);
    }
    look.ask(HERE, Fact::Certificates, &look.world.certificates)?;
    if let Some(found) = chosen(look) {
        return Ok(Some(found));
    }
    let bad = bad(look);
    if let Some(bad) = bad.iter().find(|bad| !look.goal.in_place_of.contains(&bad.arn)) {
        return unfit(look, bad);
    }
    if looks_elsewhere(look) {
        // Without leave to ask there it goes on; what passes is waited for, or luck would say what comes next.
        if !matches!(look.world.certificates_elsewhere, Asked::Failed { passing: false, .. }) {
            look.ask(HERE, Fact::CertificatesElsewhere, &look.world.certificates_elsewhere)?;
        }
        if let Some(there) = elsewhere(look).into_iter().find(|c| !look.goal.in_place_of.contains(&c.arn)) {
            return blocked(
                HERE,
                Reason::CertificateElsewhere,
                format!(
                    "The only certificate for {} is in us-east-1 ({}): a regional domain takes one of its own \
                     region, {}.",
                    look.goal.domain_name, there.arn, look.world.region
                ),
                "Ask for a new one here; the other may stay where it is.".to_owned(),
            );
        }
    }
    if look.goal.domain_name.len() > 64 {
        return blocked(
            HERE,
            Reason::BadName,
            format!(
                "ACM takes no first name of more than 64 characters; {} has {}.",
                look.goal.domain_name,
                look.goal.domain_name.len()
            ),
            "Take a shorter name, or make a certificate with a shorter first name and this one beside it.".to_owned(),
        );
    }
    Err(Box::new(Next::Do { station: HERE, making: request(look) }))
}

/// The certificate of a domain that stands is never changed.
fn of_domain(look: Look<'_>) -> Turn<Option<&CertificateHere>> {
    let Some(domain) = look.domain().filter(|domain| !domain.certificate_arn.is_empty()) else { return Ok(None) };
    // Without leave to read them it goes on: the try of the address shows the certificate.
    if matches!(look.world.certificates, Asked::Failed { passing: false, .. }) {
        return Ok(None);
    }
    let all = look.ask(HERE, Fact::Certificates, &look.world.certificates)?;
    let name = &look.goal.domain_name;
    let found = all.iter().find(|c| c.arn == domain.certificate_arn);
    let set = "Give the domain another certificate in API Gateway (UpdateDomainName); then it goes on.";
    match found {
        Some(c) if !c.names.iter().any(|covered| covers(covered, name)) => wrong_names(name, &c.arn, set),
        None => wrong_names(name, &domain.certificate_arn, set),
        Some(c) if c.status == "ISSUED" && !is_over(look, c) => Ok(Some(c)),
        Some(c) => blocked(
            HERE,
            Reason::CertificateFailed,
            format!("The domain stands with a certificate that does not hold: {}", why(look, c)),
            set.to_owned(),
        ),
    }
}

fn wrong_names<T>(name: &str, arn: &str, set: &str) -> Turn<T> {
    blocked(
        HERE,
        Reason::CertificateFailed,
        format!("The domain stands with a certificate that does not cover {name} ({arn})."),
        set.to_owned(),
    )
}

/// Of those that cover the name, the one to use.
pub(super) fn chosen(look: Look<'_>) -> Option<&CertificateHere> {
    let usable = covering(look).filter(|c| is_usable(look, c));
    usable.max_by(|a, b| {
        let rank = |c: &CertificateHere| (c.status == "ISSUED", closeness(look, c), c.ours, c.not_after, c.created_at);
        rank(a).cmp(&rank(b)).then_with(|| b.arn.cmp(&a.arn))
    })
}

fn covering(look: Look<'_>) -> impl Iterator<Item = &CertificateHere> {
    let name = &look.goal.domain_name;
    let all = look.world.certificates.is().into_iter().flatten();
    all.filter(move |c| c.names.iter().any(|covered| covers(covered, name)))
}

/// Its own name, one of its names, a wildcard above.
fn closeness(look: Look<'_>, c: &CertificateHere) -> u8 {
    let is = |covered: &String| covered.eq_ignore_ascii_case(&look.goal.domain_name);
    if c.names.first().is_some_and(is) { 2 } else { u8::from(c.names.iter().any(is)) }
}

fn is_usable(look: Look<'_>, c: &CertificateHere) -> bool {
    match c.status.as_str() {
        "ISSUED" => c.kind != "PRIVATE" && !is_over(look, c) && !is_imported_for_wildcard(look, c),
        "PENDING_VALIDATION" => c.validation_method == "DNS",
        _ => false,
    }
}

fn is_over(look: Look<'_>, c: &CertificateHere) -> bool {
    c.not_after.is_some_and(|end| end <= look.world.now)
}

fn is_imported_for_wildcard(look: Look<'_>, c: &CertificateHere) -> bool {
    c.kind == "IMPORTED" && look.goal.domain_name.starts_with('*')
}

/// Those that somebody may take for one that fits, the newest first.
fn bad(look: Look<'_>) -> Vec<&CertificateHere> {
    let passed_over = |c: &CertificateHere| c.kind == "PRIVATE" || c.status == "PENDING_VALIDATION";
    let mut bad: Vec<_> = covering(look).filter(|c| !is_usable(look, c) && !passed_over(c)).collect();
    bad.sort_by(|a, b| (b.created_at, &b.arn).cmp(&(a.created_at, &a.arn)));
    bad
}

fn elsewhere(look: Look<'_>) -> Vec<&CertificateHere> {
    let all = look.world.certificates_elsewhere.is().into_iter().flatten();
    let fits = |c: &&CertificateHere| {
        c.status == "ISSUED" && c.names.iter().any(|covered| covers(covered, &look.goal.domain_name))
    };
    all.filter(fits).collect()
}

/// Whether us-east-1 is worth asking.
pub(super) fn looks_elsewhere(look: Look<'_>) -> bool {
    let read = look.world.certificates.is().is_some() && look.world.domain.is().is_some();
    read && look.world.region != "us-east-1" && look.domain().is_none() && chosen(look).is_none()
}

/// The ARNs that a person passes over by wanting a new one.
pub(super) fn passed_over(look: Look<'_>) -> Vec<String> {
    let all: BTreeSet<&String> =
        bad(look).into_iter().chain(elsewhere(look)).map(|c| &c.arn).chain(&look.goal.in_place_of).collect();
    all.into_iter().cloned().collect()
}

fn unfit<T>(look: Look<'_>, c: &CertificateHere) -> Turn<T> {
    if c.status == "ISSUED" && is_imported_for_wildcard(look, c) {
        return blocked(
            HERE,
            Reason::ImportedWildcard,
            format!(
                "The only certificate for {} was imported ({}): a wildcard domain takes one of ACM's own.",
                look.goal.domain_name, c.arn
            ),
            "Ask ACM for one; the imported one may stay.".to_owned(),
        );
    }
    blocked(HERE, Reason::CertificateFailed, why(look, c), way_out(c).to_owned())
}

/// What became of it, and what that means (botocore's model of ACM names the reasons).
pub(super) fn why(look: Look<'_>, c: &CertificateHere) -> String {
    let what = match c.status.as_str() {
        "ISSUED" => "expired",
        "EXPIRED" => "expired",
        "VALIDATION_TIMED_OUT" => "was not validated within 72 hours",
        "REVOKED" => "was revoked",
        "INACTIVE" => "is INACTIVE",
        "FAILED" => "failed",
        other => other,
    };
    let name = c.names.first().unwrap_or(&look.goal.domain_name);
    let meaning = match c.failure_reason.as_deref() {
        None | Some("") => String::new(),
        Some(reason) => format!(" {reason}: {}", meaning(reason)),
    };
    format!("The certificate for {name} {what} ({}).{meaning}", c.arn)
}

fn meaning(reason: &str) -> &'static str {
    match reason {
        "CAA_ERROR" => "a CAA record of the name or of one above it lets only other authorities issue.",
        "INVALID_PUBLIC_DOMAIN" => {
            "the name, or the one it is under, is no public domain: it is misspelt, not registered or for private use."
        }
        "ADDITIONAL_VERIFICATION_REQUIRED" => {
            "Amazon wants to check by hand, as it does for well-known names and names like example.com."
        }
        "DOMAIN_NOT_ALLOWED" => "the name is on a list of unsafe ones.",
        "DOMAIN_VALIDATION_DENIED" => "somebody who was asked by mail refused it.",
        "NO_AVAILABLE_CONTACTS" => "there was nobody to ask by mail.",
        "SLR_NOT_FOUND" => "ACM's service-linked role is missing.",
        "OTHER" => "AWS does not say why.",
        reason if reason.starts_with("PCA_") => "the private authority refused it.",
        _ => "AWS names this reason without explaining it.",
    }
}

fn way_out(c: &CertificateHere) -> &'static str {
    match c.failure_reason.as_deref().unwrap_or_default() {
        "CAA_ERROR" => {
            "Add the record CAA 0 issue \"amazon.com\" (for a wildcard: 0 issuewild \"amazon.com\") where the other \
             CAA records stand, then ask for a new certificate."
        }
        "INVALID_PUBLIC_DOMAIN" => {
            "Check the name's spelling and that it is registered; a new request helps only then."
        }
        "ADDITIONAL_VERIFICATION_REQUIRED" => "Ask AWS Support to verify the name, then ask for a new certificate.",
        "DOMAIN_NOT_ALLOWED" => {
            "Have the name taken off (AWS names Google's and others' safe-browsing lists), write to AWS Support, \
             then ask for a new certificate."
        }
        "DOMAIN_VALIDATION_DENIED" | "NO_AVAILABLE_CONTACTS" => {
            "Ask for a new certificate: it is proven by DNS, and nobody is asked by mail."
        }
        _ if c.status == "VALIDATION_TIMED_OUT" => {
            "Ask for a new certificate: its record differs in nothing but must stand this time."
        }
        _ if c.kind == "IMPORTED" => "Import it again, or ask ACM for a new one.",
        _ => "Ask for a new certificate.",
    }
}

/// The request; the token makes one of a request that was sent twice within an hour (botocore's model of ACM).
pub(super) fn request(look: Look<'_>) -> Making {
    let goal = look.goal;
    let mut over = goal.in_place_of.clone();
    over.sort();
    // Without the account, which may not be known for a moment: a token holds in its own account only.
    let token = hash(&json!([goal.domain_name, look.world.region, over]).to_string());
    let input = object(json!({
        "DomainName": goal.domain_name,
        "ValidationMethod": "DNS",
        "IdempotencyToken": format!("gatescope{token}"),
        "Tags": [{"Key": "gatescope", "Value": "domain-wizard"}],
    }));
    let effect = "a certificate of ACM, proven by a DNS record, renewed by itself".to_owned();
    let step = call("acm", "RequestCertificate", format!("certificate {}", goal.domain_name), effect, input);
    let effect = format!(
        "A public certificate for {}, free of charge; it is proven by the next step's record.",
        goal.domain_name
    );
    making("Request the certificate", effect, vec![step])
}
