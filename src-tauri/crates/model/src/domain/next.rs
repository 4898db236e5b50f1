//! The order of the stations, and what comes next.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::look::{Look, Turn};
use super::{
    Goal, Making, WantedRecord, World, alias_record, certificate, domain_name, mapping, pre_flight, refusal,
    validation, verify,
};

/// The stations, in order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "StationId")]
pub enum Stage {
    /// Whether it can be done at all.
    #[default]
    PreFlight,
    /// A certificate that fits.
    Certificate,
    /// The record that proves the name.
    Validation,
    /// The custom domain.
    Domain,
    /// The mapping.
    Mapping,
    /// The record by which clients find it.
    Alias,
    /// Whether it answers.
    Verify,
    /// Where backends push.
    Callback,
    /// The generated endpoint, off.
    Endpoint,
}

impl Next {
    /// Of which station it is; `None`: all stand.
    #[must_use]
    pub const fn station(&self) -> Option<Stage> {
        match self {
            Self::Read { station, .. }
            | Self::Do { station, .. }
            | Self::Wait { station, .. }
            | Self::ByHand { station, .. }
            | Self::Blocked { station, .. } => Some(*station),
            Self::Verify { .. } => Some(Stage::Verify),
            Self::Done => None,
        }
    }
}

/// What comes next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Next {
    /// Something has to be read first: the `app` reads it and asks again.
    Read {
        /// For which station.
        station: Stage,
        /// What, in words.
        what: String,
    },
    /// A writing step, with its exact calls; done once, by a click.
    Do {
        /// Of which station.
        station: Stage,
        /// What it makes, and how.
        making: Making,
    },
    /// The world needs time.
    Wait {
        /// Of which station.
        station: Stage,
        /// For what, in words.
        what: String,
        /// Milliseconds since 1970 at which the wait began, where the world tells.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        since: Option<i64>,
        /// How long it usually takes, in milliseconds.
        usual_ms: i64,
        /// When to look again, in milliseconds from now.
        look_again_ms: i64,
    },
    /// Records that a person writes where the zone is; they are watched in public DNS.
    ByHand {
        /// Of which station.
        station: Stage,
        /// What is expected, and what stands there now.
        records: Vec<WantedRecord>,
        /// When to look again, in milliseconds from now.
        look_again_ms: i64,
    },
    /// Dial it: the `app` tries the address and puts a [`super::Verification`] into the world.
    Verify {
        /// Only straight to the target: DNS does not know it yet.
        direct: bool,
    },
    /// Nothing goes on without a person.
    Blocked {
        /// At which station.
        station: Stage,
        /// Why; the page has no words of its own for it.
        reason: Reason,
        /// What is so, in a sentence.
        words: String,
        /// What to do.
        way_out: String,
    },
    /// `wss://…` answers.
    Done,
}

/// Why it is blocked. A closed set: feature rows 10.09, 10.10 and facts 6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Reason {
    /// The name, the key or the host below a wildcard is not one.
    BadName,
    /// The key has characters or levels that no WebSocket mapping has.
    BadKey,
    /// No such API, or it is none of WebSocket.
    NoApi,
    /// No such stage.
    NoStage,
    /// The stage has no deployment.
    NotDeployed,
    /// An HTTP or REST API is mapped on the name.
    MixedProtocols,
    /// The domain is EDGE or PRIVATE.
    NotRegional,
    /// The domain takes TLS 1.0.
    OldTls,
    /// The domain goes by routing rules only.
    RoutingRulesOnly,
    /// The domain waits for something that is not ours (ownership, reimport).
    DomainPending,
    /// Somebody else's account has the name.
    OwnedElsewhere,
    /// The key leads elsewhere already.
    KeyTaken,
    /// The only certificate is in another region.
    CertificateElsewhere,
    /// The certificate failed, timed out, was revoked or expired.
    CertificateFailed,
    /// A wildcard domain with an imported certificate.
    ImportedWildcard,
    /// There is no hosted zone for the name.
    NoZone,
    /// The only hosted zone for the name is private.
    PrivateZone,
    /// The zone is not the one that its registrar names.
    ZoneNotDelegated,
    /// An apex name, and DNS elsewhere: a CNAME cannot stand there.
    ApexWithoutAlias,
    /// Another record stands at the name.
    RecordTaken,
    /// The validation record's name has another value, or the zone's name stands in it twice.
    WrongRecord,
    /// AWS refused to be asked or to do it, and asking again will not help.
    Refused,
    /// A quota is used up.
    Quota,
    /// The address does not answer as it should; which link broke is in the words.
    DoesNotAnswer,
}

/// What comes next, whatever the world is like.
#[must_use]
pub fn next_step(goal: &Goal, world: &World) -> Next {
    let look = Look { goal, world };
    match line(look) {
        Ok(()) => Next::Done,
        Err(next) => refusal::after(look, *next),
    }
}

/// The stations, one after the other, up to the first that does not stand.
fn line(look: Look<'_>) -> Turn {
    pre_flight::turn(look)?;
    let certificate = certificate::turn(look)?;
    validation::turn(look, certificate)?;
    domain_name::turn(look, certificate)?;
    mapping::turn(look)?;
    alias_record::turn(look)?;
    verify::turn(look)
}
