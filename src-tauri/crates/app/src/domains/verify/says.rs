//! What each link says when it holds, and when it breaks: what was seen, what that means, what to do.
//!
//! Causes come from `model::diagnose`, which gets the world as a snapshot; only what no cause is for has its sentence here.

use gatescope_model::api::{Api, Snapshot, Stage};
use gatescope_model::diagnose::{Facts, diagnose};
use gatescope_model::domain::{CheckState, DomainHere, Goal, World};
use gatescope_model::handshake::{FailureKind, Handshake, Outcome, PhaseName, Refusal, TlsTrouble};
use gatescope_model::probe::{Probe, Tls, covers};
use gatescope_model::surroundings::{CustomDomain, Mapping, Surroundings};
use gatescope_model::verdict::Confidence;
use gatescope_socket::LookupFailure;

use super::never_reached;
use crate::time::day;

/// A custom domain answers here alone.
pub(super) const PORT: u16 = 443;
/// What every generated host has in it.
const GENERATED: &str = ".execute-api.";

/// Why a link broke.
pub(super) struct Break {
    pub says: String,
    pub cause: Option<String>,
}

impl Break {
    fn of(cause: &str, says: String) -> Self {
        Self { says, cause: Some(cause.to_owned()) }
    }
}

fn domain(world: &World) -> Option<&DomainHere> {
    world.domain.is()?.as_ref()
}

fn target(world: &World) -> &str {
    domain(world).map(|d| d.target.as_str()).filter(|t| !t.is_empty()).unwrap_or("the domain’s target")
}

pub(super) fn resolved(host: &str, aliases: &[String], addresses: &[String]) -> String {
    let via = aliases.last().map(|last| format!(" by way of {last}")).unwrap_or_default();
    match addresses {
        [only] => format!("{host} leads to {only}{via}."),
        [first, others @ ..] => format!("{host} leads to {first} and {} more{via}.", others.len()),
        [] => format!("{host} leads to no address{via}."),
    }
}

/// The name, or what its CNAME names, is not there.
pub(super) fn no_name(goal: &Goal, world: &World, aliases: &[String]) -> Break {
    let (name, target) = (goal.dialled(), target(world));
    Break::of(
        "dns-not-found",
        match aliases.last() {
            Some(last) if last.eq_ignore_ascii_case(target) => {
                format!(
                    "{name} leads to {last}, which has no address yet: API Gateway is still making it, or the domain is gone."
                )
            }
            Some(last) => format!("{name} leads to {last}, which has no address. It has to lead to {target}."),
            None => {
                format!("Public DNS has no address for {name}. Make it lead to {target}, and wait until DNS knows.")
            }
        },
    )
}

pub(super) fn no_answer(host: &str, why: &LookupFailure) -> Break {
    let says =
        format!("Public DNS did not say where {host} leads: {why}. That tells nothing of the record; try again.");
    Break { says, cause: None }
}

pub(super) fn no_target(target: &str) -> Break {
    let says = format!("The domain’s own target {target} has no address yet: API Gateway is still making it.");
    Break { says, cause: None }
}

/// A CNAME to a generated host, or to another domain's target, is wrong for sure; of others TLS tells.
pub(super) fn wrong_target(goal: &Goal, world: &World, aliases: &[String]) -> Option<Break> {
    let own = domain(world).map(|domain| domain.target.as_str()).filter(|target| !target.is_empty())?;
    let last = aliases.iter().find(|alias| alias.contains(GENERATED))?;
    if last.eq_ignore_ascii_case(own) {
        return None;
    }
    let what = if last.starts_with("d-") { "another custom domain’s target" } else { "an API’s generated host" };
    Some(Break::of(
        "dns-wrong-target",
        format!(
            "{} leads to {last}, {what}: it shows a certificate that is not for this name. Make it lead to {own}.",
            goal.dialled()
        ),
    ))
}

pub(super) fn shook(tls: &Tls) -> String {
    let version = tls.version.as_deref().unwrap_or("TLS");
    let own = tls.chain.first();
    let until = own.and_then(|own| own.not_after).map(|at| format!(", valid until {}", day(at))).unwrap_or_default();
    let issuer = own.map(|own| format!(", signed by {}", own.issuer)).unwrap_or_default();
    format!("{version} with a certificate for {}{issuer}{until}; its chain is trusted here.", tls.names().join(", "))
}

