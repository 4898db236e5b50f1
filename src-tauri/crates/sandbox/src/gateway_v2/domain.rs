//! Custom domain names: one REGIONAL configuration with a certificate of ACM that is issued and covers the name.
//!
//! Texts are recorded (facts 2 section 6) where no line says `assumed`.

use std::collections::BTreeMap;

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Desk;
use crate::World;
use crate::acm::{self, Source};
use crate::answer::Refusal;
use crate::network::names::hosted_zone;
use crate::resources::{Resource, text};
use crate::route53::name;
use crate::state::State;

/// Recorded (facts 6.1 #3).
const ONLY_REGIONAL: &str = "Only REGIONAL domain names can be managed through the API Gateway V2 API. For EDGE domain \
    names, please use the API Gateway V1 API. Also note that only REST APIs can be attached to EDGE domain names.";
/// Recorded (facts 2 section 6).
const ONLY_TLS_1_2: &str = "Only REGIONAL domain names with a security policy of TLS 1.2 can be managed through the API \
    Gateway V2 API. For TLS 1.0 domain names, please use the API Gateway V1 API to upgrade your security policy to TLS \
    1.2. Currently, only REST APIs can be attached to a domain name with a security policy of TLS 1.0.";

/// Between two changes of domains (facts 5.1).
const PACE: i64 = 30_000;

/// What it keeps beside the resources.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Kept {
    /// Until when a domain is UPDATING.
    updating: BTreeMap<String, i64>,
    /// When each operation was last admitted.
    admitted: BTreeMap<String, i64>,
}

/// A domain as it is sent.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Shape {
    domain_name: String,
    #[serde(default)]
    domain_name_configurations: Vec<Configuration>,
    mutual_tls_authentication: Option<Resource>,
    routing_mode: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Configuration {
    certificate_arn: Option<String>,
    certificate_name: Option<String>,
    endpoint_type: Option<String>,
    ip_address_type: Option<String>,
    ownership_verification_certificate_arn: Option<String>,
    security_policy: Option<String>,
}

/// Whether every member has its type.
pub(crate) fn fits(resource: &Resource) -> Result<(), serde_json::Error> {
    shape(resource).map(drop)
}

fn shape(resource: &Resource) -> Result<Shape, serde_json::Error> {
    serde_json::from_value(Value::Object(resource.clone()))
}

/// A domain's only configuration.
pub(crate) fn configuration(domain: &Resource) -> Option<&Resource> {
    domain.get("domainNameConfigurations")?.as_array()?.first()?.as_object()
}

/// The domain that a host name belongs to: its own, or the wildcard above it.
pub(crate) fn owner<'a>(state: &'a State, host: &str) -> Option<&'a str> {
    if host.contains('/') {
        return None;
    }
    let get = |name: &str| state.resources.get(&format!("domainnames/{name}"));
    let domain = get(host).or_else(|| get(&format!("*.{}", host.split_once('.')?.1)))?;
    Some(text(domain, "domainName"))
}

/// The domain whose regional endpoint this is, and whether it has an IPv6 address.
pub(crate) fn at_endpoint(state: &State, host: &str) -> Option<(String, bool)> {
    state.resources.list("domainnames").find_map(|(name, domain)| {
        let own = configuration(domain)?;
        let here = text(own, "apiGatewayDomainName") == host;
        here.then(|| (name.to_owned(), text(own, "ipAddressType") == "dualstack"))
    })
}

/// Whether V2 has to do with a domain at all. That reading is refused too, and PRIVATE ones in the same words, is assumed.
pub(super) fn may_manage(desk: &Desk<'_>, path: &[&str]) -> Result<(), Refusal> {
    let ["domainnames", name, ..] = path else { return Ok(()) };
    let Some(own) = desk.state.resources.get(&format!("domainnames/{name}")).and_then(configuration) else {
        return Ok(());
    };
    match (text(own, "endpointType"), text(own, "securityPolicy")) {
        ("REGIONAL", "TLS_1_0") => Err(Refusal::bad_request(ONLY_TLS_1_2)),
        ("REGIONAL", _) => Ok(()),
        _ => Err(Refusal::bad_request(ONLY_REGIONAL)),
    }
}

