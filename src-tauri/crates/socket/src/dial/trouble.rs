//! What rustls has against a server, as a value: names, time, trust or versions. Knows no stream.
//!
//! Where the platform's own verifier decides (macOS, Windows) it does not tell the names that a certificate covers.

use gatescope_model::handshake::TlsTrouble;
use rustls::{AlertDescription, CertificateError, Error, PeerIncompatible};

/// `None`: something else, which its words tell.
pub(super) fn of(why: &Error) -> Option<TlsTrouble> {
    match why {
        Error::InvalidCertificate(why) => certificate(why),
        // The server took a version that this client did not offer, or had none of those that it did.
        Error::PeerIncompatible(
            PeerIncompatible::Tls12NotOffered
            | PeerIncompatible::Tls12NotOfferedOrEnabled
            | PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
            | PeerIncompatible::NoCipherSuitesInCommon,
        )
        | Error::AlertReceived(AlertDescription::ProtocolVersion | AlertDescription::InsufficientSecurity) => {
            Some(TlsTrouble::Version)
        }
        _ => None,
    }
}

fn certificate(why: &CertificateError) -> Option<TlsTrouble> {
    Some(match why {
        CertificateError::NotValidForName => TlsTrouble::Name { names: Vec::new() },
        CertificateError::NotValidForNameContext { presented, .. } => {
            TlsTrouble::Name { names: presented.iter().map(|name| plain(name)).collect() }
        }
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => TlsTrouble::Expired,
        CertificateError::UnknownIssuer | CertificateError::Revoked => TlsTrouble::Untrusted,
        _ => return None,
    })
}

/// `DnsName("*.example.com")`, as webpki writes a name, without its kind.
fn plain(name: &str) -> String {
    match name.split_once("(\"") {
        Some((_, rest)) => rest.trim_end_matches("\")").to_owned(),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use rustls::pki_types::ServerName;

    use super::*;

    #[test]
    fn the_names_of_a_certificate_are_told_without_their_kind() {
        let Ok(expected) = ServerName::try_from("api.example.com") else { return };
        let presented = vec!["DnsName(\"*.execute-api.us-east-1.amazonaws.com\")".to_owned()];
        let why = Error::InvalidCertificate(CertificateError::NotValidForNameContext { expected, presented });
        let names = vec!["*.execute-api.us-east-1.amazonaws.com".to_owned()];
        assert_eq!(of(&why), Some(TlsTrouble::Name { names }));
        assert_eq!(of(&Error::InvalidCertificate(CertificateError::UnknownIssuer)), Some(TlsTrouble::Untrusted));
        assert_eq!(of(&Error::AlertReceived(AlertDescription::ProtocolVersion)), Some(TlsTrouble::Version));
        assert_eq!(of(&Error::AlertReceived(AlertDescription::InternalError)), None);
    }
}
