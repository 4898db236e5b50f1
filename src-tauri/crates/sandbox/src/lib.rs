//! A small AWS for one process: API Gateway's WebSocket APIs with their data plane, and the services that they meet.
//! It speaks AWS's own wire formats, so whoever talks to it can't tell. What there is: the README beside this folder.
//!
//! It may not know who its client is: no AWS SDK, no application type. A behaviour has a recorded fact behind it, or
//! its doc line says `assumed`; rows of the recorded facts are cited as "facts 1.3 #7". Signatures and policies count
//! where API Gateway asks for them, on `$connect` and `@connections`; the control planes take any.
//! Where to look next: [`front`] (what request goes where), `resources.rs` and `gateway_v2.rs` (what an API is made
//! of), `connect.rs` (handshake and messages, one file a phase), `logs.rs` (what is kept of them), `clock.rs` (all
//! waiting follows it), `state.rs` and `keep.rs` (what is kept, and its file), `seed.rs`.

mod acm;
mod answer;
mod chaos;
mod chat_backend;
mod clock;
mod connect;
mod dynamodb;
mod front;
mod gateway_v1;
mod gateway_v2;
mod iam;
mod ids;
mod keep;
mod lambda;
mod load_balancing;
mod logs;
mod network;
mod outage;
mod plant;
mod resources;
mod route53;
mod seed;
mod sign;
mod sqs;
mod state;
mod sts;
mod tag;
mod view;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
pub use chaos::{Chaos, Fault};
pub use keep::{Keeping, Notice};
pub use lambda::Behaviour;
pub use logs::{EVENTS_KEPT_PER_GROUP, LOG_BYTES_KEPT};
pub use network::{DnsRecord, Duplex, Listening};
pub use outage::Outage;
pub use plant::{DnsSaid, Plant};
pub use seed::Exhibit;
pub use sign::{DEMO_KEY, DEMO_SECRET};
pub use view::{Connection, Function, LogGroup, View};

/// A response body; streams for live tail. It is `Send + Sync`, as the SDK's bodies are.
pub type Body = http_body_util::combinators::BoxBody<Bytes, std::convert::Infallible>;

/// What the sandbox starts with and how it behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// What is there at the start.
    pub seed: Seed,
    /// Whether the seed's stage logs at INFO and the account has its log role. `false`: level OFF and no role.
    pub seed_logging: bool,
    /// Whether the seed has a public hosted zone `example.com`, to try a custom domain with.
    pub seed_zone: bool,
    /// From the moment a line is written to the moment it can be read. AWS needs about 20 s (facts 1.1).
    pub log_delay: Duration,
    /// The only region that exists.
    pub region: String,
    /// Twelve digits.
    pub account: String,
    /// Lambda functions outside this process: name, and the URL of a Lambda Invoke API. Whatever has no path gets
    /// `/2015-03-31/functions/{name}/invocations`.
    pub functions: Vec<(String, String)>,
    /// How many times as fast as the wall's the sandbox's clock runs at the start.
    pub clock_speed: f64,
    /// A number that all ids come from: two sandboxes with the same one answer the same calls with the same ids.
    pub ids: Option<u64>,
    /// The sandbox's time at the start, milliseconds since 1970; the wall's when there is none.
    pub epoch: Option<i64>,
    /// From a change of a hosted zone to INSYNC, which is when it resolves. AWS needs about 60 s.
    pub dns_delay: Duration,
    /// From the moment all validation records stand to ISSUED. AWS needs some minutes.
    pub certificate_delay: Duration,
    /// How long a custom domain stays UPDATING after a change of its configuration. AWS needs minutes.
    pub domain_delay: Duration,
    /// Whether custom domains are made, changed and deleted once in 30 s only, as on AWS (facts 5.1).
    pub slow_domains: bool,
    /// Whether API Gateway's control planes answer 429 to who calls them more often than AWS allows.
    pub control_plane_limits: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: Seed::Chat,
            seed_logging: true,
            seed_zone: true,
            log_delay: Duration::ZERO,
            region: "us-east-1".into(),
            account: "123456789012".into(),
            functions: Vec::new(),
            clock_speed: 1.0,
            ids: None,
            epoch: None,
            dns_delay: Duration::ZERO,
            certificate_delay: Duration::ZERO,
            domain_delay: Duration::ZERO,
            slow_domains: false,
            control_plane_limits: false,
        }
    }
}