/// Ends what is over, and refuses what comes too soon after another call.
pub(super) fn admit(desk: &mut Desk<'_>, method: &Method, path: &[&str]) -> Result<(), Refusal> {
    let now = desk.world.clock.now();
    settle(desk.state, now);
    if path.first() != Some(&"domainnames") || path.len() > 2 || *method == Method::GET {
        return Ok(());
    }
    acm::settle(desk.world, desk.state);
    if desk.world.options.slow_domains {
        let last = desk.state.domains.admitted.get(method.as_str());
        if last.is_some_and(|last| now - last < PACE) {
            return Err(Refusal::new(429, "TooManyRequestsException", "Too Many Requests"));
        }
        desk.state.domains.admitted.insert(method.to_string(), now);
    }
    if let [_, domain] = path
        && desk.state.domains.updating.contains_key(*domain)
    {
        // That it can't be modified is in the API reference; the words are assumed.
        return Err(Refusal::conflict("The domain name is being updated. Please try again later."));
    }
    Ok(())
}

fn settle(state: &mut State, now: i64) {
    let State { domains, resources, .. } = state;
    domains.updating.retain(|name, until| {
        let over = *until <= now;
        if over && let Some(domain) = resources.get_mut(&format!("domainnames/{name}")) {
            set_status(domain, "AVAILABLE");
        }
        !over
    });
}

fn set_status(domain: &mut Resource, status: &str) {
    let configurations = domain.get_mut("domainNameConfigurations").and_then(Value::as_array_mut);
    for configuration in configurations.into_iter().flatten() {
        configuration["domainNameStatus"] = json!(status);
    }
}

/// The new state of a domain.
pub(super) fn check(desk: &Desk<'_>, path: &str, domain: &mut Resource, new: bool) -> Result<(), Refusal> {
    let sent = shape(domain).map_err(|e| Refusal::bad_request(format!("Invalid request input: {e}")))?;
    let name = sent.domain_name.as_str();
    if new {
        check_name(name)?;
    }
    let [wanted] = sent.domain_name_configurations.as_slice() else {
        return Err(Refusal::bad_request("Invalid input. Expected one domain name configuration"));
    };
    // Both are assumed: facts 6 end, nothing says that WebSocket APIs have them.
    if sent.mutual_tls_authentication.is_some_and(|m| !text(&m, "truststoreUri").is_empty())
        || wanted.ownership_verification_certificate_arn.is_some()
    {
        return Err(Refusal::bad_request("Mutual TLS is not supported for domain names of WebSocket APIs"));
    }
    let mode = sent.routing_mode.as_deref().unwrap_or("API_MAPPING_ONLY");
    if !["API_MAPPING_ONLY", "ROUTING_RULE_ONLY", "ROUTING_RULE_THEN_API_MAPPING"].contains(&mode) {
        return Err(Refusal::bad_request(format!("Invalid routing mode: {mode}"))); // assumed
    }
    check_configuration(wanted)?;
    let arn = wanted.certificate_arn.as_deref().unwrap_or_default();
    check_certificate(desk, name, arn)?;
    let old = desk.state.resources.get(path);
    if new && (old.is_some() || desk.state.plants.is_taken(name)) {
        return Err(Refusal::bad_request("The domain name you provided already exists."));
    }
    let region = &desk.world.options.region;
    let endpoint = match old.and_then(configuration) {
        Some(own) => text(own, "apiGatewayDomainName").to_owned(),
        None => format!("d-{}.execute-api.{region}.amazonaws.com", desk.world.ids.alphanumeric(10)),
    };
    let mut own = json!({ "apiGatewayDomainName": endpoint, "certificateArn": arn, "domainNameStatus": "AVAILABLE",
        "endpointType": "REGIONAL", "hostedZoneId": hosted_zone(region),
        "ipAddressType": wanted.ip_address_type.as_deref().unwrap_or("ipv4"), "securityPolicy": "TLS_1_2" });
    if let Some(given) = &wanted.certificate_name {
        own["certificateName"] = json!(given);
    }
    domain.insert("domainNameConfigurations".into(), json!([own]));
    domain.insert("routingMode".into(), json!(mode));
    domain.shift_remove("mutualTlsAuthentication");
    if new {
        domain.insert("apiMappingSelectionExpression".into(), json!("$request.basepath"));
        // Assumed form, after those of tags (facts 8.1).
        domain.insert("domainNameArn".into(), json!(format!("arn:aws:apigateway:{region}::/domainnames/{name}")));
    }
    Ok(())
}

