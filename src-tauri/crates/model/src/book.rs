//! The log of a stage as one book: execution log, access log and the functions' logs, sorted, joined, searched.
//!
//! Lines come in any order, late and twice; each costs constant work, memory is bounded, and what was let go is counted.
//! The page never holds the book: it asks for a few rows of what the filter shows. This module knows no clock and no
//! socket. Where to look next: `book/rows.rs`, what a page is shown.

mod rows;

pub use rows::*;
