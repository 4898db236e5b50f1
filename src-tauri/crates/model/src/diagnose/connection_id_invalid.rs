//! `connection-id-invalid`: what the backend posts to is no connection id.

use super::case::{Case, Found};
use super::pushes::pushes;
use super::{Cause, Confidence};

pub(super) const CAUSE: Cause = Cause { id: "connection-id-invalid", rule };

fn rule(case: &Case) -> Option<Found> {
    let push = pushes(case).into_iter().find(|p| p.says("Invalid connectionId") || p.status == Some(400))?;
    let id = push.connection_id();
    Some(Found {
        // @connections answers 400 to nothing else (facts 2, 2.3).
        confidence: Confidence::Likely,
        title: match &id {
            Some(id) => format!("The backend posts to “{id}”, which is no connection id"),
            None => "The backend posts to something that is no connection id".to_owned(),
        },
        reason: "@connections answers 400 to an id that API Gateway never gave: changed, cut, or encoded twice. Its id is opaque and \
                 ends with =, which stands as %3D in the path."
            .to_owned(),
        fix: "Post to requestContext.connectionId ($context.connectionId) as it came, URL-encoded once.".to_owned(),
        evidence: push.evidence,
        action: None,
    })
}
