//! One attempt to open a connection: DNS → TCP → TLS → upgrade, each timed and told as it begins and ends.
//!
//! A refusal and a failure are values of `model::handshake`; nothing here returns an error. It may not know what the
//! status means: that is `model::diagnose`'s. Where to look next: `dial/upgrade.rs` (the HTTP part), `dial/probe.rs` (TLS alone),
//! `link.rs` (what follows).

use std::io;
use std::sync::Arc;

use gatescope_model::handshake::{FailureKind, Handshake, Outcome, Phase, PhaseName, TlsTrouble};
use gatescope_model::redact::{MASK, is_secret_name, redact};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::time::Instant;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_util::sync::CancellationToken;

use crate::link::Link;
use crate::network::{ADDRESS_PATIENCE, BoxStream, Network};
use crate::request::{Request, Target};

pub mod probe;
mod trouble;
mod upgrade;
mod verbatim;

/// What an attempt came to.
pub struct Dialled {
    /// Everything about it, whatever the outcome.
    pub handshake: Handshake,
    /// Present exactly when the outcome is `Opened`.
    pub link: Option<Link>,
}

/// Dials. `progress` is called as each phase begins (its end equals its start) and ends, the outcome still pending.
///
/// Ends at the latest after `request.timeout`, and at once when `cancel` is cancelled; a refusal whose body was still coming
/// keeps what had come. Dropping the future closes the stream.
pub async fn dial(
    network: &dyn Network,
    request: &Request,
    cancel: &CancellationToken,
    progress: &mut (dyn FnMut(&Handshake) + Send),
) -> Dialled {
    let target = match Target::of(request) {
        Ok(target) => target,
        Err(message) => return no_url(request, message),
    };
    let handshake = Handshake {
        url: redact(target.url.as_str()).into_owned(),
        request_headers: target.headers.iter().map(masked).collect(),
        phases: Vec::new(),
        outcome: Outcome::Pending,
        tls_trouble: None,
    };
    let mut attempt = Attempt { began: Instant::now(), handshake, progress, refusal: upgrade::Kept::default() };
    let result = tokio::select! {
        // A cancelled attempt stays one, also when its answer came in the same instant.
        biased;
        () = cancel.cancelled() => Err(Failure::new(FailureKind::Cancelled, "stopped by the user")),
        result = tokio::time::timeout(request.timeout, attempt.run(network, &target)) => result.unwrap_or_else(|_| {
            Err(Failure::new(FailureKind::TimedOut, format!("no answer within {:?}", request.timeout)))
        }),
    };
    attempt.finish(result)
}

/// Why no HTTP answer came.
struct Failure {
    kind: FailureKind,
    message: String,
    tls: Option<TlsTrouble>,
}

impl Failure {
    fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), tls: None }
    }
}

/// A 101 that holds.
struct Opened {
    headers: Vec<(String, String)>,
    subprotocol: Option<String>,
    link: Link,
}

struct Attempt<'a> {
    began: Instant,
    handshake: Handshake,
    progress: &'a mut (dyn FnMut(&Handshake) + Send),
    /// Outside of the future that fills it, so that a timeout in the middle of the body loses nothing.
    refusal: upgrade::Kept,
}

impl Attempt<'_> {
    /// `None`: refused, and the refusal is kept.
    async fn run(&mut self, network: &dyn Network, target: &Target) -> Result<Option<Opened>, Failure> {
        self.begin(PhaseName::Dns);
        let addresses = resolve(network, &target.at).await?;
        self.end(match addresses.as_slice() {
            [only] => only.clone(),
            [first, rest @ ..] => format!("{first} and {} more", rest.len()),
            [] => String::new(),
        });

        self.begin(PhaseName::Tcp);
        let (address, stream) = open(network, &addresses).await?;
        self.end(address);

        let stream = if target.tls {
            self.begin(PhaseName::Tls);
            let (version, stream) = secure(network, target, stream).await?;
            self.end(version);
            stream
        } else {
            stream
        };

        self.begin(PhaseName::Upgrade);
        let answer = upgrade::upgrade(stream, target, &mut self.refusal).await?;
        self.end(self.refusal.status_line.clone());
        Ok(answer)
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    /// A phase begins where the one before it ended, so that the phases add up to the whole.
    fn begin(&mut self, name: PhaseName) {
        let start_us = self.handshake.phases.last().map_or(0, |phase| phase.end_us);
        self.handshake.phases.push(Phase { name, start_us, end_us: start_us, detail: String::new(), failed: false });
        (self.progress)(&self.handshake);
    }

    fn end(&mut self, detail: String) {
        let now = self.now();
        if let Some(phase) = self.handshake.phases.last_mut() {
            phase.end_us = now;
            phase.detail = detail;
        }
        (self.progress)(&self.handshake);
    }

    fn finish(mut self, result: Result<Option<Opened>, Failure>) -> Dialled {
        let now = self.now();
        let phase = self.handshake.phases.last().map(|phase| phase.name).unwrap_or_default();
        let (outcome, link) = match result {
            Ok(Some(Opened { headers, subprotocol, link })) => (Outcome::Opened { headers, subprotocol }, Some(link)),
            Ok(None) => (Outcome::Refused(self.refusal.whole()), None),
            Err(_) if self.refusal.head_came() => (Outcome::Refused(self.refusal.cut_off()), None),
            Err(Failure { kind: reason, message, tls }) => {
                self.handshake.tls_trouble = tls;
                (Outcome::Failed { phase, reason, message }, None)
            }
        };
        if let (None, Some(last)) = (&link, self.handshake.phases.last_mut()) {
            last.failed = true;
            last.end_us = last.end_us.max(now);
            last.detail = match &outcome {
                Outcome::Failed { message, .. } => message.clone(),
                _ => self.refusal.status_line.clone(),
            };
        }
        self.handshake.outcome = outcome;
        Dialled { handshake: self.handshake, link }
    }
}

