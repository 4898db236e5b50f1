//! Stories in Rust, through the rpc table against the sandbox: what a person does, and what the screen then shows.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod accounts;
mod authorizers;
mod connect_fails;
mod conversation;
mod copies;
mod deployments;
mod doctor;
mod domains;
mod editors;
mod edits;
mod ends;
mod faults;
mod gallery;
mod guards;
mod guide;
mod half_done;
mod laws;
mod logs;
mod probes;
mod sandbox;
mod secrets;
mod turn_on;
mod writing;
