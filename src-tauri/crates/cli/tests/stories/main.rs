//! Stories of the command line: the real program, its pipes and its exit code, against servers in this process.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod connect;
mod doctor;
mod domain;
mod explain;
mod kept;
mod program;
mod sandbox;