/// What is there at the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seed {
    /// The tutorial's chat API, deployed to `prod`, whose `$connect` answers 500.
    Chat,
    /// The chat API, and one broken API for each cause: `Sandbox::gallery` tells how to reach it.
    Gallery,
    /// Nothing.
    Empty,
}

/// What can go wrong outside AWS's own answers.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Choose another port, or stop the program that holds it.
    #[error("port {0} is already in use")]
    PortTaken(u16),
    /// The address can't be listened on, for the reason that follows.
    #[error("can't listen on {0}: {1}")]
    Listen(std::net::SocketAddr, std::io::Error),
    /// The sandbox's own certificate authority could not be made; there is nothing a user can do about it.
    #[error("can't make the sandbox's certificates: {0}")]
    Certificates(String),
    /// Check that the file can be read and written.
    #[error("can't use the state file {}: {}", .0.display(), .1)]
    StateFile(std::path::PathBuf, std::io::Error),
    /// Another sandbox keeps itself in this file: end that one, or choose another file.
    #[error("another sandbox uses the state file {}", .0.display())]
    StateInUse(std::path::PathBuf),
    /// The seed broke one of the sandbox's own rules: a bug.
    #[error("can't make the seed: {0}")]
    Seed(String),
}

/// A handle on one sandbox; cloning is cheap. Everything ends when the last handle and the last socket are gone.
#[derive(Clone)]
pub struct Sandbox(Arc<World>);

/// What all parts share.
pub(crate) struct World {
    pub options: Options,
    pub clock: clock::Clock,
    pub ids: ids::Ids,
    pub state: state::Shared,
    pub logs: logs::Store,
    pub connections: connect::Connections,
    pub places: connect::Places,
    pub outbox: connect::Outbox,
    pub outages: outage::Outages,
    pub tls: network::Tls,
}

impl Sandbox {
    /// Starts one, with its seed.
    ///
    /// # Errors
    /// [`Error::Certificates`] and [`Error::Seed`], neither of which a user can cause.
    pub fn new(options: Options) -> Result<Self, Error> {
        let clock = clock::Clock::start(options.clock_speed, options.epoch);
        let world = World {
            ids: ids::Ids::new(options.ids),
            state: state::Shared::default(),
            logs: logs::Store::new(&options),
            connections: connect::Connections::default(),
            places: connect::Places::default(),
            outbox: connect::Outbox::default(),
            outages: outage::Outages::default(),
            tls: network::Tls::new()?,
            clock,
            options,
        };
        let sandbox = Self(Arc::new(world));
        seed::sow(&sandbox.0, sandbox.0.options.seed)?;
        Ok(sandbox)
    }

