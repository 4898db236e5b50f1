//! `frame-too-large`: a frame or a message was larger than API Gateway takes.

use super::case::{Case, Found};
use super::ending::{code, ending};
use super::{Cause, Confidence};
use crate::verdict::{Evidence, Place};

pub(super) const CAUSE: Cause = Cause { id: "frame-too-large", rule };

/// Bytes of one frame, and of one message (facts 5.1).
const FRAME: usize = 32 * 1024;
const MESSAGE: usize = 128 * 1024;

fn rule(case: &Case) -> Option<Found> {
    let ending = ending(case).filter(|e| e.code == Some(1009))?;
    let large = ending.last_sent.map(|(bytes, _)| bytes).filter(|bytes| *bytes > FRAME);
    let mut evidence = vec![code(ending)];
    if let Some(bytes) = large {
        let limit = if bytes > MESSAGE { "a message may have 131072" } else { "a frame may have 32768" };
        evidence.push(Evidence { place: Place::Message, text: format!("{bytes} bytes were sent last; {limit}") });
    }
    Some(Found {
        confidence: if large.is_some() { Confidence::Certain } else { Confidence::Likely },
        title: match large {
            Some(bytes) => format!("{bytes} bytes in one frame are too many"),
            None => "A frame was too large".to_owned(),
        },
        reason: "API Gateway takes frames of at most 32 KB and messages of at most 128 KB, and closes the connection with 1009 at \
                 more."
            .to_owned(),
        fix: "Send less, or let the client split the message into frames of at most 32 KB; above 128 KB send a link to it."
            .to_owned(),
        evidence,
        action: None,
    })
}
