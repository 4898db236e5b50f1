//! `log-role-refused`: there is a role for logs, and API Gateway can't use it.
//!
//! It is met when the role is set or a stage is changed, not when somebody connects: [`super::refused_update`] asks.

use super::Confidence;
use super::case::Found;
use crate::unlogged::ROLE_REFUSED;
use crate::verdict::{Action, Evidence, Place};

pub(super) const ID: &str = ROLE_REFUSED.0;

/// AWS's words (facts 7.1).
pub(super) fn refused(message: &str) -> Option<Found> {
    let rights = message.contains("The role ARN does not have required permissions configured");
    let writing = message.contains("API Gateway could not successfully write to CloudWatch Logs using the ARN");
    (rights || writing).then(|| Found {
        confidence: Confidence::Certain,
        title: ROLE_REFUSED.1.to_owned(),
        reason: "The role has to trust apigateway.amazonaws.com and to carry AmazonAPIGatewayPushToCloudWatchLogs; a narrower policy is \
                 refused. A role that was made a moment ago is refused too, until IAM has spread it."
            .to_owned(),
        fix: "Correct trust and policy; if the role is new, try again in some seconds.".to_owned(),
        evidence: vec![Evidence {
            place: Place::Config { path: "Account › CloudWatch role".to_owned(), route_key: None },
            text: message.to_owned(),
        }],
        action: Some(Action::Fix { route_key: String::new(), about: None }),
    })
}
