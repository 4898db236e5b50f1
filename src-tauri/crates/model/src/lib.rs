//! The nouns and the rules of Gatescope: what an API is made of, what a log line says, which line belongs to
//! which message, and why a handshake failed.
//!
//! Pure: text and values in, values out. This crate may not know a clock, a file, a socket, an async runtime or
//! AWS's SDK; time comes in as an argument. Everything that crosses to the window derives its TypeScript type here.
//! Where to look next: [`log`] (lines), [`correlate`] (pairs), [`diagnose`] (causes), [`plan`] (changes as calls).

pub mod access_log;
pub mod alias;
pub mod api;
pub mod authorizer;
pub mod book;
pub mod conversation;
pub mod correlate;
pub mod diagnose;
pub mod diff;
pub mod doctor;
pub mod domain;
pub mod explain;
pub mod function_log;
pub mod guided;
pub mod handshake;
pub mod limits;
pub mod log;
pub mod log_cost;
pub mod log_expression;
pub mod log_pattern;
pub mod log_settings;
pub mod merge;
pub mod no_log;
pub mod permission;
pub mod plan;
pub mod policy;
pub mod probe;
pub mod redact;
pub mod resource;
pub mod review;
pub mod schema;
pub mod selection;
pub mod snippet;
pub mod starter;
pub mod surroundings;
pub mod template;
mod unlogged;
pub mod verdict;
pub mod when;
