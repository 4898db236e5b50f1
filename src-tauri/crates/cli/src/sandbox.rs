//! `gatescope sandbox`: the small AWS on a loopback port, until it is interrupted.
//!
//! Standard output is for scripts: the variable that sends any AWS client here, then one `ready` line once the port answers.

use std::io::Write;
use std::time::Instant;

use gatescope_sandbox::{Options, Sandbox, Seed};
use tokio::runtime::{Builder, Runtime};
use tokio::time::Duration;

use crate::args;
use crate::error::Error;

/// How often a clock of its own speed is moved on: a timer is at most this much real time late.
const TICK: Duration = Duration::from_millis(2);

/// Runs the command; it ends well when it is interrupted.
pub(crate) fn run(args: args::Sandbox) -> Result<u8, Error> {
    let runtime = runtime(args.clock_speed).map_err(Error::Runtime)?;
    runtime.block_on(serve(args))?;
    // A client may hold its connection: nobody waits for it.
    runtime.shutdown_background();
    Ok(0)
}

async fn serve(args: args::Sandbox) -> Result<(), Error> {
    let seed = match args.seed {
        args::Seed::Chat => Seed::Chat,
        args::Seed::Empty => Seed::Empty,
    };
    let options = Options { seed, log_delay: args.log_delay, functions: args.functions, ..Options::default() };
    let sandbox = Sandbox::new(options)?;
    if let Some(file) = args.state.as_deref().filter(|file| file.exists()) {
        sandbox.load(file)?;
    }
    let listening = sandbox.listen(args.listen).await?;
    let address = listening.addr;
    // Before anybody is told that it runs: whoever reads the line may stop it at once.
    let interrupted = interrupted().map_err(Error::Runtime)?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "AWS_ENDPOINT_URL=http://{address}\nready http://{address}")
        .and_then(|()| out.flush())
        .map_err(Error::Output)?;
    drop(out);
    interrupted.await;
    match &args.state {
        Some(file) => Ok(sandbox.save(file)?),
        None => Ok(()),
    }
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

/// A runtime whose timers and timestamps run `speed` times as fast as the wall's.
fn runtime(speed: f64) -> std::io::Result<Runtime> {
    // Told apart from every other factor: only this one needs no clock of its own.
    if (speed - 1.0).abs() < f64::EPSILON {
        return Builder::new_multi_thread().enable_all().build();
    }
    let runtime = Builder::new_current_thread().enable_all().start_paused(true).build()?;
    let (ticks, mut ticked) = tokio::sync::mpsc::channel::<Duration>(1);
    // Time that stands still jumps to the next timer when nothing is to do, but not while a blocking task runs.
    runtime.spawn_blocking(move || {
        let mut last = Instant::now();
        loop {
            std::thread::sleep(TICK);
            let now = Instant::now();
            let passed = now.duration_since(last).mul_f64(speed);
            last = now;
            if ticks.blocking_send(passed).is_err() {
                return;
            }
        }
    });
    runtime.spawn(async move {
        while let Some(passed) = ticked.recv().await {
            tokio::time::advance(passed).await;
        }
    });
    Ok(runtime)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_hour_passes_in_less_than_a_second_on_a_fast_clock_and_no_faster_than_asked() {
        let runtime = runtime(36_000.0).unwrap();
        let wall = Instant::now();
        runtime.block_on(async { tokio::time::sleep(Duration::from_secs(3600)).await });
        assert!(wall.elapsed() >= Duration::from_millis(90) && wall.elapsed() < Duration::from_secs(2));
        runtime.shutdown_background();
    }
}
