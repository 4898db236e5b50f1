//! Certificates that somebody brings: read, checked against their key, their chain and the clock.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

use super::{Certificate, Here, Reply, Source, keep, key, merged, unfit};
use crate::answer::Refusal;
use crate::resources::text;
use crate::state::State;

/// Bytes of each part, and certificates of a chain.
const CERTIFICATE: usize = 32_768;
const KEY: usize = 8192;
const CHAIN: usize = 2 << 20;
const LINKS: usize = 10;

/// A certificate as it was brought, with its key, which TLS needs.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Imported {
    pub at: i64,
    pub certificate: String,
    pub chain: String,
    pub key: String,
    pub facts: Facts,
}

/// What stands in the certificate.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Facts {
    pub subject: String,
    pub issuer: String,
    pub serial: String,
    pub not_before: i64,
    pub not_after: i64,
    pub signature: String,
    pub key_usages: Vec<String>,
    pub extended: Vec<(String, String)>,
}

impl Imported {
    /// Chain and key for TLS.
    pub(crate) fn certified(&self) -> Option<CertifiedKey> {
        let certificates = certificates(&format!("{}\n{}", self.certificate, self.chain));
        let key = PrivateKeyDer::from_pem_slice(self.key.as_bytes()).ok()?;
        Some(CertifiedKey::new(certificates, any_supported_type(&key).ok()?))
    }
}

fn certificates(pem: &str) -> Vec<CertificateDer<'static>> {
    CertificateDer::pem_slice_iter(pem.as_bytes()).take(LINKS + 1).filter_map(Result::ok).collect()
}

/// A blob member as text.
fn blob(sent: &Map<String, Value>, member: &str, most: usize) -> Result<String, Refusal> {
    let bad =
        |constraint: &str| unfit("[blob]", &format!("{}{}", member[..1].to_lowercase(), &member[1..]), constraint);
    let encoded = text(sent, member);
    if encoded.len() > most * 2 {
        return Err(bad(&format!("Member must have length less than or equal to {most}")));
    }
    let bytes = STANDARD.decode(encoded).map_err(|_| bad("Member must be base64"))?;
    String::from_utf8(bytes).map_err(|_| refuse("The certificate and its key must be PEM-encoded"))
}

/// ImportCertificate; with an ARN it replaces what was imported before.
pub(super) fn import(here: &Here<'_>, state: &mut State, sent: &Map<String, Value>) -> Reply {
    let world = here.world;
    let certificate = blob(sent, "Certificate", CERTIFICATE)?;
    let private_key = blob(sent, "PrivateKey", KEY)?;
    let chain = blob(sent, "CertificateChain", CHAIN)?;
    let now = world.clock.now();
    let ders = certificates(&certificate);
    let [der] = ders.as_slice() else {
        return Err(refuse(match ders.len() {
            0 => "The certificate is not valid PEM", // assumed
            // Quoted in public issues.
            _ => {
                "The certificate field contains more than one certificate. You can specify only one certificate in \
                 this field."
            }
        }));
    };
    let Ok((_, parsed)) = X509Certificate::from_der(der) else {
        return Err(refuse("The certificate is not valid X.509")); // assumed
    };
    let facts = facts(&parsed);
    // Both texts are assumed.
    if facts.not_after <= now {
        return Err(refuse("The certificate has expired and can not be imported"));
    }
    if facts.not_before > now {
        return Err(refuse("The certificate is not valid yet and can not be imported"));
    }
    let Ok(private) = PrivateKeyDer::from_pem_slice(private_key.as_bytes()) else {
        return Err(refuse("The private key is not supported.")); // quoted in public issues, of every unfit key
    };
    let Some(algorithm) = key::algorithm(&parsed) else {
        return Err(refuse("The certificate's key is not supported."));
    }; // assumed
    match key::belongs(&private, &parsed) {
        Some(true) => {}
        Some(false) => return Err(refuse("The private key does not match the certificate")), // assumed
        None => return Err(refuse("The private key is not supported.")),
    }
    check_chain(&parsed, &chain)?;
    let mut names: Vec<String> = Vec::new();
    let common = parsed.subject().iter_common_name().next().and_then(|cn| cn.as_str().ok()).map(str::to_owned);
    let alternative = parsed.subject_alternative_name().ok().flatten();
    let alternative = alternative.iter().flat_map(|ext| &ext.value.general_names).filter_map(|name| match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        _ => None,
    });
    for name in common.into_iter().chain(alternative) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let algorithm = algorithm.to_owned();
    let domain = names.first().cloned().unwrap_or_default();
    let imported = Imported { at: now, certificate, chain, key: private_key, facts };
    let source = Source::Imported(imported);
    if !text(sent, "CertificateArn").is_empty() {
        return replace(here, state, sent, domain, names, algorithm, source);
    }
    let tags = merged(&Default::default(), sent)?;
    let transparency = "DISABLED".into(); // recorded (LocalStack)
    let certificate =
        Certificate { arn: here.new_arn(), domain, names, created: now, algorithm, transparency, tags, source };
    keep(state, certificate)
}

