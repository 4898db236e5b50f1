//! The sandbox as its clients see it: raw HTTP and raw WebSockets in, AWS's recorded bytes out.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod acm;
mod broken_chat;
mod built;
mod client;
mod connections;
mod data_plane;
mod domains;
mod gallery;
mod gateway_v1;
mod gateway_v2;
mod hostile;
mod iam;
mod integrations;
mod lambda;
mod logs;
mod logs_operations;
mod misbehaviour;
mod misuse;
mod network;
mod parity;
mod parity_answers;
mod parity_connections;
mod plants;
mod resources;
mod route53;
mod sign;
mod signed;
