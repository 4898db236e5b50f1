//! Certificates as bytes: the sandbox's root, a leaf for each certificate of ACM, and which leaf a client is shown.
//!
//! Keys are P-256 whatever ACM's `KeyAlgorithm` says: the cryptography on board makes no RSA keys.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    SerialNumber,
};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use time::OffsetDateTime;

use super::names::{self, Behind};
use crate::acm::{self, Certificate, Source};
use crate::gateway_v2::domain;
use crate::resources::text;
use crate::{Error, World};

/// Leaves that are kept ready; when there are more, all are made again.
const LEAVES: usize = 1024;

/// The root, and what it has signed.
pub(crate) struct Tls {
    root: CertificateDer<'static>,
    root_pem: String,
    issuer: Issuer<'static, KeyPair>,
    leaves: Mutex<HashMap<String, Arc<Leaf>>>,
}

/// A certificate, ready to serve.
pub(crate) struct Leaf {
    /// The certificate and its chain.
    pub pem: (String, String),
    pub config: Arc<ServerConfig>,
}

impl Tls {
    pub(crate) fn new() -> Result<Self, Error> {
        let bad = |e: rcgen::Error| Error::Certificates(e.to_string());
        let key = KeyPair::generate().map_err(bad)?;
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "Gatescope sandbox root");
        let root = params.self_signed(&key).map_err(bad)?;
        let tls = Self {
            root: root.der().clone(),
            root_pem: root.pem(),
            issuer: Issuer::new(params, key),
            leaves: Mutex::default(),
        };
        tls.of_names(&["localhost"]).ok_or_else(|| Error::Certificates("no leaf could be signed".into()))?;
        Ok(tls)
    }

    pub(crate) fn root(&self) -> Vec<u8> {
        self.root.to_vec()
    }

    pub(crate) fn root_pem(&self) -> &str {
        &self.root_pem
    }

    /// The leaf with this key, made when it is asked for first: that takes well under a millisecond.
    fn leaf(&self, key: String, make: impl FnOnce() -> Option<Leaf>) -> Option<Arc<Leaf>> {
        let mut leaves = self.leaves.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(leaf) = leaves.get(&key) {
            return Some(leaf.clone());
        }
        let leaf = Arc::new(make()?);
        if leaves.len() >= LEAVES {
            leaves.clear();
        }
        leaves.insert(key, leaf.clone());
        Some(leaf)
    }

    /// A leaf for names of the sandbox's own, which never expires.
    fn of_names(&self, names: &[&str]) -> Option<Arc<Leaf>> {
        self.leaf(names.join(","), || self.sign(params(names)?))
    }

    /// The leaf of a certificate of ACM; nothing before it is issued.
    pub(crate) fn of_certificate(&self, certificate: &Certificate, now: i64) -> Option<Arc<Leaf>> {
        match &certificate.source {
            Source::Imported(imported) => self.leaf(format!("{}/{}", certificate.arn, imported.at), || {
                let pem = (imported.certificate.clone(), imported.chain.clone());
                Some(Leaf { pem, config: config(imported.certified()?)? })
            }),
            Source::Requested(requested) => {
                let issued = requested.issued.as_ref()?;
                let expired = issued.not_after <= now;
                self.leaf(format!("{}/{:?}/{expired}", certificate.arn, issued.serial), || {
                    let names: Vec<&str> = certificate.names.iter().map(String::as_str).collect();
                    let mut params = params(&names)?;
                    // Clients go by the wall's clock: what is valid by the sandbox's must be so by theirs.
                    let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                    let ahead = now - i64::try_from(wall.as_millis()).unwrap_or(now);
                    let date = |ms: i64| OffsetDateTime::from_unix_timestamp((ms - ahead) / 1000).ok();
                    params.not_before = date(issued.not_before)?;
                    params.not_after = date(issued.not_after)?;
                    params.serial_number = Some(SerialNumber::from_slice(&issued.serial));
                    params.distinguished_name.push(DnType::CommonName, certificate.domain.as_str());
                    self.sign(params)
                })
            }
        }
    }

    fn sign(&self, params: CertificateParams) -> Option<Leaf> {
        let key = KeyPair::generate().ok()?;
        let leaf = params.signed_by(&key, &self.issuer).ok()?;
        let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let signing = rustls::crypto::ring::sign::any_supported_type(&private).ok()?;
        let config = config(CertifiedKey::new(vec![leaf.der().clone()], signing))?;
        Some(Leaf { pem: (leaf.pem(), self.root_pem.clone()), config })
    }
}

fn params(names: &[&str]) -> Option<CertificateParams> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).ok()?;
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyEncipherment];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
    Some(params)
}

/// TLS 1.2 and 1.3, as WebSocket APIs accept (facts 2 section 6).
fn config(key: CertifiedKey) -> Option<Arc<ServerConfig>> {
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .ok()?
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(SingleCertAndKey::from(key)));
    Some(Arc::new(config))
}

/// What a client is shown that asks for a name where somebody answers; `behind` is not known on a bare port.
///
/// A custom domain has its certificate, whatever name of it was asked for; an API's generated endpoint has one for
/// all of them, so that a record that points there meets the wrong name (facts 2.3 #28).
pub(crate) fn choose(world: &World, wanted: Option<&str>, behind: Option<&Behind>) -> Option<Arc<ServerConfig>> {
    let wanted = wanted.map(str::to_ascii_lowercase);
    let found;
    let behind = match (behind, &wanted) {
        (Some(behind), _) => Some(behind),
        (None, Some(name)) => {
            found = match world.custom_domain(name) {
                Some(domain) => Some(Behind::Domain(domain)),
                None => names::behind(world, name),
            };
            found.as_ref()
        }
        (None, None) => None,
    };
    let local = || world.tls.of_names(&["localhost", "127.0.0.1", "::1"]);
    let generated = || world.tls.of_names(&[&format!("*.execute-api.{}.amazonaws.com", world.options.region)]);
    let leaf = match behind {
        Some(Behind::Service(host)) => world.tls.of_names(&[host]),
        Some(Behind::Api(host)) if host.ends_with(".localhost") => world.tls.of_names(&[host]),
        Some(Behind::Domain(own)) => {
            let named = wanted.as_deref().and_then(|name| world.custom_domain(name));
            of_domain(world, named.as_deref().unwrap_or(own)).or_else(generated)
        }
        Some(Behind::Api(_) | Behind::Elsewhere) => generated(),
        None if wanted.as_deref().is_none_or(|name| name == "localhost") => local(),
        None => generated(),
    };
    leaf.map(|leaf| leaf.config.clone())
}

fn of_domain(world: &World, name: &str) -> Option<Arc<Leaf>> {
    let mut state = world.state.lock();
    acm::settle(world, &mut state);
    let domain = state.resources.get(&format!("domainnames/{name}"))?;
    let arn = text(domain::configuration(domain)?, "certificateArn");
    world.tls.of_certificate(acm::find(&state, arn)?, world.clock.now())
}

impl World {
    /// The custom domain that a host name belongs to.
    fn custom_domain(&self, host: &str) -> Option<String> {
        domain::owner(&self.state.lock(), host).map(str::to_owned)
    }
}
