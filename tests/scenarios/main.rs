//! Stories in Rust, through the rpc table against the sandbox: what a person does, and what the screen then shows.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod accounts;
mod connect_fails;
mod conversation;
mod faults;
mod guards;
mod sandbox;
mod secrets;