fn masked((name, value): &(String, String)) -> (String, String) {
    let value = if is_secret_name(name) { MASK.to_owned() } else { redact(value).into_owned() };
    (name.clone(), value)
}

fn no_url(request: &Request, message: String) -> Dialled {
    let outcome = Outcome::Failed { phase: PhaseName::Dns, reason: FailureKind::Protocol, message };
    let handshake = Handshake { url: redact(&request.url).into_owned(), outcome, ..Handshake::default() };
    Dialled { handshake, link: None }
}

async fn resolve(network: &dyn Network, (host, port): &(String, u16)) -> Result<Vec<String>, Failure> {
    let fail = |why: String| Failure::new(FailureKind::NameNotFound, format!("{host}: {why}"));
    match network.resolve(host, *port).await {
        Ok(addresses) if addresses.is_empty() => Err(fail("the name has no address".into())),
        Ok(addresses) => Ok(addresses),
        Err(why) => Err(fail(why.to_string())),
    }
}

/// The first address that answers; the failure is the last one's.
async fn open(network: &dyn Network, addresses: &[String]) -> Result<(String, BoxStream), Failure> {
    let mut failure = Failure::new(FailureKind::NameNotFound, "the name has no address");
    for (at, address) in addresses.iter().enumerate() {
        let opening = network.open(address);
        let opened = if at + 1 == addresses.len() {
            opening.await
        } else {
            tokio::time::timeout(ADDRESS_PATIENCE, opening)
                .await
                .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
        };
        match opened {
            Ok(stream) => return Ok((address.clone(), stream)),
            Err(why) => failure = Failure::new(kind(&why, FailureKind::Broken), format!("{address}: {why}")),
        }
    }
    Err(failure)
}

async fn secure(network: &dyn Network, target: &Target, stream: BoxStream) -> Result<(String, BoxStream), Failure> {
    let config = network
        .tls()
        .map_err(|why| Failure::new(FailureKind::Tls, format!("the trusted certificates cannot be read: {why}")))?;
    let stream = shake(config, &target.host, stream).await?;
    let version = version(stream.get_ref().1);
    Ok((version.to_owned(), Box::new(stream)))
}

/// The handshake alone; nothing of HTTP is sent.
async fn shake(config: Arc<ClientConfig>, host: &str, stream: BoxStream) -> Result<TlsStream<BoxStream>, Failure> {
    let tls = |why: &dyn std::fmt::Display| Failure::new(FailureKind::Tls, why.to_string());
    let name = ServerName::try_from(host.to_owned()).map_err(|why| tls(&format!("{host}: {why}")))?;
    TlsConnector::from(config).connect(name, stream).await.map_err(|why| {
        // rustls hides in an io::Error; what is not rustls is the stream underneath.
        match why.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            Some(why) => Failure { tls: trouble::of(why), ..tls(why) },
            None => Failure::new(kind(&why, FailureKind::Broken), format!("during TLS: {why}")),
        }
    })
}

fn version(connection: &rustls::ClientConnection) -> &'static str {
    match connection.protocol_version() {
        Some(rustls::ProtocolVersion::TLSv1_3) => "TLS 1.3",
        Some(rustls::ProtocolVersion::TLSv1_2) => "TLS 1.2",
        _ => "TLS",
    }
}

fn kind(why: &io::Error, otherwise: FailureKind) -> FailureKind {
    match why.kind() {
        io::ErrorKind::ConnectionRefused => FailureKind::ConnectionRefused,
        io::ErrorKind::TimedOut => FailureKind::TimedOut,
        _ => otherwise,
    }
}
