//! `log-role-missing`: the account lets API Gateway write no logs in this region, so a stage cannot turn them on.
//!
//! It is met when a stage is changed, not when somebody connects: [`super::refused_update`] asks.

use super::Confidence;
use super::case::Found;
use crate::unlogged::ROLE_MISSING;
use crate::verdict::{Action, Evidence, Place};

pub(super) const ID: &str = ROLE_MISSING.0;

/// AWS's words (facts 2.3 row 56).
pub(super) fn refused(message: &str) -> Option<Found> {
    message.contains("CloudWatch Logs role ARN must be set in account settings").then(|| Found {
        confidence: Confidence::Certain,
        title: ROLE_MISSING.1.to_owned(),
        reason: "Logs are written with a role that is set once for an account and region, for all its APIs. None is set here, so no \
                 stage can turn logs on: neither execution logs nor access logs."
            .to_owned(),
        fix: "Create the role and set it in the account’s settings, then try again.".to_owned(),
        evidence: vec![Evidence {
            place: Place::Config { path: "Account › CloudWatch role".to_owned(), route_key: None },
            text: "not set in this region".to_owned(),
        }],
        action: Some(Action::Fix { route_key: String::new(), about: None }),
    })
}
