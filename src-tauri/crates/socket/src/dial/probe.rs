//! Who answers at a host, as far as TLS: names, certificates, versions. No byte of HTTP is sent.
//!
//! What a client would have against the server is a value here and stops nothing, so that version and cipher are learnt of a
//! server that no client would talk to. Where to look next: `probe/certificate.rs`, `model::probe::Tls`.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use gatescope_model::handshake::FailureKind;
use gatescope_model::probe::Tls;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};
use tokio::io::AsyncWriteExt;

use super::{Failure, open, resolve, shake, trouble, version};
use crate::network::{Network, trust};
use crate::request::{DEFAULT_TIMEOUT, place};

mod certificate;

/// Certificates of a chain that are kept; chains of public authorities have two to four.
const KEPT: usize = 10;
/// How long saying good-bye may take.
const PARTING: Duration = Duration::from_secs(1);

/// Whom to look at.
#[derive(Clone, Debug)]
pub struct Look {
    /// The name that is asked for and that the certificate has to be for.
    pub host: String,
    /// Where the name's server listens.
    pub port: u16,
    /// Where to dial instead of where the name leads, as in [`Request`](crate::Request).
    pub connect_to: Option<String>,
    /// For all of it.
    pub timeout: Duration,
}

impl Look {
    /// At a name, where DNS says.
    #[must_use]
    pub fn at(host: impl Into<String>, port: u16) -> Self {
        Self { host: host.into(), port, connect_to: None, timeout: DEFAULT_TIMEOUT }
    }
}

/// Looks. Whatever goes wrong is in the answer; what was learnt before stays in it.
pub async fn probe(network: &dyn Network, look: &Look) -> Tls {
    let mut seen = Tls { host: look.host.clone(), connect_to: look.connect_to.clone(), ..Tls::default() };
    let inner = match network.verifier() {
        Ok(inner) => inner,
        Err(why) => return Tls { error: Some(format!("the trusted certificates cannot be read: {why}")), ..seen },
    };
    let recorder = Arc::new(Recorder { inner, record: Mutex::default() });
    let said = tokio::time::timeout(look.timeout, run(network, look, &recorder, &mut seen)).await;
    let (error, trouble) = match said {
        Ok(Ok(())) => (None, None),
        Ok(Err(failed)) => (Some(failed.message), failed.tls),
        Err(_) => (Some(format!("no answer within {:?}", look.timeout)), None),
    };
    let record = std::mem::take(&mut *recorder.record.lock().unwrap_or_else(PoisonError::into_inner));
    // What the verifier had against the certificate tells more than that the server then hung up.
    let against = record.against.as_ref();
    seen.trouble = against.and_then(trouble::of).or(trouble);
    seen.error = against.map(ToString::to_string).or(error);
    Tls { chain: record.chain.iter().map(certificate::read).collect(), trusted: record.trusted, at: record.at, ..seen }
}

async fn run(network: &dyn Network, look: &Look, recorder: &Arc<Recorder>, seen: &mut Tls) -> Result<(), Failure> {
    let wrong = |why: String| Failure::new(FailureKind::Protocol, why);
    let at = match look.connect_to.as_deref().map(str::trim).filter(|to| !to.is_empty()) {
        Some(to) => place(to, look.port).map_err(wrong)?,
        None => (look.host.clone(), look.port),
    };
    let addresses = resolve(network, &at).await?;
    let (address, stream) = open(network, &addresses).await?;
    seen.address = Some(address);
    // Never resumed, so that the certificate is shown: the configuration is new.
    let config = trust::config(Arc::clone(recorder) as Arc<dyn ServerCertVerifier>)
        .map_err(|why| wrong(format!("TLS cannot be set up: {why}")))?;
    let mut stream = shake(Arc::new(config), &look.host, stream).await?;
    let connection = stream.get_ref().1;
    seen.version = Some(version(connection).to_owned());
    let suite = connection.negotiated_cipher_suite();
    seen.cipher = suite.and_then(|suite| suite.suite().as_str()).map(|name| name.replace("TLS13_", "TLS_"));
    // Best effort: the server may be gone already.
    let _ = tokio::time::timeout(PARTING, stream.shutdown()).await;
    Ok(())
}

/// What was shown and what the verifier said of it.
#[derive(Debug, Default)]
struct Record {
    chain: Vec<CertificateDer<'static>>,
    trusted: bool,
    against: Option<Error>,
    at: Option<i64>,
}

/// Asks the real verifier, writes down what it says, and goes on; signatures are checked as ever.
#[derive(Debug)]
struct Recorder {
    inner: Arc<dyn ServerCertVerifier>,
    record: Mutex<Record>,
}

impl Recorder {
    /// Whether the chain would do for a name of its own: names are what a verifier looks at last on one system, and first on
    /// another.
    fn trusts(&self, chain: &Shown<'_>, said: &Result<ServerCertVerified, Error>) -> bool {
        match said {
            Ok(_) => true,
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => {
                let own = certificate::read(chain.own).names.into_iter().find_map(|name| {
                    ServerName::try_from(name.replacen("*.", "any.", 1)).ok().map(|name| name.to_owned())
                });
                own.is_some_and(|name| chain.verify(&*self.inner, &name).is_ok())
            }
            Err(_) => false,
        }
    }
}

/// What a server shows in one handshake.
struct Shown<'a> {
    own: &'a CertificateDer<'a>,
    others: &'a [CertificateDer<'a>],
    ocsp: &'a [u8],
    now: UnixTime,
}

impl Shown<'_> {
    fn verify(&self, by: &dyn ServerCertVerifier, name: &ServerName<'_>) -> Result<ServerCertVerified, Error> {
        by.verify_server_cert(self.own, self.others, name, self.ocsp, self.now)
    }
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        own: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let shown = Shown { own, others, ocsp, now };
        let said = shown.verify(&*self.inner, name);
        let chain = std::iter::once(own).chain(others).take(KEPT).map(|one| one.clone().into_owned()).collect();
        let trusted = self.trusts(&shown, &said);
        let at = i64::try_from(now.as_secs()).ok().and_then(|seconds| seconds.checked_mul(1000));
        *self.record.lock().unwrap_or_else(PoisonError::into_inner) =
            Record { chain, trusted, against: said.err(), at };
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}
