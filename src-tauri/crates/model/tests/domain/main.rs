//! The custom-domain wizard's engine: each situation by itself, and all of them against a small AWS.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod attention;
mod back;
mod just_now;
mod property;
mod sim;
mod situations;
