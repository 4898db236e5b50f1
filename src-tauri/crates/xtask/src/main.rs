//! `cargo xtask run` opens the window, `cargo xtask test` runs every test; both install what a fresh machine lacks.
//!
//! Only the standard library: this compiles in a second, before anything is installed. It may not know any crate of
//! the workspace. What a machine needs is in [`setup`]; how a program is run in [`shell`].

mod icons;
mod setup;
mod shell;
mod tally;

use std::process::{Command, ExitCode};
use std::time::Instant;
use std::{env, fs};

use shell::{Outcome, built, command, have, root, run, said, watch};
use tally::Tally;

const USAGE: &str = "Usage: cargo xtask COMMAND
  run             build, and open the window on the sandbox
  test            run every test
  types           write ui/src/host/rpc.ts again from the rpc table (--check: only compare)
  peers [SUITE…]  run other people's clients and tests against the sandbox (gets them from PyPI and npm)
  bench [PART…]   measure, beside other programs (--install: get those first)
  icons           draw icons/* again from icons/icon.svg";

/// Always the whole workspace: another selection unifies features differently and compiles the AWS SDK again.
/// Windows can't overwrite a running program.
const BUILD: &str = if cfg!(windows) { "cargo build --workspace --exclude xtask" } else { "cargo build --workspace" };
const CHECKS: [&str; 7] = [
    "cargo fmt --all --check",
    "cargo clippy --workspace --all-targets -- -D warnings",
    "npm run check",
    "npm run lint",
    "npm test",
    BUILD,
    "cargo xtask types --check",
];

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let outcome = match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["run"] => window(),
        ["test"] => test(),
        ["types"] => types(false),
        ["types", "--check"] => types(true),
        ["peers", ref suites @ ..] => peers(suites),
        ["bench", ref parts @ ..] => bench(parts),
        ["icons"] => icons::draw(),
        _ => Err(USAGE.into()),
    };
    let Err(sentence) = outcome else { return ExitCode::SUCCESS };
    eprintln!("{sentence}");
    ExitCode::FAILURE
}

fn window() -> Outcome {
    setup::to_build()?;
    println!("Building (some minutes the first time): {BUILD}");
    run(BUILD)?;
    if cfg!(target_os = "linux") && env::var_os("DISPLAY").or(env::var_os("WAYLAND_DISPLAY")).is_none() {
        return Err("It is built, but no screen is here: neither DISPLAY nor WAYLAND_DISPLAY is set.".into());
    }
    println!("Opening the window.");
    let mut window = Command::new(built("debug/gatescope-desktop"));
    if env::var_os("WEBKIT_DISABLE_DMABUF_RENDERER").is_none() {
        // Twice as fast without a GPU, and some drivers show an empty window with the other renderer.
        window.env("WEBKIT_DISABLE_DMABUF_RENDERER", "1");
    }
    watch(window, None)
}

fn test() -> Outcome {
    let (start, tally) = (Instant::now(), Tally::default());
    let outcome = steps(&tally);
    let seconds = start.elapsed().as_secs();
    match &outcome {
        Ok(()) => println!("\nAll steps done in {}:{:02}.", seconds / 60, seconds % 60),
        Err(sentence) => eprintln!("\n{sentence}"),
    }
    println!("{}", tally.close(outcome.is_err()));
    std::process::exit(i32::from(outcome.is_err()))
}

fn steps(tally: &Tally) -> Outcome {
    println!("==> set-up");
    setup::to_test()?;
    // nextest leaves the examples in the documentation to cargo.
    let nextest = ["cargo nextest run --workspace --no-fail-fast", "cargo test --workspace --doc"];
    let plain = ["cargo test --workspace --no-fail-fast"];
    let suites: &[&str] = if have("cargo-nextest") { &nextest } else { &plain };
    for line in [&CHECKS, suites, &["npm run browser"]].concat() {
        println!("\n==> {line}");
        let begin = Instant::now();
        watch(command(line), Some(tally)).map_err(|sentence| format!("Stopped at `{line}`: {sentence}"))?;
        println!("    {:.1} s", begin.elapsed().as_secs_f32());
    }
    Ok(())
}

fn types(check: bool) -> Outcome {
    run("cargo build --quiet --workspace --example typescript")?;
    let table = said(Command::new(built("debug/examples/typescript")))?;
    let file = root().join("ui/src/host/rpc.ts");
    match fs::read(&file).is_ok_and(|old| old == table) {
        true => Ok(()),
        false if check => Err("ui/src/host/rpc.ts is not what the rpc table says: run cargo xtask types.".into()),
        false => Ok(fs::write(&file, table)?),
    }
}

/// Everything but the build is Python's: the tests and clients are, too.
fn peers(suites: &[&str]) -> Outcome {
    setup::to_build()?;
    run(BUILD)?;
    let mut peers = command(if cfg!(windows) { "python tests/peers/peers.py" } else { "python3 tests/peers/peers.py" });
    peers.arg("--gatescope").arg(built("debug/gatescope")).arg("--folder").arg(built("peers")).args(suites);
    watch(peers, None)
}

fn bench(parts: &[&str]) -> Outcome {
    setup::to_build()?;
    run("cargo build --release --workspace --bins --examples")?;
    let mut bench = Command::new(built("release/gatescope-bench"));
    bench.args(parts);
    watch(bench, None)
}
