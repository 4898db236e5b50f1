//! Why it failed: the rules that turn evidence into ranked causes, one file a cause.
//!
//! Pure: all that is known comes in as [`Facts`], a [`Verdict`] comes out, again for each new piece of evidence. A cause is
//! `Certain` only when AWS's own sentence stands in a line of the request that an id ties to the failure, or when the
//! evidence leaves no other explanation. Lines that carry foreign text (bodies, headers) are never searched for AWS's words.
//! Where to look next: `diagnose/case.rs`, what a rule can ask; [`fix`], the drafts that remove a cause.

mod address;
mod ask;
mod case;
mod config;
pub(crate) mod docs;
mod ending;
mod facts;
mod fix;
mod pushes;
mod since;

mod api_key_missing;
mod api_key_not_in_plan;
mod api_not_found;
mod authorizer_denied;
mod authorizer_identity_missing;
mod authorizer_malformed;
mod authorizer_permission_missing;
mod authorizer_unauthorized;
mod authorizer_wrong_resource;
mod backend_rejected;
mod backend_rejects_websocket_version;
mod binary_not_supported;
mod body_not_base64;
mod callback_endpoint_disabled;
mod callback_url_wrong;
mod closed_by_backend;
mod connection_gone;
mod connection_id_invalid;
mod connection_lost;
mod dns_not_found;
mod dns_wrong_target;
mod duplicate_authorization_header;
mod execute_api_disabled;
mod frame_too_large;
mod get_drops_body;
mod iam_denied;
mod iam_signature_invalid;
mod iam_unsigned;
mod idle_timeout;
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
mod log_role_missing;
mod log_role_refused;
mod logging_off;
mod logs_pending;
mod manage_connections_denied;
mod mapped_header_forbidden;
mod mapping_missing;
mod max_duration;
mod mock_status_missing;
mod model_validation_failed;
mod never_logged;
mod no_route_response;
mod not_a_websocket;
mod payload_too_large;
mod post_inside_connect;
mod quota_exceeded;
mod request_template_failed;
mod response_template_failed;
mod route_not_found;
mod route_selection_wrong;
mod route_without_integration;
mod settings_propagating;
mod stage_in_domain_path;
mod stage_named_default;
mod stage_not_deployed;
mod stage_not_found;
mod stage_variable_missing;
mod throttle_zero;
mod throttled;
mod tls_name_mismatch;
mod tls_untrusted;
mod tls_version;
mod undeployed_changes;
mod unsupported_media_type;
mod vpc_link_unavailable;

use crate::probe::Probe;
use crate::verdict::{Confidence, Finding, Place, Verdict};

use case::{Case, Found};
pub use config::integration::link_of;
pub(crate) use config::integration::missing_status;
pub use config::{RouteProblem, drops_messages, route_problems, route_problems_at};
pub use facts::{Beside, EndedBy, Ending, Facts, Logging, Since, Undeployed, Unread};
pub use fix::{FixAt, fix};

/// A cause: its public id, and how it is recognised.
struct Cause {
    id: &'static str,
    rule: fn(&Case) -> Option<Found>,
}

/// All causes; where two are equally sure, the upper one comes first.
const CAUSES: &[Cause] = &[
    undeployed_changes::CAUSE,
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
    route_selection_wrong::CAUSE,
    route_not_found::CAUSE,
    route_without_integration::CAUSE,
    post_inside_connect::CAUSE,
    callback_url_wrong::CAUSE,
    callback_endpoint_disabled::CAUSE,
    manage_connections_denied::CAUSE,
    connection_id_invalid::CAUSE,
    payload_too_large::CAUSE,
    connection_gone::CAUSE,
    lambda_rejected::CAUSE,
    backend_rejects_websocket_version::CAUSE,
    get_drops_body::CAUSE,
    backend_rejected::CAUSE,
    stage_in_domain_path::CAUSE,
    mapping_missing::CAUSE,
    stage_not_found::CAUSE,
    stage_not_deployed::CAUSE,
    execute_api_disabled::CAUSE,
    api_not_found::CAUSE,
    dns_wrong_target::CAUSE,
    dns_not_found::CAUSE,
    tls_name_mismatch::CAUSE,
    tls_version::CAUSE,
    tls_untrusted::CAUSE,
    not_a_websocket::CAUSE,
    stage_named_default::CAUSE,
    settings_propagating::CAUSE,
    logging_off::CAUSE,
    logs_pending::CAUSE,
    never_logged::CAUSE,
];

