//! Why it failed: the rules that turn evidence into ranked causes, one file a cause.
//!
//! Pure: all that is known comes in as [`Facts`], a [`Verdict`] comes out, again for each new piece of evidence. A cause is
//! `Certain` only when AWS's own sentence stands in a line of the request that an id ties to the failure, or when the
//! evidence leaves no other explanation. Lines that carry foreign text (bodies, headers) are never searched for AWS's words.
//! Where to look next: `diagnose/case.rs`, what a rule can ask; [`fix`], the drafts that remove a cause.

mod ask;
mod case;
mod config;
pub(crate) mod docs;
mod facts;
mod fix;

mod api_key_missing;
mod api_key_not_in_plan;
mod authorizer_denied;
mod authorizer_identity_missing;
mod authorizer_malformed;
mod authorizer_permission_missing;
mod authorizer_unauthorized;
mod authorizer_wrong_resource;
mod backend_rejected;
mod backend_rejects_websocket_version;
mod body_not_base64;
mod duplicate_authorization_header;
mod get_drops_body;
mod iam_denied;
mod iam_signature_invalid;
mod iam_unsigned;
mod integration_network;
mod integration_response_missing;
mod integration_role_denied;
mod integration_role_not_assumable;
mod integration_timeout;
mod integration_uri_invalid;
mod lambda_error;
mod lambda_malformed_response;
mod lambda_permission_missing;
mod lambda_rejected;
mod lambda_timeout;
mod logging_off;
mod logs_pending;
mod mapped_header_forbidden;
mod mock_status_missing;
mod model_validation_failed;
mod quota_exceeded;
mod request_template_failed;
mod response_template_failed;
mod route_not_found;
mod route_without_integration;
mod stage_variable_missing;
mod throttle_zero;
mod throttled;
mod unsupported_media_type;
mod vpc_link_unavailable;

use crate::verdict::{Confidence, Finding, Verdict};

use case::{Case, Found};
pub(crate) use config::integration::missing_status;
pub use config::{RouteProblem, route_problems, route_problems_at};
pub use facts::{Beside, EndedBy, Ending, Facts, Logging};
pub use fix::{FixAt, fix};

/// A cause: its public id, and how it is recognised.
struct Cause {
    id: &'static str,
    rule: fn(&Case) -> Option<Found>,
}

/// All causes; where two are equally sure, the upper one comes first.
const CAUSES: &[Cause] = &[
    mock_status_missing::CAUSE,
    integration_response_missing::CAUSE,
    authorizer_permission_missing::CAUSE,
    authorizer_malformed::CAUSE,
    authorizer_identity_missing::CAUSE,
    authorizer_unauthorized::CAUSE,
    authorizer_denied::CAUSE,
    authorizer_wrong_resource::CAUSE,
    duplicate_authorization_header::CAUSE,
    iam_signature_invalid::CAUSE,
    iam_denied::CAUSE,
    iam_unsigned::CAUSE,
    api_key_missing::CAUSE,
    api_key_not_in_plan::CAUSE,
    throttle_zero::CAUSE,
    quota_exceeded::CAUSE,
    throttled::CAUSE,
    lambda_permission_missing::CAUSE,
    lambda_timeout::CAUSE,
    lambda_error::CAUSE,
    lambda_malformed_response::CAUSE,
    vpc_link_unavailable::CAUSE,
    integration_timeout::CAUSE,
    integration_network::CAUSE,
    stage_variable_missing::CAUSE,
    integration_uri_invalid::CAUSE,
    integration_role_not_assumable::CAUSE,
    integration_role_denied::CAUSE,
    request_template_failed::CAUSE,
    response_template_failed::CAUSE,
    body_not_base64::CAUSE,
    mapped_header_forbidden::CAUSE,
    unsupported_media_type::CAUSE,
    model_validation_failed::CAUSE,
    route_not_found::CAUSE,
    route_without_integration::CAUSE,
    lambda_rejected::CAUSE,
    backend_rejects_websocket_version::CAUSE,
    get_drops_body::CAUSE,
    backend_rejected::CAUSE,
    logging_off::CAUSE,
    logs_pending::CAUSE,
];

/// Whether there is a rule for the cause with this id.
#[must_use]
pub fn knows(id: &str) -> bool {
    CAUSES.iter().any(|cause| cause.id == id)
}

/// What the evidence says, best cause first. Nothing is found where nothing failed.
#[must_use]
pub fn diagnose(facts: &Facts) -> Verdict {
    let told = facts.handshake.is_some() || facts.frame.is_some() || facts.message.is_some();
    if !told && facts.request.is_none_or(|request| !request.suspicious) {
        return Verdict::default();
    }
    let case = Case::new(facts);
    if !case.failed() {
        return Verdict::default();
    }
    let mut findings: Vec<Finding> =
        CAUSES.iter().filter_map(|cause| (cause.rule)(&case).map(|found| found.named(cause.id))).collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.confidence));
    let settled = findings.first().is_some_and(|best| best.confidence == Confidence::Certain);
    let (looked_at, mut would_help) = if settled { Default::default() } else { (case.looked_at(), case.would_help()) };
    if !settled && would_help.is_empty() && !findings.is_empty() {
        would_help.push("What the first cause says to do: the next attempt shows whether it was that.".to_owned());
    }
    Verdict { findings, looked_at, would_help }
}
