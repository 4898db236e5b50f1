//! Asking for a certificate, and how it becomes ISSUED, FAILED, timed out, renewed or expired.

use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Certificate, Here, Reply, Source, keep, merged, unfit};
use crate::answer::Refusal;
use crate::resources::text;
use crate::route53::{self, dns};
use crate::state::State;
use crate::{World, ids};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// Assumed: what ACM's guide says of DNS and email validation.
const VALIDATION: i64 = 72 * HOUR;
/// 13 months.
const VALIDITY: i64 = 395 * DAY;
/// A used certificate whose records stand is renewed so long before its end (ACM's guide).
const RENEWAL: i64 = 60 * DAY;
/// A token means the same request for so long.
const TOKEN: i64 = HOUR;
/// Names of a certificate (default quota).
const NAMES: usize = 10;
const ALGORITHMS: [&str; 7] =
    ["RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1"];
/// Names that nobody can own: special use by RFC 6761 and 9476, and ICANN's `internal`. AWS refuses `example.com` too
/// (LocalStack's recording: ADDITIONAL_VERIFICATION_REQUIRED); here it is the name to try things with.
const NOT_PUBLIC: [&str; 8] = ["invalid", "localhost", "local", "internal", "test", "example", "onion", "alt"];
/// Whoever a CAA record must name for Amazon to issue (ACM's guide).
const AMAZON: [&str; 4] = ["amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com"];

/// A certificate that ACM makes.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Requested {
    /// `DNS` or `EMAIL`.
    pub method: String,
    pub validations: Vec<Validation>,
    pub failure: Option<String>,
    pub timed_out: bool,
    pub issued: Option<Issued>,
    /// When it was last renewed.
    pub renewed: Option<i64>,
    token: Option<String>,
}

/// How one name is proven.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Validation {
    pub name: String,
    pub domain: String,
    /// Name and value of the CNAME.
    pub record: (String, String),
    /// Since when the CNAME stands.
    pub since: Option<i64>,
    pub failed: bool,
}

/// When a certificate was made and holds.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Issued {
    pub at: i64,
    pub serial: Vec<u8>,
    pub not_before: i64,
    pub not_after: i64,
}

impl Issued {
    fn new(first: i64, at: i64) -> Self {
        let mut serial = ids::random::<16>();
        // A serial is a positive number.
        serial[0] = (serial[0] & 0x7F) | 0x01;
        let not_before = at - at.rem_euclid(DAY);
        Self { at: first, serial: serial.to_vec(), not_before, not_after: not_before + VALIDITY + DAY - 1000 }
    }
}

impl Requested {
    pub(super) fn status(&self, now: i64) -> &'static str {
        match &self.issued {
            _ if self.failure.is_some() => "FAILED",
            Some(issued) if issued.not_after <= now => "EXPIRED",
            Some(_) => "ISSUED",
            None if self.timed_out => "VALIDATION_TIMED_OUT",
            None => "PENDING_VALIDATION",
        }
    }

    /// Fails it, for whatever reason.
    pub(super) fn fail(&mut self, reason: &str) {
        self.failure = Some(reason.to_owned());
        self.issued = None;
        self.validations.iter_mut().for_each(|validation| validation.failed = true);
    }

    /// Whether all records stand, and since when.
    fn stand(&mut self, zones: &route53::Kept) -> Option<i64> {
        for validation in &mut self.validations {
            validation.since = dns::cname_since(zones, &validation.record.0, &validation.record.1);
        }
        self.validations.iter().map(|v| v.since).try_fold(i64::MIN, |latest, since| Some(latest.max(since?)))
    }

    /// What has become of it by now.
    pub(super) fn advance(&mut self, zones: &route53::Kept, created: i64, in_use: bool, now: i64, delay: i64) {
        if self.failure.is_some() || self.timed_out {
            return;
        }
        match self.issued.clone() {
            Some(issued) => self.renew(zones, issued, in_use, now),
            None => {
                let proven = if self.method == "DNS" { self.stand(zones) } else { None };
                let ready = proven.map(|since| since.max(created).saturating_add(delay));
                let deadline = created + VALIDATION;
                match ready.filter(|ready| *ready <= now && *ready < deadline) {
                    Some(at) if self.is_allowed(zones) => self.issued = Some(Issued::new(at, at)),
                    Some(_) => self.failure = Some("CAA_ERROR".into()),
                    None => self.timed_out = deadline <= now,
                }
            }
        }
    }

    fn renew(&mut self, zones: &route53::Kept, mut issued: Issued, in_use: bool, now: i64) {
        while in_use && self.method == "DNS" && issued.not_after - RENEWAL <= now {
            let Some(since) = self.stand(zones) else { return };
            let at = since.max(issued.not_after - RENEWAL);
            if at >= issued.not_after {
                return;
            }
            issued = Issued::new(issued.at, at);
            self.renewed = Some(at);
            self.issued = Some(issued.clone());
        }
    }

    /// Whether the zones' CAA records let Amazon issue for every name.
    fn is_allowed(&mut self, zones: &route53::Kept) -> bool {
        for validation in &mut self.validations {
            let (tags, base) = match validation.name.strip_prefix("*.") {
                Some(base) => (&["issuewild", "issue"][..], base),
                None => (&["issue"][..], validation.name.as_str()),
            };
            let Ok(name) = route53::name::canonical(base) else { continue };
            let values = dns::caa(zones, &name);
            // `issuewild` is asked first; only where none stands `issue` holds for a wildcard too (RFC 8659).
            let of = |tag: &str| -> Vec<String> { values.iter().filter_map(|value| issuer(value, tag)).collect() };
            let issuers = tags.iter().map(|tag| of(tag)).find(|issuers| !issuers.is_empty());
            let refused = issuers.is_some_and(|all| !all.iter().any(|one| AMAZON.contains(&one.as_str())));
            validation.failed = refused;
        }
        !self.validations.iter().any(|validation| validation.failed)
    }
}

