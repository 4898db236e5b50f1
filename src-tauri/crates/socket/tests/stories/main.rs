//! Stories of the client against peers of every kind, on loopback or in memory. Nothing here leaves the machine.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod ended;
mod frames;
mod opened;
mod peer;
mod probed;
mod refused;
mod tls;
