//! `integration-role-not-assumable`: the integration names a role that does not trust API Gateway.

use super::Cause;
use super::case::{Case, Found};
use crate::verdict::Action;

pub(super) const CAUSE: Cause = Cause { id: "integration-role-not-assumable", rule };

/// What lets API Gateway assume a role.
const TRUST: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": { "Service": "apigateway.amazonaws.com" },
      "Action": "sts:AssumeRole"
    }
  ]
}"#;

fn rule(case: &Case) -> Option<Found> {
    let (line, error) = case.configuration_error(&["does not have permission to assume the provided role"])?;
    let role = error.rsplit_once("role ").map(|(_, arn)| arn.trim()).filter(|arn| arn.starts_with("arn:"));
    Some(Found {
        confidence: case.by_log(),
        title: format!("API Gateway may not assume the role of {} integration", case.its()),
        reason: format!(
            "The integration calls its backend as {}, and that role’s trust policy does not name apigateway.amazonaws.com.",
            role.unwrap_or("a role")
        ),
        fix: "Let apigateway.amazonaws.com assume the role (sts:AssumeRole in its trust policy).".to_owned(),
        evidence: case
            .line(line, "says it in AWS’s words: API Gateway does not have permission to assume the provided role"),
        action: Some(Action::Copy { what: "Copy the trust policy".to_owned(), text: TRUST.to_owned() }),
    })
}
