//! `vpc-link-unavailable`: the private integration's VPC link is not there, not AVAILABLE, of the wrong kind, or no target behind
//! it is healthy.
//!
//! Facts 2.3 #34: 500 with nothing useful in the log; WebSocket APIs need a link of the V1 kind, to a network load balancer (facts
//! 2, section 8). What AWS writes is not recorded, so the configuration and the targets speak and it is never certain.

use super::case::{Case, Found, config, insert_config};
use super::config::integration::{broken_link, is_private};
use super::{Cause, Confidence};
use crate::log::Kind;
use crate::probe::{Probe, Targets};
use crate::verdict::{Action, Evidence, Place};

pub(super) const CAUSE: Cause = Cause { id: "vpc-link-unavailable", rule };

/// What is wrong with the link that the stage's integration uses.
pub(super) fn broken(case: &Case) -> Option<String> {
    broken_link(case.facts.snapshot?, case.served_integration()?, case.stage())
}

/// What was learnt of the targets behind the link of the integration.
pub(super) fn targets<'a>(case: &Case<'a>) -> Option<&'a Targets> {
    case.facts.probes.iter().find_map(|probe| match probe {
        Probe::Targets(targets) if case.served_integration().is_some_and(is_private) => Some(targets),
        _ => None,
    })
}

/// Whether the way through the link is known to be broken: it can't be used, or nobody behind it is healthy.
pub(super) fn leads_nowhere(case: &Case) -> bool {
    broken(case).is_some() || targets(case).is_some_and(Targets::none_is_healthy)
}

/// The targets are what is asked about where the backend is behind a link, once.
pub(super) fn ask(case: &Case) -> Option<Action> {
    let private = case.served_integration().is_some_and(is_private);
    (private && targets(case).is_none()).then_some(Action::Probe)
}

/// What the load balancers say, as evidence.
pub(super) fn health(case: &Case) -> Vec<Evidence> {
    let balancers = targets(case).map(|targets| targets.load_balancers.as_slice()).unwrap_or_default();
    let place = || Place::Probe { name: "targets of the load balancer".to_owned() };
    balancers.iter().map(|balancer| Evidence { place: place(), text: balancer.words() }).collect()
}

fn rule(case: &Case) -> Option<Found> {
    if case.is_about_the_authorizer() || case.any(|kind| matches!(kind, Kind::ReceivedResponse { .. })) {
        return None;
    }
    // Assumed wordings; all of them name the link.
    let said = case.configuration_error(&["vpc link", "vpclink"]);
    let broken = broken(case);
    let unhealthy = targets(case).is_some_and(Targets::none_is_healthy);
    let network = case.find(|kind| matches!(kind, Kind::NetworkError { .. } | Kind::TimeoutError { .. }));
    let unexplained = matches!(case.status(), Some(500 | 503 | 504)) && !case.gateway_failure_logged();
    let failed = case.gateway_failed() && !case.gateway_failure_logged();
    let seen = failed || unexplained || network.is_some();
    let confidence = match (&said, &broken) {
        (Some(_), _) => Confidence::Likely,
        (None, Some(_)) if seen => Confidence::Likely,
        (None, None) if seen && unhealthy => Confidence::Likely,
        // Nothing is known against the link, but nobody has looked behind it.
        (None, None) if (failed || unexplained) && ask(case).is_some() => Confidence::Possible,
        _ => return None,
    };
    let line = said.map(|(line, error)| (line, format!("tells of the VPC link: {error}")));
    let line = line.or(network.map(|line| (line, "the call did not reach the backend".to_owned())));
    let mut evidence = line.map(|(line, text)| case.line(line, text)).unwrap_or_default();
    insert_config(&mut evidence, broken.clone().map(|text| config(case.name(), "Integration", text)));
    evidence.extend(health(case));
    if let Some(Targets { error: Some(error), vpc_link_id, .. }) = targets(case) {
        let place = Place::Probe { name: "the VPC link".to_owned() };
        evidence.push(Evidence { place, text: format!("{vpc_link_id} could not be read: {error}") });
    }
    evidence.extend(case.words());
    let healthy =
        "Look why the targets fail their health checks: the port, the path, the security group, the service itself.";
    let usable = "Use a VPC link of the REST kind, to a network load balancer, whose status is AVAILABLE, and look after its \
                  targets.";
    let behind = unhealthy && broken.is_none() && said.is_none();
    Some(Found {
        confidence,
        title: match (behind, confidence) {
            (true, _) => format!("No target behind the VPC link of {} integration is healthy", case.its()),
            (false, Confidence::Possible) => {
                format!("The VPC link of {} integration may lead to nobody", case.its())
            }
            (false, _) => format!("The VPC link of {} integration can’t be used", case.its()),
        },
        reason: format!(
            "The integration reaches its backend through a VPC link{}, {}.",
            match (behind, broken) {
                (true, _) => " and a load balancer, which has nobody to forward to".to_owned(),
                (false, Some(text)) => format!(", and {text}"),
                (false, None) => String::new(),
            },
            case.so()
        ),
        fix: if behind { healthy } else { usable }.to_owned(),
        evidence,
        action: match confidence {
            Confidence::Possible => ask(case),
            _ if behind => case.show("Integration"),
            _ => case.show("Integration").or_else(|| ask(case)),
        },
    })
}