/// The same ARN with another certificate.
fn replace(
    here: &Here<'_>,
    state: &mut State,
    sent: &Map<String, Value>,
    domain: String,
    names: Vec<String>,
    algorithm: String,
    source: Source,
) -> Reply {
    let at = super::known(here, state, sent)?;
    if sent.get("Tags").is_some_and(|tags| !tags.is_null()) {
        // Assumed text; that it is refused is in the API reference.
        return Err(refuse("Tagging is not permitted on re-import."));
    }
    let old = &mut state.acm.certificates[at];
    if !matches!(old.source, Source::Imported(_)) {
        return Err(refuse("Only an imported certificate can be imported again")); // assumed
    }
    *old = Certificate { domain, names, algorithm, source, ..old.clone() };
    Ok(Some(json!({ "CertificateArn": old.arn })))
}

/// Each certificate is signed by the next. Both texts are AWS's, as public issues quote them.
fn check_chain(certificate: &X509Certificate<'_>, chain: &str) -> Result<(), Refusal> {
    let ders = certificates(chain);
    if ders.is_empty() {
        return if key::is_signed_by(certificate, certificate) {
            Ok(())
        } else {
            Err(refuse(
                "Provided certificate is not a valid self signed. Please provide either a valid self-signed \
                 certificate or certificate chain.",
            ))
        };
    }
    let parsed: Vec<_> = ders.iter().filter_map(|der| X509Certificate::from_der(der).ok()).map(|(_, c)| c).collect();
    let links = std::iter::once(certificate).chain(&parsed);
    for (at, (one, issuer)) in links.zip(&parsed).enumerate() {
        // What follows a root is not looked at (assumed).
        if at > 0 && key::is_signed_by(one, one) {
            break;
        }
        if !key::is_signed_by(one, issuer) {
            return Err(refuse(&format!(
                "Unable to validate certificate chain. The certificate chain must start with the immediate signing \
                 certificate, followed by any intermediaries in order. The index within the chain of the invalid \
                 certificate is: {at}"
            )));
        }
    }
    if parsed.len() != ders.len() || ders.len() > LINKS {
        return Err(refuse("The certificate chain is not valid")); // assumed
    }
    Ok(())
}

fn facts(certificate: &X509Certificate<'_>) -> Facts {
    let issuer = certificate.issuer();
    let issuer_name = issuer.iter_organization().chain(issuer.iter_common_name()).next();
    let usage = certificate.key_usage().ok().flatten().map(|usage| usage.value);
    let key_usages = usage.map(|usage| {
        [
            (usage.digital_signature(), "DIGITAL_SIGNATURE"),
            (usage.non_repudiation(), "NON_REPUDIATION"),
            (usage.key_encipherment(), "KEY_ENCIPHERMENT"),
            (usage.data_encipherment(), "DATA_ENCIPHERMENT"),
            (usage.key_agreement(), "KEY_AGREEMENT"),
            (usage.key_cert_sign(), "CERTIFICATE_SIGNING"),
            (usage.crl_sign(), "CRL_SIGNING"),
        ]
        .into_iter()
        .filter(|(set, _)| *set)
        .map(|(_, name)| name.to_owned())
        .collect()
    });
    let extended = certificate.extended_key_usage().ok().flatten().map(|usage| usage.value);
    let extended = extended.map(|usage| {
        [
            (usage.server_auth, "TLS_WEB_SERVER_AUTHENTICATION", "1.3.6.1.5.5.7.3.1"),
            (usage.client_auth, "TLS_WEB_CLIENT_AUTHENTICATION", "1.3.6.1.5.5.7.3.2"),
        ]
        .into_iter()
        .filter(|(set, ..)| *set)
        .map(|(_, name, oid)| (name.to_owned(), oid.to_owned()))
        .collect()
    });
    let signature = match certificate.signature_algorithm.algorithm.to_id_string().as_str() {
        "1.2.840.113549.1.1.11" => "SHA256WITHRSA",
        "1.2.840.113549.1.1.12" => "SHA384WITHRSA",
        "1.2.840.113549.1.1.13" => "SHA512WITHRSA",
        "1.2.840.113549.1.1.5" => "SHA1WITHRSA",
        "1.2.840.10045.4.3.2" => "SHA256WITHECDSA",
        "1.2.840.10045.4.3.3" => "SHA384WITHECDSA",
        "1.2.840.10045.4.3.4" => "SHA512WITHECDSA",
        _ => "UNKNOWN",
    };
    Facts {
        subject: certificate.subject().to_string().replace(", ", ","),
        issuer: issuer_name.and_then(|name| name.as_str().ok()).unwrap_or_default().to_owned(),
        serial: certificate.raw_serial_as_string(),
        not_before: certificate.validity().not_before.timestamp() * 1000,
        not_after: certificate.validity().not_after.timestamp() * 1000,
        signature: signature.into(),
        key_usages: key_usages.unwrap_or_default(),
        extended: extended.unwrap_or_default(),
    }
}

fn refuse(message: &str) -> Refusal {
    Refusal::new(400, "ValidationException", message)
}