    /// What it was started with.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.0.options
    }

    /// Answers one request as the AWS service that it is meant for would. A handshake has no socket here: it is
    /// for [`Sandbox::connect`] and [`Sandbox::listen`].
    pub async fn handle(&self, request: http::Request<Bytes>) -> http::Response<Body> {
        front::answer(&self.0, front::Call::read(request, front::Origin::in_process())).await
    }

    /// From so many writing calls of API Gateway's control planes, ACM and Route 53 on, they go wrong; `None`: all goes well again.
    pub fn set_outage(&self, after: u32, outage: Option<Outage>) {
        self.0.outages.set(after, outage);
    }

    /// Dials a host of this AWS: HTTP/1.1 with upgrade, TLS on port 443. `None`: the name does not resolve.
    #[must_use]
    pub fn connect(&self, host: &str, port: u16) -> Option<Duplex> {
        network::connect(&self.0, host, port)
    }

    /// Whether this AWS has a host of that name.
    #[must_use]
    pub fn resolves(&self, host: &str) -> bool {
        network::resolves(&self.0, host)
    }

    /// Whether a public hosted zone of this AWS has authority over a name, whether or not a record is there.
    #[must_use]
    pub fn has_authority(&self, name: &str) -> bool {
        let canonical = route53::name::canonical(name);
        let state = self.0.state.lock();
        canonical.is_ok_and(|name| {
            route53::dns::resolve(&state.route53, &name, "A").is_some() || state.route53.is_elsewhere(&name)
        })
    }

    /// What a DNS resolver answers to a name and a type (`A`, `AAAA`, `CNAME`, `TXT`, …): CNAMEs on the way, then the
    /// records. Addresses of AWS are the loopback's.
    #[must_use]
    pub fn lookup(&self, name: &str, kind: &str) -> Vec<DnsRecord> {
        network::names::resolve(&self.0, name, &kind.to_ascii_uppercase()).records
    }

    /// The root certificate (DER) that all TLS of this sandbox is signed by.
    #[must_use]
    pub fn ca_der(&self) -> Vec<u8> {
        self.0.tls.root()
    }

    /// Serves everything on one port until [`Listening`] is dropped.
    ///
    /// # Errors
    /// [`Error::PortTaken`] and [`Error::Listen`].
    pub async fn listen(&self, addr: std::net::SocketAddr) -> Result<Listening, Error> {
        network::listen(&self.0, addr).await
    }

    /// Forgets everything: resources, roles, logs; open connections are closed.
    pub fn reset(&self) {
        self.0.reset();
    }

    /// Forgets everything as [`Sandbox::reset`] does, and begins again with this seed, at the wall's time.
    ///
    /// # Errors
    /// [`Error::Seed`].
    pub fn start_over(&self, seed: Seed) -> Result<(), Error> {
        self.0.reset();
        self.0.clock.set_to_wall();
        seed::sow(&self.0, seed)
    }

    /// Writes everything to a file, whole or not at all.
    ///
    /// # Errors
    /// [`Error::StateFile`].
    pub fn save(&self, file: &Path) -> Result<(), Error> {
        keep::write(&self.0, file).map_err(|e| Error::StateFile(file.into(), e))
    }

    /// Replaces everything by what [`Sandbox::save`] wrote.
    ///
    /// # Errors
    /// [`Error::StateFile`]; nothing is changed then.
    pub fn load(&self, file: &Path) -> Result<(), Error> {
        let read = std::fs::read(file).and_then(|bytes| state::from_bytes(&self.0, &bytes));
        read.map_err(|e| Error::StateFile(file.into(), e))
    }

    /// Keeps everything in a file: what it holds replaces what is here, and from now on every change is in it within
    /// about a second. A file that can't be read is set aside and what is here stays.
    ///
    /// `tell` hears what a person should know. It comes from a thread of its own.
    ///
    /// # Errors
    /// [`Error::StateInUse`] and [`Error::StateFile`]; the sandbox is as it was.
    pub fn keep(&self, file: &Path, tell: impl Fn(Notice) + Send + 'static) -> Result<Keeping, Error> {
        Keeping::start(&self.0, file, tell)
    }
}

impl World {
    pub(crate) fn reset(&self) {
        *self.state.lock() = state::State::default();
        self.outbox.clear();
        self.logs.clear();
        self.connections.close_all();
    }

    /// `arn:aws:{service}:{region}:{account}:{rest}`.
    pub(crate) fn arn(&self, service: &str, rest: &str) -> String {
        format!("arn:aws:{service}:{}:{}:{rest}", self.options.region, self.options.account)
    }
}