/// Why a client would not go on.
pub(super) fn tls_broke(tls: &Tls, goal: &Goal, world: &World, probes: &[Probe]) -> Option<Break> {
    if tls.error.is_none() && tls.trouble.is_none() && tls.trusted && tls.covers_its_name() {
        return None;
    }
    let message = tls.error.clone().unwrap_or_default();
    if tls.version.is_none() && tls.trouble.is_none() {
        let at = tls.connect_to.as_deref().unwrap_or(&tls.host);
        let says = format!(
            "No TLS came to be with {at}: {message}. A new domain may need some minutes; else look at a firewall between."
        );
        return Some(Break { says, cause: None });
    }
    let names = tls.names().to_vec();
    if !names.is_empty() && !tls.covers_its_name() {
        let shown = names.join(", ");
        let generated = names.iter().any(|name| name.starts_with("*.execute-api."));
        let name = goal.dialled();
        return Some(match (generated, &tls.connect_to) {
            (true, None) => Break::of(
                "dns-wrong-target",
                format!(
                    "What answers at {name} is API Gateway with the certificate of its generated hosts ({shown}): the name \
                     does not lead to the custom domain. Make it lead to {}.",
                    target(world)
                ),
            ),
            (true, Some(at)) => Break {
                says: format!(
                    "{at} shows the certificate of the generated hosts ({shown}): the custom domain is not served there yet."
                ),
                cause: None,
            },
            (false, _) => Break::of(
                "tls-name-mismatch",
                format!(
                    "The certificate is for {shown}, not for {name}. Give the custom domain a certificate that covers it."
                ),
            ),
        });
    }
    let outcome = Outcome::Failed { phase: PhaseName::Tls, reason: FailureKind::Tls, message: message.clone() };
    let handshake = Handshake { url: goal.url(), outcome, tls_trouble: tls.trouble.clone(), ..Handshake::default() };
    let mut probes = probes.to_vec();
    probes.push(Probe::Tls(tls.clone()));
    explained(&handshake, goal, world, &probes).or_else(|| {
        let says = match tls.out_of_time() {
            Some(old) => {
                let until = old.not_after.map(day).unwrap_or_default();
                format!("A certificate of the chain ({}) is not valid now (until {until}).", old.subject)
            }
            None => format!("The certificate is not trusted here: {message}."),
        };
        let cause = (!matches!(tls.trouble, Some(TlsTrouble::Version))).then(|| "tls-untrusted".to_owned());
        Some(Break { says, cause })
    })
}

/// The key leads to the stage, by what AWS says.
pub(super) fn mapping(goal: &Goal, world: &World, probes: &[Probe]) -> Result<String, Break> {
    let key = if goal.key.is_empty() { "the empty key".to_owned() } else { format!("the key {}", goal.key) };
    let Some(domain) = domain(world) else {
        // A name that this account does not have: what answers tells.
        return Ok("The domain could not be read; whether the path leads to the stage shows next.".to_owned());
    };
    if domain.routing_mode == "ROUTING_RULE_ONLY" {
        let says =
            "The domain goes by routing rules only, and looks at no mapping: set its routing mode to API_MAPPING_ONLY.";
        return Err(Break { says: says.to_owned(), cause: None });
    }
    let Some(found) = domain.mappings.iter().find(|mapping| mapping.key == goal.key) else {
        // As a client is answered then (facts 2.3 #25): the rules tell a stage's name in the path from a mapping that is
        // missing.
        let body = r#"{"message": "Forbidden"}"#.to_owned();
        let refused = Outcome::Refused(Refusal { status: 403, body, ..Refusal::default() });
        let handshake = Handshake { url: goal.url(), outcome: refused, ..Handshake::default() };
        let missing = || {
            let says = format!("{} has no mapping with {key}: create it, or dial one that is there.", goal.domain_name);
            Break::of("mapping-missing", says)
        };
        return Err(explained(&handshake, goal, world, probes).unwrap_or_else(missing));
    };
    if (found.api_id.as_str(), found.stage.as_str()) != (goal.api_id.as_str(), goal.stage.as_str()) {
        let says = format!(
            "On {}, {key} leads to {}/{}, not to {}/{}.",
            goal.domain_name, found.api_id, found.stage, goal.api_id, goal.stage
        );
        return Err(Break { says, cause: None });
    }
    let stages = world.api.is().and_then(Option::as_ref).map(|api| &api.stages);
    match stages.map(|stages| stages.get(&goal.stage)) {
        Some(None) => Err(Break::of(
            "mapping-missing",
            format!(
                "On {}, {key} leads to the stage {}, which is not there any more: clients are answered 403.",
                goal.domain_name, goal.stage
            ),
        )),
        Some(Some(false)) => {
            let says =
                format!("The stage {} has no deployment: nothing is served there. Deploy the API to it.", goal.stage);
            Err(Break { says, cause: Some("stage-not-deployed".to_owned()) })
        }
        _ => Ok(format!("On {}, {key} leads to {}/{}.", goal.domain_name, goal.api_id, goal.stage)),
    }
}

/// `$connect` refused, so the way leads there.
pub(super) fn asks(url: &str, refusal: &Refusal) -> String {
    format!(
        "{url} leads to the stage: its $connect answers {} ({}) to whoever comes without credentials.",
        refusal.status,
        message(&refusal.body)
    )
}

/// The gateway's own words, without the ids beside them.
fn message(body: &str) -> String {
    let said = serde_json::from_str::<serde_json::Value>(body).ok();
    let said = said.as_ref().and_then(|body| body["message"].as_str()).map(short);
    said.unwrap_or_else(|| short(body))
}

