//! The rules of the house as tests: who may import whom, how a file opens, how long it gets, which words stay out.
//!
//! Each check takes text and gives violations, so it is tried on a planted one before it judges the real tree.
//! It may not know what the code does: `cargo metadata` and the sources are all it reads.
//! The arrows are in `crates.rs` (Rust) and `page.rs` (the window's page); the rest is in `sources.rs`.

mod crates;
mod page;
mod sources;
mod tree;

/// Fails with all violations at once, one a line.
#[track_caller]
fn none(violations: Vec<String>) {
    assert!(violations.is_empty(), "\n{}\n", violations.join("\n"));
}

/// A planted violation must be found, and named.
#[track_caller]
fn found(violations: &[String], what: &str) {
    assert!(violations.iter().any(|v| v.contains(what)), "not found: {what:?} in {violations:?}");
}
