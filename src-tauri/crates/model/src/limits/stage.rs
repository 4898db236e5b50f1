//! Stages and deployments. What a variable is used for is `variables`'s business.

use std::collections::HashSet;

use super::{Place, Problem, access_log};
use crate::api::{RouteSettings, Snapshot, Stage};
use crate::resource::Kind;

pub(super) fn check(base: &Snapshot, draft: &Snapshot, found: &mut Vec<Problem>) {
    let mut names = HashSet::new();
    for stage in &draft.stages {
        let before = base.stage(&stage.stage_name);
        let mut at = Place::new(found, Kind::Stage, &stage.stage_name);
        let name = stage.stage_name.as_str();
        let good = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        // facts 5.1.
        if name != "$default" && (name.is_empty() || name.len() > 128 || !name.bytes().all(good)) {
            at.refuse("stageName", "1 to 128 letters, digits, hyphens or underscores");
        } else if !names.insert(name) {
            at.refuse("stageName", "Stage already exists"); // facts 2, 8
        } else if name == "$default" {
            // facts 2, 1.
            at.warn("stageName", "execution logs of a WebSocket stage with this name were never found");
        }
        at.length("description", stage.description.as_deref(), 1024); // botocore
        deployment(&mut at, draft, stage, before);
        settings(&mut at, "defaultRouteSettings", &stage.default_route_settings);
        for (key, of_route) in &stage.route_settings {
            let member = format!("routeSettings/{key}");
            let had = before.is_some_and(|b| b.route_settings.contains_key(key));
            // Settings of a route that has gone since stay as they are.
            if draft.route(key).is_none() && !had && !draft.unread.contains_key("routes") {
                at.refuse(&member, format!("Unable to find Route by key {key} within the provided RouteSettings"));
            }
            settings(&mut at, &member, of_route);
        }
        if let Some(settings) = &stage.access_log_settings {
            access_log::check(&mut at, settings);
        }
        if let (Some(id), Some(around)) = (stage.client_certificate_id.as_deref(), &draft.surroundings)
            && !id.is_empty()
            && !around.unread.contains_key("clientCertificates")
            && !around.client_certificates.iter().any(|c| c.client_certificate_id == id)
        {
            at.refuse("clientCertificateId", format!("there is no client certificate {id}"));
        }
        at.tags(&stage.tags);
    }
    // facts 8.1.
    if draft.routes.is_empty() && !draft.unread.contains_key("routes") {
        let known = |id: &str| base.deployments.iter().any(|d| d.deployment_id == id);
        for deployment in draft.deployments.iter().filter(|d| !known(&d.deployment_id)) {
            let mut at = Place::new(found, Kind::Deployment, &deployment.deployment_id);
            at.refuse("deploymentId", "At least one route is required before deploying the Api");
        }
    }
    for deployment in &draft.deployments {
        let mut at = Place::new(found, Kind::Deployment, &deployment.deployment_id);
        at.length("description", deployment.description.as_deref(), 1024); // botocore
    }
}

/// What a stage serves (facts 2, 8; facts 8.1).
fn deployment(at: &mut Place<'_>, draft: &Snapshot, stage: &Stage, before: Option<&Stage>) {
    let Some(id) = stage.deployment_id.as_deref().filter(|id| !id.is_empty()) else { return };
    let changed = before.is_none_or(|b| b.deployment_id.as_deref() != Some(id));
    if stage.auto_deploy == Some(true) && changed {
        at.refuse("deploymentId", "a stage that deploys by itself can't be pointed at a deployment");
    } else if changed
        && !draft.unread.contains_key("deployments")
        && !draft.deployments.iter().any(|d| d.deployment_id == id)
    {
        at.refuse("deploymentId", format!("there is no deployment {id}"));
    }
}

/// Level and throttling.
fn settings(at: &mut Place<'_>, member: &str, settings: &RouteSettings) {
    at.one_of(&format!("{member}/loggingLevel"), settings.logging_level.as_deref(), &["OFF", "ERROR", "INFO"]);
    let zero = "0 refuses every request with 429; leave it empty for no limit"; // facts 2, 2.1
    let (rate, burst) = (settings.throttling_rate_limit, settings.throttling_burst_limit);
    match rate {
        Some(rate) if rate < 0.0 || !rate.is_finite() => {
            at.refuse(&format!("{member}/throttlingRateLimit"), "a number from 0 on");
        }
        Some(0.0) => at.warn(&format!("{member}/throttlingRateLimit"), zero),
        // The account's own limit (facts 5.1), which AWS raises on request.
        Some(rate) if rate > 10_000.0 => {
            at.warn(
                &format!("{member}/throttlingRateLimit"),
                "the account's own limit is 10000 a second, unless it was raised",
            );
        }
        _ => {}
    }
    match burst {
        Some(burst) if burst < 0 => at.refuse(&format!("{member}/throttlingBurstLimit"), "a whole number from 0 on"),
        Some(0) => at.warn(&format!("{member}/throttlingBurstLimit"), zero),
        Some(burst) if burst > 5_000 => {
            at.warn(&format!("{member}/throttlingBurstLimit"), "the account's own limit is 5000, unless it was raised");
        }
        _ => {}
    }
    if settings.data_trace_enabled == Some(true) && settings.logging_level.as_deref() == Some("OFF") {
        at.warn(&format!("{member}/dataTraceEnabled"), "data trace writes nothing while the level is OFF");
    }
}