/// A DNS name in lower case, which may begin with `*.`; the texts are assumed.
fn check_name(name: &str) -> Result<(), Refusal> {
    let base = name.strip_prefix("*.").unwrap_or(name);
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.';
    if !base.contains('.') || base.ends_with('.') || !base.bytes().all(allowed) || name::canonical(base).is_err() {
        let message = "The domain name must be a lower-case DNS name such as api.example.com or *.example.com";
        return Err(Refusal::bad_request(message));
    }
    Ok(())
}

fn check_configuration(wanted: &Configuration) -> Result<(), Refusal> {
    match wanted.endpoint_type.as_deref() {
        None | Some("REGIONAL") => {}
        Some("EDGE") => {
            return Err(Refusal::bad_request(ONLY_REGIONAL));
        }
        Some(other) => return Err(Refusal::bad_request(format!("Invalid endpoint type: {other}"))), // assumed
    }
    match wanted.security_policy.as_deref() {
        None | Some("TLS_1_2") => {}
        Some("TLS_1_0") => {
            return Err(Refusal::bad_request(ONLY_TLS_1_2));
        }
        Some(other) => return Err(Refusal::bad_request(format!("Invalid security policy: {other}"))), // assumed
    }
    match wanted.ip_address_type.as_deref() {
        None | Some("ipv4" | "dualstack") => Ok(()),
        Some(other) => Err(Refusal::bad_request(format!("Invalid IP address type: {other}"))), // assumed
    }
}

/// There, in this region, issued, for this name.
fn check_certificate(desk: &Desk<'_>, name: &str, arn: &str) -> Result<(), Refusal> {
    if arn.is_empty() {
        // Quoted of EDGE (hashicorp/terraform-provider-aws#3276).
        return Err(Refusal::bad_request("A certificate was not provided for the endpoint type REGIONAL."));
    }
    let World { options, clock, .. } = desk.world;
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let [_, _, "acm", region, account, _] = parts[..] else {
        return Err(Refusal::bad_request(format!("Invalid certificate ARN: {arn}."))); // assumed after the next
    };
    if region != options.region {
        return Err(Refusal::bad_request(format!(
            "Invalid certificate ARN: {arn}. Certificate must be in '{}'.",
            options.region
        )));
    }
    if account != options.account {
        // Quoted in aws/aws-cdk#13512.
        let message = "The certificate provided must be owned by the account creating the domain.";
        return Err(Refusal::bad_request(message));
    }
    // All that follow are assumed: facts 2 section 12.6.
    let Some(certificate) = acm::find(desk.state, arn) else {
        return Err(Refusal::bad_request(format!("Invalid certificate ARN: {arn}. Certificate does not exist.")));
    };
    let status = certificate.status(clock.now());
    if status != "ISSUED" {
        return Err(Refusal::bad_request(format!(
            "Invalid certificate ARN: {arn}. Certificate must be ISSUED, but is {status}."
        )));
    }
    if !certificate.covers(name) {
        return Err(Refusal::bad_request(format!("The certificate {arn} does not cover the domain name {name}.")));
    }
    // That imported ones don't do for wildcards is in the developer guide (facts 6.1).
    if name.starts_with("*.") && matches!(certificate.source, Source::Imported(_)) {
        return Err(Refusal::bad_request(
            "A wildcard domain name needs a certificate that was issued by ACM with DNS or email validation.",
        ));
    }
    Ok(())
}

/// A change of the configuration takes its time; a new domain is AVAILABLE at once (recorded in aws/aws-cli#5059).
pub(super) fn after_change(desk: &mut Desk<'_>, path: &str, sent: &Resource) {
    let delay = i64::try_from(desk.world.options.domain_delay.as_millis()).unwrap_or(i64::MAX / 2);
    let Some(name) = path.strip_prefix("domainnames/").filter(|name| !name.contains('/')) else { return };
    let changed = sent.contains_key("domainNameConfigurations") && !sent.contains_key("domainName");
    match desk.state.resources.get_mut(path) {
        Some(domain) if changed && delay > 0 => {
            set_status(domain, "UPDATING");
            desk.state.domains.updating.insert(name.to_owned(), desk.world.clock.now().saturating_add(delay));
        }
        Some(_) => {}
        None => drop(desk.state.domains.updating.remove(name)),
    }
}
