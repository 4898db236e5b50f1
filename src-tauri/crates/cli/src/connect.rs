//! `gatescope connect`: dial, say how it went, then carry lines and frames until one side ends.
//!
//! Without `--profile` or `--sandbox` this is the hot path: a socket and nothing else. With them the app's session does the
//! work (`connect/beside_log.rs`), and its log lines stand in the same stream. It may not know why something was refused:
//! `model::diagnose` says it. Where to look next: `connect/talk.rs` (the loop), `connect/output.rs` (what is printed).

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use gatescope_model::diagnose::{Facts, diagnose};
use gatescope_model::handshake::{Handshake, Outcome};
use gatescope_model::verdict::{Confidence, Verdict};
use gatescope_socket::{CancellationToken, Request, System, dial};

use crate::args::Connect;
use crate::error::Error;
use output::{Output, Record};

mod beside_log;
mod input;
mod output;
mod talk;

/// Runs the command; the exit code is 1 when the handshake or the connection failed.
pub(crate) fn run(args: Connect) -> Result<u8, Error> {
    let mut output = Output::open(&args)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::Runtime)?;
    if args.sandbox || args.profile.is_some() {
        return runtime.block_on(async {
            let code = beside_log::run(&args, own_headers(&args).collect(), &mut output).await?;
            output.finish()?;
            Ok(code)
        });
    }
    runtime.block_on(async {
        let network = if args.no_check { System::unchecked() } else { System::default() };
        let dialled = dial(&network, &request(&args), &CancellationToken::new(), &mut |_| {}).await;
        output.put(&Record::Handshake { handshake: &dialled.handshake })?;
        let Some(link) = dialled.link else {
            if matches!(dialled.handshake.outcome, Outcome::Refused(_)) {
                let verdict = explain(&dialled.handshake);
                output.put(&Record::Verdict { verdict: &verdict })?;
                if verdict.findings.first().is_none_or(|best| best.confidence != Confidence::Certain) {
                    output.note("with --profile NAME the execution log is read too, and tells more")?;
                }
            }
            output.finish()?;
            return Ok(1);
        };
        let clean = talk::talk(link, &args, &mut output).await?;
        output.finish()?;
        Ok(u8::from(!clean))
    })
}

/// What the client alone can tell of a refusal.
fn explain(handshake: &Handshake) -> Verdict {
    diagnose(&Facts { handshake: Some(handshake), route_key: Some("$connect"), ..Facts::default() })
}

fn request(args: &Connect) -> Request {
    let mut request = Request::new(&args.url);
    request.timeout = args.timeout;
    request.subprotocols.clone_from(&args.subprotocols);
    request.headers = headers(args);
    request
}

fn headers(args: &Connect) -> Vec<(String, String)> {
    let given = |name: &str| args.headers.iter().any(|(header, _)| header.eq_ignore_ascii_case(name));
    let agent = ("User-Agent".to_owned(), concat!("gatescope/", env!("CARGO_PKG_VERSION")).to_owned());
    std::iter::once(agent).filter(|(name, _)| !given(name)).chain(own_headers(args)).collect()
}

/// What the user asked for, in words of headers. A session beside a log brings its own User-Agent.
fn own_headers(args: &Connect) -> impl Iterator<Item = (String, String)> {
    let origin = args.origin.iter().map(|origin| ("Origin".to_owned(), origin.clone()));
    let auth = args.auth.iter().map(|login| ("Authorization".to_owned(), format!("Basic {}", BASE64.encode(login))));
    origin.chain(auth).chain(args.headers.iter().cloned())
}
