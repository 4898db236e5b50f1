//! Custom domains as V1 shows them, those of V2 too: it alone shows EDGE ones and those that take TLS 1.0.
//!
//! Members: botocore's model of 2015-07-09. Only reading is here; what makes such domains is `plant.rs`.

use serde_json::{Value, json};

use super::{Desk, Reply};
use crate::answer::Refusal;
use crate::gateway_v2::domain::configuration;
use crate::resources::{Resource, text};

/// GetDomainName. The words of the 404 are recorded (facts 2 section 6).
pub(super) fn get(desk: &Desk<'_>, name: &str) -> Result<Reply, Refusal> {
    let found = desk.state.resources.get(&format!("domainnames/{name}")).filter(|_| !name.contains('/'));
    let unknown = || Refusal::not_found("Invalid domain name identifier specified");
    found.and_then(shown).map(|domain| (200, Some(domain))).ok_or_else(unknown)
}

fn shown(domain: &Resource) -> Option<Value> {
    let own = configuration(domain)?;
    let mut shown = json!({ "domainName": text(domain, "domainName"), "securityPolicy": text(own, "securityPolicy"),
        "domainNameStatus": text(own, "domainNameStatus"), "routingMode": text(domain, "routingMode"),
        "endpointConfiguration": { "types": [text(own, "endpointType")] } });
    let (target, zone) = (text(own, "apiGatewayDomainName"), text(own, "hostedZoneId"));
    let arn = text(own, "certificateArn");
    if text(own, "endpointType") == "EDGE" {
        shown["distributionDomainName"] = json!(target);
        shown["distributionHostedZoneId"] = json!(zone);
        shown["certificateArn"] = json!(arn);
    } else {
        shown["regionalDomainName"] = json!(target);
        shown["regionalHostedZoneId"] = json!(zone);
        shown["regionalCertificateArn"] = json!(arn);
    }
    if let Some(tags) = domain.get("tags") {
        shown["tags"] = tags.clone();
    }
    Some(shown)
}
