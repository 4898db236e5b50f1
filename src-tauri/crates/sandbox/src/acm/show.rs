//! What answers tell of a certificate.

use serde_json::{Map, Value, json};

use super::{Certificate, Here, Reply, Source, unfit, users};
use crate::World;
use crate::answer::Refusal;
use crate::resources::text;
use crate::state::State;

/// Certificates on a page at most.
const PAGE: usize = 1000;
/// Names that a list shows.
const SUMMARY: usize = 100;
const STATUSES: [&str; 7] =
    ["PENDING_VALIDATION", "ISSUED", "INACTIVE", "EXPIRED", "VALIDATION_TIMED_OUT", "REVOKED", "FAILED"];
/// No certificate leaves the sandbox with its key.
const EXPORT: &str = "DISABLED";
const USAGES: [&str; 2] = ["DIGITAL_SIGNATURE", "KEY_ENCIPHERMENT"];
const EXTENDED: [(&str, &str); 2] =
    [("TLS_WEB_SERVER_AUTHENTICATION", "1.3.6.1.5.5.7.3.1"), ("TLS_WEB_CLIENT_AUTHENTICATION", "1.3.6.1.5.5.7.3.2")];

/// Seconds since 1970, with milliseconds.
fn seconds(ms: i64) -> Value {
    json!(ms as f64 / 1000.0)
}

impl Certificate {
    /// AWS answers with a hyphen where its own model has `RSA_2048` (LocalStack's recording), and so for other keys
    /// (public recordings of `EC-prime256v1`; Terraform's provider turns all of them back).
    fn answered_algorithm(&self) -> String {
        self.algorithm.replacen('_', "-", 1)
    }

    /// Usages are there once there is a certificate (recorded); one that names none may be used for any, and has the
    /// extended usage `NONE` (a public recording of an imported one).
    fn usages(&self) -> (Vec<String>, Vec<(String, String)>) {
        match &self.source {
            Source::Imported(imported) => {
                let (mut usages, mut extended) = (imported.facts.key_usages.clone(), imported.facts.extended.clone());
                if usages.is_empty() {
                    usages.push("ANY".to_owned());
                }
                if extended.is_empty() {
                    extended.push(("NONE".to_owned(), String::new()));
                }
                (usages, extended)
            }
            Source::Requested(requested) if requested.issued.is_some() => {
                let extended = EXTENDED.iter().map(|(name, oid)| ((*name).to_owned(), (*oid).to_owned()));
                (USAGES.map(str::to_owned).to_vec(), extended.collect())
            }
            Source::Requested(_) => (Vec::new(), Vec::new()),
        }
    }

    fn kind(&self) -> &'static str {
        if matches!(self.source, Source::Imported(_)) { "IMPORTED" } else { "AMAZON_ISSUED" }
    }

    /// The dates that there are.
    fn dates(&self) -> Vec<(&'static str, i64)> {
        let mut dates = vec![("CreatedAt", self.created)];
        match &self.source {
            Source::Imported(imported) => dates.extend([
                ("ImportedAt", imported.at),
                ("NotBefore", imported.facts.not_before),
                ("NotAfter", imported.facts.not_after),
            ]),
            Source::Requested(requested) => dates.extend(requested.issued.iter().flat_map(|issued| {
                [("IssuedAt", issued.at), ("NotBefore", issued.not_before), ("NotAfter", issued.not_after)]
            })),
        }
        dates
    }

    fn eligibility(&self, in_use: bool, now: i64) -> &'static str {
        let renewable = in_use && self.kind() == "AMAZON_ISSUED" && self.status(now) == "ISSUED";
        if renewable { "ELIGIBLE" } else { "INELIGIBLE" }
    }

    fn validations(&self, now: i64) -> Value {
        let Source::Requested(requested) = &self.source else {
            return self.names.iter().map(|name| json!({ "DomainName": name })).collect();
        };
        let one = |validation: &super::request::Validation| {
            let status = match validation.since {
                _ if validation.failed => "FAILED",
                _ if requested.issued.is_some() => "SUCCESS",
                Some(since) if since <= now => "SUCCESS",
                _ if requested.timed_out => "FAILED",
                _ => "PENDING_VALIDATION",
            };
            let mut shown = json!({ "DomainName": validation.name, "ValidationDomain": validation.domain,
                "ValidationMethod": requested.method, "ValidationStatus": status });
            let (name, value) = &validation.record;
            match requested.method.as_str() {
                "DNS" => shown["ResourceRecord"] = json!({ "Name": name, "Type": "CNAME", "Value": value }),
                // Nothing was sent to anybody.
                _ => shown["ValidationEmails"] = json!([]),
            }
            shown
        };
        requested.validations.iter().map(one).collect()
    }
}

