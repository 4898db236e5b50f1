//! What wants attention at a domain or a certificate: for the list, the doctor and the watch over expiry.

use super::{CertificateHere, DomainHere};
use std::collections::BTreeMap;

const DAY: i64 = 86_400_000;
/// ACM renews 60 days before the end; half of that is left for a person (AWS Config's rule warns at 14, Health at 45).
const WARNS: i64 = 30;

/// Something that wants attention.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Attention {
    /// True: clients fail; false: they will, or it is worth knowing.
    pub broken: bool,
    /// In words: what is so, and what to do.
    pub says: String,
}

/// A certificate, and whether ACM could renew it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Proven {
    /// As it is now.
    pub certificate: CertificateHere,
    /// Whether its validation records still stand, where that is known.
    pub records_stand: Option<bool>,
}

/// A domain with what is known around it.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// Its name.
    pub name: &'a str,
    /// As it stands.
    pub domain: &'a DomainHere,
    /// Its certificate, where it could be read.
    pub certificate: Option<&'a CertificateHere>,
    /// Whether the certificate's validation records still stand, where that is known.
    pub records_stand: Option<bool>,
    /// The stages of the mapped APIs, by API; `None`: there is no such API. One that is missing could not be read.
    pub stages: &'a BTreeMap<String, Option<Vec<String>>>,
    /// Whether public DNS leads to it, where that is known.
    pub points_here: Option<bool>,
    /// What public DNS says, in words.
    pub dns: &'a str,
    /// Milliseconds since 1970.
    pub now: i64,
}

/// What wants attention at a domain, the worst first.
#[must_use]
pub fn domain_health(seen: &Seen<'_>) -> Vec<Attention> {
    let Seen { name, domain, .. } = *seen;
    let mut found = Vec::new();
    let mut say = |broken: bool, says: String| found.push(Attention { broken, says });
    match domain.status.as_str() {
        "" | "AVAILABLE" => {}
        "UPDATING" => say(false, "API Gateway sets it up (UPDATING): it can't be changed meanwhile.".to_owned()),
        "PENDING_OWNERSHIP_VERIFICATION" => {
            say(true, "It waits for an ownership certificate of ACM for the same name.".to_owned());
        }
        "PENDING_CERTIFICATE_REIMPORT" => {
            say(true, "It waits for its certificate to be imported into ACM again.".to_owned())
        }
        other => say(true, format!("It is {other}. {}", domain.status_message).trim_end().to_owned()),
    }
    // What leads to no WebSocket API may be good for what it is for.
    let ours = domain.mappings.iter().any(|mapping| mapping.protocol == "WEBSOCKET");
    let other = match (domain.endpoint_type.as_str(), domain.security_policy.as_str()) {
        ("" | "REGIONAL", "TLS_1_0") => {
            Some("It takes TLS 1.0: raise it to TLS_1_2 before it can lead to WebSocket APIs.".to_owned())
        }
        ("" | "REGIONAL", _) => None,
        (kind, _) => Some(format!("It is {kind}: only REGIONAL domains lead to WebSocket APIs.")),
    };
    let routed = domain.routing_mode == "ROUTING_RULE_ONLY";
    if let Some(words) = other {
        say(false, words);
    } else if routed && ours {
        say(true, "It goes by routing rules only: its mappings are never looked at. Set API_MAPPING_ONLY.".to_owned());
    } else if routed {
        say(false, "It goes by routing rules only: WebSocket APIs can't stand behind those.".to_owned());
    } else if domain.mappings.is_empty() {
        say(true, "No mapping: whoever dials it is answered 403. Add one.".to_owned());
    }
    for mapping in &domain.mappings {
        let at = if mapping.key.is_empty() { name.to_owned() } else { format!("{name}/{}", mapping.key) };
        match seen.stages.get(&mapping.api_id) {
            Some(None) => say(true, format!("{at} leads to API {}, which is gone.", mapping.api_id)),
            Some(Some(stages)) if !stages.contains(&mapping.stage) => {
                say(true, format!("{at} leads to stage {} of {}, which is gone.", mapping.stage, mapping.api_id));
            }
            _ => {}
        }
    }
    if seen.points_here == Some(false) {
        let dns = if seen.dns.is_empty() { "nothing" } else { seen.dns };
        say(true, format!("DNS does not lead here but says: {dns}. It has to lead to {}.", domain.target));
    }
    if let Some(certificate) = seen.certificate {
        found.extend(health_at(certificate, name, seen.records_stand, seen.now));
    }
    found.sort_by_key(|attention| !attention.broken);
    found
}

/// What wants attention at the certificate of a domain, the worst first.
#[must_use]
pub fn health_at(certificate: &CertificateHere, name: &str, records_stand: Option<bool>, now: i64) -> Vec<Attention> {
    let mut found = health_of(certificate, true, records_stand, now);
    if !certificate.names.iter().any(|covered| super::name::covers(covered, name)) {
        found.insert(0, Attention { broken: true, says: format!("Its certificate does not cover {name}.") });
    }
    found
}

/// What wants attention at a certificate, the worst first.
#[must_use]
pub fn certificate_health(c: &CertificateHere, records_stand: Option<bool>, now: i64) -> Vec<Attention> {
    health_of(c, !c.in_use_by.is_empty(), records_stand, now)
}

fn health_of(c: &CertificateHere, used: bool, records_stand: Option<bool>, now: i64) -> Vec<Attention> {
    let one = |broken: bool, says: String| vec![Attention { broken, says }];
    match c.status.as_str() {
        "PENDING_VALIDATION" => {
            let days = c.created_at.map_or(0, |at| (now - at) / DAY);
            let how = if c.validation_method == "DNS" { "its DNS record" } else { "an answer" };
            return one(false, format!("It waits for {how} (for {days} days; after 3 it times out)."));
        }
        "FAILED" => {
            let reason = c.failure_reason.as_deref().unwrap_or("no reason is given");
            return one(used, format!("ACM did not issue it: {reason}. Ask for a new one."));
        }
        "VALIDATION_TIMED_OUT" => return one(used, "Nobody proved it within 72 hours. Ask for a new one.".to_owned()),
        "REVOKED" => return one(used, "It was revoked. Ask for a new one.".to_owned()),
        "EXPIRED" => return one(used, "It has expired. Ask for a new one, or import it again.".to_owned()),
        "INACTIVE" => return one(used, "It is INACTIVE.".to_owned()),
        _ => {}
    }
    let Some(end) = c.not_after else { return Vec::new() };
    if end <= now {
        return one(used, "It has expired. Ask for a new one, or import it again.".to_owned());
    }
    let days = (end - now) / DAY;
    let lost = records_stand == Some(false) && c.validation_method == "DNS";
    if days >= WARNS {
        let words = "Its validation record stands no more: ACM can't renew it. Write the record again.";
        return if lost { one(false, words.to_owned()) } else { Vec::new() };
    }
    let why = if c.kind == "IMPORTED" {
        "It was imported, so nobody renews it: import the next one."
    } else if lost {
        "Its validation record stands no more, so ACM can't renew it: write the record again."
    } else if c.renewal == "INELIGIBLE" {
        "ACM will not renew it (INELIGIBLE): nothing uses it, or it is not proven by DNS."
    } else if c.validation_method == "EMAIL" {
        "ACM renews it only when somebody answers its mail."
    } else {
        "ACM should have renewed it by now: see whether its record and the CAA records let it."
    };
    one(false, format!("It expires in {days} day{}. {why}", if days == 1 { "" } else { "s" }))
}
