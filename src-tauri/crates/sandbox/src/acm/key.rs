//! Keys that a certificate may have, and whether a private key belongs to it. The sandbox's TLS serves fewer kinds than
//! ACM takes: RSA of 1024 bits and P-521 are read here only as far as their public part.

use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::PrivateKeyDer;
use x509_parser::asn1_rs::{Any, FromDer, Tag};
use x509_parser::prelude::X509Certificate;
use x509_parser::public_key::PublicKey;

/// Members of a private key's structure, and more.
const MEMBERS: usize = 16;

/// The name of a certificate's key, when ACM takes its kind (ACM's guide, prerequisites for importing).
pub(super) fn algorithm(certificate: &X509Certificate<'_>) -> Option<&'static str> {
    let info = certificate.public_key();
    match info.parsed().ok()? {
        PublicKey::RSA(key) => match key.key_size() {
            1024 => Some("RSA_1024"),
            2048 => Some("RSA_2048"),
            3072 => Some("RSA_3072"),
            4096 => Some("RSA_4096"),
            _ => None,
        },
        PublicKey::EC(_) => match info.algorithm.parameters.as_ref()?.as_oid().ok()?.to_id_string().as_str() {
            "1.2.840.10045.3.1.7" => Some("EC_prime256v1"),
            "1.3.132.0.34" => Some("EC_secp384r1"),
            "1.3.132.0.35" => Some("EC_secp521r1"),
            _ => None,
        },
        _ => None,
    }
}

/// Whether the private key is the certificate's; nothing for one that can't be read.
pub(super) fn belongs(key: &PrivateKeyDer<'_>, certificate: &X509Certificate<'_>) -> Option<bool> {
    let info = certificate.public_key();
    if let Some(own) = any_supported_type(key).ok().and_then(|key| key.public_key().map(|own| own.as_ref().to_vec())) {
        return Some(own == info.raw);
    }
    let public = match key {
        PrivateKeyDer::Pkcs8(key) => public_part(members(key.secret_pkcs8_der())?.get(2)?.data)?,
        PrivateKeyDer::Pkcs1(key) => public_part(key.secret_pkcs1_der())?,
        PrivateKeyDer::Sec1(key) => public_part(key.secret_sec1_der())?,
        _ => return None,
    };
    let own = match info.parsed().ok()? {
        PublicKey::RSA(key) => key.modulus,
        _ => &info.subject_public_key.data,
    };
    Some(unsigned(public) == unsigned(own))
}

/// The modulus of an RSA key, or the point of one on a curve.
fn public_part(key: &[u8]) -> Option<&[u8]> {
    let members = members(key)?;
    if members.get(1)?.tag() == Tag::Integer {
        return Some(members[1].data);
    }
    let point = members.iter().find(|member| member.tag() == Tag(1))?;
    let (_, bits) = Any::from_der(point.data).ok()?;
    // The first byte counts the bits that are not used.
    bits.data.strip_prefix(&[0])
}

fn unsigned(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    &number[zeros..]
}

/// What stands in a sequence.
fn members(der: &[u8]) -> Option<Vec<Any<'_>>> {
    let (_, whole) = Any::from_der(der).ok()?;
    let (mut rest, mut members) = (whole.data, Vec::new());
    while !rest.is_empty() && members.len() < MEMBERS {
        let (behind, member) = Any::from_der(rest).ok()?;
        members.push(member);
        rest = behind;
    }
    Some(members)
}

/// Whether one certificate is signed by another. Where the issuer's key is of a kind that can't be verified here, the
/// names alone decide (assumed).
pub(super) fn is_signed_by(one: &X509Certificate<'_>, issuer: &X509Certificate<'_>) -> bool {
    if one.verify_signature(Some(issuer.public_key())).is_ok() {
        return true;
    }
    let unverifiable = matches!(algorithm(issuer), Some("RSA_1024" | "EC_secp521r1"));
    unverifiable && one.issuer().as_raw() == issuer.subject().as_raw()
}