/// DescribeCertificate.
pub(super) fn describe(world: &World, state: &State, at: usize) -> Reply {
    let certificate = &state.acm.certificates[at];
    let now = world.clock.now();
    let in_use_by = users(state, &certificate.arn);
    let (usages, extended) = certificate.usages();
    let usages: Vec<Value> = usages.iter().map(|name| json!({ "Name": name })).collect();
    // That the usage without an OID shows none is assumed.
    let usage = |(name, oid): &(String, String)| match oid.as_str() {
        "" => json!({ "Name": name }),
        oid => json!({ "Name": name, "OID": oid }),
    };
    let extended: Vec<Value> = extended.iter().map(usage).collect();
    let mut shown = json!({
        "CertificateArn": certificate.arn,
        "DomainName": certificate.domain,
        "SubjectAlternativeNames": certificate.names,
        "DomainValidationOptions": certificate.validations(now),
        "Subject": format!("CN={}", certificate.domain),
        "Issuer": "Amazon",
        "Status": certificate.status(now),
        "KeyAlgorithm": certificate.answered_algorithm(),
        "SignatureAlgorithm": "SHA256WITHRSA",
        "Type": certificate.kind(),
        "KeyUsages": usages,
        "ExtendedKeyUsages": extended,
        "RenewalEligibility": certificate.eligibility(!in_use_by.is_empty(), now),
        "InUseBy": in_use_by,
        "Options": { "CertificateTransparencyLoggingPreference": certificate.transparency, "Export": EXPORT },
    });
    for (name, at) in certificate.dates() {
        shown[name] = seconds(at);
    }
    match &certificate.source {
        Source::Imported(imported) => {
            let facts = &imported.facts;
            shown["Subject"] = json!(facts.subject);
            shown["Issuer"] = json!(facts.issuer);
            shown["Serial"] = json!(facts.serial);
            shown["SignatureAlgorithm"] = json!(facts.signature);
        }
        Source::Requested(requested) => {
            if let Some(reason) = &requested.failure {
                shown["FailureReason"] = json!(reason);
            }
            if let Some(issued) = &requested.issued {
                let serial: Vec<String> = issued.serial.iter().map(|b| format!("{b:02x}")).collect();
                shown["Serial"] = json!(serial.join(":"));
            }
            if let Some(at) = requested.renewed {
                shown["RenewalSummary"] = json!({ "RenewalStatus": "SUCCESS", "UpdatedAt": seconds(at),
                    "DomainValidationOptions": certificate.validations(now) });
            }
        }
    }
    Ok(Some(json!({ "Certificate": shown })))
}

/// GetCertificate.
pub(super) fn get(world: &World, certificate: &Certificate) -> Reply {
    let pem = match &certificate.source {
        Source::Imported(imported) => Some((imported.certificate.clone(), imported.chain.clone())),
        Source::Requested(_) => world.tls.of_certificate(certificate, world.clock.now()).map(|leaf| leaf.pem.clone()),
    };
    let Some((own, chain)) = pem else {
        // Assumed text.
        let message = format!("Certificate {} has not been issued yet", certificate.arn);
        return Err(Refusal::new(400, "RequestInProgressException", message));
    };
    let mut shown = json!({ "Certificate": own });
    if !chain.is_empty() {
        shown["CertificateChain"] = json!(chain);
    }
    Ok(Some(shown))
}

