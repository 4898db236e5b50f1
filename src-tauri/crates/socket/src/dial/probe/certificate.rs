//! A certificate's bytes as the few things that a person asks of it. They are a stranger's: whatever does not parse is left
//! out, and texts are cut. It may not judge.

use std::net::{Ipv4Addr, Ipv6Addr};

use gatescope_model::probe::Certificate;
use ring::digest::{SHA256, digest};
use rustls::pki_types::CertificateDer;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, X509Certificate};

/// Characters of a name, and names of a certificate, that are kept.
const LONG: usize = 300;
const MANY: usize = 250;

pub(super) fn read(der: &CertificateDer<'_>) -> Certificate {
    let sha256 = digest(&SHA256, der).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    let Ok((_, parsed)) = X509Certificate::from_der(der) else {
        return Certificate { sha256, ..Certificate::default() };
    };
    let validity = parsed.validity();
    let names = parsed.subject_alternative_name().ok().flatten().map(|list| &list.value.general_names);
    Certificate {
        subject: cut(&parsed.subject().to_string()),
        names: names.into_iter().flatten().filter_map(plain).take(MANY).collect(),
        issuer: cut(&parsed.issuer().to_string()),
        not_before: validity.not_before.timestamp().checked_mul(1000),
        not_after: validity.not_after.timestamp().checked_mul(1000),
        sha256,
    }
}

/// The names that count for a server (RFC 6125): DNS names and addresses.
fn plain(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some(cut(name)),
        GeneralName::IPAddress(bytes) => {
            let v4 = <[u8; 4]>::try_from(*bytes).map(|octets| Ipv4Addr::from(octets).to_string());
            let v6 = || <[u8; 16]>::try_from(*bytes).map(|octets| Ipv6Addr::from(octets).to_string());
            v4.or_else(|_| v6()).ok()
        }
        _ => None,
    }
}

fn cut(text: &str) -> String {
    text.chars().take(LONG).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_certificate_have_a_fingerprint_and_nothing_else() {
        for bytes in [&b""[..], b"\x30\x82\xff\xff", b"not a certificate", &[0xff; 4096]] {
            let read = read(&CertificateDer::from(bytes.to_vec()));
            assert_eq!(read.sha256.len(), 64);
            assert_eq!(Certificate { sha256: String::new(), ..read }, Certificate::default());
        }
    }
}
