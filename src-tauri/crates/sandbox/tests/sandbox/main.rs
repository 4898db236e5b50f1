//! The sandbox as its clients see it: raw HTTP and raw WebSockets in, AWS's recorded bytes out.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod broken_chat;
mod client;
mod connections;
mod data_plane;
mod gallery;
mod gateway_v1;
mod hostile;
mod integrations;
mod logs;
mod logs_operations;
mod network;
mod parity;
mod parity_answers;
mod parity_connections;
mod resources;
mod signed;