/// ListCertificates: without `Includes.keyTypes` only RSA keys of 1024 and 2048 bits (API reference).
pub(super) fn list(here: &Here<'_>, state: &State, sent: &Map<String, Value>) -> Reply {
    let now = here.world.clock.now();
    let texts = |value: Option<&Value>| -> Vec<String> {
        value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let statuses = texts(sent.get("CertificateStatuses"));
    if let Some(unknown) = statuses.iter().find(|status| !STATUSES.contains(&status.as_str())) {
        let set = format!("Member must satisfy enum value set: [{}]", STATUSES.join(", "));
        return Err(unfit(unknown, "certificateStatuses", &set));
    }
    let size = match sent.get("MaxItems").filter(|n| !n.is_null()).map(|n| n.as_u64().and_then(|n| n.try_into().ok())) {
        None => PAGE,
        Some(Some(n @ 1..=PAGE)) => n,
        Some(_) => return Err(unfit("0", "maxItems", "Member must have value greater than or equal to 1")),
    };
    // Assumed texts.
    let order = text(sent, "SortOrder");
    if (text(sent, "SortBy") == "CREATED_AT") == order.is_empty() {
        return Err(Refusal::new(400, "ValidationException", "SortBy and SortOrder must be given together"));
    }
    let from = match text(sent, "NextToken") {
        "" => 0,
        token => token.parse().map_err(|_| Refusal::new(400, "ValidationException", "The NextToken is not valid"))?,
    };
    let includes = sent.get("Includes").and_then(Value::as_object).cloned().unwrap_or_default();
    let key_types = match texts(includes.get("keyTypes")) {
        none if none.is_empty() => vec!["RSA_1024".to_owned(), "RSA_2048".to_owned()],
        some => some,
    };
    let (usage, extended) = (texts(includes.get("keyUsage")), texts(includes.get("extendedKeyUsage")));
    let has = |wanted: &[String], own: &[String], any: &str| wanted.iter().all(|one| one == any || own.contains(one));
    let mut found: Vec<&Certificate> = state
        .acm
        .certificates
        .iter()
        .filter(|certificate| here.has(certificate))
        .filter(|certificate| {
            let (own, own_extended) = certificate.usages();
            let own_extended: Vec<String> = own_extended.into_iter().map(|(name, _)| name).collect();
            (statuses.is_empty() || statuses.iter().any(|status| status == certificate.status(now)))
                && key_types.contains(&certificate.algorithm)
                && has(&usage, &own, "ANY")
                && has(&extended, &own_extended, "ANY")
        })
        .collect();
    if order == "DESCENDING" {
        found.reverse();
    }
    let page: Vec<Value> = found.iter().skip(from).take(size).map(|c| summary(state, c, now)).collect();
    let mut answer = json!({ "CertificateSummaryList": page });
    if found.len() > from.saturating_add(size) {
        answer["NextToken"] = json!((from + size).to_string());
    }
    Ok(Some(answer))
}

fn summary(state: &State, certificate: &Certificate, now: i64) -> Value {
    let in_use = !users(state, &certificate.arn).is_empty();
    let (usages, extended) = certificate.usages();
    let extended: Vec<String> = extended.into_iter().map(|(name, _)| name).collect();
    let mut shown = json!({
        "CertificateArn": certificate.arn,
        "DomainName": certificate.domain,
        "SubjectAlternativeNameSummaries": certificate.names.iter().take(SUMMARY).collect::<Vec<_>>(),
        "HasAdditionalSubjectAlternativeNames": certificate.names.len() > SUMMARY,
        "Status": certificate.status(now),
        "Type": certificate.kind(),
        "KeyAlgorithm": certificate.answered_algorithm(),
        "KeyUsages": usages,
        "ExtendedKeyUsages": extended,
        "ExportOption": EXPORT,
        "InUse": in_use,
        "Exported": false,
        "RenewalEligibility": certificate.eligibility(in_use, now),
    });
    for (name, at) in certificate.dates() {
        shown[name] = seconds(at);
    }
    shown
}
