//! `gatescope`: the product's use cases in a terminal, for scripts and for people who live there.
//!
//! Thin: it reads arguments, calls a use case and prints. It may not know rules, wire formats or AWS. The way of `connect`
//! to its first frame is kept free of everything else's start-up: no AWS configuration, no sandbox, one thread.
//! Where to look next: `args.rs` (what can be said), `connect.rs`, `doctor.rs`, `domain.rs`, `explain.rs`, `sandbox.rs` (a command each).

use std::process::ExitCode;

use clap::Parser;

mod account;
mod args;
mod connect;
mod doctor;
mod domain;
mod error;
mod explain;
mod sandbox;
mod words;

fn main() -> ExitCode {
    let done = match args::Args::parse().command {
        args::Command::Connect(connect) => connect::run(*connect),
        args::Command::Domain(domain) => domain::run(&domain),
        args::Command::Explain(explain) => explain::run(&explain),
        args::Command::Doctor(doctor) => doctor::run(&doctor),
        args::Command::Sandbox(sandbox) => sandbox::run(sandbox),
    };
    let code = done.unwrap_or_else(|why| {
        eprintln!("gatescope: {why}");
        why.exit_code()
    });
    // Not by returning: a thread may still stand in a read of the terminal.
    std::process::exit(code.into())
}
