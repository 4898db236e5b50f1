//! `connection-gone`: the backend posts to a connection that is closed.

use super::case::{Case, Found};
use super::post_inside_connect;
use super::pushes::pushes;
use super::{Cause, Confidence};
use crate::verdict::{Evidence, Place};

pub(super) const CAUSE: Cause = Cause { id: "connection-gone", rule };

fn rule(case: &Case) -> Option<Found> {
    let gone = |p: &super::pushes::Push| p.status == Some(410) || p.says("GoneException");
    let push = pushes(case).into_iter().find(|p| gone(p) && !post_inside_connect::is_so(case, p))?;
    let id = push.connection_id();
    let own = id.as_deref().map(|id| post_inside_connect::is_own(case, id));
    let mut evidence = push.evidence;
    if own == Some(false) {
        evidence.push(Evidence {
            place: Place::Message,
            text: "it is another connection than the one that sent this".to_owned(),
        });
    }
    Some(Found {
        confidence: Confidence::Likely,
        title: match &id {
            Some(id) => format!("The backend posts to {id}, which is closed"),
            None => "The backend posts to a connection that is closed".to_owned(),
        },
        reason: "@connections answers 410 Gone for a connection that has ended. $disconnect is best effort, so a backend that keeps ids \
                 meets this in normal life."
            .to_owned(),
        fix: "Forget the id at 410, and go on with the others.".to_owned(),
        evidence,
        action: None,
    })
}
