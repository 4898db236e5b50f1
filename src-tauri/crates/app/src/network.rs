//! The sandbox as a network: its hosts are streams in memory, everything else is the machine's own.
//!
//! A URL that the user typed and that is no address of the sandbox goes where the user says.

use std::io;
use std::sync::{Arc, OnceLock};

use gatescope_sandbox::Sandbox;
use gatescope_socket::{BoxFuture, BoxStream, Network, System};
use rustls::ClientConfig;
use rustls::client::danger::ServerCertVerifier;

/// Marks an address as one of the sandbox's.
const IN_MEMORY: &str = "in memory, ";

/// See the module.
pub(crate) struct SandboxNetwork {
    sandbox: Sandbox,
    system: OnceLock<System>,
}

impl SandboxNetwork {
    pub(crate) fn new(sandbox: Sandbox) -> Self {
        Self { sandbox, system: OnceLock::new() }
    }

    /// The machine's network, trusting the sandbox's certificate authority besides the machine's own.
    fn system(&self) -> &System {
        self.system.get_or_init(|| System::with_roots(vec![self.sandbox.ca_der().into()]))
    }
}

impl Network for SandboxNetwork {
    fn resolve<'a>(&'a self, host: &'a str, port: u16) -> BoxFuture<'a, io::Result<Vec<String>>> {
        if self.sandbox.resolves(host) {
            return Box::pin(async move { Ok(vec![format!("{IN_MEMORY}{host}:{port}")]) });
        }
        if is_gateway(host) || self.sandbox.has_authority(host) {
            // An API that the sandbox does not have, or a name without a record: AWS's own answer is that there is no
            // such name.
            return Box::pin(async move { Ok(Vec::new()) });
        }
        self.system().resolve(host, port)
    }

    fn open<'a>(&'a self, address: &'a str) -> BoxFuture<'a, io::Result<BoxStream>> {
        let Some((host, port)) = address.strip_prefix(IN_MEMORY).and_then(|a| a.rsplit_once(':')) else {
            return self.system().open(address);
        };
        Box::pin(async move {
            let port = port.parse().map_err(io::Error::other)?;
            let stream =
                self.sandbox.connect(host, port).ok_or_else(|| io::Error::other("the sandbox has no such host"))?;
            Ok(Box::new(stream) as BoxStream)
        })
    }

    fn tls(&self) -> Result<Arc<ClientConfig>, rustls::Error> {
        self.system().tls()
    }

    fn verifier(&self) -> Result<Arc<dyn ServerCertVerifier>, rustls::Error> {
        self.system().verifier()
    }
}

/// Names that belong to API Gateway: in the sandbox's account they are never looked up outside.
fn is_gateway(host: &str) -> bool {
    host.contains(".execute-api.")
}
