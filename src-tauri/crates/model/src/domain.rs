//! From nothing to `wss://api.example.com/chat`: what the wizard does next, told from what stands in the world.
//!
//! Pure and total: a [`Goal`] and the [`World`] as it was read go in, one [`Next`] and the line of [`Station`]s come out.
//! Nothing is remembered between two answers, so it goes on wherever the world stands, whoever brought it there. It may not
//! know how facts are read or calls are sent. Where to look next: `domain/next.rs`, the order of the stations; one file a
//! station beside it; `domain/look.rs`, what has to be read; `domain/undo.rs`, the way back; `domain/hand_over.rs`, the result as other people's text.

mod alias_record;
pub mod callback;
mod certificate;
mod domain_name;
mod goal;
pub mod hand_over;
pub mod list;
mod look;
mod mapping;
mod name;
mod next;
mod pre_flight;
mod refusal;
mod station;
pub mod undo;
mod validation;
mod verify;
mod world;
mod zone;

pub use goal::{DnsHost, Goal};
pub use look::{Fact, Unread, unread, wants};
pub use next::{Next, Reason, Stage as StationId, next_step};
pub use station::{Consent, Making, Station, StationState, WantedRecord, stations};
pub use world::{
    ApiHere, Asked, CertificateHere, Check, CheckKind, CheckState, DomainHere, MappingHere, Refusal, Resolved,
    Validation, Verification, World, ZoneHere,
};