/// Causes for which a connection ends that nobody here closed.
const ENDS: &[Cause] = &[
    max_duration::CAUSE,
    idle_timeout::CAUSE,
    binary_not_supported::CAUSE,
    frame_too_large::CAUSE,
    closed_by_backend::CAUSE,
    connection_lost::CAUSE,
];

/// What may be wrong with a message that went through.
const QUIET: &[Cause] = &[route_selection_wrong::CAUSE, no_route_response::CAUSE];

/// An answer in a function's or a backend's own words; what it says of `@connections` goes deeper than that it said no.
const SHALLOW: [&str; 2] = ["backend-rejected", "lambda-rejected"];
const DEEPER: [&str; 7] = [
    "post-inside-connect",
    "callback-url-wrong",
    "callback-endpoint-disabled",
    "manage-connections-denied",
    "connection-id-invalid",
    "payload-too-large",
    "connection-gone",
];

/// Whether there is a rule for the cause with this id.
#[must_use]
pub fn knows(id: &str) -> bool {
    let refused = [log_role_missing::ID, log_role_refused::ID];
    [CAUSES, ENDS, QUIET].into_iter().flatten().any(|cause| cause.id == id) || refused.contains(&id)
}

/// Why AWS refused a change of a stage or of the account's log role, where its words are about logs.
#[must_use]
pub fn refused_update(message: &str) -> Option<Finding> {
    let missing = || log_role_missing::refused(message).map(|found| found.named(log_role_missing::ID));
    missing().or_else(|| log_role_refused::refused(message).map(|found| found.named(log_role_refused::ID)))
}

/// What the evidence says, best cause first. Nothing is found where nothing failed, ended or went astray.
#[must_use]
pub fn diagnose(facts: &Facts) -> Verdict {
    let told = facts.handshake.is_some() || facts.frame.is_some();
    let asked = facts.ending.is_some() || facts.message.is_some() || !facts.beside.is_empty();
    if !told && !asked && facts.request.is_none_or(|request| !request.suspicious) {
        return Verdict::default();
    }
    let case = Case::new(facts);
    let causes: Vec<&Cause> = match (case.ended(), case.failed()) {
        (true, true) => ENDS.iter().chain(CAUSES).collect(),
        (true, false) => ENDS.iter().collect(),
        (false, true) => CAUSES.iter().collect(),
        (false, false) if case.went_through() => QUIET.iter().collect(),
        (false, false) => return Verdict::default(),
    };
    let mut findings: Vec<Finding> =
        causes.iter().filter_map(|cause| (cause.rule)(&case).map(|found| found.named(cause.id))).collect();
    // What the configuration has put right already fails only because that is not deployed: both are named, that one first.
    if findings.iter().any(|f| f.cause == undeployed_changes::CAUSE.id && f.confidence >= Confidence::Likely) {
        for other in findings.iter_mut().filter(|f| f.cause != undeployed_changes::CAUSE.id) {
            other.confidence = other.confidence.min(Confidence::Likely);
        }
    }
    let deeper = |f: &Finding| f.confidence >= Confidence::Likely && DEEPER.contains(&f.cause.as_str());
    if findings.iter().any(deeper) {
        for shallow in findings.iter_mut().filter(|f| SHALLOW.contains(&f.cause.as_str())) {
            shallow.confidence = shallow.confidence.min(Confidence::Likely);
        }
    }
    findings.iter_mut().for_each(|finding| since::settle(finding, facts));
    // A function's own log says why it crashed: that goes before the fact that it did.
    let of_the_function = |f: &Finding| f.evidence.iter().any(|e| matches!(e.place, Place::Beside { .. }));
    let told = findings.iter().any(|f| deeper(f) && of_the_function(f));
    let later = |f: &Finding| told && f.cause == lambda_error::CAUSE.id;
    findings.sort_by_key(|finding| (std::cmp::Reverse(finding.confidence), later(finding)));
    let settled = findings.first().is_some_and(|best| best.confidence == Confidence::Certain);
    // A message that went through needs no more than what was found.
    let enough = settled || (case.went_through() && !case.failed());
    let (looked_at, mut would_help) = if enough { Default::default() } else { (case.looked_at(), case.would_help()) };
    if !enough && would_help.is_empty() && !findings.is_empty() {
        would_help.push("What the first cause says to do: the next attempt shows whether it was that.".to_owned());
    }
    let asked = facts.probes.iter().map(Probe::words).collect();
    Verdict { findings, looked_at, would_help, asked }
}
