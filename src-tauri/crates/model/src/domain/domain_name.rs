//! The custom domain: REGIONAL, TLS 1.2, API mappings only (facts 6.1).

use serde_json::json;

use super::look::{Look, Turn, making, wait};
use super::next::{Next, Stage};
use super::{CertificateHere, Making};
use crate::plan::{call, object};

const HERE: Stage = Stage::Domain;
/// Between two CreateDomainName of an account (facts 5.1).
pub(super) const PACE: i64 = 30_000;

pub(super) fn turn(look: Look<'_>, certificate: Option<&CertificateHere>) -> Turn {
    let now = look.world.now;
    if let Some(domain) = look.domain() {
        if domain.status != "UPDATING" {
            return Ok(());
        }
        let what = "API Gateway sets the domain up (UPDATING); meanwhile it can't be changed.";
        return wait(HERE, what.to_owned(), look.world.created_domain_at, 60_000, 5_000);
    }
    let free = look.world.created_domain_at.map_or(now, |at| at.saturating_add(PACE));
    if free > now {
        let what = "AWS takes one CreateDomainName in 30 seconds, and one was sent just now.";
        return wait(HERE, what.to_owned(), look.world.created_domain_at, PACE, (free - now).min(PACE));
    }
    let arn = certificate.map(|c| c.arn.as_str()).unwrap_or_default();
    Err(Box::new(Next::Do { station: HERE, making: create(look, arn) }))
}

pub(super) fn create(look: Look<'_>, certificate: &str) -> Making {
    let goal = look.goal;
    let ip = if goal.dual_stack { "dualstack" } else { "ipv4" };
    let input = object(json!({
        "domainName": goal.domain_name,
        "domainNameConfigurations": [{
            "certificateArn": certificate,
            "endpointType": "REGIONAL",
            "ipAddressType": ip,
            "securityPolicy": "TLS_1_2",
        }],
        "routingMode": "API_MAPPING_ONLY",
        "tags": {"gatescope": "domain-wizard"},
    }));
    let effect = format!("REGIONAL, TLS 1.2, API mappings only, {ip}");
    let step = call("apigatewayv2", "CreateDomainName", format!("domain {}", goal.domain_name), effect.clone(), input);
    making("Create the domain", format!("The custom domain {}: {effect}.", goal.domain_name), vec![step])
}
