//! `gatescope sandbox`: the small AWS on a loopback port, until it is interrupted.
//!
//! Standard output is for scripts: the variable that sends any AWS client here, the demo key pair, which is worth nothing,
//! and one `ready` line once the port answers.

use std::io::Write;

use gatescope_sandbox::{DEMO_KEY, DEMO_SECRET, Options, Sandbox, Seed};
use tokio::runtime::Builder;

use crate::args;
use crate::error::Error;

/// Runs the command; it ends well when it is interrupted.
pub(crate) fn run(args: args::Sandbox) -> Result<u8, Error> {
    let runtime = Builder::new_multi_thread().enable_all().build().map_err(Error::Runtime)?;
    runtime.block_on(serve(args))?;
    // A client may hold its connection: nobody waits for it.
    runtime.shutdown_background();
    Ok(0)
}

async fn serve(args: args::Sandbox) -> Result<(), Error> {
    let seed = match args.seed {
        args::Seed::Chat => Seed::Chat,
        args::Seed::Gallery => Seed::Gallery,
        args::Seed::Empty => Seed::Empty,
    };
    let options = Options {
        seed,
        log_delay: args.log_delay,
        dns_delay: args.dns_delay,
        certificate_delay: args.certificate_delay,
        domain_delay: args.domain_delay,
        slow_domains: args.slow_domains,
        functions: args.functions,
        clock_speed: args.clock_speed,
        ids: args.ids,
        ..Options::default()
    };
    let sandbox = Sandbox::new(options)?;
    // Written as it changes, and a last time when this value goes.
    let _keeping = match &args.state {
        Some(file) => Some(sandbox.keep(file, |notice| eprintln!("gatescope: {notice}"))?),
        None => None,
    };
    for fault in args.faults {
        sandbox.set_fault(fault);
    }
    let listening = sandbox.listen(args.listen).await?;
    let address = listening.addr;
    // Before anybody is told that it runs: whoever reads the line may stop it at once.
    let interrupted = interrupted().map_err(Error::Runtime)?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "AWS_ENDPOINT_URL=http://{address}")
        .and_then(|()| writeln!(out, "AWS_ACCESS_KEY_ID={DEMO_KEY} AWS_SECRET_ACCESS_KEY={DEMO_SECRET}"))
        .and_then(|()| writeln!(out, "ready http://{address}"))
        .and_then(|()| out.flush())
        .map_err(Error::Output)?;
    drop(out);
    interrupted.await;
    Ok(())
}

/// Resolves when somebody asks this program to end. It is heard from this call on, not only from the first poll.
#[cfg(unix)]
fn interrupted() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// As above, for consoles without signals.
#[cfg(windows)]
fn interrupted() -> std::io::Result<impl Future<Output = ()>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
    })
}