/// The issuer in `0 issue "amazon.com; account=1"`, when the tag is this one.
fn issuer(value: &str, tag: &str) -> Option<String> {
    let mut parts = value.splitn(3, ' ');
    let (_, own, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let name = rest.trim_matches(['"', ' ']).split(';').next()?.trim().to_ascii_lowercase();
    own.eq_ignore_ascii_case(tag).then_some(name)
}

/// RequestCertificate. Without a method it is EMAIL (recorded), which nobody answers here: such a certificate times
/// out.
pub(super) fn request(here: &Here<'_>, state: &mut State, sent: &Map<String, Value>) -> Reply {
    let world = here.world;
    let domain = name_in(text(sent, "DomainName"), "domainName")?;
    if sent.get("CertificateAuthorityArn").is_some_and(|arn| !arn.is_null()) {
        let message = "Private certificate authorities are not offered by this sandbox";
        return Err(Refusal::new(400, "InvalidArnException", message));
    }
    let method = match text(sent, "ValidationMethod") {
        "" | "EMAIL" => "EMAIL",
        "DNS" => "DNS",
        // Assumed text: it is for CloudFront alone.
        "HTTP" => return Err(invalid_parameter("HTTP validation is for certificates that CloudFront manages")),
        other => {
            return Err(unfit(other, "validationMethod", "Member must satisfy enum value set: [EMAIL, DNS, HTTP]"));
        }
    };
    let algorithm = match text(sent, "KeyAlgorithm") {
        "" => "RSA_2048",
        known if ALGORITHMS.contains(&known) => known,
        other => {
            let set = format!("Member must satisfy enum value set: [{}]", ALGORITHMS.join(", "));
            return Err(unfit(other, "keyAlgorithm", &set));
        }
    };
    let mut names = vec![domain.clone()];
    for name in sent.get("SubjectAlternativeNames").and_then(Value::as_array).into_iter().flatten() {
        let name = name_in(name.as_str().unwrap_or_default(), "subjectAlternativeNames")?;
        if !names.contains(&name) {
            names.push(name);
        }
        if names.len() > NAMES {
            let message = "The certificate request contains more domain names than the account's quota of 10";
            return Err(Refusal::new(400, "LimitExceededException", message));
        }
    }
    let options = sent.get("Options").and_then(Value::as_object).cloned().unwrap_or_default();
    let transparency = transparency(&options)?;
    match text(&options, "Export") {
        "" | "DISABLED" => {}
        "ENABLED" => return Err(invalid_parameter("Exportable certificates are not offered by this sandbox")),
        other => return Err(unfit(other, "options.export", "Member must satisfy enum value set: [ENABLED, DISABLED]")),
    }
    let tags = merged(&Default::default(), sent)?;
    let (now, token) = (world.clock.now(), text(sent, "IdempotencyToken"));
    let same = |certificate: &&Certificate| match &certificate.source {
        Source::Requested(requested) => {
            requested.token.as_deref() == Some(token)
                && now - certificate.created < TOKEN
                && certificate.names == names
                && requested.method == method
        }
        Source::Imported(_) => false,
    };
    if !token.is_empty()
        && let Some(before) = state.acm.certificates.iter().filter(|c| here.has(c)).find(same)
    {
        return Ok(Some(serde_json::json!({ "CertificateArn": before.arn })));
    }
    let domains = validation_domains(sent, &names)?;
    let validations = names.iter().zip(domains).map(|(name, domain)| Validation {
        record: record(&world.options.account, name),
        name: name.clone(),
        domain,
        since: None,
        failed: false,
    });
    let mut requested = Requested {
        method: method.into(),
        validations: validations.collect(),
        failure: None,
        timed_out: false,
        issued: None,
        renewed: None,
        token: (!token.is_empty()).then(|| token.to_owned()),
    };
    for validation in &mut requested.validations {
        let top = validation.name.rsplit('.').next().unwrap_or_default();
        validation.failed = NOT_PUBLIC.contains(&top);
    }
    if requested.validations.iter().any(|validation| validation.failed) {
        requested.failure = Some("INVALID_PUBLIC_DOMAIN".into());
    }
    if let Some(reason) = state.plants.failure(&domain) {
        requested.fail(reason);
    }
    let certificate = Certificate {
        arn: here.new_arn(),
        domain,
        names,
        created: now,
        algorithm: algorithm.into(),
        transparency,
        tags,
        source: Source::Requested(requested),
    };
    keep(state, certificate)
}

/// Where mail for a name would go: the name or one above it.
fn validation_domains(sent: &Map<String, Value>, names: &[String]) -> Result<Vec<String>, Refusal> {
    let mut domains: Vec<String> = names.to_vec();
    for option in sent.get("DomainValidationOptions").and_then(Value::as_array).into_iter().flatten() {
        let member = |name: &str| option[name].as_str().unwrap_or_default().to_ascii_lowercase();
        let (name, domain) = (member("DomainName"), member("ValidationDomain"));
        let at = names.iter().position(|own| *own == name);
        let above = name == domain || name.ends_with(&format!(".{domain}"));
        match at.filter(|_| above && !domain.is_empty()) {
            Some(at) => domains[at] = domain,
            None => {
                // Assumed.
                let message = format!("The validation domain {domain} is not valid for {name}");
                return Err(Refusal::new(400, "InvalidDomainValidationOptionsException", message));
            }
        }
    }
    Ok(domains)
}

/// The CNAME that proves a name: the same for every certificate of an account, and for a name and its wildcard.
fn record(account: &str, name: &str) -> (String, String) {
    let base = name.strip_prefix("*.").unwrap_or(name);
    let hash = |what: &str| digest(&SHA256, format!("{account}/{what}/{base}").as_bytes());
    let hex = |what: &str| ids::hex_of(&hash(what).as_ref()[..16]);
    let letters: String = hash("letters").as_ref()[..10].iter().map(|b| char::from(b'a' + b % 26)).collect();
    (format!("_{}.{base}.", hex("name")), format!("_{}.{letters}.acm-validations.aws.", hex("value")))
}

/// A name as the model's pattern has it, in lower case.
fn name_in(name: &str, member: &str) -> Result<String, Refusal> {
    let base = name.strip_prefix("*.").unwrap_or(name);
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    // The last label has two characters at least, so an address is no name.
    let top = base.rsplit_once('.').is_some_and(|(_, top)| top.len() > 1);
    let fits = name.len() <= 253 && top && base.split('.').all(label);
    if !fits {
        let pattern = r"^(\*\.)?(((?!-)[A-Za-z0-9-]{0,62}[A-Za-z0-9])\.)+((?!-)[A-Za-z0-9-]{1,62}[A-Za-z0-9])$";
        return Err(unfit(name, member, &format!("Member must satisfy regular expression pattern: {pattern}")));
    }
    Ok(name.to_ascii_lowercase())
}

/// The one option that there is.
pub(super) fn transparency(options: &Map<String, Value>) -> Result<String, Refusal> {
    match text(options, "CertificateTransparencyLoggingPreference") {
        "" => Ok("ENABLED".into()),
        known @ ("ENABLED" | "DISABLED") => Ok(known.into()),
        other => {
            let set = "Member must satisfy enum value set: [ENABLED, DISABLED]";
            Err(unfit(other, "options.certificateTransparencyLoggingPreference", set))
        }
    }
}

/// ResendValidationEmail: nothing is sent, as nothing was; what AWS refuses is refused. Texts are assumed.
pub(super) fn resend(world: &World, certificate: &Certificate, sent: &Map<String, Value>) -> Reply {
    let by_email = match &certificate.source {
        Source::Requested(requested) => requested.method == "EMAIL",
        Source::Imported(_) => false,
    };
    if !by_email || certificate.status(world.clock.now()) != "PENDING_VALIDATION" {
        let message = format!("Certificate {} is not pending email validation", certificate.arn);
        return Err(Refusal::new(400, "InvalidStateException", message));
    }
    let (domain, mail) =
        (text(sent, "Domain").to_ascii_lowercase(), text(sent, "ValidationDomain").to_ascii_lowercase());
    let above = domain == mail || domain.ends_with(&format!(".{mail}"));
    if !certificate.names.contains(&domain) || mail.is_empty() || !above {
        let message = format!("The validation domain {mail} is not valid for {domain}");
        return Err(Refusal::new(400, "InvalidDomainValidationOptionsException", message));
    }
    Ok(None)
}

fn invalid_parameter(message: &str) -> Refusal {
    Refusal::new(400, "InvalidParameterException", message)
}
