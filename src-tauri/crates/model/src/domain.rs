//! From nothing to `wss://api.example.com/chat`: what the wizard does next, told from what stands in the world.
//!
//! Pure and total: a [`Goal`] and the [`World`] as it was read go in, one [`Next`] and the line of [`Station`]s come out.
//! Nothing is remembered between two answers, so it goes on wherever the world stands, whoever brought it there. It may not
//! know how facts are read or calls are sent. Where to look next: `domain/next.rs`, the order of the stations; one file a
//! station beside it; `domain/undo.rs`, the way back; `domain/hand_over.rs`, the result as other people's text.

pub mod callback;
mod goal;
pub mod hand_over;
mod next;
mod station;
mod world;

pub use goal::{DnsHost, Goal};
pub use next::{Next, Reason, Stage as StationId, next_step};
pub use station::{Making, Station, StationState, WantedRecord, stations};
pub use world::{
    ApiHere, Asked, CertificateHere, Check, CheckKind, CheckState, DomainHere, MappingHere, Resolved, Validation,
    Verification, World, ZoneHere,
};
