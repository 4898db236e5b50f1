//! `vpc-link-unavailable`: the private integration's VPC link is not there, not AVAILABLE, or of the wrong kind.
//!
//! Facts 2.3 #34: 500 with nothing useful in the log; WebSocket APIs need a link of the V1 kind, to a network load balancer (facts
//! 2, section 8). What AWS writes is not recorded, so the configuration speaks and it is never certain.

use super::case::{Case, Found, config, insert_config};
use super::config::integration::{broken_link, is_private};
use super::{Cause, Confidence};
use crate::log::Kind;
use crate::probe::Probe;
use crate::verdict::{Action, Evidence, Place};

pub(super) const CAUSE: Cause = Cause { id: "vpc-link-unavailable", rule };

/// What is wrong with the link that the stage's integration uses.
pub(super) fn broken(case: &Case) -> Option<String> {
    broken_link(case.facts.snapshot?, case.served_integration()?, case.stage())
}

fn rule(case: &Case) -> Option<Found> {
    let private = case.served_integration().is_some_and(is_private);
    if case.is_about_the_authorizer() || case.any(|kind| matches!(kind, Kind::ReceivedResponse { .. })) {
        return None;
    }
    // Assumed wordings; all of them name the link.
    let said = case.configuration_error(&["vpc link", "vpclink"]);
    let broken = broken(case);
    let unhealthy = case.facts.probes.iter().find_map(|probe| match probe {
        Probe::Target { vpc_link_id, healthy: 0, unhealthy, reason } if *unhealthy > 0 && private => {
            let text = format!("0 of {unhealthy} targets of {vpc_link_id} answer their health checks: {reason}");
            Some(Evidence { place: Place::Probe { name: "targets of the load balancer".to_owned() }, text })
        }
        _ => None,
    });
    let network = case.find(|kind| matches!(kind, Kind::NetworkError { .. } | Kind::TimeoutError { .. }));
    let unexplained = matches!(case.status(), Some(500 | 503 | 504)) && !case.gateway_failure_logged();
    let failed = case.gateway_failed() && !case.gateway_failure_logged();
    let confidence = match (&said, &broken, &unhealthy) {
        (Some(_), Some(_), _) => Confidence::Likely,
        (Some(_), None, _) => Confidence::Likely,
        (None, Some(_), _) if failed || unexplained || network.is_some() => Confidence::Likely,
        (None, None, Some(_)) if failed || unexplained || network.is_some() => Confidence::Possible,
        _ => return None,
    };
    let line = said.map(|(line, error)| (line, format!("tells of the VPC link: {error}")));
    let line = line.or(network.map(|line| (line, "the call did not reach the backend".to_owned())));
    let mut evidence = line.map(|(line, text)| case.line(line, text)).unwrap_or_default();
    insert_config(&mut evidence, broken.clone().map(|text| config(case.name(), "Integration", text)));
    evidence.extend(unhealthy);
    evidence.extend(case.words());
    Some(Found {
        confidence,
        title: format!("The VPC link of {} integration can’t be used", case.its()),
        reason: format!(
            "The integration reaches its backend through a VPC link{}, {}.",
            broken.map(|text| format!(", and {text}")).unwrap_or_default(),
            case.so()
        ),
        fix: "Use a VPC link of the REST kind, to a network load balancer, whose status is AVAILABLE, and look after its targets."
            .to_owned(),
        evidence,
        action: case.show("Integration").or(Some(Action::Probe)),
    })
}