/// 403 by nobody's API.
pub(super) fn not_mapped(
    handshake: &Handshake,
    refusal: &Refusal,
    goal: &Goal,
    world: &World,
    probes: &[Probe],
) -> Break {
    if let Some(found) = explained(handshake, goal, world, probes) {
        return found;
    }
    let says = format!(
        "Refused with 403 ({}) before any API was asked, though the mapping is there: the endpoint does not serve it yet. \
         (IAM on $connect may look the same: what AWS answers then is not on record.)",
        short(&refusal.body)
    );
    Break { says, cause: None }
}

/// No 101.
pub(super) fn refused(handshake: &Handshake, goal: &Goal, world: &World, probes: &[Probe]) -> Break {
    if let Some(found) = explained(handshake, goal, world, probes) {
        return found;
    }
    let says = match &handshake.outcome {
        Outcome::Refused(refusal) => {
            format!(
                "Refused with {} ({}): the way leads to the stage, and $connect does not let it in.",
                refusal.status,
                message(&refusal.body)
            )
        }
        Outcome::Failed { message, .. } if never_reached(handshake) => {
            format!("It could not be reached a second time: {message}.")
        }
        Outcome::Failed { message, .. } => format!("The upgrade was not answered: {message}."),
        Outcome::Opened { .. } | Outcome::Pending => "The upgrade was not finished.".to_owned(),
    };
    Break { says, cause: None }
}

/// Of the generated endpoint, which shall be closed.
pub(super) fn generated(handshake: &Handshake) -> (CheckState, String) {
    let url = &handshake.url;
    match &handshake.outcome {
        Outcome::Refused(refusal) if refusal.status == 403 && !super::is_the_apis(refusal) => {
            (CheckState::Holds, format!("{url} is refused with 403 ({}), as it shall be.", short(&refusal.body)))
        }
        Outcome::Opened { .. } => (
            CheckState::Failed,
            format!("{url} still opens: the change counts from the next deployment on, and some seconds later."),
        ),
        Outcome::Refused(refusal) => (
            CheckState::Failed,
            format!(
                "{url} is answered {} ({}) by $connect, not the 403 of a closed endpoint: it is reached still.",
                refusal.status,
                message(&refusal.body)
            ),
        ),
        Outcome::Failed { message, .. } => {
            (CheckState::Failed, format!("{url} could not be asked, which proves nothing: {message}."))
        }
        Outcome::Pending => (CheckState::NotTried, "Not tried.".to_owned()),
    }
}

fn short(body: &str) -> String {
    let one = body.split_whitespace().collect::<Vec<_>>().join(" ");
    if one.is_empty() { "no body".to_owned() } else { one.chars().take(120).collect() }
}

/// The best explanation that is more than possible.
fn explained(handshake: &Handshake, goal: &Goal, world: &World, probes: &[Probe]) -> Option<Break> {
    let snapshot = snapshot(goal, world);
    let facts = Facts {
        handshake: Some(handshake),
        route_key: Some("$connect"),
        snapshot: snapshot.as_ref(),
        stage: Some(&goal.stage),
        probes,
        ..Facts::default()
    };
    let found = diagnose(&facts).findings.into_iter().next()?;
    let sure = matches!(found.confidence, Confidence::Certain | Confidence::Likely);
    sure.then(|| Break { says: format!("{}. {} {}", found.title, found.reason, found.fix), cause: Some(found.cause) })
}

/// The world in the nouns of the rules; routes and integrations are not known, so no rule speaks of them.
fn snapshot(goal: &Goal, world: &World) -> Option<Snapshot> {
    let api = world.api.is()?.as_ref()?;
    let domain = domain(world)?;
    let mappings = domain.mappings.iter().map(|mapping| Mapping {
        api_mapping_id: mapping.id.clone(),
        api_mapping_key: mapping.key.clone(),
        api_id: mapping.api_id.clone(),
        stage: mapping.stage.clone(),
    });
    let domain = CustomDomain {
        domain_name: goal.domain_name.clone(),
        target: domain.target.clone(),
        hosted_zone_id: domain.hosted_zone_id.clone(),
        status: domain.status.clone(),
        certificate_arn: Some(domain.certificate_arn.clone()).filter(|arn| !arn.is_empty()),
        security_policy: domain.security_policy.clone(),
        routing_mode: Some(domain.routing_mode.clone()).filter(|mode| !mode.is_empty()),
        mappings: mappings.collect(),
    };
    // A wildcard covers one level only, as certificates do.
    covers(&domain.domain_name, goal.dialled()).then(|| Snapshot {
        api: Api {
            api_id: goal.api_id.clone(),
            name: api.name.clone(),
            api_endpoint: api.endpoint.clone(),
            protocol_type: api.protocol.clone(),
            disable_execute_api_endpoint: api.endpoint_disabled,
            ..Api::default()
        },
        stages: api.stages.iter().map(|(name, deployed)| stage(name, *deployed)).collect(),
        surroundings: Some(Surroundings { domains: vec![domain], ..Surroundings::default() }),
        ..Snapshot::default()
    })
}

fn stage(name: &str, deployed: bool) -> Stage {
    let deployment_id = deployed.then(|| "deployed".to_owned());
    Stage { stage_name: name.to_owned(), deployment_id, ..Stage::default() }
}
